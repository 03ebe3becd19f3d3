"""Folders of images by class: one size, every resizing told, nothing else opened, images while others load."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlviz.core.errors import DataError
from dlviz.data.picture_progress import Progress
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices
from dlviz.data.table_dataset import to_dataset
from tests.unit.data.made_files import write_pictures


def test_folders_are_classes_and_pixels_are_inputs(tmp_path: Path) -> None:
    dataset = to_dataset(read_table(write_pictures(tmp_path / "set", 6)))
    assert dataset.class_names == ("cat", "dog") and dataset.targets.tolist() == [0, 0, 0, 1, 1, 1]
    assert dataset.image_shape == (3, 12, 16)
    np.testing.assert_allclose(dataset.inputs[4].reshape(3, -1)[:, 0] * 255, [3, 0, 200])
    assert dataset.row_names[:2] == ("cat/00000.png", "cat/00002.png")


def test_every_resizing_and_everything_left_out_is_told(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "set", 8)
    Image.new("RGB", (40, 30)).save(folder / "cat" / "wide.png")
    Image.new("RGB", (7, 9)).save(folder / "dog" / "small.png")
    (folder / "cat" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 60)
    (folder / "cat" / "text.png").write_text("no image")
    (folder / "notes.txt").write_text("x")
    (folder / "dog" / "link.png").symlink_to("/etc/passwd")
    info = read_table(folder).info
    assert info.n_rows == 10
    text = "\n".join(info.notes)
    assert "Images of 30 × 40 resized to 12 × 16: 1." in text
    assert "Images of 9 × 7 resized to 12 × 16: 1." in text
    assert "cat/broken.png" in text and "cat/text.png" in text
    assert "left out: dog/link.png, notes.txt" in text


def test_size_and_colour_are_chosen(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "set", 4, (128, 256))
    assert read_table(folder).info.columns[0].shape == (3, 32, 64)
    chosen = read_table(folder, ReadChoices(image_size=(8, 8), colour="grey"))
    assert chosen.info.columns[0].shape == (1, 8, 8)
    assert "Images of 128 × 256 resized to 8 × 8: 4." in chosen.info.notes


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P", "RGBA", "RGB"])
def test_every_kind_of_pixels_is_read(tmp_path: Path, mode: str) -> None:
    for kind in "ab":
        (tmp_path / kind).mkdir()
        Image.new(mode, (4, 4)).save(tmp_path / kind / "x.png")
    assert read_table(tmp_path).info.columns[0].shape[0] == (1 if mode in ("1", "L", "LA", "I;16") else 3)


def test_sixteen_bits_keep_their_levels(tmp_path: Path) -> None:
    levels = np.array([[0, 32_768], [65_535, 256]], dtype=np.uint16)
    for kind in "ab":
        (tmp_path / kind).mkdir()
        Image.fromarray(levels).save(tmp_path / kind / "x.png")
    assert read_table(tmp_path).arrays["image"][0].tolist() == [0, 127, 255, 0]


def test_images_are_told_while_others_load_and_cancelling_ends_it(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "set", 2000, (24, 24))
    seen: list[Progress] = []
    whole = read_table(folder, tell=seen.append)
    assert whole.info.n_rows == 2000
    part = next(each for each in seen if 0 < each.done < 2000)
    assert part.total == 2000 and 0 < len(part.images) <= 60
    told = len(seen)
    with pytest.raises(DataError, match="cancelled"):
        read_table(folder, cancelled=lambda: len(seen) > told, tell=seen.append)
    assert seen[-1].done < 2000, "the rest of them was not read any more"


def test_a_picture_of_too_many_pixels_is_left_out_unopened(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "set", 4)
    Image.new("1", (60_000, 1_100)).save(folder / "cat" / "huge.png")
    info = read_table(folder).info
    assert info.n_rows == 4 and any("cat/huge.png" in note and "pixels" in note for note in info.notes)


@pytest.mark.parametrize("make", ["empty", "flat", "all_broken", "unreadable"])
def test_folders_without_images_of_classes_are_refused(tmp_path: Path, make: str) -> None:
    if make == "flat":
        Image.new("L", (4, 4)).save(tmp_path / "x.png")
    if make == "all_broken":
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "x.png").write_text("no image")
    target = tmp_path / "nothing" if make == "unreadable" else tmp_path
    with pytest.raises(DataError, match="Expected"):
        read_table(target)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = write_pictures(tmp_path / "outside", 4)
    inside = write_pictures(tmp_path / "set", 4)
    os.symlink(outside / "cat", inside / "elsewhere")
    info = read_table(inside).info
    assert info.n_rows == 4 and any("elsewhere" in note for note in info.notes)
