"""Picks one number of a layer's parameters by name and place, for those that the canvas does not draw."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from dlviz.core.inference import parameters
from dlviz.core.network import NetworkSpec
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr

MOST_AXES = 4


class ParameterPicker(QWidget):
    """A list of names and a field for every axis, counted from 1."""

    picked = Signal(object)  # Selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names, self.places = QComboBox(), tuple(QSpinBox() for _ in range(MOST_AXES))
        self.show_button = TextButton(tr("Where from?"), tr("Show this number and where its gradient comes from"))
        self._layer = ""
        self._shapes: dict[str, tuple[int, ...]] = {}
        describe(self.names, tr("Parameter"), tr("A parameter of this layer"))
        self.names.setMinimumContentsLength(3)
        self.names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        column, first, row = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        for layout in (column, first, row):
            spaced(layout, gap=GRID // 2)
        column.addLayout(first)
        column.addLayout(row)
        first.addWidget(self.names, 1)
        first.addWidget(self.show_button)
        for axis, place in enumerate(self.places, 1):
            describe(place, tr("Place along axis {number}", number=axis))
            place.setMinimum(1)
            place.setMinimumWidth(6 * GRID)
            row.addWidget(place, 1)
            place.valueChanged.connect(self._move)
        self.names.activated.connect(self._choose)
        self.show_button.clicked.connect(self._pick)

    def show_layer(self, network: NetworkSpec, layer: str, selected: Selected) -> bool:
        """Offer the parameters of a layer; say whether it has any."""
        found = {each.name: each.shape for each in parameters(network) if each.layer == layer and each.is_trainable}
        if (layer, found) != (self._layer, self._shapes):
            self._layer, self._shapes = layer, found
            self.names.clear()
            for name in found:
                self.names.addItem(name.partition(".")[2], name)
            self._fit()
        is_shown = selected.kind == "parameter"
        self.show_button.setVisible(not is_shown)
        if is_shown:
            self._take(selected)
        return bool(found)

    def _take(self, selected: Selected) -> None:
        """Stand where the selection stands."""
        self.names.setCurrentIndex(self.names.findData(selected.name))
        self._fit()
        for place, at in zip(self.places, selected.entry, strict=False):
            place.blockSignals(True)
            place.setValue(at + 1)
            place.blockSignals(False)

    def _fit(self) -> None:
        """Show as many fields as the parameter has axes, each up to its size."""
        shape = self._shapes.get(str(self.names.currentData()), ())
        for axis, place in enumerate(self.places):
            place.setVisible(axis < len(shape))
            place.blockSignals(True)
            place.setMaximum(shape[axis] if axis < len(shape) else 1)
            place.blockSignals(False)

    @Slot(int)
    def _choose(self, _index: int) -> None:
        self._fit()
        self._move()

    @Slot()
    def _move(self) -> None:
        """Follow at once where a number is shown already."""
        if not self.show_button.isVisibleTo(self):
            self._pick()

    @Slot()
    def _pick(self) -> None:
        name = self.names.currentData()
        if name is None:
            return
        shape = self._shapes[name]
        entry = tuple(place.value() - 1 for place in self.places[: len(shape)])
        self.picked.emit(Selected("parameter", self._layer, name=name, entry=entry))
