"""Menus about who reads whom: connections to and from a node, branches, second uses, outputs, and ways to connect."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids, sources
from dlviz.gui.editor.kind_menus import WishMenu
from dlviz.i18n import tr
from dlviz.session.edits import refusal, ways_to_connect


def offer_wiring(menu: WishMenu, network: NetworkSpec, node: str) -> None:
    """Add the submenu about a node's connections to its menu."""
    submenu = menu.addMenu(tr("Wiring"))
    submenu.setToolTipsVisible(True)
    layer = next((each for each in network.layers if each.id == node), None)
    offer_ends(menu, submenu.addMenu(tr("Connect to")), network, node)
    if layer is not None and len(sources(network, layer)) > 1:
        _offer_sources(menu, submenu.addMenu(tr("Disconnect from")), network, layer)
    menu.offer_kinds(submenu.addMenu(tr("Begin a branch")), "branch")
    if layer is not None and layer_kinds.get(layer.kind).has_parameters:
        menu.offer(submenu, tr("Use this layer again"), "again").setToolTip(
            tr("A second layer with the same weights, for another part of the data")
        )
    submenu.addSeparator()
    if layer is not None:
        menu.offer(submenu, tr("Output of the network"), "output", is_checked=node in output_ids(network))
    menu.offer(submenu, tr("Add an output behind it"), "new_output")


def offer_ends(menu: WishMenu, submenu: QMenu, network: NetworkSpec, node: str) -> None:
    """Add every other layer that a node can be connected to; those that cannot say why."""
    submenu.setToolTipsVisible(True)
    for layer in network.layers:
        if layer.id == node:
            continue
        refused = refusal(network, node, layer.id)
        if refused is None:
            submenu.addMenu(EndMenu(menu, network, node, layer, submenu))
        else:
            action = menu.offer(submenu, layer.id, "")
            action.setEnabled(False)
            action.setToolTip(refused.sentence)
    submenu.setEnabled(bool(submenu.actions()))


class EndMenu(QMenu):
    """The ways to connect a node to one layer, worked out when they are asked for."""

    def __init__(self, menu: WishMenu, network: NetworkSpec, node: str, layer: LayerSpec, parent: QWidget) -> None:
        super().__init__(layer.id, parent)
        self.setToolTipsVisible(True)
        self._menu, self._network, self._node, self._layer = menu, network, node, layer
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        if not self.actions():
            offer_ways(self._menu, self, self._network, self._node, self._layer)


def offer_ways(menu: WishMenu, submenu: QMenu, network: NetworkSpec, node: str, layer: LayerSpec) -> None:
    """Add the ways to connect a node to a layer; those that do not fit say why."""
    read = sources(network, layer)[0]
    words = {
        "join": tr("Join {source} too", source=node),
        "replace": tr("Read {source} instead of {read}", source=node, read=read),
        "add": tr("Add {source} to {read} (skip connection)", source=node, read=read),
        "concatenate": tr("Concatenate {read} and {source}", source=node, read=read),
    }
    for way in ways_to_connect(network, node, layer.id):
        action = menu.offer(submenu, words[way.key], way.key, layer.id)
        action.setEnabled(way.network is not None)
        action.setToolTip(words[way.key] if way.refusal is None else way.refusal.sentence)


def _offer_sources(menu: WishMenu, submenu: QMenu, network: NetworkSpec, layer: LayerSpec) -> None:
    for source in sources(network, layer):
        menu.offer(submenu, source, "disconnect", source)


class ConnectMenu(WishMenu):
    """The layers that a node can be connected to."""

    def __init__(self, network: NetworkSpec, node: str, parent: QWidget) -> None:
        super().__init__(node, parent)
        self.setAccessibleName(tr("Connect to"))
        offer_ends(self, self, network, node)


class WaysMenu(WishMenu):
    """The ways to connect a node to a layer that reads one already."""

    def __init__(self, network: NetworkSpec, source: str, layer: LayerSpec, parent: QWidget) -> None:
        super().__init__(source, parent)
        self.setAccessibleName(tr("How to connect"))
        offer_ways(self, self, network, source, layer)
        self.setActiveAction(next(each for each in self.actions() if each.isEnabled()))


class BranchMenu(WishMenu):
    """All kinds of layers, one to read a node beside those that read it already."""

    def __init__(self, node: str, parent: QWidget) -> None:
        super().__init__(node, parent)
        self.offer_kinds(self, "branch")
        self.setAccessibleName(tr("Begin a branch"))
        self.setActiveAction(next(each for each in self.actions() if not each.isSeparator()))


class WireMenu(WishMenu):
    """What can be done with a wire without weights: let go of it, unless the layer would read nothing."""

    def __init__(self, network: NetworkSpec, source: str, layer: LayerSpec, parent: QWidget) -> None:
        super().__init__(layer.id, parent)
        self.setAccessibleName(tr("Wire from {source} to {layer}", source=source, layer=layer.id))
        action = self.offer(
            self, tr("Disconnect {source} from {layer}", source=source, layer=layer.id), "disconnect", source
        )
        is_only = len(sources(network, layer)) == 1
        action.setEnabled(not is_only)
        if is_only:
            action.setToolTip(tr("{layer} reads nothing else: delete it, or drag another output to its port.",
                                 layer=layer.id))  # fmt: skip
