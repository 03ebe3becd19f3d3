"""The list of paths in the inspector: a card a path, what is not listed, and the sum."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.panels.inspector.ways import FactorWords, Way, rest_words, ways
from dlviz.gui.theme import GRID, current, theme_signals
from dlviz.gui.widgets.paint import painter, rounded, spaced
from dlviz.gui.widgets.product import Product
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.explanation import Explanation

BAR = 4  # pixels
LEAST_DIGITS = 6  # of paths and their sum, so that the sum can be checked


class ShareBar(QWidget):
    """How large a path is beside the largest one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_share(self, share: float) -> None:
        """Fill the bar to this share."""
        if share != self.share:
            self.share = share
            self.update()

    def sizeHint(self) -> QSize:
        """Return the height of a bar."""
        return QSize(8 * GRID, BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and what is filled."""
        theme, rect = current(), QRectF(self.rect())
        with painter(self) as p:
            rounded(p, rect, theme.hover, radius=BAR / 2)
            rounded(p, QRectF(0, 0, max(rect.width() * self.share, BAR), BAR), theme.backward, radius=BAR / 2)


class PathCard(QWidget):
    """One path; the pointer over it lights it on the canvas, a click keeps it lit."""

    lit = Signal(object)  # Way under the pointer or the keyboard, None when it has left
    kept = Signal(object)  # Way that was clicked
    pointed = Signal(object)  # FactorWords under the pointer, None when it has left
    taken = Signal(object)  # FactorWords that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way: Way | None = None
        self.is_kept = False
        self.title, self.value = Elided("", "text", "small"), Text("", "backward", is_bold=True)
        self.product, self.bar = Product(), ShareBar()
        heading = QHBoxLayout()
        spaced(heading)
        heading.addWidget(self.title, 1)
        heading.addWidget(self.value)
        column = QVBoxLayout(self)
        spaced(column, GRID, GRID // 2)
        column.addLayout(heading)
        column.addWidget(self.product)
        column.addWidget(self.bar)
        self.product.pointed.connect(self._point)
        self.product.taken.connect(self._take)
        theme_signals.changed.connect(self._use_theme)

    def show_way(self, number: int, way: Way, is_kept: bool) -> None:
        """Show a path; its number in the ranking counts from 1."""
        if is_kept != self.is_kept:
            self.is_kept = is_kept
            self.update()
        if way == self.way:
            return
        self.way = way
        self.title.setText(f"{number}. {way.title}")
        self.value.setText(numbers.number(way.value, _digits(), signed=True))
        self.value.setToolTip(numbers.full(way.value))
        texts = [numbers.number(factor.value) for factor in way.factors]
        self.product.show_factors(texts, [factor.tip for factor in way.factors])
        self.bar.show_share(way.share)
        words = tr("Path {number}, {title}: {value}", number=number, title=way.title, value=self.value.text())
        self.setAccessibleName(words)
        self.setToolTip(tr("{words}\nPoint at it to see it on the network, click to keep it there.", words=words))

    def _factor(self, number: int) -> FactorWords | None:
        return None if self.way is None or number < 0 else self.way.factors[number]

    @Slot(int)
    def _point(self, number: int) -> None:
        if number >= 0:
            self.lit.emit(self.way)
        self.pointed.emit(self._factor(number))

    @Slot(int)
    def _take(self, number: int) -> None:
        self.taken.emit(self._factor(number))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light the path."""
        self.lit.emit(self.way)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Let go of it."""
        self.lit.emit(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Be the one that gets the release."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the path lit, or let it go again."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.kept.emit(self.way)

    @Slot(object)
    def _use_theme(self, _theme: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box."""
        theme = current()
        border = theme.backward if self.is_kept else theme.outline
        fill = theme.hover if self.underMouse() and not self.is_kept else ""
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), fill, border, width=1.6 if self.is_kept else 1.0)


class PathList(QWidget):
    """All listed paths with the rest and the sum."""

    lit = Signal(object, bool)  # places of the path to light, () for none; whether it stays
    pointed = Signal(object)  # Selected under the pointer, None when it has left
    taken = Signal(object)  # Selected that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[PathCard] = []
        self.ways: tuple[Way, ...] = ()
        self.totals = FactTable()
        self._kept: Way | None = None
        self._column = QVBoxLayout(self)
        spaced(self._column, gap=GRID)
        self._column.addWidget(self.totals)

    def show_paths(self, explanation: Explanation, symbols: Symbols) -> None:
        """Show the paths of an explanation."""
        self.ways = ways(explanation, symbols)
        titles = {way.title: way for way in self.ways}
        # A path that was kept stays so while its numbers change.
        self._kept = None if self._kept is None else titles.get(self._kept.title)
        while len(self.cards) < len(self.ways):
            self._add_card()
        self._show_cards()
        self.totals.show_facts(_totals(explanation, symbols))

    def _show_cards(self) -> None:
        for position, card in enumerate(self.cards):
            if position < len(self.ways):
                way = self.ways[position]
                card.show_way(position + 1, way, way == self._kept)
            card.setVisible(position < len(self.ways))

    def _add_card(self) -> None:
        card = PathCard()
        card.lit.connect(self._light)
        card.kept.connect(self._keep)
        card.pointed.connect(self._point)
        card.taken.connect(self._take)
        self._column.insertWidget(len(self.cards), card)
        self.cards.append(card)

    def let_go(self) -> None:
        """Keep no path lit any more."""
        self._kept = None
        self._show_cards()
        self.lit.emit((), False)

    @Slot(object)
    def _light(self, way: Way | None) -> None:
        shown = way or self._kept
        self.lit.emit(() if shown is None else shown.trail, shown is not None and shown == self._kept)

    @Slot(object)
    def _keep(self, way: Way | None) -> None:
        self._kept = None if way == self._kept else way
        self._show_cards()
        self._light(self._kept)

    @Slot(object)
    def _point(self, factor: FactorWords | None) -> None:
        self.pointed.emit(None if factor is None else factor.place)

    @Slot(object)
    def _take(self, factor: FactorWords | None) -> None:
        if factor is not None:
            self.taken.emit(factor.place)


def _totals(explanation: Explanation, symbols: Symbols) -> Sequence[Fact]:
    found = explanation.paths
    if found is None:
        return ()
    rest = rest_words(explanation)
    rows = [] if rest is None else [Fact(rest[0], (rest[1],), is_signed=True, digits=_digits())]
    title = tr("sum = {slope}", slope=symbols.slope_of_loss("w"))
    if explanation.shares is not None and len(explanation.shares.shares) > 1:
        title = tr("sum, sample {number}", number=explanation.sample + 1)
    rows.append(Fact(title, (found.share,), is_signed=True, digits=_digits()))
    if found.penalty:
        rows.append(Fact(tr("the penalty adds"), (found.penalty,), is_signed=True, digits=_digits()))
    return rows


def _digits() -> int:
    return max(LEAST_DIGITS, numbers.digits_in_use())
