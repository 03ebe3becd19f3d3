"""The real window, measured from inside its own process; prints one JSON object. Started by window.py."""

import argparse
import json
import time
from typing import Any

from dlviz.session.document import Document, TrainingSpec
from tests.bench import datasets, ours
from tests.bench.classifiers import DIGITS_BATCH, DIGITS_SIZES, IMAGE_BATCH, IMAGE_SIZES
from tests.bench.tiny_networks import LR, W1

TICK = 0.016  # seconds
SIZE = (1280, 720)
LARGE = (1920, 1080)  # of the window with all panels
SETTLE_SECONDS = 2.0  # caches, first drawings


def w1_document() -> Document:
    """Return W1 as the window trains it."""
    from dlviz.core.choice import chosen

    training = TrainingSpec(chosen("squared_error"), chosen("sgd", lr=LR), W1.batch)
    network = ours.network(W1.sizes, "tanh", "tanh")
    return ours.document(network, W1.sizes, ours.table(*W1.data()), training, "float64")


def w3_document() -> Document:
    """Return W3 as the window trains it."""
    return ours.classifier_document(DIGITS_SIZES, *datasets.digits(), DIGITS_BATCH)


def w4_document() -> Document:
    """Return W4 as the window trains it."""
    return ours.classifier_document(IMAGE_SIZES, *datasets.random_images(), IMAGE_BATCH)


DOCUMENTS = {"W1": w1_document, "W3": w3_document, "W4": w4_document}


def open_all(window: Any) -> None:
    """Show every panel but those of races, with a unit selected; those that would be tabs behind others float."""
    from PySide6.QtWidgets import QDockWidget

    from dlviz.gui.panel import panels
    from dlviz.gui.selection import Selected
    from dlviz.gui.workspaces import OPTIMIZERS

    window.context.selection.select(Selected("unit", "h1", 0))
    for entry in panels:
        dock = window.findChild(QDockWidget, f"dock.{entry.key}")
        is_for_networks = not entry.subjects or "network" in entry.subjects
        if dock is not None and is_for_networks and entry.workspaces != (OPTIMIZERS,):
            window.docks.open(entry.key)
            if window.tabifiedDockWidgets(dock):
                dock.setFloating(True)


def headless_rate(seconds: float) -> float:
    """Return W1's steps per wall second of the trainer alone."""
    trainer = ours.trainer(w1_document())
    call = ours.steps(trainer, 400)
    call()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        call()
        done += 400
    return done / (time.perf_counter() - start)


def measure_ticks(seconds: float, workload: str = "W1", with_all_panels: bool = False) -> dict[str, Any]:
    """Train flat out in the standard view, or with all panels open, and watch a timer of our own."""
    from PySide6.QtCore import QObject, Qt, QTimer, Slot

    from dlviz.gui import application
    from dlviz.gui.collection import Collection

    document = DOCUMENTS[workload]()
    before = 1.0 if with_all_panels else headless_rate(seconds / 5)
    running = application.open_window(size=LARGE if with_all_panels else SIZE)
    running.app.processEvents()
    running.window.open_panels("network")
    collection = Collection(running.app)
    collection.start()
    running.session.new(document)
    if with_all_panels:
        open_all(running.window)
    running.session.play("batch")

    class Watch(QObject):
        """Notes how late each tick comes, and which panels drew since the one before."""

        def __init__(self) -> None:
            super().__init__()
            self.late: list[float] = []
            self.spent: list[float] = []  # by this thread, from tick to tick
            self.clock = time.thread_time()
            self.drawn: dict[str, int] = {}
            self.last: dict[str, float] = {}
            self.timer = QTimer(self)
            self.timer.setTimerType(Qt.TimerType.PreciseTimer)
            self.timer.setSingleShot(True)
            self.timer.timeout.connect(self.tick)
            self.due = 0.0

        def restart(self) -> None:
            self.late.clear()
            self.spent.clear()
            self.clock = time.thread_time()
            self.drawn.clear()
            self.arm()

        def arm(self) -> None:
            self.due = time.perf_counter() + TICK
            self.timer.start(int(TICK * 1000))

        @Slot()
        def tick(self) -> None:
            self.late.append(time.perf_counter() - self.due)
            now = time.thread_time()
            self.spent.append(now - self.clock)
            self.clock = now
            for panel, showing in running.window.bridge._panels.items():
                if panel.isVisible() and showing.drawn_at != self.last.get(panel.key):
                    self.last[panel.key] = showing.drawn_at
                    self.drawn[panel.key] = self.drawn.get(panel.key, 0) + 1
            self.arm()

    watch = Watch()
    while running.window.bridge.latest is None or running.window.bridge.latest.last_step == 0:
        pause(running.app, SETTLE_SECONDS / 4)  # the first start with compiled kernels compiles them
    pause(running.app, SETTLE_SECONDS)
    watch.restart()
    first, start, spent = running.window.bridge.latest.last_step, time.perf_counter(), time.thread_time()
    pause(running.app, seconds)
    lasted, spent = time.perf_counter() - start, time.thread_time() - spent
    steps = running.window.bridge.latest.last_step - first
    watch.timer.stop()
    running.session.pause()
    running.window.quit_without_questions()
    collection.stop()
    after = before if with_all_panels else headless_rate(seconds / 5)
    late = sorted(1000 * each for each in watch.late)
    work = sorted(1000 * each for each in watch.spent)
    return {
        "ticks": len(late) / lasted,
        "p50": late[len(late) // 2],
        "p99": late[int(len(late) * 0.99)],
        "max": late[-1],
        "stalls": sum(each > 100 for each in late),
        "work": 1000 * spent / len(late),
        "work_p99": work[int(len(work) * 0.99)],
        "work_max": work[-1],
        "panels": {key: count / lasted for key, count in watch.drawn.items()},
        "steps": steps / lasted,
        "headless": (before + after) / 2,
    }


def pause(app: Any, seconds: float) -> None:
    """Run the event loop for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop(app)  # not the application's own, whose end would close the window
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.bench.window_child")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workload", choices=DOCUMENTS, default="W1")
    parser.add_argument("--all-panels", action="store_true")
    chosen = parser.parse_args()
    print(json.dumps(measure_ticks(chosen.seconds, chosen.workload, chosen.all_panels)))
