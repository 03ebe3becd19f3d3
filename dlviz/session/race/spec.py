"""RaceSpec: which optimizers walk on which surface, from where, for how long, and under what noise."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.conventions import Conventions, filled
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, choice, floating, integer, text
from dlviz.core.optimizers import resolve as resolve_optimizer
from dlviz.core.surfaces import gradient_at
from dlviz.core.surfaces import resolve as resolve_surface
from dlviz.i18n import tr

Starts = Literal["one", "grid", "random", "again"]
Rule = Literal["own", "same", "best"]
On = Literal["surface", "network"]
PlaneKind = Literal["pca", "random", "weights"]
MOST_OPTIMIZERS, MOST_STEPS, MOST_STARTS = 16, 20_000, 1_000
MOST_PLACES = 10_000_000  # kept of many starts: 240 MB on a surface
FIRST_MOVE = 0.01  # of the picture's width: how far a first step goes where nothing else is known
MOST_RATE = 1.0

#: What is the same for all in a race, with limits and words.
RACE_SETTINGS = (
    integer("steps", 400, minimum=1, maximum=MOST_STEPS, help="how many steps each optimizer takes"),
    choice("starts", "one", ("one", "grid", "random", "again"),
           "one start, many at once to see which minimum each reaches, or the same again and again under other noise"),
    integer("count", 100, minimum=1, maximum=MOST_STARTS, help="how many starts, where there are many"),
    floating("noise", 0.0, minimum=0.0, maximum=1e6, help="standard deviation of what is added to every gradient"),
    integer("seed", 0, minimum=0, maximum=2**63 - 1, help="from which noise and random starts are drawn"),
    floating("tolerance", 0.05, minimum=0.0, maximum=1e6, is_open_minimum=True,
             help="a minimum counts as reached from this distance on"),
)  # fmt: skip

#: The same where optimizers train the document's network; the rest is as the document's plan says.
NETWORK_SETTINGS = (
    integer("steps", 400, minimum=1, maximum=MOST_STEPS, help="how many batches each optimizer trains on"),
    text("weights", "", 200, 0, help="two weights, such as h.W[1,1]; h.W[1,2]; the first two if empty"),
)

FIRST_OPTIMIZERS = (
    chosen("sgd", lr=0.0012), chosen("momentum", lr=0.0016), chosen("rmsprop", lr=0.035), chosen("adam", lr=0.16)
)  # fmt: skip


@dataclass(frozen=True)
class RaceSpec:
    """One race. start: (d,) numbers; empty for the surface's own.

    noise: standard deviation of what is added to every gradient, drawn from seed. starts: how many starts there are
    besides the one, "again" the same with noise of its own each time; count: how many. tolerance: a minimum counts as
    reached from this distance on.
    rule: how rates were chosen: each its own, the same for all, or the best of a scan; it changes nothing by itself.
    on: the surface, or the loss of the document's network, trained as its plan says but by these optimizers.
    plane: through the principal directions of all paths, random filter-normalised directions, or two weights, which are
    written as "h.W[1,1]; h.W[1,2]", counted from 1; the first two if empty.
    markers: the number of each optimizer's colour and marker, which stay its own when others leave; 0, 1, … if empty.
    """

    surface: Choice = chosen("himmelblau")
    optimizers: tuple[Choice, ...] = FIRST_OPTIMIZERS
    start: tuple[float, ...] = ()
    steps: int = 400
    schedule: Choice | None = None
    clip: Choice | None = None
    noise: float = 0.0
    seed: int = 0
    starts: Starts = "one"
    count: int = 100
    tolerance: float = 0.05
    rule: Rule = "own"
    on: On = "surface"
    plane: PlaneKind = "pca"
    weights: str = ""
    markers: tuple[int, ...] = ()

    def marker(self, index: int) -> int:
        """Return the number of an optimizer's colour and marker."""
        return self.markers[index] if self.markers else index

    def under(self, conventions: Conventions) -> "RaceSpec":
        """Return this race with every setting that conventions decide written out; itself if none is left out."""
        decided = conventions.decided
        runners = tuple(filled("optimizer", each, decided) for each in self.optimizers)
        new = replace(self, optimizers=runners, schedule=self.schedule and filled("schedule", self.schedule, decided))
        return self if new == self else new


def settings_of(spec: RaceSpec) -> tuple[Hyper, ...]:
    """Return the settings that mean something for this race."""
    if spec.on == "surface":
        return RACE_SETTINGS
    return NETWORK_SETTINGS if spec.plane == "weights" else NETWORK_SETTINGS[:1]


def start_of(spec: RaceSpec) -> tuple[float, ...]:
    """Return where the race begins."""
    return spec.start or resolve_surface(spec.surface)[0].start


def check_race(spec: RaceSpec) -> None:
    """Raise SpecError or FormulaError unless the race can be walked."""
    entry, settings = resolve_surface(spec.surface)
    d = entry.make(settings).d
    for optimizer in spec.optimizers:
        resolve_optimizer(optimizer)
    if spec.start and (len(spec.start) != d or not all(map(np.isfinite, spec.start))):
        raise SpecError(
            tr("Expected {d} finite numbers to start from. Received: {start}", d=d, start=list(spec.start)),
            place="race.start",
        )
    for hyper in RACE_SETTINGS:
        hyper.check(getattr(spec, hyper.name), "race")
    if not 1 <= len(spec.optimizers) <= MOST_OPTIMIZERS:
        raise SpecError(
            tr("Expected 1 to {most} optimizers. Received: {n}", most=MOST_OPTIMIZERS, n=len(spec.optimizers)),
            place="race.optimizers",
        )
    known = set(spec.markers) & set(range(MOST_OPTIMIZERS))
    if spec.markers and not len(known) == len(spec.markers) == len(spec.optimizers):
        raise SpecError(
            tr("Expected a number of its own for each optimizer, below {most}. Received: {markers}",
               most=MOST_OPTIMIZERS, markers=list(spec.markers)),
            place="race.markers",
        )  # fmt: skip
    _check_places(spec)


def _check_places(spec: RaceSpec) -> None:
    """Raise SpecError if the paths of many starts would not fit into memory."""
    paths = 1 if spec.starts == "one" else spec.count * len(spec.optimizers)
    most = MOST_PLACES // paths
    if spec.steps > most and paths > 1:
        raise SpecError(
            tr("Expected at most {most} steps for {count} starts and {n} optimizers. Received: {steps}",
               most=most, count=spec.count, n=len(spec.optimizers), steps=spec.steps),
            place="race.steps",
        )  # fmt: skip


def first_rate(spec: RaceSpec, kind: str) -> float:
    """Return a rate to begin with: one whose first step goes a hundredth of the picture's width, two digits, at most 1.

    Optimizers that divide by the size of gradients go as far as their rate; the others as far as rate × slope.
    """
    if spec.on == "network":
        return _FOR_NETWORKS.get(kind, MOST_RATE)
    entry, settings = resolve_surface(spec.surface)
    move = FIRST_MOVE * (entry.extent[1] - entry.extent[0])
    if kind in _BY_SLOPE:
        slope = gradient_at(entry.make(settings), np.array(start_of(spec))[:, None])[:, 0]
        with np.errstate(over="ignore"):
            norm = float(np.linalg.norm(slope))
        move = move / norm if norm > 0 and np.isfinite(norm) else move
        move *= _BY_SLOPE[kind]
    return min(float(f"{move:.1e}"), MOST_RATE)


#: Rates to begin with on a network.
_FOR_NETWORKS = {
    "sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "adagrad": 0.05, "rmsprop": 0.01, "adam": 0.02, "adamw": 0.02,
    "amsgrad": 0.02, "nadam": 0.02, "rprop": 0.01, "delta_bar_delta": 0.1, "lbfgs": 0.1,
}  # fmt: skip

#: Optimizers whose steps are as long as the slope is steep, with the share of a step that the first one should take.
_BY_SLOPE = {"sgd": 1.0, "momentum": 0.4, "nesterov": 0.4, "delta_bar_delta": 1.0, "lbfgs": 1.0}
