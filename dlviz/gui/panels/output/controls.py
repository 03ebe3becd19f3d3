"""What spans the output map, two inputs or principal components, and whether it shows probabilities or their sums."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.data.principal_plane import LEAST_INPUTS, PrincipalPlane
from dlviz.gui.panels.output.fixed import FixedInputs
from dlviz.gui.panels.output.plane import (
    MAX_MAP_INPUTS,
    Held,
    axis_symbol,
    fixed_sentence,
    inputs_words,
    lost_sentence,
    share_words,
)
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.map_plane import PCA

AXES = "axes"
WAITING = "…"
MOST_TOLD = 40  # values of inputs that the tip names; a picture as a column of X has 12 288


class PlaneControls(QWidget):
    """Two inputs, or principal components, with a statement of what is fixed.

    quantity: the switch from probabilities to logits, for whoever holds these controls to place.
    """

    changed = Signal()  # by the user
    moved = Signal()  # another value of an input off the plane: points and axes stay

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        shown = ("probability", tr("probability")), ("logits", tr("logits"))
        self.quantity = Words(tr("What the map shows"), shown, parent=self)
        self.quantity.setToolTip(tr("Probabilities, or the sums that the last activation turns into them"))
        self.quantity.hide()
        self.spans = Words(tr("What spans the map"), ((AXES, tr("inputs")), (PCA, tr("PCA"))))
        self.spans.setToolTip(tr("Two inputs, or the two directions in which the training inputs spread most (PCA)"))
        self.shares = Elided("", "muted", "small")
        self.across, self.up = Chooser(), Chooser()
        describe(self.across, tr("Input across"), tr("Input along the horizontal axis of the map"))
        describe(self.up, tr("Input up"), tr("Input along the vertical axis of the map"))
        self.fixed, self.others = Elided("", "muted", "small"), FixedInputs()
        self.more = IconButton("chevron", tr("Move the other inputs"), tr("A slider for each input off the plane"), 20)
        self.more.setCheckable(True)
        self.more.toggled.connect(self.others.open)
        self.others.moved.connect(self._move)
        self._dataset: Dataset | None = None
        self._principal: PrincipalPlane | None = None
        self._lay_out()
        self.spans.chosen.connect(self._choose)
        self.quantity.chosen.connect(self._choose)
        self.across.activated.connect(self._choose)
        self.up.activated.connect(self._choose)

    def _lay_out(self) -> None:
        self._axes = QWidget()
        row = QHBoxLayout(self._axes)
        spaced(row)
        self._times = Text("×", "muted")
        for widget, stretch in ((self.across, 1), (self._times, 0), (self.up, 1), (self.shares, 1)):
            row.addWidget(widget, stretch)
        for chooser in (self.across, self.up):
            chooser.setMinimumContentsLength(6)
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        foot = QHBoxLayout()
        spaced(foot)
        foot.addWidget(self.spans)
        foot.addWidget(self.more)
        foot.addWidget(self.others.back)
        foot.addWidget(self.fixed, 1)
        layout.addWidget(self._axes)
        layout.addLayout(foot)
        layout.addWidget(self.others)

    def offer_logits(self, has_logits: bool) -> None:
        """Offer the switch where the last activation makes probabilities of sums."""
        if not has_logits:
            self.quantity.set_key("probability")
        self.quantity.setVisible(has_logits)

    def show_dataset(self, dataset: Dataset, means: tuple[float, ...]) -> None:
        """Offer the inputs of a data set; the choice is kept while the inputs stay the same.

        means: of every input over the training rows, at which those off the plane are held.
        """
        is_known = self._dataset is not None and self._dataset.input_names == dataset.input_names
        self._dataset = dataset
        self.others.show_dataset(dataset, means)
        self._principal = None
        if not is_known:
            self.spans.set_key(PCA if dataset.d > MAX_MAP_INPUTS else AXES)
            symbols = [axis_symbol(dataset, axis) for axis in range(dataset.d)]
            for chooser, index in ((self.across, 0), (self.up, 1)):
                chooser.clear()
                chooser.addItems(symbols)
                chooser.setCurrentIndex(min(index, dataset.d - 1))
        self._refresh()

    def use_plane(self, plane: str | tuple[int, int] | None) -> None:
        """Choose PCA or two inputs without telling anybody; None: what there is stays."""
        if plane is None:
            return
        self.spans.set_key(PCA if plane == PCA else AXES)
        if not isinstance(plane, str):
            self.across.setCurrentIndex(plane[0])
            self.up.setCurrentIndex(plane[1])
        self._refresh()

    def show_principal(self, principal: PrincipalPlane) -> None:
        """Say how much of the variance the plane holds."""
        self._principal = principal
        self._refresh()

    def show_inputs(self, values: Sequence[float] | None) -> None:
        """Say the inputs of a place on the plane of principal components; None: say what the plane fixes again."""
        if values is None or self._dataset is None:
            self._refresh()
            return
        self.fixed.setText(inputs_words(self._dataset, values, MOST_TOLD))

    @property
    def is_principal(self) -> bool:
        """Whether principal components span the map: those of more than two inputs."""
        return self._dataset is not None and self._dataset.d >= LEAST_INPUTS and self.spans.key() == PCA

    @property
    def axes(self) -> tuple[int, int]:
        """The two inputs that span the map."""
        return max(self.across.currentIndex(), 0), max(self.up.currentIndex(), 0)

    @property
    def values(self) -> tuple[float, ...]:
        """The value at which each input is held where it does not span the map."""
        return self.others.values

    @property
    def is_logits(self) -> bool:
        """Whether logits are wanted, not probabilities."""
        return self.quantity.key() == "logits"

    @Slot()
    def _choose(self, _choice: object = None) -> None:
        self._keep_apart()
        self._refresh()
        self.changed.emit()

    @Slot()
    def _move(self) -> None:
        self._refresh()
        self.moved.emit()

    def _keep_apart(self) -> None:
        """Two axes with the same input would be a line: move the other one on."""
        if self.across.currentIndex() == self.up.currentIndex():
            other = self.up if self.sender() is self.across else self.across
            other.setCurrentIndex((other.currentIndex() + 1) % max(other.count(), 1))

    def _refresh(self) -> None:
        is_map, is_principal = self._dataset is not None and self._dataset.d > 2, self.is_principal
        self._axes.setVisible(is_map)
        self.fixed.setVisible(is_map)
        self.spans.setVisible(is_map)
        for widget in (self.across, self._times, self.up, self.more):
            widget.setVisible(is_map and not is_principal)
        self.shares.setVisible(is_principal)
        self.others.setVisible(is_map and not is_principal and self.more.isChecked())
        self.others.show_axes(self.axes)
        self.others.back.setVisible(is_map and not self.others.are_means)
        if is_principal:
            self._say_principal()
        elif self._dataset is not None:
            dataset, held = self._dataset, Held(self.values, self.others.are_means)
            self.fixed.setText(fixed_sentence(dataset, self.axes, held))
            self.fixed.set_short(tr("{count} held", count=dataset.d - 2))
            self.fixed.setToolTip(fixed_sentence(dataset, self.axes, held, most=MOST_TOLD))
        for words in (self.fixed, self.shares):
            words.updateGeometry()  # which elided words do not ask for by themselves

    def _say_principal(self) -> None:
        if self._principal is None:
            self.shares.setText(WAITING)
            self.fixed.setText("")
            return
        self.shares.setText(share_words(self._principal))
        self.shares.set_short(share_words(self._principal, is_short=True))
        self.fixed.setText(lost_sentence(self._principal))
        self.fixed.set_short(lost_sentence(self._principal, is_short=True))
