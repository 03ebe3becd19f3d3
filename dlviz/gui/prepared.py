"""The rows a session stands on, where it has any: a document's file may still wait to be opened."""

from typing import Any

from dlviz.core.errors import DlvizError
from dlviz.data.prepare import Prepared


def prepared_or_none(session: Any) -> Prepared | None:
    """Return the session's prepared rows, or None while they cannot be had."""
    try:
        prepared: Prepared | None = session.prepared
    except DlvizError:
        return None
    return prepared
