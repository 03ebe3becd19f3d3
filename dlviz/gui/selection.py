"""What is selected: one small record, shared by every panel."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

SelectedKind = Literal["none", "network", "input", "unit", "link", "bias", "parameter", "layer", "sample", "loss"]


@dataclass(frozen=True)
class Selected:
    """A place in the network or data.

    layer and unit are where it ends; a link also has the node and unit it comes from.
    A parameter is one number of any parameter: its name and its entry.
    The network as a whole has no layer. For a sample, unit is the row; for an input, layer is "x" and unit the column;
    for a loss, they are those of the output.
    """

    kind: SelectedKind = "none"
    layer: str = ""
    unit: int = 0
    source_layer: str = ""
    source: int = 0
    name: str = ""
    entry: tuple[int, ...] = ()


NOTHING = Selected()


class Selection(QObject):
    """Holds what is selected and what the pointer is over, and tells who listens."""

    changed = Signal(object)  # Selected
    hovered = Signal(object)  # Selected, NOTHING when the pointer has left
    trail_changed = Signal(object, bool)  # places from the loss back to a weight, () for none; whether they stay lit

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current = NOTHING
        self._hover = NOTHING
        self._trail: tuple[Selected, ...] = ()
        self._is_trail_kept = False

    @property
    def current(self) -> Selected:
        """What is selected."""
        return self._current

    @property
    def hover(self) -> Selected:
        """What the pointer is over."""
        return self._hover

    @property
    def trail(self) -> tuple[Selected, ...]:
        """The path that is lit on the network, from the loss back to a weight."""
        return self._trail

    def light(self, trail: tuple[Selected, ...] = (), is_kept: bool = False) -> None:
        """Light a path on the network. is_kept: it stays, so what it needs may be moved into view."""
        if (trail, is_kept) != (self._trail, self._is_trail_kept):
            self._trail, self._is_trail_kept = trail, is_kept
            self.trail_changed.emit(trail, is_kept)

    def select(self, selected: Selected = NOTHING) -> None:
        """Select this instead; tells nobody if it is selected already."""
        if selected != self._current:
            self._current = selected
            self.changed.emit(selected)

    def point_at(self, selected: Selected = NOTHING) -> None:
        """Note what the pointer is over now."""
        if selected != self._hover:
            self._hover = selected
            self.hovered.emit(selected)
