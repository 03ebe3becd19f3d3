"""What a layer kind declares, and the registry of kinds."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, complete, floating
from dlviz.core.initializers import Fan
from dlviz.core.network import LayerSpec
from dlviz.core.registry import Registry

if TYPE_CHECKING:
    from dlviz.core.lowering import Lowering

Shape = tuple[int, ...]

REGULARIZER = "regularizer"  # the choice that every kind with weights has
UNREGULARIZED = Choice("none")


@dataclass(frozen=True)
class ParameterSpec:
    """A named parameter: `layer.role`, its shape, and how it starts.

    block: parameters of one layer with the same block lie side by side as columns of one matrix, the
    first axis its rows, so that [W b] can be multiplied at once. Running statistics are not trainable.
    lr_scale: its learning rate as a multiple of the optimizer's; a setting of its layer, as is regularizer.
    """

    name: str
    layer: str
    shape: Shape
    fan: Fan
    initializer: Choice
    block: str = ""
    is_trainable: bool = True
    lr_scale: float = 1.0
    regularizer: Choice = UNREGULARIZED

    @property
    def is_weight(self) -> bool:
        """Say whether it is a matrix of weights, which regularizers act on, rather than a bias or the like."""
        return self.is_trainable and len(self.shape) > 1

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    @property
    def fan_in(self) -> int:
        """How many numbers a unit reads."""
        return self.fan.fan_in

    @property
    def fan_out(self) -> int:
        """How many units read each number."""
        return self.fan.fan_out


Family = Literal["units", "images", "sequences", "noise and norms", "shape and joins", "other"]
FAMILIES: tuple[Family, ...] = get_args(Family)  # in the order in which lists show them

LR_SCALE = floating("lr_scale", 1.0, minimum=0, maximum=1000, help="learning rate of this layer, as a multiple")


def _no_parameters(layer: LayerSpec, shapes: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    return ()


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer.

    settings: scalar settings, to which kinds with parameters add `lr_scale`; choices: settings that name
    an entry of another registry, with their defaults; those with an `initializer` for weights also have a
    `regularizer`. output_shape(layer, input_shapes) raises ShapeError
    where they do not fit.
    forward and backward add this layer's steps to a lowering; activation steps are added by the
    lowering itself for kinds that declare an `activation`. nodes(layer, input_shapes) names further
    nodes inside the layer with their shapes, such as the time steps `id.t1`, `id.t2` of a recurrent one.
    draws says whether its training uses random numbers; is_affine whether in use its values before the
    activation are a linear map of its inputs plus constants. switches(layer) names recorded arrays that jump where
    the layer has no derivative, such as which number of a window is the largest. activates_inside: the layer
    applies its activation itself, at every time step, and the lowering adds none. check_data(layer, values),
    for kinds that can read nothing but data, raises DataError where values (n, d) cannot be used.
    check_batch(layer, input_shapes, n) raises ShapeError where a batch of n examples is too small to train on.
    reads(layer, input_shape, unit), where a unit reads neither all units nor the one of its own index: those it reads.
    For those who build networks by hand: stem is what the ids of new layers begin with (the key where it says
    nothing), begins are settings that they start with in place of the defaults, and family is the group of kinds
    that a list shows it with.
    """

    key: str
    title: str
    output_shape: Callable[[LayerSpec, tuple[Shape, ...]], Shape]
    forward: "Callable[[Lowering, LayerSpec], None]"
    backward: "Callable[[Lowering, LayerSpec], None]"
    parameters: Callable[[LayerSpec, tuple[Shape, ...]], tuple[ParameterSpec, ...]] = _no_parameters
    settings: tuple[Hyper, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    n_inputs: int | None = 1
    nodes: Callable[[LayerSpec, tuple[Shape, ...]], Mapping[str, Shape]] = lambda layer, shapes: {}
    draws: bool = False
    is_affine: bool = False
    switches: Callable[[LayerSpec], tuple[str, ...]] = lambda layer: ()
    activates_inside: bool = False
    check_data: Callable[[LayerSpec, NDArray[np.floating]], None] | None = None
    check_batch: Callable[[LayerSpec, tuple[Shape, ...], int], None] | None = None
    reads: Callable[[LayerSpec, Shape, int], NDArray[np.intp]] | None = None
    formula: str = ""
    source: str = ""
    stem: str = ""
    begins: Mapping[str, Any] = field(default_factory=dict)
    family: Family = "other"

    def __post_init__(self) -> None:
        if self.has_parameters and LR_SCALE not in self.settings:
            object.__setattr__(self, "settings", (*self.settings, LR_SCALE))
        if "initializer" in self.choices:
            object.__setattr__(self, "choices", {**self.choices, REGULARIZER: UNREGULARIZED})
        object.__setattr__(self, "stem", self.stem or self.key)

    @property
    def has_parameters(self) -> bool:
        """Say whether layers of this kind have parameters."""
        return self.parameters is not _no_parameters

    def option(self, layer: LayerSpec, name: str) -> Any:
        """Return a setting of a layer or its default."""
        if name in self.choices:
            return layer.settings.get(name, self.choices[name])
        scalars = {k: v for k, v in layer.settings.items() if k not in self.choices}
        return complete(scalars, self.settings, layer.id)[name]

    def check(self, layer: LayerSpec) -> None:
        """Raise SpecError if a setting is unknown or outside its limits."""
        scalars = {k: v for k, v in layer.settings.items() if k not in self.choices}
        complete(scalars, self.settings, layer.id)
        for name in self.choices:
            if not isinstance(self.option(layer, name), Choice):
                raise SpecError(
                    f"Expected {name} to be a key with settings. Received: {layer.settings[name]!r}", place=layer.id
                )


layers: Registry[LayerKind] = Registry("layer")
