"""Inspector: every number behind the selected unit, link, bias, layer, input or row."""

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.data.dataset import Dataset
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.inspector_card import Card, Scene, Target
from dlviz.gui.panels.inspector_facts import card
from dlviz.gui.panels.inspector_layer import LayerForm
from dlviz.gui.panels.inspector_neuron import Neuron
from dlviz.gui.panels.inspector_notation import find_layer
from dlviz.gui.panels.inspector_origin import Origin
from dlviz.gui.panels.inspector_parameter import weight_of
from dlviz.gui.panels.inspector_picker import ParameterPicker
from dlviz.gui.panels.inspector_reading import Reading
from dlviz.gui.panels.inspector_rows import FactTable, ValueField
from dlviz.gui.panels.inspector_subject import subject_card
from dlviz.gui.panels.inspector_text import FormulaText
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.copying import offer
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_activation, set_layer_setting
from dlviz.session.explanation import Explanation, Question, UnitExplanation, UnitQuestion
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.subject_edits import set_input
from dlviz.session.walk import end_of_backward

_HINT = tr("Click a unit, a link or a layer to see its numbers.")


class InspectorPanel(Panel):
    """Shows what frames carry about the selection; types one value at the playhead."""

    key = "inspector"
    needs: ClassVar[frozenset[Need]] = frozenset({"parameters", "peek", "trace"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self._dataset: Dataset | None = None
        self._slope_reach = 1.0
        self._make_widgets()
        self._lay_out()
        context.selection.changed.connect(self._select)
        context.hidden_changed.connect(self._cover)
        self.value.typed.connect(self._type)
        self.form.setting_changed.connect(self._set_layer)
        self.form.activation_changed.connect(self._set_activation)
        self.origin.lit.connect(context.selection.light)
        self.origin.pointed.connect(context.selection.point_at)
        self.origin.taken.connect(self._follow)
        self.picker.picked.connect(context.selection.select)
        self.back.clicked.connect(self._go_back)
        self.origin.sample_taken.connect(self._look)
        self.origin.reach_chosen.connect(self._reach)
        self.neuron.sample_taken.connect(self._look)
        self.show_document(context.session.document)

    def _make_widgets(self) -> None:
        self.title, self.remark = Text("", is_bold=True), Elided("", "muted")
        self.remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.equations = (FormulaText(), FormulaText("muted"))
        self.value, self.value_label = ValueField(), Text(tr("value"), "muted")
        self.facts, self.form, self.origin, self.neuron = FactTable(), LayerForm(), Origin(), Neuron()
        self.picker, self.back = ParameterPicker(), TextButton("", is_link=True)
        self._came_from = NOTHING
        self.back.hide()
        self.hint = Text(_HINT, "muted")
        self.hint.setWordWrap(True)

    def _lay_out(self) -> None:
        heading, typed = QHBoxLayout(), QHBoxLayout()
        for row in (heading, typed):
            spaced(row)
        heading.addWidget(self.title)
        heading.addWidget(self.remark, 1)
        typed.addWidget(self.value_label, 1)
        typed.addWidget(self.value)
        self.value.setFixedWidth(15 * GRID)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.hint)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(heading)
        for widget in self.equations:
            column.addWidget(widget)
        column.addLayout(typed)
        column.addWidget(self.facts)
        column.addWidget(self.picker)
        column.addWidget(self.origin)
        column.addWidget(self.neuron)
        column.addWidget(self.form)
        column.addStretch(1)
        self._scroll(body)

    def _scroll(self, body: QWidget) -> None:
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        spaced(layout)
        layout.addWidget(scroll)

    def show_document(self, document: Document) -> None:
        """Show the selection with what the edit changed."""
        prepared = prepared_or_none(self.context.session)
        self._dataset = None if prepared is None else prepared.sample.dataset
        self._refresh()

    def show_frame(self, frame: Frame) -> None:
        """Show the newest numbers of the selection."""
        self._frame = frame
        self._refresh()

    def interest(self, base: Interest) -> Interest:
        """Ask for the explanation of the selected weight, bias or unit."""
        question = self._question()
        if question is None or self.context.is_hidden:
            return base
        return replace(base, needs=base.needs | {"explanation"}, question=question)

    def _question(self) -> Question | UnitQuestion | None:
        selected, network = self.context.selection.current, self.context.session.document.network
        if selected.kind == "unit" and find_layer(network, selected.layer) is not None:
            return UnitQuestion(selected.layer, selected.unit)
        weight = weight_of(selected, network)
        return None if weight is None else Question(weight, self._slope_reach)

    @Slot(object)
    def _select(self, selected: Selected) -> None:
        self.origin.paths.let_go()
        self.back.setVisible(self._came_from not in (NOTHING, selected))
        self._refresh()
        self.context.interest_changed.emit()

    @Slot(bool)
    def _cover(self, _is_hidden: bool) -> None:
        self._refresh()

    def _refresh(self) -> None:
        session, selected = self.context.session, self.context.selection.current
        if self._frame is None or selected.kind == "none":
            self._show(Card())
            return
        describe = card if session.document.subject == "network" else subject_card
        self._show(describe(Scene(selected, session.document, self._dataset, self._frame)))

    def _show(self, shown: Card) -> None:
        is_covered = self.context.is_hidden
        self.hint.setVisible(not shown.title or is_covered)
        self.hint.setText(tr("Hidden until the next step: predict it first.") if is_covered and shown.title else _HINT)
        for text, words in ((self.title, shown.title), (self.remark, shown.remark)):
            if text.text() != words:
                text.setText(words)
        for position, equation in enumerate(self.equations):
            words = shown.equations[position] if position < len(shown.equations) and not is_covered else ""
            equation.show_words(words)
        self._show_value(shown)
        self.facts.show_facts(() if is_covered else shown.facts, shown.columns)
        self._show_form(shown)
        self._show_origin()
        self._show_neuron()

    def _show_value(self, shown: Card) -> None:
        is_open = shown.target is not None and not self.context.is_hidden  # a new weight may be what is hidden
        for widget in (self.value, self.value_label):
            widget.setVisible(is_open)
        if shown.target is not None and is_open:
            self.value.show_target(shown.target)

    def _show_origin(self) -> None:
        """Show where the gradient comes from, once it is there and may be seen."""
        network, frame = self.context.session.document.network, self._frame
        weight = weight_of(self.context.selection.current, network)
        self.origin.setVisible(weight is not None and not self.context.is_hidden)
        if weight is None:
            return
        if frame is None:
            self.origin.say("…")
        elif not Reading(frame).is_gradient_known(weight.name):
            self.origin.say(tr("Not computed yet: the gradient comes with the backward pass."))
        elif isinstance(frame.explanation, Explanation) and frame.explanation.question.weight == weight:
            self.origin.show_explanation(frame.explanation, network)
        else:
            self.origin.say(tr("Pause to see the paths.") if frame.state == "running" else "…")

    def _show_neuron(self) -> None:
        """Show what is behind the selected unit, as far as the walk has come."""
        question, frame = self._question(), self._frame
        answer = None if frame is None or self.context.is_hidden else frame.explanation
        is_there = isinstance(answer, UnitExplanation) and answer.question == question
        self.neuron.setVisible(is_there)
        if frame is not None and isinstance(answer, UnitExplanation) and is_there:
            self.neuron.show_unit(answer, self.context.session.document.network, Reading(frame))

    def _show_form(self, shown: Card) -> None:
        network, selected = self.context.session.document.network, self.context.selection.current
        has_any = bool(shown.picks) and self.picker.show_layer(network, shown.picks, selected)
        self.picker.setVisible(has_any)
        layer = find_layer(self.context.session.document.network, shown.layer)
        self.form.setVisible(layer is not None)
        if layer is not None:
            self.form.show_layer(layer)

    @Slot(object)
    def _type(self, value: float) -> None:
        """Set the selected weight or bias at the playhead; undoable."""
        target = self.value.target
        if target is None:
            return
        label = tr("Type {symbol}", symbol=target.symbol)
        try:
            self._put(target, value, label)
        except DlvizError as error:
            self.context.notify(error)
        self._refresh()

    @Slot(object)
    def _follow(self, place: Selected) -> None:
        """Go to the place of a factor, and offer the way back."""
        selection = self.context.selection
        words = tr("‹ {title}", title=self.title.text())
        self._came_from = selection.current
        self.back.setText(words)
        describe(self.back, words, tr("Back to the weight whose paths were listed"))
        selection.select(place)

    @Slot()
    def _go_back(self) -> None:
        self.context.selection.select(self._came_from)

    @Slot(int)
    def _look(self, sample: int) -> None:
        """Look at a sample; where no batch is walked, walk the next one to where its gradients are known."""
        frame, session = self._frame, self.context.session
        if frame is not None and frame.trace is None and frame.peek is not None:
            session.walk_to(end_of_backward(frame.peek))
        session.look(sample)

    @Slot(float)
    def _reach(self, reach: float) -> None:
        self._slope_reach = reach
        self.context.interest_changed.emit()

    def _put(self, target: Target, value: float, label: str) -> None:
        session = self.context.session
        if session.document.subject == "formula":
            session.edit(set_input(session.document, target.name, target.index, value), label)
        else:
            session.set_parameter(target.name, target.index, value, label)

    @Slot(str, object)
    def _set_layer(self, name: str, value: object) -> None:
        layer = self.context.selection.current.layer
        self._edit(lambda document: set_layer_setting(document, layer, name, value), tr("Layer {id}", id=layer))

    @Slot(object)
    def _set_activation(self, activation: Choice) -> None:
        layer = self.context.selection.current.layer
        self._edit(lambda document: set_activation(document, layer, activation), tr("Activation of {id}", id=layer))

    def _edit(self, change: object, label: str) -> None:
        session = self.context.session
        try:
            session.edit(change(session.document), label)  # type: ignore[operator]
        except DlvizError as error:
            self.context.notify(error)
        self._refresh()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer all numbers on show to copy."""
        offer(self, event.globalPos(), tr("Copy all numbers"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put title, equations and all numbers on the clipboard, tab-separated, with every digit."""
        equations = [equation.text() for equation in self.equations if equation.text()]
        QGuiApplication.clipboard().setText("\n".join([self.title.text(), *equations, self.facts.words()]))


def make_inspector_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return InspectorPanel(context)


panels.add(
    PanelEntry(
        "inspector",
        tr("Inspector"),
        "right",
        ("network", "step"),
        make_inspector_panel,
        order=2,
        stretch=4,
        opens_on_selection=True,
    )
)
