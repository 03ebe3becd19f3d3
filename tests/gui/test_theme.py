"""Every theme must be readable: contrast of text and marks, and scales centred on the background."""

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.gui.colour import contrast, mix
from dlviz.gui.theme import CLASS_MARKERS, THEMES, Theme, ThemeHolder, diverging, on_colour, sequential

SURFACES = ("window", "panel", "canvas", "field")
TEXTS = (
    "text", "muted", "accent", "negative_text", "positive_text", "forward", "loss", "backward", "update",
    "ok", "warn", "error", "train", "test",
)  # fmt: skip
MARKS = ("negative_mark", "positive_mark", "accent", "train", "test", "forward", "backward", "update", "loss")
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # published by WebAIM


@themes
@pytest.mark.parametrize("surface", SURFACES)
def test_texts_stand_out_at_least_4_5(theme: Theme, surface: str) -> None:
    ratios = {name: contrast(getattr(theme, name), getattr(theme, surface)) for name in TEXTS}
    assert min(ratios.values()) >= 4.5, ratios


@themes
def test_text_stands_out_on_what_is_hovered_chosen_or_pressed(theme: Theme) -> None:
    for under in (theme.hover, theme.pressed, theme.accent_soft):
        assert contrast(theme.text, under) >= 4.5
    assert contrast(theme.accent, theme.accent_soft) >= 4.5
    assert contrast(theme.on_strong, theme.strong) >= 4.5


@themes
@pytest.mark.parametrize("phase", ["forward", "loss", "backward", "update"])
def test_phase_names_stand_out_on_their_soft_background(theme: Theme, phase: str) -> None:
    assert contrast(getattr(theme, phase), theme.soft(phase, 0.08)) >= 4.5


@themes
@pytest.mark.parametrize("surface", ["panel", "canvas"])
def test_marks_and_classes_stand_out_at_least_3(theme: Theme, surface: str) -> None:
    colours = [getattr(theme, name) for name in MARKS] + list(theme.class_colours)
    assert min(contrast(colour, getattr(theme, surface)) for colour in colours) >= 3.0


@themes
def test_classes_differ_in_colour_and_marker(theme: Theme) -> None:
    assert len(set(theme.class_colours)) == len(theme.class_colours) == len(CLASS_MARKERS) == len(set(CLASS_MARKERS))


@themes
def test_diverging_scale_runs_from_negative_over_background_to_positive(theme: Theme) -> None:
    table = diverging(theme)
    assert table.shape == (256, 4)
    assert table.dtype == np.uint8
    assert tuple(table[0, :3]) == tuple(bytes.fromhex(theme.negative[1:]))
    assert tuple(table[-1, :3]) == tuple(bytes.fromhex(theme.positive[1:]))
    background = np.array(list(bytes.fromhex(theme.canvas[1:])), float)
    assert np.abs(table[127:129, :3] - background).max() <= 1


@themes
def test_scale_hues_are_those_of_the_encoding_rules(theme: Theme) -> None:
    assert (theme.negative, theme.positive) == ("#E08A1E", "#2B7BBA")


@themes
def test_sequential_scale_moves_away_from_the_background(theme: Theme) -> None:
    colours = ["#" + bytes(row[:3]).hex() for row in sequential(theme)]
    ratios = [contrast(colour, theme.canvas) for colour in colours]
    assert ratios[0] == pytest.approx(1.0)
    assert np.all(np.diff(ratios[::16]) > 0)


def test_text_on_a_filled_tile_takes_the_readable_colour() -> None:
    assert contrast(on_colour("#2B7BBA"), "#2B7BBA") >= 4.4
    assert contrast(on_colour("#E08A1E"), "#E08A1E") >= 4.5


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1.0) == "#FFFFFF"
    assert mix("#000000", "#FF0000", 0.2) == "#330000"


def test_changing_the_theme_tells_who_listens(qtbot: object) -> None:
    holder, seen = ThemeHolder(THEMES["light"]), []
    holder.changed.connect(seen.append)
    holder.use("dark")
    assert [theme.key for theme in seen] == ["dark"]
    assert holder.theme.is_dark


def test_unknown_theme_is_refused_by_name(qtbot: object) -> None:
    with pytest.raises(SpecError, match="Received: 'pink'"):
        ThemeHolder(THEMES["light"]).use("pink")
