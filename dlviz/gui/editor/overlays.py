"""What lies over the canvas: legend and choice of links at its lower edge, the invitation in an empty network."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import GRID

LIFT = 4  # pixels above the lower edge


def place_below(area: QRect, at_left: QWidget, at_right: QWidget) -> None:
    """Put one widget into the lower left corner, another into the lower right, each as large as it wants to be."""
    for widget in (at_left, at_right):
        widget.resize(widget.sizeHint())
    at_left.move(GRID, area.height() - at_left.height() - LIFT)
    at_right.move(area.width() - at_right.width() - GRID, area.height() - at_right.height() - LIFT)


def place_invitation(area: QRect, invitation: QWidget, tile: float) -> None:
    """Put the invitation into the right half, clear of the inputs in the middle, whose tiles are so wide."""
    invitation.adjustSize()
    middle = area.center() - invitation.rect().center()
    left = max(middle.x() + area.width() // 4, area.center().x() + round(tile / 2) + GRID)
    invitation.move(min(left, area.width() - invitation.width()), middle.y())
