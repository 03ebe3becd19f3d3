"""Strict JSON: capped, no duplicate keys, no numbers that are not finite, no deep nesting."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from dlviz.core.errors import DocumentError
from dlviz.i18n import tr
from dlviz.session.limits import JSON_BYTES, JSON_DEPTH, MIB

# A whole string, or one bracket outside strings; possessive, so that no text makes it slow.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def parse_json(data: bytes, place: str = "") -> dict[str, Any]:
    """Return the object in JSON bytes (UTF-8).

    Raises: DocumentError, in one sentence, for anything that is not one finite, shallow object.
    """
    _check_size(data, place)
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except DocumentError as error:
        raise DocumentError(error.message, error.hint, place) from None
    except RecursionError:
        raise _too_deep(place) from None
    except UnicodeDecodeError as error:
        raise DocumentError(tr("Expected text in UTF-8. Received: byte {n}", n=error.start), place=place) from None
    except json.JSONDecodeError as error:
        where = tr("{problem} in line {line}", problem=error.msg.lower(), line=error.lineno)
        raise DocumentError(tr("Expected whole JSON. Received: {error}", error=where), place=place) from None
    except ValueError:  # Python refuses whole numbers of thousands of digits, which take quadratic time
        raise DocumentError(tr("Expected JSON. Received: a number with too many digits"), place=place) from None
    if not isinstance(value, dict):
        raise DocumentError(tr("Expected a JSON object. Received: {kind}", kind=type(value).__name__), place=place)
    return value


def dump_json(value: Mapping[str, Any]) -> bytes:
    """Return JSON bytes, a line for every key; equal values in equal order give equal bytes."""
    lines = (f"{_compact(key)}: {_compact(each)}" for key, each in value.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _compact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # A lone surrogate, as from the name of a file, has no bytes of its own: only an escape can carry it.
    return text if text.isprintable() else json.dumps(value, allow_nan=False)


def _check_size(data: bytes, place: str) -> None:
    if len(data) > JSON_BYTES:
        raise DocumentError(
            tr("Expected at most {cap} MiB of JSON. Received: {n} bytes", cap=JSON_BYTES // MIB, n=len(data)),
            place=place,
        )
    depth = 0
    for token in _TOKENS.finditer(data):
        first = token[0][:1]
        depth += 1 if first in b"[{" else -1 if first in b"]}" else 0
        if depth > JSON_DEPTH:
            raise _too_deep(place)


def _too_deep(place: str) -> DocumentError:
    return DocumentError(tr("Expected JSON nested at most {n} deep. Received: deeper", n=JSON_DEPTH), place=place)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise DocumentError(tr("Expected every key once. Received: {key!r} twice", key=key[:80]))
        members[key] = value
    return members


def _refuse_constant(token: str) -> NoReturn:
    raise DocumentError(tr("Expected finite numbers. Received: {token}", token=token))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise DocumentError(tr("Expected finite numbers. Received: {token}", token=text[:40]))
    return number
