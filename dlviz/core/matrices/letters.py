"""The letters by which the formulas of steps call the arrays of a trace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dlviz.core.inference import layer_numbers, parameters
from dlviz.core.lowering import SUPERSCRIPTS
from dlviz.core.network import NetworkSpec
from dlviz.core.rules.learner import NODE
from dlviz.core.trace import Step

EVERY_TIME = "⟨t⟩"  # what stands for all time steps side by side
_SLOPE = "∂L/∂"

#: Arrays of a node, by role.
OF_NODES: Mapping[str, str] = {
    **{role: role for role in ("z", "a", "h", "c", "i", "f", "g", "o", "p", "q", "r", "u")},
    "dz": "δ", "dq": "δq", "da": f"{_SLOPE}a", "dh": f"{_SLOPE}h", "dc": f"{_SLOPE}c",
    "W": "W", "U": "U", "b": "b", "bu": "bu", "gamma": "γ", "beta": "β",
    "dW": f"{_SLOPE}W", "dU": f"{_SLOPE}U", "db": f"{_SLOPE}b", "dbu": f"{_SLOPE}bu",
    "dgamma": f"{_SLOPE}γ", "dbeta": f"{_SLOPE}β",
    "mask": "m", "mean": "μ", "var": "v", "z_hat": "ẑ", "running_mean": "μ̄", "running_var": "v̄",
}  # fmt: skip
#: Arrays of a parameter in the update, by role; "" is the parameter itself.
OF_UPDATES: Mapping[str, tuple[str, ...]] = {
    "": ("w",), "grad": (f"{_SLOPE}w",), "step": ("Δw",), "ahead": ("ŵ",), "norm": (f"‖{_SLOPE}w‖",),
    "velocity": ("v",), "m": ("m",), "v": ("v",), "m_hat": ("m̂",), "v_hat": ("v̂",), "v_max": ("v̌",),
    "squares": ("G", "S"), "changes": ("D",), "change": ("u",), "sizes": ("s",), "gains": ("k",),
    "last_grad": ("g₀",), "last_step": ("s",), "direction": ("d",),
}  # fmt: skip
#: Arrays of a learning rule; several letters where rules call them differently.
OF_RULES: Mapping[str, tuple[str, ...]] = {
    "x": ("x",), "y": ("d",), f"{NODE}.W": ("W",), f"{NODE}.b": ("b",), f"{NODE}.z": ("z", "v", "y"),
    f"{NODE}.a": ("a", "s"), f"{NODE}.e": ("e",), f"{NODE}.h": ("h",), f"{NODE}.p": ("P",), f"{NODE}.u": ("u",),
    f"{NODE}.dW": ("∂E/∂W",), f"{NODE}.db": ("∂E/∂b",), f"{NODE}.W.step": ("ΔW",), f"{NODE}.b.step": ("Δb",),
    "loss": ("E",), f"{NODE}.energy": ("E",),
}  # fmt: skip
SCALARS = {"loss": "L", "data_loss": "D", "y": "y"}


@dataclass(frozen=True)
class Named:
    """An array that a formula calls by one of these letters.

    parts: more than one array stands for all time steps side by side.
    """

    letters: tuple[str, ...]
    parts: tuple[str, ...]


class Letters:
    """Names the arrays that the steps of one network, or of a rule, read and write."""

    def __init__(self, network: NetworkSpec, is_rule: bool = False) -> None:
        self._is_rule = is_rule
        self._inputs = {each.id for each in network.inputs} if network.layers else set()
        self._numbers = layer_numbers(network)
        self._parameters = {each.name for each in parameters(network)}

    def named(self, step: Step, names: Iterable[str]) -> list[Named]:
        """Return what a step's formula may call these arrays; those without a letter are left out."""
        known = dict.fromkeys(names)
        found = [Named(letters, (name,)) for name in known if (letters := self._letters(step, name))]
        return found + self._through_time(step, list(known))

    def _letters(self, step: Step, name: str) -> tuple[str, ...]:
        if self._is_rule:
            return OF_RULES.get(name, ())
        if step.phase == "update" or step.op == "look_ahead":
            own = OF_UPDATES.get(self.role_of(name)[1], ())
            return own if not step.node else (*own, self._of_node(name))
        if name in SCALARS:
            return (SCALARS[name],)
        if name in self._inputs:
            return self._at_times(step, name)
        if name.endswith(".penalty"):
            return (f"Ω({self._of_node(name.removesuffix('.penalty'))})",)
        if name.endswith(".loss"):
            return (f"L[{name.removesuffix('.loss')}]",)
        letter = self._of_node(name)
        if not letter:
            return ()
        if step.op == "penalty":
            return letter, "w"
        is_bare = step.phase == "loss" or name.rpartition(".")[2] in ("i", "f", "o", "r", "u")
        return (letter, self._of_node(name, has_mark=False)) if is_bare else self._at_times(step, letter)

    def _at_times(self, step: Step, letter: str) -> tuple[str, ...]:
        """Return a letter and, inside a recurrent layer, the same for one time step and for all."""
        if "⟩" in letter or "⟨" not in step.formula:
            return (letter,)
        one = (f"{letter}⟨{step.time_step}⟩",) if step.time_step else ()
        return letter, *one, letter + EVERY_TIME

    def role_of(self, name: str) -> tuple[str, str]:
        """Return the parameter that an array of an update belongs to, and its role there."""
        if name in self._parameters:
            return name, ""
        front, _, role = name.rpartition(".")
        if front in self._parameters:
            return front, role
        layer, _, short = (front if role == "norm" else name).rpartition(".")
        parameter = f"{layer}.{short.removeprefix('d')}"
        return (parameter, "norm" if role == "norm" else "grad") if parameter in self._parameters else (name, role)

    def _of_node(self, name: str, has_mark: bool = True) -> str:
        node, _, role = name.rpartition(".")
        letter = OF_NODES.get(role, "")
        layer, _, inner = node.partition(".")
        mark = self._numbers.get(layer)
        level = f"[{layer}]" if mark is None else str(mark).translate(SUPERSCRIPTS)
        time = f"⟨{inner[1:]}⟩" if inner[:1] == "t" and inner[1:].isdecimal() else ""
        return f"{letter}{level if has_mark else ''}{time}" if letter else ""

    def _through_time(self, step: Step, names: list[str]) -> list[Named]:
        """Name all time steps of an array together, where a formula says ⟨t⟩."""
        if self._is_rule or EVERY_TIME not in step.formula:
            return []
        by_letter: dict[str, list[str]] = {}
        for name in names:
            node, _, role = name.rpartition(".")
            if ".t" in node and (letter := self._of_node(f"{node.partition('.')[0]}.{role}")):
                by_letter.setdefault(letter, []).append(name)
        return [Named((letter + EVERY_TIME,), tuple(parts)) for letter, parts in by_letter.items()]
