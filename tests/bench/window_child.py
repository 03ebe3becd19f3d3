"""The real window, measured from inside its own process; prints one JSON object. Started by window.py."""

import argparse
import json
import time
from typing import Any

from dlviz.session.document import Document, TrainingSpec
from tests.bench import ours
from tests.bench.tiny_networks import LR, W1

TICK = 0.016  # seconds
SIZE = (1280, 720)
SETTLE_SECONDS = 2.0  # caches, first drawings


def w1_document() -> Document:
    """Return W1 as the window trains it."""
    from dlviz.core.choice import chosen

    training = TrainingSpec(chosen("squared_error"), chosen("sgd", lr=LR), W1.batch)
    network = ours.network(W1.sizes, "tanh", "tanh")
    return ours.document(network, W1.sizes, ours.table(*W1.data()), training, "float64")


def headless_rate(seconds: float) -> float:
    """Return steps per wall second of the trainer alone."""
    trainer = ours.trainer(w1_document())
    call = ours.steps(trainer, 400)
    call()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        call()
        done += 400
    return done / (time.perf_counter() - start)


def measure_ticks(seconds: float) -> dict[str, Any]:
    """Train W1 flat out in the standard view and watch a timer of our own."""
    from PySide6.QtCore import QObject, Qt, QTimer, Slot

    from dlviz.gui import application
    from dlviz.gui.collection import Collection

    before = headless_rate(seconds / 5)
    running = application.open_window(size=SIZE)
    running.app.processEvents()
    running.window.open_panels("network")
    collection = Collection(running.app)
    collection.start()
    running.session.new(w1_document())
    running.session.play("batch")

    class Watch(QObject):
        """Notes how late each tick comes, and which panels drew since the one before."""

        def __init__(self) -> None:
            super().__init__()
            self.late: list[float] = []
            self.drawn: dict[str, int] = {}
            self.last: dict[str, float] = {}
            self.timer = QTimer(self)
            self.timer.setTimerType(Qt.TimerType.PreciseTimer)
            self.timer.setSingleShot(True)
            self.timer.timeout.connect(self.tick)
            self.due = 0.0

        def restart(self) -> None:
            self.late.clear()
            self.drawn.clear()
            self.arm()

        def arm(self) -> None:
            self.due = time.perf_counter() + TICK
            self.timer.start(int(TICK * 1000))

        @Slot()
        def tick(self) -> None:
            self.late.append(time.perf_counter() - self.due)
            for panel, showing in running.window.bridge._panels.items():
                if panel.isVisible() and showing.drawn_at != self.last.get(panel.key):
                    self.last[panel.key] = showing.drawn_at
                    self.drawn[panel.key] = self.drawn.get(panel.key, 0) + 1
            self.arm()

    watch = Watch()
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
    after = headless_rate(seconds / 5)
    late = sorted(1000 * each for each in watch.late)
    return {
        "ticks": len(late) / lasted,
        "p50": late[len(late) // 2],
        "p99": late[int(len(late) * 0.99)],
        "max": late[-1],
        "stalls": sum(each > 100 for each in late),
        "work": 1000 * spent / len(late),
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
    print(json.dumps(measure_ticks(parser.parse_args().seconds)))
