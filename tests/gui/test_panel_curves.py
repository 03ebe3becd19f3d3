"""The curves panel draws recorded metrics, reads them under the pointer, and never draws what is not finite."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.gui.panels.curves.panel import CurvesPanel
from dlviz.gui.panels.curves.series import series, span
from dlviz.gui.theme import font
from dlviz.gui.widgets.plot import Axis
from dlviz.session.curves import Curves, Mark
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context, make_curves, make_frame
from tests.gui.robot import close_window, robot_at_window


@pytest.fixture
def panel(qtbot: Any) -> Any:
    panel = CurvesPanel(make_context())
    qtbot.addWidget(panel)
    panel.resize(352, 200)
    panel.show()
    return panel


def _drawn(panel: CurvesPanel) -> tuple[Any, Any]:
    return panel.plot.train.getData()[1], panel.plot.dev.getData()[1]


def test_lines_carry_the_recorded_losses(panel: Any) -> None:
    frame = make_frame(panel.context)
    panel.show_frame(frame)
    train, test = _drawn(panel)
    np.testing.assert_allclose(train, frame.curves.train_loss)
    np.testing.assert_allclose(test, frame.curves.validation_loss)


def test_numbers_are_the_newest_values(panel: Any) -> None:
    frame = make_frame(panel.context)
    panel.show_frame(frame)
    assert panel.train.text() == "train " + panel.context.number(float(frame.curves.train_loss[-1]), 3)
    assert panel.dev.text() == "dev " + panel.context.number(float(frame.curves.validation_loss[-1]), 3)
    assert panel.train.toolTip() == panel.context.full(float(frame.curves.train_loss[-1]))


def test_pointer_reads_step_and_values(panel: Any, qtbot: Any) -> None:
    frame = make_frame(panel.context)
    panel.show_frame(frame)
    panel._fit()
    box = panel.plot.getViewBox()
    scene = box.mapViewToScene(box.mapToView(box.boundingRect().center()))
    panel.plot.scene().sigMouseMoved.emit(scene)
    step = round(box.mapSceneToView(scene).x() / 3)
    assert panel.said.text() == f"at step {3 * step}"
    assert panel.train.text() == "train " + panel.context.number(float(frame.curves.train_loss[step]), 3)
    panel.plot.scene().sigMouseMoved.emit(QPoint(-50, -50))
    assert panel.said.text() == ""


def test_gaps_and_infinities_never_reach_the_plot(panel: Any) -> None:
    curves = make_curves()
    broken = curves.train_loss.copy()
    broken[5:9] = (np.nan, np.inf, -np.inf, np.nan)
    panel.show_frame(replace(make_frame(panel.context), curves=replace(curves, train_loss=broken)))
    train, _ = _drawn(panel)
    assert np.isfinite(train).all() and len(train) == len(broken) - 4


def test_logarithmic_axis_leaves_out_zero(panel: Any) -> None:
    curves = make_curves()
    with_zero = curves.train_loss.copy()
    with_zero[10] = 0.0
    panel.scale.setCurrentIndex(1)
    panel.show_frame(replace(make_frame(panel.context), curves=replace(curves, train_loss=with_zero)))
    train, _ = _drawn(panel)
    np.testing.assert_allclose(train, np.log10(np.delete(with_zero, 10)))


def test_range_covers_all_values_and_steps(panel: Any, qtbot: Any) -> None:
    frame = make_frame(panel.context)
    panel.show_frame(frame)

    def is_fitted() -> bool:
        (x0, x1), (y0, y1) = panel.plot.getViewBox().viewRange()
        return x0 <= 0 and x1 >= 897 and y0 <= frame.curves.train_loss.min() and y1 >= frame.curves.train_loss.max()

    qtbot.waitUntil(is_fitted, timeout=2000)


def test_curve_items_are_reused(panel: Any) -> None:
    panel.show_frame(make_frame(panel.context))
    items = len(panel.plot.plotItem.items)
    for count in (10, 50, 200):
        panel.show_frame(make_frame(panel.context, curves=make_curves(count)))
    assert len(panel.plot.plotItem.items) == items


def test_marks_stand_at_their_steps_with_their_words(panel: Any) -> None:
    marks = (Mark(100, "lr 0.05 → 0.02"), Mark(300, "typed weight"))
    panel.show_frame(make_frame(panel.context, marks=marks))
    lines = [line for line in panel.plot.marks.lines if line.isVisible()]
    assert [(line.value(), line.label.format) for line in lines] == [(100, "lr 0.05 → 0.02"), (300, "typed weight")]
    panel.show_frame(make_frame(panel.context, marks=()))
    assert not any(line.isVisible() for line in panel.plot.marks.lines)


def test_score_is_shown_in_percent(panel: Any) -> None:
    panel.scale.setCurrentIndex(2)
    curves = make_curves()
    panel.show_frame(make_frame(panel.context, curves=replace(curves, train_score=np.full(300, 0.975))))
    assert panel.train.text().startswith("train 97.5")


def test_batches_stand_in_before_the_first_measurement(panel: Any) -> None:
    curves = make_curves(40)
    none = np.empty(0)
    early = Curves(none.astype(int), none, none, none.astype(int), none, none, *(
        curves.batch_steps, curves.batch_mean, curves.batch_low, curves.batch_high
    ))  # fmt: skip
    panel.show_frame(make_frame(panel.context, curves=early))
    np.testing.assert_allclose(_drawn(panel)[0], curves.batch_mean)
    assert panel.dev.text() == ""


def test_nothing_measured_shows_nothing(panel: Any) -> None:
    panel.show_frame(make_frame(panel.context, curves=None))
    assert panel.train.text() == panel.dev.text() == ""


def test_span_of_equal_values_is_not_empty() -> None:
    low, high = span((series(np.arange(3), np.full(3, 0.5)),), is_log=False) or (0, 0)
    assert low < 0.5 < high


def test_rewound_numbers_are_those_of_the_playhead(panel: Any) -> None:
    frame = make_frame(panel.context, step=300, last_step=900)
    panel.show_frame(frame)
    assert panel.train.text() == "train " + panel.context.number(float(frame.curves.train_loss[100]), 3)
    assert panel.plot._playhead.isVisible() and panel.plot._playhead.value() == 300


def test_copying_gives_every_point_with_every_digit(panel: Any) -> None:
    frame = make_frame(panel.context)
    panel.show_frame(frame)
    panel.copy()
    head, *lines = QGuiApplication.clipboard().text().splitlines()
    train = [line.split(",") for line in lines if line.startswith("train")]
    assert head == "rows,step,loss"
    assert [float(value) for _, _, value in train] == frame.curves.train_loss.tolist()


def test_axis_writes_a_true_minus_and_plain_powers() -> None:
    axis = Axis("left")
    assert axis.tickStrings([-0.5, 0.5], 1.0, 0.5) == ["−0.5", "0.5"]
    axis.setLogMode(y=True)
    assert axis.tickStrings([-2.0, 0.0], 1.0, 1.0) == ["0.01", "1"]


def test_axes_of_an_emptied_plot_begin_anew(panel: Any, qtbot: Any) -> None:
    panel.show_frame(make_frame(panel.context))
    empty = Curves(*(getattr(make_curves(), name)[:0] for name in Curves.__dataclass_fields__))
    panel.show_frame(make_frame(panel.context, curves=empty, step=0, last_step=0))
    qtbot.waitUntil(lambda: panel.plot.getViewBox().viewRange() == [[0.0, 1.0], [0.0, 1.0]])


def test_before_the_first_step_it_says_what_to_do(panel: Any) -> None:
    panel.show_frame(make_frame(panel.context, step=0, last_step=0))
    assert panel.empty.isVisible() and "Space" in panel.empty.text() and not panel.plot.isVisible()
    panel.show_frame(make_frame(panel.context, step=0, last_step=3))
    assert panel.plot.isVisible() and not panel.empty.isVisible()


def test_a_penalty_has_a_line_of_its_own_and_one_with_the_loss(panel: Any) -> None:
    curves = make_curves()
    penalised = replace(curves, penalty=np.linspace(0.3, 0.1, len(curves.steps)))
    panel.show_frame(make_frame(panel.context, curves=penalised))
    np.testing.assert_allclose(panel.plot.penalty.getData()[1], penalised.penalty)
    np.testing.assert_allclose(panel.plot.total.getData()[1], penalised.train_loss + penalised.penalty)
    total = panel.context.number(float(penalised.train_loss[-1] + 0.1), 3)
    assert panel.said.text() == f"penalty 0.1 · total {total}"
    panel.copy()
    rows = {line.split(",")[0] for line in QGuiApplication.clipboard().text().splitlines()[1:]}
    assert rows == {"train", "dev", "penalty", "total"}
    panel._fit()
    assert panel.plot.labels() == ["total", "loss", "penalty"]
    panel.scale.setCurrentIndex(2)
    assert panel.plot.penalty.getData()[1] is None or not len(panel.plot.penalty.getData()[1])
    panel.scale.setCurrentIndex(0)
    panel.show_frame(make_frame(panel.context, curves=curves))
    assert panel.said.text() == ""


def test_a_rule_without_a_loss_says_so_instead_of_showing_empty_axes(panel: Any) -> None:
    frame = make_frame(panel.context)
    nothing = np.empty(0)
    bare = replace(
        frame.curves, steps=nothing, train_loss=nothing, train_score=nothing, batch_steps=nothing, batch_mean=nothing
    )
    document = replace(frame.document, rule=Choice("hebb"))
    panel.show_frame(replace(frame, document=document, curves=bare))
    assert (panel.plot.isHidden(), panel.empty.isHidden()) == (True, False)
    panel.show_frame(frame)
    assert (panel.plot.isHidden(), panel.empty.isHidden()) == (False, True)


def test_large_losses_are_written_as_powers_of_ten(panel: Any) -> None:
    axis = panel.plot.getAxis("left")
    axis.setLogMode(False, False)
    assert axis.tickStrings([0.0, 5e17, 1e18], 1.0, 5e17) == ["0", "5×10¹⁷", "1×10¹⁸"]


@pytest.mark.parametrize(("low", "high"), [(0.002, 0.06), (0.2, 0.6), (0.11, 0.19), (1e-3, 0.3)])
def test_numbers_of_a_low_logarithmic_axis_keep_apart(panel: Any, low: float, high: float) -> None:
    axis, size = panel.plot.getAxis("left"), 40.0
    axis.setLogMode(True)
    ends = np.log10([low, high])
    ticks = [tick for _, level in axis.tickValues(*ends, size) for tick in level]
    apart = np.diff(sorted(ticks)) / (ends[1] - ends[0]) * size
    assert ticks and (apart >= QFontMetrics(font("small")).height()).all()


def test_numbers_of_a_low_axis_keep_apart(panel: Any) -> None:
    axis = panel.plot.getAxis("left")
    apart = 1.2 * QFontMetrics(font("small")).height()
    for size in (30.0, 45.0, 200.0):
        places = sorted(place for _, level in axis.tickValues(9.1, 10.1, size) for place in level)
        assert places
        assert np.diff(places).min(initial=np.inf) * size >= apart - 1e-9


def test_the_noise_floor_is_drawn_and_rises_with_the_slider_of_noise(qtbot: QtBot) -> None:
    robot = robot_at_window(qtbot)
    robot.start_on_canvas()
    robot.running.session.start_over(document_for("sine"), "Data")
    panel, data = robot.panel("curves"), robot.panel("data")
    robot.wait(lambda: panel.plot.floor.yData is not None and len(panel.plot.floor.yData) == 2)
    assert list(panel.plot.floor.yData) == pytest.approx([0.01, 0.01])
    assert "noise floor 0.01" in panel.said.text()
    data.page("set").settings.sliders["noise"].slider.setValue(300)
    noise = robot.running.session.document.data.settings["noise"]
    robot.wait(lambda: panel.plot.floor.yData[0] > 0.02)
    assert panel.plot.floor.yData[0] == pytest.approx(noise**2)
    low, high = panel.plot.getViewBox().viewRange()[1]
    assert low < noise**2 < high, "it is in view"
    robot.running.session.start_over(document_for("circles"), "Data")
    robot.wait(lambda: panel.plot.floor.yData is None or not len(panel.plot.floor.yData))
    assert "noise floor" not in panel.said.text()
    close_window(robot)
