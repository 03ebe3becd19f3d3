"""Writing what a file holds, column by column, as the reader process does: for formats that are read here."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.data.limits import PREVIEW_ROWS
from dlviz.data.table import EXAMPLES, STORED, ColumnInfo, ColumnType
from dlviz.data.target import guess_target
from dlviz.data.transport import NUMBERS, Answer, block_name
from dlviz.i18n import trn


class AnswerWriter:
    """Columns of n_rows rows, written into the reading folder in order."""

    def __init__(self, folder: Path, n_rows: int) -> None:
        self._folder, self.n_rows = folder, n_rows
        self.columns: list[ColumnInfo] = []
        self._preview: list[list[str]] = []
        self.notes: list[str] = []

    def number(self, name: str, values: NDArray[Any]) -> None:
        """Write numbers (n,); what is not finite counts as missing."""
        numbers = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(numbers)
        if infinite := int(np.count_nonzero(np.isinf(numbers))):
            one = "{name}: 1 infinite number counts as missing."
            self.notes.append(trn(one, "{name}: {n} infinite numbers count as missing.", infinite, name=name))
        self._append(np.where(finite, numbers, np.nan), "number")
        shown = ["" if np.isnan(value) else f"{value:.6g}" for value in numbers[:PREVIEW_ROWS]]
        missing, distinct = int(np.count_nonzero(~finite)), len(np.unique(numbers[finite]))
        self._add(ColumnInfo(name, "number", missing, distinct, _examples(shown)), shown)

    def category(self, name: str, codes: NDArray[np.integer], categories: Sequence[str]) -> None:
        """Write codes (n,) into the categories, −1 where missing."""
        self._append(codes, "category")
        shown = [categories[code] if code >= 0 else "" for code in codes[:PREVIEW_ROWS].tolist()]
        missing = int(np.count_nonzero(codes < 0))
        self._add(ColumnInfo(name, "category", missing, len(categories), _examples(shown), tuple(categories)), shown)

    def block(self, name: str, kind: ColumnType, shape: tuple[int, ...], parts: Iterable[NDArray[Any]]) -> None:
        """Write cells of a shape, given as rows (m, width), n_rows in all."""
        with (self._folder / block_name(len(self.columns))).open("wb") as file:
            for part in parts:
                file.write(np.ascontiguousarray(part, STORED[kind]).data)
        self.describe_block(name, kind, shape)

    def describe_block(self, name: str, kind: ColumnType, shape: tuple[int, ...]) -> None:
        """Add a column whose file is written already."""
        words = " × ".join(map(str, shape))
        info = ColumnInfo(name, kind, 0, self.n_rows, (words,), (), shape)
        self._add(info, [words] * min(self.n_rows, PREVIEW_ROWS))

    def text(self, name: str, cells: Sequence[str]) -> None:
        """Add words of each row, of which nothing is stored."""
        shown = list(cells[:PREVIEW_ROWS])
        self._add(ColumnInfo(name, "text", 0, len(set(cells)), _examples(shown)), shown)

    def answer(self, **more: Any) -> Answer:
        """Return the JSON part. more: keys of it that differ from what is usual."""
        usual = {
            "n_rows": self.n_rows, "columns": [asdict(column) for column in self.columns],
            "preview": [list(row) for row in zip(*self._preview, strict=True)], "separator": "", "decimal": ".",
            "encoding": "", "header": True, "guessed_target": guess_target(self.columns), "notes": self.notes,
        }  # fmt: skip
        return {**usual, **more}

    def _append(self, values: NDArray[Any], kind: ColumnType) -> None:
        with (self._folder / NUMBERS).open("ab") as file:
            file.write(np.ascontiguousarray(values, STORED[kind]).data)

    def _add(self, info: ColumnInfo, shown: list[str]) -> None:
        self.columns.append(info)
        self._preview.append(shown)


def _examples(shown: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell for cell in shown if cell))[:EXAMPLES]
