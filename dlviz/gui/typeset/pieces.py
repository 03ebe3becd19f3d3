"""A told step cut into small pieces: few new templates, places to wrap, captions apart from their letters."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dlviz.core.narration import Narration
from dlviz.gui.typeset.compose import OPERATOR_GAP, split
from dlviz.gui.typeset.glyphs import EM

RELATION_GAP = 5 / 18 * EM  # TeX's thick and thin space
LETTER_GAP = 3 / 18 * EM
BETWEEN_GAP = EM  # between two quantities that are told side by side
_BETWEEN = r",\quad "
_WORDS = r"\text{"  # a formula that is told as it is written, signs of equality and all
_RELATION = re.compile(r" (=|\\leftarrow) ")
_LEAD = re.compile(r"((?:\\frac\{\w\}\{\w\} ?)?(?:\\sum(?:_(?:\{[^{}]*\}|\w)|\^\{[^{}]*\})*)) (.+)")
_CAPTIONED = re.compile(r"\\underset\{\\textcolor\{muted\}\{\\text\{([^{}]*)\}\}\}\{(.*)\}")


@dataclass(frozen=True)
class Piece:
    """A part of a formula that is never broken.

    gap: space on both sides, at EM; lead: more of it before. caption: LaTeX of small words below.
    starts_line: begins a new line whatever room is left, opens_block: with more room above. may_wrap: a line may
    break before it. is_result: drawn bold in the colour of its phase. tag: its number among those of a told step.
    """

    latex: str
    gap: float = 0.0
    lead: float = 0.0
    caption: str = ""
    starts_line: bool = False
    opens_block: bool = False
    may_wrap: bool = False
    is_result: bool = False
    tag: int = -1


def formulas_of(pieces: tuple[Piece, ...]) -> Iterator[str]:
    """Yield every formula that must be laid out for these pieces."""
    for piece in pieces:
        yield piece.latex
        if piece.caption:
            yield piece.caption


def pieces_of(narration: Narration, is_hidden: bool = False) -> tuple[Piece, ...]:
    """Split a narration into pieces: symbols, numbers, what the terms come to, and the result.

    is_hidden: leave out everything that was computed, with a question mark in its place.
    """
    return tuple(replace(piece, tag=tag) for tag, piece in enumerate(_told(narration, is_hidden)))


def _told(narration: Narration, is_hidden: bool) -> tuple[Piece, ...]:
    symbols = _equation(narration.symbols)
    if is_hidden:
        return *symbols, *_led_by_equals((Piece("?", is_result=True),))
    told = (*symbols, *_computed(narration))
    if narration.chain is None:
        return told
    first, *rest = _led_by_equals(_equation(narration.chain.symbols)[2:])
    return *told, replace(first, opens_block=True), *rest, *_computed(narration.chain)


def chain_pieces(lines: tuple[str, ...]) -> tuple[Piece, ...]:
    """Split an equation and what its right side equals further into pieces, a line for each."""
    first, *more = lines or ("",)
    return (*_equation(first), *(piece for line in more for piece in _led_by_equals(_sum(line))))


def equation_pieces(lines: tuple[str, ...]) -> tuple[Piece, ...]:
    """Split equations that stand for themselves into pieces, a line for each."""
    split_up = [_equation(line) for line in lines]
    return tuple(piece for first, *rest in split_up for piece in (replace(first, starts_line=True), *rest))


def _computed(narration: Narration) -> tuple[Piece, ...]:
    result = tuple(replace(each, is_result=True) for each in _side_by_side(narration.result, _whole))
    if narration.result == narration.numbers:
        return _led_by_equals(result)
    terms = _led_by_equals(_sum(narration.terms)) if narration.terms else ()
    return *_led_by_equals(_sum(narration.numbers)), *terms, Piece("=", RELATION_GAP, may_wrap=True), *result


def _equation(symbols: str) -> tuple[Piece, ...]:
    first, *more = symbols.split(_BETWEEN)
    found = _RELATION.search(first)
    if found is None or first.startswith(_WORDS):
        return _sum(symbols)
    left, right = first[: found.start()], first[found.end() :]
    told = _joined((_term_by_term(right), *(_term_by_term(each) for each in more)))
    return Piece(left), Piece(found.group(1), RELATION_GAP), *told


def _sum(latex: str) -> tuple[Piece, ...]:
    return _side_by_side(latex, _term_by_term)


def _side_by_side(latex: str, cut: Callable[[str], tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """Cut what is told side by side, each with the comma that follows it; a line may break between."""
    return _joined(tuple(cut(each) for each in latex.split(_BETWEEN)))


def _joined(told: Sequence[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for number, (first, *more) in enumerate(told):
        if number:
            pieces[-1] = replace(pieces[-1], latex=f"{pieces[-1].latex},")
        pieces += [replace(first, lead=BETWEEN_GAP, may_wrap=True) if number else first, *more]
    return tuple(pieces)


def _whole(latex: str) -> tuple[Piece, ...]:
    return (Piece(latex),)


def _term_by_term(latex: str) -> tuple[Piece, ...]:
    parts = split(latex)
    pieces = list(_term(parts[0]))
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        pieces += [Piece(sign, OPERATOR_GAP, may_wrap=sign in "+-"), *_term(part)]
    return tuple(pieces)


def _term(latex: str) -> tuple[Piece, ...]:
    """Return a term: a Σ apart from what it sums, a letter apart from its caption."""
    lead = _LEAD.fullmatch(latex)
    if lead is not None:
        return Piece(lead.group(1)), replace(_captioned(lead.group(2)), gap=LETTER_GAP / 2)
    return (_captioned(latex),)


def _captioned(latex: str) -> Piece:
    found = _CAPTIONED.fullmatch(latex)
    if found is None:
        return Piece(latex)
    return Piece(found.group(2), caption=rf"\textcolor{{muted}}{{\text{{{found.group(1)}}}}}")


def _led_by_equals(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return Piece("=", RELATION_GAP, starts_line=True), *pieces
