"""What is drawn at the ball: the numbers of the step that is being taken, as arrows and as areas on the axes."""

from dataclasses import dataclass

import numpy as np

from dlviz.core.trace import Phase, Trace
from dlviz.i18n import tr


@dataclass(frozen=True)
class Arrow:
    """A vector at the ball, or at another place. is_move: drawn as long as it is; others are shortened to what fits."""

    name: str
    phase: Phase
    vector: tuple[float, float]
    is_move: bool = False
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Area:
    """A number for each axis that is never negative, drawn as a square on it whose area is the number.

    is_corrected: drawn as an outline with the one that it is the correction of.
    """

    name: str
    values: tuple[float, float]
    is_corrected: bool = False


#: Role in a trace → name, phase, sign: gradients point uphill, so that what is drawn is where they send the ball.
_DRAWN: tuple[tuple[str, str, Phase, float, bool], ...] = (
    ("f.dp", "−g", "backward", -1.0, False),
    ("f.p.m", "−m", "forward", -1.0, False),
    ("f.p.m_hat", tr("−m corrected"), "forward", -1.0, False),
    ("f.p.velocity", "v", "forward", -1.0, False),
    ("f.p.step", "Δ", "update", 1.0, True),
)
#: Role in a trace → name, and whether it corrects the one before.
_SQUARES = (
    ("f.p.squares", "S", False), ("f.p.v", "v", False), ("f.p.v_max", tr("largest v"), False),
    ("f.p.v_hat", tr("v corrected"), True), ("f.p.changes", "D", False),
)  # fmt: skip


def arrows_of(trace: Trace | None, micro: int) -> tuple[Arrow, ...]:
    """Return the arrows of the micro-steps done so far.

    Nesterov's look-ahead form takes the gradient at the point ahead, and its velocity points where the ball goes.
    """
    if trace is None:
        return ()
    written = _written(trace, micro)
    found, ahead = list[Arrow](), _pair(written.get("f.p.ahead"))
    start = _pair(trace.before.get("f.p"))
    if ahead is not None and start is not None:
        found.append(Arrow(tr("look ahead"), "forward", (ahead[0] - start[0], ahead[1] - start[1]), is_move=True))
    uncut = _uncut(trace, micro)
    if uncut is not None:
        found.append(Arrow(tr("−g uncut"), "backward", (-uncut[0], -uncut[1]), place=ahead))
    for name, words, phase, sign, is_move in _DRAWN:
        vector = _pair(written.get(name))
        if vector is not None:
            turned = 1.0 if name == "f.p.velocity" and ahead is not None else sign
            x, y = turned * vector[0], turned * vector[1]
            found.append(Arrow(words, phase, (x, y), is_move, ahead if name == "f.dp" else None))
    return tuple(found)


def areas_of(trace: Trace | None, micro: int) -> tuple[Area, ...]:
    """Return what the optimizer has summed of squared gradients after the micro-steps done so far."""
    if trace is None:
        return ()
    written = _written(trace, micro)
    pairs = ((name, _pair(written.get(role)), is_corrected) for role, name, is_corrected in _SQUARES)
    return tuple(Area(name, pair, is_corrected) for name, pair, is_corrected in pairs if pair is not None)


def _written(trace: Trace, micro: int) -> dict[str, np.ndarray]:
    return {name: array for step in trace.steps[:micro] for name, array in step.writes.items()}


def _uncut(trace: Trace, micro: int) -> tuple[float, float] | None:
    """Return the gradient as it was before it was clipped, where it has been."""
    cut = next((k for k, step in enumerate(trace.steps[:micro]) if step.op == "clip"), None)
    return None if cut is None else _pair(_written(trace, cut).get("f.dp"))


def _pair(array: np.ndarray | None) -> tuple[float, float] | None:
    if array is None or np.size(array) != 2 or not np.isfinite(array).all():
        return None
    x, y = np.asarray(array, dtype=np.float64).tolist()
    return x, y
