"""What frames show: maps, predictions, measurements and peeks, computed beside the run, never in it."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.core.trace import Trace
from dlviz.session.hidden_space import INPUT, HiddenSpace, Laid, Projections, grid_lines
from dlviz.session.history import Measured
from dlviz.session.looks import Estimate
from dlviz.session.measure import (
    Examples,
    examples,
    has_classes,
    measure_rows,
    measured_examples,
    penalty_of,
)
from dlviz.session.messages import Drawn, Interest, Maps
from dlviz.session.plane import MAX_MAP_NUMBERS, affordable, cells_of, extent_of, on_plane, plane_key, principal_of
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer

MAX_MEASURED = 5_000  # rows a measurement looks at while training; beyond, every k-th row is taken
MAX_COMPARED = 256  # training rows by whose answers units are compared
MAX_HIDDEN_ROWS = 1_000  # whose places in every layer are shown
HIDDEN_GRID = (13, 41)  # lines of the grid each way, and points along each
MAX_GRID_INPUTS = 12  # with more a grid over two of them says little


class Pictures:
    """Computes one segment's pictures on bindings of its own; call `follow` when the run moved on."""

    def __init__(self) -> None:
        self._trainer: Trainer | None = None
        self._uid = -1
        self._maps: Evaluator | None = None
        self._exact: Evaluator | None = None
        self._measured: list[Examples] = []
        self._is_penalised = False
        self._scratch: Trainer | None = None
        self._grids: dict[tuple[Any, ...], NDArray[np.float64]] = {}
        self._hidden: tuple[tuple[Any, ...], Laid] | None = None
        self._projections = Projections()

    def follow(self, run: Run) -> None:
        """Use the segment at the run's playhead."""
        if self._trainer is run.trainer:
            return
        trainer = run.network
        self._trainer = trainer
        document = trainer.document
        network, plan, seed = document.network, document.training, document.seed
        self._maps = Evaluator(network, slip=plan.slip, seed=seed)
        self._exact = Evaluator(network, plan.objective, trainer.dtype, slip=plan.slip, seed=seed)
        prepared = run.trainer.prepared
        # Never the test rows: whoever watches them while training chooses by them.
        parts = prepared.train, prepared.validation
        self._measured = [examples(run.network, _thinned(rows)) for rows in parts]
        self._is_penalised = not math.isnan(penalty_of(trainer, trainer.read()))
        self._scratch = None
        self._grids.clear()
        self._hidden = None
        self._projections.clear()

    @property
    def trainer(self) -> Trainer:
        """The trainer that is followed."""
        assert self._trainer is not None
        return self._trainer

    def _theta(self, run: Run) -> dict[str, Any] | None:
        return run.parameters() if run.walk else None

    def _use(self, evaluator: Evaluator, run: Run) -> Evaluator:
        walked = self._theta(run)
        if walked is None:
            evaluator.use(to_host(self.trainer.memory.vectors["theta"]))
        else:
            evaluator.load(walked)
        return evaluator

    def maps(self, run: Run, interest: Interest) -> Maps:
        """Return every unit's response over the plane, and the output's at a finer grid."""
        assert self._maps is not None
        evaluator = self._use(self._maps, run)
        d = self.trainer.prepared.dataset.d
        side, fine = affordable(interest.grid, d), affordable(interest.output_grid, d)
        units = {
            node: values.reshape(-1, side, side)
            for node, values in evaluator.responses(self._grid(interest, side)).items()
        }
        points, node = self._grid(interest, fine), evaluator.program.output
        sums = evaluator.sums(node, points) if interest.is_logits else None
        prepared = self.trainer.prepared
        extent, principal = extent_of(interest, prepared), principal_of(interest, prepared)
        if sums is not None:
            return Maps(units, sums.reshape(-1, fine, fine), extent, is_logits=True, principal=principal)
        if fine == side:
            return Maps(units, units[node], extent, principal=principal)
        output = evaluator.outputs(points).T.reshape(-1, fine, fine)
        return Maps(units, output, extent, principal=principal)

    def _grid(self, interest: Interest, side: int) -> NDArray[np.float64]:
        """Return the points of the plane in the network's (scaled) units, (side², d)."""
        key = (*plane_key(interest), side)
        if key not in self._grids:
            self._grids = {k: v for k, v in self._grids.items() if k[:-1] == key[:-1]}
            self._grids[key] = cells_of(interest, self.trainer.prepared, side)
        return self._grids[key]

    def hidden(self, run: Run, interest: Interest) -> HiddenSpace:
        """Return where each layer puts rows of the data (evenly spaced ones of many), and a grid over the plane."""
        assert self._maps is not None
        key = plane_key(interest)
        if self._hidden is None or self._hidden[0] != key:
            self._hidden = key, self._laid(interest)
        laid, layers = self._hidden[1], [self._hidden[1].first]
        for node, values in self._use(self._maps, run).responses(laid.inputs).items():
            layers.append(self._projections.layer(node, values, len(laid.rows), laid.lines, layers[-1].places))
        return HiddenSpace(laid.rows, tuple(layers))

    def _laid(self, interest: Interest) -> Laid:
        """Return what goes through the layers; it stays the same while they learn."""
        prepared = self.trainer.prepared.sample
        dataset = prepared.dataset
        most = max(min(MAX_HIDDEN_ROWS, MAX_MAP_NUMBERS // dataset.d), 2)
        rows = np.arange(0, dataset.n, max(-(-dataset.n // most), 1))
        places, lines = grid_lines(extent_of(interest, prepared), dataset.d, *HIDDEN_GRID)
        if dataset.d > MAX_GRID_INPUTS and not interest.is_principal:
            places, lines = places[:0], (0, lines[1])
        inputs = np.concatenate([prepared.inputs[rows], on_plane(interest, self.trainer.prepared, places)])
        inputs.setflags(write=False)  # so that they stay loaded in the evaluator from one frame to the next
        return Laid(rows, inputs, lines, self._projections.layer(INPUT, inputs.T, len(rows), lines, None))

    def measure(self, run: Run) -> Measured:
        """Return train loss, dev loss, train score, dev score, penalty; NaN without rows or penalties."""
        assert self._exact is not None
        evaluator = self._use(self._exact, run)
        scored = has_classes(self.trainer), self.trainer.threshold
        train, dev = (measure_rows(evaluator, rows, *scored) for rows in self._measured)
        added = penalty_of(self.trainer, evaluator.memory.read()) if self._is_penalised else math.nan
        return train[0], dev[0], train[1], dev[1], added

    def estimate(self, run: Run) -> Estimate | None:
        """Measure the test rows, to which nothing else here looks; None without any."""
        self.follow(run)
        assert self._exact is not None
        rows = self.trainer.prepared.test
        if not len(rows):
            return None
        scored = has_classes(self.trainer), self.trainer.threshold
        found = measure_rows(self._use(self._exact, run), measured_examples(self.trainer, rows), *scored)
        return Estimate(run.step, *found)

    def drawn(self, run: Run, inputs: tuple[float, ...]) -> Drawn | None:
        """Return the answer to one example that is not among the data; None for one of another size."""
        assert self._exact is not None
        prepared = self.trainer.prepared
        if len(inputs) != prepared.dataset.d:
            return None
        outputs = self._use(self._exact, run).outputs(prepared.scaler.apply(np.array([inputs])))
        return Drawn(inputs, _read_only(outputs[0]))

    def responses(self, run: Run, rows: NDArray[np.int64]) -> dict[str, NDArray[np.floating]]:
        """Return the activations (units, n) of every layer for some rows of the data."""
        assert self._exact is not None
        return self._use(self._exact, run).responses(run.prepared.inputs[rows])

    def answers(self, run: Run) -> dict[str, NDArray[np.floating]]:
        """Return the activations (units, n) of every layer for training rows, evenly spread ones of many."""
        train = run.prepared.train
        return self.responses(run, train[:: max(-(-len(train) // MAX_COMPARED), 1)])

    def sums(self, run: Run, node: str, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Return the pre-activations (units, n) of a node for some rows of the data; None where it has none."""
        assert self._exact is not None
        return self._use(self._exact, run).sums(node, run.prepared.inputs[rows])

    def peek(self, run: Run) -> Trace:
        """Return what the next batch would do, from a copy of the run's state."""
        return self.copy_of(run).record()

    def peek_at(self, run: Run, rows: NDArray[np.int64]) -> Trace:
        """Return what a step on these rows would do, from a copy of the run's state."""
        return self.copy_of(run).record_rows([int(row) for row in rows])

    def copy_of(self, run: Run) -> Trainer:
        """Return a trainer of its own that stands where the run does."""
        if self._scratch is None:
            self._scratch = Trainer(run.document, run.prepared, self.trainer)
        self._scratch.restore(run.trainer.state())
        return self._scratch


def _thinned(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[:: max(-(-len(rows) // MAX_MEASURED), 1)]


def _read_only(array: NDArray[np.floating]) -> NDArray[np.floating]:
    array.setflags(write=False)
    return array
