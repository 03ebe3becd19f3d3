"""Documents in JSON: the schema as described, strict, and every refusal one sentence with its place."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError, DocumentError, SpecError
from dlviz.core.network import InputSpec
from dlviz.session.document import Document
from dlviz.session.format.document import (
    check_document,
    document_arrays,
    document_from_json,
    document_to_json,
    unknown_keys,
)
from dlviz.session.format.text import dump_json, parse_json
from dlviz.session.limits import JSON_BYTES, JSON_DEPTH
from dlviz.session.presets import first_document

Json = dict[str, Any]


def minimal(**changes: Any) -> Json:
    return {"format": "dlviz", "version": 1, **changes}


def changed(data: Json, path: str, value: Any) -> Json:
    """Return data with the value at a dotted path exchanged."""
    result = copy.deepcopy(data)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at: Any = result
    for part in way:
        at = at[part]
    at[last] = value
    return result


def refusal(data: Json) -> DlvizError:
    with pytest.raises(DlvizError) as caught:
        document_from_json(data)
    message = str(caught.value)
    assert "Expected" in message
    assert "Received" in message
    assert "\n" not in message
    assert len(message) < 500
    return caught.value


def table(**keys: Any) -> Document:
    return document_from_json(minimal(data={"kind": "table", **keys}))


def test_the_example_is_read_as_described(example_document_json: Json) -> None:
    document = document_from_json(example_document_json)
    hidden, output = document.network.layers
    assert (hidden.id, hidden.settings["units"], hidden.settings["activation"]) == ("h", 2, Choice("sigmoid"))
    assert output.inputs == ()
    assert document.network.inputs == (InputSpec("x", (2,)),)
    assert document.training.loss == chosen("squared_error", factor=0.5, reduction="sum")
    assert document.training.optimizer == chosen("sgd", lr=0.5)
    assert (document.seed, document.dtype, document.training.frozen) == (7, "float64", ("h.b", "o.b"))
    assert document.parameters["o.W"].array.tolist() == [[0.40, 0.45], [0.50, 0.55]]
    assert document.data.dataset is not None
    assert document.data.dataset.targets.tolist() == [[0.01, 0.99]]


def test_what_is_left_out_is_the_default() -> None:
    document = document_from_json(minimal())
    plain = Document()
    assert (document.title, document.seed, document.training) == (plain.title, plain.seed, plain.training)
    assert document.data == plain.data
    assert document.network == plain.network


def test_arrays_are_read_only_and_double_even_from_whole_numbers(example_document_json: Json) -> None:
    document = document_from_json(example_document_json | {"parameters": {"h.b": [1, 2]}})
    array = document.parameters["h.b"].array
    assert array.dtype == np.float64
    assert not array.flags.writeable


def test_written_and_read_again_it_is_the_same(example_document_json: Json) -> None:
    document = document_from_json(example_document_json)
    again = document_from_json(parse_json(dump_json(document_to_json(document, True))))
    assert document_to_json(again, True) == document_to_json(document, True)
    assert again.parameters == document.parameters
    assert again.network == document.network


def test_arrays_by_name_are_looked_up(example_document_json: Json) -> None:
    document = document_from_json(example_document_json)
    named = document_to_json(document, inline_arrays=False)
    assert named["parameters"]["h.W"] == {"array": "h.W"}
    assert named["data"]["inputs"] == {"array": "data.inputs"}
    again = document_from_json(named, document_arrays(document))
    assert document_to_json(again, True) == document_to_json(document, True)
    assert refusal(named).place == "data.inputs"


def test_a_graph_names_what_it_reads() -> None:
    layers = [
        {"id": "a", "units": 2}, {"id": "b", "units": 2, "activation": {"kind": "leaky_relu", "slope": 0.1}},
        {"id": "s", "kind": "add", "inputs": ["a", "b"]},
        {"id": "o", "units": 1, "bias": False, "initializer": "zeros"},
    ]  # fmt: skip
    network = {"layers": layers, "inputs": [{"id": "x", "shape": [2]}], "outputs": ["o"]}
    document = document_from_json(minimal(network=network))
    assert document.network.layers[2].inputs == ("a", "b")
    assert document.network.outputs == ("o",)
    written = document_to_json(document, True)["network"]["layers"]
    assert written == [{"kind": "dense", **layer} for layer in layers]


def test_inputs_default_to_the_width_of_the_data() -> None:
    widths = {kind: document_from_json(minimal(data={"kind": kind})).network.inputs for kind in ("iris", "sine")}
    assert widths == {"iris": (InputSpec("x", (4,)),), "sine": (InputSpec("x", (1,)),)}
    assert table(inputs=[[1, 2, 3]], targets=[[0]]).network.inputs == (InputSpec("x", (3,)),)


@pytest.mark.parametrize(
    ("keys", "task", "targets", "classes"),
    [
        ({"targets": [[1.0], [2.0], [3.0]]}, "regression", [[1], [2], [3]], ()),
        ({"targets": [1.5, 2, 3]}, "regression", [[1.5], [2], [3]], ()),
        ({"targets": [[1, 0], [0, 1], [1, 1]]}, "regression", [[1, 0], [0, 1], [1, 1]], ()),
        ({"targets": [0, 1, 1]}, "binary", [0, 1, 1], ("0", "1")),
        ({"targets": [2, 2, 2]}, "multiclass", [2, 2, 2], ("0", "1", "2")),
        ({"targets": [0, 0, 0]}, "binary", [0, 0, 0], ("0", "1")),
        ({"targets": [7, -5, 10]}, "multiclass", [1, 0, 2], ("-5", "7", "10")),
        ({"targets": [1, 2, 3], "task": "regression"}, "regression", [[1], [2], [3]], ()),
        ({"targets": [[1], [0], [1]], "task": "binary"}, "binary", [1, 0, 1], ("0", "1")),
        ({"targets": [0, 0, 1], "class_names": ["a", "b", "c"]}, "multiclass", [0, 0, 1], ("a", "b", "c")),
    ],
)
def test_targets_are_values_or_labels(keys: Json, task: str, targets: list[Any], classes: tuple[str, ...]) -> None:
    rows = table(inputs=[[1], [2], [3]], **keys).data.dataset
    assert rows is not None
    assert (rows.task, rows.targets.tolist(), rows.class_names) == (task, targets, classes)


def test_a_table_keeps_its_names_and_what_is_missing() -> None:
    keys = {
        "title": "T", "input_names": ["a", "b"], "target_names": ["c"], "notes": ["n"], "attribution": "me",
        "row_names": ["first", "second"],
    }  # fmt: skip
    document = table(inputs=[[1, None], [2, 3]], targets=[[1], [None]], **keys)
    written = document_to_json(document, True)["data"]
    assert {key: written[key] for key in keys} == keys
    assert written["inputs"] == [[1.0, None], [2.0, 3.0]]
    assert written["targets"] == [[1.0], [None]]


@pytest.mark.parametrize("keys", [{"image_shape": [1, 1, 2]}, {"sequence_shape": [2, 1]}, {"is_text": True}])
def test_a_table_keeps_what_its_rows_are(keys: Json) -> None:
    document = table(inputs=[[1, 2], [3, 4]], targets=[0.5, 1.5], **keys)
    rows = document.data.dataset
    assert rows is not None
    assert rows.modality == {"image_shape": "image", "sequence_shape": "sequence", "is_text": "text"}[next(iter(keys))]
    written = document_to_json(document, True)["data"]
    assert {key: written[key] for key in keys} == keys


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"inputs": [[1], [2]], "targets": [0, 1], "image_shape": [1, 1, 2]}, "data.image_shape"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "image_shape": [1, True, 1]}, "data.image_shape"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "sequence_shape": [1, 1, 1]}, "data.sequence_shape"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "is_text": 1}, "data.is_text"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "row_names": ["a"]}, "data.row_names"),
        ({"inputs": [[1], [2]], "targets": [1]}, "data.targets"),
        ({"inputs": [[1], [2, 3]], "targets": [1, 2]}, "data.inputs"),
        ({"inputs": [1, 2], "targets": [1, 2]}, "data.inputs"),
        ({"inputs": [[]], "targets": [1]}, "data.inputs"),
        ({"inputs": [[True]], "targets": [1]}, "data.inputs"),
        ({"inputs": [["1"]], "targets": [1]}, "data.inputs"),
        ({"inputs": [[1], 2], "targets": [1, 2]}, "data.inputs"),
        ({"inputs": [[10**400]], "targets": [1.0]}, "data.inputs"),
        ({"inputs": [[1]], "targets": [-1]}, "data.targets"),
        ({"inputs": [[1]], "targets": [1000]}, "data.targets"),
        ({"inputs": [[1], [2]], "targets": [0.5, 1], "task": "binary"}, "data.targets"),
        ({"inputs": [[1], [2], [3]], "targets": [0, 1, 2], "task": "binary"}, "data.targets"),
        ({"inputs": [[1], [2]], "targets": [0, 2], "class_names": ["a", "b"]}, "data.targets"),
        ({"inputs": [[1], [2]], "targets": [0, -1], "class_names": ["a", "b"]}, "data.targets"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "input_names": ["a", "b"]}, "data.input_names"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "input_names": "a"}, "data.input_names"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "task": "guess"}, "data.task"),
        ({"inputs": [[1], [2]], "targets": list(range(1001)), "task": "multiclass"}, "data.targets"),
        ({"targets": [1]}, "data.inputs"),
        ({"inputs": [[1]], "targets": [[[1.0]]]}, "data.targets"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "title": 3}, "data.title"),
        ({"inputs": [[1], [2]], "targets": [0, 1], "notes": ["x" * 10_001]}, "data.notes"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(keys: Json, place: str) -> None:
    assert refusal(minimal(data={"kind": "table", **keys})).place == place


def test_weights_tell_the_width_of_a_file_that_is_not_opened() -> None:
    document = document_from_json(
        minimal(
            data={"kind": "file", "path": "rows.csv"},
            network={"layers": [{"id": "h", "units": 1}]},
            parameters={"h.W": [[1.0, 2.0, 3.0]]},
        )
    )
    assert document.network.inputs == (InputSpec("x", (3,)),)


@pytest.mark.parametrize(("value", "received"), [([], "an empty list"), ([[10**400]], "a larger one")])
def test_what_came_is_named(value: object, received: str) -> None:
    error = refusal(minimal(data={"kind": "table", "inputs": value, "targets": [1]}))
    assert error.message.endswith(f"Received: {received}")


def test_data_of_a_file_are_not_opened(tmp_path: Path) -> None:
    data = {"kind": "file", "path": str(tmp_path / "absent.csv"), "format": "csv", "columns": {"target": "y"}}
    document = document_from_json(minimal(data=data))
    assert document.data.dataset is None
    assert document.data.settings["format"] == "csv"
    assert document_to_json(document, True)["data"] == data


@pytest.mark.parametrize("path", ["http://a/b.csv", "s3://b", "\\\\host\\share", "//host/x", "", None, 3, "a\0b"])
def test_an_address_is_no_path(path: object) -> None:
    assert refusal(minimal(data={"kind": "file", "path": path})).place == "data.path"


def test_unknown_keys_are_kept_in_their_places_and_reported() -> None:
    data = minimal(
        future={"a": [1, None]},
        data={"kind": "table", "inputs": [[1]], "targets": [[1]], "colour": "red", "split": {"test": 0.1, "by": "day"}},
        network={"layers": [], "inputs": [{"id": "x", "shape": [1], "unit": "cm"}], "layout": 3},
        training={"remarks": ["slow"], "colours": []},
        tape=[1],
    )
    document = document_from_json(data)
    written = document_to_json(document, True)
    assert written["future"] == data["future"]
    assert written["tape"] == [1]
    assert written["data"]["colour"] == "red"
    assert written["data"]["split"]["by"] == "day"
    assert written["network"]["inputs"][0]["unit"] == "cm"
    assert written["network"]["layout"] == 3
    assert written["training"]["remarks"] == ["slow"]
    assert set(unknown_keys(document)) == {
        "future", "tape", "data.colour", "data.split.by", "network.layout", "network.inputs.x.unit",
        "training.remarks", "training.colours",
    }  # fmt: skip


def test_view_is_kept_and_no_unknown_key() -> None:
    document = document_from_json(minimal(view={"zoom": 2.5}))
    assert document_to_json(document, True)["view"] == {"zoom": 2.5}
    assert unknown_keys(document) == ()


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("format", "other", "format"),
        ("version", "1", "version"),
        ("version", 1.5, "version"),
        ("version", True, "version"),
        ("version", None, "version"),
        ("version", -1, "version"),
        ("version", 0, "version"),
        ("title", 3, "title"),
        ("title", "x" * 10_001, "title"),
        ("seed", True, "seed"),
        ("seed", -1, "seed"),
        ("seed", 2**63, "seed"),
        ("seed", 1.0, "seed"),
        ("dtype", "float16", "dtype"),
        ("conventions", "kerass", "conventions"),
        ("conventions", {"momentum_form": "exp"}, "conventions"),
        ("data", [], "data"),
        ("data.kind", "circle", "data"),
        ("data.scaling", "big", "data.scaling"),
        ("data", {"kind": "xor", "columns": {"target": "y"}}, "data"),
        ("network.layers", {}, "network.layers"),
        ("network.layers.0.id", "H", "network.layers.0.id"),
        ("network.layers.0.id", "h\n", "network.layers.0.id"),
        ("network.layers.0.units", 0, "h"),
        ("network.layers.0.units", True, "h"),
        ("network.layers.0.units", 16_385, "h"),
        ("network.layers.0.unit", 3, "h"),
        ("network.layers.0.kind", "dens", "h"),
        ("network.layers.0.activation", "tahn", "h"),
        ("network.layers.0.activation", {"slope": 1}, "h"),
        ("network.layers.0.activation", {"kind": "leaky_relu", "slop": 1}, "h"),
        ("network.layers.0.activation", None, "h"),
        ("network.layers.0.regularizer", "l3", "h"),
        ("network.layers.1.inputs", ["q"], "o"),
        ("network.layers.0.inputs", ["o"], "h"),
        ("network.layers.1.id", "h", "h"),
        ("network.inputs", [], "network.inputs"),
        ("network.inputs", [{"id": "x", "shape": [0]}], "network.inputs.0.shape.0"),
        ("network.outputs", ["q"], ""),
        ("parameters", {"h.W": [[1, 2]]}, "h.W"),
        ("parameters", {"h.W": [[1, 2], [3]]}, "parameters.h.W"),
        ("parameters", {"h.W": [[1, None], [3, 4]]}, "parameters.h.W"),
        ("parameters", {"h.W": [[1, True], [3, 4]]}, "parameters.h.W"),
        ("parameters", {"h.W": "abc"}, "parameters.h.W"),
        ("parameters", {"q.W": [[1, 2], [3, 4]]}, ""),
        ("training.batch_size", 0, "training.batch_size"),
        ("training.batch_size", True, "training.batch_size"),
        ("training.epochs", -3, "training.epochs"),
        ("training.shuffle", 1, "training.shuffle"),
        ("training.frozen", ["h.q"], ""),
        ("training.loss", "squared", "training.loss"),
        ("training.loss", 3, "training.loss"),
        ("training.optimizer", {"kind": "sgd", "learning_rate": 1}, "training.optimizer"),
        ("training.optimizer", {"kind": "sgd", "lr": -1}, "training.optimizer"),
        ("training.schedule", "cosin", "training.schedule"),
        ("training.schedule", {"kind": "square_root", "first_epoch": 0}, "training.schedule"),
        ("training.replacement", 1, "training.replacement"),
        ("training.clip", {"kind": "norm", "max_norm": 0}, "training.clip"),
        ("training.losses", {"p": "hinge"}, "training.losses"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    example_document_json: Json, path: str, value: object, place: str
) -> None:
    error = refusal(changed(example_document_json, path, value))
    assert error.place == place or (path.endswith(("loss", "optimizer")) and error.place.startswith(place))


@pytest.mark.parametrize("key", ["format", "version"])
def test_format_and_version_are_required(example_document_json: Json, key: str) -> None:
    del example_document_json[key]
    assert f"Expected the key '{key}'" in str(refusal(example_document_json))


@pytest.mark.parametrize("fractions", [{"test": 1}, {"test": -0.1}, {"test": 0.5, "validation": 0.5}, {"test": "0.2"}])
def test_a_split_that_leaves_no_row_is_refused(fractions: Json) -> None:
    assert refusal(minimal(data={"kind": "xor", "split": fractions})).place.startswith("data.split")


def test_a_schedule_that_changes_nothing_is_kept(example_document_json: Json) -> None:
    document = document_from_json(changed(example_document_json, "training.schedule", "constant"))
    assert document_to_json(document, True)["training"]["schedule"] == "constant"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schedule", {"kind": "staircase", "drop": 0.1, "every": 3}),
        ("clip", {"kind": "global_norm", "max_norm": 2.0}),
        ("clip", "value"),
        ("replacement", True),
    ],
)
def test_schedule_clipping_and_drawing_come_back(example_document_json: Json, key: str, value: object) -> None:
    document = document_from_json(changed(example_document_json, f"training.{key}", value))
    assert document_to_json(document, True)["training"][key] == value
    assert document_from_json(document_to_json(document, True)).training == document.training


def test_a_newer_version_is_refused_by_the_version_it_needs() -> None:
    message = str(refusal(minimal() | {"version": 999}))
    assert "version 999" in message
    assert "version 1" in message


def test_a_newer_version_that_permits_it_is_opened() -> None:
    document = document_from_json(minimal(title="Later") | {"version": 2, "minimum_reader": 1})
    assert document.title == "Later"
    assert unknown_keys(document) == ()
    assert "version 3" in str(refusal(minimal() | {"version": 4, "minimum_reader": 3}))


def test_a_minimum_reader_of_this_version_is_kept() -> None:
    document = document_from_json(minimal(minimum_reader=1))
    assert document_to_json(document, True)["minimum_reader"] == 1


def test_a_parser_out_of_stack_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def overflowing(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(json, "loads", overflowing)
    with pytest.raises(DocumentError, match="deep"):
        parse_json(b"{}")


def test_check_document_refuses_names_without_layers() -> None:
    with pytest.raises(SpecError, match="no layers"):
        document_from_json(minimal(parameters={"h.W": [[1.0]]}))
    check_document(first_document())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "1e999"),
        (b'{"a": 1, "a": 2}', "'a' twice"),
        (b'{"a": {"b": 1, "b": 1}}', "'b' twice"),
        (b"[1]", "list"),
        (b"", "JSON"),
        (b'{"a": 1', "JSON"),
        (b'{"a": 1} x', "JSON"),
        (b"{'a': 1}", "JSON"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"a": "' + b'\\"[' * 100, "JSON"),
        (b"\x89PNG\r\n", "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
    ],
)
def test_broken_json_is_one_sentence(text: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match="Expected") as caught:
        parse_json(text, "here")
    assert said in str(caught.value)
    assert caught.value.place == "here"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("depth", "is_fine"), [(JSON_DEPTH - 1, True), (JSON_DEPTH, True), (JSON_DEPTH + 1, False)])
def test_nesting_is_capped(depth: int, is_fine: bool) -> None:
    text = b'{"a": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
    if is_fine:
        assert "a" in parse_json(text)
    else:
        with pytest.raises(DocumentError, match="64 deep"):
            parse_json(text)


def test_brackets_in_strings_are_no_nesting() -> None:
    assert parse_json(json.dumps({"a": "[" * 1000 + '\\"' + "{" * 1000}).encode())["a"].startswith("[[")


def test_a_million_brackets_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(DocumentError, match="deep"):
        parse_json(b"[" * 1_000_000)


@pytest.mark.parametrize(("extra", "is_fine"), [(-1, True), (0, True), (1, False)])
def test_size_is_capped(extra: int, is_fine: bool) -> None:
    text = b'{"a": 1}'
    text += b" " * (JSON_BYTES + extra - len(text))
    if is_fine:
        assert parse_json(text) == {"a": 1}
    else:
        with pytest.raises(DocumentError, match="32 MiB"):
            parse_json(text)


def test_any_text_survives() -> None:
    texts = {"a": "zwölf\n\u2028", "b": "\ud800", "emoji 🙂": ["\u202e", ""]}
    assert parse_json(dump_json(texts)) == texts
