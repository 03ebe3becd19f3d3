"""From Python's syntax tree to nodes of ours: an allow-list; everything else is refused with its place."""

import ast
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dlviz.core.errors import FormulaError
from dlviz.core.expression.nodes import Apply, Draw, Index, Items, Loop, LoopKind, Name, Node, Number, refusal
from dlviz.core.expression.operations import CONSTANTS, FUNCTIONS
from dlviz.core.expression.tokens import Token

LOOPS: dict[str, LoopKind] = {"sum": "sum", "product": "product", "list": "list", "scan": "scan"}
DRAWS: dict[str, Literal["sample", "normal"]] = {"sample": "sample", "normal": "normal"}
KNOWN = sorted({*FUNCTIONS, *LOOPS, *DRAWS})

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Mod: "remainder",
    ast.Pow: "power",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal", ast.Eq: "equal",
    ast.NotEq: "not_equal",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One statement as Python reads it, and the way back from its columns to places in the text."""

    joined: str
    columns: list[int]
    places: list[int]

    @classmethod
    def of(cls, part: Sequence[Token]) -> "Source":
        """Join tokens with spaces."""
        columns, column = [], 0
        for token in part:
            columns.append(column)
            column += len(token.text) + 1
        return cls(" ".join(token.text for token in part), columns, [token.at for token in part])

    def place(self, column: int) -> int:
        """Return where in the text a column of the joined tokens lies."""
        return self.places[max(bisect_right(self.columns, column) - 1, 0)]


class TreeReader:
    """Turns trees into nodes and keeps the names that are known by then.

    free: the inputs; more are added where is_open. assigned: the names that statements before gave a value.
    """

    def __init__(self, text: str, inputs: Sequence[str] | None) -> None:
        self.text = text
        self.free: dict[str, None] = dict.fromkeys(inputs or ())
        self.assigned: set[str] = set()
        self._is_open = inputs is None
        self._local: list[str] = []
        self._source = Source("", [], [])

    def read(self, source: Source, tree: ast.expr) -> Node:
        """Return a tree of one statement as nodes. Raises: FormulaError."""
        self._source = source
        return self._node(tree)

    def _at(self, node: ast.expr) -> int:
        return self._source.place(node.col_offset)

    def _refusal(self, at: int, message: str, hint: str = "") -> FormulaError:
        return refusal(self.text, at, message, hint)

    def _node(self, node: ast.expr) -> Node:
        readers: dict[type[ast.expr], Callable[..., Node]] = {
            ast.Constant: self._constant, ast.Name: self._name, ast.BinOp: self._binary, ast.UnaryOp: self._unary,
            ast.Compare: self._compare, ast.BoolOp: self._boolean, ast.IfExp: self._condition, ast.Call: self._call,
            ast.Subscript: self._index, ast.List: self._items,
        }  # fmt: skip
        if type(node) not in readers:
            raise self._refusal(self._at(node), "Expected numbers, names, operators and known functions. "
                                f"Received: {type(node).__name__.lower()}")  # fmt: skip
        return readers[type(node)](node)

    def _apply(self, op: str, at: int, *args: Node) -> Apply:
        is_square = op == "power" and args[1] == Number(2)
        return Apply("square", args[:1], at) if is_square else Apply(op, args, at)

    def _constant(self, node: ast.Constant) -> Node:
        try:
            value = float(node.value)  # type: ignore[arg-type]
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self._refusal(self._at(node), "Expected numbers up to 1.8e308. Received: a larger one")
        return Number(value, self._at(node))

    def _name(self, node: ast.Name) -> Node:
        name, at = node.id, self._at(node)
        if name in self._local or name in self.assigned or name in self.free:
            return Name(name, at)
        if name not in CONSTANTS:
            if not self._is_open:
                known = ", ".join(dict.fromkeys([*self.free, *sorted(self.assigned), *self._local, *CONSTANTS]))
                raise self._refusal(at, f"Expected names among: {known}. Received: {name!r}")
            self.free[name] = None
        return Name(name, at)

    def _binary(self, node: ast.BinOp) -> Node:
        if type(node.op) not in _BINARY:
            raise self._refusal(self._at(node), "Expected + - * / % or ^. Received: another operator")
        return self._apply(_BINARY[type(node.op)], self._at(node), self._node(node.left), self._node(node.right))

    def _unary(self, node: ast.UnaryOp) -> Node:
        operand = self._node(node.operand)
        if isinstance(node.op, ast.UAdd):
            return operand
        if isinstance(node.op, ast.USub) and isinstance(operand, Number):
            return Number(-operand.value, self._at(node))
        return Apply("not" if isinstance(node.op, ast.Not) else "negative", (operand,), self._at(node))

    def _compare(self, node: ast.Compare) -> Node:
        at = self._at(node)
        operands = [self._node(each) for each in (node.left, *node.comparators)]
        if any(type(op) not in _COMPARE for op in node.ops):
            raise self._refusal(at, "Expected < <= > >= == or !=. Received: another comparison")
        if not all(isinstance(each, Name | Number) for each in operands[1:-1]):
            # It stands in two comparisons; nested chains would double it at every level.
            raise self._refusal(at, "Expected a name or number in the middle of a < b < c. Received: a formula")
        pairs = zip(node.ops, operands, operands[1:], strict=False)
        return self._joined("and", at, [Apply(_COMPARE[type(op)], (left, right), at) for op, left, right in pairs])

    def _boolean(self, node: ast.BoolOp) -> Node:
        op = "and" if isinstance(node.op, ast.And) else "or"
        return self._joined(op, self._at(node), [self._node(each) for each in node.values])

    def _joined(self, op: str, at: int, nodes: Sequence[Node]) -> Node:
        result = nodes[0]
        for node in nodes[1:]:
            result = Apply(op, (result, node), at)
        return result

    def _condition(self, node: ast.IfExp) -> Node:
        parts = [self._node(each) for each in (node.test, node.body, node.orelse)]
        return Apply("where", tuple(parts), self._at(node))

    def _index(self, node: ast.Subscript) -> Node:
        result = self._node(node.value)
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for place in places:
            result = Index(result, self._node(place), self._at(node))
        return result

    def _items(self, node: ast.List) -> Node:
        if not node.elts:
            raise self._refusal(self._at(node), "Expected at least one item in a list. Received: []")
        return Items(tuple(self._node(each) for each in node.elts), self._at(node))

    def _call(self, node: ast.Call) -> Node:
        at = self._at(node)
        if not isinstance(node.func, ast.Name):
            raise self._refusal(at, "Expected the name of a function before the bracket. Received: something else",
                                "Write * for a product.")  # fmt: skip
        name, count = node.func.id, len(node.args)
        if name in ("list", "scan") or (name in LOOPS and count > 1):
            return self._loop(name, node)
        if name in DRAWS:
            return self._draw(name, node)
        if name not in FUNCTIONS:
            raise self._refusal(at, f"Expected one of the functions {', '.join(KNOWN)}. Received: {name!r}")
        op, least, most = FUNCTIONS[name]
        if node.keywords or not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self._refusal(at, f"Expected {name} of {wanted} values. Received: {count + len(node.keywords)}")
        return self._apply(op, at, *(self._node(each) for each in node.args))

    def _loop(self, name: str, node: ast.Call) -> Node:
        """Read sum(body, i, first, last), product(…), list(…) or scan(body, i, first, last, state=start)."""
        at, states = self._at(node), [each for each in node.keywords if each.arg]
        index = node.args[1] if len(node.args) == 4 else None
        if not isinstance(index, ast.Name) or len(node.keywords) != len(states) or len(states) != (name == "scan"):
            state = ", v=0" if name == "scan" else ""
            raise self._refusal(at, f"Expected {name}(formula, i, first, last{state}). Received: other parts")
        first, last = self._node(node.args[2]), self._node(node.args[3])
        state = states[0].arg or "" if states else ""
        initial = self._node(states[0].value) if states else None
        self._local += [index.id, state]
        body = self._node(node.args[0])
        del self._local[-2:]
        return Loop(LOOPS[name], body, index.id, first, last, state, initial, at)

    def _draw(self, name: str, node: ast.Call) -> Node:
        if node.keywords or len(node.args) not in (1, 2):
            raise self._refusal(self._at(node), f"Expected {name}(count, seed). Received: other parts")
        count, *seeds = [self._node(each) for each in node.args]
        return Draw(DRAWS[name], count, seeds[0] if seeds else Number(0), self._at(node))
