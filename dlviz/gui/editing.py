"""Undoable edits that widgets ask for: a refusal is shown and changes nothing, its way out a click away."""

from collections.abc import Callable
from dataclasses import dataclass

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.notifications import WAY_OUT
from dlviz.gui.panel import Context
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import CurableError

Change = Callable[[Document], Document]
Done = Callable[[Document], None]


def nothing_more(before: Document) -> None:
    """Leave it at the edit."""


def edit(context: Context, label: str, change: Change, merge: str = "", done: Done = nothing_more) -> bool:
    """Make one undoable edit and say whether it was possible.

    done: called with the document as it was before, also when the way out of a refusal is taken later.
    """
    before = context.session.document
    try:
        context.session.edit(change(before), label, merge)
    except CurableError as error:
        way_out = WayOut(context, label, before, error.cured, done)
        context.notify(error, Action(WAY_OUT, error.title, way_out.take))
        return False
    except DlvizError as error:
        context.notify(error)
        return False
    done(before)
    return True


@dataclass(frozen=True)
class WayOut:
    """What was offered with a refusal, for the document that it was offered for."""

    context: Context
    label: str
    before: Document
    cured: Document
    done: Done

    def take(self) -> None:
        """Make the edit together with what was missing."""
        if self.context.session.document is self.before:
            edit(self.context, self.label, self._change, done=self.done)
        else:
            self.context.notify(tr("The network is another one by now. Make the change once more."))

    def _change(self, _document: Document) -> Document:
        return self.cured
