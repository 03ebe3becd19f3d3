"""The letters of the document on show, for labels that name quantities: set by the window, as the theme is."""

from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Symbols, spelled_label
from dlviz.gui import numbers

_in_use = Symbols(NetworkSpec())


def use(symbols: Symbols) -> None:
    """Write letters and numbers from now on as these symbols do."""
    global _in_use
    _in_use = symbols
    numbers.use(symbols.notation)


def symbols() -> Symbols:
    """Return the symbols in use."""
    return _in_use


def spell(label: str) -> str:
    """Write a label made of letters without indices, such as δ = ∂L/∂z: in plain text or LaTeX."""
    return spelled_label(label, _in_use)
