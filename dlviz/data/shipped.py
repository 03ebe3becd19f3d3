"""Classic measured data sets that come with the program as small CSV files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.data.dataset import Dataset, Task
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


def _add(key: str, title: str, scaling: Scaling, source: str, is_regression: bool = False) -> None:
    task: Task = "regression" if is_regression else "binary" if key == "breast_cancer" else "multiclass"
    datasets.add(DatasetKind(key, title, (), _reader(key, title), task, source, scaling))


_add("iris", "Iris flowers", "standard", f"Fisher 1936; {UCI}")
_add("wine", "Italian wines", "standard", f"Aeberhard and Forina 1991; {UCI}")
_add("breast_cancer", "Breast cancer", "standard", f"Wolberg, Mangasarian, Street and Street 1995; {UCI}")
_add("digits", "Handwritten digits 8×8", "minmax", f"Alpaydin and Kaynak 1998; {UCI}")
_add("diabetes", "Diabetes progression", "standard", "Efron, Hastie, Johnstone and Tibshirani 2004", True)
