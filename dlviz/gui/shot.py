"""The window as a picture, drawn offscreen after so many training steps."""

from pathlib import Path
from time import monotonic, sleep

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from dlviz.core.errors import DlvizError, SaveError
from dlviz.core.network import NetworkSpec, sources
from dlviz.gui.application import Running, open_window
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.typeset.view import FormulaView
from dlviz.gui.workspaces import OPTIMIZERS, workspaces
from dlviz.i18n import tr
from dlviz.session.presets import step_document

LONGEST_SECONDS = 120.0
LAYOUT_ROUNDS = 4  # a widget that grows asks the one around it, which asks the next
SETTLE_SECONDS = 0.4  # for the last frame to reach every panel
TRAINING_SECONDS = 2.0  # training is spread over so long, for curves are measured by the clock


def shot(
    file: Path | None,
    out: Path,
    workspace: str = "network",
    size: tuple[int, int] = (1280, 720),
    theme: str = "light",
    steps: int = 0,
) -> None:
    """Draw the window into a PNG file after training `steps` batches, or so many steps of a race.

    Raises: SpecError for an unknown workspace or theme, SaveError where out cannot be written.
    """
    workspaces.get(workspace)
    running = open_window(theme, size=size)
    try:
        running.window.open_panels(workspace)
        if file is not None:
            running.session.open(file)
        elif workspace == "step":
            running.session.new(step_document())
        if workspace == OPTIMIZERS:
            race_to(running, steps)
        else:
            train(running, steps)
        if workspace == "step":
            walk_to_gradient(running)
        running.window.context.selection.select(subject(running.session.document.network, workspace))
        settle(running, SETTLE_SECONDS)
        for view in running.window.findChildren(FormulaView):
            view.finish()
        lay_out()
        picture = running.window.grab()
    finally:
        close(running)
    if not picture.save(str(out), "PNG"):
        raise SaveError(tr("Expected to write a picture to {name}. Received: it could not be written", name=out))


def subject(network: NetworkSpec, workspace: str) -> Selected:
    """Return what is selected in a picture: the first weight in Step, otherwise a unit of the first layer."""
    if not network.layers:
        return NOTHING
    layer = network.layers[0]
    if workspace == "step" and layer.kind == "dense":
        return Selected("link", layer.id, 0, sources(network, layer)[0], 1 if network.inputs[0].shape[0] > 1 else 0)
    return Selected("unit", layer.id, 1 if layer.settings.get("units", 1) > 1 else 0)


def train(running: Running, steps: int) -> None:
    """Train until the run stands at this step. Raises: DlvizError if it does not get there."""
    settle(running, 0.05)
    if steps == 0:
        return
    running.session.play("batch", steps / TRAINING_SECONDS)
    deadline = monotonic() + LONGEST_SECONDS
    while _last_step(running) < steps:
        settle(running, 0.01)
        latest = running.window.bridge.latest
        if latest is not None and latest.state == "paused" and latest.message:
            raise DlvizError(latest.message)
        if monotonic() > deadline:
            raise DlvizError(
                tr("Expected {steps} training steps. Received: {done}", steps=steps, done=_last_step(running))
            )
    running.session.pause()
    running.session.seek(steps)


def race_to(running: Running, steps: int) -> None:
    """Walk the race and stand after so many steps."""
    player, deadline = running.window.context.race, monotonic() + LONGEST_SECONDS
    spec = running.session.document.explicit.race
    while player.race is None or player.race.spec != spec:
        settle(running, 0.01)
        if monotonic() > deadline:
            raise DlvizError(tr("Expected the race to be walked. Received: nothing in time"))
    player.seek(steps)


def walk_to_gradient(running: Running) -> None:
    """Walk the next pass to its last backward operation, where every gradient is known; to its end without any."""
    running.session.walk_to(1)
    settle(running, SETTLE_SECONDS)
    latest = running.window.bridge.latest
    if latest is not None and latest.trace is not None:
        backward = [step.index for step in latest.trace.steps if step.phase == "backward"]
        running.session.walk_to(max(backward, default=len(latest.trace.steps) - 1) + 1)


def _last_step(running: Running) -> int:
    latest = running.window.bridge.latest
    return latest.last_step if latest is not None else 0


def settle(running: Running, seconds: float) -> None:
    """Let the window draw for a while."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        sleep(0.005)


def lay_out() -> None:
    """Give every widget the size that what came last asks for; a picture may fall between the two."""
    for _ in range(LAYOUT_ROUNDS):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def close(running: Running) -> None:
    """Close the window without asking."""
    running.window.quit_without_questions()
    running.window.deleteLater()
    QApplication.processEvents()
