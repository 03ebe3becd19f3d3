"""What a document keeps of a file it learned from, and reading that file again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.data.table import ReadChoices, Table
from dlviz.data.table_dataset import Missing, Reading, to_dataset, usable_inputs
from dlviz.i18n import tr

READING_KEYS = ("separator", "decimal", "header", "encoding", "quotes")
KEYS = ("path", "format", *READING_KEYS, "target", "inputs", "missing", "reading", "sha256")


@dataclass(frozen=True)
class Use:
    """How a table becomes a data set: target, inputs (all usable if None), missing cells."""

    target: str = ""
    inputs: tuple[str, ...] | None = None
    missing: Missing = "drop"
    reading: Reading = "guess"


def file_spec(table: Table, use: Use, path: str, choices: ReadChoices | None = None) -> DataSpec:
    """Return the data part of a document for a table that was read.

    path: as the document names it, relative to its folder. Raises: DataError as to_dataset does.
    """
    target = use.target or table.info.guessed_target
    inputs = use.inputs if use.inputs is not None else usable_inputs(table, target)
    dataset = to_dataset(table, target, use.inputs, use.missing, use.reading)
    info = table.info
    settings: dict[str, Any] = {"path": path, "format": info.format}
    if info.separator:
        settings |= {"separator": info.separator, "decimal": info.decimal, "header": info.header}
        settings["encoding"] = info.encoding
    if choices is not None and choices.quotes is not None:
        settings["quotes"] = choices.quotes
    settings |= {"target": target, "inputs": list(inputs), "missing": use.missing, "sha256": info.sha256}
    if use.reading != "guess":
        settings["reading"] = use.reading
    return DataSpec("file", settings, dataset=dataset)


def locate(settings: Mapping[str, Any], folder: Path) -> Path:
    """Return the file a document names, if it lies in the document's folder.

    Raises: DataError for addresses, absolute paths and paths that lead out of the folder.
    """
    text = settings.get("path", "")
    if not isinstance(text, str) or not text or "://" in text or "\0" in text or text.startswith(("\\\\", "//")):
        raise DataError(tr("Expected the path of a file. Received: {path!r}.", path=text), place="data")
    home = folder.resolve()
    path = (home / text).resolve()
    if not path.is_relative_to(home):
        message = tr("Expected a file in the document's folder. Received: {path!r}.", path=text)
        raise DataError(message, tr("Name the file with --data, or open it in the window."), "data")
    return path


def open_file_spec(spec: DataSpec, path: Path, cancelled: Callable[[], bool] | None = None) -> DataSpec:
    """Read the file a document names, located by locate() or by the user, and return the spec with its rows.

    Raises: DataError if it cannot be read or used.
    """
    table = read_table(path, reading_choices(spec.settings), cancelled)
    use = _use(spec.settings)
    dataset = to_dataset(table, use.target, use.inputs, use.missing, use.reading)
    expected = spec.settings.get("sha256", "")
    if expected and expected != table.info.sha256:
        note = tr("The file {name} has changed since the document was saved.", name=path.name)
        dataset = replace(dataset, notes=(note, *dataset.notes))
    return replace(spec, settings={**spec.settings, "sha256": table.info.sha256}, dataset=dataset)


def reading_choices(settings: Mapping[str, Any]) -> ReadChoices:
    """Return how a document says its file is to be read. Raises: DataError for unknown or unfit settings."""
    unknown = sorted(set(settings) - set(KEYS))
    if unknown:
        message = tr("Expected settings among: {known}. Received: {name!r}.", known=", ".join(KEYS), name=unknown[0])
        raise DataError(message, place="data")
    for key, kind in (("separator", str), ("decimal", str), ("encoding", str), ("header", bool), ("quotes", bool)):
        if not isinstance(settings.get(key), kind | None):
            raise _unfit(key, settings[key])
    return ReadChoices(**{key: settings.get(key) for key in READING_KEYS})


def _use(settings: Mapping[str, Any]) -> Use:
    inputs, missing, reading = settings.get("inputs"), settings.get("missing", "drop"), settings.get("reading", "guess")
    if missing not in ("drop", "mean"):
        raise _unfit("missing", missing)
    if reading not in ("guess", "classes", "values"):
        raise _unfit("reading", reading)
    if inputs is not None and not _are_names(inputs):
        raise _unfit("inputs", inputs)
    return Use(str(settings.get("target", "")), None if inputs is None else tuple(inputs), missing, reading)


def _are_names(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(name, str) for name in value)


def _unfit(key: str, value: object) -> DataError:
    return DataError(
        tr("Expected a fitting data setting. Received: {key}={value!r}.", key=key, value=value), place="data"
    )
