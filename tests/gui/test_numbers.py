"""Numbers are written with four digits and a true minus, and read as people type them."""

import math

import pytest
from PySide6.QtWidgets import QApplication

from dlviz.core.errors import SpecError
from dlviz.core.notation import Notation
from dlviz.gui.numbers import count, exact, full, how_many, number, parse_number, percent, use
from dlviz.gui.widgets.copying import copy_csv


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.593269992, "0.5933"), (-1.8531, "−1.853"), (0.05, "0.05"), (0, "0"), (-0.0, "0"), (12.0, "12"),
        (0.00031416, "0.0003142"), (123456.0, "123500"), (1.2e-5, "1.2×10⁻⁵"), (-3.45678e9, "−3.457×10⁹"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "not a number"), (9999.96, "10000"), (0.99996, "1"),
        (1.7976931348623157e308, "1.798×10³⁰⁸"), (5e-324, "4.941×10⁻³²⁴"),
    ],
)  # fmt: skip
def test_number_has_at_most_four_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_signed_numbers_write_the_plus() -> None:
    assert number(0.000438568, signed=True) == "+0.0004386"
    assert number(-2.0, signed=True) == "−2"


def test_full_keeps_every_digit() -> None:
    assert full(-0.1 - 0.2) == "−0.30000000000000004"


def test_counts_and_fractions() -> None:
    assert count(138000.4) == "138\u202f000"
    assert percent(0.975) == "97.5\u202f%"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("1/2", 0.5),
        ("−3", -3.0),
        (" 1e-4 ", 1e-4),
        ("1 000", 1000.0),
        ("2*0,5", 1.0),
        ("-1/4", -0.25),
        ("(1+2)/4", 0.75),
        ("sqrt(2)", 2**0.5),
        ("e**-1", math.exp(-1)),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1/0", "nan", "inf", "1,2,3", "1//2", "1/(1-1)", "w", "[1, 2]", "1;2", "sample(0.5)", "import os"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="Expected a number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("whole", "written"),
    [
        (7, "7"),
        (138_000, "138\u202f000"),
        (999_999_999, "999\u202f999\u202f999"),
        (12_622_944_999 * 10**37, "1.26×10⁴⁷"),
    ],
)
def test_counts_of_any_size_are_short(whole: int, written: str) -> None:
    assert how_many(whole) == written


def test_counts_beyond_floats_are_written() -> None:
    assert how_many(10**400) == "1.00×10⁴⁰⁰"


@pytest.mark.parametrize(
    ("notation", "shown", "copied"),
    [
        (Notation(), "0.3333", "a,b\n0.3333333333333333,2\n"),
        (Notation(digits=7), "0.3333333", "a,b\n0.3333333333333333,2\n"),
        (Notation(decimal_sign="comma"), "0,3333", "a;b\n0,3333333333333333;2\n"),
    ],
)
def test_digits_and_decimal_sign_follow_the_notation(
    qapp: QApplication, notation: Notation, shown: str, copied: str
) -> None:
    use(notation)
    assert number(1 / 3) == shown
    assert number(1 / 3, 2) == shown[:4]
    assert full(-1 / 3) == "−" + exact(1 / 3)
    assert parse_number(shown) == parse_number(shown.replace(",", "."))
    copy_csv(("a", "b"), [(1 / 3, 2)])
    assert QApplication.clipboard().text() == copied
