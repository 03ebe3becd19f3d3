"""The points of all curves as rows, with every digit."""

from collections.abc import Sequence

from dlviz.gui.panels.curves.overlay import Drawn
from dlviz.gui.panels.curves.series import Series
from dlviz.gui.run_words import run_name
from dlviz.session.run_row import RunRow

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]


def table_of(metric: str, own: Sequence[tuple[str, Series]], current: RunRow | None, beside: Sequence[Drawn]) -> Table:
    """Return headings and rows of the curves of a run by part; with the name of the run where others lie beside it."""
    if not beside or current is None:
        return ("rows", "step", metric), [(part, *point) for part, drawn in own for point in points(drawn)]
    rows: list[tuple[object, ...]] = []
    curves = [Drawn(current, part, drawn) for part, drawn in own] + list(beside)
    for each in curves:
        rows += [(run_name(each.row), each.part, *at) for at in points(each.series)] if each.row else []
    return ("run", "rows", "step", metric), rows


def points(drawn: Series) -> list[tuple[int, float]]:
    """Return the points of a curve as steps and values."""
    return [(int(step), value) for step, value in zip(drawn.steps.tolist(), drawn.values.tolist(), strict=True)]
