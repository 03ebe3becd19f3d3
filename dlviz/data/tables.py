"""Small printed tables: logic gates and the two salary tables of the course."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlviz.core.randomness import normals
from dlviz.data.dataset import Dataset
from dlviz.data.generators import noise
from dlviz.data.kind import SEED, DatasetKind, classified, datasets, measured, samples

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def _gate(title: str, truth: tuple[int, int, int, int]) -> Callable[[Mapping[str, Any], int], Dataset]:
    """Return a maker of one logic gate: the four corners in turn, shifted by the noise."""

    def make(settings: Mapping[str, Any], seed: int) -> Dataset:
        n = settings["samples"]
        corner = np.arange(n) % 4
        shifts = settings["noise"] * normals(seed, f"{title}.noise", 2 * n).reshape(n, 2)
        return classified(title, CORNERS[corner] + shifts, np.array(truth)[corner], ("0", "1"))

    return make


def iq_salary(settings: Mapping[str, Any], seed: int) -> Dataset:
    """Return the three students of EX-30, unscaled: at a rate of 0.1 training diverges on purpose."""
    inputs = [[80, 3.5], [60, 4.0], [70, 3.2]]
    return measured("IQ and salary", inputs, [1.8, 2.5, 2.0], ("iq", "gpa"), "salary")


def cgpa_salary(settings: Mapping[str, Any], seed: int) -> Dataset:
    """Return the four graduates of EX-31; salary in lakh rupees a year."""
    inputs = [[8, 8], [7, 9], [6, 10], [5, 12]]
    return measured("CGPA and salary", inputs, [4.0, 5.0, 6.0, 7.0], ("cgpa", "resume_score"), "salary")


_GATE = (samples(4), noise(0.0), SEED)
datasets.add(
    DatasetKind(
        "and",
        "AND",
        _GATE,
        _gate("AND", (0, 0, 0, 1)),
        "binary",
        "McCulloch & Pitts 1943",
        description="Four corners, one of them true: a single unit can do it",
    )
)
datasets.add(
    DatasetKind(
        "xor",
        "XOR",
        _GATE,
        _gate("XOR", (0, 1, 1, 0)),
        "binary",
        "Minsky & Papert 1969",
        description="Four corners, two of them true: a single unit cannot do it",
    )
)
datasets.add(
    DatasetKind(
        "iq_salary",
        "IQ, GPA and salary",
        (),
        iq_salary,
        "regression",
        "curriculum DAT-07",
        description="Three students: an IQ near 70 beside a grade near 3.5, unscaled",
    )
)
datasets.add(
    DatasetKind("cgpa_salary", "CGPA, résumé and salary", (), cgpa_salary, "regression", "curriculum DAT-08",
                description="Four graduates: a grade and a score of the résumé give the salary in lakh rupees a year")
)  # fmt: skip
