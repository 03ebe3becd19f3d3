"""Stochastic units told: how likely one fires, the number drawn for it, and what it answers."""

from dlviz.core.activations import resolve
from dlviz.core.narration.number import MOST_DIGITS, coloured, exact, factor, number
from dlviz.core.narration.symbols import indexed
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr


def fire_probability(view: View) -> Narration:
    """Tell how likely one unit answers +1 for one example."""
    node, (unit, p) = view.step.node, _unit(view, "p")
    z, letter = float(view.rows(f"{node}.z")[view.sample, unit]), indexed(view, "z", node, unit)
    temperature = float(resolve(view.activation, node)[1]["temperature"])
    symbols = f"{indexed(view, 'p', node, unit)} = {_logistic(letter, temperature)}"
    shown = number(p, view.digits)
    numbers = _logistic(factor(z, view.digits), temperature) if temperature else shown
    sentence = tr("The larger the sum, the likelier the unit fires; a high temperature makes it a coin toss.")
    return Narration(symbols, numbers, shown, sentence, (p,))


def draw(view: View) -> Narration:
    """Tell the random number that was drawn for one unit and one example."""
    unit, u = _unit(view, "u")
    shown = number(u, view.digits)
    sentence = tr("Draw a number for every unit and example; seed and batch decide it, so that going back repeats it.")
    return Narration(rf"{indexed(view, 'u', view.step.node, unit)} \sim [0, 1)", shown, shown, sentence, (u,))


def fire(view: View) -> Narration:
    """Tell whether one unit fires: its number against its probability."""
    node, (unit, a) = view.step.node, _unit(view, "a")
    drawn, likely = (float(view.rows(f"{node}.{part}")[view.sample, unit]) for part in ("u", "p"))
    u, p = (indexed(view, part, node, unit) for part in ("u", "p"))
    symbols = rf"{indexed(view, 'a', node, unit)} = 1 \text{{ {tr('if')} }} {u} < {p} \text{{ {tr('else')} }} -1"
    reason = coloured("muted", _compared(drawn, likely, view.digits))
    numbers = rf"\underset{{{reason}}}{{{number(a, view.digits)}}}"
    sentence = tr("The unit fires if its number is below its probability.")
    return Narration(symbols, numbers, number(a, view.digits), sentence, (a,))


def _unit(view: View, part: str) -> tuple[int, float]:
    """Return the unit in focus and what this step wrote for it."""
    values = view.columns(f"{view.step.node}.{part}")[view.sample]
    unit = clamp(view.focus.unit, len(values))
    return unit, float(values[unit])


def _compared(drawn: float, likely: float, digits: int) -> str:
    """Write two numbers with as many digits as show which is larger."""
    while digits < MOST_DIGITS and number(drawn, digits) == number(likely, digits) and drawn != likely:
        digits += 1
    sign = "<" if drawn < likely else r"\ge"
    return f"{number(drawn, digits)} {sign} {number(likely, digits)}"


def _logistic(written: str, temperature: float) -> str:
    if temperature == 0:
        return rf"\theta({written})"
    scaled = written if temperature == 1 else rf"\frac{{{written}}}{{{exact(temperature)}}}"
    return rf"\frac{{1}}{{1 + e^{{-{scaled}}}}}"
