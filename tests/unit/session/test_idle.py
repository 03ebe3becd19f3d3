"""Settings that change nothing are said, and only those: held against what training really does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.core.slips import slips
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.frames import FrameMaker
from dlviz.session.idle import SLIP, idle_settings
from dlviz.session.network_presets import NETWORKS as EXERCISES
from dlviz.session.network_presets import batch_norm
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import RECIPES, document_for, example_document, first_document, step_document
from dlviz.session.run import Run
from dlviz.session.subject_presets import EXAMPLES
from dlviz.session.trainer import Trainer

STEPS = 6
ROWS = np.random.default_rng(2).normal(size=(8, 2))
TARGETS = np.random.default_rng(3).uniform(0.1, 0.9, size=(8, 1))
NETWORKS: dict[str, tuple[LayerSpec, ...]] = {
    "deep": (dense("h", 3, "tanh"), dense("g", 2, "sigmoid"), dense("o", 1, "sigmoid")),
    "chain": (dense("h", 1, "tanh"), dense("g", 1, "sigmoid"), dense("o", 1, "linear")),
    "neuron": (dense("o", 1, "sigmoid"),),
    "line": (dense("o", 1, "linear"),),
    "lstm": (LayerSpec("r", "lstm", settings={"units": 2}), dense("o", 1, "linear")),
}


def document(layers: tuple[LayerSpec, ...] = NETWORKS["deep"], **plan: Any) -> Document:
    is_sequence = any(layer.kind == "lstm" for layer in layers)
    network = NetworkSpec(layers, (InputSpec("x", (2, 1) if is_sequence else (2,)),))
    rows = Dataset("Rows", "regression", ROWS, TARGETS, ("a", "b"), ("y",))
    return Document("Rows", 3, data=DataSpec("table", dataset=rows), network=network, training=TrainingSpec(**plan))


def first_with(**settings: Any) -> tuple[LayerSpec, ...]:
    """Return the deep network with further settings in its first layer."""
    first, *rest = NETWORKS["deep"]
    return (replace(first, settings={**first.settings, **settings}), *rest)


def learnt(of: Document) -> tuple[bytes, bytes]:
    """Return the bits of losses and parameters after some steps."""
    trainer, losses = Trainer(of, prepared_for(of)), np.zeros(STEPS)
    trainer.run(STEPS, losses)
    return losses.tobytes(), b"".join(each.tobytes() for each in trainer.read().values())


def places(of: Document) -> list[str]:
    return [each.place for each in idle_settings(of)]


@pytest.mark.parametrize("key", optimizers.keys())
@pytest.mark.parametrize(
    ("place", "plan"),
    [
        ("training.schedule", {"schedule": chosen("exponential", base=0.5, per="batch")}),
        ("training.clip", {"clip": chosen("value", max_value=1e-3)}),
        ("training.clip", {"clip": chosen("norm", max_norm=1e-3)}),
        ("training.clip", {"clip": chosen("global_norm", max_norm=1e-3)}),
    ],
)
def test_a_plan_is_idle_with_an_optimizer_exactly_if_nothing_changes(
    key: str, place: str, plan: dict[str, Choice]
) -> None:
    usual, other = (document(optimizer=Choice(key), batch_size=4, **more) for more in ({}, plan))
    changes_nothing = learnt(usual)[1] == learnt(other)[1]
    assert (place in places(other)) == changes_nothing
    assert not idle_settings(usual)


@pytest.mark.parametrize("key", optimizers.keys())
def test_the_rate_of_a_layer_counts_with_every_optimizer(key: str) -> None:
    usual, other = document(optimizer=Choice(key)), document(first_with(lr_scale=0.3), optimizer=Choice(key))
    assert learnt(usual) != learnt(other)
    assert not idle_settings(other)


@pytest.mark.parametrize("key", slips.keys())
@pytest.mark.parametrize(
    ("name", "loss"),
    [
        *((name, chosen("squared_error", factor=factor)) for name in NETWORKS for factor in (1.0, 0.5)),
        *((name, chosen("binary_cross_entropy", base=base)) for name in ("deep", "neuron") for base in ("e", "10")),
    ],
)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("n", [1, 4])
def test_a_slip_is_idle_exactly_if_nothing_changes(key: str, name: str, loss: Choice, optimizer: str, n: int) -> None:
    right = document(NETWORKS[name], batch_size=n, optimizer=chosen(optimizer, lr=0.1), loss=loss)
    wrong = replace(right, training=replace(right.training, slip=Choice(key)))
    assert (SLIP in places(wrong)) == (learnt(right) == learnt(wrong))


def frozen(*names: str, **plan: Any) -> Document:
    return document(first_with(lr_scale=0.3, regularizer=chosen("max_norm", limit=0.01)), frozen=names, **plan)


def test_rates_and_limits_of_frozen_layers_are_idle() -> None:
    assert places(frozen("h")) == ["h", "h"]
    assert not idle_settings(frozen("h.b"))
    plain = document(frozen=("h",))
    assert learnt(plain) == learnt(frozen("h"))


def test_a_layer_without_a_rate_keeps_its_weights_whatever_their_limit() -> None:
    made = document(first_with(lr_scale=0.0, regularizer=chosen("max_norm", limit=0.01)))
    trainer = Trainer(made, prepared_for(made))
    before = trainer.read()["h.W"]
    trainer.run(3, np.zeros(3))
    assert np.array_equal(before, trainer.read()["h.W"])


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (document(frozen=("h", "g", "o.W", "o.b")), "Every parameter is frozen: training changes nothing."),
        (
            document((LayerSpec("d", "dropout"), dense("o", 1)), frozen=("d",)),
            "Freezing d changes nothing: training never moves it.",
        ),
        (document(optimizer=chosen("sgd", decays="all")), "decays changes nothing: the weight decay is 0."),
        (
            document(shuffle=False, replacement=True),
            "Leaving rows unshuffled changes nothing: they are drawn with replacement.",
        ),
        (
            document((dense("o", 1, bias=False, bias_initializer=Choice("normal")),)),
            "bias_initializer of o changes nothing: bias is false.",
        ),
        (
            document((LayerSpec("r", "lstm", settings={"units": 2, "truncation_steps": 2}), dense("o", 1))),
            "truncation_steps of r changes nothing: truncation is none.",
        ),
        (
            Document(rule=Choice("perceptron"), training=TrainingSpec(batch_size=3, clip=chosen("value"))),
            "A rule has its own settings and takes row by row: training.batch_size, training.clip changes nothing.",
        ),
    ],
)
def test_each_is_said_in_one_sentence(made: Document, sentence: str) -> None:
    assert [each.sentence for each in idle_settings(made)] == [sentence]


def test_frames_carry_them() -> None:
    run = Run(document(NETWORKS["chain"], slip=Choice("one_path")))
    assert [each.place for each in FrameMaker().make(run, is_running=False).idle] == [SLIP]
    run.edit(document(NETWORKS["chain"]), "no mistake")
    assert FrameMaker().make(run, is_running=False).idle == ()


def test_a_document_that_cannot_be_used_has_none() -> None:
    assert idle_settings(Document()) == ()
    assert idle_settings(document(loss=Choice("sparse_categorical_cross_entropy"), slip=Choice("log10"))) == ()


SHIPPED = [*(each.make for each in (*EXAMPLES, *EXERCISES)), first_document, step_document, example_document]


@pytest.mark.parametrize("make", SHIPPED)
def test_no_document_that_ships_has_any(make: Callable[[], Document]) -> None:
    told = [each.sentence for each in idle_settings(make())]
    # That its bias does nothing is what the example of batch norm is for.
    assert told == (["The biases of h change nothing: batch norm subtracts the mean of its sums."]
                    if make is batch_norm else [])  # fmt: skip


@pytest.mark.parametrize("kind", RECIPES)
def test_no_built_in_set_is_learnt_with_any(kind: str) -> None:
    assert idle_settings(document_for(kind)) == ()
