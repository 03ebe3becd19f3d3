"""Arrays that stay in a file: the system brings in what is read, and takes it out where memory is short."""

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def mapped(path: Path, dtype: DTypeLike, shape: tuple[int, ...], start: int = 0) -> NDArray[Any]:
    """Return a read-only array over the bytes of a file from start on."""
    if 0 in shape:
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype, "r", start, shape)


def is_mapped(array: NDArray[Any]) -> bool:
    """Say whether an array lies in a file."""
    return isinstance(array, np.memmap)


def file_of(array: NDArray[Any]) -> Path:
    """Return the file in which a mapped array lies."""
    return Path(getattr(array, "filename"))  # noqa: B009 - an attribute of mapped arrays alone


def let_go(array: NDArray[Any]) -> None:
    """Give back the memory of what was read of a mapped array; the numbers stay where they are, in the file."""
    whole: Any = array.base
    if isinstance(whole, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        whole.madvise(mmap.MADV_DONTNEED)


def size_words(n_bytes: int) -> str:
    """Write a size as a person reads it, such as 1.6 GB."""
    return f"{n_bytes / 1e9:.2g} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.3g} MB"
