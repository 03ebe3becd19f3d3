"""The bands across the window: tools above, transport and status below."""

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStatusBar, QVBoxLayout, QWidget

from dlviz.gui.widgets.paint import spaced


class Stack(QWidget):
    """Bands one under the other, without gaps."""

    def __init__(self, *bands: QWidget) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        spaced(layout, gap=0)
        for band in bands:
            layout.addWidget(band)


class Foot(QStatusBar):
    """The lowest band of a main window, holding one widget over its whole width."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 0, 0)
        self.addWidget(content, 1)
        layout = self.layout()
        if layout is not None:
            spaced(layout, gap=0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing: the style would draw frames around the content."""
