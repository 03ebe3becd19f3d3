"""Captions over the columns: what a layer is, − and + for its units, + between columns for a new one."""

import itertools
from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.inference import layer_numbers
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids, sources
from dlviz.gui.editor.hot import Hot, HotKind
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.ports import paint_port, port_spots
from dlviz.gui.theme import GRID, RADIUS, Theme, font
from dlviz.i18n import tr

BAND, PLAIN_BAND = 10.5 * GRID, 6 * GRID  # height of the captions at the top, with buttons and without
BUTTON = 3 * GRID
TITLE_Y, BUTTONS_Y = 2 * GRID, 5.5 * GRID
KEEPING = ("activation", "batch_norm", "layer_norm")  # layers of which every unit reads the one before it
LEAST_PITCH = 10.75 * GRID  # between columns; closer than that the + would touch − and + of the layers
BUTTONS_PITCH = 7.75 * GRID  # between columns; closer than that − and + would lie on those of the next layer
SHARED = "≡ "  # before the titles of layers that have one set of parameters
NARROW = 25 * GRID  # between columns; closer than that the + stands below the titles


def title(spec: NetworkSpec, node: str, count: int) -> str:
    """Return what stands over a column: "Dense 4 · tanh", "Dropout 0.3"; units are counted where they are new."""
    layer = _layer(spec, node)
    if layer is None:
        word = tr("Input") if len(spec.inputs) == 1 else tr("Input {name}", name=node)
        return word if count <= 8 else f"{word} {count}"
    is_output = node in output_ids(spec)
    name = tr("Output") if is_output else _own_name(node) or _kind_name(layer.kind)
    head = name if is_output and count == 1 else f"{name} {_amount(layer, count)}".rstrip()
    # What an activation layer applies is all it is, also where it is the usual one.
    usual = layer_kinds.get(layer.kind).choices["activation"] if layer.kind == "activation" else None
    activation = layer.settings.get("activation", usual)
    return head + (f" · {activation_title(activation)}" if isinstance(activation, Choice) else "")


def shared_words(spec: NetworkSpec) -> dict[str, str]:
    """Say of every layer that has its parameters in common with others how many they are and whose those are."""
    uses = Counter(layer.owner for layer in spec.layers)
    if len(uses) == len(spec.layers):
        return {}
    numbers = layer_numbers(spec)
    return {
        layer.id: tr("Uses the parameters of layer {number}, which {count} layers share",
                     number=numbers.get(layer.owner, layer.owner), count=uses[layer.owner])
        for layer in spec.layers if uses[layer.owner] > 1
    }  # fmt: skip


def _kind_name(kind: str) -> str:
    """Return a short name of a kind: its key, written as its title where that is the same word, as in LSTM."""
    words, full = kind.replace("_", " "), tr(layer_kinds.get(kind).title)
    return full if full.lower() == words else words.capitalize().replace("rnn", "RNN")


def _amount(layer: LayerSpec, count: int) -> str:
    """Return the number in a title: of units, or the rate of dropout."""
    if layer.kind == "dropout":
        return f"{layer_kinds.get('dropout').option(layer, 'rate'):g}"
    return "" if layer.kind in KEEPING else str(count)


def _own_name(node: str) -> str:
    """Return a layer's id if a person chose it: not a letter, not a kind or what its ids begin with and a number."""
    stem = node.rstrip("0123456789_")
    automatic = {word for kind in layer_kinds for word in (kind.stem, kind.key)}
    is_automatic = len(stem) <= 1 or stem in (*automatic, "hidden", "output", "layer", "concat")
    return "" if is_automatic else node.replace("_", " ")


def activation_title(choice: Choice) -> str:
    """Return the name of an activation as it is written inside a sentence."""
    name = activations.get(choice.kind).title if choice.kind in activations else choice.kind
    return name if name[:2].isupper() or name.startswith("ReLU") else name[:1].lower() + name[1:]


def hot_spots(spec: NetworkSpec, layout: Layout, to_view: Callable[[QPointF], QPointF], is_editing: bool) -> list[Hot]:
    """Return all clickable rectangles. is_editing: with buttons to change units and to insert layers."""
    metrics = QFontMetricsF(font("normal", is_bold=True))
    columns = sorted({block.column: to_view(QPointF(block.x, 0)).x() for block in layout.blocks.values()}.items())
    pitch = min((b - a for (_, a), (_, b) in itertools.pairwise(columns)), default=400.0)
    shared = shared_words(spec)
    found, tops = [], _tops(layout, to_view, BAND if is_editing else PLAIN_BAND)
    for node, block in layout.blocks.items():
        x, top = to_view(QPointF(block.x, 0)).x(), tops[node]
        room = pitch - (BUTTON + 2 * GRID if is_editing and pitch > NARROW else GRID)
        note = shared.get(node, "")
        mark = SHARED if note else ""
        text = mark + _fitting(metrics, title(spec, node, block.count), room - metrics.horizontalAdvance(mark))
        width = metrics.horizontalAdvance(text) + 2 * GRID
        found.append(Hot("title", node, QRectF(x - width / 2, top + TITLE_Y, width, BUTTON), text, note))
        if is_editing and _has_units(spec, node) and pitch > BUTTONS_PITCH:
            for kind, shift in (("minus", -2.25 * GRID), ("plus", 2.25 * GRID)):
                found.append(Hot(kind, node, _circle(x + shift, top + BUTTONS_Y + BUTTON / 2)))  # type: ignore[arg-type]
        elif is_editing and pitch > BUTTONS_PITCH and (more := _more(spec, node)):
            found.append(Hot(more, node, _circle(x, top + BUTTONS_Y + BUTTON / 2)))
        if is_editing:
            found += port_spots(node, x, top + BUTTONS_Y + BUTTON / 2, pitch, _layer(spec, node) is not None)
    top = TITLE_Y if pitch > NARROW else BUTTONS_Y
    return found + (_inserts(spec, layout, columns, top) if is_editing and pitch > LEAST_PITCH else [])


def _fitting(metrics: QFontMetricsF, text: str, room: float) -> str:
    """Return a title; where that is too long a shorter one, which still says what the layer is for."""
    texts = (text, *_shorter(text))
    fits = [each for each in texts if metrics.horizontalAdvance(each) <= room]
    return fits[0] if fits else metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, room)


def _shorter(text: str) -> tuple[str, ...]:
    """Leave out of "Dense 4 · tanh" the kind of layer, then one half; of "Batch norm · tanh" the function first.

    Of "Conv2d 288 · ReLU" the kind stays longest: a bare number stands for a dense layer.
    """
    head, _, activation = text.partition(" · ")
    first, _, last = head.rpartition(" ")
    if last.isdigit() and first not in ("", tr("Dense"), tr("Input"), tr("Output")):
        return (head, first, last) if activation else (first, last)
    if not activation:
        return (first if "." in last else last,)
    short = f"{last} · {activation}"
    return (short, head, last) if first and not last.isdigit() else (short, activation, last)


def _tops(layout: Layout, to_view: Callable[[QPointF], QPointF], band: float) -> dict[str, float]:
    """Return the top of each node's caption: the band, or just above a block that is not the first of its column."""
    seen: set[int] = set()
    tops = {}
    for node, block in layout.blocks.items():
        above = to_view(QPointF(block.x, float(block.ys[0]) - layout.tile.height / 2)).y()
        tops[node] = above - band if block.column in seen else 0.0
        seen.add(block.column)
    return tops


def _layer(spec: NetworkSpec, node: str) -> LayerSpec | None:
    return next((each for each in spec.layers if each.id == node), None)


def _has_units(spec: NetworkSpec, node: str) -> bool:
    layer = _layer(spec, node)
    return layer is not None and "units" in layer.settings and node not in output_ids(spec)


def _more(spec: NetworkSpec, node: str) -> HotKind | None:
    """Return what a + at an input or output gives: features to read, or a further output."""
    if any(each.id == node and len(each.shape) == 1 for each in spec.inputs):
        return "features"
    return "outputs" if spec.layers and node in output_ids(spec) else None


def _inserts(spec: NetworkSpec, layout: Layout, columns: list[tuple[int, float]], top: float) -> list[Hot]:
    behind = {column: _insertion_node(spec, layout, column) for column, _ in columns}
    return [
        Hot("insert", behind[column], _circle((a + b) / 2, top + BUTTON / 2))
        for (column, a), (_, b) in itertools.pairwise(columns)
    ]


def _insertion_node(spec: NetworkSpec, layout: Layout, column: int) -> str:
    """Return the node of a column that a new layer goes behind: one that the next layer in the list reads."""
    order = [*(each.id for each in spec.inputs[:1]), *(each.id for each in spec.layers)]
    nodes = [node for node, block in layout.blocks.items() if block.column == column]
    followed = [node for node, layer in zip(order, spec.layers, strict=False) if node in sources(spec, layer)]
    return next((node for node in nodes if node in followed), nodes[-1])


def _circle(x: float, y: float) -> QRectF:
    return QRectF(x - BUTTON / 2, y - BUTTON / 2, BUTTON, BUTTON)


def tip(hot: Hot) -> str:
    """Say what a click does."""
    change = tr("Change this layer (Enter)")
    return {
        "title": f"{hot.note}\n{change}" if hot.note else change,
        "minus": tr("One unit less (−)"),
        "plus": tr("One unit more (+)"),
        "insert": tr("Insert a layer here (Ins)"),
        "features": tr("Choose the features it reads (+)"),
        "outputs": tr("Add an output"),
        "in": tr("What it reads: drag to the port of another node, or drop a connection here"),
        "out": tr("Drag to a layer to connect them, or to the empty canvas to begin a branch"),
    }[hot.kind]


def paint(painter: QPainter, hots: list[Hot], theme: Theme, hovered: Hot | None, selected: str) -> None:
    """Paint captions in pixels of the view. selected: the id of the selected layer, or ""."""
    painter.setFont(font("normal", is_bold=True))
    for hot in hots:
        if hot.kind == "title":
            _paint_title(painter, hot, theme, hot == hovered, hot.node == selected)
        elif hot.kind in ("in", "out"):
            paint_port(painter, hot, theme, hot == hovered)
        else:
            _paint_button(painter, hot, theme, hot == hovered)


def _paint_title(painter: QPainter, hot: Hot, theme: Theme, is_hovered: bool, is_selected: bool) -> None:
    if is_hovered or is_selected:
        painter.setPen(QPen(theme.colour("accent"), 1.5) if is_selected else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_soft" if is_selected else "pressed"))
        painter.drawRoundedRect(hot.rectangle, RADIUS, RADIUS)
    painter.setPen(theme.colour("text"))
    painter.drawText(hot.rectangle, Qt.AlignmentFlag.AlignCenter, hot.text)


def _paint_button(painter: QPainter, hot: Hot, theme: Theme, is_hovered: bool) -> None:
    pen = QPen(theme.colour("accent" if is_hovered else "outline"), 1.2)
    if hot.kind == "insert":
        pen.setDashPattern([2.5, 2.5])
    painter.setPen(pen)
    painter.setBrush(theme.colour("accent_soft" if is_hovered else "field"))
    painter.drawEllipse(hot.rectangle.adjusted(1.5, 1.5, -1.5, -1.5))
    colour = "accent" if is_hovered else "muted" if hot.kind == "insert" else "text"
    painter.setPen(QPen(theme.colour(colour), 1.4))
    centre, arm = hot.rectangle.center(), 4.0
    painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
    if hot.kind != "minus":
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
