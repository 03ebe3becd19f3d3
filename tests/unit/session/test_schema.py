"""The JSON Schema says what the reader does."""

import copy
import json
import math
import re
from typing import Any

import pytest

from dlviz.core.activations import activations
from dlviz.core.hyper import Hyper, size, text
from dlviz.core.layers import layers
from dlviz.core.losses import losses
from dlviz.core.optimizers import optimizers
from dlviz.data.builtin import datasets
from dlviz.session.format.document import document_to_json
from dlviz.session.format.schema import json_schema, setting_schema
from dlviz.session.presets import document_for, example_document, step_document

SCHEMA = json_schema()
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "default", "type", "enum", "const", "oneOf", "anyOf",
    "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern",
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """As much of JSON Schema 2020-12 as the schema uses; an unknown word fails."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    checks = [
        "type" not in schema or is_type(value, schema["type"]),
        "enum" not in schema or any(value == each and type(value) is type(each) for each in schema["enum"]),
        "const" not in schema or value == schema["const"],
        "oneOf" not in schema or sum(fits(value, each) for each in schema["oneOf"]) == 1,
        "anyOf" not in schema or any(fits(value, each) for each in schema["anyOf"]),
        not isinstance(value, dict) or fits_object(value, schema),
        not isinstance(value, list) or fits_list(value, schema),
        not isinstance(value, int | float) or fits_number(value, schema),
        not isinstance(value, str) or fits_text(value, schema),
    ]
    return all(checks)


def is_type(value: Any, kinds: str | list[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, TYPES[kind]) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def fits_object(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not all(key in value for key in schema.get("required", ())):
        return False
    return all(
        fits(each, known[key]) if key in known else rest is True or (rest is not False and fits(each, rest))
        for key, each in value.items()
    )


def fits_list(value: list[Any], schema: dict[str, Any]) -> bool:
    n_fits = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf)
    return n_fits and all(fits(each, schema.get("items", {})) for each in value)


def fits_number(value: float, schema: dict[str, Any]) -> bool:
    return (
        schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf)
        and schema.get("exclusiveMinimum", -math.inf) < value < schema.get("exclusiveMaximum", math.inf)
    )  # fmt: skip


def fits_text(value: str, schema: dict[str, Any]) -> bool:
    is_long_enough = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", math.inf)
    return is_long_enough and re.search(schema.get("pattern", ""), value) is not None


def test_the_schema_is_json_of_the_dialect_it_names() -> None:
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA
    assert SCHEMA["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("inline", [True, False])
def test_every_document_the_program_makes_fits(inline: bool) -> None:
    for document in (example_document(), step_document(), *(document_for(entry.key) for entry in datasets)):
        assert fits(document_to_json(document, inline), SCHEMA)


def test_the_example_of_the_format_fits(example_document_json: dict[str, Any]) -> None:
    assert fits(example_document_json, SCHEMA)
    assert fits({"format": "dlviz", "version": 1}, SCHEMA)
    assert fits({"format": "dlviz", "version": 1, "network": {"layers": [{"id": "h", "units": 2}]}}, SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "other"), ("version", 0), ("version", True), ("seed", -1), ("seed", 1.5), ("dtype", "float16"),
        ("title", 3), ("conventions", "kerass"), ("conventions", {"momentum_form": "exp"}),
        ("data.kind", "circle"), ("data.scaling", "big"), ("network.layers.0.units", 0),
        ("network.layers.0.unit", 3), ("network.layers.0.kind", "dens"), ("network.layers.0.activation", "tahn"),
        ("network.layers.0.activation", {"kind": "leaky_relu", "slop": 1}), ("network.layers.0.id", "H"),
        ("parameters", {"h.W": "abc"}), ("parameters", {"h.W": []}), ("training.batch_size", 0),
        ("training.shuffle", 1), ("training.loss", "squared"), ("training.schedule", "cosin"),
        ("training.clip", {"kind": "value", "max_norm": 1}), ("training.replacement", 1),
        ("training.optimizer", {"kind": "sgd", "learning_rate": 1}), ("training.optimizer", {"kind": "sgd", "lr": -1}),
    ],
)  # fmt: skip
def test_what_the_reader_refuses_does_not_fit(example_document_json: dict[str, Any], path: str, value: object) -> None:
    data = copy.deepcopy(example_document_json)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at: Any = data
    for part in way:
        at = at[part]
    at[last] = value
    assert not fits(data, SCHEMA)


@pytest.mark.parametrize(
    ("name", "registry"), [("activation", activations), ("loss", losses), ("optimizer", optimizers)]
)
def test_every_entry_is_in_the_schema_with_its_settings(name: str, registry: Any) -> None:
    keys, *kinds = SCHEMA["$defs"][name]["oneOf"]
    assert keys["enum"] == list(registry.keys())
    described = {kind["properties"]["kind"]["const"]: set(kind["properties"]) - {"kind"} for kind in kinds}
    assert described == {entry.key: {hyper.name for hyper in entry.settings} for entry in registry}


def test_every_layer_and_data_set_is_in_the_schema() -> None:
    *described, second_use = SCHEMA["$defs"]["LayerPart"]["oneOf"]
    assert {each["properties"]["kind"]["const"] for each in described} == set(layers.keys())
    assert second_use["required"] == ["id", "shares"]
    data = {each["properties"]["kind"]["const"] for each in SCHEMA["$defs"]["DataPart"]["oneOf"]}
    assert data == {*datasets.keys(), "table", "file"}


def test_open_limits_are_exclusive() -> None:
    schema = setting_schema(Hyper("rate", "float", 0.5, 0.0, 1.0, is_open_maximum=True, help="how much"))
    assert schema == {"type": "number", "default": 0.5, "minimum": 0.0, "exclusiveMaximum": 1.0,
                      "description": "how much"}  # fmt: skip


def test_a_text_is_limited_by_its_length() -> None:
    schema = setting_schema(text("text", "z**2", longest=200))
    assert schema == {"type": "string", "default": "z**2", "minLength": 1, "maxLength": 200}


def test_a_size_is_a_number_a_pair_or_a_word() -> None:
    number = {"type": "integer", "minimum": 0, "maximum": 9}
    pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    schema = setting_schema(size("padding", "valid", 9, 0, choices=("valid",), help="zeros"))
    assert schema == {"anyOf": [number, pair, {"enum": ["valid"]}], "default": "valid", "description": "zeros"}
