"""`dlviz list`, `dlviz doctor` and what every command has in common."""

import json
import re
import subprocess
import sys

import pytest

from dlviz import __version__
from dlviz.__main__ import main
from dlviz.cli.commands import COMMANDS
from dlviz.cli.entries import KINDS
from dlviz.core.plain import plain

KEYS = {"key", "title", "settings", "formula", "source"}
#: A year, a documentation, a row of the curriculum, or a course.
SOURCE = re.compile(r"\b(1[89]|20)\d\d\b|[Dd]ocumentation|curriculum [A-Z]{2,3}-\d\d|Specialization")


@pytest.mark.parametrize("kind", KINDS)
def test_list_as_json_names_every_entry_and_setting(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", kind, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert entries
    for entry in entries:
        assert set(entry) - {"description"} == KEYS
        assert all(set(setting) == {"name", "default", "min", "max", "unit"} for setting in entry["settings"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_names_the_paper_book_or_documentation_it_is_from(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["list", kind, "--json"])
    entries = json.loads(capsys.readouterr().out)
    assert not [entry["key"] for entry in entries if not SOURCE.search(entry["source"])]


@pytest.mark.parametrize("kind", KINDS)
def test_list_as_table_shows_the_same_keys(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", kind, "--json"])
    keys = [entry["key"] for entry in json.loads(capsys.readouterr().out)]
    main(["list", kind])
    first_words = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line[:1].strip()}
    assert set(keys) <= first_words


def test_list_gives_the_documented_default_of_adam(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "optimizers", "--json"])
    adam = next(entry for entry in json.loads(capsys.readouterr().out) if entry["key"] == "adam")
    defaults = {setting["name"]: setting["default"] for setting in adam["settings"]}
    assert (defaults["beta1"], defaults["beta2"], defaults["eps"]) == (0.9, 0.999, 1e-8)


def test_list_names_the_entries_that_a_layer_chooses(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "layers", "--json"])
    dense = next(entry for entry in json.loads(capsys.readouterr().out) if entry["key"] == "dense")
    defaults = {setting["name"]: setting["default"] for setting in dense["settings"]}
    assert defaults["activation"] == "linear"
    assert {"units", "bias", "initializer"} <= set(defaults)


@pytest.mark.parametrize("words", [["list", "nonsense"], ["list"], ["doctor", "extra"], ["--theme", "pink"]])
def test_wrong_usage_is_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("word", [*COMMANDS, "shot"])
def test_every_command_explains_itself(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([word, "--help"])
    assert caught.value.code == 0
    assert f"usage: dlviz {word}" in capsys.readouterr().out


def test_doctor_names_versions_blas_and_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("Python 3.", "PySide6-Essentials", "numpy", "BLAS", "OPENBLAS_NUM_THREADS=1", "GPU", "OpenGL"):
        assert word in " ".join(out.split())


def test_doctor_names_the_backend(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLVIZ_BACKEND", "numba")
    main(["doctor"])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("backend"))
    assert line.split()[1:3] == ["numba;", "Numba"]


def test_module_runs_as_a_program_with_one_blas_thread() -> None:
    script = "import os, sys; del os.environ['OPENBLAS_NUM_THREADS']; import dlviz.__main__; "
    script += "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.split()[1] == "1"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"dlviz {__version__}\n"


def test_reader_that_hangs_up_is_no_traceback() -> None:
    command = f"{sys.executable} -m dlviz list activations --json | head -c 1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, timeout=60)
    assert "Traceback" not in result.stderr


def test_table_tells_open_limits_and_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["list", "activations"]) == 0
    out = capsys.readouterr().out
    assert "slope = 1.0 (> 0, ≤ 100)" in out
    assert "slope = 0.01 (≥ 0, < 1)" in out
    assert "at_zero = 1 (0, 1)" in out


@pytest.mark.parametrize("kind", KINDS)
def test_list_as_table_writes_formulas_as_text(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", kind, "--json"])
    formulas = {entry["key"]: plain(entry["formula"]) for entry in json.loads(capsys.readouterr().out)}
    assert not [key for key, text in formulas.items() if re.search(r"[\\{}&]", text)]
    main(["list", kind])
    printed = capsys.readouterr().out
    assert ("formula" in printed.splitlines()[0].split()) == any(formulas.values())


def test_list_as_table_shows_the_formula_of_an_entry(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "schedules"])
    assert "η = η₀ bᵗ" in capsys.readouterr().out
