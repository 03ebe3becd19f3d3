"""The worked example that a test reproduces, and the command that most of them are traced with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlviz.__main__ import main
from tests.golden.documents import TraceCommand
from tests.golden.example import Example


@pytest.fixture
def example(request: pytest.FixtureRequest) -> Iterator[Example]:
    """Return the example named by the test's mark `example(id, route)`; all it expects must be compared."""
    marker = request.node.get_closest_marker("example")
    found = Example(marker.args[0])
    yield found
    if not request.session.testsfailed:
        found.assert_everything_compared()


@pytest.fixture
def trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> TraceCommand:
    """Return a call that writes a document, traces its first batch with `dlviz trace` and reads what was printed."""

    def run(document: dict[str, Any]) -> dict[str, Any]:
        path = tmp_path / "example.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        assert main(["trace", str(path), "--format", "json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run
