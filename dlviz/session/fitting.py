"""Networks that fit their data: refused in the core's words, with a way out where one more layer is missing."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dlviz.core.errors import DataError, DlvizError, ShapeError, SpecError, as_list
from dlviz.core.freezing import parsed_entry
from dlviz.core.inference import check_batch, check_data, parameters
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids, sources
from dlviz.core.objective import OutputLoss
from dlviz.data.prepare import Prepared
from dlviz.i18n import tr
from dlviz.session.batch_memory import check_memory
from dlviz.session.batches import last_batch_size
from dlviz.session.document import Document, Handle
from dlviz.session.format.document import check_document
from dlviz.session.lowered import lowered
from dlviz.session.prepared import prepared_for
from dlviz.session.targets import targets_for
from dlviz.session.wiring import fresh_id, inserted

Shape = tuple[int, ...]
FLATTEN = "flatten"
LOOKED_AT = 1000  # rows that an edit is tried on at once; the run looks at all
COLOURS = (1, 3)  # channels of the images that a row of numbers may be


class CurableError(ShapeError):
    """A refusal with a way out in place of a hint: the edit with what was missing; `title` says what that is."""

    def __init__(self, refused: DlvizError, title: str, cured: Document) -> None:
        super().__init__(refused.message, place=refused.place)
        self.title, self.cured = title, cured


def settled(document: Document) -> Document:
    """Return a document without parameters and frozen names that its network no longer has.

    Weights are kept by name where shapes allow; the rest will be initialised.
    Raises: SpecError or ShapeError if the network cannot run.
    """
    spec = document.network
    shapes = {each.name: each.shape for each in parameters(spec)} if spec.layers else {}
    names = {*shapes, *(layer.id for layer in spec.layers)}
    kept = {name: each for name, each in document.parameters.items() if shapes.get(name) == each.array.shape}
    frozen = tuple(name for name in document.training.frozen if name in names or _is_held(name, kept))
    losses = _losses_left(document)
    result = replace(document, parameters=kept, training=replace(document.training, frozen=frozen, losses=losses))
    check_document(result)
    return result


def _is_held(name: str, kept: Mapping[str, Handle]) -> bool:
    """Say whether a frozen name is one number of a parameter that is kept as it is: pruned ones are starting values."""
    entry = parsed_entry(name)
    return entry is not None and entry[0] in kept


def _losses_left(document: Document) -> Mapping[str, OutputLoss]:
    """Return the losses of outputs that are still there; new outputs get the one of the whole plan."""
    spec, training = document.network, document.training
    if not training.losses or not spec.layers:
        return {}
    usual = OutputLoss(training.loss)
    return {output: training.losses.get(output, usual) for output in output_ids(spec)}


def check_width(document: Document, prepared: Prepared) -> None:
    """Raise ShapeError unless the input nodes take as many numbers as a row of the data has."""
    shapes, data = [node.shape for node in document.network.inputs], as_list([prepared.dataset.d])
    if sum(math.prod(shape) for shape in shapes) != prepared.dataset.d:
        received = " and ".join(map(as_list, shapes))
        raise ShapeError(f"Expected the shape of the data, {data}. Received: {received}", place="network.inputs")


def check_batches(document: Document, prepared: Prepared) -> None:
    """Raise ShapeError where a batch of an epoch, such as a smaller last one, is too small for a layer."""
    n, size = len(prepared.train), document.training.batch_size
    for count in {min(size, n), last_batch_size(n, size)} if n else ():
        check_batch(document.network, count)


def still_fitting(document: Document, changed: Document) -> Document:
    """Return a changed document. Raises: DlvizError if it does not fit its data where the old one did."""
    error = _misfit(changed)
    if error is not None and _misfit(document) is None:
        raise error
    return changed


def fitting(document: Document, network: NetworkSpec) -> Document:
    """Return a document with another network, settled.

    Raises: DlvizError if it cannot run, or not on the data where the old one could.
    """
    return still_fitting(document, settled(replace(document, network=network)))


def _misfit(document: Document) -> DlvizError | None:
    """Return why data, network and plan do not fit together; None if they do or the data are not known."""
    prepared = known_data(document)
    if prepared is None or not document.network.layers:
        return None
    try:
        check_width(document, prepared)
        check_memory(document, lowered(document), len(prepared.train))
        check_data(document.network, prepared.inputs[:LOOKED_AT])
        check_batches(document, prepared)
        targets_for(document, replace(prepared.dataset, targets=prepared.dataset.targets[:LOOKED_AT]))
    except DlvizError as error:
        return error
    return None


def known_data(document: Document) -> Prepared | None:
    """Return the document's data, None where they cannot be had."""
    try:
        return prepared_for(document)
    except (DataError, SpecError):
        return None


def first_fitting(document: Document, candidates: Sequence[NetworkSpec], may_shape: bool = True) -> Document:
    """Return the document with the first network that fits.

    may_shape: the way out may also read the data in another shape.
    Raises: the refusal of the first, as a CurableError where there is a way out.
    """
    refused: DlvizError | None = None
    for network in candidates:
        try:
            return fitting(document, network)
        except DlvizError as error:
            refused = refused or error
    assert refused is not None  # there is at least one candidate
    for title, network in _ways_out(document, candidates, may_shape):
        cured = _fitting_or_none(document, network)
        if cured is not None:
            raise CurableError(refused, title, cured) from refused
    raise refused


def _fitting_or_none(document: Document, network: NetworkSpec) -> Document | None:
    try:
        return fitting(document, network)
    except DlvizError:
        return None


def _ways_out(
    document: Document, candidates: Sequence[NetworkSpec], may_shape: bool
) -> Iterator[tuple[str, NetworkSpec]]:
    """Give networks with a flatten layer before the layer that was refused, with the data in other shapes, or both."""
    for network in candidates:
        now = network.inputs[0].shape
        for shape in (now, *(readings(math.prod(now)) if may_shape and len(network.inputs) == 1 else ())):
            shaped = replace(network, inputs=(replace(network.inputs[0], shape=shape), *network.inputs[1:]))
            words = [] if shape == now else [tr("Read the data as {shape}", shape=shape_words(shape))]
            if words:
                yield words[0], shaped
            flat = _flattened(document, shaped)
            if flat is not None:
                yield " · ".join([*words, tr("Insert a flatten layer")]), flat


def _flattened(document: Document, network: NetworkSpec) -> NetworkSpec | None:
    """Return the network with a flatten layer before the one that its shapes do not suit."""
    try:
        fitting(document, network)
    except ShapeError as error:
        layer = next((each for each in network.layers if each.id == error.place), None)
        if layer is None:
            return None
        behind = sources(network, layer)[0]
        return inserted(network, behind, LayerSpec(fresh_id(network, FLATTEN), FLATTEN, (behind,)), layer.id)
    except DlvizError:
        return None
    return None


def readings(width: int) -> tuple[Shape, ...]:
    """Return the shapes that a row of so many numbers can be read in: plain, square images, a sequence."""
    images = []
    for channels in COLOURS:
        side = math.isqrt(width // channels)
        if side > 1 and channels * side * side == width:
            images.append((channels, side, side))
    return ((width,), *images, *(((width, 1),) if width > 1 else ()))


def shape_words(shape: Sequence[int]) -> str:
    """Write a shape: 1 × 8 × 8."""
    return " × ".join(map(str, shape))
