"""What the window remembers between two starts: theme, layouts, recent files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray

from dlviz.session.settings import Settings, load_settings, save_settings, with_recent

CARDS_USED = "cards_used"  # the first-start cards were used or closed once
OPENGL = "opengl"  # whether it draws surfaces, and what its trial came to
MATRIX_VIEW, PSEUDO_CODE = "matrix_view", "pseudo_code"  # how the Step workspace shows a pass


class Remembered:
    """Settings that change while the window is open; without a path they last only that long."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.settings = load_settings(path) if path is not None else Settings()

    def use_theme(self, key: str) -> None:
        """Remember the theme."""
        self.settings = replace(self.settings, theme=key)

    def opened(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        self.settings = with_recent(self.settings, path)

    def folder(self) -> str:
        """Return the folder of the latest file, or nothing."""
        return str(Path(self.settings.recent[0]).parent) if self.settings.recent else ""

    def cards_used(self) -> bool:
        """Say whether the cards of the first start have had their day."""
        return bool(self.settings.extra.get(CARDS_USED, False))

    def use_cards(self) -> None:
        """Remember that the cards were used."""
        self.settings = replace(self.settings, extra={**self.settings.extra, CARDS_USED: True})

    @property
    def is_matrix(self) -> bool:
        """Whether steps are shown as matrices."""
        return bool(self.settings.extra.get(MATRIX_VIEW, False))

    @property
    def is_code(self) -> bool:
        """Whether the steps of a pass are shown as pseudo-code."""
        return bool(self.settings.extra.get(PSEUDO_CODE, False))

    @property
    def opengl(self) -> object:
        """What is known of OpenGL, and whether it is wanted."""
        return self.settings.extra.get(OPENGL)

    def use_opengl(self, kept: Mapping[str, Any]) -> None:
        """Remember what is known of OpenGL."""
        self.settings = replace(self.settings, extra={**self.settings.extra, OPENGL: kept})

    def use_step_view(self, is_matrix: bool, is_code: bool) -> None:
        """Remember how steps are shown."""
        extra = {**self.settings.extra, MATRIX_VIEW: is_matrix, PSEUDO_CODE: is_code}
        self.settings = replace(self.settings, extra=extra)

    def keep_layout(self, workspace: str, state: QByteArray) -> None:
        """Remember a window's state for a workspace."""
        self._with_layouts({**self.settings.layouts, workspace: bytes(state.toBase64().data()).decode()})

    def layout(self, workspace: str) -> QByteArray | None:
        """Return the remembered state of a workspace, if there is one."""
        text = self.settings.layouts.get(workspace)
        return QByteArray.fromBase64(text.encode("ascii", "replace")) if text else None

    def forget_layout(self, workspace: str) -> None:
        """Go back to the arrangement as shipped."""
        self._with_layouts({key: value for key, value in self.settings.layouts.items() if key != workspace})

    def _with_layouts(self, layouts: Mapping[str, str]) -> None:
        self.settings = replace(self.settings, layouts=layouts)

    def save(self) -> str:
        """Write the settings; return a sentence where they cannot be kept."""
        return save_settings(self.settings, self._path) if self._path is not None else ""
