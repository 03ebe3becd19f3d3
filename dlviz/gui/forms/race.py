"""Forms of a race: one optimizer in it, its surface, its schedule and clipping, and how all walk."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.optimizers import Variant, optimizers, variants
from dlviz.core.schedules import schedules
from dlviz.core.surfaces import surfaces
from dlviz.gui.editing import edit
from dlviz.gui.forms.kind import KindForm
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import add_variant, remove_entrant, set_entrant, set_race, set_surface, set_surface_setting
from dlviz.session.race import RaceSpec, first_rate, settings_of

TOLD = 36 * GRID  # pixels: how wide a sentence in a popup is
Change = Callable[[Document], Document]


class RaceForm(QWidget):
    """A form over the race of the document; it shows every edit, undo and redo too."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.column = QVBoxLayout(self)
        spaced(self.column)

    def spec(self) -> RaceSpec:
        """Return the race as it is now."""
        spec: RaceSpec = self._context.session.document.race
        return spec

    def whole(self) -> RaceSpec:
        """Return the race with what the document's conventions decide."""
        spec: RaceSpec = self._context.session.document.explicit.race
        return spec

    def edit(self, label: str, change: Change, merge: str = "") -> None:
        """Make one undoable edit, and show what the race is then."""
        edit(self._context, label, change, merge)
        self.refresh()

    def refresh(self) -> None:
        """Show the race as it is now."""


class EntrantForm(RaceForm):
    """The kind and the settings of one optimizer in the race."""

    def __init__(self, context: Context, index: int, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._index = index
        self.kind = KindForm(tr("Optimizer"), optimizers)
        self.remove = TextButton(tr("Take out of the race"), tr("Also Delete in the table"), is_link=True)
        self.defaults = TextButton(
            tr("Defaults"), tr("Back to the usual settings, and to a rate to begin with here"), is_link=True
        )
        self.others, row = OtherConventions(), QHBoxLayout()
        spaced(row)
        row.addWidget(self.defaults)
        row.addWidget(self.remove)
        for widget in (SectionHeader(tr("Optimizer")), self.kind, self.others):
            self.column.addWidget(widget)
        self.column.insertLayout(2, row)
        self.setFocusProxy(self.kind)
        self.others.taken.connect(self._add)
        self.kind.kind_asked.connect(self._choose)
        self.kind.setting_asked.connect(self._set)
        self.remove.clicked.connect(self._remove)
        self.defaults.clicked.connect(self._reset)
        self.refresh()

    def refresh(self) -> None:
        """Show the optimizer as it is now."""
        shown = self.whole().optimizers[self._index]
        self.kind.show_choice(shown)
        self.others.show_choice(shown)
        self.adjustSize()

    @Slot(str)
    def _choose(self, kind: str) -> None:
        self._take(Choice(kind, {"lr": first_rate(self.spec(), kind)}))

    @Slot()
    def _reset(self) -> None:
        self._choose(self.spec().optimizers[self._index].kind)

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        chosen = self.spec().optimizers[self._index]
        self._take(Choice(chosen.kind, {**chosen.settings, name: value}))

    def _take(self, optimizer: Choice) -> None:
        index = self._index
        self.edit(tr("Change an optimizer of the race"), lambda document: set_entrant(document, index, optimizer))

    @Slot(object)
    def _add(self, variant: Choice) -> None:
        self.edit(tr("Add a variant to the race"), lambda document: add_variant(document, variant))

    @Slot()
    def _remove(self) -> None:
        index = self._index
        self.window().close()
        edit(self._context, tr("Take an optimizer out"), lambda document: remove_entrant(document, index))


class OtherConventions(Renewed):
    """The same optimizer in other conventions: a click adds one to the race, with the numbers that make it equal."""

    taken = Signal(object)  # Choice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variants: tuple[Variant, ...] = ()
        self.buttons: list[TextButton] = []

    def show_choice(self, chosen: Choice) -> None:
        """Offer the other conventions of a choice."""
        if (found := variants(chosen)) != self.variants:
            self.variants = found
            self.renew(self._fill)
        self.setVisible(bool(found))

    def _fill(self, column: QVBoxLayout) -> None:
        column.addWidget(SectionHeader(tr("In another convention")))
        self.buttons = []
        for variant in self.variants:
            button = TextButton(f"+ {variant.title}", tr("Let it race beside this one"), is_link=True)
            button.clicked.connect(self._take)
            self.buttons.append(button)
            told = Text(variant.equal, "muted", "small")
            told.setWordWrap(True)
            told.setFixedSize(TOLD, told.heightForWidth(TOLD))  # a popup asks for no height by width
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            column.addWidget(told)
        column.setSpacing(0)

    @Slot()
    def _take(self) -> None:
        self.taken.emit(self.variants[[button is self.sender() for button in self.buttons].index(True)].choice)


class SurfaceForm(RaceForm):
    """Which surface, with its settings; for one of your own its formula."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.kind = KindForm(tr("Surface"), surfaces, tip=tr("What the optimizers walk on"))
        self.teaches = Text("", "muted", "small")
        self.teaches.setWordWrap(True)
        for widget in (SectionHeader(tr("Surface")), self.kind, self.teaches):
            self.column.addWidget(widget)
        self.setFocusProxy(self.kind)
        self.kind.kind_asked.connect(self._choose)
        self.kind.setting_asked.connect(self._set)
        self.refresh()

    def refresh(self) -> None:
        """Show the surface as it is now."""
        self.kind.show_choice(self.spec().surface)
        self.teaches.setText(tr(surfaces.get(self.spec().surface.kind).teaches))
        self.adjustSize()

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.edit(tr("Change the surface"), lambda document: set_surface(document, Choice(key)))

    @Slot(str, object)
    def _set(self, name: str, value: Any) -> None:
        self.edit(tr("Change the surface"), lambda document: set_surface_setting(document, name, value))


class CourseForm(RaceForm):
    """How all walk: steps, starts, noise, seed; schedule and clipping. For a network only what its plan leaves open."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._written = self.spec()
        self.settings = self._settings()
        self.schedule = KindForm(tr("Schedule"), schedules, tr("constant rate"), tr("How the rate changes by steps"))
        self.clip = KindForm(tr("Clipping"), clippings, tr("no clipping"), tr("How long gradients are cut"))
        for widget in (self.settings, self.schedule, self.clip):
            self.column.addWidget(widget)
        self.schedule.kind_asked.connect(self._choose_schedule)
        self.schedule.setting_asked.connect(self._set_schedule)
        self.clip.kind_asked.connect(self._choose_clip)
        self.clip.setting_asked.connect(self._set_clip)
        self.refresh()

    def _settings(self) -> HyperForm:
        spec = self._written
        declared = settings_of(spec)
        form = HyperForm(declared, {hyper.name: getattr(spec, hyper.name) for hyper in declared})
        form.changed.connect(self._set)
        return form

    def refresh(self) -> None:
        """Show the race as it is now."""
        spec, written = self.spec(), self._written
        is_other = settings_of(spec) != settings_of(written)
        self._written = spec
        if is_other or any(getattr(spec, each.name) != getattr(written, each.name) for each in settings_of(spec)):
            old, self.settings = self.settings, self._settings()
            self.column.replaceWidget(old, self.settings)
            old.hide()
            old.deleteLater()
        for form, chosen in ((self.schedule, self.whole().schedule), (self.clip, spec.clip)):
            form.setVisible(spec.on == "surface")
            form.show_choice(chosen)

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        self._written = RaceSpec(**{**vars(self.spec()), name: value})  # as the field shows it already
        self._change(**{name: value})

    @Slot(str)
    def _choose_schedule(self, key: str) -> None:
        self._change(schedule=Choice(key) if key else None)

    @Slot(str)
    def _choose_clip(self, key: str) -> None:
        self._change(clip=Choice(key) if key else None)

    @Slot(str, object)
    def _set_schedule(self, name: str, value: object) -> None:
        self._change(schedule=_with(self.spec().schedule, name, value))

    @Slot(str, object)
    def _set_clip(self, name: str, value: object) -> None:
        self._change(clip=_with(self.spec().clip, name, value))

    def _change(self, **changes: Any) -> None:
        self.edit(tr("Change the race"), lambda document: set_race(document, **changes))


def _with(chosen: Choice | None, name: str, value: object) -> Choice | None:
    return None if chosen is None else Choice(chosen.kind, {**chosen.settings, name: value})
