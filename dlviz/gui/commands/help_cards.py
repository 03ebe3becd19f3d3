"""Help: a card about what networks are, and are for, in a window of its own."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from dlviz.gui.actions import Action
from dlviz.gui.help.card_window import CardWindow
from dlviz.gui.verbatim import in_menu
from dlviz.i18n import tr
from dlviz.session.help_cards import HelpCard, help_cards


class CardCommand(QObject):
    """One card as an entry of the menu; it is opened once, and comes to the front when it is asked for again."""

    def __init__(self, card: HelpCard, window: QWidget) -> None:
        super().__init__(window)
        self._card, self._window = card, window

    def action(self) -> Action:
        """Return the entry of the submenu."""
        tip = self._card.sentences[0] if self._card.sentences else self._card.title
        return Action(f"card_{self._card.key}", in_menu(self._card.title), self._open, "help", tip=tip,
                      submenu=tr("&Background"))  # fmt: skip

    def _open(self) -> None:
        opened = next((each for each in self._window.findChildren(CardWindow) if each.card == self._card), None)
        shown = opened or CardWindow(self._card, self._window)
        shown.show()
        shown.raise_()
        shown.activateWindow()


def card_actions(window: QWidget) -> tuple[Action, ...]:
    """Return an entry for every shipped card."""
    return tuple(CardCommand(card, window).action() for card in help_cards())
