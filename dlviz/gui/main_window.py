"""The main window: it puts together what the registries and commands offer, and holds no feature."""

import importlib
import pkgutil

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QMainWindow, QMenuBar

import dlviz.gui.panels
from dlviz.gui import letters
from dlviz.gui.actions import Action, LiveAction
from dlviz.gui.bridge import Bridge
from dlviz.gui.centre import Centre
from dlviz.gui.commands.answers import AnswerCommands
from dlviz.gui.commands.checks import CheckCommands
from dlviz.gui.commands.data_files import local_files
from dlviz.gui.commands.files import FileCommands
from dlviz.gui.commands.help_cards import card_actions
from dlviz.gui.commands.listing import ListCommands
from dlviz.gui.commands.pictures import PictureCommands
from dlviz.gui.commands.run import RunCommands
from dlviz.gui.commands.slips import slip_actions
from dlviz.gui.commands.step_view import StepViewCommands
from dlviz.gui.commands.vary import VaryCommands
from dlviz.gui.commands.view import ViewCommands
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.docks import Docks
from dlviz.gui.health import HealthLine
from dlviz.gui.keys import belongs_to_focus
from dlviz.gui.menus import fill, shortcut_rows
from dlviz.gui.notifications import Notifier
from dlviz.gui.panel import Context, Panel, panels
from dlviz.gui.panels.data.job import Job
from dlviz.gui.remembered import Remembered
from dlviz.gui.selection import Selected
from dlviz.gui.shortcuts_dialog import ShortcutsDialog
from dlviz.gui.status import StatusBar
from dlviz.gui.toolbar import ToolRow
from dlviz.gui.transport import TransportBar
from dlviz.gui.verbatim import in_window_title
from dlviz.gui.widgets.bars import Foot, Stack
from dlviz.gui.widgets.paint import Hairline
from dlviz.gui.workspaces import workspaces
from dlviz.session.messages import Frame

LEAST_SIZE = (960, 560)
FIRST_SIZE = (1280, 720)


class MainWindow(QMainWindow):
    """One window over one session. `open_panels` is called once it has been painted."""

    def __init__(self, session: object, dialogs: Dialogs | None = None, remembered: Remembered | None = None) -> None:
        super().__init__()
        self.setObjectName("main")
        self.remembered = remembered or Remembered()
        self.centre = Centre()
        self.notifier = Notifier(self.centre.bar, self)
        self.context = Context(session, self.notifier, self)
        self.bridge = Bridge(self.context, self)
        self.docks = Docks(self, self.remembered)
        self.run = RunCommands(self.context, self)
        asks = dialogs or Dialogs()
        self.files = FileCommands(self, self.context, asks, self.remembered)
        self.views = ViewCommands(self, self.context, self.docks, self.files, self.remembered)
        self.live: dict[str, LiveAction] = {}
        self._moment: tuple[object, ...] = ()
        self._note = ""
        self._race_moment: tuple[object, ...] = ()
        self._may_ask = True
        self.answers = AnswerCommands(self, self.context, asks, self.remembered)
        checks = CheckCommands(self.context, self.docks, self)
        self.vary = VaryCommands(self.context, self.docks, self)
        listing = ListCommands(self, self.context, self.bridge)
        self.pictures = PictureCommands(self, self.context, asks, self.remembered)
        further = (
            *slip_actions(self.context, self),
            *self.answers.actions(),
            *checks.actions(),
            *listing.actions(),
            *self.vary.actions(),
            *self.pictures.actions(),
            *card_actions(self),
        )
        step_view = StepViewCommands(self.context, self.remembered, self).actions()
        self._add_actions((*self.files.actions(), *self.run.actions(), *self.views.actions(), *step_view, *further))
        self.context.step_view.changed.connect(self.refresh)
        self._lay_out()
        self._connect()
        self._show_document()

    def _lay_out(self) -> None:
        self.bar = QMenuBar()
        self.tools = ToolRow(self.context, self.live)
        self._add_actions(self.tools.chips.actions_offered())
        self.transport = TransportBar(self.context, self.live)
        self.status = StatusBar(HealthLine(self.context))
        self.setCentralWidget(self.centre)
        self.setMenuWidget(Stack(self.bar, self.tools, Hairline()))
        self.setStatusBar(Foot(Stack(Hairline(), self.transport, Hairline(), self.status)))
        self.setDockNestingEnabled(True)
        self.setAcceptDrops(True)
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*FIRST_SIZE)
        self._fill_menus()

    def _connect(self) -> None:
        self.context.session.subscribe(self._show_document)
        self.bridge.frame_shown.connect(self._show_frame)
        self.bridge.frame_shown.connect(self.context.race.take)
        self.context.race.moved.connect(self._show_race)
        self.tools.workspace_chosen.connect(self.use_workspace)
        self.transport.step_size_chosen.connect(self.run.use_size)
        self.transport.speed.changed.connect(self.run.use_rate)
        self.run.use_rate(self.transport.speed.rate())
        self.run.step_size_changed.connect(self._show_step_size)
        self.notifier.place_marked.connect(self._mark)
        self.context.selection.changed.connect(self._open_for_selection)
        self.context.hidden_changed.connect(self.status.use_hidden)
        self.context.room_wanted.connect(self.docks.widen)
        self.status.health.operation_asked.connect(self.views.step_to)
        cards = self.centre.cards
        cards.used.connect(self._end_calm)
        self.run.escaped.connect(cards.put_away)
        self.vary.began.connect(cards.put_away)
        self.run.escaped.connect(self.centre.bar.hide)
        self.centre.rows.follow(self.context)
        self.centre.rows.walk_asked.connect(self.views.walk_row)
        self.bridge.frame_shown.connect(self.centre.rows.show_frame)
        cards.watch.clicked.connect(self.views.watch)
        cards.step.clicked.connect(self.views.step_one)
        cards.race.clicked.connect(self.views.race)
        cards.data.clicked.connect(self.files.ask_for_data)
        self.views.on_workspace = self.answers.on_workspace = self.vary.on_workspace = self.use_workspace
        self.views.on_play = self.run.play
        self.views.on_shortcuts = self._show_shortcuts

    def _add_actions(self, records: tuple[Action, ...]) -> None:
        for record in records:
            self.live[record.id] = LiveAction(record, self)
            self.addAction(self.live[record.id])

    def _fill_menus(self) -> None:
        self.menus = fill(self.bar, self.live.values(), self.docks.toggle_actions())
        for menu in self.menus.values():
            menu.aboutToShow.connect(self.refresh)

    def open_panels(self, workspace: str = "network") -> None:
        """Create all panels, arrange them and start to draw."""
        for module in pkgutil.iter_modules(dlviz.gui.panels.__path__, "dlviz.gui.panels."):
            importlib.import_module(f"{module.name}.panel" if module.ispkg else module.name)
        for entry in sorted(panels, key=lambda each: each.order):
            panel = entry.factory(self.context)
            (self.centre if entry.area == "centre" else self.docks).add(entry, panel)
            panel.show_document(self.context.session.document)
            self._add_actions(panel.actions_offered())
        self._fill_menus()
        self.use_workspace(workspace)
        for view in self.findChildren(QGraphicsView):
            view.setAcceptDrops(False)  # else a file that is dropped on a drawing never comes to the window
        self.bridge.start((self.transport, self.status), self.findChildren(Panel))

    @Slot(str)
    def use_workspace(self, key: str) -> None:
        """Show a workspace. Raises: SpecError for an unknown one."""
        workspace = workspaces.get(key)
        self.context.hide_results(False)
        self.context.use_workspace(key)
        self.status.use_workspace(key)
        self.status.show_race(self.context.race)
        self.centre.show_workspace(key)
        self.docks.show_workspace(key)
        self.tools.workspaces.set_key(key)
        self.status.show_hint(workspace.hint)
        self._show_step_size(self.run.by)
        self.bridge.ask_panels()
        self.refresh()

    @Slot(str)
    def _show_step_size(self, by: str) -> None:
        self.transport.step_size.set_key(by)
        self.transport.speed.use_size(by)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask every action again whether it applies."""
        for action in self.live.values():
            action.refresh()

    def _show_document(self) -> None:
        session = self.context.session
        self.notifier.forget_refusal()
        letters.use(session.document.symbols)
        self.setWindowTitle(f"{in_window_title(session.document.title)}[*] — dlviz")
        self.setWindowModified(session.is_dirty)
        self.tools.show_document(session.document)
        self.centre.show_subject(session.document.subject)
        self.centre.rows.show_document()
        self.docks.show_subject(session.document.subject)
        for panel in self.findChildren(Panel):
            panel.show_document(session.document)
        self.transport.offer_sizes()
        self._show_step_size(self.run.by)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        self.run.frame = frame
        self.tools.chips.show_frame(frame)
        if len(frame.runs) > 1:
            self.docks.offer("runs")
        if frame.note != self._note and frame.note:
            self._note = frame.note
            self.notifier(frame.note)
        moment = (frame.state, frame.step > 0, frame.cursor > 0, frame.step < frame.last_step)
        if moment != self._moment:
            self._moment = moment
            self.refresh()

    @Slot()
    def _show_race(self) -> None:
        """Ask for the step that is told now, and ask actions again where the race stands at an end."""
        race = self.context.race
        self.bridge.ask_panels()
        self.status.show_race(race)
        moment = (race.is_playing, race.is_at_start, race.is_at_end)
        if moment != self._race_moment:
            self._race_moment = moment
            self.refresh()

    @Slot()
    def _end_calm(self) -> None:
        self.remembered.use_cards()
        self.context.be_calm(False)

    @Slot(object)
    def _open_for_selection(self, selected: Selected) -> None:
        if selected.kind != "none":
            self.docks.open_for_selection()

    @Slot(str)
    def _mark(self, place: str) -> None:
        if any(layer.id == place for layer in self.context.session.document.network.layers):
            self.context.selection.select(Selected("layer", place))

    def _show_shortcuts(self) -> None:
        opened = self.findChild(ShortcutsDialog) or ShortcutsDialog(shortcut_rows(self.live.values()), self)
        opened.show()
        opened.raise_()
        opened.activateWindow()

    def event(self, event: QEvent) -> bool:
        """Leave keys to the focused widget where they mean something there; paint no handles between docks."""
        if event.type() == QEvent.Type.Paint:
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and belongs_to_focus(event):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn side docks into tabs where the window is narrow."""
        super().resizeEvent(event)
        self.docks.fit_width(event.size().width())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome local files."""
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a dropped document, or read dropped data."""
        self.centre.cards.put_away()
        self.files.take(*local_files(event.mimeData()))

    @Slot()
    def quit_without_questions(self) -> None:
        """Close although changes may not be saved: a signal said so, or nobody is there."""
        self._may_ask = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep or drop changes, stop the clock, join the worker and whatever reads files, then close."""
        if self._may_ask and not self.files.may_go():
            event.ignore()
            return
        self.bridge.stop()
        for job in self.findChildren(Job):  # an open dialog may be reading a file
            job.cancel()
        self.context.session.close()
        self.docks.keep()
        self.remembered.save()
        event.accept()
