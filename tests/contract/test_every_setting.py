"""Every registry entry refuses settings outside its declared limits and states its own defaults."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from dlviz.core import activations, clipping, initializers, layers, losses, optimizers, regularizers, schedules
from dlviz.core.callbacks import callbacks
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, complete
from dlviz.core.metrics import metrics
from dlviz.core.rules import rules

REGISTRIES = (
    activations.activations,
    layers.layers,
    losses.losses,
    initializers.initializers,
    optimizers.optimizers,
    regularizers.regularizers,
    schedules.schedules,
    clipping.clippings,
    callbacks,
    metrics,
    rules,
)
ENTRIES = [pytest.param(entry, id=f"{each.kind}-{entry.key}") for each in REGISTRIES for entry in each]
SETTINGS = [
    pytest.param(entry, hyper, id=f"{each.kind}-{entry.key}-{hyper.name}")
    for each in REGISTRIES
    for entry in each
    for hyper in entry.settings
]


def bad_values(hyper: Hyper) -> Iterator[Any]:
    """Yield values that lie just outside what the setting declares."""
    yield from (None, [], math.nan)
    if hyper.kind != "text":
        yield "no such word"
    if hyper.kind == "bool":
        yield from (0, "true")
        return
    if hyper.kind == "choice":
        yield 1
        return
    if hyper.kind == "text":
        yield "x" * (int(hyper.maximum or 0) + 1)
        return
    yield from (math.inf, True)
    if hyper.minimum is not None:
        yield hyper.minimum if hyper.is_open_minimum else math.nextafter(hyper.minimum, -math.inf)
    if hyper.maximum is not None:
        yield hyper.maximum if hyper.is_open_maximum else math.nextafter(hyper.maximum, math.inf)
    if hyper.kind == "int":
        yield hyper.default + 0.5
    if hyper.kind == "size":
        yield from (1.5, [1], [1, 1, 1], [1, 1.5], [1, "same"])


@pytest.mark.parametrize(("entry", "hyper"), SETTINGS)
def test_values_outside_the_limits_are_refused(entry: Any, hyper: Hyper) -> None:
    for value in bad_values(hyper):
        with pytest.raises(SpecError, match=hyper.name):
            complete({hyper.name: value}, entry.settings, entry.key)


@pytest.mark.parametrize(("entry", "hyper"), SETTINGS)
def test_limits_themselves_are_accepted_unless_open(entry: Any, hyper: Hyper) -> None:
    if hyper.kind == "text":
        assert complete({}, entry.settings)[hyper.name] == hyper.default
        return
    limits = [] if hyper.is_open_minimum else [hyper.minimum]
    limits += [] if hyper.is_open_maximum else [hyper.maximum]
    for value in [hyper.default, *hyper.choices, *(limit for limit in limits if limit is not None)]:
        assert complete({hyper.name: value}, entry.settings)[hyper.name] == value


@pytest.mark.parametrize("entry", ENTRIES)
def test_unknown_setting_is_refused(entry: Any) -> None:
    with pytest.raises(SpecError, match="learning_rat"):
        complete({"learning_rat": 0.1}, entry.settings, entry.key)


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_describes_itself(entry: Any) -> None:
    assert entry.key == entry.key.lower()
    assert entry.key.isidentifier()
    assert entry.title
    assert entry.formula
    assert len({hyper.name for hyper in entry.settings}) == len(entry.settings)
