"""Where the canvas puts things: columns, strips, gaps for skips, and time it takes."""

import numpy as np
import pytest

from dlviz.core.inference import shapes
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.gui.editor.blocks import MAP_TILE, STEP_TILE, VALUE_TILE
from dlviz.gui.editor.columns import depths, shown_units
from dlviz.gui.editor.layout import Layout, arrange
from dlviz.gui.editor.room import growth

SKIP = NetworkSpec(
    (
        dense("a", 4, "tanh"), dense("b", 3, "relu"), LayerSpec("cat", "concatenate", ("b", "x")),
        dense("o", 1, inputs=("cat",)),
    )
)  # fmt: skip
BRANCHES = NetworkSpec(
    (
        dense("a", 3, inputs=("x",)), dense("b", 3, inputs=("x",)), LayerSpec("sum", "add", ("a", "b")),
        dense("o", 1, inputs=("sum",)),
    )
)  # fmt: skip
BIG = NetworkSpec((dense("a", 128), dense("b", 64), dense("c", 10)), (InputSpec("x", (784,)),))


def laid_out(spec: NetworkSpec, size: tuple[float, float] = (900.0, 560.0), **more) -> Layout:
    return arrange(spec, shapes(spec), size, **more)


def test_depth_is_the_longest_path_from_an_input() -> None:
    assert depths(SKIP) == {"x": 0, "a": 1, "b": 2, "cat": 3, "o": 4}
    assert depths(BRANCHES) == {"x": 0, "a": 1, "b": 1, "sum": 2, "o": 3}


def test_columns_stand_evenly_from_left_to_right() -> None:
    blocks = laid_out(SKIP).blocks
    gaps = np.diff([blocks[node].x for node in ("x", "a", "b", "cat", "o")])
    assert (gaps > MAP_TILE.width).all()
    assert np.ptp(gaps) <= 1


def test_layers_beside_each_other_share_a_column_and_do_not_overlap() -> None:
    layout = laid_out(BRANCHES)
    upper, lower = layout.blocks["a"], layout.blocks["b"]
    assert upper.x == lower.x
    assert lower.ys.min() - upper.ys.max() > layout.tile.height


@pytest.mark.parametrize("tile", [MAP_TILE, VALUE_TILE, STEP_TILE])
@pytest.mark.parametrize("units", [1, 2, 8, 16, 32])
def test_tiles_of_a_column_never_touch_and_fit_the_height(units: int, tile) -> None:
    spec = NetworkSpec((dense("h", units), dense("o", 1)))
    layout = laid_out(spec, (700.0, 480.0), tile=tile)
    ys = layout.blocks["h"].ys
    assert len(ys) == 1 or np.diff(ys).min() >= layout.tile.height + 3
    assert np.ptp(ys) + layout.tile.height <= 480


def test_large_layer_is_a_strip_of_twelve() -> None:
    assert shown_units(32) == tuple(range(32))
    assert shown_units(33) == tuple(range(12))


def test_a_low_canvas_shows_fewer_units_of_large_layers_only() -> None:
    assert shown_units(64, room=5) == tuple(range(8))
    assert shown_units(64, room=10) == tuple(range(10))
    assert shown_units(12, room=5) == tuple(range(12))
    assert shown_units(20, room=5) == tuple(range(8))


@pytest.mark.parametrize(("units", "least", "most"), [(2, 1.5, 1.5), (4, 1.05, 1.3), (16, 1.0, 1.0)])
def test_small_networks_grow_on_a_large_canvas(units: int, least: float, most: float) -> None:
    spec, large = NetworkSpec((dense("h", units), dense("o", 1))), (1080.0, 395.0)
    assert least <= growth(laid_out(spec, large, tile=STEP_TILE), large, STEP_TILE) <= most
    usual = (1000.0, 190.0)
    assert growth(laid_out(spec, usual, tile=STEP_TILE), usual, STEP_TILE) == 1.0


def test_pulled_units_are_shown_in_order_and_newest_stay() -> None:
    assert shown_units(128, [99]) == (*range(11), 99)
    shown = shown_units(128, range(100, 120))
    assert shown == tuple(range(108, 120))


def test_every_pair_of_drawn_units_is_linked_once() -> None:
    links = laid_out(BIG).links
    assert len(links) == 12 * 12 + 12 * 12 + 12 * 10
    assert len({*zip(links.layers, links.rows.tolist(), links.columns.tolist(), strict=True)}) == len(links)


def test_concatenate_wires_each_unit_to_its_place_in_the_row() -> None:
    links = laid_out(SKIP).links
    wires = [
        (links.origins[k], int(links.origin_units[k]), int(links.rows[k]))
        for k in range(len(links)) if links.layers[k] == "cat"
    ]  # fmt: skip
    assert wires == [("b", 0, 0), ("b", 1, 1), ("b", 2, 2), ("x", 0, 3), ("x", 1, 4)]
    assert not links.is_weighted[[k for k in range(len(links)) if links.layers[k] == "cat"]].any()


def test_links_begin_and_end_at_the_edges_of_their_tiles() -> None:
    layout = laid_out(BRANCHES)
    links, half = layout.links, layout.tile.width / 2
    for index in range(len(links)):
        own = links.routes.segments[links.routes.owners == index]
        origin, target = layout.blocks[links.origins[index]], layout.blocks[links.layers[index]]
        assert own[0, 0].tolist() == [origin.x + half, origin.y_of(int(links.origin_units[index]))]
        assert own[-1, 3].tolist() == [target.x - half, target.y_of(int(links.rows[index]))]


def test_skip_links_pass_beside_every_tile_on_their_way() -> None:
    layout = laid_out(SKIP)
    points = layout.links.routes.points(np.linspace(0.02, 0.98, 60))
    skips = [k for k in range(len(layout.links)) if (layout.links.origins[k], layout.links.layers[k]) == ("x", "cat")]
    assert skips
    for index in skips:
        x, y = points[layout.links.routes.owners == index].reshape(-1, 2).T
        for node in ("a", "b"):
            block = layout.blocks[node]
            for centre in block.ys:
                inside = (abs(x - block.x) < layout.tile.width / 2) & (abs(y - centre) < layout.tile.height / 2)
                assert not inside.any()


def test_zero_hidden_layers_and_no_layers_are_drawn() -> None:
    assert len(laid_out(NetworkSpec((dense("o", 1),))).links) == 2
    assert len(laid_out(NetworkSpec()).links) == 0


TWO_BRANCHES = NetworkSpec(
    (
        dense("h1", 30, inputs=("x",)), dense("h2", 40), dense("h3", 20, inputs=("x2",)), dense("h4", 50),
        LayerSpec("join", "concatenate", ("h2", "h4")), dense("o", 1),
    ),
    (InputSpec("x", (4,)), InputSpec("x2", (4,))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "tile", "caption"), [((690.0, 435.0), VALUE_TILE, 10.5 * 8), ((690.0, 178.0), STEP_TILE, 6 * 8),
                                  ((1200.0, 760.0), VALUE_TILE, 10.5 * 8)]
)  # fmt: skip
def test_branches_leave_room_for_the_captions_between_them_at_any_size(size, tile, caption: float) -> None:
    layout = laid_out(TWO_BRANCHES, size, tile=tile)
    wide = layout.bounds[2] + layout.tile.left + layout.tile.side
    scale = min(1.0, size[0] / wide, size[1] / layout.bounds[3])
    for upper, lower in (("x", "x2"), ("h1", "h3"), ("h2", "h4")):
        above, below = layout.blocks[upper], layout.blocks[lower]
        assert above.x == below.x
        gap = float(below.ys[0] - above.ys[-1]) - layout.tile.height
        assert scale * gap >= caption - 1
    assert len(layout.blocks["h1"].shown) >= 3


def test_a_join_shows_units_of_every_branch() -> None:
    shown = laid_out(TWO_BRANCHES, (690.0, 435.0), tile=VALUE_TILE).blocks["join"].shown
    assert min(shown) < 40 <= max(shown)


def test_branches_stand_beside_what_they_read() -> None:
    crossed = NetworkSpec(
        (dense("b", 3, inputs=("x2",)), dense("a", 3, inputs=("x",)), LayerSpec("s", "add", ("a", "b"))),
        (InputSpec("x", (2,)), InputSpec("x2", (2,))),
    )
    blocks = laid_out(crossed).blocks
    assert blocks["a"].ys.max() < blocks["b"].ys.min()
