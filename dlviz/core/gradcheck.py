"""Gradient check: central differences against what backward computes, per parameter, in float64."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.inference import activation_of
from dlviz.core.layers import layers
from dlviz.core.memory import loaded
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective, natural_objective
from dlviz.core.probe import Check, Probe
from dlviz.core.program import lower
from dlviz.core.randomness import permutations

TEXTBOOK_EPS = 1e-7  # the distance courses use: rounding grows to 1e-9, truncation no longer matters
TOLERANCE = 1e-6  # largest ratio that passes
#: Largest ratio of each verdict, as courses teach them; what is above the last is a bug.
BANDS: tuple[tuple[float, str], ...] = ((1e-7, "great"), (1e-5, "acceptable"), (1e-3, "check"))
BUG = "bug"
ROUNDING_ALONE = "rounding"  # verdict on a gradient so small that rounding of the loss explains the difference

AS_USUAL = Check()

Array = NDArray[np.float64]


def ratio_of(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """Return ‖a − n‖ / (‖a‖ + ‖n‖) of two gradients of one shape; 0 where both vanish.

    Source: curriculum BPR-24.
    """
    a, n = (np.asarray(each, dtype=np.float64).ravel() for each in (analytic, numeric))
    size = float(np.linalg.norm(a) + np.linalg.norm(n))
    return float(np.linalg.norm(a - n)) / size if size else 0.0


def verdict(ratio: float, bands: Sequence[tuple[float, str]] = BANDS) -> str:
    """Return the word of the first band that holds a ratio; "bug" above all of them and for NaN."""
    return next((word for largest, word in bands if ratio <= largest), BUG)


@dataclass(frozen=True)
class GradCheckRow:
    """One parameter's comparison; arrays have the parameter's shape.

    ratio: ‖a − n‖ / (‖a‖ + ‖n‖) over the coordinates that were compared, 0 where both vanish.
    probed: False at coordinates that were not drawn. compared: False there, and at coordinates that were
    skipped because a unit switched between the probes; numeric is NaN at both. error: ‖a − n‖.
    noise: the error that rounding of the loss alone explains.
    """

    name: str
    ratio: float
    analytic: Array
    numeric: Array
    probed: NDArray[np.bool_]
    compared: NDArray[np.bool_]
    error: float
    noise: float

    @property
    def at_kinks(self) -> int:
        """Number of probed coordinates that were skipped."""
        return int(self.probed.sum()) - int(self.compared.sum())

    @property
    def skipped(self) -> float:
        """Share of the probed coordinates that were skipped."""
        return self.at_kinks / int(self.probed.sum())

    @property
    def norms(self) -> tuple[float, float]:
        """‖a‖ and ‖n‖ over the coordinates that were compared."""
        with np.errstate(over="ignore"):  # infinite in a run that is about to break
            a, n = (float(np.linalg.norm(each[self.compared])) for each in (self.analytic, self.numeric))
        return a, n

    def worst(self, most: int) -> tuple[tuple[int, ...], ...]:
        """Return the places where the two differ most, worst first, NaN before all; none that was not compared."""
        difference = np.abs(self.analytic - self.numeric)
        difference[np.isnan(difference)] = np.inf
        difference[~self.compared] = -1.0
        order = np.argsort(-difference, axis=None, kind="stable")[: min(most, int(self.compared.sum()))]
        return tuple(tuple(map(int, np.unravel_index(place, difference.shape))) for place in order)

    def passes(self, tolerance: float = TOLERANCE) -> bool:
        """Say whether the two agree, or differ by rounding alone (a gradient that is almost zero)."""
        return self.ratio <= tolerance or self.error <= self.noise

    def verdict(self, bands: Sequence[tuple[float, str]] = BANDS) -> str:
        """Return the word for this row's ratio, or that rounding alone explains it."""
        word = verdict(self.ratio, bands)
        return ROUNDING_ALONE if word != bands[0][1] and self.error <= self.noise else word


@dataclass(frozen=True)
class GradCheckReport:
    """Rows worst first, and the verdict over all of them."""

    rows: tuple[GradCheckRow, ...]

    @property
    def passed(self) -> bool:
        """Say whether every row passes."""
        return all(row.passes() for row in self.rows)

    @property
    def skipped(self) -> float:
        """Share of all probed coordinates that were skipped."""
        total = sum(int(row.probed.sum()) for row in self.rows)
        return sum(row.at_kinks for row in self.rows) / total if total else 0.0

    @property
    def ratio(self) -> float:
        """The ratio of the gradients of all parameters as one long vector."""
        return _joined_ratio(self.rows)

    @property
    def layers(self) -> dict[str, float]:
        """The ratio of every layer's gradients, worst first."""
        names = dict.fromkeys(row.name.partition(".")[0] for row in self.rows)
        ratios = {
            layer: _joined_ratio([row for row in self.rows if row.name.partition(".")[0] == layer]) for layer in names
        }
        return dict(sorted(ratios.items(), key=lambda item: _badness(item[1]), reverse=True))


def gradcheck(
    network: NetworkSpec,
    loss: Choice | Objective,
    parameters: Mapping[str, ArrayLike],
    inputs: Array,
    targets: Array,
    how: Check = AS_USUAL,
) -> GradCheckReport:
    """Compare every entry of every gradient with (L(w + eps) − L(w − eps)) / 2 eps; L includes penalties.

    loss: one for all outputs, or one for each. parameters: all by name. inputs: (n, d), those of several
    nodes side by side. targets: (n, k) as the losses read them. Where a unit or the loss passes a kink
    between the two probes no derivative exists and the entry is left out.
    Raises: SpecError, ShapeError for a network, parameters or data that do not fit.
    Source: curriculum BPR-24, BPR-25.
    """
    check = GradCheck(network, loss, parameters, inputs, targets, how)
    while check.done < check.total:
        check.advance()
    return check.report()


class GradCheck:
    """A check in hand, for those who show how far it is: it compares one entry after the other.

    done, total: how many entries are compared, and how many will be.
    """

    def __init__(
        self,
        network: NetworkSpec,
        loss: Choice | Objective,
        parameters: Mapping[str, ArrayLike],
        inputs: Array,
        targets: Array,
        how: Check = AS_USUAL,
    ) -> None:
        if not how.eps > 0:
            raise SpecError(f"Expected eps above 0. Received: eps={how.eps!r}")
        # Gradients are those of the natural logarithm, whatever base the loss is shown in.
        losses = natural_objective(network, loss)
        program = lower(network, losses, Choice("sgd"), mode="gradient", slip=how.slip)
        if program.draws and not how.holds_draws:
            _refuse_draws(network)
        binding = program.bind(loaded(program.layout, parameters, how.seed, how.number), len(inputs))
        binding.load(inputs, targets)
        with np.errstate(all="ignore"):
            run(binding.calls)
        gradients = binding.memory.read("grad")
        self._analytic = {name: gradients[name] for name in program.layout.trainable}
        self._numeric = {name: np.full(each.shape, np.nan) for name, each in self._analytic.items()}
        self._compared = {name: np.zeros(each.shape, dtype=bool) for name, each in self._analytic.items()}
        self._probed = {name: _drawn(name, each.shape, how) for name, each in self._analytic.items()}
        self._probe = Probe(network, losses, binding, how)
        self._ahead = (
            (name, place) for name, drawn in self._probed.items() for place in zip(*np.nonzero(drawn), strict=True)
        )
        self.done, self.total = 0, sum(int(drawn.sum()) for drawn in self._probed.values())

    def advance(self) -> None:
        """Compare the next entry; there must be one."""
        name, place = next(self._ahead)
        with np.errstate(all="ignore"):
            slope = self._probe.slope(name, place)
        if slope is not None:
            self._numeric[name][place], self._compared[name][place] = slope, True
        self.done += 1

    def report(self) -> GradCheckReport:
        """Return what was found, over the entries compared so far."""
        with np.errstate(all="ignore"):
            rows = [self._row(name) for name in self._analytic]
        rows.sort(key=lambda row: _badness(row.ratio), reverse=True)
        return GradCheckReport(tuple(rows))

    def _row(self, name: str) -> GradCheckRow:
        analytic, numeric, compared = self._analytic[name], self._numeric[name], self._compared[name]
        a, n = analytic[compared], numeric[compared]
        noise = self._probe.noise * float(np.sqrt(analytic.size))
        error = float(np.linalg.norm(a - n))
        return GradCheckRow(name, ratio_of(a, n), analytic, numeric, self._probed[name], compared, error, noise)


def _drawn(name: str, shape: tuple[int, ...], how: Check) -> NDArray[np.bool_]:
    """Return which entries of a parameter are probed."""
    size = int(np.prod(shape))
    if not how.most or size <= how.most:
        return np.ones(shape, dtype=bool)
    drawn = np.zeros(size, dtype=bool)
    drawn[permutations(how.seed, f"gradient check of {name}", size, 0, 1)[0, : how.most]] = True
    return drawn.reshape(shape)


def _joined_ratio(rows: Sequence[GradCheckRow]) -> float:
    if not rows:
        return 0.0
    analytic = np.concatenate([row.analytic[row.compared] for row in rows])
    return ratio_of(analytic, np.concatenate([row.numeric[row.compared] for row in rows]))


def _badness(ratio: float) -> float:
    return np.inf if np.isnan(ratio) else ratio


def _refuse_draws(network: NetworkSpec) -> None:
    for layer in network.layers:
        chosen = activation_of(network, layer.id)
        if layers.get(layer.kind).draws or (chosen is not None and activations.get(chosen.kind).draws):
            raise SpecError(
                f"Expected a network that draws nothing while it is checked. Received: {layer.kind}",
                "Two probes with two masks would compare two networks: hold one mask, or take the layer out.",
                layer.id,
            )
