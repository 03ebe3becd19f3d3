"""Undo and redo over immutable moments."""

import pytest

from dlviz.core.errors import SpecError
from dlviz.session.store import Store


def pushed(*values: str) -> Store[str]:
    store = Store("start")
    for value in values:
        store.push(value, f"to {value}")
    return store


def test_undo_goes_back_one_change_and_redo_brings_it_again() -> None:
    store = pushed("a", "b")
    assert (store.undo(), store.undo(), store.redo(), store.redo()) == ("a", "start", "a", "b")


def test_labels_name_the_change_that_would_be_undone_or_redone() -> None:
    store = pushed("a", "b")
    store.undo()
    assert (store.undo_label, store.redo_label) == ("to a", "to b")


def test_nothing_to_undo_or_redo_is_refused() -> None:
    store = Store("start")
    assert not store.can_undo
    assert not store.can_redo
    assert store.undo_label == store.redo_label == ""
    with pytest.raises(SpecError, match="Expected a change to undo"):
        store.undo()
    with pytest.raises(SpecError, match="Expected a change to redo"):
        store.redo()


def test_a_push_after_undo_forgets_what_could_be_redone() -> None:
    store = pushed("a", "b")
    store.undo()
    store.push("c", "to c")
    assert not store.can_redo
    assert store.undo() == "a"


def test_pushes_of_one_gesture_are_one_change() -> None:
    store = pushed("a")
    for value in ("b1", "b2", "b3"):
        store.push(value, "drag", merge="lr")
    assert (store.current, store.undo()) == ("b3", "a")


def test_gestures_apart_are_changes_of_their_own() -> None:
    store = Store("start")
    store.push("a", "drag", merge="lr, first drag")
    store.push("b", "drag", merge="lr, second drag")
    store.push("c", "other", merge="momentum")
    assert (store.undo(), store.undo(), store.undo()) == ("b", "a", "start")


def test_a_gesture_after_undo_does_not_merge_into_the_one_before() -> None:
    store = Store("start")
    store.push("a", "drag", merge="lr")
    store.push("b", "type")
    store.undo()
    store.push("c", "drag", merge="lr")
    assert store.undo() == "a"


def test_show_replaces_the_moment_without_a_change() -> None:
    store = pushed("a")
    store.show("a, later")
    assert (store.current, store.undo(), store.redo()) == ("a, later", "start", "a, later")


def test_depth_is_bounded_and_the_oldest_changes_go() -> None:
    store: Store[int] = Store(0, depth=3)
    for value in range(1, 6):
        store.push(value, "count")
    assert [store.undo() for _ in range(3)] == [4, 3, 2]
    assert not store.can_undo


def test_dirty_until_saved_and_clean_again_when_undone_to_the_saved_moment() -> None:
    store = pushed("a")
    assert store.is_dirty
    store.mark_saved()
    assert not store.is_dirty
    store.push("b", "to b")
    assert store.is_dirty
    store.undo()
    assert not store.is_dirty


def test_only_the_named_part_makes_dirty() -> None:
    store: Store[tuple[str, int]] = Store(("document", 0), part=lambda moment: moment[0])
    store.show((store.current[0], 7))
    assert not store.is_dirty


def test_a_drag_after_saving_is_a_change_of_its_own() -> None:
    store = Store("start")
    store.push("a", "drag", merge="lr")
    store.mark_saved()
    store.push("b", "drag", merge="lr")
    assert store.undo() == "a"
    assert not store.is_dirty
