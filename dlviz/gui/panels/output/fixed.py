"""Sliders for the inputs off the plane of a map: at which values they are held."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui.panels.output.plane import axis_symbol
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.i18n import tr

MOST = 12  # sliders; further inputs stay at their means
LABEL = 18  # letters of a name that is longer
HEIGHT = 12 * GRID  # of the sliders in view


class FixedInputs(Scrolled):
    """One slider an input, over the range of its values; made when somebody first opens them."""

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: tuple[float, ...] = ()
        self.sliders: list[LabelledSlider] = []
        self._dataset: Dataset | None = None
        self._means: tuple[float, ...] = ()
        self._axes: tuple[int, int] = (0, 1)
        body = QWidget()
        self._rows = QVBoxLayout(body)
        spaced(self._rows, gap=2)
        self.back = IconButton(
            "reset", tr("Back to the training means"), tr("Hold all of them at their means again"), 20
        )
        self.back.clicked.connect(self._take_means)
        self.hold(body)
        self.setMaximumHeight(HEIGHT)
        self.hide()

    @property
    def are_means(self) -> bool:
        """Whether every input off the plane is held at its mean."""
        return self.values == self._means

    def show_dataset(self, dataset: Dataset, means: tuple[float, ...]) -> None:
        """Take over the inputs; where they are the same as before, values that were chosen stay."""
        known = self._dataset
        is_known = known is not None and known.input_names == dataset.input_names and not self.are_means
        self._dataset, self._means = dataset, means
        if not is_known:
            self.values = means
            self._forget()
        if not self.isHidden():
            self._fill()

    def show_axes(self, axes: tuple[int, int]) -> None:
        """Leave out the two inputs that span the plane."""
        self._axes = axes
        for axis, slider in enumerate(self.sliders):
            slider.setVisible(axis not in axes)

    def open(self, is_open: bool) -> None:
        """Show the sliders, or put them away; the values stay."""
        if is_open:
            self._fill()
        self.setVisible(is_open)

    def _forget(self) -> None:
        for slider in self.sliders:
            self._rows.removeWidget(slider)
            slider.hide()  # at once: it is deleted only once the events in hand are done
            slider.deleteLater()
        self.sliders = []

    def _fill(self) -> None:
        if self._dataset is None or self.sliders:
            return
        low, high = self._dataset.inputs.min(axis=0), self._dataset.inputs.max(axis=0)
        for axis in range(min(self._dataset.d, MOST)):
            slider = _slider(axis_symbol(self._dataset, axis), float(low[axis]), float(high[axis]), self.values[axis])
            slider.changed.connect(self._move)
            self._rows.insertWidget(axis, slider)
            self.sliders.append(slider)
        width = max(slider.label.sizeHint().width() for slider in self.sliders)
        for slider in self.sliders:
            slider.label.setMinimumWidth(width)
        self.show_axes(self._axes)
        shown = min(sum(axis not in self._axes for axis in range(len(self.sliders))), 3)  # none of a single input
        self.setMinimumHeight(shown * (self.sliders[0].sizeHint().height() + self._rows.spacing()))

    @Slot(float)
    def _move(self, _value: float) -> None:
        self.values = tuple(
            self.sliders[axis].value() if axis < len(self.sliders) and axis not in self._axes else value
            for axis, value in enumerate(self.values)
        )
        self.moved.emit()

    @Slot()
    def _take_means(self) -> None:
        self.values = self._means
        for slider, value in zip(self.sliders, self.values, strict=False):
            slider.set_value(value)
        self.moved.emit()


def _slider(name: str, low: float, high: float, value: float) -> LabelledSlider:
    short = name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"
    scale = Scale(low, high if high > low else low + 1.0)
    return LabelledSlider(short, scale, value, tip=tr("The value at which {name} is held", name=name))
