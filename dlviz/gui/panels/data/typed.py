"""Settings of a data set that are typed or ticked: a formula in one line, sentences in several, a yes or no."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QToolTip, QVBoxLayout, QWidget

from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.form import LineField
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

LONG_CHARACTERS = 1000  # a text that may be longer is typed in several lines
LINES = 5
PAUSE_MS = 500  # after the last key, before a text is used
BETWEEN = "|"  # of the parts of a long text, which stand one a line

KINDS = ("text", "bool")


def setting_words(name: str) -> str:
    """Return the words for a setting that is typed or ticked."""
    titles = {"formula": tr("Formula"), "text": tr("Sentences"), "fold_case": tr("Fold case: The = the")}
    return titles.get(name, name.replace("_", " ").capitalize())


class LongField(QPlainTextEdit):
    """Text of several lines; a pause or leaving the field accepts, what is refused turns red and says why."""

    accepted = Signal(object)

    def __init__(self, hyper: Hyper, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hyper, self._value = hyper, value
        self.setFont(font("small"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(round(LINES * self.fontMetrics().lineSpacing()) + 2 * GRID)
        describe(self, setting_words(hyper.name), tr("One sentence a line, with = and its class at the end"))
        self.show_value(value)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.accept)
        self.textChanged.connect(self._pause.start)

    def show_value(self, value: str) -> None:
        """Show a text without telling anybody; what is being typed stays."""
        if value == self._value and self.toPlainText():
            return
        self._value = value
        was_blocked = self.blockSignals(True)
        self.setPlainText("\n".join(part.strip() for part in value.split(BETWEEN)))
        self.blockSignals(was_blocked)
        self._colour("text")

    @Slot()
    def accept(self) -> None:
        """Use what is typed, or say why it cannot be used."""
        self._pause.stop()
        lines = [line.strip() for line in self.toPlainText().splitlines() if line.strip()]
        typed = f" {BETWEEN} ".join(lines)
        try:
            value = self._hyper.check(typed)
        except SpecError as error:
            self._colour("error")
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), str(error), self)
            return
        self._colour("text")
        if value != self._value:
            self._value = value
            self.accepted.emit(value)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Use what is typed."""
        super().focusOutEvent(event)
        self.accept()

    def _colour(self, name: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, current().colour(name))
        self.setPalette(palette)


class TypedSettings(QWidget):
    """A line or an area for each text, a tick for each yes or no."""

    changed = Signal(str, object)  # name, value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QWidget] = {}
        self._shown: tuple[tuple[Hyper, object], ...] = ()
        self._rows = QVBoxLayout(self)
        spaced(self._rows, gap=GRID // 2)

    def show_values(self, declared: Sequence[Hyper], values: Mapping[str, Any]) -> None:
        """Show these settings; what is shown already stays as it is, with the cursor in it."""
        shown = tuple((hyper, values.get(hyper.name, hyper.default)) for hyper in declared if hyper.kind in KINDS)
        if shown == self._shown:
            return
        if [hyper for hyper, _ in shown] == [hyper for hyper, _ in self._shown]:
            self._refresh(shown)
        else:
            self._rebuild(shown)
        self._shown = shown
        self.setVisible(bool(shown))

    def _refresh(self, shown: Sequence[tuple[Hyper, Any]]) -> None:
        for hyper, value in shown:
            field = self.fields[hyper.name]
            was_blocked = field.blockSignals(True)
            if isinstance(field, QCheckBox):
                field.setChecked(value)
            elif isinstance(field, LongField | LineField):
                field.show_value(value)
            field.blockSignals(was_blocked)

    def _rebuild(self, shown: Sequence[tuple[Hyper, Any]]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()  # at once: it is deleted only once the events in hand are done
                widget.deleteLater()
        self.fields = {hyper.name: self._field(hyper, value) for hyper, value in shown}

    def _field(self, hyper: Hyper, value: Any) -> QWidget:
        if hyper.kind == "bool":
            box = QCheckBox(setting_words(hyper.name))
            box.setChecked(value)
            describe(box, setting_words(hyper.name), hyper.help)
            box.toggled.connect(self._tell)
            field: QWidget = box
        else:
            self._rows.addWidget(Text(setting_words(hyper.name)))
            field = self._text_field(hyper, str(value))
        field.setObjectName(hyper.name)
        self._rows.addWidget(field)
        return field

    def _text_field(self, hyper: Hyper, value: str) -> QWidget:
        if hyper.maximum is not None and hyper.maximum > LONG_CHARACTERS:
            area = LongField(hyper, value, self)
            area.accepted.connect(self._tell)
            return area
        line = LineField(hyper, value)
        line.setMinimumWidth(0)
        line.setMaximumWidth(self.maximumWidth())
        line.accepted.connect(self._tell)
        return line

    @Slot(object)
    def _tell(self, value: object) -> None:
        self.changed.emit(self.sender().objectName(), value)
