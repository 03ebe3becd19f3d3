"""Operations without a narrator of their own are told by formula and numbers."""

from dataclasses import replace

from dlviz.core.narration import Focus, Plan, narrate
from dlviz.core.trace import Step, Trace
from tests.unit.core.narrated_runs import recorded, two_layers


def unknown(op: str) -> tuple[Step, Trace, Plan]:
    trace, plan = recorded(two_layers(), n=3)
    step = next(each for each in trace.steps if each.op == op)
    strange = replace(step, op="strange")
    steps = tuple(strange if each is step else each for each in trace.steps)
    return strange, replace(trace, steps=steps), plan


def test_it_names_what_was_read_and_written_at_the_focus() -> None:
    step, trace, plan = unknown("affine")
    told = narrate(step, trace, plan, Focus(unit=1, source=0, sample=1))
    assert told.value == step.writes["h.z"][1, 1]
    assert rf"\text{{w¹₂₁}} = {trace.value('h.W', 0)[1, 0]:.4g}" in told.numbers
    assert told.result.startswith(r"\text{z¹₂} = ")
    assert step.formula.split()[0] in told.symbols


def test_a_lone_number_without_a_letter_needs_no_name() -> None:
    step, trace, plan = unknown("affine")
    odd = replace(step, writes={"h.odd": step.writes["h.z"]}, reads=("h.unheard",))
    trace = replace(trace, steps=tuple(odd if each is step else each for each in trace.steps))
    told = narrate(odd, trace, plan, Focus(unit=1, sample=1))
    assert float(told.result) == float(f"{step.writes['h.z'][1, 1]:.4g}")


def test_it_tells_parameters_by_their_own_axes() -> None:
    step, trace, plan = unknown("weight_gradient")
    told = narrate(step, trace, plan, Focus(unit=1, source=2))
    assert told.values == (step.writes["o.dW"][1, 2], step.writes["o.db"][1])


def test_an_index_beyond_the_array_moves_to_the_last() -> None:
    step, trace, plan = unknown("affine")
    told = narrate(step, trace, plan, Focus(unit=99))
    assert told.value == step.writes["h.z"][0, -1]
