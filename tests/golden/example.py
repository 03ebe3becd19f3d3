"""One worked example: what it gives, what it expects, and whether everything it expects was compared."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

DIGITS = 1e-10  # ten significant digits
ROUTES = ("document", "formula graph", "rule", "schedule", "data tool", "count", "optimizer", "loss")


@cache
def _given() -> Mapping[str, Mapping[str, Any]]:
    text = Path(__file__).with_name("worked_examples.json").read_text(encoding="utf-8")
    return {each["id"]: each for each in json.loads(text)["examples"]}


def example_ids() -> tuple[str, ...]:
    """Return the ids of all worked examples, in order."""
    return tuple(_given())


class Example:
    """A worked example. Every expected value must be compared with `check`, or left with a reason.

    Values are addressed by their keys joined with "/", such as "first_student/loss".
    """

    def __init__(self, key: str) -> None:
        given = _given()[key]
        self.title: str = given["title"]
        self.inputs: dict[str, Any] = given.get("inputs", {})
        self.parameters: dict[str, Any] = given.get("parameters", {})
        self.expected: dict[str, Any] = given["expected"]
        self._open = dict(_leaves(self.expected))

    def __getitem__(self, place: str) -> Any:
        """Return what is expected at a place."""
        return dict(_places(self.expected))[place]

    def check(self, place: str, actual: Any, rtol: float = DIGITS, atol: float = 0.0) -> None:
        """Compare a computed value, text, list or mapping with what is expected there."""
        _compare(place, actual, self[place], rtol, atol)
        self._close(place)

    def leave(self, place: str, reason: str) -> None:
        """Leave a value uncompared, for a reason that a reader accepts: it is a remark, or said elsewhere."""
        assert reason
        self[place]
        self._close(place)

    def _close(self, place: str) -> None:
        for leaf in [leaf for leaf in self._open if leaf == place or leaf.startswith(f"{place}/")]:
            del self._open[leaf]

    def assert_everything_compared(self) -> None:
        """Fail if an expected value was never looked at."""
        assert not self._open, f"never compared: {', '.join(self._open)}"


def _places(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Give every value by its place; a key may hold a "/" of its own."""
    yield place, value
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(part, f"{place}/{key}" if place else str(key))


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, f"{place}/{key}" if place else str(key))
    else:
        yield place, value


def _is_beyond_floats(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > 2**53


def _compare(place: str, actual: Any, expected: Any, rtol: float, atol: float) -> None:
    if isinstance(expected, dict):
        assert set(actual) == set(expected), place
        for key in expected:
            _compare(f"{place}/{key}", actual[key], expected[key], rtol, atol)
    elif isinstance(expected, list) and any(isinstance(each, dict | str) for each in expected):
        assert len(actual) == len(expected), place
        for number, (one, other) in enumerate(zip(actual, expected, strict=True)):
            _compare(f"{place}/{number}", one, other, rtol, atol)
    elif isinstance(expected, str | bool) or expected is None or _is_beyond_floats(expected):
        assert actual == expected, place
    else:
        assert np.shape(actual) == np.shape(expected), f"{place}: {np.shape(actual)} is not {np.shape(expected)}"
        np.testing.assert_allclose(np.asarray(actual, dtype=float), expected, rtol, atol, err_msg=place)
