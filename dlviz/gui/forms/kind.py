"""KindForm: an entry of a registry to choose, and fields for its settings."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.hyper import complete
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr


class KindForm(QWidget):
    """Shows a choice and tells when another kind or setting is asked for; its owner decides and shows it again.

    nothing: words for no entry at all; without them one is always chosen.
    """

    kind_asked = Signal(str)  # "" for nothing
    setting_asked = Signal(str, object)

    def __init__(
        self, name: str, entries: Iterable[Any], nothing: str = "", tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entries = {entry.key: entry for entry in entries}
        self._shown: Choice | None = None
        self._is_built = False
        self.kinds = QComboBox()
        if nothing:
            self.kinds.addItem(nothing, "")
        for key, entry in self._entries.items():
            self.kinds.addItem(tr(entry.title), key)
        describe(self.kinds, name, tip)
        self.form: HyperForm | None = None
        self._layout = QVBoxLayout(self)
        spaced(self._layout)
        self._layout.addWidget(self.kinds)
        self.setFocusProxy(self.kinds)
        self.kinds.activated.connect(self._choose)

    def show_choice(self, chosen: Choice | None) -> None:
        """Show what is chosen now."""
        self.kinds.setCurrentIndex(self.kinds.findData("" if chosen is None else chosen.kind))
        if self._is_built and chosen == self._shown:
            return
        self._shown, self._is_built = chosen, True
        if self.form is not None:
            self._layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        settings = () if chosen is None else self._entries[chosen.kind].settings
        if chosen is not None and settings:
            self.form = HyperForm(settings, complete(chosen.settings, settings))
            self.form.changed.connect(self.setting_asked)
            self._layout.addWidget(self.form)
            self.form.show()
        self.adjustSize()

    @Slot(int)
    def _choose(self, row: int) -> None:
        self.kind_asked.emit(str(self.kinds.itemData(row)))
