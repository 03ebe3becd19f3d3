"""What batch norm and layer norm share: sums, normalised values, scale and shift."""

from typing import TYPE_CHECKING

from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import flag, floating
from dlviz.core.initializers import Fan
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import ParameterSpec, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

EPS = floating(
    "eps", 1e-5, minimum=0, maximum=1, is_log=True, help="added to the variance, inside the root"
)  # fmt: skip
AFFINE = flag("affine", True, "scale by γ and shift by β")
ONES = Choice("constant", {"value": 1.0})
ZEROS = Choice("zeros")
CHOICES = {"activation": Choice("linear"), "gamma_initializer": ONES, "beta_initializer": ZEROS}
FORMULA = r"a = \phi(\gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta)"


def has_scale(layer: LayerSpec) -> bool:
    """Say whether γ and β scale and shift what was normalised."""
    return bool(layers.get(layer.kind).option(layer, "affine"))


def scale_and_shift_parameters(layer: LayerSpec, shape: Shape) -> tuple[ParameterSpec, ...]:
    """Return `id.gamma` and `id.beta` in the shape of what is normalised alike; nothing where it is left so."""
    if not has_scale(layer):
        return ()
    own, kind = layer.id, layers.get(layer.kind)
    return tuple(
        ParameterSpec(f"{own}.{name}", own, shape, Fan(1, 1), kind.option(layer, f"{name}_initializer"))
        for name in ("gamma", "beta")
    )


def slot(layer: LayerSpec) -> str:
    """Return the recorded name of the normalised values: ẑ, or z itself where no scale and shift follow."""
    return f"{layer.id}.z_hat" if has_scale(layer) else f"{layer.id}.z"


def letter(lowering: "Lowering", layer: LayerSpec) -> str:
    """Return the symbol of the normalised values."""
    return f"{'ẑ' if has_scale(layer) else 'z'}{lowering.number(layer.id)}"


def column(array: Array) -> Array:
    """Return a contiguous array as one column (size, 1)."""
    return array.reshape(-1, 1)


class Averages:
    """Means over the rows (axis 1) or over the columns (axis 0) of arrays (rows, columns)."""

    def __init__(self, w: Workspace, shape: Shape, axis: int) -> None:
        self._axis = axis
        self.count = shape[axis]
        # A product with ones sums several times as fast as a reduction.
        self._ones = w.ones(shape[1], 1) if axis else w.ones(1, shape[0])
        self._divide, self._by = w.xp.divide, w.constant(self.count)

    def total(self, values: Array, out: Array) -> Call:
        """Return the call that sums values into out, (rows, 1) or (1, columns)."""
        return (values.dot, (self._ones, out)) if self._axis else (self._ones.dot, (values, out))

    def mean(self, values: Array, out: Array) -> tuple[Call, Call]:
        """Return the calls that average values into out."""
        # Divided at the end: the mean of equal numbers is then that number itself.
        return self.total(values, out), (self._divide, (out, self._by, out))


def inverse_deviation(w: Workspace, variance: Array, eps: float, out: Array) -> Calls:
    """Return the calls that write 1/√(σ² + ε)."""
    return (
        (w.xp.add, (variance, w.constant(eps), out)),
        (w.xp.sqrt, (out, out)),
        (w.xp.reciprocal, (out, out)),
    )


def add_scale_and_shift(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step z = γ ẑ + β; every row has its own γ and β, or all units of an image row of channels."""
    own = layer.owner
    gamma, beta, z, z_hat = f"{own}.gamma", f"{own}.beta", f"{layer.id}.z", f"{layer.id}.z_hat"

    def emit(b: "Buffers") -> Calls:
        scale, shift = column(b.parameter(gamma)), column(b.parameter(beta))
        rows = len(scale)
        read, out = b[z_hat].reshape(rows, -1), b[z].reshape(rows, -1)
        return (b.xp.multiply, (read, scale, out)), (b.xp.add, (out, shift, out))

    number, shared = lowering.number(layer.id), lowering.number(own)
    formula = f"z{number} = γ{shared} ⊙ ẑ{number} + β{shared}"
    lowering.add(Instruction("forward", layer.id, "scale_shift", formula, (z_hat, gamma, beta), (z,), emit))


def add_scale_and_shift_gradient(lowering: "Lowering", layer: LayerSpec, adds: bool) -> None:
    """Add the step ∂L/∂γ = Σ δ ẑ and ∂L/∂β = Σ δ; a second use of the layer adds its own."""
    own, dz, z_hat = layer.owner, f"{layer.id}.dz", f"{layer.id}.z_hat"

    def emit(b: "Buffers") -> Calls:
        targets = parameter_gradients(b, layer)
        sums = kept_sums(b, layer, len(targets[0])) if adds else targets
        calls = row_sums(b, b[dz], b[z_hat], *sums)
        return (*calls, *((b.xp.add, (t, s, t)) for t, s in zip(targets, sums, strict=True))) if adds else calls

    sign, number = "+=" if adds else "=", lowering.number(layer.id)
    shared = lowering.number(own)
    formula = f"∂L/∂γ{shared} {sign} Σ δ{number} ⊙ ẑ{number}, ∂L/∂β{shared} {sign} Σ δ{number}"
    writes = (f"{own}.dgamma", f"{own}.dbeta")
    lowering.add(Instruction("backward", layer.id, "scale_shift_gradient", formula, (dz, z_hat), writes, emit))


def parameter_gradients(b: "Buffers", layer: LayerSpec) -> tuple[Array, Array]:
    """Return the gradients of γ and β as columns."""
    gamma, beta = (column(b.parameter_gradient(f"{layer.owner}.{name}")) for name in ("gamma", "beta"))
    return gamma, beta


def kept_sums(b: "Buffers", layer: LayerSpec, rows: int) -> tuple[Array, Array]:
    """Return the columns that keep Σ δ ẑ and Σ δ of this use of a layer, apart from its parameters' gradients."""
    products, errors = (column(b.fixed(f"{layer.id}.sum_{name}", rows)) for name in ("products", "errors"))
    return products, errors


def row_sums(b: "Buffers", errors: Array, z_hat: Array, of_products: Array, of_errors: Array) -> Calls:
    """Return the calls that sum δ ẑ and δ over everything that shares one γ and one β; outs (rows, 1)."""
    delta, normal = (each.reshape(len(of_products), -1) for each in (errors, z_hat))
    averages, products = Averages(b.workspace, delta.shape, 1), b.like(delta)
    return (
        averages.total(delta, of_errors),
        (b.xp.multiply, (delta, normal, products)),
        averages.total(products, of_products),
    )
