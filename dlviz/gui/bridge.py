"""The one timer between worker and window: it fetches frames and hands them to visible panels."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from dlviz.gui.panel import Context, Panel
from dlviz.session.messages import Frame, Interest, Need

TICK_MS = 16
SHARE_FLAT_OUT = 0.1  # of wall time that all panels together may spend drawing while training runs flat out
SHARE_AT_EASE = 0.4  # the same where training waits for its next step anyway
DRAWN_AT_ONCE = 2  # panels in one tick of a run: what is drawn at once is what the next tick may come late
AT_ONCE_SECONDS = 0.006  # what a second panel in the same tick may bring their costs to
LONGEST_WAIT = 0.1  # seconds; a panel is drawn at least ten times a second
WORDS_SECONDS = 0.05  # numbers that change faster cannot be read
PAINTED = QEvent.Type(QEvent.registerEventType())
AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1  # Qt posts paint requests with low priority
VIEW_NEEDS: frozenset[Need] = frozenset({"health"})  # what the status bar shows, whatever panels are open
ASK_EVERY = 8  # ticks between two looks at what the panels want


class FrameView(Protocol):
    """Something small that shows every frame: transport, status bar."""

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame."""


@dataclass
class Showing:
    """What one panel drew last, when (seconds), and how long it took."""

    serial: int = -1
    drawn_at: float = 0.0
    cost: float = 0.0


def interval(costs: Iterable[float], share: float) -> float:
    """Return the seconds between two drawings of a panel, so that all of them keep to their share of time."""
    return min(sum(costs) / share, LONGEST_WAIT)


class Bridge(QObject):
    """Polls the session at the display rate; draws each visible panel within its budget."""

    frame_shown = Signal(object)  # Frame, once per new one

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.latest: Frame | None = None
        self._context = context
        self._panels: dict[Panel, Showing] = {}
        self._views: tuple[FrameView, ...] = ()
        self._interest: Interest | None = None
        self._ticks = 0
        self._painting: list[Showing] = []
        self._words = Showing()
        self._is_waiting, self._drawn_until = False, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        context.interest_changed.connect(self.ask_panels)

    def start(self, views: Iterable[FrameView], panels: Iterable[Panel]) -> None:
        """Begin to serve these views and panels."""
        self._views = tuple(views)
        self._panels = {panel: Showing() for panel in panels}
        self.ask_panels()
        self._timer.start()

    def stop(self) -> None:
        """Stop the clock; nothing is drawn any more."""
        self._timer.stop()

    def is_idle(self) -> bool:
        """Say whether nothing runs that a late tick would make jerk."""
        return self.latest is not None and self.latest.state != "running"

    @Slot()
    def ask_panels(self) -> None:
        """Tell the session what the visible panels want, if that has changed."""
        visible = [panel for panel in self._panels if panel.isVisible()]
        needs: frozenset[Need] = frozenset().union(*(panel.needs for panel in visible))
        interest = Interest(needs=needs)
        for panel in visible:
            interest = panel.interest(interest)
        interest = replace(interest, needs=interest.needs | needs | VIEW_NEEDS | self._context.wanted)
        if interest != self._interest:
            self._interest = interest
            self._context.session.watch(interest)

    @Slot()
    @np.errstate(all="ignore")
    def tick(self) -> None:
        """Fetch what is new and draw what is due; numbers of a run that breaks are drawn as they come out."""
        self._ticks += 1
        self._context.session.tick()
        if self._ticks % ASK_EVERY == 0:
            self.ask_panels()
        due = self._due()
        if self.latest is not None and not due and not self._are_words_due(self.latest):
            return  # nothing may be drawn yet: a frame fetched now would only be thrown away
        frame = self._context.session.poll()
        if frame is not None:
            self.latest = frame
            self.frame_shown.emit(frame)
        if self.latest is not None:
            self._tell_views(self.latest)
            self._draw(self.latest, due)

    def _due(self) -> list[tuple[Panel, Showing]]:
        """Return the visible panels that may be drawn, longest waiting first, so that none can starve another."""
        visible = [(panel, showing) for panel, showing in self._panels.items() if panel.isVisible()]
        if self.latest is None or self.latest.state != "running":
            return sorted(visible, key=_drawn_at)
        share = SHARE_FLAT_OUT if self.latest.is_flat_out else SHARE_AT_EASE
        wait = interval((showing.cost for _, showing in visible), share)
        now = perf_counter()
        waiting = [item for item in visible if now - item[1].drawn_at >= wait]
        first = sorted(waiting, key=_drawn_at)[:DRAWN_AT_ONCE]
        return first if sum(showing.cost for _, showing in first) <= AT_ONCE_SECONDS else first[:1]

    def _are_words_due(self, frame: Frame) -> bool:
        return frame.state != "running" or perf_counter() - self._words.drawn_at >= WORDS_SECONDS

    def _tell_views(self, frame: Frame) -> None:
        """Show words and counters at a speed that can be read while the run goes on, else at once."""
        if self._words.serial != frame.serial and self._are_words_due(frame):
            self._words.serial, self._words.drawn_at = frame.serial, perf_counter()
            for view in self._views:
                view.show_frame(frame)

    def _draw(self, frame: Frame, due: Iterable[tuple[Panel, Showing]]) -> None:
        for panel, showing in due:
            if showing.serial != frame.serial:
                self._painting.append(showing)
                _draw(panel, showing, frame)
        if self._painting and not self._is_waiting:
            self._is_waiting, self._drawn_until = True, perf_counter()
            QCoreApplication.postEvent(self, QEvent(PAINTED), AFTER_PAINTING)

    def event(self, event: QEvent) -> bool:
        """Charge the panels that were drawn with the time that their painting took."""
        if event.type() != PAINTED:
            return super().event(event)
        took = perf_counter() - self._drawn_until
        for showing in self._painting:
            showing.cost += took / len(self._painting)
        self._painting.clear()
        self._is_waiting = False
        return True


def _drawn_at(item: tuple[Panel, Showing]) -> float:
    return item[1].drawn_at


def _draw(panel: Panel, showing: Showing, frame: Frame) -> None:
    started = perf_counter()
    showing.serial, showing.drawn_at = frame.serial, started
    try:
        panel.show_frame(frame)
    finally:
        showing.cost = perf_counter() - started
