"""Inspector: every number behind the selected unit, link, bias, layer, input or row."""

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.optimizers import lr_of
from dlviz.data.dataset import Dataset
from dlviz.gui.leaves import type_number, value_words
from dlviz.gui.look import BAR
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.inspector.behind import Behind
from dlviz.gui.panels.inspector.card import Card, Scene
from dlviz.gui.panels.inspector.edits import SelectionForm
from dlviz.gui.panels.inspector.facts import card
from dlviz.gui.panels.inspector.gradient_check import GradientCheckView
from dlviz.gui.panels.inspector.image import ImageInput
from dlviz.gui.panels.inspector.parameters import LayerParameters
from dlviz.gui.panels.inspector.picker import ParameterPicker
from dlviz.gui.panels.inspector.portrait import UnitPortrait
from dlviz.gui.panels.inspector.prediction import Prediction
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.panels.inspector.rows import FactTable, ValueField
from dlviz.gui.panels.inspector.subject import subject_card
from dlviz.gui.panels.inspector.summary import Summary
from dlviz.gui.panels.inspector.text import FormulaText
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Offer, Plotted
from dlviz.gui.widgets.gauge import PLAIN, Gauge, bend_words
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.gradient_check import GradientCheck
from dlviz.session.messages import Frame, Interest, Need

_HINT = tr("Click a unit, a link or a layer to see its numbers.")


class InspectorPanel(Panel):
    """Shows what frames carry about the selection; types one value at the playhead."""

    key = "inspector"
    needs: ClassVar[frozenset[Need]] = frozenset({"parameters", "peek", "trace"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self._kind: str = "none"  # of what is selected
        self._checked: GradientCheck | None = None
        self._dataset: Dataset | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.show_document(context.session.document)

    def _connect(self) -> None:
        selection = self.context.selection
        selection.changed.connect(self._select)
        self.context.hidden_changed.connect(self._cover)
        self.value.typed.connect(self._type)
        self.value.refused.connect(self._refuse)
        self.picker.picked.connect(selection.select)
        self.parameters.taken.connect(selection.select)
        self.form.layer.activation_looked_at.connect(self.behind.activation.card.try_out)
        self.summary.collapse_wanted.connect(self._collapse)
        self.facts.pointed.connect(selection.point_at)
        self.facts.taken.connect(self.behind.follow)
        self.facts.walked.connect(self.behind.walk_to)
        self.check.taken.connect(self.behind.follow)
        self.check.asked.connect(self._ask_check)
        self.check.cancelled.connect(self._cancel_check)
        self.portrait.taken.connect(self._select_row)

    def _make_widgets(self) -> None:
        self.title, self.remark = Text("", is_bold=True), Elided("", "muted")
        self.remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.equations = (FormulaText(), FormulaText("muted"))
        self.value, self.value_label = ValueField(), Text(tr("value"), "muted")
        self.facts, self.form, self.picker = FactTable(), SelectionForm(self.context), ParameterPicker()
        self.behind, self.check = Behind(self.context), GradientCheckView()
        self.summary = Summary(self.context)
        self.parameters, self.gauge, self.bends = LayerParameters(), Gauge(), Text("", "muted", "small")
        self.bends.setWordWrap(True)
        self.image, self.prediction, self.portrait = ImageInput(), Prediction(), UnitPortrait()
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
        column.setContentsMargins(2 * GRID, 0, 2 * GRID - BAR, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.hint)
        column.addWidget(self.behind.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(heading)
        for widget in self.equations:
            column.addWidget(widget)
        column.addLayout(typed)
        column.addWidget(self.portrait)
        column.addWidget(self.form)
        column.addWidget(self.summary)
        column.addWidget(self.facts)
        column.addWidget(self.gauge)
        column.addWidget(self.bends)
        column.addWidget(self.picker)
        column.addWidget(self.parameters)
        column.addWidget(self.image)
        column.addWidget(self.prediction)
        column.addWidget(self.behind)
        column.addWidget(self.check)
        column.addStretch(1)
        self._scroll(body)

    def _scroll(self, body: QWidget) -> None:
        self.page = Scrolled()
        self.page.hold(body)
        layout = QVBoxLayout(self)
        spaced(layout)
        layout.addWidget(self.page)

    def show_document(self, document: Document) -> None:
        """Show the selection with what the edit changed."""
        prepared = prepared_or_none(self.context.session)
        self._dataset = None if prepared is None else prepared.sample.dataset
        self.portrait.ask_about(self.context.selection.current, self._dataset)
        self._refresh()

    def show_frame(self, frame: Frame) -> None:
        """Show the newest numbers of the selection."""
        self._frame = frame
        self._refresh()

    def interest(self, base: Interest) -> Interest:
        """Ask for the explanation of the selected weight, bias or unit, and for what a unit looks for in images."""
        return self.behind.interest(self.portrait.interest(base))

    @Slot(object)
    def _select(self, selected: Selected) -> None:
        if selected.kind != self._kind:  # within a kind the place stays, so that one unit is compared with the next
            self._kind = selected.kind
            self.page.verticalScrollBar().setValue(0)
        self.behind.let_go(selected)
        self.portrait.ask_about(selected, self._dataset)
        self._refresh()
        self.context.interest_changed.emit()

    @Slot(bool)
    def _cover(self, _is_hidden: bool) -> None:
        self._refresh()

    def _refresh(self) -> None:
        document, selected, frame = self.context.session.document, self.context.selection.current, self._frame
        # A rule that was opened before may call another array by the same name as a network does.
        is_known = frame is not None and frame.document.subject == document.subject
        if frame is None or not is_known or selected.kind == "none":
            self._show(Card())
            return
        describe = card if document.subject == "network" else subject_card
        self._show(describe(Scene(selected, document, self._dataset, frame)))

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
        facts, columns = ((), ()) if is_covered else (shown.facts, shown.columns)
        self.facts.show_facts(facts, columns)
        self.form.show_selection()
        if self._frame is not None:
            self.form.show_frame(self._frame)
        self._show_summary()
        self._show_picker(shown)
        self._show_parameters(shown)
        self._show_bends(shown)
        self.behind.show_frame(self._frame, shown.title)
        self._show_check(shown)
        self._show_image()
        self._show_portrait()
        self._show_prediction()

    def _show_value(self, shown: Card) -> None:
        is_open = shown.leaf is not None and not self.context.is_hidden  # a new weight may be what is hidden
        for widget in (self.value, self.value_label):
            widget.setVisible(is_open)
        if shown.leaf is not None and is_open:
            self.value.show_leaf(shown.leaf)
            self.value_label.setText(value_words(shown.leaf))

    def _show_summary(self) -> None:
        """List the layers where nothing, or the network as a whole, is selected."""
        document, selected = self.context.session.document, self.context.selection.current
        is_there = document.subject == "network" and bool(document.network.layers)
        self.summary.setVisible(is_there and selected.kind in ("none", "network"))
        if not self.summary.isHidden():
            self.summary.show_document(document)
            if self._frame is not None:
                self.summary.show_frame(self._frame, selected.kind == "network" and not self.context.is_hidden)

    @Slot(bool)
    def _collapse(self, is_wanted: bool) -> None:
        """Ask for the network as one linear map, or no more."""
        self.behind.collapses = is_wanted
        self.context.interest_changed.emit()

    def _show_picker(self, shown: Card) -> None:
        network, selected = self.context.session.document.network, self.context.selection.current
        self.picker.setVisible(bool(shown.picks) and self.picker.show_layer(network, shown.picks, selected))

    def _show_parameters(self, shown: Card) -> None:
        """List the parameters of a layer that is selected as a whole."""
        selected, document = self.context.selection.current, self.context.session.document
        is_asked = selected.kind == "layer" and bool(shown.picks) and not self.context.is_hidden
        is_there = is_asked and self._frame is not None and self.parameters.show_layer(
            Scene(selected, document, self._dataset, self._frame)
        )  # fmt: skip
        self.parameters.setVisible(is_there)

    def _show_bends(self, shown: Card) -> None:
        """Show rate × curvature where the run stands, of the network as a whole."""
        frame, document = self._frame, self.context.session.document
        is_asked = self.context.selection.current.kind == "network" and bool(document.network.layers)
        is_there = is_asked and bool(shown.title) and not self.context.is_hidden and frame is not None
        for widget in (self.gauge, self.bends):
            widget.setVisible(is_there)
        if frame is None or not is_there:
            return
        trace = Reading(frame).trace
        optimizer = document.explicit.training.optimizer
        rate = lr_of(optimizer) if trace is None else trace.lr
        curvature = None if frame.curvature is None else frame.curvature.value
        self.gauge.show_value(rate, curvature, optimizer.kind == PLAIN)
        self.bends.setText("…" if curvature is None else bend_words([curvature]))

    def _show_check(self, shown: Card) -> None:
        is_open = self.context.selection.current.kind in ("network", "layer") and bool(shown.title)
        self.check.setVisible(is_open and not self.context.is_hidden)
        if is_open and self._frame is not None:
            before, self._checked = self._checked, self._frame.gradient_check
            self.check.show_check(self._checked, self.context.session.document.symbols)
            if self._checked is not None and (before is None or self._checked.done < before.done):
                QTimer.singleShot(0, self, self._scroll_to_check)  # once it has been laid out

    @Slot()
    def _scroll_to_check(self) -> None:
        """Bring a check that begins into view: in a small window there are only the facts above it."""
        self.page.verticalScrollBar().setValue(self.check.y())

    def _show_image(self) -> None:
        """Show an image that is selected as an input: what the sample looked at holds."""
        selected, document = self.context.selection.current, self.context.session.document
        node = next((each for each in document.network.inputs if each.id == selected.layer), None)
        values = None if self._frame is None else Reading(self._frame).example(selected.layer)
        is_image = selected.kind in ("input", "layer") and node is not None and len(node.shape) == 3
        self.image.setVisible(is_image and values is not None and self._dataset is not None)
        if is_image and node is not None and values is not None and self._dataset is not None:
            self.image.show_image(node, values, self._dataset.n, self._dataset.n_outputs)

    def _show_portrait(self) -> None:
        """Show what a unit of a network of images looks for."""
        self.portrait.setVisible(self.portrait.question is not None and not self.context.is_hidden)
        if not self.portrait.isHidden():
            self.portrait.show_portrait(None if self._frame is None else self._frame.portrait, self._dataset)

    @Slot(int)
    def _select_row(self, place: int) -> None:
        """Select a row of the strongest inputs everywhere, without leaving the unit."""
        row = place * (1 if self._dataset is None else self._dataset.stride)
        self.context.selection.select_rows([row], tr("row {row}", row=row + 1))

    def _show_prediction(self) -> None:
        """Show the classes of the sample looked at, where an output of several classes is selected."""
        selected, network = self.context.selection.current, self.context.session.document.network
        names = () if self._dataset is None else self._dataset.class_names
        is_output = bool(network.layers) and selected.layer == network.layers[-1].id
        is_asked = selected.kind in ("unit", "layer") and is_output and len(names) > 2 and not self.context.is_hidden
        outputs = Reading(self._frame).example(f"{selected.layer}.a") if is_asked and self._frame else None
        is_there = outputs is not None and len(outputs) == len(names)
        self.prediction.setVisible(is_there)
        if outputs is not None and is_there:
            self.prediction.show_outputs(outputs.tolist(), names)

    @Slot(bool)
    def _ask_check(self, holds_draws: bool) -> None:
        self.context.session.check_gradients(holds_draws)

    @Slot()
    def _cancel_check(self) -> None:
        self.context.session.cancel_check()

    @Slot(object)
    def _refuse(self, error: DlvizError) -> None:
        self.context.notify(error)

    @Slot(object)
    def _type(self, value: float) -> None:
        """Set the number that is shown as a value; undoable."""
        leaf = self.value.leaf
        if leaf is None:
            return
        try:
            type_number(self.context.session, leaf, value)
        except DlvizError as error:
            self.context.notify(error)
        self._refresh()

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the picture that is pointed at, and all numbers on show."""
        return *super().offers(shown), (tr("Copy all numbers"), self.copy)

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
        stretch=6,
        opens_on_selection=True,
    )
)
