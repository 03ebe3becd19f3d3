"""What is drawn, taken elsewhere: a panel as a picture in a file, its numbers as CSV on the clipboard."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from dlviz.core.errors import DlvizError, SpecError
from dlviz.gui.actions import Action
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.panel import Context, Panel, panels
from dlviz.gui.pictures import as_png, as_svg
from dlviz.gui.remembered import Remembered
from dlviz.gui.widgets.copying import Plotted, copy_plotted, plotted_at, plotted_in
from dlviz.i18n import tr
from dlviz.session.files.atomic import atomic_write

FORMATS = {".svg": as_svg, ".png": as_png}


class PictureCommands(QObject):
    """Exports the panel that has the keyboard, else the one in the middle; copies what is drawn in it."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs, self._remembered = window, context, dialogs, remembered
        context.picture_wanted.connect(self.export)

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the menus."""
        picture = tr("The panel that has the keyboard, or the one in the middle, as SVG or PNG with all its words")
        values = tr("All that the plot with the keyboard draws, or the first one of its panel, with every digit")
        return (
            Action("export_picture", tr("&Export picture…"), self.export_focused, "file", ("Ctrl+E",), tip=picture,
                   is_enabled=self._has_panel, group=2),
            Action("copy_values", tr("Copy plotted &values"), self.copy_focused, "edit", ("Ctrl+Shift+C",), tip=values,
                   is_enabled=self._has_panel, group=2),
        )  # fmt: skip

    def _has_panel(self) -> bool:
        return self._panel() is not None

    def _panel(self) -> Panel | None:
        """Return the panel that has the keyboard, else the first one in the middle."""
        widget: QWidget | None = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, Panel):
            widget = widget.parentWidget()
        if widget is not None:
            return widget
        shown = [each for each in self._window.findChildren(Panel) if each.isVisible()]
        return next((each for each in shown if panels.get(each.key).area == "centre"), shown[0] if shown else None)

    def copy_focused(self) -> None:
        """Copy what the plot with the keyboard draws, or the first one of its panel."""
        panel, focused = self._panel(), QApplication.focusWidget()
        if panel is None:
            return
        shown: Plotted | None = plotted_at(focused, panel) or plotted_in(panel)
        offers = panel.offers(shown)
        if not offers:
            self._context.notify(SpecError(tr("Expected a panel with a plot. Received: one without numbers to copy")))
            return
        if shown is not None:
            copy_plotted(shown)
        else:
            offers[-1][1]()
        self._context.notify(tr("Copied the numbers of {panel}.", panel=tr(panels.get(panel.key).title)))

    def export_focused(self) -> None:
        """Ask for a file, and write the panel with the keyboard into it."""
        panel = self._panel()
        if panel is not None:
            self.export(panel)

    @Slot(object)
    def export(self, panel: Panel) -> None:
        """Ask for a file, and write a panel into it as a picture."""
        title = tr(panels.get(panel.key).title)
        path = self._dialogs.save_picture(self._window, str(Path(self._remembered.folder()) / f"{title}.svg"))
        if path is None:
            return
        try:
            write_picture(panel, path, f"{self._context.session.document.title}: {title}")
        except DlvizError as error:
            self._context.notify(error)
            return
        self._context.notify(tr("Saved {name}.", name=path.name))


def write_picture(panel: Panel, path: Path, title: str) -> None:
    """Write a panel as its ending says, whole or not at all. Raises: SpecError for another ending, SaveError."""
    make = FORMATS.get(path.suffix.lower())
    if make is None:
        raise SpecError(
            tr("Expected a name that ends in .svg or .png. Received: {name!r}", name=path.name),
            tr("SVG stays sharp at any size."),
        )
    atomic_write(path, make(panel, title, panel.info))
