"""Curves panel: loss and score of training and dev rows over the steps of the run, with other runs beside it."""

import math
from operator import is_
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.curves.overlay import Drawn, nearest, others, training_of
from dlviz.gui.panels.curves.plot import CurvePlot
from dlviz.gui.panels.curves.series import EMPTY, Series, batches, pair, penalties, span
from dlviz.gui.panels.curves.smoothing import Smoothing, smoothed
from dlviz.gui.panels.curves.table import table_of
from dlviz.gui.run_words import run_colour, run_name
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.copying import Offer, Plotted, copy_csv
from dlviz.gui.widgets.end_labels import Label
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.curves import Curves
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Need
from dlviz.session.noise_floor import noise_floor
from dlviz.session.run_row import RunRow

DIGITS = 3  # so that both numbers fit beside the title; all of them are in the tooltip
Place = tuple[float, float]  # a step and a value
NOTHING_DRAWN = (0.0, 1.0)  # the range of values of an empty plot
RANGE_MS = 250  # between adjustments of the axes; on every frame they would tremble


class CurvesPanel(Panel):
    """Two lines, their newest values in their colours, and marks where something was changed.

    Other runs on the same data lie beside the one on show, which is thick then; all have their own colours.
    """

    key = "curves"
    needs: ClassVar[frozenset[Need]] = frozenset({"curves"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._curves: Curves | None = None
        self._drawn: tuple[Series, Series] = (EMPTY, EMPTY)
        self._added: tuple[Series, Series] = (EMPTY, EMPTY)  # the penalty, and loss and penalty together
        self._last_step = 1
        self._pointed: tuple[float, float] | None = None
        self._rows: tuple[RunRow, ...] = ()
        self._others: list[RunRow] = []
        self._beside: list[Drawn] = []
        self._playhead = math.inf
        self._document: Document | None = None
        self._floor = EMPTY
        self._make_widgets()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RANGE_MS)
        self._timer.timeout.connect(self._fit)
        self.scale.chosen.connect(self._choose)
        self.smoothing.valueChanged.connect(self._smooth)
        self.plot.pointed.connect(self._point)

    def _make_widgets(self) -> None:
        self.plot = CurvePlot()
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        titles = (("loss", tr("loss")), ("log", tr("log")), ("score", tr("score")))
        self.scale = Words(tr("What the curves show: loss, loss on a logarithmic axis, or score"), titles)
        self.train, self.dev = Elided("", "train", "small"), Elided("", "test", "small")
        describe(
            self.train,
            tr("Training value"),
            tr("On the training rows; under the pointer, or the newest"),
        )
        describe(self.dev, tr("Dev value"), tr("On the dev rows, which do not train; under the pointer, or the newest"))
        self.smoothing = Smoothing()
        self.said = Elided("", "muted", "small")
        self.empty = Text("", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setWordWrap(True)
        self.empty.hide()
        for text in (self.train, self.dev, self.said):
            text.setAlignment(Qt.AlignmentFlag.AlignRight)

    def _lay_out(self) -> None:
        self.title_tool = QWidget(self)
        values, top = QHBoxLayout(self.title_tool), QHBoxLayout()
        values.setContentsMargins(0, GRID - 2, 0, 4)
        values.addWidget(self.train)
        values.addWidget(self.dev)
        spaced(top, gap=GRID)
        top.addWidget(self.scale)
        top.addWidget(self.smoothing)
        top.addWidget(self.said, 1)
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.addLayout(top)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.empty, 1)

    @property
    def is_log(self) -> bool:
        """Whether the axis of values is logarithmic."""
        return self.scale.key() == "log"

    def show_frame(self, frame: Frame) -> None:
        """Draw the recorded curves, the marks and where the playhead stands."""
        self._last_step = max(frame.last_step, frame.step, 1)
        is_new = frame.curves is not None and frame.curves is not self._curves
        self._take_runs(frame.runs)
        if frame.document is not self._document:
            self._document = frame.document
            self._take_floor(noise_floor(frame.document))
        if is_new:
            self._curves = frame.curves
            self._draw()
        self._show_plot(frame)
        self.plot.show_marks(frame.marks)
        is_back = frame.step < frame.last_step
        self._playhead = float(frame.step) if is_back else math.inf
        self.plot.show_playhead(frame.step if is_back else None)
        self._write()

    def _take_floor(self, floor: float | None) -> None:
        """Draw from now on how far the loss can be expected to fall."""
        self._floor = EMPTY if floor is None else Series(np.zeros(1), np.array([floor]))
        if not self._timer.isActive():
            self._timer.start()

    @property
    def _shown_floor(self) -> Series:
        """The noise floor where it can be drawn: it is a loss, and 0 has no logarithm."""
        is_seen = (
            self._metric() == "loss" and len(self._floor.values) and (self._floor.values[0] > 0 or not self.is_log)
        )
        return self._floor if is_seen else EMPTY

    def _show_plot(self, frame: Frame) -> None:
        """Say what to do, or that nothing can be done, instead of showing empty axes."""
        curves = self._curves
        known = () if curves is None else (curves.train_loss, curves.train_score, curves.batch_mean)
        is_bare = frame.document.subject == "rule" and not any(np.isfinite(each).any() for each in known)
        is_new = max(frame.step, frame.last_step) == 0 and not self._beside
        if is_bare:
            self.empty.setText(tr("Nothing to draw: this rule works out no loss."))
        elif is_new:
            self.empty.setText(tr("Not trained yet: press Space to play, or PgDn for one step, and the curves grow."))
        self.scale.setHidden(is_bare)
        self.plot.setHidden(is_bare or is_new)
        self.smoothing.setHidden(is_bare or not self.smoothing.is_worthwhile(self._last_step))
        self.empty.setVisible(is_bare or is_new)

    def _take_runs(self, rows: tuple[RunRow, ...]) -> None:
        """Draw the other runs again where one came, went or changed; while one runs they stand."""
        beside = [row for row in others(rows) if row.curves is not None]
        is_same = len(beside) == len(self._others) and all(map(is_, beside, self._others))
        self._rows, self._others = rows, beside
        if not is_same:
            self._draw_beside()

    def _draw_beside(self) -> None:
        metric = self._metric()
        self._beside = [Drawn(row, "train", training_of(row, metric, self.is_log)) for row in self._others]
        reach = self.smoothing.reach(self._last_step)
        beside = [(smoothed(each.series, reach), run_colour(self.theme, row)) for each, row in self._besides()]
        self.plot.show_runs(beside)
        current = self._current()
        self.plot.use_colour(run_colour(self.theme, current) if current and self._beside else "")
        for text, name in ((self.train, "train"), (self.dev, "test")):
            text.set_colour("text" if self._beside else name)  # the colours are those of runs then

    def _besides(self) -> list[tuple[Drawn, RunRow]]:
        return list(zip(self._beside, self._others, strict=True))

    def _current(self) -> RunRow | None:
        return next((row for row in self._rows if row.is_current), None)

    def _metric(self) -> str:
        return "score" if self.scale.key() == "score" else "loss"

    def _draw(self) -> None:
        if self._curves is None:
            return
        metric = self._metric()
        self._drawn = pair(self._curves, metric, self.is_log)
        self._added = penalties(self._curves, metric, self.is_log)
        met = batches(self._curves, metric, self.is_log)
        self.plot.batches.setData(met.steps, met.values)
        items = (self.plot.train, self.plot.dev, self.plot.penalty, self.plot.total)
        reach = self.smoothing.reach(self._last_step)
        for item, drawn in zip(items, (*self._drawn, *self._added), strict=True):
            shown = smoothed(drawn, reach)
            item.setData(shown.steps, shown.values)
        self.plot.show_raw(*(self._drawn if reach else (EMPTY, EMPTY)))
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _smooth(self) -> None:
        """Draw a running mean of all curves; numbers stay those that were measured."""
        self.smoothing.tell(self._last_step)
        self._draw_beside()
        self._draw()

    @Slot()
    def _fit(self) -> None:
        """Fit the axes to what is drawn."""
        floor = self._shown_floor
        values = span((*self._drawn, *self._added, floor, *(each.series for each in self._beside)), self.is_log)
        last = max([self._last_step, *(row.last_step for row in self._others)])
        self.plot.set_range((0.0, float(last)), values or NOTHING_DRAWN)
        self.plot.floor.setData([0.0, float(last)] if len(floor.steps) else [], np.repeat(floor.values, 2))
        self._label()

    def _label(self) -> None:
        """Write the name of each run at the end of its curve where there are several, else what penalised loss is."""
        current = self._current()
        if current is None or not self._beside:
            self.plot.show_labels(self._parts())
            return
        ends = [(current, self._drawn[0]), *((row, each.series) for each, row in self._besides())]
        self.plot.show_labels([self._label_of(row, drawn) for row, drawn in ends if len(drawn.steps)])

    def _parts(self) -> list[Label]:
        """Return what the curves of loss, penalty and their sum are called, where there is a penalty."""
        penalty, total = self._added
        named = ((tr("total"), "text", total), (tr("loss"), "train", self._drawn[0]), (tr("penalty"), "muted", penalty))
        known = [(words, getattr(self.theme, colour), drawn) for words, colour, drawn in named if len(drawn.steps)]
        return [self._label_at(*each) for each in known] if len(penalty.steps) else []

    def _label_of(self, row: RunRow, drawn: Series) -> Label:
        return self._label_at(run_name(row), run_colour(self.theme, row), drawn)

    def _label_at(self, words: str, colour: str, drawn: Series) -> Label:
        return Label(words, colour, float(drawn.steps[-1]), self._height(float(drawn.values[-1])))

    def _height(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self.plot.setLogMode(x=False, y=self.is_log)
        self._draw_beside()
        self._draw()
        self._fit()
        self._write()

    @Slot(object)
    def _point(self, place: tuple[float, float] | None) -> None:
        self._pointed = place
        self._write()

    def _write(self) -> None:
        """Write the values under the pointer, else those where the run stands."""
        step = self._playhead if self._pointed is None else self._pointed[0]
        train, dev, added, total = (drawn.at(step) for drawn in (*self._drawn, *self._added))
        for text, title, value in zip((self.train, self.dev), (tr("train"), tr("dev")), (train, dev), strict=True):
            before = text.sizeHint().width()  # of as many letters: a point is narrower than a digit
            text.setText("" if value is None else f"{title} {self._number(value[1])}")
            text.setToolTip("" if value is None else self.context.full(value[1]))
            text.setVisible(value is not None)
            if text.sizeHint().width() != before:
                text.updateGeometry()  # by itself it asks for no room, lest every frame makes a new layout
        known = train or dev
        is_placed = known is not None and self._pointed is not None
        at = tr("at step {step}", step=numbers.count(known[0])) if is_placed and known else ""
        parts = [part for part in (at, self._sum(added, total), self._floor_words()) if part]
        self.said.setText(self._under_pointer() or " · ".join(parts))
        if added is not None and self._pointed is None:
            self.said.set_short(tr("penalty {penalty}", penalty=self._number(added[1])))

    def _floor_words(self) -> str:
        """Say how far the loss can be expected to fall, where that is known."""
        floor = self._shown_floor.values
        return tr("noise floor {loss}", loss=self._number(float(floor[0]))) if len(floor) else ""

    def _sum(self, added: Place | None, total: Place | None) -> str:
        """Say the penalty and what it makes with the loss of the training rows; nothing where weights have none."""
        if added is None or total is None:
            return ""
        penalty, both = self._number(added[1]), self._number(total[1])
        return tr("penalty {penalty} · total {total}", penalty=penalty, total=both)

    def _under_pointer(self) -> str:
        """Say run, step and value of the curve nearest to the pointer, where there are several runs."""
        current = self._current()
        if self._pointed is None or current is None or not self._beside:
            return ""
        own = [Drawn(current, part, drawn) for part, drawn in zip(("train", "dev"), self._drawn, strict=True)]
        found = nearest([*own, *self._beside], *self._pointed, is_log=self.is_log)
        if found is None or found[0].row is None:
            return ""
        curve, step, value = found
        part = tr("train") if curve.part == "train" else tr("dev")
        return tr(
            "{run} · step {step} · {part} {value}",
            run=run_name(found[0].row), step=numbers.count(step), part=part, value=self._number(value),
        )  # fmt: skip

    def _number(self, value: float) -> str:
        return (
            numbers.percent(value) if self.scale.key() == "score" and 0 <= value <= 1 else numbers.number(value, DIGITS)
        )

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the points of the curves."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put the points of all curves on the clipboard with every digit."""
        parts = zip(("train", "dev", "penalty", "total"), (*self._drawn, *self._added), strict=True)
        own = [(part, drawn) for part, drawn in parts if part in ("train", "dev") or len(drawn.steps)]
        copy_csv(*table_of(self._metric(), own, self._current(), self._beside))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of marks and playhead; lines and axes follow by themselves."""
        self.plot.apply_theme(theme)
        self._draw_beside()
        self._label()


def make_curves_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return CurvesPanel(context)


panels.add(
    PanelEntry(
        "curves", tr("Loss"), "right", ("network",), make_curves_panel, order=1, stretch=4, subjects=("network", "rule")
    )
)
