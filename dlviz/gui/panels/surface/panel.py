"""The middle of the Optimizers workspace: the surface from above and in relief, heights, and the table."""

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui.editing import edit
from dlviz.gui.forms.race import EntrantForm
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.surface.boundaries import Boundaries
from dlviz.gui.panels.surface.contour import Contour
from dlviz.gui.panels.surface.losses import Losses
from dlviz.gui.panels.surface.plane import place_words
from dlviz.gui.panels.surface.quantities import QUANTITIES, SCAN, offered, scanned
from dlviz.gui.panels.surface.relief import Relief
from dlviz.gui.panels.surface.table import RunnerTable
from dlviz.gui.race.arrows import areas_of, arrows_of
from dlviz.gui.race.runners import setting_words, title_of
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chip import Popup
from dlviz.gui.widgets.choices import Choices
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.edits import remove_entrant, set_start
from dlviz.session.messages import Interest
from dlviz.session.race import Race
from dlviz.session.race.maps import can_be_mapped

BOUNDARIES, RELIEF = "boundaries", "relief"
FEW_MAPS = 4  # that stand in one row; more take room from the plane and the lines


class SurfacePanel(Panel):
    """Shows the race where its player stands; a click on the surface starts all optimizers there."""

    key = "surface"
    needs = frozenset({"race"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.contour, self.relief, self.losses, self.table = Contour(), Relief(), Losses(), RunnerTable()
        self.boundaries = Boundaries()
        self.picture = Choices(
            tr("What stands beside the surface"), ((BOUNDARIES, tr("boundaries")), (RELIEF, tr("relief")))
        )
        self.words, self.drawn_words = Elided(tr("Walking…"), "muted", "small"), Elided("", "muted", "small")
        self.quantity = Choices(
            tr("What is drawn against the steps"), [(key, word) for key, (word, _) in QUANTITIES.items()]
        )
        self._popup: Popup | None = None
        self._drags = 0
        self._news = ""  # of the race that was asked for, while it is not the one that is seen
        self._lay_out()
        self.contour.start_asked.connect(self._start)
        self.contour.pointed.connect(self._point)
        self.quantity.chosen.connect(self._draw)
        self.picture.chosen.connect(self._choose_picture)
        self.boundaries.looked_at.connect(context.race.look_at)
        self.losses.sought.connect(context.race.seek)
        self.table.looked_at.connect(context.race.look_at)
        self.table.opened.connect(self._open)
        self.table.removed.connect(self._remove)
        context.race.race_changed.connect(self._show_race)
        context.race.moved.connect(self._show_step)
        context.race.scanned.connect(self._draw)
        context.gl.changed.connect(self._use_opengl)
        self.relief.opengl_failed.connect(context.gl.give_up)
        self._use_opengl()
        self.setFocusProxy(self.contour)

    def _lay_out(self) -> None:
        self._beside, self._pictures, whole = QVBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        beside, pictures = self._beside, self._pictures
        spaced(beside)
        spaced(pictures, gap=2 * GRID)
        beside.addWidget(self.picture)
        beside.addWidget(self.relief, 3)
        beside.addWidget(self.boundaries, 3)
        beside.addWidget(self.quantity)
        beside.addWidget(self.losses, 2)
        beside.addWidget(self.drawn_words)
        pictures.addWidget(self.contour, 2)
        pictures.addLayout(beside, 2)
        whole.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        whole.setSpacing(GRID // 2)
        whole.addLayout(pictures, 1)
        whole.addWidget(self.words)
        whole.addWidget(self.table)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def interest(self, base: Interest) -> Interest:
        """Ask for the step that is told."""
        return replace(base, race=self.context.race.question)

    @Slot()
    def _show_race(self) -> None:
        race = self.context.race.race
        if race is not None:
            self.contour.show_race(race)
            self.relief.show_race(race)
            self.boundaries.show_race(race)
            self._choose_picture()
            self._offer(race)
            self._draw()
            self._say("")

    @Slot()
    def _choose_picture(self, _key: str = "") -> None:
        """Show the relief, or of networks over a few inputs what they answer."""
        race = self.context.race.race
        has_maps = race is not None and race.network is not None and can_be_mapped(race.network.ground)
        is_mapped = has_maps and self.picture.key() == BOUNDARIES
        self.picture.setVisible(has_maps)
        self.boundaries.setVisible(is_mapped)
        is_crowded = is_mapped and race is not None and len(race.paths) > FEW_MAPS
        self._pictures.setStretch(1, 3 if is_crowded else 2)
        self._beside.setStretchFactor(self.boundaries, 6 if is_crowded else 3)
        self.relief.setVisible(race is not None and race.surface.d == 2 and not is_mapped)
        self.context.race.ask_maps(is_mapped)

    def _offer(self, race: Race) -> None:
        """Offer what this race has; what was drawn stays, if it can."""
        wanted, choices = self.quantity.key(), offered(race)
        self.quantity.set_choices(choices)
        self.quantity.set_key(wanted if wanted in dict(choices) else choices[0][0])

    @Slot()
    def _draw(self) -> None:
        race = self.context.race.race
        if race is not None:
            key = self.quantity.key()
            self.context.race.ask_scans(self.key, key == SCAN)
            is_scan = key == SCAN
            drawn = scanned(race, self.context.race.scans) if is_scan else QUANTITIES[key][1](race)
            numbers = [race.spec.marker(index) for index in range(len(race.paths))]
            names = [f"{title_of(each)} {setting_words(each)}" for each in race.spec.optimizers]
            self.losses.show_drawn(drawn, numbers, names)
            self.drawn_words.setText(self.losses.toolTip())

    @Slot()
    def _show_step(self) -> None:
        player, race = self.context.race, self.context.race.race
        if race is None or not self.isVisible():
            return
        trace = player.view.trace if player.view is not None and player.view.question == player.question else None
        micro = player.micro_done
        is_walked = bool(player.micro) and not player.is_playing and race.surface.d == 2
        told = trace if is_walked else None
        self._tell_news()
        at = player.told if player.micro or not player.done else player.done
        self.contour.show_step(at, player.entrant, arrows_of(told, micro), areas_of(told, micro))
        self.relief.show_step(player.done, player.entrant)
        self.boundaries.show_step(None if player.view is None else player.view.maps, player.done, player.entrant)
        self.losses.show_step(player.done)
        self.table.show_race(race, player.done, player.entrant)

    def _tell_news(self) -> None:
        """Say why the race that was asked for cannot be, or how far it has come; nothing more once it is there."""
        view, before = self.context.race.view, self._news
        if view is not None:
            self._news = view.problem or (walking_words(view.progress) if view.progress < 1 else "")
        if self._news:
            self.words.setText(self._news)
        elif before:
            self._say("")

    @Slot()
    def _use_opengl(self) -> None:
        self.relief.use_opengl(self.context.gl.is_used)

    def showEvent(self, event: object) -> None:
        """Show where the race stands by now, and find out how its relief can be drawn."""
        self.context.gl.ask()
        self._show_race()
        self._show_step()

    @Slot(object, bool)
    def _start(self, point: tuple[float, ...], is_dragging: bool) -> None:
        merge = f"race.start.{self._drags}"
        if not is_dragging:
            self._drags += 1
        edit(self.context, tr("Start the race elsewhere"), lambda document: set_start(document, point), merge)

    @Slot(object)
    def _point(self, place: tuple[float, float] | None) -> None:
        race = self.context.race.race
        self._say("" if place is None or race is None else place_words(race, place))

    def _say(self, words: str) -> None:
        race = self.context.race.race
        self.words.setText(words or ("" if race is None else tr(race.entry.teaches)))

    @Slot(int)
    def _open(self, index: int) -> None:
        if index >= len(self.context.session.document.race.optimizers):
            return  # the table still shows the race before, which had more
        if self._popup is not None:
            self._popup.deleteLater()
        self._popup = Popup(EntrantForm(self.context, index), self)
        self._popup.open_above(self.table)

    @Slot(int)
    def _remove(self, index: int) -> None:
        edit(self.context, tr("Take an optimizer out of the race"), lambda document: remove_entrant(document, index))


def walking_words(progress: float) -> str:
    """Say that what is seen is the race before, and how far the one that was asked for has come."""
    return tr("Walking… {percent} %", percent=round(100 * progress))


def make_surface_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return SurfacePanel(context)


panels.add(PanelEntry("surface", tr("Surface"), "centre", (OPTIMIZERS,), make_surface_panel, order=3, stretch=4))
