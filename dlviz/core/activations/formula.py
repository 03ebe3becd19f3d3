"""The activation that a person types: any formula in z, with its exact derivative."""

from functools import lru_cache

from dlviz.core.activations.kind import Activation, Settings, activations
from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.expression.build import build
from dlviz.core.expression.calls import gradient_calls, value_calls
from dlviz.core.expression.kinks import kinks
from dlviz.core.expression.nodes import Formula
from dlviz.core.expression.parser import MAX_CHARACTERS, parse
from dlviz.core.hyper import text


@lru_cache(maxsize=256)
def read(written: str) -> Formula:
    """Return the formula of an activation. Raises: FormulaError if it is not one number made of one z."""
    formula = parse(written, ("z",))
    build(formula).scalar(formula.result)
    return formula


def _forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return value_calls(read(s["text"]), w, z[None], a)


def _backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return gradient_calls(read(s["text"]), w, z[None], dz[None], da, a)


activations.add(
    Activation(
        "formula", "Formula", "f", "f(z)", "f'(z)", _forward, _backward,
        (text("text", "z**2", MAX_CHARACTERS, help="a formula in z, such as z**2 or max(0, z)", reads=read),),
        kinks=lambda s: kinks(read(s["text"])),
        source="your own; its slope as in Griewank & Walther 2008, chapter 3",
    )
)  # fmt: skip
