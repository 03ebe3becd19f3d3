"""Position: which batch a program is about to run, so that random draws can be addressed by it."""

from dlviz.core.array import Array, Workspace
from dlviz.core.randomness import Stream


class Position:
    """The seed of a run, the number of the batch in it, and how many examples a full batch has.

    Draws read it when they run. number: epoch · batches per epoch + batch. It is set before a batch's
    calls run, and only where a program draws.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.number = 0

    def move(self, number: int) -> None:
        """Stand before this batch."""
        self.number = number


class Draw:
    """Fills an array of (units, n) with uniform numbers in [0, 1) addressed by seed, node and batch.

    Example i of a batch gets the same numbers however many examples follow it. Numbers are drawn on the
    host for every array module, so a network drops the same units on each.
    """

    def __init__(self, position: Position, purpose: str, workspace: Workspace, out: Array) -> None:
        self._position = position
        self._stream = Stream(position.seed, purpose)
        self._workspace = workspace
        self._out = out

    def __call__(self) -> None:
        """Draw the numbers of the batch at the position."""
        units, n = self._out.shape
        numbers = self._stream.uniforms(self._position.number, n * units).reshape(n, units).T
        self._out[...] = self._workspace.xp.asarray(numbers, dtype=self._workspace.dtype)
