"""The loss of a network on a plane through its parameters, θ + a u + b v, row after row."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.array import Array, Call
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import ShapeError
from dlviz.core.execute import run, run_flat
from dlviz.core.inference import activation_of, parameters
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.memory import Memory
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.core.program import Binding, lower
from dlviz.core.randomness import normals

CHUNK_NUMBERS = 2**18  # activations at once, so that they stay in the cache from point to point
Values = Mapping[str, ArrayLike]  # by parameter name


def filter_normalised(
    network: NetworkSpec, values: Values, seed: int, number: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Return a random direction in which every unit's weights are together as long as they are in values.

    Whatever has one number a unit, such as biases, is left out of it. number: 0 and 1 are the axes of a plane.
    Source: Li et al. 2018, section 4.
    """
    found = {}
    for each in parameters(network):
        if len(each.shape) < 2 or not each.is_trainable:
            continue
        drawn = normals(seed, f"direction {number} of {each.name}", each.size).reshape(each.shape[0], -1)
        own = np.asarray(values[each.name], dtype=np.float64).reshape(drawn.shape)
        lengths = np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(drawn, axis=1, keepdims=True)
        found[each.name] = (drawn * lengths).reshape(each.shape)
    return found


class Plane:
    """The loss of fixed rows at points θ + a u + b v of parameter space, as in use and without penalties.

    middle: every parameter of θ. axes: u and v; parameters that they do not name stay. examples: inputs (n, d)
    and targets (n, k). dtype "float32" is right for pictures. Raises: SpecError, ShapeError for what does not fit.
    """

    def __init__(
        self, network: NetworkSpec, loss: Choice | Objective, middle: Values, axes: tuple[Values, Values],
        examples: tuple[ArrayLike, ArrayLike], dtype: str = "float64",
    ) -> None:  # fmt: skip
        inputs, targets = (np.asarray(each) for each in examples)
        n = len(inputs)
        if n == 0 or n != len(targets):
            raise ShapeError(f"Expected a target for every input. Received: {n} inputs, {len(targets)} targets")
        program = lower(network, loss, mode="evaluate")
        memory = Memory(program.layout, chosen("sgd"), (), dtype=dtype)
        vectors = tuple(_flat(memory, values) for values in (middle, *axes))
        self._dtype = dtype
        size = max(1, CHUNK_NUMBERS // sum(math.prod(shape) for shape in program.nodes.values()))
        self._parts = []
        for start in range(0, n, size):
            part = slice(start, start + size)
            binding = program.bind(memory, len(inputs[part]))
            binding.load(inputs[part], targets[part])
            self._parts.append(_Part(binding, vectors, _weights(binding, n)))

    def rows(self, along: ArrayLike, across: ArrayLike) -> Iterator[NDArray[np.float64]]:
        """Yield the losses at all a of along, (len(along),), for one b of across after the other."""
        steps, numbers = (np.asarray(each, dtype=self._dtype) for each in (along, across))
        for b in numbers:
            with np.errstate(all="ignore"):
                found = [part.losses(steps, b) for part in self._parts]
            yield np.sum(found, axis=0)

    def losses(self, along: ArrayLike, across: ArrayLike) -> NDArray[np.float64]:
        """Return the losses at every pair, (len(across), len(along))."""
        return np.array(list(self.rows(along, across)))


class _Line:
    """An array that is linear in the parameters: base + a · slope, where base stands for one row of the plane.

    parts: what it is for θ, u and v.
    """

    def __init__(self, array: Array, parts: Sequence[Array]) -> None:
        self._middle, self._slope, self._across = parts
        self._array, self._base = array, np.empty_like(array)

    def start(self, b: np.generic) -> None:
        """Stand on the row of b."""
        np.multiply(self._across, b, self._base)
        np.add(self._base, self._middle, self._base)

    def at(self, a: Array) -> tuple[Call, ...]:
        """Return the calls that write the array at a, 0-d."""
        return (np.multiply, (self._slope, a, self._array)), (np.add, (self._array, self._base, self._array))


class _Part:
    """Some of the rows. What is linear in the parameters and reads only data is not computed anew at every point."""

    def __init__(self, binding: Binding, vectors: Sequence[Array], weights: NDArray[np.float64]) -> None:
        self._sums, self._weights = binding.buffers.loss_sums, weights
        self._a = binding.memory.workspace.zeros()
        self._lines: list[_Line] = []
        program, read = binding.program, set[str]()
        rest: list[Call] = []
        known, short = {*program.inputs, *program.layout.views}, _short_cuts(binding)
        for instruction, own in zip(program.instructions, binding.step_calls, strict=True):
            calls = short.get((instruction.node, instruction.op), own)
            if instruction.is_linear and known.issuperset(instruction.reads):
                self._lines += [
                    _Line(binding.buffers[name], _images(binding, calls, name, vectors)) for name in instruction.writes
                ]
            else:
                rest += calls
                read |= program.layout.views.keys() & instruction.reads
        # The parameters of later layers; those of the first lie before them and are in the lines already.
        later = slice(min((program.layout.views[name].offset for name in read), default=program.layout.size), None)
        self._lines.append(_Line(binding.memory.vectors["theta"][later], [vector[later] for vector in vectors]))
        moved = (call for line in self._lines for call in line.at(self._a))
        self._calls = [(function, *arguments) for function, arguments in (*moved, *rest)]

    def losses(self, steps: Array, b: np.generic) -> NDArray[np.float64]:
        """Return this part's share of the loss at all a of steps."""
        for line in self._lines:
            line.start(b)
        table = np.empty((len(steps), len(self._sums)))
        for row, step in zip(table, steps, strict=True):
            self._a.fill(step)
            run_flat(self._calls)
            row[:] = self._sums[:, 0]
        return table @ self._weights


def _flat(memory: Memory, values: Values) -> Array:
    theta = memory.vectors["theta"]
    theta.fill(0)
    memory.load(values)
    return theta.copy()


def _weights(binding: Binding, n: int) -> NDArray[np.float64]:
    """Return by what each sum of a part's loss is multiplied in the loss of all n rows."""
    losses = (binding.program.losses or {}).values()
    are_means = np.array([resolve_loss(each.choice)[1]["reduction"] == "mean" for each in losses])
    return binding.buffers.loss_scales * np.where(are_means, binding.columns / n, 1.0)


def _short_cuts(binding: Binding) -> dict[tuple[str, str], tuple[Call, ...]]:
    """Return other calls by (node, op): outputs that nothing but a loss reads need no values if it can do without."""
    found: dict[tuple[str, str], tuple[Call, ...]] = {}
    program, buffers = binding.program, binding.buffers
    for output, each in (program.losses or {}).items():
        entry, _ = resolve_loss(each.choice)
        activation = activation_of(program.network, output)
        n_readers = sum(f"{output}.a" in instruction.reads for instruction in program.instructions)
        if activation is None or activation.kind not in entry.from_sums or n_readers > 1:
            continue
        _, settings = resolve_activation(activation)
        arrays = buffers[f"{output}.z"], buffers.loss_buffers(output)
        calls = tuple(entry.from_sums[activation.kind](buffers.workspace, settings, *arrays))
        found |= {(output, "activate"): (), (output, "loss"): calls, (output, "output_loss"): calls}
    return found


def _images(binding: Binding, calls: Sequence[Call], name: str, vectors: Sequence[Array]) -> list[Array]:
    """Return what the calls write into an array for each of these parameter vectors."""
    found = []
    for vector in vectors:
        binding.memory.vectors["theta"][...] = vector
        run(calls)
        found.append(binding.buffers[name].copy())
    return found
