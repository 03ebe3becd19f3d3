"""From a formula to its computation graph: names looked up, lists written out, loops unrolled.

The number of operations is known and limited here, before any of them runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from dlviz.core import randomness
from dlviz.core.errors import FormulaError
from dlviz.core.expression.graph import Graph, GraphNode, Places
from dlviz.core.expression.nodes import Apply, Draw, Formula, Index, Items, Loop, Name, Node, Number, refusal
from dlviz.core.expression.operations import CONSTANTS, LISTS
from dlviz.core.expression.scalar import apply
from dlviz.core.expression.text import plain

MAX_OPERATIONS = 10_000  # of one graph, loops unrolled
Shape = tuple[int, ...]


def build(
    formula: Formula, shapes: Mapping[str, Shape] | None = None, known: Mapping[str, float] | None = None
) -> Graph:
    """Return the computation graph of a formula.

    shapes: the axes of inputs that are lists (of lists); all others are numbers.
    known: inputs that may stand in the bounds of loops, in indices and in counts, which must be known beforehand.
    Raises: FormulaError for a list where a number belongs, an index outside a list, too many operations.
    """
    return _Builder(formula, shapes or {}, known or {}).graph()


class _Builder:
    def __init__(self, formula: Formula, shapes: Mapping[str, Shape], known: Mapping[str, float]) -> None:
        self._formula = formula
        self._shapes = shapes
        self._nodes: list[GraphNode] = []
        self._numbers: dict[str, int] = {}
        self._spent = 0
        self._names: dict[str, Places] = {}
        self._inputs: dict[str, Places] = {}
        self._local: dict[str, Places] = {}
        self._fixed: dict[str, float | None] = {name: float(value) for name, value in known.items()}

    def graph(self) -> Graph:
        for name in self._formula.inputs:
            self._inputs[name] = self._input(name, self._shapes.get(name, ()))
        for statement in self._formula.statements:
            places = self._places(statement.expression)
            self._fixed[statement.name] = self._known(statement.expression)
            self._names[statement.name] = places
            self._call(places, statement.name)
        self._name_the_rest()
        return Graph(tuple(self._nodes), MappingProxyType(self._inputs), MappingProxyType(self._names))

    def _refusal(self, node: Node, message: str, hint: str = "") -> FormulaError:
        return refusal(self._formula.text, node.at, message, hint)

    def _spend(self, node: Node, count: int = 1) -> None:
        self._spent += count
        if self._spent > MAX_OPERATIONS:
            raise self._refusal(node, f"Expected at most {MAX_OPERATIONS} operations. Received: more",
                                "Take fewer turns of a loop or fewer samples.")  # fmt: skip

    # Nodes

    def _input(self, name: str, shape: Shape) -> Places:
        if shape:
            return tuple(self._input(f"{name}[{place}]", shape[1:]) for place in range(1, shape[0] + 1))
        self._spend(Name(name))
        return self._new("input", (), name)

    def _new(self, op: str, operands: tuple[int, ...], name: str = "", value: float = 0.0) -> int:
        self._nodes.append(GraphNode(name, op, operands, value))
        return len(self._nodes) - 1

    def _number(self, value: float) -> int:
        written = plain(value)
        if written not in self._numbers:
            self._numbers[written] = self._new("number", (), written, value)
        return self._numbers[written]

    def _call(self, places: Places, name: str) -> None:
        """Give nodes that have no name yet this one."""
        if isinstance(places, tuple):
            for number, each in enumerate(places, 1):
                self._call(each, f"{name}[{number}]")
        elif not self._nodes[places].id:
            self._nodes[places] = replace(self._nodes[places], id=name)

    def _name_the_rest(self) -> None:
        taken: set[str] = {node.id for node in self._nodes} | set(self._names)
        free = (name for name in (f"t{number}" for number in range(1, 2 * MAX_OPERATIONS)) if name not in taken)
        self._nodes = [node if node.id else replace(node, id=next(free)) for node in self._nodes]

    # Values

    def _places(self, node: Node) -> Places:
        self._spend(node)
        match node:
            case Number():
                return self._number(node.value)
            case Name():
                return self._lookup(node)
            case Items():
                return tuple(self._places(each) for each in node.items)
            case Index():
                return self._item(node)
            case Loop():
                return self._loop(node)
            case Draw():
                return self._draw(node)
            case Apply():
                return self._list_function(node) if node.op in LISTS else self._apply(node)

    def _lookup(self, node: Name) -> Places:
        for scope in (self._local, self._names, self._inputs):
            if node.name in scope:
                return scope[node.name]
        return self._number(CONSTANTS[node.name])

    def _item(self, node: Index) -> Places:
        values = self._places(node.of)
        if not isinstance(values, tuple):
            raise self._refusal(node, "Expected a list before the index. Received: a single number")
        index = self._whole(node.index)
        if not 1 <= index <= len(values):
            raise self._refusal(node, f"Expected an index from 1 to {len(values)}. Received: {index}")
        return values[index - 1]

    def _apply(self, node: Apply) -> Places:
        if node.op == "where" and self._is_counted(node.args[0]):
            # w[i - 1] if i > 1 else start: at every turn only one of them is there.
            return self._places(node.args[1 if self._known(node.args[0]) else 2])
        operands = [self._places(each) for each in node.args]
        if node.op not in ("max", "min"):
            return self._each(node, partial(self._operation, node.op), operands)
        if len(operands) == 1:
            operands = list(self._list(node, operands[0]))
        result = operands[0]
        for operand in operands[1:]:
            result = self._each(node, partial(self._operation, node.op), [result, operand])
        return result

    def _operation(self, op: str, operands: Sequence[int]) -> int:
        return self._new(op, tuple(operands))

    def _each(self, node: Node, make: Callable[[Sequence[int]], int], operands: Sequence[Places]) -> Places:
        """Make a node of single operands; of lists, one for each item, single operands standing for all."""
        self._spend(node, len(operands))
        lengths = {len(each) for each in operands if isinstance(each, tuple)}
        if not lengths:
            return make([each for each in operands if isinstance(each, int)])
        if len(lengths) > 1:
            raise self._refusal(
                node, f"Expected lists of one length. Received: {' and '.join(map(str, sorted(lengths)))}"
            )
        return tuple(
            self._each(node, make, [each[place] if isinstance(each, tuple) else each for each in operands])
            for place in range(lengths.pop())
        )

    def _list(self, node: Node, values: Places) -> tuple[Places, ...]:
        if not isinstance(values, tuple):
            raise self._refusal(node, "Expected a list. Received: a single number", "Several values work as well.")
        return values

    def _list_function(self, node: Apply) -> Places:
        values = self._list(node, self._places(node.args[0]))
        if node.op == "len":
            return self._number(float(len(values)))
        if node.op == "mean":
            count = self._number(float(len(values)))
            return self._each(node, partial(self._operation, "divide"), [self._sum(node, values), count])
        return self._sum(node, values) if node.op == "sum" else self._product(node, values)

    def _sum(self, node: Node, values: Sequence[Places]) -> Places:
        return self._each(node, partial(self._operation, "sum"), values) if len(values) > 1 else values[0]

    def _product(self, node: Node, values: Sequence[Places]) -> Places:
        result = values[0]
        for value in values[1:]:
            result = self._each(node, partial(self._operation, "multiply"), [result, value])
        return result

    # Loops and samples

    def _loop(self, node: Loop) -> Places:
        first, last = self._whole(node.first), self._whole(node.last)
        if last < first:
            if node.kind in ("list", "scan"):
                raise self._refusal(node, f"Expected a last index of at least {first}. Received: {last}")
            return self._number(0.0 if node.kind == "sum" else 1.0)
        self._spend(node, last - first)
        values = self._turns(node, first, last)
        if node.kind in ("list", "scan"):
            return tuple(values)
        return self._sum(node, values) if node.kind == "sum" else self._product(node, values)

    def _turns(self, node: Loop, first: int, last: int) -> list[Places]:
        outer, outer_fixed = dict(self._local), dict(self._fixed)
        state = None if node.initial is None else self._places(node.initial)
        values = []
        for turn in range(first, last + 1):
            self._local[node.index], self._fixed[node.index] = self._number(float(turn)), float(turn)
            if state is not None:
                self._local[node.state], self._fixed[node.state] = state, None
            values.append(self._places(node.body))
            state = None if state is None else values[-1]
        self._local, self._fixed = outer, outer_fixed
        return values

    def _draw(self, node: Draw) -> Places:
        count, seed = self._whole(node.count), self._whole(node.seed)
        if count < 1:
            raise self._refusal(node, f"Expected at least 1 number to draw. Received: {count}")
        self._spend(node, count)
        draw = randomness.uniforms if node.kind == "sample" else randomness.normals
        return tuple(self._new("number", (), plain(float(each)), float(each)) for each in draw(seed, "formula", count))

    # What must be known beforehand

    def _whole(self, node: Node) -> int:
        """Return the whole number that a bound, index, count or seed is. Raises: FormulaError."""
        value = self._known(node)
        if value is None:
            message = "Expected a whole number that is known beforehand. Received: something else"
            hint = "Bounds, indices and counts may hold numbers, indices of loops and single inputs."
            raise self._refusal(node, message, hint)
        if not abs(value) < 2**53 or value != round(value):
            raise self._refusal(node, f"Expected a whole number. Received: {value:g}")
        return int(value)

    def _known(self, node: Node) -> float | None:
        self._spend(node)
        match node:
            case Number():
                return node.value
            case Name():
                return self._known_name(node)
            case Apply(op="len", args=(Name(),)):
                values = self._places(node.args[0])
                return float(len(values)) if isinstance(values, tuple) else None
            case Apply() if node.op not in LISTS:
                operands = [self._known(each) for each in node.args]
                numbers = [each for each in operands if each is not None]
                return apply(node.op, numbers) if len(numbers) == len(operands) else None
            case _:
                return None

    def _is_counted(self, node: Node) -> bool:
        """Say whether a condition is about numbers and indices of loops alone."""
        if isinstance(node, Apply):
            return node.op not in LISTS and all(self._is_counted(each) for each in node.args)
        is_index = isinstance(node, Name) and node.name in self._local and self._fixed.get(node.name) is not None
        return isinstance(node, Number) or is_index

    def _known_name(self, node: Name) -> float | None:
        if node.name in self._fixed:
            return self._fixed[node.name]
        return None if node.name in self._inputs else CONSTANTS.get(node.name)
