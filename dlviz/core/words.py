"""What phases and operations are called: one place for the list of steps, the badge and the status bar."""

from collections.abc import Callable, Mapping
from functools import partial

from dlviz.core.narration import OPERATIONS
from dlviz.core.trace import Step
from dlviz.i18n import tr

SIGNS = (" = ", " ← ", " += ")  # between what a step writes and how it comes about
OPENING, CLOSING = "([{⟨", ")]}⟩"

#: Operations without a narrator here: those told by what they read and write, and those of learning rules.
WORDS: Mapping[str, Callable[[], str]] = {
    "start_gradient": partial(tr, "slope by the first state"),
    "weighted_sum": partial(tr, "weighted sums"),
    "threshold": partial(tr, "answer"),
    "probability": partial(tr, "probability of firing"),
    "count": partial(tr, "the count of firings"),
    "error": partial(tr, "error"),
    "energy": partial(tr, "energy"),
    "gradient": partial(tr, "gradient"),
    "weight_step": partial(tr, "changes of the weights"),
    "updating": partial(tr, "changes of the weights"),
    "distance": partial(tr, "distances"),
    "nearest": partial(tr, "nearest rows"),
    "vote": partial(tr, "the vote"),
    "competition": partial(tr, "the winner"),
    "co_operation": partial(tr, "who learns with the winner"),
    "cooling": partial(tr, "rate and radius"),
    "judge": partial(tr, "right or wrong class"),
    "present": partial(tr, "the cue"),
    "settle": partial(tr, "units settle"),
}


def phase_word(phase: str) -> str:
    """Return the name of a phase as a heading: "Backward"."""
    return {
        "forward": tr("Forward"),
        "loss": tr("Loss"),
        "backward": tr("Backward"),
        "update": tr("Update"),
    }[phase]


def phase_label(phase: str) -> str:
    """Return the name of a phase within a line: "backward"."""
    return {
        "forward": tr("forward"),
        "loss": tr("loss"),
        "backward": tr("backward"),
        "update": tr("update"),
    }[phase]


def operation_words(op: str) -> str:
    """Return what an operation of a trace does, in a few words; its key where nobody named it."""
    entry = OPERATIONS.get(op)
    words = WORDS.get(op) if entry is None else entry.words
    return op.replace("_", " ") if words is None else words()


def short_formula(step: Step) -> str:
    """Return what a step writes and what it does in words, for places too narrow for its formula: "m̂, v̂: averages"."""
    n_written = len({name.rpartition(".")[2] for name in step.writes})
    letters = _left_sides(step.formula)[: max(n_written, 1)]
    words = operation_words(step.op)
    if step.op == "formula" and letters:
        return f"{letters[0]} = …"
    return f"{', '.join(letters)}: {words}" if letters else words


def fitting(text: str, short: str, fits: Callable[[str], bool]) -> str:
    """Return a formula, its short form, or the words of that alone: the first that fits, else the last."""
    candidates = (text, short, short.partition(": ")[2] or short) if short else (text,)
    return next((each for each in candidates if fits(each)), candidates[-1])


def _left_sides(formula: str) -> list[str]:
    """Return what stands left of the signs of a formula; several equations stand with commas between."""
    found: list[str] = []
    waiting: list[str] = []  # letters that share the sign of a later one: i, f, o = σ(z)
    for part in _parts(formula):
        sign = min((sign for sign in SIGNS if sign in part), key=part.index, default="")
        waiting.append(part.partition(sign)[0] if sign else part)
        if sign:
            found += waiting
            waiting = []
    return found


def _parts(formula: str) -> list[str]:
    """Split a formula at the commas that stand outside brackets."""
    parts, depth = [""], 0
    for sign in formula:
        depth += (sign in OPENING) - (sign in CLOSING)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]
