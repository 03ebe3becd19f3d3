"""Augmented images: against loops over pixels, addressed by seed, epoch and row, and the same whoever asks."""

import math
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DataError, SpecError
from dlviz.core.randomness import Stream
from dlviz.data.augmentation import KNOTS, SETTINGS, VARIANTS, augmenter, is_active
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec, SplitSpec

DIGITS = datasets.get("digits").build({})
ROWS = np.array([3, 17, 400])


def variants(
    settings: dict[str, Any], rows: np.ndarray = ROWS, epoch: int = 2, dataset: Dataset = DIGITS
) -> np.ndarray:
    made = augmenter(settings, dataset, np.arange(dataset.n), 5)
    return made.variants(dataset.inputs[rows], rows, epoch)


def reference(
    image: np.ndarray, settings: dict[str, Any], row: int, epoch: int, low: float, seed: int = 5
) -> np.ndarray:
    """One image (h, w), pixel by pixel."""
    height, width = image.shape
    drawn = Stream(seed, "augmentation").uniforms((epoch << 32) + row, 5 + 2 * KNOTS**2)
    mirror, across, up, turn, zoom = 2 * drawn[:5] - 1
    knots = (2 * drawn[5:] - 1).reshape(2, KNOTS, KNOTS)
    angle = math.radians(settings.get("rotate", 0.0)) * turn
    made = np.zeros_like(image)
    for y, x in product(range(height), range(width)):
        dy = y - (height - 1) / 2 - settings.get("shift", 0.0) * height * up
        dx = x - (width - 1) / 2 - settings.get("shift", 0.0) * width * across
        scale = 1 + settings.get("zoom", 0.0) * zoom
        from_y = (math.cos(angle) * dy - math.sin(angle) * dx) / scale
        from_x = (math.sin(angle) * dy + math.cos(angle) * dx) / scale
        from_x = -from_x if settings.get("flip") and mirror < 0 else from_x
        pull_y, pull_x = (knot_value(each, y / (height - 1), x / (width - 1)) for each in knots)
        from_y += (height - 1) / 2 + settings.get("distort", 0.0) * height * pull_y
        from_x += (width - 1) / 2 + settings.get("distort", 0.0) * width * pull_x
        for ky, kx in product((0, 1), (0, 1)):
            at_y, at_x = math.floor(from_y) + ky, math.floor(from_x) + kx
            share = (1 - abs(from_y - at_y)) * (1 - abs(from_x - at_x))
            if settings.get("outside") == "edge":
                at_y, at_x = min(max(at_y, 0), height - 1), min(max(at_x, 0), width - 1)
            is_inside = 0 <= at_y < height and 0 <= at_x < width
            made[y, x] += share * (image[at_y, at_x] if is_inside else low)
    return made


def knot_value(knots: np.ndarray, y: float, x: float) -> float:
    """Interpolate between the knots at shares of the sides."""
    y, x = y * (KNOTS - 1), x * (KNOTS - 1)
    return float(sum(
        max(1 - abs(y - ky), 0) * max(1 - abs(x - kx), 0) * knots[ky, kx] for ky in range(KNOTS) for kx in range(KNOTS)
    ))  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        {"flip": True}, {"shift": 0.2}, {"rotate": 30.0}, {"zoom": 0.4}, {"distort": 0.15},
        {"flip": True, "shift": 0.1, "rotate": 90.0, "zoom": 0.3, "distort": 0.1, "outside": "edge"},
    ],
    ids=str,
)  # fmt: skip
def test_pixels_come_from_where_a_loop_takes_them(settings: dict[str, Any]) -> None:
    found = variants(settings)
    for k, row in enumerate(ROWS.tolist()):
        image = DIGITS.inputs[row].reshape(8, 8)
        np.testing.assert_allclose(found[k].reshape(8, 8), reference(image, settings, row, 2, 0.0), atol=1e-9)


def test_nothing_is_changed_without_a_setting() -> None:
    np.testing.assert_array_equal(variants({}), DIGITS.inputs[ROWS])
    assert not is_active({"outside": "edge"})
    assert is_active({"noise": 0.1})


def test_half_of_the_images_are_mirrored_exactly() -> None:
    rows = np.arange(1000)
    found = variants({"flip": True}, rows).reshape(-1, 8, 8)
    images = DIGITS.inputs[rows].reshape(-1, 8, 8)
    is_mirrored = (found == images[:, :, ::-1]).all(axis=(1, 2))
    is_same = (found == images).all(axis=(1, 2))
    assert (is_mirrored | is_same).all()
    assert is_mirrored.mean() == pytest.approx(0.5, abs=0.05)


def test_noise_has_the_stated_deviation_within_the_range_of_pixels() -> None:
    rows = np.arange(1500)
    found = variants({"noise": 0.05}, rows)
    middle = (DIGITS.inputs[rows] > 5) & (DIGITS.inputs[rows] < 11)  # far from the ends, where noise is cut
    difference = (found - DIGITS.inputs[rows])[middle]
    assert difference.std() == pytest.approx(0.05 * 16, rel=0.03)
    assert abs(difference.mean()) < 0.02
    assert found.min() == 0.0
    assert found.max() == 16.0


def test_a_variant_depends_on_seed_epoch_and_row_alone() -> None:
    settings = {"rotate": 20.0, "noise": 0.1, "distort": 0.1}
    whole = variants(settings, np.arange(50))
    np.testing.assert_array_equal(variants(settings, np.array([7])), whole[[7]])
    np.testing.assert_array_equal(variants(settings, np.arange(50)), whole)
    assert not np.array_equal(variants(settings, np.arange(50), epoch=3), whole)
    copied = replace(DIGITS, inputs=np.repeat(DIGITS.inputs[:1], 2, axis=0), targets=DIGITS.targets[:2])
    one, other = variants(settings, np.arange(2), dataset=copied)
    assert not np.array_equal(one, other), "two rows of one image differ"


def test_every_plane_of_a_coloured_image_moves_alike() -> None:
    planes = np.concatenate([DIGITS.inputs[:5], 16 - DIGITS.inputs[:5]], axis=1)
    coloured = replace(DIGITS, inputs=planes, targets=DIGITS.targets[:5], image_shape=(2, 8, 8))
    found = variants({"rotate": 40.0, "outside": "edge"}, np.arange(5), dataset=coloured)
    np.testing.assert_allclose(found[:, :64] + found[:, 64:], 16.0, atol=1e-9)


def test_what_comes_in_is_the_background_of_each_plane_be_it_dark_or_light() -> None:
    planes = np.concatenate([DIGITS.inputs[:50], 16 - DIGITS.inputs[:50]], axis=1)
    two = replace(DIGITS, inputs=planes, targets=DIGITS.targets[:50], image_shape=(2, 8, 8))
    found = variants({"shift": 0.3, "rotate": 30.0}, np.arange(50), dataset=two)
    np.testing.assert_allclose(found[:, :64] + found[:, 64:], 16.0, atol=1e-9)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_a_scaling_is_measured_on_rows_that_train_and_on_their_variants(scaling: Any) -> None:
    settings = {"shift": 0.2, "rotate": 20.0}
    few = replace(DIGITS, inputs=DIGITS.inputs[:12], targets=DIGITS.targets[:12])
    spec = DataSpec("table", split=SplitSpec(validation=0.25), scaling=scaling, dataset=few, augmentation=settings)
    prepared = prepare(spec)
    seen = [few.inputs[row] for row in prepared.train]
    for row, epoch in product(prepared.train.tolist(), range(VARIANTS)):
        seen.append(reference(few.inputs[row].reshape(8, 8), settings, row, epoch, 0.0, seed=0).ravel())
    rows = np.array(seen)
    centre, spread = (rows.mean(0), rows.std(0)) if scaling == "standard" else (rows.min(0), np.ptp(rows, axis=0))
    varies = spread > 1e-12
    wanted = np.where(varies, (few.inputs - centre) / np.where(varies, spread, 1), 0)
    np.testing.assert_allclose(prepared.inputs, wanted, atol=1e-8)
    assert any("Varied images" in sentence for sentence in prepared.scaler.describe())


def test_what_is_no_image_or_no_setting_is_refused() -> None:
    with pytest.raises(DataError, match="Expected images to augment"):
        augmenter({}, datasets.get("iris").build({}), np.arange(10), 0)
    with pytest.raises(SpecError, match="Expected settings among"):
        augmenter({"flop": True}, DIGITS, np.arange(10), 0)
    with pytest.raises(SpecError, match="rotate to be a number at least 0 and at most 180"):
        augmenter({"rotate": 200}, DIGITS, np.arange(10), 0)
    assert {each.name for each in SETTINGS} == {"flip", "shift", "rotate", "zoom", "distort", "noise", "outside"}
