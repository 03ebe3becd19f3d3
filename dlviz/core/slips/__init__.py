"""Slips: mistakes that people make by hand, made here on purpose, to be seen and to be recognised.

A slip rewrites the steps of a program after it was lowered. Every step it touches carries its key, so that
traces, command line and window can say so. No default, preset or profile ever chooses one.
"""

from dlviz.core.slips import derivatives, error, recurrent, updates, weights
from dlviz.core.slips.kind import Draft, Slip, rewrite, slips

__all__ = ["Draft", "Slip", "derivatives", "error", "recurrent", "rewrite", "slips", "updates", "weights"]
