"""How much memory the arrays of a batch take, known before they are made; batches that need too much are refused."""

import math

import numpy as np

from dlviz.core.errors import DataError
from dlviz.core.program import Program, float_type
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.limits import BATCH_BYTES, MIB
from dlviz.session.lowered import lowered

#: Numbers kept for one unit and row: activation, its gradient, the slope, dL/dz. Measured: 4.0 (tanh) to 6.0 (ReLU).
PER_UNIT = 5


def row_bytes(program: Program, dtype: str) -> int:
    """Return about how many bytes one row of a batch takes; dtype: that of the document, which may be "auto"."""
    units = sum(math.prod(shape) + 1 for node, shape in program.nodes.items() if node not in program.inputs)
    numbers = sum(program.input_widths) + 1 + program.n_targets + PER_UNIT * units
    return np.dtype(float_type(dtype, program.layout.size)).itemsize * numbers


def batch_bytes(document: Document, n_train: int) -> int:
    """Return about how many bytes a whole batch takes. Raises: SpecError, ShapeError where it cannot be bound."""
    return row_bytes(lowered(document), document.dtype) * min(document.training.batch_size, n_train)


def check_memory(document: Document, program: Program, n_train: int) -> None:
    """Raise DataError where a batch would take more memory than it may."""
    each, size = row_bytes(program, document.dtype), min(document.training.batch_size, n_train)
    if each * size <= BATCH_BYTES:
        return
    most = 2 ** int(math.log2(max(BATCH_BYTES // each, 1)))
    raise DataError(
        tr("Expected batches of at most {limit} MiB. Received: {size} rows, about {needed} MiB",
           limit=BATCH_BYTES // MIB, size=size, needed=f"{each * size / MIB:.4g}"),
        tr("Train on mini-batches of {most} rows or fewer.", most=most),
        "training.batch_size",
    )  # fmt: skip
