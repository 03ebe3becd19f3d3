"""A file is written whole or not at all, whatever fails and whenever it is killed."""

import errno
import itertools
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlviz.core.errors import SaveError
from dlviz.session.files.atomic import FileSystem, atomic_write, sweep

OLD, NEW = b"old" * 1000, b"new" * 5000
CALLS = ("open_new", "set_mode", "write", "fsync", "close", "replace", "remove", "fsync_folder")


class Faulty(FileSystem):
    """A file system whose n-th call fails, or which takes few bytes at a time."""

    def __init__(self, fail_at: int = -1, error: int = errno.EIO, chunk: int = 10**9) -> None:
        self.log: list[str] = []
        self.fail_at = fail_at
        self.error = error
        self.chunk = chunk

    def step(self, name: str, *, may_fail: bool = True) -> None:
        self.log.append(name)
        if may_fail and len(self.log) - 1 == self.fail_at:
            raise OSError(self.error, os.strerror(self.error))

    def open_new(self, path: str, mode: int) -> int:
        self.step("open_new")
        return super().open_new(path, mode)

    def set_mode(self, path: str, mode: int) -> None:
        self.step("set_mode")
        super().set_mode(path, mode)

    def write(self, descriptor: int, data: memoryview) -> int:
        self.step("write")
        return super().write(descriptor, data[: self.chunk])

    def fsync(self, descriptor: int) -> None:
        self.step("fsync")
        super().fsync(descriptor)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        self.step("close")

    def replace(self, source: str, target: str) -> None:
        self.step("replace")
        super().replace(source, target)

    def remove(self, path: str) -> None:
        super().remove(path)
        self.step("remove")

    def fsync_folder(self, path: str) -> None:
        self.step("fsync_folder")
        super().fsync_folder(path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "lecture.dlviz"
    path.write_bytes(OLD)
    return path


def left_over(target: Path) -> list[str]:
    return [name for name in os.listdir(target.parent) if name != target.name]


def test_a_write_makes_or_replaces_the_file(tmp_path: Path) -> None:
    for data in (b"", b"one", NEW):
        atomic_write(tmp_path / "a", data)
        assert (tmp_path / "a").read_bytes() == data
    assert os.listdir(tmp_path) == ["a"]


def test_the_order_is_the_one_that_survives_a_power_cut(target: Path) -> None:
    fs = Faulty()
    atomic_write(target, NEW, fs)
    assert fs.log == ["open_new", "write", "fsync", "close", "set_mode", "replace", "fsync_folder"]


def n_calls(target: Path, chunk: int) -> int:
    fs = Faulty(chunk=chunk)
    atomic_write(target, NEW, fs)
    target.write_bytes(OLD)
    return len(fs.log)


@pytest.mark.parametrize("chunk", [10**9, 4096])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EINTR])
def test_a_fault_at_any_call_leaves_the_old_file_or_the_new(target: Path, error: int, chunk: int) -> None:
    for k in range(n_calls(target, chunk)):
        target.write_bytes(OLD)
        fs = Faulty(k, error, chunk)
        try:
            atomic_write(target, NEW, fs)
        except SaveError as raised:
            # Only the folder's fsync comes after the file is in place: new, but perhaps not for good.
            assert target.read_bytes() == (NEW if fs.log[k] == "fsync_folder" else OLD)
            assert "Expected" in str(raised)
            assert "lecture.dlviz" in str(raised)
            assert ("old file is whole" in str(raised)) <= (target.read_bytes() == OLD)
        else:
            assert (error, fs.log[k]) == (errno.EINTR, "write")
            assert target.read_bytes() == NEW
        assert left_over(target) == []


def test_a_failed_fsync_is_not_asked_again(target: Path) -> None:
    fs = Faulty(2, errno.EIO)
    with pytest.raises(SaveError):
        atomic_write(target, NEW, fs)
    assert fs.log.count("fsync") == 1
    atomic_write(target, NEW, Faulty())
    assert target.read_bytes() == NEW


@pytest.mark.parametrize("chunk", [1, 7, 4095])
def test_short_writes_are_continued(target: Path, chunk: int) -> None:
    atomic_write(target, NEW, Faulty(chunk=chunk))
    assert target.read_bytes() == NEW


def test_a_write_that_takes_nothing_ends(target: Path) -> None:
    with pytest.raises(SaveError):
        atomic_write(target, NEW, Faulty(chunk=0))
    assert target.read_bytes() == OLD


def test_a_full_disk_names_the_size_needed(target: Path) -> None:
    with pytest.raises(SaveError, match="15 kB.*disk is full.*Free some space"):
        atomic_write(target, NEW, Faulty(1, errno.ENOSPC))


def test_an_interrupt_leaves_no_temporary_file(target: Path) -> None:
    class Interrupted(FileSystem):
        def fsync(self, descriptor: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic_write(target, NEW, Interrupted())
    assert target.read_bytes() == OLD
    assert left_over(target) == []


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_permissions_of_the_old_file_are_kept(target: Path, mode: int) -> None:
    target.chmod(mode)
    atomic_write(target, NEW)
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_link_stays_a_link_to_the_new_contents(target: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link"
    link.symlink_to(target)
    atomic_write(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert os.listdir(folder) == ["link"]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Any], None]) -> None:
    make(tmp_path / "a")
    with pytest.raises(SaveError, match="to be a file"):
        atomic_write(tmp_path / "a", NEW)
    assert os.listdir(tmp_path) == ["a"]


def test_a_missing_folder_and_a_loop_of_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path / "absent" / "a", tmp_path / "loop", str(tmp_path) + "/a\0b", tmp_path / ("x" * 256)):
        with pytest.raises(SaveError, match="Expected"):
            atomic_write(path, NEW)


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.dlviz", "🙂.dlviz".encode(), b"-x", b"%s %d", b"a\nb", "a\u202eb".encode(), b"x" * 255,
             "ü".encode() * 127]
)  # fmt: skip
def test_any_name_a_folder_takes_is_written(tmp_path: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    atomic_write(os.fsdecode(path), NEW)
    with pytest.raises(SaveError) as caught:
        atomic_write(os.fsdecode(path), NEW, Faulty(2))
    str(caught.value).encode()
    assert "\n" not in str(caught.value)
    assert os.listdir(os.fsencode(tmp_path)) == [name]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize("is_file", [True, False])
def test_without_permission_nothing_is_written(tmp_path: Path, is_file: bool) -> None:
    place = tmp_path / "shared"
    place.mkdir(mode=0o777 if is_file else 0o555)
    place.chmod(0o777 if is_file else 0o555)
    target = place / "a"
    target.write_bytes(OLD)
    target.chmod(0o444 if is_file else 0o666)
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    code = """
import os, sys
from dlviz.session.files.atomic import atomic_write
from dlviz.core.errors import SaveError
os.setuid(65534)
try:
    atomic_write(sys.argv[1], b"new")
except SaveError as error:
    assert "permission" in str(error) and "another name" in str(error), error
else:
    sys.exit(3)
"""
    done = subprocess.run([sys.executable, "-c", code, str(target)], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0
    assert target.read_bytes() == OLD


def test_a_limit_of_the_system_leaves_the_old_file(target: Path) -> None:
    """The real thing: the system takes some bytes, then refuses."""
    code = """
import resource, sys
from dlviz.session.files.atomic import atomic_write
from dlviz.core.errors import SaveError
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    atomic_write(sys.argv[1], b"new" * 5000)
except SaveError as error:
    print(error)
"""
    command = [sys.executable, "-c", code, str(target)]
    done = subprocess.run(command, cwd=ROOT, timeout=60, check=True, capture_output=True, text=True)
    assert "file too large" in done.stdout
    assert target.read_bytes() == OLD
    assert left_over(target) == []


def test_a_running_process_of_somebody_else_is_not_dead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def forbidden(pid: int, signal: int) -> None:
        raise PermissionError

    (tmp_path / ".a.4242.0.tmp").touch()
    monkeypatch.setattr(os, "kill", forbidden)
    assert sweep(tmp_path) == 0


def test_sweep_removes_only_what_the_dead_left(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = [f".a.dlviz.{dead.pid}.0.tmp", f".a.dlviz.{os.getpid()}.0.tmp", ".a.dlviz.x.0.tmp", "a.1.0.tmp", "a"]
    for name in names:
        (tmp_path / name).touch()
    assert sweep(tmp_path) == 1
    assert set(os.listdir(tmp_path)) == set(names[1:])
    assert sweep(tmp_path / "absent") == 0


ROOT = Path(__file__).parents[3]
N_KILLS = 200
# One process imports everything once; its forks save in a loop and are killed at a random moment.
KILLER = """
import os, random, signal, sys, time
from dlviz.session import presets
from dlviz.session.files.atomic import atomic_write, sweep
from dlviz.session.files.project_file import SavedState, project_to_bytes, write_project, read_project
from dlviz.session.settings import Settings, load_settings, save_settings
from dlviz.core.inference import parameters
from dlviz.core.optimizers import resolve
from dataclasses import replace
import numpy as np
from pathlib import Path

folder, n = Path(sys.argv[1]), int(sys.argv[2])
random.seed(4)
documents = [presets.example_document(), presets.first_document(), presets.step_document()]
rng = np.random.default_rng(4)
def case(i):
    document = documents[i % 3]
    declared = parameters(document.network)
    roles = resolve(document.training.optimizer)[0].states({})
    theta = {each.name: rng.normal(size=each.shape) for each in declared}
    moments = {f"{each.name}.{role}": rng.normal(size=each.shape) for each in declared for role in roles}
    view = {"note": "x" * 50_000 * i}
    return replace(document, view=view), SavedState(i, theta=theta, optimizer=moments)
cases = [case(i) for i in range(5)]
versions = [project_to_bytes(*case) for case in cases]
themes = [f"theme {i}" * (100 * i + 1) for i in range(5)]
target, settings = folder / "lecture.dlviz", folder / "settings.json"
write_project(target, *cases[0])
save_settings(Settings(themes[0]), settings)
damaged = written = 0
for _ in range(n):
    before = target.read_bytes()
    ready, started = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(started, b"!")
        for i in range(10**6):
            atomic_write(target, versions[i % 5])
            save_settings(Settings(themes[i % 5]), settings)
    os.read(ready, 1)
    os.close(ready)
    os.close(started)
    time.sleep(random.uniform(0, 0.02))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    after = target.read_bytes()
    read_project(target)
    loaded = load_settings(settings)
    damaged += after not in versions or loaded.theme not in themes or bool(loaded.note)
    written += after != before
left = [name for name in os.listdir(folder) if name.endswith(".tmp")]
swept = sweep(folder)
print(damaged, written, len(left), swept, len(os.listdir(folder)))
"""


def test_two_hundred_kills_damage_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLER, str(tmp_path), str(N_KILLS)]
    done = subprocess.run(command, cwd=ROOT, timeout=120, check=True, capture_output=True, text=True)
    damaged, written, left, swept, remaining = map(int, done.stdout.split())
    assert damaged == 0
    assert written + left > N_KILLS / 10  # the kills fell into saves, not before them
    assert (left, remaining) == (swept, 2)


def test_temporary_names_never_meet(target: Path) -> None:
    seen: list[str] = []

    class Listening(FileSystem):
        def open_new(self, path: str, mode: int) -> int:
            seen.append(path)
            return super().open_new(path, mode)

    for _ in itertools.repeat(None, 5):
        atomic_write(target, NEW, Listening())
    assert len(set(seen)) == 5
    assert all(Path(path).parent == target.parent for path in seen)
