"""Which column of a table is probably to be predicted."""

from collections.abc import Sequence

from dlviz.data.table import ColumnInfo

TARGET_NAMES = frozenset(
    ("target", "label", "class", "y", "species", "outcome", "diagnosis", "quality", "survived", "klasse", "ziel")
)


def guess_target(columns: Sequence[ColumnInfo]) -> str:
    """Return the column that is probably to be predicted: by its name, else the last usable one."""
    usable = [column for column in columns if column.type in ("number", "category") and column.distinct > 1]
    named = [column.name for column in usable if column.name.lower() in TARGET_NAMES]
    return named[-1] if named else usable[-1].name if usable else ""
