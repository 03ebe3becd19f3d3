"""Curvature of a loss: Hessian times a vector from two gradients, and the largest eigenvalue by power iteration."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.choice import Choice
from dlviz.core.execute import run
from dlviz.core.explain.passes import FIRST_BATCH, Batch
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
SETTLED = 1e-7  # relative change of the estimate at which more products would bring nothing


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
    """Return the largest eigenvalue of the Hessian at θ: what the rate is multiplied with in rate · λ < 2.

    Power iteration finds the eigenvalue of largest size. Where that is not a positive one (a saddle, a
    summit), it is taken again with the Hessian shifted by that size, which leaves the largest on top.
    """
    first = _power(lambda vector: hessian_vector(gradient, theta, vector), theta, 0.0, (tolerance, most, seed))
    size = float(np.linalg.norm(hessian_vector(gradient, theta, first.direction)))
    if first.has_converged and first.value >= 0:
        return first
    shift = max(size, abs(first.value))
    second = _power(lambda vector: hessian_vector(gradient, theta, vector), theta, shift, (tolerance, most, seed))
    return Curvature(
        second.value, second.direction, second.residual, first.products + second.products + 1, second.has_converged
    )


def _power(product: Gradient, theta: FloatArray, shift: float, limits: tuple[float, int, int]) -> Curvature:
    """Iterate with H + shift until its Rayleigh quotient is an eigenvalue; the value is that of H."""
    tolerance, most, seed = limits
    vector = normals(seed, "power iteration", theta.size)
    # Only directions that move the gradient at all: frozen parameters stay out from the first product on.
    vector = product(vector)
    if not np.any(vector) or not np.all(np.isfinite(vector)):
        return Curvature(float(vector.sum()), np.zeros_like(theta), 0.0, 1, bool(np.all(np.isfinite(vector))))
    value = earlier = np.inf
    for products in range(2, most + 1):
        vector /= np.linalg.norm(vector)
        image = product(vector)
        value = float(vector @ image)
        residual = float(np.linalg.norm(image - value * vector))
        if residual <= tolerance * abs(value + shift) and abs(value - earlier) <= SETTLED * abs(value + shift):
            return Curvature(value, vector, residual, products, True)
        earlier, vector = value, image + shift * vector
    return Curvature(value, vector / np.linalg.norm(vector), residual, most, False)
