"""A learning rule as boxes: inputs, sums, answers, targets and errors, with weights on the edges."""

import numpy as np

from dlviz.gui.letters import spell
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.walks.boxes import Box, Boxes, Link
from dlviz.gui.walks.rule_scene import Array, RuleScene
from dlviz.i18n import tr

MOST_INPUTS, MOST_UNITS = 8, 6  # shown; further ones are left out
SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def neuron_boxes(scene: RuleScene) -> Boxes:
    """Return the picture of a rule as far as its presentation is walked."""
    weights = scene.weights
    if weights is None:
        return Boxes()
    made = _Neuron(scene, weights)
    return made.boxes()


class _Neuron:
    """Collects the boxes and edges of one scene."""

    def __init__(self, scene: RuleScene, weights: Array) -> None:
        self._scene, self._weights = scene, weights
        self._found: list[Box] = []
        self._links: list[Link] = []
        self._n_inputs = min(weights.shape[1], MOST_INPUTS)
        self._units = _shown_units(scene, len(weights))
        self._rows = max(self._n_inputs + (scene.value("o.b") is not None), len(self._units))

    def boxes(self) -> Boxes:
        """Return everything."""
        self._inputs()
        sums = {unit: self._unit("o.z", spell("z"), unit, 1) for unit in self._units}
        self._weights_into(sums)
        self._answers(sums)
        step = self._scene.step
        return Boxes(tuple(self._found), tuple(self._links), step.phase if step else "", self._left_out())

    def _left_out(self) -> str:
        """Say how much is not drawn."""
        n_units, n_inputs = self._weights.shape
        parts = [
            tr("{shown} of {all} inputs shown", shown=self._n_inputs, all=n_inputs)
            if n_inputs > self._n_inputs
            else "",
            tr("{shown} of {all} units shown", shown=len(self._units), all=n_units)
            if n_units > len(self._units)
            else "",
        ]
        return " · ".join(part for part in parts if part)

    def _add(self, box: Box) -> int:
        self._found.append(box)
        return len(self._found) - 1

    def _is_lit(self, *names: str) -> bool:
        step = self._scene.step
        return step is not None and any(name in step.writes for name in names)

    def _inputs(self) -> None:
        x = self._scene.before("x")
        for index in range(self._n_inputs):
            value = None if x is None else float(x[0, index])
            self._add(Box(f"x{index + 1}", f"x{index + 1}".translate(SUB), 0, float(index), value, is_leaf=True,
                          place=Selected("input", "x", index)))  # fmt: skip

    def _unit(self, name: str, letter: str, unit: int, column: int) -> int:
        values = self._scene.value(name) if self._scene.trace is not None else None
        value = None if values is None else float(values.reshape(-1)[unit])
        row = (self._rows - len(self._units)) / 2 + self._units.index(unit)
        mark = str(unit + 1).translate(SUB) if len(self._weights) > 1 else ""
        return self._add(Box(f"{letter}{unit + 1}", f"{letter}{mark}", column, row, value,
                             is_lit=self._is_lit(name), place=Selected("unit", "o", unit)))  # fmt: skip

    def _weights_into(self, sums: dict[int, int]) -> None:
        change, is_lit = self._scene.value("o.W.step"), self._is_lit("o.z", "o.W", "o.W.step")
        for unit, target in sums.items():
            for index in range(self._n_inputs):
                self._links.append(self._weight(index, target, unit, _entry(change, unit, index), is_lit))
        bias, change = self._scene.value("o.b"), self._scene.value("o.b.step")
        if bias is None:
            return
        one = self._add(Box("1", "", 0, float(self._n_inputs), 1.0, is_leaf=True))
        is_lit = self._is_lit("o.z", "o.b", "o.b.step")
        for unit, target in sums.items():
            below = None if change is None else float(change[unit])
            place = Selected("bias", "o", unit)
            self._links.append(Link(one, target, float(bias[unit]), below, "update", is_lit, place))

    def _weight(self, source: int, target: int, unit: int, change: float | None, is_lit: bool) -> Link:
        place = Selected("link", "o", unit, "x", source)
        return Link(source, target, float(self._weights[unit, source]), change, "update", is_lit, place)

    def _answers(self, sums: dict[int, int]) -> None:
        """Add what comes out, what was wanted, and the error between them."""
        names = _written(self._scene)
        if _answer_size(self._scene) == 1 < len(self._units):
            self._one_answer(sums)
            return
        for unit, source in sums.items():
            last = source
            if "o.a" in names and "o.winner" not in names:
                last = self._unit("o.a", spell("a"), unit, 2)
                self._links.append(Link(source, last, is_lit=self._is_lit("o.a")))
            if "o.e" in names:
                column = self._found[last].column + 1
                wanted = self._wanted(unit, column)
                error = self._unit("o.e", "e", unit, column)
                self._links += [Link(each, error, is_lit=self._is_lit("o.e")) for each in (last, wanted)]

    def _one_answer(self, sums: dict[int, int]) -> None:
        """Add the one answer of many units, such as the label that most neighbours vote for."""
        chosen, is_lit, answer = _chosen(self._scene), self._is_lit("o.a"), self._scene.value("o.a")
        value = None if answer is None else float(answer.item())
        last = self._add(Box("y", "y", 2, (self._rows - 1) / 2, value, is_lit=is_lit))
        self._links += [Link(box, last, is_lit=is_lit and unit in chosen) for unit, box in sums.items()]

    def _wanted(self, unit: int, column: int) -> int:
        y = self._scene.before("y")
        value = None if y is None or unit >= y.shape[1] else float(y[0, unit])
        row = self._found[-1].row + (0.9 if len(self._units) == 1 else 0.5)
        mark = str(unit + 1).translate(SUB) if len(self._weights) > 1 else ""
        return self._add(Box(f"d{unit + 1}", f"d{mark}", column - 1, row, value, is_leaf=True, place=NOTHING))


def _shown_units(scene: RuleScene, count: int) -> tuple[int, ...]:
    """Return the units that are drawn: the first, but never without those that win."""
    winners = [unit for unit in _chosen(scene) if unit < count][:MOST_UNITS]
    others = [unit for unit in range(min(count, 2 * MOST_UNITS)) if unit not in winners]
    return tuple(sorted([*winners, *others[: max(MOST_UNITS - len(winners), 0)]]))


def _chosen(scene: RuleScene) -> list[int]:
    """Return the units that won, or the nearest neighbours."""
    found = scene.value("o.winner") if scene.trace is not None else None
    found = scene.value("o.nearest") if found is None and scene.trace is not None else found
    return [] if found is None else [int(each) for each in found.reshape(-1)]


def _answer_size(scene: RuleScene) -> int:
    """Return how many numbers the rule answers, whether they are computed yet or not."""
    steps = scene.trace.steps if scene.trace is not None else ()
    return next((step.writes["o.a"].size for step in steps if "o.a" in step.writes), 0)


def _written(scene: RuleScene) -> set[str]:
    return set() if scene.trace is None else {name for step in scene.trace.steps for name in step.writes}


def _entry(array: Array | None, unit: int, index: int) -> float | None:
    return None if array is None else float(np.asarray(array)[unit, index])
