"""The gradient of one parameter written out by the chain rule, one layer further than the step itself."""

from dlviz.core.activations import resolve
from dlviz.core.narration import functions
from dlviz.core.narration.number import Term, caption, coloured, cut, evaluated, factor, number, written
from dlviz.core.narration.symbols import activation, delta, indexed, slope_of_loss, weight
from dlviz.core.narration.view import Narration, View
from dlviz.core.trace import Step
from dlviz.i18n import tr


def written_out(view: View, left: str, unit: int, source: int | None, value: float) -> Narration | None:
    """Tell dL/dw as the sum over every way from the unit to the loss, for a batch of one example.

    left: the letters of dL/dw. source: index of the weight's input, None for a bias.
    None where there is no such sum: a fused output, an activation that ties units, several examples.
    """
    node = view.step.node
    if view.n > 1 or not resolve(view.activation, node)[0].is_elementwise or not _was_activated(view):
        return None
    z, a = (float(view.rows(f"{node}.{kind}")[0, unit]) for kind in ("z", "a"))
    slope = functions.slope(view, z, a, unit)
    tails = [] if slope.symbols == "1" else [(caption(slope.symbols, tr("slope")), slope.numbers, _slope(view, unit))]
    if source is not None:
        slot = view.sources()[0]
        x = float(view.rows(slot)[0, source])
        tails.append((caption(activation(view, slot, source), tr("input")), factor(x, view.digits), x))
    writers = _writers(view)
    are_links = all(step.op == "input_gradient" for step in writers)
    if not tails or not (are_links or (len(writers) == 1 and slope.symbols != "1")):
        return None
    ways = [way for step in writers for way in _ways(view, step, unit)]
    symbols = " + ".join(_letters(view, step, unit) for step in writers)
    head = f"({symbols})" if len(writers) > 1 else symbols
    for letters, numbers, factor_value in tails:
        head += rf" \cdot {letters}"
        ways = [Term(rf"{way.latex} \cdot {numbers}", way.value * factor_value) for way in ways]
    terms = cut([way.value for way in ways], lambda place: ways[place].latex, 0, view.digits)
    shown = evaluated(terms, view.digits) if len(terms) > 1 else ""
    sentence = tr("{count} ways lead from it to the loss; add them.", count=len(ways)) if len(ways) > 1 else ""
    return Narration(f"{left} = {head}", written(terms), number(value, view.digits), sentence, (value,), shown)


def _was_activated(view: View) -> bool:
    node, earlier = view.step.node, view.trace.steps[: view.position]
    return any(step.op == "activate_backward" and step.node == node for step in earlier)


def _writers(view: View) -> list[Step]:
    """Return the steps that brought the gradient of this node's activation."""
    name = f"{view.step.node}.da"
    return [step for step in view.trace.steps[: view.position] if name in step.writes]


def _slope(view: View, unit: int) -> float:
    """Return the slope of the activation at the unit's sum."""
    node = view.step.node
    entry, settings = resolve(view.activation, node)
    return float(entry.slope(view.rows(f"{node}.z")[0], settings)[unit])


def _ways(view: View, step: Step, unit: int) -> list[Term]:
    """Return the share of dL/da that one step brought, link by link."""
    d = view.digits
    if step.op != "input_gradient":
        share = float(view.rows(f"{view.step.node}.da")[0, unit])
        return [Term(coloured("backward", factor(share, d)), share)]
    errors = view.rows(f"{step.node}.dz")[0]
    links = view.weights(step.node)[:, unit]
    return [
        Term(rf"{coloured('backward', factor(e, d))} \cdot {factor(w, d)}", float(e * w))
        for e, w in zip(errors, links, strict=True)
    ]


def _letters(view: View, step: Step, unit: int) -> str:
    if step.op != "input_gradient":
        return caption(slope_of_loss(view, indexed(view, "a", view.step.node, unit)), tr("from above"))
    count = len(view.rows(f"{step.node}.dz")[0])
    over = r"\sum_k " if count > 1 else ""
    which: int | str = "k" if count > 1 else 0
    error = caption(coloured("backward", delta(view, step.node, which)), tr("error above"))
    return rf"{over}{error} \cdot {caption(weight(view, step.node, which, unit), tr('link'))}"
