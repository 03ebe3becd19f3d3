"""The relief by OpenGL or painted: one mesh, one view; OpenGL only where a trial went well, and never needed."""

from typing import Any, ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from dlviz.gui.opengl import choice
from dlviz.gui.opengl.choice import FAST_MS, GlChoice, Verdict
from dlviz.gui.opengl.renderer import OpenGLError
from dlviz.gui.panels.surface import relief
from dlviz.gui.panels.surface.mesh import HIGH, mesh_of
from dlviz.gui.panels.surface.relief import LARGE_SIDE, SIDE, Relief
from dlviz.gui.panels.surface.shades import Shades
from dlviz.gui.theme import current
from dlviz.session.race import Race, RaceSpec
from dlviz.session.race.racer import run_race
from tests.gui.robot import Robot

FAST = Verdict("a graphics card", FAST_MS / 4)


@pytest.fixture(scope="module")
def race() -> Race:
    return run_race(RaceSpec(steps=20))


class FakeRenderer:
    """Notes what it is given, and draws a white picture."""

    taken: ClassVar[list[Any]] = []
    views: ClassVar[list[Any]] = []
    problem = ""

    def take(self, quads: np.ndarray, colours: np.ndarray) -> None:
        if self.problem:
            raise OpenGLError(self.problem)
        self.taken.append((quads, colours))

    def picture(self, view: np.ndarray, size: QSize) -> QImage:
        self.views.append(view)
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill("#ff0000")
        return image

    def close(self) -> None:
        pass


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeRenderer]:
    made = type("Fake", (FakeRenderer,), {"taken": [], "views": []})
    monkeypatch.setattr(relief, "MeshRenderer", made)
    return made


@pytest.fixture
def view(qtbot: QtBot, race: Race) -> Relief:
    made = Relief()
    qtbot.addWidget(made)
    made.resize(480, 320)
    made.show_race(race)
    return made


@pytest.fixture
def robot(robot_at_race: Robot) -> Robot:
    return robot_at_race


def read_between(values: np.ndarray, side: int) -> np.ndarray:
    """Read a grid between its points along one axis, then along the other."""
    places = np.linspace(0, len(values) - 1, side + 1)
    along = np.array([np.interp(places, np.arange(len(row)), row) for row in values])
    return np.array([np.interp(places, np.arange(len(row)), row) for row in along.T]).T


@pytest.mark.parametrize("side", [SIDE, LARGE_SIDE])
def test_both_meshes_have_the_heights_of_the_race(race: Race, side: int) -> None:
    shades = Shades(race.heights).at(race.heights)
    quads = mesh_of(shades, side, current()).quads
    assert len(quads) == side**2
    first = quads[:, 0].reshape(side, side, 3)
    expected = read_between(shades, side)[:side, :side] * HIGH
    np.testing.assert_allclose(first[..., 2], expected, rtol=0, atol=1e-14)
    if side == LARGE_SIDE:
        assert np.array_equal(first[..., 2], shades[:-1, :-1] * HIGH), "not a height is lost"


@pytest.mark.parametrize(("turn", "tilt"), [(0.0, 0.5), (-0.65, 0.15), (2.4, 1.35), (-3.0, 0.9)])
def test_opengl_puts_every_point_where_it_is_painted(view: Relief, turn: float, tilt: float) -> None:
    view.turn, view.tilt = turn, tilt
    points = np.random.default_rng(0).uniform([-1, -1, 0], [1, 1, HIGH], (200, 3))
    seen = np.column_stack([points, np.ones(200)]) @ view._view().T
    across, down = (seen[:, 0] + 1) / 2 * view.width(), (1 - seen[:, 1]) / 2 * view.height()
    np.testing.assert_allclose(np.column_stack([across, down]), view._pixels(points), rtol=0, atol=1e-9)
    assert np.abs(seen[:, 2]).max() < 1, "nothing is cut off in front or behind"
    away = view._turned(points)[:, 1] * np.cos(tilt) - points[:, 2] * np.sin(tilt)
    assert np.array_equal(np.argsort(away), np.argsort(seen[:, 2])), "the near ones are in front"


def test_opengl_gets_the_large_mesh_once_and_another_view_as_it_turns(
    view: Relief, race: Race, fake: type[FakeRenderer]
) -> None:
    view.use_opengl(True)
    assert view.grab().toImage().pixelColor(5, 160).name() == "#ff0000"
    view._turn_by(0.3, 0.1)
    view.grab()
    assert len(fake.taken) == 1 and len(fake.views) == 2
    shades = Shades(race.heights).at(race.heights)
    assert np.array_equal(fake.taken[0][0], mesh_of(shades, LARGE_SIDE, current()).quads)
    view.use_opengl(False)
    assert view.grab().toImage().pixelColor(5, 160).name() != "#ff0000"


def test_what_fails_at_work_is_painted_and_said(view: Relief, fake: type[FakeRenderer], qtbot: QtBot) -> None:
    fake.problem = "the driver has gone."
    painted = view.grab().toImage()
    view.use_opengl(True)
    with qtbot.waitSignal(view.opengl_failed) as failed:
        again = view.grab().toImage()
    assert failed.args == ["the driver has gone."] and again == painted


def test_without_opengl_the_window_paints_as_before_and_says_why_when_asked(robot: Robot) -> None:
    gl = robot.window.context.gl
    assert gl.verdict is not None and not gl.is_used
    robot.window.refresh()
    assert robot.window.live["opengl"].isEnabled() and not robot.window.live["opengl"].isChecked()
    assert not robot.message()
    robot.trigger("opengl")
    assert "painted without OpenGL: this screen has none" in robot.message()


def test_opengl_is_turned_off_in_the_menu_and_that_is_remembered(robot: Robot, fake: type[FakeRenderer]) -> None:
    gl = robot.window.context.gl
    gl._take(FAST)
    robot.window.refresh()
    assert gl.is_used and robot.window.live["opengl"].isChecked()
    robot.trigger("opengl")
    assert not gl.is_used and "without OpenGL" in robot.message()
    other = GlChoice()
    other.restore(robot.window.remembered.opengl)
    assert other.verdict == FAST and not other.is_wanted


def test_failure_at_work_in_the_window_is_a_word_and_a_painted_relief(robot: Robot, fake: type[FakeRenderer]) -> None:
    fake.problem = "the driver has gone."
    robot.window.context.gl._take(FAST)
    robot.wait(lambda: not robot.window.context.gl.is_used)
    assert "the driver has gone" in robot.message()


@pytest.mark.parametrize(
    ("found", "is_valid"),
    [
        (Verdict("card", 2.0), True),
        (Verdict("llvmpipe", FAST_MS * 2), False),
        (Verdict("card", 2.0, "broken."), False),
        (Verdict(), False),
    ],
)
def test_only_a_fast_picture_counts(found: Verdict, is_valid: bool) -> None:
    gl = GlChoice()
    gl._take(found)
    assert gl.is_used is is_valid and ("drawn by OpenGL" in found.words()) is is_valid


@pytest.mark.parametrize(
    "kept", [None, 3, {}, {"verdict": {"milliseconds": "fast"}}, {"verdict": {"renderer": 3}}, {"verdict": [1]},
             {"verdict": {"renderer": "card", "milliseconds": 1.0, "version": "0.0.0"}}],
)  # fmt: skip
def test_what_was_kept_wrongly_or_by_another_version_is_asked_anew(kept: object) -> None:
    gl = GlChoice()
    gl.restore(kept)
    assert gl.verdict is None and gl.is_wanted


@pytest.mark.parametrize("module", ["this", "no_such_module_anywhere", "dlviz.gui.opengl.probe_child"])
def test_a_trial_that_ends_badly_means_no_opengl(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setattr(choice, "WITHOUT", ())
    monkeypatch.setattr(choice, "MODULE", module)
    gl = GlChoice()
    with qtbot.waitSignal(gl.changed, timeout=15_000):
        gl.ask()
    assert gl.verdict is not None and gl.verdict.problem and not gl.is_used


def test_a_trial_that_never_ends_is_ended(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "WITHOUT", ())
    monkeypatch.setattr(choice, "MODULE", "code")  # waits for somebody to type
    gl = GlChoice()
    gl._limit.setInterval(200)
    with qtbot.waitSignal(gl.changed, timeout=15_000):
        gl.ask()
    assert gl.verdict is not None and "did not end well" in gl.verdict.problem
