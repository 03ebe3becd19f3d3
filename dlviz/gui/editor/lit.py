"""Which links and tiles belong to the step in hand, and the weights that are written on links."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.editor import picture
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.places import link_index
from dlviz.gui.selection import Selected

MAX_LABELLED_LINKS = 16  # weights are written on the links of nets up to this size


def labels(
    layout: Layout, symbols: Symbols, weights: NDArray[np.floating], shown: NDArray[np.bool_], selected: Selected
) -> list[str]:
    """Return the weights to write on links: those of the lit place, in small nets; the selected one with its name."""
    links = layout.links
    if int(links.is_weighted.sum()) > MAX_LABELLED_LINKS:
        return [""] * len(links)
    texts = [
        numbers.few(weight) if is_shown and np.isfinite(weight) else ""
        for weight, is_shown in zip(weights.tolist(), shown.tolist(), strict=True)
    ]
    index = link_index(layout, selected) if selected.kind == "link" else None
    if index is not None and texts[index]:
        name = symbols.weight(selected.layer, selected.unit, selected.source)
        texts[index] = f"{name} = {texts[index]}"
    return texts


def lit_links(layout: Layout, lit: picture.Lit | None, selected: Selected) -> NDArray[np.bool_]:
    """Return which links belong to the lit place; all of them while nothing is being stepped.

    A selected weight, while its gradient is worked out, also lights the ways its error comes back.
    """
    if lit is None:
        return np.ones(len(layout.links), bool)
    if _is_traced_back(lit, selected):
        return _ways_back(layout, selected)
    return np.array([layer in lit.layers for layer in layout.links.layers], bool)


def lit_tiles(layout: Layout, lit: picture.Lit | None, selected: Selected) -> frozenset[tuple[str, int]]:
    """Return which tiles belong to the lit place, as (node, unit), unit −1 for a whole node."""
    if lit is None:
        return frozenset()
    if not _is_traced_back(lit, selected):
        return frozenset((node, -1) for node in lit.nodes)
    links = layout.links
    on_way = np.flatnonzero(_ways_back(layout, selected)).tolist()
    ends = {(links.layers[k], int(links.rows[k])) for k in on_way}
    return frozenset(ends | {(links.origins[k], int(links.origin_units[k])) for k in on_way})


def _is_traced_back(lit: picture.Lit, selected: Selected) -> bool:
    return lit.phase == "backward" and selected.kind == "link" and selected.layer in lit.layers


def _ways_back(layout: Layout, selected: Selected) -> NDArray[np.bool_]:
    """Return the selected link and all links on ways from its unit to the output."""
    on_way = picture.downstream(layout.links, selected.layer, selected.unit)
    index = link_index(layout, selected)
    if index is not None:
        on_way[index] = True
    return on_way
