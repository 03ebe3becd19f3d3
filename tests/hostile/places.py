"""Where files lie and what they are called: pipes, sockets, devices, links, folders, and names that hurt."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.hostile.odd import Make, Odd, loaded, refused, written
from tests.hostile.tables import GOOD


def called(name: str) -> Odd:
    """Expect a good table to load whatever its name is."""
    return loaded(f"called {name[:20]!a}", written(name, GOOD), 12)


def placed(make: Callable[[Path], object], name: str = "table.csv") -> Make:
    """Return a maker that puts something that is no file at a path."""

    def place(folder: Path) -> Path:
        path = folder / name
        make(path)
        return path

    return place


def bound(path: Path) -> None:
    """Leave a socket at a path; its name may have no more than about a hundred letters."""
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def link_to(target: str) -> Make:
    """Return a maker of a link with the name of a table."""
    return placed(lambda path: path.symlink_to(target))


def good_link(folder: Path) -> Path:
    """Write a link to a good table."""
    (folder / "real.csv").write_text(GOOD)
    (folder / "table.csv").symlink_to(folder / "real.csv")
    return folder / "table.csv"


def loop(folder: Path) -> Path:
    """Write two links that point to each other."""
    (folder / "table.csv").symlink_to(folder / "other.csv")
    (folder / "other.csv").symlink_to(folder / "table.csv")
    return folder / "table.csv"


NAMES = (
    "with space.csv",
    "-rf.csv",
    "%s%n.csv",
    "$(touch SENTINEL_SHELL).csv",
    "`id`.csv",
    "a;b.csv",
    "quote'.csv",
    'double".csv',
    "[1].csv",
    "*.csv",
    "?.csv",
    "star*{a,b}.csv",
    "new\nline.csv",
    "tab\t.csv",
    "a\u202evsc.csv",
    "\U0001f600.csv",
    "e\u0301.csv",
    "é.csv",
    "..csv",
    "~.csv",
    "#.csv",
    "CON.csv",
    "x" * 250 + ".csv",
    "table.csv.csv",
    "<b>bold</b>.csv".replace("/", "∕"),
    "&amp;.csv",
    "\x07bell.csv",
    "s3:∕∕a.csv",
    "back\\slash.csv",
)

CASES: tuple[Odd, ...] = (
    *map(called, NAMES),
    loaded("a link to a good table", good_link, 12),
    refused("a pipe", placed(os.mkfifo), "a named pipe"),
    refused("a pipe of arrays", placed(os.mkfifo, "a.npz"), "a named pipe"),
    refused("a pipe of images", placed(os.mkfifo, "x-images-idx3-ubyte"), "a named pipe"),
    refused("a socket", placed(bound), ""),
    refused("a folder with the name of a table", placed(os.mkdir), "Expected folders with images"),
    refused("a folder with the name of arrays", placed(os.mkdir, "a.npz"), "Expected folders with images"),
    refused("a link to zeros without end", link_to("/dev/zero"), "a device"),
    refused("a link to nowhere", link_to("/nowhere/table.csv"), "Expected a readable file"),
    refused("links in a circle", loop, "Expected a readable file"),
    refused("a link to a secret folder", link_to("/proc"), ""),
    refused("no file", lambda folder: folder / "table.csv", "Expected a readable file"),
    refused("no folder", lambda folder: folder / "none" / "table.csv", "Expected a readable file"),
    refused("a name that is too long", lambda folder: folder / ("x" * 300 + ".csv"), "Expected a readable file"),
    refused("an address of the web", lambda folder: Path("http://198.51.100.1/table.csv"), "Expected a readable file"),
    refused("an address of a store", lambda folder: Path("s3://bucket/table.csv"), "Expected a readable file"),
    refused(
        "an address of a share", lambda folder: Path("\\\\198.51.100.1\\share\\table.csv"), "Expected a readable file"
    ),
    refused("memory of this program", lambda folder: Path("/proc/self/mem"), "Expected a file ending in"),
)
