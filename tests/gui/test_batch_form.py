"""The form of batches: the three modes, what an epoch is, memory, replacement, and how often rows were used."""

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.errors import DataError
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.forms.batches import BatchForm, BatchStrip, epoch_words, memory_words, mode_of, use_bars
from dlviz.gui.status import position_words
from dlviz.session.batch_memory import batch_bytes
from dlviz.session.document import Document
from dlviz.session.edits import set_training
from dlviz.session.example import plain_descent, written_table
from dlviz.session.limits import BATCH_BYTES
from dlviz.session.lowered import lowered
from dlviz.session.messages import Frame
from dlviz.session.orders import RowUse
from tests.gui.robot import Robot
from tests.gui.test_plan_forms import opened, pick, shown, training

N = 175  # training rows of the first document


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def form_of(robot: Robot) -> BatchForm:
    opened(robot, "batch")
    form = robot.window.tools.chips._live
    assert isinstance(form, BatchForm)
    return form


def choose(robot: Robot, form: BatchForm, mode: str) -> None:
    place = next(i for i in range(form.modes.count()) if form.modes.tabData(i) == mode)
    form.modes.setCurrentIndex(place)
    robot.settle()


def at_the_start(robot: Robot) -> None:
    popup = robot.window.tools.chips._popup
    assert popup is not None
    popup.close()
    robot.trigger("reset")
    robot.wait(lambda: robot.frame.step == 0)


def epochs_on(robot: Robot, count: int) -> Frame:
    robot.settle()
    for epoch in range(robot.frame.epoch + 1, robot.frame.epoch + 1 + count):
        robot.running.session.step("epoch", 1)
        robot.wait(lambda epoch=epoch: robot.frame.epoch == epoch and robot.frame.batch == 0)
    return robot.frame


@pytest.mark.parametrize(("mode", "size", "updates"), [("batch", N, 1), ("mini", 10, 18), ("online", 1, N)])
def test_an_epoch_has_as_many_updates_as_its_mode_says(robot: Robot, mode: str, size: int, updates: int) -> None:
    choose(robot, form_of(robot), mode)
    assert training(robot).batch_size == size
    at_the_start(robot)
    frame = epochs_on(robot, 2)
    assert (frame.epoch, frame.step) == (2, 2 * updates)
    assert robot.window.transport.small.text() == f"epoch · {2 * updates} steps"


def test_powers_of_two_are_offered_below_the_number_of_rows(robot: Robot) -> None:
    form = form_of(robot)
    assert [form.powers.itemData(place) for place in range(form.powers.count())] == [2, 4, 8, 16, 32, 64, 128]
    pick(form, "powers", 64)  # type: ignore[arg-type]
    assert training(robot).batch_size == 64
    assert robot.window.tools.chips.batch.accessibleName() == "batch: 64"


def test_the_smaller_last_batch_is_marked_and_named(qtbot: QtBot) -> None:
    strip = BatchStrip(1000, 32)
    qtbot.addWidget(strip)
    blocks = strip.blocks()
    assert len(blocks) == 32
    assert [is_less for _, _, is_less in blocks] == [False] * 31 + [True]
    assert 1000 * (blocks[-1][1] - blocks[-1][0]) == pytest.approx(8)
    assert epoch_words(1000, 32) == "32 updates an epoch: 31 × 32 rows, and a last batch of 8"


def test_batch_descent_over_10_epochs_of_1000_rows_updates_10_320_and_10000_times() -> None:
    assert [mode_of(size, 1000) for size in (1000, 32, 1)] == ["batch", "mini", "online"]
    counts = [10 * math.ceil(1000 / size) for size in (1000, 32, 1)]
    assert counts == [10, 320, 10000]


def test_the_status_bar_counts_five_thousand_batches_of_a_thousand_rows(robot: Robot) -> None:
    frame = replace(robot.frame, state="running", epoch=2, batch=0, batches_per_epoch=math.ceil(5_000_000 / 1000))
    assert position_words(frame).replace("\N{NARROW NO-BREAK SPACE}", " ") == "Training · epoch 3 · batch 1 of 5 000"
    last = position_words(replace(frame, batch=4999)).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert last == "Training · epoch 3 · batch 5 000 of 5 000"


def test_epoch_and_iteration_are_defined_at_the_counter(robot: Robot) -> None:
    for label in (robot.window.transport.large, robot.window.transport.small):
        assert "look at all training rows once" in label.toolTip()
        assert "iteration: one update of the weights" in label.toolTip()


def test_without_replacement_rows_are_used_once_with_it_as_drawn(robot: Robot) -> None:
    form = form_of(robot)
    choose(robot, form, "online")
    at_the_start(robot)
    epochs_on(robot, 1)
    form = form_of(robot)
    robot.wait(lambda: robot.frame.row_use is not None)
    assert robot.frame.row_use == RowUse(0, N, (0, N))
    shown(form, "replacement").click()
    robot.settle()
    at_the_start(robot)
    epochs_on(robot, 1)
    form = form_of(robot)
    robot.wait(lambda: robot.frame.row_use is not None and len(robot.frame.row_use.times) > 2)
    use = robot.frame.row_use
    assert use is not None
    assert sum(use.times) == N
    assert sum(often * count for often, count in enumerate(use.times)) == N
    # (1 − 1/n)ⁿ of the rows, 36.7 %, are left out on the average; four standard deviations of that share.
    assert use.times[0] / N == pytest.approx((1 - 1 / N) ** N, abs=4 * math.sqrt(0.0972 / N))
    robot.wait(lambda: [bar.value for bar in form.use.bars] == [bar.value for bar in use_bars(use)])
    assert form.use.bars[0].value == use.times[0]


def test_nobody_is_asked_for_the_use_of_rows_while_the_form_is_closed(robot: Robot) -> None:
    form_of(robot)
    robot.wait(lambda: robot.frame.row_use is not None)
    popup = robot.window.tools.chips._popup
    assert popup is not None
    popup.close()
    epochs_on(robot, 1)
    robot.wait(lambda: robot.frame.row_use is None)


def wide(activation: str, rows: int) -> Document:
    draw = np.random.default_rng(0)
    layers = (dense("h", 64, activation), dense("g", 64, activation), dense("o", 1, "sigmoid"))
    return Document(
        title="wide", dtype="float64", data=written_table(draw.random((rows, 20)), draw.random((rows, 1))),
        network=NetworkSpec(layers, (InputSpec("x", (20,)),)), training=plain_descent(batch_size=rows),
    )  # fmt: skip


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_the_estimate_is_near_what_the_arrays_of_a_batch_take(activation: str) -> None:
    document = wide(activation, 2000)
    program = lowered(document)
    memory = Memory(program.layout, document.training.optimizer)
    tracemalloc.start()
    binding = program.bind(memory, 2000)
    assert binding.calls
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert batch_bytes(document, 2000) == pytest.approx(taken, rel=0.35)


def test_the_form_says_the_memory_of_a_batch_before_it_is_run(robot: Robot) -> None:
    form = form_of(robot)
    assert (
        form.memory.text() == f"about {memory_words(batch_bytes(robot.running.session.document, N))} for the "
        "activations of a batch"
    )
    assert memory_words(1_234_567) == "1.2 MB"


def test_a_batch_that_takes_too_much_is_refused_with_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    document = wide("tanh", 200)
    monkeypatch.setattr("dlviz.session.batch_memory.BATCH_BYTES", batch_bytes(document, 200) // 3)
    small = set_training(replace(document, training=replace(document.training, batch_size=10)), batch_size=20)
    with pytest.raises(DataError, match="Expected batches of at most") as caught:
        set_training(small, batch_size=200)
    assert caught.value.hint == "Train on mini-batches of 64 rows or fewer."
    assert small.training.batch_size == 20
    assert BATCH_BYTES == 2**30
