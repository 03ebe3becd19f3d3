"""What every test stands on: one BLAS thread, no display, and nothing left running."""

import os

# Read by the libraries when they load, so these come before any other import.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import gc
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
JOIN_SECONDS = 2.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE / "gui" in item.path.parents:
            item.add_marker(pytest.mark.gui)
        if os.environ["QT_QPA_PLATFORM"] == "offscreen" and item.get_closest_marker("no_offscreen"):
            item.add_marker(pytest.mark.skip(reason="needs a display"))
        if item.get_closest_marker("gpu") and not Path("/dev/nvidiactl").exists():
            item.add_marker(pytest.mark.skip(reason="needs a GPU"))


def pytest_collection_finish() -> None:
    """Take the thousands of collected tests out of the collector's sight: a full look took 0.3 s, in any test."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def example_document_json() -> dict[str, Any]:
    """The example of the document format: two inputs, two hidden units, two outputs, biases fixed.

    After Matt Mazur's worked example of backpropagation.
    """
    return {
        "format": "dlviz",
        "version": 1,
        "title": "Two inputs, two hidden, two outputs",
        "seed": 7,
        "dtype": "float64",
        "conventions": "dlviz",
        "data": {"kind": "table", "inputs": [[0.05, 0.10]], "targets": [[0.01, 0.99]]},
        "network": {
            "layers": [
                {"id": "h", "kind": "dense", "units": 2, "activation": "sigmoid"},
                {"id": "o", "kind": "dense", "units": 2, "activation": "sigmoid"},
            ]
        },
        "parameters": {
            "h.W": [[0.15, 0.20], [0.25, 0.30]],
            "h.b": [0.35, 0.35],
            "o.W": [[0.40, 0.45], [0.50, 0.55]],
            "o.b": [0.60, 0.60],
        },
        "training": {
            "loss": {"kind": "squared_error", "factor": 0.5, "reduction": "sum"},
            "optimizer": {"kind": "sgd", "lr": 0.5},
            "batch_size": 1,
            "epochs": 1,
            "shuffle": False,
            "frozen": ["h.b", "o.b"],
        },
    }


@pytest.fixture(autouse=True)
def collected_between_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage of windows before a test and never during one, as the program does (`gui.collection`).

    A collection in the middle of Qt's own loops, or on a worker's thread, destroys widgets that Qt still uses.
    After a test would be too early: pytest lets go of its window later, which would then stay among the old objects.
    """
    if request.node.get_closest_marker("gui") is None:
        yield
        return
    gc.collect(1)
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread running or a top-level widget alive."""
    threads, widgets = _threads(), _widgets()
    yield
    left = _wait_for_end(threads)
    assert not left, f"Expected every thread to be joined. Still running: {[thread.name for thread in left]}"
    survivors = _left_alive(widgets)
    assert not survivors, f"Expected every window to be closed. Still alive: {sorted(survivors)}"


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.daemon}


def _wait_for_end(before: set[threading.Thread]) -> set[threading.Thread]:
    deadline = time.monotonic() + JOIN_SECONDS
    for thread in _threads() - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    return _threads() - before


def _widgets() -> set[str]:
    """Name the live top-level widgets; menus belong to whoever pops them up and are left out."""
    qt = sys.modules.get("PySide6.QtWidgets")
    if qt is None or qt.QApplication.instance() is None:
        return set()
    from tests.top_widgets import top_widgets

    tops = [widget for widget in top_widgets() if not isinstance(widget, qt.QMenu)]
    return {f"{type(widget).__name__} {widget.objectName()!r} at {id(widget):x}" for widget in tops}


def _left_alive(before: set[str]) -> set[str]:
    """Return what stays after deletions that wait are done, and only then after a collection, which is slow."""
    if _widgets() - before:
        _delete_what_waits()
    if _widgets() - before:
        gc.collect()
        _delete_what_waits()
    return _widgets() - before


def _delete_what_waits() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
