"""A list to choose from whose chosen words end in … where there is no room, and are whole on hover."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

MEASURED = 200  # of its words, for how wide it would be


class Chooser(QComboBox):
    """A combo box that Fusion would cut in the middle of a letter; closed tells that its list is put away."""

    closed = Signal()

    def natural_width(self) -> int:
        """Return the width at which the widest of its words is whole."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        texts = (self.placeholderText(), *(self.itemText(place) for place in range(min(self.count(), MEASURED))))
        words = max(map(self.fontMetrics().horizontalAdvance, texts), default=0)
        icon = self.iconSize().width() + 4 if self.count() and not self.itemIcon(0).isNull() else 0
        return words + icon + self._beside(option) + 4

    def _beside(self, option: QStyleOptionComboBox) -> int:
        """Return the pixels of the box that are not for words."""
        part = QStyle.SubControl.SC_ComboBoxEditField
        whole = QStyle.ComplexControl.CC_ComboBox
        return self.width() - self.style().subControlRect(whole, option, part, self).width()

    def shown_text(self) -> str:
        """Return the words as they fit between the left edge and the arrow."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        text = self.placeholderText() if self.currentIndex() < 0 else self.currentText()
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box with as much of the words as fits."""
        option, style_painter = QStyleOptionComboBox(), QStylePainter(self)
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        if self.currentIndex() < 0:
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        style_painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        style_painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def hidePopup(self) -> None:
        """Put the list away and say so."""
        super().hidePopup()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Show the chosen words whole where they were cut, before what the box is for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.shown_text().endswith("…"):
            QToolTip.showText(event.globalPos(), f"{self.currentText()}\n{self.toolTip()}", self)
            return True
        return super().event(event)
