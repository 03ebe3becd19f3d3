"""Data files made by tests: IDX, images in folders, arrays of NumPy."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def idx_bytes(array: NDArray[Any], code: int = 0x08) -> bytes:
    """Return an array as an IDX file."""
    sizes = b"".join(struct.pack(">I", size) for size in array.shape)
    return bytes([0, 0, code, array.ndim]) + sizes + array.tobytes()


def write_idx_pair(folder: Path, n: int, side: int = 28, classes: int = 10) -> tuple[Path, Path]:
    """Write images and labels under the names of the MNIST files."""
    rng = np.random.default_rng(n)
    images, labels = folder / "train-images-idx3-ubyte", folder / "train-labels-idx1-ubyte"
    images.write_bytes(idx_bytes(rng.integers(0, 256, (n, side, side), dtype=np.uint8)))
    labels.write_bytes(idx_bytes((np.arange(n) % classes).astype(np.uint8)))
    return images, labels


def write_pictures(folder: Path, n: int, size: tuple[int, int] = (12, 16), mode: str = "RGB") -> Path:
    """Write n images of (height, width) into the classes cat and dog, each of one colour of its own."""
    for index in range(n):
        kind = folder / ("cat", "dog")[index % 2]
        kind.mkdir(parents=True, exist_ok=True)
        colour = (index % 256, index // 256, 200) if mode == "RGB" else index % 256
        Image.new(mode, (size[1], size[0]), colour).save(kind / f"{index:05d}.png")
    return folder
