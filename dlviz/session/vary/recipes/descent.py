"""Recipes about descent: the rate, momentum, optimizers, and how many rows an update looks at."""

from dlviz.core.choice import Choice, chosen
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_training
from dlviz.session.prepared import known_prepared
from dlviz.session.race import RaceSpec, first_rate
from dlviz.session.vary.recipes.kind import Recipe, batches_per_epoch, never, recipes, usual_length
from dlviz.session.vary.spec import Experiment, Varied

LOWEST_RATE, HIGHEST_RATE = 1e-6, 10.0  # between which the rate finder looks
SWEEP_STEPS = 300  # about: whole epochs of them
RATES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)  # times the document's own
MOMENTA = (0.0, 0.5, 0.9)
COMPARED = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
MINI_BATCH = 32  # rows, where a document has none of its own
MODE_EPOCHS = 30
CHANCES = 20  # seeds with which luck is judged
SMALL_BATCH = 8


def _rate_finder(document: Document) -> Experiment:
    epochs = max(round(SWEEP_STEPS / batches_per_epoch(document)), 1)
    plan = document.training
    optimizer = Choice(plan.optimizer.kind, {**plan.optimizer.settings, "lr": LOWEST_RATE})
    sweep = chosen("rate_sweep", epochs=epochs, factor=HIGHEST_RATE / LOWEST_RATE)
    base = set_training(document, optimizer=optimizer, schedule=sweep, callbacks=())
    return Experiment(base, length=epochs, recipe="rate_finder")


recipes.add(
    Recipe(
        "rate_finder", "Find a learning rate",
        "The rate grows from batch to batch within one run; the loss against it shows where it learns and breaks.",
        _rate_finder, never, ("rate", "curves", "table"), "Smith 2017, section 3.3",
    )
)  # fmt: skip


def _no_momentum(document: Document) -> str:
    entry = optimizers.get(document.training.optimizer.kind)
    if any(hyper.name == "momentum" for hyper in entry.settings):
        return ""
    return tr("{optimizer} has no setting called momentum; choose gradient descent with momentum.",
              optimizer=tr(entry.title))  # fmt: skip


def _rate_momentum(document: Document) -> Experiment:
    lr = lr_of(document.training.optimizer)
    rates = tuple(float(f"{lr * factor:.3g}") for factor in RATES)
    varied = (Varied("training.optimizer.lr", rates), Varied("training.optimizer.momentum", MOMENTA))
    return Experiment(document, varied, length=usual_length(document), recipe="rate_momentum")


recipes.add(
    Recipe(
        "rate_momentum", "Rate and momentum",
        "Every rate with every momentum: which of them learn, and along which line they break.",
        _rate_momentum, _no_momentum, ("heat_map", "setting", "band", "table"), "Goh 2017, Why momentum really works",
    )
)  # fmt: skip


def compared_optimizers(document: Document) -> tuple[Choice, ...]:
    """Return the document's own optimizer as it is, and the usual others at a rate to begin with."""
    own = document.training.optimizer
    on_network = RaceSpec(on="network")
    others = (chosen(kind, lr=first_rate(on_network, kind)) for kind in COMPARED if kind != own.kind)
    return (own, *others)


def _optimizers(document: Document) -> Experiment:
    varied = (Varied("training.optimizer", compared_optimizers(document)),)
    return Experiment(document, varied, length=usual_length(document), recipe="optimizers")


recipes.add(
    Recipe(
        "optimizers", "Optimizers on this network",
        "All begin at the same weights and meet the same batches; losses, times and gradient evaluations side by side.",
        _optimizers, never, ("curves", "table", "setting"), "Schmidt, Schneider & Hennig 2021",
    )
)  # fmt: skip


def _rows(document: Document) -> int:
    prepared = known_prepared(document)
    return 0 if prepared is None else len(prepared.train)


def _few_rows(document: Document) -> str:
    return "" if _rows(document) > 2 else tr("Batches need more than two rows to train on.")


def _modes(document: Document) -> Experiment:
    n = _rows(document)
    own = document.training.batch_size
    mini = own if 1 < own < n else min(MINI_BATCH, max(n // 2, 2))
    varied = (Varied("training.batch_size", (1, mini, n)),)
    return Experiment(document, varied, length=MODE_EPOCHS, recipe="modes")


recipes.add(
    Recipe(
        "modes", "Online, mini-batch, batch",
        "The same epochs with one row, a few, or all rows an update: by updates and by time, which are not the same.",
        _modes, _few_rows, ("time", "curves", "setting", "table"), "Goodfellow, Bengio & Courville 2016, section 8.1.3",
    )
)  # fmt: skip


def _luck(document: Document) -> Experiment:
    n = _rows(document)
    sizes = tuple(dict.fromkeys((1, min(SMALL_BATCH, max(n // 2, 1)), n)))
    seeds = tuple(range(document.seed + 1, document.seed + 1 + CHANCES))
    varied = (Varied("training.batch_size", sizes),)
    return Experiment(document, varied, seeds, length=usual_length(document), recipe="batch_luck")


recipes.add(
    Recipe(
        "batch_luck", "Batch size and where it ends",
        "Many starts for each batch size: noise can leave a bad minimum, but does not settle exactly in a good one.",
        _luck, _few_rows, ("setting", "curves", "table"), "Keskar et al. 2017",
    )
)  # fmt: skip
