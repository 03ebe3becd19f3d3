"""Edits of large sets are split and scaled on a thread; those that change no number of them are made at once."""

from dataclasses import replace
from typing import Any

import pytest

from dlviz.gui.panels.data import editing
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.session.document import Document
from dlviz.session.edits import set_augmentation, set_scaling
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context


def digits(scaling: str) -> Document:
    """Digits as a table of the document's own, as rows of a file are."""
    document = set_scaling(document_for("digits"), scaling)
    return replace(document, data=document.data.as_own_table(prepared_for(document).dataset))


@pytest.mark.parametrize(
    ("scaling", "change", "arguments", "is_at_once"),
    [
        ("standard", set_augmentation, ("shift", 0.1), False),
        ("none", set_augmentation, ("shift", 0.1), True),
        ("none", set_scaling, ("standard",), False),
    ],
)
def test_what_scales_a_large_set_anew_does_not_hold_the_window_up(
    qtbot: Any, monkeypatch: pytest.MonkeyPatch, scaling: str, change: Any, arguments: tuple[Any, ...], is_at_once: bool
) -> None:
    monkeypatch.setattr(editing, "LARGE_NUMBERS", 1000)
    before = digits(scaling)
    context = make_context(before)
    edits, told = DataEdits(context), []
    edits.busy.connect(told.append)
    edits.edit(change, "Change", "", *arguments)
    assert (context.session.document.data != before.data) == is_at_once
    assert bool(told) != is_at_once
    qtbot.waitUntil(lambda: context.session.document.data == change(before, *arguments).data, timeout=10_000)


def test_small_sets_are_edited_at_once(qtbot: Any) -> None:
    context = make_context(digits("standard"))
    DataEdits(context).edit(set_augmentation, "Change", "", "shift", 0.1)
    assert context.session.document.data.augmentation == {"shift": 0.1}
