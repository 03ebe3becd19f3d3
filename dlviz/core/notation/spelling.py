"""How the recorded numbers of a pass are written: z¹₂, ∂L/∂w²₁₂, Δb¹₁, h¹₁⟨3⟩, as in the formulas."""

from dlviz.core.notation import Symbols
from dlviz.i18n import tr

LETTERS = {"z": "z", "a": "a", "h": "h", "c": "c", "mean": "μ", "z_hat": "ẑ"}
SLOPES = {"da": "a", "dh": "h", "dc": "c"}
LOSS, STEP = "loss", ".step"


def spelled_place(symbols: Symbols, name: str, index: tuple[int, ...], of_parameters: frozenset[str]) -> str:
    """Write an entry of an array of a pass, without its example; "" for what has no letter of its own.

    of_parameters: names of the parameters; one of them means its value after the update.
    """
    if name == LOSS:
        return symbols.notation.loss
    if name in of_parameters:
        return tr("new {symbol}", symbol=symbols.entry(name, *index))
    if name.endswith(STEP) and name.removesuffix(STEP) in of_parameters:
        return "Δ" + symbols.entry(name.removesuffix(STEP), *index)
    node, _, role = name.rpartition(".")
    parameter = f"{node}.{role.removeprefix('d')}"
    if role.startswith("d") and parameter in of_parameters:
        return symbols.slope_of_loss(symbols.entry(parameter, *index))
    if node.partition(".")[0] not in symbols.nodes:
        return ""
    if role in LETTERS:
        return symbols.at(role, node, *index)
    if role == "dz":
        return symbols.signed(symbols.at("δ", node, *index), is_factor=False)
    return symbols.slope_of_loss(symbols.at(SLOPES[role], node, *index)) if role in SLOPES else ""
