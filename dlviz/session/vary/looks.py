"""What is seen of a network at the ends of its training: activations layer by layer, and the curve that it fitted."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import resolve
from dlviz.core.array import to_host
from dlviz.core.choice import Choice
from dlviz.core.evaluate import Evaluator
from dlviz.core.inference import activation_of, parameters
from dlviz.core.initializers import spread_of, variance_of_sum
from dlviz.core.layers.kind import ParameterSpec
from dlviz.core.metrics import Observed, measured
from dlviz.core.network import NetworkSpec
from dlviz.data.dataset import Dataset
from dlviz.session.edits.whole import is_chain
from dlviz.session.trainer import Trainer

FloatArray = NDArray[np.float64]
LOOKED_ROWS = 1_000
FIT_POINTS = 201
NEARLY = 0.9
NODES = 64  # of the quadrature
PASSED = ("dropout", "batch_norm")  # kinds behind a dense layer that theory may find there


@dataclass(frozen=True, eq=False)
class FirstActivations:
    """Activations at the first weights, layer by layer with weights.

    layers: their ids. measured, theory (L,): root mean square over units and training rows, and what theory expects
    for random weights and wide layers, NaN where it has no answer. saturated: share of the activations of hidden
    layers that lie near an end of their function, NaN where no function has ends.
    """

    layers: tuple[str, ...]
    measured: FloatArray
    theory: FloatArray
    saturated: float


def first_activations(trainer: Trainer) -> FirstActivations:
    """Look at a trainer before its first step."""
    rows = _thinned(trainer.prepared.train)
    inputs = np.asarray(trainer.prepared.inputs[rows], dtype=np.float64)
    network = trainer.document.network
    responses = _evaluator(trainer).responses(inputs)
    weighed = {each.layer: each for each in parameters(network) if each.is_weight}
    layers = tuple(layer.id for layer in network.layers if layer.id in weighed)
    found = np.array([math.sqrt(float(np.mean(np.square(responses[layer])))) for layer in layers])
    return FirstActivations(layers, found, _theory(network, weighed, layers, inputs), _saturated(trainer, responses))


def _evaluator(trainer: Trainer) -> Evaluator:
    document = trainer.document
    evaluator = Evaluator(document.network, dtype="float64", slip=document.training.slip, seed=document.seed)
    evaluator.use(to_host(trainer.memory.vectors["theta"]))
    return evaluator


def _thinned(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[:: -(-len(rows) // LOOKED_ROWS)]


def _theory(
    network: NetworkSpec, weighed: dict[str, ParameterSpec], layers: tuple[str, ...], inputs: FloatArray
) -> FloatArray:
    """Return the root mean square that each layer should have, for a chain of dense layers.

    A sum of many independent terms is nearly normal, so E[a²] = E[φ(√v Z)²] with v the variance of the sum and Z a
    standard normal number, by Gauss-Hermite quadrature. Source: Poole et al. 2016, equation 3; He et al. 2015.
    """
    square, found = float(np.mean(np.square(inputs))), list[float]()
    kinds = {layer.id: layer.kind for layer in network.layers}
    if not is_chain(network) or any(kind not in ("dense", *PASSED) for kind in kinds.values()):
        return np.full(len(layers), math.nan)
    for layer in layers:
        square = _next_square(network, weighed[layer], square)
        found.append(math.sqrt(square) if square >= 0 else math.nan)
    return np.array(found)


def _next_square(network: NetworkSpec, weight: ParameterSpec, square: float) -> float:
    """Return the mean square of activations behind weights, for inputs of this mean square; NaN: theory cannot say."""
    if spread_of(weight.initializer, weight.fan).mean:
        return math.nan
    entry, settings = resolve(activation_of(network, weight.layer) or Choice("linear"))
    if not entry.is_elementwise or math.isnan(square):
        return math.nan
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    sums = math.sqrt(variance_of_sum(weight.initializer, weight.fan, square)) * nodes
    return float(np.sum(weights * np.square(entry.value(sums, settings))) / np.sum(weights))


def _saturated(trainer: Trainer, responses: dict[str, NDArray[np.floating]]) -> float:
    network = trainer.document.network
    hidden = {layer.id: responses[layer.id] for layer in network.layers[:-1]}
    nothing = np.empty((0, 0))
    observed = Observed(nothing, nothing, network=network, activations=hidden)
    shares = measured([Choice("saturated_units")], observed)["saturated_units"]
    known = list(shares.values()) if isinstance(shares, dict) else []
    return float(np.mean(known)) if known else math.nan


def linear_share(trainer: Trainer) -> float:
    """Return the share of sums before hidden units that lie where the activation is nearly a straight line.

    There its slope is at least `NEARLY` of its slope at 0. Only for functions that are bent and smooth there, such as
    sigmoid and tanh; NaN without one (curriculum REG-08).
    """
    inputs = np.asarray(trainer.prepared.inputs[_thinned(trainer.prepared.train)], dtype=np.float64)
    network, evaluator, shares = trainer.document.network, _evaluator(trainer), list[float]()
    for layer in network.layers[:-1]:
        entry, settings = resolve(activation_of(network, layer.id) or Choice("linear"))
        sums = evaluator.sums(layer.id, inputs) if entry.is_elementwise and math.isfinite(entry.high) else None
        if sums is not None and entry.has_gradient:
            at_zero = float(entry.slope(np.zeros(1), settings)[0])
            shares.append(float(np.mean(entry.slope(sums, settings) >= NEARLY * at_zero)))
    return float(np.mean(shares)) if shares else math.nan


def is_curve(dataset: Dataset) -> bool:
    """Say whether what is learned is a curve: one input, one measured target."""
    return dataset.task == "regression" and dataset.d == 1 and dataset.n_outputs == 1


def fitted_curve(trainer: Trainer) -> FloatArray | None:
    """Return inputs and outputs (2, k) along the range of the data, for one input and one measured target; else None.

    Inputs as they were measured, before scaling.
    """
    prepared = trainer.prepared
    dataset = prepared.dataset
    if not is_curve(dataset):
        return None
    x = np.linspace(float(dataset.inputs.min()), float(dataset.inputs.max()), FIT_POINTS)
    outputs = _evaluator(trainer).outputs(prepared.scaler.apply(x[:, None]))
    return np.stack([x, outputs[:, 0].astype(np.float64)])
