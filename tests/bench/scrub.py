"""Scrub: from anywhere in a run of 2 000 epochs to anywhere else, picture included, and what remembering it takes."""

from time import process_time

import numpy as np

from dlviz.core.choice import chosen
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.edits import set_optimizer_setting
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.runs import COLUMN_BYTES, Runs
from dlviz.session.snapshots import ALL_BYTES, MIB
from tests.bench import datasets, ours
from tests.bench.timing import Effort, no_collection
from tests.bench.workload import OURS, Row

KEY = "scrub"
SIZES, BATCH, N_ROWS, EPOCHS = (2, 8, 8, 1), 10, 250, 2000
MUST_MS = 150.0
BRANCHES = 8
PLACES = 300  # random ones; fewer for a first look


def document() -> Document:
    """Return 2-8-8-1 with shuffled batches and Adam."""
    training = TrainingSpec(chosen("squared_error"), chosen("adam", lr=0.003), BATCH, shuffle=True)
    return ours.document(ours.network(SIZES, "tanh", "tanh"), SIZES, ours.table(*datasets.circles(N_ROWS)), training,
                         "float64")  # fmt: skip


def trained(runs: Runs, step: int) -> None:
    """Train the current run up to a step."""
    while runs.run.step < step:
        runs.run.advance(step - runs.run.step)


def worst_ms(runs: Runs, places: int) -> float:
    """Return the CPU milliseconds of the slowest way to one of some random places, until it can be drawn."""
    maker = FrameMaker()
    maker.interest = Interest(frozenset({"curves", "maps", "parameters", "predictions"}))
    maker.make(runs.run, is_running=False)
    found = []
    with no_collection():
        for step in np.random.default_rng(0).integers(0, runs.run.timeline.end, places).tolist():
            start = process_time()
            runs.run.seek(step)
            maker.make(runs.run, is_running=False)
            found.append(process_time() - start)
    return 1000 * max(found)


def remembered(runs: Runs) -> int:
    """Return the bytes of snapshots, curves and distributions of all runs."""
    histories = [runs.run.history, *(each.moment.history for each in runs._entries.values() if each.moment)]
    columns = sum(each.nbytes + each.columns.nbytes for each in histories)
    return runs.run.history.snapshots.nbytes + columns


def scrub(effort: Effort) -> list[Row]:
    """Scrub through one run, then through the last of several branches of it; weigh what all of them keep."""
    places = max(PLACES * effort.rounds // Effort().rounds, 30)
    runs = Runs(document())
    end = EPOCHS * runs.run.trainer.batches_per_epoch
    trained(runs, end)
    rows = [Row(KEY, OURS, worst_ms(runs, places), "ms", must=MUST_MS, is_limit=True)]
    for number in range(1, BRANCHES + 1):
        runs.run.seek(end * number // (BRANCHES + 1))
        runs.edit(set_optimizer_setting(runs.run.document, "lr", 0.003 / (1 + number)), "rate")
        trained(runs, end)
    rows.append(Row(KEY, f"{OURS}, {BRANCHES + 1} runs", worst_ms(runs, places), "ms", must=MUST_MS, is_limit=True))
    budget = (ALL_BYTES + COLUMN_BYTES) / MIB
    rows.append(Row(KEY, "memory of all runs", remembered(runs) / MIB, "MB", must=budget, is_limit=True))
    return rows
