"""Where does this gradient come from? The backward pass of a network taken apart, number by number.

The flow: `differentiate` runs the network's own program once in float64 and keeps every gradient as it
was read (`passes`); `differentiate_trace` does so for a recorded step of training. A `Chain` (`chain`,
`links`) then gives the local derivatives of one example, step by step, from the program's backward
instructions: from what they declare, else by running them alone with unit gradients (`isolated`), so that
a new kind of layer needs nothing here. The rest are sums over that graph: the terms of a weight's gradient
by example and by use (`terms`), the errors that a unit receives (`errors`), the largest paths of a weight to
the loss and how many there are (`routes`, `search`, `paths`), the multiplications that reuse saves
(`multiplications`), the derivative written out (`derivation`).

Beside it stand the loss along one weight (`slope`), the curvature of the loss (`curvature`), and the one
linear map that a network of linear layers is (`collapse`).
"""

from dlviz.core.explain.collapse import LinearMap, collapse, why_not_linear
from dlviz.core.explain.curvature import (
    Curvature,
    LossGradient,
    curvature_in_parts,
    hessian_vector,
    largest_curvature,
)
from dlviz.core.explain.derivation import Derivation, derive
from dlviz.core.explain.errors import received
from dlviz.core.explain.multiplications import Multiplications, multiplications
from dlviz.core.explain.passes import (
    Batch,
    Pass,
    Weight,
    differentiate,
    differentiate_binding,
    differentiate_trace,
    recorded_batch,
)
from dlviz.core.explain.paths import Factor, Path, Paths, count_paths, paths
from dlviz.core.explain.slope import SlopePicture, slope_picture
from dlviz.core.explain.terms import Place, Shares, Term, shares, terms

__all__ = [
    "Batch",
    "Curvature",
    "Derivation",
    "Factor",
    "LinearMap",
    "LossGradient",
    "Multiplications",
    "Pass",
    "Path",
    "Paths",
    "Place",
    "Shares",
    "SlopePicture",
    "Term",
    "Weight",
    "collapse",
    "count_paths",
    "curvature_in_parts",
    "derive",
    "differentiate",
    "differentiate_binding",
    "differentiate_trace",
    "hessian_vector",
    "largest_curvature",
    "multiplications",
    "paths",
    "received",
    "recorded_batch",
    "shares",
    "slope_picture",
    "terms",
    "why_not_linear",
]
