"""Edits of a document's plan and starting values: pure functions, which raise and change nothing if unusable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.conventions import Conventions
from dlviz.core.errors import SpecError, as_list
from dlviz.core.hyper import complete
from dlviz.core.losses import losses
from dlviz.core.metrics import metrics
from dlviz.core.optimizers import optimizers
from dlviz.core.registry import Registry
from dlviz.core.schedules import schedules
from dlviz.core.slips import slips
from dlviz.i18n import tr
from dlviz.session.document import Document, Handle, handle
from dlviz.session.files.envelope import Envelope, TrainingPart, checked, refuse_keys
from dlviz.session.fitting import still_fitting
from dlviz.session.format.choice import checked_choice, choice_from_json
from dlviz.session.format.document import check_document
from dlviz.session.format.training import conventions_from_json, losses_from_json

#: Keys of training that list entries of a registry.
LISTS: Mapping[str, Registry[Any]] = {"metrics": metrics, "callbacks": callbacks}

Current = Mapping[str, NDArray[Any]]


def set_title(document: Document, title: str) -> Document:
    """Name the document. Raises: DocumentError for a text that is too long."""
    checked(Envelope, {"format": "dlviz", "version": 1, "title": title})
    return replace(document, title=title)


def set_seed(document: Document, seed: int) -> Document:
    """Draw initial weights and batches from another seed. Raises: DocumentError unless it is 0 … 2⁶³ − 1."""
    checked(Envelope, {"format": "dlviz", "version": 1, "seed": seed})
    return replace(document, seed=seed)


def set_conventions(document: Document, conventions: str | Mapping[str, Any] | Conventions) -> Document:
    """Follow another profile, or single values on top of one, where the document says nothing. Raises: SpecError."""
    chosen = conventions if isinstance(conventions, Conventions) else conventions_from_json(conventions)
    result = replace(document, conventions=chosen)
    check_document(result.explicit)
    return result


def set_training(document: Document, **changes: Any) -> Document:
    """Change how to train; every key of training in a document can be given by its name.

    losses: as in a document, a key or object by output. schedule, clip: a key, a choice or None.
    Raises: DocumentError or SpecError.
    """
    result = document
    if "loss" in changes:
        result = set_loss(result, changes.pop("loss"))
    if "losses" in changes:
        result = _with_training(result, losses=losses_from_json(changes.pop("losses")))
    for name, registry in LISTS.items():
        if name in changes:
            chosen = tuple(_entry(each, registry, f"training.{name}") for each in changes.pop(name))
            result = _with_training(result, **{name: chosen})
    if "optimizer" in changes:
        result = set_optimizer(result, changes.pop("optimizer"))
    if "schedule" in changes:
        result = set_schedule(result, changes.pop("schedule"))
    if "clip" in changes:
        result = set_clip(result, changes.pop("clip"))
    training = result.training
    given = {
        "batch_size": training.batch_size, "epochs": training.epochs, "shuffle": training.shuffle,
        "replacement": training.replacement, "frozen": training.frozen, **changes,
    }  # fmt: skip
    part = checked(TrainingPart, {**given, "frozen": list(given["frozen"])}, "training")
    refuse_keys(part.unknown(), "training")
    plan = replace(
        training, batch_size=part.batch_size, epochs=part.epochs, shuffle=part.shuffle,
        replacement=part.replacement, frozen=tuple(part.frozen),
    )  # fmt: skip
    result = replace(result, training=plan)
    check_document(result)
    return still_fitting(document, result) if plan.batch_size != training.batch_size else result


def _entry(value: Any, registry: Registry[Any], place: str) -> Choice:
    """Read an entry of a list: a key, an object or a choice. Raises: SpecError."""
    if isinstance(value, Choice):
        return checked_choice(value, registry, place)
    return choice_from_json(value, registry, place)


def set_loss(document: Document, loss: str | Choice) -> Document:
    """Choose the loss of all outputs; a mere key keeps factor, outputs and reduction. Raises: SpecError."""
    old = document.training.loss
    kept = _carried(old.settings, loss, losses, ("factor", "outputs", "reduction"))
    return _with_training(document, loss=checked_choice(kept, losses, "training.loss"), losses={})


def set_optimizer(document: Document, optimizer: str | Choice) -> Document:
    """Choose the optimizer; a mere key keeps a learning rate that was set, unless the default scale differs.

    Adam's steps have the size of lr whatever the gradient's, those of SGD do not, so lr goes along
    only where both defaults are equal. Raises: SpecError.
    """
    old = document.training.optimizer
    names = ("lr",) if _default_lr(old) == _default_lr(optimizer) else ()
    kept = _carried(old.settings, optimizer, optimizers, names)
    return _with_training(document, optimizer=checked_choice(kept, optimizers, "training.optimizer"))


def set_slip(document: Document, slip: str | Choice | None) -> Document:
    """Make a mistake on purpose, or none. Raises: SpecError."""
    return _with_training(document, slip=_optional(slip, slips, "training.slip"))


def set_schedule(document: Document, schedule: str | Choice | None) -> Document:
    """Let the learning rate follow a schedule, or none. Raises: SpecError."""
    return _with_training(document, schedule=_optional(schedule, schedules, "training.schedule"))


def set_clip(document: Document, clip: str | Choice | None) -> Document:
    """Clip gradients before every update, or do not. Raises: SpecError."""
    return _with_training(document, clip=_optional(clip, clippings, "training.clip"))


def set_optimizer_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the optimizer. Raises: SpecError for an unknown name or a bad value."""
    old = document.training.optimizer
    changed = Choice(old.kind, {**old.settings, name: value})
    return _with_training(document, optimizer=checked_choice(changed, optimizers, "training.optimizer"))


def set_loss_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the loss. Raises: SpecError for an unknown name or a bad value."""
    old = document.training.loss
    changed = Choice(old.kind, {**old.settings, name: value})
    return _with_training(document, loss=checked_choice(changed, losses, "training.loss"), losses={})


def set_frozen(document: Document, name: str, is_frozen: bool) -> Document:
    """Keep a parameter ("h.b") or a whole layer ("h") from being updated, or let it go. Raises: SpecError."""
    others = tuple(each for each in document.training.frozen if each != name)
    return set_training(document, frozen=(*others, name) if is_frozen else others)


def set_parameter_entry(
    document: Document, name: str, index: int | Sequence[int], value: float, current: Current
) -> Document:
    """Type one number of a parameter; the whole array as it stands in current becomes a starting value.

    index: as in the shape of the parameter, (unit, source) for W. Raises: SpecError.
    """
    place = (index,) if isinstance(index, int) else tuple(index)
    array = _standing(document, name, current).copy()
    is_inside = len(place) == array.ndim and all(0 <= i < n for i, n in zip(place, array.shape, strict=True))
    if not is_inside:
        raise SpecError(
            tr("Expected a place in {shape}. Received: {at}", shape=as_list(array.shape), at=as_list(place)), place=name
        )
    if isinstance(value, bool) or not np.isfinite(value):
        raise SpecError(tr("Expected a finite number. Received: {value}", value=value), place=name)
    array[place] = value
    return set_parameters(document, {name: array})


def set_parameters(document: Document, arrays: Current) -> Document:
    """Make whole arrays starting values. Raises: SpecError, ShapeError for another name or shape."""
    handles = {name: _finite_handle(name, array) for name, array in arrays.items()}
    result = replace(document, parameters={**document.parameters, **handles})
    check_document(result)
    return result


def _standing(document: Document, name: str, current: Current) -> NDArray[np.float64]:
    if name in current:
        return np.array(current[name], dtype=np.float64)
    if name in document.parameters:
        return np.array(document.parameters[name].array, dtype=np.float64)
    known = ", ".join(current) or tr("none")
    raise SpecError(tr("Expected parameters among: {known}. Received: {name!r}", known=known, name=name))


def _finite_handle(name: str, array: NDArray[Any]) -> Handle:
    if not np.isfinite(array).all():
        raise SpecError(tr("Expected finite numbers. Received: some that are not"), place=name)
    return handle(array)


def _optional(chosen: str | Choice | None, registry: Registry[Any], place: str) -> Choice | None:
    if chosen is None:
        return None
    return checked_choice(Choice(chosen) if isinstance(chosen, str) else chosen, registry, place)


def _carried(old: Mapping[str, Any], new: str | Choice, registry: Any, names: Sequence[str]) -> Choice:
    """Return the new choice; where only a key came, with those old settings that it knows."""
    if isinstance(new, Choice):
        return new
    declared = {hyper.name for hyper in registry.get(new).settings}
    return Choice(new, {name: old[name] for name in names if name in old and name in declared})


def _default_lr(optimizer: str | Choice) -> Any:
    kind = optimizer if isinstance(optimizer, str) else optimizer.kind
    return complete({}, optimizers.get(kind, "training.optimizer").settings).get("lr")


def _with_training(document: Document, **changes: Any) -> Document:
    return replace(document, training=replace(document.training, **changes))
