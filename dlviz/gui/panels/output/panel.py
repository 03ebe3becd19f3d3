"""Output panel: what the network answers, in pages: a map, the hidden space, row by row, and where it errs."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.actions import Action
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.output.errors_page import ErrorsPage
from dlviz.gui.panels.output.hidden_page import HiddenPage
from dlviz.gui.panels.output.map_page import MapPage
from dlviz.gui.panels.output.page import Page
from dlviz.gui.panels.output.parts import PartWords
from dlviz.gui.panels.output.plane import Plane, first_page
from dlviz.gui.panels.output.predictions_page import PredictionsPage
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import Rows
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.copying import Offer, Plotted, copy_csv
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest


class OutputPanel(Panel):
    """One page at a time; each asks for what it needs and draws the frames that have it."""

    key = "output"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self.parts = PartWords()
        self.map, self.errors = MapPage(context, self.parts), ErrorsPage(context, self.parts)
        self.painting = self.map.painting
        self.predictions = PredictionsPage(context, self.parts)
        self.hidden = HiddenPage(context, self._plane, self.parts)
        titles = (
            ("map", tr("map")),
            ("hidden", tr("hidden")),
            ("predictions", tr("predictions")),
            ("errors", tr("errors")),
        )
        self.views = Words(tr("What the network answers: as a map, within, row by row, or where it errs"), titles)
        self._lay_out()
        self._first = context.session.document
        self.views.chosen.connect(self._change_page)
        context.calm_changed.connect(self._change_page)
        for page in self.all_pages:
            page.told.connect(self._say)
            page.asks.connect(context.interest_changed)
        context.selection.rows_changed.connect(self._mark_rows)
        context.seeds_wanted.connect(self._show_seeds)
        self.show_document(context.session.document)

    def _lay_out(self) -> None:
        tool = self.title_tool = QWidget(self)
        tools, layout = QHBoxLayout(tool), QVBoxLayout(self)
        tools.setContentsMargins(0, 2, 0, 2)
        tools.addWidget(self.parts)
        tool.setMinimumHeight(self.parts.fontMetrics().height() + GRID + 4)  # also where there are none
        spaced(layout, gap=GRID // 2)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        self._pages = QStackedWidget(self)  # a layout without a parent would show the first page as a window
        self.empty = Text(tr("There is no network yet: press + on the canvas, and its answers show here."), "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        for page in (*self.all_pages, self.empty):
            self._pages.addWidget(page)
        layout.addWidget(self.views)
        layout.addWidget(self._pages, 1)

    @property
    def all_pages(self) -> tuple[Page, ...]:
        """Every page, in the order of the words."""
        return self.map, self.hidden, self.predictions, self.errors

    def _plane(self) -> Plane:
        return self.map.plane

    @property
    def page(self) -> Page:
        """The page on show."""
        return next(page for page in self.all_pages if page.key == self.views.key())

    def actions_offered(self) -> tuple[Action, ...]:
        """Offer to paint."""
        return (self.painting.action(),)

    def interest(self, base: Interest) -> Interest:
        """Ask for what the page on show needs."""
        return self.page.interest(base)

    def show_document(self, document: Document) -> None:
        """Take over the document's data; other inputs or classes begin with the page that suits them."""
        session = self.context.session
        whole = prepared_or_none(session)
        prepared = None if whole is None else whole.sample
        if self.painting.is_on and not (session.can_undo or session.can_redo):
            self.painting.switch()  # another document was begun or opened: nobody asked to paint on it
        if not document.network.layers or (prepared is not None and self._is_other(prepared)):
            self._frame = None
            for page in self.all_pages:
                page.forget()
        if prepared is not None:
            if self._prepared is None or self._prepared.dataset.input_names != prepared.dataset.input_names:
                self.views.set_key(first_page(prepared.dataset))
            self._prepared = prepared
            self.parts.offer(prepared)
            for page in self.all_pages:
                page.use_data(prepared)
        self._change_page()

    def _is_other(self, prepared: Prepared) -> bool:
        """Say whether data have other columns or classes than those on show, so that no answer to these is one."""
        if self._prepared is None:
            return True
        shown, new = self._prepared.dataset, prepared.dataset
        return (shown.input_names, shown.class_names) != (new.input_names, new.class_names)

    @Slot()
    def _change_page(self, _key: str = "") -> None:
        has_answers = bool(self.context.session.document.network.layers) or self.page is self.map
        self._pages.setCurrentWidget(self.page if has_answers else self.empty)
        is_first = self.context.is_calm and self.context.session.document is self._first
        self.views.setHidden(is_first and self.page is self.map)
        self.map.seeds.setHidden(is_first)
        self.parts.setVisible(self.page.has_parts and self.parts.count() > 1)
        self._say()
        self.context.interest_changed.emit()
        if self._frame is not None:
            self.page.show_frame(self._frame)

    @Slot()
    def _show_seeds(self) -> None:
        """Show on the map where networks of several seeds agree."""
        self.views.set_key(self.map.key)
        self._change_page()
        self.map.seeds.turn_on()

    def show_frame(self, frame: Frame) -> None:
        """Draw what the frame has for the page on show."""
        self._frame = frame
        self.parts.show_frame(frame)
        self.page.show_frame(frame)

    @Slot()
    def _say(self) -> None:
        """Write beside the title what is shown, or the answer under the pointer."""
        self.set_info(self.page.words(), self.page.short_words())

    @Slot(object)
    def _mark_rows(self, rows: Rows) -> None:
        """Mark the rows that are selected, here or elsewhere."""
        stride = 1 if self._prepared is None else self._prepared.dataset.stride
        shown = [row // stride for row in rows.numbers if row % stride == 0]
        for page in self.all_pages:
            page.mark(shown)

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the numbers behind the picture, and to paint on it."""
        words = tr("Stop painting") if self.painting.is_on else tr("Paint points")
        return ((tr("Copy as CSV"), self.copy), (words, self.painting.switch))

    @Slot()
    def copy(self) -> None:
        """Put the numbers of the page on the clipboard with every digit."""
        found = self.page.plotted_rows()
        copy_csv(found.headings, found.rows)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint every page in a theme's colours."""
        for page in self.all_pages:
            page.apply_theme(theme)
        if self._frame is not None:
            self.page.show_frame(self._frame)


def make_output_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return OutputPanel(context)


panels.add(
    PanelEntry(
        "output", tr("Output"), "right", ("network",), make_output_panel, order=0, stretch=5, subjects=("network",)
    )
)
