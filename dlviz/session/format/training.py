"""How a document trains, and its conventions, between JSON and frozen parts."""

from collections.abc import Mapping
from typing import Any

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.conventions import Conventions
from dlviz.core.conventions.profiles import DLVIZ
from dlviz.core.errors import SpecError
from dlviz.core.hyper import complete
from dlviz.core.losses import losses
from dlviz.core.metrics import metrics
from dlviz.core.objective import LOSS_WEIGHT, OutputLoss
from dlviz.core.optimizers import optimizers
from dlviz.core.schedules import schedules
from dlviz.core.slips import slips
from dlviz.i18n import tr
from dlviz.session.document import TrainingSpec
from dlviz.session.files.envelope import (
    TrainingPart,
    received,
)
from dlviz.session.format.choice import (
    choice_from_json,
    choice_to_json,
    in_order,
)


def training_from_json(part: TrainingPart) -> TrainingSpec:
    """Read how to train. Raises: SpecError."""
    return TrainingSpec(
        loss=_choice(part.loss, losses, "loss"),
        losses=losses_from_json(part.losses or {}),
        optimizer=_choice(part.optimizer, optimizers, "optimizer"),
        batch_size=part.batch_size,
        epochs=part.epochs,
        shuffle=part.shuffle,
        frozen=tuple(part.frozen),
        slip=None if part.slip is None else _choice(part.slip, slips, "slip"),
        schedule=None if part.schedule is None else _choice(part.schedule, schedules, "schedule"),
        replacement=part.replacement,
        clip=None if part.clip is None else _choice(part.clip, clippings, "clip"),
        callbacks=tuple(_choice(each, callbacks, "callbacks") for each in part.callbacks),
        metrics=tuple(_choice(each, metrics, "metrics") for each in part.metrics),
    )


def conventions_from_json(value: str | Mapping[str, Any]) -> Conventions:
    """Read the key of a profile, or single values on top of one ("profile", by default dlviz). Raises: SpecError."""
    if isinstance(value, str):
        return Conventions(value)
    own = dict(value)
    profile = own.pop("profile", DLVIZ)
    if not isinstance(profile, str):
        raise SpecError(
            tr("Expected the key of a profile. Received: {value}", value=received(profile)), place="conventions.profile"
        )
    return Conventions(profile, own)


def conventions_to_json(conventions: Conventions) -> str | dict[str, Any]:
    """Write conventions as they are read."""
    if not conventions.own:
        return conventions.profile
    return {"profile": conventions.profile, **in_order(conventions.own, list(conventions.values))}


def losses_from_json(values: Mapping[str, Any]) -> dict[str, OutputLoss]:
    """Read the losses of several outputs, by output. Raises: SpecError."""
    return {output: _output_loss(output, each) for output, each in values.items()}


def _output_loss(output: str, value: Any) -> OutputLoss:
    """Read the loss of one output: as any loss, with a weight."""
    settings = dict(value) if isinstance(value, dict) else {"kind": value}
    place = f"training.losses.{output}"
    weight = complete({"weight": settings.pop("weight")} if "weight" in settings else {}, (LOSS_WEIGHT,), place)
    return OutputLoss(choice_from_json(settings, losses, place), weight["weight"])


def _output_loss_to_json(loss: OutputLoss) -> dict[str, Any]:
    written = choice_to_json(loss.choice, losses)
    whole = {"kind": written} if isinstance(written, str) else written
    return whole | ({"weight": loss.weight} if loss.weight != 1 else {})


def _choice(value: Any, registry: Any, key: str) -> Choice:
    return choice_from_json(value, registry, f"training.{key}")


def training_to_json(training: TrainingSpec) -> dict[str, Any]:
    """Write how to train; what was not chosen is left out."""
    return {
        "loss": choice_to_json(training.loss, losses),
        **_chosen("losses", {output: _output_loss_to_json(each) for output, each in training.losses.items()}),
        "optimizer": choice_to_json(training.optimizer, optimizers),
        "batch_size": training.batch_size,
        "epochs": training.epochs,
        "shuffle": training.shuffle,
        "frozen": list(training.frozen),
        **_chosen("slip", training.slip and choice_to_json(training.slip, slips)),
        **_chosen("schedule", training.schedule and choice_to_json(training.schedule, schedules)),
        **({} if training.replacement is None else {"replacement": training.replacement}),
        **_chosen("clip", training.clip and choice_to_json(training.clip, clippings)),
        **_chosen("callbacks", [choice_to_json(each, callbacks) for each in training.callbacks]),
        **_chosen("metrics", [choice_to_json(each, metrics) for each in training.metrics]),
    }


def _chosen(key: str, written: Any) -> dict[str, Any]:
    return {key: written} if written else {}
