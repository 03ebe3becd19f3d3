"""The palette of painting: which tool, which class or value, and the way out."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.choices import Choices
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.points import marker, stamp
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.i18n import tr

Tool = str  # "put", "brush", "erase", "move" or "label"
LIMITS = tr("One or two inputs, up to 20 000 rows; what you paint trains at once, and Undo takes a stroke back.")
KEYS = tr("Arrows move the cross, Return uses the tool there, Delete erases.")
_MARKER = 4.0  # pixels, radius in the list of classes


def tools() -> tuple[tuple[str, str], ...]:
    """Return the tools by key and word."""
    return (
        ("put", tr("put")), ("brush", tr("brush")), ("erase", tr("erase")), ("move", tr("move")),
        ("label", tr("relabel")),
    )  # fmt: skip


class Palette(QWidget):
    """Two rows: tools, and what they paint with; hidden until painting is switched on."""

    tool_chosen = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools = Choices(tr("Tool to paint with"), tools())
        for form in (self.tools.words, self.tools.list):
            describe(form, tr("Tool to paint with"), f"{LIMITS}\n{KEYS}")
        self.classes = Chooser()
        describe(self.classes, tr("Class to paint"), tr("The class of the points that are put, or relabelled"))
        self.value = LabelledSlider(tr("value"), Scale(0.0, 1.0), 0.0, tip=tr("What painted points are measured as"))
        self.finish = TextButton(tr("Done"), tr("Put the tools of painting away"), is_link=True)
        self._names: Sequence[str] = ()
        self._lay_out()
        self.tools.chosen.connect(self._choose)
        self.finish.clicked.connect(self.done)
        theme_signals.changed.connect(self._use_theme)
        self.hide()

    def _lay_out(self) -> None:
        column, second = QVBoxLayout(self), QHBoxLayout()
        spaced(column, gap=GRID // 2)
        spaced(second, gap=GRID)
        for widget in (self.classes, self.value):
            second.addWidget(widget, 1)
        second.addStretch(1)
        second.addWidget(self.finish)
        column.addWidget(self.tools)
        column.addLayout(second)

    def show_dataset(self, dataset: Dataset) -> None:
        """Offer the classes of a data set, or a value among its targets; over one input the height says it."""
        is_curve = dataset.d == 1
        offered = tuple(each for each in tools() if not is_curve or each[0] != "label")
        if self.tools.keys() != [key for key, _ in offered]:
            tool = self.tool
            self.tools.set_choices(offered)
            self.tools.set_key(tool if tool in dict(offered) else "put")
        self.classes.setVisible(dataset.task != "regression")
        self.value.setVisible(dataset.task == "regression" and not is_curve)
        if dataset.task != "regression":
            self._show_classes(dataset.class_names)
        elif self.value.isVisibleTo(self):
            self._show_values(dataset)

    def _show_classes(self, names: Sequence[str]) -> None:
        if tuple(names) == self._names:
            return
        taken, self._names = self.classes.currentIndex(), tuple(names)
        self.classes.clear()
        for number, name in enumerate(names):
            self.classes.addItem(self._icon(number), name)
        self.classes.setCurrentIndex(taken if 0 <= taken < len(names) else 0)

    def _show_values(self, dataset: Dataset) -> None:
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        scale = Scale(low, high if high > low else low + 1.0)
        if scale != self.value.scale:
            self.value.set_scale(scale)

    @staticmethod
    def _icon(number: int) -> QIcon:
        colour = QColor(current().class_colour(number))
        return QIcon(stamp(marker(number, _MARKER), QPen(colour, 0.5), colour, 1.0))

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self.tools.key()

    @property
    def target(self) -> float:
        """What points are painted as: the index of a class, or a value."""
        return float(max(self.classes.currentIndex(), 0)) if self.classes.isVisibleTo(self) else self.value.value()

    @Slot(str)
    def _choose(self, _tool: str) -> None:
        self.tool_chosen.emit()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for number in range(self.classes.count()):
            self.classes.setItemIcon(number, self._icon(number))
