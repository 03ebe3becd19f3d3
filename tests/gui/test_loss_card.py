"""The loss at work in the inspector: numbers of the worked examples, read from the widgets."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from dlviz.core.conventions import Conventions
from dlviz.gui.chips import ChipRow
from dlviz.gui.panels.inspector.loss.card import LossCard
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.steps.model import place_of
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.number_table import NumberTable
from dlviz.gui.widgets.words import Words
from dlviz.session.document import Document, handle
from dlviz.session.edits import remove_layer, set_conventions, set_optimizer_setting
from dlviz.session.network_presets import two_basins
from dlviz.session.presets import example_document
from tests.gui.robot import LEFT, NONE, Key, Robot
from tests.gui.test_neuron import classes, rows, standing
from tests.unit.session.test_loss_explanation import logistic, passing

END = 99  # operations: more than any of these passes has
LOSS_STEP = 3  # z, a, L


def at_work(robot: Robot, document: Document, unit: int = 0, cursor: int = END) -> LossCard:
    """Walk a document so far and select its loss."""
    standing(robot, document)
    robot.running.session.walk_to(cursor)
    robot.wait(lambda: robot.frame.trace is not None)
    robot.window.context.selection.select(Selected("loss", "o", unit))
    card = card_of(robot)
    robot.wait(card.outputs.isVisible)
    return card


def card_of(robot: Robot) -> LossCard:
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    return panel.behind.loss


def column(table: NumberTable, title: str) -> list[object]:
    """Return the cells under a heading, in the order on show."""
    place = [each.title for each in table.numbers.columns].index(title)
    return [cells[place] for cells in table.shown()]


def try_output(robot: Robot, card: LossCard, a: float) -> None:
    """Pull the slider to an output, and wait for what it costs."""
    assert card.curves.slider is not None
    slider = card.curves.slider
    slider.slider.setValue(slider._scale.position(a))
    robot.wait(lambda: robot.frame.explanation.trial is not None and robot.frame.explanation.trial.own.a == a)


def words_of(card: LossCard) -> str:
    return "\n".join(line.text() for line in card.derivative if line.isVisible())


def test_each_sample_has_its_likelihood_and_minus_the_log_of_their_product_is_the_loss(robot: Robot) -> None:
    """Curriculum EX-46."""
    card = at_work(robot, logistic())
    assert column(card.examples.table, "a") == pytest.approx(
        [0.8807970779778823, 0.2689414213699951, 0.6224593312018546], rel=1e-10
    )
    facts = rows(card.examples.facts)
    assert facts["likelihood = product of all P"] == [pytest.approx(0.24310382032676786, rel=1e-10)]
    assert facts["its logarithm ℓ = ln P"] == [pytest.approx(-1.4142666827413022, rel=1e-10)]
    assert facts["−ℓ = sum of all losses (ln)"] == [pytest.approx(1.4142666827413022, rel=1e-10)]
    assert facts["J = mean of 3 losses"] == [pytest.approx(0.47142222758043406, rel=1e-10)]
    assert np.prod(column(card.examples.table, "P")) == pytest.approx(0.24310382032676786, rel=1e-10)


def test_a_click_on_a_heading_sorts_by_loss_and_a_click_on_a_sample_walks_it(robot: Robot) -> None:
    card = at_work(robot, logistic())
    table = card.examples.table
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    losses = column(table, "loss")
    assert losses == sorted(losses, reverse=True)
    assert column(table, "#") == [3.0, 2.0, 1.0]
    robot.bot.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(table.model().index(0, 0)).center())
    robot.wait(lambda: robot.frame.sample == 2 and card.outputs.table.numbers.lines[0].cells[1] == 0.0)
    assert card.examples.table.numbers.marked == 2


def test_the_curves_of_both_targets_carry_the_sample_and_its_tangent(robot: Robot) -> None:
    card = at_work(robot, logistic())
    plot = card.curves.plot
    ((x,), (y,)) = plot.dots["text"].getData()
    assert (x, y) == pytest.approx((0.8807970779778823, 0.1269280110429726), rel=1e-10)
    for item, target in zip(plot.curves, (1.0, 0.0), strict=False):
        at, losses = item.getData()
        assert losses == pytest.approx(-np.log(at if target else 1 - at), rel=1e-10)
    (x0, x1), (y0, y1) = plot.tangent.getData()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(-1.1353352832366128, rel=1e-10)


@pytest.mark.parametrize(("p", "cost"), [(0.95, 0.0222763947), (0.9, 0.0457574906), (0.8, 0.0969100130), (0.1, 1.0)])
def test_the_slider_says_what_a_predicted_probability_costs(robot: Robot, p: float, cost: float) -> None:
    """Curriculum LOS-08, EX-12: common logarithms."""
    card = at_work(robot, logistic(base="10"))
    try_output(robot, card, p)
    assert robot.frame.explanation.trial.losses[0] == pytest.approx(cost, abs=1e-10)
    assert card.curves.said.text().startswith(f"a = {p:g}: loss {cost:.4g} for y = 1, ".replace("1.000", "1"))
    robot.click(card.curves.back)
    robot.wait(lambda: card.curves.said.text().startswith("a = 0.8808, y = 1"))


def test_the_derivative_is_written_with_what_cancels(robot: Robot) -> None:
    """Curriculum EX-46, LOS-13."""
    card = at_work(robot, logistic())
    assert "(0.8808 − 1) / (0.8808 · 0.1192) = −1.135" in words_of(card)
    assert "a(1 − a) = 0.8808 · 0.1192 = 0.105" in words_of(card)
    assert "a(1 − a) cancels: δ = a − y = 0.8808 − 1 = −0.1192" in words_of(card)


def test_softmax_and_cross_entropy_cancel_to_the_error_too(robot: Robot) -> None:
    """Curriculum EX-68."""
    document = passing([[2.0, 1.0, 0.1, -1.0]], [[0.0, 1.0, 0.0, 0.0]], "softmax", "categorical_cross_entropy")
    card = at_work(robot, document, unit=1)
    assert "aₜ cancels: δⱼ = aⱼ − yⱼ = 0.2347 − 1 = −0.7653" in words_of(card)
    robot.bot.mouseClick(card.outputs.bars, LEFT, NONE, QPoint(90, 4))
    robot.wait(lambda: "0.6381 − 0 = +0.6381" in words_of(card))
    assert robot.frame.explanation.deltas == pytest.approx(
        [0.6380663511479375, -0.7652685073093954, 0.09543470311362202, 0.03176745304783585], rel=1e-10
    )


def test_derivatives_come_with_the_backward_pass_and_the_loss_with_its_step(robot: Robot) -> None:
    card = at_work(robot, logistic(), cursor=LOSS_STEP)
    assert not card.derivative_header.isVisible()
    robot.running.session.walk_to(LOSS_STEP - 1)
    robot.wait(lambda: not card.outputs.isVisible() and card.note.isVisible())
    assert card.note.text() == "Not computed yet: the loss comes after the forward pass."
    robot.running.session.walk_to(END)
    robot.wait(card.derivative_header.isVisible)


def test_one_hot_and_integer_labels_cost_the_same(robot: Robot) -> None:
    """Curriculum EX-13: switching the labels of data with classes leaves every loss as it is."""
    document = passing(np.log([[0.1, 0.3, 0.6]]), [[1.0]], "softmax", "sparse_categorical_cross_entropy")
    card = at_work(robot, document)
    assert column(card.outputs.table, "−y ln a") == pytest.approx([0, 1.2039728043259361, 0], abs=1e-12)
    assert card.outputs.total.text() == "loss of this sample = 0 + 1.204 + 0 = 1.204"
    assert [pair.target for pair in card.outputs.bars.pairs] == [0.0, 1.0, 0.0]


def test_labels_of_classes_are_switched_and_the_loss_stays(robot: Robot) -> None:
    document = classes()
    card = at_work(robot, document)
    before = rows(card.examples.facts)
    choose(robot, card.counted.labels, "index")
    robot.wait(lambda: robot.settle().document.training.loss.kind == "sparse_categorical_cross_entropy")
    robot.running.session.seek(0)
    robot.running.session.walk_to(END)
    robot.wait(lambda: card.isVisible() and card.counted.labels.key() == "index")
    robot.wait(lambda: rows(card.examples.facts) == before)


def choose(robot: Robot, words: Words, key: str) -> None:
    """Click one of a row of words."""
    place = next(k for k in range(words.count()) if words.tabData(k) == key)
    robot.click(words, words.tabRect(place).center())


def test_hinge_has_its_kink_at_a_margin_of_one(robot: Robot) -> None:
    """Curriculum EX-26."""
    card = at_work(robot, passing([[-2.0], [0.5], [2.0]], [[1.0], [1.0], [1.0]], "linear", "hinge"))
    assert column(card.examples.table, "loss") == pytest.approx([3.0, 0.5, 0.0], abs=1e-12)
    assert "kink at y·a = 1" in card.curves.legend.text()
    x, _ = card.curves.plot.kinks.getData()
    assert x[0] == pytest.approx(1.0, abs=1e-12)
    assert "−y = −1 = −1" in words_of(card)


def test_both_errors_and_their_sum_are_listed(robot: Robot) -> None:
    """Curriculum LOS-16, LOS-17: the two outputs of the worked 2-2-2 network."""
    card = at_work(robot, example_document())
    assert column(card.outputs.table, "y − a") == pytest.approx([-0.741365070, 0.217071535], abs=5e-10)
    energies = column(card.outputs.table, "½ e²")
    assert energies == pytest.approx([0.274811083, 0.023560026], abs=5e-10)
    assert card.outputs.total.text() == "error energy E = 0.2748 + 0.02356 = 0.2984"
    assert column(card.examples.table, "loss") == [pytest.approx(0.298371109, abs=5e-10)]


def test_factor_and_reduction_are_switched_and_the_note_says_the_rate_that_moves_as_far(robot: Robot) -> None:
    card = at_work(robot, logistic())
    assert "The rate 0.1 moves plain descent as 0.03333 would with the sum." in card.counted.note.text()
    choose(robot, card.counted.reduction, "sum")
    robot.wait(lambda: robot.running.session.document.training.loss.settings.get("reduction") == "sum")
    robot.settle()
    robot.running.session.walk_to(END)
    robot.wait(lambda: "moves plain descent as 0.3 would with the mean" in card.counted.note.text())
    gradient = robot.frame.explanation.here.gradient
    choose(robot, card.counted.factor, "half")
    robot.settle()
    robot.wait(lambda: "times as large" in card.counted.note.text())
    assert robot.frame.explanation.here.gradient * 2 == pytest.approx(gradient, rel=0.1)


def test_cross_entropy_pulls_a_saturated_wrong_unit_and_the_squared_error_does_not(robot: Robot) -> None:
    card = at_work(robot, passing([[-8.0]], [[1.0]], "sigmoid", "binary_cross_entropy"))
    entropy, squared = column(card.rivals, "∂L/∂z")
    assert entropy == pytest.approx(-0.9996646498695336, rel=1e-10)
    assert squared == pytest.approx(-0.0006702513, rel=1e-5)


def test_the_table_of_one_sample_grows_with_each_step(robot: Robot) -> None:
    """Curriculum EX-05: towards 47; before each step the rate is set to what leads to the number of the notes."""
    document = passing([[1.0]], [[47.0]], "linear", "squared_error")
    start = {"o.W": handle([[0.0]]), "o.b": handle([20.0])}
    document = replace(document, parameters=start, training=replace(document.training, frozen=("o.W",)))
    standing(robot, document)
    robot.window.context.selection.select(Selected("loss", "o"))
    session, table = robot.running.session, card_of(robot).progress.table
    for count, (error, following) in enumerate(((27, 24), (24, 17), (17, 2)), 2):
        session.edit(set_optimizer_setting(session.document, "lr", (1 - following / error) / 2), "rate")
        session.step("batch")
        robot.wait(lambda count=count: len(table.numbers.lines) == count)
    assert column(table, "ŷ") == pytest.approx([20.0, 23.0, 30.0, 45.0], rel=1e-10)
    assert column(table, "(y − ŷ)²") == pytest.approx([729.0, 576.0, 289.0, 4.0], rel=1e-9)


def test_the_end_of_an_epoch_shows_the_average_beside_the_batches(robot: Robot) -> None:
    document = logistic()
    document = replace(document, training=replace(document.training, batch_size=1))
    standing(robot, document)
    robot.window.context.selection.select(Selected("loss", "o"))
    robot.running.session.step("epoch")
    progress = card_of(robot).progress
    robot.wait(lambda: progress.isVisible() and progress.plot.batches.getData()[0] is not None)
    robot.wait(lambda: len(progress.plot.batches.getData()[0]) == 3)
    facts = rows(progress.facts)
    values = robot.frame.parameters
    assert values is not None
    a = 1 / (1 + np.exp(-(values["o.W"].item() * np.array([2.0, -1.0, 0.5]) + values["o.b"].item())))
    average = -np.mean([np.log(a[0]), np.log(1 - a[1]), np.log(1 - a[2])])
    assert facts["E_av over 3 rows, now"] == [pytest.approx(average, rel=1e-10)]
    assert facts["E(n), mean of an epoch"] == [pytest.approx(np.mean(progress.plot.batches.getData()[1]), rel=1e-10)]


def test_the_step_of_the_loss_leads_to_it(robot: Robot) -> None:
    standing(robot, logistic(), LOSS_STEP)
    panel = robot.panel("steps")
    assert isinstance(panel, StepsPanel)
    place = place_of(panel.model.rows, LOSS_STEP)
    robot.bot.mouseClick(
        panel.view.viewport(), LEFT, NONE, panel.view.visualRect(panel.model.index(place)).center()
    )  # fmt: skip
    robot.wait(card_of(robot).outputs.isVisible)
    assert robot.window.context.selection.current == Selected("loss", "o")


def test_the_chip_and_the_output_unit_lead_to_the_loss(robot: Robot) -> None:
    at_work(robot, logistic())
    robot.window.context.selection.select()
    chips = robot.window.findChild(ChipRow)
    robot.click(chips.loss)
    assert chips._popup is not None
    link = next(each for each in chips._popup.findChildren(TextButton) if each.text() == "At work ›")
    robot.click(link)
    assert robot.window.context.selection.current == Selected("loss", "o")
    robot.window.context.selection.select(Selected("unit", "o", 0))
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    robot.wait(panel.behind.neuron.whole.isVisible)
    panel.behind.neuron.whole.click()
    assert robot.window.context.selection.current == Selected("loss", "o")


def test_all_training_rows_can_be_listed(robot: Robot) -> None:
    document = logistic()
    document = replace(document, training=replace(document.training, batch_size=1))
    card = at_work(robot, document)
    assert len(card.examples.table.numbers.lines) == 1
    choose(robot, card.examples.which, "all")
    robot.wait(lambda: len(card.examples.table.numbers.lines) == 3)
    table = card.examples.table
    robot.bot.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(table.model().index(2, 0)).center())
    robot.wait(lambda: robot.window.context.selection.current == Selected("sample", unit=2))


def test_nothing_can_be_read_while_results_are_hidden(robot: Robot) -> None:
    card = at_work(robot, logistic())
    robot.window.context.hide_results(True)
    robot.wait(lambda: not card.isVisible())


def test_trainings_from_other_starts_are_listed_and_can_be_stopped(robot: Robot) -> None:
    card = at_work(robot, two_basins())
    choose(robot, card.restarts.epochs, "1000")
    robot.click(card.restarts.train)
    robot.wait(lambda: len(card.restarts.table.numbers.lines) == 8)
    ends = column(card.restarts.table, "last loss")
    assert max(ends) > 100 * min(ends)
    assert card.restarts.said.text().startswith("They end between ")
    robot.click(card.restarts.train)
    robot.click(card.restarts.stop)
    robot.wait(card.restarts.train.isVisible)
    assert robot.running.session.document.seed == two_basins().seed


@pytest.mark.parametrize(("base", "divisor"), [("10", np.log(10)), ("2", np.log(2))])
def test_another_logarithm_changes_the_loss_on_show_and_no_gradient(robot: Robot, base: str, divisor: float) -> None:
    """Curriculum LOS-07, EX-12: the convention is set for the whole document."""
    card = at_work(robot, logistic(), cursor=LOSS_STEP + 2)
    losses = np.array(column(card.examples.table, "loss"))
    here, deltas = robot.frame.explanation.here, robot.frame.explanation.deltas
    session = robot.running.session
    session.edit(set_conventions(session.document, Conventions("dlviz", {"log_base": base})), "logarithm")
    robot.settle()
    session.walk_to(LOSS_STEP + 2)
    robot.wait(lambda: robot.frame.explanation is not None and robot.frame.explanation.base == base)
    robot.wait(lambda: column(card.examples.table, "loss") == pytest.approx(losses / divisor, rel=1e-10))
    assert robot.frame.explanation.here.gradient == here.gradient
    assert robot.frame.explanation.deltas == pytest.approx(deltas, rel=1e-12)
    (x0, x1), (y0, y1) = card.curves.plot.tangent.getData()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(here.gradient / divisor, rel=1e-9)


def test_a_network_without_layers_has_no_loss_to_show(robot: Robot) -> None:
    standing(robot, example_document())
    for layer in [each.id for each in robot.running.session.document.network.layers]:
        robot.running.session.edit(remove_layer(robot.running.session.document, layer), "remove")
    robot.wait(lambda: not robot.frame.document.network.layers)
    robot.window.tools.chips._show_loss()
    robot.window.context.selection.select(Selected("loss", ""))
    serial = robot.frame.serial
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.serial > serial)
