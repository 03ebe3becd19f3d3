"""FormulaView: one told step, typeset: symbols, numbers put in, result."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from dlviz.core.narration import Narration
from dlviz.core.plain import plain, uncoloured
from dlviz.gui.theme import Theme, current, font, theme_signals
from dlviz.gui.typeset.layout import Layout, flow
from dlviz.gui.typeset.paint import paint_layout
from dlviz.gui.typeset.pieces import Piece, formulas_of, pieces_of
from dlviz.gui.typeset.typesetter import Typesetter
from dlviz.gui.widgets.paint import painter, rounded
from dlviz.i18n import tr

PATIENCE_MS = 50  # that the formula before stays while the new one is laid out; then plain text shows
LEAST_LETTER = 15.0  # pixels; letters do not shrink below it to save height, the view scrolls instead
LETTER_SIZE = 1.6  # pixels of a letter's em for each point of the theme's large type
LEAST_HEIGHT = 48  # pixels
USUAL_ROOM = (560.0, 150.0)  # pixels; in a larger one letters may grow by as much as it is larger


def typesetter() -> Typesetter:
    """Return the application's one typesetter."""
    application = QCoreApplication.instance()
    found = application.findChild(Typesetter) if application else None
    if found is None:
        found = Typesetter(application)
        if application is not None:
            application.aboutToQuit.connect(found.stop)
    return found


Spot = tuple[QRectF, object]  # where a piece is painted, and what it stands for


class FormulaView(QWidget):
    """Shows a narration as lines of typeset mathematics that wrap at + signs and shrink to fit.

    Text for screen readers and the clipboard never holds what is hidden.
    letter: pixels of an em for each point of the theme's large type. most_growth: how much larger they may be
    where there is room; by the room and not by what is shown, so that letters stay as they are from step to step.
    """

    most_growth = 1.0
    letter, least_letter, least_height = LETTER_SIZE, LEAST_LETTER, LEAST_HEIGHT
    pointed = Signal(object)  # what the piece under the pointer stands for, None where it is nothing
    picked = Signal(object)
    typing_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.narration: Narration | None = None
        self.layout_shown = Layout()
        self._phase, self._is_hidden, self._is_plain = "text", False, False
        self._pieces: tuple[Piece, ...] = ()
        self._heights: dict[tuple[int, float], float] = {}  # of the pieces by width and size, for layouts ask often
        self._spots: tuple[Spot, ...] = ()
        self._places: tuple[tuple[object, ...], ...] = ()
        self._marked: object | None = None
        self._pointed: object | None = None
        self.setMouseTracking(True)
        self._typesetter = typesetter()
        self._typesetter.ready.connect(self._lay_out)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._show_plain)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        theme_signals.changed.connect(self._use_theme)
        self._describe()

    def show_narration(self, narration: Narration | None, phase: str = "text", is_hidden: bool = False) -> None:
        """Show this narration in the colours of a phase; is_hidden covers every computed number."""
        if (narration, phase, is_hidden) == (self.narration, self._phase, self._is_hidden):
            return
        self.narration, self._phase, self._is_hidden = narration, phase, is_hidden
        self._pieces, self._heights = pieces_of(narration, is_hidden) if narration else (), {}
        self._describe()
        self._lay_out()
        if is_hidden and self._patience.isActive():
            self._show_plain()  # the formula before may hold the very number that is hidden now

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What is shown, piece by piece."""
        return self._pieces

    def show_places(self, places: tuple[tuple[object, ...], ...]) -> None:
        """Say what every piece stands for, from left to right; empty where nobody asks."""
        if places != self._places:
            self._places = places
            self._find_spots()

    def mark(self, place: object | None) -> None:
        """Light the pieces that stand for this."""
        if place != self._marked:
            self._marked = place
            self.update()

    def finish(self) -> None:
        """Lay out at once what is shown: a picture of the window cannot wait."""
        self._typesetter.make_now(formulas_of(self._pieces))
        self._lay_out()

    def expect(self, narration: Narration) -> None:
        """Lay out ahead what will probably be shown next."""
        wanted = (*self._pieces, *pieces_of(narration), *pieces_of(narration, is_hidden=True))
        self._typesetter.ask(formulas_of(wanted))

    def lines(self) -> tuple[str, ...]:
        """Return what is shown as lines of LaTeX, without colours."""
        if self.narration is None:
            return ()
        told = self.narration
        right = ("?",) if self._is_hidden else (*_right_sides(told), *_chain_lines(told))
        return tuple(uncoloured(each) for each in (told.symbols, *right))

    def text(self) -> str:
        """Return what is shown as plain text."""
        return "\n= ".join(plain(line) for line in self.lines())

    def heightForWidth(self, width: int) -> int:
        """Return the height the lines take at this width."""
        asked = width, self._least_size()
        if asked not in self._heights:
            if not self._typesetter.has(formulas_of(self._pieces)):
                return max(self.height(), self.least_height)
            self._heights[asked] = flow(self._pieces, self._typesetter.template, width, math.inf, asked[1]).height
        return max(round(self._heights[asked]) + 2, self.least_height)

    def sizeHint(self) -> QSize:
        """Return a comfortable width and the height it needs."""
        return QSize(480, self.heightForWidth(max(self.width(), 480)))

    def minimumSizeHint(self) -> QSize:
        """Allow it to be small; letters shrink and lines wrap."""
        return QSize(120, self.least_height)

    def showEvent(self, event: QShowEvent) -> None:
        """Load the mathematical font before the first formula is wanted."""
        super().showEvent(event)
        self._typesetter.ask((*formulas_of(self._pieces), "="))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, or their plain text while they are being laid out."""
        theme = current()
        with painter(self) as p:
            if self._is_plain:
                p.setFont(font("normal"))
                p.setPen(theme.colour("text"))
                p.drawText(QRectF(self.rect()), Qt.TextFlag.TextWordWrap, self.text())
                return
            for rect, place in self._spots:
                if place in (self._marked, self._pointed):
                    rounded(p, rect.adjusted(-2, -2, 2, 2), theme.accent_soft, theme.accent, radius=4)
            paint_layout(p, self.layout_shown, theme, self._phase, QPointF(0, 0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the pointer is over."""
        self._point(self._spot_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has left."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what is clicked."""
        place = self._spot_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to type what is clicked anew."""
        place = self._spot_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.typing_asked.emit(place)

    def _spot_at(self, point: QPointF) -> object | None:
        return next((place for rect, place in self._spots if rect.contains(point)), None)

    def _point(self, place: object | None) -> None:
        if place != self._pointed:
            self._pointed = place
            hand = Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor
            self.setCursor(hand)
            self.pointed.emit(place)
            self.update()

    def _find_spots(self) -> None:
        self._spots = tuple(spots(self.layout_shown, self._places))
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the formula."""
        menu = QMenu(self)
        menu.addAction(tr("Copy as LaTeX"), self.copy_latex).setEnabled(bool(self.lines()))
        menu.addAction(tr("Copy as text"), self.copy_text).setEnabled(bool(self.lines()))
        menu.exec(event.globalPos())
        menu.deleteLater()

    @Slot()
    def copy_latex(self) -> None:
        """Put the lines on the clipboard as LaTeX, aligned at their equals signs."""
        first, *rest = self.lines() or ("",)
        body = " \\\\\n".join([first.replace(" = ", " &= ", 1), *(f"&= {line}" for line in rest)])
        QGuiApplication.clipboard().setText(f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}")

    @Slot()
    def copy_text(self) -> None:
        """Put the lines on the clipboard as plain text."""
        QGuiApplication.clipboard().setText(self.text())

    @Slot()
    def _lay_out(self) -> None:
        if self._typesetter.has(formulas_of(self._pieces)):
            self._patience.stop()
            self._is_plain = False
            size = self.letter * current().large
            room = self.width(), max(self.height(), self.least_height)
            self.layout_shown = flow(self._pieces, self._typesetter.template, *room, size, self._growth())
            self.updateGeometry()
            self._find_spots()
        else:
            self._typesetter.ask(formulas_of(self._pieces))
            if not self._patience.isActive():
                self._patience.start()

    def _least_size(self) -> float:
        """Return how small letters may become to save height, in pixels."""
        return self.least_letter

    def _growth(self) -> float:
        share = min(self.width() / USUAL_ROOM[0], self.height() / USUAL_ROOM[1])
        return min(max(share, 1.0), self.most_growth)

    @Slot()
    def _show_plain(self) -> None:
        self._is_plain = True
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._lay_out()

    def _describe(self) -> None:
        self.setAccessibleName(tr("Formula of this step"))
        self.setAccessibleDescription(self.text())
        self.setToolTip(tr("Right-click to copy as LaTeX or text.") if self.narration else "")


def spots(layout: Layout, places: tuple[tuple[object, ...], ...]) -> Iterator[Spot]:
    """Give where the things that pieces stand for are painted; several in one piece share its width."""
    for placed in layout.placed:
        own = places[placed.tag] if 0 <= placed.tag < len(places) else ()
        scale, template = layout.scale * placed.size, placed.template
        top, height = placed.y - template.ascent * scale, (template.ascent + template.descent) * scale
        width = template.width * scale / max(len(own), 1)
        for number, place in enumerate(own):
            yield QRectF(placed.x + number * width, top, width, height), place


def _right_sides(told: Narration) -> tuple[str, ...]:
    return tuple(filter(None, (told.numbers, told.terms, told.result)))


def _chain_lines(told: Narration) -> tuple[str, ...]:
    if told.chain is None:
        return ()
    return told.chain.symbols.partition(" = ")[2], *_right_sides(told.chain)
