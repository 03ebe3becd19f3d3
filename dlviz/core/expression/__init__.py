"""Formulas that a person types: a safe parser, values, exact gradients, computation graphs, LaTeX.

Nothing here runs text as code. `parse` reads, `evaluate` and `gradient` compute, `build` gives the graph,
`walk` its steps and paths, `value_calls` and `gradient_calls` the calls on preallocated arrays, `latex` and `write` the
notation.
"""

from dlviz.core.expression.build import build
from dlviz.core.expression.calls import gradient_calls, value_calls
from dlviz.core.expression.evaluate import evaluate, gradient
from dlviz.core.expression.graph import Edge, Graph, GraphNode
from dlviz.core.expression.latex import latex, name_latex, node_latex
from dlviz.core.expression.nodes import Formula
from dlviz.core.expression.parser import parse, parse_all
from dlviz.core.expression.paths import Multiplications, Path, count_paths, multiplications
from dlviz.core.expression.steps import Walk, walk
from dlviz.core.expression.text import write

__all__ = [
    "Edge", "Formula", "Graph", "GraphNode", "Multiplications", "Path", "Walk", "build", "count_paths", "evaluate",
    "gradient", "gradient_calls", "latex", "multiplications", "name_latex", "node_latex", "parse", "parse_all",
    "value_calls", "walk", "write",
]  # fmt: skip
