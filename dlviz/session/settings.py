"""Settings of the application (theme, recent files, window layouts), kept from start to start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field

from dlviz.core.choice import frozen
from dlviz.core.errors import DlvizError, DocumentError, SaveError
from dlviz.i18n import tr
from dlviz.session.files.atomic import FileSystem, atomic_write, real_fs, save_error, sweep
from dlviz.session.files.envelope import Part, checked
from dlviz.session.format.text import dump_json, parse_json
from dlviz.session.limits import RECENT_FILES, SETTINGS_BYTES


@dataclass(frozen=True)
class Settings:
    """What the application remembers.

    recent: paths, the latest first. layouts: a window's saved state by workspace, as text.
    extra: keys of a newer version, kept. note: one sentence if something could not be read.
    """

    theme: str = "light"
    recent: tuple[str, ...] = ()
    layouts: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    note: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for name in ("layouts", "extra"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


class _SettingsPart(Part):
    theme: str = "light"
    recent: list[str] = Field(default=[])
    layouts: dict[str, str] = Field(default={})


def settings_path() -> Path:
    """Return where this user's settings are kept, whether or not that exists."""
    return Path(platformdirs.user_config_dir("dlviz", appauthor=False)) / "settings.json"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; broken or unreadable ones are the defaults, with a note that says so."""
    try:
        part = checked(_SettingsPart, parse_json(_read(path or settings_path())))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, RuntimeError, DlvizError) as error:
        return Settings(note=tr("The settings could not be read and are the defaults now: {error}", error=error))
    return Settings(part.theme, tuple(part.recent[:RECENT_FILES]), part.layouts, part.unknown())


def save_settings(settings: Settings, path: Path | None = None, fs: FileSystem = real_fs) -> str:
    """Write the settings; return "" or, where that cannot be done, one sentence. Never raises."""
    written = {
        **settings.extra,
        "theme": settings.theme,
        "recent": list(settings.recent),
        "layouts": dict(settings.layouts),
    }
    try:
        target = path or settings_path()
        _make_folder(target.parent)
        atomic_write(target, dump_json(written), fs)
        sweep(target.parent)
    except (SaveError, RuntimeError) as error:
        return tr("The settings are not kept: {error}", error=error)
    return ""


def with_recent(settings: Settings, path: str | os.PathLike[str]) -> Settings:
    """Put a file first among the recent ones."""
    latest = os.path.abspath(os.fspath(path))
    others = (each for each in settings.recent if each != latest)
    return replace(settings, recent=(latest, *others)[:RECENT_FILES])


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        data = file.read(SETTINGS_BYTES + 1)
    if len(data) > SETTINGS_BYTES:
        raise DocumentError(tr("Expected settings up to 1 MiB. Received: more"))
    return data


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise save_error(error, str(folder), 0) from error
