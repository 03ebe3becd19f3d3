"""How close values are: R² and the mean absolute error."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.metrics.kind import Metric, metrics


def explained(outputs: NDArray[np.floating], targets: NDArray[np.floating]) -> float:
    """Return R² = 1 − Σ(y − a)²/Σ(y − ȳ)² over all columns; NaN without rows or without spread."""
    if len(targets) == 0:
        return float("nan")
    # Outputs of a diverged run overflow here: an infinite error is the answer, not a warning.
    with np.errstate(all="ignore"):
        away, error = targets - targets.mean(axis=0), targets - outputs
        spread = float(np.vdot(away, away))
        return 1 - float(np.vdot(error, error)) / spread if spread > 0 else float("nan")


def absolute_error(outputs: NDArray[np.floating], targets: NDArray[np.floating]) -> float:
    """Return the mean of |y − a| over rows and columns; NaN without rows."""
    return float(np.mean(np.abs(targets - outputs))) if targets.size else float("nan")


R2 = metrics.add(
    Metric(
        "r2", "Coefficient of determination R²", r"1 - \frac{\sum (y - \hat{y})^2}{\sum (y - \bar{y})^2}",
        lambda observed, _: explained(observed.outputs, observed.targets),
        source="Draper & Smith 1998, chapter 1",
    )
)  # fmt: skip
MAE = metrics.add(
    Metric(
        "mae", "Mean absolute error", r"\frac{1}{n k} \sum |y - \hat{y}|",
        lambda observed, _: absolute_error(observed.outputs, observed.targets),
        source="Willmott & Matsuura 2005",
    )
)  # fmt: skip
