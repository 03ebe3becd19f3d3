"""A new activation, optimizer or kind of layer is one entry in one place; everything else follows from it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.__main__ import main
from dlviz.core.activations import Activation, activations
from dlviz.core.buffers import Buffers
from dlviz.core.hyper import floating
from dlviz.core.instruction import Instruction
from dlviz.core.layers import LayerKind, layers
from dlviz.core.lowering import Lowering
from dlviz.core.network import LayerSpec
from dlviz.core.optimizers import MicroStep, Optimizer, optimizers
from dlviz.core.optimizers.kind import apply_step, learning_rate
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.format.schema import json_schema

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the newcomers out of the other tests."""
    for registry in (activations, optimizers, layers):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    add_cube()
    add_half_step()
    add_gain()


def add_cube() -> None:
    """Add a = z³."""

    def forward(w: Any, s: Any, z: Any, a: Any) -> Any:
        return (w.xp.multiply, (z, z, a)), (w.xp.multiply, (a, z, a))

    def backward(w: Any, s: Any, z: Any, a: Any, da: Any, dz: Any) -> Any:
        square = (w.xp.multiply, (z, z, dz))
        return square, (w.xp.multiply, (dz, w.constant(3), dz)), (w.xp.multiply, (dz, da, dz))

    activations.add(Activation("cube", "Cube", "c", "z^3", "3 z^2", forward, backward))


def add_half_step() -> None:
    """Add an optimizer that goes half as far as plain descent."""

    def emit(u: Any) -> Any:
        return (u.xp.multiply, (u["grad"], u.minus_rate, u["step"])), (
            u.xp.multiply,
            (u["step"], u.constant(0.5), u["step"]),
        )

    half = MicroStep("step", "Δw = −½ η ∂L/∂w", ("grad",), ("step",), emit)
    steps = (half, apply_step())
    optimizers.add(Optimizer(
        "half", "Half steps", r"w \leftarrow w - \tfrac{1}{2}\eta g", lambda s: (), lambda s: steps,
        (learning_rate(0.1),),
    ))  # fmt: skip


def add_gain() -> None:
    """Add a layer that multiplies what it reads by a number."""

    def forward(lowering: Lowering, layer: LayerSpec) -> None:
        source, gain = lowering.sources(layer)[0], layers.get("gain").option(layer, "gain")

        def emit(b: Buffers) -> Any:
            return ((b.xp.multiply, (b.activation(source), b.workspace.constant(gain), b.activation(layer.id))),)

        lowering.add(Instruction(
            "forward", layer.id, "gain", f"a = {gain:g} x", (lowering.slot(source),), (f"{layer.id}.a",), emit
        ))  # fmt: skip

    def backward(lowering: Lowering, layer: LayerSpec) -> None:
        source, gain = lowering.sources(layer)[0], layers.get("gain").option(layer, "gain")
        assert not lowering.adds_to(source)

        def emit(b: Buffers) -> Any:
            return ((b.xp.multiply, (b.gradient(layer.id), b.workspace.constant(gain), b.gradient(source))),)

        reads, writes = (f"{layer.id}.da",), (f"{source}.da",)
        lowering.add(Instruction("backward", layer.id, "gain_backward", "∂L/∂x = gain ∂L/∂a", reads, writes, emit))

    settings = (floating("gain", 2.0, minimum=0, help="factor"),)
    layers.add(LayerKind("gain", "Gain", lambda layer, shapes: shapes[0], forward, backward, settings=settings))


def document() -> Document:
    dice = np.random.default_rng(3)
    return document_from_json({
        "format": "dlviz", "version": 1, "dtype": "float64",
        "data": {"kind": "table", "inputs": dice.normal(size=(6, 2)).tolist(), "targets": np.ones((6, 1)).tolist()},
        "network": {"layers": [
            {"id": "h", "units": 3, "activation": "cube"}, {"id": "g", "kind": "gain", "gain": 1.5},
            {"id": "o", "units": 1},
        ]},
        "training": {"optimizer": {"kind": "half", "lr": 1e-5}, "batch_size": 6, "shuffle": False},
    })  # fmt: skip


def test_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for kind, key in (("activations", "cube"), ("optimizers", "half"), ("layers", "gain")):
        assert main(["list", kind, "--json"]) == 0
        listed = {entry["key"]: entry for entry in json.loads(capsys.readouterr().out)}
        assert listed[key]["title"]
    assert listed["gain"]["settings"][0]["name"] == "gain"


def test_their_gradients_are_checked() -> None:
    assert headless.gradcheck(document()).passed


def test_they_train_and_are_traced() -> None:
    walk = headless.trace(document())
    gradient, before = walk.gradients["o.W"], walk.trace.before["o.W"]
    np.testing.assert_allclose(walk.parameters_after["o.W"] - before, -5e-6 * gradient, rtol=1e-9)
    report = headless.train(document(), 50)
    assert report.train.loss < walk.loss
    assert {"gain", "gain_backward"} <= {step.op for step in walk.trace.steps}


def test_they_are_saved_and_part_of_the_schema(tmp_path: Path) -> None:
    written = document_to_json(document(), inline_arrays=True)
    assert document_to_json(document_from_json(written), inline_arrays=True) == written
    schema = json.dumps(json_schema())
    assert all(f'"{key}"' in schema for key in ("cube", "half", "gain"))
