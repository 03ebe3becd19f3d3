"""The optimizer examples of the course opened from Learn; their numbers are read from the rows of the race panel."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice, chosen
from dlviz.gui.forms.race import EntrantForm
from dlviz.gui.panels.race.panel import RacePanel
from dlviz.gui.panels.surface.panel import SurfacePanel
from dlviz.gui.race.player import RacePlayer
from dlviz.session import edits
from dlviz.session.race_presets import RACES
from tests.golden.example import Example
from tests.gui.robot import Key, Robot, close_window, robot_at_window

POINT, STEP = "←", "Δ ="
VARIANTS = (
    "sgd", "momentum_ema", "momentum_ema_lr_inside", "momentum_classical_lr_inside", "momentum_classical_lr_outside",
    "nesterov_lookahead", "nesterov_torch", "adagrad", "rmsprop_eps_outside", "rmsprop_eps_inside", "adam_corrected",
    "adam_uncorrected_eps_inside", "delta_bar_delta",
)  # fmt: skip


class Racing:
    """Somebody who opens a race and reads what its panel says of a step."""

    def __init__(self, robot: Robot) -> None:
        self.robot = robot

    @property
    def player(self) -> RacePlayer:
        return self.robot.window.context.race

    @property
    def inside(self) -> RacePanel:
        found = self.robot.panel("race")
        assert isinstance(found, RacePanel)
        return found

    @property
    def surface(self) -> SurfacePanel:
        found = self.robot.panel("surface")
        assert isinstance(found, SurfacePanel)
        return found

    def open(self, key: str) -> "Racing":
        self.robot.trigger(f"learn_{key}")
        assert self.robot.window.context.workspace == "optimizers"
        self.walked()
        return self

    def walked(self) -> None:
        spec = self.robot.running.session.document.race
        self.robot.wait(lambda: self.player.race is not None and self.player.race.spec == spec)

    def row(self, entrant: int, step: int, formula: str) -> list[float]:
        """Return the numbers of the micro-step with this formula, in a step counted from 1."""
        self.player.look_at(entrant)
        self.player.seek(step)
        self.robot.wait(lambda: self.player.view is not None and self.player.view.question == self.player.question)
        self.inside._show()
        found = [row.full for row in self.inside.micro.rows if formula in row.formula]
        plain = found[-1].replace("−", "-")
        return [float(each) for each in re.findall(r"[-+0-9.e]+(?:inf|nan)?", plain)]

    def rows(self, entrant: int, steps: int, formula: str) -> list[float]:
        """Return the first number of that micro-step in every step."""
        return [self.row(entrant, step, formula)[0] for step in range(1, steps + 1)]

    def points(self, entrant: int, steps: int) -> list[list[float]]:
        """Return every point after the start, as the last micro-step wrote it."""
        return [self.row(entrant, step, POINT) for step in range(1, steps + 1)]

    def cell(self, row: int, title: str) -> str:
        table = self.surface.table.rows
        return table.rows[row].cells[table.titles.index(title)]


@pytest.fixture
def racing(qtbot: QtBot) -> Iterator[Racing]:
    robot = robot_at_window(qtbot)
    robot.start()
    yield Racing(robot)
    close_window(robot)


@pytest.mark.parametrize("key", [each.key for each in RACES])
def test_every_race_is_walked_forward_and_back_by_micro_steps(racing: Racing, key: str) -> None:
    racing.open(key)
    robot, player = racing.robot, racing.player
    robot.bot.mouseClick(racing.surface.words, Qt.MouseButton.LeftButton)
    robot.window.run.use_size("operation")
    robot.wait(lambda: player.micro_count > 0)
    micro = player.micro_count
    robot.key(Key.Key_PageDown, times=micro)
    robot.wait(lambda: player.done == 1 and player.micro == 0)
    robot.key(Key.Key_PageUp, times=micro)
    robot.wait(lambda: player.is_at_start)
    robot.key(Key.Key_End)
    assert player.is_at_end
    assert robot.message() == ""


def test_why_the_minus_sign_works(racing: Racing) -> None:
    example = Example("EX-33")
    racing.open("race_minus")
    example.check("slope_at_5", racing.row(0, 1, "gradient")[0])
    example.check("path_from_5", [5.0, *(each[0] for each in racing.points(0, 5))])
    example.check("eta_1_from_5", [5.0, *(each[0] for each in racing.points(1, 2))])
    session = racing.robot.running.session
    session.edit(edits.set_start(session.document, (-1.0,)), "start")
    racing.walked()
    example.check("slope_at_minus1", racing.row(0, 1, "gradient")[0])
    example.check("path_from_minus1", [-1.0, *(each[0] for each in racing.points(0, 5))])
    example.assert_everything_compared()


def test_a_path_settles_where_its_moves_are_smaller_than_the_tolerance(racing: Racing) -> None:
    example = Example("EX-72")
    racing.open("race_minus")
    racing.player.end()
    assert int(racing.cell(0, "settled")) == example["steps"]
    example.check("steps", int(racing.cell(0, "settled")))
    example.check("w", racing.points(0, 61)[-1][0])


def test_momentum_unrolled(racing: Racing) -> None:
    example = Example("EX-21")
    racing.open("race_momentum")
    example.check("update_ema_lr_inside", racing.rows(0, 3, "v ←"))
    example.check("velocity_ema_lr_outside", racing.rows(1, 3, "v ←"))
    example.check("velocity_classical_lr_inside", racing.rows(2, 3, "v ←"))
    example.check("w_path_ema", [1.0, *(each[0] for each in racing.points(0, 3))])
    racing.surface.quantity.set_key("memory")
    racing.surface._draw()
    drawn = racing.surface.losses.plot.drawn
    assert drawn is not None
    example.check("coefficients_of_g1_g2_g3_in_update3", drawn.lines[0].y[2::-1])


def test_a_sum_that_grows(racing: Racing) -> None:
    racing.open("race_sum")
    Example("EX-22").check("a", [0.0, *(each[0] for each in racing.points(0, 5))])


def test_all_variants_on_one_bowl(racing: Racing) -> None:
    example = Example("EX-23")
    racing.open("race_variants")
    race = racing.player.race
    assert race is not None
    for entrant, name in enumerate(VARIANTS):
        example.check(f"{name}/trajectory", [[4.0, 1.0], *racing.points(entrant, 5)])
        example.check(f"{name}/loss", race.paths[entrant].values[:6])
        example.leave(f"{name}/options", "the settings of the race")
    example.assert_everything_compared()


def test_a_gradient_is_cut_to_length_1_or_by_value(racing: Racing) -> None:
    example = Example("EX-52")
    racing.open("race_clip")
    example.check("by_norm", racing.row(0, 1, "clipped"))
    example.check("norm", float(np.linalg.norm(racing.row(0, 1, "gradient g"))))
    session = racing.robot.running.session
    session.edit(edits.set_race(session.document, clip=chosen("value", max_value=1.0)), "clip")
    racing.walked()
    example.check("by_value", racing.row(0, 1, "clipped"))
    example.assert_everything_compared()


def gaps(racing: Racing) -> list[np.ndarray]:
    """Return how far each path of the race is from the first one after every step."""
    race = racing.player.race
    assert race is not None
    return [np.abs(path.points - race.paths[0].points).max(axis=1) for path in race.paths]


def test_momentum_in_four_conventions_is_one_path_until_the_rate_falls(racing: Racing) -> None:
    racing.open("race_momenta")
    race = racing.player.race
    assert race is not None
    assert [each.settings["lr"] for each in race.spec.optimizers] == [0.04, 0.04, 0.4, 0.4]
    apart = gaps(racing)
    assert all(each[:21].max() < 1e-12 for each in apart)
    assert apart[2].max() < 1e-12 and apart[1][21] > 0.1
    assert np.abs(race.paths[1].points - race.paths[3].points).max() < 1e-12
    v, p = np.zeros(2), np.array([4.0, 3.0])
    for step in range(60):  # outside, as a script would write it
        v = 0.9 * v + p * np.array([1.0, 4.0])
        p = p - 0.04 * 0.2 ** (step // 20) * v
    assert race.paths[0].points[-1] == pytest.approx(p, rel=1e-9)


def test_adam_in_four_conventions_is_equal_only_in_the_end(racing: Racing) -> None:
    racing.open("race_adams")
    apart = gaps(racing)
    assert all(each.max() > 10 * each[-1] for each in apart[1:])
    race = racing.player.race
    assert race is not None
    first = [float(abs(path.points[1, 0] - path.points[0, 0])) for path in race.paths]
    g = abs(float(race.paths[0].gradients[0, 0]))
    assert first[0] == pytest.approx(0.1 * g / (g + 0.1))
    assert first[1] == pytest.approx(0.1 * g / np.sqrt(g * g + 0.01))
    assert first[2] == pytest.approx(0.1 * g / (g + 0.1 / np.sqrt(0.001)))
    assert first[3] == pytest.approx(0.1 * 0.1 * g / (np.sqrt(0.001) * g + 0.1))


def test_another_convention_joins_the_race_with_the_rate_that_makes_it_equal(racing: Racing) -> None:
    runner = chosen("momentum", lr=0.04, momentum=0.8)
    session = racing.robot.running.session
    parts = {"surface": chosen("bowl", condition=4.0), "start": (4.0, 1.0), "steps": 30, "optimizers": (runner,)}
    session.edit(edits.set_race(session.document, **parts), "race")
    racing.robot.window.use_workspace("optimizers")
    racing.walked()
    racing.surface.table.opened.emit(0)
    popup = racing.surface._popup
    assert popup is not None and isinstance(popup.content, EntrantForm)
    others = popup.content.others
    assert "rate 0.2 = 0.04 / (1 − β)" in others.variants[1].equal
    racing.robot.click(others.buttons[1])
    racing.walked()
    added = racing.robot.running.session.document.race.optimizers[1]
    assert (added.settings["form"], added.settings["lr"]) == ("ema", 0.2)
    assert gaps(racing)[1].max() < 1e-12
    popup.close()


def test_local_gains(racing: Racing) -> None:
    example = Example("EX-53")
    racing.open("race_gains")
    example.check("gains", racing.rows(0, 5, "k ←"))
    example.check("steps", racing.rows(0, 5, STEP))
    example.assert_everything_compared()


def test_raw_and_standardised_inputs(racing: Racing) -> None:
    example = Example("EX-62")
    for key, place in (("race_raw", "condition_number_raw"), ("race_standard", "condition_number_normalised")):
        racing.open(key)
        race = racing.player.race
        assert race is not None
        low, high = race.curvature[0][0]
        example.check(place, high / low, rtol=1e-6)
        racing.inside._show()
        assert f"largest stable rate {2 / high:.4g}"[:22] in racing.inside.bends.text()
        assert "condition" in racing.inside.bends.text()


def test_running_average_with_correction(racing: Racing) -> None:
    example = Example("EX-65")
    racing.open("race_average")
    for entrant, beta in enumerate(("0.9", "0.98", "0.5")):
        example.check(f"{beta}/raw", racing.rows(entrant, 5, "m ←"))
        example.check(f"{beta}/corrected", racing.rows(entrant, 5, "m̂ ="))
        example.check(f"{beta}/window", 1 / (1 - float(beta)))
    example.assert_everything_compared()


def test_rates_that_decay(racing: Racing) -> None:
    example = Example("EX-66")
    racing.open("race_decay")
    families = {
        "inverse": chosen("inverse_time", decay=1.0, first_epoch=1),
        "exponential": chosen("exponential", base=0.95, first_epoch=1),
        "sqrt": chosen("square_root", k=1.0), "staircase": chosen("staircase", drop=0.5, every=2, first_epoch=1),
    }  # fmt: skip
    session = racing.robot.running.session
    racing.surface.quantity.set_key("rate")
    for name, schedule in families.items():
        session.edit(edits.set_race(session.document, schedule=schedule), "schedule")
        racing.walked()
        racing.surface._draw()
        drawn = racing.surface.losses.plot.drawn
        assert drawn is not None
        example.check(name, [float(drawn.lines[0].y[epoch - 1]) for epoch in example.inputs["epoch"]])
    example.assert_everything_compared()


def test_adam_step_by_step(racing: Racing) -> None:
    example = Example("EX-69")
    racing.open("race_adam")
    example.check("first_gradient", racing.row(0, 1, "gradient")[0])
    example.check("first_step", racing.row(0, 1, STEP)[0])
    example.check("w", [0.0, *(each[0] for each in racing.points(0, 5))])
    example.check("w_epsilon_hat", [0.0, *(each[0] for each in racing.points(1, 5))])
    example.assert_everything_compared()


def race_on(racing: Racing, surface: str, *optimizers: Choice, **parts: object) -> RacePlayer:
    session = racing.robot.running.session
    racing.robot.window.use_workspace("optimizers")
    session.edit(edits.set_race(session.document, surface=chosen(surface), optimizers=optimizers, **parts), "race")
    racing.walked()
    return racing.player


def test_on_the_ridge_of_a_saddle_descent_stands_still(racing: Racing) -> None:
    player = race_on(racing, "saddle", chosen("sgd", lr=0.1), start=(1.5, 0.0), steps=200)
    assert player.race is not None and player.race.paths[0].values[-1] == pytest.approx(0.0, abs=1e-12)
    player = race_on(racing, "saddle", chosen("sgd", lr=0.02), chosen("adam", lr=0.1), start=(1.5, 1e-6), steps=60)
    assert player.race is not None
    slow, fast = (path.values[-1] for path in player.race.paths)
    assert slow > -0.1 and fast < -5


def test_on_a_plateau_steps_are_counted_until_the_loss_falls(racing: Racing) -> None:
    race_on(racing, "plateau", chosen("sgd", lr=0.5), chosen("adam", lr=0.2), steps=400)
    racing.player.end()
    assert int(racing.cell(1, "steps to 0.05")) < 100
    assert racing.cell(0, "steps to 0.05") == "–" or int(racing.cell(0, "steps to 0.05")) > 100


def test_a_cliff_throws_the_ball_away_unless_gradients_are_cut(racing: Racing) -> None:
    run = chosen("sgd", lr=0.5)
    player = race_on(racing, "cliff", run, start=(1.05, 2.5), steps=1)
    assert player.race is not None
    thrown = float(player.race.paths[0].lengths()[-1])
    player = race_on(racing, "cliff", run, start=(1.05, 2.5), steps=1, clip=chosen("norm", max_norm=1.0))
    assert player.race is not None and thrown > 5
    assert float(player.race.paths[0].lengths()[-1]) == pytest.approx(0.5)


def test_adagrads_effective_rate_only_falls(racing: Racing) -> None:
    race_on(racing, "bowl", chosen("adagrad", lr=0.5), steps=30)
    racing.surface.quantity.set_key("along_x")
    racing.surface._draw()
    drawn = racing.surface.losses.plot.drawn
    assert drawn is not None and (np.diff(drawn.lines[0].y) < 0).all()


def test_in_noise_only_a_falling_rate_settles(racing: Racing) -> None:
    racing.open("race_noise")
    assert racing.player.race is not None
    near = [float(np.mean(path.distances(racing.player.race.minima)[-50:])) for path in racing.player.race.paths]
    session = racing.robot.running.session
    session.edit(edits.set_race(session.document, schedule=None), "schedule")
    racing.walked()
    far = [float(np.mean(path.distances(racing.player.race.minima)[-50:])) for path in racing.player.race.paths]
    assert all(n < 0.6 * f for n, f in zip(near, far, strict=True))


def test_nesterov_draws_the_point_ahead_and_the_gradient_there(racing: Racing) -> None:
    player = race_on(racing, "bowl", chosen("nesterov", lr=0.04, form="look_ahead"), start=(4.0, 1.0), steps=10)
    robot = racing.robot
    robot.window.run.use_size("operation")
    player.seek(3)
    robot.wait(lambda: player.micro_count > 3 and player.view is not None and player.view.question == player.question)
    player.step("operation", 1)
    robot.wait(lambda: player.view is not None and player.view.question == player.question)
    for _ in range(2):
        player.step("operation", 1)
    racing.surface._show_step()
    arrows = {arrow.name: arrow for arrow in racing.surface.contour.arrows}
    trace = player.view.trace  # type: ignore[union-attr]
    assert trace is not None and player.race is not None
    ahead = trace.value("f.p.ahead", len(trace.steps))
    assert ahead is not None
    point = player.race.paths[0].points[3]
    assert arrows["look ahead"].vector == pytest.approx((ahead - point).tolist())
    assert arrows["−g"].place == pytest.approx(ahead.tolist())
    assert arrows["−g"].vector == pytest.approx([-ahead[0], -20 * ahead[1]])
