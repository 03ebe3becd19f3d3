"""Layers of every kind put into networks by hand: ids, wiring, ways out where shapes do not fit, shared parameters."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError, ShapeError, SpecError
from dlviz.core.inference import shapes
from dlviz.core.layers import layers
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense, sources
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.edits.layers import owners_for
from dlviz.session.fitting import readings
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for, first_document
from dlviz.session.trainer import Trainer


def ids(document: Document) -> list[str]:
    return [layer.id for layer in document.network.layers]


def reads(document: Document) -> dict[str, tuple[str, ...]]:
    return {layer.id: sources(document.network, layer) for layer in document.network.layers}


def digits() -> Document:
    return document_for("digits")


@pytest.mark.parametrize(
    ("kind", "name"), [("dense", "h3"), ("dropout", "drop1"), ("batch_norm", "norm1"), ("activation", "act1")]
)
def test_a_new_layer_stands_behind_its_node_under_a_name_of_its_kind(kind: str, name: str) -> None:
    document = edits.insert_layer(first_document(), "h1", kind)
    assert ids(document) == ["h1", name, "h2", "o"]
    assert reads(document)["h2"] == (name,)


@pytest.mark.parametrize("kind", layers.keys())
@pytest.mark.parametrize("behind", ["x", "h1", "o"])
def test_every_kind_gives_a_network_that_trains_or_a_refusal(kind: str, behind: str) -> None:
    before = document_for("iris")
    behind = behind if behind in ("x", "o") else ids(before)[0]
    try:
        document = edits.insert_layer(before, behind, kind)
    except DlvizError as error:
        assert str(error).count("Expected") == 1
        return
    losses = np.zeros(3)
    Trainer(document, prepared_for(document)).run(3, losses)
    assert np.isfinite(losses).all()


def test_a_convolution_on_plain_digits_offers_to_read_them_as_images() -> None:
    with pytest.raises(edits.CurableError, match="Expected images of three axes") as refusal:
        edits.insert_layer(digits(), "x", "conv2d")
    assert refusal.value.title == "Read the data as 1 × 8 × 8 · Insert a flatten layer"
    cured = refusal.value.cured
    assert cured.network.inputs == (InputSpec("x", (1, 8, 8)),)
    assert ids(cured)[:2] == ["conv1", "flat1"]
    assert shapes(cured.network)["conv1"] == (8, 6, 6)


def test_a_dense_layer_that_follows_images_offers_a_flatten() -> None:
    with pytest.raises(edits.CurableError, match="Expected one axis of features") as refusal:
        edits.set_input_shape(digits(), "x", (1, 8, 8))
    assert refusal.value.title == "Insert a flatten layer"
    assert ids(refusal.value.cured)[0] == "flat1"


def test_what_no_flatten_helps_is_refused_without_a_way_out() -> None:
    with pytest.raises(ShapeError, match="Expected images") as refusal:
        edits.insert_layer(first_document(), "h1", "max_pool")
    assert not isinstance(refusal.value, edits.CurableError)
    with pytest.raises(ShapeError, match="Expected the shape of the data"):
        edits.set_input_shape(digits(), "x", (1, 8, 9))


def test_a_flatten_goes_before_the_layer_that_needs_it_and_no_other() -> None:
    images = (InputSpec("x", (1, 8, 8)),)
    layers = (
        LayerSpec("c", "conv2d", (), {"filters": 1, "padding": "same"}), LayerSpec("s", "add", ("x", "c")),
        LayerSpec("f", "flatten"), dense("o", 10, chosen("softmax")),
    )  # fmt: skip
    document = edits.settled(replace(digits(), network=NetworkSpec(layers, images)))
    with pytest.raises(edits.CurableError) as refusal:
        edits.replace_layer(document, "f", "dropout")
    assert reads(refusal.value.cured)["o"] == ("flat1",)
    assert reads(refusal.value.cured)["s"] == ("x", "c")


@pytest.mark.parametrize(
    ("behind", "kind", "read"),
    [("h2", "add", ("h1", "h2")), ("h2", "concatenate", ("h1", "h2")), ("h1", "concatenate", ("x", "h1"))],
)
def test_joins_take_the_last_node_of_the_same_shape_or_another_that_fits(
    behind: str, kind: str, read: tuple[str, ...]
) -> None:
    document = edits.set_units(first_document(), "h2", 4)
    joined = edits.insert_layer(document, behind, kind)
    new = ids(joined)[ids(joined).index(behind) + 1]
    assert reads(joined)[new] == read


def test_a_join_with_nothing_of_its_shape_says_what_it_wants() -> None:
    with pytest.raises(ShapeError, match=r"Expected inputs of one shape to add. Received: shapes \[2\] and \[4\]"):
        edits.insert_layer(first_document(), "h1", "add")
    with pytest.raises(SpecError, match="Expected at least 2 inputs to join"):
        edits.insert_layer(first_document(), "x", "add")


def test_a_layer_behind_the_output_becomes_the_output_and_keeps_its_size() -> None:
    document = edits.insert_layer(first_document(), "o", "dense")
    assert ids(document)[-1] == "h3"
    assert shapes(document.network)["h3"] == (1,)


def test_a_layer_changes_its_kind_and_keeps_what_both_have() -> None:
    document = edits.replace_layer(first_document(), "h2", "activation")
    assert ids(document) == ["h1", "act1", "o"]
    assert document.network.layers[1].settings == {"activation": chosen("tanh")}
    assert edits.replace_layer(document, "act1", "activation") is document


def test_a_layer_replaced_by_its_first_kind_is_an_output_of_the_right_size() -> None:
    with pytest.raises(DlvizError, match="Expected"):
        edits.replace_layer(first_document(), "o", "dropout")


def shared() -> Document:
    network = NetworkSpec((dense("a", 2, "tanh"), dense("b", 2, "tanh"), dense("o", 1)))
    return edits.settled(replace(first_document(), network=network))


def test_parameters_are_shared_and_given_back_as_copies() -> None:
    assert owners_for(shared().network, "b") == ("a",)
    document = edits.share_layer(edits.set_parameters(shared(), {"a.b": np.array([1.0, 2.0])}), "b", "a")
    assert document.network.layers[1].shares == "a"
    assert owners_for(document.network, "b") == ("a",)
    own = edits.share_layer(document, "b", "")
    assert own.network.layers[1].shares == ""
    assert own.parameters["b.b"].array.tolist() == [1.0, 2.0]


def test_only_a_layer_of_the_same_kind_can_be_shared() -> None:
    with pytest.raises(SpecError, match="Expected a layer of kind dense. Received: 'drop1'"):
        edits.share_layer(edits.insert_layer(shared(), "a", "dropout"), "b", "drop1")


@pytest.mark.parametrize(
    ("width", "expected"),
    [(64, ((64,), (1, 8, 8), (64, 1))), (12, ((12,), (3, 2, 2), (12, 1))), (10, ((10,), (10, 1))), (1, ((1,),))],
)
def test_a_row_can_be_read_as_images_or_as_a_sequence(width: int, expected: tuple[tuple[int, ...], ...]) -> None:
    assert readings(width) == expected


@pytest.mark.parametrize("key", layers.keys())
def test_what_new_layers_begin_with_is_declared(key: str) -> None:
    kind = layers.get(key)
    kind.check(LayerSpec("l", key, (), kind.begins))
    assert kind.stem.isidentifier()
