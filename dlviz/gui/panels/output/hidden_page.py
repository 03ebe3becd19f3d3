"""The page of the hidden space: where each layer puts the rows, from layer to layer by a slider."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.inference import layer_numbers
from dlviz.core.network import NetworkSpec
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.fills import hidden_tip
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.hidden_view import HiddenView, fitted
from dlviz.gui.panels.output.page import NOTHING_DRAWN, Page
from dlviz.gui.panels.output.parts import PartWords
from dlviz.gui.panels.output.plane import Plane, axis_symbol
from dlviz.gui.response import classes_of
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.class_legend import ClassLegend
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.slider import Slider
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr
from dlviz.session.hidden_space import INPUT, HiddenLayer, HiddenSpace
from dlviz.session.messages import Frame, Interest, Need

STEPS = 10  # of the slider from one layer to the next
NEEDS: frozenset[Need] = frozenset({"hidden"})


class HiddenPage(Page):
    """The points of the layer at the slider; between two layers they are on their way from one to the other."""

    key = "hidden"

    def __init__(
        self, context: Context, plane: Callable[[], Plane], parts: PartWords, parent: QWidget | None = None
    ) -> None:
        """Begin. plane: gives that of the inputs over which the grid lies; parts: know which rows may be seen."""
        super().__init__(context, parent)
        self._plane, self._parts = plane, parts
        self.space: HiddenSpace | None = None
        self.view, self.slider, self.name = HiddenView(), Slider(), Elided("", "muted", "small")
        self.hidden, self.legend = Elided("", "muted", "small"), ClassLegend()
        self._classes: NDArray[np.intp] = np.zeros(0, np.intp)
        self._marked: tuple[int, ...] = ()
        describe(self.slider, tr("Layer"), tr("From the inputs through the layers to the output"))
        self._lay_out()
        self.slider.valueChanged.connect(self._draw)
        self.view.clicked.connect(self._take)
        parts.changed.connect(self._draw_again)

    def _lay_out(self) -> None:
        head, layout = QHBoxLayout(), QVBoxLayout(self)
        spaced(head)
        spaced(layout, gap=GRID // 2)
        head.addWidget(self.slider, 1)
        head.addWidget(self.name, 1)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.hidden)

    def interest(self, base: Interest) -> Interest:
        """Ask for the places of rows and grid in every layer."""
        return self._plane().asked(replace(base, needs=base.needs | NEEDS))

    def use_data(self, prepared: Prepared) -> None:
        """Take over the classes of the rows."""
        super().use_data(prepared)
        self._classes = classes_of(prepared.dataset)
        self.legend.show_names(prepared.dataset.class_names)
        self.hidden.show_words(self._parts.hidden_words(), hidden_tip())
        self.space = None
        self.view.drawn = None

    def forget(self) -> None:
        """Show nothing of a network that is gone."""
        super().forget()
        self.space = self.view.drawn = None
        self.view.update()

    def show_frame(self, frame: Frame) -> None:
        """Show where the layers put the rows now."""
        super().show_frame(frame)
        space = frame.hidden
        if space is None or len(space.rows) == 0 or int(space.rows[-1]) >= len(self._classes):
            return
        before, self.space = self.space, space
        if before is None or len(before.layers) != len(space.layers):
            self._offer(space)
        self._draw()

    def _offer(self, space: HiddenSpace) -> None:
        """Let the slider reach every layer, and begin at the last hidden one."""
        was_blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, STEPS * (len(space.layers) - 1))
        self.slider.setPageStep(STEPS)
        self.slider.setValue(STEPS * max(len(space.layers) - 2, 0))
        self.slider.blockSignals(was_blocked)

    @property
    def at(self) -> tuple[int, float]:
        """The layer before the slider, and how far it is on the way to the next, from 0 to 1."""
        whole, rest = divmod(self.slider.value(), STEPS)
        return whole, rest / STEPS

    @Slot()
    def _draw_again(self) -> None:
        self.hidden.show_words(self._parts.hidden_words(), hidden_tip())
        self._draw()

    @Slot()
    def _draw(self, _value: int = 0) -> None:
        space = self.space
        if space is None:
            return
        index, share = self.at
        layer = space.layers[index]
        drawn = fitted(layer)
        if share:
            drawn = drawn.towards(fitted(space.layers[index + 1]), share)
        self.name.setText(self._name(space, index, share))
        captions = ("", "") if share else self._captions(layer)
        self.view.show_points(drawn, self._classes[space.rows], self._parts.fills()[space.rows], captions)
        self._mark_again()
        self.told.emit()

    def _name(self, space: HiddenSpace, index: int, share: float) -> str:
        network = self.document.network
        name = layer_name(network, space.layers[index].node)
        if not share:
            return name
        return tr("{one} → {other}", one=name, other=layer_name(network, space.layers[index + 1].node))

    def _captions(self, layer: HiddenLayer) -> tuple[str, str]:
        """Say what runs across and up."""
        if layer.shares is not None:
            first, second = (numbers.number(100 * float(share), 3) for share in layer.shares)
            return tr("PC 1: {share} % of the variance", share=first), tr("PC 2: {share} %", share=second)
        if layer.node == INPUT and self.prepared is not None:
            names = [axis_symbol(self.prepared.dataset, axis) for axis in range(layer.units)]
        else:
            names = [tr("unit {number}", number=unit + 1) for unit in range(layer.units)]
        across = tr("→ {name}", name=names[0])
        return across, tr("↑ {name}", name=names[1]) if len(names) > 1 else ""

    def words(self) -> str:
        """Say how the numbers of a layer became two."""
        if self.space is None:
            return ""
        index, share = self.at
        layer = self.space.layers[index]
        if share:
            return tr("on the way to the next layer")
        if layer.shares is None:
            return tr("its own units") if layer.node != INPUT else tr("the inputs")
        return tr("PCA of {count} numbers", count=layer.units)

    @Slot(int)
    def _take(self, point: int) -> None:
        if self.space is not None:
            row = int(self.space.rows[point])
            self.context.selection.select(Selected("sample", unit=row))
            self.select_rows([row], tr("row {row}", row=row * self.stride + 1))

    def mark(self, rows: Iterable[int]) -> None:
        """Ring the points of selected rows."""
        self._marked = tuple(rows)
        self._mark_again()

    def _mark_again(self) -> None:
        if self.space is not None:
            self.view.mark(np.flatnonzero(np.isin(self.space.rows, self._marked)))

    def plotted_rows(self) -> Rows:
        """Return the rows with their two numbers in the layer before the slider."""
        if self.space is None or self.prepared is None:
            return NOTHING_DRAWN
        layer, dataset = self.space.layers[self.at[0]], self.prepared.dataset
        names = dataset.class_names or ("low", "high")
        rows = (
            [int(row) * self.stride + 1, names[int(self._classes[row])], float(x), float(y)]
            for row, (x, y) in zip(self.space.rows.tolist(), layer.places.tolist(), strict=True)
            if not self._parts.is_locked(row)
        )
        return Rows(("row", "class", "x", "y"), rows)

    def apply_theme(self, theme: Theme) -> None:
        """Paint again in the colours of a theme."""
        self.view.update()


def layer_name(network: NetworkSpec, node: str) -> str:
    """Return what a layer is called: "input", "layer 1", "output"."""
    if node == INPUT:
        return tr("input")
    if network.layers and node == network.layers[-1].id:
        return tr("output")
    number = layer_numbers(network).get(node, 0)
    return tr("layer {number}", number=number or node)
