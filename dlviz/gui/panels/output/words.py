"""What the output panel writes beside its title: the legend, or the answer under the pointer."""

import numpy as np

from dlviz.core.inference import layer_numbers
from dlviz.core.network import NetworkSpec
from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.panels.output.map import Extent
from dlviz.gui.panels.output.plane import Plane, axis_names
from dlviz.gui.response import FloatArray, decision_level
from dlviz.gui.selection import Selected
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame
from dlviz.session.vary.agreement import Agreement

DIGITS = 3  # of numbers under the pointer, which must fit beside the title


def legend_words(document: Document, dataset: Dataset, dots: str, is_logits: bool = False) -> str:
    """Say how points are drawn and, for two classes, where the boundary runs. is_logits: on a map of logits."""
    if not document.network.layers:
        return tr("no network yet · {dots}", dots=dots)
    if len(dataset.target_names) > 1 and dataset.task == "regression":
        return tr("{name}, the first of {count} · {dots}", name=dataset.target_names[0],
                  count=len(dataset.target_names), dots=dots)  # fmt: skip
    level = decision_level(document, dataset) if dataset.task == "binary" else None
    level = 0.0 if level is not None and is_logits else level
    return dots if level is None else tr("boundary at {level} · {dots}", level=numbers.number(level), dots=dots)


def agreement_words(dataset: Dataset, dots: str) -> str:
    """Say how the picture of several networks is read. dots: which marker is which part."""
    if dataset.d == 1:
        return tr("band: ± 1 deviation · {dots}", dots=dots)
    if dataset.task == "regression":
        return tr("pale: they differ · {dots}", dots=dots)
    return tr("pale: they disagree · {dots}", dots=dots)


def rows_words(count: int) -> str:
    """Count rows in words."""
    return tr("1 row") if count == 1 else tr("{count} rows", count=numbers.count(count))


def since_words(frame: Frame) -> str:
    """Say at which step answers to many rows were given, where the run has gone on since."""
    step = None if frame.predictions is None else frame.predictions.step
    return "" if step is None or step == frame.step else tr(" · at step {step}", step=numbers.count(step))


def value_at(values: FloatArray, extent: Extent, x: float, y: float) -> FloatArray:
    """Look the outputs (k,) up in maps (k, rows, columns) over an extent."""
    x0, x1, y0, y1 = extent
    _, rows, columns = values.shape
    row = min(max(int((y - y0) / (y1 - y0) * rows), 0), rows - 1)
    column = min(max(int((x - x0) / (x1 - x0) * columns), 0), columns - 1)
    return values[:, row, column]


def answer_words(dataset: Dataset, plane: Plane, place: tuple[float, float], answer: FloatArray | None) -> str:
    """Write a place and the answer there: a number (the first of several), or the winning class with its output."""
    names = axis_names(dataset, plane)
    here = "  ".join(f"{name} {numbers.number(at, DIGITS)}" for name, at in zip(names, place, strict=True))
    if answer is None or not np.isfinite(answer).all():
        return here
    best = _told(dataset, answer)
    name = f"{dataset.class_names[best]} " if len(answer) == len(dataset.class_names) > 1 else ""
    return f"{here} → {name}{numbers.number(float(answer[best]), DIGITS)}"


def _told(dataset: Dataset, answer: FloatArray) -> int:
    """Return which output is written: that of the winning class; of measured values the first, which the map shows."""
    return 0 if dataset.task == "regression" else int(np.argmax(np.nan_to_num(answer)))


def spread_words(dataset: Dataset, plane: Plane, place: tuple[float, float], found: Agreement) -> str:
    """Write a place, the mean answer of several networks there with its deviation, and how many name its class."""
    mean, std = (value_at(each, found.extent, *place) for each in (found.mean, found.std))
    best = _told(dataset, mean)
    answer = answer_words(dataset, plane, place, mean)
    if not np.isfinite(mean).all():
        return answer
    words = f"{answer} ± {numbers.number(float(std[best]), DIGITS)}"
    if found.share is None:
        return words
    count, n = round(float(value_at(found.share[None], found.extent, *place)[0]) * len(found.seeds)), len(found.seeds)
    return tr("{words} · {count} of {n} agree", words=words, count=count, n=n)


def unit_words(network: NetworkSpec, shown: Selected) -> str:
    """Say whose response the map shows, as the inspector calls it: "unit 2 of layer 1"."""
    if network.layers and shown.layer == network.layers[-1].id:
        return tr("output unit {unit}", unit=shown.unit + 1)
    number = layer_numbers(network).get(shown.layer, 0)
    return tr("unit {unit} of layer {layer}", unit=shown.unit + 1, layer=number or shown.layer)
