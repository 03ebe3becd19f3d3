"""Steps as matrices in the window: shapes, numbers, pictures, the lit cells, pointer, clicks and keys."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF

from dlviz.core.choice import Choice, chosen
from dlviz.core.matrices import Matrix
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui import numbers
from dlviz.gui.panels.formula.matrices.boxes import Block, equations_of, sized
from dlviz.gui.panels.formula.matrices.fit import fitted, least_height
from dlviz.gui.panels.formula.matrices.heat import heat_image, largest, reduced
from dlviz.gui.panels.formula.matrices.view import MatrixView
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.remembered import Remembered
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import DARK, LIGHT, diverging
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.network_presets import matrix_products, tanh_and_sigmoid
from dlviz.session.presets import data_for, example_document
from dlviz.session.subject_presets import and_by_perceptron, hopfield_recall, three_functions
from tests.golden.example import Example
from tests.gui.hiding import drawn, leaks
from tests.gui.robot import LEFT, NONE, Key, Robot

W1 = Selected("link", "h", 0, "x", 1)


def view_of(robot: Robot) -> MatrixView:
    return robot.window.findChild(MatrixView)


def at_step(robot: Robot, document: Document, cursor: int) -> MatrixView:
    """Show a step of a document as matrices."""
    robot.start_on_canvas("step")
    robot.running.session.new(document)
    robot.wait(lambda: robot.frame.generation == robot.running.session._generation)
    robot.key(Key.Key_M)
    robot.running.session.walk_to(cursor)
    robot.wait(lambda: robot.frame.cursor == cursor and bool(view_of(robot).form.matrices))
    robot.wait(lambda: robot.panel("formula")._frame is robot.frame)
    return view_of(robot)


def matrices(view: MatrixView) -> dict[str, Matrix]:
    return {each.letter: each for each in view.form.matrices}


def place_of(view: MatrixView, which: int, row: int, column: int) -> QPoint:
    return view.rect_of((which, row, column)).center().toPoint()


def test_the_switch_in_the_header_and_the_key_show_matrices(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    panel = robot.panel("formula")
    assert isinstance(panel, FormulaPanel)
    assert view.isVisible() and panel.ways.key() == "matrix"
    robot.click(panel.ways, panel.ways.tabRect(0).center())
    robot.wait(lambda: panel.view.isVisible() and not view.isVisible())
    assert not robot.window.live["matrix_view"].isChecked()
    robot.click(panel.ways, panel.ways.tabRect(1).center())
    robot.wait(view.isVisible)
    assert robot.window.live["matrix_view"].isChecked()


def test_the_choice_is_remembered(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "settings.json")
    remembered.use_step_view(is_matrix=True, is_code=False)
    remembered.save()
    again = Remembered(tmp_path / "settings.json")
    assert (again.is_matrix, again.is_code) == (True, False)


def test_forward_pass_of_the_2_2_2_example_as_matrices(robot: Robot) -> None:
    found = matrices(at_step(robot, example_document(), 1))
    np.testing.assert_allclose(found["W¹"].values, [[0.15, 0.20], [0.25, 0.30]], rtol=1e-12)
    np.testing.assert_allclose(found["z¹"].values, [[0.3775], [0.3925]], rtol=1e-12)
    assert {letter: each.shape for letter, each in found.items()} == {
        "z¹": (2, 1), "W¹": (2, 2), "x": (2, 1), "b¹": (2, 1)
    }  # fmt: skip


def test_backward_pass_of_the_2_2_2_example_as_matrices(robot: Robot) -> None:
    found = matrices(at_step(robot, example_document(), 8))
    np.testing.assert_allclose(
        found["∂L/∂W²"].values, [[0.08216704056, 0.08266762785], [-0.02260254047, -0.02274024222]], rtol=1e-8
    )
    np.testing.assert_allclose(found["∂L/∂W²"].values, found["δ²"].values @ found["a¹ᵀ"].values, rtol=1e-12)


def test_the_row_and_column_told_by_the_view_of_one_unit_are_lit(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    robot.window.context.selection.select(W1)
    told = dict(zip((each.letter for each in view.form.matrices), view._shown.told, strict=True))
    assert told == {"z¹": (0, 0), "W¹": (0, 1), "x": (1, 0), "b¹": (0, 0)}


def test_a_click_on_a_cell_selects_its_weight_unit_or_bias_everywhere(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    chosen_places = []
    for which, row, column in ((1, 1, 0), (0, 1, 0), (2, 1, 0), (3, 1, 0)):
        robot.bot.mouseClick(view, LEFT, NONE, place_of(view, which, row, column))
        chosen_places.append(robot.window.context.selection.current)
    assert chosen_places == [
        Selected("link", "h", 1, "x", 0), Selected("unit", "h", 1), Selected("input", "x", 1), Selected("bias", "h", 1)
    ]  # fmt: skip
    robot.wait(lambda: robot.panel("inspector").isVisible())


def test_a_double_click_on_a_weight_opens_its_card(robot: Robot) -> None:
    view, canvas = at_step(robot, example_document(), 1), robot.panel("canvas")
    robot.bot.mouseDClick(view, LEFT, NONE, place_of(view, 1, 1, 0))
    robot.wait(lambda: canvas.card.is_editing)
    assert robot.window.context.selection.current == Selected("link", "h", 1, "x", 0)
    canvas.card.close_card()
    robot.bot.mouseDClick(view, LEFT, NONE, place_of(view, 0, 1, 0))
    assert not canvas.card.is_editing


def test_hovering_lights_the_canvas_and_the_canvas_lights_the_matrix(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    robot.bot.mouseMove(view, place_of(view, 1, 0, 1))
    robot.wait(lambda: robot.window.context.selection.hover == W1)
    robot.hover(Selected("unit", "h", 1))
    robot.wait(lambda: view._marked == ((1, 0), None, None, (1, 0)))
    robot.bot.mouseMove(robot.view.viewport(), QPoint(2, 2))
    robot.wait(lambda: robot.window.context.selection.hover == NOTHING)


def test_a_cell_says_its_exact_number(robot: Robot) -> None:
    view = at_step(robot, example_document(), 2)
    value = float(view.form.matrices[0].values[1, 0])
    assert view.words((0, 1, 0)) == f"a¹, row 2, column 1: {numbers.full(value)}"


def test_arrow_keys_walk_over_the_cells_and_enter_selects(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    view.setFocus()
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Return):
        robot.bot.keyClick(view, key)
    assert robot.window.context.selection.current == Selected("link", "h", 1, "x", 1)
    assert view.accessibleDescription().startswith("W¹") or "W¹" in view.accessibleDescription()


def test_a_click_on_another_example_looks_at_it(robot: Robot) -> None:
    document = Document(
        data=data_for("xor"), network=NetworkSpec((dense("h", 2, "tanh"), dense("o", 1, "sigmoid"))),
        training=TrainingSpec(loss=chosen("binary_cross_entropy"), batch_size=4), dtype="float64",
    )  # fmt: skip
    view = at_step(robot, document, 1)
    assert view.form.matrices[0].shape == (2, 4)
    robot.bot.mouseClick(view, LEFT, NONE, place_of(view, 0, 1, 2))
    robot.wait(lambda: robot.frame.sample == 2)
    assert robot.window.context.selection.current == Selected("unit", "h", 1)
    robot.wait(lambda: view._shown.told[0] == (1, 2))


def test_no_number_of_a_hidden_step_can_be_read(robot: Robot) -> None:
    view = at_step(robot, example_document(), 3)
    before = drawn(robot, lambda: True)
    robot.running.session.walk_to(4)
    robot.wait(lambda: robot.frame.cursor == 4)
    robot.key(Key.Key_H)
    drawn(robot, lambda: robot.window.context.is_hidden)
    assert leaks(robot, before) == []
    assert view.words((0, 0, 0)).endswith(": ?")
    assert "?" in view.text()


def wide_document() -> Document:
    layers = (dense("h1", 128, "relu"), dense("h2", 64, "relu"), dense("o", 10, "softmax"))
    network = NetworkSpec(layers, (InputSpec("x", (64,)),))
    return Document(
        data=data_for("digits"), network=network,
        training=TrainingSpec(loss=Choice("categorical_cross_entropy"), optimizer=chosen("adam"), batch_size=32),
    )  # fmt: skip


def test_large_matrices_are_pictures_with_a_legend(robot: Robot) -> None:
    view = at_step(robot, wide_document(), 1)
    blocks = [each for each in view._fitted.blocks if isinstance(each, Block)]
    assert all(each.is_heat and not each.texts for each in blocks)
    assert {each.caption[0]: each.caption[1].partition(" · ")[0] for each in blocks} == {
        "z¹": "128 × 32", "W¹": "128 × 64", "x": "64 × 32", "b¹": "128 × 1"
    }  # fmt: skip
    assert view._fitted.height > view._fitted.scale * view._fitted.laid.height
    robot.bot.mouseClick(view, LEFT, NONE, place_of(view, 1, 100, 3))
    place = robot.window.context.selection.current
    assert (place.kind, place.layer) == ("link", "h1")
    assert abs(place.unit - 100) <= 1


def test_matrices_fill_a_larger_room_without_more_lines(robot: Robot) -> None:
    form = at_step(robot, example_document(), 1).form
    found = [fitted(form, False, *room) for room in ((900, 100), (1000, 300), (440, 300))]
    assert [(each.scale, each.laid.lines) for each in found[:2]] == [(1.0, 1), (1.6, 1)]
    assert 1.0 <= found[2].scale < 1.6 and found[2].laid.lines == 1


def test_two_equations_take_two_lines_where_that_makes_them_larger(robot: Robot) -> None:
    form = at_step(robot, example_document(), 8).form
    low, high = (fitted(form, False, 1000, height) for height in (110, 320))
    assert (low.laid.lines, high.laid.lines) == (1, 2)
    assert high.scale > low.scale
    letters = [
        [each.piece.caption[0] for each in line if isinstance(each.piece, Block)]
        for line in equations_of(sized(high.blocks))
    ]
    assert letters == [["∂L/∂W²", "δ²", "a¹ᵀ"], ["∂L/∂b²", "δ²"]]


def test_cells_are_found_where_they_are_painted_larger(robot: Robot) -> None:
    view = at_step(robot, example_document(), 1)
    assert view._fitted.scale > 1
    assert view._cell_at(QPointF(place_of(view, 1, 1, 0))) == (1, 1, 0)


def test_large_pictures_shrink_before_they_must_be_scrolled(robot: Robot) -> None:
    form = at_step(robot, wide_document(), 1).form
    heights = [fitted(form, False, 900, height).height for height in (400, 180, 150)]
    assert all(found <= room for found, room in zip(heights, (400, 180, 150), strict=True))
    assert heights == sorted(heights, reverse=True)
    assert fitted(form, False, 900, 40).height == pytest.approx(least_height(form, False, 900))


@pytest.mark.parametrize("make", [and_by_perceptron, hopfield_recall])
def test_rules_are_shown_as_matrices_too(robot: Robot, make: Callable[[], Document]) -> None:
    view = at_step(robot, make(), 2)
    assert view.form.matrices
    robot.bot.mouseClick(view, LEFT, NONE, place_of(view, 0, 0, 0))
    assert robot.window.context.selection.current.layer == "o"


def test_a_typed_formula_says_why_it_has_none(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.running.session.new(three_functions())
    robot.wait(lambda: robot.frame.generation == robot.running.session._generation)
    robot.key(Key.Key_M)
    robot.running.session.walk_to(2)
    page = robot.window.findChild(FormulaPanel).matrices
    robot.wait(lambda: page.note.isVisible() and "single numbers" in page.note.text())


def test_a_block_of_cells_keeps_the_number_farthest_from_zero() -> None:
    values = np.zeros((100, 30))
    values[17, 4], values[18, 4], values[99, 29] = -3.0, 2.0, 0.5
    small = reduced(values, 10, 6)
    assert small.shape == (10, 6)
    assert (small[1, 0], small[9, 5], np.count_nonzero(small)) == (-3.0, 0.5, 2)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_pictures_use_the_scale_of_signed_values_and_mark_what_is_not_finite(theme) -> None:  # type: ignore[no-untyped-def]
    image = heat_image(np.array([[-2.0, 0.0, 2.0, np.nan]]), theme)
    seen = [image.pixelColor(column, 0).name().upper() for column in (0, 2, 3)]
    assert seen == [theme.negative, theme.positive, theme.error]
    assert image.pixelColor(1, 0).getRgb()[:3] == tuple(diverging(theme)[128][:3])
    assert largest(np.array([np.inf, -1.5])) == 1.5


def seen(robot: Robot, cursor: int) -> dict[str, np.ndarray]:
    """Walk to a step and return the matrices that are shown, by letter."""
    robot.running.session.walk_to(cursor)
    panel = robot.panel("formula")
    robot.wait(lambda: panel._frame is not None and panel._frame.cursor == cursor)  # type: ignore[attr-defined]
    return {each.letter: each.values for each in view_of(robot).form.matrices}


def step_of(robot: Robot, op: str, node: str) -> int:
    assert robot.frame.trace is not None
    return next(step.index + 1 for step in robot.frame.trace.steps if (step.op, step.node) == (op, node))


def test_four_layer_products_in_both_shapes_of_the_weights(robot: Robot) -> None:
    example = Example("EX-29")
    at_step(robot, matrix_products(), 1)
    for number, (turned, plain) in enumerate(example["shapes_W_and_WT"], 1):
        found = seen(robot, step_of(robot, "affine", f"h{number}"))
        weights = found[f"W{'¹²³⁴'[number - 1]}"]
        assert list(weights.shape) == plain and list(weights.T.shape) == turned
        np.testing.assert_allclose(weights.T, example.parameters["W"][number - 1], rtol=1e-12)
        outputs = seen(robot, step_of(robot, "activate", f"h{number}"))[f"a{'¹²³⁴'[number - 1]}"]
        np.testing.assert_allclose(outputs[:, 0], example["layer_outputs"][number - 1], rtol=1e-10)


def test_a_batch_as_columns_forward_and_backward(robot: Robot) -> None:
    example, n = Example("EX-55"), 3
    at_step(robot, tanh_and_sigmoid(), 1)
    first = seen(robot, 1)
    np.testing.assert_array_equal(first["x"], example.inputs["X"])
    assert first["W¹"].shape == (3, 2) and first["x"].shape == (2, n) and first["z¹"].shape == (3, n)
    for number, node in ((1, "h"), (2, "o")):
        mark = "¹²"[number - 1]
        example.check(f"A{number}", seen(robot, step_of(robot, "activate", node))[f"a{mark}"])
        gradients = seen(robot, step_of(robot, "weight_gradient", node))
        example.check(f"dW{number}", gradients[f"∂L/∂W{mark}"])
        example.check(f"db{number}", gradients[f"∂L/∂b{mark}"])
        # The notes divide by the number of examples when they gather weights, this network in the loss.
        example.check(f"dZ{number}", n * gradients[f"δ{mark}"])
    example.check("dA2", n * seen(robot, step_of(robot, "loss_backward", "o"))["∂L/∂a²"])
    example.check("J", seen(robot, step_of(robot, "loss", "o"))["L"][0, 0])
    example.assert_everything_compared()
    down = seen(robot, step_of(robot, "input_gradient", "o"))
    np.testing.assert_allclose(down["∂L/∂a¹"], down["W²ᵀ"] @ down["δ²"], rtol=1e-12)
