"""A pass as pseudo-code: loops around lines, and which steps of a trace every line stands for."""

from dlviz.core.pseudocode.code import Code, Loops, pseudo_code
from dlviz.core.pseudocode.lines import Line

__all__ = ["Code", "Line", "Loops", "pseudo_code"]
