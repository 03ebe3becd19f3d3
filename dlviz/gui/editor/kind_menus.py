"""Menus of all kinds of layers, as the registry has them."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from dlviz.core.layers import FAMILIES
from dlviz.core.layers import layers as layer_kinds
from dlviz.i18n import tr


class WishMenu(QMenu):
    """A menu whose entries are wishes about one node."""

    chosen = Signal(str, str, str)  # wish, node, value

    def __init__(self, node: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._node = node
        self.setToolTipsVisible(True)
        self.triggered.connect(self._emit)

    def offer(self, menu: QMenu, text: str, wish: str, value: str = "", is_checked: bool | None = None) -> QAction:
        """Add an entry to this menu or to one inside it; with is_checked it carries a mark or room for one."""
        action = menu.addAction(text)
        action.setData((wish, value))
        action.setCheckable(is_checked is not None)
        action.setChecked(bool(is_checked))
        return action

    def offer_kinds(self, menu: QMenu, wish: str, current: str = "") -> None:
        """Add every kind of layer, family by family; the current one is marked."""
        menu.setToolTipsVisible(True)
        for family in FAMILIES:
            kinds = [kind for kind in layer_kinds if kind.family == family]
            if kinds:
                menu.addSection(tr(family.capitalize()))
            for kind in kinds:
                is_checked = True if kind.key == current else None
                self.offer(menu, tr(kind.title), wish, kind.key, is_checked).setToolTip(kind.source or tr(kind.title))

    @Slot(QAction)
    def _emit(self, action: QAction) -> None:
        if action.data() is not None:
            wish, value = action.data()
            self.chosen.emit(wish, self._node, value)


class KindMenu(WishMenu):
    """All kinds of layers, one to be inserted behind a node; Enter takes the first."""

    def __init__(self, node: str, parent: QWidget) -> None:
        super().__init__(node, parent)
        self.offer_kinds(self, "after")
        self.setAccessibleName(tr("Insert a layer"))
        self.setActiveAction(next(each for each in self.actions() if not each.isSeparator()))
