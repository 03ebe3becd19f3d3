"""The outer form of a document as pydantic models: strict, finite, and errors as one sentence.

Settings of registry entries are not checked here but by their own declarations.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from dlviz.core.errors import DocumentError, SpecError, as_list, shown
from dlviz.core.inference import ID_PATTERN
from dlviz.core.sheets.lines import LONGEST_TEXT
from dlviz.data.spec import SplitSpec
from dlviz.i18n import tr
from dlviz.session.limits import COLUMNS, LAYERS, MAX_SEGMENTS, PAINTED_ROWS, RUNS, TEXT_CHARACTERS

FORMAT = "dlviz"
VERSION = 1

Id = Annotated[str, Field(pattern=f"^{ID_PATTERN.pattern}$", max_length=64)]
Text = Annotated[str, Field(max_length=TEXT_CHARACTERS)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Count = Annotated[int, Field(ge=0, le=2**53)]  # what every reader of JSON holds exactly
Fraction = Annotated[float, Field(ge=0, lt=1)]
Share = Annotated[float, Field(gt=0, le=1)]
Key = Annotated[str, Field(min_length=1, max_length=64)]
ChoiceJson = Key | dict[str, Any]


class Part(BaseModel):
    """A piece of a document; keys it does not know are kept."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, hide_input_in_errors=True)

    def unknown(self) -> dict[str, Any]:
        """Return the keys that have no meaning here, as they came."""
        return dict(self.model_extra or {})


class SplitPart(Part):
    """Fractions of rows held out of training, or the very rows."""

    validation: Fraction = 0.0
    test: Fraction = 0.0
    seed: Seed = 0
    stratify: bool = True
    shuffle: bool = True
    validation_rows: list[Count] | None = None
    test_rows: list[Count] | None = None
    used: Share = 1.0


class DataPart(Part):
    """Which data; its other keys are the settings of the kind."""

    kind: Key
    split: SplitPart = SplitPart()
    scaling: Literal["none", "standard", "minmax"] = "none"
    augmentation: dict[str, Any] = {}
    roles: dict[Text, Literal["input", "value", "class", "none"]] = {}


class InputPart(Part):
    """An input node and its shape without the batch axis."""

    id: Id
    shape: Annotated[list[Annotated[int, Field(ge=1, le=COLUMNS)]], Field(min_length=1, max_length=4)]


class LayerPart(Part):
    """One layer; its other keys are the settings of the kind."""

    id: Id
    kind: Key = "dense"
    inputs: list[Id] = []
    shares: Id | None = None


class NetworkPart(Part):
    """Layers in reading order."""

    layers: Annotated[list[LayerPart], Field(max_length=LAYERS)] = []
    inputs: Annotated[list[InputPart], Field(max_length=16)] | None = None
    outputs: list[Id] = []


class TrainingPart(Part):
    """How to train."""

    loss: ChoiceJson = "squared_error"
    losses: dict[Id, ChoiceJson] | None = None
    optimizer: ChoiceJson = "sgd"
    batch_size: Annotated[int, Field(ge=1, le=10**9)] = 10
    epochs: Annotated[int, Field(ge=1, le=10**9)] = 100
    shuffle: bool = True
    frozen: list[Key] = []
    slip: ChoiceJson | None = None
    schedule: ChoiceJson | None = None
    replacement: bool | None = None
    clip: ChoiceJson | None = None
    metrics: Annotated[list[ChoiceJson], Field(max_length=64)] = []
    callbacks: Annotated[list[ChoiceJson], Field(max_length=64)] = []


class StopPart(Part):
    """A rule that stopped a run."""

    callback: ChoiceJson
    step: Count
    best_step: Count | None = None


class WatchedPart(Part):
    """What callbacks saw: monitors at the ends of epochs, by step, and stops."""

    values: dict[Annotated[str, Field(pattern=r"^[0-9]{1,15}$")], dict[Key, float | None]] = {}
    stops: list[StopPart] = []


class StatePart(Part):
    """Where a run stood."""

    step: Count
    epoch: Count = 0
    batch: Count = 0
    updates: Count | None = None
    segments: Annotated[int, Field(ge=0, lt=2**31)] = 1
    dtype: Literal["float32", "float64"] = "float64"
    diverged_at: int | None = None
    theta: dict[str, Any] = {}
    optimizer: dict[str, Any] = {}
    watched: WatchedPart | None = None


class StandPart(Part):
    """An exact state of a run. kept: parameters and optimizer states, a row each, columns as its segment lists them."""

    step: Count
    epoch: Count = 0
    batch: Count = 0
    updates: Count = 0
    kept: Any = []


class LeadPart(Part):
    """Rows that come first in an epoch."""

    rows: Annotated[list[Count], Field(min_length=1, max_length=PAINTED_ROWS)]
    epoch: Count


class SegmentPart(Part):
    """A stretch of runs. document: the parts in which it differs. parameters: shapes by name, as columns of states.

    lead: new rows, which come first.
    """

    document: dict[str, Any] = {}
    label: Text = ""
    parameters: Annotated[dict[str, list[Count]], Field(max_length=4 * LAYERS)] = {}
    start: StandPart
    lead: LeadPart | None = None


class RunPart(Part):
    """A run: where it comes from, what is said about it, its segments by place, and where it stands."""

    uid: Annotated[int, Field(ge=1, lt=2**31)]
    parent: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    step: Count = 0
    epoch: Count = 0
    change: Text = ""
    is_beside: bool = False
    name: Text = ""
    note: Text = ""
    is_pinned: bool = False
    colour: Annotated[int, Field(ge=0, lt=1000)] = 0
    begins: Count = 0
    seconds: Annotated[float, Field(ge=0)] = 0.0
    segments: Annotated[list[Annotated[int, Field(ge=0, lt=MAX_SEGMENTS)]], Field(min_length=1)]
    end: Count
    state: StandPart
    cursor: Count | None = None
    first_loss: Count = 0
    stride: Annotated[int, Field(ge=1, le=2**53)] = 1
    losses: Any = None
    measured: Any = None
    watched: WatchedPart | None = None


class RunsPart(Part):
    """Every run of a session; current: the one on show."""

    current: int
    segments: Annotated[list[SegmentPart], Field(min_length=1, max_length=MAX_SEGMENTS)]
    runs: Annotated[list[RunPart], Field(min_length=1, max_length=RUNS)]


class FormulaPart(Part):
    """A typed formula with its numbers."""

    text: Text
    inputs: dict[Key, Any] = {}
    of: Annotated[str, Field(max_length=64)] = ""
    by: Annotated[list[Key], Field(max_length=COLUMNS)] = []


class SheetPart(Part):
    """The text of a sheet, and the numbers set in it."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    inputs: dict[Key, Any] = {}


class RacePart(Part):
    """Optimizers on a surface."""

    surface: ChoiceJson = "himmelblau"
    optimizers: Annotated[list[ChoiceJson], Field(max_length=16)] | None = None
    start: Annotated[list[float], Field(max_length=2)] = []
    steps: Annotated[int, Field(ge=1, le=20_000)] = 400
    schedule: ChoiceJson | None = None
    clip: ChoiceJson | None = None
    noise: Annotated[float, Field(ge=0, le=1e6)] = 0.0
    seed: Seed = 0
    starts: Literal["one", "grid", "random", "again"] = "one"
    count: Annotated[int, Field(ge=1, le=1_000)] = 100
    tolerance: Annotated[float, Field(gt=0, le=1e6)] = 0.05
    rule: Literal["own", "same", "best"] = "own"
    on: Literal["surface", "network"] = "surface"
    plane: Literal["pca", "random", "weights"] = "pca"
    weights: Annotated[str, Field(max_length=200)] = ""
    markers: Annotated[list[Annotated[int, Field(ge=0, le=15)]], Field(max_length=16)] = []


class Envelope(Part):
    """A whole document."""

    format: Literal["dlviz"]
    version: Annotated[int, Field(ge=1)]
    minimum_reader: Annotated[int, Field(ge=1)] | None = None
    title: Text = "Untitled"
    seed: Seed = 0
    dtype: Literal["auto", "float32", "float64"] = "auto"
    conventions: Annotated[str, Field(max_length=100)] | dict[str, Any] = "dlviz"
    data: DataPart = DataPart(kind="circles")
    network: NetworkPart = NetworkPart()
    parameters: dict[str, Any] = {}
    training: TrainingPart = TrainingPart()
    rule: ChoiceJson | None = None
    formula: FormulaPart | None = None
    sheet: SheetPart | None = None
    race: RacePart | None = None
    view: dict[str, Any] = {}
    state: StatePart | None = None
    runs: RunsPart | None = None


P = TypeVar("P", bound=Part)


def checked(model: type[P], data: Any, place: str = "") -> P:
    """Return data as a part. Raises: DocumentError, one sentence on the first thing that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _sentence(first, _place(place, first["loc"])) from None


def split_of(values: Any) -> SplitSpec:
    """Return fractions held out. Raises: DocumentError unless rows are left to train on."""
    part = values if isinstance(values, SplitPart) else checked(SplitPart, values, "data.split")
    held_out = part.validation + part.test
    if held_out >= 1:
        raise DocumentError(
            tr("Expected rows left to train on. Received: {n} held out", n=f"{held_out:g}"), place="data.split"
        )
    dev, test = (None if rows is None else tuple(rows) for rows in (part.validation_rows, part.test_rows))
    return SplitSpec(part.validation, part.test, part.seed, part.stratify, dev, test, part.shuffle, part.used)


def split_to_json(split: SplitSpec) -> dict[str, Any]:
    """Write fractions held out, and rows where they are listed."""
    listed = {"validation_rows": split.validation_rows, "test_rows": split.test_rows}
    rows = {key: list(each) for key, each in listed.items() if each is not None}
    dealt = {} if split.shuffle else {"shuffle": False}
    used = {} if split.used == 1.0 else {"used": split.used}
    shares = {"validation": split.validation, "test": split.test, "seed": split.seed, "stratify": split.stratify}
    return shares | dealt | rows | used


def check_version(data: dict[str, Any]) -> None:
    """Raise DocumentError, naming the version needed, if the document wants a newer reader."""
    version, minimum = data.get("version"), data.get("minimum_reader", data.get("version"))
    if type(version) is int and type(minimum) is int and version > VERSION and minimum > VERSION:
        raise DocumentError(
            tr(
                "Expected a document of version {known} or older. Received: version {version}, "
                "which needs a dlviz that reads version {minimum}.",
                known=VERSION, version=version, minimum=minimum,
            )
        )  # fmt: skip


def refuse_keys(unknown: Iterable[str], place: str) -> None:
    """Raise SpecError if an edit names a key that has no meaning."""
    for name in unknown:
        raise SpecError(tr("Expected a known setting. Received: {name!r}", name=name), place=place)


def received(value: object) -> str:
    """Say in a few characters what came; a tuple is a shape."""
    if isinstance(value, tuple):
        return as_list(value)
    if isinstance(value, dict):
        return tr("an object")
    if isinstance(value, list):
        return tr("a list") if value else tr("an empty list")
    return shown(value)


def _place(place: str, location: tuple[int | str, ...]) -> str:
    # A tag of a union (a class or type name) is pydantic's own word, not a key of the document.
    parts = [str(part) for part in location if not str(part).startswith(("constrained-", "dict["))]
    return ".".join([place, *parts] if place else parts)


def _sentence(error: ErrorDetails, place: str) -> DocumentError:
    if error["type"] == "missing":
        key = place.rpartition(".")[2]
        return DocumentError(tr("Expected the key {key!r}. Received: nothing", key=key), place=place)
    came = received(error["input"])
    if error["type"] in ("too_long", "too_short"):
        came = str(len(error["input"]))
    return DocumentError(
        tr("Expected {expected}. Received: {received}", expected=_expected(error), received=came), place=place
    )


def _expected(error: ErrorDetails) -> str:
    """Say in words what a check of pydantic wants."""
    if "constrained-str" in error["loc"]:
        return tr("a key or an object with a kind")
    limits = error.get("ctx", {})
    words = {
        "int_type": tr("a whole number"),
        "float_type": tr("a number"),
        "finite_number": tr("a finite number"),
        "string_type": tr("text"),
        "string_unicode": tr("text of whole characters"),
        "bool_type": tr("true or false"),
        "list_type": tr("a list"),
        "dict_type": tr("an object"),
        "model_type": tr("an object"),
        "string_pattern_mismatch": tr("an id of small letters, digits and _"),
        "greater_than_equal": tr("at least {ge}", ge=limits.get("ge")),
        "less_than_equal": tr("at most {le}", le=limits.get("le")),
        "less_than": tr("less than {lt}", lt=limits.get("lt")),
        "string_too_long": tr("at most {n} characters", n=limits.get("max_length")),
        "string_too_short": tr("at least {n} characters", n=limits.get("min_length")),
        "too_long": tr("at most {n} entries", n=limits.get("max_length")),
        "too_short": tr("at least {n} entries", n=limits.get("min_length")),
    }
    return words.get(error["type"], error["msg"].removeprefix("Input should be "))
