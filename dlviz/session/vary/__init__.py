"""Vary: a base document, settings that change, seeds and a length, trained beside the session by an executor."""

from dlviz.session.vary.result import Ended, ExperimentView, Stage, Status, Trial
from dlviz.session.vary.spec import Experiment, LengthUnit, Scale, Value, Varied

__all__ = [
    "Ended", "Experiment", "ExperimentView", "LengthUnit", "Scale", "Stage", "Status", "Trial", "Value", "Varied",
]  # fmt: skip
