"""Networks to train, each of which shows one thing as it learns, or where it does not: opened in Network."""

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.example import Example, written_table

BITS = 6
WAVES = 2.0  # the weight that fits


def two_minima() -> Document:
    """Return one weight in a sine, whose loss has a poor minimum near 0 and a good one near 2."""
    x = np.linspace(-3, 3, 16)
    noise = 0.2 * np.where(np.arange(16) % 2, 1.0, -1.0)
    data = written_table(np.round(x[:, None], 2), np.round(np.sin(WAVES * x) + noise, 2)[:, None])
    unit = dense("o", 1, chosen("formula", text="sin(z)"), bias=False, initializer=chosen("constant", value=0.0))
    plan = TrainingSpec(Choice("squared_error"), chosen("sgd", lr=0.2), batch_size=1, epochs=60)
    return Document(
        title=tr("Two minima on a line"), dtype="float64", data=data, training=plan,
        network=NetworkSpec((unit,), (InputSpec("x", (1,)),)),
    )  # fmt: skip


def parity() -> Document:
    """Return the parity of six bits and a network with one hidden layer of as many units (curriculum CON-11)."""
    layers = dense("h1", BITS, "tanh"), dense("o", 1, "sigmoid")
    plan = TrainingSpec(Choice("binary_cross_entropy"), chosen("adam", lr=0.01), batch_size=8, epochs=400)
    return Document(
        title=tr("Parity of six bits"), data=DataSpec("parity", {"bits": BITS}), training=plan,
        network=NetworkSpec(layers, (InputSpec("x", (BITS,)),)),
    )  # fmt: skip


def to_train() -> str:
    """Return the title of the menu that they stand in."""
    return tr("To &train")


TRAININGS: tuple[Example, ...] = (
    Example("two_minima", tr("Two &minima on a line"), tr("Run ▸ Vary ▸ Batch size and where it ends: who gets out?"),
            "networks", two_minima, "network", to_train()),
    Example("parity", tr("&Parity of six bits"), tr("Run ▸ Vary ▸ Depth and width: what do shallow and deep need?"),
            "networks", parity, "network", to_train()),
)  # fmt: skip
