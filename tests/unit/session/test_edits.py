"""Edits give a new document that runs, or raise and leave the old one alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError, DocumentError, ShapeError, SpecError
from dlviz.core.inference import check_batch, parameters
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense, sources
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.presets import data_for, document_for, empty_document, example_document, first_document
from dlviz.session.run import Run


def ids(document: Document) -> list[str]:
    return [layer.id for layer in document.network.layers]


def reads(document: Document) -> dict[str, tuple[str, ...]]:
    return {layer.id: sources(document.network, layer) for layer in document.network.layers}


def shapes(document: Document) -> dict[str, tuple[int, ...]]:
    return {each.name: each.shape for each in parameters(document.network)}


def values(document: Document) -> dict[str, Any]:
    return {name: each.array for name, each in document.parameters.items()}


def with_skip() -> Document:
    """x → a → b → s = a + b → o, all of three units but o."""
    layers = (
        dense("a", 3, "tanh"), dense("b", 3, "tanh"),
        LayerSpec("s", "add", ("a", "b")), dense("o", 1),
    )  # fmt: skip
    return edits.settled(replace(first_document(), network=NetworkSpec(layers)))


def test_a_layer_added_in_the_middle_is_read_by_the_next() -> None:
    document = edits.add_layer(first_document(), 1, units=5, activation="relu")
    assert ids(document) == ["h1", "h3", "h2", "o"]
    assert shapes(document)["h3.W"] == (5, 4)
    assert shapes(document)["h2.W"] == (3, 5)


def test_a_layer_added_before_a_named_reader_is_put_between() -> None:
    document = edits.add_layer(with_skip(), 2, "new", units=3)
    assert reads(document)["new"] == ("b",)
    assert reads(document)["s"] == ("a", "new")


def test_a_layer_added_at_the_end_becomes_the_output() -> None:
    document = replace(first_document(), network=replace(first_document().network, outputs=("o",)))
    assert edits.add_layer(document, 99, "end", units=1).network.outputs == ("end",)


def test_two_three_one_is_built_from_nothing() -> None:
    document = edits.add_layer(empty_document(), 0, "o", units=1)
    document = edits.add_layer(document, 0, units=3)
    assert shapes(document) == {"h1.W": (3, 2), "h1.b": (3,), "o.W": (1, 3), "o.b": (1,)}
    assert document.network.layers[1].settings["activation"] == Choice("sigmoid")


def test_fresh_ids_are_the_first_free_of_h1_h2() -> None:
    document = edits.remove_layer(edits.add_layer(first_document(), 1), "h2")
    assert edits.fresh_id(document.network) == "h2"


def test_removing_a_layer_joins_its_readers_to_what_it_read() -> None:
    document = edits.remove_layer(first_document(), "h1")
    assert shapes(document)["h2.W"] == (3, 2)


def test_removing_a_layer_of_a_skip_is_refused_where_nothing_is_left_to_add() -> None:
    with pytest.raises(SpecError, match="at least 2 inputs"):
        edits.remove_layer(with_skip(), "b")


def test_removing_the_sum_of_a_skip_is_refused_for_the_layer_after_reads_one() -> None:
    with pytest.raises(SpecError, match="Expected 1 input"):
        edits.remove_layer(with_skip(), "s")


def test_removing_every_layer_leaves_an_empty_network() -> None:
    document = example_document()
    for layer in ids(document):
        document = edits.remove_layer(document, layer)
    assert document.network.layers == ()
    assert not document.parameters
    assert not document.training.frozen


def test_removing_a_named_output_hands_it_to_what_it_read() -> None:
    document = replace(first_document(), network=replace(first_document().network, outputs=("o",)))
    assert edits.remove_layer(document, "o").network.outputs == ("h2",)


def test_renaming_follows_everywhere() -> None:
    start = edits.set_frozen(example_document(), "h", True)
    document = edits.rename_layer(start, "h", "hidden")
    assert ids(document) == ["hidden", "o"]
    assert set(document.training.frozen) == {"hidden.b", "o.b", "hidden"}
    assert document.parameters["hidden.W"] == start.parameters["h.W"]
    assert "h.W" not in document.parameters
    assert reads(edits.rename_layer(with_skip(), "a", "first"))["s"] == ("first", "b")


@pytest.mark.parametrize("new", ["o", "x", "Big", "1st", "", "a b", "ä"])
def test_a_taken_or_malformed_id_is_refused(new: str) -> None:
    with pytest.raises(SpecError, match="id"):
        edits.rename_layer(example_document(), "h", new)


def test_a_duplicate_reads_the_original_and_keeps_weights_that_fit() -> None:
    start = example_document()
    document = edits.duplicate_layer(start, "h")
    assert ids(document) == ["h", "h1", "o"]
    assert reads(document)["h1"] == ("h",)
    assert reads(document)["o"] == ("h1",)
    assert document.parameters["h1.W"] == start.parameters["h.W"]


def test_a_duplicated_output_becomes_the_output() -> None:
    start = replace(example_document(), network=replace(example_document().network, outputs=("o",)))
    document = edits.duplicate_layer(start, "o")
    assert ids(document) == ["h", "o", "h1"]
    assert document.network.outputs == ("h1",)


def test_other_units_drop_only_the_weights_that_no_longer_fit() -> None:
    document = edits.set_units(example_document(), "h", 3)
    assert set(document.parameters) == {"o.b"}
    assert shapes(document)["o.W"] == (2, 3)


def test_add_unit_adds_one() -> None:
    assert shapes(edits.add_unit(first_document(), "h2"))["h2.W"] == (4, 4)


def test_a_removed_unit_leaves_every_other_weight_as_it_stands() -> None:
    start = first_document()
    rng = np.random.default_rng(5)
    current = {name: rng.normal(size=shape) for name, shape in shapes(start).items()}
    document = edits.remove_unit(start, "h1", 1, current)
    kept = values(document)
    assert np.array_equal(kept["h1.W"], current["h1.W"][[0, 2, 3]])
    assert np.array_equal(kept["h1.b"], current["h1.b"][[0, 2, 3]])
    assert np.array_equal(kept["h2.W"], current["h2.W"][:, [0, 2, 3]])
    assert all(np.array_equal(kept[name], current[name]) for name in ("h2.b", "o.W", "o.b"))


@pytest.mark.parametrize(("layer", "unit"), [("o", 0), ("h1", 4), ("h1", -1), ("nobody", 0)])
def test_a_unit_that_cannot_go_is_refused(layer: str, unit: int) -> None:
    with pytest.raises(SpecError, match="Expected"):
        edits.remove_unit(first_document(), layer, unit, {})


def test_activation_by_key_or_choice_with_checked_settings() -> None:
    document = edits.set_activation(first_document(), "h1", chosen("leaky_relu", slope=0))
    kept = document.network.layers[0].settings["activation"]
    assert kept == chosen("leaky_relu", slope=0.0)
    assert isinstance(kept.settings["slope"], float)
    assert edits.set_activation(document, "h1", "relu").network.layers[0].settings["activation"] == Choice("relu")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("units", 0), ("units", 2.5), ("units", True), ("units", 16_385), ("activation", "tahn"),
        ("activation", chosen("leaky_relu", slop=1)), ("bias", 1), ("unit", 3), ("initializer", "he"),
    ],
)  # fmt: skip
def test_a_bad_layer_setting_is_refused_with_its_layer(name: str, value: object) -> None:
    with pytest.raises(SpecError, match="Expected") as caught:
        edits.set_layer_setting(first_document(), "h1", name, value)
    assert caught.value.place == "h1"


@pytest.mark.parametrize(
    ("kind", "width", "units", "activation", "loss"),
    [
        ("iris", 4, 3, "softmax", "sparse_categorical_cross_entropy"),
        ("digits", 64, 10, "softmax", "sparse_categorical_cross_entropy"),
        ("diabetes", 10, 1, "linear", "squared_error"),
        ("sine", 1, 1, "linear", "squared_error"),
    ],
)
def test_other_data_fit_both_ends_of_the_network_to_the_task(
    kind: str, width: int, units: int, activation: str, loss: str
) -> None:
    document = edits.set_data(first_document(), data_for(kind))
    output = document.network.layers[-1].settings
    assert document.network.inputs[0].shape == (width,)
    assert output["units"] == units
    assert output["activation"] == Choice(activation)
    assert document.training.loss == Choice(loss)


def test_data_of_the_same_task_keep_output_and_loss() -> None:
    start = first_document()
    document = edits.set_data(start, data_for("moons"))
    assert document.network == start.network
    assert document.training == start.training


def test_binary_after_regression_gets_sigmoid_and_cross_entropy() -> None:
    document = edits.set_data(document_for("sine"), data_for("xor"))
    assert document.network.layers[-1].settings["activation"] == Choice("sigmoid")
    assert document.training.loss == Choice("binary_cross_entropy")


def test_a_title_that_was_the_old_datas_follows_the_new() -> None:
    assert edits.set_data(document_for("moons"), data_for("iris")).title == document_for("iris").title
    mine = edits.set_title(document_for("moons"), "Mine")
    assert edits.set_data(mine, data_for("iris")).title == "Mine"


def test_data_of_a_file_nobody_opened_change_nothing_else() -> None:
    start = first_document()
    document = edits.set_data(start, DataSpec("file", {"path": "a.csv"}))
    assert document.network == start.network
    assert document.training == start.training


def test_rows_of_an_opened_file_only_set_the_input_width() -> None:
    start = edits.set_data(first_document(), DataSpec("file", {"path": "a.csv"}))
    rows = Dataset("a", "multiclass", np.ones((4, 3)), np.array([0, 1, 2, 0]), ("a", "b", "c"), ("y",), ("p", "q", "r"))
    document = edits.attach_dataset(start, rows)
    assert document.data.dataset is rows
    assert document.network.inputs[0].shape == (3,)
    assert document.network.layers[-1] == start.network.layers[-1]


def test_a_data_setting_keeps_the_others() -> None:
    document = edits.set_data_setting(edits.set_data_setting(first_document(), "noise", 0.2), "seed", 9)
    assert document.data.settings == {"samples": 250, "noise": 0.2, "seed": 9}


@pytest.mark.parametrize(("name", "value"), [("samples", 0), ("noise", -1), ("nois", 0.1), ("noise", float("nan"))])
def test_a_bad_data_setting_is_refused(name: str, value: object) -> None:
    with pytest.raises(SpecError, match="Expected"):
        edits.set_data_setting(first_document(), name, value)


@pytest.mark.parametrize(
    "changes",
    [{"test": 1.0}, {"test": -0.1}, {"test": 0.6, "validation": 0.4}, {"seed": -1}, {"tset": 0.2}, {"stratify": 1}],
)
def test_a_split_that_leaves_nothing_or_means_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        edits.set_split(first_document(), **changes)


def test_split_and_scaling_change_nothing_but_data() -> None:
    document = edits.set_scaling(edits.set_split(first_document(), test=0.5), "standard")
    assert (document.data.split.test, document.data.scaling) == (0.5, "standard")
    assert document.network is first_document().network or document.network == first_document().network
    with pytest.raises(DocumentError, match="Expected 'none'"):
        edits.set_scaling(document, "big")


def test_training_changes_by_name() -> None:
    document = edits.set_training(first_document(), batch_size=5, shuffle=False, optimizer="sgd", frozen=["h1"])
    training = document.training
    assert (training.batch_size, training.shuffle, training.optimizer.kind) == (5, False, "sgd")
    assert training.frozen == ("h1",)


@pytest.mark.parametrize(
    "changes",
    [{"batch_size": 0}, {"batch_size": True}, {"batch_size": 2.0}, {"epochs": -1}, {"shuffle": "no"}, {"lr": 1},
     {"frozen": ["nobody"]}, {"loss": "squared"}, {"optimizer": chosen("adam", beta=1)}],
)  # fmt: skip
def test_a_bad_training_change_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((SpecError, DocumentError), match="Expected"):
        edits.set_training(first_document(), **changes)


def test_another_loss_keeps_its_conventions() -> None:
    document = edits.set_loss(example_document(), "binary_cross_entropy")
    assert document.training.loss == chosen("binary_cross_entropy", factor=0.5, reduction="sum")


def test_another_optimizer_keeps_a_rate_of_the_same_scale_only() -> None:
    sgd = example_document()
    assert edits.set_optimizer(sgd, "momentum").training.optimizer.settings["lr"] == 0.5
    assert "lr" not in edits.set_optimizer(sgd, "adam").training.optimizer.settings


def test_optimizer_and_loss_settings_are_checked() -> None:
    document = edits.set_optimizer_setting(first_document(), "lr", 1)
    assert document.training.optimizer.settings["lr"] == 1.0
    assert edits.set_loss_setting(document, "factor", 0.5).training.loss.settings["factor"] == 0.5
    with pytest.raises(SpecError, match="learning_rate"):
        edits.set_optimizer_setting(document, "learning_rate", 0.1)


def test_freezing_and_thawing() -> None:
    document = edits.set_frozen(first_document(), "h1.b", True)
    assert document.training.frozen == ("h1.b",)
    assert edits.set_frozen(document, "h1.b", False) == first_document()


def test_a_typed_weight_makes_the_whole_standing_array_a_starting_value() -> None:
    current = {"h.W": np.array([[1.0, 2.0], [3.0, 4.0]])}
    document = edits.set_parameter_entry(example_document(), "h.W", (0, 1), 9.0, current)
    assert np.array_equal(values(document)["h.W"], [[1, 9], [3, 4]])
    assert current["h.W"][0, 1] == 2.0
    assert document.parameters["o.W"] == example_document().parameters["o.W"]


def test_a_typed_bias_without_a_run_changes_the_starting_value() -> None:
    document = edits.set_parameter_entry(example_document(), "h.b", 1, -0.5, {})
    assert np.array_equal(values(document)["h.b"], [0.35, -0.5])


@pytest.mark.parametrize(
    ("name", "index", "value"),
    [("h.W", (2, 0), 1.0), ("h.W", 0, 1.0), ("h.W", (-1, 0), 1.0), ("h.W", (0, 0), float("inf")), ("q.W", (0, 0), 1.0),
     ("h.b", 0, True)],
)  # fmt: skip
def test_a_bad_typed_weight_is_refused(name: str, index: Any, value: float) -> None:
    with pytest.raises(SpecError, match="Expected"):
        edits.set_parameter_entry(example_document(), name, index, value, {})


def test_starting_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(SpecError, match="finite"):
        edits.set_parameters(example_document(), {"h.b": np.array([1.0, np.nan])})


def test_the_ends_of_a_task_can_be_asked_for() -> None:
    document = edits.set_task_ends(first_document(), "binary")
    assert document.training.loss == Choice("binary_cross_entropy")
    assert document.network.layers[-1].settings["activation"] == Choice("sigmoid")
    assert edits.set_task_ends(empty_document(), "multiclass").network.layers == ()


def test_data_whose_rows_cannot_be_had_count_as_another_task() -> None:
    start = replace(first_document(), data=DataSpec("table"))
    assert edits.set_data(start, data_for("moons")).training.loss == Choice("binary_cross_entropy")


def test_seed_and_title_are_checked() -> None:
    document = edits.set_seed(edits.set_title(first_document(), "Ä"), 2**63 - 1)
    assert (document.title, document.seed) == ("Ä", 2**63 - 1)
    for broken in (lambda: edits.set_seed(document, -1), lambda: edits.set_title(document, "x" * 10_001)):
        with pytest.raises(DocumentError, match="Expected"):
            broken()


def test_an_edit_never_changes_the_document_it_was_given() -> None:
    start = example_document()
    before = (start.network, dict(start.parameters), start.training)
    edits.remove_unit(edits.rename_layer(edits.set_units(start, "h", 4), "h", "g"), "g", 0, {})
    assert before == (start.network, dict(start.parameters), start.training)


def normed(batch_size: int, rows: int = 9) -> Document:
    found = replace(first_document(), data=DataSpec("circles", {"samples": rows}))
    found = edits.set_training(found, batch_size=batch_size)
    return edits.insert_layer(found, "h1", "batch_norm")


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_a_batch_that_leaves_a_single_row_to_batch_norm_is_refused_as_it_is_chosen(size: int) -> None:
    document = normed(3)
    with pytest.raises(ShapeError, match="at least 2 examples in every batch.*Received: a batch of 1") as refused:
        edits.set_training(document, batch_size=size)
    assert refused.value.place == next(layer.id for layer in document.network.layers if layer.kind == "batch_norm")
    assert edits.set_training(document, batch_size=9).training.batch_size == 9


def test_batch_norm_is_refused_where_the_last_batch_has_a_single_row() -> None:
    with pytest.raises(ShapeError, match="Received: a batch of 1"):
        normed(4)


def test_a_document_whose_last_batch_is_too_small_says_so_before_it_trains() -> None:
    document = replace(normed(3), training=replace(normed(3).training, batch_size=4))
    assert "a batch of 1" in str(Run(document).problem)
    # What does not fit already may be changed in steps.
    assert edits.set_training(document, batch_size=2).training.batch_size == 2


def test_images_are_normed_over_their_pixels_and_need_no_second_example() -> None:
    layers = (LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": 2}), LayerSpec("n", "batch_norm"))
    check_batch(NetworkSpec(layers, (InputSpec("x", (1, 4, 4)),)), 1)
