"""What the inspector says about one number of a sheet."""

import re

from dlviz.core.sheets import letter
from dlviz.gui.leaves import Leaf
from dlviz.gui.panels.inspector.card import Card, Fact, Scene
from dlviz.gui.walks.formula_boxes import Standing
from dlviz.i18n import tr


def sheet_card(scene: Scene, standing: Standing) -> Card:
    """Describe the selected number: how it is computed, what it reads, and for an input where it is typed."""
    name, computed = scene.selected.layer, scene.frame.sheet
    if computed is None:
        return Card()
    step = next((each for each in standing.trace.steps if each.node == name), None)
    if step is not None:
        remark = computed.sheet.remarks.get(_bare(name), tr("a number of the sheet"))
        facts = (name, *step.reads)
        told = (Fact(letter(each), (standing.number(each),)) for each in facts)
        return Card(letter(name), remark, (scene.document.formula_of(step),), (tr("value"),), tuple(told))
    value, spec = (
        standing.number(name),
        next((each for each in computed.sheet.inputs if each.name == _bare(name)), None),
    )
    if name not in standing.trace.before:
        return Card()
    if spec is None:
        return Card(letter(name), tr("a random number"), (), (tr("value"),), (Fact(letter(name), (value,)),))
    index = tuple(int(each) - 1 for each in re.findall(r"\[(\d+)\]", name))
    leaf = Leaf("sheet", spec.name, index, letter(name), value, spec.limits)
    return Card(letter(name), spec.remark or tr("input"), (), (tr("value"),), (Fact(letter(name), (value,)),), leaf)


def _bare(name: str) -> str:
    return name.partition("[")[0]
