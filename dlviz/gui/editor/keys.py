"""Keys of the canvas and what they ask for."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from dlviz.i18n import tr

Command = Literal[
    "left", "right", "up", "down", "next", "previous", "enter", "delete", "duplicate", "rename", "more", "less",
    "insert", "zoom_in", "zoom_out", "fit", "escape",
]  # fmt: skip

_Key = Qt.Key
_PLAIN: dict[int, Command] = {
    _Key.Key_Left: "left", _Key.Key_Right: "right", _Key.Key_Up: "up", _Key.Key_Down: "down",
    _Key.Key_Return: "enter", _Key.Key_Enter: "enter", _Key.Key_Delete: "delete", _Key.Key_Backspace: "delete",
    _Key.Key_F2: "rename", _Key.Key_Plus: "more", _Key.Key_Equal: "more", _Key.Key_Minus: "less",
    _Key.Key_Insert: "insert", _Key.Key_Escape: "escape",
}  # fmt: skip
_CONTROL: dict[int, Command] = {
    _Key.Key_D: "duplicate", _Key.Key_Plus: "zoom_in", _Key.Key_Equal: "zoom_in", _Key.Key_Minus: "zoom_out",
    _Key.Key_0: "fit",
}  # fmt: skip


def command_of(event: QKeyEvent) -> Command | None:
    """Return the command of a pressed key, None if the canvas has no use for it."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    if modifiers == Qt.KeyboardModifier.ControlModifier:
        return _CONTROL.get(event.key())
    return _PLAIN.get(event.key()) if modifiers == Qt.KeyboardModifier.NoModifier else None


def key_rows() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what the keys of the canvas do, and the keys, for the list of shortcuts."""
    return (
        (tr("Next or previous place"), ("Tab", "Shift+Tab")),
        (tr("Place beside it"), ("Left", "Right", "Up", "Down")),
        (tr("Type a weight, change a layer"), ("Return",)),
        (tr("One unit more or less"), ("+", "-")),
        (tr("Insert a layer"), ("Ins",)),
        (tr("Rename, delete, duplicate"), ("F2", "Del", "Ctrl+D")),
        (tr("Prune a weight, or let it learn again"), ("Del",)),
    )
