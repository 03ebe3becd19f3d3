"""Recipes about networks: how deep and wide, how they begin, what stands between the layers, what is penalised."""

from dlviz.core.choice import Choice, chosen
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.whole import has_chain, has_hidden_chain, has_weights
from dlviz.session.vary.recipes.kind import Recipe, recipes, seeds_from, usual_length
from dlviz.session.vary.settings import hidden_with
from dlviz.session.vary.spec import Experiment, Varied

DEPTHS, WIDTHS = (1, 2, 4), (2, 4, 8, 16)
STRENGTHS = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
RATES_OF_DROPOUT = (0.0, 0.1, 0.3, 0.5)
FASTER = (1.0, 4.0, 16.0)  # times the rate of the document
STDS = (0.01, 0.1, 1.0, 10.0)
BEGINNINGS = (
    chosen("normal", std=1.0), chosen("xavier_normal"), chosen("glorot_normal"), chosen("he_normal"), chosen("zeros"),
)  # fmt: skip
ACTIVATIONS = (Choice("sigmoid"), Choice("tanh"), Choice("relu"))


def _not_a_chain(document: Document) -> str:
    return "" if has_chain(document) else tr("Only a chain of layers can be made deeper as a whole.")


def _no_hidden(document: Document) -> str:
    if not has_chain(document):
        return tr("Only for a chain of layers.")
    return "" if has_hidden_chain(document) else tr("Give the network a hidden layer first.")


def _depth_width(document: Document) -> Experiment:
    varied = (Varied("network.depth", DEPTHS), Varied("network.*.units", WIDTHS))
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="depth_width")


recipes.add(
    Recipe(
        "depth_width", "Depth and width",
        "Few and many hidden layers with few and many units: what the same rows need.",
        _depth_width, _not_a_chain, ("heat_map", "setting", "curves", "table"), "Telgarsky 2016",
    )
)  # fmt: skip


def _strength(document: Document) -> Experiment:
    varied = (Varied("network.strength", STRENGTHS, scale="log"),)
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="strength")


def _no_weights(document: Document) -> str:
    return "" if has_weights(document) else tr("No layer has weights that could be penalised.")


recipes.add(
    Recipe(
        "strength", "How strong the penalty is",
        "λ from none to too much: the training loss only rises, the dev loss says which one to take.",
        _strength, _no_weights, ("setting", "curves", "table"), "Hastie, Tibshirani & Friedman 2009, section 3.4",
    )
)  # fmt: skip


def _initializers(document: Document) -> Experiment:
    varied = (Varied("network.*.initializer", BEGINNINGS),)
    return Experiment(document, varied, length=usual_length(document), recipe="initializers")


def _no_initializer(document: Document) -> str:
    return "" if hidden_with(document, "initializer") else tr("Give the network a hidden layer first.")


recipes.add(
    Recipe(
        "initializers", "How the weights begin",
        "Five rules for first weights: how large activations are in every layer, beside theory, and how it learns.",
        _initializers, _no_initializer, ("layers", "curves", "table"), "Glorot & Bengio 2010; He et al. 2015",
    )
)  # fmt: skip


def _scales(document: Document) -> Experiment:
    varied = (Varied("network.*.initializer", tuple(chosen("normal", std=std) for std in STDS)),)
    return Experiment(document, varied, length=usual_length(document), recipe="scales")


recipes.add(
    Recipe(
        "scales", "First weights too small, too large",
        "From 0.01 to 10: large ones saturate units of sigmoid or tanh at once, and the loss stops falling.",
        _scales, _no_initializer, ("layers", "curves", "setting", "table"), "Glorot & Bengio 2010",
    )
)  # fmt: skip


def _batch_norm(document: Document) -> Experiment:
    lr = document.training.optimizer.settings.get("lr")
    rates = (
        () if lr is None else (Varied("training.optimizer.lr", tuple(float(f"{lr * each:.3g}") for each in FASTER)),)
    )
    varied = (*rates, Varied("network.batch_norm", (False, True)))
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="batch_norm")


recipes.add(
    Recipe(
        "batch_norm", "With and without batch norm",
        "The same network at its rate and at larger ones, with batch norm behind every hidden layer and without.",
        _batch_norm, _no_hidden, ("setting", "curves", "heat_map", "table"), "Ioffe & Szegedy 2015",
    )
)  # fmt: skip


def _dropout(document: Document) -> Experiment:
    varied = (Varied("network.dropout", RATES_OF_DROPOUT),)
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="dropout")


recipes.add(
    Recipe(
        "dropout", "With and without dropout",
        "Shares of hidden units that are dropped: the training loss rises, the dev loss may fall.",
        _dropout, _no_hidden, ("setting", "curves", "table"), "Srivastava et al. 2014",
    )
)  # fmt: skip


def _activations(document: Document) -> Experiment:
    varied = (Varied("network.*.activation", ACTIVATIONS),)
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="activations")


def _no_activation(document: Document) -> str:
    return "" if hidden_with(document, "activation") else tr("Give the network a hidden layer first.")


recipes.add(
    Recipe(
        "activations", "Sigmoid, tanh or ReLU",
        "All hidden layers with another activation: whose gradient reaches the first layer learns sooner.",
        _activations, _no_activation, ("curves", "setting", "table"), "Glorot, Bordes & Bengio 2011",
    )
)  # fmt: skip
