"""No page of the data panel cuts a word, in any theme, in its usual place and in half of the window."""

import pytest

from dlviz.gui.theme import theme_signals
from dlviz.session.edits import set_split
from dlviz.session.presets import document_for
from tests.gui.robot import Robot
from tests.gui.test_nothing_cut import assert_nothing_is_cut

PAGES = ("set", "table", "plot", "split", "scale")


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
@pytest.mark.parametrize("kind", ["iris", "sine"])
def test_nothing_is_cut_on_any_page(robot: Robot, theme: str, kind: str) -> None:
    robot.window.resize(1280, 720)
    robot.window.centre.cards.put_away()
    theme_signals.use(theme)
    session, panel = robot.running.session, robot.panel("data")
    session.start_over(set_split(document_for(kind), validation=0.2, test=0.1), "Data")
    robot.pause()
    for is_wide in (False, True):
        for page in PAGES:
            panel.show_page(page)
            panel.wide.setChecked(is_wide and page != "set")
            views = getattr(panel.shown, "view", None)
            for place in range(1 if views is None else views.count()):
                if views is not None:
                    views.setCurrentIndex(place)
                robot.wait(lambda: not _is_busy(panel.shown))
                assert_nothing_is_cut(robot)


def _is_busy(page: object) -> bool:
    job = getattr(page, "_job", None)
    return job is not None and job.is_running
