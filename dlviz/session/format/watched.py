"""What callbacks saw of a run, between its record and the saved state of a project file."""

import math
from typing import Any

from dlviz.core.callbacks import callbacks
from dlviz.session.files.envelope import WatchedPart, checked
from dlviz.session.format.choice import choice_from_json, choice_to_json
from dlviz.session.watcher import Stop, Watched

WATCHED = "watched"  # its key among a saved state's extras


def watched_to_json(watched: Watched, step: int) -> dict[str, Any]:
    """Write what was seen up to a step; {} where nothing was. Numbers that are not finite are null."""
    kept = watched.fork(step)
    if not kept.values and not kept.stops:
        return {}
    values = {
        str(at): {name: value if math.isfinite(value) else None for name, value in sorted(monitors.items())}
        for at, monitors in sorted(kept.values.items())
    }
    stops = [
        {"callback": choice_to_json(each.callback, callbacks), "step": each.step, "best_step": each.best_step}
        for each in kept.stops
    ]
    return {WATCHED: {"values": values, "stops": stops}}


def watched_from_json(data: Any) -> Watched:
    """Read what was seen. Raises: DocumentError, SpecError."""
    if data is None:
        return Watched()
    part = checked(WatchedPart, data, f"state.{WATCHED}")
    values = {
        int(at): {name: math.nan if value is None else value for name, value in monitors.items()}
        for at, monitors in part.values.items()
    }
    place = f"state.{WATCHED}.stops"
    stops = [Stop(choice_from_json(each.callback, callbacks, place), each.step, each.best_step) for each in part.stops]
    return Watched(values, stops)
