"""W3, W4 and W9: ReLU classifiers with softmax cross-entropy and Adam, in float32."""

from collections.abc import Callable
from itertools import chain, cycle

import numpy as np
from numpy.typing import NDArray

from dlviz.core.execute import run_flat
from dlviz.session.trainer import Trainer
from tests.bench import datasets, ours, textbook, torch_peer
from tests.bench.timing import Contender, Effort, cpu_seconds, interleave, paired_ratio
from tests.bench.workload import COMPILED, OURS, Row, Workload

DIGITS_SIZES, DIGITS_BATCH = (64, 32, 10), 32
IMAGE_SIZES, IMAGE_BATCH, IMAGE_CHUNK = (784, 256, 128, 10), 128, 10
RING_STEPS = 64
MANY_STEPS = 2000  # after so many, moments of dead units reach the denormal range


def w3(effort: Effort) -> list[Row]:
    """64-32-10 on the digits, batch 32."""
    inputs, labels = datasets.digits()
    n_steps = -(-len(inputs) // DIGITS_BATCH)
    plain = textbook.ReluClassifier(DIGITS_SIZES)

    def own(name: str) -> Contender:
        trainer = ours.classifier(DIGITS_SIZES, inputs, labels, DIGITS_BATCH)
        return Contender(name, ours.steps(trainer, n_steps), n_steps)

    found = [
        own(OURS),
        Contender("textbook", lambda: textbook.epoch(plain.step, inputs, labels, DIGITS_BATCH), n_steps),
    ]
    if ours.has_numba():
        with ours.compiled():
            found.append(own(COMPILED))
    if torch_peer.is_installed():
        machine = torch_peer.classifier(DIGITS_SIZES)
        found.append(Contender(torch_peer.NAME, torch_peer.epoch(*machine, inputs, labels, DIGITS_BATCH), n_steps))
    targets = {"textbook": 2.6, torch_peer.NAME: 10}
    return Workload("W3", "steps/s", tuple(found), targets, targets).measure(effort)


def w4(effort: Effort) -> list[Row]:
    """784-256-128-10 on 60 000 random images, batch 128; also against its matrix products alone."""
    inputs, labels = datasets.random_images()
    trainer = ours.classifier(IMAGE_SIZES, inputs, labels, IMAGE_BATCH)
    found = [
        Contender(ours.NAME, ours.steps(trainer, IMAGE_CHUNK), IMAGE_CHUNK),
        Contender("textbook", textbook_steps(inputs, labels), IMAGE_CHUNK),
        Contender("products alone", products(IMAGE_SIZES, IMAGE_BATCH)),
    ]
    if torch_peer.is_installed():
        call = torch_peer.steps(torch_peer.classifier(IMAGE_SIZES), inputs, labels, IMAGE_BATCH, IMAGE_CHUNK)
        found.append(Contender(torch_peer.NAME, call, IMAGE_CHUNK))
    targets = {"products alone": 0.6, torch_peer.NAME: 1.2}
    rows = Workload("W4", "steps/s", tuple(found), targets).measure(effort)
    return [*rows, endurance(inputs, labels)]


def textbook_steps(inputs: NDArray, labels: NDArray) -> Callable[[], None]:
    """Return a call of some textbook steps on random batches."""
    plain, dice = textbook.ReluClassifier(IMAGE_SIZES), np.random.default_rng(0)

    def train() -> None:
        for _ in range(IMAGE_CHUNK):
            rows = dice.integers(0, len(inputs), IMAGE_BATCH)
            plain.step(inputs[rows], labels[rows])

    return train


def products(sizes: tuple[int, ...], batch: int) -> Callable[[], None]:
    """Return a call of the matrix products that one step needs and nothing else: the limit on one core."""
    dice = np.random.default_rng(0)
    activations = [dice.random((units, batch), dtype=np.float32) for units in sizes]
    layers = [(w, np.empty_like(w)) for w, _ in datasets.weights(sizes, "float32")]

    def step() -> None:
        for number, (weight, _) in enumerate(layers):
            weight.dot(activations[number], activations[number + 1])
        for number, (weight, gradient) in reversed(list(enumerate(layers))):
            activations[number + 1].dot(activations[number].T, gradient)
            if number:
                weight.T.dot(activations[number + 1], activations[number])
        for values in activations:
            values.fill(0.5)

    return step


def endurance(inputs: NDArray, labels: NDArray) -> Row:
    """Return the speed after 2000 steps by that of the first ones: denormal moments would halve it."""
    trainer = ours.classifier(IMAGE_SIZES, inputs[:2000], labels[:2000], IMAGE_BATCH)
    call = ours.steps(trainer, 100)
    call()
    early = cpu_seconds(call, 2)
    cpu_seconds(call, MANY_STEPS // 100)
    late = cpu_seconds(call, 2)
    return Row("W4", f"dlviz after {MANY_STEPS} steps", 200 / late, "steps/s", early / late, must=0.9)


class Ring:
    """The last 64 steps' parameters, gradients and activations, copied as they come."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        binding = trainer._batches.binding(0)
        kept = (binding.memory.vectors["theta"], binding.memory.vectors["grad"], binding.buffers._flat)
        self.slots = cycle([[(np.copyto, np.empty_like(array), array) for array in kept] for _ in range(RING_STEPS)])
        self.calls = trainer._batches._calls

    def run_epoch(self) -> None:
        """Train as the trainer does, with three copies more after every step."""
        self.trainer._arrange()
        steps = chain.from_iterable(zip(self.calls, self.slots, strict=False))
        run_flat(chain.from_iterable(steps))
        self.trainer._advance(self.trainer.batches_per_epoch)


def w9(effort: Effort) -> list[Row]:
    """W3 with every step recorded into a ring, by W3 itself."""
    inputs, labels = datasets.digits()
    n_steps = len(inputs) // DIGITS_BATCH  # whole batches only
    inputs, labels = inputs[: DIGITS_BATCH * n_steps], labels[: DIGITS_BATCH * n_steps]
    bare = ours.classifier(DIGITS_SIZES, inputs, labels, DIGITS_BATCH)
    ring = Ring(ours.classifier(DIGITS_SIZES, inputs, labels, DIGITS_BATCH))
    contenders = (
        Contender("bare", ours.steps(bare, n_steps), n_steps),
        Contender("ring", ring.run_epoch, n_steps),
    )
    rates = interleave(contenders, effort)
    cost = 100 * (paired_ratio(rates, "bare", "ring") - 1)
    return [Row("W9", "recording every step costs", cost, "%", must=15, is_limit=True)]
