"""Networks of images: 784-200-100-50-10 of curriculum EX-25, plain and with batch norm."""

from dataclasses import replace

from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.presets import document_for

IMAGES = tr("&Images")


def digits_784() -> Document:
    """Return ten classes of images of 28 × 28 pixels by 182 660 weights and biases (curriculum EX-25)."""
    return replace(document_for("digits_784"), title=tr("Digits 784, 200-100-50-10"))


def normalised_digits_784() -> Document:
    """Return the same network with batch norm between the sums and the activations of its hidden layers."""
    document = digits_784()
    layers: list[LayerSpec] = []
    for layer in document.network.layers:
        if layer is document.network.layers[-1]:
            layers.append(layer)
            continue
        activation = layer.settings["activation"]
        norm, bent = layer.id.replace("h", "bn"), layer.id.replace("h", "a")
        layers += [
            dense(layer.id, layer.settings["units"], "linear"),
            LayerSpec(norm, "batch_norm"),
            LayerSpec(bent, "activation", (), {"activation": activation}),
        ]
    network = NetworkSpec(tuple(layers), document.network.inputs)
    return replace(document, title=tr("Digits 784 with batch norm"), network=network)


IMAGE_EXAMPLES: tuple[Example, ...] = (
    Example("digits_784", tr("&Digits 784, 200-100-50-10"), tr("Images of 28 × 28 pixels, 182 660 weights and biases"),
            "networks", digits_784, "network", IMAGES),
    Example("digits_784_bn", tr("Digits 784 with &batch norm"), tr("The same, with batch norm in hidden layers"),
            "networks", normalised_digits_784, "network", IMAGES),
)  # fmt: skip
