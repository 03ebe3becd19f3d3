"""The training plan by its chips: schedule with its curve, clipping, decay, batches, stop rules, conventions."""

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import chosen
from dlviz.core.clipping import clippings
from dlviz.core.conventions import profiles
from dlviz.core.metrics import metrics
from dlviz.core.schedules import Curve, schedules
from dlviz.gui.forms.plan import POINTS, previewed
from dlviz.gui.forms.watch import ChoiceRow, WatchForm
from dlviz.gui.widgets.sparkline import Sparkline
from dlviz.session.document import TrainingSpec
from tests.gui.robot import Key, Robot


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def training(robot: Robot) -> TrainingSpec:
    found: TrainingSpec = robot.running.session.document.training
    return found


def opened(robot: Robot, chip: str) -> QWidget:
    """Click a chip and return the form that it opens."""
    robot.click(getattr(robot.window.tools.chips, chip))
    return content(robot)


def content(robot: Robot) -> QWidget:
    popup = robot.window.tools.chips._popup
    assert popup is not None
    robot.wait(popup.isVisible)
    return popup.content


def shown(form: QWidget, name: str) -> QWidget:
    """Return the field of this name that can be seen."""
    return next(each for each in form.findChildren(QWidget, name) if each.isVisible())


def pick(form: QWidget, name: str, key: str) -> None:
    box = shown(form, name)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def type_into(robot: Robot, form: QWidget, name: str, words: str) -> None:
    field = shown(form, name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, words)
    robot.bot.keyClick(field, Key.Key_Return)


def test_a_schedule_is_chosen_with_its_settings_and_its_curve(robot: Robot) -> None:
    form = opened(robot, "lr")
    pick(form, "schedule", "cosine")
    type_into(robot, form, "end", "0.1")
    assert training(robot).schedule == chosen("cosine", end=0.1)
    line = next(each for each in form.findChildren(Sparkline) if each.isVisible())
    assert line.values[0] == pytest.approx(0.02)
    assert line.values[-1] == pytest.approx(0.002)
    assert min(line.values) >= 0.002 - 1e-12
    pick(form, "schedule", "")
    assert training(robot).schedule is None


def test_the_dot_on_the_curve_follows_the_run(robot: Robot) -> None:
    form = opened(robot, "lr")
    pick(form, "schedule", "cosine")
    line = next(each for each in form.findChildren(Sparkline) if each.isVisible())
    before = line.dot
    robot.wait(lambda: line.dot > before)
    robot.wait(lambda: robot.frame.epoch / 100 <= line.dot <= (robot.frame.epoch + 1) / 100)


@pytest.mark.parametrize("key", schedules.keys())
def test_a_preview_is_the_schedule_itself(key: str) -> None:
    curve = Curve(chosen(key, **({"first_epoch": 1} if key == "square_root" else {})), 0.5)
    values = previewed(curve, 100)
    assert len(values) == POINTS
    assert values[0] == curve.rate(0, 0, 50)
    assert values[-1] == curve.rate(100, 0, 50)


def test_the_chip_of_the_rate_shows_what_is_in_force_now(robot: Robot) -> None:
    form = opened(robot, "lr")
    pick(form, "schedule", "exponential")
    robot.window.tools.chips._popup.close()
    robot.wait(lambda: robot.frame.document.training.schedule is not None and robot.frame.epoch >= 3)
    robot.pause()
    frame = robot.settle()
    chips = robot.window.tools.chips
    assert chips.lr.accessibleName() == f"η: {0.02 * 0.95**frame.epoch:.3g} exponential"


def test_gradients_are_clipped_and_weights_decay(robot: Robot) -> None:
    form = opened(robot, "optimizer")
    pick(form, "clip gradients", "global_norm")
    type_into(robot, form, "max_norm", "0.5")
    assert training(robot).clip == chosen("global_norm", max_norm=0.5)
    kinds = form.findChildren(QComboBox)[0]
    kinds.setCurrentIndex(kinds.findData("adamw"))
    kinds.activated.emit(kinds.currentIndex())
    type_into(robot, form, "weight_decay", "0.1")
    assert training(robot).optimizer.settings["weight_decay"] == 0.1


def test_rows_are_shuffled_or_drawn_with_replacement(robot: Robot) -> None:
    form = opened(robot, "batch")
    shown(form, "shuffle").click()
    assert not training(robot).shuffle
    assert robot.window.tools.chips.batch.accessibleName() == "batch: 10 in order"
    shown(form, "replacement").click()
    assert training(robot).replacement
    assert not [each for each in form.findChildren(QWidget, "shuffle") if each.isVisible()]


def watching(robot: Robot) -> WatchForm:
    robot.trigger("watch")
    form = content(robot)
    assert isinstance(form, WatchForm)
    return form


def rows(form: QWidget) -> list[ChoiceRow]:
    return [each for each in form.findChildren(ChoiceRow) if each.isVisible()]


def test_an_early_stopping_rule_is_added_set_and_removed(robot: Robot) -> None:
    assert not robot.window.tools.chips.watch.isVisible()
    form = watching(robot)
    pick(form, "callbacks", "plateau")
    type_into(robot, form, "patience", "7")
    pick(form, "metrics", "f1")
    assert training(robot).callbacks == (chosen("plateau", patience=7),)
    assert training(robot).metrics == (chosen("f1"),)
    assert robot.window.tools.chips.watch.isVisible()
    assert robot.window.tools.chips.watch.accessibleName() == "Watch: 1 metric, 1 rule"
    for _ in range(2):
        robot.click(rows(form)[0].remove)
    assert training(robot).callbacks == training(robot).metrics == ()
    assert not robot.window.tools.chips.watch.isVisible()


def test_a_metric_that_is_there_already_is_refused(robot: Robot) -> None:
    form = watching(robot)
    pick(form, "metrics", "accuracy")
    pick(form, "metrics", "accuracy")
    assert training(robot).metrics == (chosen("accuracy"),)
    assert "Expected every metric once" in robot.message()


def test_a_stop_rule_stops_the_run(robot: Robot) -> None:
    form = watching(robot)
    pick(form, "callbacks", "stop_epoch")
    now = robot.frame.epoch
    type_into(robot, form, "epoch", str(now + 20))
    robot.window.tools.chips._popup.close()
    robot.wait(lambda: robot.frame.state == "paused")
    assert robot.frame.epoch == now + 20


@pytest.mark.parametrize(
    ("chip", "name", "keys"),
    [("lr", "schedule", schedules.keys()), ("optimizer", "clip gradients", clippings.keys()),
     ("conventions", "profile", profiles.keys())],
)  # fmt: skip
def test_every_entry_of_a_registry_is_offered(robot: Robot, chip: str, name: str, keys: tuple[str, ...]) -> None:
    box = shown(opened(robot, chip), name)
    assert isinstance(box, QComboBox)
    offered = [box.itemData(index) for index in range(box.count())]
    assert [key for key in offered if key] == list(keys)


def test_every_metric_and_callback_is_offered(robot: Robot) -> None:
    form = watching(robot)
    for box, registry in ((form.metrics.add, metrics), (form.callbacks.add, callbacks)):
        assert [box.itemData(index) for index in range(box.count())] == list(registry.keys())


def test_a_profile_is_chosen_and_one_value_differs_from_it(robot: Robot) -> None:
    form = opened(robot, "conventions")
    pick(form, "profile", "pytorch")
    assert robot.running.session.document.conventions.profile == "pytorch"
    pick(form, "momentum_form", "ema")
    assert dict(robot.running.session.document.conventions.own) == {"momentum_form": "ema"}
    assert robot.window.tools.chips.conventions.accessibleName() == "Conventions: PyTorch changed"
    pick(form, "momentum_form", "classical")
    assert not robot.running.session.document.conventions.own


def test_no_form_is_higher_than_the_window(robot: Robot) -> None:
    for chip in ("loss", "optimizer", "lr", "batch", "conventions"):
        opened(robot, chip)
        popup = robot.window.tools.chips._popup
        assert popup.geometry().bottom() <= robot.window.frameGeometry().bottom(), chip
        popup.close()


def test_the_keyboard_stays_in_the_field_whose_form_was_made_anew(robot: Robot) -> None:
    form = opened(robot, "lr")
    before = shown(form, "lr")
    type_into(robot, form, "lr", "0.5")
    assert training(robot).optimizer.settings["lr"] == 0.5
    again = shown(form, "lr")
    assert again is not before
    assert again.hasFocus()
