"""Every kind of layer taken apart: its links carry the gradient, and its uses and examples sum to it."""

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.explain import Batch, Pass, Weight, differentiate, paths, shares, terms
from dlviz.core.explain.chain import Chain
from dlviz.core.inference import parameters, shapes
from dlviz.core.layers import layers
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense

TANH = Choice("tanh")


def layer(id: str, kind: str, *inputs: str, **settings: object) -> LayerSpec:
    return LayerSpec(id, kind, inputs, settings)


FEATURES = {
    "dropout": (dense("h", 4, "tanh"), layer("p", "dropout", rate=0.5), dense("o", 2)),
    "layer norm": (dense("h", 4), layer("p", "layer_norm", activation=TANH), dense("o", 2)),
    "batch norm": (dense("h", 3), layer("p", "batch_norm", activation=TANH), dense("o", 2)),
    "activation": (dense("h", 4), layer("p", "activation", activation=TANH), dense("o", 2, "softmax")),
    "merges": (
        dense("h", 2, "tanh"), layer("s", "add", "x", "h"), layer("c", "concatenate", "h", "s"),
        dense("o", 2, inputs=("c",)),
    ),
}  # fmt: skip
IMAGES = {
    "convolution": (
        layer("c", "conv2d", filters=2, kernel=2, activation=TANH), layer("f", "flatten"), dense("o", 2),
    ),
    "pooling": (
        layer("c", "conv2d", filters=2, kernel=2, padding="same", activation=TANH), layer("m", "max_pool"),
        layer("d", "conv2d", filters=1, kernel=1), layer("a", "avg_pool", size=2, stride=1), layer("f", "flatten"),
        dense("o", 2),
    ),
    "batch norm of images": (
        layer("c", "conv2d", filters=2, kernel=3), layer("b", "batch_norm", activation=TANH), layer("f", "flatten"),
        dense("o", 1),
    ),
}  # fmt: skip
SEQUENCES = {
    "simple recurrent": (layer("r", "simple_rnn", units=3, initial_state="learned"), dense("o", 2)),
    "LSTM": (layer("r", "lstm", units=2, **{"return": "sequence"}), layer("f", "flatten"), dense("o", 1)),
    "GRU": (layer("r", "gru", units=2), dense("o", 2)),
    "two recurrent": (
        layer("r", "simple_rnn", units=2, **{"return": "sequence"}), layer("q", "lstm", units=2), dense("o", 1),
    ),
    "blocks": (layer("r", "gru", units=2, truncation="block", truncation_steps=2), dense("o", 1)),
}  # fmt: skip
WORDS = {
    "embedding": (layer("e", "embedding", vocabulary=5, dim=2), layer("f", "flatten"), dense("o", 2, "tanh")),
    "embedding of sequences": (layer("e", "embedding", vocabulary=5, dim=2), layer("r", "gru", units=2), dense("o", 1)),
}
CASES = {name: (layers, (2,)) for name, layers in FEATURES.items()} | {
    name: (layers, (1, 4, 4)) for name, layers in IMAGES.items()
}
CASES |= {name: (layers, (4,)) for name, layers in WORDS.items()}
CASES |= {name: (layers, (4, 2)) for name, layers in SEQUENCES.items()}


def taken_apart(name: str) -> Pass:
    return taken_apart_layers(*CASES[name])


def taken_apart_layers(layers: tuple[LayerSpec, ...], shape: tuple[int, ...], n: int = 3) -> Pass:
    network, dice = NetworkSpec(layers, (InputSpec("x", shape),)), np.random.default_rng(7)
    values = {each.name: dice.normal(0, 0.7, each.shape) for each in parameters(network)}
    reads_words = layers[0].kind == "embedding"
    inputs = dice.integers(0, 5, (n, *shape)) if reads_words else dice.normal(size=(n, np.prod(shape)))
    targets = dice.normal(size=(n, int(np.prod(shapes(network)["o"]))))
    return differentiate(network, chosen("squared_error"), values, inputs, targets, batch=Batch(3, 5))


def weights(passed: Pass) -> list[Weight]:
    return [Weight(name, place) for name, values in passed.gradients.items() for place in np.ndindex(values.shape)]


@pytest.mark.parametrize("name", CASES)
def test_links_carry_the_gradient_from_slot_to_slot(name: str) -> None:
    passed = taken_apart(name)
    chain = Chain(passed, 2)
    expected = {slot: chain.own(slot, values) for slot, values in passed.deltas.items()}
    found = {slot: chain.starts(slot) for slot in expected}
    for edge in chain.edges:
        carried = chain.link(edge).pull(expected[edge.far])
        found[edge.near] = carried if found[edge.near] is None else found[edge.near] + carried
    for slot, values in found.items():
        np.testing.assert_allclose(values, expected[slot], rtol=1e-11, atol=1e-13, err_msg=slot)


@pytest.mark.parametrize("name", CASES)
def test_examples_and_uses_sum_to_every_gradient(name: str) -> None:
    passed = taken_apart(name)
    for weight in weights(passed):
        each = shares(passed, weight)
        assert each.shares.sum() == pytest.approx(each.gradient, rel=1e-12, abs=1e-14)
        for sample in range(passed.n):
            uses = sum(term.value for term in terms(passed, weight, sample))
            assert uses == pytest.approx(each.shares[sample], rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", CASES)
def test_all_paths_of_a_weight_sum_to_its_share(name: str) -> None:
    passed = taken_apart(name)
    weight = next(each for each in weights(passed) if abs(passed.gradient(each)) > 1e-3)
    found = paths(passed, weight, sample=1, most=10_000)
    assert len(found.paths) == found.count
    assert sum(path.value for path in found.paths) == pytest.approx(found.share, rel=1e-11)
    sizes = [abs(path.value) for path in found.paths]
    assert sizes == sorted(sizes, reverse=True)


def test_every_kind_of_layer_has_a_case() -> None:
    used = {each.kind for layers_of_case, _ in CASES.values() for each in layers_of_case}
    assert used == set(layers.keys())


def test_a_kernel_has_one_term_for_every_position() -> None:
    passed = taken_apart("convolution")
    found = terms(passed, Weight("c.W", (1, 0, 0, 1)), sample=0)
    assert [term.place.unit for term in found] == [(1, row, column) for row in range(3) for column in range(3)]
    image = passed.binding.buffers.inputs()[0].reshape(4, 4)
    assert [term.factor for term in found] == pytest.approx(image[0:3, 1:4].ravel().tolist())


def test_dropped_units_end_every_path() -> None:
    passed = taken_apart("dropout")
    mask = passed.binding.array("p.mask")[:, 1]
    unit = int(np.flatnonzero(mask == 0)[0])
    found = paths(passed, Weight("h.W", (unit, 0)), sample=1)
    assert (found.count, found.share) == (0, 0)


def test_paths_through_batch_norm_run_through_the_other_examples() -> None:
    found = paths(taken_apart("batch norm"), Weight("h.W", (0, 0)), sample=0, most=100)
    assert {place.sample for path in found.paths for place in path.places} == {0, 1, 2}
    assert found.count == 3 * 2


def test_a_recurrent_weight_has_one_term_for_every_time_step() -> None:
    passed = taken_apart("simple recurrent")
    found = terms(passed, Weight("r.U", (1, 0)), sample=0)
    assert [term.place.node for term in found] == ["r.t1", "r.t2", "r.t3", "r.t4"]
    assert sum(term.value for term in found) == pytest.approx(shares(passed, Weight("r.U", (1, 0))).shares[0])


@pytest.mark.parametrize("passed_on", ["last", "sequence"])
def test_paths_of_a_window_are_refused(passed_on: str) -> None:
    window = {"units": 2, "truncation": "window", "truncation_steps": 2, "return": passed_on}
    layers = (layer("r", "simple_rnn", **window), layer("o", "simple_rnn", units=1, **{"return": passed_on}))
    layers = (layers[0], dense("o", 1)) if passed_on == "last" else layers
    passed = taken_apart_layers(layers, (4, 2))
    with pytest.raises(SpecError, match="r: Expected gradients that are carried one by one"):
        paths(passed, Weight("r.W", (0, 0)))
    found = shares(passed, Weight("r.W", (0, 0)))
    assert found.shares.sum() == pytest.approx(found.gradient)


def test_batch_norm_that_no_output_reads_does_not_couple_examples() -> None:
    layers = (
        layer("b", "batch_norm"),
        LayerSpec("h", "dense", ("x",), {"units": 2, "activation": TANH}),
        dense("o", 1),
    )
    found = paths(taken_apart_layers(layers, (2,)), Weight("h.W", (0, 0)), sample=1)
    assert found.count == 1
    assert found.paths[0].value == pytest.approx(found.share)
