"""The words of the two commands that draw: the window itself and a picture of it."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlviz import __version__
from dlviz.cli.commands import COMMANDS
from dlviz.i18n import tr

THEMES = ("light", "dark", "projector")
DEFAULT_WORKSPACE = "network"
DEFAULT_SIZE = (1280, 720)
MAX_SIDE = 8192  # pixels


@dataclass(frozen=True)
class WindowRequest:
    """Open this document (None: the first one) in a workspace and a theme; empty means the saved choice."""

    file: Path | None = None
    workspace: str = ""
    theme: str = ""


@dataclass(frozen=True)
class ShotRequest:
    """Draw the window into `out` after so many training steps. size: (width, height) in pixels."""

    file: Path | None
    out: Path
    workspace: str = DEFAULT_WORKSPACE
    size: tuple[int, int] = DEFAULT_SIZE
    theme: str = THEMES[0]
    steps: int = 0


def parse_window(words: Sequence[str]) -> WindowRequest:
    """Read the words of `dlviz [FILE]`."""
    others = ", ".join([*COMMANDS, "shot"])
    epilog = tr("Commands: {others}. See dlviz COMMAND --help.", others=others)
    parser = argparse.ArgumentParser("dlviz", description=tr("See a neural network think."), epilog=epilog)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=tr("a .dlviz or .json document"))
    parser.add_argument("--workspace", default="", metavar="NAME", help=tr("network, step, optimizers"))
    parser.add_argument("--theme", default="", choices=THEMES)
    parser.add_argument("--version", action="version", version=f"dlviz {__version__}")
    return WindowRequest(**vars(parser.parse_intermixed_args(words)))


def parse_shot(words: Sequence[str]) -> ShotRequest:
    """Read the words of `dlviz shot [FILE] OUT.png`."""
    description = tr("Draw the window into a picture, without a display.")
    parser = argparse.ArgumentParser("dlviz shot", "dlviz shot [FILE] OUT.png [options]", description)
    files = tr("a .dlviz or .json document (none: the first one), then the picture to write")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=files)
    parser.add_argument("--workspace", default=DEFAULT_WORKSPACE, metavar="NAME", help=tr("network, step, optimizers"))
    parser.add_argument("--size", type=_size, default=DEFAULT_SIZE, metavar="WxH")
    parser.add_argument("--theme", default=THEMES[0], choices=THEMES)
    parser.add_argument("--steps", type=_count, default=0, metavar="N", help=tr("training steps before it is drawn"))
    found = vars(parser.parse_intermixed_args(words))
    files = found.pop("files")
    if len(files) > 2:
        parser.error(tr("expected at most a document and a picture. Received: {count} files", count=len(files)))
    if files[-1].suffix.lower() != ".png":
        # Else “dlviz shot net.json” would draw over the document.
        parser.error(tr("expected the name of a picture ending in .png. Received: {name!r}", name=str(files[-1])))
    return ShotRequest(file=files[0] if len(files) == 2 else None, out=files[-1], **found)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)
    if not match or not all(1 <= int(side) <= MAX_SIDE for side in match.groups()):
        raise argparse.ArgumentTypeError(tr("expected WxH such as 1280x720. Received: {given!r}", given=text))
    return int(match[1]), int(match[2])


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(tr("expected a whole number, at least 0. Received: {given!r}", given=text))
    return int(text)
