"""File: start from weights that another program has saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.panel import Context
from dlviz.gui.panels.data.job import Job
from dlviz.gui.remembered import Remembered
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.files.weights_file import with_weights


class WeightCommands(QObject):
    """Reads weights on a thread, and begins a run of its own with them."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs, self._remembered = window, context, dialogs, remembered
        self._reading = Job(self)
        self._before: Document | None = None
        self._reading.finished.connect(self._use)
        self._reading.failed.connect(self._refuse)

    def action(self) -> Action:
        """Return the entry of the File menu."""
        return Action("import_weights", tr("Import &weights…"), self.ask, "file", group=2,
                      is_enabled=self._has_layers,
                      tip=tr("Start from arrays of an .npz file that are named as here: h1.W, h1.b"))  # fmt: skip

    def _has_layers(self) -> bool:
        return bool(self._context.session.document.network.layers)

    def ask(self) -> None:
        """Ask for a file of weights and start from them."""
        path = self._dialogs.open_weights(self._window, self._remembered.folder())
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Start from the weights of a file; one that does not fit changes nothing."""
        document: Document = self._context.session.document
        self._before = document

        def work(cancelled: Callable[[], bool]) -> tuple[Document, str, str]:
            return (*with_weights(document, path, cancelled), path.name)

        self._reading.start(work)

    @Slot(object)
    def _use(self, found: tuple[Document, str, str]) -> None:
        """Begin the run, unless the document was edited meanwhile."""
        document, sentence, name = found
        if self._context.session.document is not self._before:
            return
        try:
            self._context.session.start_over(document, tr("Weights: {name}", name=name))
        except DlvizError as error:
            self._refuse(error)
            return
        self._context.notify(sentence)

    @Slot(object)
    def _refuse(self, error: DlvizError) -> None:
        self._context.notify(error)
