"""The JSON Schema of documents, made from the same declarations that check them."""

from collections.abc import Iterable, Mapping
from typing import Any

from dlviz.core.callbacks import callbacks
from dlviz.core.clipping import clippings
from dlviz.core.conventions import conventions, profiles
from dlviz.core.conventions.profiles import DLVIZ
from dlviz.core.hyper import Hyper
from dlviz.core.layers import LayerKind, layers
from dlviz.core.losses import losses
from dlviz.core.metrics import metrics
from dlviz.core.objective import LOSS_WEIGHT
from dlviz.core.optimizers import optimizers
from dlviz.core.registry import Registry
from dlviz.core.rules import rules
from dlviz.core.schedules import schedules
from dlviz.core.slips import slips
from dlviz.core.surfaces import surfaces
from dlviz.data.augmentation import SETTINGS as AUGMENTATION
from dlviz.data.builtin import datasets
from dlviz.data.table import COLOURS, ENCODINGS, MAX_SIDE
from dlviz.session.files.data_file import CATEGORIES, LABELS, MISSING
from dlviz.session.files.envelope import VERSION, Envelope
from dlviz.session.format.choice import LAYER_CHOICES
from dlviz.session.race.spec import MOST_OPTIMIZERS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: Registries that keys of training name entries of, by the name of their schema.
TRAINING_CHOICES: Mapping[str, Registry[Any]] = {
    "loss": losses,
    "optimizer": optimizers,
    "slip": slips,
    "schedule": schedules,
    "clip": clippings,
    "metric": metrics,
    "callback": callbacks,
}

_JSON_TYPES = {"float": "number", "int": "integer", "bool": "boolean", "choice": "string", "text": "string"}


def json_schema() -> Schema:
    """Return the JSON Schema (2020-12) of documents: every kind with its settings, defaults and limits."""
    schema = Envelope.model_json_schema(ref_template="#/$defs/{model}")
    definitions: Schema = schema.setdefault("$defs", {})
    definitions["array"] = _array()
    for key, registry in {**LAYER_CHOICES, **TRAINING_CHOICES, "surface": surfaces}.items():
        definitions[key] = _choice(registry)
    part = definitions["LayerPart"]
    definitions["LayerPart"] = {"oneOf": [*(_layer(kind, part) for kind in layers), _second_use(part)]}
    definitions["DataPart"] = {"oneOf": list(_data(definitions["DataPart"]))}
    _refer_training(definitions["TrainingPart"])
    _refer_race(definitions["RacePart"])
    for part in ("theta", "optimizer"):
        definitions["StatePart"]["properties"][part]["additionalProperties"] = {"$ref": "#/$defs/array"}
    schema["properties"]["parameters"]["additionalProperties"] = {"$ref": "#/$defs/array"}
    schema["properties"]["rule"] = {"anyOf": [_rule(), {"type": "null"}], "default": None}
    schema["properties"]["version"]["default"] = VERSION
    schema["properties"]["conventions"] = _conventions()
    return {"$schema": DIALECT, **schema, "title": "dlviz document"}


def _conventions() -> Schema:
    """Accept the key of a profile, or an object of single values."""
    keys: Schema = {"enum": list(profiles.keys())}
    single = _settings(each.value for each in conventions)
    own = {"type": "object", "properties": {"profile": keys, **single}, "additionalProperties": False}
    return {"anyOf": [keys, own], "default": DLVIZ}


def setting_schema(hyper: Hyper) -> Schema:
    """Return the schema of one setting: type, limits, default and what it means."""
    if hyper.kind == "size":
        return _size(hyper)
    schema: Schema = {"type": _JSON_TYPES[hyper.kind], "default": hyper.default}
    if hyper.choices:
        schema["enum"] = list(hyper.choices)
    return {**schema, **_limits(hyper), **({"description": hyper.help} if hyper.help else {})}


def _size(hyper: Hyper) -> Schema:
    """Accept a whole number, a pair of them, or a word."""
    number = {"type": "integer", **_limits(hyper)}
    pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    words = [{"enum": list(hyper.choices)}] if hyper.choices else []
    return {"anyOf": [number, pair, *words], "default": hyper.default, "description": hyper.help}


def _limits(hyper: Hyper) -> Schema:
    if hyper.kind == "text":
        return {"minLength": hyper.minimum, "maxLength": hyper.maximum}
    limits: Schema = {}
    if hyper.minimum is not None:
        limits["exclusiveMinimum" if hyper.is_open_minimum else "minimum"] = hyper.minimum
    if hyper.maximum is not None:
        limits["exclusiveMaximum" if hyper.is_open_maximum else "maximum"] = hyper.maximum
    return limits


def _settings(declared: Iterable[Hyper]) -> Schema:
    return {hyper.name: setting_schema(hyper) for hyper in declared}


def _array() -> Schema:
    """Accept nested lists of numbers, or the name of an array in the same file."""
    named = {"type": "object", "properties": {"array": {"type": "string"}}, "required": ["array"]}
    items = {"anyOf": [{"type": ["number", "null"]}, {"$ref": "#/$defs/array"}]}
    return {"anyOf": [{"type": "array", "minItems": 1, "items": items}, {**named, "additionalProperties": False}]}


def _choice(registry: Registry[Any]) -> Schema:
    """Accept a key, or an object with the kind and its settings and nothing else."""
    return {"oneOf": [{"enum": list(registry.keys())}, *(_kind(entry.key, entry.settings) for entry in registry)]}


def _rule() -> Schema:
    """Accept a learning rule: its key, or an object with its settings and its starting values by name."""
    start = {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}}
    kinds = [_kind(entry.key, entry.settings) for entry in rules]
    for kind in kinds:
        kind["properties"]["start"] = start
    return {"oneOf": [{"enum": list(rules.keys())}, *kinds]}


def _kind(key: str, declared: Iterable[Hyper]) -> Schema:
    properties = {"kind": {"const": key}, **_settings(declared)}
    return {"type": "object", "properties": properties, "required": ["kind"], "additionalProperties": False}


def _layer(kind: LayerKind, part: Mapping[str, Any]) -> Schema:
    choices = {name: {"$ref": f"#/$defs/{name}"} for name in kind.choices}
    common = {name: part["properties"][name] for name in ("id", "inputs")}
    # A layer without a kind is a dense one, so only the others must name theirs.
    required = ["id"] if kind.key == "dense" else ["id", "kind"]
    properties = {"kind": {"const": kind.key}, **common, **_settings(kind.settings), **choices}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _second_use(part: Mapping[str, Any]) -> Schema:
    properties = {**{name: part["properties"][name] for name in ("id", "inputs")}, "shares": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": ["id", "shares"], "additionalProperties": False}


def _data(part: Mapping[str, Any]) -> Iterable[Schema]:
    common = {name: part["properties"][name] for name in ("split", "scaling", "roles")}
    varied = {"type": "object", "properties": _settings(AUGMENTATION), "additionalProperties": False}
    common["augmentation"] = {**varied, "description": "How images that train are varied from epoch to epoch"}
    for entry in datasets:
        kind = _kind(entry.key, entry.settings)
        yield {**kind, "properties": {**kind["properties"], **common}}
    rows = {"inputs": {"$ref": "#/$defs/array"}, "targets": {"$ref": "#/$defs/array"}}
    task = {"enum": ["regression", "binary", "multiclass"]}
    yield _open("table", {**rows, "task": task, **_row_kinds(), **common}, list(rows))
    yield _open("file", {"path": {"type": "string", "minLength": 1}, **_reading(), **common}, ["path"])


def _reading() -> Schema:
    """Say how a data file is read, and what of it is used; what is absent is guessed."""
    side = {"type": "integer", "minimum": 1, "maximum": MAX_SIDE}
    return {
        "separator": {"type": "string"}, "decimal": {"enum": ["", ".", ","]}, "header": {"type": "boolean"},
        "encoding": {"enum": ["", *ENCODINGS]}, "quotes": {"type": "boolean"},
        "fold_case": {"type": "boolean", "default": True, "description": "Count The and the as one word"},
        "image_size": {"type": "array", "items": side, "minItems": 2, "maxItems": 2, "description": "Height, width"},
        "colour": {"enum": list(COLOURS)},
        LABELS: {"type": "string", "description": "Name of the file beside the images of an IDX set"},
        "target": {"type": "string"}, "inputs": {"type": "array", "items": {"type": "string"}},
        "missing": {"enum": list(MISSING), "default": MISSING[0]},
        "categories": {"enum": list(CATEGORIES), "default": CATEGORIES[0]},
        "is_class": {"type": "boolean"}, "sha256": {"type": "string"},
        "stream": {"type": "boolean", "default": False, "description": "Whether inputs stay on disk"},
    }  # fmt: skip


def _row_kinds() -> Schema:
    """Say what a row of the inputs is: an image, a sequence, counted words."""
    sizes = {"type": "array", "items": {"type": "integer", "minimum": 1}}
    return {
        "image_shape": {**sizes, "minItems": 3, "maxItems": 3, "description": "Channels, height, width"},
        "sequence_shape": {**sizes, "minItems": 2, "maxItems": 2, "description": "Steps, numbers a step"},
        "is_text": {"type": "boolean", "default": False, "description": "Whether inputs count words"},
        "row_names": {"type": "array", "items": {"type": "string"}},
    }


def _weighted_loss() -> Schema:
    """Accept what a loss accepts, with a weight beside its settings."""
    kinds = [_kind(entry.key, (*entry.settings, LOSS_WEIGHT)) for entry in losses]
    return {"oneOf": [{"enum": list(losses.keys())}, *kinds]}


def _open(key: str, properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {"kind": {"const": key}, **properties},
        "required": ["kind", *required],
    }


def _refer_race(part: Schema) -> None:
    surface = part["properties"]["surface"]
    part["properties"]["surface"] = {"$ref": "#/$defs/surface", "default": surface["default"]}
    several = {"type": "array", "maxItems": MOST_OPTIMIZERS, "items": {"$ref": "#/$defs/optimizer"}}
    part["properties"]["optimizers"] = {"anyOf": [several, {"type": "null"}], "default": None}
    for name in ("schedule", "clip"):
        part["properties"][name] = {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}], "default": None}


def _refer_training(part: Schema) -> None:
    for name in ("loss", "optimizer"):
        default = part["properties"][name]["default"]
        part["properties"][name] = {"$ref": f"#/$defs/{name}", "default": default}
    for name in ("slip", "schedule", "clip"):
        part["properties"][name] = {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}], "default": None}
    part["properties"]["metrics"] = {"type": "array", "items": {"$ref": "#/$defs/metric"}, "default": []}
    part["properties"]["callbacks"] = {"type": "array", "items": {"$ref": "#/$defs/callback"}, "default": []}
    part["properties"]["losses"] = {"type": "object", "additionalProperties": _weighted_loss()}
