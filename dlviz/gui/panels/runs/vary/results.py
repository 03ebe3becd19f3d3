"""What came out of an experiment: its table, one of several charts, and the settings in which two runs differ."""

from collections.abc import Callable, Mapping
from time import perf_counter

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.runs.comparison import Compared, Comparison
from dlviz.gui.panels.runs.vary.charts import curves_chart, ends_of, grid_of, rate_chart, setting_chart
from dlviz.gui.panels.runs.vary.ends import EndBars
from dlviz.gui.panels.runs.vary.heat import HeatGrid
from dlviz.gui.panels.runs.vary.outcomes import OutcomesTable
from dlviz.gui.panels.runs.vary.plot import ChartPlot
from dlviz.gui.panels.runs.vary.rows import table_of
from dlviz.gui.panels.runs.vary.views import first_view, preferred_measure, view_titles, views_of
from dlviz.gui.panels.runs.vary.words import Told, short_state, state_words, told_of, trial_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.colour_bar import ColourBar
from dlviz.gui.widgets.copying import offer
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.measures import Measure, measure_name, measures_of
from dlviz.session.vary.plan import document_of
from dlviz.session.vary.rate_finding import rate_finding

WIDE = 68 * GRID  # pixels from which table and chart stand side by side
MEASURE_WIDTH = 16 * GRID  # pixels
TABLE_SHARE = 51  # percent of the width
DRAW_MS = 200  # between two drawings while it goes on: faster changes cannot be read
MOST_SHARE = 0.2  # of the time that drawing may take


class Results(QWidget):
    """Shows one experiment, while it goes on and after."""

    cancelled = Signal()
    form_asked = Signal()
    opened = Signal(int)  # number of a trial
    rate_taken = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: ExperimentView | None = None
        self._drawn: ExperimentView | None = None
        self._told = Told()
        self._is_wide = False
        self._suggested: float | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._draw)

    def _make_widgets(self) -> None:
        self.title = Elided("", "text", "small")
        self.cancel = TextButton(tr("Cancel"), tr("Runs that are over stay"), is_link=True)
        self.again = TextButton(tr("Vary…"), tr("Another experiment, or this one with other values"), is_link=True)
        self.views = Words(tr("How the experiment is looked at"), ())
        self.measure = Chooser()
        self.measure.setMaximumWidth(MEASURE_WIDTH)
        describe(self.measure, tr("Measure"), tr("What is drawn, and by which the best run is set in bold"))
        self.table, self.plot, self.heat, self.bars = OutcomesTable(), ChartPlot(), HeatGrid(), EndBars()
        self.reading = Elided("", "muted", "small")
        self.legend = ColourBar(tr("Scale of the cells"), 0.0, 1.0, is_diverging=False, is_vertical=False)
        self.use_rate = TextButton(tr("Use this rate"), tr("Go on with this rate; undoable"), is_link=True)
        hint = tr("Double click or Enter opens a run; Ctrl+click compares two.")
        self.comparison, self.words = Comparison(hint), Elided("", "muted", "small")

    def _lay_out(self) -> None:
        self.head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.head.addLayout(_line((self.title, 1), (self.cancel, 0), (self.again, 0)), 1)
        self.head.addLayout(_line((self.views, 0), (None, 1), (self.measure, 0)))
        self.head.setSpacing(GRID // 2)
        self.pictures = QStackedWidget()
        for widget in (self.plot, self.heat, self.bars):
            self.pictures.addWidget(widget)
        foot = _line((self.reading, 1), (self.use_rate, 0), (self.legend, 0))
        self.drawing, self.listing = _column(self.pictures, foot), _column(self.table, self.words, self.comparison)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(2 * GRID)
        self.split.addWidget(self.listing)
        self.split.addWidget(self.drawing)
        self.split.setStretchFactor(0, TABLE_SHARE)
        self.split.setStretchFactor(1, 100 - TABLE_SHARE)
        whole = QVBoxLayout(self)
        spaced(whole, gap=GRID // 2)
        whole.addLayout(self.head)
        whole.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.cancelled)
        self.again.clicked.connect(self.form_asked)
        self.table.opened.connect(self.opened)
        self.table.compared.connect(self._choose_rows)
        self.views.chosen.connect(self._look)
        self.measure.activated.connect(self._measure_by)
        self.use_rate.clicked.connect(self._take_rate)
        for picture in (self.plot, self.heat, self.bars):
            picture.read.connect(self._read)
            picture.taken.connect(self.table.select)
            picture.opened.connect(self.opened)

    def show_view(self, view: ExperimentView) -> None:
        """Show an experiment as far as it has come."""
        if view is self.view:
            return
        is_other = self.view is None or view.serial != self.view.serial
        self.view = view
        if is_other:
            self._begin(view)
        if is_other or view.is_over or not self._pause.isActive():
            began = perf_counter()
            self._draw()
            self._pause.start(max(DRAW_MS, round(1000 * (perf_counter() - began) / MOST_SHARE)))

    def _begin(self, view: ExperimentView) -> None:
        self._told = told_of(view.experiment)
        self.table.clearSelection()
        self.reading.setText("")
        self._offer_views(view)
        self.views.set_key(first_view(view, self._is_wide))

    def _offer_views(self, view: ExperimentView) -> None:
        key, titles = self.views.key() if self.views.count() else "", view_titles()
        keys = [each for each in views_of(view) if each != "table" or not self._is_wide]
        self.views.set_choices([(each, titles[each]) for each in keys])
        self.views.set_key(key if key in keys else keys[0])
        self.views.updateGeometry()

    def _offer_measures(self, view: ExperimentView) -> None:
        known = measures_of(view)
        if [self.measure.itemData(place) for place in range(self.measure.count())] != list(known):
            chosen = self.chosen_measure() if self.measure.count() else preferred_measure(known)
            self.measure.clear()
            for each in known:
                self.measure.addItem(measure_name(view, each), each)
            self.measure.setCurrentIndex(max(self.measure.findData(chosen), 0))

    def chosen_measure(self) -> Measure:
        """Return what is drawn."""
        return self.measure.currentData() or "train_loss"

    @Slot()
    def _draw(self) -> None:
        """Draw the newest; while it goes on this is done a few times a second at most."""
        view = self.view
        if view is None or view is self._drawn:
            return
        self._drawn = view
        self.title.setText(view.message or state_words(view))
        self.title.set_short(short_state(view))
        self.cancel.setVisible(not view.is_over)
        self.cancel.setEnabled(view.stage == "running")
        self._offer_measures(view)
        self.table.show_lines(*table_of(view, self._told, self.chosen_measure()))
        self._compare()
        self._draw_picture()

    @Slot(str)
    def _look(self, _key: str) -> None:
        self._draw_picture()

    @Slot(int)
    def _measure_by(self, _place: int) -> None:
        self._drawn = None
        self._draw()

    def _draw_picture(self) -> None:
        if self.view is None:
            return
        key = self.views.key()
        self.listing.setVisible(self._is_wide or key == "table")
        self.drawing.setVisible(key != "table")
        self.measure.setVisible(key != "rate" and self.measure.count() > 1)
        self.legend.setVisible(key == "heat_map")
        drawers: Mapping[str, Callable[[ExperimentView], None]] = {
            "curves": self._draw_curves, "setting": self._draw_setting, "heat_map": self._draw_heat,
            "rate": self._draw_rate, "histogram": self._draw_ends,
        }  # fmt: skip
        self._suggested = None
        if key in drawers:
            drawers[key](self.view)
        self.use_rate.setVisible(self._suggested is not None)

    def _draw_curves(self, view: ExperimentView) -> None:
        self._show_plot()
        self.plot.show_chart(curves_chart(view, self._told, self.chosen_measure(), self.table.selected()))

    def _draw_setting(self, view: ExperimentView) -> None:
        self._show_plot()
        self.plot.show_chart(setting_chart(view, self._told, self.chosen_measure()))

    def _draw_rate(self, view: ExperimentView) -> None:
        self._show_plot()
        self.plot.show_chart(rate_chart(view))
        found = rate_finding(view)
        self._suggested = found.suggested if found is not None else None
        if self._suggested is not None:
            self.use_rate.setText(tr("Use rate {rate}", rate=numbers.number(self._suggested, 3)))
            self.use_rate.updateGeometry()
        if found is not None:
            described = tr("No rate is suggested: the loss never fell.") if self._suggested is None else found.rule
            self.reading.setText(described)

    def _draw_heat(self, view: ExperimentView) -> None:
        self.pictures.setCurrentWidget(self.heat)
        grid = grid_of(view, self._told, self.chosen_measure())
        self.heat.show_grid(grid)
        known = grid.values()
        self.legend.setVisible(len(known) > 0)
        if len(known):
            self.legend.set_range(float(known.min()), float(known.max()))

    def _draw_ends(self, view: ExperimentView) -> None:
        self.pictures.setCurrentWidget(self.bars)
        self.bars.show_ends(ends_of(view, self.chosen_measure()))

    def _show_plot(self) -> None:
        self.pictures.setCurrentWidget(self.plot)

    @Slot(str)
    def _read(self, words: str) -> None:
        self.reading.setText(words)

    @Slot()
    def _choose_rows(self) -> None:
        self._compare()
        if self.views.key() == "curves":
            self._draw_picture()

    def _compare(self) -> None:
        view, selected = self.view, self.table.selected()
        pair = selected if view is not None and len(selected) == 2 else []
        self.comparison.compare([self._compared(view, number) for number in pair] if view is not None else [])
        self.words.setText(self.comparison.words)

    def _compared(self, view: ExperimentView, number: int) -> Compared:
        trial = view.trials[number]
        return Compared(trial_words(self._told, trial), document_of(view.experiment, trial))

    @Slot()
    def _take_rate(self) -> None:
        if self._suggested is not None:
            self.rate_taken.emit(self._suggested)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put table and chart side by side where there is room, else behind each other."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
            self.head.setDirection(direction)
            self.split.setSizes([TABLE_SHARE * self.width() // 100, (100 - TABLE_SHARE) * self.width() // 100])
            if self.view is not None:
                self._offer_views(self.view)
                self._draw_picture()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the plotted values to copy."""
        if self.drawing.isVisible() and self.drawing.geometry().contains(self.split.mapFrom(self, event.pos())):
            offer(self, event.globalPos(), tr("Copy plotted values as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put what is plotted on the clipboard with every digit."""
        picture = self.pictures.currentWidget()
        assert isinstance(picture, ChartPlot | HeatGrid | EndBars)
        picture.copy()


def _line(*parts: tuple[QWidget | None, int]) -> QHBoxLayout:
    """Put widgets side by side with their stretches; None is empty room."""
    line = QHBoxLayout()
    spaced(line)
    for widget, stretch in parts:
        if widget is None:
            line.addStretch(stretch)
        else:
            line.addWidget(widget, stretch)
    return line


def _column(*parts: QWidget | QLayout) -> QWidget:
    """Put widgets below each other in one."""
    owner = QWidget()
    column = QVBoxLayout(owner)
    spaced(column, gap=GRID // 2)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return owner
