"""Edits of connections, branches, second uses, outputs and inputs that share the data's columns."""

from collections.abc import Callable

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, ShapeError, SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.inference import shapes
from dlviz.core.memory import loaded
from dlviz.core.network import InputSpec, NetworkSpec, dense, first_column, sources
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.example import plain_descent, written_table
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer


def document(targets: int = 1, units: int = 4) -> Document:
    """Return six columns through one hidden layer."""
    rows = np.random.default_rng(3).normal(size=(12, 6))
    network = NetworkSpec((dense("h1", units, "tanh"), dense("o", targets)), (InputSpec("x", (6,)),))
    return Document(title="six", dtype="float64", data=written_table(rows, rows[:, :targets]), network=network,
                    training=plain_descent())  # fmt: skip


def reads(given: Document) -> dict[str, tuple[str, ...]]:
    return {layer.id: sources(given.network, layer) for layer in given.network.layers}


def test_a_skip_adds_what_is_of_one_shape_only() -> None:
    made = edits.connect(document(units=6), "x", "o", "add")
    assert reads(made) == {"h1": ("x",), "add1": ("h1", "x"), "o": ("add1",)}
    with pytest.raises(ShapeError, match=r"x gives 6, o reads 4: expected inputs of one shape to add.*\[4\] and \[6\]"):
        edits.connect(document(), "x", "o", "add")


@pytest.mark.parametrize(("source", "words"), [("o", "close a circle"), ("h1", "close a circle"), ("x", "is there")])
def test_circles_and_connections_that_are_there_are_refused(source: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        edits.connect(document(), source, "h1", "replace")


def test_disconnecting_one_of_two_removes_the_join_and_keeps_the_weights() -> None:
    start = document(units=6)
    joined = edits.connect(start, "x", "o", "add")
    assert edits.disconnect(joined, "x", "add1") == start
    with pytest.raises(SpecError, match="Expected something for h1 to read"):
        edits.disconnect(start, "x", "h1")


def test_a_branch_reads_and_is_not_read_and_the_output_stays() -> None:
    made = edits.add_branch(document(), "h1", "dense")
    assert reads(made) == {"h1": ("x",), "h2": ("h1",), "o": ("h1",)}
    assert edits.connect(made, "h2", "o", "replace").network.layers[-1].id == "o"


def test_splitting_the_inputs_leaves_the_function_as_it_is() -> None:
    start = document()
    made = edits.split_inputs(start, [2, 3, 1])
    assert [(node.id, node.shape) for node in made.network.inputs] == [("x", (2,)), ("x2", (3,)), ("x3", (1,))]
    assert first_column(made.network, "x3") == 5
    values = {"h1.W": np.arange(24.0).reshape(4, 6) / 24, "h1.b": np.ones(4), "o.W": np.ones((1, 4)), "o.b": [0.5]}
    rows = np.arange(12.0).reshape(2, 6) / 12
    outputs = []
    for each in (start, made):
        evaluator = Evaluator(each.network, dtype="float64")
        evaluator.use(loaded(evaluator.program.layout, values).kept[0])
        outputs.append(evaluator.outputs(rows).copy())
    np.testing.assert_array_equal(*outputs)
    assert edits.split_inputs(made, [6]) == start


@pytest.mark.parametrize("widths", [[3, 4], [6, 0], []])
def test_inputs_take_all_columns_and_at_least_one_each(widths: list[int]) -> None:
    with pytest.raises(SpecError, match="Expected 6 columns in all"):
        edits.split_inputs(document(), widths)


def test_a_second_use_has_the_same_weights_and_reads_the_other_input() -> None:
    halved = edits.split_inputs(document(), [3, 3])
    own = edits.add_branch(halved, "x", "dense")
    made = edits.use_again(own, "h2")
    second = next(layer for layer in made.network.layers if layer.shares)
    assert (second.shares, reads(made)[second.id]) == ("h2", ("x2",))
    with pytest.raises(SpecError, match="weights to share"):
        edits.use_again(made, "join1")


def test_a_further_output_takes_one_of_the_target_columns() -> None:
    made = edits.add_output(document(targets=2), "h1")
    assert made.network.outputs == ("o", "o2")
    assert [shapes(made.network)[node] for node in made.network.outputs] == [(1,), (1,)]
    with pytest.raises(SpecError, match="several target columns"):
        edits.add_output(document(), "h1")


def test_every_output_has_a_loss_of_its_own() -> None:
    made = edits.set_output_loss(edits.add_output(document(targets=2), "h1"), "o2", "huber")
    made = edits.set_loss_weight(made, "o2", 0.25)
    losses = edits.losses_of(made)
    assert (losses["o"].choice.kind, losses["o2"].choice.kind) == ("squared_error", "huber")
    assert losses["o2"].weight == 0.25
    for less in (edits.set_output(made, "o2", False), edits.remove_layer(made, "o2")):
        assert less.training.losses.keys() <= {"o"}
        assert shapes(less.network)["o"] == (2,)
    with pytest.raises(SpecError, match="at least one output"):
        edits.set_output(document(), "o", False)


def random_edit(dice: np.random.Generator, given: Document) -> Document:
    """Return a document after one edit drawn at random, as a hand could make it."""
    spec = given.network
    nodes = [*(node.id for node in spec.inputs), *(layer.id for layer in spec.layers)]
    names = [layer.id for layer in spec.layers]
    node, layer = str(dice.choice(nodes)), str(dice.choice(names))
    way = str(dice.choice(["join", "replace", "add", "concatenate"]))
    kind = str(dice.choice(["dense", "dropout", "batch_norm", "add", "concatenate", "activation"]))
    first = int(dice.integers(1, 6))
    changes: list[Callable[[], Document]] = [
        lambda: edits.connect(given, node, layer, way),
        lambda: edits.connect(given, node, layer, way),
        lambda: edits.disconnect(given, node, layer),
        lambda: edits.add_branch(given, node, kind),
        lambda: edits.insert_layer(given, node, kind),
        lambda: edits.use_again(given, layer),
        lambda: edits.split_inputs(given, [first, 6 - first] if dice.random() < 0.7 else [6]),
        lambda: edits.add_output(given, node),
        lambda: edits.set_output(given, layer, bool(dice.random() < 0.5)),
        lambda: edits.remove_layer(given, layer),
        lambda: edits.replace_layer(given, layer, kind),
        lambda: edits.duplicate_layer(given, layer),
        lambda: edits.rename_layer(given, layer, f"n{dice.integers(1000)}"),
        lambda: edits.set_units(given, layer, int(dice.integers(1, 6))),
        lambda: edits.set_depth(given, int(dice.integers(0, 4))),
        lambda: edits.set_batch_norm(given, layer, bool(dice.random() < 0.5)),
    ]
    return changes[int(dice.integers(len(changes)))]()


@pytest.mark.parametrize("seed", range(6))
def test_any_edits_give_a_network_that_trains_or_one_sentence(seed: int) -> None:
    dice, given, done = np.random.default_rng(seed), document(targets=2), 0
    for _ in range(60):
        try:
            changed = random_edit(dice, given)
        except DlvizError as error:
            assert str(error).count("Expected") <= 1
            continue
        if not changed.network.layers or len(changed.network.layers) > 14:
            continue
        written = document_to_json(changed, inline_arrays=True)
        assert document_to_json(document_from_json(written), inline_arrays=True) == written
        given, losses = changed, np.zeros(2)
        Trainer(given, prepared_for(given)).run(2, losses)
        assert np.isfinite(losses).all()
        done += 1
    assert done > 15
