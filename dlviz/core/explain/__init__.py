"""Where does this gradient come from? The backward pass of a network taken apart, number by number.

The flow: `differentiate` runs the network's own program once in float64 and keeps every gradient as it
was read (`passes`). A `Chain` (`chain`, `links`) then gives the local derivatives of one example, step
by step, from the program's backward instructions: from what they declare, else by running them with unit
gradients. Everything else is sums over that graph: the terms of a weight's gradient by example and by
use (`terms`), its largest paths to the loss and how many there are (`routes`, `paths`).
"""

from dlviz.core.explain.passes import Batch, Pass, Weight, differentiate, differentiate_binding
from dlviz.core.explain.paths import Factor, Path, Paths, count_paths, paths
from dlviz.core.explain.terms import Place, Shares, Term, shares, terms

__all__ = [
    "Batch",
    "Factor",
    "Pass",
    "Path",
    "Paths",
    "Place",
    "Shares",
    "Term",
    "Weight",
    "count_paths",
    "differentiate",
    "differentiate_binding",
    "paths",
    "shares",
    "terms",
]
