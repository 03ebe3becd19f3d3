"""A card of the inspector: what is shown for one selection, and where it is read from."""

from dataclasses import dataclass

from dlviz.core.network import LayerSpec, NetworkSpec
from dlviz.core.notation import Symbols
from dlviz.data.dataset import Dataset
from dlviz.gui.leaves import Leaf
from dlviz.gui.panels.inspector import notation
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.selection import NOTHING, Selected
from dlviz.session.document import Document
from dlviz.session.messages import Frame


@dataclass(frozen=True)
class Source:
    """A piece of a label that leads somewhere: its text, what it is, and the place or the step it leads to."""

    text: str
    tip: str
    place: Selected = NOTHING
    step: int | None = None  # its position in the trace


@dataclass(frozen=True)
class Fact:
    """One row: a label and a number a column; None means not computed. `text` replaces the numbers.

    sources: the factors of the label, each of which leads to its place; `lead` are the words before them.
    tip: what the label means, said on hover. short: the label where there is no room for all of it.
    """

    label: str
    values: tuple[float | None, ...] = ()
    text: str = ""
    is_signed: bool = False
    digits: int | None = None
    sources: tuple[Source, ...] = ()
    lead: str = ""
    tip: str = ""
    short: str = ""


def node_place(network: NetworkSpec, node: str, unit: int) -> Selected:
    """Return the selection of a unit, or of an input."""
    return Selected("input" if notation.find_layer(network, node) is None else "unit", node, unit)


@dataclass(frozen=True)
class Card:
    """Everything shown for one selection; an empty title means that nothing is selected. leaf: what can be typed.

    layer: whose form is shown. picks: the layer of whose parameters one number can be picked.
    """

    title: str = ""
    remark: str = ""
    equations: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    leaf: Leaf | None = None
    layer: str = ""
    picks: str = ""


@dataclass(frozen=True)
class Scene:
    """Where the facts come from: what is selected, the document, its rows and the newest frame."""

    selected: Selected
    document: Document
    dataset: Dataset | None
    frame: Frame

    @property
    def symbols(self) -> Symbols:
        """The letters of the document's network."""
        return self.document.symbols

    @property
    def reading(self) -> Reading:
        """The arrays of the batch that is walked or would come next."""
        return Reading(self.frame)

    @property
    def layer(self) -> LayerSpec | None:
        """The selected layer, if the network still has it."""
        return notation.find_layer(self.document.network, self.selected.layer)
