"""Worked examples opened from Learn, walked forward and back by keys, and read from the window's widgets."""

import re

import numpy as np
import pytest

from dlviz.core.trace import Step
from dlviz.gui.selection import Selected
from dlviz.session import edits
from dlviz.session.explanation import Explanation
from dlviz.session.network_presets import NETWORKS
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.gui.walker import Walker, length


@pytest.fixture
def walker(robot: Robot) -> Walker:
    return Walker(robot)


@pytest.mark.parametrize("key", ["step", "example", *(each.key for each in NETWORKS)])
def test_every_worked_network_is_walked_forward_and_back(walker: Walker, key: str) -> None:
    walker.open(key)
    walker.there_and_back(length(walker))
    assert walker.stand() == (0, 0, 0)
    assert walker.robot.message() == ""


def test_one_step_of_the_2_2_1_network(walker: Walker) -> None:
    example = Example("EX-42")
    walker.open("step").walk(length(walker))
    told = walker.told
    for place, name, unit in (
        ("v1", "h.z", 0), ("v2", "h.z", 1), ("y1", "h.a", 0), ("y2", "h.a", 1), ("vk", "o.z", 0), ("yk", "o.a", 0),
    ):  # fmt: skip
        example.check(place, told[name][unit])
    # The notes' error and deltas are minus the gradients.
    example.check("e", -told["o.da"][0])
    example.check("energy", told["loss"])
    example.check("delta_k", -told["o.dz"][0])
    example.check("delta_hidden", -told["h.dz"])
    example.check("dw_k1", told["o.W.step"][0, 0])
    example.check("dw_k2", told["o.W.step"][0, 1])
    example.check("dw_k0", told["o.b.step"][0])
    example.check("w_k1_new", told["o.W"][0, 0])
    example.check("w_k2_new", told["o.W"][0, 1])
    example.check("w_k0_new", told["o.b"][0])
    example.check("hidden_W_new", told["h.W"])
    example.check("hidden_bias_new", told["h.b"])
    assert np.all(told["h.dW"][:, 0] == 0), "x₁ is 0, so its weights do not learn"
    walker.walk(7)  # the same example once more, with the new weights
    example.check("yk_after_update", walker.told["o.a"][0])
    example.check("energy_after", walker.told["loss"])
    example.assert_everything_compared()


def test_the_two_two_two_network(walker: Walker) -> None:
    walker.open("example").walk(length(walker))
    told = walker.told
    # Mazur's printed figures, all the digits he gives.
    assert round(float(told["loss"]), 9) == 0.298371109
    assert round(told["o.dW"][0, 0], 9) == 0.082167041
    assert round(told["o.W"][0, 0], 9) == 0.358916480
    assert round(told["h.dW"][0, 0], 9) == 0.000438568
    assert told["o.b"].tolist() == [0.6, 0.6]
    walker.walk(5)
    assert round(float(walker.told["loss"]), 9) == 0.291027774


def flat(told: dict[str, np.ndarray], suffix: str) -> np.ndarray:
    return np.concatenate([np.ravel(told[f"{node}.{suffix}"]) for node in ("h1", "h2", "o")])


def test_twelve_weights(walker: Walker) -> None:
    example = Example("EX-02")
    walker.open("twelve").walk(length(walker) - 2)
    told = walker.told
    example.check("n_weights", flat(told, "dW").size)
    for place, name, unit in (
        ("a11", "h1.a", 0), ("a12", "h1.a", 1), ("a21", "h2.a", 0), ("a22", "h2.a", 1), ("a31", "o.a", 0),
        ("dL_da31", "o.da", 0),
    ):  # fmt: skip
        example.check(place, told[name][unit])
    example.check("loss", told["loss"])
    example.check("grad_w1_to_w12", flat(told, "dW"))
    walker.select(Selected("link", "h1", 0, "x", 0))
    paths = walker.inspector.behind.origin.paths
    walker.robot.wait(lambda: len(paths.ways) == 2)
    ways = sorted(paths.ways, key=lambda way: -way.value)
    example.check("path_via_a21", ways[0].value)
    example.check("path_via_a22", ways[1].value)
    example.check("sum_of_paths", float(paths.totals.rows[0]._fact.values[0]))
    loss, *rest = (factor.value for factor in ways[0].factors)
    # The notes take the slope of a unit and the link into it as one factor.
    example.check("factors_path_via_a21", [loss, *np.multiply(rest[0::2], rest[1::2])])
    walker.walk(2)
    example.check("w_after_one_simultaneous_update", flat(walker.told, "W"))
    walker.walk(7)
    example.check("loss_after", walker.told["loss"])
    compare_without_biases(walker, example)
    example.assert_everything_compared()


def compare_without_biases(walker: Walker, example: Example) -> None:
    """Change the network in the window: all units linear, then with biases."""
    session = walker.robot.running.session
    for node in ("h1", "h2", "o"):
        session.edit(edits.set_activation(session.document, node, "linear"), "linear")
    from_the_start(walker)
    walker.walk(6)
    example.check("a31_with_linear_activations", walker.told["o.a"][0])
    total = 0
    for node in ("h1", "h2", "o"):
        session.edit(edits.set_layer_setting(session.document, node, "bias", True), "bias")
        total += number_of_parameters(walker, node)
    example.check("n_parameters_if_biases_added", total)


def of_samples(walker: Walker, node: str, count: int, start: str, rows: int) -> np.ndarray:
    """Read what the inspector says of every unit of a layer, example by example: (rows, units)."""
    found = np.empty((rows, count))
    for row in range(rows):
        walker.look_at(row)
        found[row] = [walker.of_sample(Selected("unit", node, unit), start) for unit in range(count)]
    return found


def to_the_updates(walker: Walker) -> None:
    """Walk to where every gradient of the batch is known."""
    while walker.forward().phase != "backward" or next_phase(walker) == "backward":
        pass


def next_phase(walker: Walker) -> str:
    assert walker.frame.trace is not None
    return walker.frame.trace.steps[walker.frame.cursor].phase


def test_linear_units_over_three_rows(walker: Walker) -> None:
    example = Example("EX-10")
    to_the_updates(walker.open("linear"))
    example.check("mse", walker.told["loss"])
    example.check("dL_dw7", walker.told["o.dW"][0, 0])
    example.check("dL_dw9", walker.told["o.dW"][0, 2])
    example.check("dL_dw1", walker.told["h.dW"][0, 0])
    example.check("N", of_samples(walker, "h", 3, "a", 3))
    example.check("y_hat", of_samples(walker, "o", 1, "a", 3)[:, 0])
    example.assert_everything_compared()


def test_logistic_unit_over_four_examples(walker: Walker) -> None:
    example = Example("EX-54")
    to_the_updates(walker.open("logistic"))
    # The notes keep examples in columns and a weight for every row.
    example.check("Y_hat", of_samples(walker, "o", 1, "a", 4).T)
    example.check("J", walker.told["loss"])
    example.check("dW", walker.told["o.dW"].T)
    example.check("db", walker.told["o.db"][0])
    walker.robot.key(Key.Key_1)
    walker.walk(length(walker) - walker.frame.cursor)
    example.check("W_new", walker.told["o.W"].T)
    example.check("b_new", walker.told["o.b"][0])
    walker.walk(3)
    example.check("J_after", walker.told["loss"])
    example.assert_everything_compared()


def test_a_whole_batch_through_tanh_and_sigmoid(walker: Walker) -> None:
    example = Example("EX-55")
    to_the_updates(walker.open("batch"))
    example.check("J", walker.told["loss"])
    for node, number, count in (("h", 1, 3), ("o", 2, 1)):
        example.check(f"dW{number}", walker.told[f"{node}.dW"])
        example.check(f"db{number}", walker.told[f"{node}.db"][:, None])
        example.check(f"A{number}", of_samples(walker, node, count, "a", 3).T)
        # The notes divide by the number of examples when they gather weights, this network in the loss.
        example.check(f"dZ{number}", 3 * of_samples(walker, node, count, "δ", 3).T)
    walker.look_at(0)
    example.check("dA2", [[3 * value for value in told_of_samples(walker, "loss_backward", 3)]])
    example.assert_everything_compared()


def told_of_samples(walker: Walker, op: str, rows: int) -> list[float]:
    """Return what the formula tells at an operation for each example: looked at first, then walked back to it."""
    found = []
    for row in range(rows):
        walker.robot.key(Key.Key_1)
        to = next(step.index for step in walker.frame.trace.steps if step.op == op) + 1
        end = max(step.index for step in walker.frame.trace.steps if step.phase == "backward") + 1
        while walker.frame.cursor < end:
            walker.press(Key.Key_PageDown)
        walker.look_at(row)
        walker.robot.key(Key.Key_1)
        while walker.frame.cursor > to:
            walker.press(Key.Key_PageUp)
        found.append(walker.number())
    return found


def test_four_matrix_products(walker: Walker) -> None:
    example = Example("EX-29")
    walker.open("matrices").walk(8)
    shapes = []
    for number, expected in enumerate(example["layer_outputs"], 1):
        np.testing.assert_allclose(walker.told[f"h{number}.a"], expected, rtol=1e-10)
        walker.select(Selected("layer", f"h{number}"))
        fact = next(row._fact for row in walker.inspector.facts.rows if row._fact.label.startswith("shape of W"))
        units, fan_in = map(int, fact.text.split(" × "))
        shapes.append([[fan_in, units], [units, fan_in]])
    example.leave("layer_outputs", "compared layer by layer above: their widths differ")
    example.check("shapes_W_and_WT", shapes)
    example.assert_everything_compared()


def one_row(walker: Walker) -> dict[str, object]:
    """Walk one row of the salary network and tell it as the notes do."""
    walker.walk(length(walker))
    told, number = walker.told, "this sample"
    x = [last(walker.facts(Selected("input", "x", unit)), number) for unit in range(2)]
    (note,) = walker.robot.view.network_scene.tiles.content.texts["o"].notes
    gradients = {f"{node}.{short}": told[f"{node}.d{short}"] for node in "ho" for short in "Wb"}
    after = {name: told[name] for name in gradients}
    return {
        "x": x, "y": float(note.removeprefix("target ")), "o11": told["h.z"][0],
        "o12": told["h.z"][1], "y_hat": told["o.z"][0], "loss": told["loss"],
        "gradients": placed(gradients), "params_after": placed(after),
    }  # fmt: skip


def last(listed: dict[str, tuple[float | None, ...]], start: str) -> float:
    """Return the number in the last column of the row whose label starts like this."""
    value = next(values for label, values in listed.items() if label.startswith(start))[-1]
    assert value is not None, f"{start} is not computed"
    return value


# The notes write w_ij from unit i to unit j, so its place in dlviz's matrix is (j, i).
PLACES = {
    "w2_11": ("o.W", (0, 0)), "w2_21": ("o.W", (0, 1)), "b21": ("o.b", (0,)), "w1_11": ("h.W", (0, 0)),
    "w1_21": ("h.W", (0, 1)), "b11": ("h.b", (0,)), "w1_12": ("h.W", (1, 0)), "w1_22": ("h.W", (1, 1)),
    "b12": ("h.b", (1,)),
}  # fmt: skip


def placed(values: dict[str, np.ndarray]) -> dict[str, float]:
    return {name: float(values[place][entry]) for name, (place, entry) in PLACES.items()}


def rate(walker: Walker, lr: float) -> None:
    """Change the learning rate and begin again."""
    session = walker.robot.running.session
    session.edit(edits.set_optimizer_setting(session.document, "lr", lr), "rate")
    from_the_start(walker)


def loss_in_list(walker: Walker) -> float:
    """Return the loss of the batch in hand from the list of steps, with all its digits."""
    row = next(row for row in walker.steps.model.rows if row.phase == "loss" and not row.is_heading)
    return float(row.full.splitlines()[-1])


def test_salaries_learnt_row_by_row(walker: Walker) -> None:
    example = Example("EX-30")
    walker.open("salaries")
    epoch = [one_row(walker) for _ in range(3)]
    example.check("first_student", epoch[0])
    example.check("whole_first_epoch_lr_0_1", epoch)
    counts = [number_of_parameters(walker, node) for node in "ho"]
    example.check("n_parameters", sum(counts))
    rate(walker, 1e-5)
    example.check("first_epoch_stable_lr_1e_5", [one_row(walker) for _ in range(3)])
    rate(walker, 1e-5)
    walker.robot.key(Key.Key_4)
    losses = []
    for _ in range(9):
        walker.press(Key.Key_PageDown)
        losses.append(loss_in_list(walker))
    example.check("epoch_losses_lr_1e_5", np.reshape(losses, (3, 3)).mean(axis=1).tolist())
    rate(walker, 0.1)
    walker.robot.key(Key.Key_4)
    walker.robot.key(Key.Key_Space)
    line = walker.robot.window.status.health
    walker.robot.wait(lambda: any(found.symptom == "not_finite" for found in line.found))
    example.check("diverges_at_lr_0_1", walker.frame.state != "running")
    example.leave("symbolic_gradients", "read from the list of derivatives in test_derivatives.py")
    example.assert_everything_compared()


def number_of_parameters(walker: Walker, node: str) -> int:
    walker.facts(Selected("layer", node))
    fact = next(row._fact for row in walker.inspector.facts.rows if row._fact.label == "weights + biases")
    return int(fact.text.rpartition("= ")[2])


def test_batch_norm_forward_and_backward(walker: Walker) -> None:
    example = Example("EX-47")
    unit = Selected("unit", "n", 0)
    to_the_updates(walker.open("batch_norm"))
    listed = walker.facts(unit)
    example.check("mean", last(listed, "μ of the batch"))
    example.check("var", last(listed, "σ² of the batch"))
    for place, node, start in (("z_norm", "n", "normalised"), ("out", "n", "a"), ("d_z", "h", "δ")):
        example.check(place, of_samples(walker, node, 1, start, 4)[:, 0], atol=1e-15)
    for place, name in (("d_gamma", "gamma"), ("d_beta", "beta")):
        listed = walker.facts(Selected("parameter", "n", name=f"n.{name}", entry=(0,)))
        example.check(place, last(listed, "∂L/∂"))
    session = walker.robot.running.session
    session.edit(edits.set_layer_setting(session.document, "n", "eps", 0.0), "eps")
    outputs_of_another_run(walker)
    example.check("z_norm_eps0", of_samples(walker, "n", 1, "normalised", 4)[:, 0])
    session.undo()
    walker.robot.settle()
    walker.select(Selected("bias", "h", 0))
    walker.robot.wait(lambda: walker.inspector.value.leaf is not None)
    walker.inspector.value.typed.emit(7.0)
    outputs_of_another_run(walker)
    out = of_samples(walker, "n", 1, "a", 4)[:, 0]
    example.check("out_after_adding_bias_7_unchanged", bool(np.allclose(out, example["out"], rtol=1e-12)))
    example.assert_everything_compared()


def outputs_of_another_run(walker: Walker) -> None:
    """Begin again with what was changed and walk to the updates."""
    from_the_start(walker)
    to_the_updates(walker)


def from_the_start(walker: Walker) -> None:
    """Stand at the first operation again, wherever an edit left the walk."""
    walker.robot.settle()
    walker.robot.key(Key.Key_1)
    if walker.frame.cursor or walker.frame.step:
        walker.robot.trigger("reset")
    walker.robot.wait(lambda: walker.stand() == (0, 0, 0) and walker.frame.peek is not None)


def test_back_through_time_term_by_term(walker: Walker) -> None:
    example = Example("EX-50")
    hidden: list[float] = []

    def note(step: Step) -> None:
        if step.op == "recurrent_activate" and step.node.startswith("h"):
            hidden.append(walker.number())

    walker.open("through_time").walk(length(walker) - 2, note)
    example.check("h", hidden)
    example.check("loss", walker.told["loss"])
    for place, name in (("dL_dwh", "h.U"), ("dL_dwx", "h.W"), ("dL_dwy", "o.W")):
        listed = walker.facts(Selected("parameter", name[0], name=name, entry=(0, 0)))
        example.check(place, last(listed, "∂L/∂"))
    example.check("terms_t_k", terms_of_paths(walker).tolist(), atol=1e-15)
    session = walker.robot.running.session
    cut = edits.set_layer_setting(session.document, "h", "truncation", "window")
    session.edit(edits.set_layer_setting(cut, "h", "truncation_steps", 2), "truncation")
    outputs_of_another_run(walker)
    listed = walker.facts(Selected("parameter", "h", name="h.U", entry=(0, 0)))
    example.check("tbptt_k2_dL_dwh", last(listed, "∂L/∂"))
    example.leave("linear_product_wh_pow_20", "of another network, compared in tests/golden/test_examples_recurrent.py")
    example.assert_everything_compared()


def terms_of_paths(walker: Walker) -> np.ndarray:
    """Return what the paths of w_h in the inspector add, by the time of the loss and the time of the use."""
    walker.select(Selected("parameter", "h", name="h.U", entry=(0, 0)))
    walker.robot.wait(lambda: is_explained(walker, "h.U") and bool(walker.inspector.behind.origin.paths.ways))
    found = np.zeros((4, 4))
    for way in walker.inspector.behind.origin.paths.ways:
        times = [int(each) for each in re.findall("⟨(\\d)⟩", way.title)]
        found[times[-1] - 1, times[0] - 1] = way.value
    return found


def is_explained(walker: Walker, name: str) -> bool:
    answer = walker.frame.explanation
    return isinstance(answer, Explanation) and answer.question.weight.name == name


def test_one_step_of_one_neuron_and_its_misreading(walker: Walker) -> None:
    example = Example("EX-01")
    walker.open("one_step").walk(length(walker))
    told = walker.told
    example.check("y_hat", told["o.z"][0])
    example.check("loss", told["loss"])
    example.check("grad_w", told["o.dW"][0])
    example.check("grad_b", told["o.db"][0])
    example.check("w_new", told["o.W"][0])
    example.check("b_new", told["o.b"][0])
    walker.walk(3)
    example.check("loss_after", walker.told["loss"])
    walker.robot.trigger("slip_misread_update")
    from_the_start(walker)
    walker.walk(length(walker))
    places = (*(Selected("link", "o", 0, "x", source) for source in (0, 1)), Selected("bias", "o", 0))
    misread = [last(walker.facts(place), "after the step") for place in places]
    example.check("literal_misreading_w_times_gradient", misread)
    walker.walk(3)
    example.check("loss_after_misreading", walker.told["loss"])
    assert "Wrong on purpose" in walker.robot.window.status.warning.text()
    example.assert_everything_compared()


def start_at(walker: Walker, b: float, lr: float) -> None:
    """Stand at the start with this bias and this rate, the bias selected and its slope on show."""
    rate(walker, lr)
    walker.select(Selected("bias", "o", 0))
    walker.robot.wait(lambda: walker.inspector.value.leaf is not None)
    walker.inspector.value.typed.emit(b)
    walker.robot.wait(lambda: slope_at(walker, b))


def slope_at(walker: Walker, b: float) -> bool:
    answer = walker.frame.explanation
    return isinstance(answer, Explanation) and answer.slope is not None and answer.slope.value == pytest.approx(b)


def tangent(walker: Walker) -> float:
    """Return the slope of the dashed line in the picture."""
    x, y = walker.inspector.behind.origin.slope.plot.tangent.getData()
    return float((y[1] - y[0]) / (x[1] - x[0]))


def arrow(walker: Walker) -> float:
    """Return how far the arrow of the update goes, to the right positive."""
    x, _ = walker.inspector.behind.origin.slope.plot.update_line.getData()
    return float(x[-1] - x[0])


def path(walker: Walker, steps: int) -> list[float]:
    """Return the bias as the inspector shows it, before the first and after every batch."""
    found = []
    walker.robot.key(Key.Key_4)
    for step in range(steps + 1):
        if step:
            walker.press(Key.Key_PageDown)
        walker.select(Selected("bias", "o", 0))
        target = walker.inspector.value.leaf
        assert target is not None and target.value is not None
        found.append(target.value)
    return found


def test_the_minus_sign_leads_to_the_minimum_from_both_sides(walker: Walker) -> None:
    example = Example("EX-33")
    walker.open("one_bias")
    for name, b, sign in (("5", 5.0, -1), ("minus1", -1.0, 1)):
        start_at(walker, b, 0.1)
        x, y = walker.inspector.behind.origin.slope.plot.curve.getData()
        np.testing.assert_allclose(y, (x - 2) ** 2 + 1, rtol=1e-10)
        example.check(f"slope_at_{name}", tangent(walker))
        assert np.sign(arrow(walker)) == sign, "towards 2"
        example.check(f"path_from_{name}", path(walker, 5))
    start_at(walker, 5.0, 1.0)
    example.check("eta_1_from_5", path(walker, 2))
    example.assert_everything_compared()


def test_a_perceptron_learns_by_the_hinge_loss_of_its_raw_score(walker: Walker) -> None:
    walker.open("hinge")
    walker.robot.key(Key.Key_5)
    for _ in range(20):
        walker.press(Key.Key_PageDown)
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    weights = [walker.facts(Selected("link", "o", 0, "x", source)) for source in (0, 1)]
    w = [last(each, "after the step") for each in weights]
    b = last(walker.facts(Selected("bias", "o", 0)), "after the step")
    assert ((rows @ w + b) > 0).tolist() == [False, False, False, True]
    assert walker.frame.train_loss == 0
