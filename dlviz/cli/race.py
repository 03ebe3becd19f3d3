"""Let optimizers walk on a surface, and print where they went."""

import argparse
import csv
import math
import sys
from dataclasses import replace
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from dlviz.cli.documents import number, print_json, read_value
from dlviz.cli.messages import SUCCESS
from dlviz.core.choice import Choice
from dlviz.core.conventions import DLVIZ, Conventions
from dlviz.core.descent import Path
from dlviz.core.errors import SpecError
from dlviz.core.optimizers import optimizers, resolve
from dlviz.core.surfaces import surfaces
from dlviz.i18n import tr
from dlviz.session.format.choice import checked_choice
from dlviz.session.race import Race, RaceSpec, check_race, first_rate
from dlviz.session.race.racer import run_race


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz race`."""
    parser.description = tr("Let optimizers walk on a surface, and print where they went.")
    parser.add_argument("surface", help=tr("a key of `dlviz list surfaces`, or a formula in x and y in quotes"))
    parser.add_argument(
        "--optimizers", default="sgd,momentum,rmsprop,adam", help=tr("such as adam:lr=0.01,momentum:lr=0.001:form=ema")
    )
    parser.add_argument("--start", default="", help=tr("where they begin: --start=-1.2,1"))
    parser.add_argument("--steps", type=int, default=400, help=tr("how many steps each takes"))
    parser.add_argument("--noise", type=float, default=0.0, help=tr("standard deviation of what gradients are off by"))
    parser.add_argument("--seed", type=int, default=0, help=tr("from which the noise is drawn"))
    parser.add_argument("--conventions", default=DLVIZ, help=tr("whose settings count where none is given: pytorch"))
    written = parser.add_mutually_exclusive_group()
    written.add_argument("--json", action="store_true", help=tr("print one JSON object"))
    written.add_argument("--csv", action="store_true", help=tr("print every point as CSV"))


def run(arguments: argparse.Namespace) -> int:
    """Race and print a table, or every point as JSON."""
    race = run_race(_spec(arguments))
    if arguments.json:
        print_json({"surface": arguments.surface, "runs": [_run_json(race, at) for at in range(len(race.paths))]})
    elif arguments.csv:
        _print_csv(race)
    else:
        Console(markup=False, highlight=False).print(_table(race))
    return SUCCESS


def _spec(arguments: argparse.Namespace) -> RaceSpec:
    key = arguments.surface.strip()
    surface = Choice(key) if key in surfaces else Choice("formula", {"text": key})
    bare = RaceSpec(
        surface=checked_choice(surface, surfaces, "surface"), optimizers=(), start=_start(arguments.start),
        steps=arguments.steps, noise=arguments.noise, seed=arguments.seed,
    )  # fmt: skip
    runners = tuple(_optimizer(bare, word) for word in arguments.optimizers.split(",") if word)
    spec = replace(bare, optimizers=runners).under(Conventions(arguments.conventions))
    check_race(spec)
    return spec


def _start(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(",")) if text else ()
    except ValueError:
        words = tr("Expected numbers such as -1.2,1. Received: {given!r}", given=text)
        raise SpecError(words, place="--start") from None


def _optimizer(spec: RaceSpec, word: str) -> Choice:
    """Read "adam:lr=0.01:eps=1e-7"; without a rate it is one to begin with."""
    kind, *settings = word.split(":")
    optimizers.get(kind, "--optimizers")
    given: dict[str, Any] = {"lr": first_rate(spec, kind)}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise SpecError(tr("Expected name=value. Received: {setting!r}", setting=setting), place="--optimizers")
        given[name] = read_value(value)
    return checked_choice(Choice(kind, given), optimizers, "--optimizers")


def _run_json(race: Race, index: int) -> dict[str, Any]:
    path, optimizer = race.paths[index], race.spec.optimizers[index]
    sound = int(path.broken_at())
    shown = max(sound, 1)  # the start is there even where the surface has no height
    return {
        "optimizer": optimizer.kind,
        "settings": dict(resolve(optimizer)[1]),
        "path": path.points[:shown].tolist(),
        "values": path.values[:shown].tolist(),
        "diverged": None if sound > race.steps else sound,
    }


def _print_csv(race: Race) -> None:
    """Print every point with every digit; what is not finite is left empty."""
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(("run", "optimizer", "step", *("x", "y")[: race.surface.d], "f"))
    for run, (path, optimizer) in enumerate(zip(race.paths, race.spec.optimizers, strict=True), 1):
        shown = max(int(path.broken_at()), 1)
        numbers = np.column_stack([path.points[:shown], path.values[:shown]])
        for step, row in enumerate(numbers.tolist()):
            write((run, optimizer.kind, step, *(repr(each) if math.isfinite(each) else "" for each in row)))


def _table(race: Race) -> Table:
    table = Table(box=None, pad_edge=False)
    reached = tr("steps to {tolerance}", tolerance=f"{race.spec.tolerance:g}")
    for title in (tr("optimizer"), "lr", tr("f at the end"), tr("distance"), reached, tr("length"), tr("diverged")):
        table.add_column(title, justify="left" if title == tr("optimizer") else "right")
    for path, optimizer in zip(race.paths, race.spec.optimizers, strict=True):
        table.add_row(optimizer.kind, number(resolve(optimizer)[1]["lr"], 4), *_figures(race, path))
    return table


def _figures(race: Race, path: Path) -> tuple[str, ...]:
    sound = int(path.broken_at())
    if not sound:
        return *["–"] * 4, tr("no height at the start")
    last = sound - 1
    distances, reached = path.distances(race.minima), path.reached(race.minima, race.spec.tolerance)
    return (
        number(float(path.values[last]), 6),
        number(float(distances[last]), 4) if race.minima else "–",
        "–" if reached is None else str(reached),
        number(float(path.lengths()[last]), 4),
        "–" if sound > race.steps else tr("at step {step}", step=sound),
    )
