"""A column, and what it is to the network: an input, predicted as a value or a class, or left out."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.data.roles import Role
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr


def role_words() -> dict[Role, str]:
    """Return what the roles are called."""
    return {"input": tr("input"), "value": tr("value"), "class": tr("class"), "none": tr("left out")}


class RoleChoice(QWidget):
    """A list of columns with the role of the one chosen; predicting a value or a class is the task of the network."""

    chosen = Signal(str, str)  # the column and its new role

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roles: dict[str, Role] = {}
        self.column = Chooser()
        describe(self.column, tr("Column"), tr("A click on its heading in the table takes it too"))
        self.column.setMinimumContentsLength(6)
        self.column.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.role = Words(tr("What the column is to the network"), tuple(role_words().items()))
        self.role.setToolTip(
            tr("input: the network looks at it. value, class: it is predicted so, and the output layer and the loss "
               "follow. left out: nobody looks at it.")
        )  # fmt: skip
        top, layout = QHBoxLayout(), QVBoxLayout(self)
        spaced(top, gap=GRID)
        spaced(layout, gap=2)
        top.addWidget(Text(tr("Role of")))
        top.addWidget(self.column, 1)
        layout.addLayout(top)
        layout.addWidget(self.role)
        self.column.activated.connect(self._refresh)
        self.role.chosen.connect(self._tell)

    def show_roles(self, roles: Mapping[str, Role]) -> None:
        """Show the columns of a set with their roles; the one chosen stays while the set has it."""
        names, chosen = list(roles), self.column.currentText()
        self._roles = dict(roles)
        if [self.column.itemText(place) for place in range(self.column.count())] != names:
            self.column.clear()
            self.column.addItems(names)
            first = next((name for name, role in roles.items() if role in ("value", "class")), "")
            self.column.setCurrentText(chosen if chosen in names else first)
        self._refresh()

    def take(self, name: str) -> None:
        """Choose a column."""
        if name in self._roles:
            self.column.setCurrentText(name)
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.role.set_key(self._roles.get(self.column.currentText(), "none"))

    @Slot(str)
    def _tell(self, role: str) -> None:
        self.chosen.emit(self.column.currentText(), role)
