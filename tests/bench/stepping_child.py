"""Stepping by operation through a 784-128-64-10 network in the real window; prints one JSON object.

Started by stepping.py. A step is over when every visible panel shows it and the window is painted.
"""

import argparse
import json
import time
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.session.document import Document, TrainingSpec
from tests.bench import ours

SIZES = (784, 128, 64, 10)
ROWS, BATCH = 256, 32
SIZE = (1280, 720)
PATIENCE = 10.0  # seconds
WEIGHT = ("h1", 5, "x", 300)


def document() -> Document:
    """Return a classifier of random pictures with ten classes, to be trained by Adam."""
    random = np.random.default_rng(0)
    inputs, labels = random.random((ROWS, SIZES[0])), random.integers(0, SIZES[-1], ROWS)
    training = TrainingSpec(Choice("categorical_cross_entropy"), chosen("adam"), BATCH)
    return ours.document(ours.network(SIZES, "relu", "softmax"), SIZES, ours.table(inputs, labels), training, "auto")


def measure(passes: int, is_matrix: bool) -> list[float]:
    """Return the seconds that every operation of some passes took to be shown, after one that fills caches."""
    from dlviz.gui import application
    from dlviz.gui.selection import Selected

    running = application.open_window(size=SIZE)
    window, session = running.window, running.session
    window.open_panels("step")
    session.new(document())
    window.context.step_view.use_matrix(is_matrix)
    window.context.selection.select(Selected("link", WEIGHT[0], WEIGHT[1], WEIGHT[2], WEIGHT[3]))

    def wait(is_so: Any) -> None:
        deadline = time.perf_counter() + PATIENCE
        while not is_so():
            running.app.processEvents()
            if time.perf_counter() > deadline:
                raise TimeoutError("the window did not show a step")

    def place() -> tuple[int, int]:
        latest = window.bridge.latest
        return (-1, -1) if latest is None or latest.document is not session.document else (latest.step, latest.cursor)

    def is_drawn() -> bool:
        visible = [each for panel, each in window.bridge._panels.items() if panel.isVisible()]
        return all(each.serial == window.bridge.latest.serial for each in visible) and not window.bridge._is_waiting

    wait(lambda: place() == (0, 0) and is_drawn())
    taken: list[float] = []
    session.step("operation", 1)
    wait(lambda: place()[1] == 1 and is_drawn())
    count = len(window.bridge.latest.trace.steps)
    for _ in range((1 + passes) * count):
        before, start = place(), time.perf_counter()
        session.step("operation", 1)
        wait(lambda before=before: place() != before and is_drawn())
        taken.append(time.perf_counter() - start)
    window.quit_without_questions()
    return taken[count:]


def main() -> None:
    """Measure both views and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=2)
    passes = parser.parse_args().passes
    print(json.dumps({key: measure(passes, key == "matrix") for key in ("unit", "matrix")}))


if __name__ == "__main__":
    main()
