"""Data that a document keeps in a file of its own: whether it may be opened, and how it is read.

Settings of data of kind "file": path (relative to the document); separator, decimal, header, encoding and
quotes (absent or empty: guessed); fold_case of texts; image_size [height, width] and colour of a folder of images;
labels, the name of the file beside an IDX file of images; target, inputs (absent: guessed), also as columns
{"target", "inputs"}; missing; categories; is_class (whether numbers to predict are classes; absent: guessed);
stream (whether inputs stay on disk); sha256.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError, DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.kept_sets import find_kept, keep
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices, Table
from dlviz.data.table_dataset import InputForm, Reading, to_dataset
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.data import attach_dataset

#: Choices of reading with the type of each; labels are a file of their own.
CHOICES: Mapping[str, type] = {
    "separator": str, "decimal": str, "header": bool, "encoding": str, "quotes": bool, "fold_case": bool,
    "image_size": list, "colour": str,
}  # fmt: skip
WORDS = {str: tr("text"), bool: tr("true or false"), list: tr("a list of two sizes")}
LABELS = "labels"
MISSING = ("drop", "mean", "most_frequent")
CATEGORIES = ("one_hot", "integer")


def with_named_file(document: Document, document_path: Path) -> Document:
    """Attach the rows of the file that a document names, if it lies in the document's own folder.

    Raises: DataError for a file elsewhere, another one than the document was made with, or one that
    cannot be read.
    """
    folder = document_path.parent.resolve()
    name = document.data.settings["path"]
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise DataError(
            tr("Expected data in the document's folder. Received: {name!r}, which lies elsewhere", name=name),
            tr("Name the file to allow it: --data PATH."),
            "data.path",
        )
    rows, digest = _rows(document.data.settings, path)
    _check_hash(document.data.settings.get("sha256"), digest, path.name)
    return attach_dataset(document, rows)


def with_file(document: Document, path: Path, cancelled: Callable[[], bool] = bool) -> Document:
    """Attach the rows of this file, which the user named, read as the document says.

    cancelled: asked now and then. Raises: DataError.
    """
    return attach_dataset(document, _rows(document.data.settings, path, cancelled)[0])


def remember(settings: Mapping[str, Any], rows: Dataset) -> None:
    """Note how a large set was made of its file, so that opening it again takes no reading. Raises: DataError."""
    if rows.is_streamed and settings.get("format") != "images":
        keep(rows, str(settings["sha256"]), _how(settings))


def _how(settings: Mapping[str, Any]) -> str:
    """Write down every setting that decides what a file becomes."""
    used = (*CHOICES, LABELS, "columns", "target", "inputs", "missing", "categories", "is_class", "stream")
    return json.dumps({name: settings[name] for name in used if settings.get(name) is not None}, default=list)


def _rows(settings: Mapping[str, Any], path: Path, cancelled: Callable[[], bool] = bool) -> tuple[Dataset, str]:
    """Return the rows of a file and the hash of its bytes; of a large one that was read before, those kept."""
    if kept := find_kept(path, _how(settings), cancelled, _labels(settings, path)):
        return kept
    table = _read(settings, path, cancelled)
    rows = _dataset(settings, table, cancelled)
    remember({**settings, "sha256": table.info.sha256}, rows)
    return rows, table.info.sha256


def _read(settings: Mapping[str, Any], path: Path, cancelled: Callable[[], bool]) -> Table:
    given = {name: settings[name] for name in CHOICES if settings.get(name) not in (None, "")}
    for name, value in given.items():
        if not isinstance(value, CHOICES[name]):
            raise _refusal(name, WORDS[CHOICES[name]], value)
    return read_table(path, ReadChoices(**given, labels=_labels(settings, path)), cancelled)


def _labels(settings: Mapping[str, Any], path: Path) -> str | None:
    """Return the file with the labels: always beside the images, whatever a document says."""
    name = settings.get(LABELS)
    if name in (None, ""):
        return None
    if not isinstance(name, str) or Path(name).name != name:
        raise _refusal(LABELS, tr("the name of a file beside the images"), name)
    return str(path.parent / name)


def _dataset(settings: Mapping[str, Any], table: Table, cancelled: Callable[[], bool]) -> Dataset:
    columns = settings.get("columns", settings)
    if not isinstance(columns, Mapping):
        raise _refusal("columns", tr('an object such as {"target": "y"}'), columns)
    target, inputs = columns.get("target", ""), columns.get("inputs")
    if not isinstance(target, str):
        raise _refusal("target", tr("the name of a column"), target)
    if inputs is not None and not (isinstance(inputs, list) and all(isinstance(name, str) for name in inputs)):
        raise _refusal("inputs", tr("a list of names of columns"), inputs)
    missing, is_class = settings.get("missing", MISSING[0]), settings.get("is_class")
    categories = settings.get("categories", CATEGORIES[0])
    if missing not in MISSING:
        raise _refusal("missing", tr("one of {known}", known=", ".join(MISSING)), missing)
    if categories not in CATEGORIES:
        raise _refusal("categories", tr("one of {known}", known=", ".join(CATEGORIES)), categories)
    if not isinstance(is_class, bool | None):
        raise _refusal("is_class", tr("true or false"), is_class)
    reading: Reading = "guess" if is_class is None else "classes" if is_class else "values"
    stream = settings.get("stream", False)
    if not isinstance(stream, bool):
        raise _refusal("stream", tr("true or false"), stream)
    return to_dataset(table, target, inputs, missing, reading, cancelled, InputForm(categories, stream))


def _check_hash(expected: object, digest: str, place: str) -> None:
    if expected is not None and expected != digest:
        raise DataError(
            tr("Expected the file that the document was made with. Received: another content"),
            tr("Name it to use it all the same: --data PATH."),
            place,
        )


def _refusal(key: str, expected: str, value: object) -> DlvizError:
    message = tr("Expected {expected}. Received: {key}={value!r}", expected=expected, key=key, value=value)
    return DataError(message, place=f"data.{key}")
