"""Writes recurrent.json.gz: recurrent layers with PyTorch's float64 states, gradients and twenty steps of Adam.

Run it with a Python that has PyTorch: `python tests/golden/make_recurrent.py`. Without truncation the numbers come
from PyTorch's own RNN, GRU and LSTM; with it from its cells, whose states are detached where errors stop.
"""

import gzip
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import torch

TARGET = Path(__file__).with_name("recurrent.json.gz")
ROWS, STEPS, FEATURES, UNITS = 3, 5, 3, 2
GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}
WHOLE = {"simple_rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
CELLS = {"simple_rnn": torch.nn.RNNCell, "gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}
TRAINED = 20

Tensors = dict[str, torch.Tensor]
State = tuple[torch.Tensor, ...]


def layer_of(kind: str, **settings: Any) -> dict[str, Any]:
    return {"id": "h", "kind": kind, "units": UNITS, **settings}


def start_parameters(layer: dict[str, Any], dice: torch.Generator) -> Tensors:
    """Return random parameters of a layer, and of a dense output where only the last state is passed on."""
    rows = GATES[layer["kind"]] * UNITS
    shapes: dict[str, tuple[int, ...]] = {"h.W": (rows, FEATURES), "h.U": (rows, UNITS)}
    if layer.get("bias", True):
        shapes |= {"h.b": (rows,)} | ({"h.bu": (rows,)} if layer["kind"] == "gru" else {})
    if layer.get("initial_state") == "learned":
        shapes |= {"h.h0": (UNITS,)} | ({"h.c0": (UNITS,)} if layer["kind"] == "lstm" else {})
    if layer["return"] == "last":
        shapes |= {"o.W": (2, UNITS), "o.b": (2,)}
    return {name: torch.randn(shape, generator=dice) for name, shape in shapes.items()}


def weights(layer: dict[str, Any], parameters: Tensors, suffix: str) -> Tensors:
    """Return a layer's parameters under PyTorch's names, which has two biases everywhere."""
    found = {f"weight_ih{suffix}": parameters["h.W"], f"weight_hh{suffix}": parameters["h.U"]}
    if layer.get("bias", True):
        zeros = torch.zeros(GATES[layer["kind"]] * UNITS)
        found |= {f"bias_ih{suffix}": parameters["h.b"], f"bias_hh{suffix}": parameters.get("h.bu", zeros)}
    return found


def start(layer: dict[str, Any], parameters: Tensors) -> State:
    zeros = torch.zeros(UNITS)
    names = ("h.h0", "h.c0") if layer["kind"] == "lstm" else ("h.h0",)
    return tuple(parameters.get(name, zeros).expand(ROWS, UNITS) for name in names)


def whole_states(layer: dict[str, Any], parameters: Tensors, x: torch.Tensor) -> torch.Tensor:
    """Return the states of all steps (rows, steps, units) by PyTorch's whole layer."""
    module = WHOLE[layer["kind"]](FEATURES, UNITS, batch_first=True, bias=layer.get("bias", True))
    first = tuple(state[None].contiguous() for state in start(layer, parameters))
    given = (x, first if layer["kind"] == "lstm" else first[0])
    states: torch.Tensor = torch.func.functional_call(module, weights(layer, parameters, "_l0"), given)[0]
    return states


def cell_of(layer: dict[str, Any], parameters: Tensors) -> Callable[[torch.Tensor, State], State]:
    module = CELLS[layer["kind"]](FEATURES, UNITS, bias=layer.get("bias", True))

    def step(x: torch.Tensor, state: State) -> State:
        before = state if layer["kind"] == "lstm" else state[0]
        after = torch.func.functional_call(module, weights(layer, parameters, ""), (x, before))
        return after if layer["kind"] == "lstm" else (after,)

    return step


def detached(state: State) -> State:
    return tuple(each.detach() for each in state)


def block_states(layer: dict[str, Any], parameters: Tensors, x: torch.Tensor) -> torch.Tensor:
    """Return the states; what leaves a block is detached."""
    step, state, found = cell_of(layer, parameters), start(layer, parameters), []
    for t in range(STEPS):
        state = step(x[:, t], state if t == 0 or t % layer["truncation_steps"] else detached(state))
        found.append(state[0])
    return torch.stack(found, dim=1)


def window_states(layer: dict[str, Any], parameters: Tensors, x: torch.Tensor) -> torch.Tensor:
    """Return the states, each computed anew from the detached state that its window begins with."""
    step, length = cell_of(layer, parameters), layer["truncation_steps"]
    states, found = [start(layer, parameters)], []
    for t in range(1, STEPS + 1):
        first = max(t - length, 0)
        state = detached(states[first]) if t >= length else states[0]
        for k in range(first, t):
            state = step(x[:, k], state)
        states.append(state)
        found.append(state[0])
    return torch.stack(found, dim=1)


STATES = {"none": whole_states, "block": block_states, "window": window_states}


def loss_of(layer: dict[str, Any], parameters: Tensors, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the loss, squared errors summed over outputs and averaged over rows, and the states."""
    states = STATES[layer.get("truncation", "none")](layer, parameters, x)
    if layer["return"] == "last":
        outputs = torch.nn.functional.linear(states[:, -1], parameters["o.W"], parameters["o.b"])
    else:
        outputs = states.reshape(ROWS, -1)
    return ((outputs - y) ** 2).sum(dim=1).mean(), states


def trained(layer: dict[str, Any], values: Tensors, x: torch.Tensor, y: torch.Tensor) -> dict[str, Any]:
    """Return the losses before each of twenty steps of Adam, and the parameters after them."""
    parameters = {name: value.clone().requires_grad_() for name, value in values.items()}
    optimizer = torch.optim.Adam(parameters.values(), lr=0.05)
    losses = []
    for _ in range(TRAINED):
        optimizer.zero_grad()
        loss = loss_of(layer, parameters, x, y)[0]
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    return {"losses": losses, "parameters": {name: value.tolist() for name, value in parameters.items()}}


def case(layer: dict[str, Any], dice: torch.Generator) -> dict[str, Any]:
    values = start_parameters(layer, dice)
    x = torch.randn(ROWS, STEPS, FEATURES, generator=dice)
    y = torch.randn(ROWS, 2 if layer["return"] == "last" else STEPS * UNITS, generator=dice)
    parameters = {name: value.clone().requires_grad_() for name, value in values.items()}
    loss, states = loss_of(layer, parameters, x, y)
    loss.backward()
    dense = [{"id": "o", "kind": "dense", "units": 2}] if layer["return"] == "last" else []
    document = {
        "format": "dlviz", "version": 1, "dtype": "float64",
        "data": {"kind": "table", "inputs": x.reshape(ROWS, -1).tolist(), "targets": y.tolist()},
        "network": {"inputs": [{"id": "x", "shape": [STEPS, FEATURES]}], "layers": [layer, *dense]},
        "parameters": {name: value.tolist() for name, value in values.items()},
        "training": {"optimizer": {"kind": "adam", "lr": 0.05}, "batch_size": ROWS, "shuffle": False},
    }  # fmt: skip
    # A learned start that no window reaches has no gradient at all.
    gradients = {name: (torch.zeros_like(p) if p.grad is None else p.grad).tolist() for name, p in parameters.items()}
    return {
        "document": document, "loss": loss.item(), "states": states.tolist(), "gradients": gradients,
        "trained": trained(layer, values, x, y) if layer.get("truncation", "none") == "none" else None,
    }  # fmt: skip


def layer_cases() -> list[dict[str, Any]]:
    found = []
    for kind, passed in product(GATES, ("last", "sequence")):
        found.append(layer_of(kind, **{"return": passed}))
        found.append(layer_of(kind, bias=False, initial_state="learned", **{"return": passed}))
        for truncation, length in product(("block", "window"), (1, 2, 7)):
            cut = {"truncation": truncation, "truncation_steps": length, "initial_state": "learned"}
            found.append(layer_of(kind, **cut, **{"return": passed}))
    return found


def main() -> None:
    torch.set_default_dtype(torch.float64)
    dice = torch.Generator().manual_seed(20261121)
    cases = [case(layer, dice) for layer in layer_cases()]
    text = json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
