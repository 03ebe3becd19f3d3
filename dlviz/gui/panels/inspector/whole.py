"""What the inspector says about the network as a whole: its size, and the last update."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dlviz.core.inference import parameters, shapes
from dlviz.core.layers import ParameterSpec
from dlviz.core.lowering import name_of
from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Card, Fact, Scene
from dlviz.gui.panels.inspector.reading import Reading, partial_words
from dlviz.i18n import tr
from dlviz.session.explanation import DerivativesExplanation
from dlviz.session.messages import Frame

SAME = 1e-9  # relative; a step that is −η times the gradient but for rounding


def network(scene: Scene) -> Card:
    """Describe the network: how many parameters it has, and what the update did; its layers are a table."""
    spec = scene.document.network
    own = parameters(spec)
    sizes = shapes(spec)
    facts = [Fact(tr("all parameters"), text=numbers.count(sum(each.size for each in own)))]
    facts += _levels(scene.symbols, sizes)
    inputs = ", ".join(f"{each.id} {shape_words(each.shape)}" for each in spec.inputs)
    frozen = set(scene.document.training.frozen)
    learning = [each for each in own if each.is_trainable and not {each.name, each.layer} & frozen]
    facts += _update(scene.reading, learning)
    facts += _times(scene.frame)
    return Card(tr("Network"), tr("inputs {inputs}", inputs=inputs), facts=tuple(facts))


def _levels(symbols: Symbols, sizes: Mapping[str, Sequence[int]]) -> tuple[Fact, ...]:
    """Count the layers with weights, and write how many units the inputs and each of them have: n⁰ = 2, n¹ = 3."""
    if not symbols.numbers:
        return ()
    inputs = sum(math.prod(each.shape) for each in symbols.network.inputs)
    counts = [symbols.level_of("n", 0) + f" = {inputs}"]
    counts += [
        f"{symbols.level_of('n', number)} = {math.prod(sizes[node])}" for node, number in symbols.numbers.items()
    ]
    tip = tr("The inputs are level 0 and not counted as a layer; level L is the output.")
    return (
        Fact(tr("layers with weights"), text=f"L = {len(symbols.numbers)}", tip=tip),
        Fact(tr("units"), text=", ".join(counts), tip=tip),
    )


def shape_words(shape: Sequence[int]) -> str:
    """Write a shape: 64, or 8 × 6 × 6."""
    return " × ".join(map(str, shape)) or "1"


def memory_words(size: int) -> str:
    """Write a number of bytes: 320 B, 4.7 kB."""
    for unit, bytes_each in (("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_each:
            return f"{numbers.number(size / bytes_each, 3)} {unit}"
    return f"{size} B"


def _times(frame: Frame) -> tuple[Fact, ...]:
    """Compare the forward pass in a loop over the examples with that of one matrix, as they were measured here."""
    answer = frame.explanation
    times = answer.times if isinstance(answer, DerivativesExplanation) else None
    if times is None:
        return ()
    ratio = times.one_by_one / times.at_once
    return (
        Fact(tr("forward, {n} one by one", n=times.n), text=time_words(times.one_by_one)),
        Fact(tr("forward, {n} as one matrix", n=times.n), text=time_words(times.at_once)),
        Fact(tr("vectorised is faster by"), text=f"× {numbers.number(ratio, 2)}"),
    )


def time_words(seconds: float) -> str:
    """Write a short time: 12 µs, 3.4 ms."""
    return f"{numbers.number(1e3 * seconds, 3)} ms" if seconds >= 1e-3 else f"{numbers.number(1e6 * seconds, 3)} µs"


def _update(reading: Reading, learning: Sequence[ParameterSpec]) -> tuple[Fact, ...]:
    """Compare what the update did to the loss with what the gradient promised, on the same rows.

    learning: the parameters that the update may change.
    """
    trace = reading.trace
    loss = reading.array("loss")
    if trace is None or loss is None:
        return ()
    before = float(np.ravel(loss)[0])
    facts = [Fact(tr("loss of the batch"), (before,))]
    pairs = _pairs(reading, learning)
    if not pairs:
        gradients = (name_of("grad", each.name) for each in learning)
        return (*facts, Fact(tr("gradient norm ‖g‖"), (reading.norm(*gradients),), tip=partial_words()))
    squared = sum(float(np.vdot(gradient, gradient)) for gradient, _ in pairs)
    promised = sum(float(np.vdot(gradient, step)) for gradient, step in pairs)
    is_plain = math.isfinite(trace.lr) and abs(promised + trace.lr * squared) <= SAME * abs(promised)
    rate = reading.frame.document.notation.rate
    label = tr("predicted change −{rate} ‖g‖²", rate=rate) if is_plain else tr("predicted change g · Δw")
    is_done = reading.cursor == len(trace.steps)
    return (
        *facts,
        Fact(tr("gradient norm ‖g‖"), (math.sqrt(squared),), tip=partial_words()),
        Fact(label, (promised,), is_signed=True),
        Fact(tr("loss after the update"), (trace.loss_after if is_done else None,)),
        Fact(tr("real change"), (trace.loss_after - before if is_done else None,), is_signed=True),
    )


def _pairs(reading: Reading, learning: Sequence[ParameterSpec]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return gradient and step of every parameter; none until all of them are known."""
    found = []
    for each in learning:
        gradient, step = reading.array(name_of("grad", each.name)), reading.array(f"{each.name}.step")
        if gradient is None or step is None:
            return []
        found.append((gradient, step))
    return found
