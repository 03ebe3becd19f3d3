"""Arrays of NumPy: pickles, zip bombs, lying headers and directories, names that are paths, and odd but whole ones."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.odd import Make, Odd, loaded, noted, refused, written
from tests.hostile.tables import GOOD, Sentinel, pickled

X, Y = np.arange(24.0).reshape(12, 2), np.arange(12) % 3


def npy(array: Any, **more: Any) -> bytes:
    """Return an array as NumPy stores it."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asanyarray(array), allow_pickle=True, **more)
    return buffer.getvalue()


def header(text: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """Return an array with a header of one's own."""
    raw = text.encode("latin-1") + b"\n"
    length = len(raw).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + raw + body


def described(descr: str = "'<f8'", order: str = "False", shape: str = "(2,)") -> str:
    """Return the text of a header."""
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


def archive(**members: bytes) -> bytes:
    """Return a zip of these arrays."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, data in members.items():
            zipped.writestr(f"{name}.npy", data)
    return buffer.getvalue()


def npz(**arrays: Any) -> Make:
    """Return a maker of whole arrays."""
    return written("a.npz", archive(**{name: npy(array) for name, array in arrays.items()}))


def raw(**members: bytes) -> Make:
    """Return a maker of members that are written as they are."""
    return written("a.npz", archive(**members))


def objects(name: str = "a.npz") -> Make:
    """Return a maker of Python objects that leave a trace when somebody makes them."""

    def make(folder: Path) -> Path:
        array = np.array([Sentinel(folder / "SENTINEL_ARRAY")] * 2, dtype=object)
        data = npy(array)
        path = folder / name
        path.write_bytes(data if name.endswith(".npy") else archive(X=data, y=npy([0, 1])))
        return path

    return make


def named(name: str) -> Make:
    """Return a maker of a zip whose member has this name."""

    def make(folder: Path) -> Path:
        path = folder / "a.npz"
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr(name, npy(X[:, 0]))
            zipped.writestr("y.npy", npy(Y))
        return path

    return make


def packed(method: int, size: int = 1) -> Make:
    """Return a maker of a zip packed by a method, with a member of so many zeros."""

    def make(folder: Path) -> Path:
        path = folder / "a.npz"
        with zipfile.ZipFile(path, "w", method) as zipped:
            zipped.writestr("X.npy", npy(np.zeros(max(size // 8, 12))))
            zipped.writestr("y.npy", npy(np.arange(max(size // 8, 12)) % 2))
        return path

    return make


def many(n: int) -> Make:
    """Return a maker of a zip with so many members."""

    def make(folder: Path) -> Path:
        path = folder / "a.npz"
        data = npy(Y)
        with zipfile.ZipFile(path, "w") as zipped:
            for index in range(n):
                zipped.writestr(f"a{index}.npy", data)
        return path

    return make


def twice(folder: Path) -> Path:
    """Write a zip with a member twice."""
    path = folder / "a.npz"
    data = archive(ab=npy(Y), cd=npy(Y)).replace(b"cd.npy", b"ab.npy")
    path.write_bytes(data)
    return path


def overlapping(folder: Path) -> Path:
    """Write a zip of which two entries of the directory point to the same bytes."""
    path = folder / "a.npz"
    data = bytearray(archive(ab=npy(Y), cd=npy(Y)))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    path.write_bytes(bytes(data))
    return path


def lying(sign: bytes, at: int, value: int, size: int = 4) -> Make:
    """Return a maker of a zip with a number of its first local (PK34) or directory (PK12) entry changed."""

    def make(folder: Path) -> Path:
        path = folder / "a.npz"
        data = bytearray(archive(X=npy(Y), y=npy(Y)))
        start = data.find(sign) + at
        data[start : start + size] = value.to_bytes(size, "little")
        path.write_bytes(bytes(data))
        return path

    return make


def linked(folder: Path) -> Path:
    """Write a zip whose member says that it is a link."""
    path = folder / "a.npz"
    with zipfile.ZipFile(path, "w") as zipped:
        info = zipfile.ZipInfo("X.npy")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        zipped.writestr(info, npy(X[:, 0]))
        zipped.writestr("y.npy", npy(Y))
    return path


WHOLE = archive(X=npy(X), y=npy(Y))
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"

ODD = [
    loaded("a matrix and labels", npz(X=X, y=Y), 12),
    loaded("one array alone", npz(X=X), 12),
    loaded("half precision", npz(X=X.astype("f2"), y=Y), 12),
    loaded("big-endian numbers", npz(X=X.astype(">f8"), y=Y.astype(">i4")), 12),
    loaded("small whole numbers", npz(X=X.astype("u1"), y=Y.astype("i1")), 12),
    loaded("the largest whole numbers", npz(X=np.full(12, 2**64 - 1, dtype="u8"), y=Y), 12),
    loaded("columns first", npz(X=np.asfortranarray(X), y=Y), 12),
    loaded("truth values", npz(X=X > 9, y=Y > 1), 12),
    loaded("labels in letters", npz(X=X, y=np.array(list("abcabcabcabc"))), 12),
    loaded("labels in bytes", npz(X=X, y=np.array([b"a", b"b"] * 6)), 12),
    loaded("labels in a column", npz(X=X, y=Y[:, None]), 12),
    noted("labels one-hot", npz(X=X, y=np.eye(3)[Y]), "one-hot", 12),
    noted("numbers that are none", npz(X=np.where(X > 20, np.inf, X), y=Y), "infinite", 12),
    loaded("missing numbers", npz(X=np.where(X > 20, np.nan, X), y=Y), 12),
    noted("arrays of several lengths", npz(X=X, y=Y, other=np.ones(5)), "other [5]", 12),
    loaded("images in grey", npz(x=np.zeros((12, 4, 5), "u1"), y=Y), 12),
    loaded("images in colours, last", npz(x=np.zeros((12, 4, 5, 3), "u1"), y=Y), 12),
    loaded("images in colours, first", npz(x=np.zeros((12, 3, 4, 5), "u1"), y=Y), 12),
    loaded("images of broken numbers", npz(x=np.zeros((12, 4, 5), "f4"), y=Y), 12),
    loaded("a wide matrix", npz(X=np.zeros((12, 300)), y=Y), 12),
    loaded("an .npy of a matrix", written("a.npy", npy(X)), 12),
    loaded("a member with a folder in its name", named("sub/X.npy"), 12),
    loaded("a member with a name upwards", named("../../X.npy"), 12),
    loaded("a member with a name from the root", named("/etc/X.npy"), 12),
    loaded("a member with a name of Windows", named("..\\..\\X.npy"), 12),
    loaded("a member with the name of a device", named("CON.npy"), 12),
    loaded("a member that is a link", linked, 12),
    loaded("packed by deflate", packed(zipfile.ZIP_DEFLATED), 12),
    noted("a single number beside rows", npz(X=X, y=Y, lr=np.float64(0.1)), "lr []", 12),
    noted("an empty array beside rows", npz(X=X, y=Y, none=np.zeros(0)), "none [0]", 12),
    noted("texts in a matrix beside rows", npz(X=X, y=Y, names=np.array([["a", "b"]] * 12)), "names was left out", 12),
    loaded("version 2 of the header", raw(X=npy(X, version=(2, 0)), y=npy(Y)), 12),
    loaded("version 3 of the header", raw(X=npy(X, version=(3, 0)), y=npy(Y)), 12),
]

BROKEN = [
    refused("Python objects", objects(), "Python objects, which could run a program"),
    refused("Python objects in an .npy", objects("a.npy"), "Python objects"),
    refused("a pickle under the name", pickled("a.npz"), "whole zip file"),
    refused("a pickle as an .npy", pickled("a.npy"), "as NumPy stores it"),
    refused("a pickle as a member", raw(X=b"\x80\x04\x95" + bytes(40)), "as NumPy stores it"),
    refused("a text under the name", written("a.npz", GOOD), "whole zip file"),
    refused("an empty .npz", written("a.npz", b""), "an empty file"),
    refused("an empty .npy", written("a.npy", b""), "an empty file"),
    refused("an archive of nothing", written("a.npz", archive()), "at least one array"),
    refused("an archive of a text", named("readme.txt"), "Expected only arrays"),
    refused("a name of 200 letters", named("x" * 200 + ".npy"), "Expected only arrays"),
    refused("a name that cannot be printed", named("x\x07\x1b.npy"), "Expected only arrays"),
    refused("complex numbers", npz(X=X.astype("c16"), y=Y), "plain numbers"),
    refused("dates", npz(X=np.array(["2024-01-01"] * 12, dtype="M8[D]"), y=Y), "plain numbers"),
    refused("structured rows", npz(X=np.zeros(12, dtype=[("a", "f8"), ("b", "i4")])), "plain numbers"),
    refused("raw bytes", npz(X=np.zeros(12, dtype="V5"), y=Y), "plain numbers"),
    refused("long double", raw(X=header(described("'<f16'", shape="(12,)"), bytes(192))), "plain numbers"),
    refused("texts of 10 000 letters", raw(X=header(described("'<U10000'"), bytes(80_000))), "plain numbers"),
    refused("six dimensions", npz(X=np.zeros((12, 1, 1, 1, 1, 2))), "dimensions"),
    refused("a single number alone", npz(lr=np.float64(0.1)), "arrays with rows"),
    refused("no rows", npz(X=np.zeros((0, 2)), y=np.zeros(0)), "arrays with rows"),
    refused("more numbers than memory", raw(X=header(described(shape="(4611686018427387904,)"))), "bytes of numbers"),
    refused(
        "a product that overflows", raw(X=header(described(shape="(4294967296, 4294967296, 16)"))), "bytes of numbers"
    ),
    refused("a terabyte claimed", raw(X=header(described(shape="(137438953472,)"), bytes(64))), "bytes of numbers"),
    refused("less than nothing", raw(X=header(described(shape="(-2,)"), bytes(16))), "plain numbers"),
    refused("a shape of 255 sizes", raw(X=header(described(shape=f"({'1, ' * 255})"), bytes(8))), ""),
    refused("one byte short", raw(X=header(described(), bytes(15))), "16 bytes of numbers. Received: 15"),
    refused("one byte long", raw(X=header(described(), bytes(17))), "16 bytes of numbers. Received: 17"),
    refused(
        "a header that is a program",
        raw(X=header(described("__import__('os').system('touch SENTINEL_EVAL')"))),
        "plain numbers",
    ),
    refused("a header that is another literal", raw(X=header("['<f8', False, (2,)]", bytes(16))), "plain numbers"),
    refused("a header of 60 kB", raw(X=header(described() + " " * 60_000, bytes(16))), ""),
    refused("a header that says it is longer", raw(X=b"\x93NUMPY\x01\x00\xff\xff{'descr'"), ""),
    refused("a version of the future", raw(X=header(described(), bytes(16), b"\x09\x00")), "as NumPy stores it"),
    refused("only the sign", raw(X=b"\x93NUMPY"), "as NumPy stores it"),
    refused("a zip bomb", packed(zipfile.ZIP_DEFLATED, 80 << 20), "200 to 1"),
    refused("packed by bzip2", packed(zipfile.ZIP_BZIP2), "another packing"),
    refused("packed by lzma", packed(zipfile.ZIP_LZMA), "another packing"),
    refused("five thousand members", many(5_000), "at most 4096 parts"),
    refused("a member twice", twice, "a part twice"),
    refused("overlapping members", overlapping, ""),
    refused("a size that is too small", lying(CENTRAL, 24, 5), ""),
    refused("a size that is too large", lying(CENTRAL, 24, 2**31), ""),
    refused("a wrong checksum", lying(CENTRAL, 16, 12345), ""),
    refused("a password", lying(CENTRAL, 8, 1, 2), "another packing"),
    refused("a place behind the end", lying(CENTRAL, 42, 2**30), ""),
    refused("another name inside", lying(LOCAL, 30, ord("Z"), 1), ""),
    refused("a directory behind the end", written("a.npz", WHOLE[:-6] + struct.pack("<LH", 2**31, 0)), ""),
    refused(
        "a directory of 70 000 entries",
        written("a.npz", WHOLE[:-14] + struct.pack("<2H2LH", 65_535, 65_535, 100, 0, 0)),
        "",
    ),
    *(
        refused(f"cut after {n} bytes", written("a.npz", WHOLE[:n]), "whole zip file")
        for n in (1, 30, 200, len(WHOLE) - 30, len(WHOLE) - 1)
    ),
]

CASES: tuple[Odd, ...] = (*ODD, *BROKEN)
