"""A chip: a small button that shows one setting, and opens a form for it."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui.icons import paint_icon
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, focus_ring, painter, rounded, spaced
from dlviz.gui.widgets.tall import Tall

ARROW = 12  # pixels
MARGIN, LOWEST = 6 * GRID, 20 * GRID  # pixels of a popup beside its content, and what it scrolls in at least
LONGEST = 15 * GRID  # pixels of a value where there is little room; longer ones end in …
MOST_DETAIL = 4


class Popup(QFrame):
    """A small window under a button that holds a form; Esc or a click elsewhere closes it."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.content = content
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._room = Tall(content, 10**4)
        layout = QVBoxLayout(self)
        spaced(layout, 2 * GRID)
        layout.addWidget(self._room)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    def open_below(self, anchor: QWidget) -> None:
        """Show it under the anchor, moved left where the screen ends; it scrolls where the window ends below."""
        window = anchor.window()
        end = min(window.mapToGlobal(QPoint(0, window.height())).y(), anchor.screen().availableGeometry().bottom())
        below = anchor.mapToGlobal(QPoint(0, anchor.height())).y()
        self._room.allow(max(end - below - MARGIN, LOWEST))
        self._open_at(anchor, anchor.height() + 4)

    def open_above(self, anchor: QWidget) -> None:
        """Show it over the anchor, moved left where the screen ends."""
        self.adjustSize()
        self._open_at(anchor, -self.height() - 4)

    def _open_at(self, anchor: QWidget, y: int) -> None:
        self.adjustSize()
        place = anchor.mapToGlobal(QPoint(0, y))
        screen = anchor.screen().availableGeometry()
        place.setX(max(min(place.x(), screen.right() - self.width()), screen.left()))
        place.setY(max(place.y(), screen.top()))
        self.move(place)
        self.show()
        self.content.setFocus(Qt.FocusReason.PopupFocusReason)


class Chip(QAbstractButton):
    """Caption, value and an optional muted note: `Loss  Squared error (mean, no ½) ▾`."""

    def __init__(self, caption: str, tip: str = "", parent: QWidget | None = None, speaks: bool = False) -> None:
        """speaks: its value says what it is of, so it can do without its caption."""
        super().__init__(parent)
        self._caption, self._tip, self._speaks = caption, tip or caption, speaks
        self._value = self._note = self._widest = ""
        self._detail = MOST_DETAIL
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        describe(self, caption, self._tip)
        theme_signals.changed.connect(self._use_theme)

    def set_caption(self, caption: str) -> None:
        """Call the setting otherwise."""
        if caption != self._caption:
            self._caption = caption
            self._tell()

    def set_value(self, value: str, note: str = "") -> None:
        """Show a value, and a muted note after it."""
        if (value, note) != (self._value, self._note):
            self._value, self._note = value, note
            self._tell()

    def _tell(self) -> None:
        whole = f"{self._caption}: {self._value} {self._note}".strip()
        describe(self, whole, f"{whole}\n{self._tip}")
        self.updateGeometry()
        self.update()

    def reserve(self, widest: str) -> None:
        """Keep room for these words, so that a number that changes all the time moves nothing."""
        if widest != self._widest:
            self._widest = widest
            self.updateGeometry()

    def set_detail(self, detail: int) -> None:
        """Show all (4), no note (3), no caption of a name (2), long values cut (1), or values alone (0)."""
        if detail != self._detail:
            self._detail = detail
            self.updateGeometry()
            self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def _parts(self, detail: int) -> list[tuple[str, str, str]]:
        """Return text, type size and colour of the parts that are shown with this much detail."""
        caption = self._caption if detail > (2 if self._speaks else 0) else ""
        note = self._note if detail > MOST_DETAIL - 1 else ""
        value = self._value if detail > 1 else self._elided()
        parts = [(caption, "small", "muted"), (value, "normal", "text"), (note, "normal", "muted")]
        return [part for part in parts if part[0]]

    def _elided(self) -> str:
        return QFontMetrics(font("normal")).elidedText(self._value, Qt.TextElideMode.ElideRight, LONGEST)

    def sizeHint(self) -> QSize:
        """Return the room for all parts that are shown."""
        return QSize(self.width_at(self._detail), 4 * GRID)

    def width_at(self, detail: int) -> int:
        """Return the width that this much detail takes."""
        parts = self._parts(detail)
        return round(sum(map(self._advance, parts))) + ARROW + 2 * GRID

    def _advance(self, part: tuple[str, str, str]) -> int:
        """Return how far a part reaches: that of the value as far as the words it keeps room for."""
        text, size, colour = part
        metrics = QFontMetrics(font(size))  # type: ignore[arg-type]
        widest = metrics.horizontalAdvance(self._widest) if colour == "text" else 0
        return max(metrics.horizontalAdvance(text), widest) + 6

    def minimumSizeHint(self) -> QSize:
        """Return the room for all parts; a chip is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the parts and the arrow."""
        theme, rect = current(), QRectF(self.rect())
        with painter(self) as p:
            is_hot = self.underMouse() or self.isDown()
            rounded(p, rect, fill=theme.hover if is_hot else theme.field, border=theme.outline)
            x = float(GRID)
            for part in self._parts(self._detail):
                text, size, colour = part
                p.setFont(font(size))  # type: ignore[arg-type]
                p.setPen(theme.colour(colour if self.isEnabled() else "faint"))
                width = self._advance(part)
                p.drawText(QRectF(x, 0, width - 4, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
                x += width
            paint_icon(p, "chevron", QRectF(x, (self.height() - ARROW) / 2, ARROW, ARROW), theme.muted)
            focus_ring(p, self)
