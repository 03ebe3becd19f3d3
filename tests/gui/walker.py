"""Somebody who opens an example from Learn, walks it by keys, and reads off what the widgets hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.network import sources
from dlviz.core.trace import Step
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.selection import NOTHING, Selected
from dlviz.session.messages import Frame
from tests.gui.robot import Key, Robot

Array = NDArray[np.float64]
MOST_READ = 64  # entries of an array that are read one by one
ROLES = ("z", "a", "da", "dz", "dW", "db", "W.step", "b.step", "W", "b")  # told entry by entry


@dataclass
class Walker:
    """Walks one document; `told` keeps the last number that the formula told for every entry of every array."""

    robot: Robot
    told: dict[str, Array] = field(default_factory=dict)

    def open(self, key: str) -> "Walker":
        """Choose an example in the Learn menu and wait for its first picture in the Step workspace."""
        self.robot.start_on_canvas("step")
        self.robot.trigger(f"learn_{key}")
        self.robot.settle()
        self.robot.wait(lambda: self.robot.frame.peek is not None)
        return self

    @property
    def frame(self) -> Frame:
        return self.robot.frame

    @property
    def formula(self) -> FormulaPanel:
        found = self.robot.panel("formula")
        assert isinstance(found, FormulaPanel)
        return found

    @property
    def steps(self) -> StepsPanel:
        found = self.robot.panel("steps")
        assert isinstance(found, StepsPanel)
        return found

    @property
    def inspector(self) -> InspectorPanel:
        found = self.robot.panel("inspector")
        assert isinstance(found, InspectorPanel)
        return found

    def stand(self) -> tuple[int, int, int]:
        """Where the window stands: batches done, operations done, and the sample looked at."""
        return self.frame.step, self.frame.cursor, self.frame.sample

    def press(self, key: Key) -> Frame:
        """Press a key and wait until the panels show where it led."""
        before = self.stand()
        self.robot.key(key)
        self.robot.wait(lambda: self.stand() != before and self._is_shown())
        return self.frame

    def _is_shown(self) -> bool:
        canvas = self.robot.panel("canvas").state.frame  # type: ignore[attr-defined]
        is_drawn = canvas is not None and (canvas.step, canvas.cursor, canvas.sample) == self.stand()
        return is_drawn and self.formula._frame is self.frame

    def select(self, place: Selected) -> None:
        """Select a place, as a click on it does."""
        self.robot.window.context.selection.select(place)

    def forward(self) -> Step:
        """Go one operation on and read what the formula tells of every number it computed."""
        self.select(NOTHING)
        frame = self.press(Key.Key_PageDown)
        assert frame.trace is not None
        step = frame.trace.steps[frame.cursor - 1]
        self._read(step)
        return step

    def forward_names(self) -> list[tuple[str, ...]]:
        """Go one operation on and return the names of everything that the pass has computed so far."""
        self.press(Key.Key_PageDown)
        trace = self.frame.trace
        assert trace is not None
        return [tuple(step.writes) for step in trace.steps[: self.frame.cursor]]

    def walk(self, count: int, each: Callable[[Step], None] = lambda step: None) -> None:
        """Go so many operations on."""
        for _ in range(count):
            each(self.forward())

    def look_at(self, sample: int) -> None:
        """Look at another example of the batch by its key and PgDn: only once the backward pass is done."""
        self.robot.key(Key.Key_3)
        while self.frame.sample != sample:
            self.press(Key.Key_PageDown if self.frame.sample < sample else Key.Key_PageUp)

    def _read(self, step: Step) -> None:
        for name, array in step.writes.items():
            node, _, role = name.partition(".")
            if name == "loss":
                self.told[name] = np.array(self.number())
            elif role in ROLES and np.size(array) <= MOST_READ:
                self.told[name] = self._entries(node, role, np.shape(array))

    def _entries(self, node: str, role: str, shape: tuple[int, ...]) -> Array:
        is_weight = role in ("W", "dW", "W.step")
        shape = shape if is_weight or role in ("b", "db", "b.step") else shape[1:]
        found = np.empty(shape)
        for index in np.ndindex(*shape):
            self.select(self._place(node, role, index))
            found[index] = self.number()
        return found

    def _place(self, node: str, role: str, index: tuple[int, ...]) -> Selected:
        network = self.frame.document.network
        layer = next(each for each in network.layers if each.id == node)
        if role in ("W", "dW", "W.step"):
            return Selected("link", node, index[0], sources(network, layer)[0], index[1])
        return Selected("bias" if role in ("b", "db", "b.step") else "unit", node, index[0])

    def number(self) -> float:
        """Return the number that the formula panel tells, with all its digits."""
        told = self.formula.view.narration
        assert told is not None
        return told.values[-1]

    def facts(self, place: Selected) -> dict[str, tuple[float | None, ...]]:
        """Return what the inspector lists about a place: label and numbers, a column each."""
        self.select(place)
        self.robot.wait(lambda: self.inspector.isVisible() and self.inspector.title.text() != "")
        rows = [row._fact for row in self.inspector.facts.rows if not row.isHidden()]
        return {fact.label: fact.values for fact in rows}

    def of_sample(self, place: Selected, start: str) -> float:
        """Return the looked-at sample's number in the row whose label starts like this."""
        listed = self.facts(place)
        value = next(values for label, values in listed.items() if label.startswith(start))[0]
        assert value is not None, f"{start} of {place} is not computed"
        return value

    def signature(self) -> tuple[Any, ...]:
        """Return what formula, list, inspector and canvas show, to be compared on the way back."""
        self.select(NOTHING)
        formula, tiles = self.formula, self.robot.view.network_scene.tiles
        rows = tuple((row.cursor, row.state, row.full) for row in self.steps.model.rows)
        return formula.sentence.text(), formula.view.text(), rows, tuple(sorted(tiles.content.texts.items()))

    def there_and_back(self, count: int, each: Callable[[Step], None] = lambda step: None) -> None:
        """Walk so many operations on and back again; every stop must look as it did on the way there."""
        seen = [(self.stand(), self.signature())]
        for _ in range(count):
            each(self.forward())
            seen.append((self.stand(), self.signature()))
        assert len({signature for _, signature in seen}) == count + 1, "every operation shows something new"
        for stand, signature in reversed(seen[:-1]):
            self.press(Key.Key_PageUp)
            assert (self.stand(), self.signature()) == (stand, signature)


def length(walker: Walker) -> int:
    """Return how many operations the pass in hand, or the one to come, has."""
    trace = walker.frame.trace or walker.frame.peek
    assert trace is not None
    return len(trace.steps)


def units(node: str, count: int) -> Iterator[Selected]:
    """Give the first units of a layer."""
    return (Selected("unit", node, unit) for unit in range(count))
