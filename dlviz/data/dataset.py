"""Dataset: rows of inputs and targets with their names, and nothing about networks."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.data.mapped import is_mapped, let_go

Task = Literal["regression", "binary", "multiclass"]
Modality = Literal["table", "image", "sequence", "text"]

SAMPLE_ROWS = 20_000  # of a set that stays on disk: as many as a plot can show


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples as rows; all arrays read-only.

    inputs: (n, d) float64. targets: (n, k) float64 for regression, else (n,) int64 class indices
    into class_names. notes: sentences on everything that was changed or dropped while reading. stride: 1,
    or k where these are every k-th row of a larger set. image_shape: (channels, height, width) where a row of
    inputs is an image, channel after channel, row after row. sequence_shape: (steps, numbers a step) where it is
    a sequence. is_text: whether inputs count words. row_names: what each row is called, such as its sentence or
    its file; empty where rows are only numbered.
    """

    title: str
    task: Task
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64] | NDArray[np.int64]
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    attribution: str = ""
    stride: int = 1
    image_shape: tuple[int, int, int] | None = None
    sequence_shape: tuple[int, int] | None = None
    is_text: bool = False
    row_names: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Compare words by what they say, and arrays by whether they are one: there are too many numbers to compare."""
        if not isinstance(other, Dataset):
            return NotImplemented
        pairs = ((getattr(self, each.name), getattr(other, each.name)) for each in fields(self))
        return all(one is two if isinstance(one, np.ndarray) else one == two for one, two in pairs)

    def __hash__(self) -> int:
        """Agree with the comparison: by what the words say."""
        return hash((self.title, self.task, self.input_names, self.target_names, self.class_names))

    @property
    def is_streamed(self) -> bool:
        """Say whether the inputs stay on disk, as they are larger than the memory meant for them."""
        return is_mapped(self.inputs)

    @cached_property
    def sample(self) -> "Dataset":
        """The set itself if it is in memory, else at most SAMPLE_ROWS evenly spaced rows of it: for pictures."""
        if not self.is_streamed:
            return self
        inputs = np.array(self.inputs[self.sampled])
        inputs.setflags(write=False)
        let_go(self.inputs)
        targets, names = self.targets[self.sampled], self.row_names[self.sampled]
        return replace(self, inputs=inputs, targets=targets, stride=self.sampled.step, row_names=names)

    @property
    def sampled(self) -> slice:
        """Which rows are in the sample."""
        return slice(0, self.n, -(-self.n // SAMPLE_ROWS) if self.is_streamed else 1)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    @property
    def d(self) -> int:
        """Number of inputs."""
        return int(self.inputs.shape[1])

    @property
    def modality(self) -> Modality:
        """What a row is: cells of a table, an image, a sequence, or a text of which words were counted."""
        if self.image_shape is not None:
            return "image"
        return "sequence" if self.sequence_shape is not None else "text" if self.is_text else "table"

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape in which a layer that wants images or sequences reads a row."""
        return self.image_shape or self.sequence_shape or (self.d,)

    @property
    def n_outputs(self) -> int:
        """Output units that fit: target columns, 1 for two classes, else one a class."""
        if self.task == "regression":
            return int(self.targets.shape[1])
        return 1 if self.task == "binary" else len(self.class_names)
