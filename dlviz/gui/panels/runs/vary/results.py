"""What came out of an experiment: its table, one of several charts, and the settings in which two runs differ."""

from time import perf_counter

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from dlviz.gui.panels.runs.comparison import Compared, Comparison
from dlviz.gui.panels.runs.vary.charts import CURVES
from dlviz.gui.panels.runs.vary.drawing import Drawing
from dlviz.gui.panels.runs.vary.outcomes import OutcomesTable
from dlviz.gui.panels.runs.vary.rows import table_of
from dlviz.gui.panels.runs.vary.views import first_view, preferred_measure, view_titles, views_of
from dlviz.gui.panels.runs.vary.words import Told, short_state, state_words, told_of, trial_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.agreement import is_of_seeds
from dlviz.session.vary.measures import Measure, judged_by, measure_name
from dlviz.session.vary.plan import document_of

WIDE = 68 * GRID  # pixels from which table and chart stand side by side
MEASURE_WIDTH = 16 * GRID  # pixels
OVER_STEPS = ("curves", "time")  # charts that draw what is measured on the way
NO_MEASURE = ("rate", "layers", "fits")
TABLE_SHARE = 51  # percent of the width
DRAW_MS = 200  # between two drawings while it goes on: faster changes cannot be read
MOST_SHARE = 0.2  # of the time that drawing may take


class Results(QWidget):
    """Shows one experiment, while it goes on and after."""

    cancelled = Signal()
    form_asked = Signal()
    opened = Signal(int)  # number of a trial
    rate_taken = Signal(float)
    map_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: ExperimentView | None = None
        self._drawn: ExperimentView | None = None
        self._told = Told()
        self._is_wide = False
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._draw)

    def _make_widgets(self) -> None:
        self.title = Elided("", "text", "small")
        self.cancel = TextButton(tr("Cancel"), tr("Runs that are over stay"), is_link=True)
        self.again = TextButton(tr("Vary…"), tr("Another experiment, or this one with other values"), is_link=True)
        tip = tr("Show in Output where the networks of all seeds agree")
        self.on_map = TextButton(tr("On the map"), tip, is_link=True)
        self.views = Words(tr("How the experiment is looked at"), ())
        self.measure = Chooser()
        self.measure.setMaximumWidth(MEASURE_WIDTH)
        describe(self.measure, tr("Measure"), tr("What is drawn, and by which the best run is set in bold"))
        self.table, self.drawing = OutcomesTable(), Drawing()
        hint = tr("Double click or Enter opens a run; Ctrl+click compares two.")
        self.comparison, self.words = Comparison(hint), Elided("", "muted", "small")

    def _lay_out(self) -> None:
        self.head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.head.addLayout(_line((self.title, 1), (self.cancel, 0), (self.on_map, 0), (self.again, 0)), 1)
        self.head.addLayout(_line((self.views, 0), (None, 1), (self.measure, 0)))
        self.head.setSpacing(GRID // 2)
        self.listing = QWidget()
        listed = QVBoxLayout(self.listing)
        spaced(listed, gap=GRID // 2)
        for widget in (self.table, self.words, self.comparison):
            listed.addWidget(widget)
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
        self.on_map.clicked.connect(self.map_asked)
        self.table.opened.connect(self.opened)
        self.table.compared.connect(self._choose_rows)
        self.views.chosen.connect(self._look)
        self.measure.activated.connect(self._measure_by)
        self.drawing.rate_taken.connect(self.rate_taken)
        self.drawing.taken.connect(self.table.select)
        self.drawing.opened.connect(self.opened)

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
        self.on_map.setVisible(is_of_seeds(view.experiment))
        self.table.clearSelection()
        self._offer_views(view)
        self.views.set_key(first_view(view, self._is_wide))

    def _offer_views(self, view: ExperimentView) -> None:
        key, titles = self.views.key() if self.views.count() else "", view_titles()
        keys = [each for each in views_of(view) if each != "table" or not self._is_wide]
        self.views.set_choices([(each, titles[each]) for each in keys])
        self.views.set_key(key if key in keys else keys[0])
        self.views.updateGeometry()

    def _offer_measures(self, view: ExperimentView) -> None:
        """Offer what is known; over steps only losses and scores are."""
        known = [each for each in judged_by(view) if self.views.key() not in OVER_STEPS or each in CURVES]
        if [self.measure.itemData(place) for place in range(self.measure.count())] != list(known):
            chosen = self.chosen_measure() if self.measure.count() else preferred_measure(known)
            self.measure.clear()
            for each in known:
                self.measure.addItem(measure_name(view, each), each)
            place = self.measure.findData(chosen)
            self.measure.setCurrentIndex(place if place >= 0 else self.measure.findData(preferred_measure(known)))

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
        self._offer_measures(self.view)
        self.listing.setVisible(self._is_wide or key == "table")
        self.drawing.setVisible(key != "table")
        self.measure.setVisible(key not in NO_MEASURE and self.measure.count() > 1)
        if key != "table":
            self.drawing.show_chart(key, self.view, self._told, self.chosen_measure(), self.table.selected())

    @Slot()
    def _choose_rows(self) -> None:
        self._compare()
        if self.views.key() in OVER_STEPS:
            self._draw_picture()

    def _compare(self) -> None:
        view, selected = self.view, self.table.selected()
        pair = selected if view is not None and len(selected) == 2 else []
        self.comparison.compare([self._compared(view, number) for number in pair] if view is not None else [])
        message = view.trials[selected[0]].message if view is not None and len(selected) == 1 else ""
        self.words.setText(message or self.comparison.words)
        if not message and len(pair) < 2:
            self.words.set_short(tr("Enter opens a run."))

    def _compared(self, view: ExperimentView, number: int) -> Compared:
        trial = view.trials[number]
        return Compared(trial_words(self._told, trial), document_of(view.experiment, trial))

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
