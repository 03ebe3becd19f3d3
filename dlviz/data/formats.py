"""File formats that tables are read from."""

from dataclasses import dataclass
from pathlib import Path

from dlviz.core.errors import DataError
from dlviz.core.hyper import Hyper
from dlviz.core.registry import Registry
from dlviz.i18n import tr


@dataclass(frozen=True)
class Format:
    """A readable format. magic: the bytes a file of it begins with; empty for text. source: what defines it."""

    key: str
    title: str
    endings: tuple[str, ...]
    magic: bytes = b""
    separator: str | None = None
    settings: tuple[Hyper, ...] = ()
    source: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the file is text with separated cells."""
        return not self.magic


formats: Registry[Format] = Registry("file format")
formats.add(
    Format("csv", "Comma or semicolon separated text", (".csv", ".txt", ".data"), source="RFC 4180 (Shafranovich 2005)")
)
formats.add(
    Format(
        "tsv", "Tab separated text", (".tsv", ".tab"), separator="\t",
        source="IANA media type text/tab-separated-values (Lindner 1993)",
    )
)  # fmt: skip
formats.add(
    Format(
        "parquet", "Apache Parquet", (".parquet", ".pq"), magic=b"PAR1",
        source="Apache Parquet documentation: file format",
    )
)  # fmt: skip


def format_of(path: Path) -> Format:
    """Return the format that a file's ending names. Raises: DataError for another ending."""
    ending = path.suffix.lower()
    for entry in formats:
        if ending in entry.endings:
            return entry
    known = ", ".join(ending for entry in formats for ending in entry.endings)
    raise DataError(
        tr("Expected a file ending in {known}. Received: {ending!r}.", known=known, ending=ending), place=path.name
    )
