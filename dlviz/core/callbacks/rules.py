"""Stop rules and breakpoints: each pauses a run at the first batch after which it holds."""

import numpy as np

from dlviz.core.callbacks.kind import MONITORS, Callback, Look, Seen, Settings, callbacks
from dlviz.core.callbacks.progress import MIN_DELTA, PATIENCE, stale
from dlviz.core.hyper import choice, flag, floating, integer, text

BATCH: Look = "batch"
EPOCH: Look = "epoch"
EVERY = choice("every", BATCH, (BATCH, EPOCH), "asked after every batch, or at the end of epochs")
SCORE = choice("monitor", "train_score", ("train_score", "validation_score"), "accuracy, or R² for values, of all rows")
MONITOR = choice("monitor", "validation_loss", MONITORS, "what should get better")
LIMIT = 1e300
STOPPING = "Bishop 1995, chapter 7"  # lists when training is stopped: a count, a small error, one that changes little


def _dies(seen: Seen, settings: Settings) -> bool:
    """Say whether a unit is 0 or below for every training row, so that a ReLU lets no gradient through."""
    silent = np.all(seen.activations(settings["layer"]) <= 0, axis=1)
    unit = settings["unit"]
    return bool(silent[unit - 1] if unit else silent.any())


callbacks.add(
    Callback(
        "stop_epoch", "Stop after an epoch", r"e = n", "epoch {epoch} is done", lambda settings: EPOCH,
        lambda seen, settings: seen.epochs >= settings["epoch"],
        settings=(integer("epoch", 10, minimum=1, maximum=10**9, help="how many epochs are trained"),),
        source=STOPPING,
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "loss_below", "Stop at a small loss", r"L < l", "the loss of the batch is below {value:g}",
        lambda settings: "losses", holds_at=lambda losses, settings: losses < settings["value"],
        settings=(floating("value", 0.01, minimum=-LIMIT, maximum=LIMIT, help="loss of one batch, before its update"),),
        source=STOPPING,
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "loss_above", "Stop at a large loss", r"L > l", "the loss of the batch is above {value:g}",
        lambda settings: "losses", holds_at=lambda losses, settings: losses > settings["value"],
        settings=(floating("value", 1e6, minimum=-LIMIT, maximum=LIMIT, help="loss of one batch, before its update"),),
        source="Keras documentation: TerminateOnNaN; what is not finite always stops a run, this rule stops before",
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "score_above", "Stop at a high accuracy", r"s > l", "{monitor} is above {value:g}",
        lambda settings: settings["every"],
        lambda seen, settings: seen.monitor(settings["monitor"]) > settings["value"],
        settings=(SCORE, floating("value", 0.95, minimum=-LIMIT, maximum=LIMIT, help="of all rows"), EVERY),
        source=f"{STOPPING}, on the score instead of the error",
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "plateau", "Stop on a plateau", r"e - e_{best} \ge p",
        "{monitor} has not got better by {min_delta:g} for {patience} epochs", lambda settings: EPOCH,
        lambda seen, settings: stale(seen, settings) >= settings["patience"],
        settings=(choice("monitor", "train_loss", MONITORS, "what should get better"), PATIENCE, MIN_DELTA),
        source=STOPPING,
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "early_stopping", "Early stopping", r"e - e_{best} \ge p",
        "{monitor} has not got better by {min_delta:g} for {patience} epochs", lambda settings: EPOCH,
        lambda seen, settings: stale(seen, settings) >= settings["patience"],
        settings=(
            MONITOR, PATIENCE, MIN_DELTA,
            flag("restore_best", True, "go back to the end of the best epoch"),
        ),
        source="Prechelt 1998; Goodfellow, Bengio & Courville 2016, algorithm 7.1",
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "gradient_above", "Stop at a large gradient", r"\lVert \partial L / \partial w \rVert_2 > l",
        "the norm of the gradient is above {value:g}", lambda settings: BATCH,
        lambda seen, settings: seen.gradient_norm() > settings["value"],
        settings=(floating("value", 10.0, minimum=0, maximum=LIMIT, help="norm over all parameters, after clipping"),),
        source="Pascanu et al. 2013, section 3.2",
    )
)  # fmt: skip
callbacks.add(
    Callback(
        "unit_dies", "Stop where a unit dies", r"a_j(x) \le 0 \text{ for every } x",
        "a unit of {layer} is 0 for every training row", lambda settings: settings["every"], _dies,
        settings=(
            text("layer", "h", 64, help="id of the layer"),
            integer("unit", 0, minimum=0, maximum=10**6, help="which unit, from 1; 0 means any of them"), EVERY,
        ),
        source="Maas et al. 2013, section 2",
        because_one="unit {unit} of {layer} is 0 for every training row",
    )
)  # fmt: skip
