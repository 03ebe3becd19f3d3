"""A step of a trace as matrices: its own formula, with every letter of an array replaced by that array."""

from dlviz.core.matrices.form import Form, Piece, form_of
from dlviz.core.matrices.matrix import Matrix

__all__ = ["Form", "Matrix", "Piece", "form_of"]
