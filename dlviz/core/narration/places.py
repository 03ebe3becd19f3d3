"""What the focus means on maps: the cell, the patch it reads, and the entry of a parameter that serves it."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.inference import source_shapes
from dlviz.core.layers.convolution import windows_of
from dlviz.core.layers.windows import Windows
from dlviz.core.narration.number import Term, caption, factor
from dlviz.core.narration.view import FloatArray, View, clamp
from dlviz.core.network import LayerSpec, sources
from dlviz.i18n import tr


def entry_place(view: View, parameter: str) -> tuple[int, ...]:
    """Return the place in a parameter that the focus means, moved to the nearest that exists.

    (unit, source) in a matrix; of kernels the one of the unit's map, at the source inside its patch;
    of an embedding the row that was looked up.
    """
    owner, _, role = parameter.partition(".")
    shape = view.read(parameter).shape
    layer = next((each for each in view.plan.network.layers if each.id == owner), None)
    wanted: tuple[int, ...] = (view.focus.unit, view.focus.source)
    if layer is not None and layer.kind == "conv2d":
        wanted = kernel_place(view, layer) if role == "W" else (focused_cell(view, layer)[0],)
    elif layer is not None and layer.kind == "embedding":
        wanted = row_place(view, layer)
    padded = (*wanted, *(0 for _ in shape))
    return tuple(clamp(index, count) for index, count in zip(padded, shape, strict=False))


def windows_at(view: View, layer: LayerSpec) -> Windows:
    """Return where the kernels of a convolution lie."""
    return windows_of(layer, source_shapes(view.plan.network, layer, view.shapes)[0])


def focused_cell(view: View, layer: LayerSpec) -> tuple[int, ...]:
    """Return (channel, row, column) of the unit that is looked at."""
    shape = view.shapes[layer.id]
    unit = clamp(view.focus.unit, int(np.prod(shape)))
    return tuple(int(index) for index in np.unravel_index(unit, shape))


def kernel_place(view: View, layer: LayerSpec) -> tuple[int, ...]:
    """Return (filter, channel, row, column) of the weight between the focused source and unit, else the first."""
    plan, (which, row, column) = windows_at(view, layer), focused_cell(view, layer)
    found = np.argwhere(plan.reads(row, column) == view.focus.source)
    return (which, *(int(index) for index in found[0])) if len(found) else (which, 0, 0, 0)


def row_place(view: View, layer: LayerSpec) -> tuple[int, int]:
    """Return (row, column) in an embedding's matrix that the focused unit is."""
    ids = view.rows(sources(view.plan.network, layer)[0])[view.sample]
    dim = view.shapes[layer.id][-1]
    position, column = divmod(clamp(view.focus.unit, len(ids) * dim), dim)
    return int(ids[position]), column


def numbers_at(view: View, units: NDArray[np.intp]) -> FloatArray:
    """Return the numbers of these units of what the layer reads; 0 where a window hangs over the edge (−1)."""
    values = view.rows(view.sources()[0])[view.sample]
    flat = units.reshape(-1)
    return np.where(flat >= 0, values[flat], 0.0)


def position_of(unit: int, units: NDArray[np.intp]) -> int:
    """Return where a unit stands among those that are read, 0 if it does not."""
    found = np.flatnonzero(units.reshape(-1) == unit)
    return int(found[0]) if len(found) else 0


def before_it(view: View, name: str, place: tuple[int, ...]) -> list[Term]:
    """Return what earlier steps wrote into an entry that this step adds to."""
    earlier = view.before(name)
    if earlier is None:
        return []
    value = float(earlier[place])
    return [Term(caption(factor(value, view.digits), tr("so far")), value)]
