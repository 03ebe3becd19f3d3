"""What the canvas draws right now, shared by those who draw and those who answer clicks."""

from dataclasses import dataclass, field

from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec
from dlviz.gui.editor import places
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.ones import with_ones
from dlviz.gui.selection import Selected
from dlviz.session.messages import Frame


@dataclass
class CanvasState:
    """The network, where it stands, and the last frame of it.

    is_values: tiles show numbers, not maps. has_ones: biases are drawn as weights of nodes that are always +1.
    """

    network: NetworkSpec | None = None
    layout: Layout | None = None
    frame: Frame | None = None
    is_values: bool = False
    has_ones: bool = False
    pulled: dict[str, list[int]] = field(default_factory=dict)

    def layer(self, node: str) -> LayerSpec | None:
        """Return the layer of this id, None for inputs."""
        layers = self.network.layers if self.network is not None else ()
        return next((each for each in layers if each.id == node), None)

    def biased(self) -> frozenset[str]:
        """Return the ids of layers with biases."""
        layers = self.network.layers if self.network is not None else ()
        return frozenset(each.id for each in layers if has_setting(each, "bias") and option(each, "bias"))

    def ones(self) -> frozenset[str]:
        """Return the ids of layers that have a +1 node now."""
        return with_ones(self.network, self.biased()) if self.has_ones and self.network is not None else frozenset()

    def walk(self) -> tuple[Selected, ...]:
        """Return all places in the order of the Tab key."""
        if self.network is None or self.layout is None or not self.network.layers:
            return ()
        return places.walk(self.network, self.layout, self.biased())

    def unit(self, node: str, unit: int) -> Selected:
        """Return the selection of a unit."""
        return Selected("unit" if self.layer(node) is not None else "input", node, unit)


def has_setting(layer: LayerSpec, name: str) -> bool:
    """Say whether a layer's kind declares a scalar setting."""
    return name in {each.name for each in layer_kinds.get(layer.kind).settings}


def option(layer: LayerSpec, name: str) -> object:
    """Return a layer's setting or its default."""
    return layer_kinds.get(layer.kind).option(layer, name)
