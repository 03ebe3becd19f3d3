"""What one frame of the canvas costs the window."""

from time import perf_counter

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.panel import Context
from dlviz.gui.panels.canvas import CanvasPanel
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Maps

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SLACK = 2.0  # the limits hold on a quiet machine; a test must also pass on a busy one


class Still:
    """As much of a session as drawing needs."""

    dataset = prepared = None

    def __init__(self, document: Document) -> None:
        self.document = document


@pytest.mark.parametrize(("units", "limit_ms"), [((2, 8, 6, 4), 1.7), ((2, *(6,) * 9, 4), 5.3)])
def test_frame_is_drawn_within_its_budget(qtbot: QtBot, units: tuple[int, ...], limit_ms: float) -> None:
    layers = tuple(dense(f"h{index}", count, "tanh") for index, count in enumerate(units[1:], 1))
    document = Document(network=NetworkSpec(layers, (InputSpec("x", (2,)),)))
    panel = CanvasPanel(Context(Still(document), lambda message, action=None: None))
    qtbot.addWidget(panel)
    panel.resize(930, 664)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_document(document)
    costs = []
    for frame in frames(document, units):
        start = perf_counter()
        panel.show_frame(frame)
        QApplication.processEvents()
        costs.append(1000 * (perf_counter() - start))
    assert min(costs) <= SLACK * limit_ms


def frames(document: Document, units: tuple[int, ...]) -> list[Frame]:
    """Return frames in which every weight and every map differs from the one before."""
    random = np.random.default_rng(3)
    names = [layer.id for layer in document.network.layers]
    result = []
    for serial in range(60):
        parameters = {f"{n}.W": random.normal(0, 1.2, (k, d)) for n, k, d in zip(names, units[1:], units, strict=False)}
        parameters |= {f"{n}.b": random.normal(0, 1, k) for n, k in zip(names, units[1:], strict=True)}
        maps = {n: random.uniform(-1, 1, (k, 32, 32)).astype("f4") for n, k in zip(names, units[1:], strict=True)}
        shown = Maps(maps, np.zeros((1, 2, 2)), (-1.0, 1.0, -1.0, 1.0))
        result.append(Frame(serial, 0, "running", document, parameters=parameters, maps=shown))
    return result
