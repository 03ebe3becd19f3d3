"""Conventions and profiles name settings that exist, with values that they accept."""

from typing import Any

import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.conventions import Conventions, conventions, filled, filled_network, profiles
from dlviz.core.errors import SpecError
from dlviz.core.hyper import complete
from dlviz.core.layers import layers
from dlviz.core.losses import losses
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.session.format.choice import BY_LAST_WORD
from dlviz.session.format.schema import TRAINING_CHOICES

REGISTRIES: dict[str, Any] = {**TRAINING_CHOICES, **BY_LAST_WORD, "layer": layers}
TARGETS = [(target, each) for each in conventions for target in each.targets]
DECIDED = [(each.key, target, value) for each in profiles for target, value in Conventions(each.key).decided.items()]


def default_of(target: str) -> Any:
    part, kind, setting = target.split(".")
    entry = REGISTRIES[part].get(kind)
    if setting in getattr(entry, "choices", {}):
        return entry.choices[setting].kind
    return next(hyper.default for hyper in entry.settings if hyper.name == setting)


@pytest.mark.parametrize(("target", "convention"), TARGETS, ids=lambda each: getattr(each, "key", each))
def test_targets_exist_and_dlviz_says_what_they_say(target: str, convention: Any) -> None:
    assert default_of(target) == convention.value.default


@pytest.mark.parametrize(("profile", "target", "value"), DECIDED)
def test_profiles_decide_with_values_that_are_accepted(profile: str, target: str, value: Any) -> None:
    part, kind, setting = target.split(".")
    entry = REGISTRIES[part].get(kind)
    if setting in getattr(entry, "choices", {}):
        inner = value if isinstance(value, Choice) else Choice(value)
        complete(inner.settings, BY_LAST_WORD[setting.rpartition("_")[2]].get(inner.kind).settings)
        return
    complete({setting: value}, entry.settings)
    assert value != default_of(target), "a profile says only what differs"


def test_every_row_of_the_list_has_a_convention() -> None:
    assert {each.number for each in conventions if each.number} == {f"CNV-{number:02}" for number in range(1, 28)}


def test_dlviz_decides_nothing() -> None:
    assert not Conventions().decided
    network = NetworkSpec((dense("h", 2),))
    assert filled_network(network, Conventions().decided) is network


@pytest.mark.parametrize("profile", profiles.keys())
def test_given_settings_win(profile: str) -> None:
    decided = Conventions(profile, {"momentum_form": "ema", "adam_eps_place": "inside"}).decided
    assert filled("optimizer", chosen("momentum", form="classical"), decided).settings["form"] == "classical"
    assert filled("optimizer", chosen("momentum"), decided).settings["form"] == "ema"
    assert filled("optimizer", chosen("amsgrad"), decided).settings["eps_place"] == "inside"


def test_layers_are_filled_inside_and_out() -> None:
    decided = Conventions("pytorch", {"sigmoid_slope": 2.0}).decided
    shared = LayerSpec("s", inputs=("h",), shares="h")
    network = NetworkSpec((
        dense("h", 2, "sigmoid"), dense("g", 2, chosen("sigmoid", slope=3.0), initializer=chosen("zeros")),
        LayerSpec("n", "batch_norm"), LayerSpec("r", "gru", settings={"units": 3}), shared,
    ))  # fmt: skip
    h, g, n, r, s = filled_network(network, decided).layers
    assert h.settings["activation"] == chosen("sigmoid", slope=2.0)
    assert h.settings["initializer"] == h.settings["bias_initializer"] == chosen("fan_in_uniform")
    assert (g.settings["activation"], g.settings["initializer"]) == (chosen("sigmoid", slope=3.0), chosen("zeros"))
    assert (n.settings["momentum_is"], n.settings["momentum"]) == ("taken", 0.1)
    assert r.settings["recurrent_activation"] == chosen("sigmoid", slope=2.0)
    assert s.settings == h.settings
    penal = NetworkSpec((LayerSpec("p", "dense", settings={"units": 2, "regularizer": chosen("l2", strength=0.1)}),))
    taught = filled_network(penal, Conventions("deeplearning_ai").decided).layers[0]
    assert taught.settings["regularizer"] == chosen("l2", strength=0.1, scale="mean")


@pytest.mark.parametrize(
    ("profile", "own", "message"),
    [
        ("torch", {}, "Did you mean 'pytorch'"),
        ("keras", {"momentum": "ema"}, "among: momentum_form"),
        ("keras", {"momentum_form": "exponential"}, "classical, ema"),
        ("dlviz", {"squared_loss_factor": 0}, "above 0"),
    ],
)
def test_unknown_conventions_are_refused(profile: str, own: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Conventions(profile, own)


def test_registries_are_those_that_documents_name() -> None:
    assert {target.split(".")[0] for target, _ in TARGETS} <= set(REGISTRIES)
    assert (REGISTRIES["loss"], REGISTRIES["optimizer"]) == (losses, optimizers)
