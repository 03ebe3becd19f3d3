"""A painted picture whose parts are read by pointer and arrow keys, and lead to a run."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui.theme import GRID, Theme, theme_signals
from dlviz.gui.widgets.paint import describe


class ReadPicture(QWidget):
    """A part stands at a place that only the kinds know; `nowhere` is the place of none.

    read: what the part says that is read now; taken, opened: the run that it leads to.
    """

    read = Signal(str)
    taken = Signal(int)
    opened = Signal(int)

    def __init__(self, name: str, nowhere: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nowhere = nowhere
        self.at = nowhere
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(8 * GRID)
        describe(self, name, "")
        theme_signals.changed.connect(self._use_theme)

    def under(self, point: QPointF) -> object:
        """Return the place of the part that is painted at a point."""
        raise NotImplementedError

    def beside(self, key: Qt.Key) -> object | None:
        """Return the place to which an arrow key leads; None for other keys, and without a part."""
        raise NotImplementedError

    def words(self) -> str:
        """Say what is read; nothing where no part is."""
        raise NotImplementedError

    def row(self) -> int | None:
        """Return the run that the part leads to."""
        raise NotImplementedError

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def _stand(self, at: object) -> None:
        if at != self.at:
            self.at = at
            self.setAccessibleDescription(self.words())
            self.read.emit(self.words())
            self.update()

    def _tell(self, signal: SignalInstance) -> None:
        row = self.row()
        if row is not None:
            signal.emit(row)  # type: ignore[attr-defined]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the part under the pointer."""
        self._stand(self.under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer; what the keyboard reads stays."""
        if not self.hasFocus():
            self._stand(self._nowhere)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the run of the part under the pointer."""
        self._stand(self.under(event.position()))
        self._tell(self.taken)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the run of the part under the pointer."""
        self._tell(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the parts; Enter opens the run of one."""
        key = Qt.Key(event.key())
        place = self.beside(key)
        if place is not None:
            self._stand(place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.opened)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.words():
            QToolTip.showText(event.globalPos(), self.words(), self)
            return True
        return super().event(event)
