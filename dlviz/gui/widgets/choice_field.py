"""A field for an entry of a registry: a list to choose from, and below it fields for the settings of the chosen one."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.hyper import complete
from dlviz.core.registry import Registry
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import FIELD_WIDTH, HyperForm, setting_words
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr


class ChoiceField(QWidget):
    """Shows one choice and tells another one; what it shows never changes by itself.

    nothing: the words for no choice at all, where there may be none. is_whole: without fields for settings.
    """

    changed = Signal(str, object)  # name, Choice or None
    looked_at = Signal(str, object)  # name, the Choice under the pointer in the open list; None when it closes

    def __init__(
        self,
        name: str,
        registry: Registry[Any],
        chosen: Choice | None,
        nothing: str = "",
        is_whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._chosen = name, chosen
        self.kinds = Chooser()
        self.kinds.setObjectName(name)
        self.kinds.setFixedWidth(FIELD_WIDTH + 3 * GRID)
        if nothing:
            self.kinds.addItem(nothing, "")
        for entry in registry:
            self.kinds.addItem(tr(entry.title), entry.key)
        self.kinds.setCurrentIndex(self.kinds.findData(chosen.kind if chosen is not None else ""))
        now = registry.get(chosen.kind) if chosen is not None else None
        describe(self.kinds, setting_words(name), now.source if now is not None else "")
        settings = now.settings if now is not None and not is_whole else ()
        self.form = HyperForm(settings, complete(chosen.settings, settings) if chosen is not None else {})
        self._lay_out()
        self.kinds.activated.connect(self._choose)
        self.kinds.highlighted.connect(self._look)
        self.kinds.closed.connect(self._look_away)
        self.form.changed.connect(self._set)

    def _lay_out(self) -> None:
        line, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(line)
        spaced(column, gap=GRID // 2)
        line.addWidget(Text(setting_words(self._name), "muted"), 1)
        line.addWidget(self.kinds)
        column.addLayout(line)
        column.addWidget(self.form)
        self.form.setContentsMargins(2 * GRID, 0, 0, 0)
        self.form.setVisible(bool(self.form.fields))

    @Slot(int)
    def _choose(self, index: int) -> None:
        key = str(self.kinds.itemData(index))
        if key != (self._chosen.kind if self._chosen is not None else ""):
            self.changed.emit(self._name, Choice(key) if key else None)

    @Slot(int)
    def _look(self, index: int) -> None:
        key = str(self.kinds.itemData(index))
        is_own = self._chosen is not None and key == self._chosen.kind
        self.looked_at.emit(self._name, None if is_own or not key else Choice(key))

    @Slot()
    def _look_away(self) -> None:
        self.looked_at.emit(self._name, None)

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        assert self._chosen is not None  # only a choice has settings
        self.changed.emit(self._name, Choice(self._chosen.kind, {**self._chosen.settings, name: value}))
