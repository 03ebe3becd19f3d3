"""Play races in the Optimizers workspace and print how long frames and stalls last. Started by window.py."""

import json
import time
from collections.abc import Callable

from dlviz.core.choice import chosen
from dlviz.gui import application
from dlviz.gui.application import Running
from dlviz.session.document import Document
from dlviz.session.race import RaceSpec
from tests.bench.descents import OPTIMIZERS

SIZE = (1280, 720)
STEPS = 1000
FRAMES = 200
RUNNERS = tuple(each for each, _, _ in OPTIMIZERS)
LARGEST = RaceSpec(chosen("himmelblau"), RUNNERS * 2, steps=20_000, noise=20.0)  # as many and as long as can be
SETTLED = 60  # turns of the event loop in which everything is drawn
TURN_MS = 5


def play() -> dict[str, float]:
    """Show every fifth step of eight optimizers: surface, relief, heights, table and numbers."""
    running = application.open_window(size=SIZE)
    running.window.open_panels("optimizers")
    walk(running, RaceSpec(chosen("rosenbrock"), RUNNERS, steps=STEPS))
    player = running.window.context.race
    running.app.processEvents()
    took = []
    for frame in range(FRAMES):
        started = time.perf_counter()
        player.seek(frame * STEPS // FRAMES)
        running.app.processEvents()
        took.append(time.perf_counter() - started)
    longest = longest_stall(running)
    running.window.quit_without_questions()
    took.sort()
    return {"frames": FRAMES / sum(took), "p99": 1000 * took[int(0.99 * FRAMES)], "stall": 1000 * longest}


def walk(running: Running, spec: RaceSpec) -> float:
    """Have a race walked and shown; return the longest turn of the event loop until then, in seconds."""
    running.session.new(Document(race=spec))
    player, longest = running.window.context.race, 0.0
    while player.race is None or player.race.spec != spec:
        longest = max(longest, turn(running))
    return longest


def turn(running: Running) -> float:
    """Return how long one turn of the event loop takes, in seconds."""
    time.sleep(TURN_MS / 1000)
    started = time.perf_counter()
    running.app.processEvents()
    return time.perf_counter() - started


def longest_stall(running: Running) -> float:
    """Walk the largest race, resize the window, go to the end and back, and return the longest turn in seconds."""
    player, longest = running.window.context.race, walk(running, LARGEST)
    moves: tuple[Callable[[], None], ...] = (
        lambda: None, lambda: running.window.resize(SIZE[0] + 160, SIZE[1] + 90), player.end,
        lambda: player.look_at(3), lambda: player.seek(LARGEST.steps // 2), lambda: running.window.resize(*SIZE),
    )  # fmt: skip
    for move in moves:
        started = time.perf_counter()
        move()
        longest = max(longest, time.perf_counter() - started, *(turn(running) for _ in range(SETTLED)))
    return longest


if __name__ == "__main__":
    print(json.dumps(play()))
