"""The layers of the network as a table, sliders for how many and how large they are, and its collapse to one map."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.explain import why_not_linear
from dlviz.core.layers import layers as layer_kinds
from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.collapse import CollapseView
from dlviz.gui.panels.inspector.skips import SkipView
from dlviz.gui.panels.inspector.whole import memory_words, shape_words
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import Frame
from dlviz.session.summary import LayerSummary, has_dropout, hidden_layers, summary

MOST_SLIDERS = 6  # hidden layers that have one for their units
MOST_DEPTH, MOST_UNITS = 12, 64  # at the ends of the sliders; larger numbers can be typed or stand there already


class Summary(QWidget):
    """Follows the document; a click on a row selects the layer."""

    collapse_wanted = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: Document | None = None
        self._rows: tuple[LayerSummary, ...] = ()
        self.header, self.table = SectionHeader(tr("Layers")), NumberTable(most_rows=10, is_sortable=False)
        self.n_hidden = LabelledSlider(tr("hidden layers"), Scale(0, MOST_DEPTH, is_whole=True), 0, _whole,
                                    tr("How many hidden layers: the last ones go, or copies of the last one come"),
                                    widest="00")  # fmt: skip
        self.units: list[UnitsSlider] = []
        self.collapse, self.skips = CollapseView(), SkipView()
        self._column = QVBoxLayout(self)
        spaced(self._column, gap=GRID // 2)
        for widget in (self.header, self.table, self.n_hidden, self.collapse, self.skips):
            self._column.addWidget(widget)
        self.table.taken.connect(self._take)
        self.n_hidden.be_patient()  # another network takes longer to draw than a knob to move
        self.n_hidden.changed.connect(self._set_depth)
        self.collapse.wanted.connect(self.collapse_wanted)

    def show_document(self, document: Document) -> None:
        """Show the layers of a document; one with the same layers, as of other rows, changes nothing."""
        network, old = document.network, self._document
        if document is old or not network.layers:
            return
        self._document, before, self._rows = document, self._rows, summary(document)
        is_written_alike = old is not None and (network, document.conventions) == (old.network, old.conventions)
        if is_written_alike and self._rows == before:
            return
        hidden = hidden_layers(network)
        depth = tr("deep") if len(hidden) > 1 else tr("shallow") if hidden else tr("no hidden layer")
        self.header.set_info(f"{tr('{count} parameters', count=numbers.count(_total(self._rows)))} · {depth}")
        self.table.show_lines(_columns(document), [*_lines(self._rows, has_dropout(network))])
        self._show_sizes(document, hidden)
        self.collapse.show_reason(why_not_linear(network))

    def _show_sizes(self, document: Document, hidden: Sequence[str]) -> None:
        _show(self.n_hidden, len(hidden), MOST_DEPTH, least=0)
        sized = [each for each in document.network.layers if each.id in hidden and "units" in each.settings]
        while len(self.units) < min(len(sized), MOST_SLIDERS):
            self.units.append(UnitsSlider(self._context, self))
            self._column.insertWidget(self._column.indexOf(self.collapse), self.units[-1].slider)
        for position, slider in enumerate(self.units):
            slider.slider.setVisible(position < len(sized))
            if position < len(sized):
                slider.show_layer(sized[position].id, int(sized[position].settings["units"]))

    def show_frame(self, frame: Frame, is_whole: bool) -> None:
        """Show what the worker has found about the network. is_whole: it is selected, and nothing of it is hidden."""
        self.collapse.setVisible(is_whole)
        self.collapse.show_frame(frame)
        self.skips.show_frame(frame, is_whole)

    @Slot(float)
    def _set_depth(self, count: float) -> None:
        edit(self._context, tr("Change the number of layers"), lambda d: edits.set_depth(d, round(count)), "depth")

    @Slot(int)
    def _take(self, number: int) -> None:
        if number < len(self._rows):
            self._context.selection.select(Selected("layer", self._rows[number].id))


class UnitsSlider(QObject):
    """How many units one hidden layer has."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._layer = context, ""
        self.slider = LabelledSlider("", Scale(1, MOST_UNITS, is_whole=True), 1, _whole, widest="000", parent=parent)
        self.slider.be_patient()
        self.slider.changed.connect(self._change)

    def show_layer(self, layer: str, units: int) -> None:
        """Show the units of a layer."""
        self._layer = layer
        self.slider.set_label(tr("units of {layer}", layer=layer))
        _show(self.slider, units, MOST_UNITS, least=1)

    @Slot(float)
    def _change(self, units: float) -> None:
        layer = self._layer
        label = tr("Change the units of {layer}", layer=layer)
        edit(self._context, label, lambda d: edits.set_units(d, layer, round(units)), f"units {layer}")


def _show(slider: LabelledSlider, value: int, most: int, least: int) -> None:
    """Show a whole number, on a longer scale where it is beyond the usual one; a knob in hand stays there."""
    if slider.slider.isSliderDown():
        return
    scale = Scale(least, max(most, value), is_whole=True)
    if scale != slider.scale:
        slider.set_scale(scale)
    slider.set_value(value)


def _whole(value: float) -> str:
    return str(round(value))


def _total(rows: Sequence[LayerSummary]) -> int:
    return sum(row.size for row in rows)


def _columns(document: Document) -> tuple[Column, ...]:
    learns = 0 if document.training.frozen else 1  # else it says the same as the parameters
    batch = tr("Bytes of what the layer hands on, for a batch of {n}", n=document.training.batch_size)
    columns = [
        Column(tr("layer")), Column(tr("kind"), gives_way=4), Column(tr("output"), tr("Shape of what it hands on")),
        Column(tr("parameters")), Column(tr("counted as"), tr("Shapes of its weights and biases"), gives_way=3),
        Column(tr("learn"), tr("Parameters that the update changes; frozen ones do not"), gives_way=learns),
        Column(tr("memory"), batch, gives_way=2),
    ]  # fmt: skip
    if has_dropout(document.network):
        tip = tr("Weights between units that are not dropped, for one example on average")
        columns.append(Column(tr("in use"), tip))
    return tuple(columns)


def _lines(rows: Sequence[LayerSummary], has_dropped: bool) -> list[Line]:
    def line(number: int, *cells: float | str) -> Line:
        return Line(number, cells if has_dropped else cells[:-1])

    lines = [
        line(
            number, row.id, tr(layer_kinds.get(row.kind).title), shape_words(row.shape), numbers.count(row.size),
            " + ".join(map(shape_words, row.parts)) or "–", numbers.count(row.learns), memory_words(row.memory),
            numbers.number(row.in_use),
        )
        for number, row in enumerate(rows)
    ]  # fmt: skip
    total = line(
        len(rows), tr("total"), "", "", numbers.count(_total(rows)), "",
        numbers.count(sum(row.learns for row in rows)), memory_words(sum(row.memory for row in rows)),
        numbers.number(sum(row.in_use for row in rows)),
    )  # fmt: skip
    return [*lines, total]
