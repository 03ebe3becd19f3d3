"""What every view of a race shows of an optimizer: its name, settings, colour and marker."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from dlviz.core.choice import Choice
from dlviz.core.optimizers import lr_of, optimizers, resolve
from dlviz.gui import numbers
from dlviz.gui.theme import THEMES, Theme, current
from dlviz.gui.widgets.paint import keeps_lines
from dlviz.gui.widgets.points import marker, stamp
from dlviz.i18n import tr

GREEK = {"momentum": "β", "rho": "ρ", "beta1": "β₁", "beta2": "β₂", "eps": "ε", "weight_decay": "λ"}
MOST_SETTINGS = 2  # named beside the rate


def title_of(optimizer: Choice) -> str:
    """Return the name of an optimizer."""
    return tr(optimizers.get(optimizer.kind).title)


def setting_words(optimizer: Choice) -> str:
    """Say the rate and what differs from the defaults: "lr 0.0016 · β 0.8"."""
    entry, settings = resolve(optimizer)
    defaults = {hyper.name: hyper.default for hyper in entry.settings}
    others = [(n, v) for n, v in settings.items() if n != "lr" and v != defaults[n]]
    words = [f"lr {numbers.number(lr_of(optimizer))}", *(_words(name, value) for name, value in others)]
    return " · ".join(words[: MOST_SETTINGS + 1]) + (" …" if len(words) > MOST_SETTINGS + 1 else "")


def _words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name.replace("_", " ") if value else tr("no {name}", name=name.replace("_", " "))
    if isinstance(value, int | float):
        return f"{GREEK.get(name, name.replace('_', ' '))} {numbers.number(value)}"
    return str(value).replace("_", " ")


@dataclass(frozen=True)
class Look:
    """How an optimizer is drawn: colour, marker, and whether its lines are dashed or hollow; no two look alike."""

    colour: str
    marker: int
    is_dashed: bool


def look_of(number: int, theme: Theme) -> Look:
    """Return the look of a number of a race; colours come again with another marker and with other lines."""
    again, place = divmod(number, len(theme.runner_colours))
    return Look(theme.runner_colours[place], number + again, again % 2 == 1)


def paint_runner(p: QPainter, number: int, at: QPointF, radius: float, theme: Theme | None = None) -> None:
    """Paint the marker of a number of a race, with a rim that parts it from what lies beneath."""
    theme = theme or current()
    if keeps_lines(p):
        look = look_of(number, theme)
        p.setPen(_rim(theme))
        p.setBrush(QColor(look.colour))
        p.drawPath(marker(look.marker, radius).translated(at))
        return
    picture = _stamp(number, radius, theme.key, p.device().devicePixelRatioF())
    half = picture.deviceIndependentSize().width() / 2
    p.drawPixmap(at - QPointF(half, half), picture)


@lru_cache(maxsize=256)
def _stamp(number: int, radius: float, key: str, ratio: float) -> QPixmap:
    """Return the marker of an optimizer as a picture: thirty of them are painted in every frame."""
    theme = THEMES[key]
    look = look_of(number, theme)
    return stamp(marker(look.marker, radius), _rim(theme), QColor(look.colour), ratio)


def _rim(theme: Theme) -> QPen:
    return QPen(QColor(theme.panel), 1.6 * theme.mark_width, Qt.PenStyle.SolidLine)
