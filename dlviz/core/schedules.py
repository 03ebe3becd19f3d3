"""Learning-rate schedules: the rate of every batch as a function of epoch and batch, and nothing else.

Time t is counted in epochs from `first_epoch`. A schedule that changes `per` epoch takes the number of the
epoch, one that changes per batch adds the share of the epoch that is done: t = epoch + batch / batches.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, choice, complete, floating, integer
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]

MOST_EPOCHS = 10**9


@dataclass(frozen=True)
class Schedule:
    """A schedule by its share: the factor of the optimizer's rate at time t, in epochs.

    formula is LaTeX of the rate at t, where η₀ is the rate of the optimizer.
    """

    key: str
    title: str
    formula: str
    share: Callable[[Settings, float], float]
    settings: tuple[Hyper, ...] = ()
    source: str = ""


schedules: Registry[Schedule] = Registry("schedule")


class Curve:
    """A schedule with its settings and the optimizer's rate.

    Raises: SpecError for an unknown schedule or setting.
    """

    def __init__(self, chosen: Choice, lr: float, place: str = "schedule") -> None:
        entry = schedules.get(chosen.kind, place)
        self._share = entry.share
        self._settings = complete(chosen.settings, entry.settings, place)
        self._lr = lr

    def rate(self, epoch: int, batch: int, batches: int) -> float:
        """Return the rate of a batch; epochs and batches count from 0, an epoch has so many batches."""
        done = batch / batches if self._settings.get("per") == "batch" else 0.0
        return self._lr * self._share(self._settings, self._settings.get("first_epoch", 0) + epoch + done)

    def rates(self, count: int, batches: int, first: int = 0) -> list[float]:
        """Return the rates of so many batches from the one numbered `first` on, as a plot shows them."""
        return [self.rate(*divmod(number, batches), batches) for number in range(first, first + count)]


def _counted(first: int = 0, per: str = "epoch") -> tuple[Hyper, Hyper]:
    """Declare where epochs begin to count, and how often the rate changes."""
    return (
        integer("first_epoch", first, minimum=first, maximum=MOST_EPOCHS, help="number of the first epoch"),
        choice("per", per, ("epoch", "batch"), "whether the rate changes at every epoch or at every batch"),
    )


def _length(default: int, help: str) -> Hyper:
    return integer("epochs", default, minimum=1, maximum=MOST_EPOCHS, unit="epochs", help=help)


def _between(start: float, end: float, share: float) -> float:
    """Return a number on the half cosine that leads from start to end."""
    return end + (start - end) * 0.5 * (1.0 + math.cos(math.pi * share))


def _constant(s: Settings, t: float) -> float:
    return 1.0


def _rate_sweep(s: Settings, t: float) -> float:
    return math.pow(s["factor"], min(t / s["epochs"], 1.0))


def _inverse_time(s: Settings, t: float) -> float:
    return 1.0 / (1.0 + float(s["decay"]) * t)


def _exponential(s: Settings, t: float) -> float:
    return math.pow(s["base"], t)


def _square_root(s: Settings, t: float) -> float:
    return float(s["k"]) / math.sqrt(t)


def _staircase(s: Settings, t: float) -> float:
    return math.pow(s["drop"], math.floor(t / s["every"]))


def _cosine(s: Settings, t: float) -> float:
    return _between(1.0, s["end"], min(t / s["epochs"], 1.0))


def _warm_up(s: Settings, t: float) -> float:
    return float(s["start"] + (1.0 - s["start"]) * min(t / s["epochs"], 1.0))


def _one_cycle(s: Settings, t: float) -> float:
    top, start = s["rise"] * s["epochs"], 1.0 / s["div"]
    if t < top:
        return _between(start, 1.0, t / top)
    return _between(1.0, start / s["final_div"], min((t - top) / (s["epochs"] - top), 1.0))


schedules.add(
    Schedule("constant", "Constant", r"\eta = \eta_0", _constant, source="Bottou, Curtis & Nocedal 2018, section 4.2")
)
schedules.add(
    Schedule(
        "inverse_time", "Inverse time", r"\eta = \frac{\eta_0}{1 + d \, t}", _inverse_time,
        (floating("decay", 0.1, minimum=0, maximum=1e6, is_log=True, help="d: the larger, the faster"), *_counted()),
        source="Robbins & Monro 1951",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "exponential", "Exponential", r"\eta = \eta_0 \, b^{t}", _exponential,
        (
            floating("base", 0.95, minimum=0, maximum=1, is_open_minimum=True, help="b: what an epoch leaves"),
            *_counted(),
        ),
        source="PyTorch documentation: ExponentialLR; curriculum EX-66",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "square_root", "Square root", r"\eta = \eta_0 \frac{k}{\sqrt{t}}", _square_root,
        (floating("k", 1.0, minimum=0, maximum=1e6, is_open_minimum=True, help="the share of epoch 1"), *_counted(1)),
        source="Nesterov 2004, section 3.2.3; epochs count from 1",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "staircase", "Staircase", r"\eta = \eta_0 \, q^{\lfloor t / s \rfloor}", _staircase,
        (
            floating("drop", 0.5, minimum=0, maximum=1, is_open_minimum=True, help="q: what every stair leaves"),
            integer("every", 10, minimum=1, maximum=MOST_EPOCHS, unit="epochs", help="s: length of a stair"),
            *_counted(),
        ),
        source="He et al. 2016, section 3.4; PyTorch documentation: StepLR",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "cosine", "Cosine",
        r"\eta = \eta_0 \left(e + (1 - e) \frac{1 + \cos(\pi \, t / T)}{2}\right),\; t \le T", _cosine,
        (
            _length(100, "T: when the end is reached; the rate then stays"),
            floating("end", 0.0, minimum=0, maximum=1, help="e: the share at the end"),
            *_counted(per="batch"),
        ),
        source="Loshchilov & Hutter 2017, eq. 5, without restarts",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "warm_up", "Warm-up", r"\eta = \eta_0 \left(a + (1 - a) \frac{t}{T}\right),\; t \le T", _warm_up,
        (
            _length(5, "T: when the whole rate is reached; it then stays"),
            floating("start", 0.1, minimum=0, maximum=1, help="a: the share at the start"),
            *_counted(per="batch"),
        ),
        source="Goyal et al. 2017, section 2.2",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "one_cycle", "One cycle",
        r"\eta: \frac{\eta_0}{d} \to \eta_0 \to \frac{\eta_0}{d \, f} \text{ along half cosines}", _one_cycle,
        (
            _length(100, "length of the cycle; the rate then stays"),
            floating("rise", 0.3, minimum=0, maximum=1, is_open_maximum=True, help="share of the cycle that rises"),
            floating("div", 25.0, minimum=1, maximum=1e9, is_log=True, help="d: how many times smaller the start is"),
            floating("final_div", 1e4, minimum=1, maximum=1e9, is_log=True, help="f: and the end below the start"),
            *_counted(per="batch"),
        ),
        source="Smith & Topin 2018, with cosines as in PyTorch",
    )
)  # fmt: skip
schedules.add(
    Schedule(
        "rate_sweep", "Rate sweep", r"\eta = \eta_0 \, g^{t / T},\; t \le T", _rate_sweep,
        (
            _length(10, "T: when the largest rate is reached; the rate then stays"),
            floating("factor", 1e4, minimum=1, maximum=1e12, is_log=True, help="g: how many times the rate grows"),
            *_counted(per="batch"),
        ),
        source="Smith 2017, section 3.3, growing by a factor as in Gugger 2018",
    )
)  # fmt: skip
