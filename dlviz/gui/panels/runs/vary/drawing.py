"""The charts of an experiment in one place: curves, a measure against a setting, heat map, histogram, rate finder."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.chart import Chart
from dlviz.gui.panels.runs.vary.charts import (
    curves_chart,
    ends_of,
    grid_of,
    rate_chart,
    setting_chart,
    time_chart,
)
from dlviz.gui.panels.runs.vary.ends import EndBars
from dlviz.gui.panels.runs.vary.heat import Grid, HeatGrid
from dlviz.gui.panels.runs.vary.network_charts import fits_chart, layers_chart
from dlviz.gui.panels.runs.vary.plot import ChartPlot
from dlviz.gui.panels.runs.vary.words import Told
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.colour_bar import ColourBar
from dlviz.gui.widgets.copying import offer
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.measures import Measure
from dlviz.session.vary.rate_finding import rate_finding


class Drawing(QWidget):
    """One chart at a time; below it what is read from it, the scale of the cells, or the rate that it suggests."""

    taken = Signal(int)  # number of the trial that was clicked
    opened = Signal(int)
    rate_taken = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.heat, self.bars = ChartPlot(), HeatGrid(), EndBars()
        self.pictures = QStackedWidget()
        self.reading = Elided("", "muted", "small")
        self.legend = ColourBar(tr("Scale of the cells"), 0.0, 1.0, is_diverging=False, is_vertical=False)
        self.use_rate = TextButton(tr("Use this rate"), tr("Go on with this rate; undoable"), is_link=True)
        self._suggested: float | None = None
        self._told = ""  # what is read
        self._caption = ""  # what stands where nothing is read
        self._lay_out()
        self.use_rate.clicked.connect(self._take_rate)
        for picture in (self.plot, self.heat, self.bars):
            self.pictures.addWidget(picture)
            picture.read.connect(self._read)
            picture.taken.connect(self.taken)
            picture.opened.connect(self.opened)

    def _lay_out(self) -> None:
        column, foot = QVBoxLayout(self), QHBoxLayout()
        spaced(column, gap=GRID // 2)
        spaced(foot)
        foot.addWidget(self.reading, 1)
        foot.addWidget(self.use_rate)
        foot.addWidget(self.legend)
        column.addWidget(self.pictures, 1)
        column.addLayout(foot)

    def show_chart(self, key: str, view: ExperimentView, told: Told, measure: Measure, chosen: Sequence[int]) -> None:
        """Draw a chart by its key; chosen: trials that stand out among many curves."""
        self._suggested = None
        self.legend.setVisible(key == "heat_map")
        drawers: Mapping[str, Callable[[], None]] = {
            "curves": lambda: self._show_plot(curves_chart(view, told, measure, chosen)),
            "time": lambda: self._show_plot(time_chart(view, told, measure, chosen)),
            "layers": lambda: self._show_plot(layers_chart(view, told)),
            "fits": lambda: self._show_plot(fits_chart(view, told)),
            "setting": lambda: self._show_plot(setting_chart(view, told, measure)),
            "heat_map": lambda: self._show_heat(view, told, measure),
            "rate": lambda: self._show_rate(view),
            "histogram": lambda: self._show_ends(view, measure),
        }
        drawers[key]()
        self.use_rate.setVisible(self._suggested is not None)
        if not any(trial.ended is not None for trial in view.trials):
            self._caption = tr("Nothing to draw before the first run is over.")
        self._read(self._told)

    def _show_plot(self, chart: Chart) -> None:
        self.pictures.setCurrentWidget(self.plot)
        self.plot.show_chart(chart)
        self._caption = chart.caption

    def _show_heat(self, view: ExperimentView, told: Told, measure: Measure) -> None:
        grid = grid_of(view, told, measure)
        self.pictures.setCurrentWidget(self.heat)
        self.heat.show_grid(grid)
        self._caption = grid_caption(grid, view)
        known = grid.values
        self.legend.setVisible(len(known) > 0)
        if len(known):
            self.legend.set_range(float(known.min()), float(known.max()))

    def _show_ends(self, view: ExperimentView, measure: Measure) -> None:
        self.pictures.setCurrentWidget(self.bars)
        ends = ends_of(view, measure)
        self.bars.show_ends(ends)
        self._caption = tr("how many of {n} runs ended at which {measure}", n=len(view.trials), measure=ends.measure)

    def _show_rate(self, view: ExperimentView) -> None:
        self._show_plot(rate_chart(view))
        found = rate_finding(view)
        if found is None:
            return
        self._suggested = found.suggested
        if found.suggested is None:
            self._caption = tr("No rate is suggested: the loss never fell.")
            return
        self._caption = tr("suggested: {rule}", rule=found.rule)
        self.use_rate.setText(tr("Use rate {rate}", rate=numbers.number(found.suggested, 3)))
        self.use_rate.updateGeometry()

    @Slot(str)
    def _read(self, words: str) -> None:
        """Show what is read, or else what is drawn against what."""
        self._told = words
        self.reading.setText(words or self._caption)
        if not words:
            self.reading.set_short(self._caption.partition(";")[0])

    @Slot()
    def _take_rate(self) -> None:
        if self._suggested is not None:
            self.rate_taken.emit(self._suggested)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the plotted values to copy."""
        offer(self, event.globalPos(), tr("Copy plotted values as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put what is plotted on the clipboard with every digit."""
        picture = self.pictures.currentWidget()
        assert isinstance(picture, ChartPlot | HeatGrid | EndBars)
        picture.copy()


def grid_caption(grid: Grid, view: ExperimentView) -> str:
    """Say what the cells are, and what a crossed one is, where there is one."""
    n = len(view.experiment.seeds)
    what = tr("{measure}: median of {n} seeds", measure=grid.measure, n=n) if n > 1 else grid.measure
    is_crossed = any(cell.diverged for line in grid.cells for cell in line)
    return tr("{what}; crossed: diverged", what=what) if is_crossed else what
