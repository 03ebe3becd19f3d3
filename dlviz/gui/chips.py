"""The chips of the toolbar: loss, optimizer, rate, batches, what is watched, and conventions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.conventions import filled, profiles
from dlviz.core.hyper import complete
from dlviz.core.losses import losses
from dlviz.core.network import output_ids
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.core.rules import rules
from dlviz.core.schedules import Curve, schedules
from dlviz.gui import numbers
from dlviz.gui.actions import Action
from dlviz.gui.forms.batches import BatchForm
from dlviz.gui.forms.conventions import ConventionsForm
from dlviz.gui.forms.plan import ClipForm, RateForm
from dlviz.gui.forms.rule import rule_subject
from dlviz.gui.forms.settings import ChoiceForm, Described, Subject
from dlviz.gui.forms.watch import WatchForm, watch_words
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.gui.status import convention_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chip import MOST_DETAIL, Chip, Popup
from dlviz.gui.widgets.paint import spaced
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.messages import Frame
from dlviz.session.subject import Subject as DocumentSubject

# Settings on which textbooks differ without changing the method; they have a chip of their own.
CONVENTIONS = frozenset({"factor", "outputs", "reduction", "form", "rate", "eps_place", "bias_correction"})


def _by_key(registry: Iterable[Any]) -> dict[str, Described]:
    return {entry.key: entry for entry in registry}


def _is_own(name: str) -> bool:
    return name not in CONVENTIONS and name != "lr"


def _is_convention(name: str) -> bool:
    return name in CONVENTIONS


def _loss(shows: Any = _is_own) -> Subject:
    tip = tr("Back to the usual settings")
    return Subject("loss", tr("Loss"), _by_key(losses), shows, edits.set_loss, edits.set_loss_setting, tip)


def _optimizer(shows: Any = _is_own) -> Subject:
    entries = _by_key(optimizers)
    tip = tr("Back to the usual settings; the learning rate stays")
    return Subject("optimizer", tr("Optimizer"), entries, shows, edits.set_optimizer, edits.set_optimizer_setting, tip)


class ChipRow(QWidget):
    """Shows the training plan in chips; each opens the form that edits it.

    The chip of what is watched is there while something is; its form can also be had from the menu.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._popup: Popup | None = None
        self._live: BatchForm | RateForm | None = None  # the form that follows the run while it is open
        self._curve: Curve | None = None  # the schedule that the rate follows, if it does
        self._follows = ""  # its name
        self._is_watching = False
        self._subject: DocumentSubject = "network"
        self.rule = Chip(tr("Rule"), tr("How weights follow from each row, and its settings"))
        self._frame: Frame | None = None
        self.loss = Chip(tr("Loss"), tr("What training makes small"), speaks=True)
        self.optimizer = Chip(tr("Optimizer"), tr("How weights follow the gradient"), speaks=True)
        self.lr = Chip(tr("lr"), tr("Learning rate: how far each update goes"))
        self.batch = Chip(tr("batch"), tr("Rows looked at before each update"))
        self.watch = Chip(tr("Watch"), tr("What is measured besides, and which rules stop the run"))
        self.conventions = Chip(tr("Conventions"), tr("Where textbooks differ: factors, means, forms of momentum"))
        layout = QHBoxLayout(self)
        spaced(layout)
        openers = (
            self._open_loss, self._open_optimizer, self._open_lr, self._open_batch, self._open_watch,
            self._open_conventions,
        )  # fmt: skip
        for chip, opener in zip(self._plan(), openers, strict=True):
            layout.addWidget(chip)
            chip.clicked.connect(opener)
        layout.addWidget(self.rule)
        self.rule.clicked.connect(self._open_rule)
        self.rule.hide()

    def _plan(self) -> tuple[Chip, ...]:
        return self.loss, self.optimizer, self.lr, self.batch, self.watch, self.conventions

    def chips(self) -> tuple[Chip, ...]:
        """Return the chips of this document from left to right: its training plan, its rule, none of a formula."""
        return {"network": self._plan(), "rule": (self.rule,), "formula": (), "sheet": ()}[self._subject]

    def actions_offered(self) -> tuple[Action, ...]:
        """Offer the form of what is watched to the Run menu."""
        tip = tr("What is measured besides loss and score, and which rules stop the run")
        title = tr("&Measures and stop rules…")
        return (Action("watch", title, self._open_watch, "run", tip=tip, is_enabled=self._has_plan, group=4),)

    def _has_plan(self) -> bool:
        return self._subject == "network"

    def fit(self, room: int) -> None:
        """Show as much of all chips as there is room for in pixels; at last without the watch."""
        chips = [chip for chip in self.chips() if chip is not self.watch or self._is_watching]
        fits = [each for each in range(MOST_DETAIL, -1, -1) if self._width(chips, each) <= room]
        self.watch.setVisible(self._is_watching and bool(fits))
        self.set_detail(fits[0] if fits else 0)

    def _width(self, chips: Sequence[Chip], detail: int) -> int:
        return sum(chip.width_at(detail) for chip in chips) + self.layout().spacing() * (len(chips) - 1)

    def set_detail(self, detail: int) -> None:
        """Show this much of every chip."""
        for chip in self.chips():
            chip.set_detail(detail)

    def show_document(self, document: Document) -> None:
        """Show the plan of a document, or its rule."""
        if self._popup is not None and document.subject != self._subject:
            self._popup.close()  # its form is about what this document does not have
        self._subject = document.subject
        for chip in (*self._plan(), self.rule):
            chip.setVisible(chip in self.chips())
        if document.rule is not None:
            self.rule.set_value(tr(rules.get(document.rule.kind).title))
        self.lr.set_caption(document.notation.rate)
        training = document.explicit.training
        self.loss.set_value(tr(losses.get(training.loss.kind).title), f"({convention_words(training.loss)})")
        clip = "" if training.clip is None else tr("clipped")
        self.optimizer.set_value(tr(optimizers.get(training.optimizer.kind).title), clip)
        self._show_rate(training)
        drawn = tr("with replacement") if training.replacement else "" if training.shuffle else tr("in order")
        self.batch.set_value(numbers.count(training.batch_size), drawn)
        self._is_watching = self._has_plan() and bool(training.metrics or training.callbacks)
        self.watch.set_value(watch_words(training))
        self.watch.setVisible(self._is_watching)
        profile = tr(profiles.get(document.conventions.profile).title)
        self.conventions.set_value(profile, tr("changed") if _has_own_conventions(document) else "")

    def _show_rate(self, training: TrainingSpec) -> None:
        lr, schedule = lr_of(training.optimizer), training.schedule
        self._curve = None if schedule is None else Curve(schedule, lr)
        self._follows = "" if schedule is None else tr(schedules.get(schedule.kind).title).lower()
        self.lr.reserve("0.00000" if self._follows else "")
        self.lr.set_value(numbers.number(lr), self._follows)
        if self._frame is not None:
            self.show_frame(self._frame)

    def show_frame(self, frame: Frame) -> None:
        """Show the rate that is in force now, where it follows a schedule."""
        self._frame = frame
        if self._live is not None and self._popup is not None and self._popup.isVisible():
            self._live.show_frame(frame)
        else:
            self._context.want(frozenset())
        if self._curve is not None:
            rate = self._curve.rate(frame.epoch, frame.batch, max(frame.batches_per_epoch, 1))
            self.lr.set_value(numbers.number(rate, 3), self._follows)

    def _open(self, chip: Chip, form: QWidget) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
        self._live = self._live if form is self._live else None
        self._popup = Popup(form, self)
        self._popup.open_below(chip if chip.isVisible() else self.conventions)

    def _follow(self, chip: Chip, form: BatchForm | RateForm) -> None:
        """Open a form that follows the run, with what it needs of every frame."""
        self._live = form
        self._open(chip, form)
        self._context.want(form.needs)

    @Slot()
    def _open_rule(self) -> None:
        self._open(self.rule, ChoiceForm(self._context, rule_subject(self._context), with_kinds=True))

    @Slot()
    def _open_loss(self) -> None:
        chosen = ChoiceForm(self._context, _loss(), with_kinds=True)
        at_work = TextButton(tr("At work ›"), tr("Its curve, derivatives and the loss of every sample"), is_link=True)
        at_work.clicked.connect(self._show_loss)
        self._open(self.loss, _column(chosen, at_work))

    @Slot()
    def _show_loss(self) -> None:
        """Close the form and show what the loss does, in the inspector."""
        if self._popup is not None:
            self._popup.close()
        network = self._context.session.document.network
        if network.layers:
            self._context.selection.select(Selected("loss", output_ids(network)[0]))

    @Slot()
    def _open_optimizer(self) -> None:
        chosen = ChoiceForm(self._context, _optimizer(), with_kinds=True)
        self._open(self.optimizer, _column(chosen, ClipForm(self._context)))

    @Slot()
    def _open_lr(self) -> None:
        self._follow(self.lr, RateForm(self._context, self._frame))

    @Slot()
    def _open_batch(self) -> None:
        self._follow(self.batch, BatchForm(self._context, self._frame))

    @Slot()
    def _open_watch(self) -> None:
        self._open(self.watch, WatchForm(self._context))

    @Slot()
    def _open_conventions(self) -> None:
        subjects = (_loss(_is_convention), _optimizer(_is_convention))
        self._open(self.conventions, ConventionsForm(self._context, subjects))


def _column(*forms: QWidget) -> QWidget:
    """Put forms below each other."""
    whole = QWidget()
    layout = QVBoxLayout(whole)
    spaced(layout, gap=2 * GRID)
    for form in forms:
        layout.addWidget(form)
    whole.setFocusProxy(forms[0])
    return whole


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
