"""Opening data: files, folders of images, the clipboard, what is dropped, and what was used lately."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from dlviz.core.errors import DataError
from dlviz.data.formats.idx import is_labels
from dlviz.data.table import ReadChoices
from dlviz.gui.actions import Action
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.panel import Context
from dlviz.gui.remembered import Remembered
from dlviz.gui.verbatim import in_menu
from dlviz.i18n import tr

RECENT_SHOWN = 9
PASTED_CHARACTERS = 50_000_000
MOST_FILES = 2  # at once: images and their labels


def local_files(mime: QMimeData | None) -> tuple[Path, ...]:
    """Return the files that are dragged or copied; none if one of them is an address elsewhere."""
    urls = mime.urls() if mime is not None else []
    return tuple(Path(url.toLocalFile()) for url in urls) if all(url.isLocalFile() for url in urls) else ()


class DataCommands(QObject):
    """Shows what is in data before anything changes."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs, self._remembered = window, context, dialogs, remembered
        self._pasted: Path | None = None  # the folder of what was pasted, while it is shown
        context.data_wanted.connect(self.ask)

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the File and Edit menus, those of recent files in a submenu."""
        return (
            Action("load_data", tr("&Load your own data…"), self.ask, "file", icon="data", group=1,
                   tip=tr("Load a table, arrays, texts or images of your own")),
            Action("load_images", tr("Load a &folder of images…"), self.ask_for_folder, "file", group=1,
                   tip=tr("One folder a class, such as cat/1.png and dog/1.png")),
            Action("paste_data", tr("Paste &data"), self.paste, "edit", ("Ctrl+V",), group=2,
                   tip=tr("Show the table or the sentences on the clipboard, as copied from a spreadsheet")),
        )  # fmt: skip

    def recent_actions(self, take: Callable[[int], None]) -> tuple[Action, ...]:
        """Return the entries of files that were used lately; take: what one click does with one of them."""
        return tuple(
            Action(
                f"recent_{number}", tr("Recent file {number}", number=number + 1), partial(take, number), "file",
                tip=tr("Open this file again"), submenu=tr("Open &recent"),
                live_title=partial(self._recent_title, number), is_shown=partial(self._is_recent, number),
            )
            for number in range(RECENT_SHOWN)
        )  # fmt: skip

    def recent(self, number: int) -> Path:
        """Return the file that was used so many files ago."""
        return Path(self._remembered.settings.recent[number])

    def _is_recent(self, number: int) -> bool:
        return number < len(self._remembered.settings.recent)

    def _recent_title(self, number: int) -> str:
        if not self._is_recent(number):
            return tr("No file yet")
        path = self.recent(number)
        return f"&{number + 1}  {in_menu(f'{path.parent.name}/{path.name}')}"

    @Slot()
    def ask(self) -> None:
        """Ask for a data file and read it."""
        path = self._dialogs.open_data(self._window, self._remembered.folder())
        if path is not None:
            self.show(path)

    def ask_for_folder(self) -> None:
        """Ask for a folder of images and read it."""
        path = self._dialogs.open_folder(self._window, self._remembered.folder())
        if path is not None:
            self.show(path)

    def show(self, path: Path, labels: Path | None = None, is_pasted: bool = False) -> None:
        """Show what is in a file or folder."""
        from dlviz.gui.panels.data.importing import import_file

        choices = ReadChoices(labels=str(labels)) if labels is not None else None
        view = import_file(self._context, path, self._window, choices, is_pasted)
        view.used.connect(self._remember)
        if is_pasted:
            view.finished.connect(self._forget_pasted)

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped: one file or folder, or images and the file of their labels."""
        labels = [path for path in paths if is_labels(path)]
        others = [path for path in paths if path not in labels]
        if len(paths) == 1:
            self.show(paths[0])
        elif len(labels) == 1 and len(others) == 1:
            self.show(others[0], labels[0])
        else:
            message = tr(
                "Expected one file, or images and the file of their labels. Received: {n} files.", n=len(paths)
            )
            self._context.notify(DataError(message, tr("Put images into folders, one a class, and drop the folder.")))

    @Slot(object)
    def _remember(self, path: Path) -> None:
        self._remembered.opened(path)

    def paste(self) -> None:
        """Show the table on the clipboard; copied files are opened."""
        mime = QGuiApplication.clipboard().mimeData()
        if files := local_files(mime):
            self.take(files[: MOST_FILES + 1])
            return
        text = mime.text() if mime is not None and mime.hasText() else ""
        if not text.strip() or len(text) > PASTED_CHARACTERS:
            received = tr("nothing") if not text.strip() else tr("more than {n} characters", n=PASTED_CHARACTERS)
            message = tr("Expected a table or sentences on the clipboard. Received: {received}.", received=received)
            self._context.notify(DataError(message, tr("Copy cells of a spreadsheet first.")))
            return
        self.show(self._written(text), is_pasted=True)

    @Slot()
    def _forget_pasted(self, _result: int = 0) -> None:
        if self._pasted is not None:
            shutil.rmtree(self._pasted, ignore_errors=True)
            self._pasted = None

    def _written(self, text: str) -> Path:
        """Put pasted text into a file of ours, for readers read files; it goes with the dialog."""
        self._forget_pasted()
        self._pasted = Path(tempfile.mkdtemp(prefix="dlviz-paste-"))
        ending = "jsonl" if text.lstrip()[:1] == "{" else "tsv" if "\t" in text else "csv"
        path = self._pasted / f"{tr('pasted')}.{ending}"
        path.write_text(text, encoding="utf-8", errors="replace")
        return path
