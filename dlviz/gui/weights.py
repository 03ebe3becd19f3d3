"""Which number of a parameter a selected place of the network is."""

from dlviz.core.explain import Weight
from dlviz.core.network import NetworkSpec
from dlviz.gui.selection import Selected


def weight_of(selected: Selected, network: NetworkSpec) -> Weight | None:
    """Return which number of a parameter is selected; None for anything else."""
    layer = next((each for each in network.layers if each.id == selected.layer), None)
    if layer is not None and selected.kind == "parameter":
        return Weight(selected.name, selected.entry)
    if layer is None or layer.kind != "dense" or selected.kind not in ("link", "bias"):
        return None
    if selected.kind == "bias":
        return Weight(f"{layer.owner}.b", (selected.unit,))
    return Weight(f"{layer.owner}.W", (selected.unit, selected.source))
