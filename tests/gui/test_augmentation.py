"""Augmentation in the real window: eight variants of an image, settings as edits, and training that uses them."""

import numpy as np
import pytest
from PySide6.QtWidgets import QCheckBox

from dlviz.core.errors import DataError
from dlviz.data.augmentation import augmenter
from dlviz.gui.panels.data.images import ImagePage
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.form import LineField
from dlviz.session.edits import set_augmentation
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Key, Robot
from tests.gui.test_image_grid import open_page


@pytest.fixture
def robot(robot_at_digits: Robot) -> Robot:
    return robot_at_digits


def open_variants(robot: Robot) -> ImagePage:
    page = open_page(robot)
    robot.bot.mouseClick(page.below, LEFT, NONE, page.below.tabRect(1).center())
    robot.wait(page.variants.isVisible)
    return page


def type_number(robot: Robot, page: ImagePage, name: str, words: str) -> None:
    field = page.variants.form.fields[name]
    assert isinstance(field, LineField)
    field.setFocus()
    field.selectAll()
    robot.text(words)
    robot.key(Key.Key_Return)


def test_eight_variants_of_the_selected_image_are_those_of_the_first_epochs(robot: Robot) -> None:
    page = open_variants(robot)
    robot.window.context.selection.select(Selected("sample", unit=12))
    pictures, session = page.variants.pictures, robot.running.session
    image = session.dataset.inputs[12].reshape(1, 8, 8)
    np.testing.assert_array_equal(pictures.images, np.repeat(image[None], 8, axis=0))
    assert "Nothing is varied yet" in page.variants.said.text()
    type_number(robot, page, "rotate", "25")
    type_number(robot, page, "zoom", "0.2")
    assert session.document.data.augmentation == {"rotate": 25.0, "zoom": 0.2}
    prepared = session.prepared
    makes = augmenter({"rotate": 25.0, "zoom": 0.2}, session.dataset, prepared.train, session.document.seed)
    for epoch in range(8):
        wanted = makes.variants(session.dataset.inputs[[12]], np.array([12]), epoch)
        np.testing.assert_array_equal(pictures.images[epoch].reshape(1, -1), wanted)
    assert len({each.tobytes() for each in pictures.images}) == 8
    assert page.variants.heading.text() == "row 13 in epochs 1 to 8"


def test_a_setting_is_an_edit_and_training_goes_on_with_it(robot: Robot) -> None:
    page = open_variants(robot)
    robot.key(Key.Key_Space) if robot.frame.state != "running" else None
    robot.window.run.play()
    robot.wait(lambda: robot.frame.state == "running" and robot.frame.step > 5)
    box = page.variants.form.fields["flip"]
    assert isinstance(box, QCheckBox)
    at = robot.frame.step
    box.click()
    assert robot.running.session.document.data.augmentation == {"flip": True}
    robot.wait(lambda: robot.frame.step > at + 60)
    assert robot.frame.state == "running"
    assert ["flip" in mark.label for mark in robot.frame.marks] == [True]
    robot.trigger("undo")
    assert not box.isChecked()
    assert robot.running.session.document.data.augmentation == {}


def test_a_row_that_is_held_out_says_so(robot: Robot) -> None:
    page = open_variants(robot)
    session = robot.running.session
    session.edit(set_augmentation(session.document, "shift", 0.2), "Augmentation")
    held = [*session.prepared.validation.tolist(), *session.prepared.test.tolist()][0]
    robot.window.context.selection.select(Selected("sample", unit=held))
    assert page.variants.said.text() == "Rows held out stay as they are; this one would become:"
    robot.window.context.selection.select(Selected("sample", unit=int(session.prepared.train[0])))
    assert page.variants.said.text().startswith("Each epoch trains on other variants")


def test_what_is_no_image_has_no_such_page(robot: Robot) -> None:
    with pytest.raises(DataError, match="Expected images to augment"):
        set_augmentation(document_for("iris"), "flip", True)
