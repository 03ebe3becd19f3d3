"""Cards of the Help menu: opened beside the work, whole and readable."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from dlviz.gui.help.card_window import CardWindow
from dlviz.gui.help.rings import Rings
from dlviz.gui.theme import font, theme_signals
from dlviz.gui.widgets.text import Text
from dlviz.session.help_cards import help_cards
from tests.gui.robot import Robot, close_window, robot_at_window


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    yield made.start()
    close_window(made)
    theme_signals.use("light")


def opened(robot: Robot, key: str) -> CardWindow:
    robot.trigger(f"card_{key}")
    found = [each for each in robot.window.findChildren(CardWindow) if each.card.key == key]
    assert len(found) == 1 and found[0].isVisible() and not found[0].isModal()
    return found[0]


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_every_card_shows_all_its_words(robot: Robot, theme: str) -> None:
    theme_signals.use(theme)
    for card in help_cards():
        window = opened(robot, card.key)
        said = [each.text() for each in window.findChildren(Text)]
        cells = [cell for row in card.rows for cell in row]
        assert all(words in said for words in (card.title, *card.sentences, *cells, *card.items))
        for each in window.findChildren(Text):
            assert each.height() >= each.heightForWidth(each.width()) - 1 if each.wordWrap() else True
        window.close()


def test_a_card_is_opened_once(robot: Robot) -> None:
    assert opened(robot, "classical") is opened(robot, "classical")


def test_deep_learning_lies_within_the_other_rings(robot: Robot) -> None:
    (rings,) = opened(robot, "deep_learning").findChildren(Rings)
    assert rings.accessibleName() == "Artificial intelligence, Machine learning, Deep learning"
    for place, (name, meaning) in enumerate(rings.rings):
        wanted = QFontMetricsF(font("normal")).horizontalAdvance(f"{name}  {meaning}") + place * 32
        assert rings.width() > wanted
