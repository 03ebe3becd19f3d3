"""Adam and its kin told: running means, their correction, and the step."""

from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import SETTING_DIGITS, coloured, exact, number
from dlviz.core.narration.view import Narration, View
from dlviz.core.optimizers.nadam import Momenta
from dlviz.i18n import tr

LARGEST = r"\check{v}"


def first_moment(view: View) -> Narration:
    """Tell Adam's running mean of the gradient."""
    e = Entry(view)
    beta = exact(e.settings["beta1"])
    m = e.at("m")
    symbols = rf"{m} \leftarrow \beta_1 \, {m} + (1 - \beta_1) \, {e.gradient_letter}"
    gradient = coloured("backward", e.put(e.gradient))
    shown = rf"{beta} \cdot {e.put(e.old('m'))} + (1 - {beta}) \cdot {gradient}"
    return e.told(symbols, shown, "m", tr("A running mean of the gradient: which way, lately?"))


def second_moment(view: View) -> Narration:
    """Tell Adam's running mean of the squared gradient."""
    e = Entry(view)
    beta = exact(e.settings["beta2"])
    v = e.at("v")
    symbols = rf"{v} \leftarrow \beta_2 \, {v} + (1 - \beta_2) \left({e.gradient_letter}\right)^2"
    gradient = coloured("backward", number(e.gradient, view.digits))
    shown = rf"{beta} \cdot {e.put(e.old('v'))} + (1 - {beta}) \cdot ({gradient})^2"
    return e.told(symbols, shown, "v", tr("A running mean of the squared gradient: how large, lately?"))


def largest_moment(view: View) -> Narration:
    """Tell AMSGrad's largest mean square so far."""
    e = Entry(view)
    symbols = rf"{LARGEST} \leftarrow \max({LARGEST}, {e.at('v')})"
    shown = rf"\max({e.plain(e.old('v_max'))}, {e.plain(e.old('v'))})"
    return e.told(symbols, shown, "v_max", tr("The largest mean square so far: steps only become more careful."))


def bias_correction(view: View) -> Narration:
    """Tell both corrections for having started from zero."""
    e = Entry(view)
    second = ("v_max", LARGEST) if "v_max" in e.states else ("v", "v")
    told = _corrected(e, "m", "m", "1"), _corrected(e, *second, "2")
    sentence = tr("Both means began at zero; divide, so that early steps are not too small.")
    return e.told_both(told, ("m_hat", "v_hat"), sentence)


def nesterov_correction(view: View) -> Narration:
    """Tell NAdam's first moment, which looks one step ahead, and the corrected second."""
    e = Entry(view)
    momenta = Momenta(e.settings["beta1"], e.settings["momentum_decay"])
    now, ahead = momenta.momentum(e.t), momenta.momentum(e.t + 1)
    gradient = e.shown_gradient
    symbols = (
        r"\hat{m} = \frac{\mu_{t+1} \, m}{1 - \prod_1^{t+1} \mu} + "
        rf"\frac{{(1 - \mu_t) \, {e.gradient_letter}}}{{1 - \prod_1^{{t}} \mu}}"
    )
    moment = rf"\frac{{{e.sharp(ahead)} \cdot {e.put(e.old('m'))}}}{{1 - {e.sharp(momenta.product(e.t + 1))}}}"
    rest = rf"\frac{{(1 - {e.sharp(now)}) \cdot {gradient}}}{{1 - {e.sharp(momenta.product(e.t))}}}"
    sentence = tr("The mean as it will be after the next step, with the new gradient in its place.")
    told = (symbols, f"{moment} + {rest}"), _corrected(e, "v", "v", "2")
    return e.told_both(told, ("m_hat", "v_hat"), sentence)


def adam_step(e: Entry, second: str = "v") -> tuple[str, str]:
    """Return Adam's step in letters and numbers."""
    s = e.settings
    is_hat = s["bias_correction"] and s["eps_place"] == "hat"
    is_corrected = s["bias_correction"] and not is_hat
    plain = ("m", second), ("m", LARGEST if second == "v_max" else "v")
    roles, letters = (("m_hat", "v_hat"), (r"\hat{m}", r"\hat{v}")) if is_corrected else plain
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


def amsgrad_step(e: Entry) -> tuple[str, str]:
    """Return AMSGrad's step in letters and numbers."""
    return adam_step(e, "v_max")


def nadam_step(e: Entry) -> tuple[str, str]:
    """Return NAdam's step in letters and numbers."""
    m, v = e.plain(e.old("m_hat")), e.plain(e.old("v_hat"))
    symbols = r"-\eta \cdot \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}"
    return symbols, rf"-{e.rate} \cdot \frac{{{m}}}{{\sqrt{{{v}}} + {e.amount('eps')}}}"


def _corrected(e: Entry, role: str, letter: str, index: str) -> tuple[str, str]:
    hat = rf"\hat{{{'v' if letter == LARGEST else letter}}}"
    symbols = rf"{hat} = \frac{{{letter}}}{{1 - \beta_{index}^{{t}}}}"
    return symbols, rf"\frac{{{e.plain(e.old(role))}}}{{1 - {e.setting(f'beta{index}')}^{{{e.t}}}}}"
