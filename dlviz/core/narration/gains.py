"""Delta-bar-delta and Rprop told: how a weight's own gain or step size follows the sign of its gradient."""

from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import caption
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr


def gains(view: View) -> Narration:
    """Tell a gain of delta-bar-delta."""
    e = Entry(view)
    k, beta, old = e.at("k"), e.setting("beta"), e.old("gains")
    forms = {
        1: (rf"{k} + \beta", f"{e.put(old)} + {beta}", tr("The gradient kept its sign: the gain grows.")),
        -1: (rf"{k} \, (1 - \beta)", rf"{e.put(old)} \cdot (1 - {beta})", tr("The gradient turned: the gain shrinks.")),
        0: (k, e.put(old), _no_sign()),
    }
    letters, numbers, sentence = forms[_agreement(e)]
    shown = _limited(e, "gains", numbers, "min_gain", "max_gain")
    return e.told(rf"{k} \leftarrow {letters}", shown, "gains", sentence)


def step_sizes(view: View) -> Narration:
    """Tell a step size of Rprop."""
    e = Entry(view)
    s, old = e.at("s"), e.put(e.old("sizes"))
    forms = {
        1: (rf"{s} \, \eta^{{+}}", rf"{old} \cdot {e.setting('grow')}", tr("The gradient kept its sign: go further.")),
        -1: (
            rf"{s} \, \eta^{{-}}",
            rf"{old} \cdot {e.setting('shrink')}",
            tr("The gradient turned, a minimum was passed: go less far."),
        ),
        0: (s, old, _no_sign()),
    }
    letters, numbers, sentence = forms[_agreement(e)]
    shown = _limited(e, "sizes", numbers, "min_size", "max_size")
    return e.told(rf"{s} \leftarrow {letters}", shown, "sizes", sentence)


def remember(view: View) -> Narration:
    """Tell that the gradient is kept to be compared with the next."""
    e = Entry(view)
    sentence = tr("Keep the gradient, to compare its sign with the next one.")
    return e.told(rf"{e.at('{g_0}')} \leftarrow {e.gradient_letter}", e.shown_gradient, "last_grad", sentence)


def forget_reversed(view: View) -> Narration:
    """Tell that Rprop keeps the gradient, or forgets one whose sign changed."""
    e = Entry(view)
    if _agreement(e) < 0:
        sentence = tr("The gradient turned: wait one step before going back.")
        return e.told(rf"{e.at('{g_0}')} \leftarrow 0", "0", "last_grad", sentence)
    return remember(view)


def delta_bar_delta_step(e: Entry) -> tuple[str, str]:
    """Return the step of delta-bar-delta in letters and numbers."""
    shown = rf"-{e.rate} \cdot {e.put(e.old('gains'))} \cdot {e.shown_gradient}"
    return rf"-\eta \, {e.at('k')} \, {e.gradient_letter}", shown


def rprop_step(e: Entry) -> tuple[str, str]:
    """Return Rprop's step in letters and numbers: only the sign of the gradient counts."""
    kept = e.old("last_grad")
    sign = "0" if kept == 0 else "1" if kept > 0 else "(-1)"
    size = caption("0", tr("frozen")) if e.is_frozen else e.put(e.old("sizes"))
    scale = rf" \cdot {e.sharp(e.scale)}" if e.scale not in (0, 1) else ""
    return rf"-{e.at('s')} \, \mathrm{{sign}}({e.at('{g_0}')})", rf"-{size} \cdot {sign}{scale}"


def _agreement(e: Entry) -> int:
    product = e.gradient * e.old("last_grad")
    return (product > 0) - (product < 0)


def _no_sign() -> str:
    return tr("There are no two signs to compare: it stays.")


def _limited(e: Entry, role: str, numbers: str, low: str, high: str) -> str:
    """Write the limit instead, where it was reached."""
    value = e.new(role)
    for limit in (low, high):
        if value == e.cast(e.settings[limit]):
            return caption(e.setting(limit), tr("the limit"))
    return numbers
