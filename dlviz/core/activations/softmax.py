"""Softmax: probabilities over the units of one example, at a temperature."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.activations.kind import Activation, Settings, activations
from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import floating


def _softmax_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    row, every = w.zeros(1, z.shape[1]), w.like(a)
    to_row, to_every = w.ones(1, len(z)), w.ones(len(z), 1)
    cooled = () if s["temperature"] == 1 else ((w.xp.divide, (a, w.constant(s["temperature"]), a)),)
    # Subtract the maximum over units first: exp overflows float32 beyond 88.
    # Products with ones sum and repeat rows three times as fast as a reduction and broadcasting.
    return (
        (z.max, (0, row[0])),
        (to_every.dot, (row, every)),
        (w.xp.subtract, (z, every, a)),
        *cooled,
        (w.xp.exp, (a, a)),
        (to_row.dot, (a, row)),
        (to_every.dot, (row, every)),
        (w.xp.divide, (a, every, a)),
    )


def _softmax_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    row, every = w.zeros(1, z.shape[1]), w.like(a)
    to_row, to_every = w.ones(1, len(z)), w.ones(len(z), 1)
    cooled = () if s["temperature"] == 1 else ((w.xp.divide, (dz, w.constant(s["temperature"]), dz)),)
    return (
        (w.xp.multiply, (da, a, dz)),
        (to_row.dot, (dz, row)),
        (to_every.dot, (row, every)),
        (w.xp.subtract, (da, every, dz)),
        (w.xp.multiply, (a, dz, dz)),
        *cooled,
    )


def exponentials(z: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return e^(z/T), the numbers whose shares of their sum softmax is; inf where that overflows. Shapes: any."""
    with np.errstate(over="ignore"):
        return np.exp(np.array(z, dtype=np.float64) / temperature)


activations.add(
    Activation(
        "softmax", "Softmax", "softmax", r"\frac{e^{z_j/T}}{\sum_k e^{z_k/T}}", r"a_j(\delta_{jk} - a_k)/T",
        _softmax_forward, _softmax_backward,
        (
            floating(
                "temperature", 1.0, minimum=0, is_open_minimum=True, maximum=1e3, is_log=True,
                help="T: above 1 evens the probabilities out, below 1 sharpens them",
            ),
        ),
        low=0.0, high=1.0, is_elementwise=False, source="Bridle 1990; Hinton et al. 2015",
        derivation=(
            r"\frac{\partial}{\partial z_k} \frac{e^{z_j/T}}{S}",
            r"\frac{1}{T} \left(\frac{\delta_{jk}\,e^{z_j/T}}{S} - \frac{e^{z_j/T}\,e^{z_k/T}}{S^2}\right)",
            r"\frac{1}{T}\,a_j\left(\delta_{jk} - a_k\right)",
        ),
    )
)  # fmt: skip
