"""The race in the list for screen readers: every descent with its step, place, height or loss, and rate."""

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.gui import numbers
from dlviz.gui.listing.dialog import ListDialog
from dlviz.gui.listing.entries import MOST_POINTS, Entry
from dlviz.session import edits
from tests.gui.robot import CONTROL, Key, Robot
from tests.gui.test_race import change, player, walked

START, LR = (-0.35, -0.4), 0.01


@pytest.fixture
def robot(robot_at_race: Robot) -> Robot:
    return robot_at_race


def listed(robot: Robot) -> dict[str, Entry]:
    """Return what the list says of the surface, by name, as it is opened by its key."""
    robot.key(Key.Key_L, CONTROL)
    dialog = robot.window.findChild(ListDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.renew()
    return by_name(dialog)


def by_name(dialog: ListDialog) -> dict[str, Entry]:
    (panel,) = (each for each in dialog.drawn.entries if each.name == "Surface")
    (picture,) = (each for each in panel.parts if each.name == "Surface from above")
    return {each.name: each for each in picture.parts}


def parts(entry: Entry) -> dict[str, Entry]:
    return {each.name: each for each in entry.parts}


def himmelblau(x: float, y: float) -> float:
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def slope(x: float, y: float) -> np.ndarray:
    a, b = x * x + y - 11, x + y * y - 7
    return np.array([4 * a * x + 2 * b, 2 * a + 4 * b * y])


def words(point: np.ndarray) -> str:
    return f"({', '.join(map(numbers.number, point.tolist()))})"


def test_a_descent_is_listed_with_place_height_step_and_rate(robot: Robot) -> None:
    change(robot, optimizers=(chosen("sgd", lr=LR),), steps=20)
    robot.key(Key.Key_PageDown, times=2)
    robot.wait(lambda: player(robot).done == 2)
    points = [np.array(START)]
    for _ in range(2):
        points.append(points[-1] - LR * slope(*points[-1]))
    found = listed(robot)
    assert found["start"].value == "(−0.35, −0.4)"
    assert sum(name.startswith("minimum") for name in found) == 4
    told = parts(found["SGD lr 0.01"])
    height = numbers.number(himmelblau(*points[2]))
    assert (told["step"].value, told["place"].value) == ("2", words(points[2]))
    assert (told["f"].value, told["rate"].value) == (height, "0.01")
    assert found["SGD lr 0.01"].value == f"step 2, {words(points[2])}, f {height}"
    way = told["way"]
    assert way.value == "3 points"
    assert [each.value for each in way.parts] == [
        f"{words(point)}, f {numbers.number(himmelblau(*point))}" for point in points
    ]


def test_what_is_drawn_against_the_steps_is_listed_beside_it(robot: Robot) -> None:
    change(robot, optimizers=(chosen("sgd", lr=LR), chosen("adam", lr=0.1)), steps=20)
    robot.key(Key.Key_L, CONTROL)
    dialog = robot.window.findChild(ListDialog)
    (panel,) = (each for each in dialog.drawn.entries if each.name == "Surface")
    (plot,) = (each for each in panel.parts if each.name == "Height after every step")
    assert [(each.name, each.value) for each in plot.parts] == [
        ("SGD lr 0.01", "21 points"),
        ("Adam lr 0.1", "21 points"),
    ]
    first = plot.parts[0].parts[0]
    assert (first.name, first.value) == ("0", numbers.number(himmelblau(*START)))


def test_the_list_follows_the_race(robot: Robot) -> None:
    name, steps = "SGD lr 0.001", 2 * MOST_POINTS
    change(robot, optimizers=(chosen("sgd", lr=0.001),), steps=steps)
    assert parts(listed(robot)[name])["step"].value == "0"
    dialog = robot.window.findChild(ListDialog)
    player(robot).end()
    robot.wait(lambda: parts(by_name(dialog)[name])["step"].value == str(steps))
    assert len(parts(by_name(dialog)[name])["way"].parts) == MOST_POINTS


def test_a_descent_that_diverged_says_when(robot: Robot) -> None:
    change(robot, optimizers=(chosen("sgd", lr=5.0),), steps=30)
    broken = player(robot).race.standings[0].broken
    assert broken <= 30
    player(robot).end()
    found = listed(robot)["SGD lr 5"]
    assert found.value == f"diverged at step {broken}"
    assert parts(found)["way"].value == f"{broken} points"


def test_a_network_that_races_is_listed_with_its_loss(robot: Robot) -> None:
    robot.running.session.edit(edits.race_on(robot.running.session.document, "network"), "race")
    walked(robot)
    player(robot).end()
    race = player(robot).race
    assert race is not None and race.network is not None
    found = [parts(each) for each in listed(robot).values() if each.parts]
    for path, off in zip(race.paths, race.network.residuals, strict=True):
        loss, away = numbers.number(float(path.values[-1])), numbers.number(float(off[-1]))
        assert any((each["loss"].value, each["off the plane"].value) == (loss, away) for each in found)
