"""The text file of a sheet as a document."""

import os
from pathlib import Path

from dlviz.core.errors import DocumentError
from dlviz.core.sheets.lines import LONGEST_TEXT
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.subject import SheetSpec, check_sheet

ENDING = ".sheet"
MOST_BYTES = 4 * LONGEST_TEXT + 3  # four for each character, and a mark of the encoding


def is_sheet(path: str | os.PathLike[str]) -> bool:
    """Say whether a file is called as sheets are."""
    return Path(os.fsdecode(path)).suffix.lower() == ENDING


def sheet_from_bytes(data: bytes) -> Document:
    """Return the document of a sheet. Raises: DlvizError, one sentence with the number of a line."""
    if len(data) > MOST_BYTES:
        raise DocumentError(tr("Expected a sheet of at most {n} characters. Received: more", n=LONGEST_TEXT))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DocumentError(
            tr("Expected text in UTF-8. Received: byte {n:#x}", n=data[error.start]), place=tr("line {n}", n=line)
        ) from None
    return sheet_document(text)


def sheet_document(text: str) -> Document:
    """Return a document of a sheet, with the inputs that it begins with. Raises: as `sheet_from_bytes`."""
    spec = SheetSpec(text)
    check_sheet(spec)
    return Document(title=spec.sheet.title, dtype="float64", sheet=spec)
