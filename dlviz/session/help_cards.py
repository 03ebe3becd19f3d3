"""Help cards: short texts with a table or rings within each other, one plain file each in resources/cards.

A line is `title: …`, `text: …` (a sentence, any number), `columns: a; b; c` and `row: a; b; c` (a table),
`rings: name: what it is; …` (the outermost first), or `item: …` (a hint, any number).
"""

from dataclasses import dataclass
from pathlib import Path

from dlviz.core.errors import DlvizError, DocumentError
from dlviz.i18n import tr
from dlviz.resources import resource

ENDING = ".card"


@dataclass(frozen=True)
class HelpCard:
    """A card. rows: cells as many as columns. rings: names and what they are, the outermost first."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    rings: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()


def help_cards() -> tuple[HelpCard, ...]:
    """Return the shipped cards in the order of their file names; none in a broken installation."""
    try:
        return tuple(map(_from_file, sorted(resource("cards").glob(f"*{ENDING}"))))
    except (DlvizError, OSError, UnicodeError):
        return ()


def _from_file(path: Path) -> HelpCard:
    return read_card(path.stem.partition("_")[2] or path.stem, path.read_text(encoding="utf-8"))


def read_card(key: str, text: str) -> HelpCard:
    """Return the card that a text describes. Raises: DocumentError with the number of a line."""
    said: dict[str, list[str]] = {name: [] for name in ("title", "text", "columns", "row", "rings", "item")}
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, rest = line.partition(":")
        if not line.strip():
            continue
        if name not in said or not colon or not rest.strip():
            known = ", ".join(said)
            raise DocumentError(tr("Expected one of {known}, a colon and words. Received: {line!r}",
                                   known=known, line=line[:40]), place=tr("line {n}", n=number))  # fmt: skip
        said[name].append(rest.strip())
    columns = _cells(said["columns"][0]) if said["columns"] else ()
    rows = tuple(map(_cells, said["row"]))
    if len(said["title"]) != 1 or any(len(row) != len(columns) for row in rows):
        raise DocumentError(tr("Expected one title, and rows with a cell for each column. Received: others"))
    rings = tuple(_ring(each) for line in said["rings"] for each in line.split(";"))
    return HelpCard(key, tr(said["title"][0]), _told(said["text"]), columns, rows, rings, _told(said["item"]))


def _told(lines: list[str]) -> tuple[str, ...]:
    return tuple(map(tr, lines))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(tr(cell.strip()) if cell.strip() else "" for cell in line.split(";"))


def _ring(words: str) -> tuple[str, str]:
    name, _, meaning = words.partition(":")
    return tr(name.strip()), tr(meaning.strip()) if meaning.strip() else ""
