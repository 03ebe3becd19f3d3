"""Parser of typed formulas: Python's own grammar, of which only what `reader` lists may pass.

Nothing is ever run as code: the text is cut into plain tokens, these are read by `ast` into a tree,
and every node of that tree is turned into a node of ours or refused.
"""

import ast
from collections.abc import Iterator, Sequence

from dlviz.core.errors import FormulaError
from dlviz.core.expression.nodes import Formula, Node, Statement, refusal
from dlviz.core.expression.reader import Source, TreeReader
from dlviz.core.expression.tokens import Token, tokens

MAX_CHARACTERS = 500  # of one formula
MAX_NODES = 200
MAX_DEPTH = 25
SHEET_CHARACTERS = 10_000  # of many formulas, each of which keeps the limits above

#: Chains of these count as one level, however long: a + b + c + …
_CHAINS = ((ast.Add, ast.Sub), (ast.Mult, ast.Div))


def parse(text: str, inputs: Sequence[str] | None = None, longest: int = MAX_CHARACTERS) -> Formula:
    """Read assignments, separated by new lines or `;`. The last may be a formula alone, which is called f.

    inputs: the only names that may stand without being assigned; None allows any.
    longest: how many characters the whole text may have.
    Raises: FormulaError, and nothing else, for everything that is not such a text.
    """
    if not isinstance(text, str):
        raise FormulaError(f"Expected a formula as text. Received: {type(text).__name__}")
    if len(text) > longest:
        raise FormulaError(f"Expected at most {longest} characters. Received: {len(text)}")
    reader = TreeReader(text, inputs)
    parts = list(_statements(tokens(text)))
    if not parts:
        raise FormulaError("Expected a formula such as w*x + b. Received: nothing")
    statements = tuple(_statement(reader, part, part is parts[-1]) for part in parts)
    return Formula(text, statements, tuple(reader.free))


def parse_all(text: str, inputs: Sequence[str] | None = None) -> Formula:
    """Read the many formulas of a sheet; each keeps the limits of one. Raises: FormulaError."""
    return parse(text, inputs, SHEET_CHARACTERS)


def _statements(found: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut at new lines and semicolons that stand outside of brackets; empty parts are left out."""
    part: list[Token] = []
    depth = 0
    for token in found:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == ";" or (token.text == "\n" and depth <= 0):
            if part:
                yield part
            part, depth = [], 0
        elif token.text != "\n":
            part.append(token)
    if part:
        yield part


def _statement(reader: TreeReader, part: list[Token], is_last: bool) -> Statement:
    """Read `name = formula`, or a formula alone if it is the last."""
    start = part[0]
    is_assignment = len(part) > 1 and part[1].text == "=" and start.text[0].isalpha()
    if not is_assignment and not is_last:
        message = "Expected a name before every formula but the last. Received: none"
        raise refusal(reader.text, start.at, message, "Write y = … .")
    if is_assignment and len(part) == 2:
        raise refusal(reader.text, part[1].at, "Expected a formula after =. Received: nothing")
    expression = _expression(reader, part[2:] if is_assignment else part)
    name = start.text if is_assignment else _own_name(reader)
    if name in reader.assigned or name in reader.free:
        raise refusal(reader.text, start.at, f"Expected a name that has no value yet. Received: {name!r}")
    reader.assigned.add(name)
    return Statement(name, expression, start.at)


def _own_name(reader: TreeReader) -> str:
    taken = reader.assigned | set(reader.free)
    return next(name for name in ("f", "result", *(f"f{k}" for k in range(len(taken) + 1))) if name not in taken)


def _expression(reader: TreeReader, part: list[Token]) -> Node:
    length = part[-1].at - part[0].at + len(part[-1].text)
    if length > MAX_CHARACTERS:
        message = f"Expected formulas of at most {MAX_CHARACTERS} characters. Received: {length}"
        raise refusal(reader.text, part[0].at, message)
    source = Source.of(part)
    tree = _tree(reader.text, source)
    _check_size(reader.text, source, tree)
    return reader.read(source, tree)


def _tree(text: str, source: Source) -> ast.expr:
    try:
        return ast.parse(source.joined, mode="eval").body
    except SyntaxError as error:
        at = source.place((error.offset or 1) - 1)
        near = text[at : at + 12].partition("\n")[0]
        hint = "Look for a missing operator, operand or bracket."
        raise refusal(text, at, f"Expected a formula such as w*x + b. Received: {near!r}", hint) from None
    except (ValueError, RecursionError, MemoryError):
        raise refusal(text, source.places[0], "Expected a simpler formula. Received: too many levels") from None


def _check_size(text: str, source: Source, tree: ast.expr) -> None:
    """Refuse trees that are too large, before anything walks them by calling itself."""
    count = 0
    pending = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            limit = f"{MAX_NODES} numbers, names and operations" if count > MAX_NODES else f"{MAX_DEPTH} levels"
            message = f"Expected a formula of at most {limit}. Received: more"
            raise refusal(text, source.place(node.col_offset), message, "Give parts of it a name of their own.")
        pending += [(child, depth if _is_chained(node, child) else depth + 1) for child in _operands(node)]


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword):
            yield child.value
        elif isinstance(child, ast.expr):
            yield child


def _is_chained(node: ast.expr, child: ast.expr) -> bool:
    """Say whether a child is the left part of a chain such as a + b − c."""
    if not isinstance(node, ast.BinOp) or not isinstance(child, ast.BinOp) or child is not node.left:
        return False
    return any(isinstance(node.op, chain) and isinstance(child.op, chain) for chain in _CHAINS)
