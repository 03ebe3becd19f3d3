"""The only questions that stop the window: which file, and what about unsaved changes."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from dlviz.data.formats import formats
from dlviz.i18n import tr

Answer = Literal["save", "discard", "cancel"]
DOCUMENT_PATTERNS = "dlviz (*.dlviz *.json *.sheet)"


def data_patterns() -> str:
    """Return the patterns of every format that is read, and of all files."""
    endings = " ".join(f"*{ending}" for entry in formats for ending in entry.endings)
    return f"{tr('Data')} ({endings});;{tr('All files')} (*)"


class Dialogs:
    """Asks the user; tests put another object in its place."""

    def open_document(self, parent: QWidget, folder: str) -> Path | None:
        """Ask which document to open."""
        name, _ = QFileDialog.getOpenFileName(parent, tr("Open a document"), folder, DOCUMENT_PATTERNS)
        return Path(name) if name else None

    def save_document(self, parent: QWidget, suggestion: str) -> Path | None:
        """Ask where to save; a name without an ending gets .dlviz."""
        name, _ = QFileDialog.getSaveFileName(parent, tr("Save the document"), suggestion, "dlviz (*.dlviz)")
        if not name:
            return None
        path = Path(name)
        return path if path.suffix else path.with_suffix(".dlviz")

    def save_picture(self, parent: QWidget, suggestion: str) -> Path | None:
        """Ask where a picture goes; a name without an ending gets that of the chosen kind."""
        kinds = ("SVG (*.svg)", "PNG (*.png)")
        name, kind = QFileDialog.getSaveFileName(parent, tr("Export the picture"), suggestion, ";;".join(kinds))
        if not name:
            return None
        path = Path(name)
        return path if path.suffix else path.with_suffix(".png" if kind == kinds[1] else ".svg")

    def open_data(self, parent: QWidget, folder: str) -> Path | None:
        """Ask which data file to read."""
        name, _ = QFileDialog.getOpenFileName(parent, tr("Load your own data"), folder, data_patterns())
        return Path(name) if name else None

    def open_weights(self, parent: QWidget, folder: str) -> Path | None:
        """Ask which file holds weights."""
        name, _ = QFileDialog.getOpenFileName(parent, tr("Import weights"), folder, "NumPy (*.npz)")
        return Path(name) if name else None

    def open_folder(self, parent: QWidget, folder: str) -> Path | None:
        """Ask which folder of images to read."""
        name = QFileDialog.getExistingDirectory(parent, tr("Load a folder of images"), folder)
        return Path(name) if name else None

    def unsaved(self, parent: QWidget, title: str) -> Answer:
        """Ask what to do with changes that are not saved."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)  # the title comes from a file
        box.setText(tr("Save the changes to “{title}”?", title=title))
        box.setInformativeText(tr("They are lost otherwise."))
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        chosen = box.exec()
        box.deleteLater()
        answers: dict[int, Answer] = {int(buttons.Save): "save", int(buttons.Discard): "discard"}
        return answers.get(int(chosen), "cancel")
