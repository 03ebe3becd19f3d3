"""Names of a sheet as they are read: beta1 as β₁, v[3] as v₃."""

import re

from dlviz.core.expression import name_latex
from dlviz.core.plain import plain

_NAMES = re.compile(r"[A-Za-z]\w*(?:\[\d+\])*(?!\w|\()", re.ASCII)
_WORDS = ("and", "or", "not")


def letter(name: str) -> str:
    """Write a name in plain text with its Greek letter and what stands below it; as typed where that has no signs."""
    spelled = plain(name_latex(name))
    return name if "_(" in spelled else spelled


def with_letters(formula: str) -> str:
    """Write the names in the formula of a step as they are read; functions stay."""
    return _NAMES.sub(lambda found: found[0] if found[0] in _WORDS else letter(found[0]), formula)
