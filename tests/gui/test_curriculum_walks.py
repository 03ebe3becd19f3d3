"""Rows of the curriculum that a walk shows in passing: what is lit, written and said at each step."""

import json
from pathlib import Path

import numpy as np
import pytest

from dlviz.gui import numbers
from dlviz.gui.editor import picture
from dlviz.gui.panels.inspector.input import ShapeForm
from dlviz.gui.selection import Selected
from dlviz.session.explanation import Explanation
from dlviz.session.presets import document_for
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.gui.walker import Walker, length


def values(walker: Walker, node: str) -> tuple[str, ...]:
    """Return what the canvas writes on the units of a layer."""
    return walker.robot.view.network_scene.tiles.content.texts[node].values


def explained(walker: Walker, place: Selected, name: str) -> Explanation:
    """Select a weight and wait for what the worker says about it."""
    walker.select(place)
    walker.robot.wait(
        lambda: (
            isinstance(walker.frame.explanation, Explanation) and walker.frame.explanation.question.weight.name == name
        )
    )
    answer = walker.frame.explanation
    assert isinstance(answer, Explanation)
    return answer


def test_each_press_lights_the_next_layer_and_fills_its_units(walker: Walker) -> None:
    example = Example("EX-02")
    walker.open("twelve")
    walker.robot.key(Key.Key_2)
    expected = {"h1": ("a11", "a12"), "h2": ("a21", "a22"), "o": ("a31",)}
    for node, places in expected.items():
        assert set(values(walker, node)) == {"not yet"}
        walker.press(Key.Key_PageDown)
        lit = picture.lit(walker.frame.document.network, walker.frame)
        assert lit is not None and lit.nodes == {node}
        assert values(walker, node) == tuple(numbers.number(example[place]) for place in places)
    assert (walker.robot.view.network_scene.tiles.content.lit) == {("o", -1)}


def test_the_formula_of_the_selected_unit_has_symbols_and_numbers(walker: Walker) -> None:
    walker.open("twelve").walk(1)
    walker.select(Selected("unit", "h1", 1))
    told = walker.formula.view.text()
    # a12 reads 0.4 · 1 + 0.5 · 0.5 − 0.6 · (−1) = 1.25 before its sigmoid
    assert "z" in told and told.count("=") >= 2
    assert walker.number() == pytest.approx(1.25, rel=1e-12)
    for number in ("0.4", "0.5", "1.25"):
        assert number in told


def test_a_single_path_is_a_product_of_its_factors(walker: Walker) -> None:
    walker.open("one_path").walk(length(walker) - 2)
    answer = explained(walker, Selected("link", "h1", 0, "x", 0), "h1.W")
    paths = walker.inspector.behind.origin.paths
    walker.robot.wait(lambda: len(paths.ways) == 1)
    (way,) = paths.ways
    x, w1, w2, w3, y = 0.5, 0.8, -1.2, 1.5, 1.0
    a1, a2, a3 = outputs(x, w1, w2, w3)
    by_hand = [a3 - y, a3 * (1 - a3), w3, a2 * (1 - a2), w2, a1 * (1 - a1), x]
    np.testing.assert_allclose([factor.value for factor in way.factors], by_hand, rtol=1e-10)
    assert way.value == pytest.approx(np.prod(by_hand), rel=1e-10)
    assert way.value == pytest.approx(float(walker.told["h1.dW"][0, 0]), rel=1e-10)
    assert answer.paths is not None and answer.paths.count == 1


def outputs(x: float, *weights: float) -> list[float]:
    found = []
    for weight in weights:
        x = 1 / (1 + np.exp(-weight * x))
        found.append(x)
    return found


def test_deltas_stand_below_the_units_once_they_are_computed(walker: Walker) -> None:
    example = Example("EX-42")
    texts = walker.open("step").robot.view.network_scene.tiles
    for step in range(length(walker)):
        done = {written for each in walker.forward_names() for written in each}
        shown = {node for node in "ho" if texts.content.texts[node].deltas}
        assert shown == {node for node in "ho" if f"{node}.dz" in done}, f"after step {step + 1}"
    assert texts.content.texts["o"].deltas == (f"δ {numbers.number(-example['delta_k'])}",)
    assert texts.content.texts["h"].deltas == tuple(f"δ {numbers.number(-each)}" for each in example["delta_hidden"])


def test_both_forms_of_the_error_at_a_sigmoid_agree(walker: Walker) -> None:
    example = Example("EX-54")
    walker.open("logistic").walk(4)
    a, y, n = example["Y_hat"][0][0], 1.0, 4
    chain = float(walker.told["o.da"][0])
    assert chain == pytest.approx((a - y) / (a * (1 - a)) / n, rel=1e-10)
    walker.walk(1)
    delta = float(walker.told["o.dz"][0])
    assert delta == pytest.approx((a - y) / n, rel=1e-10)
    assert chain * a * (1 - a) == pytest.approx(delta, rel=1e-10)
    formulas = [row.text for row in walker.steps.model.rows]
    assert any("a¹(1 − a¹)" in text for text in formulas) and any("(a¹ − y)" in text for text in formulas)


def test_reuse_saves_multiplications_and_says_how_many(walker: Walker) -> None:
    walker.open("twelve").walk(length(walker) - 2)
    answer = explained(walker, Selected("link", "h1", 0, "x", 0), "h1.W")
    assert answer.saved is not None
    said = walker.inspector.behind.origin.saved
    walker.robot.wait(said.isVisible)
    # With reuse: 2 + 4 links back, 1 + 2 + 2 slopes, 12 weights. Without, every path of every weight from the loss.
    assert answer.saved.with_reuse == 1 + 2 + 2 + 4 + 2 + 12
    assert answer.saved.without_reuse > answer.saved.with_reuse
    for count in (answer.saved.with_reuse, answer.saved.without_reuse):
        assert str(count) in said.text()


def test_layers_updated_one_after_the_other_end_elsewhere(walker: Walker) -> None:
    walker.open("step").walk(length(walker))
    right = walker.told["o.W"].copy(), walker.told["h.W"].copy()
    walker.robot.trigger("slip_sequential_update")
    walker.robot.settle()
    walker.robot.trigger("reset")
    walker.robot.wait(lambda: walker.stand() == (0, 0, 0) and walker.frame.peek is not None)
    assert walker.robot.window.status.warning.text().startswith("Wrong on purpose")
    walker.robot.key(Key.Key_4)
    walker.press(Key.Key_PageDown)
    after = [walker.facts(Selected("link", node, 0, source, 1))["after the step"][-1] for node, source in ("oh", "hx")]
    assert after != pytest.approx([right[0][0, 1], right[1][0, 1]], rel=1e-6)


def test_the_update_says_that_its_gradient_was_taken_at_the_old_weights(walker: Walker) -> None:
    walker.open("one_step").walk(length(walker) - 1)
    assert "old weights" in walker.formula.sentence.text()


def test_a_unit_shows_the_slope_that_the_backward_pass_uses(walker: Walker) -> None:
    example = Example("EX-42")
    walker.open("step").walk(length(walker) - 2)
    for place, a in ((Selected("unit", "h", 0), example["y1"]), (Selected("unit", "o", 0), example["yk"])):
        walker.select(place)
        walker.robot.wait(lambda place=place: any(label.startswith("σ′") for label in walker.facts(place)))
        slope = next(values for label, values in walker.facts(place).items() if label.startswith("σ′"))[0]
        assert slope == pytest.approx(a * (1 - a), rel=1e-10)


def test_a_shape_that_does_not_fit_is_refused_with_both_shapes(walker: Walker) -> None:
    robot = walker.robot
    robot.start("network")
    robot.running.session.new(document_for("digits"))
    robot.settle()
    walker.select(Selected("input", "x", 0))
    form = walker.inspector.findChild(ShapeForm)
    robot.wait(form.isVisible)
    form.shape.setEditText("1 × 7 × 9")
    robot.bot.keyClick(form.shape.lineEdit(), Key.Key_Return)
    robot.wait(lambda: robot.message() != "")
    assert "[64]" in robot.message() and "[1, 7, 9]" in robot.message()
    assert robot.running.session.document.network.inputs[0].shape == (64,)


def test_weights_of_a_wrong_shape_are_refused_with_both_shapes(walker: Walker, tmp_path: Path) -> None:
    robot = walker.robot
    walker.open("matrices")
    written = json.loads(written_document(robot, tmp_path / "net.json"))
    written["parameters"]["h2.W"] = written["parameters"]["h2.W"][:2]
    robot.answers.path = tmp_path / "wrong.json"
    robot.answers.path.write_text(json.dumps(written), encoding="utf-8")
    robot.trigger("open")
    robot.wait(lambda: robot.message() != "")
    assert robot.message() == "Expected an array of [3, 4] for h2.W. Received: [2, 4]."


def written_document(robot: Robot, path: Path) -> str:
    """Save the document as one readable file and return it."""
    robot.answers.path = path
    robot.trigger("save_as")
    robot.wait(path.exists)
    return path.read_text(encoding="utf-8")
