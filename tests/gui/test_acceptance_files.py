"""Files of a person's own: large tables, bad tables, and documents saved and opened again."""

import json
import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.panels.data.importing import ImportView
from tests.gui.robot import CONTROL, Key, Robot, close_window, no_stall, robot_at_window

ROWS, COLUMNS = 50_000, 30
IMPORT_SECONDS = 20.0  # a guard for a busy machine; 5 s on an idle one
GIBIBYTE = 1 << 30


def large_table(path: Path) -> Path:
    """Write 50 000 rows of 30 columns as a German spreadsheet does, with a missing cell here and there."""
    draw = np.random.default_rng(11)
    values = draw.normal(size=(ROWS, COLUMNS - 1))
    holes = draw.random(values.shape) < 0.001
    kinds = np.where(values[:, 0] + values[:, 1] > 0, "ja", "nein")
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join([*(f"Wert {k}" for k in range(1, COLUMNS)), "Klasse"]) + "\n")
        for row, hole, kind in zip(values, holes, kinds, strict=True):
            cells = [
                "" if is_hole else f"{value:.4f}".replace(".", ",") for value, is_hole in zip(row, hole, strict=True)
            ]
            file.write(";".join([*cells, kind]) + "\n")
    return path


def use_file(robot: Robot, path: Path) -> ImportView:
    """Drop a file and wait for its preview."""
    robot.drop(path)
    view = robot.window.findChild(ImportView)
    assert view is not None
    robot.wait(view.accept_button.isEnabled, seconds=IMPORT_SECONDS)
    return view


@pytest.mark.slow
def test_large_table_is_read_without_a_stall(robot: Robot, tmp_path: Path) -> None:
    path = large_table(tmp_path / "gross.csv")
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > 20)
    with no_stall():
        started = perf_counter()
        view = use_file(robot, path)
        read = perf_counter() - started
        robot.click(view.accept_button)
        robot.wait(lambda: robot.settle().document.data.kind == "file", seconds=IMPORT_SECONDS)
        seconds = perf_counter() - started
        step = robot.frame.step
        robot.wait(lambda: robot.frame.state == "running" and robot.frame.step > step)
    assert seconds < IMPORT_SECONDS, f"{read:.1f} s to the preview"
    rows = robot.running.session.dataset
    assert (rows.d, rows.class_names) == (COLUMNS - 1, ("ja", "nein"))
    assert ROWS - 2000 < rows.n < ROWS, "rows with a missing cell are left out and counted"


def png() -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


GOOD = "".join(f"{k / 10},{k % 7},{'ab'[k % 2]}\n" for k in range(60))


def make_bad_file(name: str, path: Path) -> None:
    """Write one of the files that must be refused."""
    if name == "named_pipe":
        os.mkfifo(path)
    elif name == "two_gigabytes_of_nul":
        with path.open("wb") as file:
            file.truncate(2 * GIBIBYTE)
    else:
        path.write_bytes({
            "empty": b"",
            "picture": png(),
            "unclosed_quote": ("wide,high,kind\n1,2,a\n3,\"4,b\n" + GOOD * 40).encode(),
            "million_columns": (",".join(["1"] * 10**6) + "\n").encode() * 2,
        }[name])  # fmt: skip


@pytest.mark.parametrize(
    "name", ["empty", "picture", "named_pipe", "unclosed_quote", "million_columns", "two_gigabytes_of_nul"]
)
def test_bad_table_ends_in_one_sentence_and_changes_nothing(robot: Robot, tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.csv"
    make_bad_file(name, path)
    robot.start_on_canvas()
    robot.pause()
    before = robot.running.session.document
    robot.answers.path = path
    with no_stall():
        robot.window.live["load_data"].trigger()
        robot.wait(lambda: robot.message() != "")
        robot.wait(lambda: robot.window.findChild(ImportView) is None)
    said = robot.message()
    assert said.startswith("Expected"), said
    assert "Received" in said
    assert len(said) < 300, said
    assert "Traceback" not in said
    assert "Error" not in said
    assert robot.running.session.document is before
    assert not robot.running.session.is_dirty


@pytest.mark.parametrize(
    ("name", "content", "n"),
    [
        ("utf_16", ("wide,high,kind\n" + GOOD).encode("utf-16"), 60),
        ("ragged", ("wide,high,kind\n" + GOOD + "1.5,2\n" + "1.5,2,a,9,9\n").encode(), 60),
    ],
)
def test_odd_table_is_read_and_what_was_done_to_it_is_told(
    robot: Robot, tmp_path: Path, name: str, content: bytes, n: int
) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_bytes(content)
    robot.start_on_canvas()
    robot.pause()
    view = use_file(robot, path)
    if name == "ragged":
        assert "62" in view.page.notes.toPlainText() or "63" in view.page.notes.toPlainText()
    assert view.columns.target_name == "kind"
    robot.click(view.accept_button)
    robot.wait(lambda: robot.settle().document.data.kind == "file")
    assert robot.running.session.dataset.n >= n
    robot.key(Key.Key_Z, CONTROL)
    assert robot.running.session.document.data.kind == "circles"


def test_cancelled_import_changes_nothing(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text("wide,high,kind\n" + GOOD, encoding="utf-8")
    robot.start_on_canvas()
    before = robot.running.session.document
    view = use_file(robot, path)
    robot.key(Key.Key_Escape)
    robot.wait(lambda: robot.window.findChild(ImportView) is None or not view.isVisible())
    assert robot.running.session.document is before


def trained_and_edited(robot: Robot) -> None:
    """Train a while, pause, and change what is saved besides weights."""
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.state == "running" and robot.frame.step > 30)
    robot.pause()
    robot.click_caption("plus", "h2")
    robot.settle()
    robot.wait(lambda: robot.frame.parameters is not None)


def parameters(robot: Robot) -> dict[str, np.ndarray]:
    robot.wait(lambda: robot.settle().parameters is not None)
    return {name: np.array(array) for name, array in (robot.frame.parameters or {}).items()}


def save(robot: Robot, path: Path) -> None:
    """Press Ctrl+S and answer where to."""
    robot.answers.path = path
    robot.key(Key.Key_S, CONTROL)
    robot.wait(path.exists)
    assert not robot.running.session.is_dirty


def test_saved_document_comes_back_in_another_window(qtbot: QtBot, robot: Robot, tmp_path: Path) -> None:
    trained_and_edited(robot)
    document, step, weights = robot.running.session.document, robot.frame.step, parameters(robot)
    save(robot, tmp_path / "kept.dlviz")
    other = robot_at_window(qtbot)
    try:
        other.start(file=tmp_path / "kept.dlviz")
        found, opened = parameters(other), other.running.session.document
        assert (other.frame.step, other.frame.state, other.message()) == (step, "paused", "")
    finally:
        close_window(other)
    # Where a run was edited on its way, the file names the values it went on with.
    assert replace(opened, parameters={}) == replace(document, parameters={})
    assert weights.keys() == found.keys()
    assert all(np.array_equal(weights[name], found[name]) for name in weights)


def version_999(path: Path) -> None:
    path.write_text(json.dumps({"format": "dlviz", "version": 999, "minimum_reader": 999, "title": "x"}), "utf-8")


def with_nan(path: Path, good: dict[str, Any]) -> None:
    good["parameters"]["h.W"][0][0] = float("nan")
    path.write_text(json.dumps(good), encoding="utf-8")


@pytest.mark.parametrize("name", ["newer", "truncated", "nan"])
def test_bad_document_is_refused_in_one_sentence(
    robot: Robot, tmp_path: Path, name: str, example_document_json: dict[str, Any]
) -> None:
    trained_and_edited(robot)
    path = tmp_path / ("bad.dlviz" if name == "truncated" else "bad.json")
    if name == "newer":
        version_999(path)
    elif name == "nan":
        with_nan(path, example_document_json)
    else:
        save(robot, tmp_path / "whole.dlviz")
        content = (tmp_path / "whole.dlviz").read_bytes()
        path.write_bytes(content[: len(content) // 2])
    document, weights, step = robot.running.session.document, parameters(robot), robot.frame.step
    robot.answers.path = path
    with no_stall():
        robot.key(Key.Key_O, CONTROL)
        robot.wait(lambda: robot.message().startswith("Expected"))
    said = robot.message()
    assert len(said) < 300, said
    assert "999" in said or name != "newer", said
    assert robot.running.session.document is document
    assert robot.frame.step == step
    assert all(np.array_equal(weights[key], value) for key, value in parameters(robot).items())


def test_unsaved_changes_are_asked_about_once(robot: Robot, tmp_path: Path) -> None:
    trained_and_edited(robot)
    robot.answers.keep = "cancel"
    document = robot.running.session.document
    robot.key(Key.Key_N, CONTROL)
    assert robot.answers.asked == ["unsaved"]
    assert robot.running.session.document is document
    assert isinstance(robot.window, QWidget)
    assert robot.window.isVisible()
