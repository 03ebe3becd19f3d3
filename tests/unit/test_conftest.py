"""The guard that every test stands on catches what is left running."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

THREAD = """
import threading
stop = threading.Event()
def test_leaves_a_thread():
    threading.Thread(target=stop.wait, args=(4,), name="left over").start()
"""
WIDGET = """
from PySide6.QtWidgets import QWidget
kept = []
def test_leaves_a_window(qapp):
    kept.append(QWidget())
"""
TIDY = """
import threading
from PySide6.QtWidgets import QWidget
def test_tidy(qtbot):
    thread = threading.Thread(target=print)
    thread.start()
    thread.join()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
"""


def outcome(folder: Path, source: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60).stdout


@pytest.mark.parametrize(("source", "sign"), [(THREAD, "left over"), (WIDGET, "QWidget")])
def test_leftovers_fail_their_test(source: str, sign: str, tmp_path: Path) -> None:
    report = outcome(tmp_path, source)
    assert "1 passed, 1 error" in report
    assert sign in report


def test_tidy_test_passes(tmp_path: Path) -> None:
    assert "1 passed in" in outcome(tmp_path, TIDY)


def test_example_document_is_the_documented_one(example_document_json: dict[str, object]) -> None:
    assert example_document_json["format"] == "dlviz"
    assert example_document_json["parameters"]["o.W"] == [[0.40, 0.45], [0.50, 0.55]]
