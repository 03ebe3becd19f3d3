"""What a person sets in a sheet: a slider, a field for a number or a list, each with what it means."""

import re
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from dlviz.core.errors import SpecError
from dlviz.core.sheets import SheetInput, letter
from dlviz.core.sheets.sheet import InputValue
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, font, theme_signals
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.slider import Scale, Slider
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

FIELD = 11 * GRID  # pixels, of a single number, at least
LONGEST = 30 * GRID  # pixels that the numbers of a list take from what they mean
AIR = 2 * GRID  # pixels of a field that its words cannot use
DIGITS = 10  # that a field writes


class InputRow(QObject):
    """One input with its field, and a slider if it has one."""

    asked = Signal(str, object, bool)  # name, the value or the error that came of it, and whether it was pulled

    def __init__(self, spec: SheetInput, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec, self._value = spec, spec.default
        self.symbol = Text(letter(spec.name), is_bold=True, parent=parent)
        self.remark = Text(spec.remark, "muted", "small", parent=parent)
        self.remark.setWordWrap(True)
        self.field = QLineEdit(parent)
        self.field.setObjectName(f"sheet.{spec.name}")
        self.slider: Slider | None = None
        described = spec.remark or tr("an input of the sheet")
        if spec.kind != "list":
            self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        describe(self.field, spec.name, f"{described}: {spec.limits}")
        if spec.kind == "slider":
            self._scale = Scale(spec.low, spec.high, spec.is_log, spec.is_whole)
            self.slider = Slider(parent)
            self.slider.setRange(0, self._scale.positions)
            describe(self.slider, tr("{name}, slider", name=spec.name), f"{described}: {spec.limits}")
            self.slider.valueChanged.connect(self._pulled)
        self.field.editingFinished.connect(self._typed)
        theme_signals.changed.connect(self._fit)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put it into a row of a grid."""
        grid.addWidget(self.symbol, row, 0)
        if self.spec.kind == "list":
            grid.addWidget(self.field, row, 1, 1, 2)
        else:
            grid.addWidget(self.field, row, 2)
        if self.slider is not None:
            grid.addWidget(self.slider, row, 1)
        grid.addWidget(self.remark, row, 3)

    def show_value(self, value: InputValue) -> None:
        """Show a value without telling anybody."""
        self._value = value
        if self.field.text() != written(value):
            self.field.setText(written(value))
            self.field.setCursorPosition(0)
        self._fit()
        if self.slider is not None and not isinstance(value, tuple) and not self.slider.isSliderDown():
            was_blocked = self.slider.blockSignals(True)
            self.slider.setValue(self._scale.position(value))
            self.slider.blockSignals(was_blocked)
            self.slider.update()

    @Slot()
    def _fit(self) -> None:
        """Give the field the room of its numbers: one that is cut could be any."""
        needed = QFontMetrics(font("normal")).horizontalAdvance(written(self._value)) + AIR
        if self.spec.kind == "list":
            self.field.setMinimumWidth(min(needed, LONGEST))
        else:
            self.field.setFixedWidth(max(needed, FIELD))

    @Slot(int)
    def _pulled(self, position: int) -> None:
        value = self._scale.value(position)
        self._value = value
        self.field.setText(written(value))
        self._fit()
        self.asked.emit(self.spec.name, value, True)

    @Slot()
    def _typed(self) -> None:
        text = self.field.text()
        if text == written(self._value):
            return
        try:
            value: object = read_list(text) if self.spec.kind == "list" else numbers.parse_number(text)
        except SpecError as error:
            value = error
        self.asked.emit(self.spec.name, value, False)


def written(value: InputValue) -> str:
    """Write a number or a list as it can be typed."""
    if not isinstance(value, tuple):
        return numbers.number(value, DIGITS)
    return ("; " if numbers.has_comma() else ", ").join(numbers.number(each, DIGITS) for each in value)


def read_list(text: str) -> tuple[float, ...]:
    """Read numbers between commas, or between semicolons where one stands. Raises: SpecError."""
    apart = ";" if ";" in text or numbers.has_comma() else ","
    return tuple(numbers.parse_number(each) for each in re.split(apart, text))


class Inputs(Renewed):
    """All inputs of a sheet, one below the other."""

    asked = Signal(str, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, InputRow] = {}
        self._specs: tuple[SheetInput, ...] = ()

    def show_inputs(self, specs: Sequence[SheetInput], values: Mapping[str, InputValue]) -> bool:
        """Show these inputs with their values, and say whether fields were made anew for another sheet."""
        is_new = tuple(specs) != self._specs
        if is_new:
            self._specs = tuple(specs)
            for row in self.rows.values():
                row.blockSignals(True)  # a field that goes loses the focus, and would set an input of the old sheet
            self.renew(self._fill)
        for name, row in self.rows.items():
            row.show_value(values[name])
        return is_new

    def fields(self) -> Iterator[QWidget]:
        """Give what takes the keys, in the order in which it is read."""
        for row in self.rows.values():
            if row.slider is not None:
                yield row.slider
            yield row.field

    def _fill(self, column: QVBoxLayout) -> None:
        grid, self.rows = QGridLayout(), {}
        spaced(grid)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 3 if any(spec.remark for spec in self._specs) else 0)
        parent = column.parentWidget()
        assert parent is not None
        for place, spec in enumerate(self._specs):
            row = InputRow(spec, parent)
            row.place(grid, place)
            row.asked.connect(self.asked)
            self.rows[spec.name] = row
        column.addLayout(grid)
