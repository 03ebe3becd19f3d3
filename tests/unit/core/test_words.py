"""What operations are called, wherever a step is named."""

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.clipping import clippings
from dlviz.core.network import LayerSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.core.program import lower
from dlviz.core.trace import Step
from dlviz.core.words import operation_words, phase_label, phase_word, short_formula
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, SGD, SQUARED, network, two_layers

NORMS = [network(dense("h", 3), LayerSpec("n", kind), dense("o", 2)) for kind in ("batch_norm", "layer_norm")]
PROGRAMS = [
    *(lower(two_layers(), SQUARED, chosen(each.key)) for each in optimizers),
    *(lower(two_layers(), SQUARED, SGD, clip=chosen(each.key)) for each in clippings),
    *(lower(each, SQUARED, SGD) for each in (*NORMS, *IMAGE_NETWORKS.values())),
]


@pytest.mark.parametrize("op", sorted({each.op for program in PROGRAMS for each in program.instructions}))
def test_every_operation_of_a_network_is_called_something(op: str) -> None:
    words = operation_words(op)
    assert "_" not in words
    assert words != op or op in ("penalty", "direction", "gains", "velocity")


def test_an_operation_that_nobody_named_is_called_by_its_key() -> None:
    assert operation_words("some_new_step") == "some new step"


def test_a_phase_is_written_as_a_heading_and_within_a_line() -> None:
    assert (phase_word("backward"), phase_label("backward")) == ("Backward", "backward")


@pytest.mark.parametrize(
    ("formula", "op", "written", "short"),
    [
        (
            "m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)",
            "bias_correction",
            ("h.W.m_hat", "h.W.v_hat"),
            "m̂, v̂: bias correction",
        ),
        ("i⟨1⟩, f⟨1⟩ = σ(z⟨1⟩), g⟨1⟩ = tanh(z⟨1⟩)", "gates", ("r.i", "r.f", "r.g"), "i⟨1⟩, f⟨1⟩, g⟨1⟩: gates"),
        ("L = Σ(½e² where |e| ≤ 1, else |e|), e = a − y", "loss", ("loss",), "L: value of the loss"),
        ("m[d] = 1 where u[d] ≥ 0.5 else 0", "dropout_mask", ("d.mask",), "m[d]: which units stay"),
        ("the k smallest r", "nearest", ("o.nearest",), "nearest rows"),
    ],
)
def test_a_narrow_place_says_what_is_written_and_how(
    formula: str, op: str, written: tuple[str, ...], short: str
) -> None:
    step = Step(0, "forward", "h", op, formula, (), dict.fromkeys(written, np.zeros(1)))
    assert short_formula(step) == short
