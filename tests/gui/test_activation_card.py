"""The activation card in the inspector: curve, sums, sliders, threshold, comparison, table, derivation, softmax."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice, chosen
from dlviz.core.inference import activation_of
from dlviz.gui.panels.inspector.activation.card import ActivationCard
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.edits import set_activation
from dlviz.session.presets import document_for, step_document
from tests.golden.example import Example
from tests.gui.robot import Key, Robot, close_window, no_stall, robot_at_window

DIGITS = 1e-10


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot, (1280, 1000))
    yield made
    close_window(made)


def card_of(robot: Robot, document: Document, place: Selected, workspace: str = "network") -> ActivationCard:
    """Open a document, select a place of it, and return the card once it shows that place."""
    robot.start(workspace)
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(place)
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    card = panel.behind.activation.card
    robot.wait(lambda: card.isVisible() and study(card) is not None)
    return card


def study(card: ActivationCard) -> object:
    found = card.plot._study
    return found if found is not None and found.question == card._asks else None


def with_activation(kind: str, **settings: object) -> Document:
    return set_activation(document_for("xor"), "h1", chosen(kind, **settings))


def activation(robot: Robot, layer: str = "h1") -> Choice:
    found = activation_of(robot.running.session.document.network, layer)
    assert found is not None
    return found


def unfold(robot: Robot, card: ActivationCard, part: str) -> None:
    fold = getattr(card, part)
    robot.wait(lambda: fold.heading.height() > 10)
    robot.panel("inspector").findChild(QScrollArea).ensureWidgetVisible(fold.heading)
    robot.click(fold.heading)
    assert fold.body.isVisible()


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("step", "step", {}), ("sigmoid", "sigmoid", {}), ("tanh", "tanh", {}),
        ("relu", "relu", {"slope_at_zero": "1"}), ("linear", "linear", {}),
        ("leaky_relu_0.01", "leaky_relu", {"slope": 0.01, "slope_at_zero": "1"}),
    ],
)  # fmt: skip
def test_table_shows_values_and_derivatives(robot: Robot, name: str, kind: str, settings: dict[str, object]) -> None:
    card = card_of(robot, with_activation(kind, **settings), Selected("layer", "h1"))
    unfold(robot, card, "table")
    example = Example("EX-70")
    assert card.table.rows[:, 0] == pytest.approx(example.inputs["x"])
    assert card.table.rows[:, 1] == pytest.approx(example.expected[name]["value"], rel=DIGITS)
    assert card.table.rows[:, 2] == pytest.approx(example.expected[name]["derivative"], rel=DIGITS)


def test_points_of_the_table_can_be_typed(robot: Robot) -> None:
    card = card_of(robot, with_activation("sigmoid", slope=2.0), Selected("unit", "h1", 1))
    unfold(robot, card, "table")
    card.table.points.setFocus()
    card.table.points.selectAll()
    robot.text("-2 -1 0 1 2")
    robot.key(Key.Key_Return)
    robot.wait(lambda: len(card.table.rows) == 5 and card.table.rows[1, 0] == -1)
    example = Example("EX-35")
    assert card.table.rows[:, 1] == pytest.approx(example.expected["a=2"]["phi"], rel=DIGITS)
    assert card.table.rows[:, 2] == pytest.approx(example.expected["a=2"]["dphi"], rel=DIGITS)
    assert card.table.cells[2][2].text() == "0.5"


def test_slope_slider_redraws_the_curve_and_its_peak(robot: Robot) -> None:
    card = card_of(robot, with_activation("sigmoid"), Selected("layer", "h1"))
    assert card.plot.peak.toPlainText() == "α/4 = 0.25"
    slider = card.settings.sliders["slope"].slider
    robot.drag_slider(slider, [0.5, 0.6, 0.7])
    robot.wait(lambda: activation(robot).settings.get("slope", 1.0) == card.settings.sliders["slope"].value())
    a = activation(robot).settings["slope"]
    assert a > 1.5
    robot.wait(lambda: card.plot._study.shape.settings["slope"] == a)
    z, slopes = card.plot.slope.getData()
    assert slopes == pytest.approx(a * np.exp(-a * z) / (1 + np.exp(-a * z)) ** 2, rel=1e-9)
    assert card.plot.peak.toPlainText().startswith("α/4 = ")
    robot.running.session.undo()
    assert activation(robot) == Choice("sigmoid"), "a drag is one edit"


def test_cursor_reads_value_and_slope(robot: Robot) -> None:
    card = card_of(robot, with_activation("sigmoid"), Selected("layer", "h1"))
    card.plot.read_at(0.012)
    assert card.read_out.text() == "z = 0   φ = 0.5   φ′ = 0.25"
    card.plot.read_at(2.0)
    assert card.read_out.text() == "z = 2   φ = 0.8808   φ′ = 0.105"


def test_tanh_and_the_stretched_sigmoid_are_said_to_coincide(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("layer", "h1"))
    unfold(robot, card, "comparison")
    kinds = card.comparison.kinds
    kinds.setCurrentIndex(kinds.findText("a formula"))
    kinds.activated.emit(kinds.currentIndex())
    robot.wait(lambda: "coincide" in card.comparison.said.text())
    assert card.comparison.line.text() == "2*sigmoid(2*z) - 1"
    assert card.plot.other.getData()[1] == pytest.approx(card.plot.value.getData()[1], abs=1e-15)
    kinds.setCurrentIndex(kinds.findText("Sigmoid"))
    kinds.activated.emit(kinds.currentIndex())
    z = card.plot.value.getData()[0]
    apart = np.abs(np.tanh(z) - 1 / (1 + np.exp(-z))).max()
    robot.wait(lambda: card.comparison.said.text() == f"largest difference: {apart:.3g}")


def test_a_formula_that_is_none_is_refused_in_words(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("layer", "h1"))
    unfold(robot, card, "comparison")
    kinds = card.comparison.kinds
    kinds.setCurrentIndex(kinds.findText("a formula"))
    kinds.activated.emit(kinds.currentIndex())
    card.comparison.line.setText("2*q")
    card.comparison.line.returnPressed.emit()
    assert "q" in card.comparison.said.text()


def test_threshold_of_a_step_is_dragged_in_the_plot(robot: Robot) -> None:
    card = card_of(robot, with_activation("step"), Selected("layer", "h1"))
    assert card.plot.threshold.isVisible()
    assert "no gradient passes" in card.warning.text()
    card.plot.threshold.setValue(1.5)
    card.plot.threshold.sigDragged.emit(card.plot.threshold)
    robot.wait(lambda: activation(robot).settings.get("threshold") == 1.5)
    robot.wait(lambda: card.plot._study.shape.kinks == (1.5,))
    z, values = card.plot.value.getData()
    assert set(values[z < 1.5]) == {0.0}
    assert set(values[z >= 1.5]) == {1.0}


def test_kinks_are_ringed_with_the_derivative_that_is_used(robot: Robot) -> None:
    card = card_of(robot, with_activation("relu", slope_at_zero="1"), Selected("unit", "h1", 0))
    ((z,), (a,)) = card.plot.rings.getData()
    assert (z, a) == (0, 0)
    assert card.plot.ring_slopes.getData()[1] == [1.0]
    assert "no derivative at z = 0" in card.warning.text()


def test_derivative_of_relu_at_zero_is_a_setting_of_the_unit(robot: Robot) -> None:
    card = card_of(robot, with_activation("relu"), Selected("unit", "h1", 0))
    field = card.settings.form.fields["slope_at_zero"]
    field.setCurrentIndex(1)
    field.activated.emit(1)
    robot.wait(lambda: activation(robot).settings.get("slope_at_zero") == "1")


def test_dead_units_are_counted_and_leaky_ones_do_not_die(robot: Robot) -> None:
    document = with_activation("relu")
    card = card_of(robot, document, Selected("layer", "h1"))
    for unit in range(3):
        robot.running.session.set_parameter("h1.b", unit, -50.0)
    robot.wait(lambda: "dead units: 3 of 4" in card.facts.text())
    robot.running.session.edit(set_activation(robot.running.session.document, "h1", "leaky_relu"), "leaky")
    robot.wait(lambda: "dead units: 0 of 4" in card.facts.text())
    robot.drag_slider(card.settings.sliders["slope"].slider, [0.01, 0.2, 0.25])
    robot.wait(lambda: card.plot._study.shape.settings["slope"] > 0.2)
    z, slopes = card.plot.slope.getData()
    assert set(slopes[z < 0]) == {activation(robot).settings["slope"]}


def test_saturated_share_is_that_of_the_sums(robot: Robot) -> None:
    card = card_of(robot, with_activation("sigmoid"), Selected("layer", "h1"))
    for unit, bias in enumerate((-50.0, 50.0, 50.0, 0.0)):
        robot.running.session.set_parameter("h1.b", unit, bias)
    robot.wait(lambda: "saturated: 75" in card.facts.text())
    low, high = (zone.getRegion() for zone in card.plot.zones[:2])
    assert (low[1], high[0]) == pytest.approx((-np.log(19), np.log(19)), abs=0.3)


def test_sums_of_the_layer_are_drawn_as_ticks_and_bars(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("unit", "h1", 2))
    run = robot.frame
    inputs = robot.running.session.prepared.inputs
    z = inputs @ run.parameters["h1.W"][2] + run.parameters["h1.b"][2]
    ticks = card.plot.ticks.getData()[0][::3]
    assert sorted(ticks) == pytest.approx(sorted(z), rel=1e-9)
    assert card.plot._study.spread.counts.sum() == len(z)


def test_an_entry_of_the_list_is_tried_out_under_the_pointer(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("layer", "h1"))
    kinds = robot.panel("inspector").form.layer.choices["activation"].kinds
    kinds.showPopup()
    kinds.highlighted.emit(kinds.findText("ReLU"))
    robot.wait(lambda: card.header.info.text() == "ReLU, tried out")
    assert activation(robot).kind == "tanh"
    kinds.hidePopup()
    robot.wait(lambda: card.header.info.text() == "Tanh")


def test_sigmoid_derives_its_slope_and_puts_the_numbers_in(robot: Robot) -> None:
    card = card_of(robot, step_document(), Selected("unit", "h", 0), "step")
    robot.running.session.walk_to(2)
    robot.wait(lambda: card.derivation.said.isVisibleTo(card.derivation.body))
    unfold(robot, card, "derivation")
    lines = card.derivation.view.lines()
    assert lines[0].startswith(r"\varphi'(z) = \frac{d}{dz}")
    assert lines[-1] == r"\alpha\,\sigma(z)\left(1 - \sigma(z)\right)"
    assert card.derivation.said.text() == "here: 1 · 0.5498 · (1 − 0.5498) = 0.2475"


def test_nothing_stands_on_the_curve_before_the_sum_is_computed(robot: Robot) -> None:
    card = card_of(robot, step_document(), Selected("unit", "o", 0), "step")
    robot.running.session.walk_to(1)
    robot.wait(lambda: robot.frame.cursor == 1 and not len(card.plot.dots["forward"].getData()[0]))
    robot.running.session.walk_to(3)
    robot.wait(lambda: len(card.plot.dots["forward"].getData()[0]) == 1)
    robot.key(Key.Key_H)
    robot.wait(lambda: not card.isVisible())


def test_curve_follows_the_run_while_it_trains(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("layer", "h1"))
    before = card.plot.ticks.getData()[0].copy()
    robot.running.session.play("batch")
    robot.wait(lambda: not np.array_equal(card.plot.ticks.getData()[0], before, equal_nan=True))
    robot.running.session.pause()


def test_window_lives_while_the_card_follows_a_run_and_a_slider(robot: Robot) -> None:
    card = card_of(robot, with_activation("tanh"), Selected("layer", "h1"))
    robot.running.session.play("batch")
    robot.wait(lambda: robot.frame.state == "running")
    with no_stall():
        robot.drag_slider(card.settings.sliders["slope"].slider, [0.5, 0.52, 0.55, 0.58, 0.6])
        robot.bot.wait(500)
    robot.running.session.pause()


def test_softmax_shows_shares_that_a_constant_does_not_change(robot: Robot) -> None:
    robot.start("network")
    robot.running.session.new(document_for("iris"))
    robot.settle()
    robot.window.context.selection.select(Selected("layer", "o"))
    card = robot.panel("inspector").behind.activation.card
    robot.wait(lambda: card.softmax.isVisible() and card.softmax.bars.shown is not None)
    before = card.softmax.bars.shown
    assert before.probabilities == pytest.approx(np.exp(before.sums) / np.exp(before.sums).sum(), rel=1e-12)
    assert card.softmax.bars.words()[-1][-1] == "1"
    robot.drag_slider(card.softmax.shift.slider, [0.5, 0.8])
    robot.wait(lambda: card.softmax.bars.shown.sums[0] > before.sums[0] + 1)
    assert card.softmax.bars.shown.probabilities == pytest.approx(before.probabilities, rel=1e-12)
    assert card.softmax.said.text().startswith("largest change of a probability: ")


def test_softmax_of_four_sums(robot: Robot) -> None:
    card = card_of_softmax(robot)
    example, shown = Example("EX-68"), card.softmax.bars.shown
    assert shown.sums == pytest.approx(example.inputs["z"])
    assert shown.exponentials == pytest.approx(example.expected["t"], rel=DIGITS)
    assert shown.total == pytest.approx(example.expected["sum_t"], rel=DIGITS)
    assert shown.probabilities == pytest.approx(example.expected["a"], rel=DIGITS)
    words = card.softmax.bars.words()
    assert words[0] == ("1", "2", "7.389", "0.6381")
    assert words[-1] == ("Σ", "", "11.58", "1")


def card_of_softmax(robot: Robot) -> ActivationCard:
    robot.start("step")
    robot.trigger("learn_softmax_four")
    robot.settle()
    robot.window.context.selection.select(Selected("layer", "o"))
    card = robot.panel("inspector").behind.activation.card
    robot.running.session.walk_to(2)
    robot.wait(lambda: card.softmax.isVisible() and card.softmax.bars.shown is not None)
    return card


def test_pointer_over_the_plot_moves_the_cursor(robot: Robot) -> None:
    card = card_of(robot, with_activation("sigmoid"), Selected("layer", "h1"))
    viewport = card.plot.viewport()
    robot.bot.mouseMove(viewport, QPoint(viewport.width() // 2, viewport.height() // 3))
    card.plot._point(card.plot.mapToScene(viewport.rect().center()))
    assert card.plot.cursor.isVisible()
    assert card.read_out.text().startswith("z = ")
