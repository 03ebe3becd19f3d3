"""The errors a user can meet; each says what was expected and what came."""

from collections.abc import Iterable

LONGEST_SHOWN = 60  # characters of what came; a text of a megabyte would hide the sentence it stands in


class DlvizError(Exception):
    """An error that is the user's to read: one sentence, a hint, and the place it is about."""

    def __init__(self, message: str, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    @property
    def sentence(self) -> str:
        """Message and hint as they are read in one line."""
        stop = "" if self.message.endswith((".", "!", "?", "…")) else "."
        return f"{self.message}{stop} {self.hint}".rstrip()

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class SpecError(DlvizError):
    """A network, training plan or setting that cannot be used."""


class ShapeError(DlvizError):
    """Arrays or layers whose sizes do not fit together."""


class FormulaError(DlvizError):
    """A typed formula that cannot be read."""


class DataError(DlvizError):
    """Data that cannot be read or used."""


class DocumentError(DlvizError):
    """A document that cannot be opened."""


class SaveError(DlvizError):
    """A file that could not be written; the old one is whole."""


def as_list(shape: Iterable[int]) -> str:
    """Write a shape as documents do: [2, 3]."""
    return str([int(each) for each in shape])


def shown(value: object) -> str:
    """Write what was received in a few characters, in the words of a document: null, true."""
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
