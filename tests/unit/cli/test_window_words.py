"""The words of the window and the picture, and whether there is a display."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dlviz.cli import display
from dlviz.cli.window import ShotRequest, WindowRequest, parse_shot, parse_window
from dlviz.core.errors import DlvizError
from dlviz.gui.workspaces import workspaces


def test_no_words_open_the_first_document() -> None:
    assert parse_window([]) == WindowRequest(None, "", "")


def test_window_takes_options_around_the_file() -> None:
    words = ["--theme", "dark", "net.dlviz", "--workspace", "step"]
    assert parse_window(words) == WindowRequest(Path("net.dlviz"), "step", "dark")


def test_shot_of_a_document() -> None:
    words = ["net.json", "--size", "640x480", "out.png", "--steps", "30", "--theme", "projector"]
    expected = ShotRequest(Path("net.json"), Path("out.png"), "network", (640, 480), "projector", 30)
    assert parse_shot(words) == expected


def test_shot_with_one_file_draws_the_first_document() -> None:
    assert parse_shot(["out.png"]) == ShotRequest(None, Path("out.png"))


@pytest.mark.parametrize(
    "words",
    [
        ["--size", "0x10"],
        ["--size", "wide"],
        ["--size", "99999x10"],
        ["--steps", "-1"],
        ["--theme", "pink"],
        ["a", "b"],
        ["net.json"],
    ],
)
def test_wrong_usage_of_shot_is_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_shot(["out.png", *words])
    assert caught.value.code == 2
    assert "usage: dlviz shot" in capsys.readouterr().err


def test_no_display_without_a_variable() -> None:
    assert not display.is_there({})


@pytest.mark.parametrize("name", [":98765", "nonsense", ":", "localhost:59000.0"])
def test_display_that_nobody_answers_does_not_count(name: str) -> None:
    assert not display.is_there({"DISPLAY": name})


def test_wayland_display_that_answers_counts(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert display.is_there(environment)
    assert not display.is_there(environment)


def test_chosen_platform_is_taken_at_its_word() -> None:
    assert display.is_there({"QT_QPA_PLATFORM": "offscreen"})


def test_missing_x_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(display.X_LIBRARIES, "libxcb-absent.so.7", "libxcb-absent7")
    with pytest.raises(DlvizError, match=r"libxcb-absent\.so\.7") as caught:
        display.require_libraries({"DISPLAY": ":0"})
    assert caught.value.hint.endswith("libxcb-absent7")


def test_libraries_of_x_are_not_asked_for_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(display.X_LIBRARIES, "libxcb-absent.so.7", "libxcb-absent7")
    display.require_libraries({"QT_QPA_PLATFORM": "offscreen"})


@pytest.mark.parametrize("parse", [parse_window, parse_shot])
def test_help_names_every_workspace(parse: Callable[[list[str]], object], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    said = capsys.readouterr().out
    assert all(each.key in said for each in workspaces)
