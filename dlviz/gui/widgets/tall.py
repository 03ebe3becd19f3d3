"""A frame around a tall widget: as high as that is, but never higher than it may be, and then it scrolls."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

GAP = 8  # pixels beside the scroll bar


class Tall(QScrollArea):
    """Shows a widget at its own width."""

    def __init__(self, content: QWidget, tallest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tallest = tallest
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.setFocusProxy(content)
        content.installEventFilter(self)

    def allow(self, tallest: int) -> None:
        """Change how high it may be."""
        self._tallest = tallest
        self._fit()

    def _fit(self) -> None:
        is_tall = self.widget().sizeHint().height() > self._tallest
        self.setViewportMargins(0, 0, GAP if is_tall else 0, 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of the content, cut at the height that is allowed."""
        wanted = self.widget().sizeHint()
        bar = self.verticalScrollBar().sizeHint().width() + GAP if wanted.height() > self._tallest else 0
        return QSize(wanted.width() + bar, min(wanted.height(), self._tallest))

    def minimumSizeHint(self) -> QSize:
        """Return the same: it is never squeezed."""
        return self.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content when it asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)
