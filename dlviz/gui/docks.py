"""The docks around the canvas: one a panel, arranged by workspace; tabs where the window is narrow."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QTabBar, QWidget

from dlviz.gui.panel import Panel, PanelEntry
from dlviz.gui.remembered import Remembered
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.paint import describe, painter
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr

LAYOUT_VERSION = 2  # raised when panels are renamed, so that old layouts are not restored
SUBJECT = "network"  # of documents, the one for which every panel is
NARROW = 1100  # pixels; below it side docks become tabs
WIDTHS = {"left": (256, 0.19), "right": (312, 0.235)}  # least pixels, and share of the window's width
LETTERS = 10.0  # points of the type for which the least widths are; larger type needs more
LEAST_BEHIND = 120  # pixels of height of a panel that is a tab: it may not press the others together while it waits
WIDE_SHARE = 0.5  # of the window's width, of a side that wants more room
BOTTOM_SHARE = 0.4  # of the window's height
SHEET_SHARE = 0.28  # the same under a sheet, whose formulas are short
AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


class DockTitle(QWidget):
    """The line over a panel: its name, and what the panel says about itself."""

    def __init__(self, title: str, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(title, panel.info)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + 2, 2 * GRID, 4)
        layout.addWidget(self.header)
        if panel.title_tool is not None:
            layout.setContentsMargins(2 * GRID, 4, 2 * GRID, 0)
            layout.setSpacing(GRID)
            layout.addWidget(panel.title_tool)
            panel.title_tool.show()
        panel.info_changed.connect(self.header.set_info)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a hairline that parts it from the panel above."""
        dock, window = self.parentWidget(), self.window()
        is_first = not isinstance(window, QMainWindow) or dock.y() <= window.centralWidget().y()
        with painter(self) as p:
            p.fillRect(self.rect(), current().colour("panel"))
            if not is_first:
                p.fillRect(0, 0, self.width(), 1, current().colour("line"))


class Docks(QObject):
    """Creates the docks of a window and arranges them."""

    def __init__(self, window: QMainWindow, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._remembered = window, remembered
        self._docks: dict[str, QDockWidget] = {}
        self._entries: dict[str, PanelEntry] = {}
        self._workspace = ""
        self._subject = SUBJECT
        self._is_narrow = False
        self._hidden_sides: tuple[QDockWidget, ...] = ()
        self._waiting: set[str] = set()  # keys of panels that open with the next selection
        self._offered: set[str] = set()  # keys of panels that opened by themselves; whoever closes them is not asked
        theme_signals.changed.connect(self._use_theme)

    def add(self, entry: PanelEntry, panel: Panel) -> None:
        """Put a panel into a dock of its own."""
        dock = QDockWidget(entry.title, self._window)
        dock.setObjectName(f"dock.{entry.key}")
        dock.setAccessibleName(entry.title)
        dock.setTitleBarWidget(DockTitle(entry.title, panel, dock))
        dock.setWidget(panel)
        self._keep_readable(entry, panel)
        dock.hide()
        self._window.addDockWidget(AREAS[entry.area], dock)
        dock.toggleViewAction().triggered.connect(self._open_behind if entry.behind else self._open_guest)
        self._docks[entry.key], self._entries[entry.key] = dock, entry

    def toggle_actions(self) -> list[QAction]:
        """Return one action a panel that shows or closes it."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def visible(self) -> list[QDockWidget]:
        """Return the docks that are not closed."""
        return [dock for dock in self._docks.values() if not dock.isHidden()]

    def show_workspace(self, key: str) -> None:
        """Leave the workspace shown now as it is, and show another as it was left."""
        self.keep()
        self._workspace = key
        self._show()

    def show_subject(self, subject: str) -> None:
        """Close what says nothing about this kind of document, or bring it back."""
        if subject != self._subject:
            self.keep()
            self._subject = subject
            if self._workspace:
                self._show()

    def _show(self) -> None:
        key, self._hidden_sides = self._workspace, ()
        self._wait_for_selection()
        for dock in self._docks.values():
            dock.hide()  # restoring a layout leaves docks alone that were made after it was kept
        state = self._remembered.layout(key)
        if state is None or not self._window.restoreState(state, LAYOUT_VERSION):
            self._arrange(key)
        self._close_unfit()
        if self._subject == "sheet":
            self._share_bottom()
        self._is_narrow = False
        self.fit_width(self._window.width())

    def _close_unfit(self) -> None:
        for key, dock in self._docks.items():
            if self._entries[key].subjects and self._subject not in self._entries[key].subjects:
                dock.hide()

    def _wait_for_selection(self) -> None:
        self._waiting = {
            key
            for key, entry in self._entries.items()
            if entry.opens_on_selection and self._workspace in entry.workspaces
        }

    def open_for_selection(self) -> None:
        """Open what waited for something to be selected; whoever closes it again is not asked twice."""
        for key in self._waiting if not self._hidden_sides else ():
            if self._docks[key].isHidden():
                self._open(self._docks[key])
        self._waiting.clear()

    def open(self, key: str) -> None:
        """Open a panel that is closed, and bring it before others of its place."""
        dock = self._docks[key]
        if dock.isHidden():
            self._open(dock)
        dock.raise_()

    @Slot(str, bool)
    def widen(self, key: str, is_wide: bool) -> None:
        """Give the side that a panel stands at half of the window, or its usual share again; a floating one stays."""
        dock, area = self._docks[key], self._entries[key].area
        if dock.isFloating() or dock not in self._side(area):
            return
        widths = {each: self._width(each) for each in WIDTHS if self._side(each)}
        widths[area] = round(self._window.width() * WIDE_SHARE) if is_wide else self._shared_width(area)
        self._use_widths(widths)

    def open_below(self, key: str) -> None:
        """Open a panel below the centre, as wide as that, and bring it to the front; a floating one stays."""
        dock = self._docks[key]
        is_there = self._window.dockWidgetArea(dock) == AREAS["bottom"] and not dock.isHidden()
        if not is_there and not dock.isFloating():
            dock.hide()
            self._window.addDockWidget(AREAS["bottom"], dock)
            dock.show()
            height = round(self._window.height() * BOTTOM_SHARE)
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
        dock.show()
        dock.raise_()
        self._offered.add(key)

    def _open(self, dock: QDockWidget) -> None:
        beside = [*self._side("right"), *self._side("left")]
        area = self._entry_of(dock).area
        is_first = not self._side(area)
        widths = {each: self._width(each) for each in WIDTHS if self._side(each)}
        if self._window.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            self._window.addDockWidget(AREAS[area], dock)  # it belongs to other workspaces
        dock.show()
        if self._is_narrow and beside:
            self._window.tabifyDockWidget(beside[0], dock)
            dock.raise_()
        else:
            if is_first and area in WIDTHS:
                widths[area] = self._shared_width(area)
            self._use_widths(widths)  # a side that was there keeps its width: it may be somebody's own
            self._share_heights(area)

    def reset(self) -> None:
        """Arrange the workspace as shipped."""
        self._remembered.forget_layout(self._workspace)
        self._wait_for_selection()
        self._arrange(self._workspace)
        self._close_unfit()
        self._is_narrow = False
        self.fit_width(self._window.width())

    def keep(self) -> None:
        """Remember the arrangement of the workspace, unless it lacks what a narrow window or a subject leaves out."""
        is_whole = self._subject == SUBJECT and not self._is_narrow and not self._hidden_sides
        if self._workspace and is_whole:
            self._remembered.keep_layout(self._workspace, self._window.saveState(LAYOUT_VERSION))

    def _arrange(self, workspace: str) -> None:
        for key, dock in self._docks.items():
            self._window.removeDockWidget(dock)
            dock.setFloating(False)
            dock.setVisible(False)
            entry = self._entries[key]
            if workspace in entry.workspaces or entry.behind:
                self._window.addDockWidget(AREAS[entry.area], dock)
                dock.setVisible(workspace in entry.workspaces and key not in self._waiting)
        self._window.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
        self._window.setCorner(Qt.Corner.BottomRightCorner, AREAS["right"])
        self.share_space()

    @Slot(bool)
    def _open_guest(self, is_open: bool) -> None:
        """Give a panel that does not belong to this workspace its place at its side."""
        opened = next((dock for dock in self._docks.values() if dock.toggleViewAction() is self.sender()), None)
        nowhere = Qt.DockWidgetArea.NoDockWidgetArea
        if is_open and opened is not None and self._window.dockWidgetArea(opened) == nowhere:
            opened.hide()
            self._window.addDockWidget(AREAS[self._entry_of(opened).area], opened)
            self._open(opened)

    @Slot(bool)
    def _open_behind(self, is_open: bool) -> None:
        """Make a panel that was opened a tab of the one that it belongs behind, and show it."""
        opened = next((dock for dock in self._docks.values() if dock.toggleViewAction() is self.sender()), None)
        if is_open and opened is not None and not opened.isFloating():
            if self._join(opened, self._docks.get(self._entry_of(opened).behind)):
                self._share_heights(self._entry_of(opened).area)  # it was a place of its own for a moment
            opened.raise_()

    def _join(self, dock: QDockWidget, other: QDockWidget | None) -> bool:
        """Make a dock a tab of another one that is open; say whether it is."""
        if other is None or other.isHidden() or other.isFloating():
            return False
        self._window.tabifyDockWidget(other, dock)
        self._name_tabs()
        return True

    def offer(self, key: str) -> None:
        """Open a panel as a tab that waits behind another, once there is something in it; never a second time."""
        dock, entry = self._docks.get(key), self._entries.get(key)
        if dock is None or entry is None or key in self._offered or self._hidden_sides:
            return
        other = self._docks.get(entry.behind)
        heights = {each: self._height(each) for each in self._places(entry.area)}
        if dock.isHidden() and self._join(dock, other):
            dock.show()
            assert other is not None
            other.raise_()
            self._window.resizeDocks([*heights], [*heights.values()], Qt.Orientation.Vertical)
        if not dock.isHidden():
            self._offered.add(key)

    def _name_tabs(self) -> None:
        """Name the bars of tabs, which Qt makes by itself, for screen readers."""
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            describe(bar, tr("Panels in one place"))

    def share_space(self) -> None:
        """Give side docks their share of the width, the lower ones of the height, and each its stretch."""
        self._use_widths({area: self._shared_width(area) for area in WIDTHS})
        for area in WIDTHS:
            self._share_heights(area)
        self._share_bottom()

    def _share_bottom(self) -> None:
        below, share = self._side("bottom"), SHEET_SHARE if self._subject == "sheet" else BOTTOM_SHARE
        height = round(self._window.height() * share)
        self._window.resizeDocks(below, [height] * len(below), Qt.Orientation.Vertical)

    def _keep_readable(self, entry: PanelEntry, panel: Panel) -> None:
        """Let no centre, however wide it wants to be, take a side the room that its letters need."""
        if entry.area in WIDTHS:
            panel.setMinimumWidth(round(WIDTHS[entry.area][0] * current().normal / LETTERS))
        if entry.behind:
            panel.setMinimumHeight(LEAST_BEHIND)

    def _height(self, dock: QDockWidget) -> int:
        """Return the height of a place: of tabs, those behind may still have that of before."""
        same = (dock, *self._window.tabifiedDockWidgets(dock))
        return next((each.height() for each in same if not each.visibleRegion().isEmpty()), dock.height())

    def _width(self, area: str) -> int:
        return max(dock.width() for dock in self._side(area))

    def _shared_width(self, area: str) -> int:
        least, share = WIDTHS[area]
        return max(round(least * current().normal / LETTERS), round(self._window.width() * share))

    def _use_widths(self, widths: Mapping[str, int]) -> None:
        """Give sides their widths in pixels, all at once: what one of them alone is given, Qt takes from the others."""
        docks = [(dock, width) for area, width in widths.items() for dock in self._side(area)]
        self._window.resizeDocks([dock for dock, _ in docks], [width for _, width in docks], Qt.Orientation.Horizontal)

    def _share_heights(self, area: str) -> None:
        docks = self._places(area)
        stretches = [100 * self._entry_of(dock).stretch for dock in docks]
        self._window.resizeDocks(docks, stretches, Qt.Orientation.Vertical)

    def _side(self, area: str) -> list[QDockWidget]:
        where = self._window.dockWidgetArea  # somebody may have put it elsewhere than it belongs
        return [dock for dock in self.visible() if where(dock) == AREAS[area] and not dock.isFloating()]

    def _places(self, area: str) -> list[QDockWidget]:
        """Return the docks at a side, of tabs in one place the first: Qt would give the place the room of all."""
        found: list[QDockWidget] = []
        for dock in self._side(area):
            if not any(other in found for other in self._window.tabifiedDockWidgets(dock)):
                found.append(dock)
        return found

    def _entry_of(self, dock: QDockWidget) -> PanelEntry:
        return self._entries[dock.objectName().removeprefix("dock.")]

    def fit_width(self, width: int) -> None:
        """Gather side docks as tabs where the window is narrow, and spread them again where it is not."""
        is_narrow = width < NARROW
        if is_narrow == self._is_narrow:
            return
        if is_narrow:
            self.keep()
            self._is_narrow = True
            self._gather([*self._side("right"), *self._side("left")])
        else:
            self._is_narrow = False
            state = self._remembered.layout(self._workspace)
            if state is None or not self._window.restoreState(state, LAYOUT_VERSION):
                self._arrange(self._workspace)
            self._close_unfit()

    def _gather(self, docks: Iterable[QDockWidget]) -> None:
        first: QDockWidget | None = None
        for dock in docks:
            if first is None:
                first = dock
                self._window.addDockWidget(AREAS["right"], dock)
            else:
                self._window.tabifyDockWidget(first, dock)
        if first is not None:
            first.raise_()

    def toggle_sides(self) -> None:
        """Hide all panels at the sides, or bring back those that were hidden."""
        if self._hidden_sides:
            for dock in self._hidden_sides:
                dock.show()
            self._hidden_sides = ()
            return
        self.keep()
        self._hidden_sides = tuple(dock for dock in self.visible() if not dock.isFloating())
        for dock in self._hidden_sides:
            dock.hide()

    def are_sides_shown(self) -> bool:
        """Say whether panels at the sides are shown."""
        return not self._hidden_sides

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for key, dock in self._docks.items():
            dock.titleBarWidget().update()
            panel = dock.widget()
            if isinstance(panel, Panel):
                self._keep_readable(self._entries[key], panel)
