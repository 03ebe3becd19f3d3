"""LaTeX of formulas as plain text: for the terminal, the screen reader, the clipboard, and until glyphs are ready."""

import re

_WORDS = {
    r"\partial": "∂", r"\delta": "δ", r"\Delta": "Δ", r"\beta": "β", r"\eta": "η", r"\varepsilon": "ε", r"\sum": "Σ",
    r"\cdots": "…", r"\cdot": "·", r"\times": "×", r"\leftarrow": "←", r"\infty": "∞", r"\ge": "≥", r"\le": "≤",
    r"\ln": "ln", r"\tanh": "tanh", r"\max": "max", r"\min": "min", r"\sqrt": "√", r"\quad": " ", r"\,": " ",
    r"\left": "", r"\right": "", r"\_": "_", r"\sigma": "σ", r"\theta": "θ", r"\varphi": "φ", r"\pi": "π",
    r"\log": "log", r"\langle": "⟨", r"\rangle": "⟩", r"\lambda": "λ", r"\Omega": "Ω",
    r"\alpha": "α", r"\gamma": "γ", r"\kappa": "κ", r"\tau": "τ", r"\nu": "ν", r"\zeta": "ζ", r"\chi": "χ",
    r"\psi": "ψ", r"\omega": "ω", r"\mu": "μ", r"\rho": "ρ", r"\epsilon": "ε", r"\phi": "φ", r"\xi": "ξ",
    r"\;": " ", r"\odot": "⊙", r"\pm": "±", r"\prod": "Π", r"\to": "→", r"\top": "T", r"\ldots": "…", r"\cos": "cos",
    r"\sin": "sin", r"\arg": "arg ", r"\lVert": "‖", r"\rVert": "‖", r"\lfloor": "⌊", r"\rfloor": "⌋",
}  # fmt: skip
_COMMAND = re.compile(
    "|".join(re.escape(word) + ("" if word in (r"\,", r"\;", r"\_") else r"(?![a-zA-Z])") for word in _WORDS)
)
_SUPERSCRIPTS = str.maketrans("0123456789-()tT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾ᵗᵀ")
_LETTERS = ",aehijklmnoprstuvx"
_SUBSCRIPTS = str.maketrans(f"0123456789{_LETTERS}", "₀₁₂₃₄₅₆₇₈₉,ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"  # braces four deep are the most there are
_RAISED = set("0123456789-()tT")
_LOWERED = set(f"0123456789{_LETTERS}")
_SHORT_FRACTION = re.compile(r"\\frac *(\d|\\[a-z]+) *(\d)")  # \tfrac12, \tfrac\delta2
_CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}")
_BRACKETED = re.compile(r"\[\w+\](\(\w+\))?")


def uncoloured(latex: str) -> str:
    """Take colour commands out, for pasting into a document."""
    return _innermost_out(latex, re.compile(r"\\textcolor\{\w+\}" + _GROUP), r"\1")


def plain(latex: str) -> str:
    """Write LaTeX as one line of text: `δ₁⁽²⁾ = 0.7414 · 0.7514 · (1 − 0.7514)`."""
    text = _CASES.sub(_told_cases, uncoloured(latex))
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text.replace(r"\tfrac", r"\frac"))
    text = _innermost_out(text, re.compile(r"\\underset" + _GROUP + _GROUP), r"\2")
    text = _innermost_out(text, re.compile(r"\\frac" + _GROUP + _GROUP), _quotient)
    text = re.sub(r"\\(?:text|mathrm)" + _GROUP, r"\1", text)
    for accent, mark in (("hat", "\u0302"), ("bar", "\u0304"), ("check", "\u030c")):
        text = re.sub(rf"\\{accent}(?:{_GROUP}| *(\w|\\[a-z]+))", rf"\1\2{mark}", text)
    text = _COMMAND.sub(lambda found: _WORDS[found.group()], text)
    text = re.sub(r"([‖⌊]) (.*?) ([‖⌋])", r"\1\2\3", text)
    text = re.sub(r"\^(?:" + _GROUP + r"|(\w))", _raised, text)
    text = re.sub(r"_(?:" + _GROUP + r"|(\w))", _lowered, text)
    text = re.sub(r"√" + _GROUP, r"√(\1)", text)
    return re.sub(r" {2,}", " ", text.replace("-", "−").replace("{", "").replace("}", "")).strip()


def _innermost_out(text: str, pattern: "re.Pattern[str]", by: object) -> str:
    """Replace until nothing is left to replace: groups nest."""
    while True:
        replaced = str(pattern.sub(by, text))  # type: ignore[call-overload]
        if replaced == text:
            return replaced
        text = replaced


def _told_cases(found: "re.Match[str]") -> str:
    """Write cases in a row: `1 if z ≥ θ; 0 else`."""
    cases = str(found.group(1)).replace(r"& \text", r"\text").replace("&", r"\text{if}")
    return "; ".join(case.strip() for case in cases.split(r"\\"))


def _quotient(found: "re.Match[str]") -> str:
    return f"{_wrapped(found.group(1))}/{_wrapped(found.group(2))}"


def _wrapped(latex: str) -> str:
    is_sum = re.search(r"[\w)|][+\-]", re.sub(_GROUP, "x", latex))  # without spaces; signs in exponents are none
    return f"({latex})" if is_sum or re.search(r" [+\-] |\\cdot", latex) else latex


def _raised(found: "re.Match[str]") -> str:
    inner = found.group(1) if found.group(1) is not None else found.group(2)
    # A time step stands in brackets of its own behind what can be raised: h₁⁽²⁾⟨3⟩.
    raised, bracket, time = inner.replace("⟨ ", "⟨").partition("⟨")
    if _BRACKETED.fullmatch(raised):
        return inner.replace("⟨ ", "⟨")  # there are no raised square brackets
    return raised.translate(_SUPERSCRIPTS) + bracket + time if set(raised) <= _RAISED else f"^({inner})"


def _lowered(found: "re.Match[str]") -> str:
    inner = found.group(1) if found.group(1) is not None else found.group(2)
    return inner.translate(_SUBSCRIPTS) if set(inner) <= _LOWERED else f"_({inner})"
