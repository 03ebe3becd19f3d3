"""Drawings made into images like those of a data set."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.data.builtin import datasets
from dlviz.data.drawing import fit_of, fitted

DIGITS = datasets.get("digits").build({})
FIT = fit_of(DIGITS)


def drawn_like(row: int, side: int = 40, at: tuple[int, int] = (60, 70), large: int = 200) -> np.ndarray:
    """A digit of the set drawn on a large sheet, `side` pixels high, with its top left corner somewhere."""
    image = DIGITS.inputs[row].reshape(8, 8) / 16
    ink = np.zeros((large, large))
    ink[at[0] : at[0] + side, at[1] : at[1] + side] = np.kron(image, np.ones((side // 8, side // 8)))
    return ink


def test_digits_fill_their_image_from_top_to_bottom() -> None:
    assert FIT.shape == (1, 8, 8)
    assert (FIT.background, FIT.ink) == (0.0, 16.0)
    assert FIT.size == 1.0
    assert FIT.centre == pytest.approx((0.5, 0.5), abs=0.06)


@pytest.mark.parametrize("row", [0, 3, 11, 27])
def test_a_digit_drawn_anywhere_and_at_any_size_becomes_the_digit(row: int) -> None:
    wanted = DIGITS.inputs[row]
    for side, at in ((40, (60, 70)), (120, (10, 5)), (80, (100, 20))):
        found = fitted(drawn_like(row, side, at), FIT)
        assert np.corrcoef(found, wanted)[0, 1] > 0.85
    np.testing.assert_allclose(fitted(drawn_like(row, 40, (3, 5)), FIT), fitted(drawn_like(row), FIT), atol=1e-9)


def test_nothing_drawn_is_background() -> None:
    np.testing.assert_array_equal(fitted(np.zeros((128, 128)), FIT), np.zeros(64))


def test_dark_ink_on_white_is_drawn_dark() -> None:
    inverted = replace(DIGITS, inputs=16 - DIGITS.inputs)
    fit = fit_of(inverted)
    assert (fit.background, fit.ink) == (16.0, 0.0)
    np.testing.assert_allclose(fitted(drawn_like(3), fit), 16 - fitted(drawn_like(3), FIT), atol=1e-9)


def test_small_figures_in_large_images_stay_small() -> None:
    padded = np.zeros((DIGITS.n, 28, 28))
    padded[:, 6:22, 4:20] = np.kron(DIGITS.inputs.reshape(-1, 8, 8), np.ones((2, 2)))
    images = replace(DIGITS, inputs=padded.reshape(-1, 784), image_shape=(1, 28, 28))
    found = fitted(drawn_like(0), fit_of(images)).reshape(28, 28)
    inked = np.flatnonzero((found > 4).any(axis=1))
    assert inked[-1] - inked[0] + 1 == pytest.approx(16, abs=1)
    assert np.corrcoef(found.ravel(), padded[0].ravel())[0, 1] > 0.9


def test_ink_is_averaged_over_each_pixel() -> None:
    ink = np.zeros((64, 64))
    ink[:, :32] = 1.0  # a bar as high as the sheet, half as wide
    fit = replace(FIT, centre=(0.5, 0.5), size=1.0)
    found = fitted(ink, fit).reshape(8, 8)
    np.testing.assert_allclose(found.sum() / 16, 32.0, atol=0.5)
    np.testing.assert_allclose(found[:, 2:6], 16.0)
