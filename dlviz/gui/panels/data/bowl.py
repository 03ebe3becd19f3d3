"""The loss over two weights as ellipses of equal loss, with a plain descent near the largest stable rate."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.data.study import Bowl
from dlviz.gui import numbers
from dlviz.gui.widgets.zoom_plot import ZoomPlot
from dlviz.i18n import tr

LEVELS = 6
POINTS = 121  # of an ellipse
STEPS = 40  # of the descent
OF_LARGEST = 0.9  # its rate, of the largest that is stable
REACH = 1.12  # of the outermost ellipse that is shown
FLATTEST = 1e-12  # curvatures below this share of the largest are drawn as if they were that large


class BowlPlot(ZoomPlot):
    """Ellipses, the lowest point, and the way of a descent; both axes have one scale, so that a valley looks narrow."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.getViewBox().setAspectLocked(True)
        self.rings = [self.line("positive_mark") for _ in range(LEVELS)]
        self.way = self.line("update", Qt.PenStyle.SolidLine, 1.6)
        self.way.opts["antialias"] = True
        self.call(self.way, tr("plain descent at {share} of the largest rate", share=numbers.percent(OF_LARGEST)))
        for number, ring in enumerate(self.rings):
            ring.opts["antialias"] = True
            self.call(ring, tr("equal loss {number}", number=number + 1))

    def show_bowl(self, bowl: Bowl) -> None:
        """Draw a bowl around its lowest point."""
        curvatures, directions = np.linalg.eigh(bowl.matrix)
        curvatures = np.maximum(curvatures, FLATTEST * max(float(curvatures[-1]), 1e-300))
        angle = np.linspace(0, 2 * np.pi, POINTS)
        ring = directions @ (np.stack([np.cos(angle), np.sin(angle)]) / np.sqrt(curvatures / curvatures[0])[:, None])
        radius = max(float(np.abs(bowl.lowest).max()), 1.0)
        for level, item in enumerate(self.rings):
            scaled = radius * (level + 1) / LEVELS * ring + bowl.lowest[:, None]
            item.setData(scaled[0], scaled[1])
        start = bowl.lowest + directions @ (radius * 0.7 / np.sqrt(curvatures / curvatures[0]))
        self.way.setData(*descent(bowl, start).T)
        far = REACH * radius
        (x, y) = bowl.lowest.tolist()
        self.show_all((x - far, x + far), (y - far, y + far))


def descent(bowl: Bowl, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places (STEPS + 1, 2) of a plain descent from start, near the largest stable rate.

    Where inputs are 0 in every row, the loss is flat and any rate is stable: the descent stays where it is.
    """
    rate = OF_LARGEST * bowl.largest_rate if np.isfinite(bowl.largest_rate) else 0.0
    places = [start]
    for _ in range(STEPS):
        places.append(places[-1] - rate * bowl.matrix @ (places[-1] - bowl.lowest))
    return np.array(places)


def bowl_words(bowl: Bowl) -> str:
    """Say the condition and the largest stable rate."""
    return tr("condition {condition} · largest stable rate {rate}", condition=numbers.number(bowl.condition),
              rate=numbers.number(bowl.largest_rate))  # fmt: skip
