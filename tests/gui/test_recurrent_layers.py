"""What the window says about a recurrent layer, whose weights do not belong to pairs of units."""

import numpy as np

from dlviz.core.inference import shapes
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.trace import Step, Trace
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui.editor.layout import arrange
from dlviz.gui.editor.picture import lit
from dlviz.gui.panels.formula.badge import place_words
from dlviz.gui.panels.inspector.facts import Card, Scene, card
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


def test_a_unit_shows_no_sum_of_its_inputs() -> None:
    found = card_of(Selected("unit", "r", 1))
    assert found.equations == ()
    assert [fact.label for fact in found.facts] == ["a"]
    assert found.remark == "tanh"


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
