"""A sheet with numbers in: values by name, curves, the answer, and every step on the way."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import FormulaError
from dlviz.core.expression.evaluate import Point, evaluate, point
from dlviz.core.expression.graph import Graph, Places, leaves
from dlviz.core.expression.nodes import Draw, Formula
from dlviz.core.expression.scalar import run
from dlviz.core.expression.text import plain
from dlviz.core.sheets.sheet import ANSWER, InputValue, Plot, Sheet
from dlviz.core.sheets.unfold import Unfolded
from dlviz.core.trace import Trace
from dlviz.i18n import tr

Array: TypeAlias = NDArray[np.float64]
SWEEP_POINTS = 201
MOST_SWEPT = 8_000  # nodes of all graphs along the axis of a whole input: a slider is pulled beside them


@dataclass(frozen=True)
class Curve:
    """One curve of the plot: x and y (points,)."""

    name: str
    x: Array
    y: Array


@dataclass(frozen=True)
class Computed:
    """A sheet with numbers in.

    values: (1,) of a single number, (n,) of a list, by name; lists of lists are left out. ids: the name of every
    number as steps have it, as `v[3]`; of input lists too. answer: what the question asks for; NaN without one.
    holds: for each case of the sheet, whether it is so.
    """

    sheet: Sheet
    inputs: Mapping[str, InputValue]
    values: Mapping[str, Array]
    singles: frozenset[str]
    ids: Mapping[str, tuple[str, ...]]
    curves: tuple[Curve, ...]
    answer: float
    trace: Trace
    holds: tuple[bool, ...] = ()

    @property
    def rows(self) -> int:
        """Length of the table."""
        return max((len(self.values[name]) for name in self.sheet.table), default=0)


def lay_out(sheet: Sheet, given: Mapping[str, object]) -> Graph:
    """Lay out the graph of a sheet with these inputs; nothing is computed.

    Raises: SpecError for inputs out of their limits, FormulaError for too many operations, or names that are shown as
    what they are not.
    """
    return _point(sheet, sheet.filled(given)).graph


def compute(sheet: Sheet, given: Mapping[str, object]) -> Computed:
    """Compute a sheet; what is not defined comes out as NaN or ±inf. Raises: as `lay_out` does."""
    inputs = sheet.filled(given)
    at = _point(sheet, inputs)
    places = {**at.graph.inputs, **at.graph.names}
    bound = at.bound(slice(0, 1))
    told = [node for name in at.graph.names if name not in sheet.untold for node in leaves(places[name])]
    order = bound.forward(told)
    asked = {name: node for name in sheet.untold if isinstance(node := places.get(name), int)}
    judged = bound.forward(tuple(asked.values()), order)
    run([call for calls in (*order.values(), *judged.values()) for call in calls])
    numbers = {index: values.reshape(1) for index, values in enumerate(bound.values)}
    names, drawn = _names(at.graph), _drawn(sheet, places)
    own = {each: names[each] for each in told if at.graph.nodes[each].is_operation} | drawn
    steps = tuple(Unfolded(at.graph, tuple(order), own).steps(numbers))
    before = {node.id: _kept(numbers[index]) for index, node in enumerate(at.graph.nodes) if node.op == "input"}
    before |= {name: _kept(numbers[index]) for index, name in drawn.items()}
    flat = {name: leaves(each) for name, each in places.items() if name not in sheet.untold and _is_flat(each)}
    values = {name: _kept(np.concatenate([numbers[each] for each in nodes])) for name, nodes in flat.items()}
    return Computed(
        sheet,
        inputs,
        values,
        frozenset(name for name in flat if isinstance(places[name], int)),
        {name: tuple(names[each] for each in nodes) for name, nodes in flat.items()},
        tuple(_curves(sheet, inputs, values)),
        float(numbers[asked[ANSWER]][0]) if ANSWER in asked else math.nan,
        Trace(steps, before, np.arange(1)),
        tuple(bool(np.nan_to_num(numbers[asked[name]][0])) for name in sheet.case_names),
    )


def _drawn(sheet: Sheet, places: Mapping[str, Places]) -> dict[int, str]:
    """Return how random numbers are called: their digits, a dozen and more, would say nothing in a formula."""
    lists = [each.name for each in sheet.formula.statements if isinstance(each.expression, Draw)]
    return {node: f"{name}[{place}]" for name in lists for place, node in enumerate(leaves(places[name]), 1)}


def _names(graph: Graph) -> dict[int, str]:
    """Return how nodes are called: by a list of their own rather than by their place in a list of lists."""
    names = {index: node.id for index, node in enumerate(graph.nodes)}
    for name, places in graph.names.items():
        for place, node in enumerate(leaves(places) if _is_flat(places) else (), 1):
            if "][" in names[node]:
                names[node] = name if isinstance(places, int) else f"{name}[{place}]"
    return names


def _kept(values: Array) -> Array:
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def _is_flat(places: Places) -> bool:
    return isinstance(places, int) or all(isinstance(each, int) for each in places)


# What is checked before anything runs


def _point(sheet: Sheet, inputs: Mapping[str, InputValue]) -> Point:
    at = point(sheet.formula, inputs)
    lengths = {name: _length(places) for name, places in {**at.graph.inputs, **at.graph.names}.items()}
    _check(sheet.show, lengths, sheet.show_line, is_list=False)
    _check(sheet.table, lengths, sheet.table_line, is_list=True)
    for name in sheet.case_names if sheet.question is None else sheet.untold:
        _check((name,), lengths, _line_of(sheet.formula, name), is_list=False)
    if sheet.plot is not None:
        _check_plot(sheet.plot, lengths)
        if sheet.plot.is_sweep:
            _axis(sheet, sheet.plot, inputs)
    return at


def _length(places: Places) -> int:
    """Return 0 for a single number, -1 for lists of lists, else the length."""
    return 0 if isinstance(places, int) else len(places) if _is_flat(places) else -1


def _check(names: Sequence[str], lengths: Mapping[str, int], line: int, is_list: bool) -> None:
    for name in names:
        if (lengths[name] > 0) != is_list or lengths[name] < 0:
            kinds = {0: tr("a single number"), -1: tr("a list of lists")}
            came = kinds.get(lengths[name], tr("a list of {n}", n=lengths[name]))
            wanted = tr("a list") if is_list else tr("a single number")
            message = tr("Expected {wanted} for {name}. Received: {came}", wanted=wanted, name=name, came=came)
            raise FormulaError(message, place=tr("line {n}", n=line))


def _line_of(formula: Formula, name: str) -> int:
    return next(formula.text[: each.at].count("\n") + 1 for each in formula.statements if each.name == name)


def _check_plot(plot: Plot, lengths: Mapping[str, int]) -> None:
    if plot.is_sweep:
        _check(plot.curves, lengths, plot.line, is_list=False)
        return
    _check((plot.against, *plot.curves), lengths, plot.line, is_list=True)
    if len({lengths[name] for name in (plot.against, *plot.curves)}) > 1:
        came = ", ".join(f"{name} {lengths[name]}" for name in (plot.against, *plot.curves))
        message = tr("Expected lists of one length in the plot. Received: {came}", came=came)
        raise FormulaError(message, place=tr("line {n}", n=plot.line))


# Curves


def _curves(sheet: Sheet, inputs: Mapping[str, InputValue], values: Mapping[str, Array]) -> Iterator[Curve]:
    plot = sheet.plot
    if plot is None:
        return
    x, found = (values[plot.against], values) if not plot.is_sweep else _swept(sheet, plot, inputs)
    for name in plot.curves:
        yield Curve(name, x, _kept(np.broadcast_to(found[name], x.shape)))


def _swept(sheet: Sheet, plot: Plot, inputs: Mapping[str, InputValue]) -> tuple[Array, Mapping[str, Array]]:
    """Compute the curves along the axis: at all points at once, or one by one where an input counts turns or places."""
    x, upto = _axis(sheet, plot, inputs), _upto(sheet, plot)
    if not sheet.input(plot.against).is_whole:
        return x, evaluate(upto, {**inputs, plot.against: x}, plot.curves)
    at = []
    for each in x.tolist():
        with _told_at(plot, each):
            at.append(evaluate(upto, {**inputs, plot.against: each}, plot.curves))
    return x, {name: np.array([each[name] for each in at]) for name in plot.curves}


def _upto(sheet: Sheet, plot: Plot) -> Formula:
    """Return the formulas that the curves can need."""
    statements = sheet.formula.statements
    last = max((place for place, each in enumerate(statements) if each.name in plot.curves), default=-1)
    return replace(sheet.formula, statements=statements[: last + 1])


def _axis(sheet: Sheet, plot: Plot, inputs: Mapping[str, InputValue]) -> Array:
    """Return where the curves are computed: whole numbers of an input that is whole, fewer where much is computed.

    Raises: FormulaError for curves that are not there at both ends, or an input that counts and is not whole.
    """
    if sheet.input(plot.against).is_whole:
        low, high = math.ceil(plot.low), math.floor(plot.high)
        size = max(len(_laid_out(sheet, plot, inputs, float(end)).nodes) for end in (low, high))
        points = min(high - low + 1, SWEEP_POINTS, max(MOST_SWEPT // max(size, 1), 2))
        return _kept(np.unique(np.round(np.linspace(low, high, points))))
    x = _kept(np.linspace(plot.low, plot.high, SWEEP_POINTS))
    try:
        point(_upto(sheet, plot), {**inputs, plot.against: x})
    except FormulaError:
        wanted = tr("a whole input along the axis, where it counts turns, places or numbers")
        message = tr("Expected {wanted}. Received: {name!r}", wanted=wanted, name=plot.against)
        hint = tr("Write whole behind its limits.")
        raise FormulaError(message, hint, tr("line {n}", n=plot.line)) from None
    return x


def _laid_out(sheet: Sheet, plot: Plot, inputs: Mapping[str, InputValue], value: float) -> Graph:
    with _told_at(plot, value):
        return point(_upto(sheet, plot), {**inputs, plot.against: value}).graph


@contextmanager
def _told_at(plot: Plot, value: float) -> Iterator[None]:
    """Let a refusal say where on the axis it arose."""
    try:
        yield
    except FormulaError as error:
        where = tr("At {name} = {value} on the axis", name=plot.against, value=plain(value))
        raise FormulaError(f"{where}: {error.message}", error.hint, error.place) from None
