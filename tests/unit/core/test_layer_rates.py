"""Rates of single layers, frozen parameters and weight decay: what each parameter's own share of an update is."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.inference import validate
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.core.program import Binding, lower
from dlviz.session.document import Document
from dlviz.session.timeline import carry_over, first_state, named

LOSS = chosen("squared_error", factor=0.5)


def network(**scales: float) -> NetworkSpec:
    layers = [
        dense(name, units, "tanh", **({"lr_scale": scales[name]} if name in scales else {}))
        for name, units in (("h", 3), ("o", 2))
    ]
    return NetworkSpec(tuple(layers), (InputSpec("x", (2,)),))


def one_update(spec: NetworkSpec, optimizer: Choice, frozen: tuple[str, ...] = ()) -> Binding:
    """Return a binding after one update from fixed weights on fixed rows; its parameters began at 0.3."""
    program = lower(spec, LOSS, optimizer)
    memory = Memory(program.layout, optimizer, frozen)
    memory.load({each.name: np.full(each.shape, 0.3) for each in program.layout.parameters})
    binding = program.bind(memory, 2)
    binding.load(np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([[1.0, -1.0], [0.0, 0.5]]))
    run(binding.calls)
    return binding


@pytest.mark.parametrize("key", ["sgd", "momentum", "rmsprop", "adam", "rprop", "delta_bar_delta"])
def test_a_layer_with_a_scale_moves_so_many_times_as_far(key: str) -> None:
    plain = one_update(network(), chosen(key, lr=0.1)).memory.read("step")
    scaled = one_update(network(h=0.25), chosen(key, lr=0.1)).memory.read("step")
    for name, step in plain.items():
        assert_allclose(scaled[name], step * (0.25 if name.startswith("h") else 1), rtol=1e-14)


@pytest.mark.parametrize("key", optimizers.keys())
def test_a_scale_of_zero_and_frozen_are_the_same(key: str) -> None:
    scaled, frozen = one_update(network(h=0.0), chosen(key)), one_update(network(), chosen(key), ("h",))
    assert scaled.memory.kept.tobytes() == frozen.memory.kept.tobytes()
    assert (scaled.memory.read()["h.W"] == 0.3).all()
    assert (scaled.memory.read()["o.W"] != 0.3).all()


def test_a_second_use_has_the_rate_of_its_owner() -> None:
    twice = NetworkSpec(
        (dense("h", 2, lr_scale=0.5), LayerSpec("again", shares="h"), dense("o", 1)), (InputSpec("x", (2,)),)
    )
    scales = {each.name: each.lr_scale for each in lower(twice, LOSS, chosen("sgd")).layout.parameters}
    assert scales == {"h.W": 0.5, "h.b": 0.5, "o.W": 1.0, "o.b": 1.0}


def test_a_negative_scale_is_refused() -> None:
    with pytest.raises(SpecError, match="lr_scale to be a number at least 0 and at most 1000"):
        validate(network(h=-1.0))


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_decay_of_weights_leaves_biases_alone(kind: str) -> None:
    none = one_update(network(), chosen(kind, lr=0.1, weight_decay=0.0)).memory.read()
    both = one_update(network(), chosen(kind, lr=0.1, weight_decay=0.2)).memory.read()
    only = one_update(network(), chosen(kind, lr=0.1, weight_decay=0.2, decays="weights")).memory.read()
    for name, value in none.items():
        assert_allclose(both[name], value - 0.1 * 0.2 * 0.3, rtol=1e-13)
        assert_allclose(only[name], value if name.endswith("b") else both[name], rtol=1e-13)


def test_gains_begin_at_one_and_step_sizes_at_the_rate() -> None:
    document = Document(network=network())
    for key, state, first in (("delta_bar_delta", "gains", 1.0), ("rprop", "sizes", 0.25)):
        training = replace(document.training, optimizer=chosen(key, lr=0.25))
        start = first_state(replace(document, training=training))
        assert all((each == first).all() for each in named(start, replace(document, training=training))[state].values())


def test_a_unit_that_joins_brings_states_that_have_just_begun() -> None:
    training = replace(Document().training, optimizer=chosen("delta_bar_delta"))
    old = Document(network=network(), training=training)
    wider = NetworkSpec((dense("h", 4, "tanh"), *network().layers[1:]), network().inputs)
    start = first_state(old)
    used = replace(start, kept=start.kept + 1.0, updates=5)
    gains = named(carry_over(used, old, replace(old, network=wider)), replace(old, network=wider))["gains"]
    assert (gains["h.W"][:3] == 2.0).all()
    assert (gains["h.W"][3] == 1.0).all()
