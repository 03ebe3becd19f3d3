"""No page of the data panel cuts a word, in any theme, in its usual place and in half of the window."""

from pathlib import Path

import numpy as np
import pytest

from dlviz.gui.panel import Panel
from dlviz.gui.panels.data.importing import ImportView
from dlviz.gui.theme import theme_signals
from dlviz.gui.widgets.chooser import Chooser
from dlviz.session.edits import set_split
from dlviz.session.presets import document_for
from tests.gui.robot import Robot
from tests.gui.test_nothing_cut import assert_nothing_is_cut, is_cut
from tests.unit.data.made_files import write_idx_pair

PAGES = ("set", "table", "plot", "split", "scale")
SMALL, LARGE = (1280, 720), (1920, 1080)
LETTERS = ["light", "projector"]  # those of the dark theme are as large as those of the light one


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


@pytest.mark.parametrize("theme", LETTERS)
@pytest.mark.parametrize(
    ("kind", "size"), [("iris", SMALL), ("sine", SMALL), ("weather", SMALL), ("digits", SMALL), ("digits", LARGE)]
)
def test_nothing_is_cut_on_any_page(robot: Robot, theme: str, kind: str, size: tuple[int, int]) -> None:
    robot.window.resize(*size)
    robot.window.centre.cards.put_away()
    theme_signals.use(theme)
    session, panel = robot.running.session, robot.panel("data")
    session.start_over(set_split(document_for(kind), validation=0.2, test=0.1), "Data")
    robot.pause()
    for is_wide in (False, True):
        for page in (*PAGES, "images") if kind == "digits" else PAGES:
            panel.show_page(page)
            panel.wide.setChecked(is_wide and page != "set")
            views = getattr(panel.shown, "view", None)
            for place in range(1 if views is None else views.count()):
                if views is not None and not views.isTabVisible(place):
                    continue
                if views is not None:
                    views.setCurrentIndex(place)
                robot.wait(lambda: not _is_busy(panel.shown))
                assert_nothing_is_cut(robot)
                robot.wait(lambda: cut_names(panel) == [])


def cut_names(panel: Panel) -> list[str]:
    """Return what lists to choose from show only in part."""
    shown = (each.shown_text() for each in panel.findChildren(Chooser) if each.isVisible())
    return [text for text in shown if text.endswith("…")]


@pytest.mark.parametrize("theme", LETTERS)
def test_nothing_is_cut_before_data_are_used(robot: Robot, theme: str, tmp_path: Path) -> None:
    theme_signals.use(theme)
    table = tmp_path / "measured_by_the_class.csv"
    lines = (f"{i},{'' if i % 9 == 3 else i % 7},{'ab'[i % 2]},{('red', 'green', 'blue')[i % 3]}" for i in range(60))
    table.write_text("\n".join(("wide,high,where,kind", *lines)) + "\n", encoding="utf-8")
    arrays = tmp_path / "two.npz"
    np.savez(arrays, x_train=np.eye(6), y_train=np.arange(6) % 2, x_test=np.eye(3), y_test=np.arange(3) % 2)
    for path in (table, arrays, write_idx_pair(tmp_path, 20)[0]):
        robot.window.files.take(path)
        robot.wait(lambda: robot.window.findChild(ImportView) is not None)
        view: ImportView = robot.window.findChild(ImportView)
        robot.wait(lambda: view._pages.currentWidget() is view.page)  # noqa: B023  waited for before the next
        view.page.encoded.heading.click()
        assert_nothing_is_cut(robot)
        assert view.page.heading.short() == "" and not is_cut(view.page.heading)
        view.reject()
        robot.wait(lambda: robot.window.findChild(ImportView) is None)


def _is_busy(page: object) -> bool:
    job = getattr(page, "_job", None)
    return job is not None and job.is_running
