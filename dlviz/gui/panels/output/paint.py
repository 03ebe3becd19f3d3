"""Painting on the output panel: points put, brushed, erased, moved and relabelled while training runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from dlviz.data.dataset import Dataset
from dlviz.data.painting import sprayed
from dlviz.data.prepare import Prepared
from dlviz.gui.actions import Action
from dlviz.gui.editing import Change, edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.ground import Cross, Ground, Place, Places, inside, reach_of, rows_near, to_place
from dlviz.gui.panels.output.palette import LIMITS, Palette
from dlviz.gui.panels.output.plane import Plane, View
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.painting import erase_rows, move_row, put_rows, put_values, relabel_rows
from dlviz.session.limits import PAINTED_ROWS

REACH = 0.05  # of the sides of the picture, how far brush and eraser reach
PICK = 0.03  # the same for picking up a point
BRUSHED = 3  # points at every place of a stroke
SPACING = 0.6  # of the reach, between places of a stroke
FLUSH_MS = 120  # between the edits of one stroke: training sees it grow, and no plot over time is flooded
_NEAR_STEP, _FAR_STEP = 0.01, 0.1  # of the sides, by an arrow key
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1),
}  # fmt: skip
_REACHES = {"brush": REACH, "erase": REACH, "label": REACH, "move": PICK, "put": 0.0}


@dataclass
class Stroke:
    """What the hand does from press to release. places: passed and not yet part of the document; row: picked up."""

    number: int
    tool: str
    places: list[Place] = field(default_factory=list)
    last: Place | None = None
    row: int | None = None


def refusal(dataset: Dataset) -> str:
    """Say why data cannot be painted on, or nothing."""
    if dataset.is_streamed or dataset.n > PAINTED_ROWS:
        return tr("Painting is for up to {most} rows; these data have {n}.", most=PAINTED_ROWS, n=dataset.n)
    is_single = dataset.task != "regression" or dataset.targets.shape[1] == 1
    if (dataset.d == 2 or (dataset.d == 1 and dataset.task == "regression")) and is_single:
        return ""
    return tr("Painting is for two inputs, or for one input and one measured value; these data have {d} inputs.",
              d=dataset.d)  # fmt: skip


def points_painted(dataset: Dataset) -> Places:
    """Return where rows lie on the picture (n, 2): by two inputs, or by the one input and what it is measured as."""
    if dataset.d == 2:
        return dataset.inputs
    return np.column_stack([dataset.inputs[:, 0], dataset.targets.reshape(dataset.n, -1)[:, 0]]).astype(np.float64)


class Painting(QObject):
    """The tools on one picture or the other; each stroke is one undoable edit of the document's data."""

    switched = Signal()  # on or off
    pointed = Signal(object)  # the place of the cross that the keys move

    def __init__(self, context: Context, grounds: Mapping[View, Ground], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._grounds = context, grounds
        self.palette = Palette()
        self.is_on = False
        self._view: View = "map"
        self._prepared: Prepared | None = None
        self._is_seen = np.zeros(0, dtype=bool)
        self._stroke: Stroke | None = None
        self._strokes = 0
        self._crosses = {view: Cross(ground) for view, ground in grounds.items()}
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self.palette.done.connect(self.switch)
        self.palette.tool_chosen.connect(self._show_reach)
        for ground in grounds.values():
            for widget in {ground.mouse, ground.keys}:
                widget.installEventFilter(self)

    def action(self) -> Action:
        """Return the entry of the Edit menu."""
        return Action(
            "paint", tr("&Paint points"), self.switch, "edit", ("Ctrl+Shift+P",), tip=LIMITS, group=2,
            is_enabled=self._has_data, is_checked=self._is_on,
        )  # fmt: skip

    def _is_on(self) -> bool:
        return self.is_on

    def _has_data(self) -> bool:
        return self._prepared is not None and self._context.session.document.subject == "network"

    def show_prepared(self, prepared: Prepared, view: View, is_seen: NDArray[np.bool_]) -> None:
        """Take over the rows, which of them (n,) are drawn, and the picture they are on; tools leave others alone."""
        self._prepared, self._view, self._is_seen = prepared, view, is_seen
        if self.is_on and refusal(prepared.dataset):
            self.switch()
        elif self.is_on:
            self.palette.show_dataset(prepared.dataset)
        self.palette.setVisible(self.is_on and view in self._grounds)

    @Slot()
    def switch(self) -> None:
        """Take the tools out or put them away."""
        if self._prepared is None:
            return
        refused = refusal(self._prepared.dataset)
        if refused and not self.is_on:
            self._context.notify(refused)
            return
        self.is_on = not self.is_on
        self._end()
        for view, ground in self._grounds.items():
            self._crosses[view].show_at(None, 0.0)
            if view == "map":
                ground.keys.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self.is_on else Qt.FocusPolicy.NoFocus)
        self.switched.emit()
        if self.is_on and self._view in self._grounds:
            self._grounds[self._view].keys.setFocus()

    def steady(self, plane: Plane, shown: Plane) -> Plane:
        """Return a plane, as wide as the one on show if that holds all rows: the ground must not slip from the hand."""
        a, b = plane.extent, shown.extent
        stays = self.is_on and plane.axes == shown.axes and _holds(b, self._places())
        return replace(plane, extent=b) if stays and a != b else plane

    def keeps_range(self) -> bool:
        """Say whether the axes of the curve stay as they are."""
        return self.is_on and _holds(self._grounds["curve"].extent(), self._places())

    def _places(self) -> Places:
        return np.zeros((0, 2)) if self._prepared is None else points_painted(self._prepared.dataset)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the left button and a few keys while painting; everything else goes where it always goes."""
        ground = self._grounds.get(self._view)
        if not self.is_on or ground is None or watched not in (ground.mouse, ground.keys):
            return False
        if isinstance(event, QMouseEvent) and watched is ground.mouse:
            return self._mouse(ground, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is ground.keys:
            return self._key(ground, event)
        if event.type() == QEvent.Type.Leave and self._stroke is None:
            self._cross.show_at(None, 0.0)
        return False

    @property
    def _cross(self) -> Cross:
        return self._crosses[self._view]

    def _mouse(self, ground: Ground, event: QMouseEvent) -> bool:
        kind, is_left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick) and is_left:
            if ground.area().contains(event.position()):
                self._press(self._place(ground, event.position()))
            return True
        if kind == QEvent.Type.MouseMove:
            place = self._place(ground, event.position())
            self._cross.show_at(place, _REACHES[self.palette.tool])
            if self._stroke is not None:
                self._drag(place)
            return self._stroke is not None
        if kind == QEvent.Type.MouseButtonRelease and is_left:
            self._end()
            return True
        return False

    def _place(self, ground: Ground, at: QPointF) -> Place:
        return inside(ground, to_place(ground, at))

    def _key(self, ground: Ground, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _ARROWS:
            self._move_cross(ground, key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use_here(ground, self.palette.tool)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._use_here(ground, "erase")
        else:
            return False
        return True

    def _here(self, ground: Ground) -> Place:
        x0, x1, y0, y1 = ground.extent()
        return self._cross.place or ((x0 + x1) / 2, (y0 + y1) / 2)

    def _move_cross(self, ground: Ground, key: int, is_far: bool) -> None:
        step = reach_of(ground, _FAR_STEP if is_far else _NEAR_STEP)
        across, up = _ARROWS[Qt.Key(key)]
        x, y = self._here(ground)
        place = inside(ground, (x + across * step[0], y + up * step[1]))
        self._cross.show_at(place, _REACHES[self.palette.tool])
        self.pointed.emit(place)
        if self._stroke is not None:
            self._drag(place)

    def _use_here(self, ground: Ground, tool: str) -> None:
        """Use a tool at the cross; a point is picked up by one press of the key and put down by the next."""
        place, is_carrying = self._here(ground), self._stroke is not None
        self._cross.show_at(place, _REACHES[tool])
        if not is_carrying:
            self._press(place, tool)
        if is_carrying or tool != "move":
            self._end()

    def _press(self, place: Place, tool: str = "") -> None:
        self._end()
        self._strokes += 1
        self._stroke = stroke = Stroke(self._strokes, tool or self.palette.tool)
        if stroke.tool == "move":
            near = self._near(place, reach_of(self._grounds[self._view], PICK))
            stroke.row = int(near[0]) if len(near) else None
            return
        self._pass(place)
        self._flush()
        self._timer.start()

    def _drag(self, place: Place) -> None:
        assert self._stroke is not None
        if self._stroke.tool == "move":
            self._stroke.places = [place]
            self._timer.isActive() or self._timer.start()
        elif self._stroke.tool != "put":
            self._pass(place)

    def _pass(self, place: Place) -> None:
        """Note a place of a stroke unless it is too near to the one before."""
        stroke, reach = self._stroke, reach_of(self._grounds[self._view], SPACING * REACH)
        assert stroke is not None
        if stroke.last is None or not len(rows_near(np.array([stroke.last]), place, reach)):
            stroke.last = place
            stroke.places.append(place)

    def _end(self) -> None:
        self._flush()
        self._timer.stop()
        self._stroke = None

    @Slot()
    def _flush(self) -> None:
        """Make what the stroke has passed part of the document."""
        stroke = self._stroke
        if stroke is None or not stroke.places or self._prepared is None:
            return
        places, stroke.places = np.array(stroke.places), []
        change = self._change(stroke, places)
        merge = f"stroke {id(self)} {stroke.number}"
        if change is not None and not edit(self._context, _label(stroke.tool), change, merge):
            self._timer.stop()
            self._stroke = None

    def _change(self, stroke: Stroke, places: Places) -> Change | None:
        """Return what a tool does at places (k, 2) of a stroke; None where nothing is in reach."""
        ground = self._grounds[self._view]
        if stroke.tool == "put":
            return self._putting(places)
        if stroke.tool == "brush":
            return self._putting(self._brushed(ground, places))
        if stroke.tool == "move":
            is_there = stroke.row is not None and stroke.row < len(self._places())  # Undo may have taken it meanwhile
            return self._moving(stroke.row, places[-1]) if stroke.row is not None and is_there else None
        reach, target = reach_of(ground, REACH), self.palette.target
        found = np.unique(np.concatenate([self._near((x, y), reach) for x, y in places.tolist()]))
        if stroke.tool == "erase":
            return None if not len(found) else lambda document: erase_rows(document, found)
        others = found[self._targets()[found] != target]
        return None if not len(others) else lambda document: relabel_rows(document, others, target)

    def _near(self, place: Place, reach: Place) -> NDArray[np.intp]:
        """Return the rows on show within reach of a place, the nearest first."""
        near = rows_near(self._places(), place, reach)
        return near[self._is_seen[near]]

    def _targets(self) -> NDArray[np.generic]:
        assert self._prepared is not None
        return self._prepared.dataset.targets.reshape(self._prepared.dataset.n, -1)[:, 0]

    def _brushed(self, ground: Ground, places: Places) -> Places:
        """Return a few points around each place; which ones depends on the seed and the rows so far."""
        assert self._prepared is not None
        seed, first, reach = self._context.session.document.seed, self._prepared.dataset.n, reach_of(ground, REACH)
        spots = [sprayed(seed, first + BRUSHED * k, BRUSHED, (x, y), reach) for k, (x, y) in enumerate(places.tolist())]
        return np.array([inside(ground, (x, y)) for x, y in np.concatenate(spots).tolist()])

    def _putting(self, places: Places) -> Change:
        if self._view == "curve":
            return lambda document: put_values(document, places[:, :1], places[:, 1])
        target = self.palette.target
        return lambda document: put_rows(document, places, target)

    def _moving(self, row: int, place: NDArray[np.float64]) -> Change:
        x, y = place.tolist()

        def moved(document: Document) -> Document:
            return move_row(document, row, (x,), y) if self._view == "curve" else move_row(document, row, (x, y))

        return moved

    @Slot()
    def _show_reach(self) -> None:
        self._end()
        self._cross.show_at(self._cross.place, _REACHES[self.palette.tool])


def _holds(extent: tuple[float, float, float, float], places: Places) -> bool:
    x0, x1, y0, y1 = extent
    x, y = places[:, 0], places[:, 1]
    return bool(((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).all())


def _label(tool: str) -> str:
    """Name an edit, for Undo and for the mark on plots over time."""
    return {
        "put": tr("Put a point"), "brush": tr("Brush points"), "erase": tr("Erase points"), "move": tr("Move a point"),
        "label": tr("Relabel points"),
    }[tool]  # fmt: skip
