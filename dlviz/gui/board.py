"""Numbers as they come out at the board, where every intermediate is rounded."""

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.numbers import MINUS
from dlviz.i18n import tr


def board_number(value: float, decimals: int) -> str:
    """Write a result with one decimal more than is carried on: 0.09101, where 0.0910 is carried on."""
    text = fixed(value, decimals + 1)
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals, and a true minus."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", MINUS)


def board_words(numbers: str, value: float, decimals: int) -> str:
    """Say what a step comes to at the board, from which numbers, and what is carried on."""
    found, kept = board_number(value, decimals), fixed(float(np.round(value, decimals)), decimals)
    right = f"{numbers} = {found}" if numbers else found
    return tr("By hand, {decimals} decimals: {right}, carried on as {kept}", decimals=decimals, right=right, kept=kept)


def board_summary(values: NDArray[np.generic], decimals: int) -> str:
    """Write the few numbers of a step as they come out at the board."""
    return " ".join(board_number(float(each), decimals) for each in values.reshape(-1))
