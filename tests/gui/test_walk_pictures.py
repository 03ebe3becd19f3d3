"""Where boxes and lines of walks stand, without a window."""

import numpy as np
import pytest

from dlviz.core.expression import parse, walk
from dlviz.gui.walks.formula_boxes import Standing, formula_boxes
from dlviz.gui.walks.layered import columns_of, rows_of
from dlviz.gui.walks.patterns import side_of
from dlviz.gui.walks.plane import _clipped
from dlviz.gui.walks.plane_view import _half_plane

TEXTS = ("y = w*x + b", "s = a*b; t = s*s + a; y = tanh(t) - s", "y = sum([a*b, b*c, c*a])", "y = x", "y = 2*x + 3")


@pytest.mark.parametrize("text", TEXTS)
def test_boxes_never_stand_on_each_other_and_read_from_the_left(text: str) -> None:
    formula = parse(text)
    walked = walk(formula, dict.fromkeys(formula.inputs, 1.5))
    shown = formula_boxes(walked, Standing(walked.trace, len(walked.trace.steps)))
    assert all(shown.boxes[link.source].column < shown.boxes[link.target].column for link in shown.links)
    for box in shown.boxes:
        near = [other for other in shown.boxes if other.column == box.column and abs(other.row - box.row) < 1 - 1e-9]
        assert near == [box]
    assert min(box.row for box in shown.boxes) == 0


def test_a_leaf_stands_just_before_what_reads_it_first() -> None:
    # x, w, x·w, b, x·w + b
    operands = [(), (), (0, 1), (), (2, 3)]
    columns = columns_of(operands)
    assert columns == [0, 0, 1, 1, 2]
    rows = rows_of(operands, columns, 4)
    assert rows[3] == rows[2] + 1


def test_gradients_below_the_edges_of_a_node_add_up_to_its_own() -> None:
    formula = parse("s = a*b; y = tanh(s) - s*a")
    walked = walk(formula, {"a": 0.7, "b": -1.2})
    shown = formula_boxes(walked, Standing(walked.trace, len(walked.trace.steps)))
    for number, box in enumerate(shown.boxes[:-1]):
        parts = [link.below or 0.0 for link in shown.links if link.source == number]
        assert sum(parts) == pytest.approx(box.below, rel=1e-14)
        assert box.is_summed == (len(parts) > 1)


@pytest.mark.parametrize("form", [(1.0, 2.0, -1.0), (0.0, 1.0, -0.5), (-3.0, 0.0, 1.0)])
def test_a_line_ends_where_the_picture_ends(form: tuple[float, float, float]) -> None:
    ends = _clipped(form, (-1.0, 2.0, -1.0, 3.0))
    assert ends is not None
    for x, y in ends:
        assert form[0] * x + form[1] * y + form[2] == pytest.approx(0, abs=1e-12)
        assert x in (-1.0, 2.0) or y in (-1.0, 3.0)


def test_a_line_outside_the_picture_is_not_drawn() -> None:
    assert _clipped((0.0, 1.0, -9.0), (-1.0, 1.0, -1.0, 1.0)) is None
    assert _clipped((0.0, 0.0, 0.0), (-1.0, 1.0, -1.0, 1.0)) is None


def test_the_half_where_a_unit_fires_has_the_right_area() -> None:
    corners = np.array(_half_plane((1.0, 0.0, -0.5), (0.0, 1.0, 0.0, 1.0)))  # x ≥ 0.5
    x, y = corners.T
    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    assert area == pytest.approx(0.5)


@pytest.mark.parametrize(("count", "width"), [(64, 8), (25, 5), (12, 4), (7, 7), (1, 1)])
def test_patterns_are_as_square_as_they_can_be(count: int, width: int) -> None:
    assert side_of(count) == width
