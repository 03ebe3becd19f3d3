"""FormulaView: fits its width, paints fast, says the same in text, and hides what shall be predicted."""

import re

import pytest
from PySide6.QtGui import QGuiApplication

from dlviz.core.narration import Focus, Narration, narrate
from dlviz.core.network import dense
from dlviz.core.plain import plain
from dlviz.gui.theme import THEMES, theme_signals
from dlviz.gui.typeset.view import FormulaView
from tests.unit.core.narrated_runs import network, recorded

LONG = network(dense("h", 3, "sigmoid"), inputs=6)


@pytest.fixture
def told() -> Narration:
    trace, plan = recorded(LONG)
    return narrate(trace.steps[0], trace, plan, Focus())


@pytest.fixture
def view(qtbot, told):  # type: ignore[no-untyped-def]
    widget = FormulaView()
    qtbot.addWidget(widget)
    widget.resize(700, 200)
    widget.show_narration(told, "forward")
    widget.finish()
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize("width", [240, 360, 500, 900])
def test_lines_fit_the_width(view: FormulaView, width: int) -> None:
    view.resize(width, view.heightForWidth(width))
    layout = view.layout_shown
    assert layout.width <= width
    assert layout.height <= view.height()


def test_narrow_views_wrap_at_signs(view: FormulaView) -> None:
    view.resize(900, 300)
    wide = {round(placed.y) for placed in view.layout_shown.placed}
    view.resize(360, 600)
    narrow = {round(placed.y) for placed in view.layout_shown.placed}
    assert len(narrow) > len(wide)
    letters = [placed for placed in view.layout_shown.placed if placed.size == 1]
    lines = {round(placed.y) for placed in letters}
    starts = [min((p for p in letters if round(p.y) == y), key=lambda p: p.x) for y in lines]
    assert {start.latex for start in starts} <= {"+", "-", "=", "z_{1}^{(1)}"}


@pytest.mark.parametrize("width", [420, 560, 700])
def test_what_is_told_side_by_side_wraps_between(view: FormulaView, width: int) -> None:
    names = "ifgo"
    told = Narration(
        r",\quad ".join(rf"\frac{{\partial c}}{{\partial z_{{{name}}}}} = {name}(1 - {name})" for name in names),
        r",\quad ".join("0.7708 \\cdot (1 - 0.7708)" for _ in names),
        r",\quad ".join("0.1767" for _ in names), "", (0.1767,) * 4,
    )  # fmt: skip
    view.resize(width, 200)
    view.show_narration(told, "backward")
    view.finish()
    assert view.layout_shown.width <= width
    assert [piece.latex for piece in view.pieces if piece.is_result] == ["0.1767,"] * 3 + ["0.1767"]


def test_words_with_a_sign_of_equality_stay_in_one_piece(view: FormulaView) -> None:
    view.show_narration(Narration(r"\text{δ = ∂L/∂h for o}", "1", "1", "", (1.0,)))
    assert view.pieces[0].latex == r"\text{δ = ∂L/∂h for o}"


def test_captions_stand_on_one_line_below_their_letters(qtbot) -> None:  # type: ignore[no-untyped-def]
    trace, plan = recorded(network(dense("h", 2, "sigmoid"), dense("o", 2)))
    step = [each for each in trace.steps if each.op == "weight_gradient"][-1]
    widget = FormulaView()
    qtbot.addWidget(widget)
    widget.resize(900, 400)
    widget.show_narration(narrate(step, trace, plan, Focus()), "backward")
    widget.finish()
    captions = [placed for placed in widget.layout_shown.placed if placed.size < 1]
    chain = [placed for placed in captions if placed.y == max(each.y for each in captions)]
    assert [re.sub(r".*text\{|\}", "", placed.latex) for placed in chain] == ["error above", "link", "slope", "input"]
    ends = [placed.x + placed.template.width * placed.size * widget.layout_shown.scale for placed in chain]
    assert all(end < after.x for end, after in zip(ends, chain[1:], strict=False))


def test_other_digits_need_no_new_layout(view: FormulaView, told: Narration) -> None:
    swapped = Narration(told.symbols, re.sub("1", "2", told.numbers), told.result, "", told.values, told.terms)
    view.show_narration(swapped, "forward")
    assert not view._patience.isActive()
    assert [placed.latex for placed in view.layout_shown.placed if "2" in placed.latex]


def test_text_and_clipboard_say_the_same(view: FormulaView, told: Narration) -> None:
    view.copy_text()
    assert QGuiApplication.clipboard().text() == view.text() == view.accessibleDescription()
    assert view.text().endswith("= " + plain(told.result))
    view.copy_latex()
    copied = QGuiApplication.clipboard().text()
    assert "textcolor" not in copied
    assert copied.startswith("\\begin{aligned}")
    assert told.result in copied


def test_hidden_numbers_are_nowhere(view: FormulaView, told: Narration) -> None:
    view.show_narration(told, "forward", is_hidden=True)
    view.finish()
    shown = " ".join(placed.latex for placed in view.layout_shown.placed)
    for text in (view.text(), view.accessibleDescription(), view.toolTip(), shown):
        assert not re.search(r"\d\.\d", text)
    assert view.text().endswith("= ?")


def test_hiding_never_leaves_the_old_numbers_in_sight(qtbot, told: Narration) -> None:  # type: ignore[no-untyped-def]
    widget = FormulaView()
    qtbot.addWidget(widget)
    widget.show_narration(told, "forward")
    widget.finish()
    other = Narration(r"\mathrm{unheard} = \frac{3}{5}", "0.6", "0.6", "")
    widget.show_narration(other, "forward", is_hidden=True)
    assert widget._is_plain
    assert widget.text() == "unheard = 3/5\n= ?"
    qtbot.waitUntil(lambda: not widget._is_plain, timeout=3000)


def test_plain_text_shows_while_nothing_is_laid_out(qtbot) -> None:  # type: ignore[no-untyped-def]
    widget = FormulaView()
    qtbot.addWidget(widget)
    widget._typesetter.stop()
    widget.show_narration(Narration(r"\mathrm{never} = \frac{7}{8}", r"\frac{7777}{88888}", "0.1", ""), "forward")
    widget._show_plain()
    assert not widget.grab().isNull()
    assert widget.text() == "never = 7/8\n= 7777/88888\n= 0.1"
    qtbot.waitUntil(lambda: not widget._is_plain, timeout=3000)


@pytest.mark.parametrize("key", THEMES)
def test_the_result_takes_the_colour_of_its_phase(view: FormulaView, key: str) -> None:
    theme = theme_signals.use(key)
    picture = view.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert theme.colour("forward").name() in colours
    theme_signals.use("light")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial L}{\partial w_{12}^{(1)}}", "∂ L/∂ w₁₂⁽¹⁾"),
        (r"\frac{1}{1 + e^{-0.5}}", "1/(1 + e^(−0.5))"),
        (r"\textcolor{backward}{(-0.03)} \cdot 0.5", "(−0.03) · 0.5"),
        (r"\underset{\textcolor{muted}{\text{60 more terms}}}{0.1234}", "0.1234"),
        (r"1.2 \times 10^{-5}", "1.2 × 10⁻⁵"),
        (r"h_{1}^{(2)\langle 3\rangle} x_{1}^{\langle 3\rangle}", "h₁⁽²⁾⟨3⟩ x₁⟨3⟩"),
        (r"\Delta w = -\eta \cdot \frac{\hat{m}}{\sqrt{\hat{v}} + \varepsilon}", "Δ w = −η · m̂/(√(v̂) + ε)"),
    ],
)
def test_plain_text_reads_like_the_formula(latex: str, text: str) -> None:
    assert plain(latex) == text
