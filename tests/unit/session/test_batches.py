"""Batches that stand in their epoch's order, and batches that are gathered, train to the same bits."""

import numpy as np
import pytest

from dlviz.session import batches
from dlviz.session.batches import Gathered, Standing, last_batch_size, n_batches
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer

LAYERS = [
    {"id": "h", "units": 4, "activation": "tanh"},
    {"id": "d", "kind": "dropout", "rate": 0.3},
    {"id": "n", "kind": "batch_norm", "activation": "sigmoid"},
    {"id": "o", "units": 2},
]


def document(**training: object) -> Document:
    layers = LAYERS if training.get("batch_size") != 1 else [each for each in LAYERS if each["id"] != "n"]
    dice = np.random.default_rng(1)
    table = {"inputs": dice.normal(size=(23, 3)).tolist(), "targets": dice.normal(size=(23, 2)).tolist()}
    return document_from_json({
        "format": "dlviz", "version": 1, "seed": 9, "dtype": "float64", "data": {"kind": "table", **table},
        "network": {"layers": layers}, "training": {"optimizer": "adam", "batch_size": 5, **training},
    })  # fmt: skip


def trained(document: Document, steps: tuple[int, ...] = (3, 1, 12, 9)) -> tuple[Trainer, np.ndarray]:
    trainer = Trainer(document, prepared_for(document))
    noted = np.zeros(sum(steps))
    done = 0
    for count in steps:
        trainer.run(count, noted[done:])
        done += count
    return trainer, noted


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"shuffle": False},
        {"replacement": True},
        {"batch_size": 1},
        {"batch_size": 100},
        {"schedule": {"kind": "exponential"}},
    ],
    ids=str,
)
def test_both_ways_train_to_the_same_bits(training: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    standing, losses = trained(document(**training))
    monkeypatch.setattr(batches, "STANDING_NUMBERS", 0)
    gathered, others = trained(document(**training))
    assert isinstance(standing._batches, Standing)
    assert isinstance(gathered._batches, Gathered)
    assert standing.memory.kept.tobytes() == gathered.memory.kept.tobytes()
    assert losses.tobytes() == others.tobytes()


def test_a_recorded_batch_names_the_rows_it_was_made_of() -> None:
    made = document(shuffle=True)
    trainer, _ = trained(made)
    trace = trainer.record()
    assert np.array_equal(trace.before["x"], trainer.prepared.inputs[trace.rows])


def test_large_sets_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "STANDING_NUMBERS", 100)
    assert isinstance(trained(document())[0]._batches, Gathered)


@pytest.mark.parametrize(("n", "size", "count", "last"), [(23, 5, 5, 3), (20, 5, 4, 5), (3, 10, 1, 3), (7, 1, 7, 1)])
def test_the_last_batch_takes_what_is_left(n: int, size: int, count: int, last: int) -> None:
    assert (n_batches(n, size), last_batch_size(n, size)) == (count, last)
