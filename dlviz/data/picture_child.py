"""The picture process: `python -m dlviz.data.picture_child FOLDER` decodes the images that the request there names."""

import hashlib
import io
import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from dlviz.core.errors import DataError
from dlviz.data.answer import AnswerWriter
from dlviz.data.limits import IMAGE_FILE_BYTES, IMAGE_PIXELS, IMAGE_SET_BYTES, IMAGE_SIDE
from dlviz.data.picture_folder import PictureFiles, find_pictures, named
from dlviz.data.picture_progress import PLAN
from dlviz.data.process_end import answering, limit_memory
from dlviz.data.reader_process import REQUEST
from dlviz.data.regular_file import open_regular
from dlviz.data.table import ReadChoices
from dlviz.data.transport import Answer, block_name
from dlviz.i18n import tr

KINDS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")
GREY_MODES = ("1", "L", "LA", "I", "I;16", "I;16B", "F")
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, UnidentifiedImageError, ArithmeticError,
    LookupError, TypeError, AttributeError, RuntimeError, Warning, Image.DecompressionBombError,
)  # fmt: skip

Size = tuple[int, int]  # height, width


@dataclass
class Kept:
    """What was decoded so far: codes and names of the rows, and why others are no rows."""

    codes: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)  # reason: files
    resized: Counter[Size] = field(default_factory=Counter)


def main(arguments: Sequence[str]) -> int:
    """Decode what the request in the folder names and write the answer beside it."""
    folder = Path(arguments[0])
    limit_memory()
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    path = Path(request["path"])
    answering(folder, path.name, lambda: read(folder, path, ReadChoices(**request["choices"])))
    return 0


def read(folder: Path, path: Path, choices: ReadChoices) -> Answer:
    """Decode all images of a folder into the file of pixels. Raises: DataError."""
    Image.MAX_IMAGE_PIXELS = IMAGE_PIXELS
    warnings.simplefilter("error")
    found = find_pictures(path)
    kept, digest = Kept(), hashlib.sha256()
    looked = [_look(file, kept, path) for _, file in found.files]
    size, channels = _shape(looked, choices, path.name)
    if size[0] * size[1] * channels * len(looked) > IMAGE_SET_BYTES:
        raise DataError(tr("Expected at most {n} pixels together. Received: more.", n=IMAGE_SET_BYTES),
                        tr("Choose a smaller size."), path.name)  # fmt: skip
    shape = (channels, *size)
    _write_plan(folder, shape, sum(look is not None for look in looked))
    with (folder / block_name(0)).open("wb", buffering=0) as target:
        for (code, file), look in zip(found.files, looked, strict=True):
            name = f"{file.parent.name}/{file.name}"
            if look is not None and (pixels := _pixels(file, name, shape, kept, digest)) is not None:
                target.write(pixels.data)
                kept.codes.append(code)
                kept.names.append(name)
                kept.resized[look[0]] += look[0] != size
    return _answer(folder, found, kept, shape, path.name) | {"sha256": digest.hexdigest()}


def _look(path: Path, kept: Kept, root: Path) -> tuple[Size, bool] | None:
    """Return size and whether it is grey, from the header alone; None for what is no image."""
    name = f"{path.parent.name}/{path.name}"
    try:
        with open_regular(path) as file, Image.open(file, formats=KINDS) as image:
            width, height = image.size
            if width * height > IMAGE_PIXELS:
                raise ValueError(tr("{n} pixels", n=width * height))
            return (height, width), image.mode in GREY_MODES
    except (DataError, *BROKEN) as error:
        _refuse(kept, name, error)
        return None


def _refuse(kept: Kept, name: str, error: BaseException) -> None:
    if isinstance(error, DataError):
        reason = error.message
    elif isinstance(error, UnidentifiedImageError):
        reason = tr("no image of a known kind")
    elif isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        reason = tr("more than {n} pixels", n=IMAGE_PIXELS)
    else:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:80]
    kept.refused.setdefault(reason, []).append(name)


def _shape(looked: Sequence[tuple[Size, bool] | None], choices: ReadChoices, place: str) -> tuple[Size, int]:
    """Return the size that all images get, and their channels: those of most, unless chosen."""
    images = [look for look in looked if look is not None]
    if not images:
        raise DataError(tr("Expected images that can be read. Received: none of {n}.", n=len(looked)), place=place)
    common = Counter(size for size, _ in images).most_common(1)[0][0]
    scale = min(IMAGE_SIDE / max(common), 1.0)
    size = choices.image_size or (max(round(common[0] * scale), 1), max(round(common[1] * scale), 1))
    is_grey = choices.colour == "grey" if choices.colour else all(grey for _, grey in images)
    return size, 1 if is_grey else 3


def _pixels(path: Path, name: str, shape: tuple[int, int, int], kept: Kept, digest: Any) -> NDArray[np.uint8] | None:
    """Return the pixels (channels, height, width) of an image, None for one that cannot be decoded."""
    try:
        with open_regular(path) as file:
            data = file.read(IMAGE_FILE_BYTES + 1)
        if len(data) > IMAGE_FILE_BYTES:
            raise ValueError(tr("a file over {n} MiB", n=IMAGE_FILE_BYTES >> 20))
        with Image.open(io.BytesIO(data), formats=KINDS) as image:
            pixels = _resized(image, shape)
    except (DataError, *BROKEN) as error:
        _refuse(kept, name, error)
        return None
    digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    return pixels


def _resized(image: Image.Image, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    channels, height, width = shape
    if image.width * image.height > IMAGE_PIXELS:
        raise Image.DecompressionBombError
    if image.mode in ("I", "I;16", "I;16B", "F"):
        image = _to_bytes(image)
    elif image.mode in ("P", "PA", "RGBA", "LA", "La", "RGBa"):
        # What is see-through is seen on white, as on a page.
        whole = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", whole.size, (255, 255, 255, 255)), whole)
    plain = image.convert("L" if channels == 1 else "RGB")
    if plain.size != (width, height):
        plain = plain.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(plain, dtype=np.uint8).reshape(height, width, channels)
    return np.ascontiguousarray(np.moveaxis(pixels, 2, 0))


def _to_bytes(image: Image.Image) -> Image.Image:
    """Bring grey levels of 16 bits to 8; convert would cut them off."""
    levels = np.asarray(image).astype(np.float64)
    top = 65535.0 if levels.max(initial=0) > 255 else 255.0
    return Image.fromarray(np.clip(np.nan_to_num(levels) * 255 / top, 0, 255).astype(np.uint8), "L")


def _write_plan(folder: Path, shape: tuple[int, int, int], n: int) -> None:
    """Tell the reading process what comes, so that it can show images while others are decoded."""
    unfinished = folder / f"{PLAN}.part"
    unfinished.write_text(json.dumps({"shape": shape, "n": n}), encoding="utf-8")
    unfinished.rename(folder / PLAN)


def _answer(folder: Path, found: PictureFiles, kept: Kept, shape: tuple[int, int, int], place: str) -> Answer:
    if not kept.codes:
        raise DataError(tr("Expected images that can be read. Received: none of {n}.", n=len(found.files)), place=place)
    writer = AnswerWriter(folder, len(kept.codes))
    writer.describe_block("image", "image", shape)
    writer.category("class", np.array(kept.codes), found.classes)
    writer.text("file", kept.names)
    writer.notes += [*found.notes, *_notes(kept, shape)]
    return writer.answer(guessed_target="class", row_names=list(map(_clean, kept.names)))


def _notes(kept: Kept, shape: tuple[int, int, int]) -> Iterator[str]:
    for reason, files in kept.refused.items():
        yield tr("Images left out ({reason}): {files}.", reason=reason, files=named(files))
    size = f"{shape[1]} × {shape[2]}"
    for (height, width), n in sorted(kept.resized.items()):
        if n:
            yield tr("Images of {old} resized to {new}: {n}.", n=n, old=f"{height} × {width}", new=size)


def _clean(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
