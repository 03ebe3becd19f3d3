"""Windows that slide over images: their geometry, and views of what each of their cells reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Call, Calls
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.hyper import both
from dlviz.core.layers.kind import Shape

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers

MAX_WINDOW = 64  # rows or columns; wider ones are dense layers in all but name

Sides = tuple[int, int]
Edges = tuple[Sides, Sides]


@dataclass(frozen=True)
class Windows:
    """Where windows of a size lie on images (channels, height, width), row by row.

    size, stride: (rows, columns). edges: rows of zeros ((above, below), (left, right)) around the image.
    """

    image: tuple[int, int, int]
    size: Sides
    stride: Sides
    edges: Edges = ((0, 0), (0, 0))

    @property
    def padded(self) -> tuple[int, int, int]:
        """Shape of an image with its edges of zeros."""
        channels, height, width = self.image
        return channels, height + sum(self.edges[0]), width + sum(self.edges[1])

    @property
    def is_padded(self) -> bool:
        """Say whether there are edges of zeros."""
        return self.padded != self.image

    @property
    def count(self) -> Sides:
        """How many windows fit below and beside each other."""
        fits = zip(self.padded[1:], self.size, self.stride, strict=True)
        rows, columns = ((length - size) // stride + 1 for length, size, stride in fits)
        return rows, columns

    @property
    def covers_once(self) -> bool:
        """Say whether every number of the image lies in exactly one window."""
        rows, columns = self.count
        return self.size == self.stride and (rows * self.size[0], columns * self.size[1]) == self.padded[1:]

    def cells(self) -> Iterator[Sides]:
        """Give (row, column) of every cell of a window, row by row."""
        return ((row, column) for row in range(self.size[0]) for column in range(self.size[1]))

    def cell(self, images: Array, row: int, column: int) -> Array:
        """Return what one cell of all windows reads: a view (channels, rows, columns, n) of padded images."""
        (rows, columns), (down, right) = self.count, self.stride
        last_row, last_column = row + (rows - 1) * down, column + (columns - 1) * right
        return images[:, row : last_row + 1 : down, column : last_column + 1 : right]

    def middle(self, images: Array) -> Array:
        """Return the images inside their edges of zeros, as a view."""
        (above, _), (left, _) = self.edges
        _, height, width = self.image
        return images[:, above : above + height, left : left + width]

    def reads(self, row: int, column: int) -> NDArray[np.intp]:
        """Return which units of the image one window reads, (channels, *size); −1 stands for the zeros around it."""
        channels, height, width = self.image
        (above, _), (left, _) = self.edges
        rows = row * self.stride[0] - above + np.arange(self.size[0])[:, None]
        columns = column * self.stride[1] - left + np.arange(self.size[1])
        is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        units = np.arange(channels)[:, None, None] * (height * width) + rows * width + columns
        return np.where(is_inside, units, -1)

    def readers(self, row: int, column: int) -> Iterator[tuple[Sides, Sides]]:
        """Give every window (row, column) that reads a place of the image, and with which of its cells."""
        (above, _), (left, _) = self.edges
        for down, right in self.cells():
            (window_row, rest), (window_column, rest_right) = (
                divmod(row + above - down, self.stride[0]),
                divmod(column + left - right, self.stride[1]),
            )
            is_there = 0 <= window_row < self.count[0] and 0 <= window_column < self.count[1]
            if is_there and rest == rest_right == 0:
                yield (window_row, window_column), (down, right)

    def patches(self, images: Array, xp: Any) -> Array:
        """Return all windows side by side: a view (channels, *size, *count, n) of padded images."""
        channel, down, right, example = images.strides
        (rows, columns), (step_down, step_right) = self.count, self.stride
        shape = (images.shape[0], *self.size, rows, columns, images.shape[-1])
        strides = (channel, down, right, step_down * down, step_right * right, example)
        return xp.lib.stride_tricks.as_strided(images, shape, strides)


def image_shape(shape: Shape, place: str) -> tuple[int, int, int]:
    """Return the shape of images (channels, height, width). Raises: ShapeError for anything else."""
    if len(shape) != 3:
        raise ShapeError(
            f"Expected images of three axes: channels, height, width. Received: shape={as_list(shape)}",
            "Say in network.inputs how a row is cut, such as [1, 8, 8].",
            place,
        )
    channels, height, width = shape
    return channels, height, width


def windows(shape: Shape, place: str, size: Any, stride: Any, padding: Any = "valid") -> Windows:
    """Return the windows of a layer; stride "size" lets them lie side by side.

    padding: rows and columns of zeros on every side; "valid" none, "same" as many as give
    ⌈length / stride⌉ windows, the odd one below or right.
    Raises: ShapeError where the shape is no image or no window fits.
    """
    image, sides = image_shape(shape, place), both(size)
    steps = sides if stride == "size" else both(stride)
    found = Windows(image, sides, steps, _edges(image, sides, steps, padding))
    if min(found.count) < 1:
        _, height, width = found.padded
        raise ShapeError(
            f"Expected a window inside {height} × {width} numbers. Received: {sides[0]} × {sides[1]}",
            "Make the window smaller or pad the images.",
            place,
        )
    return found


def _edges(image: tuple[int, int, int], size: Sides, stride: Sides, padding: Any) -> Edges:
    if padding == "same":
        above, left = (_same(*each) for each in zip(image[1:], size, stride, strict=True))
        return above, left
    rows, columns = (0, 0) if padding == "valid" else both(padding)
    return (rows, rows), (columns, columns)


def _same(length: int, size: int, stride: int) -> Sides:
    missing = max((-(-length // stride) - 1) * stride + size - length, 0)
    return missing // 2, missing - missing // 2


def spread(
    b: "Buffers", node: str, plan: Windows, adds: bool, share: Callable[[int, int], tuple[Calls, Array]]
) -> Calls:
    """Return the calls that give every number of a node's gradient its shares from the windows it lies in.

    share(row, column): calls, and the array (channels, *count, n) they fill with what that cell of all windows gets.
    adds: the node's gradient was written before.
    """
    target = b.tensor(node, b.gradient(node))
    images = b.workspace.zeros(*plan.padded, b.columns) if plan.is_padded else target
    adds_there = adds and not plan.is_padded
    is_once = plan.covers_once and not adds_there
    calls: list[Call] = [] if adds_there or is_once else [(images.fill, (0,))]
    for row, column in plan.cells():
        before, part = share(row, column)
        place = plan.cell(images, row, column)
        calls += [*before, (b.xp.copyto, (place, part)) if is_once else (b.xp.add, (place, part, place))]
    if plan.is_padded:
        inside = plan.middle(images)
        calls.append((b.xp.add, (target, inside, target)) if adds else (b.xp.copyto, (target, inside)))
    return calls
