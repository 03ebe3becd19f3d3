"""The race panel: one optimizer's step in numbers, why it behaves so, and how the race is run."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.expression.latex import name_latex
from dlviz.core.narration.descent import narrate_descent
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.core.trace import Trace
from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.forms.race import CourseForm
from dlviz.gui.look import BAR
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.race.micro import MicroList, MicroRow, micro_rows
from dlviz.gui.race.runners import paint_runner, title_of
from dlviz.gui.theme import GRID
from dlviz.gui.typeset.view import FormulaView
from dlviz.gui.widgets.gauge import PLAIN, Gauge, bend_words
from dlviz.gui.widgets.paint import Hairline, describe, painter, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Elided, SectionHeader, Text
from dlviz.gui.widgets.words import Words
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import add_entrant, set_race, use_rates
from dlviz.session.race import Race, RaceSpec, RaceView, Rule
from dlviz.session.race.network_scan import network_scale
from dlviz.session.race.result import NetworkPart
from dlviz.session.race.scan import scale


class Badge(QWidget):
    """The marker of an optimizer as it lies on the surface."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = 0
        self.setFixedSize(2 * GRID + 4, 2 * GRID + 4)

    def sizeHint(self) -> QSize:
        """Return the fixed size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marker."""
        with painter(self) as p:
            paint_runner(p, self.number, QRectF(self.rect()).center(), 6.0)


class RacePanel(Panel):
    """Tells the step of the optimizer that is looked at, micro-step by micro-step."""

    key = "race"
    needs = frozenset({"race"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.badge, self.title = Badge(), Elided()
        self.title.set_bold(True)
        self.micro, self.gauge, self.bends = MicroList(), Gauge(), Text("", "muted", "small")
        self.bends.setWordWrap(True)
        self.axis = Words(tr("Which coordinate is told"), [("0", "x"), ("1", "y")])
        self.formula, self.sentence = FormulaView(), Text("")
        self.sentence.setWordWrap(True)
        self.add = QComboBox()
        self.course = CourseForm(context)
        self.rule = Words(tr("How rates are chosen"), rule_words())
        self.stated = Text("", "muted", "small")
        self.stated.setWordWrap(True)
        self._awaits_scan = False
        self._lay_out()
        self.micro.asked.connect(context.race.walk_to)
        self.axis.chosen.connect(self._show)
        self.add.activated.connect(self._add)
        self.rule.chosen.connect(self._choose_rule)
        context.race.scanned.connect(self._take_best)
        context.race.moved.connect(self._show)
        context.race.race_changed.connect(self._show)

    def _lay_out(self) -> None:
        self.add.addItem(tr("+ add optimizer"), "")
        for entry in optimizers:
            self.add.addItem(tr(entry.title), entry.key)
        describe(self.add, tr("Add an optimizer"), tr("Another optimizer joins the race from the same start"))
        head, told, inner = QHBoxLayout(), QHBoxLayout(), QWidget()
        for layout in (head, told):
            spaced(layout)
        for widget, stretch in ((self.badge, 0), (self.title, 1)):
            head.addWidget(widget, stretch)
        told.addWidget(self.sentence, 1)
        told.addWidget(self.axis, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID - BAR, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.micro)
        column.addLayout(told)
        column.addWidget(self.formula)
        column.addWidget(self.gauge)
        column.addWidget(self.bends)
        column.addWidget(Hairline(margin=GRID // 2))
        column.addWidget(SectionHeader(tr("Race")))
        column.addWidget(self.add)
        column.addWidget(self.rule)
        column.addWidget(self.stated)
        column.addWidget(self.course)
        column.addStretch(1)
        area = Scrolled()
        area.hold(inner)
        whole = QVBoxLayout(self)
        spaced(whole, gap=0)
        whole.addWidget(area)
        self.setFocusProxy(self.micro)

    def show_document(self, document: Document) -> None:
        """Show the settings of the race."""
        self.course.refresh()
        self.rule.set_key(document.race.rule)
        self.stated.setText(rule_sentence(document.race))

    @Slot()
    def _show(self) -> None:
        player, race = self.context.race, self.context.race.race
        if race is None or player.view is None or not self.isVisible():
            return
        self._show_head(race)
        broken = race.standings[player.entrant].broken
        is_sound = player.place < broken
        self._show_bends(race, player.view, is_sound)
        trace = player.view.trace if player.view.question == player.question else None
        if race.network is not None:
            self._show_training(race, race.network)
            return
        if trace is None:
            if not is_sound:
                self._say_broken(broken)
            return
        self._show_step(race, trace)

    def _show_bends(self, race: Race, view: RaceView, is_sound: bool) -> None:
        """Show how the surface, or the loss of the network, bends where the ball lies."""
        player = self.context.race
        at, rates = player.place, race.paths[player.entrant].rates
        bends: list[float] | None = [math.nan] * race.surface.d
        if race.network is not None:
            is_known = view.curvature is not None and view.question == player.question
            bends = [view.curvature.value] if is_known and view.curvature is not None else None
        elif is_sound:
            bends = race.curvature[player.entrant][at].tolist()
        is_plain = race.spec.optimizers[player.entrant].kind == PLAIN
        self.gauge.show_value(float(rates[min(at, len(rates) - 1)]), None if bends is None else bends[-1], is_plain)
        self.bends.setText(bend_words(bends) if bends is not None else "…")

    def showEvent(self, event: object) -> None:
        """Show where the race stands by now."""
        self.course.refresh()
        self._show()

    def _show_head(self, race: Race) -> None:
        player = self.context.race
        self.badge.number = race.spec.marker(player.entrant)
        self.badge.update()
        self.title.setText(
            tr("{name}, step {step}", name=title_of(race.spec.optimizers[player.entrant]), step=player.told + 1)
        )
        count, done = player.micro_count, player.micro_done
        words = tr("micro-step {done} of {count}", done=done, count=count) if count else ""
        self.set_info(words, f"{done}/{count}")
        self.axis.setVisible(race.surface.d == 2 and race.network is None)

    def _show_step(self, race: Race, trace: Trace) -> None:
        player, names = self.context.race, race.surface.names
        done = player.micro_done
        self.micro.show_rows(micro_rows(trace, names, race.entry.given is not None), done)
        axis = int(self.axis.key()) if race.surface.d == 2 else 0
        index = min(max(done - 1, 0), len(trace.steps) - 1)
        letters = tuple(map(name_latex, names))
        told = narrate_descent(trace, index, race.spec.optimizers[player.entrant], letters, axis)
        self.sentence.setText(told.sentence if done else tr("The next step begins here."))
        self.formula.setVisible(done > 0)
        if done:
            self.formula.show_narration(told, trace.steps[index].phase)

    def _show_training(self, race: Race, network: NetworkPart) -> None:
        """Say where the network stands that this optimizer trains; its steps are told in the Step workspace."""
        player = self.context.race
        at, index = player.done, player.entrant
        rows = (
            MicroRow(tr("loss of all training rows"), numbers.number(float(race.paths[index].values[at])),
                     numbers.full(float(race.paths[index].values[at])), "loss"),
            MicroRow(tr("off the plane"), numbers.number(float(network.residuals[index][at])),
                     numbers.full(float(network.residuals[index][at])), "backward"),
            MicroRow(tr("length of its way"), numbers.number(float(network.lengths[index][at])),
                     numbers.full(float(network.lengths[index][at])), "update"),
        )  # fmt: skip
        self.micro.show_rows(rows, len(rows))
        self.formula.setVisible(False)
        self.axis.setVisible(False)
        self.set_info("")
        self.sentence.setText(
            tr("{n} parameters on one plane: a path that leaves it is drawn where it lies nearest.",
               n=numbers.count(network.parameters))
        )  # fmt: skip

    def _say_broken(self, step: int) -> None:
        self.micro.show_rows((), 0)
        self.formula.setVisible(False)
        broken = tr("Diverged: at step {step} its numbers left all bounds.", step=numbers.count(step))
        self.sentence.setText(broken if step else tr("Nothing to walk on: the surface has no height at the start."))

    @Slot(str)
    def _choose_rule(self, key: str) -> None:
        """Give all the rate of the one looked at, or each its best of a scan, which comes later."""
        spec = self.context.session.document.explicit.race
        self._awaits_scan = key == "best"
        self.context.race.ask_scans(self.key, self._awaits_scan)
        if key == "same":
            entrant = min(self.context.race.entrant, len(spec.optimizers) - 1)  # the race before may have had more
            rate = lr_of(spec.optimizers[entrant])
            self._use_rates([rate] * len(spec.optimizers), "same")
        elif key == "own":
            edit(self.context, tr("Race at own rates"), lambda document: set_race(document, rule="own"))
        else:
            self.stated.setText(tr("Scanning rates…"))
            self._take_best()

    @Slot()
    def _take_best(self) -> None:
        scans = self.context.race.scans
        if self._awaits_scan and scans:
            self._awaits_scan = False
            self.context.race.ask_scans(self.key, False)
            self._use_rates([each.best for each in scans], "best")

    def _use_rates(self, rates: list[float], rule: Rule) -> None:
        edit(self.context, tr("Choose the rates of the race"), lambda document: use_rates(document, rates, rule))

    @Slot(int)
    def _add(self, row: int) -> None:
        key = str(self.add.itemData(row))
        self.add.setCurrentIndex(0)
        if key:
            edit(self.context, tr("Add an optimizer to the race"), lambda document: add_entrant(document, key))


def rule_words() -> tuple[tuple[str, str], ...]:
    """Return how rates may be chosen, with their words."""
    return ("own", tr("own rates")), ("same", tr("same rate")), ("best", tr("best rates"))


def rule_sentence(spec: RaceSpec) -> str:
    """State the rule of the race: what makes it fair, or not."""
    is_network = spec.on == "network"
    rates = network_scale() if is_network else scale()
    rules = {
        "own": tr("Each at the rate that stands in the table."),
        "same": tr("All at the same rate."),
        "best": tr("Each at its best of {count} rates from {low} to {high}, by its height after {steps} steps.",
                   count=len(rates), low=numbers.number(float(rates[0])), high=numbers.number(float(rates[-1])),
                   steps=spec.steps),
    }  # fmt: skip
    surface = tr("The same number of gradient evaluations for all: {steps}, one a step. Nesterov takes its own at the "
                 "point ahead, L-BFGS searches no line.", steps=spec.steps)  # fmt: skip
    network = tr("The same first weights, batches and plan for all, and the same number of gradients: {steps}, one a "
                 "batch.", steps=spec.steps)  # fmt: skip
    equal = network if is_network else surface
    return f"{rules[spec.rule]} {equal}"


def make_race_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return RacePanel(context)


panels.add(PanelEntry("race", tr("Inside one optimizer"), "right", (OPTIMIZERS,), make_race_panel, order=1))
