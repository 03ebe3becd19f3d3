"""Which rows a page counts: those that train, those that choose settings, or those held out to the end."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Part

PARTS: tuple[Part, ...] = ("train", "dev", "test")
HELD_OUT_FIRST: tuple[Part, ...] = ("dev", "test", "train")
LOCKED: frozenset[Part] = frozenset({"test"})  # until somebody asks to see them


def part_words(part: Part) -> str:
    """Return the name of a part as the window calls it."""
    return {"train": tr("train"), "dev": tr("dev"), "test": tr("test")}[part]


def rows_of(prepared: Prepared, part: Part) -> NDArray[np.int64]:
    """Return the rows of a part (m,)."""
    return {"train": prepared.train, "dev": prepared.validation, "test": prepared.test}[part]


class PartWords(Words):
    """Offers the parts that have rows; at first the one that the network has not learnt from.

    A part that is locked is not offered: no number about its rows can then be read.
    """

    changed = Signal()  # by the user, or because another part is locked or has no rows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Rows that are counted: those that train, or those held out"), (), parent=parent)
        self._prepared: Prepared | None = None
        self._locked = LOCKED
        self.chosen.connect(self.changed)

    @property
    def part(self) -> Part:
        """The part that is chosen."""
        return next((part for part in PARTS if part == self.key()), "train")

    def offer(self, prepared: Prepared) -> None:
        """Offer the parts of these data; the choice stays where there still is such a part."""
        self._prepared = prepared
        self._fill()

    def show_frame(self, frame: Frame) -> None:
        """Offer the test rows only where the run stands as it did when somebody looked at them."""
        is_looked_at = frame.estimate is not None and frame.estimate.step == frame.step
        locked: frozenset[Part] = frozenset() if is_looked_at else LOCKED
        if locked != self._locked:
            self._locked = locked
            self._fill()
            self.changed.emit()

    def is_locked(self, row: int) -> bool:
        """Say whether the answer for a row on show may not be seen."""
        prepared = self._prepared
        return prepared is not None and any(row in rows_of(prepared, part) for part in self._locked)

    def rows(self, most: int) -> NDArray[np.int64]:
        """Return the rows of the chosen part (m,), those below `most`."""
        if self._prepared is None or not self.count():
            return np.zeros(0, np.int64)
        rows = rows_of(self._prepared, self.part)
        return rows[rows < most]

    def _fill(self) -> None:
        if self._prepared is None:
            return
        before, has_rows = self.key(), [part for part in PARTS if len(rows_of(self._prepared, part))]
        offered = [part for part in has_rows if part not in self._locked]
        self.set_choices([(part, part_words(part)) for part in offered])
        first = next((part for part in HELD_OUT_FIRST if part in offered), "train")
        self.set_key(before if before in offered else first)
        self.updateGeometry()
