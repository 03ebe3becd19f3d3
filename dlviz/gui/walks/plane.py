"""A learning rule among its points: lines that part them, prototypes that move to them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlviz.core.rules import resolve
from dlviz.core.rules.competitive import grid_places
from dlviz.gui import numbers
from dlviz.gui.walks.rule_scene import Array, RuleScene
from dlviz.i18n import tr

MARGIN = 0.25  # of the data's range, left free around it
SEPARATORS = ("perceptron", "perceptron_trick", "delta", "mcculloch_pitts", "stochastic")
PROTOTYPES = ("competitive", "som", "lvq", "nearest_neighbour")
ARROWS = ("hebb", "oja")

Extent = tuple[float, float, float, float]
Form = tuple[float, float, float]  # a, b, c of a x + b y + c
Ends = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """A straight line from (x0, y0) to (x1, y1); was: where it lay before this presentation."""

    unit: int
    ends: tuple[tuple[float, float], tuple[float, float]]
    was: bool = False


@dataclass(frozen=True)
class Prototype:
    """A unit at a point. share: how far it takes part in this step, from −1 to 1; was: where it came from."""

    unit: int
    at: tuple[float, float]
    is_winner: bool = False
    share: float = 0.0
    was: tuple[float, float] | None = None
    label: int | None = None


@dataclass(frozen=True)
class Plane:
    """A picture of two inputs, or of one input and its target.

    extent: (x0, x1, y0, y1). places: (n, 2), with their classes. current: the point presented. side: of the
    line where the unit fires, as its normal (a, b) and offset c in a x + b y + c ≥ 0; None without one.
    wrong: points that are answered wrongly now. asks: whether a point can be put down to be answered; rays then
    lead from it to the stored rows that answer, and answer is the class that they give, None before.
    """

    extent: Extent = (-1.0, 1.0, -1.0, 1.0)
    names: tuple[str, str] = ("x₁", "x₂")
    places: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)), compare=False)
    classes: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp), compare=False)
    current: int | None = None
    lines: tuple[Line, ...] = ()
    side: tuple[float, float, float] | None = None
    prototypes: tuple[Prototype, ...] = ()
    ties: tuple[tuple[int, int], ...] = ()
    arrows: tuple[Prototype, ...] = ()
    wrong: tuple[int, ...] = ()
    words: str = ""
    phase: str = ""
    asks: bool = False
    rays: tuple[Ends, ...] = ()
    answer: int | None = None


def has_plane(scene: RuleScene) -> bool:
    """Say whether a rule on these rows can be drawn among its points."""
    d = scene.prepared.dataset.d
    is_curve = d == 1 and scene.kind == "delta" and scene.prepared.dataset.task == "regression"
    is_flat = d == 2 and scene.kind in (*SEPARATORS, *PROTOTYPES, *ARROWS)
    return is_curve or (is_flat and not (scene.kind == "delta" and not _has_labels(scene)))


def _has_labels(scene: RuleScene) -> bool:
    return scene.prepared.dataset.task != "regression" or len(np.unique(_target(scene))) <= 2


def plane(scene: RuleScene) -> Plane:
    """Return the picture of a scene that has one."""
    places, names = _places(scene)
    shown = scene.weights if scene.kind in PROTOTYPES else None
    extent = _extent(np.vstack([places, shown]) if shown is not None and shown.shape[1] == 2 else places)
    if scene.kind in ARROWS:
        extent = _extent(np.vstack([places, -places]))
    drawn = next(draw for kinds, draw in _DRAWN if scene.kind in kinds)
    parts = drawn(scene, extent)
    phase = scene.step.phase if scene.step else ""
    return Plane(
        extent,
        names,
        places,
        _classes(scene),
        scene.row,
        wrong=scene.frame.wrong or (),
        words=_words(scene),
        phase=phase,
        **parts,
    )


def _places(scene: RuleScene) -> tuple[Array, tuple[str, str]]:
    dataset, inputs = scene.prepared.dataset, np.asarray(scene.prepared.inputs[:], dtype=np.float64)
    names = tuple(_symbol(name) for name in dataset.input_names)
    if dataset.d == 1:
        return np.column_stack([inputs[:, 0], _target(scene)]), (names[0], _symbol(dataset.target_names[0]))
    return inputs, (names[0], names[1])


def _symbol(name: str) -> str:
    letter, digits = name[:1], name[1:]
    return letter + digits.translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")) if digits.isdigit() else name


def _target(scene: RuleScene) -> Array:
    return np.asarray(scene.prepared.dataset.targets, dtype=np.float64).reshape(scene.prepared.dataset.n, -1)[:, 0]


def _classes(scene: RuleScene) -> NDArray[np.intp]:
    if scene.prepared.dataset.task != "regression" or _has_labels(scene):
        return np.unique(_target(scene), return_inverse=True)[1].reshape(-1).astype(np.intp)
    return np.zeros(scene.prepared.dataset.n, np.intp)


def _extent(places: Array) -> Extent:
    low, high = places.min(axis=0), places.max(axis=0)
    room = MARGIN * np.maximum(high - low, 1e-9)
    room = np.where(high > low, room, 1.0)
    (x0, y0), (x1, y1) = (low - room).tolist(), (high + room).tolist()
    return x0, x1, y0, y1


def _lines(scene: RuleScene, extent: Extent) -> dict[str, object]:
    found: list[Line] = []
    side = None
    for name_of, was in ((scene.before, True), (scene.value, False)):
        weights, bias = name_of("o.W"), name_of("o.b")
        if weights is None:
            continue
        offsets = np.zeros(len(weights)) if bias is None else bias
        for unit, (w, b) in enumerate(zip(weights, offsets, strict=True)):
            form = _form(scene, w, float(b))
            ends = _clipped(form, extent)
            if ends is not None:
                found.append(Line(unit, ends, was))
            if not was and len(weights) == 1 and scene.prepared.dataset.d == 2:
                side = form
    now = {line.unit: line.ends for line in found if not line.was}
    moved = tuple(line for line in found if not line.was or now.get(line.unit) != line.ends)
    return {"lines": moved, "side": side}


def _form(scene: RuleScene, w: Array, b: float) -> tuple[float, float, float]:
    """Return a, b, c of the line a x + b y + c = 0 at which the unit changes its mind, or that it answers."""
    if len(w) == 1:
        return float(w[0]), -1.0, b  # y = w x + b
    assert scene.document.rule is not None
    settings = resolve(scene.document.rule)[1]
    level = float(settings.get("threshold", 0.0))
    if scene.kind == "delta":
        level = float(np.unique(_target(scene)).mean())
    return float(w[0]), float(w[1]), b - level


def _clipped(form: Form, extent: Extent) -> Ends | None:
    """Return the piece of a line inside the picture, None where it passes by."""
    a, b, c = form
    x0, x1, y0, y1 = extent
    points: list[tuple[float, float]] = []
    if b != 0:
        points += [(x, -(a * x + c) / b) for x in (x0, x1)]
    if a != 0:
        points += [(-(b * y + c) / a, y) for y in (y0, y1)]
    slack_x, slack_y = 1e-9 * (x1 - x0), 1e-9 * (y1 - y0)
    inside = sorted(
        {(x, y) for x, y in points if x0 - slack_x <= x <= x1 + slack_x and y0 - slack_y <= y <= y1 + slack_y}
    )
    return (inside[0], inside[-1]) if len(inside) > 1 else None


def _prototypes(scene: RuleScene, extent: Extent) -> dict[str, object]:
    weights, old = scene.weights, scene.before("o.W")
    if weights is None:
        return {}
    shares = scene.value("o.h")
    chosen = scene.value("o.nearest") if scene.kind == "nearest_neighbour" else scene.value("o.winner")
    winners = set() if chosen is None else {int(each) for each in chosen.reshape(-1)}
    labels = scene.value("o.labels")
    found = tuple(
        Prototype(
            unit, (float(w[0]), float(w[1])), unit in winners,
            float(shares[0, unit]) if shares is not None else float(unit in winners),
            _moved(w, None if old is None else old[unit]), None if labels is None else int(labels[unit]),
        )
        for unit, w in enumerate(weights)
    )  # fmt: skip
    return {"prototypes": found, "ties": _ties(scene), **_asked(scene, weights, winners)}


def _asked(scene: RuleScene, stored: Array, nearest: set[int]) -> dict[str, object]:
    """Return what a memory answers about the point presented."""
    if scene.kind != "nearest_neighbour" or scene.trace is None:
        return {}
    x = np.asarray(scene.trace.before["x"], dtype=np.float64).reshape(-1)
    rays = tuple(((float(x[0]), float(x[1])), (float(w[0]), float(w[1]))) for w in stored[sorted(nearest)])
    is_done = scene.cursor == len(scene.trace.steps)
    answer = scene.value("o.a") if is_done else None
    return {"asks": True, "rays": rays, "answer": None if answer is None else int(answer.item())}


def _moved(now: Array, old: Array | None) -> tuple[float, float] | None:
    return None if old is None or np.array_equal(now, old) else (float(old[0]), float(old[1]))


def _ties(scene: RuleScene) -> tuple[tuple[int, int], ...]:
    """Return the neighbours on a map, which are drawn as a net."""
    if scene.kind != "som":
        return ()
    assert scene.document.rule is not None
    settings = resolve(scene.document.rule)[1]
    places = grid_places(settings["rows"], settings["columns"])
    near = np.abs(places[:, None] - places).sum(axis=2) == 1
    return tuple((int(i), int(j)) for i, j in np.argwhere(near) if i < j)


def _arrows(scene: RuleScene, extent: Extent) -> dict[str, object]:
    weights, old = scene.weights, scene.before("o.W")
    if weights is None:
        return {}
    found = tuple(
        Prototype(unit, (float(w[0]), float(w[1])), was=_moved(w, None if old is None else old[unit]))
        for unit, w in enumerate(weights)
    )
    return {"arrows": found}


_DRAWN: tuple[tuple[tuple[str, ...], Callable[[RuleScene, Extent], dict]], ...] = (
    (SEPARATORS, _lines),
    (PROTOTYPES, _prototypes),
    (ARROWS, _arrows),
)


def _words(scene: RuleScene) -> str:
    """Say which row is presented, what was wanted and what came out."""
    if scene.row is None or scene.trace is None:
        return ""
    x = np.asarray(scene.trace.before["x"]).reshape(-1)
    values = ", ".join(numbers.number(float(each)) for each in x[:3])
    parts = [tr("row {number}: x = ({values})", number=scene.row + 1, values=values)]
    y = np.asarray(scene.trace.before["y"]).reshape(-1)
    if len(y) and scene.kind in (*SEPARATORS, "lvq"):
        parts.append(tr("wanted {value}", value=numbers.number(float(y[0]))))
    answers = (*(kind for kind in SEPARATORS if kind != "delta"), "nearest_neighbour")
    answer = scene.value("o.a") if scene.kind in answers else None
    if answer is not None:
        parts.append(tr("answered {value}", value=numbers.number(float(answer[0, 0]))))
    parts += [tr("click the plane to ask about another point")] if scene.kind == "nearest_neighbour" else []
    wrong, n = scene.frame.wrong, len(scene.prepared.train)
    parts += [] if wrong is None else [tr("{count} of {n} rows wrong now", count=len(wrong), n=n)]
    return " · ".join(parts)
