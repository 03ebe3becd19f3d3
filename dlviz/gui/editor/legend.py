"""The legend of the links: weight from −4 to +4 by colour, width for size, dash for negative."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.editor.links_item import WEIGHT_LIMIT
from dlviz.gui.theme import GRID, current, diverging, font
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr

BAR = 110.0  # pixels
ALIGN_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class Legend(QWidget):
    """One line in the corner of the canvas; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._phase = ""
        self._largest: float | None = None
        self._has_cuts = False
        self._has_room = True  # for what width and dash mean
        describe(self, tr("Legend of the links"), tr("Weight by colour, width and dash"))

    def show_phase(self, phase: str, largest: float | None = None) -> None:
        """Explain the colour of a phase instead of that of the weights; "" goes back.

        largest: the magnitude of the widest link, where links show gradients.
        """
        if (phase, largest) != (self._phase, self._largest):
            self._phase, self._largest = phase, largest
            self.update()

    def show_cuts(self, has_cuts: bool) -> None:
        """Explain the crosses on links, where there are some."""
        self._has_cuts = has_cuts

    def use_room(self, width: float) -> None:
        """Keep to so many pixels: where they do not hold all, the colours stay."""
        self._has_room = True
        self._has_room = self.sizeHint().width() <= width

    def texts(self) -> tuple[str, str, str]:
        """Return what stands left of the bar, right of it, and after that."""
        limit, rest = numbers.number(WEIGHT_LIMIT), tr("width = size, dash = negative")
        rest = tr("{rest}, × = held at 0", rest=rest) if self._has_cuts else rest
        return tr("weight {low}", low=f"−{limit}"), f"+{limit}", rest if self._has_room else ""

    def sizeHint(self) -> QSize:
        """Return the room for one line."""
        metrics = QFontMetrics(font("small"))
        width = sum(metrics.horizontalAdvance(text) for text in self.texts()) + BAR + 5 * GRID
        return QSize(int(width), metrics.height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words and bar."""
        theme = current()
        low, high, rest = self.texts()
        with painter(self) as p:
            p.fillRect(self.rect(), theme.colour("canvas"))
            p.setFont(font("small"))
            p.setPen(theme.colour("muted"))
            if self._phase:
                self._paint_phase(p, rest)
                return
            metrics, x, align = p.fontMetrics(), GRID / 2, Qt.AlignmentFlag.AlignVCenter
            for text in (low, None, high, rest):
                if text is None:
                    p.drawImage(QRectF(x, self.height() / 2 - 4, BAR, 8), self._bar())
                    x += BAR + GRID
                else:
                    p.drawText(QRectF(x, 0, 400, self.height()), align, text)
                    x += metrics.horizontalAdvance(text) + (GRID if text == low else 2 * GRID)

    def _paint_phase(self, p: QPainter, rest: str) -> None:
        name = {
            "forward": tr("forward"), "loss": tr("loss"), "backward": tr("backward"), "update": tr("update")
        }[self._phase]  # fmt: skip
        if self._largest is not None:
            rest = tr("widest {value}, dash = negative", value=numbers.number(self._largest, 3))
        text = f"{name}   {rest}"
        width = p.fontMetrics().horizontalAdvance(text)
        p.drawText(self.rect().adjusted(0, 0, -GRID // 2, 0), int(ALIGN_RIGHT), text)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(current().colour(self._phase))
        p.drawEllipse(QRectF(self.width() - width - 2.5 * GRID, self.height() / 2 - 4, 8, 8))

    def _bar(self) -> QImage:
        return rgba_image(diverging(current()).reshape(1, 256, 4))
