"""The canvas in the hands of a user: real widgets, a real session, clicks and keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.network import LayerSpec, NetworkSpec, dense, sources
from dlviz.gui.editor import places
from dlviz.gui.editor.kind_menus import KindMenu
from dlviz.gui.editor.rects import strip_rect
from dlviz.gui.panel import Context
from dlviz.gui.panels.canvas import CanvasPanel
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import THEMES, theme_signals
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for, empty_document, example_document, first_document
from dlviz.session.session import Session

Key = Qt.Key
# The offscreen platform says so about every window; it has no window manager to ask.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@dataclass
class Bench:
    """A canvas on a session, with what a window does for both: hand on documents, interest and frames."""

    bot: QtBot
    session: Session
    context: Context
    panel: CanvasPanel
    messages: list[object]

    def ask(self) -> None:
        base = Interest(needs=self.panel.needs)
        self.session.watch(self.panel.interest(base))

    def follow(self) -> None:
        self.panel.show_document(self.session.document)

    def wait(self, is_so: Callable[[Frame], bool] = lambda frame: True) -> Frame:
        """Hand frames on until one fits the document and the condition."""
        seen: list[Frame] = []

        def arrived() -> bool:
            frame = self.session.poll()
            if frame is not None:
                self.panel.show_frame(frame)
                if frame.document.network == self.session.document.network and is_so(frame):
                    seen.append(frame)
            return bool(seen)

        self.bot.waitUntil(arrived, timeout=5000)
        QApplication.processEvents()
        return seen[-1]

    def click(self, point: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self.bot.mouseMove(self.panel.view.viewport(), point)
        self.bot.mouseClick(self.panel.view.viewport(), button, pos=point)

    def click_hot(self, kind: str, node: str) -> None:
        self.click(self.hot(kind, node))

    def insert(self, title: str = "Dense") -> None:
        """Choose a kind in the menu that is open."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, KindMenu)
        menu.setActiveAction(next(action for action in menu.actions() if action.text() == title))
        self.bot.keyClick(menu, Key.Key_Return)

    def hot(self, kind: str, node: str) -> QPoint:
        found = next(each for each in self.panel.view.hots if (each.kind, each.node) == (kind, node))
        return found.rectangle.center().toPoint()

    def pixel(self, place: Selected) -> QPoint:
        layout = self.panel.state.layout
        assert layout is not None
        if place.kind == "link":
            index = places.link_index(layout, place)
            assert index is not None
            return self.panel.view.mapFromScene(self.panel.scene.links.path(index).pointAtPercent(0.35))
        rectangle = places.rectangle(layout, place)
        assert rectangle is not None
        return self.panel.view.mapFromScene(rectangle.center())

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.keyClick(self.panel.view, key, modifier)

    def strip(self, node: str) -> QRectF:
        layout = self.panel.state.layout
        assert layout is not None
        return strip_rect(layout, layout.blocks[node])

    @property
    def network(self) -> NetworkSpec:
        return self.session.document.network

    def units(self) -> list[int]:
        return [int(layer.settings["units"]) for layer in self.network.layers]


@pytest.fixture
def bench_of(qtbot: QtBot) -> Iterator[Callable[[Document], Bench]]:
    sessions = []

    def make(document: Document, workspace: str = "network") -> Bench:
        session = Session(document)
        sessions.append(session)
        messages: list[object] = []
        context = Context(session, lambda message, action=None: messages.append(message))
        context.use_workspace(workspace)
        panel = CanvasPanel(context)
        qtbot.addWidget(panel)
        panel.resize(930, 664)
        with qtbot.waitExposed(panel):
            panel.show()
        bench = Bench(qtbot, session, context, panel, messages)
        session.subscribe(bench.follow)
        context.interest_changed.connect(bench.ask)
        bench.follow()
        bench.ask()
        return bench

    yield make
    for session in sessions:
        assert session.close()


def test_network_is_built_from_empty_by_mouse_and_keys_undone_and_redone(bench_of) -> None:
    bench = bench_of(empty_document())
    empty = bench.session.document
    bench.bot.mouseClick(bench.panel.invitation.button, Qt.MouseButton.LeftButton)
    assert bench.units() == [1]
    bench.click_hot("insert", "x")
    bench.insert()
    assert bench.units() == [4, 1]
    hidden = bench.network.layers[0].id
    bench.click_hot("minus", hidden)
    assert bench.units() == [3, 1]
    bench.wait(lambda frame: frame.parameters is not None)
    bench.panel.controller.choose("activation", hidden, "relu")
    assert bench.network.layers[0].settings["activation"].kind == "relu"
    bench.wait(lambda frame: frame.parameters is not None)
    link = Selected("link", hidden, 2, "x", 1)
    bench.click(bench.pixel(link))
    assert bench.context.selection.current == link
    bench.key(Key.Key_Return)
    bench.bot.keyClicks(bench.panel.card.edit, "1/2")
    bench.bot.keyClick(bench.panel.card.edit, Key.Key_Return)
    frame = bench.wait(lambda frame: frame.parameters is not None and frame.parameters[f"{hidden}.W"][2, 1] == 0.5)
    built = bench.session.document
    edits = 0
    while bench.session.can_undo:
        bench.session.undo()
        edits += 1
    assert edits == 5
    assert bench.session.document == empty
    while bench.session.can_redo:
        bench.session.redo()
    assert bench.session.document == built
    frame = bench.wait(lambda frame: frame.parameters is not None and f"{hidden}.W" in frame.parameters)
    assert frame.parameters[f"{hidden}.W"][2, 1] == 0.5


def test_keys_alone_change_units_insert_duplicate_rename_and_delete(bench_of) -> None:
    bench = bench_of(Document(network=NetworkSpec((dense("h", 3, "tanh"), dense("o", 1, "tanh")))))
    bench.panel.view.setFocus()
    bench.context.selection.select(Selected("layer", "h"))
    bench.key(Key.Key_Plus)
    assert bench.units() == [4, 1]
    bench.key(Key.Key_Minus)
    bench.key(Key.Key_Minus)
    assert bench.units() == [2, 1]
    bench.key(Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert bench.units() == [2, 2, 1]
    bench.key(Key.Key_Insert)
    bench.insert()
    assert bench.units() == [2, 4, 2, 1]
    assert bench.context.selection.current == Selected("layer", bench.network.layers[1].id)
    bench.context.selection.select(Selected("layer", "h"))
    bench.key(Key.Key_F2)
    bench.bot.keyClicks(bench.panel.controller.field, "encoder")
    bench.bot.keyClick(bench.panel.controller.field, Key.Key_Return)
    assert bench.network.layers[0].id == "encoder"
    assert bench.context.selection.current == Selected("layer", "encoder")
    bench.key(Key.Key_Delete)
    assert bench.units() == [4, 2, 1]
    assert bench.context.selection.current == NOTHING


def test_deleting_a_unit_keeps_the_weights_of_the_others(bench_of) -> None:
    bench = bench_of(Document(network=NetworkSpec((dense("h", 3, "tanh"), dense("o", 1, "tanh")))))
    before = bench.wait(lambda frame: frame.parameters is not None).parameters
    bench.context.selection.select(Selected("unit", "h", 1))
    bench.key(Key.Key_Delete)
    after = bench.wait(lambda frame: frame.parameters is not None and len(frame.parameters["h.W"]) == 2).parameters
    assert (after["h.W"] == before["h.W"][[0, 2]]).all()
    assert (after["o.W"] == before["o.W"][:, [0, 2]]).all()


@pytest.mark.parametrize(("typed", "value"), [("0.5", 0.5), ("0,5", 0.5), ("1/2", 0.5), ("−3", -3.0)])
def test_typed_weight_is_taken_as_people_write_it(bench_of, typed: str, value: float) -> None:
    bench = bench_of(example_document())
    bench.wait(lambda frame: frame.parameters is not None)
    bench.context.selection.select(Selected("link", "o", 1, "h", 0))
    bench.key(Key.Key_Return)
    bench.panel.card.edit.setText(typed)
    bench.bot.keyClick(bench.panel.card.edit, Key.Key_Return)
    bench.wait(lambda frame: frame.parameters is not None and frame.parameters["o.W"][1, 0] == value)


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_typing_a_weight_keeps_it_selected(bench_of, key: Qt.Key) -> None:
    bench = bench_of(example_document())
    bench.wait(lambda frame: frame.parameters is not None)
    link = Selected("link", "o", 1, "h", 0)
    bench.context.selection.select(link)
    bench.panel.activateWindow()
    bench.key(Key.Key_Return)
    bench.bot.waitUntil(bench.panel.card.edit.hasFocus)
    bench.bot.keyClicks(bench.panel.card.edit, "0.7")
    bench.bot.keyClick(bench.panel.card.edit, key)
    assert bench.context.selection.current == link


def test_value_left_as_offered_is_no_edit(bench_of) -> None:
    bench = bench_of(document_for("circles"))
    bench.wait(lambda frame: frame.parameters is not None)
    bench.context.selection.select(Selected("link", "h1", 1, "x", 0))
    bench.key(Key.Key_Return)
    assert "-" not in bench.panel.card.edit.text()
    bench.bot.keyClick(bench.panel.card.edit, Key.Key_Return)
    assert not bench.panel.card.is_editing and not bench.session.can_undo


def test_nonsense_stays_in_the_field_with_a_sentence(bench_of) -> None:
    bench = bench_of(example_document())
    bench.wait(lambda frame: frame.parameters is not None)
    bench.context.selection.select(Selected("bias", "o", 1))
    bench.key(Key.Key_Return)
    card = bench.panel.card
    card.edit.setText("half")
    bench.bot.keyClick(card.edit, Key.Key_Return)
    assert card.is_editing
    assert "half" in card.hint.text()
    assert not bench.session.can_undo
    bench.bot.keyClick(card.edit, Key.Key_Escape)
    assert not card.is_editing


def test_hover_opens_a_card_with_gradient_and_next_step(bench_of) -> None:
    bench = bench_of(example_document())
    bench.wait(lambda frame: frame.parameters is not None)
    link = Selected("link", "o", 0, "h", 0)
    bench.bot.mouseMove(bench.panel.view.viewport(), bench.pixel(link))
    assert bench.context.selection.hover == link
    bench.bot.waitUntil(bench.panel.card.isVisible, timeout=2000)
    bench.wait(lambda frame: frame.peek is not None)
    texts = [label.text() for row in bench.panel.card.rows for label in row]
    # Mazur's worked example: ∂E/∂w₅ = 0.082167041; the step is −0.5 times that.
    assert "+0.08217" in texts
    assert "−0.04108" in texts


def test_click_selects_unit_bias_link_and_nothing(bench_of) -> None:
    bench = bench_of(first_document())
    bench.wait(lambda frame: frame.parameters is not None)
    node = bench.network.layers[0].id
    for place in (Selected("unit", node, 1), Selected("bias", node, 2), Selected("input", "x", 0)):
        bench.click(bench.pixel(place))
        assert bench.context.selection.current == place
    bench.click(QPoint(20, 600))
    assert bench.context.selection.current == NOTHING


def test_hovering_a_unit_tells_the_output_panel_which(bench_of) -> None:
    bench = bench_of(first_document())
    bench.wait(lambda frame: frame.maps is not None)
    node = bench.network.layers[0].id
    place = Selected("unit", node, 1)
    with bench.bot.waitSignal(bench.context.selection.hovered) as told:
        bench.bot.mouseMove(bench.panel.view.viewport(), bench.pixel(place))
    assert told.args == [place]


def test_tab_walks_through_everything_and_then_leaves(bench_of) -> None:
    bench = bench_of(Document(network=NetworkSpec((dense("o", 1, "tanh"),))))
    bench.panel.view.setFocus()
    walked = []
    for _ in range(6):
        bench.panel.view.focusNextPrevChild(True)
        walked.append(bench.context.selection.current.kind)
    assert walked == ["input", "input", "layer", "unit", "bias", "link"]
    bench.panel.view.focusNextPrevChild(True)
    assert bench.context.selection.current == Selected("link", "o", 0, "x", 1)
    bench.panel.view.focusNextPrevChild(True)
    assert not bench.panel.view.has_walked


def test_arrows_move_between_units_and_say_where(bench_of) -> None:
    bench = bench_of(example_document())
    bench.wait(lambda frame: frame.parameters is not None)
    bench.context.selection.select(Selected("input", "x", 0))
    bench.key(Key.Key_Right)
    assert bench.context.selection.current == Selected("unit", "h", 0)
    bench.key(Key.Key_Down)
    assert bench.context.selection.current == Selected("unit", "h", 1)
    assert "a¹₂" in bench.panel.view.accessibleDescription()


def test_wheel_zooms_drag_pans_and_ctrl_0_fits_again(bench_of) -> None:
    bench = bench_of(first_document())
    view = bench.panel.view
    fitted = view.transform().m11(), view.mapToScene(QPoint(0, 0))
    bench.key(Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.transform().m11() == pytest.approx(1.2 * fitted[0])
    centre = view.mapToScene(QPoint(400, 300))
    bench.bot.mousePress(view.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(400, 300))
    bench.bot.mouseMove(view.viewport(), QPoint(430, 300))
    bench.bot.mouseMove(view.viewport(), QPoint(460, 300))
    bench.bot.mouseRelease(view.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(460, 300))
    assert view.mapToScene(QPoint(460, 300)).x() == pytest.approx(centre.x(), abs=1.5)
    bench.key(Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.transform().m11() == fitted[0]
    assert view.mapToScene(QPoint(0, 0)) == fitted[1]


def test_unit_of_a_large_layer_is_pulled_out_by_its_number(bench_of) -> None:
    layers = (dense("h", 128, "tanh"), dense("o", 1, "tanh"))
    bench = bench_of(Document(network=NetworkSpec(layers)))
    assert len(bench.panel.state.layout.blocks["h"].shown) == 12
    area = bench.panel.view.mapFromScene(bench.strip("h")).boundingRect()
    bench.click(area.center())
    bench.bot.keyClicks(bench.panel.controller.field, "100")
    bench.bot.keyClick(bench.panel.controller.field, Key.Key_Return)
    assert 99 in bench.panel.state.layout.blocks["h"].shown
    assert bench.context.selection.current == Selected("unit", "h", 99)


def test_refused_edit_changes_nothing_and_is_told(bench_of) -> None:
    bench = bench_of(Document(network=NetworkSpec((dense("h", 1, "tanh"), dense("o", 1, "tanh")))))
    bench.click_hot("minus", "h")
    assert bench.units() == [1, 1]
    assert "at least 1" in str(bench.messages[-1])


def test_step_writes_values_as_they_are_computed(bench_of) -> None:
    bench = bench_of(example_document(), "step")
    bench.session.step("operation")
    frame = bench.wait(lambda frame: frame.trace is not None and frame.cursor == 1)
    values = bench.panel.scene.tiles.content.texts
    assert values["x"].values == ("0.05", "0.1")
    assert values["h"].values == ("z 0.3775", "z 0.3925")
    assert values["o"].values == ("not yet", "not yet")
    assert values["o"].notes == ("target 0.01", "target 0.99")
    assert bench.panel.scene.tiles.content.lit == {("x", -1), ("h", -1)}
    assert frame.trace.steps[0].op == "affine"


def test_hidden_result_is_not_shown_before_the_next_step(bench_of) -> None:
    bench = bench_of(example_document(), "step")
    bench.session.step("operation")
    bench.wait(lambda frame: frame.trace is not None and frame.cursor == 1)
    bench.context.hide_results(True)
    assert bench.panel.scene.tiles.content.texts["h"].values == ("not yet", "not yet")


def test_middle_of_a_captions_title_opens_its_menu(bench_of) -> None:
    bench = bench_of(first_document())
    node = bench.network.layers[0].id
    bench.click_hot("title", node)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    menu.close()
    assert texts[:2] == ["Activation", "Biases"]
    assert texts[-1] == "Delete"
    assert bench.context.selection.current == Selected("layer", node)


def test_pointing_between_things_finds_nothing(bench_of) -> None:
    bench = bench_of(first_document())
    assert bench.panel.scene.place_at(QPointF(-2000, -2000)) == NOTHING


def test_removing_the_selected_unit_lets_it_go(bench_of) -> None:
    bench = bench_of(Document(network=NetworkSpec((dense("h", 3, "tanh"), dense("o", 1, "tanh")))))
    bench.context.selection.select(Selected("link", "h", 2, "x", 0))
    bench.click_hot("minus", "h")
    assert bench.context.selection.current == NOTHING


def test_unit_selected_elsewhere_is_pulled_out_of_its_strip(bench_of) -> None:
    layers = (dense("h", 128, "tanh"), dense("o", 1, "tanh"))
    bench = bench_of(Document(network=NetworkSpec(layers)))
    bench.context.selection.select(Selected("link", "o", 0, "h", 77))
    assert 77 in bench.panel.state.layout.blocks["h"].shown


def test_layer_inserted_between_branches_and_their_sum_is_read(bench_of) -> None:
    layers = (
        dense("a", 3, inputs=("x",)), dense("b", 3, inputs=("x",)), LayerSpec("sum", "add", ("a", "b")),
        dense("o", 1, "tanh", inputs=("sum",)),
    )  # fmt: skip
    bench = bench_of(Document(network=NetworkSpec(layers)))
    node = next(hot.node for hot in bench.panel.view.hots if hot.kind == "insert" and hot.node != "x")
    bench.click_hot("insert", node)
    bench.insert()
    assert len(bench.network.layers) == 5
    read = {source for layer in bench.network.layers for source in sources(bench.network, layer)}
    assert {layer.id for layer in bench.network.layers[:-1]} <= read


def test_themes_change_the_drawing_at_once(bench_of) -> None:
    bench = bench_of(first_document())
    bench.wait(lambda frame: frame.maps is not None)
    before = bench.panel.grab().toImage().pixelColor(5, 300).name().upper()
    try:
        theme_signals.use("dark")
        after = bench.panel.grab().toImage().pixelColor(5, 300).name().upper()
    finally:
        theme_signals.use("light")
    assert (before, after) == (THEMES["light"].canvas, THEMES["dark"].canvas)


def test_keys_alone_pull_a_unit_out(bench_of) -> None:
    layers = (dense("h", 128, "tanh"), dense("o", 1, "tanh"))
    bench = bench_of(Document(network=NetworkSpec(layers)))
    bench.panel.controller.choose("pull", "h", "")
    bench.bot.keyClicks(bench.panel.controller.field, "129")
    bench.bot.keyClick(bench.panel.controller.field, Key.Key_Return)
    assert "129" in str(bench.messages[-1])
    bench.panel.controller.choose("pull", "h", "")
    bench.bot.keyClicks(bench.panel.controller.field, "128")
    bench.bot.keyClick(bench.panel.controller.field, Key.Key_Return)
    assert 127 in bench.panel.state.layout.blocks["h"].shown


def hidden_at(bench: Bench, more: int, done: int = 0) -> None:
    """Walk so many more steps of the first pass, then hide the last one's result."""
    for _ in range(more):
        bench.session.step("operation")
    bench.wait(lambda frame: frame.cursor == done + more)
    bench.context.hide_results(True)


def test_hidden_weights_are_the_old_ones_everywhere(bench_of) -> None:
    bench = bench_of(example_document(), "step")
    bench.session.step("operation")
    steps = bench.wait(lambda frame: frame.trace is not None).trace.steps
    hidden_at(bench, len(steps) - 1, done=1)
    link = Selected("link", "o", 0, "h", 0)
    assert bench.panel._spoken(link).endswith("0.4")
    bench.panel.opener.show_at(link)
    assert bench.panel.card._value.text() == "0.4"
    bench.context.hide_results(False)
    assert bench.panel._spoken(link).endswith("0.3589")


def test_hidden_activations_are_in_no_tip(bench_of) -> None:
    bench = bench_of(example_document(), "step")
    hidden_at(bench, 2)
    unit = Selected("unit", "h", 0)
    assert "0.5933" not in bench.panel._tip(unit)
    bench.context.hide_results(False)
    assert "0.5933" in bench.panel._tip(unit)


def test_nothing_is_shown_as_computed_before_the_first_step(bench_of) -> None:
    bench = bench_of(example_document(), "step")
    bench.session.watch(Interest(needs=frozenset({"trace", "peek"})))
    frame = bench.wait(lambda frame: frame.peek is not None)
    assert frame.peek.value("h.a", len(frame.peek.steps)) is not None  # it was looked at ahead
    texts = bench.panel.scene.tiles.content.texts
    assert texts["h"].values == ("not yet", "not yet")
    assert texts["x"].values == ("0.05", "0.1")
