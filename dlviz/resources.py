"""Where the shipped files lie: in a source tree, an installed wheel or a frozen bundle."""

import sys
from pathlib import Path

from dlviz.core.errors import DlvizError


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, as `resource("datasets", "iris.csv")`.

    Raises: DlvizError if it is not there, which means a broken installation.
    """
    found = _root().joinpath(*parts)
    if not found.exists():
        raise DlvizError(f"Expected the shipped file {'/'.join(parts)!r}. Received: nothing at {found}")
    return found


def _root() -> Path:
    """Return the folder of all shipped files; a bundle unpacks it beside its modules."""
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    places = [Path(bundle) / "resources"] if bundle else [package / "_resources", package.parent / "resources"]
    return next((place for place in places if place.is_dir()), places[-1])
