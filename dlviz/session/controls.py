"""Controls: what is asked of the worker without an edit of the document."""

from dlviz.session import commands as cmd
from dlviz.session.checking import CancelCheck, CheckGradients
from dlviz.session.messages import FinishPhase, Granularity, Interest, Look, Pause, Play, Seek, StepBy, Watch
from dlviz.session.worker import Worker


class Controls:
    """Sends the worker through time, through a batch and through checks; each call is one message."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def _send(self, command: object) -> None:
        self._worker.commands.put(command)

    def tick(self) -> None:
        """Say that the window is awake; one that ticks, and then does not for a while, has the computer to itself."""
        self._worker.precedence.tick()

    def play(self, by: Granularity = "batch", rate: float = float("inf")) -> None:
        """Run by steps of this size, at this many a second."""
        self._send(Play(by, rate))

    def pause(self) -> None:
        """Stop after the chunk in hand."""
        self._send(Pause())

    def step(self, by: Granularity, direction: int = 1) -> None:
        """Go one step of this size forward or back."""
        self._send(StepBy(by, direction))

    def walk_to(self, cursor: int) -> None:
        """Stand after so many steps of the batch in hand."""
        self._send(cmd.WalkTo(cursor))

    def finish_phase(self) -> None:
        """Walk to the end of the phase in hand."""
        self._send(FinishPhase())

    def look(self, sample: int) -> None:
        """Look at another example of the batch in hand."""
        self._send(Look(sample))

    def seek(self, step: int) -> None:
        """Go to a recorded step."""
        self._send(Seek(step))

    def home(self) -> None:
        """Go to the first recorded step."""
        self._send(Seek(0))

    def end(self) -> None:
        """Go to the last recorded step."""
        self._send(Seek(last=True))

    def check_gradients(self, holds_draws: bool = False) -> None:
        """Compare the gradients of the batch in hand with central differences; the run pauses for it."""
        self._send(CheckGradients(holds_draws))

    def cancel_check(self) -> None:
        """Stop the gradient check; what was compared stays."""
        self._send(CancelCheck())

    def bring_back_run(self, uid: int) -> None:
        """Put a run that was taken out into the list again."""
        self._send(cmd.BringBackRun(uid))

    def cancel_experiment(self) -> None:
        """End the trainings of the experiment; those that are over stay."""
        self._send(cmd.CancelExperiment())

    def clear_experiment(self) -> None:
        """Forget the experiment; runs that were opened from it stay."""
        self._send(cmd.ClearExperiment())

    def watch(self, interest: Interest) -> None:
        """Say what the visible panels want computed."""
        self._send(Watch(interest))
