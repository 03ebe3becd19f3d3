"""Start and end of the window's process: one QApplication, one session, one way to shut down."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import PySide6  # noqa: F401  before pyqtgraph, which would look for other bindings first
from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from dlviz.core.errors import DlvizError
from dlviz.gui import hooks
from dlviz.gui.collection import Collection
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.icons import icon
from dlviz.gui.look import Look
from dlviz.gui.main_window import MainWindow
from dlviz.gui.remembered import Remembered
from dlviz.gui.theme import THEMES, Theme, current, font, palette, theme_signals
from dlviz.i18n import tr
from dlviz.session.presets import first_document, step_document
from dlviz.session.session import Session
from dlviz.session.settings import settings_path

SWITCH_SECONDS = 0.0002  # how long the worker's Python may keep the window waiting
FONT_AFTER_MS = 1000  # from the panels on; the first pictures are worth more than a formula nobody asked for yet


def make_application() -> QApplication:
    """Return the QApplication in the look of the app; a test's own one is taken as it is."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["dlviz"])
    app.setApplicationName("dlviz")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("dlviz")
    if not isinstance(app.style(), Look):
        app.setStyle(Look())
    return app


class Painter(QObject):
    """Gives the application palette, font and icon of the theme in use."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        theme_signals.changed.connect(self.paint)

    @Slot(object)
    def paint(self, theme: Theme) -> None:
        """Use a theme in the whole application."""
        self._app.setPalette(palette(theme))
        self._app.setFont(font())
        self._app.setWindowIcon(icon("logo", 64))


@dataclass
class Running:
    """What lives while the window is open."""

    app: QApplication
    window: MainWindow
    session: Session


def open_window(
    theme: str = "", settings: Path | None = None, dialogs: Dialogs | None = None, size: tuple[int, int] | None = None
) -> Running:
    """Show the window over the first document; its panels come with `open_panels`.

    settings: where choices are remembered, None for nowhere. Raises: SpecError for an unknown theme.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    app = make_application()
    painter = app.findChild(Painter) or Painter(app)
    remembered = Remembered(settings)
    wanted = theme or remembered.settings.theme
    theme_signals.use(wanted if theme or wanted in THEMES else current().key)
    painter.paint(current())
    session = Session(first_document())
    window = MainWindow(session, dialogs, remembered)
    window.resize(*(size or _first_size(app)))
    window.show()
    return Running(app, window, session)


def _first_size(app: QApplication) -> tuple[int, int]:
    room = app.primaryScreen().availableGeometry()
    return min(1440, room.width()), min(860, room.height())


def begin(running: Running, file: Path | None, workspace: str) -> None:
    """Open the panels, then the file; without one the first network begins to learn at once."""
    window = running.window
    window.open_panels(workspace or "network")
    _load_font_later(window)
    if window.remembered.settings.note:
        window.notifier(window.remembered.settings.note)
    if file is not None:
        window.files.open(file)
        return
    if window.context.workspace == "step":
        running.session.new(step_document())
        return
    is_first = not window.remembered.cards_used()
    window.centre.cards.setVisible(is_first)
    window.context.be_calm(is_first)
    window.run.play()


def _load_font_later(window: MainWindow) -> None:
    from dlviz.gui.typeset.view import typesetter

    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.timeout.connect(typesetter().load_font)
    timer.start(FONT_AFTER_MS)


def run(file: Path | None = None, workspace: str = "", theme: str = "") -> int:
    """Open the window and return the exit status once it is closed.

    Raises: DlvizError where there is no display.
    """
    _require_display()
    stop = Stop()
    hooks.open_log(Path(platformdirs.user_log_dir("dlviz", appauthor=False)))
    running = open_window(theme, settings_path())
    collection = Collection(running.app)
    try:
        hooks.install(running.window.notifier, running.window.quit_without_questions)
        # Painted before pyqtgraph is imported.
        running.app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        begin(running, file, workspace)
        collection.start(running.window.bridge.is_idle)
        return 0 if stop.will_end(running.window) else running.app.exec()
    finally:
        # Also where Ctrl+C comes while the window opens: a worker that is left running would keep the program.
        _shut_down(running, collection)


def _require_display() -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names):
        raise DlvizError(
            tr("Expected a display for the window. Received: neither DISPLAY nor WAYLAND_DISPLAY is set"),
            tr("Use dlviz train or dlviz shot, which need none."),
        )


class Stop:
    """Closes cleanly on Ctrl+C and on a polite kill; the bridge's timer gives Python the time to see them.

    It listens before the window is there: an interrupt raised inside a slot of Qt would be lost.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._window: MainWindow | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: object) -> None:
        self._is_asked = True
        if self._window is not None:
            # Not at once: Python may be in the middle of painting.
            QTimer.singleShot(0, self._window.quit_without_questions)

    def will_end(self, window: MainWindow) -> bool:
        """Say whether the window was asked to close before it was open; from now on it closes when asked."""
        self._window = window
        return self._is_asked


def _shut_down(running: Running, collection: Collection) -> None:
    """Stop the clock, join the worker, give garbage collection back; safe to call twice."""
    running.window.bridge.stop()
    running.session.close()
    collection.stop()
    running.window.deleteLater()
    running.app.processEvents()
