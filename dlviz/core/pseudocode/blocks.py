"""Steps gathered into lines: what is the same for several layers, time steps or sweeps becomes a loop."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dlviz.core.inference import layer_numbers
from dlviz.core.network import NetworkSpec
from dlviz.core.pseudocode.generic import SUMS_OVER_ROWS, Generic, accumulated, assigned, reads_input
from dlviz.core.pseudocode.lines import Line
from dlviz.core.trace import Step
from dlviz.core.words import short_formula
from dlviz.i18n import tr

Spell = Callable[[Step], str]
MOST_LISTED = 3  # layers that a loop names one by one
ALONE = ("loss_backward", "output_error", "local_slopes", "penalty_gradient")  # not part of what a layer repeats
LONGEST_CYCLE = 3  # steps of a sweep


@dataclass(frozen=True)
class Group:
    """Steps of one node, with their formulas as they read for any layer, or for any time."""

    node: str
    steps: tuple[Step, ...]
    formulas: tuple[str, ...]
    is_alone: bool = False

    def continues(self, other: "Group") -> bool:
        """Whether another group does the same, or ends earlier: a first layer hands nothing back to the data."""
        if self.is_alone or other.is_alone or self.formulas[: len(other.formulas)] != other.formulas:
            return False
        return self.steps[0].phase == other.steps[0].phase and len(self.steps) - len(other.steps) in (0, 1)


class Blocks:
    """Makes lines of the steps of one pass. sums: whether gradients add up over the rows of a batch."""

    def __init__(self, network: NetworkSpec, spell: Spell, sums: bool) -> None:
        self._network, self._spell, self._sums = network, spell, sums
        self._generic = Generic(network)
        self._numbers = layer_numbers(network)

    def lines(self, steps: Sequence[Step], depth: int) -> Iterator[Line]:
        """Give the lines of steps that follow each other, indented so deep."""
        groups = list(self._groups(steps))
        while groups:
            same = [groups.pop(0)]
            while groups and same[-1].continues(groups[0]):
                same.append(groups.pop(0))
            yield from self._loop(same, depth) if len(same) > 1 else self._once(same[0], depth)

    def _groups(self, steps: Sequence[Step]) -> Iterator[Group]:
        gathered: list[Step] = []
        for step in steps:
            if gathered and (_key(step) != _key(gathered[-1]) or step.op in ALONE):
                yield self._group(gathered)
                gathered = []
            gathered.append(step)
        if gathered:
            yield self._group(gathered)

    def _group(self, steps: Sequence[Step]) -> Group:
        first = steps[0]
        write = self._generic.of_times if first.time_step else self._generic.of_layers
        is_alone = first.phase == "update" or not first.node or first.op in ALONE[:3]
        return Group(first.node, tuple(steps), tuple(write(step) for step in steps), is_alone)

    def _once(self, group: Group, depth: int) -> Iterator[Line]:
        yield from _cycled([self._line([step], step.formula, depth) for step in group.steps])

    def _loop(self, groups: Sequence[Group], depth: int) -> Iterator[Line]:
        indices = tuple(sorted(step.index for group in groups for step in group.steps))
        first = groups[0].steps[0]
        if first.phase == "forward" and not first.time_step and any(reads_input(step) for step in groups[0].steps):
            yield Line(assigned(self._spell(replace(first, formula="a = x"))), depth, "note", first.phase)
        yield Line(self._header(groups), depth, "loop", first.phase, indices)
        for place, formula in enumerate(groups[0].formulas):
            steps = [group.steps[place] for group in groups if place < len(group.steps)]
            yield self._line(steps, formula, depth + 1)

    def _line(self, steps: Sequence[Step], formula: str, depth: int) -> Line:
        first = steps[0]
        is_sum = self._sums and first.op in SUMS_OVER_ROWS
        written = self._spell(replace(first, formula=accumulated(formula) if is_sum else formula))
        indices = tuple(step.index for step in steps)
        mark = "\N{BALLOT X} " if any(step.slip for step in steps) else ""
        return Line(
            mark + assigned(written),
            depth,
            "step",
            first.phase,
            indices,
            short_formula(replace(first, formula=written)),
        )

    def _header(self, groups: Sequence[Group]) -> str:
        first, last = groups[0].steps[0], groups[-1].steps[0]
        if first.time_step:
            return tr("for time t = {first} … {last}", first=first.time_step, last=last.time_step)
        names = [str(self._numbers.get(group.steps[0].layer, group.steps[0].layer)) for group in groups]
        if len(names) > MOST_LISTED and all(name.isdecimal() for name in names):
            names = [f"{names[0]} … {names[-1]}"]
        return tr("for layer {names}", names=", ".join(names))


def _key(step: Step) -> tuple[str, str, bool]:
    return step.phase, step.node, step.op in ALONE


def _cycled(lines: Sequence[Line]) -> Iterator[Line]:
    """Give lines of which a few that come again and again are written once, in a loop."""
    texts = [line.text for line in lines]
    for start in range(len(lines)):
        for length in range(1, LONGEST_CYCLE + 1):
            times = _repeats(texts, start, length)
            if times > 1:
                body = lines[start : start + times * length]
                yield from lines[:start]
                yield from _cycle(body, length, times)
                yield from _cycled(lines[start + len(body) :])
                return
    yield from lines


def _repeats(texts: Sequence[str], start: int, length: int) -> int:
    pattern, times = texts[start : start + length], 1
    while len(pattern) == length and texts[start + times * length : start + (times + 1) * length] == pattern:
        times += 1
    return times


def _cycle(body: Sequence[Line], length: int, times: int) -> Iterator[Line]:
    steps = tuple(index for line in body for index in line.steps)
    first = body[0]
    yield Line(tr("repeat {times} times", times=times), first.depth, "loop", first.phase, steps)
    for place in range(length):
        own = tuple(index for line in body[place::length] for index in line.steps)
        yield replace(body[place], depth=first.depth + 1, steps=own)
