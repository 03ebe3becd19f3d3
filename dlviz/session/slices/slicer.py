"""Slicer: the loss over two weights of a network, all others fixed, coarse first and finer with every frame."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dlviz.core.basins import basins
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.explain import Weight
from dlviz.core.planes import Plane
from dlviz.i18n import tr
from dlviz.session.run import Run
from dlviz.session.slices.result import FloatArray, Slice, SliceQuestion

SIDES = (9, 17, 33, 65)  # points along each side, picture after picture
SECONDS_AT_ONCE = 0.03  # within one frame: other commands must not wait
MOST_ROWS = 2_000  # training rows that count; beyond, every k-th row is taken
LARGE = 10_000  # parameters from which single precision is enough for a picture


class Slicer:
    """Works on one question at a time; another one, or other weights, end the work on it."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._work: Iterator[Slice | None] | None = None
        self._shown: Slice | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether a finer picture is on its way."""
        return self._work is not None

    def look(self, run: Run, question: SliceQuestion) -> Slice | None:
        """Return the finest picture so far of where the run stands; None while there is none at all."""
        values = run.parameters()
        key = (run.segment.uid, question, _digest(values))
        if key != self._key:
            self._key, self._shown = key, None
            self._work = self._begin(run, question, values)
        self._go_on()
        return self._shown

    def _begin(self, run: Run, question: SliceQuestion, values: Mapping[str, Any]) -> Iterator[Slice | None]:
        try:
            return _pictures(run, question, values)
        except DlvizError as error:
            nothing = np.zeros(0)
            self._shown = Slice(question, nothing, nothing, np.zeros((0, 0)), (0.0, 0.0), 0.0, 0, is_finished=True,
                                problem=str(error))  # fmt: skip
            return iter(())

    def _go_on(self) -> None:
        until = time.monotonic() + SECONDS_AT_ONCE
        while self._work is not None and (self._shown is None or time.monotonic() < until):
            try:
                self._shown = next(self._work) or self._shown
            except StopIteration:
                self._work = None


def _digest(values: Mapping[str, Any]) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    for value in values.values():
        found.update(np.ascontiguousarray(value).tobytes())
    return found.digest()


def _pictures(run: Run, question: SliceQuestion, values: Mapping[str, Any]) -> Iterator[Slice | None]:
    """Return an iterator over pictures, None for work in between. Raises: SpecError for weights that cannot be."""
    here = (_value(values, question.across), _value(values, question.up))
    if question.across == question.up:
        raise SpecError(tr("Expected two weights. Received: the same one twice."))
    train = run.prepared.train
    rows = train[:: max(-(-len(train) // MOST_ROWS), 1)]
    document = run.network.document
    size = sum(np.size(value) for value in values.values())
    plane = Plane(
        document.network, document.training.objective, values, (_unit(values, question.across),
        _unit(values, question.up)), (run.prepared.inputs[rows], run.network.targets[rows]),
        "float32" if size > LARGE else "float64",
    )  # fmt: skip
    return _finer(plane, question, here, len(rows))


def _finer(plane: Plane, question: SliceQuestion, here: tuple[float, float], n: int) -> Iterator[Slice | None]:
    loss = float(plane.losses([0.0], [0.0])[0, 0])
    for side in SIDES:
        steps = np.linspace(-question.reach, question.reach, side)
        rows = []
        for row in plane.rows(steps, steps):
            rows.append(row)
            yield None
        losses = np.array(rows)
        is_last = side == SIDES[-1]
        bottoms = tuple((column, row) for row, column in basins(losses)) if is_last else ()
        yield Slice(question, here[0] + steps, here[1] + steps, losses, here, loss, n, bottoms, is_last)


def _value(values: Mapping[str, Any], weight: Weight) -> float:
    array = np.asarray(values[weight.name]) if weight.name in values else None
    is_inside = array is not None and len(weight.entry) == array.ndim and all(
        0 <= at < size for at, size in zip(weight.entry, array.shape, strict=True)
    )  # fmt: skip
    if array is None or not is_inside:
        raise SpecError(tr("Expected a weight of this network. Received: {name}", name=weight.name))
    return float(array[weight.entry])


def _unit(values: Mapping[str, Any], weight: Weight) -> dict[str, FloatArray]:
    """Return the direction in which this weight alone grows."""
    direction = np.zeros(np.shape(values[weight.name]))
    direction[weight.entry] = 1.0
    return {weight.name: direction}
