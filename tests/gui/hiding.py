"""What can be read in the window, by eye, by pointer and by ear, and which hidden numbers are among it."""

from collections.abc import Callable
from itertools import product

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.typeset.view import FormulaView
from dlviz.session.messages import Frame
from tests.gui.robot import Robot

ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def readable(window: QWidget) -> str:
    """Return everything that can be read in a window: texts, tooltips, what a screen reader says, rows, the canvas."""
    found: list[str] = []
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            found += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis()]
            found += [widget.text()] if isinstance(widget, QLabel | QLineEdit | FormulaView) else []
        if isinstance(widget, QAbstractItemView) and widget.isVisible() and widget.model() is not None:
            found += cells(widget.model())
    steps = window.findChild(StepsPanel)
    for row in range(steps.model.rowCount()):
        index = steps.model.index(row)
        found += [str(index.data(role) or "") for role in ROLES]
        found += [steps.model.rows[row].summary, steps.model.rows[row].board, *steps.model.rows[row].shorter]
    return "\n".join(found)


def cells(model: QAbstractItemModel) -> list[str]:
    """Return what the cells of a table or list say, in every role."""
    columns = model.columnCount() if isinstance(model, QAbstractTableModel) else 1
    places = product(range(model.rowCount()), range(columns))
    return [str(model.index(row, column).data(role) or "") for row, column in places for role in ROLES]


def painted(robot: Robot) -> str:
    """Return the texts that the canvas paints beside and in its units."""
    scene = robot.view.network_scene
    return repr(scene.tiles.content.texts) + "\n".join(scene.labels._texts)


def results(frame: Frame) -> list[float]:
    """Return the numbers that the last step done came to."""
    assert frame.trace is not None
    step = frame.trace.steps[frame.cursor - 1]
    return [float(number) for array in step.writes.values() for number in np.asarray(array, float).reshape(-1)]


def written(value: float) -> set[str]:
    """Return how a number may be written."""
    magnitude = abs(value)
    return {numbers.number(magnitude, digits) for digits in (4, 3)} | {f"{magnitude:.10g}"[:8]}


def leaks(robot: Robot, before: str) -> list[str]:
    """Return the numbers of the hidden step that can be read although nothing else had shown them."""
    shown = readable(robot.window) + painted(robot)
    secret = {text for value in results(robot.frame) for text in written(value) if len(text) > 3}
    return sorted(text for text in secret if text in shown and text not in before)


def drawn(robot: Robot, is_so: Callable[[], bool]) -> str:
    """Wait until all panels have drawn the latest frame, and return what can be read then."""

    def is_drawn() -> bool:
        shown = [each for panel, each in robot.window.bridge._panels.items() if panel.isVisible()]
        return all(each.serial == robot.frame.serial for each in shown) and is_so()

    robot.wait(is_drawn)
    return readable(robot.window) + painted(robot)
