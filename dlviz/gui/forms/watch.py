"""What is measured beside loss and score, and which rules stop a run: two lists of choices that grow and shrink."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import Choice
from dlviz.core.hyper import complete
from dlviz.core.metrics import metrics
from dlviz.core.registry import Registry
from dlviz.gui.forms.plan import PlanForm
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import TrainingSpec


class ChoiceRow(QWidget):
    """One entry of a list: its title, a button that takes it out, and its settings below."""

    changed = Signal(int, object)  # its place, Choice; None takes it out

    def __init__(self, place: int, entry: Any, chosen: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._chosen = place, chosen
        self.remove = IconButton("close", tr("Remove {what}", what=tr(entry.title)), size=3 * GRID)
        self.form = HyperForm(entry.settings, complete(chosen.settings, entry.settings))
        self.form.setContentsMargins(2 * GRID, 0, 0, 0)
        line, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(line)
        spaced(column, gap=GRID // 2)
        line.addWidget(Text(tr(entry.title)), 1)
        line.addWidget(self.remove)
        column.addLayout(line)
        column.addWidget(self.form)
        self.form.setVisible(bool(self.form.fields))
        self.remove.clicked.connect(self._take_out)
        self.form.changed.connect(self._set)

    @Slot()
    def _take_out(self) -> None:
        self.changed.emit(self._place, None)

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        self.changed.emit(self._place, Choice(self._chosen.kind, {**self._chosen.settings, name: value}))


class ChoiceList(QWidget):
    """Choices of one registry below each other, and a list to add another."""

    changed = Signal(str, object)  # part of the plan, tuple of choices

    def __init__(
        self, part: str, title: str, registry: Registry[Any], chosen: Sequence[Choice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._part, self._chosen = part, tuple(chosen)
        self.rows = [ChoiceRow(place, registry.get(each.kind), each) for place, each in enumerate(chosen)]
        self.add = Chooser()
        self.add.setPlaceholderText(tr("Add …"))
        for entry in registry:
            self.add.addItem(tr(entry.title), entry.key)
        self.add.setCurrentIndex(-1)
        describe(self.add, tr("Add to {list}", list=title))
        self.add.setObjectName(part)
        column = QVBoxLayout(self)
        spaced(column)
        column.addWidget(SectionHeader(title))
        for row in self.rows:
            row.changed.connect(self._change)
            column.addWidget(row)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add.activated.connect(self._append)

    @Slot(int, object)
    def _change(self, place: int, choice: Choice | None) -> None:
        now = (*self._chosen[:place], *(() if choice is None else (choice,)), *self._chosen[place + 1 :])
        self.changed.emit(self._part, now)

    @Slot(int)
    def _append(self, index: int) -> None:
        self.changed.emit(self._part, (*self._chosen, Choice(str(self.add.itemData(index)))))


class WatchForm(PlanForm):
    """Metrics, and rules and files of a run."""

    def fill(self, column: QVBoxLayout) -> None:
        """Put both lists into a column."""
        self.metrics = ChoiceList("metrics", tr("Measured as well"), metrics, self.training.metrics)
        self.callbacks = ChoiceList("callbacks", tr("Stop rules and files"), callbacks, self.training.callbacks)
        for each in (self.metrics, self.callbacks):
            each.changed.connect(self._set)
            column.addWidget(each)

    @Slot(str, object)
    def _set(self, part: str, chosen: Sequence[Choice]) -> None:
        label = tr("Change what is measured") if part == "metrics" else tr("Change the stop rules")
        self.change(label, lambda d: edits.set_training(d, **{part: chosen}))


def watch_words(training: TrainingSpec) -> str:
    """Say in a few words what is watched: nothing, the one thing, or how many of each."""
    rules, measured = training.callbacks, training.metrics
    if len(rules) + len(measured) == 1:
        entry = callbacks.get(rules[0].kind) if rules else metrics.get(measured[0].kind)
        return tr(entry.title)
    parts = [
        *([tr("{n} metrics", n=len(measured)) if len(measured) > 1 else tr("1 metric")] if measured else []),
        *([tr("{n} rules", n=len(rules)) if len(rules) > 1 else tr("1 rule")] if rules else []),
    ]
    return ", ".join(parts) or tr("nothing more")
