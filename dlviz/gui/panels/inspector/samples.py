"""Which sample pulls which way: what every example of the batch adds to a gradient."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.signed_bars import Bar, SignedBars
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session.explanation import Explanation

MOST_BARS = 64  # that can be told apart and hit; of more examples the strongest are drawn


class Samples(QWidget):
    """Bars of the examples, and what they add up to."""

    taken = Signal(int)  # number of the example in the batch

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Which sample pulls which way"))
        self.bars, self.totals = SignedBars(), FactTable()
        name = tr("What every sample adds to the gradient")
        describe(self.bars, name, tr("{name}. Click one to look at that sample; left and right go on.", name=name))
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.bars, self.totals):
            column.addWidget(widget)
        self.bars.taken.connect(self.taken)

    def show_shares(self, explanation: Explanation, slope: str) -> None:
        """Show the shares of an explanation, which add up to the slope so written; nothing for a batch of one."""
        shares = explanation.shares
        self.setVisible(shares is not None and len(shares.shares) > 1)
        if shares is None:
            return
        shown = strongest(shares.shares)
        count = numbers.count(len(shares.shares))
        self.header.set_info(tr("{count} samples", count=count), count)
        self.bars.show_bars([_bar(number, float(shares.shares[number])) for number in shown], explanation.sample)
        self.totals.show_facts(_totals(explanation, shown, slope))


def strongest(shares: np.ndarray) -> list[int]:
    """Return the numbers of the examples that are drawn, in the order of the batch."""
    order = np.argsort(-np.abs(shares), kind="stable")[:MOST_BARS]
    return sorted(order.tolist())


def _bar(number: int, value: float) -> Bar:
    words = tr("sample {number}: {value}", number=number + 1, value=numbers.number(value, signed=True))
    return Bar(number, value, words)


def _totals(explanation: Explanation, shown: list[int], slope: str) -> list[Fact]:
    shares = explanation.shares
    assert shares is not None
    rest = len(shares.shares) - len(shown)
    facts = []
    if rest:
        others = float(np.delete(shares.shares, shown).sum())
        facts.append(Fact(tr("{count} weaker samples", count=numbers.count(rest)), (others,), is_signed=True))
    if shares.penalty:
        facts.append(Fact(tr("the penalty adds"), (shares.penalty,), is_signed=True))
    return [*facts, Fact(tr("sum = {slope}", slope=slope), (shares.gradient,), is_signed=True)]
