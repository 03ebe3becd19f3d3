"""Buttons with an icon or a word, drawn in the theme's colours."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from dlviz.gui.icons import icon_path, paint_icon
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.verbatim import out_of_menu
from dlviz.gui.widgets.paint import describe, focus_ring, painter, rounded

ICON = 20  # pixels


class IconButton(QAbstractButton):
    """A flat button with one icon; `is_main` makes it the round dark one. Raises: SpecError for an unknown icon."""

    def __init__(
        self, icon: str, name: str, tip: str = "", size: int = 4 * GRID, is_main: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        icon_path(icon)  # raises here: an error that leaves a paint event ends the program
        self._icon, self._is_main = icon, is_main
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        describe(self, name, tip)
        theme_signals.changed.connect(self._use_theme)

    def set_icon(self, icon: str) -> None:
        """Show another icon. Raises: SpecError for an unknown one; the old one stays."""
        if icon != self._icon:
            icon_path(icon)
            self._icon = icon
            self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return the fixed size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background of the state it is in, and the icon."""
        theme, rect = current(), QRectF(self.rect())
        radius = self.height() / 2 if self._is_main else 6
        with painter(self) as p:
            rounded(p, rect, fill=self._fill(theme), radius=radius)
            colour = theme.on_strong if self._is_main else theme.text
            side = ICON * (1.1 if self._is_main else 1.0)
            box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            paint_icon(p, self._icon, box, colour if self.isEnabled() else theme.faint)
            focus_ring(p, self, radius)

    def _fill(self, theme: Theme) -> str:
        if self._is_main:
            return theme.strong if self.isEnabled() else theme.hover
        if self.isDown() or self.isChecked():
            return theme.pressed
        return theme.hover if self.underMouse() and self.isEnabled() else ""


class ActionButton(IconButton):
    """An icon button that triggers one of the window's actions and is enabled when that is."""

    def __init__(
        self, icon: str, action: QAction, size: int = 4 * GRID, is_main: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(icon, out_of_menu(action.text()).rstrip("…"), action.toolTip(), size, is_main, parent)
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())


class TextButton(QAbstractButton):
    """A word in a hairline box; `is_link` leaves the box out and takes the accent colour."""

    def __init__(self, text: str, tip: str = "", is_link: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self._is_link = is_link
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        describe(self, text, tip)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("normal"))
        self.updateGeometry()
        self.update()

    def setText(self, text: str) -> None:
        """Show a word as it is written: a sign & in it is no key."""
        super().setText(text)
        self.setShortcut(QKeySequence())

    def sizeHint(self) -> QSize:
        """Return the room for the word."""
        pad = 4 if self._is_link else 3 * GRID
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + pad, 4 * GRID - 2)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the word; it is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and the word."""
        theme, rect = current(), QRectF(self.rect())
        with painter(self) as p:
            if not self._is_link:
                border = theme.accent if self.isChecked() else theme.outline
                rounded(p, rect, fill=self._fill(theme), border=border)
            colour = theme.accent if self._is_link or self.isChecked() else theme.text
            p.setPen(theme.colour("faint") if not self.isEnabled() else colour)
            p.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())
            focus_ring(p, self)

    def _fill(self, theme: Theme) -> str:
        if self.isDown():
            return theme.pressed
        if self.isChecked():
            return theme.accent_soft
        return theme.hover if self.underMouse() and self.isEnabled() else theme.field
