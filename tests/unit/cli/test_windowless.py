"""`dlviz` where there is no display: it trains, draws the window and says how to get one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PNG = b"\x89PNG\r\n\x1a\n"
ROOT = Path(__file__).parents[3]
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in DISPLAYS} | variables
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "dlviz", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.gui
@pytest.mark.parametrize("variables", [{}, {"DISPLAY": ":98765"}], ids=["none", "nobody answers"])
def test_first_document_is_trained_and_drawn(variables: dict[str, str], tmp_path: Path) -> None:
    result = start(tmp_path, **variables)
    assert result.returncode == 0, result.stderr
    picture = tmp_path / "dlviz-window.png"
    assert picture.read_bytes().startswith(PNG)
    assert "accuracy" in result.stdout
    assert str(picture) in " ".join(result.stderr.split())
    assert "ssh -X" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.gui
def test_given_document_is_trained_and_drawn_in_its_workspace(example: str, tmp_path: Path) -> None:
    result = start(tmp_path, example, "--workspace", "step", "--theme", "dark")
    assert result.returncode == 0, result.stderr
    assert "Two inputs, two hidden, two outputs" in " ".join(result.stderr.split())
    assert (tmp_path / "dlviz-window.png").read_bytes().startswith(PNG)


def test_missing_document_is_one_sentence(tmp_path: Path) -> None:
    result = start(tmp_path, "absent.dlviz")
    assert result.returncode == 1
    assert result.stderr.startswith("dlviz: Expected to read absent.dlviz.")
    assert list(tmp_path.iterdir()) == []


def test_qt_that_cannot_be_loaded_is_one_sentence(tmp_path: Path) -> None:
    lame = tmp_path / "PySide6"
    lame.mkdir()
    (lame / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file')", "utf-8")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    script += "from dlviz.__main__ import main; sys.exit(main(['shot', 'a.png']))"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 1
    assert result.stderr.startswith("dlviz: Expected Qt to load. Received: libEGL.so.1")
    assert result.stderr.count("\n") == 1
