"""A person at the real window: presses keys, clicks and drags real widgets, and waits for what they would see."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import perf_counter, process_time

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QSlider, QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.application import Running, begin, open_window
from dlviz.gui.dialogs import Answer, Dialogs
from dlviz.gui.editor.hot import Hot
from dlviz.gui.editor.view import CanvasView
from dlviz.gui.main_window import MainWindow
from dlviz.gui.panel import Panel
from dlviz.gui.selection import Selected
from dlviz.session.messages import Frame

SECONDS = 15_000  # milliseconds to wait for anything; a guard, not a figure
TICK_MS = 10
# A guard against a window that computes, not a figure: the bench measures lateness, and two busy cores make any late.
STALL_SECONDS = 1.0
LINK_SHARES = (0.5, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6, 0.1, 0.9)  # of its length; where links cross, one lies above
LEFT = Qt.MouseButton.LeftButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


class Answers(Dialogs):
    """Gives the answers that a person would give to the dialogs of the desktop."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.keep: Answer = "discard"
        self.asked: list[str] = []

    def open_document(self, parent: QWidget, folder: str) -> Path | None:
        self.asked.append("open")
        return self.path

    def save_document(self, parent: QWidget, suggestion: str) -> Path | None:
        self.asked.append("save")
        return self.path

    def save_picture(self, parent: QWidget, suggestion: str) -> Path | None:
        self.asked.append("picture")
        return self.path

    def open_data(self, parent: QWidget, folder: str) -> Path | None:
        self.asked.append("data")
        return self.path

    def open_folder(self, parent: QWidget, folder: str) -> Path | None:
        self.asked.append("folder")
        return self.path

    def open_weights(self, parent: QWidget, folder: str) -> Path | None:
        self.asked.append("weights")
        return self.path

    def unsaved(self, parent: QWidget, title: str) -> Answer:
        self.asked.append("unsaved")
        return self.keep


def starved_seconds() -> float:
    """Return how long this process's threads were ready to run while other programs had the processor."""
    total = 0
    for thread in threading.enumerate():
        try:
            text = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text(encoding="ascii")
        except OSError:
            continue
        total += int(text.split()[1])
    return total / 1e9


def idle_seconds() -> float:
    """Return how long processors had nothing to do or waited for a disk, as the system counts it."""
    try:
        text = Path("/proc/stat").read_text(encoding="ascii")
    except OSError:
        return inf
    return sum(map(int, text.split(maxsplit=6)[4:6])) / os.sysconf("SC_CLK_TCK")


class StallGuard(QObject):
    """A 10 ms timer that notes how late it comes, less the time that other programs took from this one.

    `latest` is the worst since it was last set to nothing, `worst` that of all the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worst = self.latest = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last, self._starved, self._used, self._idle = self._clocks()
        self._timer.start()

    @staticmethod
    def _clocks() -> tuple[float, float, float, float]:
        return perf_counter(), starved_seconds(), process_time(), idle_seconds()

    @Slot()
    def _tick(self) -> None:
        now, starved, used, idle = self._clocks()
        late = now - self._last - max(starved - self._starved, 0.0)
        # Not all starving is told: while no processor was idle, this program stood still no longer than it computed.
        late = min(late, used - self._used + idle - self._idle) - TICK_MS / 1000
        self.latest = max(self.latest, late)
        self.worst = max(self.worst, late)
        self._last, self._starved, self._used, self._idle = now, starved, used, idle

    def stop(self) -> float:
        """Return the worst lateness in seconds."""
        self._tick()
        self._timer.stop()
        return self.worst


@contextmanager
def no_stall(seconds: float = STALL_SECONDS) -> Iterator[StallGuard]:
    """Fail if the event loop stands still for longer than a person bears, or than so many seconds."""
    guard = StallGuard()
    try:
        yield guard
    finally:
        worst = guard.stop()
        guard.deleteLater()
    assert worst < seconds, f"the window stood still for {1000 * worst:.0f} ms"


@dataclass
class Robot:
    """The window with somebody in front of it. `actions` counts clicks, keys, drags and moves of the pointer."""

    bot: QtBot
    running: Running
    answers: Answers
    actions: int = 0
    listed: list[str] = field(default_factory=list)

    @property
    def window(self) -> MainWindow:
        return self.running.window

    @property
    def frame(self) -> Frame:
        latest = self.window.bridge.latest
        assert latest is not None
        return latest

    def start(self, workspace: str = "network", file: Path | None = None) -> "Robot":
        """Open the panels as the program does, and wait for the first picture."""
        begin(self.running, file, workspace)
        self.window.activateWindow()
        self.wait(lambda: self.window.bridge.latest is not None)
        return self

    def start_on_canvas(self, workspace: str = "network") -> "Robot":
        """Start, and click the empty canvas as a person who is about to work on it does."""
        self.start(workspace)
        self.bot.mouseClick(self.view.viewport(), LEFT, NONE, QPoint(4, self.view.height() // 2))
        return self

    def wait(self, is_so: Callable[[], bool], seconds: float = SECONDS / 1000) -> None:
        """Let the window live until something is so."""
        self.bot.waitUntil(is_so, timeout=int(1000 * seconds))

    def _did(self, what: str) -> None:
        self.actions += 1
        self.listed.append(what)

    def _come_to_front(self) -> None:
        """Be the active window again: closed menus and dialogs leave none where there is no window manager."""
        if not is_window_active() and QApplication.activePopupWidget() is None:
            self.window.activateWindow()
            self.wait(is_window_active)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press a key where the focus is."""
        for _ in range(times):
            self._did(f"key {key.name}")
            self._come_to_front()
            target = QApplication.activePopupWidget() or QApplication.focusWidget() or self.window
            self.bot.keyClick(target, key, modifier)

    def text(self, words: str) -> None:
        """Type words where the focus is; one action."""
        self._did(f"type {words}")
        self.bot.keyClicks(QApplication.focusWidget() or self.window, words)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that can be seen."""
        assert widget.isVisible(), f"{widget.accessibleName()} cannot be seen"
        self._did(f"click {widget.accessibleName() or type(widget).__name__}")
        self.bot.mouseClick(widget, LEFT, NONE, at or widget.rect().center())

    def trigger(self, action: str) -> None:
        """Choose an entry of the menus."""
        assert self.window.live[action].isEnabled()
        self._did(f"menu {action}")
        self.window.live[action].trigger()

    def drag_slider(self, slider: QSlider, fractions: list[float]) -> None:
        """Take the knob of a slider and pull it through these places, from 0 to 1, without letting go between."""
        self._did(f"drag {slider.accessibleName()}")
        y = slider.height() // 2
        places = [QPoint(round(fraction * (slider.width() - 1)), y) for fraction in fractions]
        self.bot.mousePress(slider, LEFT, NONE, places[0])
        for place in places[1:]:
            self.bot.mouseMove(slider, place)
            self.bot.wait(TICK_MS)  # a hand takes its time; the window must draw meanwhile
        self.bot.mouseRelease(slider, LEFT, NONE, places[-1])

    def drop(self, path: Path, at: QPoint | None = None) -> None:
        """Drop a file on a place of the window, by the way of the desktop: what lies there may refuse it."""
        self._did(f"drop {path.name}")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, place, desktop = Qt.DropAction.CopyAction, at or self.window.rect().center(), self.window.windowHandle()
        enter = QDragEnterEvent(place, copy, data, LEFT, NONE)
        QApplication.sendEvent(desktop, enter)
        assert enter.isAccepted()
        move = QDragMoveEvent(place, copy, data, LEFT, NONE)
        move.setDropAction(copy)
        move.accept()  # as after an enter that was welcome
        QApplication.sendEvent(desktop, move)
        assert move.isAccepted()
        QApplication.sendEvent(desktop, QDropEvent(QPointF(place), copy, data, LEFT, NONE))

    @property
    def view(self) -> CanvasView:
        """The canvas."""
        return self.window.findChild(CanvasView)

    def panel(self, key: str) -> Panel:
        """Return a panel by its key."""
        return next(panel for panel in self.window.findChildren(Panel) if panel.key == key)

    def pixel(self, place: Selected) -> QPoint:
        """Return where on the canvas a unit or the middle of a link is drawn."""
        scene = self.view.network_scene
        layout = scene.layout_
        assert layout is not None
        if place.kind == "link":
            index = next(
                k
                for k in range(len(layout.links))
                if (layout.links.layers[k], layout.links.rows[k], layout.links.columns[k])
                == (place.layer, place.unit, place.source)
            )
            candidates = [scene.links.path(index).pointAtPercent(share) for share in LINK_SHARES]
        else:
            block = layout.blocks[place.layer]
            candidates = [QPointF(block.x, float(block.ys[block.shown.index(place.unit)]))]
        for point in candidates:
            pixel = self.view.mapFromScene(point)
            found = scene.place_at(self.view.mapToScene(pixel))
            if (found.kind, found.layer, found.unit, found.source) == (
                place.kind, place.layer, place.unit, place.source,
            ):  # fmt: skip
                return pixel
        raise AssertionError(f"{place} cannot be reached by the pointer")

    def hover(self, place: Selected) -> None:
        """Let the pointer rest on a place of the canvas."""
        self._did(f"hover {place}")
        self.bot.mouseMove(self.view.viewport(), self.pixel(place))

    def click_place(self, place: Selected) -> None:
        """Click a unit or link on the canvas."""
        self._did(f"click {place}")
        self._come_to_front()
        self.bot.mouseClick(self.view.viewport(), LEFT, NONE, self.pixel(place))

    def hot(self, kind: str, node: str) -> Hot:
        """Return a button or title above a column of the canvas."""
        return next(hot for hot in self.view.hots if (hot.kind, hot.node) == (kind, node))

    def click_caption(self, kind: str, node: str) -> None:
        """Click a button or title above a column of the canvas."""
        self._did(f"click {kind} of {node}")
        self.bot.mouseClick(self.view.viewport(), LEFT, NONE, self.hot(kind, node).rectangle.center().toPoint())

    def choose_in_menu(self, *titles: str) -> None:
        """Choose an entry of the open menu by keyboard, through submenus."""
        for depth, title in enumerate(titles):
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu), "no menu is open"
            action = next(each for each in menu.actions() if each.text().partition("\t")[0] == title)
            for _ in range(len(menu.actions())):
                if menu.activeAction() is action:
                    break
                self.key(Key.Key_Down)
            assert menu.activeAction() is action
            self.key(Key.Key_Return if depth == len(titles) - 1 else Key.Key_Right)
        self.wait(lambda: QApplication.activePopupWidget() is None)

    def choose_thumbnail(self, title: str) -> None:
        """Click the picture of a built-in data set."""
        pictures = self.panel("data").findChild(QListWidget)
        items = map(pictures.item, range(pictures.count()))
        item = next(each for each in items if each.toolTip().splitlines()[0] == title)
        self._did(f"choose {title}")
        self.bot.mouseClick(pictures.viewport(), LEFT, NONE, pictures.visualItemRect(item).center() - QPoint(4, 4))

    def pause(self) -> None:
        """Press Space while something runs, and wait until it stands."""
        self.wait(lambda: self.frame.state == "running")
        self.key(Key.Key_Space)
        self.wait(lambda: self.frame.state == "paused")

    def settle(self) -> Frame:
        """Wait until the window shows the run as it is since the last edit."""
        canvas = self.panel("canvas")
        self.wait(lambda: self.frame.generation == self.running.session._generation)
        self.wait(lambda: canvas.state.frame is not None and canvas.state.frame.generation == self.frame.generation)
        return self.frame

    def message(self) -> str:
        """Return the message that the window shows, or nothing."""
        bar = self.window.centre.bar
        return bar.text.text() if bar.isVisible() else ""


def is_window_active() -> bool:
    """Whether some window that can be seen takes the keys."""
    active = QApplication.activeWindow()
    return active is not None and active.isVisible()


def robot_at_window(bot: QtBot, size: tuple[int, int] = (1280, 720)) -> Robot:
    """Show the window over a session, exactly as the program does, with somebody who answers dialogs."""
    answers = Answers()
    return Robot(bot, open_window("light", dialogs=answers, size=size), answers)


def close_window(robot: Robot) -> None:
    """Close the window whatever its document says."""
    robot.window.quit_without_questions()
    robot.window.deleteLater()
