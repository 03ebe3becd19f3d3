"""The operands of a formula in the network: what each letter and number stands for, lit from here and from there."""

import re
from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Slot

from dlviz.core.narration import Focus
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.core.notation import Symbols
from dlviz.core.trace import Step
from dlviz.gui.panel import Context
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.typeset.pieces import Piece
from dlviz.gui.typeset.view import FormulaView
from dlviz.session.messages import Frame

FEW = 5  # units and sources whose letters a formula writes out; beyond them it writes the one looked at
SIGNS, RELATIONS, DOT = ("+", "-"), ("=", r"\leftarrow"), r"\cdot"
Places = tuple[Selected, ...]


def letters(step: Step, network: NetworkSpec, symbols: Symbols, focus: Focus) -> dict[str, Selected]:
    """Return the places of the network that the formula of a step may name, by their LaTeX."""
    # An update tells the parameter that is looked at, else the first that it changes.
    name = focus.parameter or next(iter(step.writes), "")
    own = name.partition(".")[0] if step.phase == "update" else step.layer
    layer = next((each for each in network.layers if each.id == own), None)
    return {} if layer is None else dict(_of_layer(layer, network, symbols, focus))


def _of_layer(layer: LayerSpec, network: NetworkSpec, symbols: Symbols, focus: Focus) -> Iterator[tuple[str, Selected]]:
    units, inputs = ([*range(FEW), looked] if looked >= FEW else [*range(FEW)] for looked in (focus.unit, focus.source))
    nodes, inner = sources(network, layer), {each.id for each in network.inputs}
    for unit in units:
        place = Selected("unit", layer.id, unit)
        for letter in ("z", "a"):
            yield symbols.unit(letter, layer.id, unit), place
        yield symbols.delta(layer.id, unit, is_factor=False).removeprefix("-"), place
        yield symbols.target(unit), place
    for node in nodes:
        for unit in inputs:
            yield symbols.value(node, unit), Selected("input" if node in inner else "unit", node, unit)
    if layer.kind == "dense":
        for unit in units:
            yield symbols.bias(layer.owner, unit), Selected("bias", layer.id, unit)
            for source in inputs:
                link = Selected("link", layer.id, unit, nodes[0], source)
                yield symbols.weight(layer.owner, unit, source), link


def places_of(pieces: Sequence[Piece], known: Mapping[str, Selected]) -> tuple[Places, ...]:
    """Return what every piece of a told step stands for, from left to right.

    Numbers stand for the letters above them, where term by term and factor by factor there are as many.
    """
    if not known:
        return ()
    pattern = re.compile("|".join(re.escape(letter) for letter in sorted(known, key=len, reverse=True)))
    found: list[Places] = [_named(piece.latex, pattern, known) for piece in pieces]
    sides = _sides(pieces)
    if len(sides) > 1:
        factors = [[place for k in term for place in found[k]] for term in _terms(pieces, sides[1])]
        for side in sides[2:]:
            for term, own in _paired(_terms(pieces, side), factors):
                for k, places in zip(term, _shared(own, len(term)), strict=True):
                    found[k] = found[k] or places
    left = found[sides[0][0]] if sides and sides[0] else ()
    return tuple(left if piece.is_result else places for piece, places in zip(pieces, found, strict=True))


def _named(latex: str, pattern: re.Pattern[str], known: Mapping[str, Selected]) -> Places:
    return tuple(dict.fromkeys(known[each.group()] for each in pattern.finditer(latex)))


def _sides(pieces: Sequence[Piece]) -> list[list[int]]:
    """Return the indices of the pieces between equals signs."""
    sides: list[list[int]] = [[]]
    for place, piece in enumerate(pieces):
        if piece.latex in RELATIONS:
            sides.append([])
        else:
            sides[-1].append(place)
    return sides


def _terms(pieces: Sequence[Piece], side: Sequence[int]) -> list[list[int]]:
    """Return the indices of the factors of every term of a side; a Σ is none."""
    terms: list[list[int]] = [[]]
    for place in side:
        latex = pieces[place].latex
        if latex in SIGNS:
            terms.append([])
        elif latex != DOT and not latex.startswith(r"\sum"):
            terms[-1].append(place)
    return [term for term in terms if term]


def _paired(
    terms: Sequence[list[int]], factors: Sequence[list[Selected]]
) -> Iterator[tuple[list[int], list[Selected]]]:
    """Pair terms of numbers with what the letters name; one term of letters stands for all of them."""
    if len(factors) == 1:
        yield from ((term, factors[0]) for term in terms)
    elif len(terms) == len(factors):
        yield from zip(terms, factors, strict=True)


def _shared(own: Sequence[Selected], count: int) -> list[Places]:
    """Give every factor its place; a product that is worked out belongs to its link."""
    if len(own) == count:
        return [(place,) for place in own]
    links = tuple(place for place in own if place.kind == "link")
    return [links[:1]] if count == 1 else [()] * count


class Operands(QObject):
    """Joins the operands of a formula to the selection and the pointer of the whole window."""

    def __init__(self, view: FormulaView, context: Context) -> None:
        super().__init__(view)
        self._view, self._selection = view, context.selection
        view.pointed.connect(self._point)
        view.picked.connect(self._pick)
        view.typing_asked.connect(context.typing_asked)
        context.selection.hovered.connect(self._mark)

    def show_step(self, step: Step | None, frame: Frame | None, focus: Focus) -> None:
        """Say what the formula's pieces stand for; None: nothing, as of documents without a network."""
        if step is None or frame is None or frame.document.subject != "network":
            self._view.show_places(())
            return
        document = frame.document
        symbols = Symbols(document.network, document.notation, is_latex=True)
        known = letters(step, document.explicit.network, symbols, focus)
        self._view.show_places(places_of(self._view.pieces, known))

    @Slot(object)
    def _point(self, place: Selected | None) -> None:
        self._selection.point_at(place or NOTHING)

    @Slot(object)
    def _pick(self, place: Selected) -> None:
        self._selection.select(place)

    @Slot(object)
    def _mark(self, place: Selected) -> None:
        self._view.mark(None if place == NOTHING else place)
