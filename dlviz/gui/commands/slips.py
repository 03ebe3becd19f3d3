"""Learn, Wrong on purpose: one entry for each mistake that a run can make, and one for none."""

from functools import partial

from PySide6.QtCore import QObject

from dlviz.core.slips import slips
from dlviz.gui.actions import Action
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document


class SlipCommand(QObject):
    """One mistake as an entry of the menu; the empty key stands for none."""

    def __init__(self, context: Context, key: str, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._key = context, key

    def action(self) -> Action:
        """Return the entry of the submenu."""
        entry = slips.get(self._key) if self._key else None
        tip = tr("{wrong} instead of {right}", wrong=entry.wrong, right=entry.right) if entry else tr("Compute rightly")
        return Action(
            f"slip_{self._key or 'none'}", tr(entry.title) if entry else tr("&Nothing"), self._make, "learn", tip=tip,
            is_checked=self._is_made, submenu=tr("Wrong on p&urpose"), group=1,
        )  # fmt: skip

    def _make(self) -> None:
        label = tr("mistake on purpose") if self._key else tr("no mistake")
        edit(self._context, label, partial(_with_slip, self._key or None))

    def _is_made(self) -> bool:
        slip = self._context.session.document.training.slip
        return bool(self._key == (slip.kind if slip else ""))


def _with_slip(key: str | None, document: Document) -> Document:
    return edits.set_slip(document, key)


def slip_actions(context: Context, parent: QObject) -> tuple[Action, ...]:
    """Return the entries of the submenu."""
    return tuple(SlipCommand(context, key, parent).action() for key in ("", *slips.keys()))
