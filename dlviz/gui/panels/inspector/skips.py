"""The norm of the gradient in every layer with skip connections and without them, on a logarithmic axis."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.explanation import DerivativesExplanation
from dlviz.session.messages import Frame
from dlviz.session.skips import SkipNorms

HEIGHT = 15 * GRID  # pixels
SMALLEST = 1e-300  # a norm of 0 is drawn there
PAD = 0.08  # of the span of the exponents, above and below


class SkipView(QWidget):
    """Seen where the network has sums of nodes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Gradients and skips"), tr("same weights, same batch"))
        self.plot, self.table = Plot(tr("Gradient norm of every layer, as a power of ten")), FactTable()
        self.plot.setFixedHeight(HEIGHT)
        self.plot.setToolTip(tr("log₁₀ of the norm of ∂L/∂W over the layers with weights, from the first on"))
        self.kept = self.plot.line("train", width=1.8)
        self.bare = self.plot.line("test", style=Qt.PenStyle.DashLine, width=1.8)
        self.plot.call(self.kept, tr("with skips"))
        self.plot.call(self.bare, tr("without skips"))
        self.legend = Text(tr("whole line: with skips · dashed: without"), "muted", "small")
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for part in (self.header, self.plot, self.legend, self.table):
            column.addWidget(part)
        self.hide()

    def show_frame(self, frame: Frame, is_wanted: bool) -> None:
        """Show the norms that a frame has, if they are wanted."""
        answer = frame.explanation
        found = answer.skips if isinstance(answer, DerivativesExplanation) else None
        self.setVisible(is_wanted and found is not None)
        if found is not None and is_wanted:
            self._draw(found)

    def _draw(self, found: SkipNorms) -> None:
        places = np.arange(1.0, len(found.layers) + 1)
        kept, bare = (np.log10(np.maximum(each, SMALLEST)) for each in (found.with_skips, found.without))
        self.kept.setData(places, kept)
        self.bare.setData(places, bare)
        low, high = min(kept.min(), bare.min()), max(kept.max(), bare.max())
        pad = PAD * (high - low) or 0.5
        self.plot.set_range((0.5, len(places) + 0.5), (low - pad, high + pad))
        facts = [
            Fact(layer, (kept_norm, bare_norm))
            for layer, kept_norm, bare_norm in zip(found.layers, found.with_skips, found.without, strict=True)
        ]
        self.table.show_facts(facts, (tr("with"), tr("without")))
