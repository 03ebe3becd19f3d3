"""Penalties and limits of weights as steps of a program: in the loss, in the gradient, and after the update."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.buffers import Buffers
from dlviz.core.inference import parameters
from dlviz.core.instruction import Instruction
from dlviz.core.layers import ParameterSpec
from dlviz.core.network import NetworkSpec
from dlviz.core.regularizers import Regularizer, Settings, Shares, resolve

if TYPE_CHECKING:
    from dlviz.core.lowering import Lowering

Function = Callable[..., Any]


def penalties(network: NetworkSpec, values: Mapping[str, ArrayLike], n: int) -> dict[str, float]:
    """Return the penalty of every weight that has one, by name, for n examples a batch.

    values: parameters by name. Raises: SpecError.
    """
    found = {}
    for each in parameters(network):
        entry, settings = resolve(each.regularizer, each.layer)
        if entry.has_penalty:
            found[each.name] = entry.shares(settings, n).penalty(values[each.name])
    return found


class PenaltySteps:
    """Adds the steps of regularizers to a lowering; a layer that is used twice is penalised once.

    n_losses: how many terms of the loss stand before the penalties.
    """

    def __init__(self, lowering: "Lowering", specs: Sequence[ParameterSpec], n_losses: int) -> None:
        self._lowering = lowering
        self._chosen = [(each, *resolve(each.regularizer, each.layer)) for each in specs]
        self._penalised = [each for each in self._chosen if each[1].has_penalty]
        self._n_losses = n_losses

    @property
    def symbols(self) -> dict[str, str]:
        """The recorded names of the penalties in the loss, and their symbols."""
        return {f"{spec.name}.penalty": f"Ω({self._symbol(spec)})" for spec, _, _ in self._penalised}

    def value(self) -> None:
        """Add the step of every penalty in the loss."""
        for number, (spec, entry, settings) in enumerate(self._penalised, self._n_losses):
            symbol, name = self._symbol(spec), f"{spec.name}.penalty"
            formula = f"Ω({symbol}) = {entry.told(settings).value}"
            emit = partial(_emit_value, spec=spec, entry=entry, settings=settings, term=number)
            self._lowering.add(Instruction("loss", spec.layer, "penalty", formula, (spec.name,), (name,), emit))

    def gradient(self) -> None:
        """Add the step of every penalty in the gradient, after those of the losses."""
        # Asked before any is added: parameters of one block, such as W and U, are written by different steps.
        adds = {spec.name: self._lowering.has_gradient_of(spec) for spec, _, _ in self._penalised}
        for spec, entry, settings in self._penalised:
            symbol, is_added = self._symbol(spec), adds[spec.name]
            told = entry.told(settings).gradient.format(w=symbol)
            formula = f"∂L/∂{symbol} {'+=' if is_added else '='} {told}"
            written = (self._lowering.gradient_name(spec),)
            emit = partial(_emit_gradient, spec=spec, entry=entry, settings=settings, adds=is_added)
            self._lowering.add(
                Instruction("backward", spec.layer, "penalty_gradient", formula, (spec.name,), written, emit)
            )

    def project(self) -> None:
        """Add the step of every limit, after the update."""
        for spec, entry, settings in self._chosen:
            if entry.limit is not None:
                limit, symbol = entry.limit(settings), self._symbol(spec)
                formula = f"{symbol} ← {symbol}, each row cut to a norm of {limit:g}"
                emit = partial(_emit_limit, spec=spec, limit=limit)
                self._lowering.add(
                    Instruction("update", spec.layer, "max_norm", formula, (spec.name,), (spec.name,), emit)
                )

    def _symbol(self, spec: ParameterSpec) -> str:
        return f"{spec.name.rpartition('.')[2]}{self._lowering.number(spec.layer)}"


def _emit_value(b: Buffers, spec: ParameterSpec, entry: Regularizer, settings: Settings, term: int) -> Calls:
    w, weights, shares = b.workspace, b.parameter(spec.name), entry.shares(settings, b.columns)
    terms = w.like(weights)
    flat = terms.reshape(1, -1)
    b.name_term(f"{spec.name}.penalty", term)
    return (
        (w.xp.multiply, (weights, w.constant(shares.square), terms)),
        (w.xp.multiply, (terms, weights, terms)),
        *_add_magnitudes(w, w.xp.absolute, shares, weights, terms),
        (flat.dot, (w.full(flat.T, 1), b.term(term))),
    )


def _emit_gradient(b: Buffers, spec: ParameterSpec, entry: Regularizer, settings: Settings, adds: bool) -> Calls:
    w, weights, shares = b.workspace, b.parameter(spec.name), entry.shares(settings, b.columns)
    gradient, slopes = b.parameter_gradient(spec.name), w.like(weights)
    return (
        (w.xp.multiply, (weights, w.constant(2 * shares.square), slopes)),
        *_add_magnitudes(w, w.xp.sign, shares, weights, slopes),
        (w.xp.add, (gradient, slopes, gradient)) if adds else (w.xp.copyto, (gradient, slopes)),
    )


def _add_magnitudes(w: Workspace, function: Function, shares: Shares, weights: Array, out: Array) -> Calls:
    """Return the calls that add absolute · |w|, or with sign for a function its derivative."""
    if not shares.absolute:
        return ()
    part = w.like(weights)
    return (
        (function, (weights, part)),
        (w.xp.multiply, (part, w.constant(shares.absolute), part)),
        (w.xp.add, (out, part, out)),
    )


def _emit_limit(b: Buffers, spec: ParameterSpec, limit: float) -> Calls:
    w, weights = b.workspace, b.memory.view("theta", spec.name)
    if b.memory.is_frozen(spec.name) or spec.lr_scale == 0:
        return ()
    rows = len(weights)
    squares, lengths = w.like(weights), w.zeros(rows, 1)
    flat = squares.reshape(rows, -1)
    factors, limits = lengths.reshape(rows, *[1] * (weights.ndim - 1)), w.full(lengths, limit)
    # limit / max(‖w‖, limit) is exactly 1 for rows that are short enough.
    return (
        (w.xp.multiply, (weights, weights, squares)),
        (flat.dot, (w.ones(flat.shape[1], 1), lengths)),
        (w.xp.sqrt, (lengths, lengths)),
        w.maximum(lengths, limits, lengths),
        (w.xp.divide, (limits, lengths, lengths)),
        (w.xp.multiply, (weights, factors, weights)),
    )
