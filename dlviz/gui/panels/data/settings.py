"""Sliders and fields for the settings that a data set declares, for the share that trains, and for the seed."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from dlviz.core.hyper import Hyper
from dlviz.gui import numbers
from dlviz.gui.panels.data.typed import TypedSettings
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

MOST_SAMPLES = 5000  # on the slider; more would hide each other and slow every redraw
TRAIN = "train"
SEED = "seed"


def setting_title(name: str) -> str:
    """Return the words for a setting of a data set."""
    titles = {
        "samples": tr("Samples"), "noise": tr("Noise"), "classes": tr("Classes"), "slope": tr("Slope"),
        "intercept": tr("Intercept"), "periods": tr("Periods"), "bits": tr("Bits"), "squares": tr("Squares"),
        "spread": tr("Spread"), "length": tr("Length"), "delay": tr("Delay"),
    }  # fmt: skip
    return titles.get(name, name.replace("_", " ").capitalize())


def percent(share: float) -> str:
    """Write a whole percentage."""
    return numbers.percent(share / 100)


class SeedRow(QWidget):
    """A whole number to type, and a button that draws the next one."""

    changed = Signal(int)

    def __init__(self, name: str, tip: str, again: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = QSpinBox()
        self.number.setRange(0, 2**31 - 1)
        self.number.setFrame(False)
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setKeyboardTracking(False)
        self.number.setMinimumWidth(6 * GRID)
        clear = self.number.palette()
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.number.setPalette(clear)
        describe(self.number, name, tip)
        self.again = IconButton("seed", tr("Next: {name}", name=name), again, size=3 * GRID)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addWidget(Text(tr("Seed")))
        layout.addWidget(self.number, 1)
        layout.addWidget(self.again)
        self.number.valueChanged.connect(self.changed)
        self.again.clicked.connect(self._next)

    def show_value(self, value: int) -> None:
        """Show a seed without telling anybody."""
        was_blocked = self.number.blockSignals(True)
        self.number.setValue(value)
        self.number.blockSignals(was_blocked)

    @Slot()
    def _next(self) -> None:
        self.number.setValue(self.number.value() + 1)


class SettingSlider(LabelledSlider):
    """A slider that knows which setting it moves."""

    moved = Signal(str, object)  # name, value
    let_go = Signal()

    def __init__(self, hyper: Hyper, parent: QWidget | None = None) -> None:
        high = float(hyper.maximum if hyper.maximum is not None else 1.0)
        if hyper.name == "samples":
            high = min(high, MOST_SAMPLES)
        is_whole = hyper.kind == "int"
        write = numbers.count if is_whole else numbers.number
        super().__init__(
            setting_title(hyper.name), Scale(float(hyper.minimum or 0.0), high, hyper.is_log, is_whole),
            float(hyper.default), write=write, tip=hyper.help, parent=parent,
        )  # fmt: skip
        self.name, self._is_int = hyper.name, is_whole
        self.changed.connect(self._tell)
        self.settled.connect(self._end)

    @Slot(float)
    def _tell(self, value: float) -> None:
        self.moved.emit(self.name, round(value) if self._is_int else value)

    @Slot(float)
    def _end(self, _value: float) -> None:
        self.let_go.emit()


class DataSettings(QWidget):
    """One slider a declared number, fields for texts, then the training share and the seed."""

    changed = Signal(str, object)  # name, value; "train" is a share from 0 to 1
    let_go = Signal()  # the knob was released: the next move is another change

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, SettingSlider] = {}
        self._declared: tuple[Hyper, ...] = ()
        self.train = LabelledSlider(
            tr("Train"),
            Scale(10, 100, is_whole=True),
            70,
            percent,
            tr("The share of rows that train; the rest is held out"),
        )
        self.seed = SeedRow(
            tr("Data seed"), tr("Another seed draws other points, or deals other rows"), tr("Draw others")
        )
        self.typed = TypedSettings()
        self.typed.hide()
        self._rows = QVBoxLayout()
        spaced(self._rows, gap=GRID // 2)
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        layout.addWidget(self.typed)
        layout.addLayout(self._rows)
        layout.addWidget(self.train)
        layout.addWidget(self.seed)
        self.train.changed.connect(self._share)
        self.train.settled.connect(self._share_end)
        self.seed.changed.connect(self._seed)
        self.typed.changed.connect(self._typed)

    def show_values(self, declared: Sequence[Hyper], values: Mapping[str, Any], share: float, seed: int) -> None:
        """Show the settings of a set; sliders are kept while the set declares the same."""
        shown = tuple(hyper for hyper in declared if hyper.kind in ("float", "int") and hyper.name != SEED)
        self.typed.show_values(declared, values)
        if shown != self._declared:
            self._rebuild(shown)
        for hyper in shown:
            if not self.sliders[hyper.name].slider.isSliderDown():
                self.sliders[hyper.name].set_value(float(values.get(hyper.name, hyper.default)))
        if not self.train.slider.isSliderDown():
            self.train.set_value(round(100 * share))
        self.seed.show_value(seed)

    def _rebuild(self, declared: tuple[Hyper, ...]) -> None:
        for slider in self.sliders.values():
            self._rows.removeWidget(slider)
            slider.hide()  # at once: it is deleted only once the events in hand are done
            slider.deleteLater()
        self._declared = declared
        self.sliders = {hyper.name: SettingSlider(hyper, self) for hyper in declared}
        for slider in self.sliders.values():
            self._rows.addWidget(slider)
            slider.moved.connect(self.changed)
            slider.let_go.connect(self.let_go)
        self._align()

    def _align(self) -> None:
        """Let all sliders begin and end at the same places."""
        rows = [*self.sliders.values(), self.train]
        for part in ("label", "shown"):
            width = max(getattr(row, part).sizeHint().width() for row in rows)
            for row in rows:
                getattr(row, part).setMinimumWidth(max(width, 5 * GRID if part == "shown" else 0))

    @Slot(float)
    def _share(self, value: float) -> None:
        self.changed.emit(TRAIN, value / 100)

    @Slot(float)
    def _share_end(self, _value: float) -> None:
        self.let_go.emit()

    @Slot(str, object)
    def _typed(self, name: str, value: object) -> None:
        self.changed.emit(name, value)
        self.let_go.emit()

    @Slot(int)
    def _seed(self, value: int) -> None:
        self.changed.emit(SEED, value)
        self.let_go.emit()
