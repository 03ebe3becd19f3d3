"""Where a run stood, between named arrays and JSON; checked against the document it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import frozen
from dlviz.core.errors import DocumentError, as_list
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.files.envelope import StatePart, checked
from dlviz.session.format.table import Arrays, array_from_json, array_to_json
from dlviz.session.format.watched import WATCHED, watched_from_json, watched_to_json
from dlviz.session.plan import first_roles, kept_parameters
from dlviz.session.prepared import prepared_for
from dlviz.session.tasks import known_rows

Numbers = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class SavedState:
    """Where a run stood; read-only arrays, not all of them finite if it diverged.

    segments: how many the run had. theta: parameters by name, in the run's dtype.
    optimizer: its states by name ("h.W.m"). extra: further keys, written back.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    segments: int = 1
    dtype: Literal["float32", "float64"] = "float64"
    theta: Numbers = field(default_factory=dict)
    optimizer: Numbers = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("theta", "optimizer", "extra"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


def state_from_json(data: dict[str, Any], document: Document, arrays: Arrays) -> SavedState:
    """Read the state of a document's run.

    Raises: DocumentError, SpecError or DataError if it is not one that this document can be in.
    """
    part = checked(StatePart, data, "state")
    # The count of updates and what callbacks saw are the session's own; they only pass through here, checked.
    extra = part.unknown() | ({} if part.updates is None else {"updates": part.updates})
    extra |= watched_to_json(watched_from_json(data.get(WATCHED)), part.step)
    state = SavedState(
        part.step, part.epoch, part.batch, part.segments, part.dtype,
        _arrays(part.theta, "state.theta", part.dtype, arrays),
        _arrays(part.optimizer, "state.optimizer", part.dtype, arrays), extra,
    )  # fmt: skip
    _check_names(state, document)
    _check_batch(state, document)
    return state


def state_to_json(state: SavedState, inline_arrays: bool) -> dict[str, Any]:
    """Write a state; with inline_arrays False its arrays are named, see `state_arrays`."""

    def written(values: Numbers, place: str) -> dict[str, Any]:
        return {
            name: array_to_json(each) if inline_arrays else {"array": f"state.{place}.{name}"}
            for name, each in sorted(values.items())
        }

    counts = {
        "step": state.step, "epoch": state.epoch, "batch": state.batch, "segments": state.segments,
        "dtype": state.dtype,
    }  # fmt: skip
    arrays = {"theta": written(state.theta, "theta"), "optimizer": written(state.optimizer, "optimizer")}
    return {**counts, **_divergence(state), **arrays, **state.extra}


def state_arrays(state: SavedState | None) -> dict[str, NDArray[Any]]:
    """Return the arrays that `state_to_json(state, inline_arrays=False)` names."""
    if state is None:
        return {}
    parts = {"theta": state.theta, "optimizer": state.optimizer}
    return {f"state.{place}.{name}": each for place, values in parts.items() for name, each in values.items()}


def _arrays(values: Mapping[str, Any], place: str, dtype: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Read arrays in the run's dtype; a run that diverged may be saved, so null is NaN."""
    read = {
        name: array_from_json(each, arrays, f"{place}.{name}", allow_null=True).astype(dtype)
        for name, each in values.items()
    }
    for array in read.values():
        array.setflags(write=False)
    return read


def _check_names(state: SavedState, document: Document) -> None:
    """Refuse arrays that are missing, too many or of another shape: nothing would be in their place."""
    shapes = {each.name: each.shape for each in kept_parameters(document)}
    _check_shapes(state.theta, shapes, "state.theta")
    roles = [role for role in first_roles(document) if role != "theta"]
    moments = {f"{name}.{role}": shape for name, shape in shapes.items() for role in roles}
    _check_shapes(state.optimizer, moments, "state.optimizer")


def _check_shapes(arrays: Numbers, shapes: Mapping[str, tuple[int, ...]], place: str) -> None:
    if arrays.keys() != shapes.keys():
        name = sorted(arrays.keys() ^ shapes.keys())[0]
        wanted, got = (tr("nothing"), name) if name in arrays else (name, tr("nothing"))
        raise DocumentError(tr("Expected {wanted}. Received: {got}", wanted=wanted, got=got), place=place)
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise DocumentError(
                tr(
                    "Expected an array of {shape}. Received: {got}",
                    shape=as_list(shape),
                    got=as_list(arrays[name].shape),
                ),
                place=f"{place}.{name}",
            )


def _check_batch(state: SavedState, document: Document) -> None:
    if state.batch == 0 or known_rows(document.data) is None:
        return
    size = document.training.batch_size if document.subject == "network" else 1
    n = -(-len(prepared_for(document).train) // size)
    if state.batch >= n:
        raise DocumentError(
            tr("Expected a batch below {n}. Received: {batch}", n=n, batch=state.batch), "", "state.batch"
        )


def _divergence(state: SavedState) -> dict[str, int]:
    is_finite = all(np.isfinite(each).all() for each in (*state.theta.values(), *state.optimizer.values()))
    return {} if is_finite else {"diverged_at": state.step}
