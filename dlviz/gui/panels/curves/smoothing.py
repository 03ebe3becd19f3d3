"""Smoothing of curves: a running mean whose reach a slider says; what was measured stays, faintly."""

import numpy as np
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.curves.series import Series
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.slider import Slider
from dlviz.i18n import tr

POSITIONS = 100
WIDTH = 6 * GRID
FIRST_STEPS = 500
WIDEST = 0.2  # of the steps that are drawn: how far back the mean reaches where the slider is at its end


class Smoothing(Slider):
    """How far the running mean of curves reaches; at the left end nothing is smoothed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, POSITIONS)
        self.setFixedWidth(WIDTH)
        self.setObjectName("smoothing")
        self.tell(1)
        self.hide()

    def reach(self, last_step: float) -> float:
        """Return the reach in steps where so many are drawn; 0 for no smoothing."""
        return WIDEST * (self.value() / POSITIONS) ** 2 * last_step

    def is_worthwhile(self, last_step: float) -> bool:
        """Say whether there is enough to smooth: a run that has just begun is calmer without a slider."""
        return last_step >= FIRST_STEPS or self.value() > 0

    def tell(self, last_step: float) -> None:
        """Say what the slider does, and the reach that it stands for."""
        reach = self.reach(last_step)
        now = tr("now about {n} steps", n=numbers.number(reach, 2)) if reach else tr("now not at all")
        describe(self, tr("Smoothing"), tr("Draws a running mean over the measured curves, {now}", now=now))


def smoothed(drawn: Series, reach: float) -> Series:
    """Return the running mean of a curve: a point that lies d steps back counts e^(−d/reach) times as much.

    The mean after a point is e^(−d/reach) of that before it, and the point for the rest, as points are not equally
    far apart.
    """
    if not reach or len(drawn.steps) < 2:
        return drawn
    kept = np.exp(-np.diff(drawn.steps) / reach).tolist()
    values = drawn.values.tolist()
    means = [values[0]]
    for share, value in zip(kept, values[1:], strict=True):
        means.append(share * means[-1] + (1 - share) * value)
    return Series(drawn.steps, np.array(means))
