"""Copying numbers on show: a menu under the pointer, and rows as CSV with every digit."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from dlviz.gui import numbers

Offer = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Rows:
    """What is drawn as a table: the words over the columns, and rows of numbers or names."""

    headings: tuple[str, ...]
    rows: Iterable[Sequence[object]]


@runtime_checkable
class Plotted(Protocol):
    """A widget that draws numbers, and can write down all of them."""

    def plotted(self) -> Rows:
        """Return what is drawn now."""


def plotted_in(widget: QWidget) -> Plotted | None:
    """Return the first widget on show, this one or within it, that can write down what it draws."""
    if isinstance(widget, Plotted):
        return widget
    shown = (each for each in widget.children() if isinstance(each, QWidget) and each.isVisible())
    return next((found for found in map(plotted_in, shown) if found is not None), None)


def plotted_at(widget: QWidget | None, within: QWidget) -> Plotted | None:
    """Return what a widget belongs to, itself or one around it, that can write down what it draws."""
    while widget is not None and widget is not within:
        if isinstance(widget, Plotted):
            return widget
        widget = widget.parentWidget()
    return None


def offer(widget: QWidget, at: QPoint, title: str, act: Callable[[], None]) -> QMenu:
    """Pop up a menu of one entry at a place on the screen; it deletes itself."""
    return offer_all(widget, at, (title, act))


def offer_all(widget: QWidget, at: QPoint, *offers: Offer) -> QMenu:
    """Pop up a menu of titles and what they do, at a place on the screen; it deletes itself."""
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for title, act in offers:
        menu.addAction(title).triggered.connect(act)
    menu.popup(at)
    return menu


def copy_plotted(shown: Plotted) -> None:
    """Put all that a widget draws on the clipboard."""
    found = shown.plotted()
    copy_csv(found.headings, found.rows)


def copy_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Put rows on the clipboard; floats are written so that reading them gives the same bits.

    Where the comma is the decimal sign, semicolons stand between cells.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if numbers.has_comma() else ",", lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([numbers.exact(cell) if isinstance(cell, float) else cell for cell in row] for row in rows)
    QGuiApplication.clipboard().setText(text.getvalue())
