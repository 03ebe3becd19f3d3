"""A race as entries of the list beside the pictures: start, minima, and where every descent stands and came along."""

from collections.abc import Sequence

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry, thinned
from dlviz.gui.race.runners import setting_words, title_of
from dlviz.i18n import tr
from dlviz.session.race import Race


def race_entries(race: Race, step: int) -> tuple[Entry, ...]:
    """Return the start, the minima and every descent of a race after so many steps."""
    minima = [Entry(tr("minimum {number}", number=k), point_words(each)) for k, each in enumerate(race.minima, 1)]
    descents = (_descent(race, index, step) for index in range(len(race.paths)))
    return (Entry(tr("start"), point_words(race.start)), *minima, *descents)


def point_words(point: Sequence[float]) -> str:
    """Write a place: (1, −2), or one number on a curve."""
    words = ", ".join(map(numbers.number, point))
    return f"({words})" if len(point) > 1 else words


def _descent(race: Race, index: int, step: int) -> Entry:
    """Return where a descent stands: its step, place, height or loss and rate, and its way so far."""
    optimizer, path, broken = race.spec.optimizers[index], race.paths[index], race.standings[index].broken
    name = f"{title_of(optimizer)} {setting_words(optimizer)}"
    if step >= broken:
        words = tr("diverged at step {step}", step=numbers.count(broken)) if broken else tr("no height here")
        return Entry(name, words, parts=(_way(race, index, broken),) if broken else ())
    height = numbers.number(float(path.values[step]))
    letter, place = _height_name(race), point_words(path.points[step].tolist())
    parts = [
        Entry(tr("step"), numbers.count(step)),
        Entry(tr("place"), place),
        Entry(letter, height),
        Entry(tr("rate"), numbers.number(float(path.rates[min(step, len(path.rates) - 1)]))),
    ]
    if race.network is not None:
        parts.append(Entry(tr("off the plane"), numbers.number(float(race.network.residuals[index][step]))))
    told = tr("step {step}, {place}, {letter} {height}", step=numbers.count(step), place=place, letter=letter,
              height=height)  # fmt: skip
    return Entry(name, told, parts=(*parts, _way(race, index, step + 1)))


def _way(race: Race, index: int, count: int) -> Entry:
    """Return the points of a descent up to a count, thinned where there are many."""
    path, letter = race.paths[index], _height_name(race)
    points = (
        Entry(
            tr("step {step}", step=numbers.count(k)),
            f"{point_words(path.points[k].tolist())}, {letter} {numbers.number(float(path.values[k]))}",
        )
        for k in thinned(count)
    )
    return Entry(tr("way"), tr("{count} points", count=numbers.count(count)), parts=tuple(points))


def _height_name(race: Race) -> str:
    return "f" if race.network is None else tr("loss")
