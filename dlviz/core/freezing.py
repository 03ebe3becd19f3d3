"""Names of what is never updated: a layer "h", a parameter "h.W", or one number of it, "h.W[2,0]"."""

import re
from collections.abc import Iterable

ENTRY = re.compile(r"(?P<name>[^\[\]]+)\[(?P<places>\d+(?:,\d+)*)\]")


def entry_name(name: str, entry: Iterable[int]) -> str:
    """Return the name of one number of a parameter."""
    return f"{name}[{','.join(map(str, entry))}]"


def parsed_entry(name: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the parameter and the place of the number that a name stands for; None for other names."""
    found = ENTRY.fullmatch(name)
    return None if found is None else (found["name"], tuple(map(int, found["places"].split(","))))


def frozen_entries(frozen: Iterable[str]) -> dict[str, list[tuple[int, ...]]]:
    """Return the single numbers among frozen names, by parameter."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for name in frozen:
        entry = parsed_entry(name)
        if entry is not None:
            found.setdefault(entry[0], []).append(entry[1])
    return found


def fits(place: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Say whether a place lies in an array of this shape."""
    return len(place) == len(shape) and all(index < size for index, size in zip(place, shape, strict=True))


def is_shut(frozen: Iterable[str], name: str, entry: tuple[int, ...] = ()) -> bool:
    """Say whether a parameter, or one number of it, is among frozen names, itself or by its layer."""
    names = {name, name.partition(".")[0]}
    return not (names | {entry_name(name, entry)} if entry else names).isdisjoint(frozen)


def without_unit(frozen: Iterable[str], name: str, axis: int, unit: int) -> tuple[str, ...]:
    """Return frozen names after a unit was taken out of an axis of a parameter: what stood behind it moves up."""
    kept = []
    for each in frozen:
        entry = parsed_entry(each)
        if entry is None or entry[0] != name or axis >= len(entry[1]):
            kept.append(each)
        elif entry[1][axis] != unit:
            place = list(entry[1])
            place[axis] -= place[axis] > unit
            kept.append(entry_name(name, place))
    return tuple(kept)
