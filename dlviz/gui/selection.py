"""What is selected: one small record, shared by every panel."""

from collections.abc import Iterable
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


@dataclass(frozen=True)
class Rows:
    """Some rows of the data, by number in the whole set, and a sentence that says which they are."""

    numbers: frozenset[int] = frozenset()
    words: str = ""


NO_ROWS = Rows()


class Selection(QObject):
    """Holds what is selected and what the pointer is over, and tells who listens.

    Rows of the data are selected beside it: every table, plot and map marks them.
    """

    changed = Signal(object)  # Selected
    hovered = Signal(object)  # Selected, NOTHING when the pointer has left
    rows_changed = Signal(object)  # Rows, NO_ROWS for none
    trail_changed = Signal(object, bool)  # places from the loss back to a weight, () for none; whether they stay lit

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current = NOTHING
        self._hover = NOTHING
        self._rows = NO_ROWS
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
    def rows(self) -> frozenset[int]:
        """The rows of the data that are selected."""
        return self._rows.numbers

    @property
    def rows_words(self) -> str:
        """Which rows are selected: "true 4, predicted 9: 11 rows"."""
        return self._rows.words

    def select_rows(self, rows: Iterable[int] = (), words: str = "") -> None:
        """Select these rows of the data instead; words say which they are. Tells nobody if that is so already."""
        numbers = frozenset(rows)
        chosen = Rows(numbers, words) if numbers else NO_ROWS
        if chosen != self._rows:
            self._rows = chosen
            self.rows_changed.emit(chosen)

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
