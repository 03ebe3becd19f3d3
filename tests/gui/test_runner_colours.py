"""Colours and markers of optimizers: told apart by every kind of eyes, and each keeps its own."""

from itertools import combinations

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.gui.colour import contrast
from dlviz.gui.race.runners import look_of
from dlviz.gui.theme import THEMES, Theme
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.race import RaceSpec
from dlviz.session.race.spec import MOST_OPTIMIZERS
from tests.gui.colour_vision import EYES, ciede2000, lab

LEAST = 13.0  # CIEDE2000 between two optimizers; two is a difference that is just noticed
LEAST_FROM_ARROWS = 15.0
PHASES = ("forward", "loss", "backward", "update")
each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ],
)
def test_differences_are_those_of_sharma_wu_and_dalal(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(expected, abs=5e-5)
    assert ciede2000(np.array(other), np.array(one)) == pytest.approx(expected, abs=5e-5)


def test_simulated_eyes_confuse_what_such_eyes_confuse() -> None:
    red, green = "#B02020", "#606A00"
    assert ciede2000(lab(red), lab(green)) > 40
    assert ciede2000(lab(red, "deuteranopia"), lab(green, "deuteranopia")) < 15
    assert all(ciede2000(lab("#808080"), lab("#808080", eyes)) < 0.1 for eyes in EYES)


@each_theme
@pytest.mark.parametrize("eyes", EYES)
def test_any_two_optimizers_look_different_to_all_eyes(theme: Theme, eyes: str) -> None:
    looks = [look_of(number, theme) for number in range(MOST_OPTIMIZERS)]
    for one, other in combinations(looks, 2):
        assert one.marker != other.marker or one.colour != other.colour
        if one.is_dashed == other.is_dashed:
            assert ciede2000(lab(one.colour, eyes), lab(other.colour, eyes)) >= LEAST, (one, other)


@each_theme
def test_no_arrow_has_the_colour_of_an_optimizer(theme: Theme) -> None:
    for colour in theme.runner_colours:
        for phase in PHASES:
            assert ciede2000(lab(colour), lab(getattr(theme, phase))) >= LEAST_FROM_ARROWS, (colour, phase)


@each_theme
def test_lines_of_optimizers_stand_out_from_the_panel(theme: Theme) -> None:
    assert all(contrast(colour, theme.panel) >= 3 for colour in theme.runner_colours)


def test_markers_come_again_with_another_colour_only() -> None:
    theme = next(iter(THEMES.values()))
    looks = [look_of(number, theme) for number in range(MOST_OPTIMIZERS)]
    assert len({(look.colour, look.marker) for look in looks}) == MOST_OPTIMIZERS
    assert len({(look.colour, look.is_dashed) for look in looks}) == MOST_OPTIMIZERS


def looks_by_kind(document: Document) -> dict[str, int]:
    spec = document.race
    return {each.kind: spec.marker(index) for index, each in enumerate(spec.optimizers)}


def test_who_stays_keeps_colour_and_marker_and_who_comes_takes_a_free_one() -> None:
    document = edits.remove_entrant(Document(), 1)
    assert looks_by_kind(document) == {"sgd": 0, "rmsprop": 2, "adam": 3}
    document = edits.add_entrant(document, "nadam")
    assert looks_by_kind(document) == {"sgd": 0, "rmsprop": 2, "adam": 3, "nadam": 1}
    document = edits.add_entrant(document, "adagrad")
    assert looks_by_kind(document)["adagrad"] == 4
    changed = edits.set_entrant(document, 0, chosen("rprop", lr=0.01))
    assert looks_by_kind(changed) == {"rprop": 0, "rmsprop": 2, "adam": 3, "nadam": 1, "adagrad": 4}


def test_markers_are_kept_in_the_file_and_not_written_where_they_say_nothing() -> None:
    document = edits.remove_entrant(Document(), 0)
    assert document.race.markers == (1, 2, 3)
    written = document_to_json(document, inline_arrays=True)
    assert document_from_json(written).race == document.race
    del written["race"]["markers"]  # as files of older versions are
    assert looks_by_kind(document_from_json(written)) == {"momentum": 0, "rmsprop": 1, "adam": 2}
    last = document_to_json(edits.remove_entrant(Document(), 3), inline_arrays=True)
    assert "markers" not in last["race"]


def test_other_optimizers_begin_anew() -> None:
    document = edits.remove_entrant(Document(), 0)
    runners = RaceSpec().optimizers
    assert edits.set_race(document, optimizers=runners).race.markers == ()
    assert edits.set_race(document, steps=20).race.markers == (1, 2, 3)


@pytest.mark.parametrize("markers", [(0, 0, 1, 2), (0, 1, 2, 16), (-1, 0, 1, 2)])
def test_markers_that_are_no_own_numbers_are_refused(markers: tuple[int, ...]) -> None:
    with pytest.raises(SpecError, match="a number of its own for each optimizer"):
        edits.set_race(Document(), optimizers=RaceSpec().optimizers, markers=markers)
