"""Folders of images: pictures that burst, lie or are something else, links and pipes beside them, odd ones."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.hostile.odd import Make, Odd, loaded, noted, refused
from tests.hostile.tables import pickled

SIZE = (8, 6)  # width, height


def image(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = SIZE, **more: object) -> bytes:
    """Return a picture of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **more)
    return buffer.getvalue()


def good(folder: Path) -> Path:
    """Write four pictures of two classes."""
    for kind in ("cat", "dog"):
        for number in range(2):
            path = folder / "set" / kind / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image())
    return folder / "set"


def beside(name: str, data: bytes) -> Make:
    """Return a maker of good pictures with this file in the class of cats."""

    def make(folder: Path) -> Path:
        found = good(folder)
        (found / "cat" / name).write_bytes(data)
        return found

    return make


def only(name: str, data: bytes, count: int = 2) -> Make:
    """Return a maker of classes that hold nothing but this file."""

    def make(folder: Path) -> Path:
        for kind in "abc"[:count]:
            path = folder / "set" / kind / name
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
        return folder / "set"

    return make


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2) -> bytes:
    """Return a PNG with a header of one's own."""
    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


ROWS = zlib.compress(bytes(6 * (1 + 24)))
WHOLE = png(8, 6, chunk(b"IDAT", ROWS))


def linked(target: str, name: str = "link.png") -> Make:
    """Return a maker of good pictures beside a link."""

    def make(folder: Path) -> Path:
        found = good(folder)
        (found / "cat" / name).symlink_to(target)
        return found

    return make


def class_linked(folder: Path) -> Path:
    """Write good pictures, and a class that is a link to a folder outside."""
    found = good(folder)
    (folder / "outside").mkdir()
    (folder / "outside" / "x.png").write_bytes(image())
    (found / "elsewhere").symlink_to(folder / "outside")
    return found


def piped(folder: Path) -> Path:
    """Write good pictures beside a pipe with the name of one."""
    found = good(folder)
    os.mkfifo(found / "cat" / "pipe.png")
    return found


def nested(folder: Path) -> Path:
    """Write good pictures with another folder inside a class."""
    found = good(folder)
    (found / "cat" / "more").mkdir()
    (found / "cat" / "more" / "x.png").write_bytes(image())
    return found


def empty_class(folder: Path) -> Path:
    """Write good pictures and a class of nothing."""
    found = good(folder)
    (found / "bird").mkdir()
    return found


def nothing(folder: Path) -> Path:
    """Write an empty folder."""
    (folder / "set").mkdir()
    return folder / "set"


def flat(folder: Path) -> Path:
    """Write pictures without folders of classes."""
    (folder / "set").mkdir()
    (folder / "set" / "x.png").write_bytes(image())
    return folder / "set"


def odd_names(folder: Path) -> Path:
    """Write classes and files with odd names."""
    for name in ("-rf", "$(touch SENTINEL_SHELL)", "a\u202egnp", "e\u0301", " space ", "%s"):
        path = folder / "set" / name / f"{name}.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(image())
    return folder / "set"


def noise(kind: str = "JPEG") -> bytes:
    """Return a picture of noise."""
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(buffer, kind)
    return buffer.getvalue()


def frames(n: int) -> bytes:
    """Return a GIF of many frames."""
    buffer = io.BytesIO()
    pictures = [Image.new("L", SIZE, index % 256) for index in range(n)]
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


LEFT = "left out"
CASES: tuple[Odd, ...] = (
    loaded("good pictures", good, 4),
    loaded("a JPEG", only("x.jpg", image("JPEG")), 2),
    loaded("a JPEG with the other ending", only("x.JPEG", image("JPEG")), 2),
    loaded("a BMP", only("x.bmp", image("BMP")), 2),
    loaded("a WebP", only("x.webp", image("WEBP")), 2),
    loaded("a PPM", only("x.ppm", image("PPM")), 2),
    loaded("a GIF", only("x.gif", image("GIF", "P")), 2),
    loaded("a GIF of three hundred frames", only("x.gif", frames(300)), 2),
    loaded("a PNG with the name of a JPEG", only("x.jpg", image()), 2),
    loaded("one bit a pixel", only("x.png", image(mode="1")), 2),
    loaded("sixteen bits a pixel", only("x.png", image(mode="I;16")), 2),
    loaded("a palette", only("x.png", image(mode="P")), 2),
    loaded("see-through", only("x.png", image(mode="RGBA")), 2),
    loaded("grey and see-through", only("x.png", image(mode="LA")), 2),
    loaded("colours of print", only("x.jpg", image("JPEG", "CMYK")), 2),
    loaded("one pixel", only("x.png", image(size=(1, 1))), 2),
    loaded("three classes", only("x.png", image(), 3), 3),
    loaded("one class", only("x.png", image(), 1), 1),
    loaded("odd names", odd_names, 6),
    loaded("a class of nothing", empty_class, 4),
    noted("large pictures", only("x.png", image(size=(400, 300))), "Images of 300 × 400 resized to 48 × 64: 2.", 2),
    noted("a narrow picture", only("x.png", image(size=(5000, 1))), "resized to 1 × 64", 2),
    noted("another size among others", beside("x.png", image(size=(9, 9))), "Images of 9 × 9 resized to 6 × 8: 1.", 5),
    noted("a folder within a class", nested, "cat/more", 4),
    noted("a link to a secret", linked("/etc/passwd"), "cat/link.png", 4),
    noted("a link to itself", linked("link.png"), "cat/link.png", 4),
    noted("a link to a device", linked("/dev/zero"), "cat/link.png", 4),
    noted("a class that is a link", class_linked, "elsewhere", 4),
    noted("a pipe", piped, "cat/pipe.png", 4),
    noted("a text file", beside("notes.txt", b"x"), "cat/notes.txt", 4),
    noted("what desktops leave behind", beside(".DS_Store", bytes(99)), "cat/.DS_Store", 4),
    noted("a drawing", beside("x.svg", b"<svg/>"), "cat/x.svg", 4),
    noted("an empty file", beside("x.png", b""), LEFT, 4),
    noted("a text as a PNG", beside("x.png", b"no picture"), LEFT, 4),
    noted("a drawing as a PNG", beside("x.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), LEFT, 4),
    noted("a TIFF as a PNG", beside("x.png", image("TIFF")), LEFT, 4),
    noted("a web page as a JPEG", beside("x.jpg", b"<!DOCTYPE html>" + bytes(99)), LEFT, 4),
    noted("only the sign", beside("x.png", WHOLE[:8]), LEFT, 4),
    noted("a header cut off", beside("x.png", WHOLE[:20]), LEFT, 4),
    noted("pixels cut off", beside("x.png", noise("PNG")[:900]), LEFT, 4),
    loaded("only the end cut off", beside("x.png", WHOLE[:-20]), 5),
    noted("a wrong checksum", beside("x.png", WHOLE[:29] + b"\0\0\0\0" + WHOLE[33:]), LEFT, 4),
    noted("pixels that are no packing", beside("x.png", png(8, 6, chunk(b"IDAT", b"x" * 40))), LEFT, 4),
    noted("no width", beside("x.png", png(0, 6)), LEFT, 4),
    noted("the largest sizes", beside("x.png", png(2**31 - 1, 2**31 - 1)), LEFT, 4),
    noted("sixty thousand squared", beside("x.png", png(60_000, 60_000, chunk(b"IDAT", ROWS))), LEFT, 4),
    noted(
        "400 million pixels of 400 kB",
        beside("x.png", png(20_000, 20_000, chunk(b"IDAT", zlib.compress(bytes(1 << 28), 9)), bits=1, colour=0)),
        LEFT,
        4,
    ),
    noted(
        "a text that bursts",
        beside("x.png", png(8, 6, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100 << 20), 9)), chunk(b"IDAT", ROWS))),
        LEFT,
        4,
    ),
    noted("a JPEG cut off", beside("x.jpg", noise()[:300]), LEFT, 4),
    noted("a PPM that claims too much", beside("x.ppm", b"P6 99999 99999 255\n" + bytes(99)), LEFT, 4),
    noted("a GIF cut off", beside("x.gif", frames(3)[:30]), LEFT, 4),
    noted(
        "a BMP that claims too much",
        beside("x.bmp", image("BMP")[:18] + struct.pack("<2i", 2**30, 2**30) + image("BMP")[26:]),
        LEFT,
        4,
    ),
    noted("a pickle as a PNG", lambda folder: pickled("x.png")(good(folder) / "cat").parent.parent, LEFT, 4),
    refused("an empty folder", nothing, "Expected folders with images"),
    refused("no folders of classes", flat, "Expected folders with images"),
    refused("nothing but broken ones", only("x.png", b"no picture"), "none of 2"),
    refused("nothing but texts", only("x.txt", b"x"), "Expected folders with images"),
)
