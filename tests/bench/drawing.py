"""What drawing costs the window's thread: a frame of the canvas, the digits of a formula, a layout; in CPU time."""

from tests.bench.timing import Effort
from tests.bench.window import child
from tests.bench.workload import Row

LIMITS_MS = {
    "canvas frame, 2-8-6-4": 1.7,
    "canvas frame, 10 layers": 5.3,
    "digits of a formula": 2.0,
    "layout, 784-128-64-10": 16.0,
}


def drawing(effort: Effort) -> list[Row]:
    """Measure offscreen, each call to the end of its painting."""
    words = ("--rounds", str(effort.rounds), "--seconds", str(effort.seconds))
    found = child("drawing_child", {"QT_QPA_PLATFORM": "offscreen"}, *words)
    return [Row("drawing", name, found[name], "ms", must=must, is_limit=True) for name, must in LIMITS_MS.items()]
