"""IDX files: every way in which a header of a few bytes can lie, and packing that breaks or bursts."""

import gzip
import struct

import numpy as np

from tests.hostile.odd import Make, Odd, noted, refused, written
from tests.hostile.tables import GOOD, pickled
from tests.unit.data.made_files import idx_bytes

IMAGES = np.arange(10 * 4 * 4).reshape(10, 4, 4).astype(np.uint8)
WHOLE = idx_bytes(IMAGES)
NAME = "some-images-idx3-ubyte"
UNLABELLED = "No labels yet"


def idx(data: bytes, name: str = NAME) -> Make:
    """Return a maker of an IDX file."""
    return written(name, data)


def claims(*sizes: int, code: int = 0x08, body: bytes = b"") -> bytes:
    """Return a file that claims sizes."""
    return bytes([0, 0, code, len(sizes)]) + b"".join(struct.pack(">I", size) for size in sizes) + body


CASES: tuple[Odd, ...] = (
    noted("images", idx(WHOLE), UNLABELLED, 10),
    noted("images under another name", idx(WHOLE, "t10k.images.idx"), UNLABELLED, 10),
    noted("images with a point in the name", idx(WHOLE, "x-images.idx3-ubyte"), UNLABELLED, 10),
    noted("packed images", idx(gzip.compress(WHOLE), NAME + ".gz"), UNLABELLED, 10),
    noted("packed images without the ending", idx(gzip.compress(WHOLE)), UNLABELLED, 10),
    noted("images with an ending and no packing", idx(WHOLE, NAME + ".gz"), UNLABELLED, 10),
    noted("images of one pixel", idx(idx_bytes(IMAGES[:, :1, :1])), UNLABELLED, 10),
    noted("one image", idx(idx_bytes(IMAGES[:1])), UNLABELLED, 1),
    noted("rows of numbers", idx(idx_bytes(IMAGES.reshape(10, 16)), "some-idx2-ubyte"), UNLABELLED, 10),
    noted("signed bytes", idx(idx_bytes(IMAGES.astype(">i1"), 0x09)), UNLABELLED, 10),
    noted("short whole numbers", idx(idx_bytes(IMAGES.astype(">i2"), 0x0B)), UNLABELLED, 10),
    noted("long whole numbers", idx(idx_bytes(IMAGES.astype(">i4"), 0x0C)), UNLABELLED, 10),
    noted("broken numbers", idx(idx_bytes(IMAGES.astype(">f4"), 0x0D)), UNLABELLED, 10),
    noted("double precision", idx(idx_bytes(IMAGES.astype(">f8"), 0x0E)), UNLABELLED, 10),
    noted("four dimensions", idx(idx_bytes(IMAGES.reshape(10, 2, 2, 4)), "some-idx4-ubyte"), UNLABELLED, 10),
    refused("labels alone", idx(idx_bytes(np.arange(10, dtype=np.uint8)), "some-labels-idx1-ubyte"), "10 labels"),
    refused("nothing", idx(b""), "an empty file"),
    refused("one byte", idx(b"\0"), "begin like one"),
    refused("two zeros", idx(b"\0\0"), "begin like one"),
    refused("only the sign", idx(b"\0\0\x08\x03"), "cut off"),
    refused("a header cut in a size", idx(WHOLE[:9]), "cut off"),
    refused("a first byte of one", idx(b"\1" + WHOLE[1:]), "begin like one"),
    refused("an unknown kind of number", idx(b"\0\0\x07" + WHOLE[3:]), "begin like one"),
    refused("no dimensions", idx(b"\0\0\x08\0" + bytes(40)), "1 to 4 dimensions"),
    refused("255 dimensions", idx(b"\0\0\x08\xff" + bytes(1020)), "1 to 4 dimensions"),
    refused("no images", idx(claims(0, 4, 4)), "at least one number"),
    refused("images without width", idx(claims(10, 4, 0)), "at least one number"),
    refused("the largest sizes", idx(claims(2**32 - 1, 2**32 - 1, 2**32 - 1, body=bytes(64))), "at most"),
    refused("a terabyte", idx(claims(2**20, 2**10, 2**10, body=bytes(64))), "at most"),
    refused("twenty megabytes of sixty bytes", idx(claims(20_000, 32, 32, body=bytes(60))), "at most"),
    refused("one pixel short", idx(WHOLE[:-1]), "160 bytes of numbers. Received: 159"),
    refused("one pixel long", idx(WHOLE + b"x"), "160 bytes of numbers. Received: more"),
    refused("cut after the header", idx(WHOLE[:16]), "Received: 0"),
    refused("packing cut off", idx(gzip.compress(WHOLE)[:-12]), "gzip"),
    refused("packing cut at the header", idx(b"\x1f\x8b\x08\0"), "gzip"),
    refused("packing with a wrong checksum", idx(gzip.compress(WHOLE)[:-8] + bytes(8)), "gzip"),
    refused("no packing behind its sign", idx(b"\x1f\x8b" + b"x" * 80), "gzip"),
    refused("packing that bursts", idx(gzip.compress(claims(50_000, 28, 28, body=bytes(50_000 * 784)))), "at most"),
    refused("packing with more than it says", idx(gzip.compress(WHOLE + bytes(1000))), "more"),
    refused("packing of a text", idx(gzip.compress(GOOD.encode())), "begin like one"),
    refused("a text", idx(GOOD.encode()), "begin like one"),
    refused("a pickle", pickled(NAME), "begin like one"),
    refused("a picture", idx(b"\x89PNG\r\n\x1a\n" + bytes(100)), "begin like one"),
)
