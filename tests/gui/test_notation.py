"""Every visible formula, list, fact and label speaks one notation, in every profile and at once."""

import re
import threading
from collections import OrderedDict

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from dlviz.core.choice import chosen
from dlviz.core.conventions import Conventions
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.notation import Notation
from dlviz.gui.forms.conventions import ConventionsForm
from dlviz.gui.panels.inspector.rows import FactRow
from dlviz.gui.selection import Selected
from dlviz.gui.typeset import typesetter, view
from dlviz.gui.typeset.glyphs import Template
from dlviz.session import edits
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import written_table
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.gui.shown_text import shown_texts
from tests.gui.walker import Walker, length

WRITTEN = {
    "dlviz": {"profile": "dlviz"},
    "pytorch": {"profile": "pytorch"},
    "keras": {"profile": "keras"},
    "haykin": {"profile": "haykin"},
    "deeplearning_ai": {"profile": "deeplearning_ai"},
    "source first": {"profile": "dlviz", "weight_notation": "source_target", "rate_letter": "lambda"},
    "flat": {"profile": "dlviz", "weight_notation": "flat", "decimal_sign": "comma", "digits": 6},
    "flat signals": {"profile": "haykin", "weight_notation": "flat", "examples_as": "rows"},
}
PLACES = (
    Selected("link", "h", 0, "x", 0), Selected("unit", "h", 1), Selected("unit", "o", 0), Selected("bias", "o", 1),
    Selected("layer", "o"), Selected("input", "x", 0),
)  # fmt: skip


def write_like(robot: Robot, conventions: dict[str, object]) -> Notation:
    session = robot.window.context.session
    session.edit(edits.set_conventions(session.document, conventions), "Change the conventions")
    robot.wait(lambda: robot.frame.document.notation == session.document.notation)
    notation: Notation = session.document.notation
    return notation


def written(conventions: dict[str, object]) -> dict[str, object]:
    """Return only what conventions say of writing."""
    own = {key: value for key, value in conventions.items() if key != "profile"}
    return vars(Notation.of(Conventions(str(conventions.get("profile", "dlviz")), own).values))


def foreign(notation: Notation) -> list[str]:
    """Return patterns of text that only another notation would write."""
    letter, level = "[wbzavyδ]", "[¹²³]"
    found = []
    if notation.has_error_signals:
        found += [r"∂ ?L", r"\bz\b(?! ?\()", r"(?<![a-z])a[¹²₁₂\[(]", r"(?<!−)δ"]
    else:
        found += [r"∂ ?E", r"\bd[₁₂]", r"(?<![a-z])v[¹²₁₂]", r"−δ[¹²₁₂ₕₒ]"]
    if notation.weight_notation != "layer_bracket":
        found.append(rf"{letter}\[[12]\]")
    if notation.weight_notation in ("layer_bracket", "flat"):
        found += [rf"{letter}{level}[₁₂]", rf"(?<![A-Za-z]){'[zavyδ]'}{level}[:,]"]
    if notation.weight_notation == "flat":
        found += [r"w₁₁", r"(?<![A-Z])[wb]⁽"]
    if notation.weight_notation == "source_target":
        found += [r"\bb¹", r"a[¹²]"]
    if notation.weight_notation != "source_target":
        found += [r"\bo₁₁", "ŷ"]
    found += [rate for rate in "ηαλ" if rate not in (notation.rate, notation.strength) and rate != "α"]
    found.append(r"\d\.\d" if notation.has_comma else r"\d,\d")
    return found


ALLOWED = (  # what is not of the notation: names of data, a setting called by its letter, versions
    "slope α",
    "φ",
)


def wrong(robot: Robot, notation: Notation) -> set[str]:
    patterns = foreign(notation)
    texts = (text for text in shown_texts(robot.window) if not any(each in text for each in ALLOWED))
    return {text for text in texts if any(re.search(each, text) for each in patterns)}


@pytest.mark.parametrize("conventions", WRITTEN.values(), ids=WRITTEN)
def test_no_visible_text_speaks_another_notation(robot: Robot, conventions: dict[str, object]) -> None:
    walker = Walker(robot)
    walker.open("example")
    notation = write_like(robot, conventions)
    for place in range(length(walker)):
        walker.press(Key.Key_PageDown)
        walker.select(PLACES[place % len(PLACES)])
        robot.wait(lambda: bool(walker.inspector.title.text()))
        assert not wrong(robot, notation)
    for selected in PLACES:
        walker.facts(selected)
        robot.wait(lambda: robot.frame.explanation is not None or walker.frame.cursor == 0)
        assert not wrong(robot, notation)


def test_switching_relabels_everything_at_the_same_step(robot: Robot) -> None:
    walker = Walker(robot)
    walker.open("example")
    for _ in range(11):
        walker.press(Key.Key_PageDown)
    walker.select(PLACES[0])
    stand, told = walker.stand(), walker.number()
    for conventions in (*WRITTEN.values(), {}):
        # Under dlviz's own values of training, which a profile would change with the letters.
        notation = write_like(robot, {"profile": "dlviz", **written(conventions)})
        robot.wait(lambda notation=notation: not wrong(robot, notation))
        assert walker.stand() == stand
        assert walker.number() == told
    ways = [way.title for way in walker.inspector.behind.origin.paths.ways]
    assert ways == ["through a²₁", "through a²₂"]


def test_flat_weights_of_the_two_two_two_network_come_through_o1_and_o2(robot: Robot) -> None:
    walker = Walker(robot)
    walker.open("example")
    write_like(robot, WRITTEN["flat"])
    for _ in range(11):
        walker.press(Key.Key_PageDown)
    walker.select(PLACES[0])
    paths = walker.inspector.behind.origin.paths
    robot.wait(lambda: len(paths.ways) == 2)
    assert walker.inspector.title.text() == "Weight w₁"
    assert [(way.title, round(way.value, 9)) for way in paths.ways] == [
        ("through o₁", 0.000668396), ("through o₂", -0.000229828),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("conventions", "shape", "units"),
    [
        ({"profile": "dlviz"}, "shape of W, units × inputs", "n⁰ = 2, n¹ = 2, n² = 1"),
        ({"profile": "deeplearning_ai"}, "shape of W, units × inputs", "n[0] = 2, n[1] = 2, n[2] = 1"),
        ({"profile": "dlviz", "weight_notation": "source_target"}, "shape of W, inputs × units",
         "n⁰ = 2, n¹ = 2, n² = 1"),
    ],
)  # fmt: skip
def test_the_summary_counts_layers_and_units(
    robot: Robot, conventions: dict[str, object], shape: str, units: str
) -> None:
    walker = Walker(robot)
    walker.open("step")
    write_like(robot, conventions)
    texts = {row._fact.label: row._fact.text for row in rows_of(walker, Selected("layer", "o"))}
    assert texts[shape] in ("1 × 2", "2 × 1")
    texts = {row._fact.label: row._fact.text for row in rows_of(walker, Selected("network"))}
    assert texts["layers with weights"] == "L = 2"
    assert texts["units"] == units


def test_a_gradient_says_what_partial_means(robot: Robot) -> None:
    walker = Walker(robot)
    walker.open("step")
    for _ in range(length(walker)):
        walker.press(Key.Key_PageDown)
    row = next(row for row in rows_of(walker, PLACES[0]) if row._fact.label.startswith("∂L/∂w"))
    assert "partial derivative" in row.label.toolTip()
    assert row.label.whatsThis() in row.label.toolTip()


def rows_of(walker: Walker, place: Selected) -> list[FactRow]:
    walker.facts(place)
    return [row for row in walker.inspector.facts.rows if not row.isHidden()]


def test_examples_as_rows_turn_formulas_and_keep_numbers(robot: Robot) -> None:
    walker = Walker(robot)
    walker.open("example")
    for _ in range(11):
        walker.press(Key.Key_PageDown)
    columns, told = [row.text for row in walker.steps.model.rows], walker.number()
    write_like(robot, {"profile": "dlviz", "examples_as": "rows"})
    robot.wait(lambda: [row.text for row in walker.steps.model.rows] != columns)
    rows = [row.text for row in walker.steps.model.rows]
    pairs = [(a, b) for a, b in zip(columns, rows, strict=True) if a != b]
    assert pairs == [
        ("z¹ = W¹x + b¹", "z¹ = x W¹ᵀ + b¹"), ("z² = W²a¹ + b²", "z² = a¹ W²ᵀ + b²"),
        ("∂L/∂W² = δ² a¹ᵀ", "∂L/∂W² = δ²ᵀ a¹"), ("∂L/∂a¹ = W²ᵀ δ²", "∂L/∂a¹ = δ² W²"),
        ("∂L/∂W¹ = δ¹ xᵀ", "∂L/∂W¹ = δ¹ᵀ x"),
    ]  # fmt: skip
    assert walker.number() == told


@pytest.mark.parametrize(("base", "key"), [("e", "minus_ln"), ("10", "minus_log10"), ("2", "minus_log2")])
def test_the_logarithm_changes_the_shown_loss_and_no_gradient(robot: Robot, base: str, key: str) -> None:
    walker = Walker(robot)
    walker.open("step")
    session = robot.window.context.session
    for probability in ("0.1", "0.2", "0.8", "0.9", "0.95"):
        p = float(probability)
        session.new(certain(p, base))
        robot.wait(lambda p=p: robot.frame.document.parameters["o.b"].array[0] == np.log(p / (1 - p)))
        robot.settle()
        for _ in range(3):
            walker.press(Key.Key_PageDown)
        expected = Example("EX-12").expected[probability][key]
        assert walker.number() == pytest.approx(expected, rel=1e-10)
        assert {"e": "ln", "10": "log₁₀", "2": "log₂"}[base] in walker.formula.view.text()
        walker.press(Key.Key_PageDown)
        assert walker.number() == pytest.approx(-1 / p, rel=1e-10)
        walker.press(Key.Key_PageDown)
        assert walker.number() == pytest.approx(p - 1, rel=1e-10)


def certain(probability: float, base: str) -> Document:
    """Return a document whose only output is this probability, of the class that is right."""
    network = NetworkSpec((dense("o", 1, "sigmoid"),), (InputSpec("x", (1,)),))
    start = {"o.W": handle([[0.0]]), "o.b": handle([np.log(probability / (1 - probability))])}
    data = written_table([[1.0]], [[1.0]])
    plan = TrainingSpec(chosen("binary_cross_entropy"), batch_size=1, shuffle=False)
    return Document(
        dtype="float64", data=data, network=network, parameters=start, training=plan,
        conventions=Conventions(own={"log_base": base}),
    )  # fmt: skip


def test_the_form_explains_the_brackets(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.click(robot.window.tools.chips.conventions)
    form = next(each for each in robot.window.findChildren(ConventionsForm) if each.isVisible())
    words = " ".join(each.text() for each in form.findChildren(QLabel))
    assert all(each in words for each in ("[l]  layer", "(i)  example", "{t}  mini-batch"))


def test_the_chip_switches_a_single_value(robot: Robot) -> None:
    robot.start_on_canvas("step")
    chips = robot.window.tools.chips
    robot.click(chips.conventions)
    form = next(each for each in robot.window.findChildren(ConventionsForm) if each.isVisible())
    field = next(
        each for each in form.findChildren(QComboBox) if {each.itemText(k) for k in range(each.count())} >= {"alpha"}
    )
    field.setCurrentText("alpha")
    field.activated.emit(field.currentIndex())
    robot.wait(lambda: robot.window.context.session.document.notation.rate == "α")
    assert chips.lr._caption == "α"


def test_playing_lays_no_formula_out_on_the_gui_thread(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    lay_out = typesetter._laid_out

    def noted(key: str) -> Template:
        threads.append(threading.current_thread())
        return lay_out(key)

    monkeypatch.setattr(typesetter, "_laid_out", noted)
    monkeypatch.setattr(view.typesetter(), "_templates", OrderedDict())
    walker = Walker(robot)
    walker.open("example")
    robot.window.transport.speed.slider.setValue(80)
    robot.key(Key.Key_Space)
    for conventions in (WRITTEN["haykin"], WRITTEN["flat"]):
        start = robot.frame.step
        robot.wait(lambda start=start: robot.frame.step > start)  # through a whole pass
        write_like(robot, conventions)
    robot.pause()
    assert threads
    assert threading.main_thread() not in threads
