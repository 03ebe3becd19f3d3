"""Where a step is, in words and as a small label in the colour of its phase."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.core.inference import parameters
from dlviz.core.trace import Step
from dlviz.core.words import phase_label
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import painter, rounded
from dlviz.i18n import tr
from dlviz.session.document import Document

ARROWS = {"forward": "→", "loss": "•", "backward": "←", "update": "↺"}


class PhaseBadge(QWidget):
    """A small filled label in the colour of a phase: `← backward · layer 1`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self._phase = "", "loss"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme_signals.changed.connect(self._use_theme)

    def show_phase(self, phase: str, text: str) -> None:
        """Show these words in the colour of a phase."""
        self.text, self._phase = f"{ARROWS[phase]} {text}", phase
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the words."""
        metrics = QFontMetricsF(font("small", is_bold=True))
        return QSize(round(metrics.horizontalAdvance(self.text)) + 2 * GRID + 2, round(metrics.height()) + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the label."""
        theme = current()
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), theme.soft(self._phase), radius=5)
            p.setFont(font("small", is_bold=True))
            p.setPen(theme.colour(self._phase))
            p.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()


def place_words(step: Step, document: Document) -> str:
    """Write where a step is: `backward · layer 1`."""
    word = phase_label(step.phase)
    if step.phase in ("loss", "update") or not step.node or document.subject == "rule":
        return word
    own = list(dict.fromkeys(each.layer for each in parameters(document.network)))
    if step.layer not in own:
        return f"{word} · {document.name_of(step.node)}"
    number = own.index(step.layer) + 1
    if step.time_step:
        return tr("{phase} · layer {number}, time {time}", phase=word, number=number, time=step.time_step)
    return tr("{phase} · layer {number}", phase=word, number=number)
