"""The commands by name; each module is loaded only when its word is typed."""

import argparse
import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "train": "dlviz.cli.train",
        "trace": "dlviz.cli.trace",
        "gradcheck": "dlviz.cli.gradcheck",
        "race": "dlviz.cli.race",
        "vary": "dlviz.cli.vary",
        "data": "dlviz.cli.data",
        "list": "dlviz.cli.entries",
        "schema": "dlviz.cli.schema",
        "doctor": "dlviz.cli.doctor",
    }
)


class Command(Protocol):
    """What each command's module has."""

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Add the description and the arguments of the command."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and return the exit status."""
        ...


def run(word: str, words: Sequence[str]) -> int:
    """Load the command, read its words and run it."""
    command: Command = importlib.import_module(COMMANDS[word])
    parser = argparse.ArgumentParser(f"dlviz {word}")
    command.declare(parser)
    # On Python 3.11 plain parsing refuses options between positional words.
    return command.run(parser.parse_intermixed_args([_as_value(each) for each in words]))


def _as_value(word: str) -> str:
    """Put a space before a word such as -x**2 or -1.2,1, which argparse would take for an option."""
    is_option = word.startswith("--") or word == "-h" or not word.startswith("-")
    return word if is_option else f" {word}"
