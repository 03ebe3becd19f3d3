"""Notation: which letters, indices and numbers a textbook writes, decided once for everything that is shown.

`Notation` is what the conventions say of writing. `Symbols` spells the quantities of one network in it, as
LaTeX for formulas or as plain text for lists, canvas and inspector; `spelled_formula` does so for the
formulas of steps, which the core writes in one alphabet of its own.
"""

from dlviz.core.notation.formulas import spelled_formula, spelled_label, spelled_rule
from dlviz.core.notation.notation import Notation
from dlviz.core.notation.symbols import Symbols

__all__ = ["Notation", "Symbols", "spelled_formula", "spelled_label", "spelled_rule"]
