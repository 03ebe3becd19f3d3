"""The Optimizers workspace over a real session: racing, stepping, back, the start, surfaces, forms."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import descend
from dlviz.core.errors import SpecError
from dlviz.core.surfaces import typed
from dlviz.gui import numbers
from dlviz.gui.forms.race import EntrantForm, SurfaceForm
from dlviz.gui.listing.dialog import ListDialog
from dlviz.gui.panels.race.panel import RacePanel
from dlviz.gui.panels.surface.boundaries import spread
from dlviz.gui.panels.surface.inner import InnerEntry
from dlviz.gui.panels.surface.panel import SurfacePanel
from dlviz.gui.panels.surface.plane import basins_of
from dlviz.gui.panels.surface.quantities import offered
from dlviz.gui.panels.surface.ribbons import NEAR, _thinned
from dlviz.gui.race.player import RacePlayer
from dlviz.gui.widgets.form import LineField
from dlviz.session import edits
from dlviz.session.race import RaceSpec
from dlviz.session.race.network_scan import network_scale
from tests.gui.robot import NONE, Key, Robot, close_window, no_stall, robot_at_window

LEFT = Qt.MouseButton.LeftButton
HIMMELBLAU = typed("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
START = (-0.35, -0.4)


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start()
    made.window.run._try("pause")
    made.window.use_workspace("optimizers")
    made.wait(lambda: made.window.context.race.race is not None)
    made.bot.mouseClick(surface(made).words, LEFT, NONE)
    yield made
    close_window(made)


def player(robot: Robot) -> RacePlayer:
    return robot.window.context.race


def surface(robot: Robot) -> SurfacePanel:
    found = robot.panel("surface")
    assert isinstance(found, SurfacePanel)
    return found


def inside(robot: Robot) -> RacePanel:
    found = robot.panel("race")
    assert isinstance(found, RacePanel)
    return found


def change(robot: Robot, **parts: object) -> None:
    """Edit the race as a form does, and wait until it is walked."""
    robot.running.session.edit(edits.set_race(robot.running.session.document, **parts), "race")
    walked(robot)


def walked(robot: Robot) -> None:
    spec = robot.running.session.document.race
    robot.wait(lambda: player(robot).race is not None and player(robot).race.spec == spec)


def told(robot: Robot) -> None:
    """Wait until the step in question is told."""
    robot.wait(lambda: player(robot).view is not None and player(robot).view.question == player(robot).question)


def cell(robot: Robot, row: int, column: int) -> str:
    return surface(robot).table.rows.rows[row].cells[column]


def test_the_first_race_stands_at_its_start(robot: Robot) -> None:
    assert [row.cells[0] for row in surface(robot).table.rows.rows] == ["SGD", "Momentum", "RMSprop", "Adam"]
    value = float(HIMMELBLAU.value(np.array(START)[:, None])[0])
    assert cell(robot, 0, 2) == numbers.number(value)
    assert robot.window.transport.small.text() == "step of 400"
    assert "start (−0.35, −0.4)" in robot.window.status.words.text()
    assert not robot.window.tools.chips.isVisible() and robot.window.tools.race.isVisible()


def test_steps_forward_and_back_are_those_of_the_core(robot: Robot) -> None:
    path = descend(HIMMELBLAU, chosen("adam", lr=0.16), START, 400)
    robot.key(Key.Key_PageDown, times=3)
    assert player(robot).done == 3
    assert cell(robot, 3, 2) == numbers.number(float(path.values[3]))
    robot.key(Key.Key_PageUp)
    assert cell(robot, 3, 2) == numbers.number(float(path.values[2]))
    robot.key(Key.Key_End)
    assert player(robot).done == 400 and cell(robot, 3, 2) == numbers.number(float(path.values[400]))
    robot.key(Key.Key_Home)
    assert player(robot).is_at_start
    robot.window.run.use_size("epoch")
    robot.key(Key.Key_PageDown)
    assert player(robot).done == 10


def test_micro_steps_tell_adams_first_step_digit_for_digit(robot: Robot) -> None:
    surface(robot).table.looked_at.emit(3)
    told(robot)
    robot.window.run.use_size("operation")
    assert robot.window.transport.step_size.key() == "operation"
    robot.wait(lambda: player(robot).micro_count == 7)
    x, y = START
    g = np.array([4 * x * (x * x + y - 11) + 2 * (x + y * y - 7), 2 * (x * x + y - 11) + 4 * y * (x + y * y - 7)])
    m, v = 0.1 * g, 0.001 * g * g
    m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
    delta = -0.16 * m_hat / (np.sqrt(v_hat) + 1e-8)
    expected = [None, g, m, v, np.concatenate([m_hat, v_hat]), delta, np.array(START) + delta]
    for done, values in enumerate(expected, start=1):
        robot.key(Key.Key_PageDown)
        told(robot)
        assert player(robot).micro_done == done
        if values is not None:
            written = inside(robot).micro.rows[done - 1].full.replace("−", "-").replace("(", "").replace(")", "")
            shown = [float(each) for each in written.replace(";", ",").split(",")]
            assert shown == pytest.approx(values.tolist(), rel=1e-12)
    assert player(robot).done == 1 and player(robot).micro == 0
    robot.key(Key.Key_PageUp)
    assert player(robot).micro_done == 6
    assert "not yet" in inside(robot).micro.words(6)
    assert inside(robot).sentence.text()


def legend(robot: Robot) -> dict[str, InnerEntry]:
    """Return the lines of the legend on the picture by their names."""
    return {entry.inner.name: entry for entry in surface(robot).contour.legend.lines}


def test_inner_numbers_lie_at_the_ball_and_can_be_left_out(robot: Robot) -> None:
    surface(robot).table.looked_at.emit(3)
    told(robot)
    contour = surface(robot).contour
    assert not contour.legend.isVisible()
    robot.window.run.use_size("operation")
    robot.wait(lambda: player(robot).micro_count == 7)
    robot.key(Key.Key_PageDown, times=6)
    told(robot)
    x, y = START
    g = np.array([4 * x * (x * x + y - 11) + 2 * (x + y * y - 7), 2 * (x * x + y - 11) + 4 * y * (x + y * y - 7)])
    assert list(legend(robot)) == ["−g", "−m", "−m corrected", "Δ", "v", "v corrected"]
    robot.trigger("list_drawn")  # the legend says nothing there, and breaks nothing
    listed = robot.window.findChild(ListDialog)
    assert listed is not None and listed.isVisible()
    listed.close()
    v, corrected = (area.values for area in contour.areas)
    assert v == pytest.approx(0.001 * g**2, rel=1e-12) and corrected == pytest.approx(g**2, rel=1e-9)
    a, b = (numbers.number(each, 3) for each in v)
    assert legend(robot)["v"].accessibleName() == f"v ({a}, {b})"
    sides = [contour.side(value) for value in (*v, *corrected)]
    assert np.array(sides) ** 2 / sides[3] ** 2 == pytest.approx(np.array([*v, *corrected]) / corrected[1])
    assert max(sides) == pytest.approx(0.22 * min(contour.width(), contour.height()))
    before = contour.grab().toImage()
    robot.click(legend(robot)["v corrected"])
    assert contour.legend.left_out == {"v corrected"} and contour.side(v[1]) == pytest.approx(max(sides))
    assert contour.grab().toImage() != before
    robot.key(Key.Key_PageUp)
    told(robot)
    robot.wait(lambda: "Δ" not in legend(robot))
    assert not legend(robot)["v corrected"].isChecked() and legend(robot)["v"].isChecked()
    robot.window.run.use_size("batch")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: not contour.legend.isVisible())


@pytest.mark.parametrize(("kind", "names"), [("adagrad", ["S"]), ("rmsprop", ["S"]), ("amsgrad", ["v", "largest v"])])
def test_squared_sums_of_every_method_are_areas(robot: Robot, kind: str, names: list[str]) -> None:
    change(robot, optimizers=(chosen(kind, lr=0.05),), steps=5)
    told(robot)
    robot.window.run.use_size("operation")
    robot.wait(lambda: player(robot).micro_count > 3)
    player(robot).walk_to(player(robot).micro_count - 1)
    robot.wait(lambda: bool(surface(robot).contour.areas))
    assert [area.name for area in surface(robot).contour.areas][: len(names)] == names


def test_a_cut_gradient_is_drawn_beside_the_whole_one(robot: Robot) -> None:
    change(robot, optimizers=(chosen("sgd", lr=0.01),), clip=chosen("norm", max_norm=2.0), steps=5)
    told(robot)
    robot.window.run.use_size("operation")
    robot.wait(lambda: player(robot).micro_count > 3)
    player(robot).walk_to(player(robot).micro_count - 1)
    robot.wait(lambda: "−g uncut" in legend(robot))
    lengths = {arrow.name: np.hypot(*arrow.vector) for arrow in surface(robot).contour.arrows}
    assert lengths["−g"] == pytest.approx(2.0) and lengths["−g uncut"] > 10


def test_formulas_of_the_micro_steps_have_numbers(robot: Robot) -> None:
    surface(robot).table.looked_at.emit(1)
    robot.window.run.use_size("operation")
    told(robot)
    robot.key(Key.Key_PageDown, times=3)
    told(robot)
    robot.wait(lambda: inside(robot).formula.narration is not None)
    first = inside(robot).formula.narration
    assert first is not None and "v_{x}" in first.symbols
    inside(robot).axis.setCurrentIndex(1)
    second = inside(robot).formula.narration
    assert second is not None and "v_{y}" in second.symbols and second.values != first.values


def test_a_click_starts_there_and_a_drag_is_one_edit(robot: Robot) -> None:
    contour, session = surface(robot).contour, robot.running.session
    robot.key(Key.Key_PageDown, times=5)
    places = [QPoint(contour.width() // 4, contour.height() // 4), QPoint(contour.width() // 2, contour.height() // 2)]
    robot.bot.mousePress(contour, LEFT, NONE, places[0])
    first = session.document.race.start
    robot.bot.mouseMove(contour, places[1])
    robot.bot.mouseRelease(contour, LEFT, NONE, places[1])
    assert first == pytest.approx((-2.5, 2.5), abs=0.05)
    assert session.document.race.start == pytest.approx((0, 0), abs=0.05)
    walked(robot)
    assert player(robot).race is not None and player(robot).race.start == session.document.race.start
    robot.trigger("undo")
    assert session.document.race.start == ()


def test_space_plays_and_pauses_and_nothing_stands_still(robot: Robot) -> None:
    with no_stall():
        robot.key(Key.Key_Space)
        robot.wait(lambda: player(robot).done > 20)
        robot.key(Key.Key_Space)
    assert not player(robot).is_playing
    stood = player(robot).done
    robot.bot.wait(100)
    assert player(robot).done == stood
    assert robot.frame.state == "paused"


def test_the_network_trains_on_while_optimizers_race(robot: Robot) -> None:
    robot.running.session.play("batch", 200.0)
    robot.wait(lambda: robot.frame.state == "running")
    step = robot.frame.step
    robot.key(Key.Key_PageDown, times=3)
    robot.wait(lambda: robot.frame.step > step)
    assert player(robot).done == 3
    robot.running.session.pause()


def test_a_typed_formula_is_a_surface_and_a_bad_one_changes_nothing(robot: Robot) -> None:
    line = robot.window.tools.race.line
    line.setText("sin(3*x)*cos(y) + 0.1*(x**2 + y**2)")
    robot.bot.keyClick(line, Key.Key_Return)
    walked(robot)
    kept = robot.running.session.document.race
    assert kept.surface.kind == "formula" and robot.window.tools.race.surface.accessibleName().endswith("formula")
    line.setText("__import__('os')")
    robot.bot.keyClick(line, Key.Key_Return)
    assert robot.running.session.document.race == kept
    assert "Expected" in robot.message()


@pytest.mark.parametrize("text", ["1/x + y", "log(x) + y", "sqrt(x*y)", "exp(exp(x**2)) + y", "1e300*x*y*1e300", "3"])
def test_poles_and_gaps_are_drawn_without_harm(robot: Robot, text: str) -> None:
    robot.running.session.edit(
        edits.set_surface(robot.running.session.document, Choice("formula", {"text": text})), "race"
    )
    walked(robot)
    robot.key(Key.Key_End)
    robot.bot.wait(30)
    assert np.isfinite(surface(robot).losses.plot.viewRange()).all()


def test_a_range_that_is_too_large_to_be_drawn_is_left_alone(robot: Robot) -> None:
    plot = surface(robot).losses.plot
    plot.set_range((0.0, 1.0), (2.0, 3.0))
    plot.set_range((0.0, 1.0), (-1e308, 1e308))
    assert plot.viewRange() == [[0.0, 1.0], [2.0, 3.0]]


def test_a_curve_has_its_own_picture(robot: Robot) -> None:
    robot.running.session.edit(edits.set_surface(robot.running.session.document, Choice("curve_parabola")), "race")
    walked(robot)
    assert not surface(robot).relief.isVisible() and not inside(robot).axis.isVisible()
    contour = surface(robot).contour
    robot.bot.mouseClick(contour, LEFT, NONE, QPoint(contour.width() // 2, 20))
    assert robot.running.session.document.race.start == pytest.approx((2.0,), abs=0.05)


def test_optimizers_join_change_and_leave(robot: Robot) -> None:
    adding = inside(robot).add
    adding.setCurrentIndex(adding.findData("nadam"))
    adding.activated.emit(adding.currentIndex())
    walked(robot)
    robot.wait(lambda: len(surface(robot).table.rows.rows) == 5)
    form = EntrantForm(robot.window.context, 0)
    field = form.kind.form.fields["lr"] if form.kind.form else None
    assert isinstance(field, LineField)
    field.setText("0.02")
    field.editingFinished.emit()
    assert robot.running.session.document.race.optimizers[0].settings["lr"] == 0.02
    form.kind.kind_asked.emit("momentum")
    rate = robot.running.session.document.race.optimizers[0].settings["lr"]
    form.kind.setting_asked.emit("momentum", 0.5)
    assert "the last 2 steps" in form.kind.form.fields["momentum"].toolTip()  # type: ignore[union-attr]
    form.defaults.click()
    assert robot.running.session.document.race.optimizers[0] == chosen("momentum", lr=rate)
    form.kind.kind_asked.emit("adagrad")
    assert robot.running.session.document.race.optimizers[0].kind == "adagrad"
    form.deleteLater()
    surface(robot).table.setFocus()
    for _ in range(4):
        robot.bot.keyClick(surface(robot).table, Key.Key_Delete)
        walked(robot)
    robot.bot.keyClick(surface(robot).table, Key.Key_Delete)
    assert len(robot.running.session.document.race.optimizers) == 1
    assert "only one is left" in robot.message()


def test_the_table_says_where_a_path_broke(robot: Robot) -> None:
    change(robot, surface=chosen("rosenbrock"), optimizers=(chosen("sgd", lr=0.1), chosen("adam", lr=0.1)))
    robot.key(Key.Key_End)
    assert cell(robot, 0, 2).startswith("diverged at step")
    assert "Diverged" in inside(robot).sentence.text()
    assert cell(robot, 1, 2) != cell(robot, 0, 2)


def test_the_gauge_turns_red_exactly_beyond_the_largest_stable_rate(robot: Robot) -> None:
    bowl = chosen("bowl", condition=20.0)
    for lr, is_red in ((0.0999, False), (0.1001, True)):
        change(robot, surface=bowl, start=(4.0, 1.0), optimizers=(chosen("sgd", lr=lr),), steps=200)
        robot.wait(lambda: np.isfinite(inside(robot).gauge.value))
        told(robot)
        assert inside(robot).gauge.is_too_high is is_red
        path = player(robot).race.paths[0]  # type: ignore[union-attr]
        assert bool(abs(path.points[-1, 1]) > 1) is is_red
    change(robot, surface=bowl, start=(4.0, 1.0), optimizers=(chosen("adam", lr=0.5),), steps=200)
    robot.wait(lambda: np.isfinite(inside(robot).gauge.value))
    gauge, path = inside(robot).gauge, player(robot).race.paths[0]  # type: ignore[union-attr]
    assert gauge.is_too_high and not gauge.is_plain and gauge.words().endswith(": SGD runs away")
    assert abs(path.points[-1, 1]) < 1


def best_rate(kind: str, steps: int) -> float:
    """Return the best rate of the scale as a script would find it: every rate walked alone."""
    ends = {}
    for rate in (float(f"{10 ** (-5 + k / 6):.1e}") for k in range(37)):
        path = descend(HIMMELBLAU, chosen(kind, lr=rate), START, steps)
        if path.is_finite.all():
            ends[rate] = float(path.values[-1])
    return max(rate for rate, end in ends.items() if end == min(ends.values()))


def test_a_fair_race_is_at_the_same_or_each_at_its_best_rate(robot: Robot) -> None:
    change(robot, steps=40)
    rule = inside(robot).rule
    surface(robot).table.looked_at.emit(3)
    rule.setCurrentIndex(1)
    walked(robot)
    assert [each.settings["lr"] for each in robot.running.session.document.race.optimizers] == [0.16] * 4
    assert "same rate" in inside(robot).stated.text()
    rule.setCurrentIndex(2)
    robot.wait(lambda: robot.running.session.document.race.rule == "best")
    walked(robot)
    expected = [best_rate(kind, 40) for kind in ("sgd", "momentum", "rmsprop", "adam")]
    assert [each.settings["lr"] for each in robot.running.session.document.race.optimizers] == expected
    assert (
        "best of 37 rates" in inside(robot).stated.text() and "for all: 40, one a step" in inside(robot).stated.text()
    )
    robot.key(Key.Key_End)
    for row, (kind, rate) in enumerate(zip(("sgd", "momentum", "rmsprop", "adam"), expected, strict=True)):
        path = descend(HIMMELBLAU, chosen(kind, lr=rate), START, 40)
        assert cell(robot, row, 2) == numbers.number(float(path.values[-1])) and cell(robot, row, 7) == "40"
    robot.trigger("undo")
    assert robot.running.session.document.race.rule == "same"


def test_the_scan_of_rates_is_drawn(robot: Robot) -> None:
    change(robot, steps=40)
    surface(robot).quantity.set_key("scan")
    surface(robot)._draw()
    robot.wait(lambda: len(player(robot).scans) == 4)
    robot.wait(lambda: surface(robot).losses.plot.drawn is not None and bool(surface(robot).losses.plot.drawn.lines))
    drawn = surface(robot).losses.plot.drawn
    assert drawn is not None and len(drawn.lines) == 4 and drawn.has_log_places
    assert f"{best_rate('adam', 40):g}" in surface(robot).drawn_words.text()


@pytest.mark.parametrize("key", ["height", "distance", "rate", "along_x", "along_y"])
def test_every_quantity_is_that_of_the_paths(robot: Robot, key: str) -> None:
    surface(robot).quantity.set_key(key)
    surface(robot)._draw()
    drawn, path = surface(robot).losses.plot.drawn, descend(HIMMELBLAU, chosen("adam", lr=0.16), START, 400)
    assert drawn is not None
    minima = np.array([[3, 2], [-2.805118086953, 3.13131251825], [-3.779310253378, -3.283185991286],
                       [3.58442834033, -1.848126526964]])  # fmt: skip
    away = np.linalg.norm(path.points[:, None] - minima[None], axis=2).min(axis=1)
    moves = np.abs(np.diff(path.points, axis=0)) / np.abs(path.gradients)
    expected = {
        "height": path.values, "distance": away, "rate": np.full(400, 0.16), "along_x": moves[:, 0],
        "along_y": moves[:, 1],
    }[key]  # fmt: skip
    assert drawn.lines[3].y == pytest.approx(np.maximum(expected, 1e-16), rel=1e-6, abs=1e-11)


def test_many_starts_have_a_median_and_ends(robot: Robot) -> None:
    change(robot, starts="grid", count=25, steps=60)
    crowd = player(robot).race.crowd  # type: ignore[union-attr]
    assert crowd is not None
    drawn = surface(robot).losses.plot.drawn
    assert drawn is not None and drawn.lines[0].band is not None
    values = crowd.paths[0].values
    assert drawn.lines[0].y == pytest.approx(np.maximum(np.median(values, axis=1), 1e-16))
    assert drawn.lines[0].band[0] == pytest.approx(np.percentile(values, 25, axis=1))
    surface(robot).quantity.set_key("ends")
    surface(robot)._draw()
    drawn = surface(robot).losses.plot.drawn
    assert drawn is not None and not drawn.is_over_steps
    assert sum(drawn.lines[0].y[::2]) == 25


def test_steepening_and_turning_the_bowl_spare_one_method_each(robot: Robot) -> None:
    runners = (chosen("sgd", lr=0.02), chosen("adam", lr=0.3, eps=0.0))

    def paths(condition: float, turn: float, start: tuple[float, float]) -> list[np.ndarray]:
        change(robot, surface=chosen("bowl", condition=condition, turn=turn), start=start, optimizers=runners, steps=60)
        return [path.points for path in player(robot).race.paths]  # type: ignore[union-attr]

    sgd, adam = paths(20.0, 0.0, (4.0, 1.0))
    steep_sgd, steep_adam = paths(60.0, 0.0, (4.0, 1.0))
    assert steep_adam == pytest.approx(adam, abs=1e-9) and np.abs(steep_sgd - sgd).max() > 0.1
    angle = np.radians(30.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    x, y = (turn @ [4.0, 1.0]).tolist()
    turned_sgd, turned_adam = paths(20.0, 30.0, (x, y))
    assert turned_sgd @ turn == pytest.approx(sgd, abs=1e-9)
    assert np.abs(turned_adam @ turn - adam).max() > 0.1


def test_surface_settings_can_be_turned(robot: Robot) -> None:
    change(robot, surface=chosen("bowl"))
    form = SurfaceForm(robot.window.context)
    fields = form.kind.form.fields if form.kind.form else {}
    turn = fields["turn"]
    assert isinstance(turn, LineField)
    turn.setText("30")
    turn.editingFinished.emit()
    assert robot.running.session.document.race.surface.settings["turn"] == 30.0
    form.kind.kind_asked.emit("booth")
    assert robot.running.session.document.race.surface.kind == "booth" and form.teaches.text()
    form.deleteLater()


def test_a_race_is_kept_in_its_file(robot: Robot, tmp_path: Path) -> None:
    change(robot, steps=77, noise=0.5, starts="grid", count=16)
    spec = robot.running.session.document.race
    robot.running.session.save(tmp_path / "race.dlviz")
    robot.window.files.open(tmp_path / "race.dlviz")
    robot.wait(lambda: robot.running.session.document.race == spec)
    walked(robot)
    assert isinstance(spec, RaceSpec) and player(robot).steps == 77


def test_leaving_and_coming_back_finds_the_race_where_it_was(robot: Robot) -> None:
    robot.key(Key.Key_PageDown, times=4)
    robot.window.use_workspace("network")
    assert robot.window.transport.step_size.count() == 5
    assert robot.window.tools.chips.isVisible()
    robot.window.use_workspace("optimizers")
    assert player(robot).done == 4 and robot.window.transport.large.text() == "4"


def test_ends_of_many_starts_are_numbered_by_place() -> None:
    ends = np.array([[0.0, 5.0, 0.001, np.nan], [0.0, 5.0, 0.0, 1.0]])
    assert basins_of(ends, np.array([1.0, 0.5, 1.0, np.nan]), (-10.0, 10.0)).tolist() == [1, 0, 1, -1]


def test_the_clock_of_a_race_ends_with_it(robot: Robot) -> None:
    change(robot, steps=5)
    robot.window.run.use_rate(float("inf"))
    robot.key(Key.Key_Space)
    robot.wait(lambda: player(robot).is_at_end and not player(robot).is_playing)
    assert QApplication.activePopupWidget() is None
    assert replace(robot.running.session.document.race).steps == 5


def test_optimizers_race_on_the_network_of_the_document(robot: Robot) -> None:
    robot.window.use_workspace("network")
    robot.trigger("race_network")
    assert robot.window.context.workspace == "optimizers"
    walked(robot)
    race = player(robot).race
    assert race is not None and race.network is not None and race.network.parameters == 31
    chips, panel = robot.window.tools.race, surface(robot)
    assert chips.network.isChecked() and chips.plane.isVisible() and not chips.line.isVisible()
    robot.key(Key.Key_End)
    assert "off the plane" in panel.table.rows.titles
    assert cell(robot, 0, 2) == numbers.number(float(race.paths[0].values[-1]))
    assert inside(robot).gauge.isVisible() and inside(robot).rule.isVisible()
    assert list(inside(robot).course.settings.fields) == ["steps"] and not inside(robot).course.clip.isVisible()
    assert panel.quantity.keys() == ["height", "off_plane", "rate", "scan"]
    start = robot.running.session.document.race.start
    robot.bot.mouseClick(panel.contour, LEFT, NONE, QPoint(40, 40))
    assert robot.running.session.document.race.start == start
    robot.bot.mouseClick(chips.plane, LEFT, NONE, chips.plane.tabRect(2).center())
    assert robot.running.session.document.race.plane == "weights"
    walked(robot)
    assert list(inside(robot).course.settings.fields) == ["steps", "weights"]
    robot.click(chips.network)
    walked(robot)
    shown = player(robot).race
    assert shown is not None and shown.network is None and robot.running.session.document.race.on == "surface"
    assert inside(robot).rule.isVisible() and inside(robot).course.clip.isVisible()


def test_networks_race_at_the_same_or_each_at_its_best_rate(robot: Robot) -> None:
    robot.trigger("race_network")
    robot.running.session.edit(edits.set_race(robot.running.session.document, steps=20), "race")
    walked(robot)
    rule = inside(robot).rule
    rule.setCurrentIndex(1)
    walked(robot)
    document = robot.running.session.document
    assert {each.settings["lr"] for each in document.race.optimizers} == {0.1}
    assert "same rate" in inside(robot).stated.text() and "20, one a batch" in inside(robot).stated.text()
    rule.setCurrentIndex(2)
    robot.wait(lambda: robot.running.session.document.race.rule == "best")
    walked(robot)
    assert "best of 13 rates from 0.0001 to 1" in inside(robot).stated.text()
    race = player(robot).race
    assert race is not None
    assert all(each.settings["lr"] in network_scale() for each in race.spec.optimizers)
    surface(robot).quantity.choose("scan")
    robot.wait(lambda: len(player(robot).scans) == 4)
    robot.wait(lambda: "loss of all training rows after 20 steps" in surface(robot).drawn_words.text())
    best = [each.best for each in player(robot).scans]
    assert [each.settings["lr"] for each in race.spec.optimizers] == best
    for path, scan in zip(race.paths, player(robot).scans, strict=True):
        assert path.values[-1] == pytest.approx(np.nanmin(scan.ends), rel=1e-12)


def test_networks_of_a_race_stand_side_by_side_at_the_scrubbed_step(robot: Robot) -> None:
    robot.trigger("race_network")
    walked(robot)
    panel = surface(robot)
    maps = panel.boundaries
    robot.wait(lambda: panel.boundaries.is_current)
    assert maps.isVisible() and not panel.relief.isVisible() and panel.picture.isVisible()
    race = player(robot).race
    assert race is not None
    for done in (35, 200):
        player(robot).seek(done)
        assert maps.words(3).endswith("…")
        robot.wait(lambda: maps.is_current)
        assert maps.maps is not None and maps.maps.step == done and len(maps.maps.outputs) == 4
        assert maps.words(3) == f"Adam {numbers.number(float(race.paths[3].values[done]), 3)}"
    assert len({maps.grab(square.toRect()).toImage().pixel(9, 9) for square in maps._places()}) > 1
    robot.bot.mouseClick(maps, LEFT, NONE, maps._places()[2].center().toPoint())
    assert player(robot).entrant == 2 and maps.index_at(maps._places()[1].center()) == 1
    robot.bot.keyClick(maps, Key.Key_Right)
    assert player(robot).entrant == 3
    panel.picture.choose("relief")
    assert panel.relief.isVisible() and not maps.isVisible() and not player(robot).question.wants_maps
    robot.click(robot.window.tools.race.network)
    walked(robot)
    assert panel.relief.isVisible() and not maps.isVisible() and not panel.picture.isVisible()


def test_of_many_rows_some_of_every_class_are_painted() -> None:
    rows = spread(250, 100)
    assert 90 <= len(rows) <= 100 and 0.3 < np.mean(rows % 2) < 0.7 and rows.max() > 240
    assert spread(7, 100).tolist() == list(range(7))


def test_boundaries_follow_a_race_that_plays(robot: Robot) -> None:
    robot.trigger("race_network")
    walked(robot)
    with no_stall():
        robot.key(Key.Key_Space)
        robot.wait(lambda: player(robot).is_at_end)
    robot.wait(lambda: surface(robot).boundaries.is_current)
    maps = surface(robot).boundaries.maps
    assert maps is not None and maps.step == player(robot).done == 400


def test_the_gauge_of_a_network_says_what_its_curvature_is_where_the_ball_lies(robot: Robot) -> None:
    robot.trigger("race_network")
    walked(robot)
    race, gauge = player(robot).race, inside(robot).gauge
    assert race is not None and race.network is not None
    for done in (30, 40):
        player(robot).seek(done)
        assert gauge.is_awaited and "…" in gauge.words()
        robot.wait(lambda: not gauge.is_awaited)
        view = player(robot).view
        assert view is not None and view.curvature is not None and view.curvature.has_converged
        assert gauge.value == pytest.approx(race.paths[0].rates[0] * view.curvature.value)
        assert numbers.number(2 / view.curvature.value) in inside(robot).bends.text()
    player(robot).look_at(3)
    assert gauge.is_awaited
    robot.wait(lambda: not gauge.is_awaited)
    player(robot).look_at(0)
    robot.wait(lambda: not gauge.is_awaited)


def test_a_race_that_cannot_be_says_why_in_its_place(robot: Robot) -> None:
    robot.trigger("race_network")
    walked(robot)
    change_parts = {"plane": "weights", "weights": "nothing"}
    robot.running.session.edit(edits.set_race(robot.running.session.document, **change_parts), "race")
    robot.wait(lambda: "such as h.W" in surface(robot).words.text())


def test_what_can_be_done_without_a_network(robot: Robot) -> None:
    robot.trigger("new")
    robot.window.refresh()
    assert not robot.window.live["race_network"].isEnabled()
    assert not robot.window.tools.race.network.isEnabled()


def test_a_typed_formula_in_one_name_is_a_curve(robot: Robot) -> None:
    line = robot.window.tools.race.line
    line.setText("x**2 - x")
    robot.bot.keyClick(line, Key.Key_Return)
    walked(robot)
    race = player(robot).race
    assert race is not None and race.surface.d == 1 and len(race.extent) == 2 and race.start == (2.0,)
    assert not surface(robot).relief.isVisible()
    assert race.surface.names == ("x",) and dict(offered(race))["along_x"] == "effective x"
    robot.window.run.use_size("operation")
    told(robot)
    robot.key(Key.Key_PageDown, times=2)
    told(robot)
    assert inside(robot).micro.words(0).startswith("f(x): ") and inside(robot).micro.rows[-1].formula == "x ← x + Δ"
    narration = inside(robot).formula.narration
    assert narration is not None and narration.symbols == r"\frac{\partial f}{\partial x}"
    robot.key(Key.Key_End)
    assert race.paths[0].points[:, 0] == pytest.approx(
        0.5 + 1.5 * (1 - 2 * robot.running.session.document.race.optimizers[0].settings["lr"]) ** np.arange(401)
    )


def test_a_start_of_two_numbers_is_left_when_the_formula_becomes_a_curve(robot: Robot) -> None:
    change(robot, surface=Choice("formula", {"text": "x**2 + y**2"}), start=(1.0, 1.0))
    form = SurfaceForm(robot.window.context)
    form.kind.setting_asked.emit("text", "x**2")
    walked(robot)
    assert not robot.message()
    assert robot.running.session.document.race.start == () and player(robot).race.surface.d == 1  # type: ignore[union-attr]
    form.deleteLater()


def test_rows_of_the_race_before_ask_for_nothing_that_is_gone(robot: Robot) -> None:
    surface(robot).table.looked_at.emit(3)
    two = robot.running.session.document.race.optimizers[:2]
    robot.running.session.edit(edits.set_race(robot.running.session.document, optimizers=two), "race")
    surface(robot).table.opened.emit(3)
    inside(robot).rule.setCurrentIndex(1)
    assert robot.running.session.document.race.rule == "same"
    walked(robot)


def test_the_window_says_how_far_a_race_has_come(robot: Robot) -> None:
    said = []
    player(robot).moved.connect(lambda: said.append(surface(robot).words.text()))
    change(robot, optimizers=(chosen("nesterov", lr=0.001),) * 8, steps=20_000)
    assert any(words.startswith("Walking…") for words in said)
    robot.wait(lambda: not surface(robot).words.text().startswith("Walking…"))


def test_operations_go_whole_steps_where_a_path_broke(robot: Robot) -> None:
    change(robot, surface=chosen("rosenbrock"), optimizers=(chosen("sgd", lr=0.1),), steps=100)
    robot.window.run.use_size("operation")
    robot.key(Key.Key_End)
    told(robot)
    robot.key(Key.Key_PageUp)
    told(robot)
    assert player(robot).done == 99
    robot.key(Key.Key_PageDown)
    assert player(robot).done == 100


def test_operations_go_whole_steps_of_a_network_and_its_news_end(robot: Robot) -> None:
    change(robot, on="network", steps=30)
    robot.window.run.use_size("operation")
    told(robot)
    robot.key(Key.Key_PageDown)
    assert player(robot).done == 1
    robot.wait(lambda: player(robot).view is not None and player(robot).view.progress == 1)  # type: ignore[union-attr]
    assert surface(robot).words.text() == player(robot).race.entry.teaches  # type: ignore[union-attr]


def test_long_paths_are_thinned_to_squares_of_less_than_a_pixel() -> None:
    angles = np.linspace(0, 1, 20_001)
    places = np.stack([100 * np.cos(angles), 100 * np.sin(angles)], axis=1)
    kept = _thinned(places)
    assert kept[0] == 0 and len(kept) < 400
    nearest = places[kept][np.searchsorted(kept, np.arange(20_001), side="right") - 1]
    assert np.abs(places - nearest).max() < NEAR


def test_more_paths_than_memory_holds_are_refused(robot: Robot) -> None:
    with pytest.raises(SpecError, match="at most 2500 steps for 1000 starts and 4 optimizers"):
        change(robot, starts="random", count=1_000, steps=20_000)
    change(robot, steps=20_000)


def test_quartiles_of_very_many_places_are_those_of_every_kth_step(robot: Robot) -> None:
    change(robot, starts="random", count=400, steps=3_000, optimizers=(chosen("adam", lr=0.1),))
    race = player(robot).race
    assert race is not None and race.crowd is not None
    line = surface(robot).losses.plot.drawn.lines[0]  # type: ignore[union-attr]
    values = race.crowd.paths[0].values
    assert line.x.tolist() == list(range(0, 3_001, 2))
    assert line.y == pytest.approx(np.maximum(np.median(values[::2], axis=1), 1e-16))


def test_a_learning_rule_is_no_network_to_race_on(robot: Robot) -> None:
    robot.trigger("learn_delta")
    robot.window.use_workspace("optimizers")
    robot.window.refresh()
    assert not robot.window.live["race_network"].isEnabled()
    assert not robot.window.tools.race.network.isEnabled()


def test_who_turns_back_to_own_rates_waits_for_no_scan(robot: Robot) -> None:
    change(robot, steps=5000)
    rule = inside(robot).rule
    rule.setCurrentIndex(2)
    assert player(robot).wants_scans
    rule.setCurrentIndex(0)
    assert not player(robot).wants_scans
