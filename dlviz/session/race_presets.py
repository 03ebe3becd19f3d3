"""Races to open and walk: the optimizer examples of the course."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dlviz.core.choice import Choice, chosen
from dlviz.core.optimizers import variants
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.race import RaceSpec

OPTIMIZERS = "optimizers"  # the workspace that shows races
PARABOLA, FIVE = chosen("curve_parabola"), chosen("curve_five")


def _race(title: str, surface: Choice, *optimizers: Choice, **parts: Any) -> Document:
    return Document(title=title, dtype="float64", race=RaceSpec(surface, optimizers, **parts))


def _given(title: str, gradients: str, *optimizers: Choice, start: float = 0.0, **parts: Any) -> Document:
    steps = gradients.count(",") + 1
    return _race(title, chosen("given", gradients=gradients), *optimizers, start=(start,), steps=steps, **parts)


def minus_sign() -> Document:
    """Return the descent of curriculum EX-33, right of the minimum, at a good rate and at one that only swings."""
    both = (chosen("sgd", lr=0.1), chosen("sgd", lr=1.0))
    return _race(tr("Why the minus sign works"), PARABOLA, *both, start=(5.0,), steps=100)


def momentum_unrolled() -> Document:
    """Return the three gradients of curriculum EX-21 under three conventions of momentum."""
    forms = (("ema", "inside"), ("ema", "outside"), ("classical", "inside"))
    runners = (chosen("momentum", lr=0.1, momentum=0.9, form=form, rate=rate) for form, rate in forms)
    return _given(tr("Momentum, three gradients"), "1, 0.5, -0.25", *runners, start=1.0)


def sum_that_grows() -> Document:
    """Return the recurrence of curriculum EX-22 as a descent whose every gradient is −5."""
    return _given(tr("A sum that grows by 5"), "-5, -5, -5, -5, -5", chosen("sgd", lr=1.0))


def all_variants() -> Document:
    """Return every variant of curriculum EX-23 on a bowl twenty times steeper along y."""
    runners = (
        chosen("sgd", lr=0.04),
        *(chosen("momentum", lr=0.04, momentum=0.9, form=form, rate=rate)
          for form, rate in (("ema", "outside"), ("ema", "inside"), ("classical", "inside"), ("classical", "outside"))),
        chosen("nesterov", lr=0.04, momentum=0.9, form="look_ahead"),
        chosen("nesterov", lr=0.04, momentum=0.9, form="library"),
        chosen("adagrad", lr=0.5, eps=1e-8),
        chosen("rmsprop", lr=0.04, rho=0.9, eps=1e-8),
        chosen("rmsprop", lr=0.04, rho=0.9, eps=0.01, eps_place="inside"),
        chosen("adam", lr=0.1),
        chosen("adam", lr=0.1, bias_correction=False, eps_place="inside"),
        chosen("delta_bar_delta", lr=0.04, beta=0.05),
    )  # fmt: skip
    bowl = chosen("bowl", condition=20.0)
    return _race(tr("All variants on one bowl"), bowl, *runners, start=(4.0, 1.0), steps=60)


def momentum_conventions() -> Document:
    """Return the four forms of momentum with rates that make them equal, until the rate falls (CNV-01, CNV-02)."""
    first = chosen("momentum", lr=0.04, momentum=0.9, form="classical", rate="outside")
    runners = (first, *(each.choice for each in variants(first)))
    stairs = chosen("staircase", drop=0.2, every=20)
    bowl = chosen("bowl", condition=4.0)
    return _race(tr("Momentum in four conventions"), bowl, *runners, start=(4.0, 3.0), steps=60, schedule=stairs)


def adam_conventions() -> Document:
    """Return Adam with a large ε in its three places, and without correction: equal only in the end (CNV-05)."""
    first = chosen("adam", lr=0.1, eps=0.1)
    runners = (first, *(each.choice for each in variants(first)))
    return _race(tr("Adam in four conventions"), PARABOLA, *runners, start=(5.0,), steps=120)


def clipped() -> Document:
    """Return a slope of length 5 that is cut to length 1, as in curriculum EX-52."""
    slope = chosen("formula", text="3*x + 4*y")
    clip = chosen("norm", max_norm=1.0)
    return _race(tr("A gradient cut to length 1"), slope, chosen("sgd", lr=1.0), start=(2.0, 2.0), steps=4, clip=clip)


def local_gains() -> Document:
    """Return the five gradients of curriculum EX-53 with a gain that grows and shrinks."""
    runner = chosen("delta_bar_delta", lr=0.1, beta=0.1)
    return _given(tr("Local gains"), "0.5, 0.4, -0.3, -0.2, 0.1", runner)


def running_average() -> Document:
    """Return the numbers of curriculum EX-65 as gradients: Adam's m is their running average, m̂ the corrected."""
    runners = (chosen("adam", lr=0.1, beta1=beta) for beta in (0.9, 0.98, 0.5))
    return _given(tr("Running average with correction"), "10, 12, 11, 15, 14", *runners)


def decaying_rates() -> Document:
    """Return a descent whose rate falls as in curriculum EX-66; the other schedules are a choice away."""
    schedule = chosen("inverse_time", decay=1.0, first_epoch=1)
    return _race(tr("Rates that decay"), PARABOLA, chosen("sgd", lr=0.2), start=(5.0,), steps=10, schedule=schedule)


def adam_by_steps() -> Document:
    """Return Adam on curriculum EX-69, with ε beside the root and in the form of Keras."""
    forms = (chosen("adam", lr=0.1, eps=1e-7, eps_place=place) for place in ("outside", "hat"))
    return _race(tr("Adam, step by step"), FIVE, *forms, start=(0.0,), steps=5)


def raw_inputs() -> Document:
    """Return the cost over two weights of curriculum EX-62 before standardisation: a ravine no rate fits."""
    # X Xᵀ / 4 of the rows (1 2 3 4) and (100 300 200 400).
    surface = chosen("quadratic", a=7.5, b=725.0, d=75_000.0)
    return _race(tr("Cost of raw inputs"), surface, chosen("sgd", lr=2e-5), start=(4.0, 2.0), steps=100)


def standard_inputs() -> Document:
    """Return the same cost after standardisation, curriculum EX-62."""
    surface = chosen("quadratic", a=1.0, b=0.8, d=1.0)
    return _race(tr("Cost of standardised inputs"), surface, chosen("sgd", lr=1.0), start=(4.0, 2.0), steps=100)


def turned_bowl() -> Document:
    """Return a bowl to turn and steepen: Adam does not mind the steepness, plain descent not the turn."""
    runners = (chosen("sgd", lr=0.09), chosen("adam", lr=0.3, eps=0.0))
    bowl = chosen("bowl", condition=20.0, turn=0.0)
    return _race(tr("Turn and steepen the bowl"), bowl, *runners, start=(4.0, 1.0), steps=60)


def noisy_decay() -> Document:
    """Return a noisy bowl on which only a falling rate settles (curriculum SCH-06)."""
    spec = RaceSpec(
        chosen("bowl", condition=4.0), (chosen("sgd", lr=0.2), chosen("momentum", lr=0.05)), (4.0, 3.0), 300, noise=2.0,
        schedule=chosen("inverse_time", decay=0.05),
    )  # fmt: skip
    return replace(Document(title=tr("Noise and a falling rate"), dtype="float64"), race=spec)


def _example(key: str, title: str, tip: str, make: Callable[[], Document]) -> Example:
    return Example(key, title, tip, "races", make, OPTIMIZERS)


#: In the order of the menu.
RACES: tuple[Example, ...] = (
    _example("race_minus", tr("Why the &minus sign works"),
             tr("A parabola from its right side, at two rates"), minus_sign),
    _example("race_momentum", tr("M&omentum, three gradients"),
             tr("The same gradients under three conventions"), momentum_unrolled),
    _example("race_sum", tr("A &sum that grows by 5"), tr("The recurrence before momentum"), sum_that_grows),
    _example("race_variants", tr("All &variants on one bowl"),
             tr("Thirteen optimizers and conventions, five by hand"), all_variants),
    _example("race_average", tr("Running &average with correction"),
             tr("Why Adam divides by 1 − βᵗ"), running_average),
    _example("race_adam", tr("A&dam, step by step"),
             tr("Every number of five steps, ε in two places"), adam_by_steps),
    _example("race_momenta", tr("Momentum in &four conventions"),
             tr("One path under four rules, until the rate falls"), momentum_conventions),
    _example("race_adams", tr("Adam in four conv&entions"),
             tr("Where ε stands, and what bias correction does at first"), adam_conventions),
    _example("race_gains", tr("Local &gains"),
             tr("A gain grows while signs agree and shrinks when they turn"), local_gains),
    _example("race_clip", tr("A gradient &cut to length 1"), tr("Clipping keeps the direction"), clipped),
    _example("race_decay", tr("&Rates that decay"), tr("Schedules against the steps"), decaying_rates),
    _example("race_noise", tr("&Noise and a falling rate"), tr("Only a falling rate settles"), noisy_decay),
    _example("race_raw", tr("Cost of ra&w inputs"), tr("Two inputs of very different size"), raw_inputs),
    _example("race_standard", tr("Cost of s&tandardised inputs"), tr("The same data, standardised"), standard_inputs),
    _example("race_turn", tr("Turn and steepen the &bowl"), tr("What each method does not mind"), turned_bowl),
)  # fmt: skip
