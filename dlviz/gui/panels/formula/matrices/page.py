"""The page with the matrices of the step in hand, joined to the selection and the pointer of the whole window."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from dlviz.core.matrices import Form, Matrix, form_of
from dlviz.core.matrices.form import Scene
from dlviz.core.narration import Focus
from dlviz.core.network import NetworkSpec
from dlviz.core.trace import Step
from dlviz.gui.panel import Context
from dlviz.gui.panels.formula.matrices.places import Spot, cell_of, cell_told, spot_of
from dlviz.gui.panels.formula.matrices.view import MatrixView, Shown
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.widgets.text import Text
from dlviz.session.messages import Frame

NO_NETWORK = NetworkSpec()


@dataclass(frozen=True)
class Walked:
    """The step that is shown, and the frame that it belongs to."""

    step: Step
    frame: Frame

    @property
    def n(self) -> int:
        """Number of examples in the batch."""
        assert self.frame.trace is not None
        return len(self.frame.trace.rows)

    @property
    def network(self) -> NetworkSpec:
        """The network; of other documents none, whatever they carry along."""
        document = self.frame.document
        return document.explicit.network if document.subject == "network" else NO_NETWORK


class MatrixPage(QWidget):
    """Shows a step as matrices; where it has none, a sentence that says why."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._walked: Walked | None = None
        self._made: tuple[object, ...] = ()
        self._form = Form()
        self.view, self.note = MatrixView(), Text("", "muted")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.view)
        self.area.viewport().setAutoFillBackground(False)
        self.view.setAutoFillBackground(False)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.area)
        self._pages.addWidget(self.note)
        self.view.pointed.connect(self._point)
        self.view.picked.connect(self._pick)
        self.view.typing_asked.connect(self._type)
        context.selection.hovered.connect(self._mark)

    def show_step(self, step: Step | None, frame: Frame | None, focus: Focus, is_hidden: bool = False) -> None:
        """Show a step, with the row and column of the number that the view of one unit tells; None: nothing."""
        if step is None or frame is None or frame.trace is None:
            self._walked, self._made = None, ()
            self.view.show_form(Shown())
            return
        self._walked = Walked(step, frame)
        made = step, frame.trace, frame.document, frame.sample, focus.parameter
        if not self._is_made(made):
            self._made = made
            document = frame.document
            self._form = form_of(Scene(
                step, frame.trace, self._walked.network, document.notation, document.formula_of, frame.sample,
                focus.parameter,
            ))  # fmt: skip
        self.note.setText(self._form.note)
        self._pages.setCurrentIndex(1 if self._form.note else 0)
        told = tuple(
            cell_told(matrix, step, self._walked.network, focus, self._walked.n) for matrix in self._form.matrices
        )
        self.view.show_form(Shown(self._form, step.phase, is_hidden, told))

    def _is_made(self, wanted: tuple[object, ...]) -> bool:
        """Whether the form is at hand; traces and documents are compared by identity, for they are large."""
        if not self._made:
            return False
        is_same = all(one is other for one, other in zip(self._made[:3], wanted[:3], strict=True))
        return is_same and self._made[3:] == wanted[3:]

    @Slot(object)
    def _point(self, found: tuple[Matrix, tuple[int, ...]] | None) -> None:
        spot = self._spot(found)
        if self.view.underMouse() or spot.place != NOTHING:
            self._context.selection.point_at(spot.place)

    @Slot(object)
    def _pick(self, found: tuple[Matrix, tuple[int, ...]]) -> None:
        spot = self._spot(found)
        if spot.place != NOTHING:
            self._context.selection.select(spot.place)
        if self._walked is not None and spot.example not in (-1, self._walked.frame.sample):
            self._context.session.look(spot.example)

    @Slot(object)
    def _type(self, found: tuple[Matrix, tuple[int, ...]]) -> None:
        self._context.typing_asked.emit(self._spot(found).place)

    def _spot(self, found: tuple[Matrix, tuple[int, ...]] | None) -> Spot:
        if found is None or self._walked is None:
            return Spot()
        return spot_of(*found, self._walked.network, self._walked.n)

    @Slot(object)
    def _mark(self, place: Selected) -> None:
        walked = self._walked
        if walked is None or not self.isVisible():
            return
        cells = tuple(
            cell_of(matrix, place, walked.frame.sample, walked.network, walked.n) for matrix in self._form.matrices
        )
        self.view.mark(cells)
