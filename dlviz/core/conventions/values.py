"""The conventions themselves, in the order of the list: settings first, then how things are written."""

from dlviz.core.conventions.kind import define
from dlviz.core.hyper import choice, flag, floating, integer

_MOMENTS = ("adam", "adamw", "amsgrad")
_LABELS = ("hinge", "perceptron")
_ENTROPIES = ("binary_cross_entropy", "categorical_cross_entropy", "sparse_categorical_cross_entropy")
_EPOCH_SCHEDULES = ("inverse_time", "exponential", "staircase")
_WEIGHTS = ("layer.dense.initializer", "layer.conv2d.initializer")
_BIASES = ("layer.dense.bias_initializer", "layer.conv2d.bias_initializer")
_INITIALIZERS = (
    "xavier_normal", "xavier_uniform", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform",
    "fan_in_uniform", "normal", "uniform",
)  # fmt: skip


def _all(part: str, kinds: tuple[str, ...], setting: str) -> tuple[str, ...]:
    return tuple(f"{part}.{kind}.{setting}" for kind in kinds)


define(
    "CNV-01", "Momentum: what the velocity adds up",
    choice("momentum_form", "classical", ("classical", "ema"), "v = βv + g, or v = βv + (1 − β)g"),
    "optimizer.momentum.form",
)  # fmt: skip
define(
    "CNV-02", "Momentum: where the learning rate stands",
    choice("momentum_rate", "outside", ("outside", "inside"), "w −= lr·v, or v = βv + lr·g"),
    "optimizer.momentum.rate",
)  # fmt: skip
define(
    "CNV-03", "Nesterov momentum",
    choice("nesterov_form", "library", ("library", "look_ahead"), "rewritten as in libraries, or at the point ahead"),
    "optimizer.nesterov.form",
)  # fmt: skip
define(
    "CNV-04", "Adam: where epsilon stands",
    choice("adam_eps_place", "outside", ("outside", "inside", "hat"), "√v̂ + ε, √(v̂ + ε), or ε̂ beside the raw √v"),
    *_all("optimizer", _MOMENTS, "eps_place"),
)  # fmt: skip
define(
    "CNV-04", "RMSprop: where epsilon stands",
    choice("rmsprop_eps_place", "outside", ("outside", "inside"), "√s + ε, or √(s + ε)"),
    "optimizer.rmsprop.eps_place",
)  # fmt: skip
define(
    "CNV-05", "Adam: bias correction",
    flag("adam_bias_correction", True, "divide by 1 − βᵗ"), *_all("optimizer", _MOMENTS, "bias_correction"),
)  # fmt: skip
define(
    "CNV-06", "L2 penalty: what stands in front",
    choice("l2_scale", "sum", ("sum", "half", "mean"), "λΣw², λ/2·Σw², or λ/(2m)·Σw², the decay factor 1 − αλ/m"),
    "regularizer.l2.scale",
)  # fmt: skip
define(
    "CNV-07", "L1 penalty: what stands in front",
    choice("l1_scale", "sum", ("sum", "mean"), "λΣ|w|, or λ/m·Σ|w|"),
    "regularizer.l1.scale", "regularizer.elastic_net.scale",
)  # fmt: skip
define(
    "CNV-08", "Dropout: when activations are scaled",
    choice("dropout_form", "inverted", ("inverted", "classic"), "in training, or in use"), "layer.dropout.form",
)  # fmt: skip
define(
    "CNV-08", "Dropout: which probability is said",
    choice("dropout_probability", "drop", ("drop", "keep"), "of dropping a unit, or of keeping it"),
)  # fmt: skip
define(
    "CNV-09", "Batch norm: what momentum means",
    choice("batch_norm_momentum_is", "kept", ("kept", "taken"), "the share kept of the old statistics, or taken"),
    "layer.batch_norm.momentum_is",
)  # fmt: skip
define(
    "CNV-09", "Batch norm: momentum",
    floating("batch_norm_momentum", 0.9, minimum=0, maximum=1, help="as its meaning says"),
    "layer.batch_norm.momentum",
)  # fmt: skip
define(
    "CNV-09", "Batch norm: running variance",
    choice("batch_norm_variance", "biased", ("biased", "unbiased"), "of the batch divided by m, or by m − 1"),
    "layer.batch_norm.running_variance",
)  # fmt: skip
define(
    "CNV-09", "Batch norm: place",
    choice("batch_norm_place", "before", ("before", "after"), "before the activation, or after it"),
)  # fmt: skip
define(
    "CNV-10", "Squared loss: constant in front",
    floating("squared_loss_factor", 1.0, minimum=0, is_open_minimum=True, help="1, or ½ for a slope without 2"),
    "loss.squared_error.factor",
)  # fmt: skip
define(
    "CNV-10", "Squared loss: over the outputs of an example",
    choice("squared_loss_outputs", "sum", ("sum", "mean"), "summed, or averaged"), "loss.squared_error.outputs",
)  # fmt: skip
define(
    "CNV-10", "Squared loss: over examples",
    choice("squared_loss_reduction", "mean", ("mean", "sum"), "averaged, or summed"), "loss.squared_error.reduction",
)  # fmt: skip
define(
    "CNV-11", "Labels of hinge and perceptron loss",
    choice("margin_labels", "plus_minus_one", ("plus_minus_one", "zero_one"), "−1 and 1, or 0 and 1"),
    *_all("loss", _LABELS, "labels"),
)  # fmt: skip
define(
    "CNV-12", "Slope of the sigmoid",
    floating("sigmoid_slope", 1.0, minimum=0, is_open_minimum=True, maximum=100, help="a in 1/(1 + exp(−a·z))"),
    "activation.sigmoid.slope",
)  # fmt: skip
define(
    "CNV-13", "The step at 0",
    choice("step_at_zero", "1", ("0", "1"), "the value of a unit whose sum is exactly 0"), "activation.step.at_zero",
)  # fmt: skip
define(
    "CNV-14", "Derivative of ReLU at 0",
    choice("relu_slope_at_zero", "0", ("0", "1"), "both are right, being subgradients"),
    "activation.relu.slope_at_zero",
)  # fmt: skip
define(
    "CNV-15", "Temperature of a stochastic unit",
    floating("stochastic_temperature", 1.0, minimum=0, maximum=1e6, help="T in P = σ(v/T)"),
    "activation.stochastic.temperature",
)  # fmt: skip
define(
    "CNV-16", "Delta-bar-delta: memory of gradients",
    floating("delta_bar_delta_beta", 0.1, minimum=0, maximum=1, is_open_maximum=True, help="β of the rate's gain"),
    "optimizer.delta_bar_delta.beta",
)  # fmt: skip
define("CNV-17", "First weights", choice("weights", "glorot_uniform", _INITIALIZERS, "their distribution"), *_WEIGHTS)
define(
    "CNV-17", "First biases",
    choice("biases", "zeros", ("zeros", "fan_in_uniform", "normal", "uniform"), "their distribution"), *_BIASES,
)  # fmt: skip
define(
    "CNV-18", "Cross-entropy: over examples",
    choice("cross_entropy_reduction", "mean", ("mean", "sum"), "averaged, or summed"),
    *_all("loss", _ENTROPIES, "reduction"),
)  # fmt: skip
define(
    "CNV-18", "Binary cross-entropy: over the outputs of an example",
    choice("binary_cross_entropy_outputs", "sum", ("sum", "mean"), "summed, or averaged"),
    "loss.binary_cross_entropy.outputs",
)  # fmt: skip
define(
    "CNV-18", "Labels of classes",
    choice("class_labels", "one_hot", ("one_hot", "integer"), "a column for each class, or its number"),
)  # fmt: skip
define(
    "CNV-19", "Logarithm of a shown cross-entropy",
    choice("log_base", "e", ("e", "10", "2"), "gradients stay those of ln"), *_all("loss", _ENTROPIES, "base"),
)  # fmt: skip
define(
    "CNV-20", "Rows of a batch",
    choice("sampling", "without_replacement", ("without_replacement", "with_replacement"), "how they are drawn"),
)  # fmt: skip
define(
    "CNV-21", "Number of the first epoch of a schedule",
    integer("first_epoch", 0, minimum=0, maximum=1, help="the square-root schedule always counts from 1"),
    *_all("schedule", _EPOCH_SCHEDULES, "first_epoch"),
)  # fmt: skip
define("CNV-22", "Moving averages", flag("average_bias_correction", False, "divide by 1 − βᵗ"))
define(
    "CNV-23", "Gradient check: distance of a probe",
    floating("gradcheck_eps", 1e-5, minimum=1e-10, maximum=1e-1, is_log=True, help="ε in (L(w + ε) − L(w − ε))/2ε"),
)  # fmt: skip
define(
    "CNV-24", "How weights are written",
    choice(
        "weight_notation", "target_source", ("target_source", "source_target", "layer_bracket", "flat"),
        "w_ji with the target first, w_ij with the source first, W^[l], or w1, w2, …",
    ),
)  # fmt: skip
define(
    "CNV-24", "Letters of signals and errors",
    choice(
        "symbols", "standard", ("standard", "error_signal"),
        "z, a, y and L, or v, y, d, e and E with δ = −∂E/∂v",
    ),
)  # fmt: skip
define(
    "CNV-25", "How examples lie",
    choice("examples_as", "columns", ("columns", "rows"), "columns, z = W x + b, or rows, z = x Wᵀ + b"),
)  # fmt: skip
define(
    "CNV-26", "Letter of the learning rate", choice("rate_letter", "eta", ("eta", "alpha", "lambda"), "η, α or λ")
)  # fmt: skip
define(
    "CNV-27", "What an epoch is",
    choice("epoch_is", "pass", ("pass", "update"), "one pass over all rows, or one forward and backward pass"),
)  # fmt: skip
define("", "Significant digits", integer("digits", 4, minimum=3, maximum=10, help="of every number that is shown"))
define(
    "", "Decimal sign",
    choice(
        "decimal_sign", "point", ("point", "comma"),
        "0.5, or 0,5, in copied tables too, with ; between cells; both can be typed",
    ),
)  # fmt: skip
