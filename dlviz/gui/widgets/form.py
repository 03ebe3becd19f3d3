"""A form made from declared settings: one field each, checked by its own declaration."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QToolTip, QWidget

from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

FIELD_WIDTH = 14 * GRID

LineValue = float | str | tuple[float, ...]  # a number, a text, or height × width


def setting_words(name: str) -> str:
    """Return a setting's name as words."""
    return {"lr": "learning rate"}.get(name, name.replace("_", " "))


def window_words(hyper: Hyper, value: object) -> str:
    """Say over how many steps a running average reaches whose share this is: 1/(1 − 0.9) = 10; nothing for others."""
    if not hyper.averages or not isinstance(value, float) or not 0 <= value < 1:
        return ""
    count = numbers.number(1 / (1 - value), 3)
    return tr("averages about the last {count} steps: 1/(1 − {value})", count=count, value=numbers.number(value, 6))


class LineField(QLineEdit):
    """A number or text as people type it; Enter or leaving the field accepts, what is refused turns red."""

    accepted = Signal(object)  # LineValue

    def __init__(self, hyper: Hyper, value: LineValue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hyper, self._value = hyper, value
        self.setFixedWidth(FIELD_WIDTH if hyper.kind != "text" else 2 * FIELD_WIDTH)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft if hyper.kind == "text" else Qt.AlignmentFlag.AlignRight)
        self._describe()
        self.setText(self._written())
        self.editingFinished.connect(self._accept)
        self.textEdited.connect(self._typed)

    def _describe(self) -> None:
        hyper = self._hyper
        tip = f"{hyper.help}\n{hyper.expectation()} {hyper.unit}".strip()
        describe(self, setting_words(hyper.name), f"{tip}\n{window_words(hyper, self._value)}".strip())

    def show_value(self, value: LineValue) -> None:
        """Show another value without telling anybody."""
        self._value = value
        self._describe()
        self.setText(self._written())
        self._colour("text")

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self._colour("text")

    @Slot()
    def _accept(self) -> None:
        if self.text() == self._written():
            self._colour("text")
            return
        try:
            value = self._hyper.check(self._typed_value())
        except SpecError as error:
            self._colour("error")
            self.setToolTip(str(error))
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), str(error), self)
            return
        self._colour("text")
        if value != self._value:
            self._value = value
            self._describe()
            self.accepted.emit(value)

    def _written(self) -> str:
        if isinstance(self._value, tuple):
            return " × ".join(map(str, self._value))
        return self._value if isinstance(self._value, str) else numbers.number(self._value, 6)

    def _typed_value(self) -> LineValue:
        typed = self.text().strip()
        if typed in self._hyper.choices:
            return typed
        if self._hyper.kind == "text":
            return self.text()
        sides = re.split("[×xX]", typed)
        if self._hyper.kind == "size" and len(sides) > 1:
            return tuple(map(numbers.parse_number, sides))
        return numbers.parse_number(typed)

    def _colour(self, name: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, current().colour(name))
        self.setPalette(palette)


class HyperForm(QWidget):
    """One labelled field a setting. words: labels of those that are not called by their names."""

    changed = Signal(str, object)  # name, value

    def __init__(
        self,
        declared: Sequence[Hyper],
        values: Mapping[str, Any],
        parent: QWidget | None = None,
        words: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        words = words or {}
        self.fields: dict[str, QWidget] = {}
        layout = QGridLayout(self)
        spaced(layout)
        layout.setColumnStretch(0, 1)
        for row, hyper in enumerate(declared):
            field = self._field(hyper, values.get(hyper.name, hyper.default))
            field.setObjectName(hyper.name)
            self.fields[hyper.name] = field
            label = Text(words.get(hyper.name, setting_words(hyper.name)), "muted")
            field.setAccessibleName(label.text())
            window = window_words(hyper, values.get(hyper.name, hyper.default))
            label.setToolTip(f"{hyper.help}\n{window}".strip())
            layout.addWidget(label, row, 0)
            is_line = isinstance(field, LineField)
            layout.addWidget(field, row, 1, Qt.AlignmentFlag.AlignRight if is_line else Qt.AlignmentFlag(0))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show other values without telling anybody."""
        for name, field in self.fields.items():
            was_blocked = field.blockSignals(True)
            if isinstance(field, QCheckBox):
                field.setChecked(bool(values[name]))
            elif isinstance(field, QComboBox):
                field.setCurrentIndex(field.findData(values[name]))
            elif isinstance(field, LineField):
                field.show_value(values[name])
            field.blockSignals(was_blocked)

    def _field(self, hyper: Hyper, value: Any) -> QWidget:
        if hyper.kind == "bool":
            return self._check_box(hyper, value)
        if hyper.kind == "choice":
            return self._combo(hyper, value)
        field = LineField(hyper, value)
        field.accepted.connect(self._line_accepted)
        return field

    def _check_box(self, hyper: Hyper, value: bool) -> QCheckBox:
        box = QCheckBox()
        box.setChecked(value)
        describe(box, setting_words(hyper.name), hyper.help)
        box.toggled.connect(self._toggled)
        return box

    def _combo(self, hyper: Hyper, value: str) -> QComboBox:
        combo = QComboBox()
        for each in hyper.choices:
            combo.addItem(each.replace("_", " "), each)
        combo.setMinimumWidth(FIELD_WIDTH)
        combo.setCurrentIndex(hyper.choices.index(value))
        describe(combo, setting_words(hyper.name), hyper.help)
        combo.activated.connect(self._chosen)
        return combo

    @Slot(object)
    def _line_accepted(self, value: LineValue) -> None:
        self.changed.emit(self.sender().objectName(), value)

    @Slot(bool)
    def _toggled(self, is_on: bool) -> None:
        self.changed.emit(self.sender().objectName(), is_on)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        combo = self.sender()
        if isinstance(combo, QComboBox):
            self.changed.emit(combo.objectName(), combo.itemData(index))
