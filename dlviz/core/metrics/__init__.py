"""Metrics, one module a family; importing this package registers them all."""

from dlviz.core.metrics import classes, health, ranking, values  # noqa: F401  (registration)
from dlviz.core.metrics.kind import Metric, Observed, Value, check_metrics, measured, metrics, needed, resolve

__all__ = ["Metric", "Observed", "Value", "check_metrics", "measured", "metrics", "needed", "resolve"]
