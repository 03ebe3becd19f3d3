"""The example that is looked at, among the points of a map."""

from dlviz.gui.panel import Context
from dlviz.session.messages import Frame


def row_looked_at(frame: Frame) -> int | None:
    """Return the row of the data that a walk looks at; None where no batch of a network is walked."""
    if frame.trace is None or frame.document.subject != "network":
        return None
    return int(frame.trace.rows[min(frame.sample, len(frame.trace.rows) - 1)])


def look_at_row(context: Context, frame: Frame | None, row: int) -> None:
    """Look at a row of the data, where the batch that is walked has it."""
    if frame is None or frame.trace is None:
        return
    found = (frame.trace.rows == row).nonzero()[0]
    if len(found) and int(found[0]) != frame.sample:
        context.session.look(int(found[0]))
