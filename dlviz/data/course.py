"""Small made-up tables of the course: weather to be encoded, and prices of used cars."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlviz.core.hyper import floating
from dlviz.core.randomness import normals, uniforms
from dlviz.data.dataset import Dataset
from dlviz.data.kind import SEED, DatasetKind, classified, datasets, measured, samples
from dlviz.i18n import tr

Settings = Mapping[str, Any]

WEATHERS = ("Sunny", "Rainy", "Windy", "Shady")
FIRST_DAYS = (0, 1, 2, 0, 3)  # the five labels of curriculum EX-11, which repeat
#: Temperature in °C, humidity in %, wind in km/h of a usual day of each weather; made up.
USUAL = np.array([[29.0, 45.0, 8.0], [18.0, 88.0, 14.0], [21.0, 60.0, 38.0], [22.0, 66.0, 7.0]])
SPREAD = np.array([3.0, 7.0, 4.0])  # standard deviation of each, at a spread of 1

#: Age in years, distance in 10 000 km, price: the first rows of the course. Two equal cars, two prices (EX-17).
FIRST_CARS = np.array([[3.0, 5.0, 50_000.0], [3.0, 5.0, 40_000.0], [6.0, 9.0, 25_000.0], [1.0, 1.0, 60_000.0]])
NEW_PRICE = 70_000.0
LOSS_A_YEAR, LOSS_A_DISTANCE = 0.88, 0.96  # share of the price that a year and 10 000 km leave


def weather(settings: Settings, seed: int) -> Dataset:
    """Make days with their weather; the labels of the first five are those of curriculum EX-11."""
    n = settings["samples"]
    labels = np.array(FIRST_DAYS)[np.arange(n) % len(FIRST_DAYS)]
    shifts = normals(seed, "weather", 3 * n).reshape(n, 3)
    inputs = USUAL[labels] + settings["spread"] * SPREAD * shifts
    inputs[:, 1:] = np.clip(inputs[:, 1:], 0.0, [100.0, 200.0])
    return classified(tr("Weather"), inputs, labels, WEATHERS, ("temperature", "humidity", "wind"))


def car_prices(settings: Settings, seed: int) -> Dataset:
    """Make used cars: the four of the course, then others whose price falls with age and distance."""
    n = settings["samples"]
    age = np.round(12 * uniforms(seed, "car_prices.age", n), 1)
    distance = np.round(age * (0.6 + 1.6 * uniforms(seed, "car_prices.distance", n)), 1)
    price = NEW_PRICE * LOSS_A_YEAR**age * LOSS_A_DISTANCE**distance
    price = price * np.exp(settings["spread"] * normals(seed, "car_prices.price", n))
    rows = np.column_stack([age, distance, np.round(price, -2)])
    rows[: len(FIRST_CARS)] = FIRST_CARS[:n]
    return measured(tr("Car prices"), rows[:, :2], rows[:, 2], ("age", "distance"), "price")


datasets.add(
    DatasetKind(
        "weather",
        "Weather",
        (samples(60, minimum=5), floating("spread", 1.0, minimum=0.0, maximum=3.0, help="How much days differ"), SEED),
        weather,
        "multiclass",
        "made up; labels of the first five days: curriculum EX-11",
        "standard",
        description="Temperature in °C, humidity in % and wind in km/h of days that are Sunny, Rainy, Windy or Shady",
    )
)
datasets.add(
    DatasetKind(
        "car_prices",
        "Prices of used cars",
        (
            samples(80, minimum=4),
            floating("spread", 0.1, minimum=0.0, maximum=1.0, help="Noise of the price, as a share of it"),
            SEED,
        ),
        car_prices,
        "regression",
        "made up; the first four cars: curriculum EX-17",
        "standard",
        description="Age in years and distance in 10 000 km give the price; two equal cars cost 50 000 and 40 000",
    )
)
