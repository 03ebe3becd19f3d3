"""The document that a command works on, and numbers as it prints them."""

import argparse
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.cli.messages import say
from dlviz.core.slips import slips
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.format.document import unknown_keys
from dlviz.session.headless import load
from dlviz.session.idle import idle_settings

WORDS = {"true": True, "false": False}
MINUS = "\N{MINUS SIGN}"
NO_NUMBER = "NaN"
DIGITS = 6  # significant ones, where a document asks for no more
SHOWN_NUMBERS = 12  # of an array in a table; JSON has them all


def declare_document(parser: argparse.ArgumentParser) -> None:
    """Add the document and the data file that it may read."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a .dlviz or .json document"))
    parser.add_argument(
        "--data", type=Path, metavar="PATH", help=tr("the data file, where it lies outside the document's folder")
    )


def document_of(arguments: argparse.Namespace) -> Document:
    """Open the document of a command together with its data; report what has no meaning or effect."""
    document = load(arguments.file, arguments.data)
    kept = unknown_keys(document)
    if kept:
        say(tr("Kept, but without a meaning here: {keys}.", keys=", ".join(kept)))
    if document.training.slip is not None:
        say(tr("Wrong on purpose: {title}.", title=tr(slips.get(document.training.slip.kind).title)))
    for each in idle_settings(document):
        say(each.sentence)
    return document


def read_value(text: str) -> Any:
    """Read a setting as it is typed: true, false, a number, or a word."""
    if text in WORDS:
        return WORDS[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def print_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object; numbers that are not finite are null."""
    print(json.dumps(plain(value), ensure_ascii=False, allow_nan=False))


def plain(value: Any) -> Any:
    """Return value as what JSON knows: arrays as lists, null for what is not finite."""
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def number(value: float | None, digits: int = DIGITS) -> str:
    """Write a number with so many significant digits and a true minus sign; "" where there is none."""
    if value is None or math.isnan(value):
        return ""
    return f"{value + 0.0:.{digits}g}".replace("-", MINUS)  # adding 0.0 turns -0.0 into 0.0


def values(array: NDArray[np.generic], digits: int = DIGITS) -> str:
    """Write an array as nested lists, or its shape and first numbers if it is long."""
    if array.size <= SHOWN_NUMBERS:
        return _nested(array.tolist(), digits)
    first = " ".join(_nested(each, digits) for each in array.ravel()[: SHOWN_NUMBERS // 2].tolist())
    return f"{'×'.join(map(str, array.shape))}: {first} …"


def _nested(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_nested(each, digits) for each in value) + "]"
    return NO_NUMBER if math.isnan(value) else number(float(value), digits)
