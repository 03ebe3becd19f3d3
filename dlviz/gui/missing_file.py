"""A document that names a data file: show its path, ask, and read it only then."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from dlviz.core.errors import DataError
from dlviz.gui.actions import Action
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.panel import Context
from dlviz.gui.panels.data.job import Job
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.files.data_file import LABELS, with_file
from dlviz.session.prepared import prepared_for

IMAGES = "images"  # the format that is a folder


class MissingFile(QObject):
    """Offers to open the data file of an opened document; the run then goes on where it was saved."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs = window, context, dialogs
        self._reading = Job(self)
        self._reading.finished.connect(self._attach)
        self._reading.failed.connect(self._refuse)

    def offer(self) -> None:
        """Say which file is wanted, where one is; opening a document opens no other file by itself."""
        path = self._context.session.missing_file
        if path is not None:
            action = Action("open_named_data", tr("Open {name}", name=path.name), self.open)
            self._context.notify(DataError(self._words(path)), action)

    def _words(self, path: Path) -> str:
        """Name everything that will be opened."""
        settings = self._context.session.document.data.settings
        if settings.get("format") == IMAGES:
            return tr("This document trains on the images of the folder {path}.", path=path)
        if labels := settings.get(LABELS):
            return tr("This document trains on the files {path} and, beside it, {labels}.", path=path, labels=labels)
        return tr("This document trains on the file {path}.", path=path)

    def open(self) -> None:
        """Read the file or folder, or ask where it is now."""
        session = self._context.session
        path: Path | None = session.missing_file
        if path is not None and not path.exists():
            is_folder = session.document.data.settings.get("format") == IMAGES
            ask = self._dialogs.open_folder if is_folder else self._dialogs.open_data
            path = ask(self._window, str(path.parent))
        if path is not None:
            document, chosen = session.document, path

            def work(cancelled: Callable[[], bool]) -> Document:
                whole = with_file(document, chosen, cancelled)
                prepared_for(whole)  # split and scaled here, so that the window finds it ready
                return whole

            self._reading.start(work)

    @Slot(object)
    def _attach(self, document: Document) -> None:
        if self._context.session.missing_file is not None:
            self._context.session.attach(document)

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        self._context.notify(error)
