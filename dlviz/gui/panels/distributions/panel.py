"""Distributions panel: weights, activations, gradients and updates of every layer over time, and their sizes."""

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.distributions.bars import GradientBars
from dlviz.gui.panels.distributions.moving import MovingPage
from dlviz.gui.panels.distributions.norms import NormsPage
from dlviz.gui.panels.distributions.page import Page
from dlviz.gui.panels.distributions.pinned import PinnedPage
from dlviz.gui.panels.distributions.reading import before_mark, column_at, counts_of, layers_of
from dlviz.gui.panels.distributions.row import COLOURS, LayerRow
from dlviz.gui.panels.distributions.sizes import Sizes
from dlviz.gui.panels.distributions.tables import histogram_table, sizes_table
from dlviz.gui.panels.distributions.words import legend_of, names_of
from dlviz.gui.run_words import run_colour, run_name
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.copying import Offer, Plotted, copy_csv
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.curves import Mark
from dlviz.session.distributions import Column
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.run_row import RunRow

SIZES = "sizes"
MAX_MARKS = 8  # newest edits that a moment can be compared with
NOTHING, START = "nothing", "start"
OF_BATCHES = ("gradients", "updates", SIZES, "bars")  # what there is only once a batch has been trained


class DistributionsPanel(Panel):
    """One row a layer, or two plots of sizes; the moment shown is that of the playhead or under the pointer."""

    key = "distributions"
    needs: ClassVar[frozenset[Need]] = frozenset({"distributions"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self._columns: tuple[Column, ...] = ()
        self._marks: tuple[Mark, ...] = ()  # edits, which a moment can be compared with
        self._every_mark: tuple[Mark, ...] = ()
        self._runs: tuple[RunRow, ...] = ()
        self._step = self._last_step = 0
        self._pointed: float | None = None
        self._is_chosen = False  # somebody took a moment to compare with: a new edit does not take it away
        self._drawn_beside: tuple[Column, ...] = ()  # of another run on the same axes
        self.rows: list[LayerRow] = []
        self._make_widgets()
        self._lay_out()
        self.kinds.currentIndexChanged.connect(self._choose)
        self.against.activated.connect(self._compare)
        self.norms.sought.connect(self._seek)
        self.pinned.changed.connect(context.interest_changed)
        context.selection.changed.connect(self._select)

    def _make_widgets(self) -> None:
        self.kinds = Chooser()
        for key, title in (
            ("weights", tr("Weights")), ("activations", tr("Activations")), ("gradients", tr("Gradients")),
            ("updates", tr("Updates")), (SIZES, tr("Sizes")), ("bars", tr("Gradient by layer")),
            ("norms", tr("Norms by epoch")), ("moving", tr("Running averages")), ("pinned", tr("Pinned weights")),
        ):  # fmt: skip
            self.kinds.addItem(title, key)
        tip = tr(
            "Which numbers: weights without biases, activations of training rows, gradients and updates of a batch"
        )
        describe(self.kinds, tr("What is shown"), tip)
        self.against = Chooser()
        tip = tr("Whose distribution is drawn as a dashed line; of another run, that at the same step")
        describe(self.against, tr("Compare with"), tip)
        self.against.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.now, self.then = Elided("", "train", "small"), Elided("", "test", "small")
        self.empty = Text(tr("Nothing is recorded yet: play, or step one batch."), "muted", "small")
        self.empty.setWordWrap(True)
        words = tr("No batch has been trained yet: press Space to play, or PgDn for one step.")
        self.untrained = Text(words, "muted", "small")
        self.untrained.setWordWrap(True)
        self.untrained.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sizes, self.pinned = Sizes(), PinnedPage()
        self.norms = NormsPage()
        self.paged: dict[str, Page] = {
            "bars": GradientBars(), "norms": self.norms, "moving": MovingPage(), "pinned": self.pinned,
        }  # fmt: skip
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        spaced(self._column, gap=GRID // 2)
        self.list = Scrolled()
        self.list.hold(inside)
        describe(self.list, tr("Distributions by layer"))
        self._fill_choices()

    def _lay_out(self) -> None:
        layout, top, legend = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        self.histograms = QWidget()
        spaced(layout, gap=GRID // 2)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        inner = QVBoxLayout(self.histograms)
        spaced(inner, gap=GRID // 2)
        spaced(legend, gap=GRID)
        legend.addWidget(self.now, 1)
        legend.addWidget(self.then, 1)
        inner.addWidget(self.empty)
        inner.addWidget(self.list, 1)
        inner.addLayout(legend)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.histograms)
        self.stack.addWidget(self.sizes)
        for page in (*self.paged.values(), self.untrained):
            self.stack.addWidget(page)
        spaced(top, gap=GRID)
        top.addWidget(self.kinds)
        top.addWidget(self.against, 1)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)

    def show_frame(self, frame: Frame) -> None:
        """Draw new columns; follow the playhead."""
        self._frame = frame
        if self.page is not None:
            self.page.show_frame(frame)
        columns = frame.distributions or ()
        is_new = columns is not self._columns
        self._columns, self._step, self._last_step = columns, frame.step, max(frame.last_step, frame.step)
        self._show_page()
        is_other = self._every_mark != frame.marks or names_of(frame.runs) != names_of(self._runs)
        self._marks, self._runs = tuple(mark for mark in frame.marks if mark.kind == "edit"), frame.runs
        self.sizes.show_marks(frame.marks)
        if is_other:
            self._every_mark = frame.marks
            self._fill_choices()
        for row in self.rows:
            row.show_marks(frame.marks)
        if is_new or self._is_beside_new():
            self._draw()
        else:
            self._show_moments()

    def _fill_choices(self) -> None:
        """Offer edits, newest first, the start, other runs, and nothing; the newest is taken until one is chosen."""
        taken = self.against.currentText()
        self.against.clear()
        for mark in reversed(self._marks[-MAX_MARKS:]):
            title = tr("and before {edit} (step {step})", edit=mark.label, step=numbers.count(mark.step))
            self.against.addItem(title, mark)
        self.against.addItem(tr("and the start"), START)
        for row in self._runs:
            if not row.is_current and row.distributions:
                self.against.addItem(tr("and {run}", run=run_name(row)), row.uid)
        self.against.addItem(tr("and nothing else"), NOTHING)
        place = self.against.findText(taken)
        self.against.setCurrentIndex(place if self._is_chosen and place >= 0 else 0)

    def _draw(self) -> None:
        kind = self.kind
        if self.page is not None:
            return
        if kind == SIZES:
            self.sizes.show_columns(self._columns, self._last_step)
            return
        self._drawn_beside = self._columns_beside()
        layers = layers_of(self._columns, kind, self._drawn_beside)
        self._keep_rows(len(layers))
        for row, layer in zip(self.rows, layers, strict=True):
            row.show_layer(layer, self._last_step)
            row.show_marks(self._every_mark)
        self._share_axis()
        self.empty.setVisible(not layers)
        self._show_moments()

    def _beside(self) -> RunRow | None:
        """Return the run that is compared with, if it is another one."""
        return next((row for row in self._runs if row.uid == self.against.currentData()), None)

    def _columns_beside(self) -> tuple[Column, ...]:
        beside = self._beside()
        return beside.distributions if beside else ()

    def _is_beside_new(self) -> bool:
        return self._columns_beside() is not self._drawn_beside

    def _share_axis(self) -> None:
        """Give all rows the room that the longest number at their ends needs, so that they stand in line."""
        width = max((row.axis_need() for row in self.rows), default=0)
        for row in self.rows:
            row.use_axis_width(width)

    def apply_theme(self, theme: Theme) -> None:
        """Write the ends of the axes in the size of the theme."""
        self._share_axis()
        self._show_moments()

    def _keep_rows(self, count: int) -> None:
        while len(self.rows) < count:
            row = LayerRow()
            row.pointed.connect(self._point)
            self.rows.append(row)
            self._column.addWidget(row)
        while len(self.rows) > count:
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.deleteLater()

    def moments(self) -> tuple[Column | None, Column | None]:
        """Return the column shown, and the one that it is compared with."""
        now = column_at(self._columns, self._step if self._pointed is None else self._pointed)
        chosen, beside = self.against.currentData(), self._columns_beside()
        if beside:
            return now, column_at(beside, now.step) if now else None
        if isinstance(chosen, Mark):
            then = before_mark(self._columns, chosen)
        else:
            then = column_at(self._columns, 0) if chosen == START else None
        return now, None if then is now else then

    def _show_moments(self) -> None:
        if self.kind == SIZES or self.page is not None:
            return
        kind, (now, then) = self.kind, self.moments()
        step = now.step if now and now is not self._columns[-1] else None
        beside, current = self._beside(), next((row for row in self._runs if row.is_current), None)
        is_two = beside is not None and current is not None
        colours = (run_colour(self.theme, current), run_colour(self.theme, beside)) if current and beside else COLOURS
        for row in self.rows:
            if row.layer is not None:
                row.show_moments(counts_of(now, kind, row.layer), counts_of(then, kind, row.layer), step, colours)
        for text, column, run, line, colour in (
            (self.now, now, current, "—", colours[0]), (self.then, then, beside, "- -", colours[1])
        ):  # fmt: skip
            text.set_colour(colour)
            text.setText(legend_of(line, run if is_two else None, column))

    @property
    def kind(self) -> str:
        """Which numbers are shown."""
        return str(self.kinds.currentData())

    @Slot(int)
    def _choose(self, _place: int) -> None:
        self._show_page()
        self.against.setVisible(self.page is None and self.kind != SIZES)
        self.context.interest_changed.emit()
        if self.page is not None and self._frame is not None:
            self.page.show_frame(self._frame)  # while nothing runs no other frame may come
        self._draw()

    def _show_page(self) -> None:
        """Show what is chosen, or say what there must be first."""
        if self.kind in OF_BATCHES and not self._last_step:
            self.stack.setCurrentWidget(self.untrained)
        else:
            self.stack.setCurrentWidget(self.page or (self.sizes if self.kind == SIZES else self.histograms))

    @property
    def page(self) -> Page | None:
        """The page on show, where that is neither histograms nor sizes."""
        return self.paged.get(self.kind)

    def interest(self, base: Interest) -> Interest:
        """Ask for what the page on show needs."""
        return base if self.page is None else self.page.interest(replace(base, needs=base.needs | self.page.needs))

    @Slot(object)
    def _select(self, selected: Selected) -> None:
        self.pinned.select(selected, self.context.session.document)

    @Slot(int)
    def _seek(self, step: int) -> None:
        self.context.session.seek(step)

    @Slot(int)
    def _compare(self, _place: int) -> None:
        self._is_chosen = True
        self._draw()

    @Slot(object)
    def _point(self, step: float | None) -> None:
        self._pointed = step
        self._show_moments()

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the numbers on show."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put the sizes of all columns, the histograms of the two moments, or a page's numbers, on the clipboard."""
        if self.page is not None:
            copy_csv(*self.page.table())
            return
        moments = self.moments()
        copy_csv(*(sizes_table(self._columns) if self.kind == SIZES else histogram_table(moments, self.kind)))


def make_distributions_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return DistributionsPanel(context)


panels.add(
    PanelEntry(
        "distributions", tr("Distributions"), "right", (), make_distributions_panel, order=2, stretch=4,
        subjects=("network",), behind="curves",
    )
)  # fmt: skip
