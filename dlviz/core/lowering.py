"""Lowering: a network, a loss and an optimizer become one flat list of steps."""

from collections.abc import Mapping
from functools import partial

from dlviz.core.activations import FromValue
from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.inference import activation_of, parameters, shapes
from dlviz.core.instruction import Emit, Instruction
from dlviz.core.layers import layers
from dlviz.core.losses import LossBuffers
from dlviz.core.losses import formulas as loss_formulas
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.losses import scale as loss_scale
from dlviz.core.memory import Buffers
from dlviz.core.network import LayerSpec, NetworkSpec, output_id, sources
from dlviz.core.optimizers import MicroStep, UpdateBuffers
from dlviz.core.optimizers import resolve as resolve_optimizer
from dlviz.core.trace import Phase

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def nothing(buffers: Buffers) -> Calls:
    """Emit no calls: the arrays are there already."""
    return ()


class Lowering:
    """Collects instructions while layers and rules add theirs."""

    def __init__(self, network: NetworkSpec, loss: Choice | None = None, optimizer: Choice | None = None) -> None:
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.shapes = shapes(network)
        self.instructions: list[Instruction] = []
        self._parameters = [parameter.name for parameter in parameters(network)]
        self._inputs = {node.id for node in network.inputs}
        self._numbers = self._number_layers()
        self._has_gradient: set[str] = set()

    def _number_layers(self) -> dict[str, str]:
        own = dict.fromkeys(name.rpartition(".")[0] for name in self._parameters)
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
        """Return a layer's number as a superscript; a merge shows its id in brackets."""
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

    def forward(self) -> None:
        """Add the forward steps of every layer."""
        for layer in self.network.layers:
            layers.get(layer.kind).forward(self, layer)
            self._activate(layer)

    def _activate(self, layer: LayerSpec) -> None:
        chosen = activation_of(self.network, layer.id)
        if chosen is None:
            return
        entry, settings = resolve_activation(chosen, layer.id)
        z, number = f"{layer.id}.z", self.number(layer.id)

        def emit(b: Buffers) -> Calls:
            if entry.is_alias:
                return ()
            return entry.forward(b.workspace, settings, b[z], b.activation(layer.id))

        value = f"z{number}" if entry.is_alias else f"{entry.symbol}(z{number})"
        self.add(Instruction("forward", layer.id, "activate", f"a{number} = {value}", (z,), (f"{layer.id}.a",), emit))

    def loss_value(self) -> None:
        """Add the step that computes the loss of the batch."""
        assert self.loss is not None
        entry, settings = resolve_loss(self.loss)
        output = output_id(self.network)

        def emit(b: Buffers) -> Calls:
            return entry.value(b.workspace, self._loss_buffers(b))

        formula = f"L = {loss_formulas(entry, settings, self.symbol(output))[0]}"
        self.add(Instruction("loss", output, "loss", formula, (self.slot(output), "y"), ("loss",), emit))

    def _loss_buffers(self, b: Buffers) -> LossBuffers:
        # The value and its gradient share scratch (the error): one object for each batch size.
        if b.loss_buffers is None:
            _, settings = resolve_loss(self.loss) if self.loss else (None, {})
            output = output_id(self.network)
            k = self.shapes[output][0]
            a = b.activation(output)
            b.loss_buffers = LossBuffers(a, b.targets(), b.loss_sum, loss_scale(settings, k, b.columns), b.like(a))
        return b.loss_buffers

    def backward(self) -> None:
        """Add the backward steps, last layer first."""
        self._start_backward()
        output = output_id(self.network)
        for layer in reversed(self.network.layers):
            if layer.id in self._has_gradient:
                if not (layer.id == output and self._is_fused()):
                    self._activate_backward(layer)
                layers.get(layer.kind).backward(self, layer)

    def _is_fused(self) -> bool:
        assert self.loss is not None
        chosen = activation_of(self.network, output_id(self.network))
        return chosen is not None and chosen.kind in resolve_loss(self.loss)[0].fused

    def _start_backward(self) -> None:
        assert self.loss is not None
        entry, settings = resolve_loss(self.loss)
        output = output_id(self.network)
        self._has_gradient.add(output)
        reads, writes = (self.slot(output), "y"), (f"{output}.da",)
        a = self.symbol(output)
        formula = f"∂L/∂{a} = {loss_formulas(entry, settings, a)[1]}"

        def emit(b: Buffers) -> Calls:
            return entry.gradient(b.workspace, self._loss_buffers(b), b.gradient(output))

        def derive(b: Buffers) -> Mapping[str, Array]:
            da = b.like(b.gradient(output))
            for function, arguments in entry.gradient(b.workspace, self._loss_buffers(b), da):
                function(*arguments)
            return {f"{output}.da": da}

        if self._is_fused():
            self.add(Instruction("backward", output, "loss_backward", formula, reads, writes, nothing, derive))
            self._output_error(output)
        else:
            self.add(Instruction("backward", output, "loss_backward", formula, reads, writes, emit))

    def _output_error(self, output: str) -> None:
        assert self.loss is not None
        chosen = activation_of(self.network, output)
        assert chosen is not None
        _, settings = resolve_activation(chosen, output)
        entry, convention = resolve_loss(self.loss)
        fused = entry.fused[chosen.kind]
        number = self.number(output)
        share = "1/n " if convention["reduction"] == "mean" else ""

        def emit(b: Buffers) -> Calls:
            return fused(b.workspace, settings, self._loss_buffers(b), b[f"{output}.dz"])

        formula = f"δ{number} = {share}(a{number} − y)"
        self.add(
            Instruction("backward", output, "output_error", formula, (self.slot(output), "y"), (f"{output}.dz",), emit)
        )

    def _activate_backward(self, layer: LayerSpec) -> None:
        chosen = activation_of(self.network, layer.id)
        if chosen is None:
            return
        entry, settings = resolve_activation(chosen, layer.id)
        z, dz, number = f"{layer.id}.z", f"{layer.id}.dz", self.number(layer.id)

        def emit(b: Buffers) -> Calls:
            if entry.is_alias:
                b.alias(dz, b.gradient(layer.id))
                return ()
            if isinstance(entry.backward, FromValue) and b.is_small:
                slope_of = partial(entry.backward.slope, b.workspace, settings)
                calls, slopes = b.slope(layer.id, f"{entry.key} {settings}", slope_of)
                return (*calls, (b.xp.multiply, (b.gradient(layer.id), slopes, b[dz])))
            return entry.backward(b.workspace, settings, b[z], b.activation(layer.id), b.gradient(layer.id), b[dz])

        slope = "" if entry.is_alias else f" ⊙ {entry.symbol}′(z{number})"
        self.add(Instruction(
            "backward", layer.id, "activate_backward", f"δ{number} = ∂L/∂a{number}{slope}",
            (f"{layer.id}.da", z, f"{layer.id}.a"), (dz,), emit,
        ))  # fmt: skip

    def update(self, micro_steps: tuple[MicroStep, ...], phase: Phase = "update") -> None:
        """Add the optimizer's micro-steps, for all parameters at once."""
        for micro_step in micro_steps:
            self.add(Instruction(
                phase, "", micro_step.op, micro_step.formula,
                self._expand(micro_step.reads), self._expand(micro_step.writes), _emit_update(micro_step),
            ))  # fmt: skip

    def _expand(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name_of(role, name) for role in roles for name in self._parameters)

    def train(self) -> None:
        """Add everything one training step does."""
        assert self.optimizer is not None
        entry, settings = resolve_optimizer(self.optimizer)
        self.update(entry.before(settings), "forward")
        self.forward()
        self.loss_value()
        self.backward()
        self.update(entry.micro_steps(settings))


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
