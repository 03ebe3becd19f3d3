"""Read a data file as the window would, and tell what it holds and what was guessed, changed or dropped."""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from dlviz.cli.documents import print_json
from dlviz.data.formats import modality_words
from dlviz.data.reader import read_table
from dlviz.data.table import ColumnInfo, ReadChoices, TableRead
from dlviz.data.table_dataset import modality_of
from dlviz.i18n import tr


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz data`."""
    parser.description = tr(
        "Read a data file as the window would, and tell what it holds and what was guessed, changed or dropped."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a file or folder; see dlviz list formats"))
    parser.add_argument("--labels", metavar="FILE", help=tr("the file with the labels of IDX images"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    """Read the file and print what it holds."""
    info = read_table(arguments.file, ReadChoices(labels=arguments.labels)).info
    if arguments.json:
        print_json(as_json(info))
    else:
        _print_table(info)
    return 0


def as_json(info: TableRead) -> dict[str, Any]:
    """Return everything known about a file but its rows."""
    return {
        "file": str(info.path),
        "format": info.format,
        "kind": modality_of(info),
        "rows": info.n_rows,
        "columns": [_column_json(column) for column in info.columns],
        "target": info.guessed_target,
        "separator": info.separator,
        "decimal": info.decimal,
        "encoding": info.encoding,
        "header": info.header,
        "sha256": info.sha256,
        "notes": info.notes,
    }


def _column_json(column: ColumnInfo) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "missing": column.missing,
        "distinct": column.distinct,
        "examples": column.examples,
        "categories": column.categories,
        "shape": column.shape,
    }


def _print_table(info: TableRead) -> None:
    console = Console(markup=False, highlight=False)
    console.print(_summary(info), soft_wrap=True)
    grid = Grid(box=None, pad_edge=False)
    for title in (tr("column"), tr("type"), tr("missing"), tr("distinct"), tr("for example")):
        grid.add_column(title, justify="right" if title in (tr("missing"), tr("distinct")) else "left")
    for column in info.columns:
        mark = tr(" (target)") if column.name == info.guessed_target else ""
        examples = ", ".join(column.examples)
        grid.add_row(column.name + mark, column.type, str(column.missing), str(column.distinct), examples)
    console.print(grid)
    for note in info.notes:
        console.print(note, soft_wrap=True)


def _summary(info: TableRead) -> str:
    facts = [tr("rows: {count}", count=info.n_rows), tr("columns: {count}", count=len(info.columns)), info.format]
    if info.separator:
        facts.append(tr("separator {separator!r}", separator=info.separator))
        facts.append(tr("decimal sign {decimal!r}", decimal=info.decimal))
    facts += [info.encoding] if info.encoding else []
    facts.append(modality_words(modality_of(info)))
    return ", ".join(facts)
