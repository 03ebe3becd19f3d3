"""packaging/setup.sh on machines that lack something, played with stand-ins for the system's commands."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A Python that answers the version question, and whose venv records what pip is asked for.
PYTHON = """#!/bin/sh
case "$*" in
    *ensurepip*) test {ensurepip} = 0 || test -e venv-installed ;;
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"-m pip"*) echo "pip $*" >> log ;;
    *"import pip"*) exit 0 ;;
    *"version_info[:2]"*) echo python3.11-venv ;;
    --version) echo "Python 3.11.2" ;;
    *) exit {version} ;;
esac
"""


@dataclass
class Machine:
    """A folder with the files set-up reads, and a PATH of stand-ins."""

    root: Path

    def command(self, name: str, body: str) -> None:
        path = self.root / "bin" / name
        path.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        script = [str(self.root / "packaging" / "setup.sh")]
        environment = {"PATH": str(self.root / "bin"), "LC_ALL": "C"}
        return subprocess.run(script, env=environment, capture_output=True, text=True, check=False, timeout=30)

    @property
    def log(self) -> str:
        path = self.root / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with everything there; tests take things away."""
    made = Machine(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("setup.sh", "constraints.txt"):
        shutil.copy(ROOT / "packaging" / name, tmp_path / "packaging")
    for name in ("sh", "cat", "cksum", "tr", "dirname", "grep", "rm", "touch", "mkdir", "cp"):
        found = shutil.which(name)
        assert found
        os.symlink(found, tmp_path / "bin" / name)
    made.command("id", "echo 0")
    made.command("dpkg-query", 'echo "install ok installed"')
    made.command("apt-get", 'echo "apt-get $*" >> log')
    made.command("python3", PYTHON.format(ensurepip=0, version=0))
    return made


def test_pinned_packages_are_installed_once(machine: Machine) -> None:
    assert machine.set_up().returncode == 0
    assert "--constraint packaging/constraints.txt --no-build-isolation --editable .[dev]" in machine.log
    before = machine.log
    second = machine.set_up()
    assert (second.returncode, second.stderr, machine.log) == (0, "", before)


def test_changed_pins_are_installed_again(machine: Machine) -> None:
    machine.set_up()
    before = machine.log
    pins = machine.root / "packaging" / "constraints.txt"
    pins.write_text(pins.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
    machine.set_up()
    assert len(machine.log) == 2 * len(before)


def test_root_gets_missing_system_packages(machine: Machine) -> None:
    machine.command("dpkg-query", 'case "$*" in *libegl1*) exit 1 ;; *) echo "install ok installed" ;; esac')
    assert machine.set_up().returncode == 0
    assert "apt-get install -y --no-install-recommends libegl1 -qq" in machine.log


def test_others_are_told_the_one_line_to_type(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("dpkg-query", "exit 1")
    result = machine.set_up()
    assert "Type: sudo apt-get install -y --no-install-recommends libglib2.0-0 libgl1" in result.stderr
    assert "apt-get" not in machine.log
    assert result.returncode == 0


def test_system_without_dpkg_is_left_alone(machine: Machine) -> None:
    (machine.root / "bin" / "dpkg-query").unlink()
    assert machine.set_up().returncode == 0
    assert "apt-get" not in machine.log


def test_failing_package_manager_names_the_line_and_goes_on(machine: Machine) -> None:
    machine.command("dpkg-query", "exit 1")
    machine.command("apt-get", "exit 100")
    result = machine.set_up()
    assert "could not install them. Type: apt-get install" in result.stderr
    assert result.returncode == 0


def test_old_python_is_passed_over(machine: Machine) -> None:
    machine.command("python3", PYTHON.format(ensurepip=0, version=1))
    machine.command("python3.12", PYTHON.format(ensurepip=0, version=0))
    assert machine.set_up().returncode == 0


def test_no_fitting_python_is_one_sentence(machine: Machine) -> None:
    machine.command("python3", PYTHON.format(ensurepip=0, version=1))
    result = machine.set_up()
    assert result.returncode == 1
    assert "expected Python 3.11 to 3.14. Found: Python 3.11.2" in result.stderr


def test_bare_debian_gets_the_package_that_venv_needs(machine: Machine) -> None:
    machine.command("python3", PYTHON.format(ensurepip=1, version=0))
    machine.command("apt-get", 'echo "apt-get $*" >> log; touch venv-installed')
    assert machine.set_up().returncode == 0
    assert "install -y --no-install-recommends python3.11-venv" in machine.log


def test_bare_debian_without_root_is_told_one_line(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("dpkg-query", 'case "$*" in *libegl1*) exit 1 ;; *) echo "install ok installed" ;; esac')
    machine.command("python3", PYTHON.format(ensurepip=1, version=0))
    result = machine.set_up()
    assert result.returncode != 0
    assert result.stderr.count("Type: sudo") == 1
    assert "Type: sudo apt-get install -y --no-install-recommends libegl1 python3.11-venv" in result.stderr
    assert not (machine.root / ".venv").exists()


def test_failing_pip_leaves_no_stamp(machine: Machine) -> None:
    machine.command("python3", PYTHON.format(ensurepip=0, version=0).replace('echo "pip $*" >> log', "exit 1"))
    result = machine.set_up()
    assert result.returncode != 0
    assert "Is there a network?" in result.stderr
    assert not list((machine.root / ".venv").glob(".stamp-*"))


def test_pins_are_names_and_versions_only() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert all(name and version and "/" not in line for line in pins for name, _, version in [line.partition("==")])
