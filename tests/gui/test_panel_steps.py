"""The list of steps: what is done, what is not yet, where the pass stands, and how to go elsewhere."""

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from dlviz.core.choice import chosen
from dlviz.core.network import LayerSpec, dense
from dlviz.gui.panel import Context
from dlviz.gui.panels.steps.delegate import fitted
from dlviz.gui.panels.steps.model import Row, place_of, rows_of
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.panels.steps.rows import Role
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.messages import Frame
from tests.unit.core.narrated_runs import network, recorded, two_layers

SPEC = two_layers("sigmoid", "sigmoid")
CROSS_ENTROPY = chosen("binary_cross_entropy")


@dataclass
class WalkingSession:
    asked: list[int] = field(default_factory=list)

    def walk_to(self, cursor: int) -> None:
        self.asked.append(cursor)


@pytest.fixture
def context(qapp):  # type: ignore[no-untyped-def]
    return Context(WalkingSession(), lambda message, action=None: None)


@pytest.fixture
def panel(qtbot, context):  # type: ignore[no-untyped-def]
    widget = StepsPanel(context)
    host = QWidget()  # a window of its own would tell the offscreen plugin its size limits, which it warns about
    qtbot.addWidget(host)
    widget.setParent(host)
    widget.resize(300, 700)
    with qtbot.waitExposed(host):
        host.show()
    yield widget
    host.close()


@pytest.fixture
def frame() -> Frame:
    trace, plan = recorded(SPEC, CROSS_ENTROPY, n=3)
    training = TrainingSpec(loss=plan.loss, optimizer=plan.optimizer)
    return Frame(1, 1, "paused", Document(network=SPEC, training=training), trace=trace, cursor=3)


def steps(panel: StepsPanel):  # type: ignore[no-untyped-def]
    return [row for row in panel.model.rows if not row.is_heading]


def test_rows_stand_under_their_phases(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(frame)
    assert [row.text for row in panel.model.rows if row.is_heading] == ["Forward", "Loss", "Backward", "Update"]
    assert [row.text for row in steps(panel)] == [step.formula for step in frame.trace.steps]


def test_values_are_those_of_the_sample_looked_at(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, cursor=4, sample=2))
    z, a = frame.trace.steps[2].writes["o.z"][2], frame.trace.steps[3].writes["o.a"][2]
    for row, values in zip(steps(panel)[2:4], (z, a), strict=True):
        assert [float(word.replace("−", "-")) for word in row.summary.split()] == pytest.approx(values, rel=1e-3)
    assert panel.info == "sample 3 of 3"


def test_larger_results_say_their_size(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, cursor=len(frame.trace.steps)))
    said = {frame.trace.steps[row.cursor - 1].op: row.summary for row in steps(panel)}
    # Two dense layers: 3 × 3 weights and 3 biases, 2 × 3 weights and 2 biases.
    assert (said["weight_gradient"], said["step"], said["apply"]) == ("3 × 3", "20 values", "20 values")


def test_what_is_not_computed_reads_not_yet(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(frame)
    assert {row.summary for row in steps(panel)[3:]} == {"not yet"}
    assert all("Not computed yet" in row.full for row in steps(panel)[3:])


def test_before_the_first_step_the_coming_pass_is_listed_without_numbers(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, trace=None, peek=frame.trace, cursor=0))
    assert {row.summary for row in steps(panel)} == {"not yet"}
    assert not panel.hint.isVisible()


def test_without_any_pass_it_says_how_to_come_to_one(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, trace=None, cursor=0, state="running"))
    assert panel.hint.isVisible()
    assert panel.hint.text().startswith("Training.")


def test_numbers_give_way_before_the_formula(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, cursor=4))
    row = steps(panel)[3]
    lengths = [len(words) for words in (row.summary, *row.shorter)]
    assert lengths == sorted(lengths, reverse=True)
    assert row.shorter[-1] == "2 × 1"  # a lone 2 would read as the value


def test_derived_steps_say_so(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(replace(frame, cursor=9))
    derived = [row for row in steps(panel) if row.is_derived]
    assert [frame.trace.steps[row.cursor - 1].op for row in derived] == ["loss_backward"]
    index = panel.model.index(panel.model.rows.index(derived[0]))
    assert "derived" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_clicking_a_row_walks_there(qtbot, panel: StepsPanel, frame: Frame) -> None:  # type: ignore[no-untyped-def]
    panel.show_frame(frame)
    row = place_of(panel.model.rows, 6)
    place = panel.view.visualRect(panel.model.index(row)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    heading = panel.view.visualRect(panel.model.index(0)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(heading))
    assert panel.context.session.asked == [6]


def test_arrow_keys_walk_one_step(qtbot, panel: StepsPanel, frame: Frame) -> None:  # type: ignore[no-untyped-def]
    panel.show_frame(frame)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        qtbot.keyClick(panel.view, key)
    panel.show_frame(replace(frame, cursor=0))
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    assert panel.context.session.asked == [4, 2, 0]


def test_the_current_row_stays_in_sight(panel: StepsPanel, frame: Frame) -> None:
    panel.resize(300, 160)
    panel.show_frame(replace(frame, cursor=len(frame.trace.steps)))
    last = panel.view.visualRect(panel.view.currentIndex())
    assert panel.view.viewport().rect().contains(last)


def test_the_first_row_in_sight_is_whole_and_so_is_the_coming_step(panel: StepsPanel, frame: Frame) -> None:
    panel.resize(300, 190)
    for cursor in (*range(1, len(frame.trace.steps)), 3):
        panel.show_frame(replace(frame, cursor=cursor))
        top = panel.view.visualRect(panel.view.indexAt(QPoint(5, 1)))
        coming = panel.view.visualRect(panel.model.index(panel.view.currentIndex().row() + 1))
        assert top.top() >= 0
        assert panel.view.viewport().rect().contains(coming)


def test_a_hidden_step_shows_no_number_anywhere(panel: StepsPanel, frame: Frame) -> None:
    panel.show_frame(frame)
    panel.context.hide_results(True)
    index = panel.view.currentIndex()
    row = index.data(Role.ROW)
    assert (row.state, row.summary) == ("hidden", "?")
    shown = [index.data(role) for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)]
    assert not any("0." in text for text in shown)
    panel.context.hide_results(False)
    assert index.data(Role.ROW).state == "current"


def test_frames_of_the_same_pass_do_not_reset_the_list(qtbot, panel: StepsPanel, frame: Frame) -> None:  # type: ignore[no-untyped-def]
    panel.show_frame(frame)
    with qtbot.assertNotEmitted(panel.model.modelReset), qtbot.waitSignal(panel.model.dataChanged):
        panel.show_frame(replace(frame, cursor=4))


IRIS = network(dense("h", 8, "relu"), LayerSpec("d", "dropout"), dense("o", 3, "softmax"), inputs=4)
NARROW_ROW = 190  # pixels for a row's texts in a list of 256, beside margins, number and scroll bar


def test_no_formula_ends_in_an_ellipsis_in_the_narrowest_list(panel: StepsPanel) -> None:
    trace, _ = recorded(IRIS, chosen("categorical_cross_entropy"), chosen("adam"), n=8)
    rows = [row for row in rows_of(trace, len(trace.steps), 0) if not row.is_heading]
    texts = {trace.steps[row.cursor - 1].op: fitted(row, NARROW_ROW).text for row in rows}
    assert [text for text in texts.values() if "…" in text] == []
    assert texts["bias_correction"] == "m̂, v̂: bias correction"
    assert texts["output_error"] == "δ² = 1/n (a² − y)"


def test_a_loss_keeps_its_number_whatever_its_formula(panel: StepsPanel) -> None:
    trace, _ = recorded(two_layers(output="sigmoid"), CROSS_ENTROPY, n=3)
    row = next(row for row in rows_of(trace, len(trace.steps), 0) if row.text.startswith("L ="))
    assert fitted(row, NARROW_ROW).text == "L: value of the loss"
    assert fitted(row, NARROW_ROW).summary == row.summary
    assert fitted(row, 2 * NARROW_ROW).text == row.text


def test_a_lone_number_loses_digits_before_words_are_cut(panel: StepsPanel) -> None:
    row = Row("loss", "L = −1/n Σ ln a", 1, "done", "3.458×10⁻¹⁹", short="L: value of the loss",
              rounder=("3.46×10⁻¹⁹", "3.5×10⁻¹⁹"), is_derived=True)  # fmt: skip
    found = [fitted(row, room) for room in range(260, 150, -1)]
    assert all("…" not in each.text or each.summary == "3.5×10⁻¹⁹" for each in found)
    assert {each.summary for each in found} >= {"derived  3.458×10⁻¹⁹", "3.458×10⁻¹⁹", "3.5×10⁻¹⁹"}


def test_the_number_at_the_board_stays_where_both_would_cut_the_words(panel: StepsPanel) -> None:
    row = Row("backward", "∂L/∂h¹⟨4⟩ = ∂L/∂a¹⟨4⟩", 38, "done", "0.3533", short="through the activation",
              rounder=("0.353", "0.35"), board="0.34")  # fmt: skip
    found = fitted(row, 185)
    assert (found.summary, found.board) == ("", "≈ 0.34")
    assert not found.is_cut
