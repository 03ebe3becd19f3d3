"""What the canvas draws, as a list: layers, their units, and the bias and links of each with their numbers."""

from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.editor import content
from dlviz.gui.editor.captions import shared_words
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.listing.entries import Entry
from dlviz.gui.selection import Selected
from dlviz.i18n import tr


def canvas_entries(state: CanvasState, symbols: Symbols, named: content.Labels) -> tuple[Entry, ...]:
    """Return an entry for each node, in it one for each unit that is drawn, in that its bias and links."""
    nodes: dict[str, list[list[Selected]]] = {}
    for place in state.walk():
        groups = nodes.setdefault(place.layer, [])
        if place.kind in ("unit", "input"):
            groups.append([place])
        elif place.kind in ("link", "bias"):
            groups[-1].append(place)
    shared = shared_words(symbols.network)
    units = {node: tuple(_unit(group, state, symbols, named) for group in groups) for node, groups in nodes.items()}
    return tuple(_node(node, own, state, symbols, shared.get(node, "")) for node, own in units.items())


def _node(node: str, units: tuple[Entry, ...], state: CanvasState, symbols: Symbols, shared: str) -> Entry:
    layer = state.layer(node)
    if layer is None:
        return Entry(tr("Inputs {name}", name=node), _count(node, state), parts=units)
    place = Selected("layer", node)
    said = f"{content.place_name(place, symbols)}, {layer.kind.replace('_', ' ')}", shared
    return Entry(". ".join(filter(None, said)), _count(node, state), place, units)


def _count(node: str, state: CanvasState) -> str:
    assert state.layout is not None  # its places were walked
    block = state.layout.blocks[node]
    if not block.is_strip:
        return tr("1 unit") if block.count == 1 else tr("{count} units", count=block.count)
    return tr("{shown} of {count} shown", shown=len(block.shown), count=block.count)


def _unit(group: list[Selected], state: CanvasState, symbols: Symbols, named: content.Labels) -> Entry:
    place, *others = group
    return _place(place, state, symbols, named, tuple(_place(each, state, symbols, named) for each in others))


def _place(
    place: Selected, state: CanvasState, symbols: Symbols, named: content.Labels, parts: tuple[Entry, ...] = ()
) -> Entry:
    frame = state.frame
    value = None if frame is None else content.number_at(place, frame)
    words = tr("not computed yet") if value is None else numbers.number(value)
    return Entry(content.spoken_name(place, symbols, frame, named), words, place, parts)
