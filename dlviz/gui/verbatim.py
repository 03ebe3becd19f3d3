"""Words of people and files in places of Qt and pyqtgraph that read some signs in a way of their own.

Each function returns what is to be set there, so that it comes out as it was written.
"""

import re

from PySide6 import QtGui

_MARKED = re.compile("&(.)")


def in_help(words: str) -> str:
    """Return words for help on a widget, where what looks like HTML is read as that, and could open another file."""
    is_html = QtGui.Qt.mightBeRichText(words)
    return QtGui.Qt.convertFromPlainText(words, QtGui.Qt.WhiteSpaceMode.WhiteSpaceNormal) if is_html else words


def in_line_label(words: str) -> str:
    """Return words for the label of a line of a plot, which is a format."""
    return words.replace("{", "{{").replace("}", "}}")


def in_menu(words: str) -> str:
    """Return words for an entry of a menu, or a label of a field: "&" underlines what comes next, a tab begins keys."""
    return words.replace("&", "&&").replace("\t", " ")


def in_window_title(words: str) -> str:
    """Return words for the title of a window, where "[*]" is the mark of what is not saved."""
    return words.replace("[*]", "[*][*]")


def out_of_menu(title: str) -> str:
    """Return the title of an entry of a menu as it is read."""
    return _MARKED.sub(r"\1", title)
