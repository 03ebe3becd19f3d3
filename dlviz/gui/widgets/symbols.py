"""Symbols of scatter plots that they do not have themselves."""

from functools import cache

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtGui import QPainterPath

from dlviz.gui.widgets.points import barred


@cache
def barred_symbol(name: str) -> QPainterPath:
    """Return a symbol of scatters, of size 1, with a bar across it: of test rows."""
    return barred(Symbols[name])
