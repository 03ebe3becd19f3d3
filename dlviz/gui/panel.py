"""The contract of a panel, what it is given, and the registry from which the window is built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QWidget

from dlviz.core.registry import Registry
from dlviz.gui import numbers
from dlviz.gui.actions import Action
from dlviz.gui.opengl.choice import GlChoice
from dlviz.gui.race.player import RacePlayer
from dlviz.gui.selection import Selection
from dlviz.gui.step_view import StepView
from dlviz.gui.theme import Theme, current, theme_signals
from dlviz.gui.widgets.copying import Offer, Plotted, copy_plotted, offer_all, plotted_at
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.subject import Subject

Area = Literal["left", "centre", "right", "bottom"]


class Notify(Protocol):
    """Shows one message: a sentence or an error, and optionally something to do about it."""

    def __call__(self, message: str | Exception, action: Action | None = None) -> None:
        """Show it."""


class Context(QObject):
    """All that a panel may reach: the session, the selection, messages, numbers, and the window's wishes.

    is_hidden: the result of the step in hand is covered, so that a class can predict it first.
    wanted: what an open form needs of every frame, besides the panels.
    board_decimals: to which every intermediate is rounded in the second number beside each result; 0: none is shown.
    """

    hidden_changed = Signal(bool)
    workspace_changed = Signal(str)
    interest_changed = Signal()  # a panel emits it when its `interest` answers differently
    board_changed = Signal(int)
    answers_asked = Signal(object)  # worksheets of a class to be checked; none: numbers that will be typed
    rows_wanted = Signal()  # the rows of the data shall be shown as a table
    typing_asked = Signal(object)  # Selected: a number that is shown shall be typed anew, where it stands
    data_wanted = Signal()  # somebody shall choose a file of data
    vary_wanted = Signal()  # an experiment shall be set up
    seeds_wanted = Signal()  # the map shall show where the networks of the experiment agree
    picture_wanted = Signal(object)  # this panel shall be written into a file as a picture
    room_wanted = Signal(str, bool)  # the panel of this key wants half of the window's width, or its usual place again
    calm_changed = Signal()  # the cards of the first start came or went
    class_wanted = Signal()  # somebody shall choose the file of a class

    def __init__(self, session: Any, notify: Notify, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.selection = Selection(self)
        self.race = RacePlayer(self)
        self.step_view = StepView(self)
        self.gl = GlChoice(self)
        self.notify = notify
        self.workspace = "network"
        self._is_hidden = False
        self.is_calm = False  # a first start: what is not needed at once keeps out of sight
        self.board_decimals = 0
        self.wanted: frozenset[Need] = frozenset()

    @property
    def mover(self) -> Any:
        """What the transport moves: the race where it is shown, else the run."""
        return self.race if self.workspace == OPTIMIZERS else self.session

    @property
    def is_hidden(self) -> bool:
        """Whether results are covered until the next step."""
        return self._is_hidden

    def hide_results(self, is_hidden: bool) -> None:
        """Cover or uncover results."""
        if is_hidden != self._is_hidden:
            self._is_hidden = is_hidden
            self.hidden_changed.emit(is_hidden)

    def be_calm(self, is_calm: bool) -> None:
        """Keep what is not needed at once out of sight, or show it."""
        if is_calm != self.is_calm:
            self.is_calm = is_calm
            self.calm_changed.emit()

    def use_board(self, decimals: int) -> None:
        """Show results rounded to so many decimals on the way beside the exact ones; 0: exact ones alone."""
        if decimals != self.board_decimals:
            self.board_decimals = decimals
            self.board_changed.emit(decimals)
            self.interest_changed.emit()

    def want(self, needs: frozenset[Need]) -> None:
        """Ask for parts of frames that no panel needs: those that an open form shows."""
        if needs != self.wanted:
            self.wanted = needs
            self.interest_changed.emit()

    def use_workspace(self, key: str) -> None:
        """Note which workspace is shown and tell the panels."""
        self.workspace = key
        self.workspace_changed.emit(key)

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number as the whole window does."""
        return numbers.number(value, digits)

    def full(self, value: float) -> str:
        """Write every digit of a number."""
        return numbers.full(value)


class Panel(QWidget):
    """A view of the document and the run; it draws frames and computes nothing.

    Only visible panels are asked for needs and given frames, so a closed one costs nothing.
    The dock around it shows its title; `set_info` writes beside that title, and a `title_tool` stands there.
    A centre panel has no dock and no title.
    """

    key: ClassVar[str] = ""
    needs: ClassVar[frozenset[Need]] = frozenset()

    info_changed = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.theme: Theme = current()
        self.info = ""
        self.title_tool: QWidget | None = None
        self._plotted_there: Plotted | None = None
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.apply_theme(theme)
        self.update()

    def set_info(self, text: str, short: str = "") -> None:
        """Show a few muted words at the right of the panel's title. short: the same where there is little room."""
        if text != self.info:
            self.info = text
            self.info_changed.emit(text, short)

    def actions_offered(self) -> tuple[Action, ...]:
        """Return what the panel adds to menus and keys while it exists (the canvas: zoom)."""
        return ()

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Return what the menu under the pointer offers besides the picture; shown: what is drawn there."""
        return () if shown is None else ((tr("Copy as CSV"), self._copy_pointed),)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the numbers under the pointer, and the panel as a picture."""
        self._plotted_there = plotted_at(self.childAt(self.mapFromGlobal(event.globalPos())), self)
        offer_all(self, event.globalPos(), *self.offers(self._plotted_there), (tr("Export picture…"), self._export))

    @Slot()
    def _copy_pointed(self) -> None:
        if self._plotted_there is not None:
            copy_plotted(self._plotted_there)

    @Slot()
    def _export(self) -> None:
        self.context.picture_wanted.emit(self)

    def interest(self, base: Interest) -> Interest:
        """Return base with what this panel wants besides its needs (grid, extent, axes)."""
        return base

    def show_document(self, document: Document) -> None:
        """Show an edited, undone or opened document."""

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame."""

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""


@dataclass(frozen=True)
class PanelEntry:
    """A kind of panel, where it stands and in which workspaces it is open at first.

    order sorts panels of one area from top to bottom; stretch is its share of the space.
    subjects: what documents it is for, all if empty; others in the same place may show the rest.
    opens_on_selection: it stays closed until something is selected, so that a first start is calm.
    behind: the key of the panel that it is a tab of once somebody opens it.
    """

    key: str
    title: str
    area: Area
    workspaces: tuple[str, ...]
    factory: Callable[[Context], Panel]
    order: int = 0
    stretch: int = 1
    opens_on_selection: bool = False
    subjects: tuple[Subject, ...] = ()
    behind: str = ""


panels: Registry[PanelEntry] = Registry("panel")
