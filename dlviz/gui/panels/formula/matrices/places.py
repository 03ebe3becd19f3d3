"""What a cell of a matrix is in the network, and which cell a place of the network is."""

import math
from dataclasses import dataclass

import numpy as np

from dlviz.core.inference import parameters
from dlviz.core.matrices import Matrix
from dlviz.core.narration import Focus
from dlviz.core.network import NetworkSpec, sources
from dlviz.core.trace import Step
from dlviz.gui.selection import NOTHING, Selected

RULE_NODE, RULE_INPUT = "o", "x"  # of a learning rule, which has no layers


@dataclass(frozen=True)
class Spot:
    """A place of the network, and the example of the batch that the cell is about; −1 where it is about all."""

    place: Selected = NOTHING
    example: int = -1


def spot_of(matrix: Matrix, index: tuple[int, ...], network: NetworkSpec, n: int) -> Spot:
    """Return what the number at an index of a matrix's array is."""
    parameter = parameter_of(matrix.name, network)
    node = matrix.name.partition(".")[0]
    is_input = node in _inputs(network)
    if not index or not (parameter or is_input or "." in matrix.name or node == "y"):
        return Spot()
    if parameter:
        return Spot(_of_parameter(parameter, index, network))
    has_examples = matrix.array.ndim > 0 and matrix.array.shape[0] == n and len(index) > 1
    own = index[1:] if has_examples else index
    # Of a sequence the last axis counts units, of a map all axes do.
    unit = int(np.ravel_multi_index(own, matrix.array.shape[1:])) if matrix.array.ndim == 4 else own[-1]
    if node == "y":
        node = network.outputs[0] if network.outputs else network.layers[-1].id if network.layers else RULE_NODE
    return Spot(Selected("input" if is_input else "unit", node, unit), index[0] if has_examples else -1)


def _inputs(network: NetworkSpec) -> set[str]:
    return {each.id for each in network.inputs} if network.layers else {RULE_INPUT}


def parameter_of(name: str, network: NetworkSpec) -> str:
    """Return the parameter whose values, gradient, state or change an array holds; "" where it is of no parameter."""
    known = {each.name for each in parameters(network)} if network.layers else {f"{RULE_NODE}.W", f"{RULE_NODE}.b"}
    front, _, role = name.rpartition(".")
    layer = front.partition(".")[0]
    return next((each for each in (name, front, f"{layer}.{role.removeprefix('d')}") if each in known), "")


def _of_parameter(name: str, entry: tuple[int, ...], network: NetworkSpec) -> Selected:
    layer, _, role = name.partition(".")
    found = next((each for each in network.layers if each.id == layer), None)
    is_drawn = found is None or found.kind == "dense"
    if is_drawn and role == "b" and len(entry) == 1:
        return Selected("bias", layer, entry[0])
    if is_drawn and role == "W" and len(entry) == 2:
        source = sources(network, found)[0] if found is not None else RULE_INPUT
        return Selected("link", layer, entry[0], source, entry[1])
    return Selected("parameter", layer, name=name, entry=entry)


def cell_told(matrix: Matrix, step: Step, network: NetworkSpec, focus: Focus, n: int) -> tuple[int, int] | None:
    """Return the cell of the number that the view of one unit tells or uses."""
    shape = matrix.array.shape
    if parameter_of(matrix.name, network):
        return matrix.cell((focus.unit, focus.source)[: len(shape)]) if len(shape) < 3 else None
    node = matrix.name.partition(".")[0]
    is_own = node in (step.layer, "y") or (not network.layers and node == RULE_NODE)
    unit = focus.unit if is_own else focus.source
    return _cell_of_unit(matrix, unit, focus.sample, n)


def cell_of(matrix: Matrix, place: Selected, example: int, network: NetworkSpec, n: int) -> tuple[int, int] | None:
    """Return the cell that shows a place of the network, of an example where it shows several."""
    node = matrix.name.partition(".")[0]
    if parameter_of(matrix.name, network):
        index = _entry(place, parameter_of(matrix.name, network))
        return None if index is None else matrix.cell(index)
    if place.kind not in ("unit", "input") or place.layer != node:
        return None
    return _cell_of_unit(matrix, place.unit, example, n)


def _cell_of_unit(matrix: Matrix, unit: int, example: int, n: int) -> tuple[int, int] | None:
    shape = matrix.array.shape
    if len(shape) == 1:
        return matrix.cell((min(unit, shape[0] - 1),))
    if len(shape) < 2 or shape[0] != n:
        return None
    within = np.unravel_index(min(unit, math.prod(shape[1:]) - 1), shape[1:])
    return matrix.cell((min(max(example, 0), n - 1), *(int(each) for each in within)))


def _entry(place: Selected, parameter: str) -> tuple[int, ...] | None:
    if place.kind == "parameter":
        return place.entry if place.name == parameter else None
    layer, _, role = parameter.partition(".")
    if layer != place.layer:
        return None
    if place.kind == "link" and role == "W":
        return place.unit, place.source
    return (place.unit,) if role == "b" and place.kind in ("bias", "unit") else None
