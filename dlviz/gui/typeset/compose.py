"""Fractions and sums put together from small templates, which are met again and again.

ziamath measures the inside of every group anew on each level, so a fraction of sums of powers takes it
a third of a second; its parts take milliseconds, and most are there already. Sizes are those of the
font's MATH table, in ems.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from dlviz.gui.typeset.glyphs import EM, Rule, Template, digits_of, typeset

OPERATOR_GAP = 4 / 18 * EM  # TeX's medium space
AXIS = 0.258 * EM  # height of the bar's middle above the baseline
THICKNESS = 0.068 * EM
SHIFT = 0.64 * EM  # of a numerator's baseline up, of a denominator's down, at least
CLEARANCE = 0.204 * EM  # between the bar and what is above or below, at least
BEARING = 0.1 * EM  # left and right of the bar
KEPT_PARTS = 2048
_SIGN = re.compile(r" ([+\-]|\\cdot) ")
_FRACTION = r"\frac"


def split(latex: str) -> list[str]:
    """Split at every sign and dot that stands between spaces outside braces and parentheses.

    Terms and signs alternate.
    """
    parts, start, depth = [], 0, 0
    for place, letter in enumerate(latex):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(letter, 0)
        found = _SIGN.match(latex, place) if depth == 0 else None
        if found is not None:
            parts += [latex[start:place], found.group(1)]
            start = found.end()
    return [*parts, latex[start:]]


@lru_cache(KEPT_PARTS)
def composed(key: str) -> Template:
    """Lay out a formula whose digits are all 0, from parts where it is a fraction.

    Raises: what ziamath raises where it cannot read a part.
    """
    halves = _halves(key)
    if halves is None:
        return typeset(key)
    above, below = (_row(half) for half in halves)
    return _stacked(above, below, len(digits_of(halves[0])))


def _halves(key: str) -> tuple[str, str] | None:
    """Return numerator and denominator of what is one fraction and nothing else."""
    if not key.startswith(_FRACTION + "{"):
        return None
    middle = _end_of_group(key, len(_FRACTION))
    if key[middle : middle + 1] != "{" or _end_of_group(key, middle) != len(key):
        return None
    return key[len(_FRACTION) + 1 : middle - 1], key[middle + 1 : -1]


def _end_of_group(latex: str, start: int) -> int:
    depth = 0
    for place in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[place], 0)
        if depth == 0:
            return place + 1
    return -1


def _row(latex: str) -> Template:
    """Lay out terms and signs beside one another."""
    parts = split(latex)
    if len(parts) == 1:
        return composed(latex)
    templates = [composed(part) for part in parts]
    x, places, moved = 0.0, 0, []
    for number, (part, template) in enumerate(zip(parts, templates, strict=True)):
        gap = OPERATOR_GAP if number % 2 else 0.0
        moved.append(_moved(template, x + gap, 0.0, places))
        x += template.width + 2 * gap
        places += len(digits_of(part))
    return _joined(moved, (), x)


def _stacked(above: Template, below: Template, places: int) -> Template:
    """Lay out a fraction; places: how many digits stand in its numerator."""
    bar = max(above.width, below.width)
    width = bar + 2 * BEARING
    rise = max(SHIFT, AXIS + THICKNESS / 2 + CLEARANCE + above.descent)
    drop = max(SHIFT, CLEARANCE + THICKNESS / 2 - AXIS + below.ascent)
    parts = (
        _moved(above, (width - above.width) / 2, -rise, 0),
        _moved(below, (width - below.width) / 2, drop, places),
    )
    rule = Rule(BEARING, -AXIS - THICKNESS / 2, bar, THICKNESS, "")
    return _joined(parts, (rule,), width)


def _moved(template: Template, x: float, y: float, places: int) -> Template:
    """Return a template moved right and down, its digits counted on from `places`."""
    glyphs = tuple(
        replace(each, x=each.x + x, y=each.y + y, place=each.place + places if each.digits else -1)
        for each in template.glyphs
    )
    rules = tuple(replace(each, x=each.x + x, y=each.y + y) for each in template.rules)
    return Template(glyphs, rules, template.width, template.ascent - y, template.descent + y)


def _joined(parts: Sequence[Template], rules: tuple[Rule, ...], width: float) -> Template:
    return Template(
        tuple(glyph for part in parts for glyph in part.glyphs),
        tuple(rule for part in parts for rule in part.rules) + rules,
        width,
        max(part.ascent for part in parts),
        max(part.descent for part in parts),
    )
