"""W8: one frame of a decision boundary, the W1 and W2 networks on 256 x 256 points, in float32."""

import ctypes
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dlviz.core.evaluate import Evaluator
from tests.bench import datasets, ours, torch_peer
from tests.bench.timing import Contender, Effort
from tests.bench.workload import Row, Workload

M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1  # of malloc.h
KEPT_BYTES = 2**24  # more than any array here
TEXTBOOK_TARGET = 5.0
TANH_SIZES = {"W8 W1": (2, 4, 2, 1), "W8 W2": (7, 8, 8, 8, 1)}
TORCH_TARGETS = {"W8 W1": 5.0, "W8 W2": 2.5}


def points(n_inputs: int) -> NDArray[np.float32]:
    """Return the grid's inputs, (65 536, n_inputs): x and y, and for W2 the features of the spiral."""
    found = np.ascontiguousarray(datasets.features(datasets.grid())[:, :n_inputs], dtype=np.float32)
    found.setflags(write=False)
    return found


def keep_the_heap() -> None:
    """Let the C library keep freed memory, or peers that make new arrays are timed by page faults, by chance."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, 2 * KEPT_BYTES)


def plain_script(sizes: tuple[int, ...]) -> float:
    """Return the frames per CPU second of the textbook's script in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.plain_map", ",".join(map(str, sizes))]
    return float(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)


def our_frame(sizes: tuple[int, ...], inputs: NDArray[np.float32]) -> Callable[[], object]:
    """Return a call of what draws the output map of the window."""
    spec = ours.network(sizes, "tanh", "tanh")
    evaluator = Evaluator(spec, dtype="float32")
    evaluator.load(ours.parameters(spec, sizes))
    return partial(evaluator.outputs, inputs)


def textbook_frame(sizes: tuple[int, ...], inputs: NDArray) -> Callable[[], object]:
    """Return the ordinary way: rows through the layers, in the dtype that NumPy gives by itself."""
    layers = [(w.T.copy(), b) for w, b in datasets.weights(sizes, str(inputs.dtype))]

    def evaluate() -> object:
        a = inputs
        for weight, bias in layers:
            a = np.tanh(a @ weight + bias)
        return a

    return evaluate


def race(key: str, effort: Effort) -> list[Row]:
    """Race the frames of one network."""
    sizes = TANH_SIZES[key]
    inputs = points(sizes[0])
    keep_the_heap()
    found = [
        Contender(ours.NAME, our_frame(sizes, inputs)),
        Contender("textbook, warm heap", textbook_frame(sizes, inputs.astype(np.float64))),
        Contender("textbook, float32", textbook_frame(sizes, inputs)),
    ]
    if torch_peer.is_installed():
        found.append(Contender(torch_peer.NAME, torch_peer.frame(sizes, inputs.copy())))
    rows = Workload(key, "frames/s", tuple(found), {torch_peer.NAME: TORCH_TARGETS[key]}).measure(effort)
    plain = plain_script(sizes)
    return [*rows, Row(key, "textbook script", plain, "frames/s", rows[0].figure / plain, TEXTBOOK_TARGET)]


def w8(effort: Effort) -> list[Row]:
    """Both networks."""
    return [row for key in TANH_SIZES for row in race(key, effort)]
