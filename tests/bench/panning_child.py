"""A large network dragged across the canvas while it trains, measured in its own process; prints one JSON object."""

import argparse
import json
import time
from typing import Any

from dlviz.session.document import Document
from tests.bench import datasets, ours
from tests.bench.classifiers import IMAGE_BATCH
from tests.bench.window_child import LARGE, SETTLE_SECONDS, pause

SIZES = (784, 200, 100, 50, 10)
ROWS = 2_000
STEP = 6  # pixels from one place of the pointer to the next
THERE = 20  # steps before it turns round
GAP_SECONDS = 0.002


def large_document() -> Document:
    """Return five layers of up to 784 units, of which strips are shown."""
    return ours.classifier_document(SIZES, *datasets.random_images(ROWS), IMAGE_BATCH)


def measure_panning(seconds: float) -> dict[str, Any]:
    """Drag with the middle button; a frame is a move of the pointer with all that follows, painting included."""
    from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    from dlviz.gui import application
    from dlviz.gui.collection import Collection
    from dlviz.gui.editor.view import CanvasView

    running = application.open_window(size=LARGE)
    running.app.processEvents()
    running.window.open_panels("network")
    collection = Collection(running.app)
    collection.start()
    running.session.new(large_document())
    pause(running.app, SETTLE_SECONDS)
    running.session.play("batch")
    pause(running.app, SETTLE_SECONDS)
    view = running.window.findChild(CanvasView)
    middle, nothing = Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton

    def send(kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        there = QPointF(at), QPointF(view.viewport().mapToGlobal(at))
        running.app.sendEvent(view.viewport(), QMouseEvent(kind, *there, button, held, Qt.KeyboardModifier.NoModifier))

    at = view.viewport().rect().center()
    at.setY(view.viewport().height() - 4 * STEP)
    send(QEvent.Type.MouseButtonPress, at, middle, middle)
    took, end, moves = list[float](), time.perf_counter() + seconds, 0
    while (began := time.perf_counter()) < end:
        way = STEP if moves // THERE % 2 == 0 else -STEP
        at, moves = at + QPoint(way, way // 2), moves + 1
        send(QEvent.Type.MouseMove, at, nothing, middle)
        running.app.processEvents()
        took.append(1000 * (time.perf_counter() - began))
        time.sleep(GAP_SECONDS)
    send(QEvent.Type.MouseButtonRelease, at, middle, nothing)
    running.session.pause()
    running.window.quit_without_questions()
    collection.stop()
    took.sort()
    return {"p50": took[len(took) // 2], "p90": took[int(0.9 * len(took))], "max": took[-1]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.bench.panning_child")
    parser.add_argument("--seconds", type=float, default=10.0)
    print(json.dumps(measure_panning(parser.parse_args().seconds)))
