"""The page of the split: sizes in rows and per cent, ways of dealing, and test rows that stay locked."""

from typing import Any

import numpy as np
import pytest

from dlviz.data.kind import measured
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.split_page import SplitPage
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_split
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context
from tests.gui.robot import Robot
from tests.gui.test_panel_data import choose


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def page_for(qtbot: Any, document: Document) -> SplitPage:
    panel = DataPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.resize(256, 600)
    panel.show()
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    choose(panel.choice, "split", qtbot)
    page: SplitPage = panel.shown
    return page


def sizes(page: SplitPage) -> list[tuple[str, str]]:
    return [(count.text(), share.text()) for count, share in page.sizes.lines]


def take_preset(page: SplitPage, words: str) -> None:
    index = page.presets.findText(words)
    page.presets.setCurrentIndex(index)
    page.presets.activated.emit(index)


def rows_of(n: int) -> Document:
    inputs = np.arange(n, dtype=np.float64)[:, None]
    return set_data(document_for("line"), DataSpec("table", dataset=measured("Many", inputs, inputs[:, 0])))


@pytest.mark.parametrize(
    ("n", "preset", "shown"),
    [
        (1_000, "60 – 20 – 20 %", [("600 rows", "60 %"), ("200 rows", "20 %"), ("200 rows", "20 %")]),
        (1_000_000, "98 – 1 – 1 %", [("980 000 rows", "98 %"), ("10 000 rows", "1 %"), ("10 000 rows", "1 %")]),
    ],
)
def test_presets_deal_the_rows_of_example_60(qtbot: Any, n: int, preset: str, shown: list[tuple[str, str]]) -> None:
    page = page_for(qtbot, rows_of(n))
    take_preset(page, preset)
    assert [tuple(words.replace("\u202f", " ") for words in each) for each in sizes(page)] == shown
    assert page.presets.currentText() == preset


def test_shares_are_moved_and_together_leave_rows_to_train_on(qtbot: Any) -> None:
    page = page_for(qtbot, rows_of(100))
    page.dev.slider.setValue(90)
    page.test.slider.setValue(90)
    split = page.context.session.document.data.split
    assert (split.validation, split.test) == (0.9, 0.09)
    assert [count for count, _ in sizes(page)] == ["1 row", "90 rows", "9 rows"]
    assert page.presets.currentIndex() == -1


def test_a_seed_deals_others_and_without_shuffling_the_last_rows_are_held_out(qtbot: Any) -> None:
    page = page_for(qtbot, rows_of(50))
    session = page.context.session
    take_preset(page, "60 – 20 – 20 %")
    first = session.prepared.test
    page.seed.again.click()
    assert session.document.data.split.seed == 1
    assert not np.array_equal(session.prepared.test, first)
    page.shuffle.click()
    assert session.prepared.test.tolist() == list(range(40, 50))
    assert session.prepared.validation.tolist() == list(range(30, 40))
    assert not page.seed.isEnabled()
    page.shuffle.click()
    assert not np.array_equal(session.prepared.test, first), "the seed stands as it was chosen"


def test_classes_keep_their_shares_only_where_asked(qtbot: Any) -> None:
    page = page_for(qtbot, set_split(document_for("wine"), validation=0.2, test=0.2))
    session = page.context.session

    def test_counts() -> np.ndarray:
        return np.bincount(session.dataset.targets[session.prepared.test], minlength=3)

    whole = np.bincount(session.dataset.targets)
    fair = whole * len(session.prepared.test) / session.dataset.n
    assert np.abs(test_counts() - fair).max() < 1
    page.stratify.click()
    assert not session.document.data.split.stratify
    assert np.abs(test_counts() - fair).max() > 1


def test_stratifying_is_offered_for_classes_alone(qtbot: Any) -> None:
    assert not page_for(qtbot, rows_of(20)).stratify.isVisible()


def test_the_order_of_an_epoch_is_shuffled_or_not(qtbot: Any) -> None:
    page = page_for(qtbot, rows_of(20))
    page.again.click()
    assert not page.context.session.document.training.shuffle


def test_listed_rows_are_said_to_be_listed(qtbot: Any) -> None:
    page = page_for(qtbot, rows_of(20))
    assert not page.note.isVisible()
    data = page.context.session.document.data
    listed = DataSpec("table", {}, SplitSpec(validation_rows=(1, 2)), dataset=data.dataset)
    page.context.session.edit(set_data(page.context.session.document, listed), "paint")
    assert "listed one by one" in page.note.text() and page.note.isVisible()


def test_test_rows_are_locked_until_somebody_asks(robot: Robot) -> None:
    session = robot.running.session
    session.edit(set_split(session.document, validation=0.2, test=0.2), "Split")
    panel = robot.panel("data")
    choose(panel.choice, "split", robot.bot)
    page: SplitPage = panel.shown
    assert page.locked.said.text().startswith("Locked")
    robot.pause()
    assert robot.frame.estimate is None
    robot.click(page.locked.unlock)
    robot.wait(lambda: "accuracy" in page.locked.said.text())
    found = robot.frame.estimate
    assert found is not None and f"at step {found.step}" in page.locked.said.text().replace(",", "")
    assert page.locked.heading.info.text() == "1 look"
    robot.click(page.locked.unlock)
    assert page.locked.heading.info.text() == "2 looks"
    assert session.test_looks == 2


def test_without_test_rows_there_is_no_lock(robot: Robot) -> None:
    panel = robot.panel("data")
    choose(panel.choice, "split", robot.bot)
    assert not panel.shown.locked.unlock.isVisible()
    assert "No rows are kept for a test" in panel.shown.locked.said.text()
