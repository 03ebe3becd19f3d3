"""What a frame says about the drawing: weights, colours of thumbnails, the lit place, names."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from dlviz.core.conventions import Conventions
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.trace import Step, Trace
from dlviz.gui import numbers
from dlviz.gui.editor import content, picture
from dlviz.gui.editor.layout import Layout, arrange
from dlviz.gui.editor.links_item import LinksItem, levels, width_of
from dlviz.gui.editor.lit import labels, lit_links, lit_tiles
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import LIGHT, diverging, sequential
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Maps
from dlviz.session.presets import example_document

NETWORK = NetworkSpec((dense("h", 3, "tanh"), dense("o", 1, "linear")))
SHAPES = {"x": (2,), "h": (3,), "o": (1,)}
DOCUMENT = Document(network=NETWORK)
WEIGHTS = {"h.W": np.arange(6.0).reshape(3, 2), "o.W": np.array([[10.0, 20.0, 30.0]])}


@pytest.fixture
def layout() -> Layout:
    return arrange(NETWORK, SHAPES)


def frame_of(**parts) -> Frame:
    return Frame(1, 0, "paused", DOCUMENT, **parts)


def walked(cursor: int) -> tuple[Frame, Layout]:
    """Return the example document after so many steps of its first batch, and where it is drawn."""
    document = example_document()
    trace = headless.trace(document).trace
    layout = arrange(document.network, {"x": (2,), "h": (2,), "o": (2,)})
    return Frame(1, 0, "paused", document, trace=trace, cursor=cursor), layout


def cursor_after(op: str, node: str) -> int:
    steps = headless.trace(example_document()).trace.steps
    return next(index for index, step in enumerate(steps, 1) if (step.op, step.node) == (op, node))


def test_each_link_gets_the_weight_of_its_unit_and_source(layout: Layout) -> None:
    found = picture.weights(layout.links, frame_of(parameters=WEIGHTS))
    links = layout.links
    for index in range(len(links)):
        expected = WEIGHTS[f"{links.layers[index]}.W"][links.rows[index], links.origin_units[index]]
        assert found[index] == expected


def test_frame_of_another_shape_leaves_weights_unknown(layout: Layout) -> None:
    late = {"h.W": np.ones((2, 2)), "o.W": np.ones((1, 2))}
    assert np.isnan(picture.weights(layout.links, frame_of(parameters=late))).all()


def test_levels_grow_with_size_and_keep_the_sign() -> None:
    found = levels(np.array([-9.0, -4.0, -0.01, 0.0, np.nan, 0.01, 2.0, np.inf]))
    assert found.tolist() == [-20, -20, -1, 0, 0, 1, 10, 20]
    assert width_of(1) == 1.0
    assert width_of(-20) == 10.0


def test_thumbnails_take_the_diverging_colours_with_the_first_row_below(layout: Layout) -> None:
    ramp = np.linspace(-1, 1, 8, dtype="f4")[:, None].repeat(8, axis=1)
    maps = {"h": np.stack([ramp, ramp, ramp]), "o": ramp[None]}
    found = picture.atlas(layout, maps, {"h": 1.0, "o": 1.0}, diverging(LIGHT), side=12)
    assert found is not None
    rgba, firsts = found
    assert firsts == {"h": 0, "o": 3}
    assert rgba.shape == (4 * 12, 12, 4)
    assert "#{:02X}{:02X}{:02X}".format(*rgba[0, 0, :3]) == LIGHT.positive
    assert "#{:02X}{:02X}{:02X}".format(*rgba[11, 0, :3]) == LIGHT.negative


def test_bounded_activation_keeps_its_scale_and_others_take_the_largest_value() -> None:
    maps = {"h": np.full((3, 4, 4), 0.1), "o": np.full((1, 4, 4), -7.0)}
    assert picture.scales(NETWORK, maps) == {"h": 1.0, "o": 7.0}


def test_inputs_show_their_own_axes() -> None:
    maps = Maps({"h": np.zeros((3, 5, 5))}, np.zeros((1, 2, 2)), (-2.0, 2.0, -1.0, 1.0))
    x1, x2 = picture.with_inputs(maps, NETWORK)["x"]
    assert (x1[0] == np.linspace(-2, 2, 5)).all()
    assert (x2[:, 0] == np.linspace(-1, 1, 5)).all()


@pytest.mark.parametrize(
    ("op", "node", "nodes", "layers"),
    [
        ("affine", "h", {"x", "h"}, {"h"}),
        ("activate", "h", {"h"}, set()),
        ("loss", "o", {"o"}, set()),
        ("weight_gradient", "o", {"h", "o"}, {"o"}),
        ("apply", "", set(), {"h", "o"}),
    ],
)
def test_step_lights_the_place_it_works_on(op: str, node: str, nodes: set[str], layers: set[str]) -> None:
    phase = "update" if op == "apply" else "forward"
    step = Step(0, phase, node, op, "", (), {})
    frame = frame_of(trace=Trace((step,), {}, np.array([0])), cursor=1)
    lit = picture.lit(NETWORK, frame)
    assert lit is not None
    assert (lit.nodes, lit.layers) == (nodes, layers)


def test_nothing_is_lit_before_the_first_step() -> None:
    frame, _ = walked(0)
    assert picture.lit(frame.document.network, frame) is None


def test_selected_weight_lights_the_ways_its_error_comes_back() -> None:
    frame, layout = walked(cursor_after("weight_gradient", "h"))
    selected = Selected("link", "h", 0, "x", 0)
    lit = picture.lit(frame.document.network, frame)
    shown = lit_links(layout, lit, selected)
    links = layout.links
    ways = {(links.origins[k], int(links.origin_units[k]), int(links.rows[k])) for k in np.flatnonzero(shown)}
    assert ways == {("x", 0, 0), ("h", 0, 0), ("h", 0, 1)}
    assert lit_tiles(layout, lit, selected) == {("x", 0), ("h", 0), ("o", 0), ("o", 1)}


def test_small_net_writes_lit_weights_and_names_the_selected_one() -> None:
    frame, layout = walked(1)
    network = frame.document.network
    weights = picture.weights(layout.links, frame)
    shown = lit_links(layout, picture.lit(network, frame), NOTHING)
    texts = labels(layout, frame.document.symbols, weights, shown, Selected("link", "h", 0, "x", 0))
    assert [text for text in texts if text] == ["w¹₁₁ = 0.15", "0.2", "0.25", "0.3"]


@pytest.mark.parametrize(
    ("own", "names", "delta"),
    [
        ({}, ("a²₁", "a²₂"), "δ 0.1385"),
        ({"weight_notation": "flat"}, ("o₁", "o₂"), "δ 0.1385"),
        ({"symbols": "error_signal", "decimal_sign": "comma"}, ("y²₁", "y²₂"), "−δ 0,1385"),
    ],
)
def test_tiles_name_units_as_formulas_do(
    own: dict[str, str], names: tuple[str, ...], delta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, layout = walked(cursor_after("activate_backward", "o"))
    document = replace(frame.document, conventions=Conventions(own=own))
    monkeypatch.setattr(numbers, "_in_use", document.notation)
    texts = content.tiles(layout, document.symbols, frame, True, content.Labels()).texts["o"]
    assert texts.names == names
    assert texts.deltas[0] == delta


def test_deltas_stand_below_units_once_they_are_known() -> None:
    before, layout = walked(cursor_after("loss", "o"))
    after, _ = walked(cursor_after("activate_backward", "o"))
    symbols = before.document.symbols
    texts = [content.tiles(layout, symbols, frame, True, content.Labels()).texts["o"] for frame in (before, after)]
    assert texts[0].deltas == ()
    # Mazur's worked example: δ = 0.138498562 and −0.038098237.
    assert texts[1].deltas == ("δ 0.1385", "δ −0.0381")


def test_point_on_a_curve_finds_its_link_and_one_beside_it_none(layout: Layout) -> None:
    item = LinksItem(LIGHT)
    item.set_links(layout.links, 10.0)
    middle = layout.links.routes.points(np.array([0.31]))[4, 0]
    assert item.at(QPointF(*middle)) == 4
    assert item.at(QPointF(middle[0], middle[1] - 400)) is None


def test_one_neuron_without_weights_yet_draws_as_plain_wires() -> None:
    spec = NetworkSpec((dense("o", 1),), (InputSpec("x", (1,)),))
    lonely = arrange(spec, {"x": (1,), "o": (1,)})
    assert np.isnan(picture.weights(lonely.links, frame_of())).all()


def test_square_input_is_drawn_whole_with_its_first_value_at_the_top_left() -> None:
    spec = NetworkSpec((dense("o", 1),), (InputSpec("x", (36,)),))
    layout = arrange(spec, {"x": (36,), "o": (1,)})
    trace = Trace((), {"x": np.arange(36.0)[None]}, np.array([0]))
    frame = Frame(1, 0, "paused", Document(network=spec), peek=trace)
    pixels = picture.whole_input(layout.blocks["x"], frame, sequential(LIGHT))
    assert pixels is not None
    assert pixels.shape == (6, 6, 4)
    assert pixels[0, 0].tolist() == sequential(LIGHT)[0].tolist()
    assert pixels[-1, -1].tolist() == sequential(LIGHT)[-1].tolist()


@pytest.mark.parametrize(("units", "is_pale"), [(3, False), (20, True)])
def test_small_weights_of_a_mesh_are_paler_than_large_ones(qapp: object, units: int, is_pale: bool) -> None:
    layout = arrange(
        NetworkSpec((dense("h", units, "tanh"), dense("o", units, "tanh"))), {"x": (2,), "h": (units,), "o": (units,)}
    )
    item = LinksItem(LIGHT)
    item.set_links(layout.links, 10.0)
    small, large = item._pen(1, ""), item._pen(20, "")
    assert (small.color().lightnessF() > large.color().lightnessF() + 0.1) == is_pale
