"""F1, F2 and F4: what one frame of the window shows of W1, W2 and W4 while they train flat out.

One epoch, the loss of training and dev rows, and every unit's map of 100 x 100 points.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import chosen
from dlviz.data.spec import SplitSpec
from dlviz.session.document import TrainingSpec
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.run import Run
from tests.bench import datasets, ours, textbook, torch_peer
from tests.bench.classifiers import IMAGE_BATCH, IMAGE_SIZES
from tests.bench.maps import keep_the_heap
from tests.bench.timing import Contender, Effort
from tests.bench.tiny_networks import LR, W1, W2, Task
from tests.bench.workload import COMPILED, OURS, Row, Workload

N_ROWS, N_TRAIN = 500, 250
TEXTBOOK_TARGET = 2.5
SIDE = 100
EXTENT = (-6.0, 6.0, -6.0, 6.0)
# TensorFlow Playground's milliseconds for the same, measured once under Node 20 on another machine.
PLAYGROUND_MS = {"F1": 3.0, "F2": 14.4}


@dataclass(frozen=True)
class Scene:
    """A task with held-out rows, as every contender gets it; draw makes (inputs, targets) of n rows."""

    key: str
    task: Task
    draw: Callable[[int], tuple[NDArray, NDArray]]

    @cached_property
    def rows(self) -> tuple[NDArray, NDArray]:
        """Inputs (500, d) and targets (500, 1); the first half trains."""
        return self.draw(N_ROWS)

    @cached_property
    def grid(self) -> NDArray[np.float64]:
        """The points of the maps with the task's features, (10 000, d)."""
        plane = datasets.grid(SIDE).astype(np.float64)
        return np.ascontiguousarray(datasets.features(plane)[:, : self.task.sizes[0]])


F1 = Scene("F1", W1, datasets.circles)
F2 = Scene("F2", W2, datasets.spiral_features)


def our_frame(scene: Scene) -> Callable[[], object]:
    """Return a call that trains an epoch and makes the frame, as the window's worker does."""
    sizes = scene.task.sizes
    data = replace(ours.table(*scene.rows), split=SplitSpec(validation=1 - N_TRAIN / N_ROWS))
    training = TrainingSpec(chosen("squared_error"), chosen("sgd", lr=LR), scene.task.batch)
    run = Run(ours.document(ours.network(sizes, "tanh", "tanh"), sizes, data, training, "float64"))
    maker = FrameMaker()
    maker.interest = Interest(frozenset({"maps"}), SIDE, SIDE, EXTENT)

    def frame() -> object:
        run.advance(run.trainer.batches_per_epoch)
        return maker.make(run, is_running=True)

    return frame


def textbook_frame(scene: Scene) -> Callable[[], object]:
    """Return the same in textbook NumPy."""
    plain, (x, y) = textbook.TanhNetwork(scene.task.sizes, LR), scene.rows
    halves = (x[:N_TRAIN], y[:N_TRAIN]), (x[N_TRAIN:], y[N_TRAIN:])
    train = partial(textbook.epoch, plain.step, *halves[0], scene.task.batch)

    def frame() -> object:
        train()
        losses = [plain.loss(*half) for half in halves]
        return losses, [values.T.reshape(-1, SIDE, SIDE) for values in plain.activations(scene.grid)]

    return frame


def contenders(scene: Scene) -> tuple[Contender, ...]:
    """Return ours, textbook NumPy and, where installed, PyTorch."""
    found = [
        Contender(OURS, our_frame(scene)),
        Contender("textbook", textbook_frame(scene)),
    ]
    if ours.has_numba():
        with ours.compiled():
            found.append(Contender(COMPILED, our_frame(scene)))
    if torch_peer.is_installed():
        call = torch_peer.playground_frame(scene.task.sizes, LR, scene.rows, N_TRAIN, scene.task.batch, scene.grid)
        found.append(Contender(torch_peer.NAME, call))
    return tuple(found)


def race(scene: Scene, effort: Effort) -> list[Row]:
    """Race the frames of one network."""
    keep_the_heap()
    rows = Workload(scene.key, "frames/s", contenders(scene), {"textbook": TEXTBOOK_TARGET}).measure(effort)
    return [*rows, Row(scene.key, "playground, as published", 1000 / PLAYGROUND_MS[scene.key], "frames/s")]


def large(effort: Effort) -> list[Row]:
    """How long the worker takes for a frame of W4 as the standard view wants it, without what has its own share.

    Then PAUSE times as long is trained.
    """
    run = Run(ours.classifier_document(IMAGE_SIZES, *datasets.random_images(), IMAGE_BATCH))
    maker = FrameMaker()
    maker.interest = Interest(frozenset({"curves", "health", "parameters", "peek", "predictions"}))
    maker.make(run, is_running=True)
    maker.aside()
    took = list[float]()
    for _ in range(10 * effort.rounds):
        run.advance(5)
        began = thread_time()
        maker.make(run, is_running=True)
        took.append(thread_time() - began - maker.aside())
    return [Row("F4", "a frame of W4, every tenth slower", 1000 * sorted(took)[int(0.9 * len(took))], "ms")]


def frames(effort: Effort) -> list[Row]:
    """Both networks, and the large one."""
    return [*itertools.chain.from_iterable(race(scene, effort) for scene in (F1, F2)), *large(effort)]
