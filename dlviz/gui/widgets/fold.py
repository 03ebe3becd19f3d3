"""A heading that shows and hides what stands below it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.bare_button import BareButton
from dlviz.gui.widgets.paint import focus_ring, painter, spaced
from dlviz.i18n import tr

OPEN, CLOSED = "▾", "▸"


class FoldHeading(BareButton):
    """The words of a fold after the mark that says whether it is open."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(title, tip, parent)
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        """Return the room for mark and words."""
        metrics = QFontMetrics(font("small", is_bold=True))
        return QSize(metrics.horizontalAdvance(self.text()) + 3 * GRID, metrics.height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark and the words."""
        theme = current()
        with painter(self) as p:
            p.setFont(font("small", is_bold=True))
            p.setPen(theme.colour("accent" if self.underMouse() else "text"))
            words = f"{OPEN if self.isChecked() else CLOSED} {self.text()}"
            p.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, words)
            focus_ring(p, self)


class Fold(QWidget):
    """A heading and its contents, closed at first; opened tells whether they can be seen."""

    opened = Signal(bool)

    def __init__(self, title: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = FoldHeading(title, tip or tr("Show or hide: {what}", what=title))
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        spaced(self.column, gap=GRID // 2)
        self.column.setContentsMargins(2 * GRID - 4, 0, 0, GRID // 2)
        self.body.hide()
        outer = QVBoxLayout(self)
        spaced(outer, gap=0)
        outer.addWidget(self.heading)
        outer.addWidget(self.body)
        self.heading.toggled.connect(self._toggle)

    @property
    def is_open(self) -> bool:
        """Whether the contents are shown."""
        return self.heading.isChecked()

    @Slot(bool)
    def _toggle(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self.opened.emit(is_open)
