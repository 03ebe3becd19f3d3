"""Whose answers the map shows: this run's, or those of networks that were trained alike from several seeds."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr, trn
from dlviz.session.differences import change_words, differences
from dlviz.session.document import Document
from dlviz.session.vary import Experiment, ExperimentView
from dlviz.session.vary.agreement import countable, is_of_seeds
from dlviz.session.vary.recipes import experiment_of, recipes, refusal

RECIPE = "restarts"  # the experiment that is started here
Deed = Literal["train", "again", "cancel", ""]


@dataclass(frozen=True)
class Standing:
    """How far the networks of several seeds are: in short, in full, and what can be done about it."""

    words: str
    tip: str
    deed: Deed = ""


class SeedsBar(QWidget):
    """A choice of this run or several seeds; beside it how far these are, and a button to train them."""

    changed = Signal()  # by the user: the other answers are wanted
    started = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        choices = (("run", tr("this run")), ("seeds", tr("seeds")))
        self.which = Words(tr("Whose answers are shown: those of this run, or of networks from several seeds"), choices)
        self.which.setToolTip(
            tr("The answers of this run, or where networks agree that begin at other weights and meet other batches")
        )
        self.said, self.go = Elided("", "muted", "small"), TextButton("", is_link=True)
        self.standing = Standing("", "")
        self._document: Document | None = None
        self._view: ExperimentView | None = None
        layout = QHBoxLayout(self)
        spaced(layout, gap=GRID)
        layout.addWidget(self.which, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.said, 1)
        layout.addWidget(self.go)
        self.setFixedHeight(self.go.sizeHint().height())  # also where there is no button, so that no picture jumps
        self.which.chosen.connect(self._change)
        self.go.clicked.connect(self._do)
        self._show()

    @property
    def is_on(self) -> bool:
        """Whether the answers of several seeds are wanted."""
        return self.which.key() == "seeds" and not self.isHidden()

    def turn_on(self) -> None:
        """Show the answers of several seeds."""
        self.which.set_key("seeds")
        self._change("seeds")

    def show_view(self, view: ExperimentView | None, document: Document) -> None:
        """Say how far the networks are that an experiment trains. document: the one on show."""
        if view is not self._view or document is not self._document:
            self._view, self._document = view, document
            self.standing = standing_of(view, document)
            self._show()

    @Slot(str)
    def _change(self, _key: str) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        is_on, standing = self.which.key() == "seeds", self.standing
        self.said.setText(standing.words if is_on else "")
        self.said.setVisible(is_on)  # else its room belongs to what stands beside it
        self.said.setToolTip(standing.tip if is_on else "")
        self.go.setVisible(is_on and bool(standing.deed))
        words, tip = _deed_words(standing.deed)
        if words != self.go.text():
            self.go.setText(words)
            describe(self.go, words, tip)
            self.go.updateGeometry()

    @Slot()
    def _do(self) -> None:
        (self.cancelled if self.standing.deed == "cancel" else self.started).emit()


def _deed_words(deed: Deed) -> tuple[str, str]:
    tip = tr("Train this network from other first weights beside the run, which stays as it is; Vary lists them")
    return {
        "train": (tr("Train"), tip), "again": (tr("Again"), tip),
        "cancel": (tr("Cancel"), tr("Networks that are trained stay")), "": ("", ""),
    }[deed]  # fmt: skip


def shows(view: ExperimentView | None, document: Document) -> bool:
    """Say whether an experiment trains networks of several seeds on the data of a document."""
    if view is None or not is_of_seeds(view.experiment):
        return False
    return view.experiment.document.data.prepares_like(document.data)


def standing_of(view: ExperimentView | None, document: Document) -> Standing:
    """Say how far the networks of several seeds are, and what can be done."""
    if view is not None and not view.is_over and not is_of_seeds(view.experiment):
        words = tr("Vary trains something else.")
        return Standing(words, words)
    why_not = refusal(recipes.get(RECIPE), document)
    if view is None or not shows(view, document):
        planned = None if why_not else experiment_of(RECIPE, document)
        words = why_not if planned is None else tr("{networks}, not trained yet", networks=networks_words(planned))
        return Standing(words, words, "" if why_not else "train")
    return _of_seeds(view, document, why_not)


def _of_seeds(view: ExperimentView, document: Document, why_not: str) -> Standing:
    experiment, counted = view.experiment, len(countable(view))
    is_other = bool(differences(experiment.document, document))
    left = [tr("{n} diverged", n=n)] if (n := sum(each.status == "diverged" for each in view.trials)) else []
    left += [tr("{n} too large to be kept", n=n)] if (n := _unkept(view)) else []
    told = [tr("since then {change}", change=change_words(experiment.document, document, tr("other settings")))]
    how_far = networks_words(experiment, counted) if view.is_over else tr("{n} of {all} trained", n=counted,
                                                                           all=len(view.trials))  # fmt: skip
    words = " · ".join([how_far, *left, *(told if is_other else [])])
    again: Deed = "again" if not why_not and (is_other or counted < len(view.trials)) else ""
    return Standing(words, _tip(view, words), "cancel" if not view.is_over else again)


def _unkept(view: ExperimentView) -> int:
    """Count the networks whose training is over but whose weights there was no memory for."""
    return sum(each.status in ("done", "stopped") for each in view.trials) - len(countable(view))


def networks_words(experiment: Experiment, count: int | None = None) -> str:
    """Say how many networks there are, and how long each is trained: "20 seeds, 200 epochs each"."""
    n, length = len(experiment.seeds) if count is None else count, experiment.length
    seeds = trn("1 seed", "{count} seeds", n, count=numbers.count(n))
    if experiment.unit == "epoch":
        each = trn("1 epoch each", "{count} epochs each", length, count=numbers.count(length))
    else:
        each = trn("1 step each", "{count} steps each", length, count=numbers.count(length))
    return tr("{seeds}, {each}", seeds=seeds, each=each)


def _tip(view: ExperimentView, words: str) -> str:
    """Say what was trained, and that nothing but the seed differs."""
    seeds = view.experiment.seeds
    return tr(
        "{words}. Seeds {first} to {last}: the same rows and settings, other first weights and batches. What is shown"
        " is the mean of their answers; Run ▸ Vary trains more of them, or longer.",
        words=words, first=min(seeds), last=max(seeds),
    )  # fmt: skip
