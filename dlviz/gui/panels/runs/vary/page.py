"""The part of the runs panel in which one setting or two are varied: the form, then what comes out."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.runs.vary.form import VaryForm
from dlviz.gui.panels.runs.vary.results import Results
from dlviz.gui.panels.runs.vary.words import title_of
from dlviz.gui.widgets.paint import spaced
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import Frame
from dlviz.session.vary import Experiment


class VaryPage(QWidget):
    """Shows the form until an experiment was started, then its results; both can be gone to."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: Document | None = None
        self.form, self.results = VaryForm(), Results()
        self.pages = QStackedWidget()
        for page in (self.form, self.results):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        spaced(layout, gap=0)
        layout.addWidget(self.pages)
        self.form.started.connect(self._start)
        self.form.left.connect(self._show_results)
        self.results.cancelled.connect(self._cancel)
        self.results.form_asked.connect(self.show_form)
        self.results.opened.connect(self._open)
        self.results.rate_taken.connect(self._use_rate)
        self.results.map_asked.connect(self._context.seeds_wanted)

    def show_document(self, document: Document) -> None:
        """Offer what can be done with a document, once somebody sees it: that may take looking at its data."""
        self._document = document
        if self.isVisible():
            self.form.show_document(document)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the document."""
        super().showEvent(event)
        if self._document is not None:
            self.form.show_document(self._document)

    @property
    def title(self) -> str:
        """What the experiment on show is called; nothing while the form is on show."""
        view = self.results.view
        return title_of(view.experiment) if view is not None and self.pages.currentWidget() is self.results else ""

    def show_frame(self, frame: Frame) -> None:
        """Show how far the experiment has come; one that is new comes to the front."""
        view = frame.experiment
        if view is None:
            self.results.view = None
            self.form.can_leave(False)
            self.show_form()
            return
        is_new = self.results.view is None or view.serial != self.results.view.serial
        self.results.show_view(view)
        self.form.can_leave(True)
        if is_new:
            self._show_results()

    @Slot()
    def show_form(self) -> None:
        """Show the form, set up as the experiment on show was."""
        view = self.results.view
        if view is not None and self.pages.currentWidget() is self.results:
            self.form.show_experiment(view.experiment)
        self.pages.setCurrentWidget(self.form)

    @Slot()
    def _show_results(self) -> None:
        focused = QApplication.focusWidget()
        has_focus = focused is not None and self.isAncestorOf(focused)
        self.pages.setCurrentWidget(self.results)
        if has_focus:
            self.results.table.setFocus()

    @Slot(object)
    def _start(self, experiment: Experiment) -> None:
        self._try("start_experiment", experiment)

    @Slot()
    def _cancel(self) -> None:
        self._try("cancel_experiment")

    @Slot(int)
    def _open(self, number: int) -> None:
        self._try("open_trial", number)

    @Slot(float)
    def _use_rate(self, rate: float) -> None:
        change = partial(edits.set_optimizer_setting, name="lr", value=rate)
        edit(self._context, tr("Change the learning rate"), change)

    def _try(self, call: str, *arguments: object) -> None:
        """Ask the session; a refusal is shown."""
        try:
            getattr(self._context.session, call)(*arguments)
        except DlvizError as error:
            self._context.notify(error)
