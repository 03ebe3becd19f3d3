"""Words of the distributions panel: which runs there are, and what its two outlines are."""

from dlviz.gui import numbers
from dlviz.gui.run_words import run_name
from dlviz.i18n import tr
from dlviz.session.distributions import Column
from dlviz.session.run_row import RunRow


def names_of(rows: tuple[RunRow, ...]) -> list[tuple[int, str, bool]]:
    """Return what tells runs apart in a list to choose from."""
    return [(row.uid, run_name(row), row.is_current) for row in rows]


def legend_of(line: str, run: RunRow | None, column: Column | None) -> str:
    """Say whose outline a line is; nothing where there is none."""
    if column is None:
        return ""
    step = tr("step {step}", step=numbers.count(column.step))
    return f"{line} {run_name(run)}, {step}" if run else f"{line} {step}"
