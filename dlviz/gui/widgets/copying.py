"""Copying numbers on show: a menu under the pointer, and rows as CSV with every digit."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from dlviz.gui import numbers


def offer(widget: QWidget, at: QPoint, title: str, act: Callable[[], None]) -> QMenu:
    """Pop up a menu of one entry at a place on the screen; it deletes itself."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(title).triggered.connect(act)
    menu.popup(at)
    return menu


def copy_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Put rows on the clipboard; floats are written so that reading them gives the same bits.

    Where the comma is the decimal sign, semicolons stand between cells.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if numbers.has_comma() else ",", lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([numbers.exact(cell) if isinstance(cell, float) else cell for cell in row] for row in rows)
    QGuiApplication.clipboard().setText(text.getvalue())
