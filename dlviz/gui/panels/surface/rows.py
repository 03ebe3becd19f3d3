"""The rows of a race: an optimizer each, with what it came to after the steps that are done."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.race.runners import setting_words, title_of
from dlviz.i18n import tr
from dlviz.session.race import Race
from dlviz.session.race.result import NetworkPart

NONE = "–"
NETWORK_COLUMNS = 7
NUMBER = Qt.ItemDataRole.UserRole  # of the colour and marker of a row
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Runner:
    """One row: what is written in each column, and what is said when it is pointed at.

    number: of its colour and marker.
    """

    cells: tuple[str, ...]
    tip: str
    number: int


def titles(race: Race | None) -> tuple[str, ...]:
    """Return the words over the columns."""
    near = numbers.number(race.spec.tolerance) if race is not None else ""
    if race is not None and race.network is not None:
        return (
            tr("optimizer"), tr("settings"), tr("loss now"), tr("off the plane"), tr("path"), tr("seconds"),
            tr("gradients"),
        )  # fmt: skip
    return (
        tr("optimizer"), tr("settings"), tr("f now"), tr("distance"), tr("steps to {near}", near=near), tr("settled"),
        tr("path"), tr("gradients"),
    )  # fmt: skip


def column_tip(column: int, is_network: bool = False) -> str:
    """Say what a column means."""
    if is_network:
        return (
            tr("The optimizer; Enter or a double click opens its settings"),
            tr("Its rate, and what differs from the defaults"), tr("Loss of all training rows, as in use"),
            tr("How far its weights lie off the plane that is shown"),
            tr("How long its way was so far, in all parameters"), tr("That its training took so far"),
            tr("How often the gradient of a batch was worked out so far"),
        )[column]  # fmt: skip
    return (
        tr("The optimizer; Enter or a double click opens its settings"),
        tr("Its rate, and what differs from the defaults"),
        tr("Height of the surface where it stands"), tr("To the nearest minimum"),
        tr("The first step within this distance of a minimum"),
        tr("The first step that moved no number by 0.000001 or more"), tr("How long its way was so far"),
        tr("How often the gradient was worked out so far"),
    )[column]  # fmt: skip


class Rows:
    """Writes the rows of one race; what is the same at all steps is written once."""

    def __init__(self, race: Race) -> None:
        self.race = race
        self._names = [(title_of(each), setting_words(each)) for each in race.spec.optimizers]

    def at(self, step: int) -> tuple[Runner, ...]:
        """Return a row for each optimizer after so many steps."""
        return tuple(self._row(index, step) for index in range(len(self._names)))

    def _row(self, index: int, step: int) -> Runner:
        path, names, standing = self.race.paths[index], self._names[index], self.race.standings[index]
        if step >= standing.broken:
            broken = tr("diverged at step {step}", step=numbers.count(standing.broken))
            words = broken if standing.broken else tr("no height here")
            cells = (*names, words, *[NONE] * 4, numbers.count(step))
            return Runner(cells, f"{names[0]}: {words}", self.race.spec.marker(index))
        if self.race.network is not None:
            return self._trained(self.race.network, index, step)
        value, distance = float(path.values[step]), float(standing.distances[step])
        cells = (
            *names, numbers.number(value), NONE if math.isnan(distance) else numbers.number(distance),
            _past(standing.reached, step), _past(standing.settled, step),
            numbers.number(float(standing.lengths[step])), numbers.count(step),
        )  # fmt: skip
        point = ", ".join(numbers.full(float(each)) for each in path.points[step])
        tip = tr("{name} at ({point}), f = {value}", name=names[0], point=point, value=numbers.full(value))
        return Runner(cells, tip, self.race.spec.marker(index))

    def _trained(self, network: NetworkPart, index: int, step: int) -> Runner:
        """Return the row of an optimizer that trains a network."""
        value, seconds = float(self.race.paths[index].values[step]), network.seconds[index] * step / self.race.steps
        figures = (value, float(network.residuals[index][step]), float(network.lengths[index][step]), seconds)
        name = self._names[index][0]
        tip = tr("{name}: loss {value} after {step} batches", name=name, value=numbers.full(value), step=step)
        cells = (*self._names[index], *map(numbers.number, figures), numbers.count(step))
        return Runner(cells, tip, self.race.spec.marker(index))


def _past(found: int | None, step: int) -> str:
    """Write a step that is past by now."""
    return NONE if found is None or found > step else numbers.count(found)


class TableModel(QAbstractTableModel):
    """The rows of one race at one step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Runner, ...] = ()
        self.titles = titles(None)

    def show_rows(self, rows: tuple[Runner, ...], words: tuple[str, ...]) -> None:
        """Show other rows."""
        if len(rows) != len(self.rows) or words != self.titles:
            self.beginResetModel()
            self.rows, self.titles = rows, words
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(words) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own default)
        """Return how many optimizers race."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, their side, or what is said when pointed at."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.titles[index.column()]} {row.cells[index.column()]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.tip}\n{self._whole(row)}"
        return row.number if role == NUMBER else None

    def _whole(self, row: Runner) -> str:
        """Say what stands in all columns but the name, also in those that have no room."""
        return " · ".join(f"{title} {cell}" for title, cell in list(zip(self.titles, row.cells, strict=False))[1:])

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the words over a column, and what they mean."""
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return column_tip(section, len(self.titles) == NETWORK_COLUMNS)
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        return None
