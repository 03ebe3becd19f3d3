"""Curvature of a loss: Hessian times a vector from two gradients, and the largest eigenvalue by Lanczos's method."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.choice import Choice
from dlviz.core.execute import run
from dlviz.core.explain.passes import FIRST_BATCH, Batch
from dlviz.core.freezing import frozen_entries
from dlviz.core.memory import loaded
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.core.program import lower
from dlviz.core.randomness import normals

FloatArray = NDArray[np.float64]
Gradient = Callable[[FloatArray], FloatArray]

# A central difference errs by step² (truncation) and rounding/step: the sum is smallest near the cube root
# of the rounding error (Nocedal & Wright 2006, sec. 8.1).
STEP = float(np.finfo(np.float64).eps) ** (1 / 3)
TOLERANCE = 1e-3  # relative residual; the eigenvalue itself is then far closer, its error going with the square
MOST_PRODUCTS = 1000
MOST_VECTORS, MOST_NUMBERS = 60, 16_000_000  # of the basis: how many, and how many numbers they have in all
ROUNDING = 1e-7  # of the largest eigenvalue in size: what the central differences leave


@dataclass(frozen=True)
class Curvature:
    """The largest eigenvalue of the Hessian.

    value: it. direction: its unit vector. residual: |Hv − λv|: some eigenvalue lies no further from the
    value than this. products: how many Hessian-vector products were taken. has_converged: the residual is
    below the tolerance.
    """

    value: float
    direction: FloatArray
    residual: float
    products: int
    has_converged: bool


class LossGradient:
    """The gradient of a network's loss on fixed rows, as a function of all parameters in one flat vector.

    Frozen parameters and running statistics have gradient 0. Arguments are those of `differentiate`;
    frozen: names of parameters or layers. Raises: SpecError, ShapeError for what does not fit.
    """

    def __init__(
        self,
        network: NetworkSpec,
        loss: Choice | Objective,
        parameters: Mapping[str, ArrayLike],
        rows: tuple[ArrayLike, ArrayLike],
        frozen: Iterable[str] = (),
        training: bool = True,
        batch: Batch = FIRST_BATCH,
    ) -> None:
        inputs, targets = (np.asarray(each, dtype=np.float64) for each in rows)
        program = lower(network, loss, Choice("sgd"), mode="gradient", training=training)
        self._binding = program.bind(loaded(program.layout, parameters, batch.seed, batch.number), len(inputs))
        self._binding.load(inputs, targets)
        names = set(frozen)
        self._shut = [
            program.layout.views[each.name]
            for each in program.layout.parameters
            if each.name in names or each.layer in names or not each.is_trainable
        ]
        self._entries = [
            (program.layout.views[name], places)
            for name, places in frozen_entries(names).items()
            if name in program.layout.views
        ]
        self.theta: FloatArray = self._binding.memory.vectors["theta"].copy()

    def __call__(self, theta: FloatArray) -> FloatArray:
        """Return dL/dθ at a flat vector θ, as a new array."""
        vectors = self._binding.memory.vectors
        vectors["theta"][...] = theta
        with np.errstate(all="ignore"):
            run(self._binding.calls)
        found: FloatArray = vectors["grad"].copy()
        for view in self._shut:
            view.of(found, np)[...] = 0
        for view, places in self._entries:
            for place in places:
                view.of(found, np)[place] = 0
        return found


def hessian_vector(gradient: Gradient, theta: FloatArray, vector: FloatArray) -> FloatArray:
    """Return H v ≈ (∇L(θ + h v) − ∇L(θ − h v)) / 2h with h = ∛eps · (1 + |θ|) / |v|.

    Exact to rounding for quadratic losses; where a unit with a kink switches between the two points there
    is no Hessian and the quotient is one over the kink. Source: Pearlmutter 1994, eq. 2 (its central form).
    """
    size = float(np.linalg.norm(vector))
    if size == 0:
        return np.zeros_like(vector)
    step = STEP * (1 + float(np.linalg.norm(theta))) / size
    product: FloatArray = (gradient(theta + step * vector) - gradient(theta - step * vector)) / (2 * step)
    return product


def largest_curvature(
    gradient: Gradient, theta: FloatArray, tolerance: float = TOLERANCE, most: int = MOST_PRODUCTS, seed: int = 0
) -> Curvature:
    """Return the largest eigenvalue of the Hessian at θ, with its sign: what the rate is multiplied with in rate · λ.

    Plain descent settles below 2 and runs away beyond (LeCun, Simard & Pearlmutter 1993).
    """
    work = curvature_in_parts(gradient, theta, tolerance, most, seed)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: Curvature = done.value
            return found


def curvature_in_parts(
    gradient: Gradient, theta: FloatArray, tolerance: float = TOLERANCE, most: int = MOST_PRODUCTS, seed: int = 0
) -> Generator[None, None, Curvature]:
    """Find what `largest_curvature` finds, with a pause after every product, so that somebody may stop it.

    Lanczos's method, begun anew from the best vector so far when its basis is full.
    """
    # Only directions that move the gradient at all: frozen parameters stay out from the first product on.
    vector = hessian_vector(gradient, theta, normals(seed, "lanczos", theta.size))
    yield
    if not np.any(vector) or not np.all(np.isfinite(vector)):
        return Curvature(float(vector.sum()), np.zeros_like(theta), 0.0, 1, bool(np.all(np.isfinite(vector))))
    products, size = 1, max(min(MOST_VECTORS, MOST_NUMBERS // theta.size), 2)
    while True:
        found = yield from _lanczos(
            lambda each: hessian_vector(gradient, theta, each), vector, min(size, most - products), tolerance
        )
        products, vector = products + found.products, found.direction
        if found.has_converged or products >= most:
            return Curvature(found.value, vector, found.residual, products, found.has_converged)


def _lanczos(product: Gradient, start: FloatArray, size: int, tolerance: float) -> Generator[None, None, Curvature]:
    """Project H on at most `size` vectors that start and its products span; return its largest value there.

    Source: Golub & Van Loan 2013, algorithm 10.1.1, with every vector made orthogonal to all before.
    """
    basis = np.empty((size, start.size))
    basis[0] = start / np.linalg.norm(start)
    projected = np.zeros((size + 1, size + 1))
    for last in range(size):
        image = product(basis[last])
        yield
        known = basis[: last + 1]
        projected[last, last] = basis[last] @ image
        for _ in range(2):  # the first leaves rounding errors behind
            image -= known.T @ (known @ image)
        beside = float(np.linalg.norm(image))
        values, vectors = np.linalg.eigh(projected[: last + 1, : last + 1])
        value, share = float(values[-1]), vectors[:, -1]
        residual = beside * abs(float(share[-1]))
        has_converged = residual <= max(tolerance * abs(value), ROUNDING * float(np.abs(values).max()))
        if has_converged or last + 1 == size:
            break
        basis[last + 1] = image / beside
        projected[last, last + 1] = projected[last + 1, last] = beside
    return Curvature(value, known.T @ share, residual, last + 1, has_converged)
