"""Weights that are taken out and held at 0: whatever the optimizer, through files, and when units go."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.core.freezing import entry_name, parsed_entry, without_unit
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.edits.pruning import MOST_HELD, victims
from dlviz.session.example import plain_descent, written_table
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.summary import summary
from dlviz.session.trainer import Trainer


def document() -> Document:
    rows = np.random.default_rng(1).normal(size=(16, 3))
    network = NetworkSpec((dense("h", 4, "tanh"), dense("o", 1)), (InputSpec("x", (3,)),))
    return Document(title="pruned", dtype="float64", data=written_table(rows, rows[:, :1] * rows[:, 1:2]),
                    network=network, training=plain_descent(lr=0.05, batch_size=4))  # fmt: skip


def start(given: Document) -> dict[str, np.ndarray]:
    return Trainer(given, prepared_for(given)).memory.read()


@pytest.mark.parametrize("optimizer", optimizers.keys())
def test_a_pruned_weight_stays_at_0_under_every_optimizer_and_the_others_move(optimizer: str) -> None:
    plain = edits.set_optimizer(document(), optimizer)
    pruned = edits.prune(plain, "h.W", (2, 1), start(plain))
    trainer = Trainer(pruned, prepared_for(pruned))
    trainer.run(6, np.zeros(6))
    after, before = trainer.memory.read(), start(pruned)
    assert after["h.W"][2, 1] == 0.0
    moved = after["h.W"] != before["h.W"]
    assert not moved[2, 1] and moved.sum() == moved.size - 1


def test_a_pruned_weight_is_written_to_a_file_and_read_back() -> None:
    pruned = edits.prune(document(), "h.W", (3, 0), start(document()))
    written = document_to_json(pruned, inline_arrays=True)
    assert written["training"]["frozen"] == ["h.W[3,0]"]
    assert document_to_json(document_from_json(written), inline_arrays=True) == written
    assert sum(row.learns for row in summary(pruned)) == 4 * 3 + 4 + 4 + 1 - 1


@pytest.mark.parametrize("name", ["h.W[4,0]", "h.W[0]", "g.W[0,0]", "h.W[-1,0]", "h.W[0,0", "h.W[]"])
def test_a_place_that_is_not_there_is_refused(name: str) -> None:
    written = document_to_json(document(), inline_arrays=True)
    written["training"]["frozen"] = [name]
    with pytest.raises(SpecError, match="Expected"):
        document_from_json(written)


def test_a_held_weight_follows_its_unit_when_another_goes() -> None:
    given = document()
    current = start(given)
    for place in ((1, 0), (3, 2)):
        given = edits.prune(given, "h.W", place, current)
    given = edits.prune(given, "o.W", (0, 3), current)
    left = edits.remove_unit(given, "h", 1, start(given))
    assert set(left.training.frozen) == {"h.W[2,2]", "o.W[0,2]"}
    assert left.parameters["h.W"].array[2, 2] == 0 == left.parameters["o.W"].array[0, 2]


def test_another_size_of_a_layer_lets_its_weights_go() -> None:
    pruned = edits.prune(document(), "h.W", (1, 0), start(document()))
    assert edits.set_units(pruned, "h", 5).training.frozen == ()
    assert edits.release(pruned, "h.W", (1, 0)).training.frozen == ()


def test_larger_shares_take_out_what_smaller_ones_do() -> None:
    network = document().network
    masks = [victims(network, "h", share, "weights", 7)["h.W"] for share in (0.0, 0.25, 0.5, 1.0)]
    assert [int(mask.sum()) for mask in masks] == [0, 3, 6, 12]
    assert all((small <= large).all() for small, large in itertools.pairwise(masks))


def test_a_unit_goes_with_all_that_reads_it_through_dropout_and_joins() -> None:
    network = NetworkSpec(
        (
            dense("h", 4, "tanh"), LayerSpec("d", "dropout"), LayerSpec("j", "concatenate", ("x", "d")),
            dense("o", 2, inputs=("j",)),
        ),
        (InputSpec("x", (3,)),),
    )  # fmt: skip
    mask = victims(network, "h", 0.5, "units", 0)["o.W"]
    assert mask.shape == (2, 7)
    assert not mask[:, :3].any()
    assert (mask[0] == mask[1]).all() and mask[0].sum() == 2


@pytest.mark.parametrize(
    ("layer", "share", "what"), [("h", 1.5, "weights"), ("x", 0.5, "weights"), ("o", 0.5, "units")]
)
def test_what_cannot_be_taken_out_is_refused(layer: str, share: float, what) -> None:
    with pytest.raises(SpecError, match="Expected"):
        edits.prune_at_random(document(), layer, share, what, 0, start(document()), is_held=False)


def test_only_so_many_weights_are_held_one_by_one() -> None:
    wide = replace(document(), network=NetworkSpec((dense("h", 9000, "tanh"), dense("o", 1)), (InputSpec("x", (3,)),)))
    with pytest.raises(SpecError, match=f"at most {MOST_HELD}"):
        edits.prune_at_random(wide, "h", 1.0, "weights", 0, start(wide), is_held=True)


def test_names_of_entries_are_read_back() -> None:
    assert parsed_entry(entry_name("h1.W", (2, 0))) == ("h1.W", (2, 0))
    assert parsed_entry("h1.W") is None
    assert without_unit(("h", "h.W[0,1]", "h.b[2]"), "h.W", 0, 0) == ("h", "h.b[2]")
