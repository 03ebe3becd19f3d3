"""Where the parts of a told step go: split into pieces that may wrap, flowed into lines of a given width."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dlviz.core.narration import Narration
from dlviz.gui.formula_glyphs import EM, Template

OPERATOR_GAP = 4 / 18 * EM  # TeX's medium and thick space
RELATION_GAP = 5 / 18 * EM
INDENT = 0.35 * EM  # of every line that goes on
LINE_GAP = 0.55 * EM
SIZES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)  # tried in turn until everything fits
_RELATION = re.compile(r" (=|\\leftarrow) ")


@dataclass(frozen=True)
class Piece:
    """A part of a formula that is never broken.

    gap: space on both sides, at EM. starts_line: begins a new line whatever room is left;
    may_wrap: a line may break before it. is_result: drawn bold in the colour of its phase.
    """

    latex: str
    gap: float = 0.0
    starts_line: bool = False
    may_wrap: bool = False
    is_result: bool = False


@dataclass(frozen=True)
class Placed:
    """A piece with its template and the origin of its baseline, in pixels."""

    piece: Piece
    template: Template
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """Placed pieces, the scale from EM to pixels, and the size they take."""

    placed: tuple[Placed, ...] = ()
    scale: float = 1.0
    width: float = 0.0
    height: float = 0.0


def pieces_of(narration: Narration, is_hidden: bool = False) -> tuple[Piece, ...]:
    """Split a narration into pieces: symbols, numbers, what the terms come to, and the result.

    is_hidden: leave out everything that was computed, with a question mark in its place.
    """
    pieces = _equation(narration.symbols)
    if is_hidden:
        return *pieces, *_led_by_equals((Piece("?", is_result=True),))
    numbers = _led_by_equals(_sum(narration.numbers))
    terms = _led_by_equals(_sum(narration.terms)) if narration.terms else ()
    result = Piece("=", RELATION_GAP, may_wrap=True), Piece(narration.result, is_result=True)
    is_said = narration.result == narration.numbers
    return *pieces, *(() if is_said else numbers), *terms, *(_led_by_equals(result[1:]) if is_said else result)


def flow(
    pieces: Sequence[Piece], measure: Callable[[str], Template], width: float, height: float, size: float
) -> Layout:
    """Place pieces in lines no wider than width, smaller where one piece alone is too wide or all too high.

    width, height and size are in pixels; size is that of the letters at best.
    """
    templates = [measure(piece.latex) for piece in pieces]
    layout = Layout()
    for factor in SIZES:
        scale = factor * size / EM
        layout = _flowed(pieces, templates, width / scale, scale)
        if layout.width <= width and layout.height <= height:
            break
    return layout


def split_sum(latex: str) -> list[str]:
    """Split at every ` + ` and ` - ` that stands outside braces and parentheses; signs are parts too."""
    parts, start, depth = [], 0, 0
    for place, sign in enumerate(latex):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(sign, 0)
        if depth == 0 and latex[place : place + 3] in (" + ", " - "):
            parts += [latex[start:place], latex[place + 1]]
            start = place + 3
    return [*parts, latex[start:]]


def _equation(symbols: str) -> tuple[Piece, ...]:
    found = _RELATION.search(symbols)
    if found is None:
        return _sum(symbols)
    left, right = symbols[: found.start()], symbols[found.end() :]
    return Piece(left), Piece(found.group(1), RELATION_GAP), *_sum(right)


def _sum(latex: str) -> tuple[Piece, ...]:
    parts = split_sum(latex)
    signs = (Piece(part, OPERATOR_GAP, may_wrap=True) for part in parts[1::2])
    terms = (Piece(part) for part in parts[2::2])
    return Piece(parts[0]), *(piece for pair in zip(signs, terms, strict=True) for piece in pair)


def _led_by_equals(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return Piece("=", RELATION_GAP, starts_line=True), *pieces


def _flowed(pieces: Sequence[Piece], templates: Sequence[Template], width: float, scale: float) -> Layout:
    lines = _lines(pieces, templates, width)
    placed: list[Placed] = []
    top = right = 0.0
    for line in lines:
        baseline = top + max(each.template.ascent for each in line)
        placed += [replace(each, x=each.x * scale, y=baseline * scale) for each in line]
        right = max(right, line[-1].x + line[-1].template.width)
        top = baseline + max(each.template.descent for each in line) + LINE_GAP
    return Layout(tuple(placed), scale, right * scale, (top - LINE_GAP) * scale)


def _lines(pieces: Sequence[Piece], templates: Sequence[Template], width: float) -> list[list[Placed]]:
    lines: list[list[Placed]] = [[]]
    x = 0.0
    for place, (piece, template) in enumerate(zip(pieces, templates, strict=True)):
        needed = _room_needed(pieces, templates, place)
        if piece.starts_line or (piece.may_wrap and x + needed > width and len(lines[-1]) > 1):
            lines.append([])
            x = INDENT if piece.starts_line else 2 * INDENT
        x += piece.gap if lines[-1] else 0.0
        lines[-1].append(Placed(piece, template, x, 0.0))
        x += template.width + piece.gap
    return [line for line in lines if line]


def _room_needed(pieces: Sequence[Piece], templates: Sequence[Template], place: int) -> float:
    """Return the width of a sign together with the term that follows it."""
    own = templates[place].width + 2 * pieces[place].gap
    return own + templates[place + 1].width if place + 1 < len(pieces) else own
