"""Action: one thing a user can do, as a record from which menus, keys and the shortcut list are made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from dlviz.gui.verbatim import out_of_menu

MenuName = Literal["", "file", "edit", "view", "run", "learn", "help"]


def always() -> bool:
    """Say that an action can be used."""
    return True


@dataclass(frozen=True)
class Action:
    """Id, title, what it does, its menu and keys.

    is_enabled, is_checked, is_shown and live_title (a title that changes) are asked whenever the window
    refreshes its actions. submenu: title of a submenu of menu; topic: of one in that. group: entries of one group are
    divided from the next by a line.
    """

    id: str
    title: str
    callback: Callable[[], None]
    menu: MenuName = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    is_enabled: Callable[[], bool] = always
    is_checked: Callable[[], bool] | None = None
    live_title: Callable[[], str] | None = None
    is_shown: Callable[[], bool] = always
    submenu: str = ""
    topic: str = ""
    group: int = 0


class LiveAction(QAction):
    """The QAction of a record; it asks the record whether it applies."""

    def __init__(self, record: Action, parent: QObject) -> None:
        super().__init__(record.title, parent)
        self.record = record
        self.setObjectName(record.id)
        self.setShortcuts([QKeySequence(key) for key in record.keys])
        self.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.setToolTip(tip_of(record))
        self.setWhatsThis(record.tip or record.title)
        self.setCheckable(record.is_checked is not None)
        self.triggered.connect(self._run)

    def _run(self) -> None:
        self.record.callback()

    def refresh(self) -> None:
        """Ask the record again what it is called and whether it is enabled and checked."""
        self.setEnabled(self.record.is_enabled())
        self.setVisible(self.record.is_shown())
        if self.record.live_title is not None:
            self.setText(self.record.live_title())
        if self.record.is_checked is not None:
            self.setChecked(self.record.is_checked())


def tip_of(record: Action) -> str:
    """Return what to show on hover: the tip or title, and the first key."""
    text = record.tip or out_of_menu(record.title).rstrip("…")
    return f"{text}  ({native_keys(record.keys[:1])})" if record.keys else text


def native_keys(keys: Sequence[str]) -> str:
    """Return keys as this platform writes them."""
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
