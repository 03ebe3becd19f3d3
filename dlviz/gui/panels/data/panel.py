"""Data panel: which rows the network learns from, as a set, a table, a split and scaled numbers."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.images import ImagePage
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.plot_page import PlotPage
from dlviz.gui.panels.data.scale_page import ScalePage
from dlviz.gui.panels.data.set_page import SetPage
from dlviz.gui.panels.data.split_page import SplitPage
from dlviz.gui.panels.data.table_page import TablePage
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.copying import Offer, Plotted
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame

IMAGES = "images"  # a page that is offered where rows are images

#: The pages in their order. Each is made when it is first opened: the first start is calm, and quick.
PAGES: Mapping[str, Callable[[DataEdits], DataPage]] = {
    "set": SetPage, "table": TablePage, "plot": PlotPage, "split": SplitPage, "scale": ScalePage, IMAGES: ImagePage,
}  # fmt: skip


class DataPanel(Panel):
    """Pages over one set of rows, of which one is shown."""

    key = "data"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.edits = DataEdits(context, self)
        titles = {
            "set": tr("set"), "table": tr("table"), "plot": tr("plot"), "split": tr("split"), "scale": tr("scale"),
            IMAGES: tr("images"),
        }  # fmt: skip
        self._choices = [(key, titles[key]) for key in PAGES]
        self.choice = Words(tr("What of the data is shown"), self._choices)
        self._pages: dict[str, DataPage] = {}
        self._frame: Frame | None = None
        self.wide = IconButton("wide", tr("Wider"), tr("Give the data half of the window"), size=3 * GRID)
        self.wide.setCheckable(True)
        self.wide.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self.wide.toggled.connect(self._widen)
        self.choice.chosen.connect(self.show_page)
        self.context.rows_wanted.connect(self._show_rows)
        self.edits.refused.connect(self._show_again)
        self.show_page("set")

    def _lay_out(self) -> None:
        self.title_tool = QWidget(self)
        tool = QHBoxLayout(self.title_tool)
        spaced(tool)
        self.title_tool.setFixedHeight(3 * GRID)  # so that the title stays where it is when the button comes
        tool.addWidget(self.wide)
        self._stack = QStackedWidget(self)
        top, layout = QHBoxLayout(), QVBoxLayout(self)
        spaced(top)
        top.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        top.addWidget(self.choice)
        top.addStretch(1)
        spaced(layout, gap=GRID // 2)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        self.setMinimumWidth(28 * GRID)

    def page(self, key: str) -> DataPage:
        """Return a page, made now if nobody opened it before."""
        if key not in self._pages:
            self._pages[key] = PAGES[key](self.edits)
            self._stack.addWidget(self._pages[key])
        return self._pages[key]

    @property
    def shown(self) -> DataPage:
        """The page on show."""
        return self.page(self.choice.key())

    @Slot(str)
    def show_page(self, key: str) -> None:
        """Show one of the pages with the data as they are now."""
        self.choice.set_key(key)
        self._stack.setCurrentWidget(self.page(key))
        self.wide.setVisible(key != "set")
        if key == "set":
            self.wide.setChecked(False)
        self._show_again()
        if self._frame is not None:
            self.shown.show_frame(self._frame)

    @Slot(bool)
    def _widen(self, is_wide: bool) -> None:
        """Ask for half of the window, or give it back."""
        name = tr("As narrow as before") if is_wide else tr("Wider")
        describe(self.wide, name, tr("Give the data half of the window, or put them back into their place"))
        self.wide.set_icon("narrow" if is_wide else "wide")
        self.context.room_wanted.emit(self.key, is_wide)

    @Slot()
    def _show_again(self) -> None:
        self.show_document(self.context.session.document)

    def show_document(self, document: Document) -> None:
        """Let the page on show follow the document."""
        prepared = prepared_or_none(self.context.session)
        self._offer(has_images=prepared is not None and prepared.dataset.modality == "image")
        self.shown.show_data(document, prepared)

    def _offer(self, has_images: bool) -> None:
        """Offer the page of images for images; where it was on show and they are gone, the first page is."""
        offered = [each for each in self._choices if has_images or each[0] != IMAGES]
        if len(offered) == self.choice.count():
            return
        key = self.choice.key()
        self.choice.set_choices(offered)
        self.choice.set_tight(has_images)
        self.choice.set_key(key if key in dict(offered) else "set")
        self._stack.setCurrentWidget(self.shown)

    def show_frame(self, frame: Frame) -> None:
        """Let the page on show follow the run."""
        self._frame = frame
        self.shown.show_frame(frame)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        for page in self._pages.values():
            page.apply_theme(theme)

    @Slot()
    def _show_rows(self) -> None:
        self.show_page("table")
        self.shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the numbers of the page, or of what is drawn under the pointer."""
        return super().offers(shown) or self.shown.offers()


def make_data_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return DataPanel(context)


panels.add(
    PanelEntry(
        "data", tr("Data"), "left", ("network",), make_data_panel, order=0, stretch=3, subjects=("network", "rule")
    )
)
