"""Sliders for the settings of an activation that are numbers; the fields of the others."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.activations import Activation
from dlviz.core.hyper import Hyper
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.form import HyperForm, setting_words
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.slider import LabelledSlider, Scale

SPREAD = 20.0  # times the default, up and down, where a setting may be large
SIDE = 5.0  # of a slider around 0
LETTERS = {"slope": "α", "alpha": "α", "temperature": "T", "threshold": "θ"}


def scale_of(hyper: Hyper) -> Scale:
    """Return from where to where the slider of a number goes."""
    default = float(hyper.default)
    if hyper.minimum is None:
        return Scale(-SIDE, SIDE)
    if hyper.maximum is not None and hyper.maximum - hyper.minimum <= 1:
        return Scale(hyper.minimum, hyper.maximum - (0.01 if hyper.is_open_maximum else 0.0))
    if hyper.is_open_minimum:
        return Scale(default / SPREAD, default * SPREAD, is_log=True)
    return Scale(hyper.minimum, SIDE * default)


class NamedSlider(QObject):
    """Tells the moves of one slider with the name of its setting."""

    moved = Signal(str, object)

    def __init__(self, name: str, slider: LabelledSlider) -> None:
        super().__init__(slider)
        self._name = name
        slider.changed.connect(self._move)

    @Slot(float)
    def _move(self, value: float) -> None:
        self.moved.emit(self._name, value)


class ActivationSettings(Renewed):
    """One slider for each number; with_all: also the fields of what is no number."""

    changed = Signal(str, object)  # name, value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, LabelledSlider] = {}
        self.form: HyperForm | None = None
        self._made: tuple[object, ...] = ()

    def show_settings(self, entry: Activation, settings: Mapping[str, Any], with_all: bool) -> None:
        """Show settings as they stand; widgets are made anew only for another activation."""
        others = {hyper.name: settings[hyper.name] for hyper in entry.settings if hyper.kind != "float"}
        made = (entry.key, with_all, tuple(others.items()) if with_all else ())
        if made != self._made:
            self._made = made
            self._entry, self._settings, self._with_all = entry, settings, with_all
            self.renew(self._fill)
        for name, slider in self.sliders.items():
            if not slider.slider.isSliderDown():
                slider.set_value(float(settings[name]))

    def _fill(self, column: QVBoxLayout) -> None:
        spaced(column, gap=GRID // 2)
        self.sliders, self.form = {}, None
        for hyper in self._entry.settings:
            if hyper.kind == "float":
                column.addWidget(self._slider(hyper))
        others = [hyper for hyper in self._entry.settings if hyper.kind != "float"]
        if others and self._with_all:
            self.form = HyperForm(others, self._settings)
            self.form.changed.connect(self.changed)
            column.addWidget(self.form)

    def _slider(self, hyper: Hyper) -> LabelledSlider:
        letter = LETTERS.get(hyper.name, "")
        label = f"{setting_words(hyper.name)} {letter}".strip()
        slider = LabelledSlider(label, scale_of(hyper), float(self._settings[hyper.name]), tip=hyper.help)
        slider.slider.setObjectName(f"activation.{hyper.name}")
        self.sliders[hyper.name] = slider
        NamedSlider(hyper.name, slider).moved.connect(self.changed)
        return slider
