"""Arrays of NumPy and IDX files: what they become, and what of them is never believed."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data.formats import format_of
from dlviz.data.formats.idx import labels_beside
from dlviz.data.formats.npz import image_shape
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices
from dlviz.data.table_dataset import to_dataset
from tests.guards import at_once
from tests.unit.data.made_files import idx_bytes, write_idx_pair


def saved(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_arrays_of_one_length_become_columns(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", X=np.arange(12.0).reshape(6, 2), y=np.array(["a", "b"] * 3), other=np.ones(4))
    table = read_table(path)
    assert [column.name for column in table.info.columns] == ["X[0]", "X[1]", "y"]
    assert table.info.columns[2].categories == ("a", "b")
    assert table.info.notes == ("Arrays of another length than 6 were left out: other [4].",)
    dataset = to_dataset(table)
    assert dataset.inputs.tolist() == np.arange(12.0).reshape(6, 2).tolist()
    assert dataset.targets.tolist() == [0, 1] * 3


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2", ">u4", "|b1", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_plain_kind_of_number_is_read(tmp_path: Path, dtype: str, order: Any) -> None:
    numbers = np.array(np.arange(12).reshape(6, 2) % 2, dtype=dtype, order=order)
    table = read_table(saved(tmp_path / "a.npz", X=numbers, y=np.arange(6.0)))
    assert table.arrays["X[1]"].tolist() == [1.0] * 6


def test_images_are_stored_as_bytes_and_become_0_to_1(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (10, 5, 4, 3), dtype=np.uint8)
    table = read_table(saved(tmp_path / "a.npz", x=images, label=np.arange(10) % 2))
    assert table.arrays["x"].dtype == np.uint8
    dataset = to_dataset(table, reading="classes")
    assert dataset.image_shape == (3, 5, 4)
    np.testing.assert_allclose(dataset.inputs[3].reshape(3, 5, 4), np.moveaxis(images[3], -1, 0) / 255, rtol=1e-15)
    assert any("divided by 255" in note for note in dataset.notes)


def test_one_hot_targets_become_classes(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", X=np.random.default_rng(0).random((9, 2)), y=np.eye(3)[np.arange(9) % 3])
    dataset = to_dataset(read_table(path))
    assert (dataset.task, dataset.targets.tolist()) == ("multiclass", [0, 1, 2] * 3)
    assert any("one-hot" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("shape", "image"),
    [((8, 9), (1, 8, 9)), ((8, 9, 3), (3, 8, 9)), ((3, 8, 9), (3, 8, 9)), ((8, 9, 5), None), ((2, 2, 2, 2), None)],
)
def test_shapes_of_images(shape: tuple[int, ...], image: Any) -> None:
    assert image_shape(shape)[0] == image


def test_python_objects_are_refused_and_never_made(tmp_path: Path) -> None:
    sentinel = tmp_path / "SENTINEL"

    class Bomb:
        def __reduce__(self) -> Any:
            return (open, (str(sentinel), "w"))

    path = saved(tmp_path / "a.npz", X=np.array([Bomb(), Bomb()], dtype=object), y=np.arange(2.0))
    with pytest.raises(DataError, match="Python objects, which could run a program"):
        read_table(path)
    assert not sentinel.exists()


def npy(header: str, body: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x93NUMPY", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", bytes(15)),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", bytes(16)),
        npy("{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,), }", bytes(16)),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 2), }", bytes(16)),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", bytes(16)),
        npy("{'descr': '<U99999', 'fortran_order': False, 'shape': (2,), }", bytes(16)),
    ],
)  # fmt: skip
def test_headers_that_lie_are_refused_before_any_allocation(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", data)
    with pytest.raises(DataError):
        read_table(path)


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(300 << 20))
    with pytest.raises(DataError, match="at most 200 to 1 packed"):
        read_table(path)


@pytest.mark.parametrize("name", ["../x.npy", "/etc/x.npy", "..\\x.npy", "CON.npy", "a/b.npy"])
def test_names_of_members_never_become_paths(tmp_path: Path, name: str) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(4.0))
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, buffer.getvalue())
    read_table(path)
    assert list(tmp_path.iterdir()) == [path]


def test_images_and_labels_of_idx_files(tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 40)
    table = read_table(images, ReadChoices(labels=str(labels)))
    dataset = to_dataset(table)
    assert dataset.image_shape == (1, 28, 28)
    assert dataset.targets.tolist() == [index % 10 for index in range(40)]
    np.testing.assert_allclose(dataset.inputs * 255, np.frombuffer(images.read_bytes()[16:], np.uint8).reshape(40, 784))


def test_packed_idx_files_are_the_same(tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 12)
    packed = tmp_path / "train-images-idx3-ubyte.gz"
    packed.write_bytes(gzip.compress(images.read_bytes()))
    plain, same = (read_table(path, ReadChoices(labels=str(labels))) for path in (images, packed))
    np.testing.assert_array_equal(plain.arrays["image"], same.arrays["image"])


def test_labels_are_taken_only_where_they_were_chosen(tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 5)
    assert labels_beside(images) == labels.name
    table = read_table(images)
    assert [column.name for column in table.info.columns] == ["image"]
    assert "No labels yet" in table.info.notes[0]
    with pytest.raises(DataError, match="Expected images. Received: 5 labels"):
        read_table(labels)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0\0\x08", "does not begin like one"),
        (b"\0\0\x07\x01\0\0\0\1x", "does not begin like one"),
        (b"\0\0\x08\x00", "1 to 4 dimensions"),
        (b"\0\0\x08\x03\0\0", "cut off"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "at most"),
        (idx_bytes(np.ones((2, 3, 3), np.uint8))[:-1], "18 bytes of numbers. Received: 17"),
        (idx_bytes(np.ones((2, 3, 3), np.uint8)) + b"x", "18 bytes of numbers. Received: more"),
        (gzip.compress(idx_bytes(np.ones((2, 3, 3), np.uint8)))[:-9], "gzip"),
        (b"\x1f\x8b" + b"x" * 40, "gzip"),
    ],
)
def test_broken_idx_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x-images-idx3-ubyte"
    path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_table(path)


def test_sixty_thousand_images_are_ready_in_five_seconds(tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 60_000)
    with at_once(15.0):  # 2 s on a quiet machine
        dataset = to_dataset(read_table(images, ReadChoices(labels=str(labels))))
    assert (dataset.inputs.shape, dataset.is_streamed) == ((60_000, 784), True)


def test_formats_are_found_by_the_end_of_the_name(tmp_path: Path) -> None:
    names = {
        "a.npz": "npz",
        "t10k-images-idx3-ubyte": "idx",
        "x.idx1-ubyte.gz": "idx",
        "A.JSONL": "jsonl",
        "a.txt": "text",
    }
    assert {name: format_of(tmp_path / name).key for name in names} == names
    assert format_of(tmp_path).key == "images"


def test_json_lines_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"x": 1.5, "k": 'a,"b"\n'}, {"x": None, "k": "c", "z": True}, {"k": "c", "x": -2e3}]
    path.write_text("\n\n".join(map(json.dumps, rows)) + "\n")
    table = read_table(path)
    assert [(column.name, column.type) for column in table.info.columns] == [
        ("x", "number"), ("k", "category"), ("z", "category"),
    ]  # fmt: skip
    np.testing.assert_array_equal(table.arrays["x"], [1.5, np.nan, -2000.0])
    assert table.info.n_rows == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1, 2]", "Received: list in line 2"),
        ("{'x': 1}", "in line 2"),
        ('{"x": 1, "x": 2}', "a key twice in line 2"),
        ('{"x": ' + "[" * 40 + "]" * 40 + "}", "nested over 16 times in line 2"),
        ('{"x": "' + "y" * 70_000 + '"}', "longer one in line 2"),
        ("\ud800", "another byte in line 2"),
    ],
)
def test_lines_that_are_no_rows_are_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(('{"x": 1}\n' + line + "\n").encode("utf-8", "surrogatepass"))
    with pytest.raises(DataError, match=message):
        read_table(path)


def test_sentences_of_a_file_are_the_worked_example(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("the sun is shining\tnice\nthe wind is cold and the sea is rough\tbad\nCold wind, and sun!\tnice\n")
    dataset = to_dataset(read_table(path))
    assert dataset.input_names == ("and", "cold", "is", "rough", "sea", "shining", "sun", "the", "wind")
    assert dataset.inputs.astype(int).tolist() == [
        [0, 0, 1, 0, 0, 1, 1, 1, 0], [1, 1, 2, 1, 1, 0, 0, 2, 1], [1, 1, 0, 0, 0, 0, 1, 0, 1],
    ]  # fmt: skip
    assert dataset.is_text and dataset.row_names[2] == "Cold wind, and sun!"
    kept = read_table(path, ReadChoices(fold_case=False)).info.columns[0].categories
    assert "Cold" in kept and "cold" in kept


def test_only_the_most_frequent_words_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    names = ["".join(chr(97 + int(digit)) for digit in f"{index:04d}") for index in range(1500)]
    path.write_text("text\tkind\n" + "".join(f"very {name} much\t{'ab'[i % 2]}\n" for i, name in enumerate(names)))
    column = read_table(path).info.columns[0]
    assert column.shape == (1000,) and {"very", "much"} < set(column.categories)
