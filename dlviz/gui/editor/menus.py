"""The menus of a layer and of an input, and the one-line field that floats over the canvas."""

import math

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from dlviz.core.activations import activations
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, output_ids
from dlviz.data.dataset import Dataset
from dlviz.gui.editor.kind_menus import WishMenu
from dlviz.gui.editor.wiring_menus import offer_wiring
from dlviz.gui.verbatim import in_menu
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr
from dlviz.session.edits import can_be_normed, features_for, norm_behind, readings, redundant_biases, shape_words

MOST_LISTED = 24  # columns of the data in the menu of features


class LayerMenu(WishMenu):
    """Activation, biases, units, layers before, after or instead, rename, duplicate, delete."""

    def __init__(self, layer: LayerSpec, network: NetworkSpec, is_strip: bool, parent: QWidget) -> None:
        super().__init__(layer.id, parent)
        kind = layer_kinds.get(layer.kind)
        is_output = layer.id in output_ids(network)
        if "activation" in kind.choices:
            self._add_activations(kind.option(layer, "activation").kind)
        if "bias" in {each.name for each in kind.settings}:
            has_bias = bool(kind.option(layer, "bias"))
            biases = self.offer(self, tr("Biases"), "bias", "" if has_bias else "yes", is_checked=has_bias)
            if layer.id in redundant_biases(network):
                biases.setText(tr("Biases (no effect before batch norm)"))
        if norm_behind(network, layer.id) or can_be_normed(network, layer.id):
            is_normed = bool(norm_behind(network, layer.id))
            self.offer(self, tr("Batch norm"), "norm", "" if is_normed else "yes", is_checked=is_normed)
        self.addSeparator()
        if "units" in {each.name for each in kind.settings} and not is_output:
            self.offer(self, tr("One unit more\t+"), "more")
            self.offer(self, tr("One unit less\t−"), "less")
        if is_strip:
            self.offer(self, tr("Show unit number…"), "pull")
        self.addSeparator()
        self.offer_kinds(self.addMenu(tr("Insert a layer before")), "before")
        self.offer_kinds(self.addMenu(tr("Insert a layer after")), "after")
        self.offer_kinds(self.addMenu(tr("Change into")), "kind", current=layer.kind)
        offer_wiring(self, network, layer.id)
        self.addSeparator()
        self.offer(self, tr("Duplicate\tCtrl+D"), "duplicate")
        self.offer(self, tr("Rename\tF2"), "rename")
        self.offer(self, tr("Delete\tDel"), "delete")

    def _add_activations(self, current: str) -> None:
        submenu = self.addMenu(tr("Activation"))
        for entry in activations:
            self.offer(submenu, tr(entry.title), "activation", entry.key, is_checked=entry.key == current)


class InputMenu(WishMenu):
    """What can be done with an input: a layer behind it, its connections, and other ways to read a row of the data."""

    def __init__(self, node: InputSpec, network: NetworkSpec, parent: QWidget) -> None:
        super().__init__(node.id, parent)
        self.offer_kinds(self.addMenu(tr("Insert a layer after")), "after")
        if network.layers:
            offer_wiring(self, network, node.id)
        submenu = self.addMenu(tr("Read the data as"))
        for words in map(shape_words, readings(math.prod(node.shape))):
            self.offer(submenu, words, "shape", words, is_checked=words == shape_words(node.shape) or None)
        self.offer(self, tr("Split into several inputs…"), "split")


class FeatureMenu(WishMenu):
    """The columns of the data that are read, ticked, and those that can be made of them."""

    def __init__(self, node: str, rows: Dataset, parent: QWidget) -> None:
        super().__init__(node, parent)
        self.setAccessibleName(tr("Features"))
        for name in rows.input_names[:MOST_LISTED]:
            self.offer(self, in_menu(name), "drop_feature", name, is_checked=True)
        offered = features_for(rows)
        if offered:
            self.addSeparator()
        for feature in offered:
            self.offer(self, in_menu(feature.name), "feature", feature.name, is_checked=False)


class InlineField(QLineEdit):
    """One line over the canvas; Enter accepts, Esc or a click elsewhere leaves things as they are."""

    accepted = Signal(str, str, str)  # wish, node, text

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._wish = self._node = ""
        describe(self, tr("Text field"))
        self.hide()

    def ask(self, wish: str, node: str, text: str, name: str, where: QRect) -> None:
        """Offer text for typing over a rectangle of the parent."""
        self._wish, self._node = wish, node
        describe(self, name)
        self.setPlaceholderText(name)
        self.setText(text)
        self.setGeometry(QRect(where.topLeft(), where.size().expandedTo(self.sizeHint())))
        self.move(where.center() - QPoint(self.width() // 2, self.height() // 2))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _accept(self) -> None:
        self._leave()
        self.accepted.emit(self._wish, self._node, self.text())

    def _leave(self) -> None:
        # First the focus: hidden with it, Qt would hand it on as Tab does, and the canvas walk to its next place.
        self.parentWidget().setFocus()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the text with Enter, leave with Esc; neither may go on to the canvas below."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave when the focus goes."""
        super().focusOutEvent(event)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Keep letters for the field that are shortcuts of the window elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
