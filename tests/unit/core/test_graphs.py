"""Graphs beyond a chain: several inputs, several outputs, shared layers, and where their numbers lie."""

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.execute import record, run
from dlviz.core.gradcheck import gradcheck
from dlviz.core.inference import parameters, validate
from dlviz.core.initializers import initial_values
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.objective import OutputLoss
from dlviz.core.position import Draw, Position
from dlviz.core.program import Binding, lower

SQUARED = chosen("squared_error")
TWO_INPUTS = NetworkSpec(
    (
        dense("left", 3, "tanh", inputs=("a",)),
        dense("right", 2, "sigmoid", inputs=("b",)),
        LayerSpec("both", "concatenate", ("left", "right")),
        dense("o", 1, "linear"),
    ),
    (InputSpec("a", (2,)), InputSpec("b", (3,))),
)
TWO_OUTPUTS = NetworkSpec(
    (dense("h", 3, "tanh"), dense("p", 1, "sigmoid"), dense("q", 2, "linear", inputs=("h",))), outputs=("p", "q")
)
SHARED = NetworkSpec(
    (
        dense("h", 3, "tanh", inputs=("a",)),
        LayerSpec("again", inputs=("b",), shares="h"),
        LayerSpec("sum", "add", ("h", "again")),
        dense("o", 1, "linear"),
    ),
    (InputSpec("a", (2,)), InputSpec("b", (2,))),
)


def start(spec: NetworkSpec) -> dict[str, np.ndarray]:
    """Return start values of every parameter, biases included."""
    return {
        each.name: initial_values(chosen("normal", std=0.6), 3, each.name, each.shape, each.fan)
        for each in parameters(spec)
    }


def ready(spec: NetworkSpec, loss: object, n: int, mode: str = "gradient") -> Binding:
    """Return a binding with start values and random data."""
    program = lower(spec, loss, chosen("sgd", lr=0.1), mode)  # type: ignore[arg-type]
    memory = Memory(program.layout, chosen("sgd", lr=0.1))
    memory.load(start(spec))
    binding = program.bind(memory, n)
    dice = np.random.default_rng(1)
    width = sum(program.input_widths)
    binding.load(dice.normal(size=(n, width)), dice.uniform(0.1, 0.9, (n, program.n_targets)))
    return binding


@pytest.mark.parametrize("spec", [TWO_INPUTS, SHARED], ids=["two inputs", "shared"])
def test_gradients_of_graphs_agree_with_central_differences(spec: NetworkSpec) -> None:
    inputs = np.random.default_rng(2).normal(size=(4, sum(node.shape[0] for node in spec.inputs)))
    report = gradcheck(spec, SQUARED, start(spec), inputs, np.ones((4, 1)))
    assert report.passed and report.skipped == 0


def test_two_inputs_take_their_columns_in_order() -> None:
    binding = ready(TWO_INPUTS, SQUARED, 5)
    loaded = binding.buffers.inputs()
    trace = record(binding)
    assert np.array_equal(trace.before["a"], loaded[:, :2])
    assert np.array_equal(trace.before["b"], loaded[:, 2:])


def test_two_input_forward_pass_equals_the_formula() -> None:
    binding = ready(TWO_INPUTS, SQUARED, 5)
    run(binding.calls)
    w, x = start(TWO_INPUTS), binding.buffers.inputs()
    left = np.tanh(x[:, :2] @ w["left.W"].T + w["left.b"])
    right = 1 / (1 + np.exp(-(x[:, 2:] @ w["right.W"].T + w["right.b"])))
    expected = np.hstack([left, right]) @ w["o.W"].T + w["o.b"]
    np.testing.assert_allclose(binding.buffers.activation("o").T, expected, rtol=1e-13)


def test_losses_of_two_outputs_add_up_with_their_weights() -> None:
    losses = {"p": OutputLoss(chosen("binary_cross_entropy"), 0.3), "q": OutputLoss(SQUARED, 2.0)}
    binding = ready(TWO_OUTPUTS, losses, 4)
    trace = record(binding)
    y = binding.buffers.targets().T
    a, b = (trace.value(name, len(trace.steps)) for name in ("p.a", "q.a"))
    assert a is not None and b is not None
    entropy = -np.mean(y[:, :1] * np.log(a) + (1 - y[:, :1]) * np.log(1 - a))
    squared = np.mean(np.sum((b - y[:, 1:]) ** 2, axis=1))
    assert trace.value("loss", len(trace.steps)) == pytest.approx(0.3 * entropy + 2 * squared, rel=1e-13)
    assert trace.value("p.loss", len(trace.steps)) == pytest.approx(0.3 * entropy, rel=1e-13)


def test_gradient_of_two_outputs_is_the_sum_of_both() -> None:
    weights = {"both": (0.3, 2.0), "first": (0.3, 0.0), "second": (0.0, 2.0)}
    found = {}
    for name, (p, q) in weights.items():
        losses = {"p": OutputLoss(chosen("binary_cross_entropy"), p), "q": OutputLoss(SQUARED, q)}
        binding = ready(TWO_OUTPUTS, losses, 4)
        run(binding.calls)
        found[name] = binding.memory.read("grad")["h.W"]
    np.testing.assert_allclose(found["both"], found["first"] + found["second"], rtol=1e-12)


def test_an_output_that_is_read_on_keeps_its_whole_gradient() -> None:
    chain = NetworkSpec((dense("p", 1, "sigmoid"), dense("q", 1, "linear")), outputs=("p", "q"))
    losses = {"p": OutputLoss(chosen("binary_cross_entropy")), "q": OutputLoss(SQUARED)}
    binding = ready(chain, losses, 4)
    run(binding.calls)
    gradient, theta, step = binding.memory.read("grad")["p.W"], binding.memory.view("theta", "p.W"), 1e-6
    for place in np.ndindex(theta.shape):
        theta[place] += step
        run(binding.calls)
        above = binding.buffers.loss
        theta[place] -= 2 * step
        run(binding.calls)
        slope = (above - binding.buffers.loss) / (2 * step)
        theta[place] += step
        assert gradient[place] == pytest.approx(slope, rel=1e-7)


def test_a_second_use_has_no_parameters_of_its_own() -> None:
    assert [each.name for each in parameters(SHARED)] == ["h.W", "h.b", "o.W", "o.b"]
    again = SHARED.layers[1]
    assert (again.kind, dict(again.settings), again.owner) == ("dense", dict(SHARED.layers[0].settings), "h")


def test_a_second_use_is_refused_where_it_does_not_fit() -> None:
    wider = NetworkSpec(SHARED.layers, (InputSpec("a", (2,)), InputSpec("b", (3,))))
    with pytest.raises(ShapeError, match=r"inputs of shape \[2\] like those of h"):
        validate(wider)
    with pytest.raises(SpecError, match="a layer before this one to share"):
        validate(NetworkSpec((LayerSpec("again", shares="h"), dense("h", 2))))
    with pytest.raises(SpecError, match="Received: 'again'. It has no weights of its own"):
        validate(NetworkSpec((dense("h", 2), LayerSpec("again", shares="h"), LayerSpec("third", shares="again"))))


def test_a_loss_is_wanted_for_each_output() -> None:
    with pytest.raises(SpecError, match=r"one loss for each output: p, q\. Received: p"):
        lower(TWO_OUTPUTS, {"p": OutputLoss(SQUARED)}, Choice("sgd"))


def test_draws_depend_on_seed_purpose_and_batch_alone() -> None:
    binding = ready(SHARED, SQUARED, 1)
    workspace = binding.memory.workspace

    def drawn(seed: int, purpose: str, number: int, n: int) -> np.ndarray:
        position, out = Position(seed), workspace.zeros(3, n)
        draw = Draw(position, purpose, workspace, out)
        position.move(7)
        draw()
        position.move(number)
        draw()
        return out

    reference = drawn(1, "mask", 2, 4)
    assert np.array_equal(reference[:, :2], drawn(1, "mask", 2, 2))
    assert reference.min() >= 0 and reference.max() < 1
    for other in (drawn(2, "mask", 2, 4), drawn(1, "other", 2, 4), drawn(1, "mask", 3, 4)):
        assert not np.array_equal(reference, other)
