"""Gradient clipping: what an update may not exceed, by value, by norm of each parameter, or of all together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete, floating
from dlviz.core.instruction import Instruction
from dlviz.core.registry import Registry

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

Settings = Mapping[str, Any]

GLOBAL_NORM = "grad.norm"  # what a trace calls the norm over all parameters


@dataclass(frozen=True)
class Clipping:
    """A way to clip; formula is LaTeX of what a gradient becomes. lower adds its steps to a program."""

    key: str
    title: str
    formula: str
    lower: "Callable[[Lowering, Settings], None]"
    settings: tuple[Hyper, ...]
    source: str = ""


clippings: Registry[Clipping] = Registry("clipping")


def resolve(chosen: Choice, place: str = "training.clip") -> tuple[Clipping, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = clippings.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def clip_point(workspace: Workspace, chosen: Choice, grad: Array) -> Calls:
    """Return the calls that clip one gradient in place, parameters first; starts in trailing axes each by itself.

    Raises: SpecError.
    """
    _, settings = resolve(chosen, "clip")
    if "max_value" in settings:
        return by_value(workspace, grad, settings["max_value"])
    norm = workspace.zeros(*grad.shape[1:])
    return [*norm_of(workspace, grad, norm, axis=0), *by_norm(workspace, grad, norm, settings["max_norm"])]


def by_value(workspace: Workspace, grad: Array, max_value: float) -> Calls:
    """Return the calls that move every entry to the nearest in [−max_value, max_value]."""
    limit, floor = workspace.constant(max_value), workspace.constant(-max_value)
    return workspace.minimum(grad, limit, grad), workspace.maximum(grad, floor, grad)


def norm_of(
    workspace: Workspace, grad: Array, norm: Array, axis: int | None = None, is_open: Array | None = None
) -> Calls:
    """Return the calls that write the L2 norm of a gradient; is_open is 0 at entries that do not count."""
    squares, xp = workspace.like(grad), workspace.xp
    calls: list[Call] = [(xp.multiply, (grad, grad, squares))]
    if is_open is not None:
        calls.append((xp.multiply, (squares, is_open, squares)))
    return [*calls, (xp.add.reduce, (squares, axis, None, norm)), (xp.sqrt, (norm, norm))]


def by_norm(workspace: Workspace, grad: Array, norm: Array, max_norm: float) -> Calls:
    """Return the calls that scale a gradient by min(1, max_norm / norm). Source: Pascanu et al. 2013, algorithm 1."""
    share, xp = workspace.like(norm), workspace.xp
    return (
        (xp.divide, (workspace.constant(max_norm), norm, share)),
        workspace.minimum(share, workspace.constant(1.0), share),
        (xp.multiply, (grad, share, grad)),
    )


def _gradients(lowering: "Lowering") -> tuple[str, ...]:
    return lowering.names_of("grad")


def _lower_value(lowering: "Lowering", settings: Settings) -> None:
    def emit(b: "Buffers") -> Calls:
        return by_value(b.workspace, b.memory.vectors["grad"], settings["max_value"])

    names = _gradients(lowering)
    _add(lowering, "clip_value", "∂L/∂w ← max(−c, min(c, ∂L/∂w))", names, names, emit)


def _lower_global_norm(lowering: "Lowering", settings: Settings) -> None:
    def norm(b: "Buffers") -> Calls:
        scale = b.memory.update.scale
        is_open = None if scale is None else b.xp.sign(scale)
        return norm_of(b.workspace, b.memory.vectors["grad"], b.fixed(GLOBAL_NORM), is_open=is_open)

    def clip(b: "Buffers") -> Calls:
        return by_norm(b.workspace, b.memory.vectors["grad"], b.fixed(GLOBAL_NORM), settings["max_norm"])

    names = _gradients(lowering)
    _add(lowering, "gradient_norm", "‖∂L/∂w‖ = √Σ (∂L/∂w)² over all parameters", names, (GLOBAL_NORM,), norm)
    _add(lowering, "clip_norm", _SCALED, (*names, GLOBAL_NORM), names, clip)


def _lower_norm(lowering: "Lowering", settings: Settings) -> None:
    names, parameters = _gradients(lowering), lowering.names_of("theta")
    norms = tuple(f"{name}.norm" for name in names)

    def norm(b: "Buffers") -> Calls:
        pairs = zip(parameters, norms, strict=True)
        return _joined([norm_of(b.workspace, b.parameter_gradient(one), b.fixed(name)) for one, name in pairs])

    def clip(b: "Buffers") -> Calls:
        pairs = zip(parameters, norms, strict=True)
        limit = settings["max_norm"]
        return _joined([by_norm(b.workspace, b.parameter_gradient(one), b.fixed(name), limit) for one, name in pairs])

    _add(lowering, "gradient_norm", "‖∂L/∂w‖ = √Σ (∂L/∂w)² of each parameter", names, norms, norm)
    _add(lowering, "clip_norm", _SCALED, (*names, *norms), names, clip)


_SCALED = "∂L/∂w ← ∂L/∂w · min(1, c / ‖∂L/∂w‖)"


def _joined(parts: Sequence[Calls]) -> Calls:
    return [call for calls in parts for call in calls]


def _add(
    lowering: "Lowering", op: str, formula: str, reads: tuple[str, ...], writes: tuple[str, ...],
    emit: "Callable[[Buffers], Calls]",
) -> None:  # fmt: skip
    lowering.add(Instruction("update", "", op, formula, reads, writes, emit))


def _limit(name: str, help: str) -> Hyper:
    return floating(name, 1.0, minimum=0, maximum=1e9, is_open_minimum=True, is_log=True, help=help)


clippings.add(
    Clipping(
        "value", "By value", r"g \leftarrow \max(-c, \min(c, g))", _lower_value,
        (_limit("max_value", "c: the largest entry, up or down"),), source="Mikolov 2012",
    )
)  # fmt: skip
clippings.add(
    Clipping(
        "norm", "By norm", r"g \leftarrow g \, \min\left(1, \frac{c}{\lVert g \rVert}\right)", _lower_norm,
        (_limit("max_norm", "c: the largest norm of the gradient of each parameter"),),
        source="Pascanu, Mikolov & Bengio 2013, algorithm 1, for W and b of each layer by themselves",
    )
)  # fmt: skip
clippings.add(
    Clipping(
        "global_norm", "By global norm", r"g \leftarrow g \, \min\left(1, \frac{c}{\lVert g \rVert}\right)",
        _lower_global_norm,
        (_limit("max_norm", "c: the largest norm of the whole gradient, frozen parameters left out"),),
        source="Pascanu, Mikolov & Bengio 2013, algorithm 1",
    )
)  # fmt: skip
