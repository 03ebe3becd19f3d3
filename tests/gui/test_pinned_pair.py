"""The pinned pair of Python and PySide6 drops no references: one release of the binding did, and aborted."""

import gc
import sys
import threading

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot
from pytestqt.qtbot import QtBot

EMITS = 100_000


class Counter(QObject):
    fired = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.fired.connect(self.add)

    @Slot(object)
    def add(self, _: object) -> None:
        self.count += 1


def test_100_000_emits_reach_their_slot_and_keep_reference_counts(qtbot: QtBot) -> None:
    counter = Counter()
    payload = object()
    gc.collect()
    before = [sys.getrefcount(each) for each in (None, True, payload)]
    for _ in range(EMITS):
        counter.fired.emit(payload)
    gc.collect()
    after = [sys.getrefcount(each) for each in (None, True, payload)]
    assert counter.count == EMITS
    assert max(abs(a - b) for a, b in zip(after, before, strict=True)) < EMITS / 100


def test_event_loops_and_timers_keep_reference_counts(qtbot: QtBot) -> None:
    timer = QTimer()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(2000):
        timer.start(1000)
        timer.stop()
        QCoreApplication.processEvents()
    assert abs(sys.getrefcount(None) - before) < 200


def test_emits_from_a_plain_thread_arrive_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    counter = Counter()

    def work() -> None:
        for number in range(1000):
            counter.fired.emit(number)

    thread = threading.Thread(target=work)
    thread.start()
    qtbot.waitUntil(lambda: counter.count == 1000)
    thread.join()
