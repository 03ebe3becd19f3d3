"""The signs of a typed formula: plain ones, those that writers use for them, and refusal of all others."""

import keyword
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from dlviz.core.expression.nodes import refusal

WORDS = frozenset({"if", "else", "and", "or", "not"})
LONGEST_NAME = 40

#: Signs that stand for an operator.
OPERATORS = {
    "^": "**", "−": "-", "–": "-", "‐": "-", "‑": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*",
    "÷": "/", "∕": "/", "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "√": "sqrt", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lam", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega", "ϕ": "phi", "ϵ": "epsilon", "ς": "sigma", "µ": "mu", "ϑ": "theta",
}  # fmt: skip
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
HATTED = {"ŷ": "y_hat", "ŵ": "w_hat"}
SPACES = " \t\r\u00a0\u2002\u2003\u2009\u202f"

_NAME_SIGNS = "A-Za-z" + "".join(GREEK) + "".join(HATTED)
_NAME = re.compile(rf"[{_NAME_SIGNS}][{_NAME_SIGNS}0-9_{''.join(SUBSCRIPTS)}]*")
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+−-]?\d+)?", re.ASCII)
_POWER = re.compile(rf"[{''.join(SUPERSCRIPTS)}]+")
_PLAIN = re.compile(r"\*\*|==|!=|<=|>=|[-+*/%()\[\],<>=;\n]")


@dataclass(frozen=True)
class Token:
    """A sign or word in plain letters, and where it stood in the text."""

    text: str
    at: int

    @property
    def is_operand(self) -> bool:
        """Say whether it is a number or a name."""
        return (self.text[0].isalnum() and self.text not in WORDS) or self.text[0] == "."


def tokens(text: str) -> list[Token]:
    """Cut a text into plain tokens. Raises: FormulaError at the first sign that has no meaning here."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in SPACES:
            at += 1
            continue
        new, end = _next(text, at)
        found += [Token(each, at) for each in new]
        at = end
    return _checked(text, _with_roots(text, found))


def _next(text: str, at: int) -> tuple[list[str], int]:
    if name := _NAME.match(text, at):
        return [_name(text, at, name.group())], name.end()
    if number := _NUMBER.match(text, at):
        return [number.group().replace("−", "-")], number.end()
    if power := _POWER.match(text, at):
        digits = "".join(SUPERSCRIPTS[sign] for sign in power.group())
        return ["**", "(", *([] if digits[0] != "-" else ["-"]), digits.lstrip("-") or "-", ")"], power.end()
    if text[at] == "_":
        word = re.match(r"\w+", text[at:], re.ASCII)
        raise refusal(text, at, f"Expected a name that starts with a letter. Received: {(word or '_')[0][:20]!r}")
    if plain := _PLAIN.match(text, at):
        return [plain.group()], plain.end()
    if text[at] in OPERATORS:
        return [OPERATORS[text[at]]], at + 1
    raise refusal(
        text, at, f"Expected letters, digits and + - * / % ^ ( ) [ ] , = < >. Received: {_described(text[at])}",
        _hint(text[at]),
    )  # fmt: skip


def _name(text: str, at: int, written: str) -> str:
    """Spell a name in plain letters: β₁ as beta1, Δw as Delta_w."""
    parts: list[str] = []
    for before, sign in zip(" " + written, written, strict=False):
        spelled = GREEK.get(sign) or HATTED.get(sign) or SUBSCRIPTS.get(sign, sign)
        is_apart = sign.isalpha() and before.isalpha() and (before not in PLAIN_LETTERS or sign not in PLAIN_LETTERS)
        parts.append(f"_{spelled}" if is_apart else spelled)
    name = "".join(parts)
    if len(name) > LONGEST_NAME:
        raise refusal(text, at, f"Expected names of at most {LONGEST_NAME} characters. Received: {name[:20]}…")
    if keyword.iskeyword(name) and name not in WORDS:
        raise refusal(text, at, f"Expected another name. Received: {name!r}", "This word is reserved.")
    return name


PLAIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _described(sign: str) -> str:
    """Name a sign so that one that looks like another, or like nothing, can be told."""
    if sign.isascii() and sign.isprintable():
        return repr(sign)
    name = unicodedata.name(sign, "a sign without a name").lower()
    shown = f"{sign!r} " if sign.isprintable() else ""
    return f"{shown}U+{ord(sign):04X} {name}"


def _hint(sign: str) -> str:
    hints = {
        "|": "Write abs(x).",
        "{": "Use ( ).",
        ":": "Write a if c else b, or where(c, a, b).",
        "&": "Write and.",
        ".": "A point stands in numbers only.",
        "#": "Text does not belong here.",
    }
    return hints.get(sign, "")


def _checked(text: str, found: list[Token]) -> list[Token]:
    for left, right in pairwise(found):
        if right.is_operand and (left.is_operand or left.text in (")", "]")):
            # Python would read 1if as two words, with a warning; a formula wants the sign in between.
            raise refusal(
                text, right.at, f"Expected an operator between {left.text!r} and {right.text!r}. Received: none",
                f"Write {left.text} * {right.text} for a product.",
            )  # fmt: skip
    return found


def _with_roots(text: str, found: list[Token]) -> list[Token]:
    """Let √2 and √x stand without brackets."""
    result: list[Token] = []
    opened = False
    for number, token in enumerate(found):
        result.append(token)
        if opened:
            result.append(Token(")", token.at))
        opened = False
        if text[token.at] == "√" and number + 1 < len(found) and found[number + 1].is_operand:
            result.append(Token("(", token.at))
            opened = True
    return result
