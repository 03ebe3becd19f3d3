"""What the inspector says about one weight or bias: its shares, gradient, optimizer state and step."""

import math
from collections.abc import Sequence
from dataclasses import replace

from dlviz.core.explain import Weight
from dlviz.core.freezing import is_shut
from dlviz.core.notation import spelled_label
from dlviz.core.optimizers import optimizers
from dlviz.gui.leaves import Leaf
from dlviz.gui.panels.inspector import notation
from dlviz.gui.panels.inspector.card import Card, Fact, Scene, Source, node_place
from dlviz.gui.panels.inspector.reading import partial_words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.explanation import Explanation

SAME = 1e-6  # relative; a step that is −η times the gradient but for rounding, in float32 too
AGREEMENT = 1e-4  # relative, of a central difference where units switch nowhere between the probes

STATE_LABELS = {
    "velocity": "velocity v",
    "m": "first moment m",
    "v": "second moment v",
    "v_max": "largest second moment",
    "squares": "squared gradients S",
    "changes": "squared changes D",
    "gains": "gain k",
    "sizes": "step size s",
    "last_grad": "last gradient",
    "last_step": "last step",
}


def link(scene: Scene) -> Card:
    """Describe the selected weight."""
    layer, selected, network = scene.layer, scene.selected, scene.document.network
    if layer is None:
        return Card()
    symbol = scene.symbols.weight(layer.id, selected.unit, selected.source)
    source = notation.source_of(network, layer)
    carried = scene.symbols.value(source, selected.source)
    name, reading = f"{layer.owner}.W", scene.reading
    index = (selected.unit, selected.source)
    inputs = reading.mean_columns(reading.node_name(network, source), selected.source)
    weight = reading.entry(name, index)
    products = tuple(None if value is None or weight is None else value * weight for value in inputs)
    read = Source(carried + reading.of_mean, tr("what the weight multiplies"),
                  node_place(network, source, selected.source))  # fmt: skip
    shares = (
        Fact(read.text, inputs, sources=(read,)),
        Fact(f"w·{carried}" + reading.of_mean, products, is_signed=True),
    )
    leaf = Leaf("parameter", name, index, symbol, weight)
    remark = f"{carried} → {scene.symbols.value(layer.id, selected.unit)}"
    told = _change(scene, leaf, (reading.at(f"{layer.id}.dz", selected.unit), inputs[0]))
    title = tr("Weight {symbol}", symbol=symbol)
    return Card(title, remark, told, reading.headings, shares + _parameter(scene, leaf), leaf)


def bias(scene: Scene) -> Card:
    """Describe the selected bias."""
    layer, unit = scene.layer, scene.selected.unit
    if layer is None:
        return Card()
    symbol = scene.symbols.bias(layer.id, unit)
    name = f"{layer.owner}.b"
    leaf = Leaf("parameter", name, (unit,), symbol, scene.reading.entry(name, (unit,)))
    remark = "→ " + scene.symbols.value(layer.id, unit)
    told = _change(scene, leaf, (scene.reading.at(f"{layer.id}.dz", unit),))
    return Card(tr("Bias {symbol}", symbol=symbol), remark, told, facts=_parameter(scene, leaf), leaf=leaf)


def parameter(scene: Scene) -> Card:
    """Describe the selected number of any parameter."""
    layer, selected = scene.layer, scene.selected
    if layer is None:
        return Card()
    symbol = scene.symbols.entry(selected.name, *selected.entry)
    leaf = Leaf("parameter", selected.name, selected.entry, symbol, scene.reading.entry(selected.name, selected.entry))
    title = tr("Parameter {symbol}", symbol=symbol)
    headings = scene.reading.headings
    return Card(title, selected.name, (), headings, _parameter(scene, leaf), leaf, picks=layer.id)


def _parameter(scene: Scene, leaf: Leaf) -> tuple[Fact, ...]:
    """Gradient, optimizer state, step and value after it, of one entry of a parameter."""
    reading, (layer, letter) = scene.reading, leaf.name.split(".")
    optimizer = _optimizer_title(scene.document)
    if is_shut(scene.document.training.frozen, leaf.name, leaf.index):
        return _padded(scene, (Fact(tr("next step"), text=tr("frozen, never updated")),))
    gradient = reading.entry(f"{layer}.d{letter}", leaf.index)
    step = reading.entry(f"{leaf.name}.step", leaf.index)
    before = reading.before(leaf.name, leaf.index)
    after = reading.written(leaf.name, leaf.index)
    if after is None and step is not None and before is not None:
        after = before + step
    state = [(label, reading.entry(f"{leaf.name}.{key}", leaf.index)) for key, label in STATE_LABELS.items()]
    facts = [*_checked(scene, leaf, gradient)]
    facts += [Fact(label, (value,)) for label, value in state if value is not None]
    facts += [Fact(tr("step ({optimizer})", optimizer=optimizer), (step,), is_signed=True)]
    return _padded(scene, (*facts, Fact(tr("after the step"), (after,))))


def _change(scene: Scene, leaf: Leaf, factors: Sequence[float | None]) -> tuple[str, ...]:
    """Write the change of plain descent with its factors: the rate, and δ and x of a batch of one, else the gradient.

    Nothing until it is computed, and for optimizers that do more.
    """
    reading, trace = scene.reading, scene.reading.trace
    layer, letter = leaf.name.split(".")
    gradient, step = reading.entry(f"{layer}.d{letter}", leaf.index), reading.entry(f"{leaf.name}.step", leaf.index)
    if trace is None or not reading.is_walking or gradient is None or step is None or not step:
        return ()
    if not math.isclose(-trace.lr * gradient, step, rel_tol=SAME):
        return ()
    known = [each for each in factors if each is not None]
    is_single = len(known) == len(factors) and math.isclose(math.prod(known), gradient, rel_tol=SAME)
    letters = ("δ", "x")[: len(factors)] if is_single else (f"∂L/∂{letter.lower()}",)
    put = known if is_single else [gradient]
    symbols = " · ".join(("η", *letters))
    written = " · ".join(f"({notation.short(each)})" if each < 0 else notation.short(each) for each in put)
    rated = scene.document.notation.rated(f"Δ{letter.lower()} = −{symbols}")
    return (
        spelled_label(rated, scene.symbols),
        f"= −{notation.short(trace.lr)} · {written} = {notation.short(step)}, {tr('all at the old weights')}",
    )


def _checked(scene: Scene, leaf: Leaf, gradient: float | None) -> tuple[Fact, ...]:
    """Give the gradient, with the looked-at sample's share while walking, and the numeric derivative beside it."""
    reading, answer = scene.reading, scene.frame.explanation
    letter = leaf.name.rpartition(".")[2].lower()
    is_about = isinstance(answer, Explanation) and answer.question.weight == Weight(leaf.name, leaf.index)
    if gradient is None or not isinstance(answer, Explanation) or not is_about or answer.shares is None:
        return (Fact(reading.of_gradient(letter), (gradient,), is_signed=True, tip=partial_words()),)
    shares = answer.shares
    own = (float(shares.shares[answer.sample]),) if reading.is_walking else ()
    is_same = abs(answer.numeric - shares.gradient) <= AGREEMENT * max(abs(shares.gradient), 1e-3)
    mark = "✓" if is_same else "≠"
    check, short = tr("{mark} numeric check, ε = 10⁻⁶", mark=mark), tr("{mark} numeric check", mark=mark)
    penalty = (Fact(tr("of it the penalty's share"), (shares.penalty,), is_signed=True),) if shares.penalty else ()
    return (
        Fact(reading.of_gradient(letter), (*own, gradient), is_signed=True, tip=partial_words()),
        *penalty,
        Fact(check, (answer.numeric,), is_signed=True, short=short),
    )


def _padded(scene: Scene, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Put facts of the whole batch into the last of the columns."""
    missing = max(len(scene.reading.headings) - 1, 0)
    blank: tuple[float | None, ...] = (float("nan"),) * missing
    return tuple(
        fact if fact.text or len(fact.values) > missing else replace(fact, values=blank + fact.values) for fact in facts
    )


def _optimizer_title(document: Document) -> str:
    key = document.training.optimizer.kind
    return optimizers.get(key).title if key in optimizers else key
