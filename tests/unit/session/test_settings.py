"""Settings of the application: kept where that is possible, never in the way."""

import errno
import os
from pathlib import Path

import pytest

from dlviz.session.files.atomic import FileSystem
from dlviz.session.settings import Settings, load_settings, save_settings, settings_path, with_recent


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "settings.json"
    settings = Settings("dark", ("/a", "/b"), {"network": "AAEC"}, {"future": [1]})
    assert save_settings(settings, path) == ""
    assert load_settings(path) == settings


def test_no_settings_are_the_defaults_without_a_note(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "absent.json") == Settings()
    assert load_settings(tmp_path / "absent.json").note == ""


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"theme": 3}', b'{"recent": [1]}', b'{"layouts": {"a": null}}', b"\xff", b"[1]",
             b'{"a": NaN}', b" " * (1 << 20) + b"{}"]
)  # fmt: skip
def test_broken_settings_are_the_defaults_with_a_note(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(data)
    settings = load_settings(path)
    assert settings == Settings()
    assert "Expected" in settings.note
    assert "\n" not in settings.note


def test_a_folder_in_their_place_is_a_note(tmp_path: Path) -> None:
    assert "could not be read" in load_settings(tmp_path).note
    assert "not kept" in save_settings(Settings(), tmp_path)


def test_settings_that_cannot_be_written_are_a_note(tmp_path: Path) -> None:
    class Full(FileSystem):
        def write(self, descriptor: int, data: memoryview) -> int:
            raise OSError(errno.ENOSPC, "full")

    assert "disk is full" in save_settings(Settings(), tmp_path / "a.json", Full())
    (tmp_path / "file").touch()
    assert "not kept" in save_settings(Settings(), tmp_path / "file" / "a.json")
    assert os.listdir(tmp_path) == ["file"]


def test_settings_lie_where_the_platform_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path().name == "settings.json"
    assert settings_path().parent.name == "dlviz"


def test_recent_files_are_the_latest_once_each() -> None:
    settings = Settings()
    for i in (1, 2, 1, *range(3, 20)):
        settings = with_recent(settings, f"/f{i}")
    assert settings.recent == tuple(f"/f{i}" for i in range(19, 7, -1))
    assert with_recent(settings, "/f10").recent[:2] == ("/f10", "/f19")
