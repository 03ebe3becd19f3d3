"""What a page of the output panel is: one way to look at what the network answers."""

from collections.abc import Iterable
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.panel import Context
from dlviz.gui.theme import Theme
from dlviz.gui.widgets.copying import Rows
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest

NOTHING_DRAWN = Rows((), ())


class Page(QWidget):
    """It says what it needs, draws frames, and writes down what is drawn.

    told: what stands beside the panel's title is another sentence now. asks: it wants something else computed.
    """

    key: ClassVar[str] = ""
    has_parts: ClassVar[bool] = False  # it counts the rows of one part
    told = Signal()
    asks = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.prepared: Prepared | None = None
        self.frame_shown: Frame | None = None

    def use_data(self, prepared: Prepared) -> None:
        """Take over other rows, or the same ones under another document."""
        self.prepared = prepared

    def forget(self) -> None:
        """Show no answers of a network that is gone."""
        self.frame_shown = None

    def interest(self, base: Interest) -> Interest:
        """Return base with what this page wants."""
        return base

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame."""
        self.frame_shown = frame

    def words(self) -> str:
        """Say beside the panel's title what is shown."""
        return ""

    def short_words(self) -> str:
        """Say the same where there is little room; nothing where the words themselves may end in …."""
        return ""

    def plotted_rows(self) -> Rows:
        """Return the numbers behind the picture."""
        return NOTHING_DRAWN

    def mark(self, rows: Iterable[int]) -> None:
        """Mark rows that are selected, by their place among those on show."""

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""

    @property
    def document(self) -> Document:
        """The document on show."""
        found: Document = self.context.session.document
        return found

    @property
    def stride(self) -> int:
        """How many rows of the data one row on show stands for."""
        return 1 if self.prepared is None else self.prepared.dataset.stride

    def select_rows(self, shown: Iterable[int], words: str) -> None:
        """Select rows everywhere, by their place among those on show."""
        self.context.selection.select_rows([int(row) * self.stride for row in shown], words)
