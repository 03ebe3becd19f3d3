"""View, Learn and Help: workspaces, panels, themes, full screen, examples, shortcuts."""

import platform
from collections.abc import Callable

import PySide6
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QWhatsThis

from dlviz import __version__
from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.commands.files import FileCommands
from dlviz.gui.commands.subjects import example_actions, networks_menu
from dlviz.gui.docks import Docks
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.remembered import Remembered
from dlviz.gui.theme import THEMES, current, theme_signals
from dlviz.gui.workspaces import OPTIMIZERS, Workspace, workspaces
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import race_on
from dlviz.session.presets import example_document, first_document, step_document


class ViewCommands(QObject):
    """What the View, Learn and Help menus do."""

    def __init__(
        self, window: QMainWindow, context: Context, docks: Docks, files: FileCommands, remembered: Remembered
    ) -> None:
        super().__init__(window)
        self._window, self._context, self._docks = window, context, docks
        self._files, self._remembered = files, remembered
        context.gl.restore(remembered.opengl)
        context.gl.changed.connect(self._remember_opengl)
        context.gl.told.connect(self._tell)
        self.on_workspace: Callable[[str], None] = context.use_workspace
        self.on_play: Callable[[], None] = window.update
        self.on_shortcuts: Callable[[], None] = window.update

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the View, Learn and Help menus."""
        spaces = tuple(One(self, each.key).workspace_action(each) for each in workspaces)
        themes = tuple(One(self, key).theme_action(theme.title) for key, theme in THEMES.items())
        return (*spaces, *self._view_actions(), *themes, *self._learn_actions(), *self._help_actions())

    def _view_actions(self) -> tuple[Action, ...]:
        return (
            Action("reset_workspace", tr("&Reset this workspace"), self._docks.reset, "view", group=1,
                   tip=tr("Arrange the panels of this workspace as shipped")),
            Action("side_panels", tr("&Side panels"), self._docks.toggle_sides, "view", ("F9",), group=1,
                   is_checked=self._docks.are_sides_shown),
            Action("opengl", tr("Surface by &OpenGL"), self._context.gl.toggle, "view", group=2,
                   tip=tr("Draw the surface of a race with a larger mesh, where this computer has OpenGL for it"),
                   is_enabled=self._is_racing, is_checked=self._is_by_opengl),
            Action("full_screen", tr("&Full screen"), self._toggle_full_screen, "view", ("F11",), group=3,
                   is_checked=self._window.isFullScreen),
        )  # fmt: skip

    def _learn_actions(self) -> tuple[Action, ...]:
        return (
            Action("race_network", tr("R&ace optimizers on this network"), self._race_network, "run", group=4,
                   tip=tr("The same weights and batches under several optimizers, in one plane of the loss"),
                   is_enabled=self._has_network),
            Action("learn_watch", tr("&Watch it learn"), self.watch, "learn", icon="watch",
                   tip=tr("Two circles and a small network that learns to tell them apart")),
            Action("learn_step", tr("&Step one example"), self.step_one, "learn", icon="step",
                   tip=tr("One example through a 2-2-1 network, one operation at a time")),
            Action("learn_example", tr("Worked example &2-2-2"), self.step_example, "learn",
                   tip=tr("Two outputs and fixed biases, as often worked out on paper"), submenu=networks_menu()),
            *example_actions(self._context, self._show_in, self),
        )  # fmt: skip

    def _help_actions(self) -> tuple[Action, ...]:
        return (
            Action("shortcuts", tr("&Shortcuts"), self._show_shortcuts, "help", ("Ctrl+?",)),
            Action("whats_this", tr("&What's this?"), QWhatsThis.enterWhatsThisMode, "help", ("Shift+F1",),
                   tip=tr("Click anything to read what it is")),
            Action("about", tr("&About dlviz"), self._about, "help", group=1),
        )  # fmt: skip

    def _is_racing(self) -> bool:
        return self._context.workspace == OPTIMIZERS

    def _is_by_opengl(self) -> bool:
        return self._context.gl.is_used

    @Slot(str)
    def _tell(self, words: str) -> None:
        self._context.notify(words)

    @Slot()
    def _remember_opengl(self) -> None:
        self._remembered.use_opengl(self._context.gl.kept())

    @Slot(int)
    def step_to(self, operation: int) -> None:
        """Show an operation of the batch in hand, by its number from 1."""
        self.on_workspace("step")
        self._context.session.walk_to(operation)

    @Slot(int)
    def walk_row(self, row: int) -> None:
        """Walk a row of the data in Step; one that is kept for the test is refused before that is unlocked."""
        try:
            self._context.session.check_row(row)
        except DlvizError as error:
            self._context.notify(error)
            return
        self.on_workspace("step")
        self._context.session.walk_row(row)

    def watch(self) -> None:
        """Show two circles being learnt."""
        if self._files.show(first_document()):
            self.on_workspace("network")
            self.on_play()

    def step_one(self) -> None:
        """Show the 2-2-1 network, to be walked one operation at a time."""
        self._show_in(step_document(), "step")

    def race(self) -> None:
        """Start the race of optimizers that the document holds."""
        self.on_workspace(OPTIMIZERS)
        self.on_play()

    def step_example(self) -> None:
        """Show the 2-2-2 network that is often worked out on paper."""
        self._show_in(example_document(), "step")

    def _has_network(self) -> bool:
        document = self._context.session.document
        return document.subject == "network" and bool(document.network.layers)

    def _race_network(self) -> None:
        """Show the optimizers, racing on the loss of the network."""
        if self._context.session.document.race.on != "network":
            edit(self._context, tr("Race on this network"), lambda document: race_on(document, "network"))
        self.on_workspace(OPTIMIZERS)

    def _show_in(self, document: Document, workspace: str) -> None:
        if self._files.show(document):
            self.on_workspace(workspace)

    def use_theme(self, key: str) -> None:
        """Paint the window in another theme from now on."""
        theme_signals.use(key)
        self._remembered.use_theme(key)

    def _show_shortcuts(self) -> None:
        self.on_shortcuts()

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _about(self) -> None:
        versions = f"Python {platform.python_version()} · PySide6 {PySide6.__version__}"
        self._context.notify(tr("dlviz {version} · {versions}", version=__version__, versions=versions))


class One(QObject):
    """One workspace or theme as an action."""

    def __init__(self, commands: ViewCommands, key: str) -> None:
        super().__init__(commands)
        self._commands, self._key = commands, key

    def workspace_action(self, workspace: Workspace) -> Action:
        """Return the entry that shows a workspace."""
        return Action(
            f"workspace_{workspace.key}", tr("{name} workspace", name=workspace.title), self._show_workspace, "view",
            (workspace.keys,), is_checked=self._is_workspace,
        )  # fmt: skip

    def theme_action(self, title: str) -> Action:
        """Return the entry that takes a theme."""
        return Action(
            f"theme_{self._key}", title, self._use_theme, "view", is_checked=self._is_theme,
            submenu=tr("&Theme"), group=3,
        )  # fmt: skip

    def _show_workspace(self) -> None:
        self._commands.on_workspace(self._key)

    def _is_workspace(self) -> bool:
        return self._commands._context.workspace == self._key

    def _use_theme(self) -> None:
        self._commands.use_theme(self._key)

    def _is_theme(self) -> bool:
        return current().key == self._key
