"""Every step that is told can be typeset, whatever the layer, activation or optimizer."""

from collections.abc import Iterator

import pytest
from latex2mathml.converter import convert

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.narration import Focus, Narration, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.gui.typeset.pieces import formulas_of, pieces_of
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, network, recorded, two_layers

LONG = "a_long_id_1"


def sequence(kind: str) -> NetworkSpec:
    return NetworkSpec((LayerSpec(LONG, kind, (), {"units": 2}), dense("o", 2)), (InputSpec("x", (3, 2)),))


def told(spec: NetworkSpec, optimizer: Choice, runs: int = 1) -> Iterator[Narration]:
    trace, plan = recorded(spec, optimizer=optimizer, n=2, runs=runs)
    for step in trace.steps:
        yield narrate(step, trace, plan)
        yield narrate(step, trace, plan, Focus(unit=1, source=1, sample=1))


def typeset(narration: Narration) -> None:
    for is_hidden in (False, True):
        for formula in formulas_of(pieces_of(narration, is_hidden)):
            assert convert(formula).startswith("<math")


@pytest.mark.parametrize("key", optimizers.keys())
def test_steps_of_every_optimizer(key: str) -> None:
    for narration in told(two_layers(), Choice(key), runs=3):
        typeset(narration)


@pytest.mark.parametrize("key", [entry.key for entry in activations if entry.has_gradient])
def test_steps_of_every_activation(key: str) -> None:
    for narration in told(two_layers(key), Choice("sgd")):
        typeset(narration)


NETWORKS = {
    **IMAGE_NETWORKS,
    **{kind: sequence(kind) for kind in ("simple_rnn", "gru", "lstm")},
    **{
        kind: network(dense("h", 3), LayerSpec(LONG, kind), dense("o", 2))
        for kind in ("dropout", "batch_norm", "layer_norm", "activation")
    },
    "concatenate": network(dense("h", 2), LayerSpec(LONG, "concatenate", ("h", "x")), dense("o", 2)),
    "shared": network(dense("h", 3), LayerSpec(LONG, shares="h"), dense("o", 2)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_steps_of_every_kind_of_layer(name: str) -> None:
    for narration in told(NETWORKS[name], Choice("sgd")):
        typeset(narration)
