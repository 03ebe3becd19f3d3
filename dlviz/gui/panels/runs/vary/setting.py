"""The fields of one varied setting: a list of numbers, a range of them, or values to tick."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, floating, integer
from dlviz.gui.panels.runs.vary.values import (
    MOST_VALUES,
    Range,
    is_numeric,
    options_of,
    parse_values,
    range_of,
    spread,
    write_values,
)
from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.vary import Value, Varied
from dlviz.session.vary.settings import Settable, words

ROWS = 5  # of the list of entries that are seen at once
FEWEST = 2


class ValuesField(QLineEdit):
    """A list of numbers; Enter or leaving the field accepts it."""

    accepted = Signal(object)  # tuple of values
    refused = Signal(str)

    def __init__(
        self, name: str, values: tuple[Value, ...], hyper: Hyper | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._hyper, self._written = hyper, write_values(values)
        self._is_refused = False
        self.setText(self._written)
        self.home(False)  # a long list is read from its beginning
        limits = "" if hyper is None else f"\n{hyper.expectation()} {hyper.unit}".rstrip()
        describe(self, tr("Values of {name}", name=name), tr("Numbers with commas or spaces between them") + limits)
        self.editingFinished.connect(self._accept)

    @Slot()
    def _accept(self) -> None:
        if self.text() == self._written and not self._is_refused:
            return
        self._is_refused = True
        try:
            values = parse_values(self.text(), self._hyper)
        except SpecError as error:
            self._colour("error")
            self.refused.emit(str(error))
            return
        self._is_refused = False
        self._colour("text")
        self._written = self.text()
        self.accepted.emit(values)

    def _colour(self, name: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, current().colour(name))
        self.setPalette(palette)


class EntriesList(QListWidget):
    """Values that are no numbers, ticked where they are tried."""

    accepted = Signal(object)

    def __init__(self, name: str, options: tuple[Value, ...], ticked: tuple[Value, ...]) -> None:
        super().__init__()
        self._options = options
        tried = set(map(words, ticked))
        for value in options:
            item = QListWidgetItem(words(value), self)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if words(value) in tried else Qt.CheckState.Unchecked)
        describe(self, tr("Values of {name}", name=name), tr("Space ticks what is tried"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.itemChanged.connect(self._tell)

    def sizeHint(self) -> QSize:
        """Return the room for a few rows."""
        rows = min(self.count(), ROWS)
        return QSize(24 * GRID, rows * max(self.sizeHintForRow(0), 2 * GRID) + 2 * self.frameWidth())

    @Slot(QListWidgetItem)
    def _tell(self, _item: QListWidgetItem) -> None:
        ticked = [self.item(row).checkState() == Qt.CheckState.Checked for row in range(self.count())]
        self.accepted.emit(tuple(value for value, is_on in zip(self._options, ticked, strict=True) if is_on))


class SettingRow(QWidget):
    """One varied setting: what it is, and its values as a list, a range, or entries to tick.

    A number without values is drawn at random: it has a range, and no steps to count.
    choices: settings of which this is one, where it may be another one; without: its name alone.
    nothing: the words for none of them, where there may be none.
    """

    changed = Signal(object)  # Varied
    path_chosen = Signal(str)  # another setting; "" for none
    refused = Signal(str)

    def __init__(
        self, varied: Varied | None, known: Settable | None, choices: Sequence[Settable] = (), nothing: str = ""
    ) -> None:
        super().__init__()
        self.varied, self._known = varied, known
        self._hyper = known.hyper if known is not None else None
        self._is_drawn = varied is not None and not varied.values and is_numeric(self._hyper)
        self._name = known.name if known is not None else nothing
        self._column = QVBoxLayout(self)
        spaced(self._column, gap=GRID // 2)
        self.mode = Words(tr("How the values of {name} are given", name=self._name),
                          (("list", tr("values")), ("range", tr("range"))))  # fmt: skip
        head = QHBoxLayout()
        spaced(head)
        head.addWidget(self._make_chooser(choices, nothing) if choices else Elided(self._name), 1)
        head.addWidget(self.mode)
        self._column.addLayout(head)
        self.field: QWidget = QWidget() if varied is None else self._make_field(varied)
        self._column.addWidget(self.field)
        self.field.setVisible(varied is not None)
        self.mode.setVisible(is_numeric(self._hyper) and not self._is_drawn)
        self.mode.chosen.connect(self._swap)

    def _make_chooser(self, choices: Sequence[Settable], nothing: str) -> Chooser:
        self.path = Chooser()
        if nothing:
            self.path.addItem(nothing, "")
        for each in choices:
            self.path.addItem(each.name, each.path)
        self.path.setCurrentIndex(self.path.findData(self.varied.path if self.varied is not None else ""))
        describe(self.path, tr("Setting that is varied"), tr("All else stays as the document says"))
        self.path.activated.connect(self._choose)
        return self.path

    @Slot(int)
    def _choose(self, place: int) -> None:
        self.path_chosen.emit(str(self.path.itemData(place)))

    def _make_field(self, varied: Varied) -> QWidget:
        if not is_numeric(self._hyper):
            entries = EntriesList(self._name, options_of(self._known, varied.values), varied.values)
            entries.accepted.connect(self._take)
            return entries
        if self._is_drawn or self.mode.key() == "range":
            return self._make_range(varied)
        field = ValuesField(self._name, varied.values, self._hyper)
        field.accepted.connect(self._take)
        field.refused.connect(self.refused)
        return field

    def _make_range(self, varied: Varied) -> QWidget:
        drawn_from = Range(varied.low, varied.high, FEWEST, varied.scale)
        self._range = drawn_from if self._is_drawn else range_of(varied.values, self._hyper)
        low, high = (self._hyper.minimum, self._hyper.maximum) if self._hyper is not None else (None, None)
        declared = [
            floating("low", self._range.low, minimum=low, maximum=high, help=tr("the first value")),
            floating("high", self._range.high, minimum=low, maximum=high, help=tr("the last value")),
            integer("count", self._range.count, minimum=FEWEST, maximum=MOST_VALUES, help=tr("how many values")),
            Hyper("scale", "choice", "linear", choices=("linear", "log"),
                  help=tr("even steps of the value, or of its logarithm")),
        ]  # fmt: skip
        if self._is_drawn:
            declared = [each for each in declared if each.name != "count"]
        labels = {"low": tr("from"), "high": tr("to"), "count": tr("how many"),
                  "scale": tr("spread") if self._is_drawn else tr("steps")}  # fmt: skip
        form = HyperForm(declared, vars(self._range), words=labels)
        form.changed.connect(self._set_range)
        return form

    @Slot(str)
    def _swap(self, _key: str) -> None:
        """Show the other kind of fields, with the values as they are."""
        assert self.varied is not None
        old, self.field = self.field, self._make_field(self.varied)
        self._column.replaceWidget(old, self.field)
        old.hide()
        old.deleteLater()
        self.field.show()
        if self.mode.key() == "range":
            self._set_range("scale", self._range.scale)

    @Slot(str, object)
    def _set_range(self, name: str, value: Any) -> None:
        self._range = replace(self._range, **{name: value})
        if self._is_drawn:
            assert self.varied is not None
            found = self._range
            self.varied = replace(self.varied, low=found.low, high=found.high, scale=found.scale)
            self.changed.emit(self.varied)
            return
        try:
            self._take(spread(self._range, self._hyper))
        except SpecError as error:
            self.refused.emit(str(error))

    @Slot(object)
    def _take(self, values: tuple[Value, ...]) -> None:
        assert self.varied is not None
        scale = self._range.scale if self.mode.key() == "range" and is_numeric(self._hyper) else self.varied.scale
        self.varied = replace(self.varied, values=values, scale=scale)
        self.changed.emit(self.varied)
