"""Slips in the update: its sign, a factor too many, or one layer moved before the next gradient is taken."""

from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakKeyDictionary

from dlviz.core.array import Calls
from dlviz.core.buffers import Buffers
from dlviz.core.inference import parameters
from dlviz.core.instruction import Emit, Instruction
from dlviz.core.slips.kind import Draft, Instructions, Settings, Slip, slips


def _wrong_sign(draft: Draft, settings: Settings) -> Instructions:
    def emit(b: Buffers) -> Calls:
        u = b.memory.update
        return ((u.xp.subtract, (u["theta"], u["step"], u["theta"])),)

    return _with_apply(draft, "w ← w − Δw   (the wrong way)", emit)


def _misread(draft: Draft, settings: Settings) -> Instructions:
    def emit(b: Buffers) -> Calls:
        u = b.memory.update
        product = u.scratch()
        return ((u.xp.multiply, (u["step"], u["theta"], product)), (u.xp.add, (u["theta"], product, u["theta"])))

    return _with_apply(draft, "w ← w + Δw · w   (w_old taken as a factor)", emit)


def _with_apply(draft: Draft, formula: str, emit: Emit) -> Instructions:
    return tuple(
        replace(each, formula=formula, emit=emit) if each.op == "apply" else each for each in draft.instructions
    )


def _sequential(draft: Draft, settings: Settings) -> Instructions:
    """Move one layer, run the network anew, move the next. Plain descent alone has steps that can be split so."""
    if draft.optimizer is None or draft.optimizer.kind != "sgd":
        return draft.instructions
    passes = tuple(_same_again(each) for each in draft.instructions if each.phase != "update")
    layers: dict[str, list[str]] = {}
    for each in parameters(draft.network):
        if each.is_trainable:
            layers.setdefault(each.layer, []).append(each.name)
    if len(layers) == 1 or not passes or len(passes) == len(draft.instructions):
        return draft.instructions
    return tuple(step for layer, names in layers.items() for step in (*passes, _move(layer, names)))


def _same_again(instruction: Instruction) -> Instruction:
    """Return a step that may stand in a program several times: each time the very same calls."""
    known: WeakKeyDictionary[Buffers, Calls] = WeakKeyDictionary()

    def emit(b: Buffers) -> Calls:
        if b not in known:
            known[b] = tuple(instruction.emit(b))
        return known[b]

    return replace(instruction, emit=emit)


def _move(layer: str, names: Iterable[str]) -> Instruction:
    def emit(b: Buffers) -> Calls:
        return tuple(call for name in names for call in _moved(b, name))

    reads = tuple(f"{layer}.d{name.rpartition('.')[2]}" for name in names)
    formula = f"w ← w − η ∂L/∂w   ({layer} alone, before the next gradient is taken)"
    return Instruction("update", layer, "apply_one", formula, reads, tuple(names), emit)


def _moved(b: Buffers, name: str) -> Calls:
    values = b.memory.view("theta", name)
    step = b.like(values)
    rate = b.memory.rate_of(name, is_negative=True)
    return (b.xp.multiply, (b.parameter_gradient(name), rate, step)), (b.xp.add, (values, step, values))


slips.add(Slip(
    "wrong_sign", "The step goes uphill", "w ← w + η ∂L/∂w", "w ← w − η ∂L/∂w", _wrong_sign, source="curriculum ERR-02",
))  # fmt: skip
slips.add(Slip(
    "misread_update", "The old weight is read as a factor", "w ← w − η ∂L/∂w · w_old",
    "w ← w − η ∂L/∂w, taken at w_old", _misread, source="curriculum ERR-01",
))  # fmt: skip
slips.add(Slip(
    "sequential_update", "Layers are updated one after the other", "each gradient is taken after the update before it",
    "all gradients are taken at the old weights", _sequential, source="curriculum BPR-18",
))  # fmt: skip
