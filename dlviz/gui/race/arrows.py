"""What is drawn as arrows at the ball: the numbers of the step that is being taken."""

from dataclasses import dataclass

import numpy as np

from dlviz.core.trace import Phase, Trace


@dataclass(frozen=True)
class Arrow:
    """A vector at the ball. is_move: it is as long as the ball moves; others are shortened to what fits."""

    name: str
    phase: Phase
    vector: tuple[float, float]
    is_move: bool = False


#: Role in a trace → name, phase, sign: gradients point uphill, so that what is drawn is where they send the ball.
_DRAWN: tuple[tuple[str, str, Phase, float, bool], ...] = (
    ("f.dp", "−g", "backward", -1.0, False),
    ("f.p.m", "−m", "forward", -1.0, False),
    ("f.p.velocity", "v", "forward", -1.0, False),
    ("f.p.step", "Δ", "update", 1.0, True),
)


def arrows_of(trace: Trace | None, micro: int, is_upward: bool = False) -> tuple[Arrow, ...]:
    """Return the arrows of the micro-steps done so far. is_upward: the velocity points where the ball goes."""
    if trace is None:
        return ()
    written = {name: array for step in trace.steps[:micro] for name, array in step.writes.items()}
    found = []
    for name, words, phase, sign, is_move in _DRAWN:
        array = written.get(name)
        if array is not None and np.size(array) == 2 and np.isfinite(array).all():
            turned = 1.0 if name == "f.p.velocity" and is_upward else sign
            x, y = (turned * np.asarray(array, dtype=np.float64)).tolist()
            found.append(Arrow(words, phase, (x, y), is_move))
    return tuple(found)
