"""Documents on disk and the command line called in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlviz.__main__ import main


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Write a document into a file of its own and return its path."""

    def write(document: dict[str, Any]) -> str:
        path = tmp_path / f"document{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def example(write_json: Callable[[dict[str, Any]], str], example_document_json: dict[str, Any]) -> str:
    """The path of the documented example."""
    return write_json(example_document_json)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line; return its status, standard output and standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def call_json(call: Callable[..., tuple[int, str, str]]) -> Callable[..., Any]:
    """Run a command that succeeds and return the one JSON value it printed."""

    def run(*words: str) -> Any:
        status, out, _ = call(*words)
        assert status == 0
        return json.loads(out)

    return run
