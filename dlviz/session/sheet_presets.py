"""The shipped sheets, as the Learn menu opens them: every file in resources/sheets is one."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr
from dlviz.resources import resource
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.files.sheet_file import ENDING, sheet_from_bytes


def sheet_examples() -> tuple[Example, ...]:
    """Return an entry for every shipped sheet, by title. Only its first lines are looked at before it is opened."""
    try:
        paths = sorted(resource("sheets").glob(f"*{ENDING}"))
    except DlvizError:  # an installation without them
        return ()
    return tuple(sorted(map(_example, paths), key=lambda each: each.title))


def _example(path: Path) -> Example:
    said: dict[str, str] = {}
    for key, words in _said(path):
        said.setdefault(key, words)
    title, tip = tr(said.get("title", path.stem)), tr(said["text"]) if said.get("text") else ""
    return Example(f"sheet_{path.stem}", title.replace("&", "&&"), tip, "sheets", partial(_document, path))


def _said(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, words = line.partition(":")
        yield key, words.strip()


def _document(path: Path) -> Document:
    return sheet_from_bytes(path.read_bytes())
