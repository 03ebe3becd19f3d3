"""The page of the split: how many rows train, are watched, and are locked away for a test."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.data.spec import SplitSpec
from dlviz.gui.look import BAR
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.locked import LockedTest
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.part_bar import PartSizes
from dlviz.gui.panels.data.settings import SeedRow, percent
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Offer, copy_plotted
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_split
from dlviz.session.edits.training import set_training
from dlviz.session.messages import Frame

#: Per cent of training, dev and test rows.
PRESETS: tuple[tuple[int, int, int], ...] = ((60, 20, 20), (80, 10, 10), (98, 1, 1), (70, 30, 0), (100, 0, 0))
MOST_HELD = 99  # per cent that may be held out together
DEV, TEST = "validation", "test"


class SplitPage(DataPage):
    """Presets, shares, seed, and the three ways of dealing; below, the locked test."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()

    def _make_widgets(self) -> None:
        self.sizes = PartSizes()
        self.presets = QComboBox()
        self.presets.setPlaceholderText(tr("Usual shares"))
        for train, dev, test in PRESETS:
            self.presets.addItem(tr("{train} – {dev} – {test} %", train=train, dev=dev, test=test))
        describe(self.presets, tr("Usual shares"), tr("Train, dev and test in per cent; 98 – 1 – 1 for a million rows"))
        self.dev = LabelledSlider(
            tr("Dev"), Scale(0, 90, is_whole=True), 0, percent, tr("Rows that are watched while training, to choose by")
        )
        self.test = LabelledSlider(
            tr("Test"), Scale(0, 90, is_whole=True), 0, percent, tr("Rows locked away for one estimate at the end")
        )
        self.seed = SeedRow(tr("Split seed"), tr("Another seed deals the rows anew"), tr("Deal the rows anew"))
        self.shuffle, self.stratify, self.again = (
            QCheckBox(tr("Shuffle before dealing")), QCheckBox(tr("Same classes in each part")),
            QCheckBox(tr("Shuffle in every epoch")),
        )  # fmt: skip
        describe(self.shuffle, self.shuffle.text(), tr("Without it the last rows of the file are held out"))
        describe(self.stratify, self.stratify.text(), tr("Stratify: each class keeps its share in each part"))
        describe(self.again, self.again.text(), tr("Training meets its rows in another order in every epoch"))
        self.note = Text("", "muted", "small")
        self.note.setWordWrap(True)
        self.locked = LockedTest()

    def _lay_out(self) -> None:
        body, layout = QWidget(), QVBoxLayout(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID - BAR, GRID)
        column.setSpacing(GRID)
        for widget in (
            self.sizes, self.presets, self.dev, self.test, self.seed, self.shuffle, self.stratify, self.again,
            self.note, self.locked,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        width = max(self.dev.label.sizeHint().width(), self.test.label.sizeHint().width())
        for slider in (self.dev, self.test):
            slider.label.setMinimumWidth(width)
        self.scrolled = Scrolled()
        self.scrolled.hold(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scrolled)

    def _connect(self) -> None:
        self.presets.activated.connect(self._choose_preset)
        self.dev.changed.connect(self._move_dev)
        self.test.changed.connect(self._move_test)
        for slider in (self.dev, self.test):
            slider.settled.connect(self.edits.end_gesture)
        self.seed.changed.connect(self._reseed)
        self.shuffle.clicked.connect(self._use_shuffle)
        self.stratify.clicked.connect(self._use_stratify)
        self.again.clicked.connect(self._shuffle_epochs)
        self.locked.asked.connect(self._look)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show the split, and how many rows each part has."""
        split, self._prepared = document.data.split, prepared
        dev, test = round(100 * split.validation), round(100 * split.test)
        shares = (100 - dev - test, dev, test)
        self.presets.setCurrentIndex(PRESETS.index(shares) if shares in PRESETS and not split.is_listed else -1)
        for slider, share in ((self.dev, dev), (self.test, test)):
            if not slider.slider.isSliderDown():
                slider.set_value(share)
        self.seed.show_value(split.seed)
        self.seed.setEnabled(split.shuffle)
        self.shuffle.setChecked(split.shuffle)
        self.stratify.setChecked(split.stratify)
        self.stratify.setVisible(prepared is not None and prepared.dataset.task != "regression")
        self.again.setChecked(document.training.shuffle)
        self.again.setVisible(document.subject == "network")
        self.locked.setVisible(document.subject == "network")
        self._say(split)
        if prepared is not None:
            self.sizes.show_parts(prepared)
        self._show_lock()

    def _say(self, split: SplitSpec) -> None:
        """Say where rows were not drawn by shares."""
        self.note.setText(tr("The rows held out are listed one by one; moving a share deals all of them anew."))
        self.note.setVisible(split.is_listed)

    def show_frame(self, frame: Frame) -> None:
        """Show what a look has found."""
        is_news = self._frame is None or frame.estimate != self._frame.estimate
        self._frame = frame
        if is_news:
            self._show_lock()

    def _show_lock(self) -> None:
        prepared, session = self._prepared, self.context.session
        if prepared is not None:
            estimate = None if self._frame is None else self._frame.estimate
            is_classes = prepared.dataset.task != "regression"
            self.locked.show_state(len(prepared.test), session.test_looks, estimate, is_classes)

    @Slot()
    def _look(self) -> None:
        self.context.session.look_at_test()
        self._show_lock()

    @Slot(int)
    def _choose_preset(self, index: int) -> None:
        _, dev, test = PRESETS[index]
        self._split("", validation=dev / 100, test=test / 100)

    @Slot(float)
    def _move_dev(self, value: float) -> None:
        test = round(100 * self.context.session.document.data.split.test)
        self._split("data.split.validation", validation=min(value, MOST_HELD - test) / 100)

    @Slot(float)
    def _move_test(self, value: float) -> None:
        dev = round(100 * self.context.session.document.data.split.validation)
        self._split("data.split.test", test=min(value, MOST_HELD - dev) / 100)

    @Slot(int)
    def _reseed(self, value: int) -> None:
        self._split("", seed=value)

    @Slot(bool)
    def _use_shuffle(self, is_on: bool) -> None:
        self._split("", shuffle=is_on)

    @Slot(bool)
    def _use_stratify(self, is_on: bool) -> None:
        self._split("", stratify=is_on)

    @Slot(bool)
    def _shuffle_epochs(self, is_on: bool) -> None:
        self.edits.edit(_with_shuffle, tr("Shuffle in every epoch"), "", is_on)

    def _split(self, merge: str, **changes: object) -> None:
        self.edits.edit(_with_split, tr("Split"), merge, changes)

    def offers(self) -> tuple[Offer, ...]:
        """Offer the sizes of the parts."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put the sizes of the parts on the clipboard."""
        copy_plotted(self.sizes)


def _with_split(document: Document, changes: dict[str, object]) -> Document:
    return set_split(document, **changes)


def _with_shuffle(document: Document, is_on: bool) -> Document:
    return set_training(document, shuffle=is_on)
