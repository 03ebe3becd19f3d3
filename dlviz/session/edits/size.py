"""Edits of how large a network is: how many hidden layers it has."""

from dataclasses import replace

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.network import LayerSpec, output_ids, sources
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.edits.network import checked_layer, remove_layer
from dlviz.session.fitting import fitting
from dlviz.session.summary import hidden_layers

MOST_LAYERS = 100  # hidden ones; beyond, a mistyped number would stall the window
NEW_UNITS = 4


def set_depth(document: Document, count: int) -> Document:
    """Give a network so many hidden layers: the last ones go, or copies of the last one follow it.

    Raises: SpecError for an empty network or a count out of range.
    """
    if not document.network.layers or not 0 <= count <= MOST_LAYERS:
        expected = tr("a network and 0 to {most} hidden layers", most=MOST_LAYERS)
        raise SpecError(tr("Expected {expected}. Received: {count}", expected=expected, count=count))
    while len(hidden := hidden_layers(document.network)) > count:
        document = remove_layer(document, hidden[-1])
    while len(hidden_layers(document.network)) < count:
        document = _with_one_more(document)
    return document


def _with_one_more(document: Document) -> Document:
    spec = document.network
    hidden = hidden_layers(spec)
    if hidden:
        last = spec.layers[wiring.position(spec, hidden[-1])]
        new = replace(last, id=wiring.fresh_id(spec, last.kind), inputs=(last.id,), shares="")
        return fitting(document, wiring.inserted(spec, last.id, new))
    output = spec.layers[wiring.position(spec, output_ids(spec)[0])]
    behind = sources(spec, output)[0]
    settings = {"units": NEW_UNITS, "activation": Choice("tanh")}
    new = checked_layer(LayerSpec(wiring.fresh_id(spec), "dense", (behind,), settings))
    return fitting(document, wiring.inserted(spec, behind, new, output.id))
