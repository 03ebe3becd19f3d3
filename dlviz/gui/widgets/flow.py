"""Widgets side by side where all their words have room, else one below the other."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from dlviz.gui.theme import GRID

Direction = QBoxLayout.Direction


@runtime_checkable
class Elastic(Protocol):
    """A widget that may be narrower than its words."""

    def natural_width(self) -> int:
        """Return the width at which all of its words are whole."""


class Flow(QWidget):
    """A row that turns into a column; elastic widgets take the room that is left."""

    def __init__(self, widgets: Sequence[QWidget], gap: int = GRID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets = tuple(widgets)
        self._box = QBoxLayout(Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(gap)
        for widget in self._widgets:
            self._box.addWidget(widget, 1 if isinstance(widget, Elastic) else 0)

    @property
    def is_column(self) -> bool:
        """Whether the widgets stand one below the other."""
        return self._box.direction() == Direction.TopToBottom

    def fit(self) -> None:
        """Choose between row and column by the words of the widgets and the width that there is."""
        widths = [_natural(each) for each in self._widgets if not each.isHidden()]
        is_column = len(widths) > 1 and sum(widths) + self._box.spacing() * (len(widths) - 1) > self.width()
        if is_column != self.is_column:
            self._box.setDirection(Direction.TopToBottom if is_column else Direction.LeftToRight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where the width asks for it."""
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Allow it to be as narrow as its widest part: it turns into a column."""
        width = max((each.minimumSizeHint().width() for each in self._widgets), default=0)
        return QSize(width, super().minimumSizeHint().height())


def _natural(widget: QWidget) -> int:
    return widget.natural_width() if isinstance(widget, Elastic) else widget.sizeHint().width()
