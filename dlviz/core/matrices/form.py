"""The matrix form of a step: its formula, cut where letters stand for arrays, with the arrays in their places."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.matrices.layout import PRODUCTS_OF_PATCHES, Layout
from dlviz.core.matrices.letters import EVERY_TIME, Letters, Named
from dlviz.core.matrices.matrix import Arrange, Matrix
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Notation
from dlviz.core.trace import Step, Trace
from dlviz.i18n import tr

Piece = str | Matrix
Spell = Callable[[Step], str]
_LETTER_BEFORE = r"(?<![A-Za-zΑ-ω∂])"
_AFTER_A_LETTER = r"(?![A-Za-z\u0300-\u036f₀-₉ₐ-ₜᵢⱼ′])"
_NO_LEVEL = r"(?![⁰¹²³⁴-⁹\[⟨])"
_SIGN = re.compile(r" (?:=|←|\+=) ")
MOST_LISTED = 4  # arrays of a step whose formula names none of them
_NEGATIVE_TURNED = re.compile(r"\(−(δq?[^\s()]*)\)ᵀ")


@dataclass(frozen=True)
class Form:
    """What stands in a row: signs and matrices. note: a sentence where there are no matrices."""

    pieces: tuple[Piece, ...] = ()
    note: str = ""

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """The matrices from left to right."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Matrix))


@dataclass(frozen=True)
class Scene:
    """What a form is made from: a step of a trace, its network, and how it is written.

    spell writes the formula of a step in the document's notation. sample: the example that is looked at;
    parameter: the one whose arrays an update shows, the first where it is empty.
    """

    step: Step
    trace: Trace
    network: NetworkSpec
    notation: Notation
    spell: Spell
    sample: int = 0
    parameter: str = ""


def form_of(scene: Scene) -> Form:
    """Return a step as matrices; of a typed formula, which works on single numbers, a sentence alone."""
    step = scene.step
    if step.op.startswith("formula"):
        return Form(note=tr("A typed formula works on single numbers: there are no matrices to show."))
    builder = _Builder(scene)
    pieces = tuple(builder.pieces())
    if any(isinstance(piece, Matrix) for piece in pieces):
        return Form(pieces)
    listed = tuple(builder.listed())
    return Form(listed) if listed else Form(note=tr("This step reads and writes no numbers."))


class _Builder:
    """Finds the letters of a formula and puts arrays in their places."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._step = scene, scene.step
        self._is_rule = not scene.network.layers
        self._letters = Letters(scene.network, self._is_rule)
        n, sample = len(scene.trace.rows), scene.sample
        self._layout = Layout(scene.step, scene.network, scene.notation, n, min(max(sample, 0), n - 1))
        self._names = self._of_parameter((*scene.step.reads, *scene.step.writes))
        self._shown: set[str] = set()

    def _of_parameter(self, names: tuple[str, ...]) -> list[str]:
        """Leave of an update the arrays of one parameter: it does the same with each."""
        if self._is_rule or self._step.phase != "update" or self._step.node:
            return list(dict.fromkeys(names))
        owners = {name: self._letters.role_of(name)[0] for name in names}
        wanted = self._scene.parameter if self._scene.parameter in owners.values() else next(iter(owners.values()), "")
        return [name for name, owner in owners.items() if owner == wanted]

    def pieces(self) -> Iterator[Piece]:
        """Give the formula with matrices, and behind it what was written besides."""
        text = self._formula()
        spelled = self._spelled(self._letters.named(replace(self._step, formula=text), self._names))
        yield from self._cut(_NEGATIVE_TURNED.sub(r"(−\1ᵀ)", self._write(text)), spelled)
        yield from self._besides(spelled)

    def _formula(self) -> str:
        """Return the formula as a statement about whole arrays, in the letters of the core."""
        text = self._step.formula.replace("Σₜ ", "") if EVERY_TIME in self._step.formula else self._step.formula
        left, sign, right = text.partition(" += ")
        if sign and self._was_there(left):
            text = f"{left} = {left} + {right}"
        if self._step.op == "image_gradient":
            return re.sub(r"(\S+) ∗ (\S+)$", r"fold(\1 \2)", text)
        if self._step.op in PRODUCTS_OF_PATCHES:
            turned = "ᵀ" if self._step.op == "kernel_gradient" else ""
            text = re.sub(r" ∗ (\S+)", rf" patches \1{turned}", text)
        biases = [name for name in self._step.writes if name.endswith(".db") and ".t" not in name]
        if biases and self._step.op in ("weight_gradient", "kernel_gradient"):
            text += self._bias_gradient(biases[0])
        return text

    def _was_there(self, letter: str) -> bool:
        """Whether what a step adds to was computed before."""
        found = [named for named in self._letters.named(self._step, self._step.writes) if letter in named.letters]
        names = [name for each in found for name in each.parts]
        return bool(names) and all(self._scene.trace.value(name, self._step.index) is not None for name in names)

    def _bias_gradient(self, name: str) -> str:
        """Write how the gradient of biases comes about, which the formula of a step leaves out."""
        own, errors = (self._letters.named(self._step, [each]) for each in (name, self._step.reads[0]))
        if not own or not errors:
            return ""
        left, delta = own[0].letters[0], errors[0].letters[0]
        if self._step.op == "kernel_gradient":
            return f", {left} = Σ {delta} {tr('over the positions')}"
        return f", {left} = Σᵢ {delta}" if len(self._scene.trace.rows) > 1 else f", {left} = {delta}"

    def _write(self, text: str) -> str:
        return self._scene.spell(replace(self._step, formula=text))

    def _spelled(self, found: list[Named]) -> dict[str, tuple[Named, bool]]:
        """Return arrays by their letters as the document writes them, and whether those stand for the negative."""
        spelled: dict[str, tuple[Named, bool]] = {}
        for named in found:
            for letter in named.letters:
                written = self._write(letter)
                spelled.setdefault(written.removeprefix("−"), (named, written.startswith("−")))
        return spelled

    def _cut(self, text: str, spelled: Mapping[str, tuple[Named, bool]]) -> Iterator[Piece]:
        if not spelled:
            return
        lefts, end = _left_sides(text), 0
        for found in self._pattern(spelled).finditer(text):
            named, is_negative = spelled[found["letter"]]
            is_left = any(start <= found.start() < stop for start, stop in lefts)
            matrix = self._matrix(named, found["letter"], is_left, bool(found["turned"]), is_negative)
            if matrix is None:
                continue
            yield from _words(text[end : found.start()])
            yield matrix
            end = found.end()
        if end:
            yield from _words(text[end:])

    def _pattern(self, spelled: Mapping[str, tuple[Named, bool]]) -> re.Pattern[str]:
        has_powers = self._is_rule or self._step.phase == "update" or self._step.op == "penalty"
        parts = []
        for letter in sorted(spelled, key=len, reverse=True):
            before = "" if letter[0] in "∂‖" else _LETTER_BEFORE
            is_bare = len(letter) == 1 and not has_powers and letter not in ("x", "y")
            after = _AFTER_A_LETTER if letter[-1].isalpha() else ""
            parts.append(before + re.escape(letter) + after + (_NO_LEVEL if is_bare else ""))
        return re.compile(f"(?P<letter>{'|'.join(parts)})(?P<turned>ᵀ?)")

    def _matrix(self, named: Named, letter: str, is_left: bool, is_turned: bool, is_negative: bool) -> Matrix | None:
        array, is_written = self._values(named, is_left)
        if array is None or array.size == 0:
            return None
        name = named.parts[0]
        arrange = self._layout.arrange(name, array)
        if is_turned:
            arrange, letter = _turned(arrange), f"{letter}ᵀ"
        self._shown |= set(named.parts) if is_written else set()
        sample = self._layout.sample if self._layout.shows_one(name, array) else None
        return Matrix(name, letter, array, arrange, is_written, is_negative, sample)

    def _values(self, named: Named, is_left: bool) -> tuple[NDArray[np.generic] | None, bool]:
        """Return the numbers that a letter stands for, and whether the step wrote them."""
        was_there = all(self._scene.trace.value(name, self._step.index) is not None for name in named.parts)
        is_written = is_left or not (was_there or set(named.parts) <= set(self._step.reads))
        is_written = is_written and set(named.parts) <= set(self._step.writes)
        arrays = [self._value(name, is_written) for name in named.parts]
        if any(array is None for array in arrays):
            return None, is_written
        known = [array for array in arrays if array is not None]
        return known[0] if len(known) == 1 else np.stack(known, axis=1), is_written

    def _value(self, name: str, is_written: bool) -> NDArray[np.generic] | None:
        if is_written and name in self._step.writes:
            return self._step.writes[name]
        found = self._scene.trace.value(name, self._step.index)
        # A linear activation is its own sum: nothing runs and nothing is written.
        return found if found is not None or not name.endswith(".a") else self._value(f"{name[:-1]}z", False)

    def _besides(self, spelled: Mapping[str, tuple[Named, bool]]) -> Iterator[Piece]:
        """Give what the step wrote and its formula does not name."""
        for letter, (named, is_negative) in spelled.items():
            is_new = set(named.parts) <= set(self._step.writes) and not set(named.parts) & self._shown
            if is_new and self._shown and (matrix := self._matrix(named, letter, True, False, is_negative)):
                yield from (tr("and"), matrix)

    def listed(self) -> Iterator[Piece]:
        """Give what a step reads and writes, where its formula names none of it."""
        reads, writes = self._all(self._step.reads, False), self._all(self._step.writes, True)
        yield from _joined(reads)
        yield from [tr("gives")] if reads and writes else []
        yield from _joined(writes)

    def _all(self, names: Iterable[str], is_written: bool) -> list[Matrix]:
        found = (self._matrix(Named((name,), (name,)), name, is_written, False, False) for name in names)
        return [matrix for matrix in found if matrix is not None]


def _turned(arrange: Arrange) -> Arrange:
    def turn(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return arrange(values).T

    return turn


def _joined(matrices: Sequence[Matrix]) -> Iterator[Piece]:
    for place, matrix in enumerate(matrices[:MOST_LISTED]):
        yield from [","] if place else []
        yield matrix
    if len(matrices) > MOST_LISTED:
        yield tr("and {count} more", count=len(matrices) - MOST_LISTED)


def _left_sides(text: str) -> list[tuple[int, int]]:
    """Return where the left sides of the equations of a formula lie; between equations stand commas."""
    found, start, depth = [], 0, 0
    sign = _SIGN.search(text)
    for place, each in enumerate(text):
        depth += (each in "([") - (each in ")]")
        if sign is not None and place == sign.start():
            found.append((start, place))
            sign = None
        if each == "," and depth == 0 and sign is None:
            start, sign = place, _SIGN.search(text, place)
    return found


def _words(text: str) -> Iterator[str]:
    yield from text.split()
