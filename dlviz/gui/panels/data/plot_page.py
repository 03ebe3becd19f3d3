"""The page of plots: points over two columns, histograms, the balance of classes, and whether the parts are alike."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.data.principal_plane import PrincipalPlane
from dlviz.data.study import Comparison
from dlviz.gui import numbers
from dlviz.gui.panels.data.axes import AxisChoice, telling_columns
from dlviz.gui.panels.data.balance import BalanceBars
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.histogram import Drawn, HistogramPlot
from dlviz.gui.panels.data.job import Job
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.part_bar import PART_COLOURS
from dlviz.gui.panels.data.plotted import (
    Bins,
    Parts,
    Points,
    axes_names,
    bins_of,
    class_counts,
    column_names,
    parts_compared,
    points_over,
)
from dlviz.gui.panels.data.rows import part_words
from dlviz.gui.panels.data.scatter import Scatter
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.class_legend import ClassLegend
from dlviz.gui.widgets.copying import Offer, copy_plotted
from dlviz.gui.widgets.flow import Flow
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document

VIEWS = ("points", "histogram", "classes", "parts")
LINES = 8  # of the table of comparisons, before it scrolls
FEW_INPUTS = 12  # of which two are looked at first
LEAST_HEIGHT = 14 * GRID  # of a plot


class PlotPage(DataPage):
    """Four views; what takes time is worked out on a thread."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self._prepared: Prepared | None = None
        self._bins: Bins | None = None
        self._principal: PrincipalPlane | None = None  # that the points lie on
        self._compared: Parts | None = None
        self._column = 0  # that the histogram is of
        self._job = Job(self)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._choose_view("points")

    def _make_widgets(self) -> None:
        titles = (tr("points"), tr("counts"), tr("classes"), tr("parts"))
        self.view = Words(tr("What of the rows is drawn"), tuple(zip(VIEWS, titles, strict=True)))
        self.axes, self.column = AxisChoice(), Chooser()
        describe(self.column, tr("Column"), tr("The column whose values are counted"))
        self.column.setMinimumContentsLength(5)
        self.column.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.by = Words(tr("What is counted apart"), (("class", tr("by class")), ("part", tr("by part"))))
        self.points, self.histogram = Scatter(tr("Rows over two columns")), HistogramPlot(tr("Histogram of a column"))
        self.balance, self.table = BalanceBars(), NumberTable(LINES, is_sortable=False)
        describe(self.table, tr("Gaps between parts"), tr("Take a row to see the histograms of its parts"))
        self.verdict, self.explained = Text("", size="small", is_bold=True), Text("", "muted", "small")
        for text in (self.verdict, self.explained):
            text.setWordWrap(True)
        self.legend = ClassLegend()
        self.legend.show_names(())

    def _lay_out(self) -> None:
        self._chosen, bars = Flow((self.column, self.by), gap=GRID // 2), QWidget()
        held, layout = QVBoxLayout(bars), QVBoxLayout(self)
        held.setContentsMargins(0, 0, 0, 0)
        held.addWidget(self.balance)
        held.addStretch(1)
        self._bars = Scrolled()
        self._bars.hold(bars)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.setSpacing(GRID // 2)
        for widget in (self.view, self.axes, self._chosen, self.verdict, self.table):
            layout.addWidget(widget)
        self._stack = QStackedWidget()
        for page in (self.points, self.histogram, self._bars):
            page.setMinimumHeight(LEAST_HEIGHT)
            self._stack.addWidget(page)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.explained)

    def _connect(self) -> None:
        self.view.chosen.connect(self._choose_view)
        self.axes.changed.connect(self._work)
        self.column.activated.connect(self._choose_column)
        self.by.chosen.connect(self._choose_by)
        self.table.taken.connect(self._take_comparison)
        self.points.clicked.connect(self._select_point)
        self.histogram.clicked.connect(self._select_bin)
        self.balance.clicked.connect(self._select_class)
        self.context.selection.rows_changed.connect(self._mark_rows)
        self._job.finished.connect(self._show)
        self._job.failed.connect(self.edits.refuse)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Draw the rows, of a set that stays on disk a sample of them."""
        sample = None if prepared is None else prepared.sample
        if sample is None or sample is self._prepared:
            return
        self._prepared, self._compared = sample, None
        names = column_names(sample.dataset)
        axes = axes_names(sample.dataset)
        # Of many inputs the first two say little: begin with the directions in which the rows spread most.
        first = len(axes) - 2 if sample.dataset.d > FEW_INPUTS else 0
        self.axes.show_names(axes, first, first + 1)
        self._offer_classes(bool(sample.dataset.class_names))
        if [self.column.itemText(place) for place in range(self.column.count())] != list(names):
            self.column.clear()
            self.column.addItems(list(names))
            self._column, _ = telling_columns(sample.dataset)
            self.column.setCurrentIndex(self._column)
            self._chosen.fit()
        self._work()

    def _offer_classes(self, are_there: bool) -> None:
        """Offer what is about classes where the target is one."""
        if not are_there and self.view.key() == "classes":
            self.view.set_key("histogram")
            self._choose_view("histogram")
        self.view.setTabVisible(VIEWS.index("classes"), are_there)
        self.by.setTabText(0, tr("by class") if are_there else tr("all rows"))
        self._chosen.fit()

    @property
    def _counts_by(self) -> str:
        return "part" if self.view.key() == "parts" else self.by.key()

    @Slot()
    def _work(self) -> None:
        """Work out what the view shows, on a thread."""
        prepared, view, by, column = self._prepared, self.view.key(), self._counts_by, self._column
        if prepared is None:
            return
        axes = self.axes.columns
        works: dict[str, Callable[[Callable[[], bool]], object]] = {
            "points": lambda _: points_over(prepared, axes),
            "histogram": lambda _: bins_of(prepared, column, by),
            "parts": lambda cancelled: parts_compared(prepared, cancelled),
        }
        if view == "classes":
            self.balance.show_counts(prepared.dataset.class_names, _counts(prepared))
            self._explain()
        elif view != "parts" or self._compared is None:
            self._job.follow(works[view])
        else:
            self._job.follow(works["histogram"])

    @Slot(object)
    def _show(self, found: object) -> None:
        prepared = self._prepared
        if prepared is None:
            return
        match found:
            case Points():
                self._principal = found.principal
                self.points.show_rows(found.x, found.y, found.marks, found.parts)
                self._mark()
            case Bins():
                self._show_bins(found, prepared)
            case Parts():
                self._show_parts(found, prepared)
        self._explain()

    def _show_bins(self, found: Bins, prepared: Prepared) -> None:
        self._bins = found
        if self._counts_by == "part":
            drawn = Drawn(found.counts, part_words(), PART_COLOURS, are_shares=True)
        else:
            drawn = Drawn(found.counts, prepared.dataset.class_names or (tr("all rows"),))
        self.histogram.show_groups(drawn)

    def _show_parts(self, found: Parts, prepared: Prepared) -> None:
        """List the gaps, the worst first, and draw the histograms of the first."""
        self._compared = found
        names, bad = column_names(prepared.dataset), [each for each in found.comparisons if each.is_mismatch]
        has_pairs = len({each.parts for each in found.comparisons}) > 1
        lines = [Line(number, _cells(each, names, has_pairs)) for number, each in enumerate(found.comparisons)]
        self.table.show_lines(_columns(has_pairs), lines, 0 if lines else -1)
        self.verdict.setText(_verdict(found, len({each.column for each in bad})))
        self.verdict.set_colour("warn" if bad else "text")
        if found.comparisons:
            self._take_comparison(0)

    @Slot(int)
    def _take_comparison(self, number: int) -> None:
        assert self._compared is not None
        self._column = self._compared.comparisons[number].column
        self.column.setCurrentIndex(self._column)
        self.table.show_lines(self.table.numbers.columns, self.table.numbers.lines, number)
        self._work()

    @Slot(str)
    def _choose_view(self, key: str) -> None:
        self._stack.setCurrentIndex({"points": 0, "classes": 2}.get(key, 1))
        self.axes.setVisible(key == "points")
        self._chosen.setVisible(key == "histogram")
        for widget in (self.verdict, self.table):
            widget.setVisible(key == "parts")
        self._work()
        self._explain()

    @Slot(int)
    def _choose_column(self, index: int) -> None:
        self._column = index
        self._work()

    @Slot(str)
    def _choose_by(self, _key: str) -> None:
        self._work()

    def _explain(self) -> None:
        """Say how to read the view, and which marker is which class."""
        prepared, view = self._prepared, self.view.key()
        names = () if prepared is None else prepared.dataset.class_names
        by_class = view == "points" or (view == "histogram" and self.by.key() == "class")
        self.legend.show_names(names if by_class else ())
        parts = tr("Full line: train, dashed: dev, dotted: test, as shares of their rows.")
        held = _held(prepared) + _shares(self._principal)
        said = {
            "points": held if names else held + " " + tr("Darker: larger target."),
            "histogram": parts if self._counts_by == "part" else tr("A click on a bin selects its rows everywhere."),
            "classes": tr("From the left: training, dev and test rows. A click on a class selects its rows "
                          "everywhere."),
            "parts": parts + " " + self._rule(),
        }  # fmt: skip
        self.explained.setText(said[view])

    def _rule(self) -> str:
        count = 0 if self._compared is None else len(self._compared.comparisons)
        return tr(
            "≠ marks a gap that equal distributions exceed in 1 of 100 splits, all {count} comparisons together "
            "(Kolmogorov–Smirnov).", count=count
        )  # fmt: skip

    @Slot(int)
    def _select_point(self, place: int) -> None:
        row = self._number(place)
        self.context.selection.select(Selected("sample", unit=place))
        self.context.selection.select_rows([row], tr("row {row}", row=row + 1))

    @Slot(int)
    def _select_bin(self, number: int) -> None:
        if self._bins is None or self._prepared is None:
            return
        low, high = self._bins.counts.edges[number : number + 2].tolist()
        name = column_names(self._prepared.dataset)[self._column]
        self._select(np.flatnonzero(self._bins.bin_of == number), f"{name} {numbers.number(low, 3)} … "
                     f"{numbers.number(high, 3)}")  # fmt: skip

    @Slot(int)
    def _select_class(self, index: int) -> None:
        assert self._prepared is not None  # one of its classes was clicked
        dataset = self._prepared.dataset
        self._select(np.flatnonzero(dataset.targets == index), tr("class {name}", name=dataset.class_names[index]))

    def _select(self, places: np.ndarray, words: str) -> None:
        rows = [self._number(int(place)) for place in places]
        self.context.selection.select_rows(rows, tr("{what}: {count} rows", what=words, count=numbers.count(len(rows))))

    def _number(self, place: int) -> int:
        """Return the number in the whole set of a row of those shown."""
        assert self._prepared is not None
        return place * self._prepared.dataset.stride

    @Slot(object)
    def _mark_rows(self, _rows: Rows) -> None:
        self._mark()

    def _mark(self) -> None:
        if self._prepared is not None:
            stride = self._prepared.dataset.stride
            rows = self.context.selection.rows
            self.points.ring(frozenset(row // stride for row in rows if row % stride == 0))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        for plot in (self.points, self.histogram, self.balance):
            plot.apply_theme(theme)

    def offers(self) -> tuple[Offer, ...]:
        """Offer the numbers of the view."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put what the view shows on the clipboard with every digit."""
        if self.view.key() == "parts":
            self.table.copy()
        else:
            copy_plotted({"points": self.points, "histogram": self.histogram}.get(self.view.key(), self.balance))


def _held(prepared: Prepared | None) -> str:
    """Say which marker is which part. Test rows are drawn here: these are the user's data, and nothing answers them."""
    if prepared is None or not len(prepared.test):
        return tr("Filled: training rows, hollow: dev rows.")
    return tr("Filled: training rows, hollow: dev rows, barred: test rows.")


def _shares(principal: PrincipalPlane | None) -> str:
    """Say what principal components are, and how much of the variance lies along each."""
    if principal is None:
        return ""
    one, two = (numbers.percent(share) for share in principal.shares)
    return " " + tr("PC 1 and PC 2 hold {one} and {two} of the variance of the scaled training inputs.",
                    one=one, two=two)  # fmt: skip


def _counts(prepared: Prepared) -> np.ndarray:
    return class_counts(prepared) if prepared.dataset.class_names else np.zeros((0, 3), np.int64)


def _columns(has_pairs: bool) -> tuple[Column, ...]:
    between = (Column(tr("parts")),) if has_pairs else ()
    return (
        Column(tr("column")), *between,
        Column(tr("gap"), tr("Largest difference of the shares of rows below any value"), digits=2),
        Column(tr("limit"), tr("The largest gap that chance explains"), digits=2, gives_way=1),
    )  # fmt: skip


def _cells(each: Comparison, names: tuple[str, ...], has_pairs: bool) -> tuple[str | float, ...]:
    words = part_words()
    name = f"≠ {names[each.column]}" if each.is_mismatch else names[each.column]
    between = (f"{words[each.parts[0]]}–{words[each.parts[1]]}",) if has_pairs else ()
    return (name, *between, each.gap, each.allowed)


def _verdict(found: Parts, bad: int) -> str:
    if not found.comparisons:
        return tr("There is one part only: the page “split” makes others.")
    if not bad:
        return tr("The parts are alike: no column differs more than chance allows.")
    return tr("1 column differs between parts.") if bad == 1 else tr("{n} columns differ between parts.", n=bad)
