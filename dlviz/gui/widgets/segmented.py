"""A row of choices of which one is taken: one stop of the keyboard, arrows change it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from dlviz.gui.theme import GRID, RADIUS, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, painter, rounded


class Segmented(QTabBar):
    """Choices side by side, by key and title.

    `is_tray`: the chosen one is a raised card in a grey tray. `height`: in pixels; less for the title of a panel.
    A QTabBar underneath, so that screen readers and arrow keys know what it is.
    """

    chosen = Signal(str)  # by the user

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[str, str]],
        is_tray: bool = False,
        height: int = 4 * GRID,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_tray, self._is_tight, self._height = is_tray, False, height
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        describe(self, name)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.currentChanged.connect(self._changed)

    def key(self) -> str:
        """Return the key of the choice taken."""
        return str(self.tabData(self.currentIndex()))

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer other choices, by key and title, without telling anybody."""
        was_blocked = self.blockSignals(True)
        while self.count():
            self.removeTab(0)
        for key, title in choices:
            self.setTabData(self.addTab(title), key)
        self.blockSignals(was_blocked)

    def set_tight(self, is_tight: bool) -> None:
        """Leave less air around the choices, where there is little room for them."""
        if is_tight != self._is_tight:
            self._is_tight = is_tight
            self.set_tab_widths()

    def set_tab_widths(self) -> None:
        """Take the room that the choices need now: after some of them came or went."""
        self.setTabText(0, self.tabText(0))  # the way to have Qt measure its tabs again
        self.updateGeometry()

    def set_key(self, key: str) -> None:
        """Take the choice of this key without telling anybody."""
        was_blocked = self.blockSignals(True)
        for index in range(self.count()):
            if self.tabData(index) == key:
                self.setCurrentIndex(index)
        self.blockSignals(was_blocked)
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("normal" if self._is_tray else "small"))
        self.updateGeometry()
        self.update()

    @Slot(int)
    def _changed(self, _index: int) -> None:
        self.chosen.emit(self.key())

    def tabSizeHint(self, index: int) -> QSize:
        """Return the room of one choice."""
        loose = 4 * GRID if self._is_tray else 2 * GRID + 4
        pad = GRID + 4 if self._is_tight else loose
        pad -= GRID if self._height < 4 * GRID else 0
        return QSize(self._bold_width(index) + pad, self._height)

    def _bold_width(self, index: int) -> int:
        # Measured in bold so that choosing another one moves nothing.
        bold = font("normal" if self._is_tray else "small", is_bold=True)
        return QFontMetrics(bold).horizontalAdvance(self.tabText(index))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Return the room of one choice; choices are never cut."""
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the chosen segment and the titles."""
        theme = current()
        frame = QRectF(self.rect())
        with painter(self) as p:
            if self._is_tray:
                rounded(p, frame, fill=theme.pressed if theme.is_dark else theme.hover)
            else:
                rounded(p, frame, fill=theme.field, border=theme.outline)
            for index in range(self.count()):
                self._paint_segment(p, index)
            if self.hasFocus():
                rounded(p, frame, border=theme.accent, width=1.5)

    def _paint_segment(self, p: QPainter, index: int) -> None:
        theme, rect = current(), QRectF(self.tabRect(index))
        is_taken = index == self.currentIndex()
        if is_taken and self._is_tray:
            rounded(p, rect.adjusted(3, 3, -3, -3), fill=theme.field, border=theme.outline, radius=RADIUS - 1)
        elif is_taken:
            rounded(p, rect.adjusted(1, 1, -1, -1), fill=theme.accent_soft, radius=RADIUS - 1)
        elif index and index - 1 != self.currentIndex() and not self._is_tray:
            p.setPen(QColor(theme.line))
            p.drawLine(rect.topLeft(), rect.bottomLeft())
        colour = theme.faint if not self.isTabEnabled(index) else theme.text
        if is_taken and not self._is_tray:
            colour = theme.accent
        p.setPen(QColor(colour))
        p.setFont(font("normal" if self._is_tray else "small", is_bold=is_taken))
        p.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.tabText(index))
