"""What a file format declares, and the registry of all of them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dlviz.core.errors import DataError
from dlviz.core.hyper import Hyper
from dlviz.core.registry import Registry
from dlviz.data.dataset import Modality
from dlviz.data.table import ReadChoices
from dlviz.data.transport import Answer
from dlviz.i18n import tr

#: Reads a checked file into the empty folder; asked now and then whether it was cancelled. Raises: DataError.
OwnReader = Callable[[Path, Path, ReadChoices, Callable[[], bool]], Answer]
Reads = Literal["separated", "lines", "columns", "images"]


@dataclass(frozen=True)
class Format:
    """A readable format.

    endings: of the name, in small letters; a folder has none. magic: what a file of it begins with; empty for text.
    separator: of its cells, where it is always the same. modality: what a row is. source: what defines it.
    reader: reads the file here, with every size checked before it is believed. Without one the reader process
    does, by its way to read: "separated" text, JSON "lines", stored "columns", or a folder of "images".
    """

    key: str
    title: str
    endings: tuple[str, ...] = ()
    magic: bytes = b""
    separator: str | None = None
    settings: tuple[Hyper, ...] = ()
    source: str = ""
    modality: Modality = "table"
    reads: Reads = "separated"
    reader: OwnReader | None = None
    description: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of files."""
        return self.reads == "images"

    @property
    def is_text(self) -> bool:
        """Whether the file is text."""
        return not self.magic and self.reader is None and self.reads in ("separated", "lines")

    @property
    def is_structured(self) -> bool:
        """Whether a row is cells that each mean something by themselves (curriculum CON-06)."""
        return self.modality == "table"


formats: Registry[Format] = Registry("file format")


def format_of(path: Path) -> Format:
    """Return the format that a file's ending names, or that of a folder. Raises: DataError for another ending."""
    if os.path.isdir(path):  # says no where a name is too long or none at all
        return next(entry for entry in formats if entry.is_folder)
    name = path.name.lower()
    for entry in formats:
        if entry.endings and name.endswith(entry.endings):
            return entry
    known = ", ".join(ending for entry in formats for ending in entry.endings)
    raise DataError(
        tr("Expected a file ending in {known}. Received: {ending!r}.", known=known, ending=path.suffix.lower()),
        place=path.name,
    )


def modality_words(modality: Modality) -> str:
    """Say what a row is, and whether data of such rows are structured (curriculum CON-06)."""
    return {
        "table": tr("structured: a table"),
        "image": tr("unstructured: images"),
        "sequence": tr("unstructured: sequences"),
        "text": tr("unstructured: text as a bag of words"),
    }[modality]
