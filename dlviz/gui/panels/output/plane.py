"""The plane that the output panel shows: its extent, its points, what stays fixed, and what should be answered."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.inference import shapes
from dlviz.core.network import output_id
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.data.principal_plane import PrincipalPlane, span_of
from dlviz.gui import numbers
from dlviz.gui.panels.output.map import Extent, PointSet
from dlviz.gui.response import classes_of
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Interest
from dlviz.session.targets import target_low, targets_for

View = Literal["map", "curve"]  # over two inputs, or over one
MOST_CLASSES = 20  # with a curve each: more could not be told apart, and would be slow to draw
MAX_MAP_INPUTS = 12  # with more inputs a plane through their means says little: errors come first
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Plane:
    """Two inputs (columns) spanning a plane, its extent, and the values of all inputs elsewhere, as measured.

    is_principal: it is the plane of the first two principal components instead; principal: that, once it is known.
    """

    axes: tuple[int, int]
    extent: Extent
    fixed: tuple[float, ...] = ()
    is_principal: bool = False
    principal: PrincipalPlane | None = None

    def asked(self, base: Interest) -> Interest:
        """Return base with maps over this plane."""
        return replace(
            base, axes=self.axes, extent=self.extent, fixed=self.fixed, is_principal=self.is_principal
        )  # fmt: skip

    def holds(self, principal: PrincipalPlane | None, prepared: Prepared) -> bool:
        """Say whether a map over this plane of the data may be shown here: one of its kind, and of rows like these."""
        if principal is None or not self.is_principal:
            return principal is None and not self.is_principal
        return len(principal.places) == prepared.dataset.n and len(principal.components.centre) == prepared.dataset.d

    def known(self, principal: PrincipalPlane) -> "Plane":
        """Return this plane as it was found."""
        return replace(self, extent=principal.extent, principal=principal)


def first_page(dataset: Dataset) -> str:
    """Return the page that suits a data set: a curve or map over few inputs, errors for many."""
    return "map" if dataset.d <= MAX_MAP_INPUTS else "errors"


def plane_of(prepared: Prepared, axes: tuple[int, int], fixed: tuple[float, ...] = ()) -> Plane:
    """Return the plane that the data span on two inputs. fixed: values of all; by default their training means."""
    inputs = prepared.dataset.inputs
    ends = [span_of(inputs[:, axis]) for axis in axes]
    return Plane(axes, (*ends[0], *ends[1]), fixed or means_of(prepared))


def means_of(prepared: Prepared) -> tuple[float, ...]:
    """Return the mean of every input over the training rows, as measured."""
    return tuple(float(value) for value in prepared.dataset.inputs[prepared.train].mean(axis=0))


def points_of(prepared: Prepared, plane: Plane, fills: NDArray[np.int8]) -> PointSet | None:
    """Return the rows as points of a plane, if that is known; measured targets are classed as above or below."""
    dataset = prepared.dataset
    if plane.is_principal and plane.principal is None:
        return None
    places = dataset.inputs[:, list(plane.axes)] if plane.principal is None else plane.principal.places
    return PointSet(places, classes_of(dataset), fills)


@dataclass(frozen=True)
class FittedCurves:
    """What curves over one input show of the first output.

    classes: that have a curve each, none where there is one for the only output; others: how many classes have none,
    for want of room; targets: where each row should lie (n,); low: what stands for "not this class".
    """

    classes: tuple[str, ...]
    others: int
    targets: NDArray[np.float64]
    low: float = 0.0

    def is_like(self, other: "FittedCurves") -> bool:
        """Say whether the same would be drawn."""
        same = self.classes == other.classes and self.others == other.others and self.low == other.low
        return same and np.array_equal(self.targets, other.targets)


NOT_FITTED = FittedCurves((), 0, np.empty(0))


def fitted_curves(document: Document, dataset: Dataset) -> FittedCurves:
    """Return what is drawn over one input.

    A row should lie at 1 of the output for its class, at 1 and 0 or −1 of a single output for classes, or at the first
    measured value; where network and data do not fit, at its target as it is.
    """
    if dataset.task != "regression" and document.network.layers:
        with suppress(DlvizError):
            width = math.prod(shapes(document.network)[output_id(document.network)])
            own = targets_for(document, dataset)[:, :width]
            if width == len(dataset.class_names):
                shown = dataset.class_names[:MOST_CLASSES]
                return FittedCurves(shown, width - len(shown), own.max(axis=1), target_low(document))
            return FittedCurves((), 0, own[:, 0])
    return FittedCurves((), 0, dataset.targets.reshape(dataset.n, -1)[:, 0].astype(float))


def fitted_name(dataset: Dataset, fitted: FittedCurves) -> str:
    """Return what runs up beside curves over one input: what is learned, for each class where they have curves."""
    target, shown = ", ".join(dataset.target_names), len(fitted.classes)
    if fitted.others:
        all_classes = numbers.count(shown + fitted.others)
        return tr("{target}: output for the first {some} of {count}", target=target, some=shown, count=all_classes)
    return tr("{target}: output for each", target=target) if shown else target


def axis_symbol(dataset: Dataset, axis: int) -> str:
    """Return the name of an input: x₁ where the names are only numbered, else as the data call it."""
    name = dataset.input_names[axis]
    return "x" + name[1:].translate(_SUBSCRIPTS) if name[:1] == "x" and name[1:].isdigit() else name


def axis_names(dataset: Dataset, plane: Plane) -> tuple[str, str]:
    """Return what runs across and up."""
    if plane.is_principal:
        return tr("PC {number}", number=1), tr("PC {number}", number=2)
    return axis_symbol(dataset, plane.axes[0]), axis_symbol(dataset, plane.axes[1])


def share_words(principal: PrincipalPlane, is_short: bool = False) -> str:
    """Say how much of the variance lies across and up."""
    if is_short:
        across, up = (numbers.percent(round(share, 2)) for share in principal.shares)
        return tr("→ PC 1 ({across}) ↑ PC 2 ({up})", across=across, up=up)
    across, up = (numbers.percent(share) for share in principal.shares)
    return tr("→ PC 1 ({across} of the variance)  ↑ PC 2 ({up} of the variance)", across=across, up=up)


def lost_sentence(principal: PrincipalPlane, is_short: bool = False) -> str:
    """Say what the plane fixes, and to how many rows it was fitted where not to all."""
    lost = numbers.percent(max(1 - sum(principal.shares), 0.0))
    if is_short:
        return tr("{lost} of the variance is not in it", lost=lost)
    said = tr("the plane through the mean; {lost} of the variance is not in it", lost=lost)
    if principal.n_fitted == principal.n_train:
        return said
    some, count = numbers.count(principal.n_fitted), numbers.count(principal.n_train)
    return said + "; " + tr("fitted to {some} of {count} training rows", some=some, count=count)


def inputs_words(dataset: Dataset, values: Sequence[float], most: int) -> str:
    """Write the inputs of a place, the first of very many."""
    shown = [f"{axis_symbol(dataset, axis)} {numbers.number(value, 3)}" for axis, value in enumerate(values[:most])]
    return ", ".join(shown) + (", …" if len(values) > most else "")


@dataclass(frozen=True)
class Held:
    """At which values inputs are held, one each, and whether those are their training means."""

    values: tuple[float, ...]
    are_means: bool = True


def fixed_sentence(dataset: Dataset, axes: tuple[int, int], held: Held, most: int = 3) -> str:
    """Say at which values the inputs off the plane are held; empty if there are none."""
    others = [axis for axis in range(dataset.d) if axis not in axes]
    if not others:
        return ""
    if len(others) > most:
        return unnamed_sentence(len(others), held.are_means)
    named = ", ".join(f"{axis_symbol(dataset, axis)} {numbers.number(held.values[axis])}" for axis in others)
    return tr("at {values} (training means)", values=named) if held.are_means else tr("at {values}", values=named)


def unnamed_sentence(count: int, are_means: bool) -> str:
    """Say of how many inputs values are held, where there is no room for their names."""
    if are_means:
        return tr("the other {count} inputs at their training means", count=count)
    return tr("the other {count} inputs at chosen values", count=count)
