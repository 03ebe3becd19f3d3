"""A choice that is a row of words where there is room for them, and a list to pull down where there is not."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.words import Words


class Choices(QWidget):
    """Choices by key and word; both forms of them always say the same."""

    chosen = Signal(str)  # by the user

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.list = Words(name, choices), QComboBox()
        describe(self.list, name)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addWidget(self.words)
        layout.addWidget(self.list)
        layout.addStretch(1)
        self._use_theme(current())
        self.set_choices(choices)
        self.words.chosen.connect(self._take)
        self.list.activated.connect(self._pull)
        theme_signals.changed.connect(self._use_theme)

    def key(self) -> str:
        """Return the key of the choice taken."""
        return self.words.key()

    def keys(self) -> list[str]:
        """Return the keys that can be chosen."""
        return [str(self.list.itemData(index)) for index in range(self.list.count())]

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer other choices, by key and word, without telling anybody."""
        self.words.set_choices(choices)
        self.list.clear()
        for key, word in choices:
            self.list.addItem(word, key)
        self._fit()

    def set_key(self, key: str) -> None:
        """Take the choice of this key without telling anybody."""
        self.words.set_key(key)
        self.list.setCurrentIndex(self.list.findData(key))

    def choose(self, key: str) -> None:
        """Take the choice of this key as the user does."""
        self.set_key(key)
        self.chosen.emit(key)

    @Slot(str)
    def _take(self, key: str) -> None:
        self.choose(key)

    @Slot(int)
    def _pull(self, index: int) -> None:
        self.choose(str(self.list.itemData(index)))

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.list.setFont(font("small"))
        self._fit()

    def _fit(self) -> None:
        has_room = self.words.sizeHint().width() <= self.width()
        self.words.setVisible(has_room)
        self.list.setVisible(not has_room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the words where they have room."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return the room of the words."""
        return QSize(self.words.sizeHint().width(), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room of the list; both are as high, so that changing over moves nothing."""
        return QSize(16 * GRID, max(self.words.sizeHint().height(), self.list.sizeHint().height()))
