"""Runs panel: all runs of the session, how two differ, the log of one, and experiments that vary a setting."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui import numbers
from dlviz.gui.actions import Action
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.runs.comparison import Compared, Comparison
from dlviz.gui.panels.runs.log import KEYS, LogPage, with_note
from dlviz.gui.panels.runs.model import COLUMNS, NAME, NOTE
from dlviz.gui.panels.runs.table import RunsTable
from dlviz.gui.panels.runs.vary.page import VaryPage
from dlviz.gui.run_words import run_name
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.copying import Offer, Plotted, copy_csv
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.run_row import RunRow

PAGES = ("runs", "log", "vary")


class RunsPanel(Panel):
    """A table of runs over a comparison of two: the selected ones, else the one on show with its parent."""

    key = "runs"
    needs: ClassVar[frozenset[Need]] = frozenset()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        hint = tr("Go back, change a setting and play: both runs stay.")
        self.table, self.comparison = RunsTable(), Comparison(hint)
        self.vary = VaryPage(context)
        self.happened = LogPage()
        self.log = self.happened.events
        choices = (("runs", tr("runs")), ("log", tr("log")), ("vary", tr("vary")))
        self.title_tool = self.which = Words(tr("What is shown: all runs, the log of one, or an experiment"), choices)
        self.which.setToolTip(
            tr("All runs of this session, what happened to the one on show, or many with other settings, compared")
        )
        self.words = Text("", "muted", "small")
        self.words.setWordWrap(True)
        self.pin = IconButton("pin", tr("Pin"), tr("Keep the selected run in the curves and in the list"), 3 * GRID)
        tip = tr("Take the selected run out of the list; it can be brought back")
        self.remove = IconButton("delete", tr("Delete"), tip, 3 * GRID)
        self.pin.setCheckable(True)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        listed, line = QWidget(), QHBoxLayout()
        layout, whole = QVBoxLayout(listed), QVBoxLayout(self)
        spaced(line, gap=GRID // 2)
        spaced(layout, gap=GRID // 2)
        spaced(whole, gap=0)
        whole.setContentsMargins(GRID, 0, GRID, GRID // 2)
        line.addWidget(self.words, 1)
        line.addWidget(self.pin)
        line.addWidget(self.remove)
        layout.addWidget(self.table, 1)
        layout.addLayout(line)
        layout.addWidget(self.comparison)
        self.pages = QStackedWidget()
        self.pages.addWidget(listed)
        self.pages.addWidget(self.happened)
        self.pages.addWidget(self.vary)
        whole.addWidget(self.pages)

    def _connect(self) -> None:
        self.table.chosen.connect(self._switch)
        self.table.removed.connect(self._remove)
        self.table.compared.connect(self._refresh)
        self.table.runs.described.connect(self._describe)
        self.pin.clicked.connect(self._pin)
        self.remove.clicked.connect(self._remove_selected)
        self.log.sought.connect(self._seek)
        self.happened.noted.connect(self._note)
        self.which.chosen.connect(self._show_page)
        self.context.vary_wanted.connect(self._vary)

    def show_document(self, document: Document) -> None:
        """Offer what can be varied in a document."""
        self.vary.show_document(document)

    def show_frame(self, frame: Frame) -> None:
        """Show the runs and the experiment as they stand."""
        self.vary.show_frame(frame)
        self.table.show_rows(frame.runs)
        self.log.show_events(with_note(frame.events, self._current()), frame.step)
        self._say_what()
        self._refresh()

    def interest(self, base: Interest) -> Interest:
        """Ask what happened while the log is on show."""
        return replace(base, needs=base.needs | {"events"}) if self.pages.currentWidget() is self.happened else base

    @Slot(str)
    def _note(self, words: str) -> None:
        self._try("note", words)

    @Slot(int)
    def _seek(self, step: int) -> None:
        self.context.session.seek(step)

    @Slot(str)
    def _show_page(self, key: str) -> None:
        self.pages.setCurrentIndex(PAGES.index(key))
        self.context.interest_changed.emit()
        self._say_what()

    def _say_what(self) -> None:
        """Say beside the title how many runs there are, or what the experiment is called."""
        count = len(self.table.runs.rows)
        is_vary = self.pages.currentWidget() is self.vary
        self.set_info(self.vary.title if is_vary else numbers.count(count) if count > 1 else "")

    @Slot()
    def _vary(self) -> None:
        """Show the form of an experiment, ready for the keyboard."""
        self.which.set_key("vary")
        self._show_page("vary")
        self.vary.show_form()
        self.vary.form.setFocus()

    @property
    def subject(self) -> RunRow | None:
        """The run that buttons are about: the selected one, else the one on show."""
        selected = self.table.selected()
        return selected[0] if len(selected) == 1 else self._current() if not selected else None

    def _current(self) -> RunRow | None:
        return next((row for row in self.table.runs.rows if row.is_current), None)

    def compared(self) -> tuple[RunRow, ...]:
        """Return the two runs to compare, or none."""
        selected = self.table.selected()
        if len(selected) == 2:
            return selected[0], selected[1]
        shown = selected[0] if len(selected) == 1 else self._current()
        parent = shown.origin.parent if shown and len(selected) < 2 else None
        return next(((row, shown) for row in self.table.runs.rows if shown and row.uid == parent), ())

    @Slot()
    def _refresh(self) -> None:
        subject = self.subject
        self.pin.setEnabled(subject is not None)
        self.remove.setEnabled(subject is not None and len(self.table.runs.rows) > 1)
        self.pin.setChecked(subject is not None and subject.label.is_pinned)
        self.comparison.compare([Compared(run_name(row), row.document) for row in self.compared()])
        self.words.setText(self.comparison.words)

    def _try(self, call: str, *arguments: object, **more: object) -> bool:
        """Ask the session; a refusal is shown."""
        try:
            getattr(self.context.session, call)(*arguments, **more)
        except DlvizError as error:
            self.context.notify(error)
            return False
        return True

    @Slot(int)
    def _switch(self, uid: int) -> None:
        self._try("switch_run", uid)

    @Slot(int, str, str)
    def _describe(self, uid: int, key: str, text: str) -> None:
        self._try("describe_run", uid, **{key: text})

    @Slot()
    def _pin(self) -> None:
        if self.subject is not None:
            self._try("describe_run", self.subject.uid, is_pinned=not self.subject.label.is_pinned)

    @Slot()
    def _edit_name(self) -> None:
        if self.subject is not None:
            self.table.edit_cell(self.subject.uid, NAME)

    @Slot()
    def _edit_note(self) -> None:
        if self.subject is not None:
            self.table.edit_cell(self.subject.uid, NOTE)

    @Slot()
    def _remove_selected(self) -> None:
        if self.subject is not None:
            self._remove(self.subject.uid)

    @Slot(int)
    def _remove(self, uid: int) -> None:
        """Take a run out of the list, and offer to bring it back."""
        name = next((run_name(row) for row in self.table.runs.rows if row.uid == uid), "")
        if self._try("remove_run", uid):
            back = partial(self.context.session.bring_back_run, uid)
            self.context.notify(tr("{run} was deleted.", run=name), Action("bring_back", tr("Bring back"), back))

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer what the buttons do, and the table to copy."""
        if self.pages.currentWidget() is self.vary:
            return super().offers(shown)
        if self.pages.currentWidget() is self.happened:
            return ((tr("Copy as CSV"), self.copy),)
        return (
            (tr("Name"), self._edit_name), (tr("Note"), self._edit_note), (tr("Pin"), self._pin),
            (tr("Delete"), self._remove_selected), (tr("Copy as CSV"), self.copy),
        )  # fmt: skip

    @Slot()
    def copy(self) -> None:
        """Put the table, or the log, on the clipboard with every digit."""
        if self.pages.currentWidget() is self.happened:
            copy_csv(KEYS, self.log.log.table())
            return
        copy_csv([column.key for column in COLUMNS], self.table.runs.table())


def make_runs_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return RunsPanel(context)


panels.add(
    PanelEntry(
        "runs", tr("Runs"), "right", (), make_runs_panel, order=3, stretch=4, subjects=("network", "rule"),
        behind="curves",
    )
)  # fmt: skip
