"""Any document survives saving; any edit gives a document that can be saved, or raises."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.hyper import Hyper
from dlviz.core.inference import parameters
from dlviz.core.initializers import initializers
from dlviz.core.losses import losses
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec
from dlviz.core.optimizers import optimizers, resolve
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.roles import ROLES
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session import edits
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.files.npy import read_npy, write_npy
from dlviz.session.files.project_file import SavedState, project_from_bytes, project_to_bytes
from dlviz.session.format.document import check_document, document_from_json, document_to_json
from dlviz.session.format.text import dump_json, parse_json
from dlviz.session.presets import data_for

FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FINITE | TEXT
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


def setting(hyper: Hyper) -> st.SearchStrategy[Any]:
    """Values within the declared limits, so that one table drives forms, files and tests."""
    if hyper.kind == "bool":
        return st.booleans()
    if hyper.kind == "choice":
        return st.sampled_from(hyper.choices)
    if hyper.kind == "text":
        return st.just(hyper.default)  # most texts are refused by what they mean, not by their length
    if hyper.kind == "size":
        numbers = st.integers(int(hyper.minimum or 0), int(hyper.maximum or 0))
        return st.one_of(numbers, st.tuples(numbers, numbers), *map(st.just, hyper.choices))
    low = -1e6 if hyper.minimum is None else hyper.minimum
    high = 1e6 if hyper.maximum is None else hyper.maximum
    if hyper.kind == "int":
        return st.integers(int(low) + hyper.is_open_minimum, int(high) - hyper.is_open_maximum)
    return st.floats(low, high, exclude_min=hyper.is_open_minimum, exclude_max=hyper.is_open_maximum)


@st.composite
def choices(draw: st.DrawFn, registry: Any) -> Choice:
    entry = draw(st.sampled_from(list(registry)))
    given_settings = [hyper for hyper in entry.settings if draw(st.booleans())]
    return Choice(entry.key, {hyper.name: draw(setting(hyper)) for hyper in given_settings})


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    """Random acyclic graphs of dense and joining layers."""
    widths = {"x": draw(st.integers(1, 5))}
    specs: list[LayerSpec] = []
    for i in range(draw(st.integers(0, 6))):
        node = f"n{i}_"
        before = draw(st.lists(st.sampled_from(list(widths)), min_size=2, max_size=3, unique=True)) if i > 1 else []
        if before and draw(st.booleans()):
            specs.append(LayerSpec(node, "concatenate", tuple(before)))
            widths[node] = sum(widths[each] for each in before)
            continue
        widths[node] = draw(st.integers(1, 5))
        options: dict[str, Any] = {"units": widths[node]}
        if draw(st.booleans()):
            options |= {"activation": draw(choices(activations)), "bias": draw(st.booleans())}
        if draw(st.booleans()):
            options["initializer"] = draw(choices(initializers))
        specs.append(LayerSpec(node, "dense", tuple(before[:1]), options))
    return NetworkSpec(tuple(specs), (InputSpec("x", (widths["x"],)),))


@st.composite
def tables(draw: st.DrawFn) -> DataSpec:
    n, d = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    inputs = draw(arrays(np.float64, (n, d), elements=FINITE | st.just(float("nan"))))
    names = tuple(f"c{i}" for i in range(d))
    if draw(st.booleans()):
        targets: Any = draw(arrays(np.float64, (n, draw(st.integers(1, 3))), elements=FINITE))
        outputs = tuple(f"t{i}" for i in range(targets.shape[1]))
        rows = Dataset(draw(TEXT) or "t", "regression", inputs, targets, names, outputs, notes=("n",))
    else:
        k = draw(st.integers(2, 4))
        labels = draw(arrays(np.int64, n, elements=st.integers(0, k - 1)))
        kind: Any = "binary" if k == 2 else "multiclass"
        rows = Dataset("c", kind, inputs, labels, names, ("y",), tuple(f"k{i}" for i in range(k)))
    return DataSpec("table", dataset=rows)


@st.composite
def sources(draw: st.DrawFn) -> DataSpec:
    listed = st.none() | st.lists(st.integers(0, 9), max_size=3).map(tuple)
    split = SplitSpec(
        draw(st.floats(0, 0.4)), draw(st.floats(0, 0.5)), draw(st.integers(0, 99)), draw(st.booleans()), draw(listed),
        shuffle=draw(st.booleans()),
    )  # fmt: skip
    scaling: Any = draw(st.sampled_from(["none", "standard", "minmax"]))
    if draw(st.booleans()):
        return replace(draw(tables()), split=split, scaling=scaling)
    if draw(st.booleans()):
        roles = draw(st.dictionaries(TEXT, st.sampled_from(ROLES), max_size=3))
        return DataSpec("file", {"path": "a.csv", "format": draw(TEXT)}, split, scaling, roles=roles)
    entry = draw(st.sampled_from(list(datasets)))
    return DataSpec(entry.key, {each.name: draw(setting(each)) for each in entry.settings}, split, scaling)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    network = draw(networks())
    declared = parameters(network) if network.layers else ()
    held = {
        each.name: handle(draw(arrays(np.float64, each.shape, elements=FINITE)))
        for each in declared
        if draw(st.booleans())
    }
    names = [each.name for each in declared]
    return Document(
        title=draw(TEXT),
        seed=draw(st.integers(0, 2**63 - 1)),
        dtype=draw(st.sampled_from(["auto", "float32", "float64"])),
        data=draw(sources()),
        network=network,
        parameters=held,
        training=TrainingSpec(
            loss=draw(choices(losses)),
            optimizer=draw(choices(optimizers)),
            batch_size=draw(st.integers(1, 10**9)),
            epochs=draw(st.integers(1, 10**9)),
            shuffle=draw(st.booleans()),
            frozen=tuple(draw(st.lists(st.sampled_from(names), unique=True))) if names else (),
        ),
        view=draw(st.dictionaries(TEXT, JSON, max_size=2)),
        extra={"": {"~ " + draw(TEXT): draw(JSON)}} if draw(st.booleans()) else {},
    )


def same(one: Document, other: Document) -> None:
    """Compare all parts, arrays by their numbers."""
    assert replace(one, data=DataSpec("xor")) == replace(other, data=DataSpec("xor"))
    assert dict(one.view) == dict(other.view)
    assert replace(one.data, dataset=None) == replace(other.data, dataset=None)
    for name in one.parameters:
        assert np.array_equal(one.parameters[name].array, other.parameters[name].array)
    rows, others = one.data.dataset, other.data.dataset
    if rows is None or others is None:
        assert rows is others
        return
    assert np.array_equal(rows.inputs, others.inputs, equal_nan=True)
    assert np.array_equal(rows.targets, others.targets)
    assert rows.targets.dtype == others.targets.dtype
    for name in ("title", "task", "input_names", "target_names", "class_names", "notes", "attribution"):
        assert getattr(rows, name) == getattr(others, name)


@settings(max_examples=150, deadline=None)
@given(documents(), st.booleans())
def test_a_saved_document_is_read_as_it_was(document: Document, as_json: bool) -> None:
    data = project_to_bytes(document, as_json=as_json)
    again = project_from_bytes(data).document
    same(document, again)
    assert project_to_bytes(again, as_json=as_json) == data


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_document_checks_as_what_is_read_of_it(document: Document) -> None:
    check_document(document)
    same(document, document_from_json(parse_json(dump_json(document_to_json(document, True)))))


EDITS: tuple[Callable[[Document, str, int], Document], ...] = (
    lambda d, id, i: edits.add_layer(d, i % 8, units=1 + i % 4),
    lambda d, id, i: edits.remove_layer(d, id),
    lambda d, id, i: edits.rename_layer(d, id, f"new{i}"),
    lambda d, id, i: edits.duplicate_layer(d, id),
    lambda d, id, i: edits.set_units(d, id, i % 6),
    lambda d, id, i: edits.remove_unit(d, id, i % 5, {name: each.array for name, each in d.parameters.items()}),
    lambda d, id, i: edits.set_activation(d, id, ["relu", "tanh", "softmax", "nonsense"][i % 4]),
    lambda d, id, i: edits.set_data(d, data_for(["xor", "iris", "sine", "circles"][i % 4])),
    lambda d, id, i: edits.set_training(d, batch_size=i - 1),
    lambda d, id, i: edits.set_optimizer(d, optimizers.keys()[i % len(optimizers.keys())]),
    lambda d, id, i: edits.set_loss(d, losses.keys()[i % len(losses.keys())]),
    lambda d, id, i: edits.set_frozen(d, id, is_frozen=bool(i % 2)),
)


@settings(max_examples=150, deadline=None)
@given(documents(), st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 9), st.integers(0, 40)), max_size=8))
def test_any_edits_give_documents_that_can_be_saved_or_raise(document: Document, plan: list[Any]) -> None:
    for edit, which, number in plan:
        before = document_to_json(document, inline_arrays=True)
        ids = [layer.id for layer in document.network.layers] or ["nobody"]
        edited = document
        try:
            edited = edit(document, ids[which % len(ids)], number)
        except DlvizError as error:
            assert "Expected" in str(error)
        assert document_to_json(document, inline_arrays=True) == before
        document = edited
    same(document, project_from_bytes(project_to_bytes(document)).document)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["f4", "f8", "i8", "b1"]).flatmap(
        lambda dtype: arrays(dtype, st.lists(st.integers(0, 4), max_size=4).map(tuple))
    )
)
def test_an_array_is_written_as_numpy_reads_it_and_read_again(array: Any) -> None:
    data = write_npy(array)
    again = read_npy(data)
    assert again.dtype == array.dtype
    assert again.shape == array.shape
    assert again.tobytes() == array.tobytes()


@settings(max_examples=100, deadline=None)
@given(documents(), st.data())
def test_any_state_of_a_run_survives(document: Document, data: st.DataObject) -> None:
    declared = parameters(document.network) if document.network.layers else ()
    entry, chosen = resolve(document.training.optimizer)
    theta = {each.name: data.draw(arrays(np.float64, each.shape)) for each in declared}
    moments = {
        f"{each.name}.{role}": data.draw(arrays(np.float64, each.shape))
        for each in declared
        for role in entry.states(chosen)
    }
    state = SavedState(data.draw(st.integers(0, 2**53)), data.draw(st.integers(0, 99)), theta=theta, optimizer=moments)
    again = project_from_bytes(project_to_bytes(document, state)).state
    assert again is not None
    assert (again.step, again.epoch) == (state.step, state.epoch)
    assert {name: each.tobytes() for name, each in again.theta.items()} == {
        name: each.tobytes() for name, each in theta.items()
    }
    assert {name: each.tobytes() for name, each in again.optimizer.items()} == {
        name: each.tobytes() for name, each in moments.items()
    }


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_project_or_refused(data: bytes) -> None:
    for each in (data, b"PK\x03\x04" + data, b'{"format": "dlviz", "version": 1, ' + data + b"}"):
        try:
            project_from_bytes(each)
        except DlvizError as error:
            assert "\n" not in str(error)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["data", "network", "parameters", "training", "view", "state", "title"]), JSON))
def test_any_json_is_a_document_or_refused(parts: dict[str, Any]) -> None:
    try:
        project_from_bytes(dump_json({"format": "dlviz", "version": 1, **parts}))
    except DlvizError as error:
        assert "\n" not in str(error)
