"""Objective: what is minimised. One loss for each output, weighted and summed, as steps of a program."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.array import Array, Calls
from dlviz.core.buffers import Buffers
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import floating
from dlviz.core.inference import activation_of
from dlviz.core.instruction import Instruction, nothing
from dlviz.core.losses import Loss, LossBuffers, Settings, front, natural, shown
from dlviz.core.losses import formulas as loss_formulas
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.losses import scale as loss_scale
from dlviz.core.network import NetworkSpec, output_ids, sources

if TYPE_CHECKING:
    from dlviz.core.lowering import Lowering


DATA_LOSS = "data_loss"  # what a trace calls the loss of a single output where penalties join it
LOSS_WEIGHT = floating("weight", 1.0, minimum=0, maximum=1e6, help="how much this loss counts")


@dataclass(frozen=True)
class OutputLoss:
    """The loss of one output and how much it counts in the sum over outputs."""

    choice: Choice
    weight: float = 1.0


Objective = Mapping[str, OutputLoss]


def objective(network: NetworkSpec, loss: "Choice | Objective | None") -> Objective:
    """Return a loss for every output; one choice alone holds for all of them.

    Raises: SpecError if an output has no loss, or a loss no output.
    """
    if loss is None:
        raise SpecError("Expected a loss. Received: none")
    outputs = output_ids(network)
    if isinstance(loss, Choice):
        return {output: OutputLoss(loss) for output in outputs}
    if set(loss) != set(outputs):
        raise SpecError(
            f"Expected one loss for each output: {', '.join(outputs)}. Received: {', '.join(loss) or 'none'}",
            place="training.losses",
        )
    return {output: loss[output] for output in outputs}


def natural_objective(network: NetworkSpec, loss: Choice | Objective | None) -> Objective:
    """Return the same with logarithms to base e: the loss that gradients belong to. Raises: SpecError."""
    return {output: replace(each, choice=natural(each.choice)) for output, each in objective(network, loss).items()}


class ObjectiveSteps:
    """Adds the steps of the losses to a lowering. Every loss is one term of the sum that is minimised."""

    def __init__(self, lowering: "Lowering", losses: Objective) -> None:
        self._lowering = lowering
        self._losses = losses
        self._terms = {output: term for term, output in enumerate(losses)}

    @property
    def is_single(self) -> bool:
        """Say whether there is one output, whose loss needs no name of its own."""
        return len(self._losses) == 1

    def _entry(self, output: str) -> tuple[Loss, Settings]:
        return resolve_loss(self._losses[output].choice)

    def _front(self, output: str) -> str:
        weight = self._losses[output].weight
        return "" if weight == 1 else f"{weight:g} · "

    def _buffers(self, b: Buffers, output: str) -> LossBuffers:
        _, settings = self._entry(output)
        scale = self._losses[output].weight * loss_scale(settings, b.units(output), b.columns)
        return b.loss_of(output, self._terms[output], scale, settings, shown(settings))

    def value(self) -> None:
        """Add the steps that compute the loss of the batch."""
        penalties = self._lowering.penalties
        further = penalties.symbols
        alone = DATA_LOSS if further else "loss"
        names = [alone] if self.is_single else [f"{output}.loss" for output in self._losses]
        for output, name in zip(self._losses, names, strict=True):
            self._value_of(output, name)
        penalties.value()
        if self.is_single and not further:
            return
        parts = ["D"] if self.is_single else [f"L[{output}]" for output in self._losses]
        total = " + ".join([*parts, *further.values()])
        self._lowering.add(
            Instruction("loss", "", "total_loss", f"L = {total}", (*names, *further), ("loss",), nothing)
        )

    def _value_of(self, output: str, name: str) -> None:
        entry, settings = self._entry(output)
        slot = self._lowering.slot(output)

        def emit(b: Buffers) -> Calls:
            buffers = self._buffers(b, output)
            b.name_term(name, self._terms[output])
            return entry.value(b.workspace, buffers)

        left = {"loss": "L", DATA_LOSS: "D"}.get(name, f"L[{output}]")
        formula = f"{left} = {self._front(output)}{loss_formulas(entry, settings, self._lowering.symbol(output))[0]}"
        op = "loss" if self.is_single else "output_loss"
        self._lowering.add(Instruction("loss", output, op, formula, (slot, "y"), (name,), emit))

    def start_backward(self) -> None:
        """Add the steps that give every output its gradient."""
        for output in self._losses:
            self._lowering.adds_to(output)
            self._gradient_of(output)

    def _gradient_of(self, output: str) -> None:
        entry, settings = self._entry(output)
        reads, writes = (self._lowering.slot(output), "y"), (f"{output}.da",)
        a = self._lowering.symbol(output)
        formula = f"∂L/∂{a} = {self._front(output)}{loss_formulas(entry, settings, a)[1]}"

        def emit(b: Buffers) -> Calls:
            return entry.gradient(b.workspace, self._buffers(b, output), b.gradient(output))

        def derive(b: Buffers) -> Mapping[str, Array]:
            da = b.like(b.gradient(output))
            for function, arguments in entry.gradient(b.workspace, self._buffers(b, output), da):
                function(*arguments)
            return {f"{output}.da": b.tensor(output, da)}

        if self.is_fused(output):
            instruction = Instruction("backward", output, "loss_backward", formula, reads, writes, nothing, derive)
            self._lowering.add(instruction)
            self._output_error(output)
        else:
            self._lowering.add(Instruction("backward", output, "loss_backward", formula, reads, writes, emit))

    def is_fused(self, output: str) -> bool:
        """Say whether the derivatives of loss and activation are taken in one step, where they cancel."""
        if output not in self._losses or self._lowering.is_read_on(output):
            return False
        chosen = activation_of(self._lowering.network, output)
        return chosen is not None and chosen.kind in self._entry(output)[0].fused

    def _output_error(self, output: str) -> None:
        chosen = activation_of(self._lowering.network, output)
        assert chosen is not None
        _, settings = resolve_activation(chosen, output)
        entry, convention = self._entry(output)
        fused = entry.fused[chosen.kind]
        number = self._lowering.number(output)
        gain = settings.get("slope", 1.0) / settings.get("temperature", 1.0)
        share = self._front(output) + front(convention, gain)

        def emit(b: Buffers) -> Calls:
            return fused(b.workspace, settings, self._buffers(b, output), b[f"{output}.dz"])

        formula = f"δ{number} = {share}(a{number} − y)"
        reads, writes = (self._lowering.slot(output), "y"), (f"{output}.dz",)
        self._lowering.add(Instruction("backward", output, "output_error", formula, reads, writes, emit))


def readers_on_the_way(network: NetworkSpec) -> set[str]:
    """Return the nodes that some layer reads on the way to an output."""
    reached = set(output_ids(network))
    read: set[str] = set()
    for layer in reversed(network.layers):
        if layer.id in reached:
            read |= set(sources(network, layer))
            reached |= set(sources(network, layer))
    return read
