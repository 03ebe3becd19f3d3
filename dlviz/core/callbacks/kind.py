"""What a callback declares, and the registry: rules that stop a run, and what is written beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, complete
from dlviz.core.inference import activation_of, shapes
from dlviz.core.network import NetworkSpec
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
Look = Literal["losses", "epoch", "batch"]
Losses = NDArray[np.floating]
MONITORS = ("train_loss", "train_score", "validation_loss", "validation_score")


class Seen(Protocol):
    """A run as it stands after a batch."""

    @property
    def epochs(self) -> int:
        """How many epochs are complete."""
        ...

    def monitor(self, name: str) -> float:
        """Return a loss or score over all rows of a part, as it is now."""
        ...

    def series(self, name: str) -> Sequence[float]:
        """Return a monitor at the end of every epoch so far."""
        ...

    def gradient_norm(self) -> float:
        """Return the L2 norm of the gradient that the last update used."""
        ...

    def activations(self, layer: str) -> NDArray[Any]:
        """Return the activations (units, n) of a layer for all training rows."""
        ...


@dataclass(frozen=True)
class Callback:
    """A rule or a duty of a run, as data.

    looks(settings) says when it must be asked: never while nothing can hold, so that training runs in
    long chunks. holds_at(losses, settings), for rules on the losses of batches, says where they hold; holds(seen,
    settings) says whether the others do now. because is the reason in words, with settings in braces; because_one,
    where it differs, that of a rule about one unit.
    formula is LaTeX of what has to hold.
    """

    key: str
    title: str
    formula: str
    because: str
    looks: Callable[[Settings], Look]
    holds: Callable[[Seen, Settings], bool] = lambda seen, settings: False
    holds_at: Callable[[Losses, Settings], NDArray[np.bool_]] | None = None
    settings: tuple[Hyper, ...] = ()
    source: str = ""
    because_one: str = ""

    def reason(self, settings: Settings) -> str:
        """Return the words for why it holds, settings in braces."""
        return self.because_one if self.because_one and settings.get("unit") else self.because


callbacks: Registry[Callback] = Registry("callback")


def resolve(chosen: Choice, place: str = "training.callbacks") -> tuple[Callback, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = callbacks.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def check_callbacks(chosen: Sequence[Choice], network: NetworkSpec) -> None:
    """Refuse rules about units that the network does not have. Raises: SpecError."""
    for each in chosen:
        _, settings = resolve(each)
        if "layer" in settings:
            _check_unit(network, settings["layer"], settings["unit"])


def _check_unit(network: NetworkSpec, layer: str, unit: int) -> None:
    known = [each.id for each in network.layers]
    if layer not in known:
        listed = ", ".join(known) or "none"
        raise SpecError(f"Expected a layer among: {listed}. Received: {layer!r}", place="training.callbacks")
    if activation_of(network, layer) is None:
        raise SpecError(f"Expected a layer with an activation. Received: {layer!r}", place="training.callbacks")
    units = int(np.prod(shapes(network)[layer]))
    if unit > units:
        raise SpecError(f"Expected a unit from 1 to {units}, or 0 for any. Received: {unit}", place=layer)
