"""A gradient check as the window shows it: how far it is, what was found, and what it does and does not tell."""

from collections.abc import Iterator
from dataclasses import dataclass

from dlviz.core.gradcheck import GradCheckReport
from dlviz.core.inference import parameters
from dlviz.core.network import NetworkSpec
from dlviz.core.probe import Check
from dlviz.core.regularizers import Shares
from dlviz.core.regularizers import resolve as resolve_regularizer
from dlviz.core.slips import slips
from dlviz.i18n import tr
from dlviz.session.document import Document


@dataclass(frozen=True)
class GradientCheck:
    """A check of the gradients of one batch, of the weights that its forward pass read.

    step: number of the batch, from 1. eps: half the distance of two probes. n: rows of the batch.
    done, total: entries compared, and to be compared. report: once all are, or as far as they were when somebody
    cancelled. problem: why nothing can be checked; can_hold: it would work with one mask of dropout held.
    notes: sentences about what the check covers.
    """

    step: int
    eps: float
    n: int
    done: int = 0
    total: int = 0
    report: GradCheckReport | None = None
    is_cancelled: bool = False
    problem: str = ""
    can_hold: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether entries are still to be compared."""
        return self.report is None and not self.problem


def notes_about(document: Document, how: Check, n: int, dtype: str) -> tuple[str, ...]:
    """Say what a check of n rows covers, a sentence each: before anything is compared."""
    return tuple(_notes(document, how, n, dtype))


def _notes(document: Document, how: Check, n: int, dtype: str) -> Iterator[str]:
    training = document.training
    if training.slip is not None:
        yield tr("The run makes a mistake on purpose: {title}.", title=tr(slips.get(training.slip.kind).title))
    penalised = penalised_layers(document.network, n)
    if penalised:
        yield tr("The penalty of {layers} is part of the loss that is checked.", layers=", ".join(penalised))
    if how.holds_draws:
        yield tr("Every probe uses the masks of this batch, so that all compare the same network.")
    if dtype == "float32":
        yield tr("The run computes in float32, the check in float64: it judges formulas, not rounding.")
    if training.clip is not None:
        yield tr("Gradients are checked before they are clipped.")
    for layer in document.network.layers:
        if layer.settings.get("truncation", "none") != "none":
            yield tr("{layer}: the way back through time is cut on purpose, so its gradients differ.", layer=layer.id)


def penalised_layers(network: NetworkSpec, n: int) -> tuple[str, ...]:
    """Return the layers whose parameters have a penalty in the loss of n examples."""
    found = []
    for each in parameters(network):
        entry, settings = resolve_regularizer(each.regularizer)
        if entry.shares(settings, n) != Shares():
            found.append(each.layer)
    return tuple(dict.fromkeys(found))


def notes_after(report: GradCheckReport) -> tuple[str, ...]:
    """Say what of the entries was not compared, a sentence each."""
    kinks = sum(row.at_kinks for row in report.rows)
    left_out = tr("Left out: {count} of the entries, where a unit, a maximum or a penalty switches sides between "
                  "the probes.", count=kinks)  # fmt: skip
    drawn = [row for row in report.rows if not row.probed.all()]
    some = [tr("{some} of the {all} entries of {name} were drawn.",
               some=int(row.probed.sum()), all=row.probed.size, name=row.name) for row in drawn]  # fmt: skip
    return (*([left_out] if kinks else []), *some)
