"""Arrays and inline tables between JSON lists and NumPy."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DocumentError
from dlviz.data.dataset import Dataset, Task
from dlviz.i18n import tr
from dlviz.session.files.envelope import received
from dlviz.session.limits import CLASSES, COLUMNS, TABLE_CELLS, TEXT_CHARACTERS

Arrays = Mapping[str, NDArray[np.generic]]
NAMES = ("input_names", "target_names", "class_names", "notes")
TASKS = ("regression", "binary", "multiclass")


def array_from_json(value: Any, arrays: Arrays, place: str, allow_null: bool = False) -> NDArray[np.generic]:
    """Read nested lists of numbers, or `{"array": name}` that points to a part of the file.

    Lists become float64 (int64 if all are whole numbers written without a point). Where null is
    allowed it stands for a missing number, NaN.
    Raises: DocumentError for ragged lists, other things than numbers, and numbers that are not finite.
    """
    if isinstance(value, dict) and set(value) == {"array"}:
        array = _part(value["array"], arrays, place)
    else:
        array = _from_lists(value, place, allow_null)
    if not allow_null and not np.isfinite(array).all():
        raise DocumentError(tr("Expected finite numbers. Received: some that are not"), place=place)
    return array


def array_to_json(array: NDArray[np.generic]) -> Any:
    """Write an array as nested lists, null where a number is not finite."""
    if np.isfinite(array).all():
        return array.tolist()
    holes = array.astype(object)
    holes[~np.isfinite(array)] = None
    return holes.tolist()


def dataset_from_json(data: dict[str, Any], arrays: Arrays, place: str = "data") -> Dataset:
    """Take the keys of an inline table out of data and return its rows.

    Targets are values, (n,) or (n, k), unless they are a list of whole numbers (or `task` names a
    classification): then they are labels. Raises: DocumentError.
    """
    inputs = _inputs(array_from_json(data.pop("inputs", None), arrays, f"{place}.inputs", True), f"{place}.inputs")
    raw = array_from_json(data.pop("targets", None), arrays, f"{place}.targets", True)
    names = {key: _names(data.pop(key, []), f"{place}.{key}") for key in NAMES}
    is_labels = raw.ndim == 1 and raw.dtype == np.int64
    task = _task(data.pop("task", None), is_labels, f"{place}.task")
    title = _text(data.pop("title", tr("Table")), f"{place}.title")
    attribution = _text(data.pop("attribution", ""), f"{place}.attribution")
    if len(raw) != len(inputs):
        raise _refusal(tr("{n} rows of targets", n=len(inputs)), len(raw), f"{place}.targets")
    classes: tuple[str, ...] = ()
    if task == "regression":
        targets: NDArray[Any] = _columns(raw, f"{place}.targets")
    else:
        targets, classes = _labels(raw, names["class_names"], f"{place}.targets")
        task = task or ("binary" if len(classes) == 2 else "multiclass")
        _check_classes(task, classes, f"{place}.targets")
    targets.setflags(write=False)
    width = 1 if targets.ndim == 1 else targets.shape[1]
    return Dataset(
        title, cast(Task, task), inputs, targets,
        _named(names["input_names"], inputs.shape[1], "x", f"{place}.input_names"),
        _named(names["target_names"], width, "y", f"{place}.target_names"),
        classes, names["notes"], attribution, **_kinds(data, inputs.shape, place),
    )  # fmt: skip


def _kinds(data: dict[str, Any], shape: tuple[int, ...], place: str) -> dict[str, Any]:
    """Take out of data what a row of the inputs, (n, d), is."""
    names = _names(data.pop("row_names", []), f"{place}.row_names", shape[0])
    if names and len(names) != shape[0]:
        raise _refusal(tr("{n} names", n=shape[0]), len(names), f"{place}.row_names")
    return {
        "image_shape": _shape(data.pop("image_shape", None), 3, shape[1], f"{place}.image_shape"),
        "sequence_shape": _shape(data.pop("sequence_shape", None), 2, shape[1], f"{place}.sequence_shape"),
        "is_text": _flag(data.pop("is_text", False), f"{place}.is_text"),
        "row_names": names,
    }


def dataset_to_json(dataset: Dataset, inputs: Any, targets: Any) -> dict[str, Any]:
    """Write an inline table whose arrays are given as lists or as references."""
    described = {
        "title": dataset.title,
        "task": dataset.task,
        "input_names": list(dataset.input_names),
        "target_names": list(dataset.target_names),
        "class_names": list(dataset.class_names),
        "notes": list(dataset.notes),
        "attribution": dataset.attribution,
        "image_shape": dataset.image_shape and list(dataset.image_shape),
        "sequence_shape": dataset.sequence_shape and list(dataset.sequence_shape),
        "is_text": dataset.is_text,
        "row_names": list(dataset.row_names),
    }
    return {**{key: value for key, value in described.items() if value}, "inputs": inputs, "targets": targets}


def _refusal(expected: str, value: object, place: str) -> DocumentError:
    return DocumentError(
        tr("Expected {expected}. Received: {received}", expected=expected, received=received(value)), place=place
    )


def _part(name: Any, arrays: Arrays, place: str) -> NDArray[np.generic]:
    if not isinstance(name, str) or name not in arrays:
        raise _refusal(tr("the name of an array in this file"), name, place)
    return arrays[name]


def _from_lists(value: Any, place: str, allow_null: bool) -> NDArray[np.generic]:
    _check_leaves(value, place, {int, float, type(None)} if allow_null else {int, float})
    try:
        array = np.array(value)
        if array.dtype != np.int64:
            array = np.array(value, dtype=np.float64)
    except OverflowError:
        raise DocumentError(tr("Expected numbers up to 1.8e308. Received: a larger one"), place=place) from None
    except (ValueError, TypeError):
        raise DocumentError(tr("Expected rows of equal length. Received: a ragged list"), place=place) from None
    array.setflags(write=False)
    return array


def _check_leaves(value: Any, place: str, kinds: set[type]) -> None:
    """Raise DocumentError unless value is nested lists of these very types (a bool is not a number)."""
    if not isinstance(value, list) or not value:
        raise _refusal(tr("a list of numbers"), value, place)
    wrong = {type(each) for each in value} - kinds
    if wrong == {list} and not any(type(each) in kinds for each in value):
        for row in value:
            _check_leaves(row, place, kinds)
    elif wrong:
        raise _refusal(tr("numbers"), next(each for each in value if type(each) in wrong), place)


def _inputs(array: NDArray[np.generic], place: str) -> NDArray[np.float64]:
    if array.ndim != 2 or not array.size or array.shape[1] > COLUMNS or array.size > TABLE_CELLS:
        raise _refusal(tr("rows of inputs, as [[1, 2], [3, 4]]"), array.shape, place)
    return _read_only(array.astype(np.float64))


def _columns(array: NDArray[np.generic], place: str) -> NDArray[np.float64]:
    if array.ndim not in (1, 2) or not array.size or array.size > TABLE_CELLS:
        raise _refusal(tr("rows of targets, as [[1], [0]]"), array.shape, place)
    return _read_only(array.astype(np.float64).reshape(len(array), -1))


def _labels(
    array: NDArray[np.generic], names: tuple[str, ...], place: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return class indices and names; without given names every distinct label is a class."""
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim != 1 or not (flat == np.round(flat.astype(np.float64))).all():
        raise _refusal(tr("one whole number a row as its class"), array.shape, place)
    labels = flat.astype(np.int64)
    if not names:
        found, indices = np.unique(labels, return_inverse=True)
        if len(found) == 1 and 0 <= found[0] < CLASSES:
            # A lone label, as in an exercise with one example, counts classes from 0.
            return labels, tuple(str(label) for label in range(max(int(found[0]) + 1, 2)))
        return indices.astype(np.int64), tuple(str(label) for label in found)
    if labels.min() < 0 or labels.max() >= len(names):
        raise _refusal(tr("labels from 0 to {last}", last=len(names) - 1), int(labels[labels.argmax()]), place)
    return labels, names


def _check_classes(task: str, classes: tuple[str, ...], place: str) -> None:
    if not 2 <= len(classes) <= CLASSES:
        raise _refusal(tr("2 to {n} classes", n=CLASSES), len(classes), place)
    if task == "binary" and len(classes) != 2:
        raise _refusal(tr("2 classes"), len(classes), place)


def _task(value: Any, is_labels: bool, place: str) -> str:
    """Return the task, or nothing for a classification whose number of classes decides."""
    if value is None:
        return "" if is_labels else "regression"
    if value not in TASKS:
        raise _refusal(tr("one of {known}", known=", ".join(TASKS)), value, place)
    return str(value)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or len(value) > TEXT_CHARACTERS:
        raise _refusal(tr("text"), value, place)
    return value


def _shape(value: Any, n: int, width: int, place: str) -> tuple[int, ...] | None:
    """Return n sizes whose product is the number of inputs, or None where nothing is said."""
    if value is None:
        return None
    is_shape = isinstance(value, list) and len(value) == n and all(type(each) is int and each > 0 for each in value)
    if not is_shape or math.prod(value) != width:
        raise _refusal(tr("{n} sizes with the product {width}", n=n, width=width), value, place)
    return tuple(value)


def _flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise _refusal(tr("true or false"), value, place)
    return value


def _names(value: Any, place: str, most: int = COLUMNS) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise _refusal(tr("a list of names"), value, place)
    return tuple(_text(each, place) for each in value)


def _named(given: Sequence[str], width: int, letter: str, place: str) -> tuple[str, ...]:
    if given and len(given) != width:
        raise _refusal(tr("{n} names", n=width), len(given), place)
    return tuple(given) or tuple(f"{letter}{i + 1}" for i in range(width))


def _read_only(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.setflags(write=False)
    return array
