"""The form of an experiment: a recipe, the values of one or two settings, seeds and length."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.hyper import choice, integer
from dlviz.gui.panels.runs.vary.plans import (
    amount_words,
    combined,
    drawn,
    own_experiment,
    own_tip,
    refusal_of,
    varied_from,
)
from dlviz.gui.panels.runs.vary.setting import SettingRow
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.vary import Experiment, Varied
from dlviz.session.vary.recipes import experiment_of, offers, recipes
from dlviz.session.vary.settings import settable
from dlviz.session.vary.spec import MOST_LENGTH, MOST_TRIALS, MOST_VARIED

OWN = "own"  # instead of the key of a recipe
ALL, RANDOM = "all_combinations", "at_random"
WIDE = 60 * GRID  # pixels from which the form has two columns


class VaryForm(QWidget):
    """Makes an experiment of the document on show; nothing is trained before Start."""

    started = Signal(object)  # Experiment
    left = Signal()  # back to the results that there are

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment: Experiment | None = None
        self._document: Document | None = None
        self._is_changed = False  # somebody chose other values than the recipe's
        self._refused: dict[int, str] = {}  # why what stands in the row of a setting means nothing
        self.recipe, self.tip = Chooser(), Text("", "muted", "small")
        self.tip.setWordWrap(True)
        describe(self.recipe, tr("Recipe"), tr("What is varied, and how it is looked at"))
        self.fields, self.course = Renewed(), Renewed()
        self.count, self.problem = Text("", "muted", "small"), Text("", "error", "small")
        self.problem.setWordWrap(True)
        self.start = TextButton(tr("Start"), tr("Train all runs beside this one, which stays as it is"))
        self.back = TextButton(tr("Back to the results"), tr("They stay until another experiment starts"), is_link=True)
        self._lay_out()
        self.can_leave(False)
        self.back.clicked.connect(self.left)
        self.recipe.activated.connect(self._choose)
        self.start.clicked.connect(self._start)
        self.setFocusProxy(self.recipe)

    def _lay_out(self) -> None:
        inner, area, whole = QWidget(), Scrolled(), QVBoxLayout(self)
        self.parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, inner)
        spaced(self.parts, gap=GRID)
        for widgets in ((self.recipe, self.tip, self.fields), (self.course, self.problem)):
            column = QVBoxLayout()
            spaced(column, gap=GRID)
            for widget in widgets:
                column.addWidget(widget)
            column.addStretch(1)
            self.parts.addLayout(column, 1)
        foot = QHBoxLayout()
        spaced(foot)
        foot.addWidget(self.start)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.back)
        area.hold(inner)
        spaced(whole, gap=GRID // 2)
        whole.addWidget(area, 1)
        whole.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put length and seeds beside the settings where there is room, else below them."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self.parts.setDirection(direction)
        self.parts.setSpacing(4 * GRID if is_wide else GRID)

    def can_leave(self, can: bool) -> None:
        """Offer the way back to results, where there are any."""
        self.back.setVisible(can)

    def show_document(self, document: Document) -> None:
        """Offer what can be done with a document; values that somebody chose stay where they still mean something."""
        if document is self._document:
            return
        self._document = document
        key = str(self.recipe.currentData() or OWN)
        self._fill_recipes(document)
        offered = [place for place in range(self.recipe.count()) if self._is_offered(place)]
        for part in (self.recipe, self.tip, self.fields, self.course):
            part.setVisible(bool(offered))
        if not offered:
            self.experiment = None
            self._say(offers(document)[0].refusal)
            return
        place = self.recipe.findData(key)
        self.recipe.setCurrentIndex(place if place in offered and self._is_changed else offered[0])
        self._begin(self.experiment if self._is_changed else None)

    def _fill_recipes(self, document: Document) -> None:
        self.recipe.clear()
        found = offers(document)
        for each in found:
            self._add(tr(each.recipe.title), each.recipe.key, tr(each.recipe.tip), each.refusal)
        refusal = "" if any(not each.refusal for each in found) else found[0].refusal
        self._add(tr("Settings of your own"), OWN, own_tip(), refusal)

    def _add(self, title: str, key: str, tip: str, refusal: str) -> None:
        self.recipe.addItem(title, key)
        place, model = self.recipe.count() - 1, self.recipe.model()
        self.recipe.setItemData(place, refusal or tip, Qt.ItemDataRole.ToolTipRole)
        if refusal and isinstance(model, QStandardItemModel):
            model.item(place).setEnabled(False)

    def _is_offered(self, place: int) -> bool:
        return bool(self.recipe.model().flags(self.recipe.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled)

    @Slot(int)
    def _choose(self, _place: int) -> None:
        """Begin with a recipe as it is meant for this document."""
        self._is_changed = False
        self._begin(None)

    def show_experiment(self, experiment: Experiment) -> None:
        """Set up an experiment like another one, of the document on show."""
        place = self.recipe.findData(experiment.recipe or OWN)
        if self._document is not None and self._is_offered(place):
            self.recipe.setCurrentIndex(place)
            self._is_changed = True
            self._begin(experiment)

    def _begin(self, like: Experiment | None) -> None:
        """Show what the chosen recipe makes of the document; like: with the values of that one where they fit."""
        assert self._document is not None
        key = str(self.recipe.currentData())
        try:
            made = own_experiment(self._document) if key == OWN else experiment_of(key, self._document)
        except DlvizError as error:
            self.experiment = None
            self._say(str(error))
            return
        is_same = like is not None and (key == OWN or _paths(like) == _paths(made))
        if like is not None and is_same:
            made = replace(like, document=made.document, recipe=made.recipe)
        self._show(made)

    def _show(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._refused.clear()
        recipe = experiment.recipe
        self.tip.setText(tr(recipes.get(recipe).tip) if recipe in recipes else own_tip())
        self.fields.renew(self._fill)
        self.course.renew(self._fill_course)
        self._say("")

    def _fill(self, column: QVBoxLayout) -> None:
        assert self.experiment is not None
        known = settable(self.experiment.document)
        by_path = {each.path: each for each in known}
        is_own = self.experiment.recipe not in recipes
        for place, varied in enumerate(self.experiment.varied):
            nothing = tr("no second setting") if is_own and place else ""
            self._add_row(column, SettingRow(varied, by_path.get(varied.path), known if is_own else (), nothing))
        if is_own and len(self.experiment.varied) < MOST_VARIED:
            self._add_row(column, SettingRow(None, None, known, tr("no second setting")))

    def _add_row(self, column: QVBoxLayout, row: SettingRow) -> None:
        row.setObjectName(str(column.count()))
        row.changed.connect(self._vary)
        row.path_chosen.connect(self._vary_other)
        row.refused.connect(self._refuse)
        column.addWidget(row)

    @Slot(str)
    def _vary_other(self, path: str) -> None:
        """Vary another setting in this place, or none."""
        assert self.experiment is not None
        place, varied = int(self.sender().objectName()), list(self.experiment.varied)
        found = [each for each in settable(self.experiment.document) if each.path == path]
        varied[place : place + 1] = [varied_from(each) for each in found]
        self._is_changed = True
        changed = replace(self.experiment, varied=tuple(varied))
        self._show(drawn(changed) if changed.draws and varied else replace(changed, draws=0))

    def _fill_course(self, column: QVBoxLayout) -> None:
        experiment = self.experiment
        assert experiment is not None
        declared = [
            integer("seeds", 1, minimum=1, maximum=MOST_TRIALS,
                    help=tr("how often each is trained, from other first weights and batches")),
            integer("length", experiment.length, minimum=1, maximum=MOST_LENGTH, help=tr("how long each is trained")),
            choice("unit", "epoch", ("epoch", "step"), tr("epochs, or steps of one batch")),
        ]  # fmt: skip
        if experiment.varied:
            tip = tr("every value with every other, or places drawn at random between the ends")
            declared.append(choice("tried", ALL, (ALL, RANDOM), tip))
        if experiment.draws:
            declared.append(integer("draws", experiment.draws, minimum=1, maximum=MOST_TRIALS,
                                    help=tr("how many places are drawn at random")))  # fmt: skip
        values = {"seeds": max(len(experiment.seeds), 1), "length": experiment.length, "unit": experiment.unit,
                  "tried": RANDOM if experiment.draws else ALL, "draws": experiment.draws}  # fmt: skip
        words = {"seeds": tr("seeds"), "length": tr("length"), "unit": tr("in"), "tried": tr("values"),
                 "draws": tr("how many")}  # fmt: skip
        form = HyperForm(declared, values, words=words)
        form.changed.connect(self._set)
        column.addWidget(form)

    @Slot(object)
    def _vary(self, varied: Varied) -> None:
        assert self.experiment is not None
        place = int(self.sender().objectName())
        others = list(self.experiment.varied)
        others[place] = varied
        self._refused.pop(place, None)
        self._is_changed = True
        self.experiment = replace(self.experiment, varied=tuple(others))
        self._say("")

    @Slot(str, object)
    def _set(self, name: str, value: Any) -> None:
        assert self.experiment is not None
        if name == "tried":
            self._is_changed = True
            self._show(drawn(self.experiment) if value == RANDOM else combined(self.experiment))
            return
        if name == "seeds":
            first = self.experiment.seeds[0] if self.experiment.seeds else self.experiment.document.seed
            is_own = value == 1 and first == self.experiment.document.seed
            value = () if is_own else tuple(range(first, first + value))
        self._is_changed = True
        self.experiment = replace(self.experiment, **{name: value})
        self._say("")

    @Slot(str)
    def _refuse(self, problem: str) -> None:
        """Start nothing while a row has what it cannot take, whatever else is changed."""
        self._refused[int(self.sender().objectName())] = problem
        self._say("")

    @Slot(str)
    def _say(self, problem: str) -> None:
        """Say what is wrong, or how much would be trained."""
        problem = problem or next(iter(self._refused.values()), "") or refusal_of(self.experiment)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(not problem and self.experiment is not None)
        self.count.setText("" if self.experiment is None or problem else amount_words(self.experiment))

    @Slot()
    def _start(self) -> None:
        if self.experiment is not None:
            self.started.emit(self.experiment)


def _paths(experiment: Experiment) -> list[str]:
    return [each.path for each in experiment.varied]
