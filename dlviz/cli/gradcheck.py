"""Compare every parameter's gradient with central differences, worst first."""

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table

from dlviz.cli.documents import declare_document, document_of, number, print_json
from dlviz.cli.messages import SUCCESS, USER_ERROR, say
from dlviz.core.gradcheck import TOLERANCE, GradCheckReport, GradCheckRow, verdict
from dlviz.i18n import tr
from dlviz.session import headless


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz gradcheck`."""
    parser.description = tr("Compare every parameter's gradient with central differences, worst first.")
    declare_document(parser)
    parser.add_argument("--eps", type=float, default=None, help=tr("half the distance of two probes; courses use 1e-7"))
    parser.add_argument("--hold-masks", action="store_true", help=tr("let dropout keep one mask for the whole check"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    """Check, print, and return status 1 if a gradient fails."""
    document = document_of(arguments)
    report = headless.gradcheck(document, arguments.eps, arguments.hold_masks)
    for layer in document.network.layers:
        if layer.settings.get("truncation", "none") != "none":
            say(tr("{layer}: the way back through time is cut on purpose, so its gradients differ.", layer=layer.id))
    if arguments.json:
        slip = document.training.slip
        print_json(as_json(report) | ({} if slip is None else {"slip": slip.kind}))
    else:
        _print_table(report)
    return SUCCESS if report.passed else USER_ERROR


def as_json(report: GradCheckReport) -> dict[str, Any]:
    """Return the verdict and a row a parameter, worst first."""
    rows = [_row_json(row) for row in report.rows]
    return {
        "passed": report.passed,
        "ratio": report.ratio,
        "verdict": verdict(report.ratio),
        "tolerance": TOLERANCE,
        "skipped": report.skipped,
        "layers": report.layers,
        "parameters": rows,
    }


def _row_json(row: GradCheckRow) -> dict[str, Any]:
    place = _worst(row)
    return {
        "parameter": row.name,
        "passes": row.passes(),
        "ratio": row.ratio,
        "verdict": row.verdict(),
        "skipped": row.skipped,
        "worst": None
        if place is None
        else {"index": place, "analytic": row.analytic[place], "numeric": row.numeric[place]},
    }


def _worst(row: GradCheckRow) -> tuple[int, ...] | None:
    """Return where the two differ most; None if no entry could be compared."""
    return next(iter(row.worst(1)), None)


def _word(verdict: str) -> str:
    return {
        "great": tr("great"),
        "acceptable": tr("acceptable"),
        "check": tr("look closer"),
        "bug": tr("probably a bug"),
        "rounding": tr("within rounding"),
    }[verdict]


def _print_table(report: GradCheckReport) -> None:
    table = Table(box=None, pad_edge=False)
    for title in (tr("parameter"), tr("ratio"), tr("worst at"), tr("backward"), tr("difference"), tr("verdict")):
        table.add_column(title, justify="left" if title == tr("parameter") else "right")
    for row in report.rows:
        place = _worst(row)
        values = ("", "", "") if place is None else (
            str(list(place)), number(float(row.analytic[place]), 10), number(float(row.numeric[place]), 10)
        )  # fmt: skip
        word = _word(row.verdict())
        table.add_row(row.name, number(row.ratio, 3), *values, word if row.passes() else f"{tr('FAILS')}: {word}")
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(
        tr("ratio over all: {ratio}, {word}", ratio=number(report.ratio, 3), word=_word(verdict(report.ratio)))
    )
    if report.skipped:
        console.print(tr("{share:.1%} of the entries lie at a kink and were left out.", share=report.skipped))
