"""Parts of the window on a session without a worker: messages, bridge, chips, files, docks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from dlviz.core.choice import chosen
from dlviz.core.errors import DataError, DlvizError, SaveError, SpecError
from dlviz.core.optimizers import optimizers
from dlviz.gui.actions import Action
from dlviz.gui.bridge import LONGEST_WAIT, Bridge, interval
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.editing import edit
from dlviz.gui.forms.settings import ChoiceForm
from dlviz.gui.main_window import MainWindow
from dlviz.gui.panel import Context, Panel
from dlviz.gui.remembered import Remembered
from dlviz.gui.theme import theme_signals
from dlviz.gui.widgets.form import HyperForm, LineField
from dlviz.session import edits
from dlviz.session.messages import Frame, Interest
from tests.gui.fake_session import FakeSession

# What the offscreen platform says when a second window or popup opens.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Answers(Dialogs):
    """Answers every question at once."""

    def __init__(self, path: Path | None = None, unsaved: Any = "cancel") -> None:
        self.path, self.answer, self.asked = path, unsaved, 0

    def open_document(self, parent: QWidget, folder: str) -> Path | None:
        return self.path

    def save_document(self, parent: QWidget, suggestion: str) -> Path | None:
        return self.path

    def open_data(self, parent: QWidget, folder: str) -> Path | None:
        return self.path

    def unsaved(self, parent: QWidget, title: str) -> Any:
        self.asked += 1
        return self.answer


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(tmp_path / "mine.dlviz")


@pytest.fixture
def window(qtbot: QtBot, session: FakeSession, answers: Answers) -> Iterator[MainWindow]:
    made = MainWindow(session, answers)
    made.show()
    yield made
    made.quit_without_questions()
    made.deleteLater()


# Messages


def test_error_is_shown_as_sentence_and_hint(window: MainWindow) -> None:
    window.notifier(SpecError("Expected lr to be above 0. Received: lr=-1", "Try 0.01."))
    assert window.centre.bar.text.text() == "Expected lr to be above 0. Received: lr=-1. Try 0.01."
    assert window.centre.bar.text.textFormat() == Qt.TextFormat.PlainText
    assert window.centre.bar.isVisible()


def test_foreign_error_does_not_show_its_innards(window: MainWindow) -> None:
    window.notifier(ZeroDivisionError("secret"))
    assert "ZeroDivisionError" in window.centre.bar.text.text()
    assert "secret" not in window.centre.bar.text.text()
    assert window.centre.bar.button.text() == "Copy report"


def test_message_offers_its_action_and_goes(qtbot: QtBot, window: MainWindow) -> None:
    done: list[int] = []
    window.notifier("Weights were reset.", Action("again", "Undo", lambda: done.append(1)))
    qtbot.mouseClick(window.centre.bar.button, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert not window.centre.bar.isVisible()


def test_message_of_another_thread_arrives_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    import threading

    thread = threading.Thread(target=window.notifier, args=(DlvizError("From the worker."),))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: window.centre.bar.text.text() == "From the worker.")


def test_error_about_a_layer_marks_it(window: MainWindow, session: FakeSession) -> None:
    place = session.document.network.layers[0].id
    window.notifier(SpecError("Expected fewer units.", place=place))
    assert window.context.selection.current.layer == place


# Bridge


class Recorder(Panel):
    """Notes the frames it gets."""

    needs = frozenset({"maps"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.frames: list[Frame] = []

    def show_frame(self, frame: Frame) -> None:
        self.frames.append(frame)


@pytest.fixture
def context(session: FakeSession) -> Context:
    return Context(session, lambda message, action=None: None)


@pytest.mark.parametrize(
    ("error", "action", "stays"),
    [
        (SpecError("Expected lr to be above 0. Received: lr=-1"), None, False),
        (SpecError("Expected a layer."), Action("way_out", "Add one", print), False),
        (SaveError("Expected a folder."), None, True),
        (DataError("This document trains on a file."), Action("open_named_data", "Open it", print), True),
    ],
)
def test_a_refusal_leaves_with_the_next_change(
    window: MainWindow, error: DlvizError, action: Action | None, stays: bool
) -> None:
    window.notifier(error, action)
    assert window.centre.bar.isVisible()
    edit(window.context, "Another title", lambda document: replace(document, title="Better"))
    assert window.centre.bar.isVisible() is stays


def test_only_visible_panels_are_asked_and_drawn(qtbot: QtBot, context: Context, session: FakeSession) -> None:
    shown, closed = Recorder(context), Recorder(context)
    closed.needs = frozenset({"trace"})
    qtbot.addWidget(shown)
    qtbot.addWidget(closed)
    shown.show()
    bridge = Bridge(context)
    bridge.start((), (shown, closed))
    bridge.tick()
    bridge.stop()
    assert len(shown.frames) == 1
    assert closed.frames == []
    assert session.calls == [("watch", Interest(needs=frozenset({"maps", "health"})))]


def test_panel_that_is_opened_later_gets_the_last_frame(qtbot: QtBot, context: Context, session: FakeSession) -> None:
    panel = Recorder(context)
    qtbot.addWidget(panel)
    bridge = Bridge(context)
    bridge.start((), (panel,))
    bridge.tick()
    panel.show()
    bridge.ask_panels()
    bridge.tick()
    bridge.stop()
    assert [frame.serial for frame in panel.frames] == [session.frame.serial]
    assert session.calls[-1][1].needs == {"maps", "health"}


@pytest.mark.parametrize(("costs", "seconds"), [([], 0.0), ([0.001, 0.002], 0.03), ([0.03], LONGEST_WAIT)])
def test_slow_panels_are_drawn_less_often_but_ten_times_a_second(costs: list[float], seconds: float) -> None:
    assert interval(costs, 0.1) == pytest.approx(seconds)


# Chips


def test_chips_show_the_training_plan(window: MainWindow) -> None:
    names = [chip.accessibleName() for chip in window.tools.chips.chips()]
    assert names == [
        "Loss: Squared error (mean, no ½)",
        "Optimizer: Adam",
        "η: 0.02",
        "batch: 10",
        "Watch: nothing more",
        "Conventions: dlviz",
    ]


def popup_field(window: MainWindow, name: str) -> QWidget:
    popup = window.tools.chips._popup
    assert popup is not None
    field = popup.findChild(QWidget, name)
    assert field is not None
    return field


def test_typing_a_rate_into_its_chip_edits_the_document(qtbot: QtBot, window: MainWindow, session: FakeSession) -> None:
    qtbot.mouseClick(window.tools.chips.lr, Qt.MouseButton.LeftButton)
    field = popup_field(window, "lr")
    assert isinstance(field, LineField)
    field.setText("1/20")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.document.training.optimizer.settings["lr"] == 0.05
    assert session.calls[-1] == ("edit", "Change the learning rate")
    assert window.tools.chips.lr.accessibleName() == "η: 0.05"


def test_refused_rate_stays_in_the_field_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    before = session.document
    qtbot.mouseClick(window.tools.chips.batch, Qt.MouseButton.LeftButton)
    field = popup_field(window, "batch_size")
    assert isinstance(field, LineField)
    field.setText("-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.document is before
    assert field.text() == "-3"
    assert "at least 1" in field.toolTip()


def test_choosing_another_optimizer_offers_its_own_settings(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    qtbot.mouseClick(window.tools.chips.optimizer, Qt.MouseButton.LeftButton)
    popup = window.tools.chips._popup
    assert popup is not None
    kinds = popup.content.findChild(QComboBox)
    assert isinstance(kinds, QComboBox)
    kinds.setCurrentIndex(kinds.findData("momentum"))
    kinds.activated.emit(kinds.currentIndex())
    assert session.document.training.optimizer.kind == "momentum"
    assert popup_field(window, "momentum").isEnabled()


def test_shares_of_averages_say_how_far_these_reach_and_there_is_a_way_back_to_the_defaults(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    session.edit(edits.set_optimizer(session.document, chosen("adam", lr=0.02)), "optimizer")
    qtbot.mouseClick(window.tools.chips.optimizer, Qt.MouseButton.LeftButton)
    assert "the last 10 steps: 1/(1 − 0.9)" in popup_field(window, "beta1").toolTip()
    assert "the last 1000 steps: 1/(1 − 0.999)" in popup_field(window, "beta2").toolTip()
    assert popup_field(window, "eps").text() == "1×10⁻⁸"
    field = popup_field(window, "beta1")
    assert isinstance(field, LineField)
    field.setText("0.98")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "the last 50 steps: 1/(1 − 0.98)" in field.toolTip()
    popup = window.tools.chips._popup
    assert popup is not None
    form = next(each for each in popup.content.findChildren(ChoiceForm) if each.defaults.isVisible())
    qtbot.mouseClick(form.defaults, Qt.MouseButton.LeftButton)
    assert session.document.training.optimizer == chosen("adam", lr=0.02)
    assert form.form is not None and form.form.fields["beta1"].text() == "0.9"  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [entry.key for entry in optimizers])
def test_every_share_of_an_average_says_over_how_many_steps_it_reaches(qtbot: QtBot, kind: str) -> None:
    form = HyperForm(optimizers.get(kind).settings, {})
    qtbot.addWidget(form)
    shares = {name for name in form.fields if name in ("momentum", "rho", "beta1", "beta2")}
    assert {name for name, field in form.fields.items() if "averages about" in field.toolTip()} == shares


def test_a_changed_convention_is_shown_on_its_chip(qtbot: QtBot, window: MainWindow, session: FakeSession) -> None:
    qtbot.mouseClick(window.tools.chips.conventions, Qt.MouseButton.LeftButton)
    field = popup_field(window, "factor")
    assert isinstance(field, LineField)
    field.setText("1/2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.document.training.loss.settings["factor"] == 0.5
    assert window.tools.chips.conventions.accessibleName() == "Conventions: dlviz changed"
    assert window.tools.chips.loss.accessibleName() == "Loss: Squared error (mean, ½)"


# Files


def test_open_asks_and_opens(window: MainWindow, session: FakeSession, answers: Answers) -> None:
    window.live["open"].trigger()
    assert session.calls[-1] == ("open", answers.path)
    assert window.remembered.settings.recent == (str(answers.path),)


@pytest.mark.parametrize(
    ("answer", "goes", "saved"), [("save", True, True), ("discard", True, False), ("cancel", False, False)]
)
def test_unsaved_changes_are_asked_about(
    window: MainWindow, session: FakeSession, answers: Answers, answer: str, goes: bool, saved: bool
) -> None:
    session.is_dirty, answers.answer = True, answer
    window.live["new"].trigger()
    assert answers.asked == 1
    assert any(call[0] == "new" for call in session.calls) == goes
    assert any(call[0] == "save" for call in session.calls) == saved


def test_closing_with_unsaved_changes_can_be_cancelled(window: MainWindow, session: FakeSession) -> None:
    session.is_dirty = True
    window.close()
    assert window.isVisible()
    assert not session.is_closed
    session.is_dirty = False
    window.close()
    assert session.is_closed
    assert not window.isVisible()


def test_failed_save_is_told_and_nothing_goes(window: MainWindow, session: FakeSession, answers: Answers) -> None:
    def refuse(path: Path) -> None:
        raise SaveError("Expected 40 kB of free space.", "The old file is whole.")

    session.save, session.is_dirty, answers.answer = refuse, True, "save"  # type: ignore[method-assign]
    window.live["new"].trigger()
    assert "The old file is whole." in window.centre.bar.text.text()
    assert not any(call[0] == "new" for call in session.calls)


def test_dropped_document_is_opened(window: MainWindow, session: FakeSession, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "net.dlviz"))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert session.calls[-1] == ("open", tmp_path / "net.dlviz")


# Keys


def test_space_acts_on_a_focused_button_and_plays_elsewhere(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    pressed: list[int] = []
    button = QPushButton("x", window.centre)
    button.clicked.connect(lambda: pressed.append(1))
    button.show()
    window.activateWindow()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == [1]
    assert not any(call[0] == "play" for call in session.calls)
    window.centre.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.centre.setFocus()
    qtbot.keyClick(window.centre, Qt.Key.Key_Space)
    assert session.calls[-1][0] == "play"


# Settings


def test_theme_layout_and_cards_are_remembered(tmp_path: Path, window: MainWindow) -> None:
    path = tmp_path / "settings.json"
    first = Remembered(path)
    first.use_theme("dark")
    first.use_cards()
    first.keep_layout("step", window.saveState(1))
    assert first.save() == ""
    second = Remembered(path)
    assert second.settings.theme == "dark"
    assert second.cards_used()
    assert second.layout("step") == window.saveState(1)
    second.forget_layout("step")
    assert second.layout("step") is None


def test_cards_stay_out_of_the_way_of_stepping(window: MainWindow) -> None:
    window.centre.cards.show()
    window.use_workspace("step")
    assert window.centre.cards.isHidden()
    window.use_workspace("network")
    assert not window.centre.cards.isHidden()


@pytest.mark.parametrize("width", [960, 1100, 1280, 1900])
@pytest.mark.parametrize("key", ["light", "projector"])
def test_chips_are_never_cut(window: MainWindow, width: int, key: str) -> None:
    window.show()
    theme_signals.use(key)
    window.tools.chips.loss.set_value("Sparse categorical cross-entropy", "(mean, × 2)")
    window.resize(width, 720)
    for _ in range(3):
        QApplication.processEvents()
    chips = window.tools.chips.chips()
    assert all(chip.width() >= chip.width_at(chip._detail) for chip in chips)
    assert chips[-1].mapTo(window, QPoint(chips[-1].width(), 0)).x() <= window.width()
    theme_signals.use("light")
