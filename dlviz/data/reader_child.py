"""The reader process: `python -m dlviz.data.reader_child FOLDER` answers the request that lies there."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from dlviz.core.errors import DataError
from dlviz.data.column_values import describe, preview_rows, write_numbers
from dlviz.data.columns import MISSING_CELLS, Plan, column_notes, plan_columns
from dlviz.data.dialect import Dialect
from dlviz.data.duck import Duck
from dlviz.data.file_checks import Sniffed, sniff
from dlviz.data.json_lines import ready_lines
from dlviz.data.limits import CELLS as MAX_CELLS
from dlviz.data.limits import COLUMNS
from dlviz.data.process_end import answering, limit_memory
from dlviz.data.reader_process import REQUEST
from dlviz.data.regular_file import open_regular, sha256_of
from dlviz.data.table import ColumnInfo, ReadChoices
from dlviz.data.target import guess_target
from dlviz.data.text_counts import Words, count_words
from dlviz.data.text_source import TextSource, ready_text
from dlviz.data.transport import NUMBERS, Answer
from dlviz.i18n import tr, trn

NAME_LENGTH = 80
NUMERIC = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*)", re.IGNORECASE)
TEMPORAL = re.compile(r"(DATE|TIME).*", re.IGNORECASE)


def main(arguments: Sequence[str]) -> int:
    """Read what the request in the folder names and write the answer beside it."""
    folder = Path(arguments[0])
    limit_memory()
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    path = Path(request["path"])
    answering(folder, path.name, lambda: _read_or_refuse(folder, path, ReadChoices(**request["choices"])))
    return 0


def _read_or_refuse(folder: Path, path: Path, choices: ReadChoices) -> Answer:
    try:
        return read(folder, path, choices)
    except duckdb.Error as error:
        message = tr("Expected a readable table. Received: {error}.", error=_first_line(error, folder))
        raise DataError(message, place=path.name) from None


def read(folder: Path, path: Path, choices: ReadChoices) -> Answer:
    """Read a file into the folder's binary file and return the JSON part of the answer."""
    sniffed = sniff(path)
    digest = sha256_of(path)
    read_kind = {"separated": _read_text, "lines": _read_lines, "columns": _read_parquet}[sniffed.format.reads]
    answer = read_kind(folder, sniffed, choices)
    with open_regular(path) as file:
        if file.seek(0, 2) != sniffed.size_bytes:
            answer["notes"].append(tr("The file changed while it was read; what was read is used."))
    return {**answer, "format": sniffed.format.key, "sha256": digest, "size_bytes": sniffed.size_bytes}


def _read_text(folder: Path, sniffed: Sniffed, choices: ReadChoices) -> Answer:
    return _read_source(folder, ready_text(folder, sniffed, choices), choices)


def _read_lines(folder: Path, sniffed: Sniffed, choices: ReadChoices) -> Answer:
    answer = _read_source(folder, ready_lines(folder, sniffed), choices)
    return {**answer, "separator": "", "header": True}


def _read_source(folder: Path, source: TextSource, choices: ReadChoices) -> Answer:
    dialect = source.dialect
    duck = Duck(source.path)
    duck.load_text(dialect.n_columns, dialect.separator, source.has_quotes, MISSING_CELLS)
    duck.drop_first(source.n_before)
    plans = plan_columns(duck, _names(dialect), ["cell"] * dialect.n_columns, dialect.decimal)
    answer = _answer(folder, duck, plans, source.n_before, choices)
    notes = [*source.notes, *answer.pop("notes")]
    if (lost := source.n_rows - answer["n_rows"]) > 0:
        one = "1 row could not be read and was left out."
        notes.append(trn(one, "{n} rows could not be read and were left out.", lost))
    return {
        **answer,
        "notes": notes,
        "separator": dialect.separator,
        "decimal": dialect.decimal,
        "encoding": source.encoding,
        "header": dialect.header_at >= 0,
    }


def _read_parquet(folder: Path, sniffed: Sniffed, choices: ReadChoices) -> Answer:
    path = folder / "table.parquet"
    path.symlink_to(sniffed.path.resolve())
    duck = Duck(path)
    described = duck.describe_parquet()
    if len(described) > COLUMNS or duck.count_parquet() * len(described) > MAX_CELLS:
        message = tr("Expected at most {columns} columns and {cells} cells.", columns=COLUMNS, cells=MAX_CELLS)
        raise DataError(message, tr("Keep a part of the rows or columns."), sniffed.path.name)
    sources = [_source(kind) for _, kind in described]
    duck.load_parquet(len(sources))
    plans = plan_columns(duck, _unique([name for name, _ in described]), sources, ".")
    return {**_answer(folder, duck, plans, 0, choices), "separator": "", "decimal": ".", "encoding": "", "header": True}


def _source(kind: str) -> str:
    if NUMERIC.fullmatch(kind):
        return "number"
    return "date" if TEMPORAL.fullmatch(kind) else "cell"


def _answer(folder: Path, duck: Duck, plans: list[Plan], first_row: int, choices: ReadChoices) -> Answer:
    """Write the arrays and describe the columns. first_row: rowid of the first row."""
    n_rows = duck.totals(["count(*)"])[0]
    if n_rows == 0:
        raise DataError(tr("Expected at least one row of data. Received: none."))
    with (folder / NUMBERS).open("wb") as file:
        counts = write_numbers(duck, plans, n_rows, file)
    preview = preview_rows(duck)
    texts = (plan for plan in plans if plan.type == "text" and plan.source == "cell" and plan.present)
    counted = {plan.index: count_words(folder, duck, plan, n_rows, choices) for plan in texts}
    columns = [
        _with_words(column, counted.get(index))
        for index, column in enumerate(describe(duck, plans, n_rows, preview, counts))
    ]
    notes = column_notes(duck, plans, first_row)
    notes += [
        tr("{name}: {n} infinite numbers count as missing.", name=plans[index].name, n=count)
        for index, count in counts.infinite.items()
    ]
    return {
        "n_rows": n_rows,
        "columns": [asdict(column) for column in columns],
        "preview": preview,
        "guessed_target": guess_target(columns),
        "notes": notes + [note for words in counted.values() if words is not None for note in words.notes],
        "row_names": next((words.sentences for words in counted.values() if words is not None), []),
    }


def _with_words(column: ColumnInfo, words: Words | None) -> ColumnInfo:
    if words is None:
        return column
    return replace(column, shape=(len(words.vocabulary),), categories=tuple(words.vocabulary))


def _names(dialect: Dialect) -> list[str]:
    """Return one name a column; where the header is one short, it lacks the first column's name."""
    header = list(dialect.header[: dialect.n_columns])
    short = dialect.n_columns - len(header)
    if dialect.header_at >= 0 and short == 1:
        header = ["row", *header]
    return _unique(header + [""] * (dialect.n_columns - len(header)))


def _unique(names: Sequence[str]) -> list[str]:
    """Make names printable, filled and different."""
    found: list[str] = []
    taken: set[str] = set()
    for index, raw in enumerate(names):
        name = "".join(sign if sign.isprintable() else " " for sign in raw).strip()[:NAME_LENGTH]
        name = name or f"column {index + 1}"
        if name in taken:
            name = f"{name} ({index + 1})"
        taken.add(name)
        found.append(name)
    return found


def _first_line(error: Exception, folder: Path) -> str:
    """Return what DuckDB says, without the private folder's name."""
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return line.replace(f"{folder}/", "")[:200]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
