"""Asks the worker what is behind the selected weight, unit, layer or network, and shows the answer below the facts."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Symbols
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.activation.section import ActivationSection
from dlviz.gui.panels.inspector.derivatives import Derivatives
from dlviz.gui.panels.inspector.loss.card import LossCard
from dlviz.gui.panels.inspector.neuron import Neuron
from dlviz.gui.panels.inspector.notation import find_layer
from dlviz.gui.panels.inspector.origin import Origin
from dlviz.gui.panels.inspector.pruning import Pruning
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.panels.inspector.repeats import RepeatSection
from dlviz.gui.panels.inspector.similarity import SimilaritySection
from dlviz.gui.panels.inspector.two_weights import TwoWeights
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.weights import weight_of
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.explanation import (
    AnyQuestion,
    DerivativesExplanation,
    DerivativesQuestion,
    Explanation,
    Question,
    UnitExplanation,
    UnitQuestion,
)
from dlviz.session.messages import Frame, Interest
from dlviz.session.walk import end_of_backward


class Behind(QWidget):
    """The origin of a gradient, the inside of a unit, or all derivatives; `back` leads to where one came from."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._frame: Frame | None = None
        self._slope_reach = 1.0
        self._came_from, self._title = NOTHING, ""
        self.collapses = False  # whether the whole network is wanted as one linear map, too
        self.origin, self.neuron, self.loss = Origin(), Neuron(), LossCard(context)
        self.activation = ActivationSection(context)
        self.derivatives, self.pair, self.similarity = Derivatives(), TwoWeights(), SimilaritySection()
        self.pruning = Pruning(context)
        self.repeats = RepeatSection(context)
        self.back = TextButton("", is_link=True)
        self.back.hide()
        column = QVBoxLayout(self)
        spaced(column, gap=0)
        column.addWidget(self.repeats)
        column.addWidget(self.activation)
        column.addWidget(self.origin)
        column.addWidget(self.pair)
        column.addWidget(self.neuron)
        column.addWidget(self.loss)
        column.addWidget(self.similarity)
        column.addWidget(self.derivatives)
        column.addWidget(self.pruning)
        self.origin.lit.connect(context.selection.light)
        self.origin.pointed.connect(context.selection.point_at)
        self.origin.taken.connect(self.follow)
        self.neuron.pointed.connect(context.selection.point_at)
        self.neuron.taken.connect(self.follow)
        self.derivatives.taken.connect(self.follow)
        self.origin.reach_chosen.connect(self._reach)
        for part in (self.origin, self.neuron):
            part.sample_taken.connect(self._look)
        self.neuron.loss_taken.connect(self._open_loss)
        self.loss.asked.connect(context.interest_changed)
        for section in (self.pair, self.similarity, self.pruning):
            section.asked.connect(context.interest_changed)
        self.similarity.taken.connect(self.follow)
        self.loss.unit_taken.connect(self._take_output)
        self.loss.row_taken.connect(self._take_row)
        self.back.clicked.connect(self._go_back)

    @property
    def _symbols(self) -> Symbols:
        symbols: Symbols = self._context.session.document.symbols
        return symbols

    @property
    def _network(self) -> NetworkSpec:
        return self._symbols.network

    def interest(self, base: Interest) -> Interest:
        """Ask for the explanation of what is selected, and for the study of its activation."""
        base, selected = self.repeats.interest(self.activation.interest(base)), self._context.selection.current
        if self._context.is_hidden:
            return base
        if selected.kind == "loss":
            return self.loss.interest(base, selected)
        wanted = self.pair.question(weight_of(selected, self._network))
        if wanted is not None:
            base = replace(base, needs=base.needs | {"slice"}, slice=wanted)
        if self.similarity.question is not None:
            base = replace(base, needs=base.needs | {"similarity"}, similarity=self.similarity.question)
        if selected.kind == "network" and self._network.layers:
            base = replace(base, needs=base.needs | {"curvature"})
        question = self._question()
        if question is None:
            return base
        return replace(base, needs=base.needs | {"explanation"}, question=question)

    def _question(self) -> AnyQuestion | None:
        selected = self._context.selection.current
        if selected.kind == "layer" and self.pruning.question is not None:
            return self.pruning.question
        if selected.kind in ("network", "layer") and self._network.layers:
            return DerivativesQuestion(selected.layer, self.collapses and selected.kind == "network")
        if selected.kind == "unit" and find_layer(self._network, selected.layer) is not None:
            return UnitQuestion(selected.layer, selected.unit)
        weight = weight_of(selected, self._network)
        return None if weight is None else Question(weight, self._slope_reach)

    def let_go(self, selected: Selected) -> None:
        """Put the lit path out, as something else was selected."""
        self.origin.paths.let_go()
        self.loss.forget()
        self.back.setVisible(self._came_from not in (NOTHING, selected))

    def show_frame(self, frame: Frame | None, title: str) -> None:
        """Show what a frame explains about the selection, which the inspector calls by this title."""
        if frame is not None and frame.document.network != self._context.session.document.network:
            frame = replace(frame, explanation=None)  # it tells of units that may be gone
        self._frame, self._title = frame, title
        self.activation.show_frame(frame)
        self.repeats.show_frame(frame)
        self._show_origin()
        self._show_neuron()
        self._show_loss()
        self._show_slice()
        self._show_similarity()
        self._show_derivatives()
        self._show_pruning()

    def _show_pruning(self) -> None:
        """Offer to take weights of a selected dense layer out."""
        selected = self._context.selection.current
        layer = find_layer(self._network, selected.layer) if selected.kind == "layer" else None
        self.pruning.setVisible(layer is not None and layer.kind == "dense" and not self._context.is_hidden)
        self.pruning.use_layer("" if layer is None or self.pruning.isHidden() else layer.id)
        self.pruning.show_frame(self._frame)

    def _show_origin(self) -> None:
        """Show where the gradient comes from, once it is there and may be seen."""
        frame = self._frame
        weight = weight_of(self._context.selection.current, self._network)
        self.origin.setVisible(weight is not None and not self._context.is_hidden)
        if weight is None:
            return
        if frame is None:
            self.origin.say("…")
        elif not Reading(frame).is_gradient_known(weight.name):
            trace = frame.trace or frame.peek
            refusal = "" if trace is None else trace.no_way_back
            self.origin.say(refusal or tr("Not computed yet: the gradient comes with the backward pass."))
        elif isinstance(frame.explanation, Explanation) and frame.explanation.question.weight == weight:
            self.origin.show_explanation(frame.explanation, self._symbols)
        else:
            self.origin.say(tr("Pause to see the paths.") if frame.state == "running" else "…")

    def _show_neuron(self) -> None:
        """Show what is behind the selected unit, as far as the walk has come."""
        question, frame = self._question(), self._frame
        answer = None if frame is None or self._context.is_hidden else frame.explanation
        is_there = isinstance(answer, UnitExplanation) and answer.question == question
        self.neuron.setVisible(is_there)
        if frame is not None and isinstance(answer, UnitExplanation) and is_there:
            self.neuron.show_unit(answer, self._symbols, Reading(frame))

    def _show_similarity(self) -> None:
        """Show how alike the units of the selected layer are."""
        selected = self._context.selection.current
        is_asked = selected.kind == "layer" and not self._context.is_hidden
        layer = find_layer(self._network, selected.layer) if is_asked else None
        self.similarity.show_layer(layer, None if self._frame is None else self._frame.similarity)

    def _show_derivatives(self) -> None:
        """Show the derivatives of the selected layer, or of the network, where they are few."""
        frame = self._frame
        answer = None if frame is None or self._context.is_hidden else frame.explanation
        is_there = isinstance(answer, DerivativesExplanation) and answer.question == self._question()
        self.derivatives.setVisible(is_there)
        if frame is not None and isinstance(answer, DerivativesExplanation) and is_there:
            self.derivatives.show_derivatives(answer, self._network, Reading(frame))

    def _show_loss(self) -> None:
        """Show what the selected loss is about."""
        frame, selected = self._frame, self._context.selection.current
        self.loss.setVisible(selected.kind == "loss" and not self._context.is_hidden)
        if selected.kind == "loss" and frame is not None:
            self.loss.show_frame(frame, selected, self._class_names())

    def _show_slice(self) -> None:
        """Show the loss over the pinned and the selected weight, where the gradient of that may be seen."""
        frame, selected = self._frame, self._context.selection.current
        weight = None if self._context.is_hidden or frame is None else weight_of(selected, self._network)
        shown = None if frame is None else frame.slice
        symbol = "" if weight is None else self._symbols.entry(weight.name, *weight.entry)
        self.pair.show_slice(weight, symbol, shown, frame is not None and frame.state == "running")

    def _class_names(self) -> tuple[str, ...]:
        prepared = prepared_or_none(self._context.session)
        return () if prepared is None else prepared.dataset.class_names

    @Slot()
    def _open_loss(self) -> None:
        """Go from an output unit to its loss, and offer the way back."""
        unit = self._context.selection.current
        self.follow(Selected("loss", unit.layer, unit.unit))

    @Slot(int)
    def _take_output(self, unit: int) -> None:
        self._context.selection.select(replace(self._context.selection.current, unit=unit))

    @Slot(int)
    def _take_row(self, row: int) -> None:
        """Walk a row that is in the batch; of any other show the sample, and offer the way back."""
        frame = self._frame
        trace = None if frame is None else frame.trace or frame.peek
        places = [] if trace is None else np.flatnonzero(trace.rows == row).tolist()
        if places:
            self._look(places[0])
        else:
            self.follow(Selected("sample", unit=row))

    @Slot(int)
    def walk_to(self, cursor: int) -> None:
        """Stand where the step is done that computes the number whose label was clicked."""
        self._context.mover.walk_to(cursor)

    @Slot(object)
    def follow(self, place: Selected) -> None:
        """Go to the place of a factor, and offer the way back."""
        selection, words = self._context.selection, tr("‹ {title}", title=self._title)
        self._came_from = selection.current
        self.back.setText(words)
        describe(self.back, words, tr("Back to where you came from"))
        selection.select(place)

    @Slot()
    def _go_back(self) -> None:
        self._context.selection.select(self._came_from)

    @Slot(int)
    def _look(self, sample: int) -> None:
        """Look at a sample; where no batch is walked, walk the next one to where its gradients are known."""
        frame, session = self._frame, self._context.session
        if frame is not None and frame.trace is None and frame.peek is not None:
            session.walk_to(end_of_backward(frame.peek))
        session.look(sample)

    @Slot(float)
    def _reach(self, reach: float) -> None:
        self._slope_reach = reach
        self._context.interest_changed.emit()
