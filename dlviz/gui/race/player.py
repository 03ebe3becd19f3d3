"""RacePlayer: where the window stands in a race that is already walked, and how it moves there by itself."""

import math
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from dlviz.i18n import tr
from dlviz.session.messages import Frame
from dlviz.session.race import Race, RaceQuestion, RaceView, RateScan

TICK_MS = 16
MICRO = "operation"
#: What the sizes of the transport mean here: how many steps at once.
SIZES = {MICRO: 0, "batch": 1, "epoch": 10}
UNLIMITED = 4000.0  # steps a second where there is no limit: 2 000 steps pass in half a second


def size_words() -> tuple[tuple[str, str], ...]:
    """Return the sizes with their words."""
    return (MICRO, tr("micro-step")), ("batch", tr("step")), ("epoch", tr("10 steps"))


class RacePlayer(QObject):
    """Stands after `done` steps, and after `micro` micro-steps of the next one; answers what the session answers.

    micro is 0 at a point of the path. entrant: number of the optimizer that is looked at closely.
    """

    moved = Signal()
    race_changed = Signal()
    scanned = Signal()  # rates of one more optimizer

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: RaceView | None = None
        self.done, self.micro, self.entrant = 0, 0, 0
        self.is_playing = False
        self._scans_asked_by: set[str] = set()
        self._wants_maps = False
        self._by, self._rate, self._owed, self._since = "batch", 1.0, 0.0, 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def race(self) -> Race | None:
        """The race that is shown."""
        return None if self.view is None else self.view.race

    @property
    def steps(self) -> int:
        """How many steps the race has."""
        return 0 if self.race is None else self.race.steps

    @property
    def question(self) -> RaceQuestion:
        """Which step is to be told: the one that is being taken, or the one taken last."""
        is_network = self.race is not None and self.race.network is not None
        place = self.place if is_network else 0
        return RaceQuestion(self.entrant, self.told, self.wants_scans, place, is_network and self._wants_maps)

    @property
    def told(self) -> int:
        """How many steps were done before the step that is told."""
        return self.done if self.micro or not self.done else self.done - 1

    @property
    def place(self) -> int:
        """After how many steps the ball lies where it does."""
        return self.told if self.micro else self.done

    @property
    def micro_count(self) -> int:
        """How many micro-steps a step of this optimizer has; 0 while nobody knows."""
        trace = None if self.view is None else self.view.trace
        is_known = trace is not None and self.view is not None and self.view.question.entrant == self.entrant
        return len(trace.steps) if trace is not None and is_known else 0

    @property
    def _has_no_micro_steps(self) -> bool:
        """Whether nothing is to be told of the step in question: beyond where a path broke, or of a network."""
        return self.view is not None and self.view.question == self.question and self.view.trace is None

    @property
    def micro_done(self) -> int:
        """How many micro-steps of the told step are done."""
        return self.micro if self.micro or not self.done else self.micro_count

    @property
    def is_at_start(self) -> bool:
        """Whether there is nothing to go back to."""
        return not self.done and not self.micro

    @property
    def is_at_end(self) -> bool:
        """Whether all steps are done."""
        return self.done >= self.steps

    @Slot(object)
    def take(self, frame: Frame) -> None:
        """Take what a frame tells about the race; another race is shown from its start, or plays on."""
        view = frame.race
        if view is None or view is self.view:
            return
        is_other, known = self.race is not view.race, () if self.view is None else self.view.scans
        self.view = view
        if is_other:
            self.done, self.micro = min(self.done, view.race.steps), 0
            self.entrant = min(self.entrant, len(view.race.paths) - 1)
            self.race_changed.emit()
        if view.scans != known:
            self.scanned.emit()
        self.moved.emit()

    @property
    def scans(self) -> tuple[RateScan, ...]:
        """The rates of every optimizer of the race that is wanted; nothing while they are being scanned."""
        view = self.view
        return view.scans if view is not None and len(view.scans) == len(view.race.paths) else ()

    @property
    def wants_scans(self) -> bool:
        """Whether somebody wants to see how high each optimizer ends at every rate."""
        return bool(self._scans_asked_by)

    def ask_scans(self, by: str, is_wanted: bool) -> None:
        """Have the rates of all optimizers scanned for somebody, or no longer."""
        before = self.wants_scans
        self._scans_asked_by = self._scans_asked_by | {by} if is_wanted else self._scans_asked_by - {by}
        if self.wants_scans != before:
            self.moved.emit()

    def ask_maps(self, is_wanted: bool) -> None:
        """Have what all networks answer worked out where they stand, or no longer."""
        if is_wanted != self._wants_maps:
            self._wants_maps = is_wanted
            self.moved.emit()

    def look_at(self, entrant: int) -> None:
        """Look closely at another optimizer."""
        if entrant != self.entrant:
            self.entrant, self.micro = entrant, 0
            self.moved.emit()

    def play(self, by: str, rate: float) -> None:
        """Go on by itself: that many times a second by this size."""
        if self.is_at_end:
            self._stand(0)
        self._by, self._rate = by, rate if math.isfinite(rate) else UNLIMITED
        self._owed, self._since, self.is_playing = 0.0, perf_counter(), True
        self._timer.start()
        self.moved.emit()

    def pause(self) -> None:
        """Stand still."""
        self.is_playing = False
        self._timer.stop()
        self.moved.emit()

    def step(self, by: str, count: int) -> None:
        """Go count times forward, or back where it is negative."""
        self.pause()
        self._go(by, count)

    def home(self) -> None:
        """Stand at the start."""
        self.pause()
        self._stand(0)

    def end(self) -> None:
        """Stand at the end."""
        self.pause()
        self._stand(self.steps)

    def reset(self) -> None:
        """Stand at the start: the race is the same."""
        self.home()

    def seek(self, step: int) -> None:
        """Stand after so many steps."""
        self._stand(min(max(step, 0), self.steps))

    def walk_to(self, micro: int) -> None:
        """Stand after so many micro-steps of the step that is told."""
        self.pause()
        before = self.told
        if micro >= self.micro_count:
            self._stand(before + 1)
        else:
            self.done, self.micro = before, micro
            self.moved.emit()

    def finish_phase(self) -> None:
        """Finish the step that is being taken."""
        self.step("batch", 1)

    def _stand(self, step: int) -> None:
        self.done, self.micro = step, 0
        self.moved.emit()

    @Slot()
    def _tick(self) -> None:
        now = perf_counter()
        if self.race is None:  # asked to play before the race was walked: it begins when it comes
            self._since = now
            return
        self._owed += (now - self._since) * self._rate
        self._since = now
        whole = int(self._owed)
        if whole:
            self._owed -= whole
            self._go(self._by, whole)
        if self.is_at_end:
            self.pause()

    def _go(self, by: str, count: int) -> None:
        size = SIZES.get(by, 1) or (1 if self._has_no_micro_steps else 0)
        if size:
            whole = -1 if count < 0 and self.micro else 0  # back from within a step: to its beginning first
            self._stand(min(max(self.done + size * count - size * whole, 0), self.steps))
            return
        for _ in range(abs(count)):
            self._micro_forward() if count > 0 else self._micro_back()
        self.moved.emit()

    def _micro_forward(self) -> None:
        if self.is_at_end or not self.micro_count:
            return
        self.micro += 1
        if self.micro >= self.micro_count:
            self.done, self.micro = self.done + 1, 0

    def _micro_back(self) -> None:
        if self.micro:
            self.micro -= 1
        elif self.done and self.micro_count:
            self.done, self.micro = self.done - 1, self.micro_count - 1
