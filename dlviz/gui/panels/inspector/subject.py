"""What the inspector says about a place in a learning rule or in the graph of a formula."""

import re

import numpy as np

from dlviz.core.expression import Edge, Path
from dlviz.core.expression import Walk as FormulaWalk
from dlviz.core.rules.kind import indices_of
from dlviz.core.trace import Trace
from dlviz.gui import numbers
from dlviz.gui.leaves import Leaf, data_leaf
from dlviz.gui.letters import symbols
from dlviz.gui.panels.inspector.card import Card, Fact, Scene
from dlviz.gui.panels.inspector.sheet import sheet_card
from dlviz.gui.walks.formula_boxes import Standing, is_numbered
from dlviz.i18n import tr

SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAX_PATHS, MAX_WRITTEN = 8, 2  # listed, and written out as products


def subject_card(scene: Scene) -> Card:
    """Describe the selection. Returns an empty card for a place that the document does not have."""
    frame = scene.frame
    trace = frame.trace or frame.peek
    if trace is None:
        return Card()
    cursor = frame.cursor if frame.trace is not None else 0
    if scene.document.subject == "formula":
        return _formula_card(scene, Standing(trace, cursor)) if frame.formula is not None else Card()
    if scene.document.subject == "sheet":
        return sheet_card(scene, Standing(trace, cursor))
    builders = {"unit": _unit, "link": _weight, "bias": _weight, "input": _input}
    build = builders.get(scene.selected.kind)
    return build(scene, trace, cursor) if build is not None and scene.selected.layer in ("o", "x") else Card()


def _array(scene: Scene, trace: Trace, cursor: int, name: str) -> np.ndarray | None:
    found = trace.value(name, cursor)
    return (scene.frame.parameters or {}).get(name) if found is None else found


def _at(array: np.ndarray | None, *index: int) -> float | None:
    if array is None or array.ndim != len(index):
        return None
    is_inside = all(0 <= each < count for each, count in zip(index, array.shape, strict=True))
    return float(array[index]) if is_inside else None


def _unit(scene: Scene, trace: Trace, cursor: int) -> Card:
    unit = scene.selected.unit
    weights = _array(scene, trace, cursor, "o.W")
    if weights is None or not 0 <= unit < len(weights):
        return Card()
    written = {name for step in trace.steps for name in step.writes}
    answer = tr("answer {letter}", letter=symbols().bare("a"))
    rows = (("o.z", tr("sum or distance")), ("o.a", answer), ("o.e", tr("error e")), ("o.h", tr("share h")))
    facts = [
        Fact(label, (_at(_array(scene, trace, cursor, name), 0, unit), None), is_signed=name == "o.e")
        for name, label in rows
        if name in written
    ]
    changes = _array(scene, trace, cursor, "o.W.step")
    facts += [
        Fact(_symbol("o.W", weights.shape, (unit, i)), (float(w), _at(changes, unit, i)), is_signed=False)
        for i, w in enumerate(weights[unit])
    ]
    bias = _array(scene, trace, cursor, "o.b")
    if bias is not None:
        step = _array(scene, trace, cursor, "o.b.step")
        facts.append(Fact(_symbol("o.b", bias.shape, (unit,)), (_at(bias, unit), _at(step, unit))))
    return Card(tr("Unit {number}", number=unit + 1), "", (), (tr("value"), tr("change")), tuple(facts))


def _weight(scene: Scene, trace: Trace, cursor: int) -> Card:
    selected = scene.selected
    is_bias = selected.kind == "bias"
    name, index = ("o.b", (selected.unit,)) if is_bias else ("o.W", (selected.unit, selected.source))
    array = _array(scene, trace, cursor, name)
    now = _at(array, *index)
    if array is None or now is None:
        return Card()
    symbol = _symbol(name, array.shape, index)
    before = trace.before.get(name)
    change = _at(trace.value(f"{name}.step", cursor), *index)
    x = None if is_bias else _at(trace.before.get("x"), 0, selected.source)
    error = _at(trace.value("o.e", cursor), 0, selected.unit)
    facts = [Fact(tr("before this row"), (_at(before, *index),))]
    facts += [] if is_bias else [Fact(tr("input x"), (x,))]
    facts += [Fact(tr("error e"), (error,), is_signed=True)] if _has(trace, "o.e") else []
    facts += [Fact("Δ" + symbol, (change,), is_signed=True)] if _has(trace, f"{name}.step") else []
    kind = tr("Bias {symbol}", symbol=symbol) if is_bias else tr("Weight {symbol}", symbol=symbol)
    return Card(kind, "", (), (tr("this row"),), tuple(facts), Leaf("parameter", name, index, symbol, now))


def _has(trace: Trace, name: str) -> bool:
    return any(name in step.writes for step in trace.steps)


def _symbol(name: str, shape: tuple[int, ...], index: tuple[int, ...]) -> str:
    indices = indices_of(symbols().notation, shape, *index)
    return ("b" if name == "o.b" else "w") + indices.translate(SUB)


def _input(scene: Scene, trace: Trace, cursor: int) -> Card:
    value = _at(trace.before.get("x"), 0, scene.selected.unit)
    if value is None:
        return Card()
    symbol = f"x{scene.selected.unit + 1}".translate(SUB)
    leaf = data_leaf(scene.selected, scene.document, scene.dataset, scene.frame)
    facts = (Fact(tr("{symbol}, as the rule sees it", symbol=symbol), (value,)),)
    return Card(tr("Input {symbol}", symbol=symbol), "", (), (tr("this row"),), facts, leaf)


def _formula_card(scene: Scene, standing: Standing) -> Card:
    walked, selected = scene.frame.formula, scene.selected
    assert walked is not None
    if selected.kind == "link":
        return _use(walked, standing, selected.layer, selected.unit)
    return _node(walked, standing, selected.layer) if selected.layer in walked.graph.by_id else Card()


def _node(walked: FormulaWalk, standing: Standing, name: str) -> Card:
    graph = walked.graph
    node, output = graph.by_id[name], graph.nodes[walked.output].id
    own = graph.nodes[node]
    told = [step.formula for step in standing.trace.steps if step.node == name and step.phase == "forward"]
    total = standing.number(f"{name}.grad")
    facts = [] if own.op == "input" else [Fact(name, (own.value if own.op == "number" else standing.number(name),))]
    facts.append(Fact(f"∂{output}/∂{name}", (total,), is_signed=True))
    uses = [edge for edge in walked.parts if edge.source == node]
    if len(uses) > 1 and not _paths(walked, standing, name):
        facts += [
            Fact(tr("through {node}", node=graph.nodes[edge.target].id), (_part(walked, standing, edge),),
                 is_signed=True)
            for edge in uses
        ]  # fmt: skip
    found = _paths(walked, standing, name)
    facts += [Fact(_way(walked, path), (path.product,), is_signed=True) for path in found[:MAX_PATHS]]
    told += [f"{_product(path)} = {numbers.number(path.product)}" for path in found[:MAX_WRITTEN]]
    leaf = Leaf("formula", *_place(name), name, standing.number(name)) if own.op == "input" else None
    remark = tr("input") if own.op == "input" else own.op
    return Card(name, remark, tuple(told), (tr("value"),), tuple(facts), leaf)


def _paths(walked: FormulaWalk, standing: Standing, name: str) -> tuple[Path, ...]:
    """Return the paths from a node to the output where there are several, once the whole gradient is there."""
    graph = walked.graph
    is_whole = standing.cursor == len(standing.trace.steps)
    found = walked.paths(name) if is_whole and graph.by_id[name] in walked.gradients else ()
    return found if len(found) > 1 else ()


def _way(walked: FormulaWalk, path: Path) -> str:
    """Name the nodes between the ends of a path that were given names."""
    between = [walked.graph.nodes[node].id for node in path.nodes[1:-1]]
    return tr("through {nodes}", nodes=", ".join(each for each in between if not is_numbered(each)) or "…")


def _product(path: Path) -> str:
    """Write the factors of a path from the output back to its start."""
    factors = [numbers.number(each) for each in reversed(path.factors) if each != 1]
    return " · ".join(f"({each})" if each.startswith(numbers.MINUS) and n else each for n, each in enumerate(factors))


def _use(walked: FormulaWalk, standing: Standing, target: str, position: int) -> Card:
    graph = walked.graph
    node = graph.by_id.get(target)
    edge = next((each for each in graph.edges() if each.target == node and each.position == position), None)
    if edge is None:
        return Card()
    source, output = graph.nodes[edge.source], graph.nodes[walked.output].id
    value = source.value if source.op == "number" else standing.number(source.id)
    facts = (
        Fact(source.id, (value,)),
        Fact(f"∂{output}/∂{target}", (standing.number(f"{target}.grad"),), is_signed=True),
        Fact(f"∂{target}/∂{source.id}", (standing.number(f"{target}.d{position + 1}"),), is_signed=True),
        Fact(tr("adds to ∂{output}/∂{source}", output=output, source=source.id), (_part(walked, standing, edge),),
             is_signed=True),
    )  # fmt: skip
    return Card(f"{source.id} → {target}", tr("one use"), (), (tr("value"),), facts)


def _part(walked: FormulaWalk, standing: Standing, edge: Edge) -> float | None:
    target = walked.graph.nodes[edge.target].id
    is_known = standing.number(f"{target}.d{edge.position + 1}") is not None
    return float(walked.parts[edge][0]) if is_known else None


def _place(name: str) -> tuple[str, tuple[int, ...]]:
    """Return an input's name and its place in a list: U[2][1] is ("U", (1, 0))."""
    return name.partition("[")[0], tuple(int(each) - 1 for each in re.findall(r"\[(\d+)\]", name))
