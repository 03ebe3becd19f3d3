"""Draw parts of the window and print a JSON object of milliseconds by their names. Started by drawing.py."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from dlviz.core.inference import shapes
from dlviz.core.narration import Focus, narrate
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.editor.layout import arrange
from dlviz.gui.panel import Context
from dlviz.gui.panels.canvas import CanvasPanel
from dlviz.gui.theme import LIGHT
from dlviz.gui.typeset.paint import paint_layout
from dlviz.gui.typeset.view import FormulaView
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Maps
from tests.bench.timing import Contender, Effort, interleave
from tests.unit.core import narrated_runs

SMALL, DEEP, WIDE = (2, 8, 6, 4), (2, *(6,) * 9, 4), (784, 128, 64, 10)
SERIALS = 60


@dataclass
class Still:
    """As much of a session as drawing needs."""

    document: Document
    dataset: None = None
    prepared: None = None


def network(units: tuple[int, ...]) -> NetworkSpec:
    """Return a dense network of tanh units."""
    layers = tuple(dense(f"h{index}", count, "tanh") for index, count in enumerate(units[1:], 1))
    return NetworkSpec(layers, (InputSpec("x", (units[0],)),))


def frames(document: Document, units: tuple[int, ...]) -> Iterator[Frame]:
    """Yield frames in which every weight and every map differs from the one before."""
    random = np.random.default_rng(3)
    names = [layer.id for layer in document.network.layers]
    for serial in range(SERIALS):
        parameters = {f"{n}.W": random.normal(0, 1.2, (k, d)) for n, k, d in zip(names, units[1:], units, strict=False)}
        parameters |= {f"{n}.b": random.normal(0, 1, k) for n, k in zip(names, units[1:], strict=True)}
        maps = {n: random.uniform(-1, 1, (k, 32, 32)).astype("f4") for n, k in zip(names, units[1:], strict=True)}
        shown = Maps(maps, np.zeros((1, 2, 2)), (-1.0, 1.0, -1.0, 1.0))
        yield Frame(serial, 0, "running", document, parameters=parameters, maps=shown)


def canvas(units: tuple[int, ...]) -> Callable[[], None]:
    """Return a call that shows the next frame on a canvas and paints it."""
    document = Document(network=network(units))
    panel = CanvasPanel(Context(Still(document), lambda message, action=None: None))  # type: ignore[arg-type]
    panel.resize(930, 664)
    panel.show()
    panel.show_document(document)
    QApplication.processEvents()
    following = cycle(list(frames(document, units)))

    def draw() -> None:
        panel.show_frame(next(following))
        QApplication.processEvents()

    return draw


def formula() -> Callable[[], None]:
    """Return a call that paints a sum of six products again."""
    trace, plan = narrated_runs.recorded(narrated_runs.network(dense("h", 3, "sigmoid"), inputs=6))
    view = FormulaView()
    view.resize(700, 200)
    view.show_narration(narrate(trace.steps[0], trace, plan, Focus()), "forward")
    view.finish()
    image = QImage(700, 200, QImage.Format.Format_ARGB32_Premultiplied)

    def paint() -> None:
        with QPainter(image) as painter:
            paint_layout(painter, view.layout_shown, LIGHT, "forward", QPointF(0, 0))

    return paint


def layout() -> Callable[[], object]:
    """Return a call that arranges a large network."""
    wide = network(WIDE)
    known = shapes(wide)
    return lambda: arrange(wide, known, (900.0, 560.0))


def main() -> None:
    """Measure each and print the best round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.05)
    words = parser.parse_args()
    _app = QApplication([])
    calls = {
        "canvas frame, 2-8-6-4": canvas(SMALL), "canvas frame, 10 layers": canvas(DEEP),
        "digits of a formula": formula(), "layout, 784-128-64-10": layout(),
    }  # fmt: skip
    effort = Effort(words.rounds, words.seconds)
    rates = {name: interleave([Contender(name, call)], effort)[name] for name, call in calls.items()}
    print(json.dumps({name: 1000 / max(each) for name, each in rates.items()}))


if __name__ == "__main__":
    main()
