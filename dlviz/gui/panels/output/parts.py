"""Which rows a page counts: those that train, those that choose settings, or those held out to the end."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.fills import dots_words, fills_of, hidden_words
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Part

PARTS: tuple[Part, ...] = ("train", "dev", "test")
HELD_OUT_FIRST: tuple[Part, ...] = ("dev", "test", "train")


def part_words(part: Part) -> str:
    """Return the name of a part as the window calls it."""
    return {"train": tr("train"), "dev": tr("dev"), "test": tr("test")}[part]


def rows_of(prepared: Prepared, part: Part) -> NDArray[np.int64]:
    """Return the rows of a part (m,)."""
    return {"train": prepared.train, "dev": prepared.validation, "test": prepared.test}[part]


class PartWords(Words):
    """Offers the parts that have rows; at first the one that the network has not learnt from.

    Test rows are not offered while they are locked, and pages neither draw them then nor say their answers.
    """

    changed = Signal()  # by the user, or because another part is locked or has no rows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Rows that are counted: those that train, or those held out"), (), parent=parent)
        self._prepared: Prepared | None = None
        self._is_test_open = False
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
        """Offer the test rows where they may be seen."""
        if frame.is_test_open != self._is_test_open:
            self._is_test_open = frame.is_test_open
            self._fill()
            self.changed.emit()

    def is_locked(self, row: int) -> bool:
        """Say whether the answer for a row on show may not be seen."""
        return self._prepared is not None and not self._is_test_open and row in self._prepared.test

    def fills(self) -> NDArray[np.int8]:
        """Return how each row on show is drawn (n,)."""
        assert self._prepared is not None
        return fills_of(self._prepared, self._is_test_open)

    def hidden_words(self) -> str:
        """Say that test rows are hidden, or nothing."""
        return hidden_words(self._prepared, self._is_test_open)

    def dots_words(self) -> str:
        """Say which marker is which part."""
        return dots_words(self._prepared, self._is_test_open)

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
        offered = [part for part in has_rows if part != "test" or self._is_test_open]
        self.set_choices([(part, part_words(part)) for part in offered])
        first = next((part for part in HELD_OUT_FIRST if part in offered), "train")
        self.set_key(before if before in offered else first)
        self.updateGeometry()
