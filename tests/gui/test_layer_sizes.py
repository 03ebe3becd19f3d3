"""Sizes layer by layer: gradient bars, norms by epoch, weights near 0, spread, running averages, pinned weights."""

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.gui.health import line_words
from dlviz.gui.panels.distributions.bars import GradientBars, bars_of
from dlviz.gui.panels.distributions.moving import MovingPage
from dlviz.gui.panels.distributions.norms import NormsPage
from dlviz.gui.panels.distributions.panel import DistributionsPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import written_table
from dlviz.session.learning_presets import LEARNING, deep_sigmoids, growing_weights, moving_averages, zero_neuron
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.sizes import MAX_ROWS, SizeLog, size_row
from tests.golden.example import Example
from tests.gui.robot import Robot


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def opened(robot: Robot, document: Document, kind: str = "bars") -> DistributionsPanel:
    """Open a document, and the distributions panel on a page, as a person does."""
    robot.running.session.new(document)
    robot.settle()
    robot.window.docks.open("distributions")
    panel = robot.panel("distributions")
    assert isinstance(panel, DistributionsPanel)
    panel.kinds.setCurrentIndex(panel.kinds.findData(kind))
    return panel


def test_pages_without_anything_to_show_say_what_there_must_be_first(robot: Robot) -> None:
    panel = opened(robot, document_for("circles"), "moving")
    page = panel.paged["moving"]
    assert isinstance(page, MovingPage)
    assert page.empty.isVisible() and not page.layers.isVisible() and not page.mean.isVisible()
    for kind in ("gradients", "updates", "sizes", "bars"):
        panel.kinds.setCurrentIndex(panel.kinds.findData(kind))
        assert panel.untrained.isVisible()
    step_on(robot, "batch", 1)
    robot.wait(lambda: not panel.untrained.isVisible())
    panel.kinds.setCurrentIndex(panel.kinds.findData("norms"))
    panel.kinds.setCurrentIndex(panel.kinds.findData("bars"))
    bars = panel.paged["bars"]
    assert isinstance(bars, GradientBars)
    assert len(bars.bars.bars) == 3  # at once: while nothing runs no other frame comes


def step_on(robot: Robot, by: str, count: int) -> None:
    for _ in range(count):
        step = robot.frame.step
        robot.running.session.step(by)
        robot.wait(lambda step=step: robot.frame.step > step)


def test_every_training_to_look_into_opens_and_can_be_stepped() -> None:
    for example in LEARNING:
        run = Run(example.make())
        assert run.problem is None, example.key
        assert run.advance(1)[0] == 1, example.key


def test_bars_are_logarithmic_and_mark_what_has_faded() -> None:
    bars, ends = bars_of({"h1": 1e-6, "h2": 1e-3, "o": 1e-1})
    assert ends == (-6, -1)
    assert [bar.share for bar in bars] == pytest.approx([0.0, 0.6, 1.0])
    assert [bar.is_marked for bar in bars] == [True, False, False]
    assert bars_of({"h1": 1e3, "o": 1e-1})[0][0].is_marked
    assert bars_of({"h1": math.inf, "o": 1.0})[0][0].words == "not finite"
    assert bars_of({"h1": 0.0, "o": 1.0})[0][0].share == 0


def test_in_deep_sigmoids_the_gradient_fades_by_at_least_what_slopes_allow(robot: Robot) -> None:
    panel = opened(robot, deep_sigmoids())
    page = panel.page
    assert isinstance(page, GradientBars)
    robot.wait(lambda: len(page.bars.bars) == 9)
    values = [bar.value for bar in page.bars.bars]
    trace = Run(deep_sigmoids()).network.record()
    by_hand = [
        float(np.sqrt(sum(np.sum(np.square(trace.value(f"{layer}.d{part}", len(trace.steps)))) for part in "Wb")))
        for layer in [*(f"h{k}" for k in range(1, 9)), "o"]
    ]
    assert values == pytest.approx(by_hand, rel=1e-10)
    most = Example("EX-34").expected["product"][Example("EX-34").expected["k"].index(5)]
    assert values[0] / values[-1] < most
    assert page.bars.bars[0].is_marked
    assert not page.bars.bars[-1].is_marked
    robot.wait(lambda: "Vanishing gradient" in robot.window.status.health.toolTip())


def test_weights_of_one_and_a_half_make_the_error_grow_to_the_power_of_the_layers(robot: Robot) -> None:
    panel = opened(robot, growing_weights())
    page = panel.page
    assert isinstance(page, GradientBars)
    page.which.setCurrentIndex(1)
    robot.wait(lambda: len(page.bars.bars) == 10)
    errors = [bar.value for bar in page.bars.bars]
    signal = Example("EX-63").expected["1.5"][0]  # 1.5¹⁰
    assert errors[0] / errors[-1] == pytest.approx(signal / 1.5, rel=1e-10)
    assert errors[-1] == pytest.approx(2 * signal, rel=1e-10)
    robot.running.session.play("batch", math.inf)
    robot.wait(lambda: "not finite any more" in robot.frame.message)
    assert robot.frame.parameters is not None
    assert all(np.isfinite(values).all() for values in robot.frame.parameters.values()), "the last finite ones are kept"


def test_with_all_weights_0_hidden_gradients_are_exactly_0_and_the_window_warns(robot: Robot) -> None:
    example = next(each for each in LEARNING if each.key == "zero_weights")
    panel = opened(robot, example.make())
    page = panel.page
    assert isinstance(page, GradientBars)
    robot.wait(lambda: len(page.bars.bars) == 2)
    assert page.bars.bars[0].value == 0.0
    assert page.bars.bars[1].value > 0.0
    run = Run(example.make())
    run.advance(50)
    found = run.parameters()
    assert np.array_equal(found["h.W"], np.zeros((3, 2)))
    assert np.array_equal(found["h.W"], np.array(Example("EX-58").expected["dW1_if_all_zero"]))
    assert found["o.b"] != 0, "only the last bias learns"
    robot.wait(lambda: line_words(robot.frame.health or ()) != "Healthy")


def test_a_single_neuron_learns_from_weights_of_0() -> None:
    run = Run(zero_neuron())
    run.advance(1)
    first = run.history.losses.columns()[1][0]
    run.advance(200)
    assert run.history.losses.columns()[1][-1] < 0.6 * first


def test_norms_are_those_of_numpy_at_every_epoch_and_a_click_goes_there(robot: Robot) -> None:
    panel = opened(robot, robot.running.session.document, "norms")
    page = panel.page
    assert isinstance(page, NormsPage)
    seen: dict[int, Mapping[str, np.ndarray]] = {}
    for _ in range(4):
        step_on(robot, "epoch", 1)
        robot.wait(lambda: bool(robot.frame.sizes) and robot.frame.sizes[-1].step == robot.frame.step)
        seen[robot.frame.step] = robot.frame.parameters or {}
    robot.wait(lambda: len(page.numbers.numbers.lines) >= 4)
    lines = {line.number: line.cells for line in page.numbers.numbers.lines}
    for epoch, (step, parameters) in enumerate(seen.items(), 1):
        norms = [float(np.linalg.norm(parameters[f"{layer}.W"])) for layer in ("h1", "h2", "o")]
        assert lines[step] == pytest.approx((step, epoch, *norms, math.hypot(*norms)), rel=1e-12)
    first = min(seen)
    page.numbers.taken.emit(first)
    robot.wait(lambda: robot.frame.step == first)
    panel.copy()
    rows = list(csv.DictReader(StringIO(QApplication.clipboard().text())))
    row = next(each for each in rows if each["step"] == str(first) and each["layer"] == "h2")
    assert float(row["norm"]) == float(np.linalg.norm(seen[first]["h2.W"]))


def columns_of(values: np.ndarray, regularizer: Choice, steps: int = 4000) -> np.ndarray:
    """Train one linear unit on columns of which only the first matters; return its weights."""
    unit = dense("o", 1, regularizer=regularizer)
    document = Document(
        title="t", dtype="float64", data=written_table(values, values[:, :1]),
        network=NetworkSpec((unit,), (InputSpec("x", (values.shape[1],)),)), seed=1,
        training=TrainingSpec(Choice("squared_error"), chosen("sgd", lr=1e-3), batch_size=len(values)),
    )  # fmt: skip
    run = Run(document)
    while run.step < steps:
        run.advance(steps - run.step)
    return run.parameters()["o.W"]


def test_l1_leaves_many_weights_near_0_and_l2_few() -> None:
    values = np.random.default_rng(0).normal(size=(200, 20))
    many = size_row(0, 0, {"o.W": columns_of(values, chosen("l1", strength=0.5))}).layers["o"]
    few = size_row(0, 0, {"o.W": columns_of(values, chosen("l2", strength=0.5))}).layers["o"]
    assert (many.count, few.count) == (20, 20)
    assert many.near_zero >= 15
    assert few.near_zero <= 2


def test_dropout_of_inputs_spreads_equal_columns_over_all_weights() -> None:
    column = np.random.default_rng(0).normal(size=(100, 1))
    values = np.repeat(column, 6, axis=1)
    start = handle([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]])

    def spread(rate: float) -> float:
        layers = (LayerSpec("d", "dropout", (), {"rate": rate}), dense("o", 1, bias=False))
        document = Document(
            title="t", dtype="float64", seed=2, data=written_table(values, column), parameters={"o.W": start},
            network=NetworkSpec(layers, (InputSpec("x", (6,)),)),
            training=TrainingSpec(Choice("squared_error"), chosen("sgd", lr=0.02), batch_size=20),
        )  # fmt: skip
        run = Run(document)
        while run.step < 2000:
            run.advance(2000 - run.step)
        return size_row(0, 0, run.parameters()).layers["o"].spread

    assert spread(0.0) == pytest.approx(6.0, rel=1e-6), "one weight does it all"
    assert spread(0.5) < 1.3


@pytest.mark.parametrize(
    ("key", "value"),
    [("norm", math.sqrt(14)), ("squares", 14.0), ("zeros", 1.0), ("spread", 3 * 4 / 6.0005)],
)
def test_the_sizes_of_a_layer_leave_its_biases_out(qtbot: QtBot, key: str, value: float) -> None:
    page = NormsPage()
    qtbot.addWidget(page)
    weights = {"o.W": np.array([[1.0, -2.0, 3.0, 0.0005]]), "o.b": np.array([100.0])}
    row = size_row(7, 1, weights)
    place = next(k for k in range(page.which.count()) if page.which.tabData(k) == key)
    page.which.setCurrentIndex(place)
    page._rows = (row,)
    page._fill()
    cells = page.numbers.numbers.lines[0].cells
    assert cells == pytest.approx((7, 1, value, value), rel=1e-6)


def test_the_log_of_sizes_is_bounded_and_forks() -> None:
    log = SizeLog()
    for step in range(3 * MAX_ROWS):
        log.add(size_row(step, step, {"o.W": np.ones((1, 2))}))
    assert len(log.rows) <= MAX_ROWS
    assert log.rows[0].step == 0
    assert log.rows[-1].step == 3 * MAX_ROWS - 1
    assert all(row.step <= 100 for row in log.fork(100).rows)


def test_running_averages_are_those_of_the_worked_example(robot: Robot) -> None:
    panel = opened(robot, moving_averages(), "moving")
    page = panel.page
    assert isinstance(page, MovingPage)
    step_on(robot, "batch", 3)
    robot.wait(lambda: bool(page.mean.lines) and page.mean.lines[0].steps[-1] == 3)
    rows = np.array(Example("EX-24").expected["rows"])
    means, variances = page.mean.lines[0], page.variance.lines[0]
    assert means.name == "unit 1"
    known = means.steps >= 1
    np.testing.assert_allclose(means.values[known], rows[means.steps[known].astype(int) - 1, 2], rtol=1e-10)
    np.testing.assert_allclose(variances.values[known], rows[means.steps[known].astype(int) - 1, 3], rtol=1e-10)
    assert list(means.steps) == [0, 1, 2, 3]
    assert (means.values[0], variances.values[0]) == (0.0, 1.0)


def pin(robot: Robot, panel: DistributionsPanel, place: Selected) -> None:
    robot.window.context.selection.select(place)
    assert panel.pinned.pin.isEnabled()
    robot.click(panel.pinned.pin)


def test_pinned_weights_are_traced_over_the_steps(robot: Robot) -> None:
    panel = opened(robot, robot.running.session.document, "pinned")
    assert not panel.pinned.pin.isEnabled()
    pin(robot, panel, Selected("link", "h1", 2, "x", 1))
    pin(robot, panel, Selected("bias", "o", 0))
    step_on(robot, "epoch", 3)
    robot.wait(lambda: len(panel.pinned.plot.lines) == 2 and panel.pinned.plot.lines[0].steps[-1] == robot.frame.step)
    link, bias = panel.pinned.plot.lines
    assert robot.frame.parameters is not None
    assert link.values[-1] == robot.frame.parameters["h1.W"][2, 1]
    assert bias.values[-1] == robot.frame.parameters["o.b"][0]
    run = Run(robot.running.session.document)
    for step, value in zip(link.steps.tolist(), link.values.tolist(), strict=True):
        run.seek(0)
        while run.step < step:
            run.advance(int(step) - run.step)
        assert run.parameters()["h1.W"][2, 1] == value
    robot.click(panel.pinned.names[0])
    assert [weight.name for weight in panel.pinned.pinned] == ["o.b"]


def test_a_pinned_weight_that_is_gone_leaves_an_empty_line(robot: Robot) -> None:
    panel = opened(robot, robot.running.session.document, "pinned")
    pin(robot, panel, Selected("link", "h1", 3, "x", 1))
    session = robot.running.session
    network = session.document.network
    fewer = tuple(replace(each, settings={**each.settings, "units": 3}) if each.id == "h1" else each
                  for each in network.layers)  # fmt: skip
    session.edit(replace(session.document, network=replace(network, layers=fewer), parameters={}), "fewer units")
    robot.settle()
    robot.wait(lambda: len(robot.frame.traces) == 1 and not len(robot.frame.traces[0].steps))
