"""One recorded step of a learning rule, a formula or a sheet, as `dlviz trace` reports it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.prepare import prepare
from dlviz.session.document import Document
from dlviz.session.formula_trainer import FormulaTrainer
from dlviz.session.rule_trainer import RuleTrainer
from dlviz.session.sheet_trainer import SheetTrainer
from dlviz.session.subject import WHOLE
from dlviz.session.trace_report import TraceReport

ANSWERS = ("o.a", "o.z")  # what a rule answers: the activation if there is one, else the weighted sum
GRADIENT = ".grad"


def trace_of_subject(document: Document, rows: Sequence[int] | None) -> TraceReport:
    """Record one step of a rule, on the given row or the first in order, or the whole of a formula or sheet.

    Raises: DataError for rows that are not there or more than one; SpecError, ShapeError, FormulaError.
    """
    if document.subject in WHOLE and rows is not None:
        raise DataError(f"Expected no rows, for a {document.subject} has none. Received: some")
    if document.subject == "sheet":
        return TraceReport(SheetTrainer(document).record(), float("nan"), np.zeros((1, 0)), {}, {})
    return _of_formula(document) if document.subject == "formula" else _of_rule(document, rows)


def _of_rule(document: Document, rows: Sequence[int] | None) -> TraceReport:
    trainer = RuleTrainer(document, prepare(document.data, document.seed))
    if rows is not None and len(rows) != 1:
        raise DataError(f"Expected one row, for a rule learns from one at a time. Received: {len(rows)}")
    recorded = trainer.record() if rows is None else trainer.record_row(rows[0])
    written = {name: values for step in recorded.steps for name, values in step.writes.items()}
    answer = next((written[name] for name in ANSWERS if name in written), np.zeros((1, 0)))
    loss = float(written["loss"].item()) if "loss" in written else float("nan")
    names = {f"o.d{name[2:]}": name for name in trainer.read()}
    gradients = {names[name]: values for name, values in written.items() if name in names}
    return TraceReport(recorded, loss, answer, gradients, trainer.read())


def _of_formula(document: Document) -> TraceReport:
    walked = FormulaTrainer(document).walked
    gradients: dict[str, NDArray[np.generic]] = {}
    for step in walked.trace.steps:
        gradients |= {name.removesuffix(GRADIENT): each for name, each in step.writes.items() if GRADIENT in name}
    return TraceReport(walked.trace, float("nan"), walked.values[walked.output].reshape(1, 1), gradients, {})
