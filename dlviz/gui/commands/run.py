"""Edit and Run: undo and redo of the document; playing, stepping and rewinding of training."""

from typing import get_args

from PySide6.QtCore import QObject, Signal

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.selection import NOTHING
from dlviz.gui.transport import FASTEST, granularities, granularity_word
from dlviz.gui.verbatim import in_menu
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.edits import set_race
from dlviz.session.messages import Frame, Granularity
from dlviz.session.subject import WHOLE, Subject

FIRST_STEP_SIZE: dict[str, Granularity] = {"network": "batch", "step": "operation", OPTIMIZERS: "batch"}


class RunCommands(QObject):
    """Holds the step size of each workspace and the speed, and moves the run."""

    step_size_changed = Signal(str)
    escaped = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._sizes: dict[str, Granularity] = dict(FIRST_STEP_SIZE)
        self.rate = FASTEST
        self.frame: Frame | None = None

    @property
    def by(self) -> Granularity:
        """The step size of the workspace that is shown; a whole batch where the document has no such steps."""
        size = self._sizes.get(self._context.workspace, "batch")
        return size if self.has_size(size) else "batch"

    @property
    def subject(self) -> Subject:
        """What the document is about."""
        return self._context.session.document.subject

    def has_size(self, size: Granularity) -> bool:
        """Say whether steps of this size apply to what is shown."""
        return self._is_racing() or size in granularities(self.subject)

    @property
    def is_running(self) -> bool:
        """Whether the run, or the race, goes on by itself."""
        if self._is_racing():
            return self._context.race.is_playing
        return self.frame is not None and self.frame.state == "running"

    def use_size(self, by: str) -> None:
        """Step and play by this size in this workspace."""
        for size in get_args(Granularity):
            if size == by and size != self.by:
                self._sizes[self._context.workspace] = size
                self.step_size_changed.emit(size)
                self._play_on()

    def use_rate(self, rate: float) -> None:
        """Play at this many steps a second."""
        self.rate = rate
        self._play_on()

    def _play_on(self) -> None:
        # A frame of the document before may still say that it ran; the new one stands at its start.
        is_same = self.frame is not None and self.frame.document is self._context.session.document
        if self.is_running and (is_same or self._is_racing()):
            self.play()

    def play(self) -> None:
        """Go on by itself at the chosen size and speed."""
        self._try("play", self.by, self.rate)

    def play_or_pause(self) -> None:
        """Pause what runs, run what is paused."""
        if self.is_running:
            self._try("pause")
        else:
            self._context.hide_results(False)
            if self._is_whole() and self.frame is not None and self.frame.step > 0:
                self._home()  # it is at its end: play it again
            self.play()

    def forward(self) -> None:
        """Uncover a hidden result; otherwise go one step forward."""
        if self._context.is_hidden:
            self._context.hide_results(False)
        else:
            self._try("step", self.by, 1)

    def back(self) -> None:
        """Go one step back in time."""
        self._context.hide_results(False)
        self._try("step", self.by, -1)

    def _try(self, name: str, *arguments: object) -> None:
        """Ask what is moved here; a refusal is shown."""
        self._ask(self._context.mover, name, *arguments)

    def _ask(self, whom: object, name: str, *arguments: object) -> None:
        try:
            getattr(whom, name)(*arguments)
        except DlvizError as error:
            self._context.notify(error)

    def _home(self) -> None:
        self._try("home")

    def _end(self) -> None:
        if self._is_whole():
            self._try("step", "batch", 1)  # whatever of it was recorded before
        else:
            self._try("end")

    def _finish_phase(self) -> None:
        self._try("finish_phase")

    def _reset(self) -> None:
        self._try("reset")

    def _new_seed(self) -> None:
        if self._is_racing():
            seed = self._context.session.document.race.seed + 1
            edit(self._context, tr("Change the seed of the race"), lambda document: set_race(document, seed=seed))
        else:
            self._try("new_seed")

    def _is_racing(self) -> bool:
        return self._context.workspace == OPTIMIZERS

    def _undo(self) -> None:
        self._ask(self._context.session, "undo")

    def _redo(self) -> None:
        self._ask(self._context.session, "redo")

    def _toggle_hidden(self) -> None:
        self._context.hide_results(not self._context.is_hidden)

    def _hide_next(self) -> None:
        """Go one operation on with its result hidden, so that nobody has seen it before predicting."""
        self._context.hide_results(True)
        self._try("step", "operation", 1)

    def _escape(self) -> None:
        self._context.selection.point_at(NOTHING)
        self._context.selection.select(NOTHING)
        self._context.selection.select_rows()
        self._context.hide_results(False)
        self.escaped.emit()

    def _is_whole(self) -> bool:
        """Say whether what is moved is computed from end to end, in one step."""
        return not self._is_racing() and self.subject in WHOLE

    def _has_start(self) -> bool:
        """Say whether there are initial weights, or a race that begins somewhere."""
        return not self._is_whole()

    def _can_run(self) -> bool:
        document = self._context.session.document
        return self._is_racing() or document.subject != "network" or bool(document.network.layers)

    def _is_past_start(self) -> bool:
        if self._is_racing():
            return not self._context.race.is_at_start
        return self.frame is not None and (self.frame.step > 0 or self.frame.cursor > 0)

    def _is_before_end(self) -> bool:
        if self._is_racing():
            return not self._context.race.is_at_end
        if self._is_whole():
            return self.frame is not None and self.frame.step == 0
        return self.frame is not None and self.frame.step < self.frame.last_step

    def _is_stepping(self) -> bool:
        return self._context.workspace == "step"

    def _can_undo(self) -> bool:
        return bool(self._context.session.can_undo)

    def _can_redo(self) -> bool:
        return bool(self._context.session.can_redo)

    def _undo_title(self) -> str:
        return f"{tr('&Undo')} {in_menu(self._context.session.undo_label)}".strip() if self._can_undo() else tr("&Undo")

    def _redo_title(self) -> str:
        return f"{tr('&Redo')} {in_menu(self._context.session.redo_label)}".strip() if self._can_redo() else tr("&Redo")

    def _play_title(self) -> str:
        return tr("&Pause") if self.is_running else tr("&Play")

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the Edit and Run menus."""
        return (*self._edit_actions(), *self._run_actions(), *self._size_actions())

    def _edit_actions(self) -> tuple[Action, ...]:
        redo_keys = ("Ctrl+Shift+Z", "Ctrl+Y")
        return (
            Action("undo", tr("&Undo"), self._undo, "edit", ("Ctrl+Z",), "undo",
                   tr("Undo the last change of the document"), is_enabled=self._can_undo, live_title=self._undo_title),
            Action("redo", tr("&Redo"), self._redo, "edit", redo_keys, "redo", tr("Redo the change that was undone"),
                   is_enabled=self._can_redo, live_title=self._redo_title),
            Action("escape", tr("Deselect"), self._escape, "edit", ("Esc",), group=2,
                   tip=tr("Select nothing and show what was hidden")),
        )  # fmt: skip

    def _run_actions(self) -> tuple[Action, ...]:
        past, ahead = self._is_past_start, self._is_before_end
        return (
            Action("play", tr("&Play"), self.play_or_pause, "run", ("Space",), "play", tr("Play or pause"),
                   self._can_run, live_title=self._play_title),
            Action("forward", tr("Step &forward"), self.forward, "run", ("PgDown",), "forward",
                   tr("One step forward, of the chosen size"), self._can_run, group=1),
            Action("back", tr("Step &back"), self.back, "run", ("PgUp",), "back",
                   tr("Step back in time; edits stay"), past, group=1),
            Action("start", tr("To the &start"), self._home, "run", ("Home",), "start",
                   tr("To the first recorded point"), past, group=1),
            Action("end", tr("To the &end"), self._end, "run", ("End",), tip=tr("To the last recorded point"),
                   is_enabled=ahead, group=1),
            Action("finish_phase", tr("F&inish this phase"), self._finish_phase, "run", ("Shift+PgDown",),
                   tip=tr("Finish this phase of the pass"), submenu=tr("Step b&y"),
                   is_enabled=self._is_stepping, group=2),
            Action("hide", tr("&Hide the result"), self._toggle_hidden, "run", ("H",),
                   tip=tr("Hide the result until the next step, to predict it first"),
                   is_enabled=self._is_stepping, is_checked=self._is_hidden, group=2),
            Action("hide_next", tr("Step on and hide the &result"), self._hide_next, "run", ("Shift+H",),
                   tip=tr("One operation on, with its result hidden: predict it, then press PgDn"),
                   submenu=tr("Step b&y"), is_enabled=self._is_stepping, group=2),
            Action("reset", tr("&Reset to the same weights"), self._reset, "run", ("Ctrl+R",), "reset",
                   tr("Back to the same initial weights"), self._has_start, group=3),
            Action("seed", tr("&New initial weights"), self._new_seed, "run", ("Ctrl+Shift+R",), "seed",
                   tr("New initial weights from a new seed"), self._has_start, group=3),
        )  # fmt: skip

    def _is_hidden(self) -> bool:
        return self._context.is_hidden

    def _size_actions(self) -> tuple[Action, ...]:
        return tuple(
            SizeChoice(self, size).action(str(index)) for index, size in enumerate(get_args(Granularity), start=1)
        )


class SizeChoice(QObject):
    """One step size as an action."""

    def __init__(self, commands: RunCommands, size: Granularity) -> None:
        super().__init__(commands)
        self._commands, self._size = commands, size

    def action(self, key: str) -> Action:
        """Return the entry of the submenu."""
        return Action(
            f"by_{self._size}", granularity_word(self._size), self._take, "run", (key,),
            tip=tr("Step by {size}", size=granularity_word(self._size)), is_enabled=self._is_offered,
            is_checked=self._is_taken, live_title=self._title, submenu=tr("Step b&y"), group=2,
        )  # fmt: skip

    def _title(self) -> str:
        return granularity_word(self._size, self._commands.subject)

    def _is_offered(self) -> bool:
        return self._commands.has_size(self._size)

    def _take(self) -> None:
        self._commands.use_size(self._size)

    def _is_taken(self) -> bool:
        return self._commands.by == self._size
