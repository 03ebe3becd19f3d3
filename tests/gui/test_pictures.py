"""Taking what is drawn elsewhere: panels as SVG and PNG, plotted numbers as CSV, by menus and keys."""

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.panel import Panel
from dlviz.gui.pictures import as_svg
from dlviz.gui.theme import current
from dlviz.gui.widgets.copying import Plotted
from dlviz.gui.widgets.plot import Plot
from dlviz.session import edits
from tests.gui.robot import Key, Robot
from tests.gui.test_race import player, surface, told

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture
def robot(robot_at_race: Robot) -> Robot:
    return robot_at_race


def at_the_end(robot: Robot) -> None:
    robot.running.session.edit(edits.set_race(robot.running.session.document, steps=40), "race")
    robot.wait(lambda: player(robot).race is not None and player(robot).steps == 40)
    robot.key(Key.Key_End)
    told(robot)
    robot.wait(lambda: surface(robot).losses._picture is not None)


def menu_over(widget: QWidget) -> QMenu:
    """Right-click the middle of a widget; the menu opens that the panel around it offers."""
    middle = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, title: str) -> None:
    (action,) = (each for each in menu.actions() if each.text().startswith(title))
    action.trigger()
    menu.close()


def copied() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))


def words_of(svg: bytes) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_heights_from_above_and_in_relief_are_copied_with_every_digit(robot: Robot) -> None:
    race = player(robot).race
    assert race is not None
    for view in (surface(robot).contour, surface(robot).relief):
        choose(menu_over(view), "Copy as CSV")
        rows = copied()
        assert list(rows[0]) == ["x", "y", "f"]
        assert np.array([float(row["f"]) for row in rows]).reshape(race.heights.shape).tolist() == race.heights.tolist()
        x, y, f = (float(rows[200][name]) for name in ("x", "y", "f"))
        assert (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2 == pytest.approx(f, rel=1e-12)


def test_paths_and_what_is_drawn_against_the_steps_are_copied(robot: Robot) -> None:
    at_the_end(robot)
    race = player(robot).race
    assert race is not None
    choose(menu_over(surface(robot).table.viewport()), "Copy as CSV")
    rows = [row for row in copied() if row["optimizer"] == "Adam"]
    assert [[float(row["x"]), float(row["y"])] for row in rows] == race.paths[3].points.tolist()
    assert [float(row["f"]) for row in rows] == race.paths[3].values.tolist()
    surface(robot).quantity.set_key("distance")
    surface(robot)._draw()
    choose(menu_over(surface(robot).losses), "Copy as CSV")
    rows = copied()
    name, place, value = rows[0]
    assert (name, place) == ("optimizer", "step") and value.startswith("distance to the nearest minimum")
    momentum = [float(row[value]) for row in rows if row["optimizer"].startswith("Momentum")]
    assert momentum == race.paths[1].distances(race.minima).tolist()


def test_the_scan_of_rates_is_copied_by_rate(robot: Robot) -> None:
    at_the_end(robot)
    surface(robot).quantity.set_key("scan")
    surface(robot)._draw()
    robot.wait(lambda: len(player(robot).scans) == 4)
    surface(robot).losses.setFocus()
    robot.trigger("copy_values")
    rows = [row for row in copied() if row["optimizer"].startswith("SGD")]
    assert [float(row["lr"]) for row in rows] == pytest.approx(player(robot).scans[0].rates.tolist(), rel=1e-14)
    assert "Copied" in robot.message()


def test_every_plot_in_the_panels_can_be_copied(robot: Robot) -> None:
    robot.window.use_workspace("network")
    robot.trigger("inspect_network")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: any(each.isVisible() and each.plotted().rows for each in robot.window.findChildren(Plot)))
    for plot in robot.window.findChildren(Plot):
        if plot.isVisible() and plot.plotted().rows:
            names = [entry.name for entry in plot.entries()]
            assert list(dict.fromkeys(row[0] for row in plot.plotted().rows)) == list(dict.fromkeys(names))


@pytest.mark.parametrize("workspace", ["network", "step", "optimizers"])
def test_every_panel_offers_its_picture(robot: Robot, workspace: str, tmp_path: Path) -> None:
    robot.window.use_workspace(workspace)
    robot.wait(lambda: robot.window.bridge.latest is not None)
    if workspace == "network":
        robot.wait(lambda: robot.panel("output").map.values is not None)  # type: ignore[attr-defined]
    shown = [each for each in robot.window.findChildren(Panel) if each.isVisible()]
    assert shown
    for panel in shown:
        robot.answers.path = tmp_path / f"{panel.key}.svg"
        size = panel.size()  # the bar that says what was saved takes its room
        robot.window.context.picture_wanted.emit(panel)
        root = ET.fromstring(robot.answers.path.read_bytes())
        assert (root.get("width"), root.get("height")) == (str(size.width()), str(size.height()))
        assert panel.key in ("canvas",) or list(root.iter(f"{SVG}text"))


def test_a_race_as_svg_has_its_words_its_legend_and_its_lines(robot: Robot, tmp_path: Path) -> None:
    at_the_end(robot)
    surface(robot).contour.setFocus()
    robot.answers.path = tmp_path / "race.svg"
    robot.trigger("export_picture")
    assert "Saved race.svg" in robot.message()
    written = robot.answers.path.read_bytes()
    words = words_of(written)
    for expected in ("SGD", "Momentum", "RMSprop", "Adam", "lr 0.16", "optimizer", "f now", "10", "20"):
        assert expected in words, expected
    root = ET.fromstring(written)
    title = root.findtext(f"{SVG}title")
    assert title is not None and title.endswith(": Surface")
    colours = {path.get("stroke") for path in root.iter(f"{SVG}path")}
    assert {each.lower() for each in current().runner_colours[:4]} <= colours
    assert all(each.get(HREF, "").startswith("data:image/png") for each in root.iter(f"{SVG}image"))


def test_a_curve_has_no_relief_and_becomes_svg_as_well(robot: Robot) -> None:
    line = robot.window.tools.race.line
    line.setText("x**2 - x")
    robot.bot.keyClick(line, Key.Key_Return)
    robot.wait(lambda: player(robot).race is not None and player(robot).race.surface.d == 1)
    assert "f now" in words_of(as_svg(surface(robot), "curve"))
    surface(robot).contour.setFocus()
    robot.trigger("copy_values")
    assert list(copied()[0]) == ["x", "f"]


def test_a_formula_as_svg_is_outlines_without_a_picture(robot: Robot) -> None:
    robot.window.use_workspace("step")
    robot.key(Key.Key_PageDown, times=2)
    panel = robot.panel("formula")
    robot.wait(lambda: b"<path" in as_svg(panel, "formula"))
    assert b"<image" not in as_svg(panel, "formula")


def test_png_is_twice_as_fine_and_is_no_enlarged_picture(robot: Robot, tmp_path: Path) -> None:
    at_the_end(robot)
    robot.answers.path, size = tmp_path / "race.PNG", surface(robot).size()
    choose(menu_over(surface(robot).contour), "Export picture")
    image = QImage(str(robot.answers.path))
    assert image.size() == size * 2
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    corner = rows[40:440, 60:460]  # of the surface from above
    pairs = corner.reshape(200, 2, 200, 2)
    assert (pairs[:, 0] != pairs[:, 1]).mean() > 0.01, "every two pixels are alike"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("race.jpg", "Expected a name that ends in .svg or .png"), ("none/race.svg", "race.svg")],
)
def test_what_cannot_be_written_is_said_in_one_sentence(robot: Robot, tmp_path: Path, name: str, sentence: str) -> None:
    robot.answers.path = tmp_path / name
    robot.trigger("export_picture")
    assert sentence in robot.message() and not robot.answers.path.exists()


def test_a_picture_that_fails_leaves_the_one_before(robot: Robot, tmp_path: Path) -> None:
    kept = tmp_path / "race.svg"
    kept.write_text("before", encoding="utf-8")
    kept.chmod(0o644)
    robot.answers.path = None
    robot.trigger("export_picture")
    assert kept.read_text(encoding="utf-8") == "before"
    robot.answers.path = kept
    robot.trigger("export_picture")
    assert kept.read_bytes().startswith(b"<?xml")


class Framed(QWidget):
    """Fills all it may, clipped to its middle."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as p:
            p.setClipRect(QRectF(10, 10, 20, 20))
            p.fillRect(QRectF(-100, -100, 500, 500), "#ff0000")
            p.drawText(12, 25, "<&>")


def test_clips_stand_where_the_widget_stands(qtbot: QtBot) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    outer.resize(QSize(200, 100))
    inner = Framed(outer)
    inner.setGeometry(50, 40, 40, 40)
    inner.render(QImage(40, 40, QImage.Format.Format_RGB32), QPoint())
    written = as_svg(outer, "a & b")
    root = ET.fromstring(written)
    clips = [path.get("d") for clip in root.iter(f"{SVG}clipPath") for path in clip]
    assert "M60,50L80,50L80,70L60,70L60,50" in clips
    assert words_of(written) == ["<&>"] and root.findtext(f"{SVG}title") == "a & b"


def test_a_title_that_xml_cannot_hold_leaves_the_rest_readable(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(10, 10)
    root = ET.fromstring(as_svg(widget, "a\x00\x0b\ud800z\uffff \U0001f600", "हिन्दी\tü"))
    assert root.findtext(f"{SVG}title") == "a\ufffd\ufffd\ufffdz\ufffd \U0001f600"
    assert root.findtext(f"{SVG}desc") == "हिन्दी\tü"


def test_plots_can_be_told_from_other_widgets(robot: Robot) -> None:
    assert isinstance(surface(robot).contour, Plotted) and not isinstance(surface(robot).words, Plotted)
