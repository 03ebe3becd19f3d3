"""New, open, save, load data, quit: and never losing changes on the way."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.commands.data_files import DataCommands
from dlviz.gui.commands.weights import WeightCommands
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.missing_file import MissingFile
from dlviz.gui.panel import Context
from dlviz.gui.remembered import Remembered
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.presets import empty_document

DOCUMENT_ENDINGS = (".dlviz", ".json", ".sheet")


class FileCommands(QObject):
    """What the File menu does, with the questions it asks."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs, self._remembered = window, context, dialogs, remembered
        self._missing = MissingFile(window, context, dialogs)
        self.data = DataCommands(window, context, dialogs, remembered)
        self.weights = WeightCommands(window, context, dialogs, remembered)

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the File menu."""
        return (
            Action("new", tr("&New"), self.new, "file", ("Ctrl+N",), "new", tr("New: two circles, no layer yet")),
            Action("open", tr("&Open…"), self.ask_and_open, "file", ("Ctrl+O",), "open", tr("Open a document")),
            *self.data.recent_actions(self._open_recent),
            *self.data.actions(),
            Action("save", tr("&Save"), self.save_now, "file", ("Ctrl+S",), "save", tr("Save the document"), group=2),
            Action("save_as", tr("Save &as…"), self.save_elsewhere, "file", ("Ctrl+Shift+S",), group=2),
            self.weights.action(),
            Action("quit", tr("&Quit"), self._quit, "file", ("Ctrl+Q",), group=3),
        )

    def new(self) -> None:
        """Start an empty document, if the changes to this one may go."""
        self.show(empty_document())

    def show(self, document: Document) -> bool:
        """Show a fresh document, if the changes to this one may go."""
        if self.may_go():
            self._context.session.new(document)
            return True
        return False

    def ask_and_open(self) -> None:
        """Ask for a document and open it."""
        path = self._dialogs.open_document(self._window, self._remembered.folder())
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> bool:
        """Open a document; one that cannot be read changes nothing and is told in one sentence."""
        if not self.may_go():
            return False
        try:
            self._context.session.open(path)
        except DlvizError as error:
            self._context.notify(error)
            return False
        self._remembered.opened(path)
        self._missing.offer()
        return True

    def ask_for_data(self) -> None:
        """Ask for a data file and read it."""
        self.data.ask()

    def take(self, *paths: Path) -> None:
        """Take what was dropped on the window: a document, otherwise data."""
        if len(paths) == 1 and paths[0].suffix.lower() in DOCUMENT_ENDINGS:
            self.open(paths[0])
        else:
            self.data.take(paths)

    def _open_recent(self, number: int) -> None:
        self.take(self.data.recent(number))

    def save_now(self) -> None:
        """Save where it was saved before, or ask."""
        self.save()

    def save_elsewhere(self) -> None:
        """Ask where to save."""
        self._save_to(self._dialogs.save_document(self._window, self._suggestion()))

    def save(self) -> bool:
        """Save; say whether it is on disk now."""
        path = self._context.session.path
        return self._save_to(Path(path) if path else self._dialogs.save_document(self._window, self._suggestion()))

    def _suggestion(self) -> str:
        title: str = self._context.session.document.title
        name = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in title)
        return str(Path(self._remembered.folder()) / f"{name.strip() or 'network'}.dlviz")

    def _save_to(self, path: Path | None) -> bool:
        if path is None:
            return False
        try:
            self._context.session.save(path)
        except DlvizError as error:
            self._context.notify(error)
            return False
        self._remembered.opened(path)
        self._context.notify(tr("Saved {name}.", name=path.name))
        return True

    def may_go(self) -> bool:
        """Say whether this document may go: it is saved, was saved just now, or nobody minds."""
        session = self._context.session
        if not session.is_dirty:
            return True
        answer = self._dialogs.unsaved(self._window, session.document.title)
        return self.save() if answer == "save" else answer == "discard"

    def _quit(self) -> None:
        self._window.close()
