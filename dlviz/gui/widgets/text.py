"""Labels in the theme's colours and sizes; always plain text."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStylePainter, QWidget

from dlviz.gui.theme import FontSize, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import spaced


class Text(QLabel):
    """One plain text in a named colour of the theme."""

    def __init__(
        self,
        text: str = "",
        colour: str = "text",
        size: FontSize = "normal",
        is_bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # a toolbar would hand down that of buttons
        self._colour, self._size, self._is_bold, self._widest = colour, size, is_bold, ""
        self._use_theme(current())
        theme_signals.changed.connect(self._theme_changed)

    # A connected slot must not be overridden: PySide6 6.10 then forgets to disconnect it with the widget.
    @Slot(object)
    def _theme_changed(self, theme: Theme) -> None:
        self._use_theme(theme)

    def reserve(self, widest: str) -> None:
        """Keep room for these words in any theme, so that changing numbers move nothing."""
        self._widest = widest
        self._use_theme(current())

    def set_colour(self, colour: str) -> None:
        """Change to another named colour of the theme."""
        self._colour = colour
        self._use_theme(current())

    def set_bold(self, is_bold: bool) -> None:
        """Write in bold letters or not."""
        if is_bold != self._is_bold:
            self._is_bold = is_bold
            self._use_theme(current())

    def _use_theme(self, theme: Theme) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colour(self._colour))
        self.setPalette(palette)
        self.setFont(font(self._size, self._is_bold))
        if self._widest:
            # Fixed both ways, for only then may the words change without a new layout.
            self.setFixedSize(self.fontMetrics().horizontalAdvance(self._widest) + 2, self.fontMetrics().height())


class Elided(Text):
    """A text that gives way: it ends in … where there is no room, and shows all of it on hover.

    Unlike a QLabel it asks for no new layout when its words change, so it may change with every frame.
    """

    def __init__(
        self, text: str = "", colour: str = "text", size: FontSize = "normal", parent: QWidget | None = None
    ) -> None:
        self._words = self._short = ""
        super().__init__("", colour, size, parent=parent)
        self.setText(text)

    def set_short(self, text: str) -> None:
        """Show this instead of … where there is no room for the whole text; the next text forgets it."""
        self._short = text

    def short(self) -> str:
        """Return what is shown where there is no room for the whole text; empty: the text ends in … there."""
        return self._short

    def text(self) -> str:
        """Return the whole text."""
        return self._words

    def setText(self, text: str) -> None:
        """Show text."""
        if text != self._words:
            self._words, self._short = text, ""
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.update()

    def show_words(self, text: str, tip: str = "") -> None:
        """Show text, and take no room where there is none. tip: said on hover after all of it."""
        self.setText(text)
        self.setToolTip(f"{text} {tip}".strip())
        self.setVisible(bool(text))

    def sizeHint(self) -> QSize:
        """Return the room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 2, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Allow it to shrink to a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much of the text as fits."""
        has_room = not self._short or self.fontMetrics().horizontalAdvance(self._words) <= self.width()
        words = self._words if has_room else self._short
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        style_painter = QStylePainter(self)
        align = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter)
        style_painter.drawItemText(
            self.rect(), align, self.palette(), self.isEnabled(), shown, QPalette.ColorRole.WindowText
        )


class SectionHeader(QWidget):
    """A bold title at the left and a few muted words at the right."""

    def __init__(self, title: str, info: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Text(title, size="small", is_bold=True)
        self.info = Elided(info, "muted", "small")
        self.info.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.info.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addWidget(self.title)
        layout.addWidget(self.info, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    @Slot(str, str)
    def set_info(self, text: str, short: str = "") -> None:
        """Change the muted words. short: what stands there where they have no room."""
        self.info.setText(text)
        self.info.set_short(short)
