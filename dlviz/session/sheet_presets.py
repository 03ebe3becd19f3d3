"""The shipped sheets, as the Learn menu opens them: every file in a folder of resources/sheets is one."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr
from dlviz.resources import resource
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.files.sheet_file import ENDING, sheet_from_bytes


def topics() -> dict[str, str]:
    """Return the folders of resources/sheets with their titles, in the order of the course."""
    return {
        "neurons": tr("&Neurons and networks"), "losses": tr("&Losses"), "depth": tr("&Depth and gradients"),
        "optimizers": tr("&Optimizers and rates"), "weights": tr("&Weights: first ones and penalties"),
        "data": tr("D&ata and batches"),
    }  # fmt: skip


def sheet_examples() -> tuple[Example, ...]:
    """Return an entry for every shipped sheet, by topic and title.

    Only the first lines of each are looked at before it is opened.
    """
    try:
        root = resource("sheets")
    except DlvizError:  # an installation without them
        return ()
    return tuple(each for folder, topic in topics().items() for each in _of_topic(root / folder, topic))


def _of_topic(folder: Path, topic: str) -> list[Example]:
    made = [_example(path, topic) for path in sorted(folder.glob(f"*{ENDING}"))]
    return sorted(made, key=lambda each: each.title)


def _example(path: Path, topic: str) -> Example:
    said: dict[str, str] = {}
    for key, words in _said(path):
        said.setdefault(key, words)
    title, tip = tr(said.get("title", path.stem)), tr(said["text"]) if said.get("text") else ""
    return Example(f"sheet_{path.stem}", title.replace("&", "&&"), tip, "sheets", partial(_document, path), topic=topic)


def _said(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, words = line.partition(":")
        yield key, words.strip()


def _document(path: Path) -> Document:
    return sheet_from_bytes(path.read_bytes())
