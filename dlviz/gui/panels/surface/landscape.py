"""Landscape: what the surface from above and in relief have in common: a picture made once, the paths over it."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.panels.surface.plane import heights_of
from dlviz.gui.panels.surface.ribbons import Ribbon, Trail
from dlviz.gui.theme import GRID, Theme, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import focus_ring, is_for_a_file, painter
from dlviz.session.race import Race


class Landscape(QWidget):
    """A view of the surface. It paints a picture once for a race and a size; paths and balls go over it in every frame.

    Whoever inherits says how the picture looks, where paths lie on it, and what else moves.
    """

    def __init__(self, widths: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.race: Race | None = None
        self.step, self.entrant = 0, 0
        self._widths = widths
        self._picture: QPixmap | None = None
        self._trail = Trail((), widths)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme_signals.changed.connect(self._use_theme)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(56 * GRID, 56 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(20 * GRID, 14 * GRID)

    def show_race(self, race: Race) -> None:
        """Show another race."""
        self.race = race
        self._forget()

    def show_step(self, step: int, entrant: int) -> None:
        """Stand after so many steps."""
        if (step, entrant) != (self.step, self.entrant):
            self.step, self.entrant = step, entrant
            self.update()

    def plotted(self) -> Rows:
        """Return every height that is drawn, with its place."""
        return Rows(*heights_of(self.race)) if self.race is not None else Rows((), ())

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._forget()

    def resizeEvent(self, event: object) -> None:
        """Make the picture anew in the new size."""
        self._forget()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, the paths as far as there is time for, and what moves."""
        self._prepare()
        with painter(self) as p:
            if self.race is not None and is_for_a_file(p, self):
                Trail(self._paint_still(p, self.race), self._widths).paint_anew(p, self.step, self.entrant)
                self._paint_moving(p, self.race)
            elif self.race is not None and self._picture is not None:
                p.drawPixmap(0, 0, self._picture)
                if not self._trail.paint(p, self.size(), self.step, self.entrant):
                    self.update()  # the rest in the next frame
                self._paint_moving(p, self.race)
            focus_ring(p, self)

    def _prepare(self) -> None:
        race = self.race
        if race is not None and self._picture is None and self.width() > 1 and self.height() > 1:
            ratio = self.devicePixelRatioF()
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            with QPainter(picture) as p:
                p.setRenderHint(QPainter.RenderHint.Antialiasing)
                ribbons = self._paint_still(p, race)
            self._picture, self._trail = picture, Trail(ribbons, self._widths)

    def _paint_still(self, p: QPainter, race: Race) -> list[Ribbon]:
        """Paint all that stays while the race is played, and return where the paths lie on it."""
        raise NotImplementedError

    def _paint_moving(self, p: QPainter, race: Race) -> None:
        """Paint what moves in every frame."""
        raise NotImplementedError
