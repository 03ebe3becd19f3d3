"""All built-in data sets in one registry."""

from dlviz.data import course, curves, enlarged, generators, patterns, sentences, sequences, shipped, tables
from dlviz.data.kind import DatasetKind, datasets

__all__ = [
    "DatasetKind", "course", "curves", "datasets", "enlarged", "generators", "patterns", "sentences",
    "sequences", "shipped", "tables",
]  # fmt: skip

#: Points in the plane first, then gates and bits, regressions, measured tables, small tables of the course.
datasets.begin_with(
    "circles", "moons", "spiral", "blobs", "checkerboard", "above_below", "xor", "and", "parity", "line", "sine",
    "curve", "surface", "iris", "wine", "breast_cancer", "diabetes", "digits", "digits_784", "weather", "car_prices",
    "iq_salary", "cgpa_salary", "sentences", "echo",
)  # fmt: skip
