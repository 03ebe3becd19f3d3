"""Predictions and errors on a real session: every number against a few lines of NumPy, every click against its rows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.core.network import NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.bars import ROW
from dlviz.gui.panels.output.class_table import rates
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.words import Words
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.looks import Estimate
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for
from dlviz.session.session import Session
from tests.guards import at_once
from tests.gui.robot import Key, close_window, robot_at_window


def has_all(frame: Frame, wanted: Interest) -> bool:
    """Whether a frame has what was asked for, and not what was asked for before."""
    maps, predictions = frame.maps, frame.predictions
    if "maps" in wanted.needs:
        return frame.parameters is not None and maps is not None and maps.is_logits == wanted.is_logits
    if "hidden" in wanted.needs:
        return frame.hidden is not None
    if predictions is None:
        return False
    parts = {"losses": predictions.losses, "logits": predictions.logits}
    return all(parts[need] is not None for need in parts if need in wanted.needs)


class Desk:
    """An output panel over a session that has learnt a little, and the last frame."""

    def __init__(self, bot: QtBot, document: Document, steps: int = 60) -> None:
        self.bot, self.session = bot, Session(document)
        self.context = Context(self.session, lambda message, action=None: None)
        self.panel = OutputPanel(self.context)
        bot.addWidget(self.panel)
        self.panel.resize(420, 460)
        self.panel.show()
        self.frame: Frame | None = None
        for _ in range(steps):
            self.session.step("batch")

    def open(self, page: str, view: str = "") -> Frame:
        """Click a page and one of its views, and wait for a frame with what they need."""
        self.click(self.panel.views, page)
        if view:
            self.click(self.panel.page.views, view)
        return self.look()

    def look(self) -> Frame:
        """Wait for a frame that has all that the page wants, and show it."""
        wanted = self.panel.interest(Interest())
        wanted = replace(wanted, needs=wanted.needs | {"parameters"})
        self.session.watch(wanted)
        seen: list[Frame] = []

        def arrived() -> bool:
            frame = self.session.poll()
            if frame is not None and has_all(frame, wanted):
                seen.append(frame)
            return bool(seen)

        self.bot.waitUntil(arrived, timeout=10_000)
        self.frame = seen[-1]
        self.panel.show_frame(seen[-1])
        return seen[-1]

    def click(self, words: Words, key: str) -> None:
        index = next(k for k in range(words.count()) if words.tabData(k) == key)
        self.bot.mouseClick(words, Qt.MouseButton.LeftButton, pos=words.tabRect(index).center())

    @property
    def truth(self) -> tuple[np.ndarray, np.ndarray]:
        """True and predicted class of every row."""
        assert self.frame is not None and self.frame.predictions is not None
        outputs = self.frame.predictions.outputs
        predicted = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] > 0.5).astype(int)
        return self.session.dataset.targets, predicted


def blobs(outputs: int = 1, noise: float = 0.5) -> Document:
    """Overlapping blobs: a sigmoid for the first two, or a softmax for all three."""
    layer = dense("o", outputs, "sigmoid" if outputs == 1 else "softmax")
    loss = "binary_cross_entropy" if outputs == 1 else "categorical_cross_entropy"
    kind = "moons" if outputs == 1 else "blobs"
    data = DataSpec(kind, {"noise": 0.4 if outputs == 1 else noise}, split=SplitSpec(validation=0.4, test=0.1, seed=3))
    return Document(
        dtype="float64", data=data, network=NetworkSpec((dense("h", 2, "tanh"), layer)),
        training=TrainingSpec(loss=Choice(loss), batch_size=20),
    )  # fmt: skip


@pytest.fixture
def desks(qtbot: QtBot) -> Iterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.session.close()


def sit(desks: list[Desk], bot: QtBot, document: Document, steps: int = 60) -> Desk:
    desks.append(Desk(bot, document, steps))
    return desks[-1]


def test_true_4_predicted_9_selects_exactly_those_rows(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, document_for("digits"), steps=30)
    desk.open("errors", "counts")
    true, predicted = desk.truth
    test = desk.session.prepared.validation
    counts = desk.panel.errors.table.counts.copy()
    np.fill_diagonal(counts, 0)
    cell = tuple(int(k) for k in np.unravel_index(counts.argmax(), counts.shape))
    at = desk.panel.errors.table.cell(*cell).center().toPoint()
    qtbot.mouseClick(desk.panel.errors.table, Qt.MouseButton.LeftButton, pos=at)
    wanted = {int(row) for row in test if (true[row], predicted[row]) == cell}
    assert desk.context.selection.rows == wanted and len(wanted) == counts.max() > 0
    assert desk.context.selection.rows_words.startswith(f"true {cell[0]}, predicted {cell[1]}: {len(wanted)} row")


def test_counts_shares_and_rates_are_those_of_a_few_lines(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("errors", "shares")
    for part, rows in (("train", desk.session.prepared.train), ("dev", desk.session.prepared.validation)):
        desk.click(desk.panel.parts, part)
        true, predicted = desk.truth
        counts = np.array([[np.sum((true[rows] == j) & (predicted[rows] == k)) for k in range(3)] for j in range(3)])
        np.testing.assert_array_equal(desk.panel.errors.table.counts, counts)
        assert desk.panel.errors.table.written(1, 1) == f"{100 * counts[1, 1] / counts[1].sum():.0f}"
        assert desk.panel.info == f"{counts.sum() - counts.trace()} of {len(rows)} wrong"
    desk.open("errors", "classes")
    shown = np.array([line[1:] for line in desk.panel.errors.classes.shown()], dtype=float)
    for k in range(3):
        precision, recall = counts[k, k] / counts[:, k].sum(), counts[k, k] / counts[k].sum()
        f1 = 2 / (1 / precision + 1 / recall)
        np.testing.assert_allclose(shown[k], [precision, recall, f1, counts[k].sum()], rtol=1e-12)


def test_rates_of_a_class_that_nobody_named_are_not_numbers() -> None:
    found = rates(np.array([[3, 0], [2, 0]]))
    assert found[0].tolist() == pytest.approx([0.6, 1.0, 0.75])
    assert np.isnan(found[1, 0]) and found[1, 1:].tolist() == [0, 0]


def test_a_class_selects_the_rows_that_are_wrong_about_it(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("errors", "classes")
    desk.panel.errors.classes.taken.emit(1)
    true, predicted = desk.truth
    wrong = {int(row) for row in desk.session.prepared.validation if (true[row] == 1) != (predicted[row] == 1)}
    assert desk.context.selection.rows == wrong


def test_the_area_under_the_curve_is_how_often_pairs_are_ranked_right(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(1))
    frame = desk.open("errors", "roc")
    rows = desk.session.prepared.validation
    scores, true = frame.predictions.outputs[rows, 0], desk.session.dataset.targets[rows] == 1
    above = (scores[true][:, None] > scores[~true]) + 0.5 * (scores[true][:, None] == scores[~true])
    assert desk.panel.errors.roc.auc == pytest.approx(above.mean(), rel=1e-12)
    assert 0.5 < desk.panel.errors.roc.auc < 1


def test_a_dragged_threshold_counts_and_selects_its_rows(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(1))
    frame = desk.open("errors", "roc")
    roc, rows = desk.panel.errors.roc, desk.session.prepared.validation
    scores, true = frame.predictions.outputs[rows, 0], desk.session.dataset.targets[rows] == 1
    assert roc.counts["tp"].text() == f"TP {np.sum(true & (scores > 0.5))}"
    plot, box = roc.plot, roc.plot.getViewBox()
    target = roc.plot.curve[len(roc.plot.curve) // 3]
    scene = box.mapViewToScene(QPointF(target[0], target[1]))
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(scene.x()), round(scene.y())))
    assert roc.threshold is not None
    taken = scores >= roc.threshold
    expected = {"tp": taken & true, "fp": taken & ~true, "fn": ~taken & true, "tn": ~taken & ~true}
    for quarter, is_in in expected.items():
        assert roc.counts[quarter].text() == f"{quarter.upper()} {is_in.sum()}"
    on_curve = roc.plot.curve[roc.plot.place]
    assert on_curve[:2].tolist() == pytest.approx([np.mean(taken[~true]), np.mean(taken[true])])
    qtbot.mouseClick(roc.counts["fn"], Qt.MouseButton.LeftButton)
    assert desk.context.selection.rows == {int(row) for row in rows[expected["fn"]]}


def test_several_classes_are_ranked_one_against_the_rest(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    frame = desk.open("errors", "roc")
    roc, rows = desk.panel.errors.roc, desk.session.prepared.validation
    roc.positive.setCurrentIndex(2)
    roc.positive.activated.emit(2)
    scores, true = frame.predictions.outputs[rows, 2], desk.session.dataset.targets[rows] == 2
    above = (scores[true][:, None] > scores[~true]) + 0.5 * (scores[true][:, None] == scores[~true])
    assert roc.auc == pytest.approx(above.mean(), rel=1e-12)


def test_rows_are_listed_by_their_own_loss(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    frame = desk.open("predictions", "rows")
    page, rows = desk.panel.predictions, desk.session.prepared.validation
    outputs, targets = frame.predictions.outputs, desk.session.dataset.targets
    loss = -np.log(outputs[np.arange(len(outputs)), targets])
    np.testing.assert_allclose(frame.predictions.losses, loss, rtol=1e-12)
    worst = rows[np.argsort(-loss[rows])]
    assert [line[0] for line in page.list.shown()] == (worst + 1).tolist()
    np.testing.assert_allclose([line[1] for line in page.list.shown()], loss[worst], rtol=1e-12)
    page.list.taken.emit(int(worst[0]))
    assert desk.context.selection.rows == {int(worst[0])}


def test_logits_of_a_row_are_the_sums_before_the_softmax(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    frame = desk.open("predictions", "logits")
    logits, outputs = frame.predictions.logits, frame.predictions.outputs
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(outputs, e / e.sum(axis=1, keepdims=True), rtol=1e-10)
    bars = desk.panel.predictions.answer.bars.bars
    assert [bar.output for bar in bars] == pytest.approx(sorted(logits[0], reverse=True))


@pytest.mark.parametrize("is_logits", [False, True])
def test_the_map_is_what_the_network_predicts_on_the_grid(qtbot: QtBot, desks: list[Desk], is_logits: bool) -> None:
    """F33: after training, the boundary picture equals predict() on the grid."""
    desk = sit(desks, qtbot, blobs(3), steps=200)
    if is_logits:
        desk.click(desk.panel.map.controls.quantity, "logits")
    frame = desk.look()
    values, (x0, x1, y0, y1) = desk.panel.map.values, frame.maps.extent
    p, side = frame.parameters, values.shape[-1]
    y, x = np.mgrid[0:side, 0:side]
    grid = np.stack([x0 + (x.ravel() + 0.5) / side * (x1 - x0), y0 + (y.ravel() + 0.5) / side * (y1 - y0)])
    z = p["o.W"] @ np.tanh(p["h.W"] @ grid + p["h.b"][:, None]) + p["o.b"][:, None]
    e = np.exp(z - z.max(axis=0))
    expected = z if is_logits else e / e.sum(axis=0)
    np.testing.assert_allclose(values.reshape(3, -1), expected, atol=2e-5 * np.abs(expected).max())
    agrees = values.reshape(3, -1).argmax(axis=0) == expected.argmax(axis=0)
    assert agrees.mean() > 0.9999


def test_values_are_plotted_over_their_targets_and_residuals_beside(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, document_for("diabetes"))
    frame = desk.open("errors", "residuals")
    rows, targets = desk.session.prepared.validation, desk.session.dataset.targets[:, 0]
    outputs = frame.predictions.outputs[:, 0]
    x, y = desk.panel.errors.residuals.rows.dev.getData()
    np.testing.assert_allclose(x, outputs[rows])
    np.testing.assert_allclose(y, targets[rows] - outputs[rows])
    left = targets[rows] - outputs[rows]
    r2 = 1 - np.sum(left**2) / np.sum((targets[rows] - targets[rows].mean()) ** 2)
    number = desk.context.number
    assert desk.panel.info == f"R² {number(r2)} · MAE {number(np.abs(left).mean())}"
    desk.panel.errors.residuals.rows.taken.emit(int(rows[2]))
    assert desk.context.selection.rows == {int(rows[2])}
    marks = desk.panel.errors.residuals.rows._marks.getData()
    np.testing.assert_allclose(np.ravel(marks), [outputs[rows[2]], left[2]])
    written = desk.panel.errors.residuals.getAxis("bottom").labelText
    assert written == "→ predicted\u2003↑ measured − predicted"


def test_test_rows_stay_locked_until_somebody_looks_at_them(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    frame, prepared, panel = desk.open("predictions", "answer"), desk.session.prepared, desk.panel
    assert [panel.parts.tabData(k) for k in range(panel.parts.count())] == ["train", "dev"]
    row = int(prepared.test[0])
    desk.context.selection.select_rows([row], "a test row")
    assert panel.predictions.answer.said.text() == f"row {row + 1} is a test row"
    assert not panel.predictions.answer.bars.bars
    panel.show_frame(replace(frame, estimate=Estimate(frame.step, 0.5, 0.5)))
    assert panel.predictions.answer.bars.bars
    desk.click(panel.parts, "test")
    desk.open("errors", "counts")
    assert panel.errors.table.counts.sum() == len(prepared.validation), "the lock has closed again"


@pytest.mark.parametrize(("page", "view", "head"), [
    ("errors", "roc", "false positive rate,true positive rate,threshold"),
    ("errors", "classes", "class,precision,recall,F1,rows"),
    ("predictions", "rows", "row,loss,true,answer,output"),
])  # fmt: skip
def test_every_page_copies_its_numbers(qtbot: QtBot, desks: list[Desk], page: str, view: str, head: str) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open(page, view)
    desk.panel.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == head and len(lines) > 3


def test_hovering_a_neuron_takes_the_big_map_at_once_and_escape_gives_it_back(qtbot: QtBot) -> None:
    """F32, at the real window while training stands."""
    robot = robot_at_window(qtbot)
    try:
        robot.start_on_canvas()
        robot.pause()
        robot.wait(lambda: robot.frame.maps is not None)
        page = robot.panel("output").map
        robot.wait(lambda: page.values is not None and page.frame_shown is robot.frame)
        before, words = page.values, page.words()
        with at_once():
            robot.hover(Selected("unit", "h1", 2))
        np.testing.assert_array_equal(page.values[0], robot.frame.maps.units["h1"][2])
        assert page.words() == "unit 3 of layer 1"
        robot.key(Key.Key_Escape)
        np.testing.assert_array_equal(page.values, before)
        assert page.words() == words
    finally:
        close_window(robot)


def test_the_boundary_moves_while_training_runs(qtbot: QtBot) -> None:
    """Curriculum DIA-12."""
    robot = robot_at_window(qtbot)
    try:
        robot.start_on_canvas()
        view, seen = robot.panel("output").map.frame.map, []
        for step in (20, 120, 400):
            robot.wait(lambda step=step: robot.frame.step >= step)
            assert robot.frame.state == "running"
            seen.append(view._lines.copy())
        assert all(len(lines) for lines in seen)
        assert len(seen[0]) != len(seen[2]) or not np.allclose(seen[0], seen[2])
    finally:
        close_window(robot)


def test_arrows_and_return_take_a_count(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("errors", "counts")
    table = desk.panel.errors.table
    table.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(table, key)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    true, predicted = desk.truth
    rows = desk.session.prepared.validation
    assert desk.context.selection.rows == {int(row) for row in rows if (true[row], predicted[row]) == (2, 1)}


def test_a_bar_selects_the_rows_that_get_its_answer(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("predictions", "answer")
    bars = desk.panel.predictions.answer.bars
    answer, (_, predicted), rows = bars.bars[1].number, desk.truth, desk.session.prepared.validation
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(20, ROW + ROW // 2))
    assert desk.context.selection.rows == {int(row) for row in rows if predicted[row] == answer}


def test_without_a_network_a_page_says_what_to_do(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("errors", "counts")
    desk.session.edit(replace(desk.session.document, network=NetworkSpec(), parameters={}), "Empty")
    desk.panel.show_document(desk.session.document)
    assert desk.panel.empty.isVisible() and "press +" in desk.panel.empty.text()
    assert "wrong" not in desk.panel.info
    desk.click(desk.panel.views, "map")
    assert desk.panel.info.startswith("no network yet") and desk.panel.map.frame.bar.isHidden()


def test_rows_change_places_no_faster_than_they_can_be_read(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    frame, page = desk.open("predictions", "rows"), desk.panel.predictions
    before = page.list.shown()
    turned = replace(frame, predictions=replace(frame.predictions, losses=-frame.predictions.losses))
    desk.panel.show_frame(replace(turned, state="running"))
    assert page.list.shown() == before
    desk.panel.show_frame(turned)
    assert [line[0] for line in page.list.shown()] == [line[0] for line in before][::-1]


def test_words_take_the_room_of_those_that_are_there(qtbot: QtBot, desks: list[Desk]) -> None:
    desk = sit(desks, qtbot, blobs(3))
    desk.open("predictions")
    words = desk.panel.predictions.views
    for document, count in ((document_for("circles"), 2), (blobs(3), 3), (document_for("diabetes"), 1)):
        desk.session.new(document)
        desk.panel.show_document(document)
        desk.click(desk.panel.views, "predictions")
        qtbot.wait(50)
        assert sum(words.isTabVisible(k) for k in range(words.count())) == count
        assert words.width() == words.sizeHint().width()
