"""Which scalar of a step is told: the selected unit, link or bias, as seen from that step."""

from dlviz.core.narration import Focus
from dlviz.core.network import NetworkSpec, sources
from dlviz.core.trace import Step
from dlviz.gui.selection import Selected


def focus_for(step: Step, network: NetworkSpec, selected: Selected, sample: int) -> Focus:
    """Return the focus of a step.

    A step of the selected node tells the selected unit. A step of a node that reads the selected unit
    tells what comes from it. Any other step tells its first unit.
    """
    if selected.kind in ("none", "network", "sample"):
        return Focus(sample=sample)
    parameter = _parameter(selected)
    if step.phase == "update" or step.layer == "" or selected.layer == step.layer:
        return Focus(selected.unit, selected.source, sample, parameter)
    layer = next((each for each in network.layers if each.id == step.layer), None)
    if layer is not None and selected.layer in sources(network, layer):
        return Focus(0, selected.unit, sample)
    if step.layer == selected.source_layer:
        return Focus(selected.source, 0, sample)
    return Focus(sample=sample)


def _parameter(selected: Selected) -> str:
    if selected.kind == "bias":
        return f"{selected.layer}.b"
    if selected.kind in ("link", "unit"):
        return f"{selected.layer}.W"
    return ""
