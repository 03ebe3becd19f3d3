"""Somebody who clicks, types, drags, pulls windows about and pastes rubbish, by chance and again by the same seed."""

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QMenu, QSizeGrip, QWidget

from tests.gui.robot import CONTROL, LEFT, NONE, SHIFT, Robot
from tests.top_widgets import top_widgets

POPUP_MS = 120  # after which a menu that is still open is left
SIZES = ((960, 560), (1000, 640), (1280, 720), (1440, 810), (1920, 1080))
KEYS = (
    "Space", "PageDown", "PageUp", "Home", "End", "Escape", "Tab", "Backtab", "Return", "Delete", "Backspace", "Left",
    "Right", "Up", "Down", "F1", "F2", "F9", "1", "2", "3", "4", "5", "H", "L", "A", "Plus", "Minus", "0",
)  # fmt: skip
WITH_CONTROL = ("Z", "Y", "1", "2", "3", "R", "D", "F", "L", "V", "C", "A", "0", "Plus", "Minus", "B")
RUBBISH = (
    "0,5", "1/2", "-1e999", "nan", "=1+1", "9" * 400, "ü𝄞\u202e\u0000x", "a;b\n1;2\n3;x\n", "x\ty\n1\t2\n", "", " ",
    "'; drop table rows; --", "__import__('os')", "1e-320", "[]", "{}", "2**2**99", "\u2212 3",
)  # fmt: skip
NOT_TRIGGERED = ("quit", "full_screen", "whats_this")


class Monkey(QObject):
    """Acts on a window; `done` lists what it did, so that a failure can be told."""

    def __init__(self, robot: Robot, seed: int) -> None:
        super().__init__()
        self.robot, self.chance = robot, random.Random(seed)
        self.done: list[str] = []
        self._acts: tuple[tuple[int, Callable[[], str]], ...] = (
            (30, self._click), (24, self._key), (10, self._type), (12, self._drag), (6, self._wheel), (3, self._resize),
            (4, self._paste), (9, self._menu), (2, self._edge),
        )  # fmt: skip
        self._watch = QTimer(self)
        self._watch.setInterval(POPUP_MS)
        self._watch.timeout.connect(self._leave_popups)
        self._watch.start()

    def act(self) -> None:
        """Do one thing."""
        weights = [weight for weight, _ in self._acts]
        act = self.chance.choices([each for _, each in self._acts], weights)[0]
        self.done.append(act.__name__)
        self.done[-1] = f"{act.__name__} {act()}"

    def stop(self) -> None:
        """Close what is open."""
        self._watch.stop()
        self._leave_popups()
        for dialog in self.robot.window.findChildren(QDialog):
            dialog.close()

    @Slot()
    def _leave_popups(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()

    def _widgets(self) -> list[QWidget]:
        tops = [each for each in top_widgets() if each.isVisible()]
        found = [child for top in tops for child in (top, *top.findChildren(QWidget))]
        return [each for each in found if each.isVisible() and not isinstance(each, QSizeGrip) and each.width() > 2]

    def _widget(self) -> QWidget:
        found = self._widgets()
        # What can be used is small and rare beside what holds it.
        used = [each for each in found if isinstance(each, QAbstractButton | QLineEdit)]
        return self.chance.choice(used if used and self.chance.random() < 0.5 else found)

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(self.chance.randrange(max(widget.width(), 1)), self.chance.randrange(max(widget.height(), 1)))

    def _click(self) -> str:
        widget = self._widget()
        at, name = self._place(widget), _name(widget)
        button = Qt.MouseButton.RightButton if self.chance.random() < 0.06 else LEFT
        modifier = self.chance.choice((NONE, NONE, NONE, NONE, CONTROL, SHIFT))
        if self.chance.random() < 0.15:
            self.robot.bot.mouseDClick(widget, button, modifier, at)
        else:
            self.robot.bot.mouseClick(widget, button, modifier, at)
        return name

    def _focus(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.robot.window

    def _key(self) -> str:
        if self.chance.random() < 0.3:
            key, modifier = self.chance.choice(WITH_CONTROL), CONTROL
        else:
            key, modifier = self.chance.choice(KEYS), self.chance.choice((NONE, NONE, NONE, SHIFT))
        focus = self._focus()
        name = _name(focus)
        self.robot.bot.keyClick(focus, getattr(Qt.Key, f"Key_{key}"), modifier)
        return f"{modifier.name} {key} at {name}"

    def _type(self) -> str:
        words = self.chance.choice(RUBBISH)[:40]
        fields = [each for each in self._widgets() if isinstance(each, QLineEdit) and each.isEnabled()]
        target = self.chance.choice(fields) if fields and self.chance.random() < 0.7 else self._focus()
        target.setFocus()
        for sign in words:
            if sign.isprintable():
                _press(self._focus(), sign)
        if self.chance.random() < 0.6:
            self.robot.bot.keyClick(self._focus(), Qt.Key.Key_Return)
        return repr(words)

    def _drag(self) -> str:
        widget = self._widget()
        name, places = _name(widget), [self._place(widget) for _ in range(self.chance.randrange(2, 6))]
        self.robot.bot.mousePress(widget, LEFT, NONE, places[0])
        for place in places[1:]:
            self.robot.bot.mouseMove(widget, place)
        self.robot.bot.mouseRelease(widget, LEFT, NONE, places[-1])
        return name

    def _wheel(self) -> str:
        widget = self._widget()
        at, turn = QPointF(self._place(widget)), QPoint(0, self.chance.choice((-240, -120, 120, 240)))
        modifier = self.chance.choice((NONE, NONE, CONTROL))
        event = QWheelEvent(
            at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), turn, Qt.MouseButton.NoButton, modifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        name = _name(widget)
        QApplication.sendEvent(widget, event)
        return name

    def _resize(self) -> str:
        width, height = self.chance.choice(SIZES)
        self.robot.window.resize(width, height)
        return f"{width}x{height}"

    def _paste(self) -> str:
        words = self.chance.choice(RUBBISH)
        QGuiApplication.clipboard().setText(words)
        self.robot.bot.keyClick(self._focus(), Qt.Key.Key_V, CONTROL)
        return repr(words[:20])

    def _menu(self) -> str:
        live: list[QAction] = [each for key, each in self.robot.window.live.items() if key not in NOT_TRIGGERED]
        action = self.chance.choice([each for each in live if each.isEnabled()])
        action.trigger()
        return action.objectName()

    def _edge(self) -> str:
        """Leave what is in front: a menu, a dialog."""
        front = QApplication.activeWindow()
        if isinstance(front, QMenu | QDialog):
            front.close()
            return "left"
        return "nothing in front"


def _press(widget: QWidget, sign: str) -> None:
    """Type a sign of any script: QTest only knows those of ASCII, and ends the program at others."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, 0, NONE, sign))


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
