"""Edits of the data from any page of the panel: at once, or on a thread where they take seconds."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from dlviz.core.errors import DlvizError
from dlviz.gui.panel import Context
from dlviz.gui.panels.data.job import Job
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for

LARGE_NUMBERS = 2**22  # inputs of a set that are split and scaled in a tenth of a second
Edit = Callable[..., Document]  # takes a document and the arguments that `edit` was given


class DataEdits(QObject):
    """Puts edits into the session; a refusal is told, and `refused` asks to show again what stands."""

    busy = Signal(str)  # the title of a large set that is being split and scaled
    refused = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._gesture = 0
        self._preparing = Job(self)
        self._preparing.finished.connect(self._use)
        self._preparing.failed.connect(self.refuse)

    def edit(self, change: Edit, label: str, merge: str, *arguments: object) -> None:
        """Edit the document by a pure function. merge: what moves of one gesture share, "" for an edit of its own."""
        session = self.context.session
        before: Document = session.document
        merge = merge and f"{merge}.{self._gesture}"
        try:
            document: Document = change(before, *arguments)
            if not _takes_long(before, document):
                session.edit(document, label, merge)
                return
        except DlvizError as error:
            self.refuse(error)
            return
        self.busy.emit(before.data.dataset.title)
        self._preparing.start(lambda _: _prepared(before, document, label, merge))

    @Slot()
    def end_gesture(self) -> None:
        """Let the next move be another change: the knob was released."""
        self._gesture += 1

    def start_over(self, document: Document, label: str) -> None:
        """Begin a run of its own with an edited document."""
        try:
            self.context.session.start_over(document, label)
        except DlvizError as error:
            self.refuse(error)

    @Slot(object)
    def _use(self, edit: tuple[Document, Document, str, str]) -> None:
        """Make an edit whose data are ready now, unless other data came meanwhile."""
        before, document, label, merge = edit
        session = self.context.session
        if session.document.data is not before.data:
            self.refused.emit()
            return
        try:
            session.edit(replace(session.document, data=document.data), label, merge)
        except DlvizError as error:
            self.refuse(error)

    @Slot(object)
    def refuse(self, error: DlvizError) -> None:
        """Tell why nothing changed."""
        self.context.notify(error)
        self.refused.emit()

    def cancel(self) -> None:
        """Give up what is being prepared."""
        self._preparing.cancel()


def _takes_long(before: Document, document: Document) -> bool:
    """Say whether an edit splits or scales so many numbers anew that the window would stand still meanwhile."""
    rows = before.data.dataset
    if rows is None:
        return False
    return rows.is_streamed or (rows.inputs.size > LARGE_NUMBERS and not document.data.prepares_like(before.data))


def busy_words(title: str) -> str:
    """Say that a large set is being split and scaled."""
    return tr("Preparing {name} …", name=title)


def _prepared(before: Document, document: Document, label: str, merge: str) -> tuple[Document, Document, str, str]:
    """Split and scale a large set for an edit, on a thread: it takes seconds. Raises: DlvizError."""
    prepared_for(document)
    return before, document, label, merge
