"""Which plane the maps of a document are drawn on: what its view keeps of it."""

from collections.abc import Mapping, Sequence
from typing import Any

MAP_PLANE = "map_plane"  # of a document's view: "pca", or the names of the inputs across and up
PCA = "pca"


def plane_in(view: Mapping[str, Any], names: Sequence[str]) -> str | tuple[int, int] | None:
    """Return PCA, or two different columns among inputs of these names; None where the view names neither."""
    kept = view.get(MAP_PLANE)
    if kept == PCA:
        return PCA
    if not isinstance(kept, (list, tuple)) or len(kept) != 2 or kept[0] == kept[1]:
        return None
    across, up = (names.index(name) if name in names else -1 for name in kept)
    return None if min(across, up) < 0 else (across, up)
