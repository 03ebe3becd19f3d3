"""What runs are called, where they come from, and the colours they have everywhere in the window."""

from collections.abc import Sequence

from dlviz.gui import numbers
from dlviz.gui.theme import Theme
from dlviz.i18n import tr
from dlviz.session.run_row import RunRow

#: Places among the colours of classes. Orange and blue, which also say negative and positive, come last.
_ORDER = (2, 3, 6, 7, 9, 4, 8, 5, 0, 1)


def run_colour(theme: Theme, row: RunRow) -> str:
    """Return the colour of a run; after ten runs they begin again, told apart by their numbers."""
    return colour_of(theme, row.colour)


def colour_of(theme: Theme, number: int) -> str:
    """Return one of the colours for runs; after ten they begin again."""
    return theme.class_colour(_ORDER[number % len(_ORDER)])


def run_name(row: RunRow) -> str:
    """Return what somebody called a run, else its number."""
    return row.label.name or tr("Run {n}", n=row.uid)


def name_of(uid: int, rows: Sequence[RunRow]) -> str:
    """Return the name of a run that may be gone."""
    return next((run_name(row) for row in rows if row.uid == uid), tr("Run {n}", n=uid))


def change_words(row: RunRow, rows: Sequence[RunRow]) -> str:
    """Say what a run changed: "rate 0.1 → 0.5"."""
    return row.origin.change


def parent_words(row: RunRow, rows: Sequence[RunRow]) -> str:
    """Say which run a run left, and where: "Run 1, epoch 50", "beside Run 1"; nothing for the first one."""
    origin = row.origin
    if origin.parent is None:
        return ""
    parent = name_of(origin.parent, rows)
    if origin.is_beside:
        return tr("beside {parent}", parent=parent)
    if origin.step == 0:
        return tr("{parent}, start", parent=parent)
    return tr("{parent}, epoch {epoch}", parent=parent, epoch=numbers.count(origin.epoch))


def seconds_words(seconds: float) -> str:
    """Write computing time: "0.42 s", "3 min 5 s"."""
    if seconds < 60:
        return f"{numbers.number(seconds, 3 if seconds < 1 else 2)} s" if seconds else ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
