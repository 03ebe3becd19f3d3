"""Between a run's state and the named arrays of a project file."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from dlviz.data.spec import DataSpec
from dlviz.session.commands import Answer
from dlviz.session.document import Document, handle
from dlviz.session.files.project_file import Project, SavedState
from dlviz.session.format.watched import watched_to_json
from dlviz.session.limits import MAX_SEGMENTS
from dlviz.session.saved_runs import SavedRuns
from dlviz.session.timeline import from_named, named
from dlviz.session.trainer import TrainingState

UPDATES = "updates"  # key of the optimizer's update count among a saved state's extras


def project_of(answer: Answer, target: Path) -> Project:
    """Return what to write to target: the document with the run's starting values, and where it stands."""
    first = answer.timeline.segments[0]
    start = named(first.start, first.document)["theta"]
    now = named(answer.state, answer.document)
    starts = start if answer.timeline.first == 0 and start.keys() == now["theta"].keys() else now["theta"]
    shapes = {name: values.shape for name, values in now["theta"].items()}
    fitting = {name: handle(values) for name, values in starts.items() if shapes[name] == values.shape}
    document = replace(answer.document, parameters=fitting, data=_beside(answer.document.data, target))
    return Project(document, _saved(answer, now), _runs(answer, document.data, target))


def _runs(answer: Answer, data: DataSpec, target: Path) -> SavedRuns | None:
    """Return the runs to write, their data files named relative to the document; none where the state says it all.

    Nor where they are made of more stretches than a file may hold, as after hours of painting: the state stays.
    """
    if answer.runs.is_plain or len(answer.runs.segments) > MAX_SEGMENTS:
        return None
    runs = answer.runs.with_data(answer.document.data, data)
    for other in {id(each.document.data): each.document.data for each in runs.segments}.values():
        runs = runs if other is data else runs.with_data(other, _beside(other, target))
    return runs


def _beside(data: DataSpec, target: Path) -> DataSpec:
    """Name a data file relative to the document, so that both can be moved together."""
    path = Path(str(data.settings.get("path", "")))
    if data.kind != "file" or not path.is_absolute():
        return data
    relative = os.path.relpath(path, target.resolve().parent)
    return replace(data, settings={**data.settings, "path": Path(relative).as_posix()})


def _saved(answer: Answer, now: Mapping[str, Mapping[str, np.ndarray]]) -> SavedState | None:
    state = answer.state
    if state.step == 0:
        return None
    optimizer = {
        f"{name}.{role}": values for role, part in now.items() if role != "theta" for name, values in part.items()
    }
    dtype: Literal["float32", "float64"] = "float32" if state.kept.itemsize == 4 else "float64"
    return SavedState(
        state.step, state.epoch, state.batch, len(answer.timeline.segments), dtype,
        now["theta"], optimizer, {UPDATES: state.updates, **watched_to_json(answer.watched, state.step)},
    )  # fmt: skip


def from_saved(document: Document, saved: SavedState) -> TrainingState:
    """Return the training state that a project file holds."""
    roles: dict[str, dict[str, np.ndarray]] = {"theta": dict(saved.theta)}
    for name, values in saved.optimizer.items():
        parameter, _, role = name.rpartition(".")
        roles.setdefault(role, {})[parameter] = values
    updates = int(saved.extra.get(UPDATES, saved.step))
    return from_named(document, roles, saved.step, saved.epoch, saved.batch, updates)
