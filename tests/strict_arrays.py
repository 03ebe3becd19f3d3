"""An array module that stands in for CuPy: it never mixes with NumPy by itself, and has only what CuPy has.

Arrays wrap NumPy ones. As with CuPy, handing one to a NumPy function, or a NumPy array to one of its
functions, raises TypeError; `asarray` and `array` bring data in, `get` brings them out; reductions return
arrays of no axes, not Python numbers.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

#: Functions of CuPy 13 that the core uses; a new one is looked up in CuPy's own documentation and added here.
FUNCTIONS = frozenset(
    """
    abs absolute add all any arange arccos arcsin arctan argmax argmin argsort array array_equal asarray
    ascontiguousarray broadcast_to ceil clip concatenate copysign copyto cos cosh count_nonzero cumsum divide
    dot einsum empty empty_like equal exp expand_dims expm1 eye fabs floor floor_divide full full_like greater
    greater_equal heaviside isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp logical_and
    logical_not logical_or matmul maximum mean minimum mod moveaxis multiply negative not_equal ones ones_like
    power ravel reciprocal remainder repeat reshape rint sign sin sinh sqrt square squeeze stack subtract sum
    swapaxes take tan tanh tensordot tile transpose true_divide where zeros zeros_like
    """.split()  # noqa: SIM905 - one name a line would be a page
)
CONSTANTS = frozenset(
    ("float32", "float64", "int32", "int64", "intp", "bool_", "inf", "nan", "pi", "e", "newaxis", "ndarray")
)
BRINGS_IN = ("asarray", "array")  # these alone take NumPy arrays
REFLECTED = ["add", "sub", "mul", "truediv", "pow", "matmul", "and", "or", "floordiv", "mod"]
COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"]


def bare(value: Any) -> Any:
    """Return what NumPy would be given. Raises: TypeError for a NumPy array or number."""
    if isinstance(value, StrictArray):
        return value.held
    if isinstance(value, np.ndarray | np.generic) and not np.isscalar(value):
        raise TypeError(f"Expected an array of the module. Received: a NumPy array of shape {value.shape}")
    if isinstance(value, list | tuple):
        return type(value)(bare(each) for each in value)
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items()}
    return value


def wrapped(value: Any) -> Any:
    """Return arrays and NumPy numbers as arrays of the module."""
    if isinstance(value, np.ndarray | np.generic):
        return StrictArray(np.asarray(value) if not isinstance(value, np.ndarray) else value)
    if isinstance(value, list | tuple) and any(isinstance(each, np.ndarray) for each in value):
        return type(value)(wrapped(each) for each in value)
    return value


def strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that takes and returns arrays of the module alone."""

    def call(*arguments: Any, **named: Any) -> Any:
        return wrapped(function(*bare(arguments), **bare(named)))

    call.__name__ = getattr(function, "__name__", "call")
    return call


class StrictArray:
    """An array that NumPy must not touch by itself."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, held: Any) -> None:
        self.held = held

    def __array__(self, *arguments: Any, **named: Any) -> Any:
        raise TypeError("Expected an explicit get(). Received: a conversion to NumPy")

    def get(self) -> Any:
        """Return a copy as NumPy."""
        return self.held.copy()

    def dot(self, other: Any, out: Any = None) -> Any:
        """Multiply; as in CuPy an output must lie in C order."""
        assert out is None or out.held.flags.c_contiguous, "Expected an output in C order"
        return wrapped(self.held.dot(bare(other), *(() if out is None else (bare(out),))))

    def item(self, *place: Any) -> Any:
        """Return a Python number."""
        return self.held.item(*place)

    def tolist(self) -> Any:
        """Return nested lists of Python numbers."""
        return self.held.tolist()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # such as __array_interface__, by which NumPy would come in
            raise AttributeError(name)
        found = getattr(self.held, name)
        return strict(found) if callable(found) else wrapped(found)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "held":
            object.__setattr__(self, name, value)
        else:
            setattr(self.held, name, bare(value))

    def __getitem__(self, place: Any) -> Any:
        return wrapped(self.held[bare(place)])

    def __setitem__(self, place: Any, value: Any) -> None:
        self.held[bare(place)] = bare(value)

    def __len__(self) -> int:
        return len(self.held)

    def __float__(self) -> float:
        return float(self.held)

    def __int__(self) -> int:
        return int(self.held)

    def __bool__(self) -> bool:
        return bool(self.held)

    def __neg__(self) -> Any:
        return wrapped(-self.held)

    def __abs__(self) -> Any:
        return wrapped(abs(self.held))

    def __invert__(self) -> Any:
        return wrapped(~self.held)

    def __iter__(self) -> Any:
        return (wrapped(each) for each in self.held)


def _operator(name: str) -> Callable[[Any, Any], Any]:
    def call(self: StrictArray, other: Any) -> Any:
        return wrapped(getattr(self.held, name)(bare(other)))

    return call


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    def call(self: StrictArray, other: Any) -> Any:
        getattr(self.held, name)(bare(other))
        return self

    return call


for _name in REFLECTED:
    setattr(StrictArray, f"__{_name}__", _operator(f"__{_name}__"))
    setattr(StrictArray, f"__r{_name}__", _operator(f"__r{_name}__"))
    setattr(StrictArray, f"__i{_name}__", _in_place(f"__i{_name}__"))
for _name in COMPARISONS:
    setattr(StrictArray, f"__{_name}__", _operator(f"__{_name}__"))


class WithAt:
    """A ufunc that can also add at repeated places."""

    def __init__(self, call: Callable[..., Any], at: Callable[..., Any]) -> None:
        self._call, self.at = call, at

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._call(*arguments, **named)


class StrictModule:
    """What `import cupy` would give. `used` gathers the names that were asked for."""

    ndarray = StrictArray
    lib = SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=strict(np.lib.stride_tricks.as_strided)))
    __name__ = "cupy"
    __spec__ = None

    def __init__(self) -> None:
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.used.add(name)
        if name in CONSTANTS:
            return getattr(np, name)
        if name not in FUNCTIONS:
            raise AttributeError(f"Expected a function of CuPy. Received: {name}")
        function = getattr(np, name)
        if name == "add":  # the one ufunc of the core whose `at` CuPy has as well
            return WithAt(strict(function), strict(function.at))
        if name in BRINGS_IN:
            return lambda value, *rest, **named: wrapped(
                function(value.held if isinstance(value, StrictArray) else value, *rest, **named)
            )
        return strict(function)
