"""Rows of a gradient check: a parameter each, worst first, and below it the entries where it differs most."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from dlviz.core.gradcheck import BUG, ROUNDING_ALONE, GradCheckReport, GradCheckRow, ratio_of, verdict
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.panels.inspector import notation
from dlviz.gui.selection import Selected
from dlviz.gui.theme import current
from dlviz.i18n import tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MOST_ENTRIES = 8  # of a parameter that are listed
MARKS = {"great": "✓", "acceptable": "✓", ROUNDING_ALONE: "✓", "check": "!", BUG: "✗"}
COLOURS = {"great": "ok", "acceptable": "ok", ROUNDING_ALONE: "ok", "check": "warn", BUG: "error"}


@dataclass(frozen=True)
class CheckLine:
    """One line: what is compared, ‖a‖ and ‖n‖ or two entries, their ratio, the verdict, and where it leads."""

    name: str
    analytic: float
    numeric: float
    ratio: float
    verdict: str
    place: Selected

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The texts of the columns; only whole parameters have room for the word."""
        a, n, ratio = (numbers.number(each, 3) for each in (self.analytic, self.numeric, self.ratio))
        mark = MARKS[self.verdict]
        is_entry = self.place.kind != "layer"
        return self.name, a, n, f"{ratio} {mark}" if is_entry else f"{ratio}\n{mark} {verdict_word(self.verdict)}"


def verdict_word(word: str) -> str:
    """Return a verdict as people read it."""
    return {
        "great": tr("great"),
        "acceptable": tr("acceptable"),
        "check": tr("look closer"),
        BUG: tr("a bug"),
        ROUNDING_ALONE: tr("rounding"),
    }[word]


def column_titles() -> tuple[str, str, str, str]:
    """Return the headings."""
    return tr("parameter"), "‖a‖", "‖n‖", tr("ratio")


def column_words() -> tuple[str, str, str, str]:
    """Return the headings in words, for who cannot see the table and for copies of it."""
    return tr("parameter"), tr("backward"), tr("difference"), tr("ratio")


def column_tips() -> tuple[str, str, str, str]:
    """Say what the columns are."""
    return (
        tr("A parameter of the network; worst first"),
        tr("‖a‖, the norm of what the backward pass computed; below it single entries"),
        tr("‖n‖, the norm of the central differences (L(w + ε) − L(w − ε)) / 2ε; below it single entries"),
        tr("‖a − n‖ / (‖a‖ + ‖n‖): up to 10⁻⁷ great, up to 10⁻⁵ acceptable, up to 10⁻³ to be looked at, above a bug"),
    )


def line_of(row: GradCheckRow) -> CheckLine:
    """Return the line of a parameter."""
    layer = row.name.partition(".")[0]
    return CheckLine(row.name, *row.norms, row.ratio, row.verdict(), Selected("layer", layer))


def entry_lines(row: GradCheckRow, symbols: Symbols) -> tuple[CheckLine, ...]:
    """Return the lines of the entries of a parameter that differ most."""
    layer = row.name.partition(".")[0]
    lines = []
    for entry in row.worst(MOST_ENTRIES):
        a, n = float(row.analytic[entry]), float(row.numeric[entry])
        ratio = ratio_of(a, n)
        # One entry may be off by rounding where all of them together are not.
        word = ROUNDING_ALONE if abs(a - n) <= row.noise else verdict(ratio)
        name = symbols.entry(row.name, *entry)
        lines.append(CheckLine(name, a, n, ratio, word, place_of(symbols.network, layer, row.name, entry)))
    return tuple(lines)


def place_of(network: NetworkSpec, layer: str, name: str, entry: tuple[int, ...]) -> Selected:
    """Return what to select for one number: the link or bias that is drawn, else the number itself."""
    found = notation.find_layer(network, layer)
    if found is not None and found.kind == "dense" and name == f"{layer}.b":
        return Selected("bias", layer, entry[0])
    if found is not None and found.kind == "dense":
        return Selected("link", layer, entry[0], notation.source_of(network, found), entry[1])
    return Selected("parameter", layer, name=name, entry=entry)


class CheckModel(QAbstractItemModel):
    """A tree of two levels: parameters and their worst entries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[CheckLine, ...] = ()
        self.entries: tuple[tuple[CheckLine, ...], ...] = ()

    def show_report(self, report: GradCheckReport | None, symbols: Symbols) -> None:
        """Show a report; none empties the table."""
        rows = () if report is None else report.rows
        self.beginResetModel()
        self.lines = tuple(map(line_of, rows))
        self.entries = tuple(entry_lines(row, symbols) for row in rows)
        self.endResetModel()

    def line(self, index: Index) -> CheckLine:
        """Return the line of a row; internal ids count parameters from 1, entries lie below them."""
        above = index.internalId()
        return self.entries[above - 1][index.row()] if above else self.lines[index.row()]

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.lines)
        is_parameter = parent.internalId() == 0 and parent.column() == 0
        return len(self.entries[parent.row()]) if is_parameter else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(column_titles())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.line(index), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return line.cells[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            word = f", {verdict_word(line.verdict)}" if column == len(column_words()) - 1 else ""
            return f"{column_words()[column]}: {line.cells[column].partition(chr(10))[0]}{word}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(line)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if role == Qt.ItemDataRole.ForegroundRole and column == len(column_titles()) - 1:
            return current().colour(COLOURS[line.verdict])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return column_titles()[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return column_tips()[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def words(self) -> str:
        """Return all parameters and listed entries with every digit, tab-separated."""
        lines = [line for pair in zip(self.lines, self.entries, strict=True) for line in (pair[0], *pair[1])]
        values = [(line.name, repr(line.analytic), repr(line.numeric), repr(line.ratio)) for line in lines]
        return "\n".join("\t".join(each) for each in (column_words(), *values))


def tip_of(line: CheckLine) -> str:
    """Return a line with every digit."""
    return tr("{name}\nbackward {analytic}\ndifference {numeric}\nratio {ratio}",
              name=line.name, analytic=numbers.full(line.analytic), numeric=numbers.full(line.numeric),
              ratio=numbers.full(line.ratio))  # fmt: skip
