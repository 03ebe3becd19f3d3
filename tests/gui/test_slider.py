"""The scale of a slider: its ends, whole numbers, powers, and ranges that are narrow or huge."""

import pytest

from dlviz.gui.widgets.slider import STEPS, Scale


@pytest.mark.parametrize(
    "scale",
    [
        Scale(0.12345, 1.0),
        Scale(1000.0, 1001.0),
        Scale(1e-320, 1.0, is_log=True),
        Scale(-1e300, 1e300),
        Scale(1.0, 1e12, is_whole=True),
        Scale(1e-8, 1.00001e-8, is_log=True),
    ],
)
def test_every_place_lies_between_the_ends_and_no_two_are_alike(scale: Scale) -> None:
    places = range(0, scale.positions + 1, scale.positions // 50)
    values = [scale.value(each) for each in places]
    assert (scale.value(0), scale.value(scale.positions)) == (scale.minimum, scale.maximum)
    assert values == sorted(values) and len(set(values)) == len(values)
    assert all(scale.minimum <= each <= scale.maximum for each in values)
    assert 0 < scale.positions < 2**31


@pytest.mark.parametrize("scale", [Scale(0.0, 0.999), Scale(0.001, 1.0, is_log=True), Scale(1, 9, is_whole=True)])
def test_a_value_stands_at_its_place(scale: Scale) -> None:
    for position in (0, scale.positions // 3, scale.positions):
        value = scale.value(position)
        assert abs(scale.position(value) - position) <= STEPS // 200
        assert value in (scale.minimum, scale.maximum) or value == float(f"{value:.3g}")
