"""Every layer kind in a small network: shapes, files, gradients, walkers and precision."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.gradcheck import GradCheckReport
from dlviz.core.inference import parameters, shapes
from dlviz.core.layers import layers
from dlviz.core.program import Mode, lower
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer
from tests.contract.test_every_setting import bad_values

ROWS = 7
MAX_SKIPPED = 0.05  # share of coordinates that a gradient check may leave out
Json = dict[str, Any]


def layer(kind: str, id: str = "h", **settings: Any) -> Json:
    return {"id": id, "kind": kind, **settings}


IMAGES = [2, 5, 6]
MAPS = layer("conv2d", "c", filters=2, kernel=2, activation="tanh")
BRANCHES = [layer("dense", "a", units=3, activation="tanh"), layer("dense", "b", units=3, inputs=["x"])]
FLAT = layer("flatten", "f")
# Without a bias where batch norm follows: it would take it away again, and its gradient would be rounding alone.
SUMS = layer("dense", "s", units=3, bias=False)
UNBIASED_MAPS = layer("conv2d", "c", filters=2, kernel=2, bias=False)
SEQUENCE = [4, 2]


def recurrent(kind: str) -> list[tuple[list[int], list[Json]]]:
    """Return networks of one recurrent kind: alone, one above another, and used twice."""
    states = layer(kind, "s", units=2, **{"return": "sequence"})
    learned = {"bias": False, "initial_state": "learned"}
    return [
        (SEQUENCE, [layer(kind, units=3)]),
        (SEQUENCE, [layer(kind, units=3, **{"return": "sequence"}), FLAT]),
        (SEQUENCE, [states, layer(kind, units=3, activation="sigmoid", **learned)]),
        (SEQUENCE, [states, {"id": "h", "shares": "s"}, FLAT]),
    ]


# Shape of one row, the layers before the output, and which of them is looked at (the last of its kind).
NETWORKS: dict[str, list[tuple[list[int], list[Json]]]] = {
    "dense": [([4], [layer("dense", units=3, activation="tanh")])],
    "add": [([4], [*BRANCHES, layer("add", inputs=["a", "b", "a"])])],
    "concatenate": [([4], [*BRANCHES, layer("concatenate", inputs=["a", "b"])])],
    "flatten": [
        (IMAGES, [layer("flatten")]),
        (IMAGES, [MAPS, layer("flatten")]),
        # Two readers of the maps: the second gradient is added to memory that flatten shares.
        (IMAGES, [MAPS, layer("flatten"), layer("flatten", "g", inputs=["c"]), layer("add", "s", inputs=["h", "g"])]),
    ],
    "embedding": [
        ([3], [layer("embedding", vocabulary=4, dim=2), FLAT]),
        ([1], [layer("embedding", vocabulary=5, dim=3)]),
    ],
    "conv2d": [
        (IMAGES, [layer("conv2d", filters=3, kernel=3, activation="tanh"), FLAT]),
        (IMAGES, [MAPS, layer("conv2d", filters=2, kernel=[3, 2], stride=[2, 1], padding="same"), FLAT]),
        (IMAGES, [MAPS, layer("conv2d", filters=2, kernel=2, stride=2, padding=[1, 2], bias=False), FLAT]),
    ],
    "max_pool": [
        (IMAGES, [MAPS, layer("max_pool", size=2), FLAT]),
        (IMAGES, [MAPS, layer("max_pool", size=[2, 3], stride=1), FLAT]),
        (IMAGES, [layer("max_pool", size=3), FLAT]),
    ],
    "avg_pool": [
        (IMAGES, [MAPS, layer("avg_pool", size=2), FLAT]),
        (IMAGES, [MAPS, layer("avg_pool", size=[3, 2], stride=[1, 2]), FLAT]),
    ],
    "activation": [
        ([4], [SUMS, layer("activation", activation="sigmoid")]),
        ([4], [SUMS, layer("activation", activation="linear")]),
        (IMAGES, [MAPS, layer("activation", activation="tanh"), FLAT]),
    ],
    "dropout": [
        ([4], [BRANCHES[0], layer("dropout", rate=0.4)]),
        ([4], [BRANCHES[0], layer("dropout", form="classic")]),
        (IMAGES, [layer("dropout", rate=0.25), FLAT]),
    ],
    "batch_norm": [
        ([4], [SUMS, layer("batch_norm", activation="tanh")]),
        ([4], [layer("batch_norm", affine=False)]),
        ([4], [SUMS, layer("batch_norm", momentum=0.1, momentum_is="taken", running_variance="unbiased", eps=1e-3)]),
        ([4], [SUMS, layer("batch_norm", activation="tanh"), {"id": "again", "shares": "h"}]),
        (IMAGES, [layer("batch_norm", "n", activation="tanh"), UNBIASED_MAPS, layer("batch_norm"), FLAT]),
    ],
    "layer_norm": [
        ([4], [SUMS, layer("layer_norm", activation="tanh")]),
        ([4], [SUMS, layer("layer_norm", affine=False)]),
        ([4], [SUMS, layer("layer_norm", activation="tanh"), {"id": "again", "shares": "h"}]),
        (IMAGES, [layer("layer_norm", "n"), MAPS, layer("layer_norm"), FLAT]),
    ],
    **{kind: recurrent(kind) for kind in ("simple_rnn", "gru", "lstm")},
}  # fmt: skip
CASES = [pytest.param(*each, id=f"{key}-{i}") for key, cases in NETWORKS.items() for i, each in enumerate(cases)]


def document(shape: list[int], before: list[Json], dtype: str = "float64") -> Document:
    """Return a document with a dense output behind the layers, seven rows and batches of four."""
    dice = np.random.default_rng(4)
    inputs = dice.normal(size=(ROWS, int(np.prod(shape))))
    if any(each.get("kind") == "embedding" for each in before):
        inputs = dice.integers(0, 4, inputs.shape).astype(float)
    return document_from_json({
        "format": "dlviz", "version": 1, "seed": 5, "dtype": dtype,
        "data": {"kind": "table", "inputs": inputs.tolist(), "targets": dice.normal(size=(ROWS, 2)).tolist()},
        "network": {"inputs": [{"id": "x", "shape": shape}], "layers": [*before, layer("dense", "o", units=2)]},
        "training": {"optimizer": {"kind": "momentum", "lr": 0.01}, "batch_size": 4},
    })  # fmt: skip


def trainer(shape: list[int], before: list[Json], dtype: str = "float64") -> Trainer:
    built = document(shape, before, dtype)
    return Trainer(built, prepared_for(built))


def test_there_is_a_network_for_every_kind() -> None:
    assert set(NETWORKS) == set(layers.keys())


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_recorded_values_have_the_inferred_shapes(shape: list[int], before: list[Json]) -> None:
    built = trainer(shape, before)
    trace = built.record()
    for node, inferred in shapes(built.document.network).items():
        name = node if node == "x" else f"{node}.a"
        found = trace.value(name, len(trace.steps))
        assert found is not None
        assert found.shape == (4, *inferred)


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_parameters_have_the_declared_shapes(shape: list[int], before: list[Json]) -> None:
    built = trainer(shape, before)
    declared = parameters(built.document.network)
    assert {name: each.shape for name, each in built.memory.read().items()} == {p.name: p.shape for p in declared}
    assert built.memory.vectors["theta"].size == sum(each.size for each in declared)


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_a_document_opens_as_it_was_saved(shape: list[int], before: list[Json]) -> None:
    written = document_to_json(document(shape, before), inline_arrays=True)
    again = document_from_json(json.loads(json.dumps(written)))
    assert document_to_json(again, inline_arrays=True) == written


def checked(shape: list[int], before: list[Json]) -> GradCheckReport:
    return headless.gradcheck(document(shape, before), holds_draws=True)


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_backward_equals_central_differences(shape: list[int], before: list[Json]) -> None:
    report = checked(shape, before)
    assert max(row.ratio for row in report.rows) <= 1e-6
    assert report.skipped <= MAX_SKIPPED
    assert all(row.analytic.any() for row in report.rows)


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_recording_walks_as_the_fast_walker_bit_for_bit(shape: list[int], before: list[Json]) -> None:
    fast, slow = trainer(shape, before), trainer(shape, before)
    losses = np.zeros(6)
    fast.run(6, losses)
    recorded = [slow.record() for _ in range(6)]
    assert [each.value("loss", len(each.steps)) for each in recorded] == losses.tolist()
    assert slow.memory.kept.tobytes() == fast.memory.kept.tobytes()


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_single_precision_stays_close_to_double(shape: list[int], before: list[Json]) -> None:
    ends = []
    for dtype in ("float32", "float64"):
        built = trainer(shape, before, dtype)
        built.run(6, np.zeros(6, dtype))
        ends.append(built.memory.vectors["theta"])
    assert ends[0].dtype == np.float32
    assert_allclose(ends[0], ends[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", layers.keys())
def test_a_mistyped_setting_is_refused(kind: str) -> None:
    shape, before = NETWORKS[kind][0]
    changed = [{**each, "unitz": 3} if each.get("kind") == kind else each for each in before]
    with pytest.raises(SpecError, match="unitz"):
        document(shape, changed)


@pytest.mark.parametrize("kind", layers.keys())
def test_settings_outside_their_limits_are_refused(kind: str) -> None:
    built = document(*NETWORKS[kind][0])
    own = next(each for each in built.network.layers if each.kind == kind)
    for hyper in layers.get(kind).settings:
        for value in bad_values(hyper):
            wrong = replace(own, settings={**own.settings, hyper.name: value})
            with pytest.raises(SpecError, match=rf"Expected {hyper.name} to be "):
                layers.get(kind).check(wrong)


@pytest.mark.parametrize("mode", ["forward", "evaluate", "gradient"])
@pytest.mark.parametrize(("shape", "before"), CASES)
def test_looking_changes_no_parameter(shape: list[int], before: list[Json], mode: Mode) -> None:
    built = trainer(shape, before)
    start = built.memory.kept.copy()
    binding = lower(built.document.network, built.document.training.loss, mode=mode, training=True)
    run(binding.bind(built.memory, 4).calls)
    assert built.memory.kept.tobytes() == start.tobytes()


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_in_use_every_example_counts_for_itself(shape: list[int], before: list[Json]) -> None:
    built = trainer(shape, before)
    built.run(3, np.zeros(3))
    rows = built.prepared.inputs
    program = lower(built.document.network, mode="forward")
    together, alone = program.bind(built.memory, ROWS), program.bind(built.memory, 1)
    together.load(rows)
    alone.load(rows[2:3])
    for binding in (together, alone):
        run(binding.calls)
    found, expected = (each.buffers.activation("o")[:, column] for each, column in ((alone, 0), (together, 2)))
    assert_allclose(found, expected, rtol=1e-12)
