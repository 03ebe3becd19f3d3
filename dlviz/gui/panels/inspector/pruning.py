"""Taking weights or units of a layer out at random, and how the accuracy falls with the share that is gone."""

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.curves import MarkedPlot
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton, TextButton
from dlviz.gui.widgets.fold import Fold
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.plot import finite
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.messages import Frame
from dlviz.session.tolerance import PruneQuestion, Tolerance

FIRST_SHARE = 0.3
METRICS = {"accuracy": tr("accuracy"), "r2": "R²"}


class Pruning(Fold):
    """Closed at first; while it is open the worker measures the curve."""

    asked = Signal()  # another curve is wanted

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Prune at random"), tr("Take weights or units out and see how the network bears it"), parent
        )
        self._context = context
        self._frame: Frame | None = None
        self._layer, self._seed = "", 0
        self._answer: Tolerance | None = None  # the last one; it stays until another one comes
        self.what = Words(tr("What is taken out"), (("weights", tr("weights")), ("units", tr("units"))))
        self.share = LabelledSlider(tr("share"), Scale(0.0, 1.0), FIRST_SHARE, _percent,
                                    tr("How much of the layer goes"), widest="100 %")  # fmt: skip
        self.plot = MarkedPlot(tr("Accuracy over the share taken out"), tr("Dot: the share of the slider"), ("accent",))
        self.curve = self.plot.line("train", width=1.6)
        self.words, self.is_held = Text("", "muted", "small"), QCheckBox(tr("hold them at 0"))
        self.again = IconButton("seed", tr("Take out others"), tr("Another random order"), size=3 * GRID)
        self.button = TextButton(tr("Prune"), tr("Set them to 0; undo brings them back, and training may go on"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.words.setWordWrap(True)
        describe(self.is_held, tr("Hold them at 0"), tr("Training never moves what was taken out"))
        row = QHBoxLayout()
        spaced(row)
        for widget in (self.is_held, self.again, self.button):
            row.addWidget(widget)
        for part in (self.what, self.share, self.plot, self.words):
            self.column.addWidget(part)
        self.column.addLayout(row)

    def _connect(self) -> None:
        self.opened.connect(self._ask)
        self.what.chosen.connect(self._ask)
        self.again.clicked.connect(self._draw_others)
        self.share.changed.connect(self._mark)
        self.button.clicked.connect(self._prune)

    @property
    def question(self) -> PruneQuestion | None:
        """What the worker is asked while the fold is open."""
        if not self.is_open or not self._layer:
            return None
        return PruneQuestion(self._layer, "units" if self.what.key() == "units" else "weights", self._seed)

    @Slot()
    def _ask(self) -> None:
        self.asked.emit()

    @Slot()
    def _draw_others(self) -> None:
        self._seed += 1
        self.asked.emit()

    def use_layer(self, layer: str) -> None:
        """Be about another layer."""
        self._layer = layer

    def show_frame(self, frame: Frame | None) -> None:
        """Draw the curve of a frame, if it is the one that was asked for."""
        self._frame = frame
        answer = None if frame is None else frame.explanation
        self._answer = answer if isinstance(answer, Tolerance) else self._answer
        found = self._found()
        if self.is_open:
            self.curve.setData(*((found.shares, finite(found.scores)) if found is not None else ([], [])))
            self._mark()

    def _found(self) -> Tolerance | None:
        answer = self._answer
        return answer if answer is not None and answer.question == self.question else None

    @Slot()
    def _mark(self) -> None:
        """Move the dot to the share of the slider, and write its number."""
        found, share = self._found(), self.share.value()
        self.button.setEnabled(found is not None and not found.problem)
        if found is None or found.problem:
            self.words.setText("…" if found is None else found.problem)
            self.plot.put("accent", np.nan, np.nan)
            return
        score = float(np.interp(share, found.shares, found.scores))
        self.plot.name_axes(tr("share taken out"), METRICS[found.metric])
        self.plot.mark.setValue(share)
        self.plot.put("accent", share, score)
        self.plot.fit(found.shares, found.scores)
        rows = tr("{n} dev rows", n=found.rows) if found.is_dev else tr("{n} training rows", n=found.rows)
        self.words.setText(
            tr("{metric} {now} with {share} gone, {all} with none ({rows})", metric=METRICS[found.metric],
               now=numbers.number(score, 3), share=_percent(share), all=numbers.number(float(found.scores[0]), 3),
               rows=rows)
        )  # fmt: skip

    @Slot()
    def _prune(self) -> None:
        question, frame = self.question, self._frame
        if question is None or frame is None or frame.parameters is None:
            return
        share, current, is_held = self.share.value(), frame.parameters, self.is_held.isChecked()
        label = tr("Prune {share} of {layer}", share=_percent(share), layer=question.layer)
        edit(self._context, label, lambda d: edits.prune_at_random(
            d, question.layer, share, question.what, question.seed, current, is_held
        ))  # fmt: skip


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"
