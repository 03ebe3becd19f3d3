"""Whether OpenGL draws the relief: asked of a child process once, remembered, and turned off for good or for once."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from dlviz import __version__
from dlviz.i18n import tr

MODULE = "dlviz.gui.opengl.probe_child"
LIMIT_MS = 8_000  # for the trial; a driver that hangs is no driver
LEAVE_MS = 500
FAST_MS = 10.0  # a picture may take; painting takes 15, and OpenGL without a graphics card 15 to 30
WITHOUT = ("offscreen", "minimal", "vnc", "linuxfb")  # platforms of Qt that have no OpenGL


@dataclass(frozen=True)
class Verdict:
    """What a trial came to: the renderer and the milliseconds of a picture, or why there is none."""

    renderer: str = ""
    milliseconds: float = 0.0
    problem: str = ""
    version: str = __version__

    @property
    def is_valid(self) -> bool:
        """Whether OpenGL is there, and fast enough."""
        return not self.problem and 0 < self.milliseconds <= FAST_MS

    def words(self) -> str:
        """Say why OpenGL is used, or why it is not."""
        if self.problem:
            return tr("The surface is painted without OpenGL: {problem}", problem=self.problem)
        shown = tr("{renderer}, {ms} ms a picture", renderer=self.renderer, ms=round(self.milliseconds, 1))
        if self.is_valid:
            return tr("The surface is drawn by OpenGL ({shown}).", shown=shown)
        return tr("The surface is painted without OpenGL, which is slower here ({shown}).", shown=shown)


def verdict_of(written: Any) -> Verdict | None:
    """Read a verdict that was kept; None for anything else, or of another version."""
    try:
        found = Verdict(**written)
        is_sound = isinstance(found.renderer, str) and isinstance(found.problem, str) and found.milliseconds >= 0
    except TypeError:
        return None
    return found if is_sound and found.version == __version__ else None


class GlChoice(QObject):
    """Knows whether the relief is drawn by OpenGL; `changed` tells when that changes."""

    changed = Signal()
    told = Signal(str)  # a sentence for whoever asked

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.verdict: Verdict | None = None
        self.is_wanted = True
        self._is_asked = False  # by somebody who waits for the answer
        self._trial: QProcess | None = None
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(LIMIT_MS)
        self._limit.timeout.connect(self._stop)

    @property
    def is_used(self) -> bool:
        """Whether OpenGL draws."""
        return self.is_wanted and self.verdict is not None and self.verdict.is_valid

    def kept(self) -> dict[str, Any]:
        """Return what is remembered from start to start."""
        return {"is_wanted": self.is_wanted, "verdict": None if self.verdict is None else asdict(self.verdict)}

    def restore(self, kept: Any) -> None:
        """Take over what was remembered."""
        if isinstance(kept, dict):
            self.is_wanted = kept.get("is_wanted") is not False
            self.verdict = verdict_of(kept.get("verdict"))

    def ask(self) -> None:
        """Try OpenGL, unless that was done before or nobody wants it."""
        if self.is_wanted and self.verdict is None and self._trial is None:
            self._try()

    def toggle(self) -> None:
        """Use OpenGL no longer; or try it anew, and say what came of it."""
        if self.is_used:
            self.is_wanted = False
            self.changed.emit()
            self.told.emit(tr("The surface is painted without OpenGL."))
        else:
            self.is_wanted, self.verdict, self._is_asked = True, None, True
            self.ask()

    def give_up(self, problem: str) -> None:
        """Paint without OpenGL from now on: it failed at work."""
        self._is_asked = True
        self._take(Verdict(problem=problem))

    def _try(self) -> None:
        if QGuiApplication.platformName() in WITHOUT:
            self._take(Verdict(problem=tr("this screen has none.")))
            return
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONPATH", str(Path(__file__).resolve().parents[3]))
        self._trial = QProcess(self)
        self._trial.setProcessEnvironment(environment)
        self._trial.finished.connect(self._finish)
        self._trial.errorOccurred.connect(self._finish)
        QGuiApplication.instance().aboutToQuit.connect(self._end)
        self._trial.start(sys.executable, ["-P", "-m", MODULE])
        self._limit.start()

    @Slot()
    def _stop(self) -> None:
        if self._trial is not None:
            self._trial.kill()

    @Slot()
    def _end(self) -> None:
        """Leave no trial behind when the window goes."""
        trial, self._trial = self._trial, None
        if trial is not None:
            trial.kill()
            trial.waitForFinished(LEAVE_MS)

    @Slot()
    def _finish(self) -> None:
        trial, self._trial = self._trial, None
        self._limit.stop()
        if trial is not None:
            self._take(_read(bytes(trial.readAllStandardOutput().data())))
            trial.deleteLater()

    def _take(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.changed.emit()
        if self._is_asked:
            self._is_asked = False
            self.told.emit(verdict.words())


def _read(output: bytes) -> Verdict:
    """Read what a trial printed; one that printed nothing ended badly, or was ended."""
    try:
        found = json.loads(output)
        name, problem = (str(found.get(each, "")) for each in ("renderer", "problem"))
        return Verdict(name, float(found.get("milliseconds", 0)), problem)
    except (ValueError, AttributeError, TypeError):
        return Verdict(problem=tr("its trial did not end well."))
