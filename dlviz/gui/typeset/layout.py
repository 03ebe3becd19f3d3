"""Where the pieces of a told step go: flowed into lines of a given width, captions on a line below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from dlviz.gui.typeset.glyphs import EM, Template
from dlviz.gui.typeset.pieces import Piece

INDENT = 0.35 * EM  # of every line that goes on
LINE_GAP = 0.55 * EM
CAPTION_SIZE = 0.66  # of the letters
CAPTION_GAP = 0.12 * EM
SIZES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)  # tried in turn until everything fits
LARGER = (1.6, 1.45, 1.3, 1.15)  # tried before them where letters may grow

Measure = Callable[[str], Template]


@dataclass(frozen=True)
class Placed:
    """A template at the origin of its baseline, and its size relative to the other letters.

    x, y: in pixels at EM while lines are filled, in pixels of the widget in a finished layout. tag: of its piece.
    """

    latex: str
    template: Template
    x: float
    y: float = 0.0
    size: float = 1.0
    is_result: bool = False
    tag: int = -1

    def at(self, x: float, y: float) -> "Placed":
        """Return the same somewhere else."""
        return Placed(self.latex, self.template, x, y, self.size, self.is_result, self.tag)


@dataclass(frozen=True)
class Layout:
    """Placed templates, the scale from EM to pixels, and the size they take."""

    placed: tuple[Placed, ...] = ()
    scale: float = 1.0
    width: float = 0.0
    height: float = 0.0


@dataclass
class _Line:
    """One line being filled: letters on the baseline, captions below them, and how far it reaches right."""

    letters: list[Placed]
    captions: list[Placed]
    is_block: bool = False
    captioned: list[int] = field(default_factory=list)  # indices of the letters that have a caption
    right: float = 0.0

    @property
    def ascent(self) -> float:
        return max(each.template.ascent for each in self.letters)

    @property
    def descent(self) -> float:
        return max(each.template.descent for each in self.letters)

    @property
    def caption_drop(self) -> float:
        """How far below the baseline the captions' own baseline lies: below their letters and those beside."""
        near = {place + side for place in self.captioned for side in (-1, 0, 1)}
        descent = max(each.template.descent for place, each in enumerate(self.letters) if place in near)
        return descent + CAPTION_GAP + max(each.template.ascent for each in self.captions) * CAPTION_SIZE

    @property
    def depth(self) -> float:
        if not self.captions:
            return self.descent
        below = self.caption_drop + max(each.template.descent for each in self.captions) * CAPTION_SIZE
        return max(below, self.descent)


def flow(
    pieces: Sequence[Piece], measure: Measure, width: float, height: float, size: float, growth: float = 1.0
) -> Layout:
    """Place pieces in lines no wider than width, smaller where one piece alone is too wide or all too high.

    width, height and size are in pixels; size is that of the letters. growth: how much larger they may be where
    no more lines come of it.
    """
    layout, measure = Layout(), cache(measure)
    most_lines = len(_lines(pieces, measure, width * EM / size)) if growth > 1 else 0
    for factor in (*(each for each in LARGER if each <= growth), *SIZES):
        scale = factor * size / EM
        lines = _lines(pieces, measure, width / scale)
        if factor > 1 and len(lines) > most_lines:
            continue
        layout = _stacked(lines, scale)
        if layout.width <= width and layout.height <= height:
            break
    return layout


def _stacked(lines: Sequence[_Line], scale: float) -> Layout:
    placed: list[Placed] = []
    top = 0.0
    for line in lines:
        top += LINE_GAP if line.is_block else 0.0
        baseline = top + line.ascent
        placed += [each.at(each.x * scale, baseline * scale) for each in line.letters]
        if line.captions:
            low = (baseline + line.caption_drop) * scale
            placed += [each.at(each.x * scale, low) for each in line.captions]
        top = baseline + line.depth + LINE_GAP
    right = max((line.right for line in lines), default=0.0)
    return Layout(tuple(placed), scale, right * scale, max(top - LINE_GAP, 0.0) * scale)


def _lines(pieces: Sequence[Piece], measure: Measure, width: float) -> list[_Line]:
    lines = [_Line([], [])]
    x = 0.0
    for place, piece in enumerate(pieces):
        is_full = piece.may_wrap and len(lines[-1].letters) > 1 and x + _needed(pieces, measure, place) > width
        if piece.starts_line or is_full:
            lines.append(_Line([], [], piece.opens_block))
            x = INDENT if piece.starts_line else 2 * INDENT
        x += piece.lead + piece.gap if lines[-1].letters else 0.0
        x += _put(lines[-1], piece, measure, x)
        lines[-1].right = x
        x += piece.gap
    return [line for line in lines if line.letters]


def _put(line: _Line, piece: Piece, measure: Measure, x: float) -> float:
    """Put a piece and its caption at x, one centred over the other, and return the wider's width."""
    template, width = measure(piece.latex), _width(piece, measure)
    left = x + (width - template.width) / 2
    line.letters.append(Placed(piece.latex, template, left, is_result=piece.is_result, tag=piece.tag))
    if piece.caption:
        line.captioned.append(len(line.letters) - 1)
        below = measure(piece.caption)
        middle = x + (width - below.width * CAPTION_SIZE) / 2
        line.captions.append(Placed(piece.caption, below, middle, size=CAPTION_SIZE))
    return width


def _width(piece: Piece, measure: Measure) -> float:
    below = measure(piece.caption).width * CAPTION_SIZE if piece.caption else 0.0
    return max(measure(piece.latex).width, below)


def _needed(pieces: Sequence[Piece], measure: Measure, place: int) -> float:
    """Return the width of a sign together with all that follows it up to the next place to wrap."""
    end = next((k for k in range(place + 1, len(pieces)) if pieces[k].may_wrap or pieces[k].starts_line), len(pieces))
    return sum(_width(each, measure) + each.lead + 2 * each.gap for each in pieces[place:end])
