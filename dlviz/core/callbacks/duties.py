"""What is written while a run trains: its best parameters, and its numbers. Neither stops it."""

from dlviz.core.callbacks.kind import MONITORS, Callback, callbacks
from dlviz.core.hyper import choice, integer

CHECKPOINT, LOG = "model_checkpoint", "log"
BEST, ALL = "best", "every"

callbacks.add(
    Callback(
        CHECKPOINT, "Save the model while it trains", r"\theta_{e^*}", "", lambda settings: "epoch",
        settings=(
            choice("keep", BEST, (BEST, ALL), "the best epoch, or every so many epochs the last one"),
            choice("monitor", "train_loss", MONITORS, "what makes an epoch the best"),
            integer("epochs", 1, minimum=1, maximum=10**9, help="how often the last one is saved"),
        ),
        source="Keras documentation: ModelCheckpoint",
    )
)  # fmt: skip
callbacks.add(
    Callback(
        LOG, "Log of the run", r"(e, t, L, \ldots)", "",
        lambda settings: "losses" if settings["every"] == "batch" else "epoch",
        settings=(choice("every", "epoch", ("epoch", "batch"), "one line an epoch, or a batch"),),
        source="Keras documentation: CSVLogger",
    )
)  # fmt: skip
