"""Documents between JSON and frozen parts, as the schema of documents says; arrays inline or by name."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from dlviz.core import inference
from dlviz.core.callbacks import check_callbacks
from dlviz.core.errors import DocumentError, ShapeError, SpecError, as_list
from dlviz.core.freezing import fits, parsed_entry
from dlviz.core.metrics import check_metrics
from dlviz.core.network import InputSpec, NetworkSpec
from dlviz.core.objective import objective
from dlviz.data.augmentation import SETTINGS as AUGMENTATION
from dlviz.data.builtin import datasets
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, Handle, handle
from dlviz.session.files.envelope import (
    FORMAT,
    VERSION,
    DataPart,
    Envelope,
    NetworkPart,
    check_version,
    checked,
    split_of,
    split_to_json,
)
from dlviz.session.format.choice import (
    checked_settings,
    in_order,
    layer_from_json,
    layer_to_json,
)
from dlviz.session.format.race import race_from_json, race_to_json
from dlviz.session.format.subject import (
    check_subject,
    formula_from_json,
    rule_from_json,
    sheet_from_json,
    start_to_json,
    subject_to_json,
)
from dlviz.session.format.table import Arrays, array_from_json, array_to_json, dataset_from_json, dataset_to_json
from dlviz.session.format.training import (
    conventions_from_json,
    conventions_to_json,
    training_from_json,
    training_to_json,
)
from dlviz.session.race import RaceSpec
from dlviz.session.subject import WHOLE
from dlviz.session.tasks import rows_of

Extra = dict[str, Mapping[str, Any]]


def document_from_json(data: dict[str, Any], arrays: Arrays | None = None) -> Document:
    """Read a document; arrays are those that it names as `{"array": name}`.

    Never opens the file that data of kind "file" point to: their rows stay None.
    Raises: DocumentError, SpecError or ShapeError, one sentence with its place.
    """
    check_version(data)
    whole = checked(Envelope, data)
    extra = dict(_extra(whole))
    spec = _data(whole.data, arrays or {}, extra)
    network = _network(whole.network, spec, whole.parameters)
    rule, start = rule_from_json(whole.rule, arrays or {})
    document = Document(
        title=whole.title,
        seed=whole.seed,
        dtype=whole.dtype,
        conventions=conventions_from_json(whole.conventions),
        data=spec,
        network=network,
        parameters={name: _parameter(name, each, arrays or {}) for name, each in whole.parameters.items()} | start,
        training=training_from_json(whole.training),
        rule=rule,
        formula=None if whole.formula is None else formula_from_json(whole.formula, extra),
        sheet=None if whole.sheet is None else sheet_from_json(whole.sheet, extra),
        race=race_from_json(whole.race, extra),
        view=whole.view,
        extra=extra,
    )
    check_document(document)
    return document


def document_to_json(document: Document, inline_arrays: bool) -> dict[str, Any]:
    """Write a document; with inline_arrays False its arrays are named, see `document_arrays`."""
    written: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        # The name of a file may hold bytes that are no text; a title with them could not be read again.
        "title": document.title.encode("utf-8", "replace").decode(),
        "seed": document.seed,
        "dtype": document.dtype,
        "conventions": conventions_to_json(document.conventions),
        "data": _data_to_json(document.data, inline_arrays) | _kept(document, "data"),
        "network": _network_to_json(document) | _kept(document, "network"),
        "parameters": {} if document.rule is not None else start_to_json(document, inline_arrays),
        "training": training_to_json(document.training) | _kept(document, "training"),
        "view": dict(document.view),
    } | subject_to_json(document, inline_arrays)
    for part in WHOLE:
        if part in written:
            written[part] |= _kept(document, part)
    if document.race != RaceSpec() or _kept(document, "race"):
        written["race"] = race_to_json(document.race) | _kept(document, "race")
    split = _kept(document, "data.split")
    if split:
        written["data"].setdefault("split", {}).update(split)
    return written | _kept(document, "")


def document_arrays(document: Document) -> dict[str, Any]:
    """Return the arrays that `document_to_json(document, inline_arrays=False)` names."""
    arrays: dict[str, Any] = {name: each.array for name, each in document.parameters.items()}
    if document.data.kind == "table" and document.data.dataset is not None:
        arrays["data.inputs"] = document.data.dataset.inputs
        arrays["data.targets"] = document.data.dataset.targets
    return arrays


def unknown_keys(document: Document) -> tuple[str, ...]:
    """Return the places of keys that were kept without a meaning, to be reported."""
    found = (f"{place}.{key}".lstrip(".") for place, keys in document.extra.items() for key in keys)
    return tuple(key for key in found if key not in ("version", "minimum_reader"))


def check_document(document: Document) -> None:
    """Raise SpecError or ShapeError unless network, parameters and frozen names fit together."""
    spec = document.network
    check_metrics(document.training.metrics)
    if document.subject != "network":
        check_subject(document)
        return
    if not spec.layers:
        _refuse_names((*document.parameters, *document.training.frozen), ())
        return
    inference.validate(spec)
    check_callbacks(document.training.callbacks, spec)
    objective(spec, document.training.objective)
    shapes = {each.name: each.shape for each in inference.parameters(spec)}
    _refuse_names(document.parameters, shapes)
    _check_frozen(document.training.frozen, shapes, {layer.id for layer in spec.layers})
    for name, each in document.parameters.items():
        if each.array.shape != shapes[name]:
            raise ShapeError(
                tr(
                    "Expected an array of {shape} for {name}. Received: {got}",
                    shape=as_list(shapes[name]),
                    name=name,
                    got=as_list(each.array.shape),
                ),
                place=name,
            )


def _check_frozen(names: Iterable[str], shapes: Mapping[str, tuple[int, ...]], layers: Collection[str]) -> None:
    """Refuse what is no parameter, no layer, and no number of a parameter such as h.W[2,0]."""
    for name in names:
        entry = parsed_entry(name)
        if entry is None or entry[0] not in shapes:
            _refuse_names((name,), (*shapes, *layers))
        elif not fits(entry[1], shapes[entry[0]]):
            shape = as_list(shapes[entry[0]])
            raise SpecError(tr("Expected a place in {shape}. Received: {name!r}", shape=shape, name=name))


def _refuse_names(names: Any, known: Any) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(list(known)[:12]) or tr("none, for the network has no layers")
            raise SpecError(tr("Expected names among: {known}. Received: {name!r}", known=listed, name=name))


def _extra(whole: Envelope) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the unknown keys of every part by its place; those of data are found when it is read."""
    top = whole.unknown()
    if whole.version != VERSION:
        top |= {"version": whole.version, "minimum_reader": whole.minimum_reader}
    elif whole.minimum_reader is not None:
        top["minimum_reader"] = whole.minimum_reader
    for place, keys in (
        ("", top),
        ("data.split", whole.data.split.unknown()),
        ("network", whole.network.unknown()),
        ("training", whole.training.unknown()),
        *((f"network.inputs.{each.id}", each.unknown()) for each in whole.network.inputs or ()),
    ):
        if keys:
            yield place, keys


def _kept(document: Document, place: str) -> dict[str, Any]:
    return dict(document.extra.get(place, {}))


def _data(part: DataPart, arrays: Arrays, extra: Extra) -> DataSpec:
    rest = part.unknown()
    held = split_of(part.split)
    varied = checked_settings(part.augmentation, AUGMENTATION, "data.augmentation")
    if part.kind == "file":
        return DataSpec("file", _file_settings(rest), held, part.scaling, augmentation=varied, roles=part.roles)
    if part.kind == "table":
        rows = dataset_from_json(rest, arrays)
        extra |= {"data": rest} if rest else {}
        return DataSpec("table", {}, held, part.scaling, rows, varied, part.roles)
    entry = datasets.get(part.kind, "data")
    settings = checked_settings(rest, entry.settings, "data")
    return DataSpec(part.kind, settings, held, part.scaling, augmentation=varied, roles=part.roles)


def _file_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Check the path of a file without touching it: a local name, no address, no device prefix."""
    path = settings.get("path")
    is_local = isinstance(path, str) and 0 < len(path) <= 4096 and "\0" not in path
    if not is_local or "://" in str(path) or str(path).startswith(("\\\\", "//")):
        raise DocumentError(
            tr("Expected the path of a file on this computer. Received: {path!r}", path=str(path)[:80]),
            place="data.path",
        )
    return settings


def _network(part: NetworkPart, spec: DataSpec, parameters: Mapping[str, Any]) -> NetworkSpec:
    layers = tuple(layer_from_json(each) for each in part.layers)
    if part.inputs is None:
        rows = rows_of(spec)
        width = _width_written(part, parameters) if rows is None else rows.d
        inputs: tuple[InputSpec, ...] = (InputSpec("x", (width,)),)
    else:
        inputs = tuple(InputSpec(each.id, tuple(each.shape)) for each in part.inputs)
    if not inputs:
        raise DocumentError(tr("Expected at least one input. Received: an empty list"), place="network.inputs")
    return NetworkSpec(layers, inputs, tuple(part.outputs))


def _width_written(part: NetworkPart, parameters: Mapping[str, Any]) -> int:
    """Return how many inputs the weights of the first layer read, until a file is opened; 1 where none are given."""
    rows = parameters.get(f"{part.layers[0].id}.W") if part.layers else None
    first = rows[0] if isinstance(rows, list) and rows else None
    return max(len(first), 1) if isinstance(first, list) else 1


def _parameter(name: str, value: Any, arrays: Arrays) -> Handle:
    return handle(array_from_json(value, arrays, f"parameters.{name}"))


def _data_to_json(spec: DataSpec, inline_arrays: bool) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": spec.kind}
    if spec.split != SplitSpec():
        written["split"] = split_to_json(spec.split)
    if spec.scaling != "none":
        written["scaling"] = spec.scaling
    if spec.augmentation:
        written["augmentation"] = in_order(spec.augmentation, [hyper.name for hyper in AUGMENTATION])
    if spec.roles:
        written["roles"] = dict(spec.roles)
    if spec.kind == "table" and spec.dataset is not None:
        rows = spec.dataset
        parts = (rows.inputs, rows.targets)
        lists = [array_to_json(each) for each in parts] if inline_arrays else _DATA_ARRAYS
        return written | dataset_to_json(rows, *lists)
    if spec.kind == "file":
        return written | dict(spec.settings)
    return written | in_order(spec.settings, [hyper.name for hyper in datasets.get(spec.kind, "data").settings])


_DATA_ARRAYS = ({"array": "data.inputs"}, {"array": "data.targets"})


def _network_to_json(document: Document) -> dict[str, Any]:
    spec = document.network
    inputs = [
        {"id": each.id, "shape": list(each.shape), **_kept(document, f"network.inputs.{each.id}")}
        for each in spec.inputs
    ]
    written: dict[str, Any] = {"inputs": inputs, "layers": [layer_to_json(layer) for layer in spec.layers]}
    return written | ({"outputs": list(spec.outputs)} if spec.outputs else {})
