"""Computation graphs: nodes, edges, paths and their sum, multiplications, and the walk as a trace."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.errors import FormulaError
from dlviz.core.expression import Edge, Multiplications, build, count_paths, multiplications, parse, walk

SHARED = "s1 = sigmoid(w*x1); s2 = tanh(w*x2); out = sigmoid(w1*s1 + w2*s2); L = (out - y)^2"
SHARED_AT = {"w": 0.8, "x1": 0.5, "x2": -1.2, "w1": 0.7, "w2": -0.4, "y": 1.0}


def ids(text: str) -> list[tuple[str, str]]:
    return [(node.id, node.op) for node in build(parse(text)).nodes]


def test_assigned_names_are_nodes_and_the_rest_is_numbered() -> None:
    assert ids("u = w*x; a = relu(u + 1)") == [
        ("w", "input"), ("x", "input"), ("u", "multiply"), ("1", "number"), ("t1", "add"), ("a", "relu")
    ]  # fmt: skip


def test_a_variable_used_twice_is_one_node_with_two_edges() -> None:
    graph = build(parse("a = w*x; b = w*a; c = a + b"))
    w = graph.scalar("w")
    assert [edge.target for edge in graph.edges() if edge.source == w] == [graph.scalar("a"), graph.scalar("b")]


def test_loops_are_unrolled_and_lists_numbered() -> None:
    graph = build(parse("h = scan(tanh(w*v + x[t]), t, 1, 3, v=0)"), {"x": (3,)})
    assert graph.names["h"] == tuple(graph.by_id[f"h[{t}]"] for t in (1, 2, 3))
    assert graph.inputs["x"] == tuple(graph.by_id[f"x[{t}]"] for t in (1, 2, 3))
    assert len([node for node in graph.nodes if node.op == "tanh"]) == 3


def test_numbers_that_are_assigned_names_do_not_take_the_names_of_others() -> None:
    assert [node for node, _ in ids("t1 = x*y; z = (x + y)*t1")] == ["x", "y", "t1", "t2", "z"]


def test_the_walk_records_forward_then_backward() -> None:
    found = walk(parse("u = w·x; v = u + b; a = relu(v)"), {"w": 2.0, "x": 3.0, "b": 1.0}, by=("w", "b"))
    assert [(step.phase, step.formula) for step in found.trace.steps] == [
        ("forward", "u = w · x"),
        ("forward", "v = u + b"),
        ("forward", "a = relu(v)"),
        ("backward", "∂a/∂a = 1"),
        ("backward", "∂a/∂v = ∂a/∂a · (v > 0)"),
        ("backward", "∂a/∂u = ∂a/∂v · 1"),
        ("backward", "∂a/∂b = ∂a/∂v · 1"),
        ("backward", "∂a/∂w = ∂a/∂u · x"),
    ]
    assert [step.index for step in found.trace.steps] == list(range(8))
    last = found.trace.steps[-1]
    assert last.reads == ("u.grad", "x")
    assert {name: array.tolist() for name, array in last.writes.items()} == {"u.d1": [3.0], "w.grad": [3.0]}
    assert found.trace.before["x"].tolist() == [3.0]
    assert found.trace.value("v", 2).tolist() == [7.0]  # type: ignore[union-attr]
    assert found.trace.value("v", 1) is None
    assert not last.writes["w.grad"].flags.writeable


def test_every_read_of_a_step_was_written_before() -> None:
    found = walk(parse(SHARED), SHARED_AT)
    known = set(found.trace.before)
    for step in found.trace.steps:
        assert known.issuperset(step.reads), step.formula
        known |= set(step.writes)


def test_each_use_of_a_shared_weight_adds_to_its_gradient() -> None:
    found = walk(parse(SHARED), SHARED_AT, by=("w",))
    uses = [(edge, part[0]) for edge, part in found.parts.items() if edge.source == found.graph.scalar("w")]
    assert len(uses) == 2
    assert_allclose(sum(part for _, part in uses), found.gradients[found.graph.scalar("w")][0], rtol=1e-15)
    signs = [step.formula.split()[1] for step in found.trace.steps if "w.grad" in step.writes]
    assert signs == ["=", "+="]


def test_a_walk_over_several_rows_keeps_one_value_for_each() -> None:
    found = walk(parse("y = w*x^2"), {"w": 2.0, "x": np.array([1.0, 2.0, 3.0])})
    assert_allclose(found.values[found.graph.output], [2, 8, 18])
    assert_allclose(found.gradients[found.graph.scalar("x")], [4, 8, 12])
    assert len(found.trace.rows) == 3


def test_products_of_all_paths_sum_to_the_gradient() -> None:
    text = "a1 = sigmoid(w*x); a2 = tanh(w*a1); b1 = a1*a2; b2 = a1 - w; y = b1*b2 + exp(b1)*w"
    found = walk(parse(text), {"w": 0.7, "x": 1.3})
    ways = found.paths("w")
    assert len(ways) == count_paths(found.graph, found.output, found.graph.scalar("w"))
    assert_allclose(sum(way.product for way in ways), found.gradients[found.graph.scalar("w")][0], rtol=1e-14)
    assert [abs(way.product) for way in ways] == sorted((abs(way.product) for way in ways), reverse=True)
    assert all(way.nodes[0] == found.graph.scalar("w") and way.nodes[-1] == found.output for way in ways)
    assert found.paths("w", most=2) == ways[:2]


def test_ten_layers_of_two_units_have_2_to_the_9_paths() -> None:
    lines = ["a1 = w*x; b1 = x"] + [f"a{k} = a{k - 1} + b{k - 1}; b{k} = a{k - 1} - 2*b{k - 1}" for k in range(2, 11)]
    found = walk(parse("; ".join(lines) + "; y = a10", longest=1000), {"w": 2.0, "x": 1.0}, by=("w",))
    start = found.graph.scalar("w")
    assert count_paths(found.graph, found.output, start) == 2**8
    assert len(found.paths("w", most=7)) == 7
    assert_allclose(sum(way.product for way in found.paths("w")), found.gradients[start][0], rtol=1e-12)


def test_keeping_gradients_saves_multiplications() -> None:
    chain = build(parse("a = w1*x; b = w2*a; c = w3*b; y = w4*c"))
    by = [chain.scalar(f"w{k}") for k in (1, 2, 3, 4)]
    # Kept: ∂y/∂b, ∂y/∂a and ∂y/∂w1 … w3, one product each. Multiplied out: 3 + 2 + 1 + 0.
    assert multiplications(chain, chain.output, by) == Multiplications(reused=5, repeated=6)


def test_what_a_condition_reads_is_no_path() -> None:
    graph = build(parse("where(x > 0, w, 2*w)"))
    assert count_paths(graph, graph.output, graph.scalar("x")) == 0
    assert count_paths(graph, graph.output, graph.scalar("w")) == 2


def test_the_same_operand_twice_is_two_edges() -> None:
    found = walk(parse("y = x*x"), {"x": 3.0})
    x, y = found.graph.scalar("x"), found.output
    assert {edge: float(part[0]) for edge, part in found.parts.items()} == {Edge(x, y, 0): 3.0, Edge(x, y, 1): 3.0}


def test_long_sums_are_cut() -> None:
    found = walk(parse("sum(x*i, i, 1, 9)"), {"x": 1.0})
    assert found.trace.steps[-1].phase == "backward"
    assert any(step.formula == "f = t1 + t2 + … + t9" for step in found.trace.steps)


def test_a_walk_that_would_keep_too_much_is_refused() -> None:
    with pytest.raises(FormulaError, match="Take fewer rows"):
        walk(parse("x + 1"), {"x": np.zeros(1_000_000)})
