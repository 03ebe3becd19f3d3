"""Which array module holds the numbers, bound once; and the small tools that emitted calls need."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.i18n import tr

Array = Any  # numpy.ndarray or cupy.ndarray: the same operations, never mixed
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Calls = Iterable[Call]
Moving = Sequence[tuple[Array, int]]  # arrays of the first batch; how many bytes further on those of the next lie
Stretch = Callable[[int, int], None]  # runs batches start … end − 1

BACKENDS = ("numpy", "cupy", "numba")


@dataclass(frozen=True)
class Backend:
    """What computes a trainer's calls.

    xp: the array module. joined returns calls that do the same as those it is given and are faster when run over
    and over; repeated returns what runs the calls of the first batch for any others, or None where it cannot.
    device: where and how, in a word or two. note: why it is not the one that was asked for, or "".
    """

    xp: Any = np
    joined: Callable[[Calls], tuple[Call, ...]] = tuple
    repeated: Callable[[Sequence[Call], Moving], Stretch | None] = lambda calls, moving: None
    device: str = "CPU"
    note: str = ""


NUMPY = Backend()


def backend(key: str, dtype: str = "float64") -> Backend:
    """Return a backend by its key for numbers of a dtype; CuPy and Numba are imported only here.

    Where Numba is missing or broken NumPy computes, and the note says so.
    Raises: SpecError if the backend is unknown or CuPy is missing.
    """
    if key == "numpy":
        return NUMPY
    if key not in BACKENDS:
        raise SpecError(f"Expected a backend among {', '.join(BACKENDS)}. Received: {key!r}")
    return _compiled(dtype) if key == "numba" else Backend(_cupy(), device="GPU")


def _cupy() -> Any:
    try:
        return importlib.import_module("cupy")
    except ImportError as missing:
        raise SpecError("Expected CuPy to be installed. Received: no module", "Install dlviz[gpu].") from missing


def _compiled(dtype: str) -> Backend:
    try:
        compiler = importlib.import_module("dlviz.core.compiled.stretch").Compiler(dtype)
        return Backend(np, compiler.joined, compiler.repeated, tr("CPU, compiled"))
    except ModuleNotFoundError:
        return replace(NUMPY, note=tr("Numba is not installed, so NumPy computes. Install dlviz[compiled]."))
    except (
        ImportError,
        AttributeError,
        OSError,
        RuntimeError,
    ) as broken:  # of another NumPy, or with no place to write
        return replace(NUMPY, note=tr("Numba does not work here, so NumPy computes: {error}", error=broken))


def to_host(array: Array) -> NDArray[Any]:
    """Return a NumPy array; one that lives on a GPU is copied."""
    return array if isinstance(array, np.ndarray) else np.asarray(array.get())


class Workspace:
    """Constants and scratch arrays of one backend and dtype, made while calls are emitted.

    Constants are 0-d arrays: a Python float operand would be converted at every call.
    """

    def __init__(self, backend: Backend = NUMPY, dtype: str = "float64") -> None:
        self.xp, self.backend = backend.xp, backend
        self.dtype = dtype
        self._constants: dict[float, Array] = {}

    def constant(self, value: float) -> Array:
        """Return value as a 0-d array."""
        if value not in self._constants:
            self._constants[value] = self.xp.asarray(value, dtype=self.dtype)
        return self._constants[value]

    def zeros(self, *shape: int) -> Array:
        """Return a new array of zeros."""
        return self.xp.zeros(shape, dtype=self.dtype)

    def ones(self, *shape: int) -> Array:
        """Return a new array of ones."""
        return self.xp.ones(shape, dtype=self.dtype)

    def full(self, array: Array, value: float) -> Array:
        """Return a new array of the same shape that holds value everywhere."""
        return self.xp.full(array.shape, value, dtype=self.dtype)

    def like(self, array: Array) -> Array:
        """Return a new C-ordered array of the same shape."""
        return self.zeros(*array.shape)

    def take(self, table: Array, indices: Array, axis: int, out: Array) -> Call:
        """Return the call that gathers parts of a table into out (NumPy wants a mode to skip buffering)."""
        mode = ("clip",) if self.xp is np else ()
        return table.take, (indices, axis, out, *mode)

    def maximum(self, a: Array, b: Array, out: Array) -> Call:
        """Return the call that writes the larger of two; it and `minimum` take out only by name."""
        return partial(self.xp.maximum, out=out), (a, b)

    def minimum(self, a: Array, b: Array, out: Array) -> Call:
        """Return the call that writes the smaller of two."""
        return partial(self.xp.minimum, out=out), (a, b)
