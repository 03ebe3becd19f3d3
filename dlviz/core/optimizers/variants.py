"""The same optimizer in other conventions, with the numbers that make them equal, and where they still differ."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.optimizers.kind import Settings, resolve
from dlviz.i18n import tr

_FORMS = {"classical": tr("velocity v = βv + g"), "ema": tr("average v = βv + (1 − β)g")}
_RATES = {"outside": tr("rate outside"), "inside": tr("rate inside v")}
_PLACES = {"outside": tr("√v + ε"), "inside": tr("√(v + ε)"), "hat": tr("ε̂ before the correction")}


@dataclass(frozen=True)
class Variant:
    """An optimizer with its numbers turned into another convention: what it is called, and how far it is equal."""

    choice: Choice
    title: str
    equal: str


def variants(chosen: Choice) -> tuple[Variant, ...]:
    """Return a choice in every other convention that its optimizer knows. Raises: SpecError.

    Source: curriculum CNV-01 to CNV-05; for epsilon-hat Kingma & Ba 2015, section 2.
    """
    entry, settings = resolve(chosen)
    found: list[Variant] = []
    if entry.key == "momentum":
        found += _momentum(chosen, settings)
    if "eps_place" in settings:
        places = next(hyper.choices for hyper in entry.settings if hyper.name == "eps_place")
        found += _epsilon(chosen, settings, places)
    if "bias_correction" in settings:
        found.append(_correction(chosen, settings))
    return tuple(found)


def _momentum(chosen: Choice, settings: Settings) -> Iterator[Variant]:
    beta, now = settings["momentum"], (settings["form"], settings["rate"])
    for form, rate in (("classical", "outside"), ("classical", "inside"), ("ema", "outside"), ("ema", "inside")):
        if (form, rate) == now:
            continue
        factor = {("classical", "ema"): 1 / (1 - beta), ("ema", "classical"): 1 - beta}.get((now[0], form), 1.0)
        lr = _rounded(settings["lr"] * factor)
        equal = tr("the same path") if rate == now[1] else tr("the same path until the rate changes")
        if factor != 1.0:
            equal += tr(": rate {lr} = {old} {sign} (1 − β)", lr=f"{lr:g}", old=f"{settings['lr']:g}",
                        sign="/" if factor > 1 else "·")  # fmt: skip
        yield Variant(_with(chosen, form=form, rate=rate, lr=lr), f"{_FORMS[form]}, {_RATES[rate]}", equal)


def _epsilon(chosen: Choice, settings: Settings, places: tuple[str, ...]) -> Iterator[Variant]:
    """Yield the other places of ε; ε̂ is told beside the root only, to which it is nearest."""
    now, eps = settings["eps_place"], settings["eps"]
    for place in places:
        if place == now or ("hat" in (place, now) and (not settings["bias_correction"] or "inside" in (place, now))):
            continue
        if "hat" in (place, now):
            times = f"{1 / math.sqrt(1 - settings['beta2']):.3g}"
            words = tr(
                "equal at ε = 0 and after many steps; at first ε̂ counts 1/√(1 − β₂) = {times} times", times=times
            )
            turned, equal = eps, words
        else:
            turned = _rounded(eps**2 if place == "inside" else math.sqrt(eps))
            equal = tr("ε = {eps}: equal where v is 0 or large; between, steps differ by up to √2", eps=f"{turned:g}")
        yield Variant(_with(chosen, eps_place=place, eps=turned), _PLACES[place], equal)


def _correction(chosen: Choice, settings: Settings) -> Variant:
    is_on = not settings["bias_correction"]
    times = (1 - settings["beta1"]) / math.sqrt(1 - settings["beta2"])
    equal = tr("equal after many steps; the first without correction is (1 − β₁)/√(1 − β₂) = {times} times as long",
               times=f"{times:.3g}")  # fmt: skip
    title = tr("with bias correction") if is_on else tr("without bias correction")
    return Variant(_with(chosen, bias_correction=is_on), title, equal)


def _rounded(value: float) -> float:
    """Return a number to twelve digits: 0.04 / (1 − 0.9) is 0.4."""
    return float(f"{value:.12g}")


def _with(chosen: Choice, **changes: Any) -> Choice:
    return Choice(chosen.kind, {**chosen.settings, **changes})
