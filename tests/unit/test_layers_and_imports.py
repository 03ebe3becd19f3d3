"""The layers hold: what an import brings in, and that no panel knows another."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dlviz"
PANELS = PACKAGE / "gui" / "panels"
FORBIDDEN = ("PySide6", "shiboken6", "pyqtgraph", "superqt", "qtpy", "ziamath", "cupy", "numba")

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.startswith("dlviz.core.compiled."):  # which needs Numba
        importlib.import_module(module.name)
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({forbidden!r})))
"""


@pytest.mark.parametrize("package", ["dlviz.core", "dlviz.data", "dlviz.session", "dlviz.cli"])
def test_import_brings_in_neither_qt_nor_a_backend(package: str) -> None:
    script = IMPORT_EVERYTHING.format(package=package, forbidden=FORBIDDEN)
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []


def test_entry_module_loads_no_qt() -> None:
    script = f"import dlviz.__main__, sys; print(*set({FORBIDDEN!r}) & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.split() == []


def panel_name(module: str) -> str:
    """A panel is the modules of one first word: `inspector` and `inspector_facts` are one."""
    return module.partition("_")[0]


def imported_panels(path: Path) -> set[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "dlviz.gui.panels":
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dlviz.gui.panels."):
            names.append((node.module or "").split(".")[3])
        elif isinstance(node, ast.Import):
            names += [alias.name.split(".")[3] for alias in node.names if alias.name.startswith("dlviz.gui.panels.")]
    return {panel_name(name) for name in names}


def panel_modules() -> list[Path]:
    return sorted(path for path in PANELS.rglob("*.py") if path != PANELS / "__init__.py")


@pytest.mark.parametrize("path", panel_modules(), ids=lambda path: path.stem)
def test_panel_imports_no_other_panel(path: Path) -> None:
    own = panel_name(path.relative_to(PANELS).parts[0].removesuffix(".py"))
    assert imported_panels(path) <= {own}
