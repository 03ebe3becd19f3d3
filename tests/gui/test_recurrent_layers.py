"""What the window says about a recurrent layer, whose weights do not belong to pairs of units."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.inference import shapes
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.trace import Step, Trace
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui.editor.captions import title
from dlviz.gui.editor.layout import arrange
from dlviz.gui.editor.picture import lit
from dlviz.gui.panels.formula.badge import place_words
from dlviz.gui.panels.inspector.facts import Card, Scene, card
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer
from tests.gui.panel_stage import make_context, make_frame

LSTM = NetworkSpec(
    (LayerSpec("r", "lstm", (), {"units": 2}), dense("o", 1)),
    (InputSpec("x", (3, 1)),),
)


def document() -> Document:
    rows = np.linspace(-1, 1, 12).reshape(4, 3)
    data = Dataset("Rows", "regression", rows, rows[:, :1], ("a", "b", "c"), ("y",))
    return Document("Rows", data=DataSpec("table", dataset=data), network=LSTM, training=TrainingSpec())


def traced() -> tuple[Document, Trace]:
    built = document()
    return built, Trainer(built, prepared_for(built)).record()


def card_of(selected: Selected) -> Card:
    built, trace = traced()
    frame = make_frame(make_context(built), {}, trace=trace, cursor=len(trace.steps))
    return card(Scene(selected, built, None, frame))


def step_of(node: str, op: str) -> Step:
    return next(step for step in traced()[1].steps if (step.node, step.op) == (node, op))


def test_every_input_is_wired_to_every_unit_without_a_weight() -> None:
    links = arrange(LSTM, shapes(LSTM), (900.0, 560.0)).links
    wires = [k for k in range(len(links)) if links.layers[k] == "r"]
    assert len(wires) == 3 * 2
    assert not links.is_weighted[wires].any()


def test_the_column_of_a_layer_writes_its_kind_as_it_is_spelled() -> None:
    assert title(LSTM, "r", 6) == "LSTM 6"


def test_a_unit_shows_its_gates_and_states_with_their_formulas() -> None:
    """At the end of the walk the way back stands at the first time step."""
    found, trace = card_of(Selected("unit", "r", 1)), traced()[1]
    facts = {fact.label: fact.values for fact in found.facts}
    assert found.remark == "tanh · t = 1 of 3"
    assert found.equations == ("c¹⟨1⟩ = f¹⟨1⟩ ⊙ c¹⟨0⟩ + i¹⟨1⟩ ⊙ g¹⟨1⟩", "h¹⟨1⟩ = o¹⟨1⟩ ⊙ tanh(c¹⟨1⟩)")
    value = {letter: facts[f"{letter}⟨1⟩"][0] for letter in "ifgoch"}
    assert value == {letter: trace.value(f"r.t1.{letter}", 99)[0, 1] for letter in "ifgoch"}
    assert value["c"] == pytest.approx(value["i"] * value["g"], rel=1e-12)
    assert value["h"] == pytest.approx(value["o"] * np.tanh(value["c"]), rel=1e-12)
    assert facts["∂L/∂h⟨1⟩, sum"][1] == pytest.approx(trace.value("r.t1.dh", 99)[:, 1].sum(), rel=1e-12)
    assert facts["h⟨3⟩"][0] == facts["a"][0]


def test_each_number_of_a_time_step_leads_to_the_step_that_computes_it(qtbot: QtBot) -> None:
    facts = {fact.label: fact for fact in card_of(Selected("unit", "r", 1)).facts}
    assert not any(label.startswith("∂L/∂W") for label in facts)
    table, walked = FactTable(), list[int]()
    qtbot.addWidget(table)
    table.show_facts([facts["f⟨1⟩"], facts["c⟨1⟩"], facts["∂L/∂h⟨1⟩, sum"]], ("sample", "batch"))
    table.walked.connect(walked.append)
    for row in table.rows:
        row.sources.taken.emit(0)
    written = [traced()[1].steps[cursor - 1].writes for cursor in walked]
    assert [f"r.t1.{letter}" in names for letter, names in zip(("f", "c", "dh"), written, strict=True)] == [True] * 3


def test_what_a_time_step_has_not_computed_yet_is_no_number() -> None:
    built, trace = traced()
    frame = make_frame(make_context(built), {}, trace=trace, cursor=6)
    facts = {fact.label: fact.values for fact in card(Scene(Selected("unit", "r", 0), built, None, frame)).facts}
    assert facts["i⟨2⟩"][0] == trace.value("r.t2.i", 99)[0, 0]
    assert facts["c⟨2⟩"] == facts["h⟨2⟩"] == facts["a"] == (None, None)
    assert facts["h⟨1⟩"][0] == trace.value("r.t1.h", 99)[0, 0]


def test_a_layer_counts_the_parameters_of_all_its_gates() -> None:
    facts = {fact.label: fact.text for fact in card_of(Selected("layer", "r")).facts}
    assert facts["shape of W"] == "8 × 1"
    assert facts["shape of U"] == "8 × 2"
    assert facts["parameters"] == str(8 + 16 + 8)


def test_a_time_step_lights_its_layer_and_says_its_time() -> None:
    built, trace = traced()
    step = step_of("r.t2", "cell_update")
    frame = make_frame(make_context(built), {}, trace=trace, cursor=step.index + 1)
    found = lit(LSTM, frame)
    assert found is not None
    assert found.nodes == frozenset({"r"})
    assert place_words(step, built) == "forward · layer 1, time 2"


def test_a_tile_of_a_sequence_shows_its_own_time_step() -> None:
    built, trace = traced_sequence()
    frame = make_frame(make_context(built), {}, trace=trace, cursor=len(trace.steps))
    found = card(Scene(Selected("unit", "r", 3), built, None, frame))
    assert (found.title, found.remark) == ("Unit 2 of layer 1", "tanh · t = 2 of 3")
    facts = {fact.label: fact.values for fact in found.facts}
    assert facts["h⟨2⟩"][0] == trace.value("r.t2.h", 99)[0, 1]


def traced_sequence() -> tuple[Document, Trace]:
    layers = (LayerSpec("r", "lstm", (), {"units": 2, "return": "sequence"}), LayerSpec("s", "gru", (), {"units": 1}))
    built = replace(document(), network=replace(LSTM, layers=layers))
    return built, Trainer(built, prepared_for(built)).record()
