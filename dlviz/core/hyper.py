"""One declaration of a setting; validation, forms, flags and bad-value tests come from it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dlviz.core.errors import DlvizError, SpecError, shown

Kind = Literal["float", "int", "bool", "choice", "text", "size"]

_SIZE = "a whole number, or two for height and width"


@dataclass(frozen=True)
class Hyper:
    """A setting of a registry entry: its default, limits and unit.

    An open limit is itself refused; those of a text count its characters. `log` asks for a logarithmic
    slider and search scale. A size is a whole number, or two for height and width, or one of its choices.
    reads: takes a text, or refuses it with a DlvizError. averages: it is the share of a running average that every step
    keeps, so that about 1/(1 − it) steps count.
    """

    name: str
    kind: Kind
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    is_open_minimum: bool = False
    is_open_maximum: bool = False
    unit: str = ""
    is_log: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    reads: Callable[[str], object] | None = None
    averages: bool = False

    def check(self, value: Any, place: str = "") -> Any:
        """Return value in this setting's type. Raises: SpecError outside type or limits."""
        if self.kind == "bool":
            fits = isinstance(value, bool)
        elif self.kind == "choice":
            fits = isinstance(value, str) and value in self.choices
        elif self.kind == "text":
            fits = isinstance(value, str) and self._within(len(value))
        elif self.kind == "size":
            fits = self._is_size(value)
        else:
            fits = self._is_number(value) and self._within(float(value))
        if not fits:
            raise SpecError(
                f"Expected {self.name} to be {self.expectation()}. Received: {self.name}={shown(value)}", place=place
            )
        if self.reads is not None:
            self._read(value, place)
        if self.kind == "size":
            return value if isinstance(value, str) else _whole_size(value)
        return float(value) if self.kind == "float" else int(value) if self.kind == "int" else value

    def _read(self, value: str, place: str) -> None:
        try:
            assert self.reads is not None
            self.reads(value)
        except DlvizError as error:
            where = f"{self.name}, {error.place}" if error.place else self.name
            raise SpecError(f"{where}: {error.message}", error.hint, place) from error

    def expectation(self) -> str:
        """Say in words which values are accepted."""
        if self.kind == "bool":
            return "true or false"
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        nouns = {"float": "a number", "int": "a whole number", "text": "a text of", "size": _SIZE}
        noun = nouns[self.kind] + "".join(f" or {word}" for word in self.choices)
        low = [] if self.minimum is None else [f"{'above' if self.is_open_minimum else 'at least'} {self.minimum:g}"]
        high = [] if self.maximum is None else [f"{'below' if self.is_open_maximum else 'at most'} {self.maximum:g}"]
        limits = " and ".join(low + high)
        if self.kind == "size":
            return f"{noun}, {limits}"
        return f"{noun} {limits} characters" if self.kind == "text" else f"{noun} {limits}".strip()

    def _is_number(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return math.isfinite(value) and (self.kind == "float" or float(value).is_integer())

    def _is_size(self, value: Any) -> bool:
        if isinstance(value, str):
            return value in self.choices
        pair = value if isinstance(value, list | tuple) else (value, value)
        return len(pair) == 2 and all(self._is_number(each) and self._within(float(each)) for each in pair)

    def _within(self, number: float) -> bool:
        low = self.minimum is None or number > self.minimum or (number == self.minimum and not self.is_open_minimum)
        high = self.maximum is None or number < self.maximum or (number == self.maximum and not self.is_open_maximum)
        return low and high


def floating(name: str, default: float, **limits: Any) -> Hyper:
    """Declare a real-valued setting."""
    return Hyper(name, "float", default, **limits)


def integer(name: str, default: int, **limits: Any) -> Hyper:
    """Declare a whole-number setting."""
    return Hyper(name, "int", default, **limits)


def flag(name: str, default: bool, help: str = "") -> Hyper:
    """Declare a yes-or-no setting."""
    return Hyper(name, "bool", default, help=help)


def choice(name: str, default: str, choices: Sequence[str], help: str = "") -> Hyper:
    """Declare a setting that takes one of a few words."""
    return Hyper(name, "choice", default, choices=tuple(choices), help=help)


def text(
    name: str,
    default: str,
    longest: int,
    shortest: int = 1,
    help: str = "",
    reads: Callable[[str], object] | None = None,
) -> Hyper:
    """Declare a setting that is a line of text; longest and shortest count its characters, reads refuses others."""
    return Hyper(name, "text", default, minimum=shortest, maximum=longest, help=help, reads=reads)


def size(name: str, default: int | str, maximum: int, minimum: int = 1, **more: Any) -> Hyper:
    """Declare a height and width: one whole number for both, a pair of them, or one of a few words (choices)."""
    return Hyper(name, "size", default, minimum, maximum, **more)


def both(value: int | tuple[int, int]) -> tuple[int, int]:
    """Return the height and width that a size stands for."""
    return (value, value) if isinstance(value, int) else value


def complete(settings: Mapping[str, Any], declared: Sequence[Hyper], place: str = "") -> dict[str, Any]:
    """Check every setting and fill in the defaults of the rest.

    Raises: SpecError for an unknown name, so that a mistyped one never means the default.
    """
    known = {hyper.name: hyper for hyper in declared}
    for name in settings:
        if name not in known:
            accepted = ", ".join(known) or "no settings"
            raise SpecError(f"Expected settings among: {accepted}. Received: {shown(name)}", place=place)
    return {name: hyper.check(settings.get(name, hyper.default), place) for name, hyper in known.items()}


def _whole_size(value: Any) -> int | tuple[int, ...]:
    return tuple(int(each) for each in value) if isinstance(value, list | tuple) else int(value)
