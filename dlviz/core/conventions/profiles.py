"""Profiles: bundles of conventions of a library or a textbook, and a user's own values on top."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dlviz.core.choice import Choice, frozen
from dlviz.core.conventions.kind import conventions
from dlviz.core.hyper import Hyper, complete
from dlviz.core.registry import Registry

DLVIZ = "dlviz"


@dataclass(frozen=True)
class Profile:
    """How one library or textbook does things, as differences from dlviz.

    values: conventions by key. defaults: further settings that a library's users leave out, by target.
    """

    key: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def settings(self) -> tuple[Hyper, ...]:
        """Every convention with this profile's value as its default."""
        return tuple(
            Hyper(**{**vars(each.value), "default": self.values.get(each.key, each.value.default)})
            for each in conventions
        )


profiles: Registry[Profile] = Registry("conventions profile")


@dataclass(frozen=True)
class Conventions:
    """A profile and the single values that differ from it. Raises: SpecError for an unknown name or value."""

    profile: str = DLVIZ
    own: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        declared = profiles.get(self.profile, "conventions").settings
        whole = complete(self.own, declared, "conventions")
        object.__setattr__(self, "own", frozen({name: whole[name] for name in self.own}))

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Every convention by key."""
        return frozen({hyper.name: hyper.default for hyper in profiles.get(self.profile).settings} | dict(self.own))

    @cached_property
    def decided(self) -> Mapping[str, Any]:
        """Settings that differ from dlviz's own defaults, by target, such as "loss.squared_error.factor"."""
        found = dict(profiles.get(self.profile).defaults)
        for each in conventions:
            value = self.values[each.key]
            if each.key in self.own or value != each.value.default:
                found |= dict.fromkeys(each.targets, value)
        return frozen(found)

    @property
    def draws_again(self) -> bool:
        """Whether batches are drawn from all rows, so that a row may come twice."""
        return bool(self.values["sampling"] == "with_replacement")

    def trains_like(self, other: "Conventions") -> bool:
        """Whether both decide the same of training; they may write it differently."""
        return self.decided == other.decided and self.draws_again == other.draws_again


def _all(part: str, setting: str, value: Any, *kinds: str) -> dict[str, Any]:
    return {f"{part}.{kind}.{setting}": value for kind in kinds}


profiles.add(Profile(DLVIZ, "dlviz", source="curriculum CNV-01 to CNV-27"))
profiles.add(
    Profile(
        "pytorch", "PyTorch",
        {
            "squared_loss_outputs": "mean", "binary_cross_entropy_outputs": "mean",
            "batch_norm_momentum_is": "taken", "batch_norm_momentum": 0.1, "batch_norm_variance": "unbiased",
            "weights": "fan_in_uniform", "biases": "fan_in_uniform", "class_labels": "integer",
            "examples_as": "rows",
        },
        {
            **_all("loss", "outputs", "mean", "huber", "hinge"),
            **_all("optimizer", "lr", 0.001, "sgd", "momentum", "nesterov"),
            "optimizer.rmsprop.rho": 0.99,
            "layer.embedding.initializer": Choice("normal", {"std": 1.0}),
        },
        source="PyTorch 2: documentation of torch.nn and torch.optim",
    )
)  # fmt: skip
profiles.add(
    Profile(
        "keras", "Keras",
        {
            "momentum_rate": "inside", "adam_eps_place": "hat", "rmsprop_eps_place": "inside",
            "squared_loss_outputs": "mean", "binary_cross_entropy_outputs": "mean", "batch_norm_momentum": 0.99,
            "examples_as": "rows",
        },
        {
            **_all("loss", "outputs", "mean", "huber", "hinge"),
            **_all("optimizer", "lr", 0.001, "rmsprop", "adagrad", "adadelta", "nadam"),
            **_all("optimizer", "eps", 1e-7, "adam", "adamw", "amsgrad", "rmsprop", "adagrad", "adadelta", "nadam"),
            "optimizer.adagrad.eps_place": "inside", "optimizer.adagrad.initial": 0.1,
            "optimizer.adadelta.rho": 0.95, "optimizer.adamw.weight_decay": 0.004,
            "optimizer.nadam.momentum_decay": 1.0,  # Keras writes 0.96ᵗ where PyTorch writes 0.96^(0.004 t)
            **_all("layer", "eps", 0.001, "batch_norm", "layer_norm"),
        },
        source="Keras 3: documentation of keras.optimizers, keras.losses and keras.layers",
    )
)  # fmt: skip
profiles.add(
    Profile(
        "haykin", "Haykin",
        {
            "momentum_rate": "inside", "nesterov_form": "look_ahead", "squared_loss_factor": 0.5,
            "weights": "xavier_uniform", "symbols": "error_signal",
        },
        source="Haykin, Neural Networks and Learning Machines, 3rd ed. 2009: eqs. 4.2, 4.5, 4.41 and section 4.6",
    )
)  # fmt: skip
profiles.add(
    Profile(
        "deeplearning_ai", "deeplearning.ai",
        {
            "momentum_form": "ema", "squared_loss_factor": 0.5, "l2_scale": "mean",
            "l1_scale": "mean", "dropout_probability": "keep", "weights": "he_normal", "first_epoch": 1,
            "average_bias_correction": True, "gradcheck_eps": 1e-7, "weight_notation": "layer_bracket",
            "rate_letter": "alpha",
        },
        source="Ng, Deep Learning Specialization, courses 1 and 2",
    )
)  # fmt: skip
