"""Arrays of NumPy, one (.npy) or several (.npz), whose first axes are the rows. Never a pickle."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, as_list
from dlviz.data.answer import AnswerWriter
from dlviz.data.formats.kind import Format, formats
from dlviz.data.limits import CELLS, CLASSES, ROWS
from dlviz.data.npy import map_array, parts
from dlviz.data.regular_file import open_regular
from dlviz.data.table import ReadChoices
from dlviz.data.transport import Answer
from dlviz.data.zip_parts import CHUNK_BYTES, open_zip
from dlviz.i18n import tr

FEW_COLUMNS = 64  # of a matrix; each is a column by itself, those of a wider one are one column
NUMBERS_AT_ONCE = 1 << 20
CHANNELS = (1, 3)
TARGETS = ("y", "label", "target", "class")  # how names begin of what is predicted

Arrays = Mapping[str, NDArray[Any]]


def read_npz(folder: Path, path: Path, choices: ReadChoices, cancelled: Callable[[], bool]) -> Answer:
    """Read arrays that have equally many rows; others are left out and named. Raises: DataError."""
    arrays = unpack_arrays(folder, path, cancelled)
    chosen, notes = _of_one_length(arrays, path.name)
    writer = AnswerWriter(folder, len(next(iter(chosen.values()))))
    writer.notes += notes
    for name, array in chosen.items():
        if cancelled():
            raise DataError(tr("Reading was cancelled."), place=path.name)
        _write(writer, name, array, path.name)
    return writer.answer()


def unpack_arrays(folder: Path, path: Path, cancelled: Callable[[], bool] = bool) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name, mapped from files in the folder. Raises: DataError."""
    if path.name.lower().endswith(".npy"):
        target = folder / "0.npy"
        _copy(path, target, cancelled)
        return {"array": map_array(target, path.name)}
    arrays: dict[str, NDArray[Any]] = {}
    with open_zip(path) as archive:
        for index, info in enumerate(archive.infos):
            name = info.filename.removesuffix(".npy")
            if name == info.filename or not name.isprintable() or len(name) > 80:
                message = tr("Expected only arrays. Received: {name!r}.", name=info.filename[:80])
                raise DataError(message, place=path.name)
            target = folder / f"{index}.npy"
            archive.unpack(info, target, cancelled)
            arrays[name] = map_array(target, f"{path.name}, {name}")
    if not arrays:
        raise DataError(tr("Expected at least one array. Received: none."), place=path.name)
    return arrays


def _copy(source: Path, target: Path, cancelled: Callable[[], bool]) -> None:
    with open_regular(source) as file, target.open("xb") as copy:
        while chunk := file.read(CHUNK_BYTES):
            if cancelled():
                raise DataError(tr("Reading was cancelled."), place=source.name)
            copy.write(chunk)


def _of_one_length(arrays: Arrays, place: str) -> tuple[Arrays, list[str]]:
    """Return the arrays with the length that most have, the longest of equally many; and what was left out."""
    lengths = Counter(len(array) for array in arrays.values() if array.ndim and len(array))
    if not lengths:
        raise DataError(tr("Expected arrays with rows. Received: none."), place=place)
    n = max(lengths, key=lambda length: (lengths[length], length))
    if n > ROWS or n * sum(array[0].size for array in arrays.values() if array.ndim and len(array) == n) > CELLS:
        raise DataError(tr("Expected at most {limit} numbers. Received: more.", limit=CELLS), place=place)
    chosen = {name: array for name, array in arrays.items() if array.ndim and len(array) == n}
    left = [f"{name} {as_list(array.shape)}" for name, array in arrays.items() if name not in chosen]
    note = tr("Arrays of another length than {n} were left out: {names}.", n=n, names=", ".join(left))
    return chosen, [note] if left else []


def _write(writer: AnswerWriter, name: str, array: NDArray[Any], place: str) -> None:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1:
        _write_column(writer, name, array, place)
    elif array.dtype.kind in "US":
        writer.notes.append(tr("{name} was left out: texts in several columns.", name=name))
    elif array.ndim == 2 and name.lower().startswith(TARGETS) and _is_one_hot(array):
        codes = np.argmax(array, axis=1)
        k = array.shape[1]
        writer.category(name, codes, [str(index) for index in range(k)])
        writer.notes.append(tr("{name} is one-hot: its {k} columns became one column of classes.", name=name, k=k))
    elif array.ndim == 2 and array.shape[1] <= FEW_COLUMNS:
        for index in range(array.shape[1]):
            writer.number(f"{name}[{index}]", array[:, index])
    else:
        _write_block(writer, name, array)


def _write_column(writer: AnswerWriter, name: str, array: NDArray[Any], place: str) -> None:
    if array.dtype.kind not in "US":
        writer.number(name, array)
        return
    texts = np.char.decode(array, "utf-8", "replace") if array.dtype.kind == "S" else array
    names, codes = np.unique(texts, return_inverse=True)
    if len(names) > CLASSES:
        writer.text(name, [str(cell) for cell in texts[:CLASSES]])
        return
    writer.category(name, codes.astype(np.int64), [str(each) for each in names])


def _is_one_hot(array: NDArray[Any]) -> bool:
    if not 2 <= array.shape[1] <= CLASSES or array.shape[1] > len(array):
        return False
    is_one, is_zero = array == 1, array == 0
    return bool((is_one | is_zero).all() and (is_one.sum(axis=1) == 1).all())


def _write_block(writer: AnswerWriter, name: str, array: NDArray[Any]) -> None:
    """Write images, channels first, as they are stored: pixels of one byte as such, all else as numbers."""
    shape, is_last = image_shape(array.shape[1:])
    rows = max(NUMBERS_AT_ONCE // max(array[0].size, 1), 1)
    chunks = (np.moveaxis(part, -1, 1) if is_last else part for part in parts(array, rows))
    if shape is not None and array.dtype == np.uint8:
        writer.block(name, "image", shape, chunks)
        return
    writer.block(name, "array", shape or array.shape[1:], chunks)


def image_shape(shape: tuple[int, ...]) -> tuple[tuple[int, int, int] | None, bool]:
    """Return (channels, height, width) of cells of this shape, None for no image; and whether channels come last."""
    if len(shape) == 2:
        return (1, shape[0], shape[1]), False
    if len(shape) == 3 and shape[2] in CHANNELS:
        return (shape[2], shape[0], shape[1]), True
    if len(shape) == 3 and shape[0] in CHANNELS:
        return (shape[0], shape[1], shape[2]), False
    return None, False


formats.add(
    Format(
        "npz", "Arrays of NumPy", (".npz", ".npy"), reader=read_npz, modality="table",
        source="NumPy documentation: numpy.lib.format",
        description="Arrays whose first axis is the rows, such as x_train and y_train; never Python objects",
    )
)  # fmt: skip
