"""Play a race in the Optimizers workspace and print how long its frames take. Started by window.py."""

import json
import time

from dlviz.core.choice import chosen
from dlviz.gui import application
from dlviz.session.document import Document
from dlviz.session.race import RaceSpec
from tests.bench.descents import OPTIMIZERS

SIZE = (1280, 720)
STEPS = 1000
FRAMES = 200


def play() -> dict[str, float]:
    """Show every fifth step of eight optimizers: surface, relief, heights, table and numbers."""
    running = application.open_window(size=SIZE)
    running.window.open_panels("optimizers")
    spec = RaceSpec(chosen("rosenbrock"), tuple(each for each, _, _ in OPTIMIZERS), steps=STEPS)
    running.session.new(Document(race=spec))
    player = running.window.context.race
    while player.race is None or player.race.spec != spec:
        running.app.processEvents()
    running.app.processEvents()
    took = []
    for frame in range(FRAMES):
        started = time.perf_counter()
        player.seek(frame * STEPS // FRAMES)
        running.app.processEvents()
        took.append(time.perf_counter() - started)
    running.window.quit_without_questions()
    took.sort()
    return {"frames": FRAMES / sum(took), "p99": 1000 * took[int(0.99 * FRAMES)]}


if __name__ == "__main__":
    print(json.dumps(play()))
