"""How large the matrices of a step are drawn: larger than usual where there is room, smaller where it is tight."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from PySide6.QtGui import QTransform

from dlviz.core.matrices import Form
from dlviz.gui.panels.formula.matrices.boxes import (
    Block,
    Laid,
    blocks_of,
    equations_of,
    heat_room,
    lay_out,
    lay_out_apart,
    sized,
)
from dlviz.gui.panels.formula.matrices.paint import LEGEND_HEIGHT

LARGER = (1.6, 1.45, 1.3, 1.15)
# Of everything, and of pictures besides.
SMALLER = ((1.0, 0.8), (1.0, 0.65), (0.9, 0.8), (0.8, 0.8), (0.8, 0.65), (0.8, 0.5))


@dataclass(frozen=True)
class Fitted:
    """Blocks in their places. scale: from their pixels to those of the widget."""

    blocks: tuple[str | Block, ...] = ()
    laid: Laid = Laid()
    scale: float = 1.0

    @property
    def has_heat(self) -> bool:
        """Whether a matrix is a picture, so that its colours want a legend."""
        return any(isinstance(each, Block) and each.is_heat for each in self.blocks)

    @property
    def transform(self) -> QTransform:
        """From the pixels of the blocks to those of the widget."""
        return QTransform.fromScale(self.scale, self.scale)

    @property
    def height(self) -> float:
        """The height of everything in pixels of the widget."""
        return (self.laid.height + (LEGEND_HEIGHT if self.has_heat else 0.0)) * self.scale


def fitted(form: Form, is_hidden: bool, width: float, height: float) -> Fitted:
    """Return the largest that fits into the height; the smallest where nothing does.

    Nothing is made larger than usual if that took more lines, but for a line an equation.
    """
    usual = _usual(form, is_hidden, width)
    found = usual
    for found in chain(_larger(usual, width), (usual,), _smaller(usual, width)):
        if found.height <= height:
            break
    return found


def least_height(form: Form, is_hidden: bool, width: float) -> float:
    """Return the height that matrices need at this width when they are drawn as small as may be."""
    usual = _usual(form, is_hidden, width)
    return min(each.height for each in (usual, *_smaller(usual, width)))


def _usual(form: Form, is_hidden: bool, width: float) -> Fitted:
    blocks = blocks_of(form, is_hidden, heat_room(width))
    return Fitted(blocks, lay_out(sized(blocks), width))


def _larger(usual: Fitted, width: float) -> Iterator[Fitted]:
    pieces = sized(usual.blocks)
    equations = equations_of(pieces)
    for scale in LARGER:
        together, apart = lay_out(pieces, width / scale), lay_out_apart(equations, width / scale)
        is_apart = apart.lines == len(equations)
        if is_apart and together.lines >= apart.lines:  # no equation is broken, and it takes no more room
            yield Fitted(usual.blocks, apart, scale)
        elif together.lines <= usual.laid.lines:
            yield Fitted(usual.blocks, together, scale)
        if is_apart:
            yield Fitted(usual.blocks, apart, scale)


def _smaller(usual: Fitted, width: float) -> Iterator[Fitted]:
    room = heat_room(width)
    for scale, share in SMALLER:
        blocks = tuple(
            replace(each, room=share * room) if isinstance(each, Block) and each.is_heat else each
            for each in usual.blocks
        )
        yield Fitted(blocks, lay_out(sized(blocks), width / scale), scale)
