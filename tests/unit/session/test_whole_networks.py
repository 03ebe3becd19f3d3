"""Edits of a network as a whole: how deep it is, and what stands behind every hidden layer."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.inference import parameters
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.session.document import Document
from dlviz.session.edits import set_layer_setting
from dlviz.session.edits.whole import (
    depth,
    dropout_rate,
    has_batch_norm,
    penalty_strength,
    set_batch_norm,
    set_depth,
    set_dropout,
    set_penalty_strength,
)
from dlviz.session.presets import first_document
from dlviz.session.run import Run


def kinds(document: Document) -> list[str]:
    return [layer.kind for layer in document.network.layers]


@pytest.mark.parametrize("layers", [0, 1, 2, 5])
def test_a_chain_gets_as_many_hidden_layers_and_trains(layers: int) -> None:
    document = set_depth(first_document(), layers)
    assert depth(document) == layers and kinds(document) == ["dense"] * (layers + 1)
    run = Run(document)
    run.advance(3)
    assert run.step == 3 and np.isfinite(run.state().kept).all()


def test_layers_that_come_are_like_the_last_and_those_that_go_take_theirs_along() -> None:
    document = set_layer_setting(first_document(), "h2", "activation", "relu")
    document = set_dropout(set_batch_norm(document, True), 0.25)
    deeper = set_depth(document, 4)
    assert kinds(deeper) == ["dense", "batch_norm", "dropout"] * 4 + ["dense"]
    assert [deeper.network.layers[place].settings["activation"].kind for place in (3, 6, 9)] == ["relu"] * 3
    assert set_depth(deeper, 2).network == document.network


def test_depth_back_and_forth_is_the_same_network() -> None:
    document = first_document()
    assert set_depth(set_depth(document, 6), 2).network == document.network


def test_a_first_hidden_layer_stands_before_the_output() -> None:
    flat = set_depth(first_document(), 0)
    document = set_depth(flat, 1)
    assert [(layer.kind, layer.settings["units"]) for layer in document.network.layers] == [("dense", 8), ("dense", 1)]


def test_batch_norm_and_dropout_come_and_go() -> None:
    document = first_document()
    assert not has_batch_norm(document) and dropout_rate(document) == 0
    both = set_batch_norm(set_dropout(document, 0.3), True)
    assert has_batch_norm(both) and dropout_rate(both) == 0.3
    assert kinds(both) == ["dense", "batch_norm", "dropout"] * 2 + ["dense"]
    assert dropout_rate(set_dropout(both, 0.5)) == 0.5 and kinds(set_dropout(both, 0.5)) == kinds(both)
    assert set_dropout(set_batch_norm(both, False), 0.0).network == document.network


def test_a_penalty_keeps_its_kind_and_is_l2_where_there_was_none() -> None:
    document = set_layer_setting(first_document(), "h1", "regularizer", chosen("l1", strength=0.5))
    changed = set_penalty_strength(document, 0.125)
    found = {each.layer: each.regularizer for each in parameters(changed.network) if each.is_weight}
    assert {layer: each.kind for layer, each in found.items()} == {"h1": "l1", "h2": "l2", "o": "l2"}
    assert {each.settings["strength"] for each in found.values()} == {0.125} and penalty_strength(changed) == 0.125
    assert penalty_strength(first_document()) == 0


def test_what_is_no_chain_or_out_of_range_is_refused() -> None:
    layers = (dense("a", 2), dense("b", 2, inputs=("x",)), LayerSpec("c", "concatenate", ("a", "b")), dense("o", 1))
    branched = replace(first_document(), network=NetworkSpec(layers))
    for edit in (lambda d: set_depth(d, 2), lambda d: set_batch_norm(d, True), lambda d: set_dropout(d, 0.5)):
        with pytest.raises(SpecError, match="one chain of layers"):
            edit(branched)
    for number in (-1, 65):
        with pytest.raises(SpecError, match="0 to 64 hidden layers"):
            set_depth(first_document(), number)
    with pytest.raises(DlvizError):
        set_dropout(first_document(), 1.5)
    with pytest.raises(DlvizError):
        set_penalty_strength(first_document(), -1.0)
