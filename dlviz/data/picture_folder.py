"""Which files of a folder are images of which class; nothing outside of it, no links, nothing opened yet."""

import os
from dataclasses import dataclass
from pathlib import Path

from dlviz.core.errors import DataError
from dlviz.data.limits import CLASSES, IMAGES
from dlviz.i18n import tr

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm")
NAMED = 100  # files that a note names one by one


@dataclass(frozen=True)
class PictureFiles:
    """Files by class, both in order of their names; notes: what else lies there."""

    classes: tuple[str, ...]
    files: tuple[tuple[int, Path], ...]  # class, path
    notes: tuple[str, ...]


def find_pictures(folder: Path) -> PictureFiles:
    """List the images in the folders of a folder. Raises: DataError where there are none, or too many."""
    classes: list[str] = []
    files: list[tuple[int, Path]] = []
    other: list[str] = []
    for entry in _entries(folder):
        if not entry.is_dir(follow_symlinks=False):
            other.append(entry.name)
            continue
        found: list[str] = []
        for inner in _entries(Path(entry.path)):
            is_image = inner.is_file(follow_symlinks=False) and inner.name.lower().endswith(ENDINGS)
            (found if is_image else other).append(inner.name if is_image else f"{entry.name}/{inner.name}")
        if found:
            files += [(len(classes), Path(entry.path) / name) for name in found]
            classes.append(entry.name)
        if len(files) > IMAGES or len(classes) > CLASSES:
            limit = tr("at most {images} images in {classes} classes", images=IMAGES, classes=CLASSES)
            raise DataError(tr("Expected {limit}. Received: more.", limit=limit), place=folder.name)
    if not files:
        hint = tr("Put the images of each class into a folder of its own: cat/1.png, dog/1.png.")
        raise DataError(tr("Expected folders with images. Received: none."), hint, folder.name)
    return PictureFiles(tuple(map(_printable, classes)), tuple(files), _other_notes(other))


def named(names: list[str]) -> str:
    """Name files one by one, the first NAMED of many."""
    shown = ", ".join(map(_printable, names[:NAMED]))
    return shown + (f" … ({len(names)})" if len(names) > NAMED else "")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(tr("Expected a folder that can be read. Received: {reason}.", reason=error.strerror),
                        place=folder.name) from error  # fmt: skip


def _other_notes(other: list[str]) -> tuple[str, ...]:
    return (tr("No images of a class, left out: {names}.", names=named(other)),) if other else ()


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in name)
