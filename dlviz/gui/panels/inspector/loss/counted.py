"""How a loss is counted: its factor, sum or mean, and how labels are written, with what that does to the gradients."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.loss_explanation import Counted, LossExplanation

FACTORS = {"one": 1.0, "half": 0.5}
LABELS = {"one_hot": "categorical_cross_entropy", "index": "sparse_categorical_cross_entropy"}


class CountedForm(QWidget):
    """Switches that edit the document's loss; the words below say what each does to the gradients."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.header = SectionHeader(tr("How it is counted"))
        self.factor = Words(tr("Factor in front"), [("one", "1"), ("half", "½")])
        self.reduction = Words(tr("How samples are gathered"), [("mean", tr("mean")), ("sum", tr("sum"))])
        self.labels = Words(tr("How labels are written"), [("one_hot", tr("one-hot")), ("index", tr("integer"))])
        self.note = Text("", "muted", "small")
        self.note.setWordWrap(True)
        self._rows = [QWidget() for _ in range(2)]
        self._lay_out()
        self.factor.chosen.connect(self._set_factor)
        self.reduction.chosen.connect(self._set_reduction)
        self.labels.chosen.connect(self._set_labels)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addWidget(self.header)
        pairs = ((tr("factor"), self.factor), (tr("samples"), self.reduction), (tr("labels"), self.labels))
        for widget, parts in zip(self._rows, (pairs[:2], pairs[2:]), strict=True):
            row = QHBoxLayout(widget)
            spaced(row)
            for label, words in parts:
                row.addWidget(Text(label, "muted"))
                row.addWidget(words)
            row.addStretch(1)
            column.addWidget(widget)
        column.addWidget(self.note)

    def show_loss(self, shown: LossExplanation) -> None:
        """Show the settings of an explanation; a document with a loss for each output is edited elsewhere."""
        counted = shown.counted
        self.setVisible(counted is not None)
        if counted is None:
            return
        is_single = not self._context.session.document.training.losses
        self._rows[0].setVisible(is_single)
        self._rows[1].setVisible(is_single and shown.labels in LABELS)
        self.factor.set_key(next((key for key, value in FACTORS.items() if value == counted.factor), ""))
        self.reduction.set_key(counted.reduction)
        self.labels.set_key(shown.labels)
        self.note.setText("\n".join(note_lines(counted)))

    @Slot(str)
    def _set_factor(self, key: str) -> None:
        self._set("factor", FACTORS[key])

    @Slot(str)
    def _set_reduction(self, key: str) -> None:
        self._set("reduction", key)

    def _set(self, name: str, value: object) -> None:
        edit(self._context, tr("Change the loss"), lambda document: edits.set_loss_setting(document, name, value))

    @Slot(str)
    def _set_labels(self, key: str) -> None:
        edit(self._context, tr("Change the labels"), lambda document: edits.set_loss(document, LABELS[key]))


def note_lines(counted: Counted) -> tuple[str, ...]:
    """Say what the factor and the reduction do to the gradients and to the effective rate."""
    lines = [_factor_words(counted.factor)]
    if counted.n == 1:
        return *lines, tr("One sample in the batch: mean and sum are the same.")
    n, lr = numbers.count(counted.n), numbers.number(counted.lr)
    if counted.reduction == "sum":
        same = numbers.number(counted.lr * counted.n)
        words = tr("Sum of {n} samples: gradients are {n} times those of the mean. The rate {lr} moves plain descent "
                   "as {same} would with the mean.", n=n, lr=lr, same=same)  # fmt: skip
    else:
        same = numbers.number(counted.lr / counted.n)
        words = tr("Mean of {n} samples: gradients are 1/{n} of those of the sum. The rate {lr} moves plain descent "
                   "as {same} would with the sum.", n=n, lr=lr, same=same)  # fmt: skip
    return *lines, words


def _factor_words(factor: float) -> str:
    if factor == 1:
        return tr("With the factor ½ every gradient is half as large; the minimum stays where it is.")
    return tr("With the factor 1 every gradient is {times} times as large; the minimum stays where it is.",
              times=numbers.number(1 / factor))  # fmt: skip
