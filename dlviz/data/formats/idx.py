"""IDX, the format of the MNIST files: images in one file, their labels in another; packed by gzip or not."""

import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, as_list
from dlviz.data.answer import AnswerWriter
from dlviz.data.formats.kind import Format, formats
from dlviz.data.limits import CLASSES, ZIP_BYTES, ZIP_RATIO, ZIP_RATIO_FROM
from dlviz.data.mapped import mapped
from dlviz.data.npy import parts
from dlviz.data.regular_file import open_regular
from dlviz.data.table import ReadChoices
from dlviz.data.transport import Answer
from dlviz.i18n import tr

CHUNK_BYTES = 1 << 20
GZIP = b"\x1f\x8b"
#: The third byte of a file names what a number is; all are big-endian.
KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_DIMENSIONS = 4
PARTS = ("images-idx", "labels-idx"), ("images.idx", "labels.idx")  # in names of files that belong together


@dataclass(frozen=True)
class Header:
    """What an IDX file is."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    length: int  # of the header itself, in bytes

    @property
    def size_bytes(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_idx(folder: Path, path: Path, choices: ReadChoices, cancelled: Callable[[], bool]) -> Answer:
    """Read images and, where their file was chosen, labels. Raises: DataError."""
    images = read_array(folder / "images.idx", path, cancelled)
    if images.ndim < 2:
        message = tr("Expected images. Received: {n} labels.", n=len(images))
        raise DataError(message, tr("Open the file with the images, and choose this one for its labels."), path.name)
    writer = AnswerWriter(folder, len(images))
    chunks = parts(images, max(CHUNK_BYTES // images[0].size, 1))
    if images.dtype == np.uint8 and images.ndim == 3:
        writer.block("image", "image", (1, *images.shape[1:]), chunks)
    else:
        writer.block("array", "array", images.shape[1:], chunks)
    if choices.labels:
        labels = Path(choices.labels)
        _write_labels(writer, read_array(folder / "labels.idx", labels, cancelled), labels.name)
    else:
        writer.notes.append(tr("No labels yet: choose the file that holds them."))
    return writer.answer()


def labels_beside(path: Path) -> str:
    """Return the name that the file of labels usually has beside these images, or nothing."""
    for images, labels in PARTS:
        if images in path.name:
            return path.name.replace(images, labels).replace("idx3", "idx1")
    return ""


def is_labels(path: Path) -> bool:
    """Say whether a file's name is that of labels."""
    return any(labels in path.name for _, labels in PARTS)


def _write_labels(writer: AnswerWriter, labels: NDArray[Any], place: str) -> None:
    if labels.ndim != 1 or len(labels) != writer.n_rows:
        message = tr("Expected {n} labels, one an image. Received: {shape}.", n=writer.n_rows,
                     shape=as_list(labels.shape))  # fmt: skip
        raise DataError(message, tr("Images and labels are of different sets."), place)
    values, codes = np.unique(labels, return_inverse=True)
    if len(values) > CLASSES:
        raise DataError(tr("Expected at most {limit} classes. Received: {n}.", limit=CLASSES, n=len(values)),
                        place=place)  # fmt: skip
    writer.category("label", codes.astype(np.int64), [f"{value:g}" for value in values.tolist()])


def read_array(target: Path, path: Path, cancelled: Callable[[], bool] = bool) -> NDArray[Any]:
    """Return the numbers of an IDX file, mapped from its unpacked copy, the target.

    Raises: DataError if it is not exactly as long as it says.
    """
    with open_regular(path) as file:
        header = read_header(next(_unpacked(file, path.name), b""), path.name)
        packed = file.seek(0, 2)
        if header.size_bytes > ZIP_BYTES or (
            header.size_bytes > ZIP_RATIO_FROM and header.size_bytes > ZIP_RATIO * packed
        ):
            raise _refusal(tr("at most {n} bytes", n=min(ZIP_BYTES, ZIP_RATIO * packed)), header.size_bytes, path.name)
        file.seek(0)
        _copy(file, target, header, path.name, cancelled)
    return mapped(target, header.dtype, header.shape, header.length)


def _copy(file: BinaryIO, target: Path, header: Header, place: str, cancelled: Callable[[], bool]) -> None:
    """Unpack a file, and no more bytes than its header says."""
    n, whole = 0, header.length + header.size_bytes
    with target.open("xb") as copy:
        for chunk in _unpacked(file, place):
            n += len(chunk)
            if n > whole:
                raise _refusal(tr("{n} bytes of numbers", n=header.size_bytes), tr("more"), place)
            if cancelled():
                raise DataError(tr("Reading was cancelled."), place=place)
            copy.write(chunk)
    if n != whole:
        raise _refusal(tr("{n} bytes of numbers", n=header.size_bytes), max(n - header.length, 0), place)


def read_header(head: bytes, place: str) -> Header:
    """Read the first bytes. Raises: DataError for no IDX file, before any allocation."""
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in KINDS:
        raise _refusal(tr("an IDX file"), tr("a file that does not begin like one"), place)
    n = head[3]
    if not 1 <= n <= MAX_DIMENSIONS:
        raise _refusal(tr("1 to {n} dimensions", n=MAX_DIMENSIONS), n, place)
    length = 4 + 4 * n
    if len(head) < length:
        raise _refusal(tr("an IDX file"), tr("one that is cut off"), place)
    shape = tuple(int.from_bytes(head[at : at + 4], "big") for at in range(4, length, 4))
    if 0 in shape:
        raise _refusal(tr("at least one number"), as_list(shape), place)
    return Header(np.dtype(KINDS[head[2]]), shape, length)


def _unpacked(file: BinaryIO, place: str) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked where it is packed by gzip, at most CHUNK_BYTES at a time."""
    if file.read(2) != GZIP:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
        return
    file.seek(0)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        while packed := file.read(CHUNK_BYTES):
            while packed:
                if out := unpacker.decompress(packed, CHUNK_BYTES):
                    yield out
                packed = unpacker.unconsumed_tail
            if unpacker.eof:
                return
    except zlib.error as error:
        raise _refusal(tr("a whole gzip file"), str(error), place) from None
    raise _refusal(tr("a whole gzip file"), tr("one that is cut off"), place)


def _refusal(expected: str, received: object, place: str) -> DataError:
    return DataError(tr("Expected {expected}. Received: {received}.", expected=expected, received=received),
                     place=place)  # fmt: skip


ENDINGS = tuple(f"idx{n}-ubyte{packed}" for n in range(1, MAX_DIMENSIONS + 1) for packed in ("", ".gz"))
formats.add(
    Format(
        "idx", "IDX images and labels (MNIST)", (*ENDINGS, ".idx", ".idx.gz"), reader=read_idx, modality="image",
        source="LeCun, Cortes and Burges 1998: the MNIST database",
        description="Images in one file, their labels in another, such as train-images-idx3-ubyte.gz",
    )
)  # fmt: skip
