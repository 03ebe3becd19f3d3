"""Train variations of a document side by side, and compare how they end."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dlviz.cli.documents import declare_document, document_of, number, print_json, read_value
from dlviz.cli.messages import INTERRUPTED, SUCCESS
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.format.choice import choice_to_json
from dlviz.session.score import Score
from dlviz.session.vary import Experiment, ExperimentView, Trial, Varied
from dlviz.session.vary.experimenter import Experimenter
from dlviz.session.vary.measures import Measure, measure_of, measures_of
from dlviz.session.vary.plan import check_experiment
from dlviz.session.vary.pool import processes
from dlviz.session.vary.rate_finding import rate_finding
from dlviz.session.vary.recipes import experiment_of, recipes
from dlviz.session.vary.settings import PLANNED, name_of, read_path, words

LOOK_SECONDS = 0.05
#: Columns of the table; JSON has all.
COLUMNS: Mapping[Measure, str] = {
    "train_loss": "train loss", "validation_loss": "validation loss", "test_loss": "test loss", "seconds": "seconds",
    "gradient_evaluations": "gradients",
}  # fmt: skip


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz vary`."""
    parser.description = tr("Train variations of a document side by side, and compare how they end.")
    declare_document(parser)
    parser.add_argument("--recipe", default="", choices=("", *recipes.keys()), help=tr("an experiment to start from"))
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=V,V",
        help=tr("a setting and its values, such as training.optimizer.lr=0.01,0.1; once or twice"),
    )  # fmt: skip
    parser.add_argument("--seeds", default="", metavar="N,N", help=tr("of first weights and batches, such as 1,2,3"))
    parser.add_argument("--epochs", type=int, default=None, metavar="N", help=tr("how long each training is"))
    parser.add_argument("--workers", type=int, default=None, metavar="N", help=tr("trainings at once"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    """Train all, and print a table or JSON; after Ctrl+C what was over by then."""
    if arguments.workers is not None and arguments.workers < 1:
        raise SpecError(tr("Expected at least 1. Received: {n}", n=arguments.workers), place="--workers")
    experiment = _experiment(arguments, document_of(arguments))
    check_experiment(experiment)
    view = _carried_out(experiment, arguments.workers)
    if arguments.json:
        print_json(as_json(view))
    else:
        _print(view)
    return SUCCESS if view.stage == "done" else INTERRUPTED


def _experiment(arguments: argparse.Namespace, document: Document) -> Experiment:
    if not (arguments.recipe or arguments.set or arguments.seeds):
        raise SpecError(tr("Expected something to vary: --recipe, --set or --seeds. Received: none"))
    base = experiment_of(arguments.recipe, document) if arguments.recipe else Experiment(
        document, length=document.training.epochs
    )  # fmt: skip
    varied = tuple(_varied(document, word) for word in arguments.set)
    length = base.length if arguments.epochs is None else arguments.epochs
    seeds = _seeds(arguments.seeds) or base.seeds
    return Experiment(base.document, varied or base.varied, seeds, length, recipe=base.recipe)


def _varied(document: Document, word: str) -> Varied:
    path, equals, values = word.partition("=")
    if not equals:
        raise SpecError(tr("Expected PATH=VALUE,VALUE. Received: {word!r}", word=word), place="--set")
    is_entry = path.removeprefix("training.") in PLANNED or isinstance(read_path(document, path), Choice)
    read = _entry if is_entry else read_value
    return Varied(path, tuple(read(each) for each in values.split(",") if each))


def _entry(word: str) -> Choice:
    """Read "adam:lr=0.01:eps=1e-7"."""
    kind, *settings = word.split(":")
    pairs = [each.partition("=") for each in settings]
    return Choice(kind, {name: read_value(value) for name, _, value in pairs})


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(each) for each in text.split(",") if each)
    except ValueError:
        raise SpecError(tr("Expected whole numbers such as 1,2,3. Received: {given!r}", given=text), place="--seeds")\
            from None  # fmt: skip


def _carried_out(experiment: Experiment, workers: int | None) -> ExperimentView:
    experimenter = Experimenter(processes(workers))
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    try:
        experimenter.begin(experiment)
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task(tr("training"), total=1.0, said="")
            while experimenter.is_busy:
                _look(experimenter)
                if experimenter.view is not None:
                    view = experimenter.view
                    over = sum(each.progress == 1.0 for each in view.trials)
                    said = tr("{over} of {n}", over=over, n=len(view.trials))
                    progress.update(bar, completed=view.progress, said=said)
        assert experimenter.view is not None
        return experimenter.view
    finally:
        experimenter.close()


def _look(experimenter: Experimenter) -> None:
    """Look once, after a while; Ctrl+C cancels and keeps what is over."""
    try:
        experimenter.work()
        time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        experimenter.cancel()


def as_json(view: ExperimentView) -> dict[str, Any]:
    """Return an experiment as plain data: the varied settings, and every training."""
    paths = [each.path for each in view.experiment.varied]
    found: dict[str, Any] = {"settings": paths, "runs": [_trial_json(trial, paths) for trial in view.trials]}
    finding = rate_finding(view)
    if finding is not None:
        found["rate"] = {"suggested": finding.suggested, "lowest": finding.lowest, "breaks_at": finding.breaks_at}
    return found


def _trial_json(trial: Trial, paths: list[str]) -> dict[str, Any]:
    values = {
        path: choice_to_json(value, PLANNED[path.removeprefix("training.")])
        if isinstance(value, Choice) and path.removeprefix("training.") in PLANNED
        else getattr(value, "kind", value)
        for path, value in zip(paths, trial.values, strict=True)
    }
    told = {"values": values, "seed": trial.seed, "status": trial.status, "message": trial.message}
    ended = trial.ended
    if ended is None:
        return told
    scores: dict[str, Score | None] = {"train": ended.train, "validation": ended.validation, "test": ended.test}
    return told | {
        "epochs": ended.epochs, "steps": ended.steps, "seconds": ended.seconds,
        "gradient_evaluations": ended.gradient_evaluations, "diverged_at": ended.diverged_at,
        **{name: None if score is None else {"loss": score.loss, **score.metrics} for name, score in scores.items()},
    }  # fmt: skip


def _print(view: ExperimentView) -> None:
    measures = [each for each in measures_of(view) if each in COLUMNS]
    document = view.experiment.document
    table = Table(box=None, pad_edge=False)
    for each in view.experiment.varied:
        table.add_column(name_of(document, each.path))
    for title in (tr("seed"), *(tr(COLUMNS[each]) for each in measures)):
        table.add_column(title, justify="right")
    table.add_column(tr("outcome"))
    for trial in view.trials:
        figures = [number(measure_of(view, trial, each), 5) for each in measures]
        table.add_row(*map(words, trial.values), str(trial.seed), *figures, _outcome(trial))
    console = Console(highlight=False, markup=False)
    console.print(table)
    for message in dict.fromkeys(trial.message for trial in view.trials if trial.message):
        console.print(message)
    finding = rate_finding(view)
    if finding is not None and finding.suggested is not None:
        console.print(tr("A rate to begin with: {rate}, {rule}.", rate=number(finding.suggested), rule=finding.rule))


def _outcome(trial: Trial) -> str:
    if trial.status == "diverged" and trial.ended is not None:
        return tr("diverged at step {step}", step=trial.ended.diverged_at)
    return tr(trial.status)
