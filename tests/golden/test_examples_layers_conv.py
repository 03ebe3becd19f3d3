"""Worked examples of images: pixels in one column, and what a classifier of images puts out."""

import numpy as np
import pytest

from dlviz.core.activations import activations
from dlviz.core.choice import chosen
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.program import lower
from tests.golden.example import Example


@pytest.mark.example("EX-71", "count")
def test_an_image_becomes_a_column(example: Example) -> None:
    given, m = example.inputs, 3
    image = InputSpec("x", (given["channels"], given["h"], given["w"]))
    network = NetworkSpec((LayerSpec("f", "flatten"), dense("o", 1)), (image,))
    program = lower(network, chosen("squared_error"), mode="evaluate")
    buffers = program.bind(Memory(program.layout, chosen("sgd")), m).buffers
    example.check("n", program.shapes["f"][0])
    for place, columns in (("X_shape_for_m", buffers.inputs().T), ("Y_shape", buffers.targets())):
        rows, examples = columns.shape
        assert examples == m
        example.check(place, [rows, "m"])


@pytest.mark.example("EX-06", "loss")
def test_what_a_classifier_of_images_puts_out(example: Example) -> None:
    probabilities = np.array(example.inputs["probabilities"])
    classes = len(probabilities)
    losses = [-loss_of(probabilities, target) for target in np.eye(classes)]
    logits = np.array(losses)
    shown = activations.get("softmax").value(logits[:, None])[:, 0]
    np.testing.assert_allclose(shown, probabilities, rtol=1e-14)
    example.check("sum", shown.sum())
    example.check("argmax_index", int(shown.argmax()))
    example.check("logits_up_to_constant", logits)
    example.check("logits_relative_to_first", logits - logits[0])
    example.check("cross_entropy_if_true_class_is", -logits)


def loss_of(probabilities: np.ndarray, target: np.ndarray) -> float:
    """Return the cross-entropy of a softmax layer whose biases put out these probabilities."""
    network = NetworkSpec((dense("o", len(probabilities), "softmax"),), (InputSpec("x", (1,)),))
    program = lower(network, chosen("categorical_cross_entropy"), chosen("sgd"))
    memory = Memory(program.layout, chosen("sgd"))
    memory.load({"o.b": np.log(probabilities)})
    binding = program.bind(memory, 1)
    binding.load(np.zeros((1, 1)), target[None])
    trace = record(binding)
    return float(trace.value("loss", len(trace.steps)))  # type: ignore[arg-type]
