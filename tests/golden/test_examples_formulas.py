"""Worked examples that are formulas: computed as a sheet or as a computation graph."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.expression import Walk, evaluate, gradient, parse, walk
from tests.golden.example import Example


def sheet(text: str, **inputs: Any) -> dict[str, np.ndarray]:
    """Return every name that a text of formulas assigns."""
    return evaluate(parse(text), inputs)


def slope(found: Walk, target: str, source: str) -> float:
    """Return the local derivative of a node by one that it reads."""
    places = found.graph.scalar(source), found.graph.scalar(target)
    return sum(float(each[0]) for edge, each in found.slopes.items() if (edge.source, edge.target) == places)


def total(found: Walk, source: str) -> float:
    """Return the gradient of the output by a node."""
    return float(found.gradients[found.graph.scalar(source)][0])


@pytest.mark.example("EX-01", "formula graph")
def test_one_step_of_a_linear_neuron(example: Example) -> None:
    text, at = "y_hat = sum(w*x) + b; loss = (y - y_hat)^2", {**example.inputs, **example.parameters}
    lr = at.pop("learning_rate")
    values, slopes = sheet(text, **at), gradient(parse(text), at, by=("w", "b"))
    example.check("y_hat", values["y_hat"])
    example.check("loss", values["loss"])
    example.check("grad_w", slopes["w"])
    example.check("grad_b", slopes["b"])
    grads = {"dw": list(slopes["w"]), "db": float(slopes["b"])}
    after = sheet("w_new = w - lr*dw; b_new = b - lr*db", w=at["w"], b=at["b"], lr=lr, **grads)
    example.check("w_new", after["w_new"])
    example.check("b_new", after["b_new"])
    example.check("loss_after", sheet(text, **at | {"w": list(after["w_new"]), "b": after["b_new"]})["loss"])
    misread = sheet("w_new = w - lr*w*dw; b_new = b - lr*b*db", w=at["w"], b=at["b"], lr=lr, **grads)
    example.check("literal_misreading_w_times_gradient", [*misread["w_new"], misread["b_new"]])
    wrong = sheet(text, **at | {"w": list(misread["w_new"]), "b": misread["b_new"]})
    example.check("loss_after_misreading", wrong["loss"])


@pytest.mark.example("EX-03", "formula graph")
def test_four_small_factors_vanish(example: Example) -> None:
    values = sheet("p = scan(v*factors[i], i, 1, len(factors), v=1); all = product(factors)", **example.inputs)
    example.check("partial_products", values["p"])
    example.check("product", values["all"])


@pytest.mark.example("EX-04", "formula graph")
def test_large_factors_explode(example: Example) -> None:
    first, second = (sheet("product(factors)", factors=each)["f"] for each in example.inputs["readings"])
    example.check("product_of_reading_A", first)
    example.check("product_of_reading_B", second)
    example.check("product", first)


@pytest.mark.example("EX-05", "formula graph")
def test_a_prediction_approaches_its_target(example: Example) -> None:
    given = {"y": example.inputs["y"], "y_hat": np.array(example.inputs["y_hat_per_iteration"])}
    values = sheet("residual = y - ŷ; squared = residual²", **given)
    example.check("residual", values["residual"])
    example.check("squared_error", values["squared"])


@pytest.mark.example("EX-08", "formula graph")
def test_chain_rule_of_a_triple_composition(example: Example) -> None:
    functions = {"x^2": "x^2", "sin": "sin(h)", "exp": "exp(g)"}
    h, g, f = (functions[example.inputs[name]] for name in "hgf")
    found = walk(parse(f"h = {h}; g = {g}; y = {f}"), {"x": example.inputs["x"]})
    for name in ("h", "g", "y"):
        example.check(name, found.values[found.graph.scalar(name)][0])
    example.check("dh_dx", slope(found, "h", "x"))
    example.check("dg_dh", slope(found, "g", "h"))
    example.check("df_dg", slope(found, "y", "g"))
    example.check("dy_df", total(found, "y"))
    example.check("dy_dx", total(found, "x"))
    (path,) = found.paths("x")
    assert path.product == pytest.approx(example["dy_dx"], rel=1e-14)


@pytest.mark.example("EX-12", "formula graph")
def test_log_loss_in_three_bases(example: Example) -> None:
    for p in example.inputs["p_true_class"]:
        values = sheet("minus_log10 = -log10(p); minus_ln = -ln(p); minus_log2 = -log2(p)", p=p)
        for name, value in values.items():
            example.check(f"{p}/{name}", value)


@pytest.mark.example("EX-14", "formula graph")
def test_growth_and_decay_over_a_year(example: Example) -> None:
    text = "growth = product(q[1], i, 1, n); decay = q[2]^n; ratio = growth/decay; literal = decay/growth"
    values = sheet(text, q=example.inputs["factors"], n=example.inputs["n"])
    example.check("growth", values["growth"])
    example.check("decay", values["decay"])
    example.check("ratio_growth_over_decay", values["ratio"])
    example.check("literal_reading_0_99_over_1_01", values["literal"])


@pytest.mark.example("EX-16", "formula graph")
def test_power_activation(example: Example) -> None:
    at = {**example.inputs, **example.parameters}
    sums = "N1 = w[1]*x[1] + w[2]*x[2] + b[1]; N2 = w[3]*x[1] + w[4]*x[2] + b[2]; "
    squares, cubes = (parse(f"{sums}y = w[5]*N1^{power} + w[6]*N2^2 + b[3]") for power in (2, 3))
    values = evaluate(squares, at)
    example.check("N1", values["N1"])
    example.check("N2", values["N2"])
    example.check("y_square", values["y"])
    example.check("y_cube_on_N1", evaluate(cubes, at)["y"])
    example.check("dy_dw1_square", gradient(squares, at)["w"][0])
    example.check("dy_dw1_cube", gradient(cubes, at)["w"][0])
    example.check("notes_expression_w5_2_N1", gradient(squares, at, by=("N1",))["N1"])


@pytest.mark.example("EX-17", "formula graph")
def test_a_bounded_output_cannot_reach_an_unscaled_target(example: Example) -> None:
    values = sheet("residual = target - y_hat; loss = residual^2; least = (target - 1)^2", **example.inputs)
    example.check("loss", values["loss"])
    example.check("residual", values["residual"])
    example.check("min_loss_if_output_below_1", values["least"])


@pytest.mark.example("EX-18", "formula graph")
def test_large_coefficients_make_an_output_sensitive(example: Example) -> None:
    models = {"m": example.inputs["model1"], "k": example.inputs["model2"]}
    solved = sheet(
        "d = m[1]*k[2] - m[2]*k[1]; x = [(y1*k[2] - m[2]*y2)/d, (m[1]*y2 - k[1]*y1)/d]",
        y1=example["y1"], y2=example["y2"], **models,
    )  # fmt: skip
    x = solved["x"]
    example.check("x_for_which_both_printed_outputs_hold", x, atol=1e-14)
    outputs = parse("y1 = sum(m*x); y2 = sum(k*x)")
    at, moved = {"x": list(x), **models}, {"x": list(x + 0.01), **models}
    before, after = evaluate(outputs, at), evaluate(outputs, moved)
    example.check("y1", before["y1"])
    example.check("y2", before["y2"])
    change = [float(after[name] - before[name]) for name in ("y1", "y2")]
    example.check("change_of_y_for_dx_0_01_each", change, rtol=1e-10)
    norms = [float(np.linalg.norm(gradient(outputs, at, of=name, by=("x",))["x"])) for name in ("y1", "y2")]
    example.check("gradient_norm_ratio", norms[0] / norms[1])


@pytest.mark.example("EX-22", "formula graph")
def test_a_recurrence_unrolled(example: Example) -> None:
    values = sheet("a = scan(a + s, t, 1, 5, a=a0)", **example.inputs)
    example.check("a", [example.inputs["a0"], *values["a"]])


@pytest.mark.example("EX-33", "formula graph")
def test_the_minus_sign_works_from_both_sides(example: Example) -> None:
    loss = parse(example.inputs["L"])

    def slope_at(b: float) -> float:
        return float(gradient(loss, {"b": b})["b"])

    def path(b: float, eta: float, steps: int) -> list[float]:
        places = [b]
        for _ in range(steps):
            places.append(places[-1] - eta * slope_at(places[-1]))
        return places

    eta = example.parameters["eta"]
    example.check("slope_at_5", slope_at(5.0))
    example.check("slope_at_minus1", slope_at(-1.0))
    example.check("path_from_5", path(5.0, eta, 5))
    example.check("path_from_minus1", path(-1.0, eta, 5))
    example.check("eta_1_from_5", path(5.0, 1.0, 2))


@pytest.mark.example("EX-35", "formula graph")
def test_logistic_function_with_a_slope_parameter(example: Example) -> None:
    phi, v = parse("1/(1 + exp(-a*v))"), np.array(example.inputs["v"])
    for a in example.parameters["a"]:
        example.check(f"a={a}/phi", evaluate(phi, {"a": a, "v": v})["f"])
        example.check(f"a={a}/dphi", gradient(phi, {"a": a, "v": v})["v"])


@pytest.mark.example("EX-43", "formula graph")
def test_computation_graph_of_one_unit(example: Example) -> None:
    unit, at = parse("u = w*x; v = u + b; a = relu(v)"), {**example.inputs, **example.parameters}
    found = walk(unit, at, by=("w", "b"))
    for name in ("u", "v", "a"):
        example.check(name, found.values[found.graph.scalar(name)][0])
    for target, source in (("a", "v"), ("v", "u"), ("v", "b"), ("u", "w")):
        example.check(f"d{target}_d{source}", slope(found, target, source))
    example.check("da_dw", total(found, "w"))
    example.check("da_db", total(found, "b"))
    example.check("da_dw_if_b_is_minus_7", gradient(unit, at | {"b": -7})["w"])
    example.leave("second_grad_call_without_retain_graph", "a remark on a library; here a graph can be walked again")


@pytest.mark.example("EX-44", "formula graph")
def test_a_shared_weight_adds_up_its_uses(example: Example) -> None:
    w1, w2 = example.parameters["w3"]
    text = "s1 = sigmoid(w*x1); s2 = tanh(w*x2); out = sigmoid(w1*s1 + w2*s2); loss = (out - y)^2"
    found = walk(parse(text), {**example.inputs, "w": example.parameters["w_shared"], "w1": w1, "w2": w2}, by=("w",))
    for name in ("s1", "s2", "out", "loss"):
        example.check(name, found.values[found.graph.scalar(name)][0])
    through = {found.graph.nodes[path.nodes[2]].id: path.product for path in found.paths("w")}
    example.check("path1", through["s1"])
    example.check("path2", through["s2"])
    example.check("dL_dw", total(found, "w"))


@pytest.mark.example("EX-45", "formula graph")
def test_two_paths_of_a_fully_connected_layer(example: Example) -> None:
    text = (
        "a1 = [sigmoid(w11*x), sigmoid(w12*x)]; a2 = [sigmoid(sum(U[1]*a1)), sigmoid(sum(U[2]*a1))]; "
        "out = sum(u*a2); loss = (out - y)^2"
    )
    given = {name: example.parameters[name] for name in ("w11", "w12", "U", "u")}
    formula, at = parse(text), {**example.inputs, **given}
    values, found = evaluate(formula, at), walk(formula, at)
    example.check("a_layer1", values["a1"])
    example.check("a_layer2", values["a2"])
    example.check("out", values["out"])
    example.check("loss", values["loss"])
    example.check("dJ_dout", total(found, "out"))
    unit = {found.graph.scalar(f"a2[{j}]"): f"path_via_a{j}_2" for j in (1, 2)}
    for path in found.paths("w11"):
        (name,) = [unit[node] for node in path.nodes if node in unit]
        example.check(name, path.product)
    example.check("dJ_dw11", total(found, "w11"))
    example.check("second_path_if_index_error_is_followed", gradient(formula, at, of="a1[2]", by=("w11",))["w11"])


@pytest.mark.example("EX-63", "formula graph")
def test_a_signal_through_many_layers(example: Example) -> None:
    depths = example.parameters["L"]
    for weight in example.expected:
        signal = sheet("scan(w*a, l, 1, deepest, a=1)", w=float(weight), deepest=max(depths))["f"]
        example.check(weight, [signal[depth - 1] for depth in depths])


@pytest.mark.example("EX-65", "formula graph")
def test_exponentially_weighted_average(example: Example) -> None:
    text = (
        "raw = scan(β·v + (1 − β)·θ[t], t, 1, len(θ), v=0); t = scan(k + 1, i, 1, len(θ), k=0)\n"
        "corrected = raw/(1 − β^t); window = 1/(1 − β)"
    )
    for beta in example.parameters["beta"]:
        values = sheet(text, theta=example.inputs["theta"], beta=beta)
        for name in ("raw", "corrected", "window"):
            example.check(f"{beta}/{name}", values[name])


@pytest.mark.example("EX-67", "formula graph")
def test_sampling_on_a_logarithmic_scale(example: Example) -> None:
    values = sheet("alpha = 10^(-4*u); beta = 1 - 10^(2*u - 3)", u=np.array(example.inputs["u"]))
    example.check("alpha", values["alpha"])
    example.check("beta", values["beta"])
    shares = sheet(
        "linear = (0.1 - low)/(high - low); log = (log10(0.1) - log10(low))/(log10(high) - log10(low))",
        low=values["alpha"][-1], high=values["alpha"][0],
    )  # fmt: skip
    example.check("share_below_0_1_linear_sampling", shares["linear"])
    example.check("share_below_0_1_log_sampling", shares["log"])
