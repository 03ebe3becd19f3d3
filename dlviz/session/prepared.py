"""Prepared data of documents, made once for each data part and kept for the last few."""

import threading
from collections import OrderedDict

from dlviz.core.errors import DataError, SpecError
from dlviz.data.prepare import Prepared, prepare
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document

KEPT = 4

_lock = threading.Lock()
_kept: "OrderedDict[int, tuple[DataSpec, Prepared]]" = OrderedDict()


def prepared_for(document: Document) -> Prepared:
    """Return the document's data, split and scaled; window and worker share one copy.

    Raises: DataError, SpecError where the data cannot be used.
    """
    key = id(document.data)
    with _lock:
        known = _known(document.data)
        if known is not None and known[0] is document.data:
            _kept.move_to_end(key)
            return known[1]
    prepared = prepare(document.data, document.seed) if known is None else known[1]
    prepared.sample  # noqa: B018 - read from disk here, on whatever thread this is, for the window to find
    with _lock:
        _kept[key] = (document.data, prepared)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return prepared


def known_prepared(document: Document) -> Prepared | None:
    """Return the document's data, or None where they cannot be used."""
    try:
        return prepared_for(document)
    except (DataError, SpecError):
        return None


def _known(data: DataSpec) -> tuple[DataSpec, Prepared] | None:
    """Return what is kept for these data, or for others that say the same: a document that came from elsewhere."""
    found = _kept.get(id(data))
    if found is not None and found[0] is data:
        return found
    return next((each for each in _kept.values() if each[0].prepares_like(data)), None)
