"""Classic measured data sets that come with the program as small CSV files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.data.dataset import Dataset, Modality, Task
from dlviz.data.kind import DatasetKind, classified, datasets, measured
from dlviz.data.spec import Scaling
from dlviz.resources import resource

IMAGES: Mapping[str, tuple[int, int, int]] = {"digits": (1, 8, 8)}
UCI = "UCI Machine Learning Repository, CC BY 4.0"


def read_shipped(key: str, title: str) -> Dataset:
    """Read resources/datasets/KEY.csv.

    Its first line is `# classes: a,b,…` or `# regression`, its second the column names; the last
    column is the class index or the value to predict.
    """
    with resource("datasets", f"{key}.csv").open(encoding="utf-8") as file:
        kind = file.readline().removeprefix("#").strip()
        names = tuple(file.readline().strip().split(","))
        rows = np.loadtxt(file, delimiter=",", ndmin=2)
    inputs, last = rows[:, :-1], rows[:, -1]
    if kind == "regression":
        return measured(title, inputs, last, names[:-1], names[-1])
    class_names = tuple(kind.removeprefix("classes:").strip().split(","))
    found = classified(title, inputs, last.astype(np.int64), class_names, names[:-1])
    return replace(found, image_shape=IMAGES.get(key))


def _reader(key: str, title: str) -> Callable[[Mapping[str, Any], int], Dataset]:
    def make(settings: Mapping[str, Any], seed: int) -> Dataset:
        return read_shipped(key, title)

    return make


def _add(key: str, title: str, task: Task, source: str, description: str, scaling: Scaling = "standard") -> None:
    modality: Modality = "image" if key in IMAGES else "table"
    make = _reader(key, title)
    datasets.add(DatasetKind(key, title, (), make, task, source, scaling, description=description, modality=modality))


_add("iris", "Iris flowers", "multiclass", f"Fisher 1936; {UCI}", "Four lengths of a flower tell which of three it is")
_add("wine", "Italian wines", "multiclass", f"Aeberhard and Forina 1991; {UCI}",
     "Thirteen measurements of a wine tell which of three growers it is from")  # fmt: skip
_add("breast_cancer", "Breast cancer", "binary", f"Wolberg, Mangasarian, Street and Street 1995; {UCI}",
     "Thirty measurements of cell nuclei tell whether a lump is benign")  # fmt: skip
_add("digits", "Handwritten digits 8×8", "multiclass", f"Alpaydin and Kaynak 1998; {UCI}",
     "Images of 8 × 8 grey pixels from 0 to 16, ten digits", "minmax")  # fmt: skip
_add("diabetes", "Diabetes progression", "regression", "Efron, Hastie, Johnstone and Tibshirani 2004",
     "Ten measurements of a person give how far the disease is after a year")  # fmt: skip
