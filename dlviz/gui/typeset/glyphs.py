"""LaTeX to glyphs by ziamath: each formula laid out once, as a template whose digits can be swapped.

Nothing here touches Qt, so it runs on any thread; one call at a time, because ziamath keeps its fonts
in globals. A template is laid out with place markers for its digits, so 0.3775 and 0.1385 share one.
"""

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

EM = 24.0  # size in pixels at which everything is laid out; painting scales
SMALLEST_SCRIPT = 0.55  # share of the size below which indices of indices do not shrink
_LOCK = threading.Lock()
_DIGIT = re.compile(r"\d")
_SIGN = re.compile(r"(^|[(\[{])-")  # a minus in front of a number, which stands close to it


@dataclass(frozen=True)
class Glyph:
    """One glyph of a template: SVG path data in its own units, where it stands, and its colour's name.

    x, y: origin on the baseline, y down; scale: own units to pixels at EM.
    place: index of the digit in the source that stands here, -1 for anything else.
    digits: path data of 0 … 9 in this style, where place is not -1; shifts: how far right each of them
    stands from x, because digits of indices are not all of one width.
    """

    path: str
    x: float
    y: float
    scale: float
    colour: str
    place: int = -1
    digits: tuple[str, ...] = ()
    shifts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A bar: of a fraction, over a root."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Template:
    """A formula laid out at EM: its marks, its advance, and how far it reaches above and below the baseline."""

    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    width: float
    ascent: float
    descent: float


def template_key(latex: str) -> str:
    """Return what two formulas share that differ only in digits."""
    return _DIGIT.sub("0", latex)


def digits_of(latex: str) -> str:
    """Return the digits of a formula in order."""
    return "".join(_DIGIT.findall(latex))


def typeset(key: str) -> Template:
    """Lay out a formula whose digits are all 0, and find out which glyph shows which digit.

    Raises: ValueError, KeyError or other errors of ziamath where it cannot read the LaTeX.
    """
    with _LOCK:
        count = len(_DIGIT.findall(key))
        passes = len(str(max(count - 1, 0)))  # each tells one decimal digit of a place's index
        return _template([_draw(_marked(key, 10**power)) for power in range(passes)])


@dataclass(frozen=True)
class _Drawing:
    """What ziamath drew: (glyph id, x, y, scale, colour) in drawing order, the bars, path data by id, the box."""

    uses: tuple[tuple[str, float, float, float, str], ...]
    rules: tuple[Rule, ...]
    paths: dict[str, str]
    width: float
    ascent: float
    descent: float


def _marked(key: str, divisor: int) -> str:
    """Put into each digit's place one decimal digit of its index."""
    count = iter(range(len(key)))
    return _DIGIT.sub(lambda _: str(next(count) // divisor % 10), key)


def _draw(latex: str) -> _Drawing:
    ziamath = _ziamath()
    laid_out = ziamath.Latex(_SIGN.sub(r"\1{-}", latex), size=EM)
    drawing = ET.Element("svg")
    advance, _ = laid_out.node.draw(0, 0, drawing)
    box = laid_out.node.bbox
    paths, frames = _symbols(drawing)
    uses = tuple(_use(element, frames) for element in drawing.iter("use"))
    rules = tuple(_rule(element) for element in drawing.iter("rect"))
    return _Drawing(uses, rules, paths, max(advance, box.xmax), box.ymax, -box.ymin)


@cache
def _ziamath() -> Any:
    """Load ziamath and its fonts: only when the first formula is wanted, and off the GUI thread."""
    import ziamath

    # svg2: glyphs come as outlines by id and a list of uses, which is the glyph list we want.
    ziamath.config.svg2 = True
    ziamath.config.precision = 5
    ziamath.config.minsizefraction = SMALLEST_SCRIPT
    return ziamath


def _symbols(drawing: ET.Element) -> tuple[dict[str, str], dict[str, tuple[float, ...]]]:
    paths, frames = {}, {}
    for symbol in drawing.iter("symbol"):
        outline = symbol.find("path")
        paths[symbol.attrib["id"]] = "" if outline is None else outline.attrib["d"]
        frames[symbol.attrib["id"]] = tuple(map(float, symbol.attrib["viewBox"].split()))
    return paths, frames


def _use(element: ET.Element, frames: dict[str, tuple[float, ...]]) -> tuple[str, float, float, float, str]:
    name = element.attrib["href"].removeprefix("#")
    left, top, _, height = frames[name]
    scale = float(element.attrib["height"]) / height
    x = float(element.attrib["x"]) - left * scale
    y = float(element.attrib["y"]) - top * scale
    return name, x, y, scale, element.attrib.get("fill", "")


def _rule(element: ET.Element) -> Rule:
    x, y, width, height = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
    return Rule(x, y, width, height, element.attrib.get("fill", ""))


def _template(passes: Sequence[_Drawing]) -> Template:
    first = passes[0]
    styles = _digit_styles()
    known = {name: (style, digit) for style in styles for digit, name in enumerate(style.names)}
    glyphs = []
    for number, (name, x, y, scale, colour) in enumerate(first.uses):
        if name in known:
            style, unit = known[name]
            place = sum(known[each.uses[number][0]][1] * 10**power for power, each in enumerate(passes))
            glyphs.append(Glyph("", x, y, scale, colour, place, style.paths, style.shifts(unit)))
        elif first.paths[name]:
            glyphs.append(Glyph(first.paths[name], x, y, scale, colour))
    return Template(tuple(glyphs), first.rules, first.width, first.ascent, first.descent)


@dataclass(frozen=True)
class _Digits:
    """The digits of one style: glyph ids, path data and advances at EM of 0 … 9."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    advances: tuple[float, ...]

    def shifts(self, slot: int) -> tuple[float, ...]:
        """Return how each digit is moved to stand in the middle of the place of digit `slot`."""
        return tuple((self.advances[slot] - advance) / 2 for advance in self.advances)


@cache
def _digit_styles() -> tuple[_Digits, ...]:
    """Return the digits upright, as an index, and as an index of an index."""
    found: list[_Digits] = []
    for latex in ("01234567890", "x_{01234567890}", "x_{y_{01234567890}}"):
        drawing = _draw(latex)
        uses = drawing.uses[-11:]
        names = tuple(use[0] for use in uses[:-1])
        if all(names != each.names for each in found):
            advances = tuple(after[1] - use[1] for use, after in pairwise(uses))
            found.append(_Digits(names, tuple(drawing.paths[name] for name in names), advances))
    return tuple(found)
