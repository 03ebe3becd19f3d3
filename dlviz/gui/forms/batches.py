"""How many rows a batch has and how they are drawn: the three modes, what an epoch is then, and how rows are used."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.hyper import Hyper, flag, integer
from dlviz.gui import numbers
from dlviz.gui.forms.plan import PlanForm
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.named_bars import NamedBar, NamedBars
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.batch_memory import batch_bytes
from dlviz.session.batches import last_batch_size, n_batches
from dlviz.session.fitting import known_data
from dlviz.session.messages import Frame, Need
from dlviz.session.orders import RowUse

MOST_ROWS = 1_000_000  # of a batch, as in a document
BATCH_SIZE = integer("batch_size", 10, minimum=1, maximum=MOST_ROWS, help="rows looked at before each update")
SHUFFLE = flag("shuffle", True, "rows come in another order in every epoch")
REPLACEMENT = flag("replacement", False, "every batch is drawn from all rows: some come twice in an epoch, some not")
BATCH, MINI, ONLINE = "batch", "mini", "online"
USUAL_MINI = 32
POWERS = tuple(2**power for power in range(1, 9))
MOST_BLOCKS = 64  # batches that are drawn one by one
MOST_TIMES = 5  # rows used as often as this or oftener share a bar
STRIP = int(1.5 * GRID)


def mode_of(batch_size: int, n: int) -> str:
    """Return which of the three modes of gradient descent a batch size is."""
    return ONLINE if batch_size == 1 and n > 1 else BATCH if batch_size >= n else MINI


def epoch_words(n: int, batch_size: int) -> str:
    """Say what an epoch over n rows is: "18 updates an epoch: 17 batches of 10 rows, and a last one of 5"."""
    count, last, size = n_batches(n, batch_size), last_batch_size(n, batch_size), min(batch_size, n)
    named = {"count": numbers.count(count), "size": numbers.count(size), "last": numbers.count(last)}
    if count == 1:
        return tr("1 update an epoch, from all {size} rows", **named)
    if last == size:
        return (
            tr("{count} updates an epoch, each from {size} rows", **named)
            if size > 1
            else tr("{count} updates an epoch, each from 1 row", **named)
        )
    whole = numbers.count(count - 1)
    return tr("{count} updates an epoch: {whole} × {size} rows, and a last batch of {last}", whole=whole, **named)


def memory_words(size_bytes: float) -> str:
    """Write an amount of memory: "about 1.2 MB"."""
    power = min(int(math.log10(max(size_bytes, 1)) // 3), 3)
    return f"{numbers.number(size_bytes / 1000**power, 2)} {('B', 'kB', 'MB', 'GB')[power]}"


class BatchStrip(QWidget):
    """An epoch as blocks, as wide as their batches have rows; a smaller last one has a dashed outline."""

    def __init__(self, n: int, batch_size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.n, self.rows = n, min(batch_size, n)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("The batches of an epoch"), epoch_words(n, batch_size))

    def blocks(self) -> list[tuple[float, float, bool]]:
        """Return where blocks begin and end as shares of the epoch, and whether each is a smaller last one."""
        count = n_batches(self.n, self.rows)
        if count > MOST_BLOCKS:
            return [(0.0, 1.0, False)]
        ends = [min((place + 1) * self.rows, self.n) / self.n for place in range(count)]
        is_less = last_batch_size(self.n, self.rows) < self.rows
        return [(start, end, is_less and end == 1.0) for start, end in zip([0.0, *ends[:-1]], ends, strict=True)]

    def sizeHint(self) -> QSize:
        """Return a low strip."""
        return QSize(30 * GRID, STRIP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the blocks."""
        theme = current()
        with painter(self) as p:
            for start, end, is_less in self.blocks():
                box = QRectF(start * self.width() + 1, 1, max((end - start) * self.width() - 2, 1), STRIP - 2)
                fill = theme.panel if is_less else theme.accent_soft
                rounded(p, box, fill=fill, border=theme.warn if is_less else theme.accent, radius=2)


def use_bars(use: RowUse | None) -> Sequence[NamedBar]:
    """Return one bar for each number of times: how many rows were used so often."""
    if use is None:
        return ()
    times = [*use.times, 0, 0][: max(len(use.times), 2)]
    if len(times) > MOST_TIMES + 1:
        times = [*times[:MOST_TIMES], sum(times[MOST_TIMES:])]
    whole = max(sum(times), 1)
    return [
        NamedBar(_times_words(often, len(times)), count / whole, count, f"{numbers.count(count)} · "
                 f"{numbers.percent(count / whole)}")
        for often, count in enumerate(times)
    ]  # fmt: skip


def _times_words(often: int, count: int) -> str:
    return tr("{n}× or more", n=often) if often == MOST_TIMES and count == MOST_TIMES + 1 else f"{often}×"


def _so_far(use: RowUse) -> str:
    batches = tr("1 batch") if use.batches == 1 else tr("{n} batches", n=numbers.count(use.batches))
    return tr("epoch {epoch}, {batches}", epoch=numbers.count(use.epoch + 1), batches=batches)


class BatchForm(PlanForm):
    """Mode, size, what an epoch is, memory, and how rows are drawn and were used."""

    needs: frozenset[Need] = frozenset({"row_use"})

    def __init__(self, context: Context, frame: Frame | None = None, parent: QWidget | None = None) -> None:
        self._frame = frame
        super().__init__(context, parent)

    def fill(self, column: QVBoxLayout) -> None:
        """Put the fields into a column."""
        training, n = self.training, self._rows()
        column.addWidget(SectionHeader(tr("Batches")))
        self.modes = Segmented(tr("Mode"), ((BATCH, tr("batch")), (MINI, tr("mini-batch")), (ONLINE, tr("online"))))
        self.modes.setToolTip(tr("One update from all rows, from some of them, or from every single row"))
        self.modes.set_key(mode_of(training.batch_size, n))
        self.modes.chosen.connect(self._choose_mode)
        column.addWidget(self.modes)
        self._fill_powers(column, n)
        drawn = bool(training.replacement)
        declared: list[Hyper] = [BATCH_SIZE, *(() if drawn else (SHUFFLE,)), REPLACEMENT]
        values = {"batch_size": training.batch_size, "shuffle": training.shuffle, "replacement": drawn}
        words = {"replacement": tr("drawn with replacement"), "shuffle": tr("shuffled"), "batch_size": tr("rows")}
        form = HyperForm(declared, values, words=words)
        form.changed.connect(self._set)
        column.addWidget(form)
        self._fill_epoch(column, n)

    def _fill_powers(self, column: QVBoxLayout, n: int) -> None:
        """Offer powers of two below the number of rows."""
        sizes = [size for size in POWERS if size < n]
        self.powers = Chooser()
        self.powers.setPlaceholderText(tr("Powers of two …"))
        self.powers.setObjectName("powers")
        for size in sizes:
            self.powers.addItem(numbers.count(size), size)
        self.powers.setCurrentIndex(self.powers.findData(self.training.batch_size))
        describe(self.powers, tr("Rows of a mini-batch"), tr("Powers of two, which fill the registers of a processor"))
        self.powers.activated.connect(self._choose_power)
        column.addWidget(self.powers)
        self.powers.setHidden(not sizes)

    def _fill_epoch(self, column: QVBoxLayout, n: int) -> None:
        size = self.training.batch_size
        self.epoch, self.memory = Text(epoch_words(n, size), "muted", "small"), Text("", "muted", "small")
        self.memory.setText(self._memory_words(n))
        self.memory.setToolTip(tr("Activations, slopes and gradients of every row of a batch, before it is run"))
        self.strip = BatchStrip(n, size)
        self.use = NamedBars(
            tr("How often rows were used"), tr("How many training rows were used so often in this epoch")
        )
        for widget in (self.strip, self.epoch, self.memory):
            column.addWidget(widget)
        self.title = SectionHeader(tr("How often rows were used"))
        column.addWidget(self.title)
        column.addWidget(self.use)
        self._show_use()

    def _rows(self) -> int:
        prepared = known_data(self.context.session.document)
        return 1 if prepared is None else max(len(prepared.train), 1)

    def _memory_words(self, n: int) -> str:
        try:
            size = batch_bytes(self.context.session.document, n)
        except DlvizError:
            return ""
        return tr("about {memory} for the activations of a batch", memory=memory_words(size))

    def show_frame(self, frame: Frame) -> None:
        """Show how often rows were used."""
        self._frame = frame
        self._show_use()

    def _show_use(self) -> None:
        use = None if self._frame is None else self._frame.row_use
        self.use.show_bars(use_bars(use) or [NamedBar("0×", 0.0, 0.0, "…"), NamedBar("1×", 0.0, 0.0, "…")])
        so_far = "" if use is None else _so_far(use)
        self.title.set_info(so_far, so_far.replace(tr("after "), ""))  # the short form has room beside the title

    @Slot(str)
    def _choose_mode(self, key: str) -> None:
        n = self._rows()
        mini = min(USUAL_MINI, max(n // 2, 2))
        self._set("batch_size", {BATCH: min(n, MOST_ROWS), MINI: mini, ONLINE: 1}[key])

    @Slot(int)
    def _choose_power(self, place: int) -> None:
        self._set("batch_size", int(self.powers.itemData(place)))

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        label = tr("Change the batch size") if name == "batch_size" else tr("Change how rows are drawn")
        self.change(label, lambda d: edits.set_training(d, **{name: value}))
