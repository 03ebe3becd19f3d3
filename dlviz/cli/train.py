"""Train a document with a progress bar, and tell how it went."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dlviz.cli.documents import declare_document, document_of, number, print_json, values
from dlviz.cli.messages import say
from dlviz.core.metrics import Value
from dlviz.i18n import tr
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.files.atomic import save_error
from dlviz.session.files.project_file import read_project, write_project
from dlviz.session.headless import TrainProgress, TrainReport
from dlviz.session.score import Score


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz train`."""
    parser.description = tr("Train a document with a progress bar, and tell how it went.")
    declare_document(parser)
    parser.add_argument("--epochs", type=_count, default=None, metavar="N", help=tr("instead of the document's own"))
    parser.add_argument("--out", type=Path, default=None, metavar="FILE", help=tr("save the trained document here"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    """Train, save where asked, and print the outcome."""
    if arguments.out is not None:
        _require_folder(arguments.out)
        _tell_runs(arguments.file, arguments.out)
    report = train_with_progress(document_of(arguments), arguments.epochs, arguments.file)
    if arguments.out is not None:
        write_project(arguments.out, report.document)
    if arguments.json:
        print_json(as_json(report))
    else:
        print_outcome(report)
    return 0


def _require_folder(path: Path) -> None:
    """Raise SaveError before an hour of training, not after it, where the result has no folder to go to."""
    try:
        os.scandir(path.resolve().parent).close()
    except OSError as error:
        raise save_error(error, str(path), 0) from None


def _tell_runs(path: Path, out: Path) -> None:
    """Say before the training what the trained document will not have, as it may be written over the one with it."""
    kept = read_project(path).runs
    if kept is not None:
        words = tr("{name} keeps {n} runs, which {out} will not have: the trained weights are where it begins.",
                   name=path.name, n=len(kept.runs), out=out.name)  # fmt: skip
        say(words)


def train_with_progress(document: Document, epochs: int | None = None, path: Path | None = None) -> TrainReport:
    """Train while a progress bar on standard error follows."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    total = document.training.epochs if epochs is None else epochs
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(tr("training"), total=total, said="")

        def follow(reached: TrainProgress) -> None:
            said = tr("epoch {epoch}, loss {loss}", epoch=reached.epoch, loss=number(reached.loss, 4))
            progress.update(task, completed=reached.epoch, said=said)

        return headless.train(document, epochs, follow, path)


def as_json(report: TrainReport) -> dict[str, Any]:
    """Return the outcome as the documents describe it."""
    described = {
        "epochs": report.epochs,
        "steps": report.steps,
        "seconds": report.seconds,
        "steps_per_second": report.steps_per_second,
        "train": _score_json(report.train),
        "validation": _score_json(report.validation),
        "test": _score_json(report.test),
        "stopped_by": report.stopped_by,
    }
    described |= {} if report.penalty is None else {"penalty": report.penalty}
    slip = report.document.training.slip
    described |= {} if slip is None else {"slip": slip.kind}
    return described | ({} if report.diverged_at is None else {"diverged_at": report.diverged_at})


def _score_json(score: Score | None) -> dict[str, Any] | None:
    return None if score is None else {"loss": score.loss, **score.metrics}


def print_outcome(report: TrainReport) -> None:
    """Print a line on the run, then loss and metrics of each part of the data."""
    parts = {tr("train"): report.train, tr("validation"): report.validation, tr("test"): report.test}
    measured = report.train.metrics if report.train else {}
    names = [name for name, value in measured.items() if isinstance(value, float)]
    table = Table(box=None, pad_edge=False)
    for title in ("", tr("loss"), *names):
        table.add_column(title, justify="right" if title else "left")
    for part, score in parts.items():
        if score is not None:
            table.add_row(part, number(score.loss), *(_number_of(score, name) for name in names))
    console = Console(highlight=False, markup=False)
    console.print(_summary(report))
    console.print(table)
    if report.penalty is not None:
        said = tr("The weights' penalty is {penalty}; training adds it to the loss.", penalty=number(report.penalty))
        console.print(said)
    for part, score in parts.items():
        for name, value in score.metrics.items() if score is not None else ():
            if not isinstance(value, float):
                console.print(f"{name} ({part}): {_written(value)}")


def _number_of(score: Score, name: str) -> str:
    value = score.metrics[name]
    return number(value) if isinstance(value, float) else ""


def _written(value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number(each)}" for name, each in value.items()) or tr("none")
    return values(np.asarray(value))


def _summary(report: TrainReport) -> str:
    return tr(
        "epochs {epochs}, steps {steps}, {seconds:.2f} s, {rate:.0f} steps/s; {end}",
        epochs=report.epochs, steps=report.steps, seconds=report.seconds, rate=report.steps_per_second,
        end=_end(report),
    )  # fmt: skip


def _end(report: TrainReport) -> str:
    if report.stop is not None:
        return report.stop.reason
    if report.diverged_at is None:
        return tr("all epochs done")
    return tr("diverged at step {step}: try a smaller learning rate", step=report.diverged_at)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(tr("expected a whole number, at least 1. Received: {given!r}", given=text))
    return int(text)
