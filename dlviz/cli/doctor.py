"""Tell versions, platform, fonts, OpenGL, GPU, backend and BLAS threads: for bug reports."""

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from dlviz import __version__
from dlviz.cli import display
from dlviz.i18n import tr
from dlviz.resources import resource

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "superqt", "ziamath", "duckdb", "pillow", "pydantic", "rich")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
GL_LIBRARIES = ("libGL.so.1", "libEGL.so.1")
CUPY = ("cupy-cuda13x", "cupy-cuda12x", "cupy")


def declare(parser: argparse.ArgumentParser) -> None:
    """Describe `dlviz doctor`, which takes no arguments."""
    parser.description = tr("Tell versions, platform, fonts, OpenGL, GPU and BLAS threads: for bug reports.")


def run(arguments: argparse.Namespace) -> int:
    """Print one line a fact."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts():
        table.add_row(name, value)
    Console(soft_wrap=True).print(table, markup=False, highlight=False)
    return 0


def facts() -> Iterator[tuple[str, str]]:
    """Give name and value of everything worth knowing, importing neither Qt nor a backend."""
    yield "dlviz", __version__
    yield "Python", f"{platform.python_version()} {sys.executable}"
    yield tr("platform"), platform.platform()
    for package in PACKAGES:
        yield package, _version(package)
    yield "BLAS", f"{_blas()}, OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', tr('not set'))}"
    yield tr("processors"), str(os.cpu_count())
    yield "GPU", _gpu()
    yield tr("backend"), _backend()
    yield "OpenGL", _libraries(GL_LIBRARIES)
    yield tr("X libraries"), _libraries(display.X_LIBRARIES)
    yield tr("display"), _display()
    yield tr("font DejaVu Sans"), _font("DejaVuSans.ttf")
    yield tr("shipped files"), str(resource())


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return tr("not installed")


def _blas() -> str:
    build: dict[str, dict[str, dict[str, str]]] = np.show_config(mode="dicts")  # type: ignore[assignment]
    blas = build["Build Dependencies"]["blas"]
    return f"{blas['name']} {blas.get('version', '')}".strip()


def _gpu() -> str:
    driver = tr("NVIDIA driver") if Path("/dev/nvidiactl").exists() else tr("no NVIDIA driver")
    versions = [f"{name} {_version(name)}" for name in CUPY if _version(name) != tr("not installed")]
    return f"{driver}, {', '.join(versions) or tr('CuPy not installed')}"


def _backend() -> str:
    compiler = f"Numba {_version('numba')}"
    return f"{os.environ.get('DLVIZ_BACKEND', 'numpy')}; {compiler}"


def _libraries(names: Iterable[str]) -> str:
    missing = display.missing_libraries(names)
    return tr("missing: {names}", names=", ".join(missing)) if missing else tr("all there")


def _display() -> str:
    answer = tr("answers") if display.is_there(os.environ) else tr("none")
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return " ".join([answer, *(f"{name}={os.environ[name]}" for name in names if os.environ.get(name))])


def _font(file_name: str) -> str:
    for folder in FONT_FOLDERS:
        found = next(Path(folder).expanduser().rglob(file_name), None)
        if found:
            return str(found)
    return tr("not found")
