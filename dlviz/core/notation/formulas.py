"""The formulas of steps respelled: the core writes column vectors, W (units, sources) and letters of its own."""

import re
from collections.abc import Callable
from functools import partial

from dlviz.core.notation.notation import Notation
from dlviz.core.notation.symbols import VALUE, Symbols

UPDATE = "update"
_LEVEL = r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\[[a-z]\w*\]"
_TIME = r"⟨[^⟩]*⟩"
_LETTER = "δq|bu|[a-df-vx-zLWUβγδμẑ][\u0302\u0304]?"  # without e, which is a number, and w, which has powers
_END = r"(?![A-Za-z′\u0302\u0304])"
_TOKEN = re.compile(rf"(?<![A-Za-z])({_LETTER})(?:({_LEVEL})({_TIME})?|({_TIME})|(?!\(){_END})")
_BARE = re.compile(rf"(?<![A-Za-z\\±])({_LETTER}){_END}")
_VECTOR = rf"(?:δq|[a-zδ])(?:{_LEVEL})?(?:{_TIME})?"
_MATRIX = rf"[WU](?:{_LEVEL})?"
_PRODUCT = re.compile(rf"({_MATRIX})(ᵀ?)( ?)({_VECTOR})(?![A-Za-zᵀ])")
_OUTER = re.compile(rf"(?<![A-Za-z])({_VECTOR}) ({_VECTOR})ᵀ")
_ERROR = re.compile(rf"\((a(?:{_LEVEL})?) − y( cut at ±[\d.]+)?\)(²?)")
_SUM_OR_ANSWER = re.compile(r"(?<![A-Za-z])[za](?![A-Za-z])")
_NORMAL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ROLES = {"W": "W", "U": "U", "b": "b", "bu": "bu", "γ": "gamma", "β": "beta"}


def spelled_formula(formula: str, phase: str, symbols: Symbols, output: str = "") -> str:
    """Write the formula of a step in the notation of plain symbols.

    output: the node of the step, whose values a loss calls a.
    """
    notation = symbols.notation
    if notation.is_core:
        return formula
    if phase == UPDATE:
        # Optimizers keep their own letters, such as v for a velocity.
        formula = formula.replace("∂L", f"∂{notation.loss}")
    else:
        if notation.is_reversed:
            formula = _ERROR.sub(_reversed, formula).replace("e = a − y", "e = y − a")
        formula = _PRODUCT.sub(partial(_product, symbols), formula)
        formula = _OUTER.sub(partial(_outer, symbols), formula)
        formula = _TOKEN.sub(_speller(symbols, output), formula)
    return notation.decimal(notation.rated(formula))


def spelled_label(label: str, symbols: Symbols) -> str:
    """Write a label made of letters without indices, such as δ = ∂L/∂z; in LaTeX letters alone are exchanged."""
    if symbols.notation.is_core:
        return label
    label = _ERROR.sub(_reversed, label) if symbols.notation.is_reversed else label
    return _BARE.sub(partial(_spell_bare, symbols), label)


def _spell_bare(symbols: Symbols, found: re.Match[str]) -> str:
    letter = found[1]
    if letter != VALUE and found.string[found.end() :].startswith("("):
        return letter  # a function of this name
    if letter in ("L", "y"):
        return symbols.notation.loss if letter == "L" else symbols.notation.target
    spelled = symbols.bare(letter)
    return _signed(symbols, spelled, found) if letter == "δ" else spelled


def spelled_rule(formula: str, notation: Notation) -> str:
    """Write the formula of a step of a learning rule, which calls errors, labels and answers as its source does."""
    if notation.has_error_signals:
        formula = _SUM_OR_ANSWER.sub(lambda found: {"z": "v", "a": "y"}[found[0]], formula)
    return notation.decimal(notation.rated(formula))


def _reversed(found: re.Match[str]) -> str:
    a, cut, square = found.groups()
    if square:
        return f"(y − {a})²"
    is_alone = found.string[: found.start()].endswith("= ") and found.end() == len(found.string)
    return f"−(y − {a})" if is_alone and not cut else f"(−(y − {a}){cut or ''})"


def _product(symbols: Symbols, found: re.Match[str]) -> str:
    matrix, transposed, gap, vector = found.groups()
    is_transposed = bool(transposed) != symbols.notation.is_source_first
    if symbols.notation.has_rows:
        return f"{vector} {matrix}{'' if is_transposed else 'ᵀ'}"
    return f"{matrix}{'ᵀ' if is_transposed else ''}{gap}{vector}"


def _outer(symbols: Symbols, found: re.Match[str]) -> str:
    first, second = found.groups()
    if symbols.notation.is_source_first:
        first, second = second, first
    return f"{first}ᵀ {second}" if symbols.notation.has_rows else f"{first} {second}ᵀ"


def _speller(symbols: Symbols, output: str) -> Callable[[re.Match[str]], str]:
    nodes = {str(number): node for node, number in symbols.numbers.items()}

    def spell(found: re.Match[str]) -> str:
        letter, level, *times = found.groups()
        time = (times[0] or times[1] or "").strip("⟨⟩")
        node = nodes.get(level.translate(_NORMAL), level.strip("[]")) if level else ""
        if letter in _ROLES and node:
            return symbols.whole(f"{node}.{_ROLES[letter]}", letter, time)
        if letter in ("L", "y"):
            return (symbols.notation.loss if letter == "L" else symbols.notation.target) + (level or "")
        is_named = letter == VALUE and not level and output and symbols.names_values
        spelled = symbols.at(letter, node or output, time=time) if node or is_named else symbols.bare(letter, time)
        return _signed(symbols, spelled, found) if letter.startswith("δ") else spelled

    return spell


def _signed(symbols: Symbols, delta: str, found: re.Match[str]) -> str:
    """Give an error its sign, in parentheses unless it leads a side of the formula."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    is_leading = before == "" or before.endswith("= ") or after.startswith(" =")
    return symbols.signed(delta, is_factor=not is_leading or after.startswith("ᵀ"))
