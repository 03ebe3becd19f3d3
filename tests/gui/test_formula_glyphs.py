"""Laying out: digits swapped into a template stand where ziamath would have put them."""

import pytest

from dlviz.core.choice import chosen
from dlviz.core.narration import Focus, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.gui.typeset import glyphs as formula_glyphs
from dlviz.gui.typeset.compose import composed, split
from dlviz.gui.typeset.glyphs import EM, digits_of, template_key, typeset
from dlviz.gui.typeset.pieces import formulas_of, pieces_of
from dlviz.gui.typeset.typesetter import Typesetter
from tests.guards import at_once
from tests.unit.core.narrated_runs import network, recorded, two_layers

FORMULAS = [
    r"\textcolor{backward}{(-0.0381)} \cdot 0.45",
    r"\frac{\partial L}{\partial w_{12}^{(3)}}",
    r"\frac{e^{-0.3775}}{e^{-1.043} + e^{2.5}}",
    r"\underset{\textcolor{muted}{\text{60 more terms}}}{0.1234}",
    r"\sum_{j=1}^{20} \delta_{j}^{(2)}",
    r"\frac{1.923 \times 10^{-7}}{1 - 0.999^{14}}",
    r"\sqrt{0.0003206} + 1 \times 10^{-8}",
]


@pytest.mark.parametrize("latex", FORMULAS)
def test_swapped_digits_match_a_direct_layout(latex: str) -> None:
    template, digits = typeset(template_key(latex)), digits_of(latex)
    direct = formula_glyphs._draw(latex)
    drawn = [use for use in direct.uses if direct.paths[use[0]]]
    assert len(drawn) == len(template.glyphs)
    for (name, x, y, scale, colour), glyph in zip(drawn, template.glyphs, strict=True):
        digit = int(digits[glyph.place]) if glyph.digits else -1
        path = glyph.digits[digit] if glyph.digits else glyph.path
        assert path == direct.paths[name]
        left = glyph.x + (glyph.shifts[digit] if glyph.digits else 0.0)
        assert (left, glyph.y) == pytest.approx((x, y), abs=0.08 * EM)  # digits of indices differ in width
        assert (glyph.scale, glyph.colour) == (pytest.approx(scale), colour)


@pytest.mark.parametrize(
    "key",
    [
        r"\frac{0}{0}",
        r"\frac{\partial L}{\partial w_{00}^{(0)}}",
        r"\frac{0}{0 + e^{-0.0000}}",
        r"\frac{e^{-0.000}}{e^{0.000} + e^{-0.0000}}",
    ],
)
def test_composed_fractions_look_like_those_of_ziamath(key: str) -> None:
    ours, theirs = composed(key), typeset(key)
    assert [glyph.place for glyph in ours.glyphs] == [glyph.place for glyph in theirs.glyphs]
    middle = ours.width / 2 - (theirs.rules[0].x + theirs.rules[0].width / 2)
    for mine, other in zip(ours.glyphs, theirs.glyphs, strict=True):
        assert (mine.path, mine.digits, mine.scale) == (other.path, other.digits, other.scale)
        assert (mine.x - middle, mine.y) == pytest.approx((other.x, other.y), abs=0.2 * EM)
    assert ours.rules[0].y == pytest.approx(theirs.rules[0].y, abs=0.01)


def test_nested_fractions_keep_their_digits_in_order() -> None:
    template = composed(r"\frac{00 + \frac{0}{00}}{0.0 \cdot \frac{0}{0}}")
    assert sorted(glyph.place for glyph in template.glyphs if glyph.digits) == list(range(9))
    assert len(template.rules) == 3


def test_all_digits_have_one_advance() -> None:
    widths = {round(typeset(template_key(f"{digit}7")).width, 3) for digit in range(10)}
    direct = {round(formula_glyphs._draw(f"{digit}7").uses[1][1], 3) for digit in range(10)}
    assert (len(widths), len(direct)) == (1, 1)


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        ("0.5 + 0.2", ["0.5", "+", "0.2"]),
        (r"\frac{1 + 2}{3} - 4", [r"\frac{1 + 2}{3}", "-", "4"]),
        (r"[(0.1 - 0.2)^2 + 1]", ["[(0.1 - 0.2)^2", "+", "1]"]),
        ("-0.5", ["-0.5"]),
        (r"0.1 \cdot (0.2 + 1) \cdot 3", ["0.1", r"\cdot", "(0.2 + 1)", r"\cdot", "3"]),
    ],
)
def test_formulas_are_split_only_outside_of_groups(latex: str, parts: list[str]) -> None:
    assert split(latex) == parts


def unrolled(kind: str) -> NetworkSpec:
    layer = LayerSpec("r", kind, (), {"units": 2, "return": "sequence"})
    return NetworkSpec((layer, LayerSpec("s", shares="r")), (InputSpec("x", (3, 2)),))


CASES = [
    (two_layers("sigmoid", "sigmoid"), chosen("squared_error", factor=0.5), chosen("adam")),
    (two_layers("tanh", "softmax", 9), chosen("categorical_cross_entropy"), chosen("nesterov", form="look_ahead")),
    (two_layers("relu", "sigmoid"), chosen("binary_cross_entropy"), chosen("momentum", form="ema", rate="inside")),
    (two_layers("softmax"), chosen("hinge"), chosen("adam", eps_place="hat")),
    *((unrolled(kind), chosen("squared_error"), chosen("sgd")) for kind in ("simple_rnn", "gru", "lstm")),
    (network(dense("h", 12, "step"), dense("o", 1, "leaky_relu"), inputs=64), chosen("squared_error"), chosen("sgd")),
]


@pytest.mark.parametrize(("spec", "loss", "optimizer"), CASES)
def test_every_narration_can_be_laid_out(spec, loss, optimizer, caplog, qapp) -> None:  # type: ignore[no-untyped-def]
    trace, plan = recorded(spec, loss, optimizer, n=2)
    told = [narrate(step, trace, plan, Focus(1, 1)) for step in trace.steps]
    formulas = [latex for each in told for latex in formulas_of(pieces_of(each))]
    typesetter = Typesetter()
    typesetter.make_now(formulas)
    assert not caplog.records
    for latex in formulas:
        template = typesetter.template(latex)
        places = sorted(glyph.place for glyph in template.glyphs if glyph.digits)
        assert places == list(range(len(digits_of(latex))))


def test_a_new_formula_is_ready_soon(qtbot) -> None:  # type: ignore[no-untyped-def]
    typesetter = Typesetter()
    typesetter.make_now(["x_{1}"])
    with at_once(), qtbot.waitSignal(typesetter.ready, timeout=2000):
        typesetter.ask([r"\textcolor{backward}{0.1385} \cdot 0.4", r"\textcolor{backward}{(-0.0381)} \cdot 0.55"])
    assert typesetter.has([r"\textcolor{backward}{0.9999} \cdot 0.1"])
    typesetter.stop()


@pytest.mark.parametrize("latex", [r"\frac{1}", "g_0_{11}"])
def test_unreadable_latex_leaves_a_gap(qtbot, caplog, latex: str) -> None:  # type: ignore[no-untyped-def]
    typesetter = Typesetter()
    with qtbot.waitSignal(typesetter.ready, timeout=2000):
        typesetter.ask([latex])
    assert typesetter.template(latex).glyphs == ()
    assert "Cannot lay out" in caplog.text
    typesetter.stop()
