"""Where boxes and lines of walks stand, without a window."""

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.expression import parse, walk
from dlviz.core.rules import rules
from dlviz.gui.walks.formula_boxes import Standing, formula_boxes
from dlviz.gui.walks.layered import columns_of, rows_of
from dlviz.gui.walks.neuron import MOST_UNITS, neuron_boxes
from dlviz.gui.walks.patterns import patterns, side_of
from dlviz.gui.walks.plane import _clipped, has_plane, plane
from dlviz.gui.walks.plane_view import _half_plane
from dlviz.gui.walks.rule_scene import RuleScene, rule_scene
from dlviz.session.document import Document
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import data_for
from dlviz.session.run import Run
from dlviz.session.subject_presets import hopfield_recall

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


def scenes(document: Document, count: int = 24) -> list[RuleScene]:
    """Return what the window shows before the first step and after each of some steps."""
    run, maker = Run(document), FrameMaker()
    if run.problem is not None:
        raise run.problem
    maker.interest = Interest(needs=frozenset({"parameters", "trace", "peek"}))
    found = [rule_scene(maker.make(run, is_running=False), prepared_for(document), is_hidden=False)]
    for _ in range(count):
        run.forward("operation")
        found.append(rule_scene(maker.make(run, is_running=False), prepared_for(document), is_hidden=False))
    return found


@pytest.mark.parametrize("data", ["and", "iris", "line"])
@pytest.mark.parametrize("rule", rules.keys())
def test_every_rule_has_a_picture_at_every_step(rule: str, data: str) -> None:
    try:
        found = scenes(Document(data=data_for(data), rule=Choice(rule)))
    except DlvizError as refusal:
        assert "Expected patterns of -1 and 1" in str(refusal) or "Expected labels" in str(refusal)
        return
    for scene in found:
        boxes = neuron_boxes(scene)
        assert len([box for box in boxes.boxes if box.column == 1]) <= MOST_UNITS
        values = [box.value for box in boxes.boxes if box.column > 0 and not box.is_leaf]
        assert scene.cursor or values == [None] * len(values), "nothing is computed yet"
        if has_plane(scene):
            assert len(plane(scene).places) == scene.prepared.dataset.n


def test_the_nearest_of_many_stored_rows_is_among_the_boxes() -> None:
    found = scenes(Document(data=data_for("iris"), rule=Choice("nearest_neighbour")), 3)[-1]
    nearest = found.value("o.nearest")
    assert nearest is not None
    shown = {box.place.unit for box in neuron_boxes(found).boxes if box.column == 1}
    assert set(nearest.astype(int)) <= shown


def test_energies_of_a_recall_are_collected_on_the_way() -> None:
    counts = [len(patterns(scene).energies) for scene in scenes(hopfield_recall(), 8)]
    assert counts == [0, 0, 1, 1, 2, 2, 3, 3, 4]
