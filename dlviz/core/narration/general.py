"""Any operation told: its formula as it stands, and one entry of everything it read and wrote."""

from dlviz.core.inference import parameters
from dlviz.core.narration.number import number
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.core.notation import Symbols, spelled_formula
from dlviz.core.notation.spelling import STEP, spelled_place
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
    written = [_entry(view, name, array) for name, array in results]
    # The only thing written is what the formula says; without a letter of its own it needs no name.
    outcome = [_told(view, name, array, is_lone=len(results) == 1) for name, array in results]
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


def _told(view: View, name: str, array: FloatArray, is_lone: bool = False) -> str:
    symbols, place = Symbols(view.plan.network, view.plan.notation), _place(view, name, array)
    of_parameters = _parameters(view)
    index = place[1:] if _has_samples(view, name, array) else place
    # What is read of a parameter is its old value, and has its letter alone.
    words = symbols.entry(name, *index) if name in of_parameters else spelled_place(symbols, name, index, of_parameters)
    value = number(_entry(view, name, array), view.digits)
    return value if is_lone and not words else rf"\text{{{_escaped(words or name)}}} = {value}"


def _entry(view: View, name: str, array: FloatArray) -> float:
    return float(array[_place(view, name, array)])


def _place(view: View, name: str, array: FloatArray) -> tuple[int, ...]:
    """Return the entry at the focus: sample and unit where there are such axes, first entries further in."""
    wanted = [view.sample] if _has_samples(view, name, array) else []
    place = [*wanted, view.focus.unit, view.focus.source, *[0] * array.ndim][: array.ndim]
    return tuple(clamp(index, count) for index, count in zip(place, array.shape, strict=True))


def _has_samples(view: View, name: str, array: FloatArray) -> bool:
    """Whether there is a row for each example; a parameter, its gradient and its step may be as high by chance."""
    node, _, role = name.removesuffix(STEP).rpartition(".")
    is_of_parameter = not _parameters(view).isdisjoint((f"{node}.{role}", f"{node}.{role.removeprefix('d')}"))
    return array.ndim > 0 and array.shape[0] == view.n and not is_of_parameter


def _parameters(view: View) -> frozenset[str]:
    return frozenset(each.name for each in parameters(view.plan.network))


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in text)
