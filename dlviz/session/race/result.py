"""What a race comes to: the picture of the surface and every path, ready to be looked at in any order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlviz.core.descent import Path
from dlviz.core.explain import Curvature
from dlviz.core.surfaces import Surface, SurfaceEntry
from dlviz.core.trace import Trace
from dlviz.session.race.scan import RateScan
from dlviz.session.race.spec import RaceSpec
from dlviz.session.race.standings import Band, Standing

if TYPE_CHECKING:  # it trains documents, and documents have races
    from dlviz.session.race.ground import Ground
    from dlviz.session.race.maps import RaceMaps

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Crowd:
    """Many starts at once: starts (d, n), and where each optimizer ended, ends (d, n), with values (n,).

    bands: median and quartiles of the heights of each optimizer's paths.
    """

    starts: FloatArray
    ends: tuple[FloatArray, ...]
    values: tuple[FloatArray, ...]
    paths: tuple[Path, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, eq=False)
class NetworkPart:
    """What a race on the loss of a network has besides: for each optimizer how far off the plane every point lies.

    residuals, lengths: (steps + 1,) distance from the plane and length of the way, in all parameters. seconds: that
    training took. parameters: how many there are. ground: what the race stands on.
    """

    residuals: tuple[FloatArray, ...]
    lengths: tuple[FloatArray, ...]
    seconds: tuple[float, ...]
    parameters: int
    ground: "Ground"


@dataclass(frozen=True, eq=False)
class Race:
    """One race, walked to its end.

    extent: (x0, x1, y0, y1) that is looked at, (x0, x1) of a curve. heights: values on a grid of it, (side, side)
    with rows along y from y0 up, or (side,). paths: one for each optimizer, from the one start.
    curvature: how the surface bends at every point of each path, smallest first, (steps + 1, d).
    flow: the line that runs downhill everywhere, (points, d). standings: of each path.
    network: there where a network is trained: its points are places on one plane through its parameters, and its values
    are the losses at the points themselves.
    """

    spec: RaceSpec
    entry: SurfaceEntry
    surface: Surface
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    extent: tuple[float, ...]
    heights: FloatArray
    paths: tuple[Path, ...]
    curvature: tuple[FloatArray, ...]
    flow: FloatArray
    standings: tuple[Standing, ...]
    crowd: Crowd | None = None
    network: NetworkPart | None = None

    @property
    def steps(self) -> int:
        """How many steps each optimizer took."""
        return self.spec.steps


@dataclass(frozen=True)
class RaceQuestion:
    """Which step is to be shown in full: that of this optimizer after so many; and whether rates are to be scanned.

    place: after how many steps it stands where the curvature of a network's loss is wanted.
    wants_maps: whether what all networks answer there is wanted too.
    """

    entrant: int = 0
    step: int = 0
    wants_scans: bool = False
    place: int = 0
    wants_maps: bool = False


@dataclass(frozen=True, eq=False)
class RaceView:
    """What the window gets: the latest race, the step in question, and how far a newer race has come (0…1).

    scans: of the optimizers whose rates were scanned so far, in their order. problem: why the newer race cannot be.
    curvature: the largest of a network's loss at the place in question; None while it is not known.
    maps: what the networks answer at the place in question, or at one before while these are being made.
    """

    race: Race
    question: RaceQuestion
    trace: Trace | None
    progress: float = 1.0
    scans: tuple[RateScan, ...] = ()
    problem: str = ""
    curvature: Curvature | None = None
    maps: "RaceMaps | None" = None
