"""Forms for parts of the training plan, made from what the registries declare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec


class Described(Protocol):
    """A registry entry with settings."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def settings(self) -> tuple[Hyper, ...]:
        """Its declared settings."""


@dataclass(frozen=True)
class Subject:
    """What a form edits: a choice in the training plan, its registry, and which settings belong here, and the edits.

    defaults_tip: what is said of the way back to the defaults; empty where choosing the same entry anew is none.
    """

    part: str  # "loss" or "optimizer"
    title: str
    entries: Mapping[str, Described]
    shows: Callable[[str], bool]
    set_kind: Callable[[Document, str], Document]
    set_setting: Callable[[Document, str, Any], Document]
    defaults_tip: str = ""

    def choice(self, training: TrainingSpec) -> Choice:
        """Return the choice that stands in the plan."""
        found: Choice = getattr(training, self.part)
        return found

    def with_kind(self, key: str) -> Callable[[Document], Document]:
        """Return the edit that takes another entry."""
        return lambda document: self.set_kind(document, key)

    def with_setting(self, name: str, value: Any) -> Callable[[Document], Document]:
        """Return the edit that changes one setting."""
        return lambda document: self.set_setting(document, name, value)

    def entry(self, training: TrainingSpec) -> Described:
        """Return the registry entry of the choice."""
        return self.entries[self.choice(training).kind]


class ChoiceForm(QWidget):
    """The entries of a registry to choose from (with_kinds), and fields for the settings of the one chosen."""

    def __init__(self, context: Context, subject: Subject, with_kinds: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._subject = context, subject
        self._layout = QVBoxLayout(self)
        spaced(self._layout)
        self._layout.addWidget(SectionHeader(subject.title))
        self.kinds: QComboBox | None = self._kinds() if with_kinds else None
        self.form: HyperForm | None = None
        self.defaults = TextButton(tr("Defaults"), subject.defaults_tip, is_link=True)
        self.defaults.clicked.connect(self._reset)
        self._layout.addWidget(self.defaults)
        self._build_form()

    def _training(self) -> TrainingSpec:
        training: TrainingSpec = self._context.session.document.explicit.training
        return training

    def _kinds(self) -> QComboBox:
        combo = QComboBox()
        for key, entry in self._subject.entries.items():
            combo.addItem(tr(entry.title), key)
        combo.setCurrentIndex(combo.findData(self._subject.choice(self._training()).kind))
        describe(combo, self._subject.title)
        combo.activated.connect(self._kind_chosen)
        self._layout.addWidget(combo)
        self.setFocusProxy(combo)
        return combo

    def _build_form(self) -> None:
        if self.form is not None:
            self._layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
        entry, chosen = self._subject.entry(self._training()), self._subject.choice(self._training())
        declared = [hyper for hyper in entry.settings if self._subject.shows(hyper.name)]
        self.form = HyperForm(declared, complete(chosen.settings, entry.settings))
        self.form.changed.connect(self._setting_changed)
        self._layout.insertWidget(self._layout.indexOf(self.defaults), self.form)
        self.defaults.setVisible(bool(declared and self._subject.defaults_tip) and self.kinds is not None)
        self.form.show()
        self.adjustSize()

    @Slot(int)
    def _kind_chosen(self, index: int) -> None:
        if self.kinds is None or not self.isVisible():  # closed beneath its open list, as its document is gone
            return
        self._take(str(self.kinds.itemData(index)))
        self.kinds.setCurrentIndex(self.kinds.findData(self._subject.choice(self._training()).kind))
        self._build_form()

    @Slot()
    def _reset(self) -> None:
        """Choose the same entry anew, which brings its defaults."""
        self._take(self._subject.choice(self._training()).kind)
        self._build_form()

    def _take(self, key: str) -> None:
        edit(self._context, self._label(), self._subject.with_kind(key))

    @Slot(str, object)
    def _setting_changed(self, name: str, value: object) -> None:
        edit(self._context, self._label(), self._subject.with_setting(name, value))

    def _label(self) -> str:
        return tr("Change the {what}", what=self._subject.title.lower())
