"""The card of an input or a target: its number in the example looked at, to be typed over."""

from dlviz.gui import numbers
from dlviz.gui.editor import content
from dlviz.gui.editor.card import CardContent
from dlviz.gui.leaves import Leaf
from dlviz.gui.selection import Selected
from dlviz.i18n import tr
from dlviz.session.messages import Frame


def data_card(leaf: Leaf, place: Selected, frame: Frame) -> CardContent:
    """Return what the card says about an input or a target of the example looked at."""
    value = content.number_at(place, frame)
    label = tr("as the network sees it") if leaf.kind == "input" else tr("output a")
    rows = ((label, tr("not yet") if value is None else numbers.number(value)),)
    title = tr("Input {name}", name=leaf.symbol) if leaf.kind == "input" else leaf.symbol
    shown = "…" if leaf.value is None else numbers.number(leaf.value)
    return CardContent(title, leaf.value, shown, rows, leaf.note or tr("Enter: type a value"))
