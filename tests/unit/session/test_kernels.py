"""Compiled kernels are made ready beside a session: once, without holding it up, and given up when it closes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlviz.session import kernels

START = """
import time
from dlviz.session.presets import first_document
from dlviz.session.session import Session

session = Session(first_document())

def frame_when(holds):
    while True:
        frame = session.poll()
        if frame is not None and holds(frame):
            return frame
        time.sleep(0.005)

first = frame_when(lambda frame: True)
print(first.message)
"""
TRAIN = """
session.play("batch")
print(frame_when(lambda frame: frame.step > 0).device)
session.close()
from dlviz.session import kernels
print(kernels.are_kept())
"""
CLOSE = """
time.sleep(0.7)
began = time.monotonic()
print(session.close(), time.monotonic() - began < 5.0)
"""


def told(script: str, cache: Path) -> list[str]:
    """Run a script in a process of its own with compiled kernels kept in a folder, and return what it prints."""
    environment = {**os.environ, "DLVIZ_BACKEND": "numba", "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_the_first_session_compiles_for_all_that_follow(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    assert told(START + TRAIN, tmp_path) == [kernels.sentence(), "CPU, compiled", "True"]
    kept = sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbi"))
    assert len(kept) == 2
    assert told(START + TRAIN, tmp_path) == [kernels.sentence(), "CPU, compiled", "True"]
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbi")) == kept


def test_a_session_that_closes_waits_for_no_compiler(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    assert told(START + CLOSE, tmp_path) == [kernels.sentence(), "True True"]
    assert not list(tmp_path.rglob("*.nbi"))


def test_without_numba_there_is_nothing_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("dlviz.core.compiled")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert kernels.are_kept()
