"""The formula panel: tells the step in hand for what is selected, and hides what shall be predicted."""

import re
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget

from dlviz.core.choice import chosen
from dlviz.core.narration import Focus
from dlviz.core.network import dense
from dlviz.gui.panel import Context
from dlviz.gui.panels.formula.focus import focus_for
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.messages import Frame
from tests.unit.core.narrated_runs import network, recorded

SPEC = network(dense("h", 4, "tanh"), dense("o", 3, "softmax"), inputs=2)
HIDDEN_UNIT = Selected("unit", "h", 2)
LINK = Selected("link", "h", 2, "x", 1)


@pytest.fixture(scope="module")
def frame() -> Frame:
    trace, plan = recorded(SPEC, chosen("categorical_cross_entropy"), chosen("adam"), n=2)
    training = TrainingSpec(loss=plan.loss, optimizer=plan.optimizer)
    return Frame(1, 1, "paused", Document(network=SPEC, training=training), trace=trace)


@pytest.fixture
def panel(qtbot, qapp):  # type: ignore[no-untyped-def]
    widget = FormulaPanel(Context(None, lambda message, action=None: None))
    host = QWidget()  # a window of its own would tell the offscreen plugin its size limits, which it warns about
    qtbot.addWidget(host)
    widget.setParent(host)
    widget.resize(700, 300)
    with qtbot.waitExposed(host):
        host.show()
    yield widget
    host.close()


def at(frame: Frame, op: str, node: str = "") -> Frame:
    place = next(i for i, step in enumerate(frame.trace.steps, 1) if step.op == op and node in ("", step.node))
    return replace(frame, cursor=place)


def test_before_the_first_step_it_says_what_to_press(panel: FormulaPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, cursor=0))
    assert panel.sentence.text() == "Press PgDn to compute the first operation."
    assert panel.view.narration is None


@pytest.mark.parametrize(
    ("state", "step", "words"),
    [
        ("paused", 7, "Press PgDn to compute the next operation."),
        ("running", 7, "Training. Space pauses; PgDn then computes one operation."),
    ],
)
def test_without_a_pass_in_hand_it_says_how_to_come_to_one(
    panel: FormulaPanel, frame: Frame, state: str, step: int, words: str
) -> None:
    panel.show_frame(replace(frame, trace=None, state=state, step=step))
    assert panel.sentence.text() == words


@pytest.mark.parametrize(
    ("op", "node", "words"),
    [
        ("affine", "h", "→ forward · layer 1"),
        ("loss", "o", "• loss"),
        ("weight_gradient", "o", "← backward · layer 2"),
        ("step", "", "↺ update"),
    ],
)
def test_the_badge_names_phase_and_layer(panel: FormulaPanel, frame: Frame, op: str, node: str, words: str) -> None:
    panel.show_frame(at(frame, op, node))
    assert panel.badge.text == words


def test_every_sentence_is_short(panel: FormulaPanel, frame: Frame) -> None:
    for cursor in range(1, len(frame.trace.steps) + 1):
        panel.show_frame(replace(frame, cursor=cursor))
        assert 3 <= len(panel.sentence.text().split()) <= 22


def test_the_selected_unit_is_told(panel: FormulaPanel, frame: Frame) -> None:
    panel.show_frame(at(frame, "affine", "h"))
    panel.context.selection.select(HIDDEN_UNIT)
    assert panel.view.narration.value == frame.trace.steps[0].writes["h.z"][0, 2]


def test_the_selected_link_is_told_in_its_update(panel: FormulaPanel, frame: Frame) -> None:
    panel.context.selection.select(LINK)
    stepped = at(frame, "step")
    panel.show_frame(stepped)
    assert panel.view.narration.value == stepped.trace.steps[stepped.cursor - 1].writes["h.W.step"][2, 1]


def test_the_selected_bias_is_told(panel: FormulaPanel, frame: Frame) -> None:
    panel.context.selection.select(Selected("bias", "h", 1))
    stepped = at(frame, "weight_gradient", "h")
    panel.show_frame(stepped)
    assert panel.view.narration.value == stepped.trace.steps[stepped.cursor - 1].writes["h.db"][1]


def test_the_sample_looked_at_is_told(panel: FormulaPanel, frame: Frame) -> None:
    panel.show_frame(replace(at(frame, "activate", "h"), sample=1))
    assert panel.view.narration.value == frame.trace.steps[1].writes["h.a"][1, 0]


@pytest.mark.parametrize(
    ("op", "node", "selected", "expected"),
    [
        ("input_gradient", "o", HIDDEN_UNIT, Focus(0, 2, 1)),
        ("affine", "o", HIDDEN_UNIT, Focus(0, 2, 1)),
        ("activate", "h", HIDDEN_UNIT, Focus(2, 0, 1, "h.W")),
        ("activate", "h", Selected("link", "o", 1, "h", 3), Focus(3, 0, 1)),
        ("activate", "o", Selected(), Focus(0, 0, 1)),
        ("activate", "o", Selected("sample", "", 17), Focus(0, 0, 1)),
        ("affine", "h", Selected("input", "x", 1), Focus(0, 1, 1)),
    ],
)
def test_the_focus_follows_the_selection(frame: Frame, op: str, node: str, selected: Selected, expected: Focus) -> None:
    step = next(step for step in frame.trace.steps if (step.op, step.node) == (op, node))
    assert focus_for(step, SPEC, selected, 1) == expected


def test_nothing_of_a_hidden_step_is_readable(panel: FormulaPanel, frame: Frame) -> None:
    panel.show_frame(at(frame, "affine", "o"))
    panel.context.hide_results(True)
    for widget in (panel, *panel.findChildren(QWidget)):
        shown = (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis())
        assert not any(re.search(r"\d[.,]\d", text) for text in shown)
    assert not re.search(r"\d[.,]\d", panel.sentence.text() + panel.view.text())
    panel.context.hide_results(False)
    assert re.search(r"\d\.\d", panel.view.text())


def test_another_network_is_told_nothing_of_the_old_one(panel: FormulaPanel, frame: Frame) -> None:
    panel.show_frame(at(frame, "affine", "o"))
    panel.show_document(Document(network=network(dense("o", 1))))
    assert panel.view.narration is None
