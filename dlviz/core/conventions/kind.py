"""Single conventions: where textbooks and libraries differ, and which settings each of them decides."""

from dataclasses import dataclass

from dlviz.core.hyper import Hyper
from dlviz.core.registry import Registry

INITIALIZER = "initializer"


@dataclass(frozen=True)
class Convention:
    """One choice that textbooks make differently. Its default is what dlviz says itself.

    number: its row in the list of conventions ("CNV-01"), empty for what is a matter of taste alone.
    targets: the settings it decides where a document leaves them out, as "optimizer.momentum.form" (part,
    kind, setting); without one it only says how something is written or shown.
    """

    key: str
    title: str
    number: str
    value: Hyper
    targets: tuple[str, ...] = ()


conventions: Registry[Convention] = Registry("convention")


def define(number: str, title: str, value: Hyper, *targets: str) -> Convention:
    """Add a convention called like its value."""
    return conventions.add(Convention(value.name, title, number, value, targets))
