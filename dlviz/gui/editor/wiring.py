"""What connecting nodes on the canvas does: which ends fit, what a drop connects, and the wishes of wiring menus."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, Slot

from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.network import NetworkSpec, output_ids
from dlviz.gui.editing import Change, edit, nothing_more
from dlviz.gui.editor.hot import Hot
from dlviz.gui.editor.kind_menus import WishMenu
from dlviz.gui.editor.refused import Refused
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.editor.view import CanvasView
from dlviz.gui.editor.wire import Wired
from dlviz.gui.editor.wiring_menus import BranchMenu, ConnectMenu, WaysMenu
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document

PopUp = Callable[[WishMenu, QPoint], None]


class Wiring(QObject):
    """Answers drags from ports and wishes of wiring menus, each one undoable edit."""

    def __init__(self, context: Context, state: CanvasState, view: CanvasView, pop_up: PopUp, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._state, self._view, self._pop_up = context, state, view, pop_up
        self.refused = Refused(view.viewport())
        view.fits_of = self.fits_of
        view.wired.connect(self._drop)
        view.pressed.connect(self.refused.hide)

    @property
    def _network(self) -> NetworkSpec:
        document: Document = self._context.session.document
        return document.network

    def fits_of(self, port: Hot) -> Mapping[str, bool]:
        """Return for every node at which a connection from a port may end whether it fits there."""
        network = self._network
        if port.kind == "out":
            return {each.id: edits.refusal(network, port.node, each.id) is None for each in network.layers}
        nodes = [*(each.id for each in network.inputs), *(each.id for each in network.layers)]
        return {node: edits.refusal(network, node, port.node) is None for node in nodes}

    @Slot(object)
    def _drop(self, wired: Wired) -> None:
        """Connect what was dropped on each other; on the empty canvas offer layers to begin a branch with."""
        at = self._view.viewport().mapToGlobal(wired.at)
        if wired.source and wired.target:
            self.join(wired.source, wired.target, wired.at)
        elif not wired.has_moved and wired.source:
            self._pop_up(ConnectMenu(self._network, wired.source, self._view), at)
        elif wired.has_moved and wired.source:
            self._pop_up(BranchMenu(wired.source, self._view), at)

    def join(self, source: str, target: str, at: QPoint) -> None:
        """Connect two nodes, after a choice where there are several ways; a refusal is said where it was dropped."""
        network = self._network
        try:
            ways = edits.ways_to_connect(network, source, target)
        except DlvizError as error:
            self.refused.show_at(error.sentence, at)
            return
        fitting = [way for way in ways if way.network is not None]
        if not fitting:
            refused = ways[0].refusal or SpecError(target)
            self.refused.show_at(refused.sentence, at)
        elif len(ways) == 1:
            self.take(ways[0].key, source, target)
        else:
            layer = next(each for each in network.layers if each.id == target)
            menu = WaysMenu(network, source, layer, self._view)
            self._pop_up(menu, self._view.viewport().mapToGlobal(at))

    def take(self, wish: str, node: str, value: str) -> bool:
        """Carry out a wish of a wiring menu; say whether it was one."""
        label, change = self._change(wish, node, value)
        if label:
            done = nothing_more if wish == "output" else self._select_new
            edit(self._context, label, change, done=done)
        return bool(label)

    def _change(self, wish: str, node: str, value: str) -> tuple[str, Change]:
        """Return the label and the edit of a wish; an empty label where it is none of these."""
        changes: dict[str, tuple[str, Change]] = {
            "disconnect": (tr("Disconnect {source} from {target}", source=value, target=node),
                           lambda d: edits.disconnect(d, value, node)),
            "branch": (tr("Begin a branch"), lambda d: edits.add_branch(d, node, value)),
            "again": (tr("Use {layer} again", layer=node), lambda d: edits.use_again(d, node)),
            "output": (tr("Change the outputs"),
                       lambda d: edits.set_output(d, node, node not in output_ids(d.network))),
            "new_output": (tr("Add an output"), lambda d: edits.add_output(d, node)),
        }  # fmt: skip
        if wish in ("join", "replace", "add", "concatenate"):
            label = tr("Connect {source} to {target}", source=node, target=value)
            return label, lambda d: edits.connect(d, node, value, wish)
        return changes.get(wish, ("", lambda d: d))

    def split(self, text: str) -> None:
        """Deal the columns of the data to several inputs, as many as were typed: "4 4"."""
        words = text.replace("+", " ").replace(",", " ").split()
        if not words or not all(word.isdecimal() for word in words):
            expected = tr("the columns of each input, such as 4 4")
            self._context.notify(tr("Expected {expected}. Received: {given}", expected=expected, given=text))
            return
        edit(self._context, tr("Split the inputs"), lambda d: edits.split_inputs(d, [int(word) for word in words]))

    def _select_new(self, before: Document) -> None:
        """Select a layer that an edit has brought."""
        known = {layer.id for layer in before.network.layers}
        for layer in self._network.layers:
            if layer.id not in known:
                self._context.selection.select(Selected("layer", layer.id))
