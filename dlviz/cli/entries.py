"""List the entries of a kind with their settings."""

import argparse
import importlib
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.table import Table

from dlviz.core.hyper import Hyper
from dlviz.core.plain import plain
from dlviz.i18n import tr

# Where the registry of each kind is; loaded only when asked for.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "activations": ("dlviz.core.activations", "activations"),
        "metrics": ("dlviz.core.metrics", "metrics"),
        "callbacks": ("dlviz.core.callbacks", "callbacks"),
        "losses": ("dlviz.core.losses", "losses"),
        "layers": ("dlviz.core.layers", "layers"),
        "optimizers": ("dlviz.core.optimizers", "optimizers"),
        "clippings": ("dlviz.core.clipping", "clippings"),
        "schedules": ("dlviz.core.schedules", "schedules"),
        "initializers": ("dlviz.core.initializers", "initializers"),
        "surfaces": ("dlviz.core.surfaces", "surfaces"),
        "slips": ("dlviz.core.slips", "slips"),
        "rules": ("dlviz.core.rules", "rules"),
        "conventions": ("dlviz.core.conventions", "profiles"),
        "regularizers": ("dlviz.core.regularizers", "regularizers"),
        "datasets": ("dlviz.data.builtin", "datasets"),
        "formats": ("dlviz.data.formats", "formats"),
    }
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `dlviz list`."""
    parser.description = tr("List the entries of a kind with their settings.")
    parser.add_argument("kind", choices=tuple(KINDS), metavar="KIND", help=tr(", ").join(KINDS))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON list"))


def run(arguments: argparse.Namespace) -> int:
    """Print the entries of one kind, as a table or as JSON."""
    module, name = KINDS[arguments.kind]
    entries = list(getattr(importlib.import_module(module), name))
    if arguments.json:
        print(json.dumps(list(map(described, entries)), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        Console().print(_table(entries))
    return 0


def described(entry: Any) -> dict[str, Any]:
    """Return an entry as plain data: key, title, settings, formula, source."""
    return {
        "key": entry.key,
        "title": entry.title,
        **({"description": entry.description} if getattr(entry, "description", "") else {}),
        "settings": [_setting(hyper) for hyper in _settings(entry)],
        "formula": getattr(entry, "formula", ""),
        "source": getattr(entry, "source", ""),
    }


def _setting(hyper: Hyper) -> dict[str, Any]:
    return {
        "name": hyper.name,
        "default": hyper.default,
        "min": hyper.minimum,
        "max": hyper.maximum,
        "unit": hyper.unit,
    }


def _settings(entry: Any) -> Iterable[Hyper]:
    """Give the settings of an entry, and those that name an entry of another registry, such as an activation."""
    yield from getattr(entry, "settings", ())
    for name, default in getattr(entry, "choices", {}).items():
        yield Hyper(name, "choice", default.kind)


def _table(entries: Iterable[Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    entries = list(entries)
    columns = [tr("key"), tr("title"), tr("settings"), tr("source")]
    has_formulas = any(getattr(entry, "formula", "") for entry in entries)
    for title in (*columns[:2], *((tr("formula"),) if has_formulas else ()), *columns[2:]):
        table.add_column(title, no_wrap=title == tr("key"), overflow="fold")
    for entry in entries:
        settings, formula = "\n".join(map(_sentence, _settings(entry))), plain(getattr(entry, "formula", ""))
        shown = (formula,) if has_formulas else ()
        title = "\n".join(filter(None, (entry.title, getattr(entry, "description", ""))))
        table.add_row(entry.key, title, *shown, settings, getattr(entry, "source", ""))
    return table


def _sentence(hyper: Hyper) -> str:
    limits = [", ".join(hyper.choices)] if hyper.choices else []
    if hyper.minimum is not None:
        limits.append(f"{'>' if hyper.is_open_minimum else '≥'} {hyper.minimum:g}")
    if hyper.maximum is not None:
        limits.append(f"{'<' if hyper.is_open_maximum else '≤'} {hyper.maximum:g}")
    if hyper.kind == "text":
        limits = [tr("{least:g} to {most:g} characters", least=hyper.minimum, most=hyper.maximum)]
    unit = f" {hyper.unit}" if hyper.unit else ""
    return f"{hyper.name} = {hyper.default}{unit}" + (f" ({', '.join(limits)})" if limits else "")
