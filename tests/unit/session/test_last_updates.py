"""The last updates of a weight are those that the run made, wherever it stands."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.explain import Weight
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer
from dlviz.session.updates import LastUpdates

WEIGHT = Weight("h.W", (2, 1))


def document() -> Document:
    layers = (dense("h", 6, "tanh"), LayerSpec("d", "dropout", settings={"rate": 0.3}), dense("o", 1, "tanh"))
    training = TrainingSpec(optimizer=chosen("adam", lr=0.05), batch_size=8)
    return Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers), training=training)


def copy_of(run: Run) -> Trainer:
    return Trainer(run.document, run.prepared)


@pytest.mark.parametrize("steps", [1, 3, 5, 700])
def test_they_are_the_differences_of_a_run_of_its_own(steps: int) -> None:
    run = Run(document())
    while run.step < steps:
        run.advance(steps - run.step)
    found = LastUpdates().of(run, WEIGHT, lambda: copy_of(run))
    alone, values = copy_of(Run(document())), []
    losses = np.zeros(1)
    for _ in range(steps):
        values.append(float(alone.read()["h.W"][2, 1]))
        alone.run(1, losses)
    values.append(float(alone.read()["h.W"][2, 1]))
    assert [each.batch for each in found] == list(range(max(steps - 5, 0) + 1, steps + 1))
    assert [each.value for each in found] == values[-len(found) :]
    assert [each.change for each in found] == np.diff(values)[-len(found) :].tolist()


def test_a_walk_in_hand_does_not_count() -> None:
    run = Run(document())
    run.advance(9)
    run.walk_to(4)
    found = LastUpdates().of(run, WEIGHT, lambda: copy_of(run))
    assert [each.batch for each in found] == [5, 6, 7, 8, 9]
    assert found[-1].value == run.walk.trace.before["h.W"][2, 1]


def test_there_are_none_before_the_first_batch_and_after_an_edit() -> None:
    run = Run(document())
    assert LastUpdates().of(run, WEIGHT, lambda: copy_of(run)) == ()
    run.advance(9)
    run.type_parameter("h.W", (2, 1), 0.5, "w")
    assert LastUpdates().of(run, WEIGHT, lambda: copy_of(run)) == ()


def test_nothing_is_replayed_that_takes_long() -> None:
    wide = NetworkSpec((dense("h", 4000, "tanh"), dense("o", 1, "tanh")))
    run = Run(replace(document(), network=wide, training=TrainingSpec(batch_size=200)))
    run.advance(80)
    assert LastUpdates().of(run, WEIGHT, lambda: copy_of(run)) == ()
