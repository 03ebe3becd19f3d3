"""Update steps told: velocities, moments, their correction, the step and the new parameter."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlviz.core.inference import parameters
from dlviz.core.narration.number import SETTING_DIGITS, Term, caption, coloured, exact, factor, number, written
from dlviz.core.narration.symbols import layer_mark, slope_of_loss, subscript
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.core.optimizers import resolve
from dlviz.i18n import tr

QUANTITY_GAP = r",\quad "  # between two quantities told by one step


class Entry:
    """One entry of one parameter: its letters, and its numbers before and after a step."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.settings: Mapping[str, Any] = resolve(view.plan.optimizer)[1]
        self.name = _parameter(view)
        layer, _, self.role = self.name.partition(".")
        shape = self._array(self.name).shape
        self.place = tuple(
            clamp(index, count) for index, count in zip((view.focus.unit, view.focus.source), shape, strict=False)
        )
        self.mark = f"_{{{subscript(*self.place)}}}^{{{layer_mark(view, layer)}}}"

    @property
    def letter(self) -> str:
        """The parameter itself: `w_{11}^{(1)}`."""
        return f"{self.role.lower()}{self.mark}"

    @property
    def gradient_letter(self) -> str:
        """Its gradient."""
        return slope_of_loss(self.letter)

    @property
    def gradient(self) -> float:
        """Its gradient as the backward pass left it."""
        layer = self.name.partition(".")[0]
        return self._at(self._array(f"{layer}.d{self.role}"))

    @property
    def rate(self) -> str:
        """The learning rate that was used, times that of the layer; a frozen parameter has none."""
        layer = self.name.partition(".")[0]
        if {self.name, layer} & set(self.view.plan.frozen):
            return caption("0", tr("frozen"))
        scale = next(each.lr_scale for each in parameters(self.view.plan.network) if each.name == self.name)
        rate = exact(self.view.trace.lr)
        return rate if scale == 1 else rf"{rate} \cdot {exact(scale)}"

    @property
    def t(self) -> int:
        """The number of this update since the optimizer's states began, from 1."""
        return self.view.trace.updates

    def old(self, role: str = "") -> float:
        """Return the parameter or one of its states before this step; 0 where a state was not there yet."""
        array = self.view.before(self._slot(role))
        return 0.0 if array is None else self._at(array)

    def new(self, role: str = "") -> float:
        """Return what this step wrote."""
        return self._at(self.view.wrote(self._slot(role)))

    def put(self, value: float) -> str:
        """Write a number as a factor."""
        return factor(value, self.view.digits)

    def told(self, symbols: str, numbers: str, role: str, sentence: str) -> Narration:
        """Return the narration of one written quantity."""
        value = self.new(role)
        return Narration(symbols, numbers, number(value, self.view.digits), sentence, (value,))

    def _slot(self, role: str) -> str:
        return f"{self.name}.{role}" if role else self.name

    def _array(self, name: str) -> FloatArray:
        return self.view.read(name)

    def _at(self, array: FloatArray) -> float:
        return float(np.asarray(array, dtype=np.float64)[self.place])


def look_ahead(view: View) -> Narration:
    """Tell Nesterov's look-ahead point: the parameter moved on by the last change."""
    e = Entry(view)
    beta = exact(e.settings["momentum"])
    terms = [Term(e.put(e.old()), 0), Term(rf"{beta} \cdot {e.put(e.old('velocity'))}", 0)]
    sentence = tr("Look ahead: where would the last change carry this parameter?")
    symbols = rf"\hat{{{e.letter[0]}}}{e.mark} = {e.letter} + \beta \, \Delta {e.letter}"
    return e.told(symbols, written(terms), "ahead", sentence)


def velocity(view: View) -> Narration:
    """Tell the velocity in the convention that is set."""
    e = Entry(view)
    s = e.settings
    beta, v = exact(s["momentum"]), f"v{e.mark}"
    is_ahead = view.plan.optimizer.kind == "nesterov" and s["form"] == "look_ahead"
    share = 1 - s["momentum"] if s["form"] == "ema" else 1.0
    letters, numbers = e.gradient_letter, coloured("backward", e.put(e.gradient))
    if is_ahead or s.get("rate") == "inside":
        letters, numbers = rf"\eta \, {letters}", rf"{e.rate} \cdot {numbers}"
    if share != 1:
        letters, numbers = rf"(1 - \beta) \, {letters}", rf"(1 - {beta}) \cdot {numbers}"
    sign = "-" if is_ahead else "+"
    symbols = rf"{v} \leftarrow \beta \, {v} {sign} {letters}"
    shown = rf"{beta} \cdot {e.put(e.old('velocity'))} {sign} {numbers}"
    return e.told(symbols, shown, "velocity", tr("Keep a share of the velocity and add the new gradient."))


def first_moment(view: View) -> Narration:
    """Tell Adam's running mean of the gradient."""
    e = Entry(view)
    beta = exact(e.settings["beta1"])
    m = f"m{e.mark}"
    symbols = rf"{m} \leftarrow \beta_1 \, {m} + (1 - \beta_1) \, {e.gradient_letter}"
    gradient = coloured("backward", e.put(e.gradient))
    shown = rf"{beta} \cdot {e.put(e.old('m'))} + (1 - {beta}) \cdot {gradient}"
    return e.told(symbols, shown, "m", tr("A running mean of the gradient: which way, lately?"))


def second_moment(view: View) -> Narration:
    """Tell Adam's running mean of the squared gradient."""
    e = Entry(view)
    beta = exact(e.settings["beta2"])
    v = f"v{e.mark}"
    symbols = rf"{v} \leftarrow \beta_2 \, {v} + (1 - \beta_2) \left({e.gradient_letter}\right)^2"
    gradient = coloured("backward", number(e.gradient, view.digits))
    shown = rf"{beta} \cdot {e.put(e.old('v'))} + (1 - {beta}) \cdot ({gradient})^2"
    return e.told(symbols, shown, "v", tr("A running mean of the squared gradient: how large, lately?"))


def bias_correction(view: View) -> Narration:
    """Tell both of Adam's corrections for having started from zero."""
    e = Entry(view)
    told = [_corrected(e, "m", "beta1", r"\beta_1"), _corrected(e, "v", "beta2", r"\beta_2")]
    values = e.new("m_hat"), e.new("v_hat")
    result = QUANTITY_GAP.join(number(value, view.digits) for value in values)
    sentence = tr("Both means began at zero; divide, so that early steps are not too small.")
    symbols, numbers = (QUANTITY_GAP.join(part) for part in zip(*told, strict=True))
    return Narration(symbols, numbers, result, sentence, values)


def step(view: View) -> Narration:
    """Tell the change of the parameter."""
    e = Entry(view)
    told = _STEPS.get(view.plan.optimizer.kind, _by_role)
    letters, numbers = told(e)
    sentence = tr("The change: against the gradient, scaled by the learning rate.")
    return e.told(rf"\Delta {e.letter} = {letters}", numbers, "step", sentence)


def apply(view: View) -> Narration:
    """Tell the new value of the parameter."""
    e = Entry(view)
    change = coloured("update", e.put(e.old("step")))
    symbols = rf"{e.letter} \leftarrow {e.letter} + \Delta {e.letter}"
    return e.told(symbols, f"{e.put(e.old())} + {change}", "", tr("Add the change: the parameter has learned."))


def _corrected(e: Entry, letter: str, setting: str, beta: str) -> tuple[str, str]:
    symbols = rf"\hat{{{letter}}} = \frac{{{letter}}}{{1 - {beta}^{{t}}}}"
    return symbols, rf"\frac{{{number(e.old(letter), e.view.digits)}}}{{1 - {exact(e.settings[setting])}^{{{e.t}}}}}"


def _descent(e: Entry) -> tuple[str, str]:
    gradient = coloured("backward", e.put(e.gradient))
    return rf"-\eta \, {e.gradient_letter}", rf"-{e.rate} \cdot {gradient}"


def _momentum(e: Entry) -> tuple[str, str]:
    v = e.put(e.old("velocity"))
    if e.settings["rate"] == "inside":
        return f"-v{e.mark}", f"-{v}"
    return rf"-\eta \, v{e.mark}", rf"-{e.rate} \cdot {v}"


def _nesterov(e: Entry) -> tuple[str, str]:
    v = e.put(e.old("velocity"))
    if e.settings["form"] == "look_ahead":
        return f"v{e.mark}", v
    gradient, beta = coloured("backward", e.put(e.gradient)), exact(e.settings["momentum"])
    symbols = rf"-\eta \, ({e.gradient_letter} + \beta \, v{e.mark})"
    return symbols, rf"-{e.rate} \cdot ({gradient} + {beta} \cdot {v})"


def _adam(e: Entry) -> tuple[str, str]:
    s = e.settings
    is_hat = s["bias_correction"] and s["eps_place"] == "hat"
    is_corrected = s["bias_correction"] and not is_hat
    roles, letters = (("m_hat", "v_hat"), (r"\hat{m}", r"\hat{v}")) if is_corrected else (("m", "v"), ("m", "v"))
    eps, (m, v) = number(s["eps"], SETTING_DIGITS), (number(e.old(role), e.view.digits) for role in roles)
    if s["eps_place"] == "inside":
        below, shown = rf"\sqrt{{{letters[1]} + \varepsilon}}", rf"\sqrt{{{v} + {eps}}}"
    else:
        below, shown = rf"\sqrt{{{letters[1]}}} + \varepsilon", rf"\sqrt{{{v}}} + {eps}"
    front, front_shown = (r"\eta \cdot ", rf"{e.rate} \cdot ")
    if is_hat:
        front += r"\frac{\sqrt{1 - \beta_2^{t}}}{1 - \beta_1^{t}} \cdot "
        beta1, beta2 = exact(s["beta1"]), exact(s["beta2"])
        front_shown += rf"\frac{{\sqrt{{1 - {beta2}^{{{e.t}}}}}}}{{1 - {beta1}^{{{e.t}}}}} \cdot "
    return rf"-{front}\frac{{{letters[0]}}}{{{below}}}", rf"-{front_shown}\frac{{{m}}}{{{shown}}}"


def _by_role(e: Entry) -> tuple[str, str]:
    """Tell the step of an optimizer that has no narrator of its own as the number it came to."""
    return rf"\Delta {e.letter}", e.put(e.new("step"))


def _parameter(view: View) -> str:
    """Return the parameter in focus, or the first there is."""
    known = [each.name for each in parameters(view.plan.network)]
    return view.focus.parameter if view.focus.parameter in known else known[0]


_STEPS: dict[str, Callable[[Entry], tuple[str, str]]] = {
    "sgd": _descent,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adam": _adam,
}
