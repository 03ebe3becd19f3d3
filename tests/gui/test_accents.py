"""A hat over a letter lies over it, close, in every size and theme; words without marks are as wide."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import FontSize, font
from dlviz.gui.widgets.accents import accents, bare, paint_accented

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def ink(words: str, size: FontSize, is_bold: bool) -> np.ndarray:
    """Return where pixels are dark, (height, width)."""
    image = QImage(200, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as p:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setFont(font(size, is_bold=is_bold))
        paint_accented(p, QRectF(10, 0, 180, 40), LEFT, words)
    return np.array(image.constBits()).reshape(40, image.bytesPerLine())[:, :200] < 160


def test_words_are_parted_from_their_marks() -> None:
    assert bare("√v̂ + m̂ ŷ") == "√v + m ŷ"
    assert accents("√v̂ + m̂") == [(1, "\u0302"), (5, "\u0302")]


@pytest.mark.parametrize("size", ["small", "normal", "large"])
@pytest.mark.parametrize("is_bold", [False, True])
def test_a_hat_lies_over_its_letter(qtbot: QtBot, size: FontSize, is_bold: bool) -> None:
    plain, hatted = ink("a = m + v", size, is_bold), ink("a = m̂ + v", size, is_bold)
    rows, columns = np.nonzero(hatted & ~plain)
    metrics = QFontMetrics(font(size, is_bold=is_bold))
    left, right = (10 + metrics.horizontalAdvance(each) for each in ("a = ", "a = m"))
    assert len(rows) and not (plain & ~hatted).any()
    assert left <= columns.min() and columns.max() <= right
    assert abs((columns.min() + columns.max()) / 2 - (left + right) / 2) <= 1.5
    top = np.nonzero(plain[:, left:right])[0].min()
    assert 0 <= top - rows.max() <= metrics.xHeight() / 2
