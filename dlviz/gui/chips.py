"""The chips of the toolbar: loss, optimizer, rate, batch size and conventions."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.conventions import filled, profiles
from dlviz.core.hyper import complete, integer
from dlviz.core.losses import losses
from dlviz.core.optimizers import optimizers
from dlviz.core.rules import rules
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.rule_form import rule_subject
from dlviz.gui.setting_forms import ChoiceForm, Described, NumberForm, Subject, edit
from dlviz.gui.status import convention_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chip import Chip, Popup
from dlviz.gui.widgets.paint import spaced
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.subject import Subject as DocumentSubject

# Settings on which textbooks differ without changing the method; they have a chip of their own.
CONVENTIONS = frozenset({"factor", "outputs", "reduction", "form", "rate", "eps_place", "bias_correction"})
BATCH_SIZE = integer("batch_size", 10, minimum=1, maximum=1_000_000, help="rows looked at before each update")


def _by_key(registry: Iterable[Any]) -> dict[str, Described]:
    return {entry.key: entry for entry in registry}


def _is_own(name: str) -> bool:
    return name not in CONVENTIONS and name != "lr"


def _is_convention(name: str) -> bool:
    return name in CONVENTIONS


def _loss(shows: Any = _is_own) -> Subject:
    return Subject("loss", tr("Loss"), _by_key(losses), shows, edits.set_loss, edits.set_loss_setting)


def _optimizer(shows: Any = _is_own) -> Subject:
    entries = _by_key(optimizers)
    return Subject("optimizer", tr("Optimizer"), entries, shows, edits.set_optimizer, edits.set_optimizer_setting)


class ChipRow(QWidget):
    """Shows the training plan in five chips; each opens the form that edits it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._popup: Popup | None = None
        self._subject: DocumentSubject = "network"
        self.rule = Chip(tr("Rule"), tr("How weights follow from each row, and its settings"))
        self.loss = Chip(tr("Loss"), tr("What training makes small"))
        self.optimizer = Chip(tr("Optimizer"), tr("How weights follow the gradient"))
        self.lr = Chip(tr("lr"), tr("Learning rate: how far each update goes"))
        self.batch = Chip(tr("batch"), tr("Rows looked at before each update"))
        self.conventions = Chip(tr("Conventions"), tr("Where textbooks differ: factors, means, forms of momentum"))
        layout = QHBoxLayout(self)
        spaced(layout)
        openers = (self._open_loss, self._open_optimizer, self._open_lr, self._open_batch, self._open_conventions)
        for chip, opener in zip(self._plan(), openers, strict=True):
            layout.addWidget(chip)
            chip.clicked.connect(opener)
        layout.addWidget(self.rule)
        self.rule.clicked.connect(self._open_rule)
        self.rule.hide()

    def _plan(self) -> tuple[Chip, ...]:
        return self.loss, self.optimizer, self.lr, self.batch, self.conventions

    def chips(self) -> tuple[Chip, ...]:
        """Return the chips of this document from left to right: its training plan, its rule, none of a formula."""
        return {"network": self._plan(), "rule": (self.rule,), "formula": ()}[self._subject]

    def fit(self, room: int) -> None:
        """Show all (2), no notes (1), or only values (0), as there is room in pixels."""
        gaps = self.layout().spacing() * (len(self.chips()) - 1)
        fits = [each for each in (2, 1, 0) if sum(chip.width_at(each) for chip in self.chips()) + gaps <= room]
        self.set_detail(fits[0] if fits else 0)

    def set_detail(self, detail: int) -> None:
        """Show this much of every chip."""
        for chip in self.chips():
            chip.set_detail(detail)

    def show_document(self, document: Document) -> None:
        """Show the plan of a document, or its rule."""
        self._subject = document.subject
        for chip in (*self._plan(), self.rule):
            chip.setVisible(chip in self.chips())
        if document.rule is not None:
            self.rule.set_value(tr(rules.get(document.rule.kind).title))
        training = document.explicit.training
        optimizer = optimizers.get(training.optimizer.kind)
        lr = complete(training.optimizer.settings, optimizer.settings)["lr"]
        self.loss.set_value(tr(losses.get(training.loss.kind).title), f"({convention_words(training.loss)})")
        self.optimizer.set_value(tr(optimizer.title))
        self.lr.set_value(numbers.number(lr))
        self.batch.set_value(numbers.count(training.batch_size))
        profile = tr(profiles.get(document.conventions.profile).title)
        self.conventions.set_value(profile, tr("changed") if _has_own_conventions(document) else "")

    def _open(self, chip: Chip, form: QWidget) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
        self._popup = Popup(form, self)
        self._popup.open_below(chip)

    @Slot()
    def _open_rule(self) -> None:
        self._open(self.rule, ChoiceForm(self._context, rule_subject(self._context), with_kinds=True))

    @Slot()
    def _open_loss(self) -> None:
        self._open(self.loss, ChoiceForm(self._context, _loss(), with_kinds=True))

    @Slot()
    def _open_optimizer(self) -> None:
        self._open(self.optimizer, ChoiceForm(self._context, _optimizer(), with_kinds=True))

    @Slot()
    def _open_conventions(self) -> None:
        both = QWidget()
        layout = QVBoxLayout(both)
        spaced(layout, gap=2 * GRID)
        training = self._context.session.document.explicit.training
        for subject in (_loss(_is_convention), _optimizer(_is_convention)):
            if any(_is_convention(hyper.name) for hyper in subject.entry(training).settings):
                layout.addWidget(ChoiceForm(self._context, subject, with_kinds=False))
        self._open(self.conventions, both)

    @Slot()
    def _open_lr(self) -> None:
        chosen = self._context.session.document.explicit.training.optimizer
        entry = optimizers.get(chosen.kind)
        declared = next(hyper for hyper in entry.settings if hyper.name == "lr")
        form = NumberForm(tr("Learning rate"), declared, complete(chosen.settings, entry.settings)["lr"])
        form.accepted.connect(self._set_lr)
        self._open(self.lr, form)

    @Slot()
    def _open_batch(self) -> None:
        form = NumberForm(tr("Batch size"), BATCH_SIZE, self._context.session.document.explicit.training.batch_size)
        form.accepted.connect(self._set_batch)
        self._open(self.batch, form)

    @Slot(object)
    def _set_lr(self, value: float) -> None:
        edit(self._context, tr("Change the learning rate"), _optimizer().with_setting("lr", value))

    @Slot(object)
    def _set_batch(self, value: int) -> None:
        change = partial(edits.set_training, batch_size=value)
        edit(self._context, tr("Change the batch size"), change)


def _has_own_conventions(document: Document) -> bool:
    """Say whether the document differs from its profile: by single values, or in its loss or optimizer."""
    training, decided = document.training, document.conventions.decided
    parts: tuple[tuple[str, Choice, Described], ...] = (
        ("loss", training.loss, losses.get(training.loss.kind)),
        ("optimizer", training.optimizer, optimizers.get(training.optimizer.kind)),
    )
    return bool(document.conventions.own) or any(
        _conventional(part, chosen, entry, decided) != _conventional(part, Choice(chosen.kind), entry, decided)
        for part, chosen, entry in parts
    )


def _conventional(part: str, chosen: Choice, entry: Described, decided: Mapping[str, Any]) -> dict[str, Any]:
    whole = complete(filled(part, chosen, decided).settings, entry.settings)
    return {name: value for name, value in whole.items() if name in CONVENTIONS}
