"""What is measured beside loss and score, and which rules stop a run: two lists of choices that grow and shrink."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.hyper import Hyper, choice, complete
from dlviz.core.inference import activation_of
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
    """One entry of a list: its title, a button that takes it out, and its settings below.

    layers: what a setting that names a layer is chosen from.
    """

    changed = Signal(int, object)  # its place, Choice; None takes it out

    def __init__(
        self, place: int, entry: Any, chosen: Choice, layers: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place, self._chosen = place, chosen
        self.remove = IconButton("close", tr("Remove {what}", what=tr(entry.title)), size=3 * GRID)
        declared = [_among(hyper, layers) for hyper in entry.settings]
        self.form = HyperForm(declared, complete(chosen.settings, entry.settings))
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


def _among(hyper: Hyper, layers: Sequence[str]) -> Hyper:
    """Return a setting as it is, or one that names a layer as a choice among those that there are."""
    return choice(hyper.name, hyper.default, layers, hyper.help) if hyper.name == "layer" and layers else hyper


class ChoiceList(QWidget):
    """Choices of one registry below each other, and a list to add another.

    layers: what settings that name a layer are chosen from. begins: the settings that an added entry begins with.
    """

    changed = Signal(str, object)  # part of the plan, tuple of choices

    def __init__(
        self, part: str, title: str, registry: Registry[Any], chosen: Sequence[Choice], layers: Sequence[str] = (),
        begins: Mapping[str, Mapping[str, Any]] = MappingProxyType({}), parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._part, self._chosen, self._begins = part, tuple(chosen), begins
        self.rows = [ChoiceRow(place, registry.get(each.kind), each, layers) for place, each in enumerate(chosen)]
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
    def _change(self, place: int, changed: Choice | None) -> None:
        now = (*self._chosen[:place], *(() if changed is None else (changed,)), *self._chosen[place + 1 :])
        self.changed.emit(self._part, now)

    @Slot(int)
    def _append(self, index: int) -> None:
        key = str(self.add.itemData(index))
        self.changed.emit(self._part, (*self._chosen, Choice(key, self._begins.get(key, {}))))


class WatchForm(PlanForm):
    """Metrics, and rules and files of a run."""

    def fill(self, column: QVBoxLayout) -> None:
        """Put both lists into a column."""
        self.metrics = ChoiceList("metrics", tr("Measured as well"), metrics, self.training.metrics)
        self.callbacks = ChoiceList(
            "callbacks", tr("Stop rules and files"), callbacks, self.training.callbacks, self._layers(), self._begins()
        )
        for each in (self.metrics, self.callbacks):
            each.changed.connect(self._set)
            column.addWidget(each)

    def _layers(self) -> list[str]:
        """Return the layers whose units can be 0: those with an activation."""
        network = self.context.session.document.network
        return [layer.id for layer in network.layers if activation_of(network, layer.id) is not None]

    def _begins(self) -> dict[str, dict[str, Any]]:
        """Return what rules begin with here: the unit that is selected, and rows that there are."""
        layers, selected = self._layers(), self.context.selection.current
        is_unit = selected.kind == "unit" and selected.layer in layers
        unit = {"layer": selected.layer, "unit": selected.unit + 1} if is_unit else {"layer": (layers or ["h"])[0]}
        begins: dict[str, dict[str, Any]] = {"unit_dies": unit}
        if not self._is_validated():
            begins["early_stopping"] = {"monitor": "train_loss"}
        return begins

    def _is_validated(self) -> bool:
        try:
            return len(self.context.session.prepared.validation) > 0
        except DlvizError:
            return False

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
