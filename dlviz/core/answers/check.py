"""Check the numbers of a hand calculation: which are right, where the first mistake is, and what its name is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from dlviz.core.answers.arithmetic import Mistake, mistakes_at, other_place, slip_of_the_pen, terms_of, wrong_values
from dlviz.core.answers.changes import Changes, Entry, Rounding, with_changes
from dlviz.core.answers.mistakes import Cause, cause_of, variants
from dlviz.core.answers.places import LOSS_AFTER, Place, Places
from dlviz.core.answers.replay import Exercise, Replay
from dlviz.core.answers.typed import Answer
from dlviz.core.choice import Choice
from dlviz.core.trace import Trace
from dlviz.i18n import tr

Kind = Literal["right", "rounded", "follows", "wrong", "unclear"]
Given = tuple[Place, Answer]

LEAST_DIGITS = 2  # kept on the way by somebody whose results are still worth comparing
FARTHEST = 0.05  # of the right value: how far rounding on the way may lead
MOST_PLACES = 200  # in a pass whose every number is tried as the place of an earlier mistake


@dataclass(frozen=True)
class Verdict:
    """What is said of one answer. Its words hold no number that was not typed.

    kind: right; rounded: right if it is worked out from rounded numbers; follows: wrong, but right with the
    student's own numbers before; wrong; unclear: too few digits to tell. cause: of a wrong one, where it is known.
    """

    place: Place
    answer: Answer
    kind: Kind
    cause: Cause | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the number is right within its digits or those carried on."""
        return self.kind in ("right", "rounded")

    @property
    def sentence(self) -> str:
        """What a student reads."""
        if self.kind == "wrong":
            return self.cause.sentence if self.cause else tr("Wrong; no usual slip leads there.")
        return {
            "right": tr("Right."),
            "rounded": tr("Right, worked out from rounded numbers."),
            "follows": tr("Follows from your numbers before."),
            "unclear": tr("Too few digits to tell."),
        }[self.kind]


class Checker:
    """Compares answers with the right pass of an exercise; made once, it checks a whole class."""

    def __init__(self, exercise: Exercise) -> None:
        self.replay = Replay(replace(exercise, slip=None))
        self.trace = self.replay.record()
        self.exercise = replace(exercise, slip=None, trace=self.trace)
        self.places = Places(self.exercise)

    @cached_property
    def variants(self) -> list[tuple[Choice, Trace]]:
        """Every mistake in the program that can be made here, with the pass it leads to."""
        return [(each, self.replay.record(each)) for each in variants(self.exercise)]

    @cached_property
    def _mistakes(self) -> list[Mistake]:
        places = self.places.all(MOST_PLACES + 1)
        return [] if len(places) > MOST_PLACES else mistakes_at(self.trace, places)

    def mistakes_before(self, step: int) -> Iterator[Mistake]:
        """Give the plain mistakes that can be made in earlier steps, the nearest first."""
        yield from (each for each in reversed(self._mistakes) if each.step < step)

    def check(self, answers: Sequence[Given]) -> tuple[Verdict, ...]:
        """Return a verdict on every answer, in the order of the pass."""
        sheet = _Sheet(self, sorted(answers, key=lambda each: each[0]))
        return tuple(sheet.verdict(number) for number in range(len(sheet.answers)))


class _Sheet:
    """The answers of one student, and what became known of those before."""

    def __init__(self, checker: Checker, answers: list[Given]) -> None:
        self.checker, self.answers = checker, answers
        self._accepted: dict[Entry, float] = {}
        self._typed: dict[Entry, float] = {}
        self._kept: dict[object, Trace] = {}
        self._has_erred = False

    def verdict(self, number: int) -> Verdict:
        """Judge the next answer."""
        place, answer = self.answers[number]
        kind = self._kind(number)
        cause = self._cause(number) if kind == "wrong" else None
        self._has_erred |= kind == "wrong"
        entry = place.step, place.name, place.index
        self._typed[entry] = answer.value
        if kind in ("right", "rounded"):
            self._accepted[entry] = answer.value
        return Verdict(place, answer, kind, cause)

    def _kind(self, number: int) -> Kind:
        place, answer = self.answers[number]
        right = place.of(self.checker.trace)
        if answer.agrees(right):
            return "unclear" if answer.says_little(right) else "right"
        if self._is_rounded(number, right):
            return "rounded"
        if self._has_erred and any(answer.agrees(place.of(each)) for each in self._passes(number, self._typed)):
            return "follows"
        return "wrong"

    def _is_rounded(self, number: int, right: float) -> bool:
        """Say whether rounding on the way leads to an answer."""
        place, answer = self.answers[number]
        if abs(answer.value - right) > max(FARTHEST * abs(right), 2 * answer.unit):
            return False
        return any(
            answer.agrees(place.of(each)) or answer.agrees(_with_rounded_terms(each, place, answer))
            for each in self._passes(number, self._accepted)
        )

    def _passes(self, number: int, own: Changes) -> Iterator[Trace]:
        """Give the passes that a student may have calculated from own numbers, rounding differently on the way."""
        yield self._pass(own, None)
        for rounding in self._roundings(number):
            yield self._pass(own, rounding)
            yield self._pass({}, rounding)

    def _roundings(self, number: int) -> Iterator[Rounding]:
        seen = [answer for _, answer in self.answers[: number + 1] if answer.unit]
        decimals = dict.fromkeys(each.decimals for each in reversed(seen) if each.decimals >= LEAST_DIGITS)
        figures = dict.fromkeys(each.figures for each in reversed(seen) if each.figures >= LEAST_DIGITS)
        yield from (Rounding(each) for each in decimals)
        yield from (Rounding(each, is_figures=True) for each in figures)

    def _pass(self, own: Changes, rounding: Rounding | None, slip: Choice | None = None) -> Trace:
        key = (*own.items(), rounding, None if slip is None else (slip.kind, *sorted(slip.settings.items())))
        if key not in self._kept:
            after = with_changes(own, rounding) if own or rounding else None
            self._kept[key] = self.checker.replay.record(slip, after)
        return self._kept[key]

    def _cause(self, number: int) -> Cause | None:
        """Name the mistake: that which explains most of the later answers too, in doubt the first."""
        found = max(self._causes(number), key=lambda each: each[1], default=None)
        return found[0] if found else None

    def _causes(self, number: int) -> Iterator[tuple[Cause, int]]:
        """Give what may have gone wrong, the usual first, each with how many later answers it explains."""
        place, answer = self.answers[number]
        right, own = place.of(self.checker.trace), self._pass(self._accepted, None)
        pen = slip_of_the_pen(answer, right)
        yield from self._program_causes(number)
        if pen is not None and pen.key == "rounding":
            yield pen, 0
        wrong = [each for base in (self.checker.trace, own) for each in wrong_values(base, place)]
        alike = next((each.cause for each in wrong if answer.agrees(each.value)), None)
        entry = {(place.step, place.name, place.index): answer.value}
        if alike is not None:
            yield alike, self._explained(number, self._pass(self._accepted | entry, None))
        elsewhere = other_place(self.checker.trace, place, answer, self.checker.places.all(MOST_PLACES))
        yield from ((each, 0) for each in (elsewhere, pen) if each is not None)
        yield from self._earlier_causes(number)

    def _program_causes(self, number: int) -> Iterator[tuple[Cause, int]]:
        place, answer = self.answers[number]
        for slip, trace in self.checker.variants:
            if not self._fits_before(number, trace):
                continue
            passes = [trace]
            if len(trace.steps) == len(self.checker.trace.steps):
                # With steps of its own, a mistaken pass has no place for numbers of the right one.
                passes += [self._pass(self._accepted, each, slip) for each in (None, *self._roundings(number))]
            fitting = [each for each in passes if any(answer.agrees(value) for value in place.every(each))]
            if fitting:
                yield cause_of(slip.kind), max(self._explained(number, each) for each in fitting)

    def _fits_before(self, number: int, trace: Trace) -> bool:
        """Say whether the right answers before could stand in a mistaken pass."""
        return all(
            any(_is_close(answer, value) for value in place.every(trace))
            for place, answer in self.answers[:number]
            if (place.step, place.name, place.index) in self._accepted
        )

    def _explained(self, number: int, trace: Trace) -> int:
        later = self.answers[number + 1 :]
        return sum(any(answer.agrees(value) for value in place.every(trace)) for place, answer in later)

    def _earlier_causes(self, number: int) -> Iterator[tuple[Cause, int]]:
        """Try plain mistakes at the numbers before that were not asked for, the nearest first."""
        place, answer = self.answers[number]
        asked = {(each.step, each.name, each.index) for each, _ in self.answers}
        for earlier in self.checker.mistakes_before(place.step):
            if asked & earlier.changes.keys():
                continue
            found = self._pass(self._accepted | dict(earlier.changes), None)
            if answer.agrees(place.of(found)):
                yield earlier.cause, self._explained(number, found)
                return


def _is_close(answer: Answer, value: float) -> bool:
    return abs(answer.value - value) <= answer.unit + FARTHEST * abs(answer.value)


def _with_rounded_terms(trace: Trace, place: Place, answer: Answer) -> float:
    """Return a weighted sum whose products are each rounded to the decimals of the answer before they are added."""
    if place.name == LOSS_AFTER or trace.steps[place.step].op != "affine":
        return float("nan")
    terms, bias = terms_of(trace, trace.steps[place.step], place)
    return float(sum(round(term, answer.decimals) for term in terms)) + (bias or 0.0)
