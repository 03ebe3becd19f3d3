"""A comparison of two documents lists what differs, in words, and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.schedules import schedules
from dlviz.session import edits
from dlviz.session.differences import change_words, differences
from dlviz.session.document import Document, handle
from dlviz.session.presets import document_for, first_document


def words(old: Document, new: Document) -> list[str]:
    return [each.words for each in differences(old, new)]


def test_equal_documents_differ_in_nothing() -> None:
    assert differences(first_document(), first_document()) == ()
    assert change_words(first_document(), first_document(), "typed") == "typed"


def test_a_setting_left_out_is_its_default() -> None:
    plain = replace(first_document(), training=replace(first_document().training, optimizer=chosen("sgd")))
    written = replace(plain, training=replace(plain.training, optimizer=chosen("sgd", lr=0.01)))
    assert words(plain, written) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: edits.set_optimizer_setting(d, "lr", 0.5), ["rate 0.02 → 0.5"]),
        (lambda d: edits.set_training(d, batch_size=7), ["batch 10 → 7"]),
        (lambda d: edits.set_training(d, shuffle=False), ["shuffling yes → no"]),
        (lambda d: edits.set_units(d, "h2", 5), ["units of h2 3 → 5"]),
        (lambda d: edits.set_activation(d, "h1", "relu"), ["activation of h1 Tanh → ReLU"]),
        (lambda d: edits.set_schedule(d, "cosine"), [f"schedule {schedules.get('cosine').title}"]),
        (lambda d: replace(d, parameters={"h1.W": handle([[0.0, 0.0]] * 4)}), ["start of h1.W typed in"]),
    ],
)
def test_one_change_is_one_line(change: Callable[[Document], Document], told: list[str]) -> None:
    document = first_document()
    found = words(document, change(document))
    assert found == told


def test_another_optimizer_does_not_list_the_settings_that_only_it_has() -> None:
    document = first_document()
    sgd = edits.set_optimizer(document, chosen("sgd", lr=0.02))
    assert words(sgd, edits.set_optimizer(document, chosen("adam", lr=0.02))) == ["optimizer SGD → Adam"]


def test_a_new_layer_is_named_and_its_settings_are_not() -> None:
    document = first_document()
    wider = edits.add_layer(document, 1, units=3, activation="relu")
    found = words(document, wider)
    assert found[0].startswith("layers h1, h2, o → h1, ")
    assert all("units" not in each for each in found)


def test_other_data_are_named() -> None:
    found = differences(first_document(), document_for("moons"))
    assert found[0].words == "data Two circles → Two moons"


def test_many_changes_are_counted() -> None:
    document = first_document()
    other = edits.set_training(edits.set_optimizer_setting(document, "lr", 0.5), batch_size=7, shuffle=False)
    assert change_words(document, other, "") == "rate 0.02 → 0.5, batch 10 → 7 and 1 more"


@pytest.mark.parametrize("is_held", [False, True])
def test_weights_taken_out_go_by_the_words_of_the_edit(is_held: bool) -> None:
    document, current = first_document(), {"h1.W": np.ones((4, 2))}
    pruned = edits.prune_at_random(document, "h1", 0.5, "weights", 0, current, is_held)
    assert change_words(document, pruned, "Prune 50 % of h1") == "Prune 50 % of h1"
    assert change_words(document, pruned, "").endswith("start of h1.W typed in")
    faster = edits.set_optimizer_setting(pruned, "lr", 0.5)
    assert change_words(document, faster, "Prune 50 % of h1").startswith("rate 0.02 → 0.5")
