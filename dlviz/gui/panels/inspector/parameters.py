"""All numbers of a layer: value, gradient, what the optimizer keeps of each, and step; one of these as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec
from dlviz.core.lowering import name_of
from dlviz.core.optimizers import resolve
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Scene
from dlviz.gui.panels.inspector.parameter import STATE_LABELS
from dlviz.gui.panels.inspector.parameter_picture import Block, ParameterPicture
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import Cell, Column, Line, NumberTable
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import SectionHeader
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr

MOST_ROWS = 500  # listed; of more, the first
LETTERS = {
    "velocity": "v", "m": "m", "v": "v", "v_max": "v̌", "squares": "S", "changes": "D", "gains": "k", "sizes": "s",
    "last_grad": "g₀", "last_step": "s₀",
}  # fmt: skip
NEUTRAL = {"gains": 1.0}  # what leaves a step as it is; of everything else 0
NEVER_NEGATIVE = {"v", "v_max", "squares", "changes", "gains", "sizes"}
VALUE, GRADIENT, STEP = "value", "gradient", "step"


@dataclass(frozen=True)
class Listed:
    """One number: its parameter, its place in it, and its name as it is written."""

    parameter: ParameterSpec
    entry: tuple[int, ...]
    symbol: str


class LayerParameters(QWidget):
    """A click on a row or a cell selects the number."""

    taken = Signal(object)  # Selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.table = SectionHeader(tr("Parameters")), NumberTable()
        self.quantity = Words(tr("What the picture shows"), ((VALUE, tr("value")),))
        self.picture = ParameterPicture()
        self._scene: Scene | None = None
        self._known: tuple[object, ...] = ()
        self._listed: tuple[Listed, ...] = ()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.quantity, self.picture, self.table):
            column.addWidget(widget)
        self.quantity.chosen.connect(self._draw)
        self.table.taken.connect(self._take_row)
        self.picture.taken.connect(self._take)

    def show_layer(self, scene: Scene) -> bool:
        """Show the parameters of the selected layer; say whether it has any."""
        layer = scene.layer
        own = [] if layer is None else [
            each for each in parameters(scene.document.network) if each.layer == layer.owner and each.is_trainable
        ]  # fmt: skip
        if layer is None or not own:
            return False
        self._scene = scene
        states = states_of(scene)
        self._list(scene, own, states)
        columns = [
            Column(tr("parameter")), Column(tr("value"), is_signed=True),
            Column(tr("gradient"), tr("Of the loss of the batch"), is_signed=True),
            *(Column(LETTERS[state], tr(STATE_LABELS[state]), state not in NEVER_NEGATIVE) for state in states),
            Column(tr("step"), tr("What the update adds"), is_signed=True),
        ]  # fmt: skip
        arrays = {
            each.name: [self._array(scene, each, key) for key in (VALUE, GRADIENT, *states, STEP)] for each in own
        }
        lines = [Line(k, (each.symbol, *_cells(arrays[each.parameter.name], each.entry)))
                 for k, each in enumerate(self._listed)]  # fmt: skip
        self.table.show_lines(columns, lines)
        self._draw()
        return True

    def _list(self, scene: Scene, own: Sequence[ParameterSpec], states: Sequence[str]) -> None:
        """Name every number, once for a network and a notation."""
        known = (scene.document.network, scene.document.notation, own[0].name, tuple(states))
        if known == self._known:
            return
        self._known = known
        places = ((each, entry) for each in own for entry in np.ndindex(*each.shape))
        self._listed = tuple(
            Listed(each, entry, scene.symbols.entry(each.name, *entry))
            for _, (each, entry) in zip(range(MOST_ROWS), places, strict=False)
        )
        total, shown = sum(each.size for each in own), len(self._listed)
        self.header.set_info("" if shown == total else tr("the first {shown} of {total}", shown=numbers.count(shown),
                                                          total=numbers.count(total)))  # fmt: skip
        wanted = self.quantity.key()
        choices = ((VALUE, tr("value")), (GRADIENT, tr("gradient")), *((each, LETTERS[each]) for each in states),
                   (STEP, tr("step")))  # fmt: skip
        self.quantity.set_choices(choices)
        self.quantity.set_key(wanted if wanted in dict(choices) else VALUE)

    def _array(self, scene: Scene, parameter: ParameterSpec, key: str) -> np.ndarray | None:
        """Return the array behind a column; None where it is not known, or is still of the network before an edit."""
        name, reading = parameter.name, scene.reading
        if key == VALUE:
            array = reading.parameter(name)
        else:
            array = reading.array(name_of("grad", name) if key == GRADIENT else f"{name}.{key}")
        return array if array is not None and np.shape(array) == parameter.shape else None

    @Slot()
    def _draw(self, _key: str = "") -> None:
        if self._scene is None or self._scene.layer is None:
            return
        key, owner = self.quantity.key(), self._scene.layer.owner
        own = [each for each in parameters(self._scene.document.network) if each.layer == owner and each.is_trainable]
        blocks = []
        for each in own:
            array, size = self._array(self._scene, each, key), Block(each.name, each.shape, None).size
            values = None if array is None else np.asarray(array, dtype=np.float64).reshape(size)
            blocks.append(Block(each.name, each.shape, values))
        self.picture.show_blocks(blocks, NEUTRAL.get(key, 0.0))

    @Slot(int)
    def _take_row(self, number: int) -> None:
        listed = self._listed[number]
        self._take(listed.parameter.name, listed.entry)

    @Slot(str, object)
    def _take(self, name: str, entry: tuple[int, ...]) -> None:
        if self._scene is not None and self._scene.layer is not None:
            self.taken.emit(Selected("parameter", self._scene.layer.id, name=name, entry=entry))


def states_of(scene: Scene) -> tuple[str, ...]:
    """Return what the optimizer of the document keeps of each number, of what has a letter."""
    entry, settings = resolve(scene.document.explicit.training.optimizer)
    return tuple(state for state in entry.states(settings) if state in LETTERS)


def _cells(arrays: Sequence[np.ndarray | None], entry: tuple[int, ...]) -> list[Cell]:
    return [None if each is None else float(each[entry]) for each in arrays]
