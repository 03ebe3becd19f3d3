"""Dropout and norms told: letters, sentences, and what is told where there is nothing to train."""

import pytest

from dlviz.core.choice import chosen
from dlviz.core.narration import Focus, narrate
from dlviz.core.network import LayerSpec, dense
from tests.unit.core.narrated_runs import network, recorded, told

NORM = network(dense("h", 3), LayerSpec("n", "batch_norm"), dense("o", 1))
DROP = network(dense("h", 3), LayerSpec("d", "dropout", (), {"rate": 0.4}), dense("o", 1))


def test_a_mask_is_told_by_its_random_number() -> None:
    trace, plan = recorded(DROP, n=2)
    step, narration = told(trace, plan, "dropout_mask", Focus(unit=1, sample=1))
    assert narration.values == (step.writes["d.u"][1, 1], step.writes["d.mask"][1, 1])
    assert narration.symbols.endswith(r"m_{2}^{(\mathrm{d})} = [u_{2}^{(\mathrm{d})} \ge 0.4]")
    assert narration.values[1] == (narration.values[0] >= 0.4)


def test_a_unit_that_was_left_out_is_told_with_a_zero() -> None:
    trace, plan = recorded(DROP, n=4)
    mask = next(step for step in trace.steps if step.op == "dropout_mask").writes["d.mask"]
    sample, unit = next((int(i), int(j)) for i, j in zip(*(mask == 0).nonzero(), strict=True))
    _, narration = told(trace, plan, "dropout", Focus(unit=unit, sample=sample))
    assert narration.numbers.startswith(r"\frac{0}{1 - 0.4} \cdot ")
    assert narration.value == 0


def test_normalising_is_told_as_the_paper_writes_it() -> None:
    trace, plan = recorded(NORM, n=4)
    _, narration = told(trace, plan, "normalise", Focus(unit=2))
    assert narration.symbols == (
        r"\hat{z}_{3}^{(2)} = \frac{a_{3}^{(1)} - \mu_{3}^{(2)}}{\sqrt{v_{3}^{(2)} + \epsilon}}"
    )
    assert r"(1 \times 10^{-5})}" in narration.numbers


@pytest.mark.parametrize("optimizer", [chosen("adam"), chosen("nesterov", form="look_ahead")], ids=str)
def test_updates_write_gamma_as_a_letter_and_leave_statistics_out(optimizer: object) -> None:
    trace, plan = recorded(NORM, n=4, optimizer=optimizer)  # type: ignore[arg-type]
    step = next(each for each in reversed(trace.steps) if each.op == "apply")
    assert narrate(step, trace, plan, Focus(1, parameter="n.gamma")).symbols.startswith(r"\gamma_{2}^{(2)} \leftarrow")
    assert narrate(step, trace, plan, Focus(parameter="n.running_mean")).symbols.startswith("w_{11}^{(1)}")


def test_a_network_with_nothing_to_train_is_told_to_its_end() -> None:
    trace, plan = recorded(network(LayerSpec("n", "layer_norm", (), {"affine": False})), n=2)
    assert [narrate(step, trace, plan).sentence for step in trace.steps if step.phase == "update"]
