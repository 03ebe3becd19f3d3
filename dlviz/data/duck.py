"""DuckDB shut in: one file to read, no extensions, no network, settings locked. Reader process only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from dlviz.data.limits import RECORD_BYTES

CELLS = "cells"  # the one table; its columns are c0, c1, …, so that no name from a file enters a query
MEMORY = "2GB"
BATCH = 200  # columns a query


class Duck:
    """A connection that can read exactly one file."""

    def __init__(self, path: Path) -> None:
        self._path = literal(str(path))
        self._connection = duckdb.connect(
            ":memory:",
            config={"threads": 2, "memory_limit": MEMORY, "autoload_known_extensions": False},
        )
        for setting in (
            "autoinstall_known_extensions=false",
            "allow_community_extensions=false",
            f"temp_directory={literal(str(path.parent))}",
            f"allowed_paths=[{self._path}]",
            "enable_external_access=false",
            "lock_configuration=true",
        ):
            self._connection.execute(f"SET {setting}")

    def load_text(self, n_columns: int, separator: str, has_quotes: bool, missing: Sequence[str]) -> None:
        """Read a UTF-8 text into the table, cells as they stand; blank lines are skipped.

        Records with another number of cells than n_columns are left out. missing: cells that
        become NULL. An empty one is not among them: DuckDB would take blank lines for rows.
        """
        names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(n_columns))
        quote = "'\"'" if has_quotes else "''"
        self._connection.execute(
            f"CREATE TABLE {CELLS} AS SELECT * FROM read_csv({self._path}, columns={{{names}}}, "
            f"auto_detect=false, delim={literal(separator)}, quote={quote}, escape={quote}, header=false, "
            f"nullstr=[{', '.join(map(literal, missing))}], ignore_errors=true, null_padding=false, "
            f"max_line_size={RECORD_BYTES}, encoding='utf-8')"
        )

    def describe_parquet(self) -> list[tuple[str, str]]:
        """Return name and type of every column of a Parquet file."""
        rows = self._connection.execute(f"DESCRIBE SELECT * FROM read_parquet({self._path})").fetchall()
        return [(str(row[0]), str(row[1])) for row in rows]

    def count_parquet(self) -> int:
        """Return how many rows a Parquet file says it has."""
        return int(self.rows(f"SELECT count(*) FROM read_parquet({self._path})")[0][0])

    def load_parquet(self, n_columns: int) -> None:
        """Read a Parquet file into the table."""
        names = ", ".join(f"c{index}" for index in range(n_columns))
        self._connection.execute(f"CREATE TABLE {CELLS} AS SELECT * FROM read_parquet({self._path}) AS source({names})")

    def drop_first(self, n: int) -> None:
        """Leave out the first n rows."""
        if n:
            self._connection.execute(f"DELETE FROM {CELLS} WHERE rowid < {n}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return list(self._connection.execute(query).fetchall())

    def totals(self, expressions: Sequence[str]) -> list[int]:
        """Return one whole number an expression over all rows; a sum over nothing is 0."""
        found: list[int] = []
        for start in range(0, len(expressions), BATCH):
            batch = ", ".join(expressions[start : start + BATCH])
            found += [int(value or 0) for value in self.rows(f"SELECT {batch} FROM {CELLS}")[0]]
        return found

    def arrays(self, expressions: Sequence[str]) -> list[NDArray[np.generic]]:
        """Return one array (n_rows,) an expression, in the order of the rows."""
        chosen = ", ".join(f"{expression} AS a{index}" for index, expression in enumerate(expressions))
        found = self._connection.execute(f"SELECT {chosen} FROM {CELLS}").fetchnumpy()
        return [np.ma.getdata(found[f"a{index}"]) for index in range(len(expressions))]

    def make_enum(self, name: str, column: str) -> None:
        """Name the sorted distinct values of a column as a type, whose codes count them from 0."""
        self._connection.execute(
            f"CREATE TYPE {name} AS ENUM (SELECT DISTINCT {column} FROM {CELLS} WHERE {column} IS NOT NULL ORDER BY 1)"
        )


def literal(text: str) -> str:
    """Write text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
