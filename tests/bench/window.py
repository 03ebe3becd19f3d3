"""The real window: lateness of a 16 ms timer while W1 trains flat out, training speed, and start-up.

Wall-clock figures: run it on a machine that does nothing else.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.timing import Effort
from tests.bench.workload import Row

ROOT = Path(__file__).parents[2]
STARTS = 5
LONGEST_SECONDS = 120.0
X_DISPLAY = ":97"
FULL_SECONDS, PANELS_SECONDS, QUICK_SECONDS = 20.0, 60.0, 4.0


def window(effort: Effort) -> list[Row]:
    """Measure offscreen and, where Xvfb is installed, on an X display."""
    seconds = FULL_SECONDS if effort.rounds > 3 else QUICK_SECONDS
    rows = platform("offscreen", {"QT_QPA_PLATFORM": "offscreen"}, seconds)
    if shutil.which("Xvfb"):
        with x_display() as display:
            rows += platform("xvfb", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}, seconds)
    return rows


@contextmanager
def x_display() -> Iterator[str]:
    """Run an X server without a screen while inside."""
    server = subprocess.Popen(
        ["Xvfb", X_DISPLAY, "-screen", "0", "1920x1080x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(1.0)
        yield X_DISPLAY
    finally:
        server.terminate()
        server.wait()


def platform(name: str, environment: dict[str, str], seconds: float) -> list[Row]:
    """Return the rows of one Qt platform."""
    key = f"window {name}"
    found = child("window_child", environment, "--seconds", str(seconds))
    started = [startup(environment) for _ in range(STARTS)]
    race = child("race_child", environment)
    slowest = min(found["panels"].items(), key=lambda item: item[1], default=("no panel", 0.0))
    return [
        Row(key, "ticks", found["ticks"], "1/s"),
        Row(key, "lateness p50", found["p50"], "ms"),
        Row(key, "lateness p99", found["p99"], "ms", must=5, is_limit=True),
        Row(key, "lateness max", found["max"], "ms"),
        Row(key, "stalls over 100 ms", found["stalls"], "", must=0, is_limit=True),
        Row(key, "window's work a tick (CPU)", found["work"], "ms"),
        Row(key, f"slowest panel: {slowest[0]}", slowest[1], "1/s", must=10),
        Row(key, "W1 in the window", found["steps"], "steps/s"),
        Row(key, "of headless", 100 * found["steps"] / found["headless"], "%", must=80),
        Row(key, "painted after", statistics.median(each[0] for each in started), "s", must=0.5, is_limit=True),
        Row(key, "painted after (CPU)", statistics.median(each[2] for each in started), "s"),
        Row(key, "race, 8 optimizers", race["frames"], "frames/s", must=30.0),
        Row(key, "race, p99 of a frame", race["p99"], "ms"),
        Row(key, "race 16 x 20 000, stall", race["stall"], "ms", must=100, is_limit=True),
        Row(key, "usable after", statistics.median(each[1] for each in started), "s", must=1.0, is_limit=True),
    ]


def panels(effort: Effort) -> list[Row]:
    """Train W1, W3 and W4 flat out with all panels open, offscreen."""
    seconds = PANELS_SECONDS if effort.rounds > 3 else QUICK_SECONDS
    return [row for workload in ("W1", "W3", "W4") for row in all_panels(workload, seconds)]


def all_panels(workload: str, seconds: float) -> list[Row]:
    """Return the rows of one workload."""
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    words = ("--seconds", str(seconds), "--workload", workload, "--all-panels")
    found = child("window_child", offscreen, *words)
    key = f"{workload}, all panels"
    return [
        Row(key, f"{len(found['panels'])} panels, ticks", found["ticks"], "1/s"),
        Row(key, "lateness p99", found["p99"], "ms", must=16, is_limit=True),
        Row(key, "lateness max", found["max"], "ms"),
        Row(key, "stalls over 100 ms", found["stalls"], "", must=0, is_limit=True),
        Row(key, "window's work a tick (CPU)", found["work"], "ms"),
        Row(key, "the same, p99", found["work_p99"], "ms"),
        Row(key, "the same, longest", found["work_max"], "ms"),
        Row(key, "trains", found["steps"], "steps/s"),
    ]


def panning(effort: Effort) -> list[Row]:
    """Drag 784-200-100-50-10 across the canvas while it trains flat out, offscreen."""
    seconds = FULL_SECONDS / 2 if effort.rounds > 3 else QUICK_SECONDS
    found = child("panning_child", {"QT_QPA_PLATFORM": "offscreen"}, "--seconds", str(seconds))
    return [
        Row("panning", "a frame, p50", found["p50"], "ms", must=33, is_limit=True),
        Row("panning", "a frame, p90", found["p90"], "ms"),
        Row("panning", "a frame, longest", found["max"], "ms"),
    ]


def startup(environment: dict[str, str]) -> tuple[float, float, float]:
    """Return the seconds from the start of the process to the painted and usable window, and CPU seconds to paint."""
    before = time.time()
    found = child("window_start", environment)
    return found["painted"] - before, found["usable"] - before, found["painted_cpu"]


def child(module: str, environment: dict[str, str], *words: str) -> dict[str, Any]:
    """Run a module of this package in a process of its own and read the JSON it prints.

    Modules are compiled once and kept, as they are where dlviz is installed: the median of the starts is of those.
    """
    with_bytecode = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *words],
        cwd=ROOT,
        env={**with_bytecode, **environment},
        stdout=subprocess.PIPE,
        check=True,
        timeout=LONGEST_SECONDS,
    )
    return json.loads(done.stdout)
