"""Large sets that were read before: found again by the bytes of their file and how it is read, without reading."""

import hashlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.data.dataset import Dataset
from dlviz.data.file_checks import sniff
from dlviz.data.mapped import file_of
from dlviz.data.regular_file import digest_of
from dlviz.data.row_store import cache_folder, kept_rows, store_rows

ENDING = ".set"
STORED_AS = 2  # changes when the same file would become another set
LEAST_BYTES = 4 << 20  # smaller files are read before their hash would be of use
NAME = re.compile(r"[0-9a-f]{64}\.rows")
TASKS = ("regression", "binary", "multiclass")


def find_kept(
    path: Path, how: str, cancelled: Callable[[], bool] = bool, labels: str | None = None
) -> tuple[Dataset, str] | None:
    """Return the set that this file is, read in this way, and the hash of the file; None if it is not kept.

    how: every choice of reading. labels: the file with its labels, if they are in another one.
    Raises: DataError for what is no regular file, and when cancelled.
    """
    if not any(cache_folder().glob("*" + ENDING)) or sniff(path).size_bytes < LEAST_BYTES:
        return None
    digest = digest_of(path, labels, cancelled)
    note = _note(digest, how)
    try:
        return _dataset(path, json.loads(note.read_text(encoding="utf-8"))), digest
    except (OSError, ValueError, KeyError, TypeError):
        note.unlink(missing_ok=True)  # its rows are gone, or it is broken: the file is read again
        return None


def keep(dataset: Dataset, digest: str, how: str) -> None:
    """Note a set that stays on disk, so that it is found the next time. Raises: DataError without room."""
    note = _note(digest, how)
    numbers = dataset.targets.astype(np.float64).reshape(dataset.n, -1)
    targets = store_rows(note.stem, (dataset.n, numbers.shape[1]), [numbers])
    written = {
        "inputs": file_of(dataset.inputs).name, "targets": file_of(targets).name, "n": dataset.n,
        "task": dataset.task, "input_names": dataset.input_names, "target_names": dataset.target_names,
        "class_names": dataset.class_names, "notes": dataset.notes, "image_shape": dataset.image_shape,
        "is_text": dataset.is_text, "row_names": dataset.row_names,
    }  # fmt: skip
    # Half a note is no JSON, and is passed over.
    note.write_text(json.dumps(written), encoding="utf-8")


def _note(digest: str, how: str) -> Path:
    made_of = json.dumps([STORED_AS, digest, how])
    return cache_folder() / (hashlib.sha256(made_of.encode()).hexdigest() + ENDING)


def _dataset(path: Path, noted: dict[str, Any]) -> Dataset:
    """Return the noted set. Raises: OSError, ValueError, KeyError, TypeError if the note or its rows do not fit."""
    input_names, target_names, class_names, notes, row_names = (
        tuple(map(str, noted[key])) for key in ("input_names", "target_names", "class_names", "notes", "row_names")
    )
    n, task = int(noted["n"]), noted["task"]
    if task not in TASKS or not all(NAME.fullmatch(noted[key]) for key in ("inputs", "targets")):
        raise ValueError(task)
    inputs = kept_rows(noted["inputs"], (n, len(input_names)))
    targets = np.array(kept_rows(noted["targets"], (n, len(target_names))))
    if task != "regression":
        targets = targets[:, 0].astype(np.int64)
        if not 0 <= targets.min() <= targets.max() < len(class_names):
            raise ValueError(class_names)
    targets.setflags(write=False)
    shape = noted["image_shape"]
    if shape is not None and (len(shape) != 3 or math.prod(map(int, shape)) != len(input_names)):
        raise ValueError(shape)
    return Dataset(
        path.stem, task, inputs, targets, input_names, target_names, class_names, notes,
        image_shape=None if shape is None else (int(shape[0]), int(shape[1]), int(shape[2])),
        is_text=bool(noted["is_text"]), row_names=row_names,
    )  # fmt: skip
