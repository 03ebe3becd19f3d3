"""What the inspector says about one unit of a recurrent layer: its gates and state in the time step in hand."""

from collections.abc import Iterator
from typing import Any

from dlviz.core.layers import layers
from dlviz.core.network import LayerSpec
from dlviz.core.notation import spelled_label
from dlviz.core.trace import Step, Trace
from dlviz.gui.panels.inspector.card import Fact, Scene, Source
from dlviz.i18n import tr

MOST_STATES = 8  # time steps whose state is listed


def timed_equations(scene: Scene, layer: LayerSpec) -> tuple[str, ...]:
    """Return the formulas by which the layer goes through the time step in hand."""
    steps = _steps(scene, layer)
    at = _time_in_hand(scene, layer, steps)
    forward = [step for step in steps if step.time_step == at and step.phase == "forward"]
    return tuple(scene.document.formula_of(step) for step in forward)


def timed_facts(scene: Scene, layer: LayerSpec) -> tuple[Fact, ...]:
    """Return what the unit reads, its gates and state in the time step in hand, and its state in the others."""
    steps = _steps(scene, layer)
    if not steps:
        return ()
    at, last = _time_in_hand(scene, layer, steps), max(step.time_step for step in steps)
    return (*_read(scene, layer, steps, at), *_written(scene, layer, steps, at), *_states(scene, layer, at, last))


def units_of(layer: LayerSpec) -> int:
    """Return how many units the layer has in one time step."""
    return int(option(layer, "units"))


def option(layer: LayerSpec, name: str) -> Any:
    """Return a setting of the layer, or its default."""
    return layers.get(layer.kind).option(layer, name)


def _steps(scene: Scene, layer: LayerSpec) -> list[Step]:
    trace: Trace | None = scene.reading.trace
    return [] if trace is None else [step for step in trace.steps if step.layer == layer.id and step.time_step]


def _time_in_hand(scene: Scene, layer: LayerSpec, steps: list[Step]) -> int:
    """Return the time step of the tile that is selected, else the one computed last where the walk stands.

    A layer that passes on all its states has a tile for each unit at each time step. None was computed: the last one.
    """
    last, tile = max((step.time_step for step in steps), default=0), scene.selected.unit // units_of(layer) + 1
    if option(layer, "return") == "sequence":
        return min(tile, last)
    done = [step for step in steps if step.index < scene.reading.cursor]
    return done[-1].time_step if done else last


def _read(scene: Scene, layer: LayerSpec, steps: list[Step], at: int) -> Iterator[Fact]:
    """Give the states that the time step begins with."""
    for letter in ("h", "c"):
        if at > 1 and f"{layer.id}.t{at - 1}.{letter}" in _names(steps):
            yield _fact(scene, layer, letter, at - 1)


def _names(steps: list[Step]) -> set[str]:
    return {name for step in steps for name in step.writes}


def _written(scene: Scene, layer: LayerSpec, steps: list[Step], at: int) -> Iterator[Fact]:
    """Give what one time step writes for every unit: gates, cell, state, and their gradients."""
    units = units_of(layer)
    for step in steps:
        for name, array in step.writes.items() if step.time_step == at else ():
            is_of_units = array.ndim == 2 and array.shape[1] == units and step.op != "time_contribution"
            if is_of_units and name.startswith(f"{layer.id}.t{at}."):
                yield _fact(scene, layer, name.rpartition(".")[2], at)


def _states(scene: Scene, layer: LayerSpec, at: int, last: int) -> Iterator[Fact]:
    """Give the state of the other time steps, the nearest ones where there are many."""
    first = min(max(at - MOST_STATES // 2, 1), max(last - MOST_STATES + 1, 1))
    for time in range(first, min(first + MOST_STATES, last + 1)):
        if time not in (at - 1, at):
            yield _fact(scene, layer, "h", time)


def _fact(scene: Scene, layer: LayerSpec, letter: str, time: int) -> Fact:
    reading, name, unit = scene.reading, f"{layer.id}.t{time}.{letter}", scene.selected.unit % units_of(layer)
    is_gradient = letter.startswith("d")
    bare = spelled_label(f"∂L/∂{letter[1:]}", scene.symbols) if is_gradient else letter
    label = f"{bare}⟨{time}⟩" + (reading.of_sum if is_gradient else reading.of_mean)
    values = reading.sum_columns(name, unit) if is_gradient else reading.mean_columns(name, unit)
    return Fact(label, values, is_signed=is_gradient, sources=_writer(scene, name, label))


def _writer(scene: Scene, name: str, label: str) -> tuple[Source, ...]:
    """Lead a label to the step that computes it, while a batch is walked."""
    trace = scene.frame.trace
    found = [] if trace is None else [step for step in trace.steps if name in step.writes]
    return tuple(
        Source(label, tr("Goes to the step that computes it: {formula}", formula=scene.document.formula_of(step)),
               step=step.index)
        for step in found[:1]
    )  # fmt: skip


def timed_remark(scene: Scene, layer: LayerSpec) -> str:
    """Say which time step the numbers are of."""
    steps = _steps(scene, layer)
    if not steps:
        return ""
    return tr("t = {at} of {last}", at=_time_in_hand(scene, layer, steps), last=max(step.time_step for step in steps))
