"""The profile of conventions, what it leaves to this document's loss and optimizer, and every single value."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.conventions import Conventions, conventions, profiles
from dlviz.gui.forms.plan import PlanForm
from dlviz.gui.forms.settings import ChoiceForm, Subject
from dlviz.gui.panel import Context
from dlviz.gui.widgets.choice_field import ChoiceField
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session import edits


def bracket_lines() -> tuple[str, ...]:
    """Say what the three brackets mean that textbooks put above letters."""
    return (
        tr("[l]  layer l: W[2] belongs to the second layer with weights"),
        tr("(i)  example i: x⁽³⁾ is the third row of the batch"),
        tr("{t}  mini-batch t: X{5} are the rows of the fifth update"),
    )  # fmt: skip


class ConventionsForm(PlanForm):
    """subjects: the parts of the plan whose own settings stand before those of the profile."""

    def __init__(self, context: Context, subjects: tuple[Subject, ...], parent: QWidget | None = None) -> None:
        self._subjects = subjects
        super().__init__(context, parent)

    @property
    def _now(self) -> Conventions:
        now: Conventions = self.context.session.document.conventions
        return now

    def fill(self, column: QVBoxLayout) -> None:
        """Put profile, own settings and single values into a column."""
        profile = ChoiceField("profile", profiles, Choice(self._now.profile), is_whole=True)
        profile.changed.connect(self._use_profile)
        column.addWidget(SectionHeader(tr("Conventions")))
        column.addWidget(profile)
        for subject in self._subjects:
            if any(subject.shows(hyper.name) for hyper in subject.entry(self.training).settings):
                column.addWidget(ChoiceForm(self.context, subject, with_kinds=False))
        words = {each.key: tr(each.title) for each in conventions}
        single = HyperForm(profiles.get(self._now.profile).settings, self._now.values, words=words)
        single.changed.connect(self._set)
        column.addWidget(SectionHeader(tr("Single values"), tr("where a document says nothing else")))
        column.addWidget(single)
        column.addWidget(SectionHeader(tr("Brackets above a letter")))
        for line in bracket_lines():
            column.addWidget(Text(line, "muted"))

    @Slot(str, object)
    def _use_profile(self, _name: str, chosen: Choice) -> None:
        self.change(tr("Change the conventions"), lambda d: edits.set_conventions(d, chosen.kind))

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        usual = {hyper.name: hyper.default for hyper in profiles.get(self._now.profile).settings}
        others = {key: each for key, each in self._now.own.items() if key != name}
        own = others if value == usual[name] else {**others, name: value}
        new = Conventions(self._now.profile, own)
        self.change(tr("Change a convention"), lambda d: edits.set_conventions(d, new))
