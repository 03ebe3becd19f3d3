"""A set that stays on disk: the window prepares it on a thread and shows a sample of it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.data import limits
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.data.table_dataset import to_dataset
from dlviz.gui.panels.data import editing as data
from dlviz.gui.panels.data import importing as data_import
from dlviz.gui.panels.data.importing import import_file
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for_dataset
from tests.gui.panel_stage import make_context, make_frame

N, SHOWN, SLOW = 600, 100, 0.3


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(limits, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr("dlviz.data.dataset.SAMPLE_ROWS", SHOWN)
    x = np.random.default_rng(0).normal(size=(N, 2))
    path = tmp_path / "large.csv"
    path.write_text("a,b,y\n" + "\n".join(f"{a:.4f},{b:.4f},{'in' if a * b > 0 else 'out'}" for a, b in x))
    return path


@pytest.fixture
def document(file: Path) -> Document:
    dataset = to_dataset(read_table(file))
    assert dataset.is_streamed
    return document_for_dataset(DataSpec("file", {"path": str(file)}, dataset=dataset), dataset)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let preparing take so long that waiting for it on the window's thread would be seen."""

    def prepared(document: Document) -> Any:
        time.sleep(SLOW)
        return prepared_for(document)

    for module in (data, data_import):
        monkeypatch.setattr(module, "prepared_for", prepared)


@pytest.fixture
def panel(qtbot: Any, document: Document) -> Iterator[DataPanel]:
    panel = DataPanel(make_context(document))
    qtbot.addWidget(panel)
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    yield panel
    panel.edits.cancel()


def test_the_data_panel_says_that_the_set_is_streamed(panel: DataPanel) -> None:
    assert "are streamed from disk" in panel.page("set").notes.text()
    assert "600 rows" in panel.page("set").summary.text()


def test_scaling_is_measured_on_a_thread_and_then_one_edit(qtbot: Any, panel: DataPanel, slow: None) -> None:
    session, scaling = panel.context.session, panel.page("scale").scaling
    scaling.chosen.emit("minmax")
    assert session.edits == [], "the window did not wait for it"
    assert panel.page("set").summary.text() == "Preparing large …"
    qtbot.waitUntil(lambda: bool(session.edits), timeout=5000)
    assert (session.document.data.scaling, len(session.edits)) == ("minmax", 1)
    assert "600 rows" in panel.page("set").summary.text()


def test_an_edit_of_the_network_meanwhile_is_kept(qtbot: Any, panel: DataPanel, slow: None) -> None:
    from dlviz.session.edits import set_units

    session = panel.context.session
    panel.page("scale").scaling.chosen.emit("minmax")
    layer = session.document.network.layers[0].id
    session.edit(set_units(session.document, layer, 7), "units")
    qtbot.waitUntil(lambda: len(session.edits) == 2, timeout=5000)
    assert session.document.data.scaling == "minmax"
    assert session.document.network.layers[0].settings["units"] == 7


def test_what_cannot_be_prepared_is_told(qtbot: Any, panel: DataPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(document: Document) -> None:
        raise SpecError("Expected room.")

    monkeypatch.setattr(data, "prepared_for", refuse)
    panel.page("scale").scaling.chosen.emit("minmax")
    qtbot.waitUntil(lambda: bool(panel.context.session.messages), timeout=5000)
    assert panel.context.session.edits == []
    assert "600 rows" in panel.page("set").summary.text()


def test_importing_shows_that_it_prepares(qtbot: Any, file: Path, slow: None) -> None:
    view = import_file(make_context(), file)
    qtbot.addWidget(view)
    qtbot.waitUntil(view.accept_button.isEnabled, timeout=20_000)
    view.accept_button.click()
    assert view._context.session.edits == [], "the window did not wait for it"
    assert view.waiting.words.text() == "Preparing large.csv …"
    qtbot.waitUntil(lambda: bool(view._context.session.edits), timeout=5000)
    assert view._context.session.document.data.dataset.is_streamed


def test_pictures_are_made_of_the_sample(qtbot: Any, document: Document) -> None:
    context = make_context(document)
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.show_document(document)
    assert panel._prepared is context.session.prepared.sample
    assert len(panel._prepared.inputs) == SHOWN


def test_the_inspector_names_the_row_of_the_whole_set(qtbot: Any, document: Document) -> None:
    context = make_context(document)
    panel = InspectorPanel(context)
    qtbot.addWidget(panel)
    panel.show_document(document)
    sample = context.session.prepared.sample
    context.session.prepared = sample
    panel.show_frame(make_frame(context, {}))
    context.selection.select(Selected("sample", unit=4))
    assert panel.title.text() == "Row 25"
