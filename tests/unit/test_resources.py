"""Shipped files are found in a source tree, an installed wheel and a frozen bundle."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dlviz import resources
from dlviz.core.errors import DlvizError

ROOT = Path(__file__).parents[2]
ASK = "from dlviz.resources import resource; print(resource({name!r}))"


def some_resource() -> str:
    """A folder that is shipped; every one must be found the same way."""
    return next(path.name for path in sorted((ROOT / "resources").iterdir()) if any(path.rglob("*.*")))


def test_source_tree() -> None:
    assert resources.resource(some_resource()) == ROOT / "resources" / some_resource()


def test_missing_file_is_named() -> None:
    with pytest.raises(DlvizError, match="datasets/nothing.csv"):
        resources.resource("datasets", "nothing.csv")


def test_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.resource("icons") == tmp_path / "resources" / "icons"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the installed build back end and without a network."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return next(out.glob("*.whl"))


def test_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-c", ASK.format(name=some_resource())]
    # The folder of the unpacked wheel comes first on the path there, before any installed dlviz.
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert Path(result.stdout.strip()) == tmp_path / "dlviz" / "_resources" / some_resource()


def test_wheel_carries_every_shipped_file(wheel: Path) -> None:
    shipped = {path.relative_to(ROOT / "resources").as_posix() for path in (ROOT / "resources").rglob("*.*")}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name.removeprefix("dlviz/_resources/") for name in archive.namelist() if "_resources/" in name}
    assert shipped
    assert packed == shipped
