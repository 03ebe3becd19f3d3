"""The errors a user can meet; each says what was expected and what came."""


class DlvizError(Exception):
    """An error that is the user's to read: one sentence, a hint, and the place it is about."""

    def __init__(self, message: str, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


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
