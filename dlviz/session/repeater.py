"""One row run through the network again and again: what masks and the statistics of batches make of it."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import to_host
from dlviz.core.choice import chosen
from dlviz.core.execute import run as walk
from dlviz.core.memory import Memory
from dlviz.core.program import Binding, lower
from dlviz.core.randomness import permutations
from dlviz.session.repeats import FloatArray, RepeatQuestion, Repeats
from dlviz.session.run import Run

TIMES = 64  # passes of the row, each in other company and with another mask
LARGE = 2**21  # activations of a batch; above, the row passes fewer times
FEW_TIMES = 8
SHAPE_ROWS = 256  # training rows whose normalised values are told


class Repeater:
    """Answers a question once for every place of a run."""

    def __init__(self) -> None:
        self._at: tuple[object, ...] = ()
        self._told: Repeats | None = None

    def look(self, run: Run, question: RepeatQuestion) -> Repeats | None:
        """Return what comes of the row; None where the network has no such layer any more."""
        network = run.network.document.network
        if question.layer not in {layer.id for layer in network.layers} or question.row >= run.prepared.dataset.n:
            return None
        cursor = None if run.walk is None else run.walk.cursor
        at = (run.segment.uid, run.step, cursor, question)
        if at != self._at:
            self._at, self._told = at, _repeated(run, question)
        return self._told


def _repeated(run: Run, question: RepeatQuestion) -> Repeats:
    trainer, document = run.network, run.network.document
    program = lower(document.network, mode="forward", training=question.is_training, slip=document.training.slip)
    memory = Memory(program.layout, chosen("sgd"), (), dtype=trainer.dtype, seed=document.seed)
    memory.load(run.parameters())
    train = run.prepared.train
    others = train[train != question.row]
    size = min(document.training.batch_size, len(train))
    binding = program.bind(memory, size)
    times = FEW_TIMES if binding.buffers.size > LARGE else TIMES
    company = permutations(document.seed, "company of a row", len(others), 0, times)[:, : size - 1]
    passes, kept = [], None
    for number, places in enumerate(company):
        memory.position.move(number)
        _walk(run, binding, np.array([question.row, *others[places]], dtype=np.intp))
        passes.append(np.array(to_host(binding.buffers.activation(question.layer))[:, 0], dtype=np.float64))
        kept = _column(binding, f"{question.layer}.mask") if kept is None else kept
    values = np.array(passes)
    shape = program.bind(memory, min(len(train), SHAPE_ROWS))
    _walk(run, shape, np.asarray(train[: shape.columns], dtype=np.intp))
    return Repeats(
        question, times, size, values.mean(axis=0), values.std(axis=0), kept, _written(shape, f"{question.layer}.z_hat")
    )


def _walk(run: Run, binding: Binding, rows: NDArray[np.intp]) -> None:
    binding.load(run.prepared.inputs[rows], None)
    with np.errstate(all="ignore"):
        walk(binding.calls)


def _written(binding: Binding, name: str) -> FloatArray | None:
    """Return what a pass wrote by this name, a row a unit; None where it writes nothing so."""
    if not any(name in each.writes for each in binding.program.instructions):
        return None
    return np.array(to_host(binding.array(name)), dtype=np.float64).reshape(-1, binding.columns)


def _column(binding: Binding, name: str) -> FloatArray | None:
    found = _written(binding, name)
    return None if found is None else found[:, 0]
