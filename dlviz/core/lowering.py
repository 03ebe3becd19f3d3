"""Lowering: a network, its losses and an optimizer become one flat list of steps."""

from functools import partial

from dlviz.core.activations import FromValue
from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.array import Calls
from dlviz.core.buffers import Buffers
from dlviz.core.choice import Choice
from dlviz.core.clipping import resolve as resolve_clipping
from dlviz.core.inference import activation_of, nodes, parameters
from dlviz.core.instruction import Emit, Instruction
from dlviz.core.layers import ParameterSpec, layers
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.core.objective import Objective, ObjectiveSteps, readers_on_the_way
from dlviz.core.optimizers import MicroStep, UpdateBuffers
from dlviz.core.optimizers import resolve as resolve_optimizer
from dlviz.core.penalties import PenaltySteps
from dlviz.core.sampling import no_way_back, sample
from dlviz.core.trace import Phase

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Lowering:
    """Collects instructions while layers and rules add theirs.

    training: layers behave as in training (dropout masks, statistics of the batch, penalties), else as
    in use. updates_statistics: running statistics move, which only a step of training may do.
    nodes: the shape of every node, those inside layers included.
    """

    def __init__(
        self,
        network: NetworkSpec,
        losses: Objective | None = None,
        optimizer: Choice | None = None,
        training: bool = False,
        updates_statistics: bool = False,
    ) -> None:
        self.network = network
        self.training = training
        self.updates_statistics = updates_statistics
        self.optimizer = optimizer
        self.nodes = nodes(network)
        self.instructions: list[Instruction] = []
        self._parameters = parameters(network)
        self._inputs = {node.id for node in network.inputs}
        self._numbers = self._number_layers()
        self._read_on = readers_on_the_way(network)
        self._has_gradient: set[str] = set()
        self._has_block_gradient: set[str] = set()
        self.penalties = PenaltySteps(self, self._parameters if training and losses else (), len(losses or {}))
        self._objective = ObjectiveSteps(self, losses or {})
        self.n_terms = len(losses or {}) + len(self.penalties.symbols)

    def _number_layers(self) -> dict[str, str]:
        own = dict.fromkeys(parameter.layer for parameter in self._parameters)
        return {layer: str(number).translate(SUPERSCRIPTS) for number, layer in enumerate(own, 1)}

    def add(self, instruction: Instruction) -> None:
        """Append an instruction."""
        self.instructions.append(instruction)

    def sources(self, layer: LayerSpec) -> tuple[str, ...]:
        """Return the nodes that a layer reads."""
        return sources(self.network, layer)

    def slot(self, node: str) -> str:
        """Return the name under which a node's values are recorded."""
        return node if node in self._inputs else f"{node}.a"

    def number(self, node: str) -> str:
        """Return a layer's number as a superscript; one without parameters of its own shows its id in brackets."""
        return self._numbers.get(node, f"[{node}]")

    def symbol(self, node: str) -> str:
        """Return the symbol of a node's values: x or a¹."""
        return node if node in self._inputs else f"a{self.number(node)}"

    def wants_gradient(self, node: str) -> bool:
        """Say whether the gradient with respect to a node is needed (not for data)."""
        return node not in self._inputs

    def adds_to(self, node: str) -> bool:
        """Say whether a gradient was written there before; later ones add to it."""
        is_second = node in self._has_gradient
        self._has_gradient.add(node)
        return is_second

    def adds_to_block(self, block: str) -> bool:
        """Say whether a gradient of these parameters was written before, by another use; later ones add to it."""
        is_second = block in self._has_block_gradient
        self._has_block_gradient.add(block)
        return is_second

    def is_read_on(self, node: str) -> bool:
        """Say whether a layer reads this node on the way to an output."""
        return node in self._read_on

    def has_gradient_of(self, parameter: ParameterSpec) -> bool:
        """Say whether a step before wrote the gradient of a parameter."""
        return (parameter.block or parameter.name) in self._has_block_gradient

    def gradient_name(self, parameter: ParameterSpec) -> str:
        """Return the name under which the gradient of a parameter is recorded."""
        return name_of("grad", parameter.name)

    def forward(self) -> None:
        """Add the forward steps of every layer."""
        for layer in self.network.layers:
            layers.get(layer.kind).forward(self, layer)
            chosen = activation_of(self.network, layer.id)
            if chosen is not None:
                self.activate(layer.id, chosen)

    def activate(self, node: str, chosen: Choice) -> None:
        """Add the step a = φ(z) of a node, or those that draw its values."""
        entry, settings = resolve_activation(chosen, node)
        if entry.draws:
            sample(self, node, entry, settings)
            return
        z, number = f"{node}.z", self.number(node)

        def emit(b: Buffers) -> Calls:
            return () if entry.is_alias else entry.forward(b.workspace, settings, b[z], b.activation(node))

        value = f"z{number}" if entry.is_alias else f"{entry.symbol}(z{number})"
        self.add(Instruction("forward", node, "activate", f"a{number} = {value}", (z,), (f"{node}.a",), emit))

    def loss_value(self) -> None:
        """Add the steps that compute the loss of the batch."""
        self._objective.value()

    def backward(self) -> None:
        """Add the backward steps, last layer first. Raises: SpecError where values are drawn."""
        refused = no_way_back(self.network)
        if refused is not None:
            raise refused
        self._objective.start_backward()
        for layer in reversed(self.network.layers):
            if layer.id in self._has_gradient:
                chosen = activation_of(self.network, layer.id)
                if chosen is not None and not self._objective.is_fused(layer.id):
                    self.activate_backward(layer.id, chosen)
                layers.get(layer.kind).backward(self, layer)
        self.penalties.gradient()

    def activate_backward(self, node: str, chosen: Choice) -> None:
        """Add the step δ = ∂L/∂a ⊙ φ′(z) of a node."""
        entry, settings = resolve_activation(chosen, node)
        z, dz, number = f"{node}.z", f"{node}.dz", self.number(node)

        def emit(b: Buffers) -> Calls:
            if entry.is_alias:
                b.alias(dz, b.gradient(node))
                return ()
            if isinstance(entry.backward, FromValue) and b.is_small:
                slope_of = partial(entry.backward.slope, b.workspace, settings)
                calls, slopes = b.slope(node, f"{entry.key} {settings}", slope_of)
                return (*calls, (b.xp.multiply, (b.gradient(node), slopes, b[dz])))
            return entry.backward(b.workspace, settings, b[z], b.activation(node), b.gradient(node), b[dz])

        slope = "" if entry.is_alias else f" ⊙ {entry.symbol}′(z{number})"
        self.add(Instruction(
            "backward", node, "activate_backward", f"δ{number} = ∂L/∂a{number}{slope}",
            (f"{node}.da", z, f"{node}.a"), (dz,), emit, is_elementwise=entry.is_elementwise,
        ))  # fmt: skip

    def update(self, micro_steps: tuple[MicroStep, ...], phase: Phase = "update") -> None:
        """Add the optimizer's micro-steps, for all parameters at once."""
        for micro_step in micro_steps:
            self.add(Instruction(
                phase, "", micro_step.op, micro_step.formula,
                self.names_of(*micro_step.reads), self.names_of(*micro_step.writes), _emit_update(micro_step),
            ))  # fmt: skip

    def names_of(self, *roles: str) -> tuple[str, ...]:
        """Return what a trace calls these vectors of every trainable parameter: h.W, h.dW, h.W.m."""
        trainable = [parameter.name for parameter in self._parameters if parameter.is_trainable]
        return tuple(name_of(role, name) for role in roles for name in trainable)

    def train(self, clip: Choice | None = None) -> None:
        """Add everything one training step does; clip says how gradients are clipped before the update."""
        assert self.optimizer is not None
        entry, settings = resolve_optimizer(self.optimizer)
        self.update(entry.before(settings), "forward")
        self.forward()
        self.loss_value()
        self.backward()
        if clip is not None:
            clipping, limits = resolve_clipping(clip)
            clipping.lower(self, limits)
        self.update(entry.micro_steps(settings))
        self.penalties.project()


def _emit_update(micro_step: MicroStep) -> Emit:
    def emit(b: Buffers) -> Calls:
        update: UpdateBuffers = b.memory.update
        return micro_step.emit(update)

    return emit


def name_of(role: str, parameter: str) -> str:
    """Return the trace name of a parameter's part of a vector: h.W, h.dW, h.W.m."""
    if role == "theta":
        return parameter
    layer, _, short = parameter.rpartition(".")
    return f"{layer}.d{short}" if role == "grad" else f"{parameter}.{role}"
