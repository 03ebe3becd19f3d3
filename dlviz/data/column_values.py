"""Numbers, codes, preview and description of the planned columns. Reader process only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dlviz.data.columns import Plan
from dlviz.data.duck import BATCH, CELLS, Duck
from dlviz.data.limits import PREVIEW_ROWS
from dlviz.data.table import EXAMPLES, STORED, ColumnInfo

CELLS_AT_ONCE = 4_000_000  # fetched by one query


@dataclass(frozen=True)
class Counts:
    """What only the fetched numbers tell: different values and infinite ones, by column index."""

    distinct: dict[int, int]
    infinite: dict[int, int]


def write_numbers(duck: Duck, plans: Sequence[Plan], n_rows: int, file: BinaryIO) -> Counts:
    """Write every number and category column in order; infinite numbers become missing."""
    counts = Counts({}, {})
    stored = [plan for plan in plans if plan.type in ("number", "category")]
    width = max(1, min(BATCH, CELLS_AT_ONCE // n_rows))
    for start in range(0, len(stored), width):
        batch = stored[start : start + width]
        arrays = duck.arrays([_fetched(duck, plan) for plan in batch])
        for plan, values in zip(batch, arrays, strict=True):
            kept = _finite(values, plan.index, counts) if plan.type == "number" else values
            file.write(kept.astype(STORED[plan.type]).tobytes())
    return counts


def describe(
    duck: Duck, plans: Sequence[Plan], n_rows: int, preview: Sequence[Sequence[str]], counts: Counts
) -> list[ColumnInfo]:
    """Return what a user sees of each column."""
    return [
        ColumnInfo(
            plan.name,
            plan.type,
            n_rows - (plan.numeric if plan.type == "number" else plan.present) + counts.infinite.get(plan.index, 0),
            counts.distinct.get(plan.index, plan.distinct),
            _examples(preview, plan.index),
            _categories(duck, plan) if plan.type == "category" else (),
        )
        for plan in plans
    ]


def preview_rows(duck: Duck) -> list[list[str]]:
    """Return the first rows as text, missing cells empty."""
    rows = duck.rows(f"SELECT * FROM {CELLS} ORDER BY rowid LIMIT {PREVIEW_ROWS}")
    return [["" if cell is None else str(cell).strip()[:200] for cell in row] for row in rows]


def _fetched(duck: Duck, plan: Plan) -> str:
    """Return SQL for a number, NaN where missing, or for a category's code, −1 where missing."""
    if plan.type == "number":
        return f"coalesce({plan.number}, CAST('nan' AS DOUBLE))"
    duck.make_enum(f"e{plan.index}", plan.cell)
    return f"coalesce(CAST(enum_code(CAST({plan.cell} AS e{plan.index})) AS INTEGER), -1)"


def _finite(values: NDArray[np.generic], index: int, counts: Counts) -> NDArray[np.generic]:
    numbers = np.array(values, dtype=np.float64)
    if infinite := int(np.count_nonzero(np.isinf(numbers))):
        counts.infinite[index] = infinite
        numbers[np.isinf(numbers)] = np.nan
    counts.distinct[index] = len(np.unique(numbers[np.isfinite(numbers)]))
    return numbers


def _categories(duck: Duck, plan: Plan) -> tuple[str, ...]:
    rows = duck.rows(f"SELECT DISTINCT {plan.cell} FROM {CELLS} WHERE {plan.cell} IS NOT NULL ORDER BY 1")
    return tuple(str(row[0]) for row in rows)


def _examples(preview: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[index] for row in preview if row[index]))[:EXAMPLES]
