"""Sheets in the window: opened, set, walked and answered, every number read from the widgets."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.subject import SubjectPanel
from dlviz.gui.selection import Selected
from dlviz.gui.sheet.view import SheetView
from dlviz.session.sheet_presets import sheet_examples
from tests.golden.example import Example
from tests.gui.hiding import cells, readable
from tests.gui.robot import Key, Robot, no_stall

FILE = """title: A line
text: One unit weighs its input.
slider w = 2 from -5 to 5 : the weight
number b = 1 from 0
list x = 1, 2, -3
y = w*x + b : Weigh and shift.
total = sum(y) : Add all of them.
show: total
table: x, y
plot: y against x
question: What is the total?
answer: total to 2 decimals
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "line.sheet"
    path.write_text(FILE, encoding="utf-8")
    return path


def view(robot: Robot) -> SheetView:
    found = robot.panel("subject")
    assert isinstance(found, SubjectPanel)
    return found.sheet


def is_shown(robot: Robot) -> bool:
    frame = robot.frame
    computed = None if frame is None else frame.sheet
    return computed is not None and robot.running.session.document.sheet.computed is computed


def settled(robot: Robot) -> SheetView:
    """Wait until the panel shows what the document comes to."""
    robot.wait(lambda: is_shown(robot) and robot.panel("subject")._frame is robot.frame)
    return view(robot)


def opened(robot: Robot, key: str) -> SheetView:
    """Open a shipped sheet by the Learn menu."""
    robot.start("step")
    robot.trigger(f"learn_sheet_{key}")
    return settled(robot)


def column(shown: SheetView, title: str) -> list[float | str | None]:
    """Return the cells of a column of the table, as the widget holds them."""
    titles = [each.title for each in shown.table.numbers.columns]
    return [line.cells[titles.index(title)] for line in shown.table.numbers.lines]


def result(shown: SheetView, name: str) -> float:
    """Return a single number from what the pointer reads on the line of results, which has every digit."""
    lines = dict(line.split(" = ") for line in shown.results.toolTip().split("\n"))
    return float(lines[name].replace("\N{MINUS SIGN}", "-"))


def close(found: object, wanted: object) -> None:
    np.testing.assert_allclose(np.ravel(np.array(found, float)), np.ravel(wanted), rtol=1e-10, atol=1e-15)


# The worked examples, read from the widgets


@pytest.mark.parametrize("beta", ["0.98", "0.5", "0.9"])
def test_running_average(robot: Robot, beta: str) -> None:
    shown = opened(robot, "running_average")
    row = shown.inputs.rows["beta"]
    row.field.setFocus()
    row.field.setText(beta)
    robot.key(Key.Key_Return)
    settled(robot)
    wanted = Example("EX-65").expected[beta]
    close(column(shown, "v"), wanted["raw"])
    close(column(shown, "corrected"), wanted["corrected"])
    close(result(shown, "window"), wanted["window"])
    close(shown.picture.plot.curves[2].yData, wanted["corrected"])


def test_a_noisy_series_is_averaged_with_its_window(robot: Robot) -> None:
    shown = opened(robot, "noisy_series")
    row = shown.inputs.rows["beta"]
    assert row.slider is not None
    robot.drag_slider(row.slider, [0.5, 0.6])
    settled(robot)
    beta, x, v = float(row.field.text()), column(shown, "x"), column(shown, "v")
    close(result(shown, "window"), 1 / (1 - beta))
    close(v[1:], [beta * float(before) + (1 - beta) * float(new) for before, new in zip(v, x[1:], strict=False)])
    close(shown.picture.plot.curves[0].yData, x)


def test_momentum_unrolled(robot: Robot) -> None:
    shown, wanted = opened(robot, "momentum_unrolled"), Example("EX-21").expected
    close(column(shown, "u"), wanted["update_ema_lr_inside"])
    close(column(shown, "v"), wanted["velocity_ema_lr_outside"])
    close(column(shown, "classical"), wanted["velocity_classical_lr_inside"])
    close(column(shown, "c"), wanted["coefficients_of_g1_g2_g3_in_update3"])
    close(column(shown, "w"), wanted["w_path_ema"][1:])
    close(shown.picture.plot.bars[0].opts["height"], wanted["coefficients_of_g1_g2_g3_in_update3"])


def test_a_sum_that_grows(robot: Robot) -> None:
    close(column(opened(robot, "growing_sum"), "a"), Example("EX-22").expected["a"])


def test_clipping(robot: Robot) -> None:
    shown, wanted = opened(robot, "clipping"), Example("EX-52").expected
    close(column(shown, "shortened"), wanted["by_norm"])
    close(column(shown, "cut"), wanted["by_value"])
    close(result(shown, "norm"), wanted["norm"])


def test_rates_that_decay_and_epoch_0_is_refused_with_a_message(robot: Robot) -> None:
    shown, wanted = opened(robot, "decay_families"), Example("EX-66").expected
    for title, name in (("inverse", "inverse"), ("exponential", "exponential"), ("root", "sqrt")):
        close(column(shown, title), wanted[name])
    close(column(shown, "staircase"), wanted["staircase"])
    field = shown.inputs.rows["epoch"].field
    field.setFocus()
    field.setText("0, 1")
    robot.key(Key.Key_Return)
    assert "Expected at least 1 for epoch. Received: 0" in robot.message()
    assert field.text() == "1, 2, 3, 4, 10"
    close(column(shown, "root"), wanted["sqrt"])


def test_conditioning(robot: Robot) -> None:
    shown, wanted = opened(robot, "conditioning"), Example("EX-62").expected
    close(result(shown, "κ"), wanted["condition_number_raw"])
    close(result(shown, "κₛ"), wanted["condition_number_normalised"])
    close([column(shown, "z₁"), column(shown, "z₂")], np.reshape(wanted["normalised"], (2, 4)))
    close(result(shown, "rate"), 2 / result(shown, "λₘₐₓ"))


def test_convergence(robot: Robot) -> None:
    shown, wanted = opened(robot, "convergence"), Example("EX-72").expected
    close(result(shown, "steps"), wanted["steps"])
    close(result(shown, "end"), wanted["w"])


def test_adams_first_step(robot: Robot) -> None:
    shown, wanted = opened(robot, "adam_first_step"), Example("EX-69").expected
    close(column(shown, "w"), wanted["w"][1:])
    close(result(shown, "step"), wanted["first_step"])


def test_local_gains(robot: Robot) -> None:
    shown, wanted = opened(robot, "local_gains"), Example("EX-53").expected
    close(column(shown, "gain"), wanted["gains"])
    close(column(shown, "step"), wanted["steps"])


def test_adagrads_rate_vanishes(robot: Robot) -> None:
    found = column(opened(robot, "vanishing_rate"), "adagrad")
    close(found, 0.1 / (np.sqrt(np.arange(1, 31)) + 1e-8))


def test_every_shipped_sheet_is_shown_whole(robot: Robot) -> None:
    robot.start("step")
    for example in sheet_examples():
        robot.trigger(f"learn_{example.key}")
        robot.wait(lambda title=example.title: robot.frame.document.title == title)
        shown = settled(robot)
        drawn = shown.picture.plot.entries()
        assert len(drawn) == len(robot.frame.sheet.sheet.plot.curves) and all(each.parts for each in drawn)
        assert all(cell is not None for line in shown.table.numbers.lines for cell in line.cells)
        assert shown.question.isVisible() and shown.sentences.text()


# A sheet written by hand


def test_a_file_is_opened_walked_both_ways_and_told(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    assert (column(shown, "y"), result(shown, "total")) == ([3, 5, -5], 3)
    robot.key(Key.Key_PageDown, times=2)
    robot.wait(lambda: robot.frame.cursor == 2 and robot.panel("subject")._frame is robot.frame)
    assert column(shown, "y") == [3, 5, None]
    assert shown.table.numbers.marked == 1
    formula = robot.panel("formula")
    robot.wait(lambda: "y₂" in formula.view.text())
    assert formula.sentence.text() == "Weigh and shift."
    assert "2 · 2 + 1" in formula.view.text()
    robot.key(Key.Key_PageUp)
    robot.wait(lambda: robot.frame.cursor == 1 and robot.panel("subject")._frame is robot.frame)
    assert column(shown, "y") == [3, None, None]


def sizes(robot: Robot) -> list[str]:
    offered = robot.window.transport.step_size
    return [offered.tabText(index) for index in range(offered.count())]


def test_only_steps_that_a_sheet_has_are_offered(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    settled(robot)
    assert sizes(robot) == ["operation", "list", "all"]
    assert [robot.window.live[f"by_{size}"].isEnabled() for size in ("layer", "sample", "epoch")] == [
        True,
        False,
        False,
    ]
    assert not robot.window.live["reset"].isEnabled() and not robot.window.live["seed"].isEnabled()
    robot.key(Key.Key_2)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.window.transport.large.text() == "3 / 4")
    assert robot.window.transport.small.text() == "operation" and "seed" not in robot.window.status.words.text()
    robot.window.use_workspace("optimizers")
    assert sizes(robot) == ["micro-step", "step", "10 steps"] and robot.window.live["seed"].isEnabled()
    robot.trigger("new")
    robot.window.use_workspace("network")
    assert sizes(robot) == ["operation", "layer", "sample", "batch", "epoch"]


def test_end_leads_to_the_last_number_and_play_begins_again(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    settled(robot)
    robot.key(Key.Key_PageDown)
    robot.key(Key.Key_End)
    robot.wait(lambda: robot.frame.cursor == 4 and robot.frame.step == 1 and robot.window.run.frame is robot.frame)
    robot.window.run.use_rate(0.5)  # of 240 steps a second four would be over before anybody looks
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.state == "running" and robot.frame.cursor == 1)
    robot.key(Key.Key_Home)
    robot.wait(lambda: robot.frame.state == "paused" and robot.frame.cursor == 0)


def test_a_sheet_of_numbers_alone_is_shown_and_has_no_step(robot: Robot, file: Path) -> None:
    file.write_text("title: T\ny = 3\nx = [1, 2]\nshow: y\ntable: x\n", encoding="utf-8")
    robot.start("step", file)
    shown = settled(robot)
    for key in (Key.Key_PageDown, Key.Key_H, Key.Key_PageDown, Key.Key_End):
        robot.key(key)
    robot.wait(lambda: robot.frame.step == 1)
    assert (result(shown, "y"), column(shown, "x")) == (3, [1, 2])


def test_keys_of_time_walk_a_sheet_that_scrolls_and_set_no_slider(robot: Robot) -> None:
    robot.window.resize(960, 560)
    shown = opened(robot, "momentum_unrolled")
    assert shown.verticalScrollBar().maximum() > 0
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 1)
    shown.verticalScrollBar().setValue(20)
    slider = shown.inputs.rows["beta"].slider
    assert slider is not None
    slider.setFocus()
    for key in (Key.Key_PageUp, Key.Key_PageUp, Key.Key_Home):
        robot.key(key)
    robot.wait(lambda: robot.frame.cursor == 0)
    assert shown.inputs.rows["beta"].field.text() == "0.9"
    robot.trigger("learn_sheet_vanishing_rate")
    robot.wait(lambda: "rho" in shown.inputs.rows)
    assert shown.verticalScrollBar().value() == 0


def test_keys_go_on_walking_when_a_sheet_follows_a_formula(robot: Robot) -> None:
    robot.start("step")
    robot.trigger("learn_typed")
    robot.wait(lambda: robot.frame.document.subject == "formula" and robot.panel("subject")._frame is robot.frame)
    robot.trigger("learn_sheet_clipping")
    settled(robot)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    robot.key(Key.Key_End)
    robot.wait(lambda: robot.frame.step == 1)


def test_tab_goes_the_way_a_sheet_is_read(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    assert not robot.panel("subject").rows.isVisible()
    slider, visited = shown.inputs.rows["w"].slider, []
    assert slider is not None
    slider.setFocus()
    for _ in range(6):
        robot.key(Key.Key_Tab)
        visited.append(QApplication.focusWidget().accessibleName())
    assert visited == ["w", "b", "x", "Your answer", "Plot of the sheet", "Table of the sheet"]


def test_a_slider_recomputes_at_once_and_is_one_undo(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    slider = shown.inputs.rows["w"].slider
    assert slider is not None
    with no_stall():
        robot.drag_slider(slider, [0.6, 0.7, 0.8])
    weight = float(shown.inputs.rows["w"].field.text())
    settled(robot)
    assert weight != 2 and column(shown, "y") == pytest.approx([weight + 1, 2 * weight + 1, 1 - 3 * weight])
    robot.trigger("undo")
    settled(robot)
    assert column(shown, "y") == [3, 5, -5] and shown.inputs.rows["w"].field.text() == "2"


def test_a_list_and_a_number_are_typed(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    for name, text in (("x", "1; 0,5"), ("b", "1/2")):
        shown.inputs.rows[name].field.setFocus()
        shown.inputs.rows[name].field.setText(text)
        robot.key(Key.Key_Return)
    settled(robot)
    assert (column(shown, "x"), column(shown, "y")) == ([1, 0.5], [2.5, 1.5])


@pytest.mark.parametrize(
    ("text", "others", "said"),
    [
        ("1, 2, 3, 4", {"z": (-3, 0, -2, 0), "w": (2, 2, 2, 2)}, "z = −3, 0, −2, 0;  w = 2, 2, 2, 2"),
        ("1", {"z": (-3,), "w": (2,)}, "z = −3;  w = 2"),
    ],
)
def test_a_longer_list_takes_its_partners_along_and_says_so(
    robot: Robot, tmp_path: Path, text: str, others: dict[str, tuple[float, ...]], said: str
) -> None:
    """Zeros fill a list, or its last number where its limits forbid a zero; a list without part in it stays."""
    file = tmp_path / "pair.sheet"
    lists = "list x = 1, 2, 3\nlist z = -3, 0, -2\nlist w = 2, 2, 2 from 1 to 3\nlist u = 7, 8, 9"
    file.write_text(f"title: Pair\n{lists}\ny = x*z + w\nm = max(u)\ntable: y\nshow: m", encoding="utf-8")
    robot.start("step", file)
    shown = settled(robot)
    shown.inputs.rows["x"].field.setFocus()
    shown.inputs.rows["x"].field.setText(text)
    robot.key(Key.Key_Return)
    settled(robot)
    x = [float(each) for each in text.split(", ")]
    assert column(shown, "y") == [a * b + c for a, b, c in zip(x, others["z"], others["w"], strict=True)]
    assert robot.message() == f"Lists of one length belong together here. Now also: {said}"
    assert shown.inputs.rows["u"].field.text() == "7, 8, 9"
    robot.trigger("undo")
    settled(robot)
    assert [shown.inputs.rows[each].field.text() for each in "xzw"] == ["1, 2, 3", "−3, 0, −2", "2, 2, 2"]


def test_typed_numbers_are_undone_one_by_one(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    field = settled(robot).inputs.rows["w"].field
    for text in ("3", "4"):
        field.setFocus()
        field.setText(text)
        robot.key(Key.Key_Return)
    for text in ("3", "2"):
        robot.trigger("undo")
        settled(robot)
        assert field.text() == text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("w", "9", "Expected -5 to 5 for w. Received: 9"), ("b", "-1", "Expected at least 0 for b. Received: -1"),
        ("x", "1, two", "Expected a number"), ("w", "9^9^9", "Expected"), ("b", "1e999", "Expected"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_and_changes_nothing(robot: Robot, file: Path, name: str, text: str, said: str) -> None:
    robot.start("step", file)
    shown = settled(robot)
    field = shown.inputs.rows[name].field
    before = field.text()
    field.setFocus()
    field.setText(text)
    robot.key(Key.Key_Return)
    assert said in robot.message()
    assert field.text() == before
    assert not robot.running.session.is_dirty


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("3", "✓"),
        ("3,004", "✓"),
        ("3.02", "✗ Close"),
        ("-3", "✗ The sign"),
        ("7", "✗ Not yet"),
        ("x", "Expected a number"),
    ],
)  # fmt: skip
def test_an_answer_is_judged_within_the_stated_rounding(robot: Robot, file: Path, typed: str, verdict: str) -> None:
    robot.start("step", file)
    question = settled(robot).question
    assert question.field.placeholderText() == "round to 2 decimals"
    question.field.setFocus()
    robot.text(typed)
    robot.key(Key.Key_Return)
    assert question.verdict.text().startswith(verdict)


def test_another_input_takes_the_verdict_back(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    shown.question.field.setFocus()
    robot.text("3")
    robot.key(Key.Key_Return)
    shown.inputs.rows["b"].field.setFocus()
    shown.inputs.rows["b"].field.setText("2")
    robot.key(Key.Key_Return)
    settled(robot)
    assert shown.question.verdict.text() == ""


def test_hidden_numbers_are_read_nowhere(robot: Robot, file: Path) -> None:
    file.write_text(FILE.replace("= 2 from", "= 2.1357 from"), encoding="utf-8")
    robot.start("step", file)
    shown = settled(robot)
    robot.key(Key.Key_PageDown, times=2)
    robot.wait(lambda: robot.frame.cursor == 2 and robot.panel("subject")._frame is robot.frame)
    assert "5.271" in readable(robot.window)
    robot.key(Key.Key_H)
    assert column(shown, "y") == [pytest.approx(3.1357), None, None]
    assert "5.271" not in readable(robot.window) and "5.271" not in "".join(cells(shown.table.model()))
    assert [len(each.parts) for each in shown.picture.plot.entries()] in ([], [0], [1])


def test_a_click_in_the_table_leads_to_its_step(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    place = shown.table.visualRect(shown.table.model().index(2, 1)).center()
    robot.click(shown.table.viewport(), place)
    robot.wait(lambda: robot.frame.cursor == 3)
    assert robot.panel("subject").context.selection.current.layer == "y[3]"


def test_table_and_plot_are_copied_with_every_digit(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    shown = settled(robot)
    shown.picture.plot.copy()
    assert QGuiApplication.clipboard().text() == "x,y\n1.0,3.0\n2.0,5.0\n-3.0,-5.0\n"
    shown.table.copy()
    assert QGuiApplication.clipboard().text() == "x,y\n1.0,3.0\n2.0,5.0\n-3.0,-5.0\n"


def test_a_dropped_sheet_opens_and_a_bad_one_changes_nothing(robot: Robot, file: Path, tmp_path: Path) -> None:
    robot.start("step")
    robot.drop(file)
    robot.wait(lambda: robot.running.session.document.title == "A line")
    before = robot.running.session.document
    bad = tmp_path / "bad.sheet"
    bad.write_text("title: T\ny = 2*(1", encoding="utf-8")
    robot.drop(bad)
    robot.wait(lambda: "line 2" in robot.message())
    assert robot.running.session.document is before


def test_poles_leave_gaps_and_no_axis_of_nan(robot: Robot, file: Path) -> None:
    file.write_text("title: T\nlist x = -1, 0, 1, 2\ny = 1/x\nz = ln(x)\ntable: x, y, z\nplot: y, z against x", "utf-8")
    robot.start("step", file)
    shown = settled(robot)
    assert np.isfinite(shown.picture.plot.getViewBox().viewRange()).all()
    assert len(shown.picture.plot.entries()[0].parts) == 3


def test_numbers_beyond_any_axis_leave_gaps(robot: Robot, file: Path) -> None:
    file.write_text("title: T\nt = [1, 2, 3]\ny = [1e300, -1e300, 2]\nplot: y against t as bars", "utf-8")
    robot.start("step", file)
    plot = settled(robot).picture.plot
    assert plot.bars[0].opts["height"].tolist() == [2]
    assert plot.getViewBox().viewRange()[1] == pytest.approx([0, 2], abs=0.5)


def test_a_word_without_end_leaves_the_plot_in_sight(robot: Robot, file: Path) -> None:
    word = "W" * 480
    file.write_text(FILE.replace("One unit", word).replace("What is", word), encoding="utf-8")
    robot.start("step", file)
    shown = settled(robot)
    assert shown.picture.mapTo(shown, QPoint(shown.picture.width(), 0)).x() <= shown.viewport().width()


def test_nothing_is_saved_under_the_name_of_a_sheet(robot: Robot, file: Path, tmp_path: Path) -> None:
    robot.start("step", file)
    settled(robot)
    robot.answers.path = tmp_path / "other.sheet"
    robot.trigger("save_as")
    robot.wait(lambda: "Expected a file that ends in .dlviz or .json. Received: .sheet" in robot.message())
    assert not (tmp_path / "other.sheet").exists() and file.read_text(encoding="utf-8") == FILE


def test_the_inspector_tells_a_number_and_an_input_is_typed_there(robot: Robot, file: Path) -> None:
    robot.start("step", file)
    settled(robot)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 1)
    robot.panel("subject").context.selection.select(Selected("unit", "y[1]"))
    inspector = robot.panel("inspector")
    assert isinstance(inspector, InspectorPanel)
    robot.wait(lambda: inspector.title.text() == "y₁" and inspector.remark.text() == "Weigh and shift.")
    robot.panel("subject").context.selection.select(Selected("unit", "x[2]"))
    robot.wait(lambda: inspector.title.text() == "x₂" and inspector.value.isVisible())


def test_the_inspector_shows_a_random_number_that_nobody_types(robot: Robot) -> None:
    opened(robot, "noisy_series")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 1)
    robot.panel("subject").context.selection.select(Selected("unit", "drawn[2]"))
    inspector = robot.panel("inspector")
    assert isinstance(inspector, InspectorPanel)
    robot.wait(lambda: inspector.title.text() == "drawn₂")
    assert inspector.remark.text() == "a random number" and not inspector.value.isVisible()


def test_a_half_typed_number_goes_with_its_sheet(robot: Robot) -> None:
    shown = opened(robot, "adam_first_step")
    field = next(row.field for row in shown.inputs.rows.values())
    field.setFocus()
    field.selectAll()
    robot.text("0.5x")
    robot.trigger("learn_sheet_softmax")
    robot.wait(lambda: "shift" in shown.inputs.rows)
    settled(robot)
    assert not robot.message() and shown.inputs.rows["shift"].field.text() == "0"
