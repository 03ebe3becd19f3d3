"""Where a gradient comes from, read from the inspector's widgets: paths, factors, their sum, and the lit canvas."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui import numbers
from dlviz.gui.editor.trail_item import PLACE, arrow, links_of
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.paths import PathList
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.edits.training import set_training
from dlviz.session.network_presets import logistic_unit
from tests.gui.robot import LEFT, NONE, Key, Robot, no_stall

FIRST = Selected("link", "h", 0, "x", 0)
OUTPUTS = [Selected("unit", "o", 0), Selected("unit", "o", 1)]
TEN_DIGITS = 1e-10


def inspector(robot: Robot) -> InspectorPanel:
    found = robot.panel("inspector")
    assert isinstance(found, InspectorPanel)
    return found


def paths(robot: Robot) -> PathList:
    return inspector(robot).behind.origin.paths


def listed(robot: Robot, place: Selected) -> PathList:
    """Select a weight and wait for its paths."""
    robot.window.context.selection.select(place)
    found = paths(robot)
    robot.wait(lambda: bool(found.ways) and found.isVisible())
    # A hand is slower than the layout.
    shown = [card for card in found.cards if card.isVisible()]
    robot.wait(lambda: all(card.product.height() >= card.product.heightForWidth(card.width()) for card in shown))
    return found


def worked_example(robot: Robot) -> Robot:
    """Walk the 2-2-2 example of the Learn menu to the gradient of its first weights."""
    robot.start("step")
    robot.trigger("learn_example")
    robot.wait(lambda: robot.frame.document.title == "Two inputs, two hidden, two outputs")
    robot.key(Key.Key_End)
    while robot.frame.cursor < 11:
        cursor = robot.frame.cursor
        robot.key(Key.Key_PageDown)
        robot.wait(lambda before=cursor: robot.frame.cursor > before)
    return robot


def test_the_first_weight_of_the_worked_example_lists_its_two_paths(robot: Robot) -> None:
    """The figures of Mazur's example, to all digits that it prints, and to ten of the formula itself."""
    ways = listed(worked_example(robot), FIRST).ways
    assert [way.title for way in ways] == ["through a²₁", "through a²₂"]
    assert [round(way.value, 9) for way in ways] == [0.000668396, -0.000229828]
    assert round(sum(way.value for way in ways), 9) == 0.000438568
    gradient = robot.frame.trace.value("h.dW", robot.frame.cursor)[0, 0]
    assert sum(way.value for way in ways) == pytest.approx(gradient, rel=TEN_DIGITS)
    totals = paths(robot).totals
    assert totals.words().split("\t") == ["sum = ∂L/∂w", numbers.full(gradient)]
    assert paths(robot).cards[0].value.text() == "+0.000668396"
    assert totals.rows[0].values[1].text() == "+0.000438568"


def test_factors_multiply_to_the_path(robot: Robot) -> None:
    for way in listed(worked_example(robot), FIRST).ways:
        product = 1.0
        for factor in way.factors:
            product *= factor.value
        assert product == pytest.approx(way.value, rel=1e-14)


def test_a_factor_is_pointed_at_and_taken_by_mouse_and_keyboard(robot: Robot) -> None:
    card = listed(worked_example(robot), FIRST).cards[1]
    selection, product = robot.window.context.selection, card.product
    robot.bot.mouseMove(product, product.rectangle(2).center().toPoint())
    assert selection.hover == Selected("link", "o", 1, "h", 0)
    assert selection.trail == (OUTPUTS[1], Selected("unit", "h", 0), Selected("input", "x", 0))
    robot.bot.mouseClick(product, LEFT, NONE, product.rectangle(1).center().toPoint())
    assert selection.current == OUTPUTS[1]
    listed(robot, FIRST)
    product.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        robot.bot.keyClick(product, key)
    assert selection.current == Selected("link", "o", 1, "h", 0)


def test_a_kept_path_is_lit_with_arrows_backward(robot: Robot) -> None:
    card = listed(worked_example(robot), FIRST).cards[0]
    trail = robot.view.network_scene.trail
    robot.bot.mouseClick(card, LEFT, NONE, card.title.geometry().center())
    assert card.is_kept
    assert trail.count() == 2
    heads = [polygon_tip(path) for path in trail._paths]
    assert all(tip.x() < middle.x() for tip, middle in heads), "arrows point to the left, where the weight is"
    robot.bot.mouseClick(card, LEFT, NONE, card.title.geometry().center())
    assert not card.is_kept


def polygon_tip(path: QPainterPath) -> tuple[QPointF, QPointF]:
    return arrow(path)[0], path.pointAtPercent(PLACE)


def test_another_selection_lets_the_path_go(robot: Robot) -> None:
    card = listed(worked_example(robot), FIRST).cards[0]
    robot.bot.mouseClick(card, LEFT, NONE, card.title.geometry().center())
    robot.window.context.selection.select(OUTPUTS[0])
    assert robot.window.context.selection.trail == ()
    assert robot.view.network_scene.trail.count() == 0


def test_before_the_backward_pass_nothing_is_given_away(robot: Robot) -> None:
    robot.start("step")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 1)
    robot.window.context.selection.select(FIRST)
    origin = inspector(robot).behind.origin
    robot.wait(lambda: origin.note.text().startswith("Not computed yet"))
    assert not origin.paths.isVisible()


def test_hidden_results_hide_the_paths(robot: Robot) -> None:
    listed(worked_example(robot), FIRST)
    robot.window.context.hide_results(True)
    assert not inspector(robot).behind.origin.isVisible()


def deep(robot: Robot, *widths: int) -> None:
    """Open a network of these widths, inputs first, on rows of as many random numbers."""
    draw = np.random.default_rng(5)
    inputs = tuple(f"x{number}" for number in range(widths[0]))
    rows = Dataset("noise", "regression", draw.random((150, widths[0])), draw.random((150, 10)), inputs,
                   tuple(f"y{number}" for number in range(10)))  # fmt: skip
    layers = [dense(f"h{number}", width, "tanh") for number, width in enumerate(widths[1:], 1)]
    network = NetworkSpec((*layers, dense("o", 10, "sigmoid")), (InputSpec("x", (widths[0],)),))
    training = TrainingSpec(loss=Choice("squared_error"), batch_size=32)
    robot.running.session.new(Document(dtype="float64", data=DataSpec("table", dataset=rows), training=training,
                                       network=network))  # fmt: skip
    robot.settle()


def test_what_is_not_listed_is_stated(robot: Robot) -> None:
    robot.start("network")
    deep(robot, 24, 16, 12)
    found = listed(robot, Selected("link", "h1", 3, "x", 20))
    explanation = robot.frame.explanation
    assert len(found.ways) == 10
    assert [abs(way.value) for way in found.ways] == sorted((abs(way.value) for way in found.ways), reverse=True)
    (rest, total, *_) = found.totals.words().split("\n")
    words, value = rest.split("\t")
    assert words == "and 110 more paths"
    stated = float(value.replace("−", "-")) + sum(way.value for way in found.ways)
    assert stated == pytest.approx(explanation.paths.share, rel=1e-12)
    assert total.startswith("sum, sample 1")


def test_a_shared_weight_has_one_term_for_each_use(robot: Robot) -> None:
    robot.start("network")
    layers = (dense("a", 2, "tanh"), LayerSpec("b", "dense", shares="a"), dense("o", 1, "tanh"))
    robot.running.session.new(Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers)))
    robot.settle()
    listed(robot, Selected("link", "a", 0, "x", 0))
    rows = [row for row in inspector(robot).behind.origin.uses.rows if not row.isHidden()]
    terms = robot.frame.explanation.terms
    assert {row.label.text().partition(":")[0] for row in rows} == {"a¹₁", "a[b]₁"}
    assert sum(term.value for term in terms) == pytest.approx(robot.frame.explanation.paths.share, rel=1e-12)


def test_a_large_network_answers_without_a_stall(robot: Robot) -> None:
    robot.start("network")
    deep(robot, 784, 128, 64)
    with no_stall():
        for unit in range(4):
            listed(robot, Selected("link", "h1", unit, "x", 20 + unit))
            robot.wait(lambda wanted=unit: robot.frame.explanation.question.weight.entry == (wanted, 20 + wanted), 0.5)


def test_the_links_of_a_trail_are_its_own(robot: Robot) -> None:
    trail = listed(worked_example(robot), FIRST).ways[1].trail
    scene = robot.view.network_scene
    scene.show_trail(trail)
    links = scene.layout_.links
    drawn = [(links.layers[k], links.rows[k], links.origins[k], links.origin_units[k]) for k in
             links_of(scene.layout_, trail)]  # fmt: skip
    wanted = [(later.layer, later.unit, earlier.layer, earlier.unit) for later, earlier in pairwise(trail)]
    assert drawn == wanted


def batch_of(robot: Robot, place: Selected) -> InspectorPanel:
    """Stand at a batch of ten in the first document, with a weight selected."""
    robot.start("network")
    robot.wait(lambda: robot.frame.step > 30)
    robot.pause()
    listed(robot, place)
    return inspector(robot)


def test_bars_of_the_samples_add_up_to_the_gradient_on_show(robot: Robot) -> None:
    samples = batch_of(robot, Selected("link", "h1", 2, "x", 1)).behind.origin.samples
    gradient = float(robot.frame.peek.value("h1.dW", 99)[2, 1])
    assert len(samples.bars.bars) == len(robot.frame.peek.rows) > 1
    assert sum(bar.value for bar in samples.bars.bars) == pytest.approx(gradient, rel=1e-12)
    assert samples.totals.words() == f"sum = ∂L/∂w\t{numbers.full(gradient)}"


def test_a_click_on_a_bar_looks_at_that_sample(robot: Robot) -> None:
    panel = batch_of(robot, Selected("link", "h1", 2, "x", 1))
    bars = panel.behind.origin.samples.bars
    robot.bot.mouseClick(bars, LEFT, NONE, bars.rectangle(3).center().toPoint())
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.sample == 3)
    robot.wait(lambda: bars.current == 3 and paths(robot).isVisible())
    share = bars.bars[3].value
    assert sum(way.value for way in paths(robot).ways) == pytest.approx(share, rel=1e-10)
    bars.setFocus()
    robot.bot.keyClick(bars, Key.Key_Right)
    robot.wait(lambda: robot.frame.sample == 4)


def test_of_a_large_batch_the_strongest_bars_are_drawn_and_the_rest_is_stated(robot: Robot) -> None:
    robot.start("network")
    deep(robot, 24, 16, 12)
    robot.running.session.edit(set_training(robot.running.session.document, batch_size=100), "batch")
    robot.settle()
    listed(robot, Selected("link", "h1", 3, "x", 20))
    samples = inspector(robot).behind.origin.samples
    drawn = sum(bar.value for bar in samples.bars.bars)
    rest, total = (float(line.split("\t")[1].replace("−", "-")) for line in samples.totals.words().split("\n"))
    assert len(samples.bars.bars) == 64
    assert drawn + rest == pytest.approx(total, rel=1e-12)


def test_the_slope_picture_predicts_and_tells_the_real_change(robot: Robot) -> None:
    panel = batch_of(robot, Selected("link", "h1", 2, "x", 1))
    slope = robot.frame.explanation.slope
    x, y = panel.behind.origin.slope.plot.tangent.getData()
    gradient = float(robot.frame.peek.value("h1.dW", 99)[2, 1])
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(gradient, rel=1e-9)
    words = panel.behind.origin.slope.changes.words()
    assert numbers.full(slope.predicted) in words
    assert numbers.full(slope.real) in words
    panel.behind.origin.slope.reach.setCurrentIndex(1)
    robot.wait(lambda: robot.frame.explanation.question.reach == 0)
    robot.wait(lambda: panel.behind.origin.slope.plot.curve.getData()[0][-1] < slope.values[-1])


def test_the_numeric_derivative_stands_beside_the_gradient(robot: Robot) -> None:
    panel = batch_of(robot, Selected("bias", "h1", 1))
    rows = {row.label.text(): row for row in panel.facts.rows if not row.isHidden()}
    check = rows["✓ numeric check, ε = 10⁻⁶"]
    gradient = float(robot.frame.peek.value("h1.db", 99)[1])
    assert float(check.words().split("\t")[1].replace("−", "-")) == pytest.approx(gradient, rel=1e-5)


def test_the_history_ends_at_the_weight_as_it_is(robot: Robot) -> None:
    panel = batch_of(robot, Selected("link", "o", 0, "h2", 1))
    steps, values = panel.behind.origin.history.curve.getData()
    assert steps[-1] == robot.frame.step
    assert values[-1] == pytest.approx(robot.frame.parameters["o.W"][0, 1])


def test_log_likelihood_and_cost_are_mirror_images_with_their_best_at_the_same_weight(robot: Robot) -> None:
    """Curriculum LOS-10: J = −ℓ/m, both calculated from the outputs at every value of the weight."""
    robot.start("step")
    robot.running.session.new(logistic_unit())
    robot.settle()
    robot.window.context.selection.select(Selected("link", "o", 0, "x", 1))
    slope = inspector(robot).behind.origin.slope
    robot.wait(slope.likelihood.isVisible)
    slope.likelihood.setCurrentIndex(1)
    w, cost = slope.plot.curve.getData()
    x = np.array([[1.0, 0.5], [2.0, -1.0], [-1.0, 2.0], [0.5, 0.0]])
    a = 1 / (1 + np.exp(-(0.3 * x[:, :1] + np.outer(x[:, 1], w) + 0.1)))
    y = np.array([[1.0], [0.0], [1.0], [0.0]])
    logs = np.log(np.where(y == 1, a, 1 - a)).sum(axis=0)
    assert slope.plot.likelihood.getData()[1] == pytest.approx(logs / 4, rel=1e-9)
    assert cost == pytest.approx(-logs / 4, rel=1e-9)
    facts = dict(line.split("\t") for line in slope.changes.words().split("\n"))
    assert facts["smallest J at w"] == facts["largest ℓ at w"]
    assert float(facts["largest |J + ℓ/m|"]) < TEN_DIGITS
