"""The windows that are there."""

import gc

from PySide6.QtWidgets import QApplication, QWidget


def top_widgets() -> list[QWidget]:
    """Return every top-level widget that lives.

    Python must not collect while Qt's list is taken over: it would free widgets that are still to be wrapped, such as
    those that each plot of pyqtgraph keeps without a parent, and the process would end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return QApplication.topLevelWidgets()
    finally:
        if was_on:
            gc.enable()
