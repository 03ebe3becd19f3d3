"""What the Step workspace says while there is no step to show."""

from dlviz.i18n import tr
from dlviz.session.messages import Frame


def invitation(frame: Frame | None) -> str:
    """Say how to come to a step: before the first one, between two passes, and while training runs on."""
    if frame is not None and frame.document.subject == "network" and not frame.document.network.layers:
        return tr("No layers yet. Add one, then step through it.")
    if frame is not None and frame.state == "running":
        return tr("Training. Space pauses; PgDn then computes one operation.")
    if frame is not None and frame.step > 0:
        return tr("Press PgDn to compute the next operation.")
    return tr("Press PgDn to compute the first operation.")
