"""A sheet as the subject of a document: opened, walked both ways, edited, undone, saved and traced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, DocumentError, SpecError
from dlviz.session.differences import change_words
from dlviz.session.document import Document
from dlviz.session.edits.subject import set_sheet_input
from dlviz.session.files.project_file import read_document, read_project, write_project
from dlviz.session.files.sheet_file import sheet_document, sheet_from_bytes
from dlviz.session.format.document import document_from_json, document_to_json, unknown_keys
from dlviz.session.frames import FrameMaker
from dlviz.session.headless import trace
from dlviz.session.messages import Interest
from dlviz.session.run import Run
from dlviz.session.session import Session
from dlviz.session.sheet_presets import sheet_examples

TEXT = """title: A line
slider w = 2 from -5 to 5 : the weight
list x = 1, 2, -3
y = w*x
total = sum(y)
table: x, y
"""
JSON: dict[str, Any] = {"format": "dlviz", "version": 1, "title": "T", "sheet": {"text": TEXT, "inputs": {"w": 3}}}
WATCHED = Interest(needs=frozenset({"trace", "peek"}))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "line.sheet"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(sheet_document(TEXT))
    yield made
    made.close()


def shown(run: Run) -> Any:
    maker = FrameMaker()
    maker.interest = WATCHED
    return maker.make(run, False)


def test_a_sheet_is_written_as_it_was_read() -> None:
    read = document_from_json(JSON)
    written = document_to_json(read, inline_arrays=True)
    assert read.subject == "sheet"
    assert written["sheet"] == {"text": TEXT, "inputs": {"w": 3.0}}
    assert document_to_json(document_from_json(written), inline_arrays=True) == written


def test_unknown_keys_of_a_sheet_are_kept() -> None:
    read = document_from_json({**JSON, "sheet": {"text": TEXT, "note": "later"}})
    assert unknown_keys(read) == ("sheet.note",)
    assert document_to_json(read, inline_arrays=True)["sheet"]["note"] == "later"


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ({"text": "title: T\ny = q"}, "Expected names among"),
        ({"text": TEXT, "inputs": {"w": 9}}, "Expected -5 to 5 for w. Received: 9"),
        ({"text": TEXT, "inputs": {"q": 9}}, "Expected an input among: w, x. Received: 'q'"),
        ({"text": TEXT, "inputs": {"x": []}}, "Expected a list of 1 to 200 numbers for x"),
        ({"text": TEXT, "inputs": {"w": "2"}}, "Expected a finite number"),
        ({"text": "title: T\ny = scan(v, i, 1, 99999, v=1)"}, "Expected at most 10000 operations"),
        ({"text": "a" * 20_001}, "Expected at most 20000 characters"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(sheet: dict[str, Any], words: str) -> None:
    with pytest.raises(DlvizError, match=words):
        document_from_json({**JSON, "sheet": sheet})


def test_a_document_has_one_subject() -> None:
    with pytest.raises(SpecError, match="Received: more than one"):
        document_from_json({**JSON, "formula": {"text": "y = 1"}})


def test_a_sheet_file_is_opened_as_a_new_document(file: Path, session: Session) -> None:
    session.open(file)
    assert session.document.subject == "sheet" and session.document.title == "A line"
    assert session.path is None and not session.is_dirty


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"title: \xff", "line 1: Expected text in UTF-8"),
        (b"a" * 90_000, "at most 20000"),
        (b"hello", "line 1: Expect"),
    ],
)
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    tmp_path: Path, session: Session, data: bytes, words: str
) -> None:
    path = tmp_path / "bad.sheet"
    path.write_bytes(data)
    before = session.document
    with pytest.raises(DocumentError) as caught:
        session.open(path)
    assert words in str(caught.value)
    assert session.document is before


def test_a_project_keeps_the_text_the_numbers_and_the_place(tmp_path: Path) -> None:
    document = set_sheet_input(sheet_document(TEXT), "x", (4.0, 5.0))
    write_project(tmp_path / "s.dlviz", document)
    again = read_project(tmp_path / "s.dlviz").document
    assert again.sheet == document.sheet
    assert again.sheet is not None
    np.testing.assert_array_equal(again.sheet.computed.values["y"], [8, 10])


def test_a_sheet_is_walked_forward_and_back() -> None:
    run = Run(sheet_document(TEXT))
    assert shown(run).peek.steps[0].formula == "y[1] = w · x[1]"
    run.walk_to(2)
    assert shown(run).cursor == 2
    run.back("operation")
    assert shown(run).cursor == 1
    assert shown(run).sheet.values["total"] == 0


def test_a_step_by_layer_is_a_whole_list() -> None:
    run = Run(sheet_document(TEXT))
    run.forward("layer")
    assert shown(run).cursor == 3
    run.forward("layer")
    assert shown(run).cursor == 4
    run.back("layer")
    assert shown(run).cursor == 3


def test_an_edit_computes_at_once_and_keeps_the_place_in_the_walk() -> None:
    document = sheet_document(TEXT)
    run = Run(document)
    run.walk_to(3)
    run.edit(set_sheet_input(document, "w", 3.0), "Change w")
    assert shown(run).cursor == 3
    np.testing.assert_array_equal(shown(run).sheet.values["y"], [3, 6, -9])


def test_inputs_that_the_formulas_cannot_take_are_said_and_can_be_undone() -> None:
    document = sheet_document("title: T\nlist x = 1, 2\nlist z = 3, 4\ny = x + z[2]")
    run = Run(document)
    run.edit(set_sheet_input(document, "z", (1.0,)), "Change z")
    assert "Expected an index from 1 to 1" in shown(run).message
    run.edit(document, "Undo")
    np.testing.assert_array_equal(shown(run).sheet.values["y"], [5, 6])


def test_a_list_takes_along_those_that_must_be_as_long_and_undo_brings_all_back() -> None:
    session = Session(sheet_document("title: T\nlist x = 1, 2\nlist z = 3, 4\nlist u = 5, 6\ny = x + z\nm = max(u)"))
    try:
        session.edit(set_sheet_input(session.document, "x", (1.0, 2.0, 3.0)), "Change x")
        sheet = session.document.sheet
        assert sheet is not None and sheet.inputs == {"x": (1.0, 2.0, 3.0), "z": (3.0, 4.0, 0.0)}
        np.testing.assert_array_equal(sheet.computed.values["y"], [4, 6, 3])
        session.undo()
        assert session.document.sheet is not None and session.document.sheet.inputs == {}
    finally:
        assert session.close()


def test_inputs_are_undoable_edits_and_a_refused_one_changes_nothing(session: Session) -> None:
    session.edit(set_sheet_input(session.document, "w", 3.0), "Change w")
    assert session.document.sheet is not None and session.document.sheet.inputs == {"w": 3.0}
    with pytest.raises(SpecError, match="Expected -5 to 5 for w"):
        set_sheet_input(session.document, "w", 6.0)
    session.undo()
    assert session.document.sheet is not None and session.document.sheet.inputs == {}


def test_a_change_is_named_by_its_input() -> None:
    document = sheet_document(TEXT)
    assert "w" in change_words(document, set_sheet_input(document, "w", 3.0), "")


def test_trace_lists_every_step(file: Path) -> None:
    report = trace(read_document(file))
    assert [step.node for step in report.trace.steps] == ["y[1]", "y[2]", "y[3]", "total"]
    with pytest.raises(DlvizError, match="Expected no rows"):
        trace(read_document(file), [0])


def test_the_menu_has_an_entry_for_every_shipped_sheet() -> None:
    made: list[Document] = [each.make() for each in sheet_examples()]
    assert [each.title for each in sheet_examples()] == [each.title for each in made]
    assert len({each.key for each in sheet_examples()}) == len(made) >= 10


def test_a_mark_of_the_encoding_and_dos_line_ends_are_read() -> None:
    made = sheet_from_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert made.title == "A line"
