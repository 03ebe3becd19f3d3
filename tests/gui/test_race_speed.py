"""The largest races: nothing stands still, and what is left out of long lines cannot be seen."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from dlviz.core.choice import chosen
from dlviz.gui.panels.surface.columns import COLUMNS, is_rough, narrowed
from dlviz.gui.panels.surface.panel import SurfacePanel
from dlviz.gui.panels.surface.quantities import Line
from dlviz.gui.panels.surface.ribbons import MANY, Ribbon, Trail
from dlviz.gui.panels.surface.shades import BANDS, contour_pixels, shade_index
from dlviz.gui.theme import LIGHT, sequential
from dlviz.session import edits
from tests.gui.robot import Robot, close_window, no_stall, robot_at_window

KINDS = ("sgd", "momentum", "rmsprop", "adam", "adagrad", "adadelta", "amsgrad", "nadam")
SIZE = QSize(300, 300)


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start("optimizers")
    yield made
    close_window(made)


def test_the_largest_race_comes_and_is_resized_without_a_stall(robot: Robot) -> None:
    panel, player, session = robot.panel("surface"), robot.window.context.race, robot.running.session
    assert isinstance(panel, SurfacePanel)
    runners = tuple(chosen(kind, lr=0.001) for kind in KINDS * 2)
    wanted = edits.set_race(session.document, optimizers=runners, steps=20_000, noise=20.0)
    with no_stall():
        session.edit(wanted, "race")
        robot.wait(lambda: player.race is not None and player.race.spec == wanted.race)
        robot.bot.wait(50)
    for move in (
        lambda: robot.window.resize(1400, 800), player.end, lambda: player.look_at(5), lambda: player.step("batch", -1),
    ):  # fmt: skip
        with no_stall():
            move()
            robot.bot.wait(100)
    robot.wait(lambda: panel.contour._trail._all.step == player.done == 19_999)


def noisy(n: int) -> np.ndarray:
    return 150 + np.random.default_rng(0).normal(0, 20, (n, 2))


def painted(trail: Trail, step: int) -> QImage:
    """Return the paths up to a step, once they are all there."""
    while True:
        image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        with QPainter(image) as p:
            if trail.paint(p, SIZE, step, 0):
                return image


def test_paths_look_the_same_whatever_was_painted_before(qapp: object) -> None:
    places = [noisy(20_001) + shift for shift in (0, 10)]
    ribbons = [Ribbon(each) for each in places]
    assert ribbons[0].is_thicket and len(ribbons[0].between(0, 20_000).toList()) > MANY
    trail, fresh = Trail(ribbons, (2.0, 1.0)), Trail(ribbons, (2.0, 1.0))
    whole = painted(trail, 20_000)
    assert painted(trail, 12_300) == painted(fresh, 12_300) != whole
    assert painted(trail, 20_000) == painted(fresh, 20_000) == whole


def test_one_frame_paints_no_more_than_fits(qapp: object) -> None:
    trail = Trail([Ribbon(noisy(20_001)) for _ in range(16)], (2.0, 1.0))
    image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as p:
        assert not trail.paint(p, SIZE, 20_000, 0)
    assert trail._all.step < 20_000


def test_a_narrowed_line_keeps_every_peak() -> None:
    values = np.random.default_rng(1).normal(size=20_001)
    values[7_777], values[13], values[500] = 50.0, -60.0, np.nan
    line = narrowed(Line(np.arange(20_001.0), values))
    assert len(line.y) == 2 * COLUMNS + 1
    assert (np.nanmax(line.y), np.nanmin(line.y), line.y[-1]) == (50.0, -60.0, values[-1])
    assert line.x[np.nanargmax(line.y)] == pytest.approx(7_777, abs=20_001 / COLUMNS)
    assert is_rough(line.y, float(np.ptp(line.y[np.isfinite(line.y)])))


def test_a_short_or_smooth_line_is_drawn_as_it_is() -> None:
    short = Line(np.arange(1_000.0), np.linspace(3, 1, 1_000))
    assert narrowed(short) is short and not is_rough(short.y, 2.0)
    smooth = narrowed(Line(np.arange(20_001.0), np.linspace(1, 0, 20_001)))
    assert not is_rough(smooth.y, 1.0)


def test_a_narrowed_band_holds_all_of_the_quartiles() -> None:
    low, high = np.random.default_rng(2).normal(size=(2, 5_000))
    line = narrowed(Line(np.arange(5_000.0), low, (low, high)))
    assert line.band is not None
    assert (line.band[0].min(), line.band[1].max()) == (low.min(), high.max())
    assert len(line.x) == len(line.y) == len(line.band[0]) == COLUMNS


def test_contour_lines_are_smooth_and_one_pixel_wide() -> None:
    x, y = np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60))
    pixels = contour_pixels(0.7 * x + 0.3 * y, LIGHT, 240, 240)[..., :3].astype(int)
    rows = sequential(LIGHT)[np.round(shade_index(np.arange(BANDS))).astype(int), :3].astype(int)
    is_band = (pixels[:, :, None] == rows).all(axis=3).any(axis=2)
    assert 0.05 < 1 - is_band.mean() < 0.35
    assert len(np.unique(pixels[~is_band], axis=0)) > 3 * BANDS  # lines fade into their bands
