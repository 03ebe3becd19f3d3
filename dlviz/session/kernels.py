"""Compiled kernels made ready where nobody waits for them: once, in a process of its own, for all later starts."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlviz.i18n import tr

POLL_SECONDS = 0.01
LOOK_SECONDS = 3.0  # how long a window may take until it is up
COMPILE_SECONDS = 120.0
COMPILE = "from dlviz.core.compiled.stretch import Compiler; Compiler('float64'); Compiler('float32')"


def are_wanted() -> bool:
    """Say whether sessions compute with compiled kernels."""
    return os.environ.get("DLVIZ_BACKEND") == "numba"


def sentence() -> str:
    """Say what a session waits for."""
    return tr("Making the compiled kernels ready; the first time that takes some seconds")


def make_ready(is_up: Callable[[], bool], is_closing: Callable[[], bool]) -> None:
    """Load the compiler once the window is up, and have compiled what is not on disk.

    Both would hold up its pictures if they were done beside them. What does not work here is left
    to the backend, which says so.
    """
    _wait(LOOK_SECONDS, lambda: is_up() or is_closing())
    if is_closing() or are_kept():
        return
    try:
        process = subprocess.Popen([sys.executable, "-P", "-c", COMPILE], env=_environment(), stderr=subprocess.DEVNULL)
    except OSError:
        return
    _wait(COMPILE_SECONDS, lambda: process.poll() is not None or is_closing())
    process.kill()
    process.wait()


def are_kept() -> bool:
    """Say whether the kernels need no compiling: they are on disk, or there is no compiler."""
    try:
        walks = importlib.import_module("dlviz.core.compiled.segment").WALKS
    except (ImportError, AttributeError, OSError, RuntimeError):
        return True
    return all(_is_kept(walk) for walk in walks.values())


def _is_kept(walk: Any) -> bool:
    source = Path(walk.py_func.__code__.co_filename)
    indexes = Path(walk.stats.cache_path).glob(f"{source.stem}.{walk.__name__}-*.nbi")
    return any(each.stat().st_mtime >= source.stat().st_mtime for each in indexes)


def _environment() -> dict[str, str]:
    package = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH", "")])])}


def _wait(seconds: float, is_over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not is_over() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
