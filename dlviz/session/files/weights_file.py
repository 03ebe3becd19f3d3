"""Weights from an .npz file: arrays by the names of parameters, their shapes checked; never a pickle."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, as_list
from dlviz.core.inference import parameters
from dlviz.data.file_checks import sniff
from dlviz.data.formats.npz import unpack_arrays
from dlviz.data.row_store import reading_folder
from dlviz.i18n import tr
from dlviz.session.document import Document, handle

ENDING = ".npz"
NAMED = 6  # parameters that a sentence names one by one


def with_weights(document: Document, path: Path, cancelled: Callable[[], bool] = bool) -> tuple[Document, str]:
    """Return a document that starts from the arrays of a file, and a sentence on what was taken.

    Parameters that the file lacks start as before. Raises: DataError for no .npz file, for names that are no
    parameters, for other shapes, and for numbers that are not finite.
    """
    if path.suffix.lower() != ENDING:
        raise DataError(tr("Expected a file ending in .npz. Received: {name!r}.", name=path.suffix), place=path.name)
    shapes = {each.name: each.shape for each in parameters(document.network)} if document.network.layers else {}
    with reading_folder(sniff(path).size_bytes) as folder:
        arrays = unpack_arrays(Path(folder), path, cancelled)
        _check_names(arrays, shapes, path.name)
        taken = {name: handle(_checked(array, shapes[name], f"{path.name}, {name}")) for name, array in arrays.items()}
    left = [name for name in shapes if name not in taken]
    sentence = tr("{n} parameters are those of {name} now.", n=len(taken), name=path.name)
    if left:
        sentence += " " + tr("Not in the file, and as before: {names}.", names=_listed(left))
    return replace(document, parameters={**document.parameters, **taken}), sentence


def _check_names(arrays: Mapping[str, Any], shapes: Mapping[str, Any], place: str) -> None:
    unknown = [name for name in arrays if name not in shapes]
    if unknown:
        known = _listed(list(shapes)) or tr("none, as there is no layer")
        raise DataError(
            tr("Expected names of parameters ({known}). Received: {names}.", known=known, names=_listed(unknown)),
            tr("Name the arrays like the parameters of this network."), place,
        )  # fmt: skip


def _checked(array: NDArray[Any], shape: tuple[int, ...], place: str) -> NDArray[np.float64]:
    if array.shape != shape:
        is_turned = array.ndim == 2 and array.shape[::-1] == shape
        hint = tr("Transpose it: rows are units here, and Keras stores units as columns.") if is_turned else ""
        message = tr("Expected the shape {shape}. Received: {came}.", shape=as_list(shape), came=as_list(array.shape))
        raise DataError(message, hint, place)
    if array.dtype.kind not in "fiu":
        raise DataError(tr("Expected numbers. Received: {dtype}.", dtype=array.dtype), place=place)
    values = np.asarray(array, dtype=np.float64)
    if not np.isfinite(values).all():
        raise DataError(tr("Expected finite numbers. Received: some that are not."), place=place)
    return values


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" … ({len(names)})" if len(names) > NAMED else "")
