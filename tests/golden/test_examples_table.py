"""Which test reproduces which worked example, and by which route."""

import importlib
from pathlib import Path

from tests.golden.example import ROUTES, example_ids


def reproduced() -> dict[str, tuple[str, str]]:
    """Return for every example that a test marks: its route, and the test."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("test_examples_*.py")):
        module = importlib.import_module(f"tests.golden.{path.stem}")
        for name, value in vars(module).items():
            for mark in getattr(value, "pytestmark", ()):
                if mark.name == "example":
                    key, route = mark.args
                    assert key not in found, f"{key} is marked twice"
                    found[key] = (route, f"{path.stem}.{name}")
    return found


def test_every_route_is_known() -> None:
    assert {route for route, _ in reproduced().values()} <= set(ROUTES)
    assert set(reproduced()) <= set(example_ids())


def test_every_example_is_reproduced() -> None:
    missing = [key for key in example_ids() if key not in reproduced()]
    assert not missing
