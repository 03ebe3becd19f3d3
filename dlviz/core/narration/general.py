"""Any operation told: its formula as it stands, and one entry of everything it read and wrote."""

from dlviz.core.narration.number import number
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.core.notation import Symbols, spelled_formula
from dlviz.core.slips import slips
from dlviz.i18n import tr

GAP = r",\quad "  # between two quantities told at once
MAX_READ = 4  # numbers that still fit on a line
SPECIAL = {"\\": r"\backslash ", "_": r"\_", "{": r"\{", "}": r"\}", "#": r"\#", "%": r"\%", "&": r"\&", "^": r"\^{}"}


def general(view: View) -> Narration:
    """Tell a step that has no narrator of its own: formula, the focused entry of each array read and written."""
    read = [(name, view.before(name)) for name in view.step.reads]
    numbers = [_told(view, name, array) for name, array in read if array is not None and array.size][:MAX_READ]
    results = [(name, view.wrote(name)) for name in view.step.writes if view.wrote(name).size]
    written = [_entry(view, array) for _, array in results]
    outcome = [_told(view, name, array) for name, array in results]
    sentence = tr("The numbers that this step reads, and what it makes of them.")
    return Narration(
        rf"\text{{{_escaped(_formula(view))}}}",
        GAP.join(numbers) or r"\text{–}",
        GAP.join(outcome) or r"\text{–}",
        f"{_warning(view)} {sentence}".lstrip(),
        tuple(written) or (float("nan"),),
    )


def _formula(view: View) -> str:
    plain = Symbols(view.plan.network, view.plan.notation)
    return spelled_formula(view.step.formula, view.step.phase, plain, view.step.node)


def _warning(view: View) -> str:
    if not view.step.slip:
        return ""
    entry = slips.get(view.step.slip)
    return tr("Wrong on purpose: {title}. Right: {right}.", title=tr(entry.title), right=entry.right)


def _told(view: View, name: str, array: FloatArray) -> str:
    return rf"\text{{{_escaped(name)}}} = {number(_entry(view, array), view.digits)}"


def _entry(view: View, array: FloatArray) -> float:
    """Return the entry at the focus: sample and unit where there are such axes, first entries further in."""
    has_samples = array.ndim > 0 and array.shape[0] == view.n
    wanted = [view.sample] if has_samples else []
    place = [*wanted, view.focus.unit, view.focus.source, *[0] * array.ndim][: array.ndim]
    return float(array[tuple(clamp(index, count) for index, count in zip(place, array.shape, strict=True))])


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in text)
