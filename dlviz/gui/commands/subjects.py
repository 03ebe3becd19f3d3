"""Learn: neurons, worked networks, learning rules, computation graphs and sheets, one entry for each example."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.panel import Context
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.image_presets import IMAGE_EXAMPLES
from dlviz.session.learning_presets import LEARNING
from dlviz.session.network_presets import NETWORKS
from dlviz.session.neuron_presets import NEURONS
from dlviz.session.race_presets import RACES
from dlviz.session.shape_presets import SHAPE_EXAMPLES
from dlviz.session.sheet_presets import sheet_examples
from dlviz.session.subject_presets import EXAMPLES, rule_on
from dlviz.session.training_presets import TRAININGS


class ExampleCommand(QObject):
    """One example as an entry of the menu; `show` opens its document in a workspace."""

    def __init__(self, example: Example, show: Callable[[Document, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._example, self._show = example, show

    def action(self) -> Action:
        """Return the entry of the submenu."""
        parts = {
            "neurons": tr("N&eurons"), "networks": networks_menu(), "rules": rules_menu(),
            "graphs": tr("Computation &graphs"), "sheets": tr("&Sheets"), "races": tr("Races of &optimizers"),
        }  # fmt: skip
        return Action(
            f"learn_{self._example.key}", self._example.title, self._open, "learn", tip=self._example.tip,
            submenu=parts[self._example.part], topic=self._example.topic,
        )  # fmt: skip

    def _open(self) -> None:
        self._show(self._example.make(), self._example.workspace)


class RuleOnData(QObject):
    """A rule on the rows of the document that is open."""

    def __init__(self, context: Context, show: Callable[[Document, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._show = context, show

    def action(self) -> Action:
        """Return the entry of the submenu."""
        return Action(
            "learn_rule_on_data", tr("On the &data shown now"), self._open, "learn",
            tip=tr("A learning rule on the rows of this document, as a document of its own"),
            submenu=rules_menu(),
        )  # fmt: skip

    def _open(self) -> None:
        try:
            self._show(rule_on(self._context.session.document), "step")
        except DlvizError as error:
            self._context.notify(error)


def networks_menu() -> str:
    """Return the title of the submenu of networks to work out by hand."""
    return tr("Worked &networks")


def rules_menu() -> str:
    """Return the title of the submenu of learning rules."""
    return tr("Learning &rules")


def example_actions(context: Context, show: Callable[[Document, str], None], parent: QObject) -> tuple[Action, ...]:
    """Return the entries of all submenus."""
    networks = (*NETWORKS, *SHAPE_EXAMPLES, *IMAGE_EXAMPLES, *TRAININGS, *LEARNING)
    listed = (*NEURONS, *networks, *EXAMPLES, *sheet_examples(), *RACES)
    examples = tuple(ExampleCommand(each, show, parent).action() for each in listed)
    return (*examples, RuleOnData(context, show, parent).action())
