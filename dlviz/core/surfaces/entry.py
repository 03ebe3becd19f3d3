"""What a shipped surface declares: where to look, its minima, and what it teaches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete
from dlviz.core.registry import Registry
from dlviz.core.surfaces.kind import Surface

Settings = Mapping[str, Any]
Points = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class SurfaceEntry:
    """A shipped surface, or a family of them.

    make(settings) returns the surface; minima(settings) its lowest points. extent: (x0, x1, y0, y1) that shows
    what matters, (x0, x1) of a curve. start: where a descent begins unless told otherwise. teaches: one sentence.
    given(settings) returns gradients, one a step, where they do not come from a surface.
    """

    key: str
    title: str
    make: Callable[[Settings], Surface]
    minima: Callable[[Settings], Points]
    extent: tuple[float, ...]
    start: tuple[float, ...]
    teaches: str
    source: str
    settings: tuple[Hyper, ...] = ()
    given: Callable[[Settings], tuple[float, ...]] | None = None

    @property
    def d(self) -> int:
        """How many numbers a point has."""
        return len(self.start)

    @property
    def formula(self) -> str:
        """The surface with its default settings, as LaTeX."""
        return self.make(complete({}, self.settings, self.key)).formula


surfaces: Registry[SurfaceEntry] = Registry("surface")


def resolve(choice: Choice) -> tuple[SurfaceEntry, Settings]:
    """Return the entry of a choice with all its settings; start and extent of a typed curve have one axis.

    Raises: SpecError, FormulaError.
    """
    entry = surfaces.get(choice.kind, "surface")
    settings = complete(choice.settings, entry.settings, "surface")
    d = entry.make(settings).d
    return replace(entry, start=entry.start[:d], extent=entry.extent[: 2 * d]), settings
