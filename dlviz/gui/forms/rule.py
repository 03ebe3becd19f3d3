"""The form of a learning rule: which one, and its settings."""

from dataclasses import dataclass

from dlviz.core.choice import Choice
from dlviz.core.rules import rules
from dlviz.gui.forms.settings import Subject
from dlviz.gui.panel import Context
from dlviz.i18n import tr
from dlviz.session.document import TrainingSpec
from dlviz.session.edits.subject import set_rule, set_rule_setting


@dataclass(frozen=True)
class RuleSubject(Subject):
    """The rule of the document, which stands beside the training plan."""

    context: Context | None = None

    def choice(self, training: TrainingSpec) -> Choice:
        """Return the rule in force."""
        assert self.context is not None
        found: Choice = self.context.session.document.rule
        return found


def rule_subject(context: Context) -> RuleSubject:
    """Return what a form of the rule edits."""
    entries = {entry.key: entry for entry in rules}
    return RuleSubject("rule", tr("Learning rule"), entries, _shows_all, set_rule, set_rule_setting, context=context)


def _shows_all(_name: str) -> bool:
    return True
