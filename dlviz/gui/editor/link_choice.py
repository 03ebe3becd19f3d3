"""What links show while a gradient is worked out, chosen by words in the corner of the canvas."""

from PySide6.QtWidgets import QWidget

from dlviz.gui.editor.link_gradients import SHARES, SUMS, WEIGHTS
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr


class LinkChoice(Words):
    """Weights, what the looked-at sample adds by each link, or the sum that each parameter gets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        titles = [(WEIGHTS, tr("weights")), (SHARES, tr("this sample")), (SUMS, tr("gradient"))]
        super().__init__(tr("What links show"), titles, parent=parent)
        tip = tr("What links show: weights; what the looked-at sample adds by each link, δ · a;\n"
                 "or the gradient, the sum that each parameter gets from all samples and uses")  # fmt: skip
        describe(self, tr("What links show"), tip)
        self.set_key(SUMS)
        self.hide()
