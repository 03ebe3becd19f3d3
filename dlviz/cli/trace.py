"""Print one forward, backward and update: every step with its formula and values."""

import argparse
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dlviz.cli.documents import DIGITS, declare_document, document_of, number, print_json, values
from dlviz.core.notation import Notation
from dlviz.core.trace import Step
from dlviz.i18n import tr
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.trace_report import TraceReport
from dlviz.session.walk import divergence


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz trace`."""
    parser.description = tr("Print one forward, backward and update: every step with its formula and values.")
    declare_document(parser)
    parser.add_argument("--samples", type=_rows, default=None, metavar="I,J…", help=tr("rows of the data, from 0"))
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help=tr("the same as --format json")
    )


def run(arguments: argparse.Namespace) -> int:
    """Walk one batch and print it."""
    document = document_of(arguments)
    report = headless.trace(document, arguments.samples)
    if arguments.format == "json":
        print_json(as_json(report))
    else:
        _print_table(report, document)
    return 0


def as_json(report: TraceReport) -> dict[str, Any]:
    """Return the report as the documents describe it, all numbers in full."""
    return {
        "rows": report.trace.rows,
        "loss": report.loss,
        "loss_after": report.trace.loss_after,
        "lr": report.trace.lr,
        "outputs": report.outputs,
        "gradients": report.gradients,
        "parameters_after": report.parameters_after,
        "steps": [_step_json(step) for step in report.trace.steps],
    } | ({"no_way_back": report.trace.no_way_back} if report.trace.no_way_back else {})


def _step_json(step: Step) -> dict[str, Any]:
    described = {
        "index": step.index,
        "phase": step.phase,
        "node": step.node,
        "op": step.op,
        "formula": step.formula,
        "reads": step.reads,
        "writes": step.writes,
    }
    marks = {"derived": True} if step.derived else {}
    return described | marks | ({"slip": step.slip} if step.slip else {})


def _print_table(report: TraceReport, document: Document) -> None:
    table = Table(box=None, pad_edge=False)
    for title in (tr("step"), tr("phase"), tr("node"), tr("formula"), tr("values")):
        table.add_column(title, overflow="fold")
    for step in report.trace.steps:
        written = "\n".join(f"{name} = {_values(array, document.notation)}" for name, array in step.writes.items())
        formula = document.formula_of(step)
        formula = tr("{formula} [wrong on purpose]", formula=formula) if step.slip else formula
        table.add_row(str(step.index), step.phase, step.node, formula, written)
    console = Console(markup=False, highlight=False)
    console.print(table)
    broken = divergence(report.trace)
    if broken is not None:
        formula = document.formula_of(report.trace.steps[broken.index])
        console.print(tr("Not finite first in step {index}: {formula}", index=broken.index, formula=formula))
    losses = (report.loss, report.trace.loss_after)
    before, after = (document.notation.decimal(number(each, 10)) for each in losses)
    if report.trace.no_way_back:
        console.print(tr("loss {before}. {reason}", before=before, reason=report.trace.no_way_back))
    elif math.isfinite(report.loss):
        console.print(tr("loss {before}, after the update {after}", before=before, after=after))


def _values(array: NDArray[np.generic], notation: Notation) -> str:
    """Write an array; behind decimal commas its entries stand apart by semicolons."""
    written = values(array, max(DIGITS, notation.digits))
    return notation.decimal(written.replace(", ", "; ")) if notation.has_comma else written


def _rows(text: str) -> tuple[int, ...]:
    if not all(part.strip().isdecimal() for part in text.split(",")):
        raise argparse.ArgumentTypeError(tr("expected row numbers such as 0,3,5. Received: {given!r}", given=text))
    return tuple(int(part) for part in text.split(","))
