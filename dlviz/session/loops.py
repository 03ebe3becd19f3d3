"""What goes round the steps of a document's pass, for its pseudo-code."""

from dlviz.core.pseudocode import Loops
from dlviz.core.rules import resolve
from dlviz.core.rules.kind import IN_ORDER
from dlviz.core.schedules import schedules
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.subject import WHOLE


def loops_of(document: Document, batches_per_epoch: int) -> Loops:
    """Return how a document goes over its rows: one by one, in batches, or all at once."""
    if document.subject in WHOLE:
        return Loops("formula")
    if document.rule is not None:
        return Loops("rule", order=str(resolve(document.rule)[1].get("order", IN_ORDER)))
    plan = document.explicit.training
    is_drawn = document.conventions.draws_again if plan.replacement is None else plan.replacement
    is_whole = batches_per_epoch == 1 and plan.batch_size > 1
    schedule = "" if plan.schedule is None else tr(schedules.get(plan.schedule.kind).title)
    return Loops(
        "online" if plan.batch_size == 1 else "batch" if is_whole else "mini-batch",
        plan.batch_size, plan.shuffle, is_drawn, schedule=schedule, rate=document.notation.rate,
    )  # fmt: skip
