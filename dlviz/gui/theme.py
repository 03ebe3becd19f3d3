"""Every colour and type size of the window: one record a theme, and which one is in use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from dlviz.core.errors import SpecError
from dlviz.gui.colour import contrast, mix

FontSize = Literal["small", "normal", "large"]
GRID = 8  # pixels; every margin and gap is a multiple of half of it
RADIUS = 6  # pixels; corners of buttons, tiles and cards


@dataclass(frozen=True)
class Theme:
    """Colours by meaning, as #RRGGBB, and three type sizes in points.

    Surfaces: window (menu, bars), panel, canvas, field (inputs), hover, pressed.
    line is a hairline, outline the border of a control, faint is for what is switched off.
    negative and positive are the ends of the diverging scale and fill areas, zero is its centre;
    `*_mark` are the same hues for lines and points (3:1), `*_text` for numbers (4.5:1).
    forward, loss, backward and update are the phases; they also serve as text.
    strong is the fill of the one main button. class_colours go with class_markers.
    runner_colours are told apart by every kind of eyes, also from arrows of the phases, which are drawn among the paths
    of optimizers (tests/gui/test_runner_colours.py): no two of them nearer than 13, CIEDE2000.
    """

    key: str
    title: str
    is_dark: bool
    window: str
    panel: str
    canvas: str
    field: str
    hover: str
    pressed: str
    text: str
    muted: str
    faint: str
    line: str
    outline: str
    accent: str
    accent_soft: str
    strong: str
    on_strong: str
    negative: str
    positive: str
    zero: str
    negative_mark: str
    positive_mark: str
    negative_text: str
    positive_text: str
    forward: str
    loss: str
    backward: str
    update: str
    ok: str
    warn: str
    error: str
    train: str
    test: str
    class_colours: tuple[str, ...]
    runner_colours: tuple[str, ...]
    sequential_stops: tuple[str, ...]
    small: float = 8.5
    normal: float = 10.0
    large: float = 14.0
    mark_width: float = 1.0

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """Return a named colour, or one given as #RRGGBB, for painting; alpha from 0 to 1."""
        colour = QColor(name if name.startswith("#") else getattr(self, name))
        colour.setAlphaF(alpha)
        return colour

    def soft(self, name: str, amount: float = 0.08) -> str:
        """Return a named colour laid thinly over the panel, as a background for text of that colour."""
        return mix(self.panel, getattr(self, name), amount)

    def class_colour(self, index: int) -> str:
        """Return the colour of a class; beyond the last they begin again, told apart by marker."""
        return self.class_colours[index % len(self.class_colours)]


# Hues after Okabe and Ito 2008, darkened or lightened until they stand 3:1 on the theme's surfaces;
# the first two are those of the diverging scale, so that two classes match the output map.
_CLASSES_LIGHT = (
    "#CF760A", "#2B7BBA", "#00875F", "#B0569A", "#8F6B00",
    "#5B5B5B", "#C23B22", "#4B3FA7", "#7A4A2B", "#13808A",
)  # fmt: skip
_CLASSES_DARK = (
    "#E69F00", "#56B4E9", "#2CBF93", "#E08FC0", "#F0E442",
    "#C4C9D0", "#FF7A5C", "#A9A0FF", "#D2A07C", "#5FD0DA",
)  # fmt: skip
# pyqtgraph's symbol names, one a class, so that colour never stands alone.
CLASS_MARKERS = ("o", "s", "t1", "d", "star", "t", "p", "h", "+", "x")

LIGHT = Theme(
    key="light", title="Light", is_dark=False,
    window="#FFFFFF", panel="#FFFFFF", canvas="#FAFBFD", field="#FFFFFF", hover="#F1F4F8", pressed="#E4E8EE",
    text="#1B2430", muted="#5F6B7A", faint="#A9B1BC", line="#E5E8ED", outline="#D5DAE1",
    accent="#3457D5", accent_soft="#EDF1FE", strong="#1D2733", on_strong="#FFFFFF",
    negative="#E08A1E", positive="#2B7BBA", zero="#FAFBFD",
    negative_mark="#CF760A", positive_mark="#2B7BBA", negative_text="#A85A08", positive_text="#1F6BA6",
    forward="#6B4FBB", loss="#56606C", backward="#C43908", update="#1A7A4D",
    ok="#1A7A4D", warn="#8F6B00", error="#B3261E", train="#2F4BD0", test="#C2256B",
    class_colours=_CLASSES_LIGHT,
    runner_colours=(
        "#1B2430", "#EE6688", "#0066CC", "#776600", "#22AA11", "#770011", "#9988DD", "#992277",
    ),
    sequential_stops=("#FAFBFD", "#A9D5D5", "#4E9DB8", "#2A5C97", "#1B2A5B"),
)  # fmt: skip

DARK = Theme(
    key="dark", title="Dark", is_dark=True,
    window="#161B22", panel="#161B22", canvas="#11151B", field="#1D232C", hover="#242B35", pressed="#2E3641",
    text="#E6EAF0", muted="#A3AEBB", faint="#5C6672", line="#2A313B", outline="#3A434F",
    accent="#8FA8FF", accent_soft="#232C45", strong="#E6EAF0", on_strong="#161B22",
    negative="#E08A1E", positive="#2B7BBA", zero="#11151B",
    negative_mark="#E8962F", positive_mark="#4A98D6", negative_text="#F0A24A", positive_text="#6FB1E6",
    forward="#A993F0", loss="#A7B2C0", backward="#FF8A66", update="#4CC38A",
    ok="#4CC38A", warn="#E5B93C", error="#FF8D85", train="#8FA8FF", test="#F06FA8",
    class_colours=_CLASSES_DARK,
    runner_colours=(
        "#FFFFFF", "#FF6699", "#00BBFF", "#DDBB00", "#228855", "#EE1100", "#9955DD", "#BBFFAA",
    ),
    sequential_stops=("#11151B", "#23466B", "#3C7FA6", "#7CC0C6", "#E3F4EC"),
)  # fmt: skip

PROJECTOR = Theme(
    key="projector", title="Projector", is_dark=False,
    window="#FFFFFF", panel="#FFFFFF", canvas="#FFFFFF", field="#FFFFFF", hover="#ECECEC", pressed="#D8D8D8",
    text="#000000", muted="#333333", faint="#8A8A8A", line="#9A9A9A", outline="#6E6E6E",
    accent="#0B2FB5", accent_soft="#DDE4FF", strong="#000000", on_strong="#FFFFFF",
    negative="#E08A1E", positive="#2B7BBA", zero="#FFFFFF",
    negative_mark="#B05F00", positive_mark="#14558A", negative_text="#8A4600", positive_text="#0F4A7D",
    forward="#4A2BA8", loss="#333C47", backward="#A82B00", update="#00603A",
    ok="#00603A", warn="#6B4E00", error="#9B0E0E", train="#1A2FB0", test="#A3004F",
    class_colours=(
        "#B05F00", "#14558A", "#00603F", "#8A2F74", "#6B4E00",
        "#3A3A3A", "#A8200A", "#33278F", "#5E3417", "#00606B",
    ),
    runner_colours=(
        "#000000", "#CC6699", "#0055AA", "#999900", "#009966", "#775500", "#8888EE", "#661155",
    ),
    sequential_stops=("#FFFFFF", "#9CCBCB", "#3F88A6", "#1F4A82", "#0A1440"),
    small=9.5, normal=11.0, large=16.0, mark_width=1.5,
)  # fmt: skip

THEMES: dict[str, Theme] = {theme.key: theme for theme in (LIGHT, DARK, PROJECTOR)}


class ThemeHolder(QObject):
    """Knows the theme in use and tells everybody when it changes."""

    changed = Signal(object)  # the new Theme

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        return self._theme

    def use(self, key: str) -> Theme:
        """Change to the theme of this key. Raises: SpecError for an unknown one."""
        if key not in THEMES:
            raise SpecError(f"Expected a theme among: {', '.join(THEMES)}. Received: {key!r}")
        self._theme = THEMES[key]
        self.changed.emit(self._theme)
        return self._theme


theme_signals = ThemeHolder(LIGHT)


def current() -> Theme:
    """Return the theme in use."""
    return theme_signals.theme


def font(size: FontSize = "normal", is_bold: bool = False, scale: float = 1.0) -> QFont:
    """Return the one type family in one of three sizes, with figures of equal width."""
    result = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    result.setPointSizeF(getattr(current(), size) * scale)
    result.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def palette(theme: Theme) -> QPalette:
    """Return the palette from which Fusion paints every standard widget."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window, role.Base: theme.field, role.AlternateBase: theme.hover, role.Button: theme.window,
        role.WindowText: theme.text, role.Text: theme.text, role.ButtonText: theme.text, role.BrightText: theme.error,
        role.PlaceholderText: theme.muted, role.Highlight: theme.accent, role.HighlightedText: theme.window,
        role.Link: theme.accent, role.LinkVisited: theme.accent, role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text, role.Light: theme.field, role.Midlight: theme.hover, role.Mid: theme.outline,
        role.Dark: theme.outline, role.Shadow: theme.line, role.Accent: theme.accent,
    }  # fmt: skip
    result = QPalette()
    for each, colour in colours.items():
        result.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.faint))
    return result


def _table(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return 256 RGBA rows through evenly spaced colours."""
    rgb = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], float)
    at = np.linspace(0, len(stops) - 1, 256)
    columns = [np.interp(at, np.arange(len(stops)), rgb[:, channel]) for channel in range(3)]
    return np.stack([*columns, np.full(256, 255.0)], axis=1).round().astype(np.uint8)


def diverging(theme: Theme) -> NDArray[np.uint8]:
    """Return the scale of signed values, (256, 4) RGBA: negative, background, positive."""
    return _table((theme.negative, theme.zero, theme.positive))


def sequential(theme: Theme) -> NDArray[np.uint8]:
    """Return the scale of magnitudes, (256, 4) RGBA, from background to most intense."""
    return _table(theme.sequential_stops)


def on_colour(background: str) -> str:
    """Return the theme's text colour or its opposite, whichever reads better on background."""
    candidates = (LIGHT.text, LIGHT.window)
    measure: Callable[[str], float] = lambda colour: contrast(colour, background)  # noqa: E731
    return max(candidates, key=measure)
