"""Every public name says what it is; a method that overrides one may rely on its base."""

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import dlviz


def modules() -> list[str]:
    found = (module.name for module in pkgutil.walk_packages(dlviz.__path__, "dlviz."))
    has_numba = importlib.util.find_spec("numba") is not None
    is_left_out = ("dlviz.__main__", "dlviz.data.reader_child", *(() if has_numba else ("dlviz.core.compiled.",)))
    return [name for name in found if not name.startswith(is_left_out)]


def undocumented(module: Any) -> Iterator[str]:
    for name, value in vars(module).items():
        is_own = getattr(value, "__module__", None) == module.__name__
        if name.startswith("_") or not is_own or not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        if not value.__doc__:
            yield name
        if inspect.isclass(value) and not getattr(value, "_is_protocol", False):
            yield from (f"{name}.{method}" for method in undocumented_methods(value))


def undocumented_methods(kind: type) -> Iterator[str]:
    for name, value in vars(kind).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if name.startswith("_") or not inspect.isfunction(function) or function.__doc__:
            continue
        if function.__name__ != name:  # a function that is the default value of a field
            continue
        if not any(hasattr(base, name) for base in kind.__mro__[1:]):
            yield name


@pytest.mark.parametrize("name", modules())
def test_public_names_are_documented(name: str) -> None:
    assert list(undocumented(importlib.import_module(name))) == []
