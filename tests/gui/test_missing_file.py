"""A saved document whose rows are in a file: the window asks, and goes on exactly where it was saved."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.data.table_dataset import to_dataset
from dlviz.gui.application import Running, begin, open_window
from dlviz.session.presets import document_for_dataset

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

SECONDS = 20_000  # milliseconds; a guard


@pytest.fixture
def running(qtbot: QtBot) -> Iterator[Running]:
    made = open_window("light", size=(1280, 720))
    yield made
    made.window.quit_without_questions()
    made.window.deleteLater()


@pytest.fixture
def saved(tmp_path: Path, running: Running) -> Path:
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'in' if a * b > 0 else 'out'}" for a, b in rng.normal(size=(40, 2))]
    data = tmp_path / "rows.csv"
    data.write_text("a,b,y\n" + "\n".join(rows) + "\n")
    dataset = to_dataset(read_table(data))
    running.session.new(document_for_dataset(DataSpec("file", {"path": str(data)}, dataset=dataset), dataset))
    running.session.step("batch")
    running.session.save(tmp_path / "run.dlviz")
    return tmp_path / "run.dlviz"


def test_the_file_is_offered_and_read_only_when_asked(qtbot: QtBot, running: Running, saved: Path) -> None:
    begin(running, saved, "network")
    bar = running.window.notifier.bar
    assert "rows.csv" in bar.text.text()
    assert running.session.document.data.dataset is None
    bar.button.click()
    qtbot.waitUntil(lambda: running.session.document.data.dataset is not None, timeout=SECONDS)
    qtbot.waitUntil(
        lambda: running.window.bridge.latest is not None and running.window.bridge.latest.step == 1, timeout=SECONDS
    )
    assert running.session.dataset.n == 40


def test_a_file_that_is_gone_is_asked_for(
    qtbot: QtBot, running: Running, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = saved.parent / "elsewhere.csv"
    (saved.parent / "rows.csv").rename(moved)
    begin(running, saved, "network")
    monkeypatch.setattr(running.window.files._dialogs, "open_data", lambda parent, folder: moved)
    running.window.notifier.bar.button.click()
    qtbot.waitUntil(lambda: running.session.document.data.dataset is not None, timeout=SECONDS)
