"""The distributions panel: counts are NumPy's on the axis shown, moments are compared, and it stays a closed tab."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from dlviz.core.metrics import Observed
from dlviz.core.network import NetworkSpec, dense
from dlviz.gui.panel import panels
from dlviz.gui.panels.distributions.panel import START, DistributionsPanel
from dlviz.gui.panels.distributions.reading import before_mark, layers_of, picture_of
from dlviz.gui.panels.distributions.row import outline
from dlviz.gui.panels.distributions.sizes import MAX_LAYERS, chosen_layers
from dlviz.session.curves import Mark
from dlviz.session.distributions import Column, column_of
from dlviz.session.edits import set_optimizer_setting
from dlviz.session.messages import Frame
from dlviz.session.run_row import Label, Origin, RunRow
from tests.gui.panel_stage import make_context, make_document, make_frame
from tests.gui.robot import Robot

NETWORK = NetworkSpec((dense("h", 20, "tanh"), dense("o", 1)))


def tensors(step: int, uid: int = 1) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(100 * uid + step)
    return {"h.W": draw.normal(size=(20, 30)) * (1 + step), "h.b": draw.normal(size=20), "o.W": draw.random((1, 20))}


def column(step: int, uid: int = 1) -> Column:
    values = tensors(step, uid)
    nothing = np.zeros((0, 0))
    gradients = {name: array / 100 for name, array in values.items()}
    acts = {"h": np.tanh(values["h.W"]), "o": values["o.W"]}
    return column_of(step, uid, Observed(nothing, nothing, True, NETWORK, acts, values, gradients, gradients))


COLUMNS = (column(0), column(10), column(20), column(20, 2), column(35, 2))
MARKS = (Mark(20, "lr 0.1 → 0.5"),)


@pytest.fixture
def panel(qtbot: QtBot) -> DistributionsPanel:
    made = DistributionsPanel(make_context(make_document()))
    qtbot.addWidget(made)
    made.resize(420, 360)
    return made


def show(panel: DistributionsPanel, **changes: object) -> None:
    defaults = {"distributions": COLUMNS, "marks": MARKS, "step": 35, "last_step": 35, "state": "paused"}
    frame: Frame = make_frame(panel.context, **{**defaults, **changes})
    panel.show_frame(frame)


def choose(panel: DistributionsPanel, kind: str) -> None:
    panel.kinds.setCurrentIndex(panel.kinds.findData(kind))


def test_counts_shown_equal_those_of_numpy_on_the_axis_shown(panel: DistributionsPanel) -> None:
    show(panel)
    row = panel.rows[0]
    assert row.layer is not None
    bins = np.linspace(row.layer.low, row.layer.high, row.layer.counts.shape[1] + 1)
    assert row.now is not None
    assert row.then is not None
    assert np.array_equal(row.now, np.histogram(tensors(35, 2)["h.W"], bins)[0])
    assert np.array_equal(row.then, np.histogram(tensors(20, 1)["h.W"], bins)[0])


@pytest.mark.parametrize("kind", ["weights", "activations", "gradients", "updates"])
def test_no_number_of_any_column_is_off_the_axis(panel: DistributionsPanel, kind: str) -> None:
    show(panel)
    choose(panel, kind)
    assert [row.layer.name for row in panel.rows if row.layer] == ["h", "o"]
    for row in panel.rows:
        assert row.layer is not None
        assert (row.layer.counts.sum(axis=1) == (600 if row.layer.name == "h" else 20)).all()


def test_the_moment_follows_the_playhead_and_the_pointer(panel: DistributionsPanel) -> None:
    show(panel, step=12)
    assert panel.moments()[0] is COLUMNS[1]
    panel.rows[0].pointed.emit(34.0)
    assert panel.moments()[0] is COLUMNS[3]
    panel.rows[0].pointed.emit(None)
    assert panel.moments()[0] is COLUMNS[1]


def test_it_is_compared_with_the_moment_before_the_newest_edit_until_somebody_chooses(
    panel: DistributionsPanel,
) -> None:
    show(panel)
    assert panel.moments()[1] is COLUMNS[2]
    assert (panel.now.text(), panel.then.text()) == ("— step 35", "- - step 20")
    place = panel.against.findData(START)
    panel.against.setCurrentIndex(place)
    panel.against.activated.emit(place)
    assert panel.moments()[1] is COLUMNS[0]
    show(panel, marks=(*MARKS, Mark(35, "more units")))
    assert panel.moments()[1] is COLUMNS[0]


def test_before_an_edit_is_what_was_looked_at_on_its_near_side() -> None:
    assert before_mark(COLUMNS, MARKS[0]) is COLUMNS[2]
    assert before_mark(COLUMNS[3:], MARKS[0]) is None
    assert before_mark((), MARKS[0]) is None


def test_sizes_are_drawn_for_every_layer(panel: DistributionsPanel) -> None:
    show(panel)
    choose(panel, "sizes")
    steps, values = panel.sizes.gradient.curves[0].getOriginalDataset()
    assert steps.tolist() == [0, 10, 20, 20, 35]
    assert values.tolist() == [each.gradient_norm["h"] for each in COLUMNS]
    legend = zip(panel.sizes.signs, panel.sizes.names, strict=True)
    assert [(sign.text(), name.text()) for sign, name in legend if name.text()] == [("—", "h"), ("- -", "o")]


def test_of_many_layers_first_last_and_some_between_are_drawn() -> None:
    many = Column(0, 1, {}, {f"h{i}": 1.0 for i in range(40)}, {})
    names = chosen_layers((many,))
    assert (len(names), names[0], names[-1]) == (MAX_LAYERS, "h0", "h39")


def test_the_picture_shows_at_every_step_the_newest_column() -> None:
    (layer, _) = layers_of(COLUMNS, "weights")
    picture = picture_of(layer, last_step=35, width=36)
    assert picture.shape == (layer.counts.shape[1], 36)
    fullest = picture[::-1, 15].argmax()
    assert fullest == layer.counts[1].argmax()
    assert np.array_equal(picture[:, 10], picture[:, 19])
    assert not np.array_equal(picture[:, 19], picture[:, 20])


def test_an_outline_reaches_as_far_as_the_share_of_its_bin() -> None:
    points = outline(np.array([1, 3], dtype=np.uint32), 0.75, QRectF(0, 0, 101, 40))
    assert (points.at(0).x(), points.at(0).y()) == (pytest.approx(100 / 3), 40)
    assert points.at(3) == QPointF(100, 0)


def test_a_bin_says_what_it_holds(panel: DistributionsPanel) -> None:
    show(panel)
    row = panel.rows[1]
    assert row.layer is not None
    assert row.now is not None
    words = row.bin_words(0.999)
    assert words.startswith(f"{row.now[-1]} of 20 numbers from ")


def test_the_numbers_can_be_copied(panel: DistributionsPanel) -> None:
    show(panel)
    panel.copy()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "step,layer,from,to,count"
    counts = [int(line.split(",")[-1]) for line in lines[1:] if line.startswith("35,h,")]
    assert sum(counts) == 600
    choose(panel, "sizes")
    panel.copy()
    assert QApplication.clipboard().text().splitlines()[1].startswith("0,h,")


def test_before_anything_is_recorded_it_says_so(panel: DistributionsPanel) -> None:
    show(panel, distributions=())
    assert not panel.empty.isHidden()
    assert panel.rows == []


def toggle(robot: Robot) -> DistributionsPanel:
    action = next(each for each in robot.window.docks.toggle_actions() if each.text() == "Distributions")
    action.trigger()
    return robot.window.findChild(DistributionsPanel)


def test_it_is_a_closed_tab_behind_the_loss_until_it_is_opened(robot: Robot) -> None:
    robot.start()
    panel = robot.window.findChild(DistributionsPanel)
    assert not panel.isVisible()
    toggle(robot)
    robot.wait(panel.isVisible)
    robot.wait(lambda: len(panel.rows) == 3)
    names = [dock.objectName() for dock in robot.window.tabifiedDockWidgets(panel.parentWidget())]
    assert names == ["dock.curves"]
    bars = [bar for bar in robot.window.findChildren(QTabBar) if bar.isVisible() and bar.parent() is robot.window]
    assert [(bar.accessibleName(), bar.count()) for bar in bars] == [("Panels in one place", 2)]


def test_two_segments_of_a_run_are_overlaid(robot: Robot) -> None:
    robot.start()
    panel = toggle(robot)
    robot.wait(lambda: len(panel.rows) == 3)
    session = robot.window.context.session
    session.pause()
    session.edit(set_optimizer_setting(session.document, "lr", 0.5), "lr → 0.5")
    robot.window.run.play()
    robot.wait(lambda: "rate 0.02 → 0.5" in panel.against.currentText() and panel.moments()[1] is not None)
    now, then = panel.moments()
    assert now is not None
    assert then is not None
    assert then.step < now.step
    assert then.uid != now.uid
    assert panel.rows[0].then is not None


def test_the_registry_holds_at_most_twelve_panels() -> None:
    assert len(list(panels)) <= 12


def runs(panel: DistributionsPanel, other: tuple[Column, ...]) -> tuple[RunRow, ...]:
    """Return a run that stands with columns of its own, and the one on show."""
    document = panel.context.session.document
    return (
        RunRow(1, Origin(), Label(), 0, document, distributions=other),
        RunRow(2, Origin(1, 20), Label("fast"), 1, document, is_current=True, distributions=COLUMNS),
    )


def test_two_runs_lie_on_one_axis_with_a_legend_and_their_counts_are_those_of_numpy(panel: DistributionsPanel) -> None:
    other = (column(0, 7), column(35, 7), column(60, 7))  # the last one is wider than anything in the run on show
    show(panel, runs=runs(panel, other))
    panel.against.setCurrentIndex(panel.against.findText("and Run 1"))
    panel.against.activated.emit(panel.against.currentIndex())
    assert panel.moments() == (COLUMNS[-1], other[1])
    assert (panel.now.text(), panel.then.text()) == ("— fast, step 35", "- - Run 1, step 35")
    row = panel.rows[0]
    assert row.layer is not None and row.now is not None and row.then is not None
    bins = np.linspace(row.layer.low, row.layer.high, row.layer.counts.shape[1] + 1)
    assert np.array_equal(row.now, np.histogram(tensors(35, 2)["h.W"], bins)[0])
    assert np.array_equal(row.then, np.histogram(tensors(35, 7)["h.W"], bins)[0])
    assert row.then.sum() == 600


def test_a_run_that_was_deleted_is_no_longer_compared_with(panel: DistributionsPanel) -> None:
    show(panel, runs=runs(panel, (column(0, 7),)))
    panel.against.setCurrentIndex(panel.against.findText("and Run 1"))
    panel.against.activated.emit(panel.against.currentIndex())
    show(panel, runs=runs(panel, ())[1:])
    assert panel.against.findText("and Run 1") == -1
    assert panel.moments()[1] is COLUMNS[2]
