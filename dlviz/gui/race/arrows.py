"""What is drawn as arrows at the ball: the numbers of the step that is being taken."""

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


#: Role in a trace → name, phase, sign: gradients point uphill, so that what is drawn is where they send the ball.
_DRAWN: tuple[tuple[str, str, Phase, float, bool], ...] = (
    ("f.dp", "−g", "backward", -1.0, False),
    ("f.p.m", "−m", "forward", -1.0, False),
    ("f.p.velocity", "v", "forward", -1.0, False),
    ("f.p.step", "Δ", "update", 1.0, True),
)


def arrows_of(trace: Trace | None, micro: int) -> tuple[Arrow, ...]:
    """Return the arrows of the micro-steps done so far.

    Nesterov's look-ahead form takes the gradient at the point ahead, and its velocity points where the ball goes.
    """
    if trace is None:
        return ()
    written = {name: array for step in trace.steps[:micro] for name, array in step.writes.items()}
    found, ahead = list[Arrow](), _pair(written.get("f.p.ahead"))
    start = _pair(trace.before.get("f.p"))
    if ahead is not None and start is not None:
        found.append(Arrow(tr("look ahead"), "forward", (ahead[0] - start[0], ahead[1] - start[1]), is_move=True))
    for name, words, phase, sign, is_move in _DRAWN:
        vector = _pair(written.get(name))
        if vector is not None:
            turned = 1.0 if name == "f.p.velocity" and ahead is not None else sign
            x, y = turned * vector[0], turned * vector[1]
            found.append(Arrow(words, phase, (x, y), is_move, ahead if name == "f.dp" else None))
    return tuple(found)


def _pair(array: np.ndarray | None) -> tuple[float, float] | None:
    if array is None or np.size(array) != 2 or not np.isfinite(array).all():
        return None
    x, y = np.asarray(array, dtype=np.float64).tolist()
    return x, y
