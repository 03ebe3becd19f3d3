"""PatternsView: paints patterns side by side with a bar for every energy."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, Theme, current, font
from dlviz.gui.walks.patterns import Pattern, Patterns
from dlviz.gui.walks.picture import Picture
from dlviz.gui.widgets.paint import focus_ring, painter
from dlviz.i18n import tr

MOST_CELL = 40.0  # pixels


class PatternsView(Picture):
    """One picture; a click on a cell selects its unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Patterns"), tr("Full cells are +1; click one to see its numbers"), parent)
        self.shown = Patterns()

    def show_patterns(self, shown: Patterns) -> None:
        """Show another moment."""
        if shown != self.shown:
            self.shown = shown
            self.setAccessibleDescription(spoken(shown))
            self.update()

    def grid(self, index: int) -> QRectF:
        """Return where a pattern is painted."""
        shown = self.shown.shown
        pattern = shown[index]
        rows = -(-len(pattern.cells) // pattern.width)
        share = self.width() / len(shown)
        room = QRectF(index * share, 4 * GRID, share, self.height() - 6 * GRID)
        cell = max(min((room.width() - 4 * GRID) / pattern.width, room.height() / rows, MOST_CELL), 2.0)
        size = QPointF(cell * pattern.width, cell * rows)
        corner = room.center() - size * 0.5
        return QRectF(corner.x(), corner.y(), size.x(), size.y())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        with painter(self) as p:
            focus_ring(p, self)
            for index, pattern in enumerate(self.shown.shown):
                self._paint_pattern(p, theme, pattern, self.grid(index))

    def _paint_pattern(self, p: QPainter, theme: Theme, pattern: Pattern, area: QRectF) -> None:
        cell = area.width() / pattern.width
        p.setFont(font("small", is_bold=True))
        p.setPen(theme.colour("muted"))
        title = QRectF(area.left() - 4 * GRID, area.top() - 3 * GRID, area.width() + 8 * GRID, 2.5 * GRID)
        p.drawText(title, Qt.AlignmentFlag.AlignCenter, pattern.title)
        for place, value in enumerate(pattern.cells):
            row, column = divmod(place, pattern.width)
            box = QRectF(area.left() + column * cell, area.top() + row * cell, cell, cell).adjusted(1, 1, -1, -1)
            p.fillRect(box, theme.colour("strong" if value > 0 else "hover"))
            is_selected = self.selected.kind != "none" and self.selected.unit == place
            if place in pattern.changed or is_selected:
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.setPen(QPen(theme.colour("accent" if is_selected else "backward"), 2.2 * theme.mark_width))
                p.drawRect(box)

    def place_at(self, point: QPointF) -> Selected:
        """Return the unit whose cell lies at a point."""
        for index, pattern in enumerate(self.shown.shown):
            area = self.grid(index)
            if area.contains(point):
                cell = area.width() / pattern.width
                column, row = int((point.x() - area.left()) / cell), int((point.y() - area.top()) / cell)
                return Selected("unit", "o", min(row * pattern.width + column, len(pattern.cells) - 1))
        return NOTHING


def spoken(shown: Patterns) -> str:
    """Return the picture in words: every pattern row by row, and the energies."""
    lines = [shown.words]
    for pattern in shown.shown:
        signs = ["+" if value > 0 else numbers.MINUS for value in pattern.cells]
        rows = ["".join(signs[start : start + pattern.width]) for start in range(0, len(signs), pattern.width)]
        lines.append(f"{pattern.title}: {' / '.join(rows)}")
    return "\n".join(lines)
