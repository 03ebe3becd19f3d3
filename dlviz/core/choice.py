"""A chosen registry entry with its settings, as a document names it."""

import copyreg
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


def frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a read-only copy of a mapping."""
    return MappingProxyType(dict(values))


def _reduced(values: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return frozen, (dict(values),)


# Documents travel to processes of this program, and read-only mappings do not by themselves.
copyreg.pickle(MappingProxyType, _reduced)


@dataclass(frozen=True)
class Choice:
    """The key of a registry entry and the settings that differ from its defaults."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", frozen(self.settings))


def chosen(kind: str, **settings: Any) -> Choice:
    """Write `chosen("adam", lr=0.01)` for a choice."""
    return Choice(kind, settings)
