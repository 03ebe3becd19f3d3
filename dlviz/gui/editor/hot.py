"""Things over the columns of the canvas that can be clicked or dragged."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF

HotKind = Literal["title", "minus", "plus", "insert", "features", "outputs", "in", "out"]


@dataclass(frozen=True)
class Hot:
    """One thing in a caption that can be clicked: a rectangle in pixels of the view. note: more to say of it."""

    kind: HotKind
    node: str
    rectangle: QRectF
    text: str = ""
    note: str = ""
