"""Random numbers addressed by (seed, what for, index …), never stateful.

Every draw is made from raw Philox words by the few lines below, so a result depends neither on
the order of draws nor on how a NumPy version turns words into numbers.
"""

import hashlib
import math
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

NORMALS_AT_ONCE = 200_000  # pairs, in 20 ms
WORDS_PER_BLOCK = 4  # one Philox counter value yields four 64-bit words


def _key(seed: int, purpose: str) -> NDArray[np.uint64]:
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)


def words(seed: int, purpose: str, count: int, first_block: int = 0) -> NDArray[np.uint64]:
    """Return count 64-bit words of the stream (seed, purpose), from the given block of four on."""
    generator = np.random.Philox(key=_key(seed, purpose), counter=first_block)
    return np.asarray(generator.random_raw(count), dtype=np.uint64)


def uniforms(seed: int, purpose: str, count: int) -> NDArray[np.float64]:
    """Return count numbers in [0, 1), from the upper 53 bits of each word."""
    return (words(seed, purpose, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normals(seed: int, purpose: str, count: int) -> NDArray[np.float64]:
    """Return count standard normal numbers (Box & Muller 1958)."""
    pairs = uniforms(seed, purpose, 2 * ((count + 1) // 2)).reshape(2, -1)
    radius = np.sqrt(-2.0 * np.log1p(-pairs[0]))
    angle = 2.0 * math.pi * pairs[1]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]


def normals_in_parts(
    seed: int, purpose: str, count: int, part: int = NORMALS_AT_ONCE
) -> Generator[None, None, NDArray[np.float64]]:
    """Return the same as `normals`, with a pause after every part."""
    half = (count + 1) // 2
    drawn = np.empty(2 * half)
    for first in range(0, half, part):
        last = min(first + part, half)
        radius = np.sqrt(-2.0 * np.log1p(-_uniforms_from(seed, purpose, first, last)))
        angle = 2.0 * math.pi * _uniforms_from(seed, purpose, half + first, half + last)
        drawn[first:last], drawn[half + first : half + last] = radius * np.cos(angle), radius * np.sin(angle)
        yield
    return drawn[:count]


def _uniforms_from(seed: int, purpose: str, first: int, last: int) -> NDArray[np.float64]:
    """Return the numbers first … last−1 of `uniforms`."""
    block, before = divmod(first, WORDS_PER_BLOCK)
    raw = words(seed, purpose, before + last - first, block)[before:]
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


class Stream:
    """Random numbers of one purpose, addressed by an index such as the number of a batch.

    One generator is kept and re-positioned: making one costs more than a step of a small network.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._generator = np.random.Philox(key=_key(seed, purpose))
        self._state = self._generator.state

    def uniforms(self, index: int, count: int) -> NDArray[np.float64]:
        """Return count numbers in [0, 1); those of one index never meet those of another."""
        only: NDArray[np.float64] = self.rows([index], count)[0]
        return only

    def rows(self, indices: Sequence[int], count: int) -> NDArray[np.float64]:
        """Return what `uniforms` gives for each index, (m, count)."""
        raw = np.empty((len(indices), count), dtype=np.uint64)
        for place, index in enumerate(indices):
            # Philox counts in four words: the lowest runs with the draws, the next one is the index.
            self._state["state"]["counter"][:] = (0, index, 0, 0)
            self._state["buffer_pos"] = WORDS_PER_BLOCK
            self._generator.state = self._state
            raw[place] = self._generator.random_raw(count)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def permutations(seed: int, purpose: str, n: int, first: int, count: int) -> NDArray[np.intp]:
    """Return rows first … first+count−1 of an endless table of permutations of n, shape (count, n).

    Each row has its own stretch of the stream, so row e is the same whoever asks for it.
    """
    blocks = -(-n // WORDS_PER_BLOCK)
    raw = words(seed, purpose, count * blocks * WORDS_PER_BLOCK, first * blocks)
    # Two equal words of 64 bits practically never meet, so the fast sort gives the same as a stable one.
    return np.argsort(raw.reshape(count, -1)[:, :n], axis=1)


def draws(seed: int, purpose: str, n: int, first: int, count: int) -> NDArray[np.intp]:
    """Return rows first … first+count−1 of an endless table of draws with replacement of 0 … n−1, (count, n).

    Each row has its own stretch of the stream, as in `permutations`.
    """
    blocks = -(-n // WORDS_PER_BLOCK)
    raw = words(seed, purpose, count * blocks * WORDS_PER_BLOCK, first * blocks)
    shares = (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return (shares.reshape(count, -1)[:, :n] * n).astype(np.intp)
