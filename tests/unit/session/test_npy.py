"""Arrays in NPY format 1.0: what NumPy writes is read, and no header is believed."""

import io

import numpy as np
import pytest

from dlviz.core.errors import DocumentError
from dlviz.session.files.npy import read_npy, write_npy
from dlviz.session.limits import ARRAY_BYTES
from tests.guards import at_once


def with_header(header: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + body


def described(descr: str = "<f8", order: str = "False", shape: str = "(2,)") -> str:
    return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i8", "|b1"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 2, 3, 4), (1, 1, 1, 2, 1, 1, 1, 1)])
def test_numpy_and_we_read_each_other(dtype: str, shape: tuple[int, ...]) -> None:
    array = (np.arange(np.prod(shape, dtype=int)) % 2).reshape(shape).astype(dtype)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    assert np.array_equal(read_npy(buffer.getvalue()), array)
    back = np.lib.format.read_array(io.BytesIO(write_npy(array)), allow_pickle=False)
    assert back.dtype == array.dtype
    assert back.shape == shape
    assert np.array_equal(back, array)


@pytest.mark.parametrize("n", [1, 12, 123, 1234])
def test_numbers_begin_at_a_multiple_of_64_bytes(n: int) -> None:
    assert (len(write_npy(np.ones(n))) - 8 * n) % 64 == 0


def test_other_orders_are_written_as_plain_ones() -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert write_npy(np.asfortranarray(array)) == write_npy(array) == write_npy(array.astype(">f8"))


def test_what_is_read_cannot_be_changed() -> None:
    assert not read_npy(write_npy(np.ones(3))).flags.writeable


@pytest.mark.parametrize("dtype", ["f2", "i4", "c16", "U3", "O", "u1"])
def test_other_kinds_of_numbers_are_not_written(dtype: str) -> None:
    with pytest.raises(DocumentError, match="f4, f8, i8 or b1"):
        write_npy(np.zeros(2, dtype=dtype))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", with_header(described(), bytes(16), b"\x02\x00"),
        with_header(described(), bytes(15)), with_header(described(), bytes(17)), with_header(described()),
        with_header(described(shape="(4611686018427387904,)")), with_header(described(shape=f"({2**40},)")),
        with_header(described(shape="(-2,)"), bytes(16)), with_header(described(shape="(99999999999999999999,)")),
        with_header(described(shape=f"({2**32}, {2**32})")),
        with_header(described(shape=f"({2**32}, {2**32}, 0, 1)"), b"x"),
        with_header(described(shape=f"({'1, ' * 255})"), bytes(8)),
        with_header(described(shape="(1,1,1,1,1,1,1,1,1)"), bytes(8)),
        with_header(described(order="True"), bytes(16)), with_header(described(descr="|O"), bytes(16)),
        with_header(described(descr=">f8"), bytes(16)), with_header(described(descr="<f2"), bytes(4)),
        with_header(described(shape="(__import__('os').getpid(),)"), bytes(16)), with_header("[" * 60000),
        with_header(described(descr="|b1"), b"\x00\x02"), with_header(described(shape="(2 2)"), bytes(32)),
    ],
)  # fmt: skip
def test_a_lying_or_strange_header_is_refused_at_once(data: bytes) -> None:
    with at_once():
        with pytest.raises(DocumentError, match="Expected") as caught:
            read_npy(data, "arrays/a.npy")
        assert caught.value.place == "arrays/a.npy"


def test_the_cap_is_on_what_is_claimed() -> None:
    claimed = ARRAY_BYTES // 8 + 1
    with pytest.raises(DocumentError, match=str(claimed * 8)):
        read_npy(with_header(described(shape=f"({claimed},)"), b"x"))
