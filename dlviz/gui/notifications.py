"""The only code that shows messages: one quiet bar, plain text, never a dialog."""

import logging
import traceback
from time import monotonic

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget

from dlviz.core.errors import DlvizError, SaveError
from dlviz.gui.actions import Action
from dlviz.gui.icons import paint_icon
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.button import IconButton, TextButton
from dlviz.gui.widgets.paint import painter, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

REPEAT_SECONDS = 5.0  # the same message is not shown again before
SENTENCE_MS = 8000  # a plain sentence leaves by itself; an error stays until closed
WAY_OUT = "way_out"  # the action beside a refusal that makes the refused change possible
LONGEST = 600  # characters of one message

log = logging.getLogger("dlviz")


class NotificationBar(QWidget):
    """Icon, message, an optional action and a close button; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = "info"
        self._action: Action | None = None
        self.text = Text("")
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setContentsMargins(3 * GRID + 4, 0, 0, 0)
        self.button = TextButton("", is_link=True)
        # A click must not take the focus, which would go to the next button when the bar hides.
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = IconButton("close", tr("Close this message"), size=3 * GRID)
        layout = QHBoxLayout(self)
        spaced(layout, GRID)
        for widget, stretch in ((self.text, 1), (self.button, 0), (self.close_button, 0)):
            layout.addWidget(widget, stretch)
        self.button.clicked.connect(self._run)
        self.close_button.clicked.connect(self.hide)
        theme_signals.changed.connect(self._use_theme)
        self.hide()

    def present(self, kind: str, message: str, action: Action | None) -> None:
        """Show a message; kind is info, warn or error."""
        self._kind, self._action = kind, action
        self.text.setText(message[:LONGEST])
        self.setAccessibleName(message[:LONGEST])
        self.button.setVisible(action is not None)
        if action is not None:
            self.button.setText(action.title)
            self.button.setAccessibleName(action.title)
        self.show()
        self.update()

    @Slot()
    def _run(self) -> None:
        action = self._action
        self.hide()
        if action is not None:
            action.callback()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tinted ground and the icon of the kind."""
        theme = current()
        colour = {"info": theme.accent, "warn": theme.warn, "error": theme.error}[self._kind]
        with painter(self) as p:
            p.fillRect(self.rect(), theme.colour({"info": "accent"}.get(self._kind, self._kind), 0.10))
            side = 20.0
            box = QRectF(GRID + 2, (self.height() - side) / 2, side, side)
            paint_icon(p, self._kind, box, colour)


class Notifier(QObject):
    """Takes messages and errors from the window's thread or any other and shows them, seldom twice."""

    place_marked = Signal(str)  # the id of a layer that an error is about
    _arrived = Signal(object, object)

    def __init__(self, bar: NotificationBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = bar
        self._last, self._last_at = "", 0.0
        self._report = ""
        self._is_refusal = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(bar.hide)
        # Queued when it comes from another thread, for this object lives in the window's.
        self._arrived.connect(self._show)

    def __call__(self, message: str | BaseException, action: Action | None = None) -> None:
        """Show a sentence, a user's error with its hint, or the news that something broke."""
        self._arrived.emit(message, action)

    @Slot(object, object)
    def _show(self, message: str | BaseException, action: Action | None) -> None:
        kind, text = self._in_words(message)
        if text == self._last and monotonic() - self._last_at < REPEAT_SECONDS and self.bar.isVisible():
            return
        self._last, self._last_at = text, monotonic()
        if kind == "error" and not isinstance(message, DlvizError):
            action = Action("copy_report", tr("Copy report"), self._copy_report)
        self.bar.present(kind, text, action)
        self._is_refusal = is_refusal(message, action)
        self._timer.stop()
        if kind == "info":
            self._timer.start(SENTENCE_MS)
        if isinstance(message, DlvizError) and message.place:
            self.place_marked.emit(message.place)

    def forget_refusal(self) -> None:
        """Take away what was said against an input, now that a better one was taken."""
        if self._is_refusal:
            self._is_refusal = False
            self.bar.hide()

    def _in_words(self, message: str | BaseException) -> tuple[str, str]:
        if isinstance(message, str):
            return "info", message
        if isinstance(message, DlvizError):
            return "warn", f"{message.message.rstrip('.')}. {message.hint}".strip()
        self._report = "".join(traceback.format_exception(message))
        log.error("%s", self._report)
        name = type(message).__name__
        return "error", tr("Something inside dlviz failed: {name}. The document is unharmed.", name=name)

    def _copy_report(self) -> None:
        QApplication.clipboard().setText(self._report)


def is_refusal(message: str | BaseException, action: Action | None) -> bool:
    """Say whether a message is over with the next change of the document: it asks for nothing else to be done."""
    is_about_input = isinstance(message, DlvizError) and not isinstance(message, SaveError)
    return is_about_input and (action is None or action.id == WAY_OUT)
