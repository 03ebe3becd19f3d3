"""Project files: what is saved is read again, and nothing else is read."""

import contextlib
import hashlib
import io
import os
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, DocumentError, SaveError
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, handle
from dlviz.session.files.project_file import (
    Project,
    SavedState,
    project_from_bytes,
    project_to_bytes,
    read_document,
    read_project,
    write_project,
)
from dlviz.session.files.zip_parts import DOCUMENT, MANIFEST, read_zip, write_zip
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.format.text import dump_json
from dlviz.session.limits import ZIP_ENTRIES
from dlviz.session.presets import example_document, first_document
from tests.guards import at_once

GOLDEN = Path(__file__).parents[2] / "golden"
MEBIBYTE = 1 << 20


_AUDITED = {"open", "exec", "compile", "import", "pickle.find_class", "os.system", "subprocess.Popen", "socket.connect"}
_listeners: list[list[tuple[str, str]]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    for events in _listeners:
        # Python opens the file, then wraps its number: the second is no opening.
        if event in _AUDITED and not isinstance(arguments[0], int):
            events.append((event, str(arguments[0])))


@contextlib.contextmanager
def audited() -> Iterator[list[tuple[str, str]]]:
    """Collect what Python does in the meantime that touches files, code or the network."""
    events: list[tuple[str, str]] = []
    _listeners.append(events)
    try:
        yield events
    finally:
        _listeners.remove(events)


sys.addaudithook(_hear)  # cannot be taken back, but hears nothing without a listener


def same(project: Project) -> bytes:
    """A text that is equal for equal projects."""
    return project_to_bytes(project.document, project.state, as_json=True)


def running() -> Document:
    """The example with Adam, so that a run of it has moments to keep; three batches an epoch."""
    rows = {"kind": "table", "inputs": [[0.05, 0.10], [0.2, 0.3], [0.4, 0.1]], "targets": [[0, 1], [1, 0], [1, 1]]}
    data = document_to_json(example_document(), True)
    training = data["training"] | {"optimizer": {"kind": "adam", "lr": 0.01}}
    return document_from_json(data | {"data": rows, "training": training})


def stand() -> SavedState:
    """Where a run of that document may stand."""
    rng = np.random.default_rng(3)
    shapes = {name: each.array.shape for name, each in running().parameters.items()}
    theta = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    moments = {f"{name}.{role}": rng.normal(size=shape) ** 2 for name, shape in shapes.items() for role in "mv"}
    return SavedState(11, 3, 2, 2, "float64", theta, moments, {"clock": [1], "updates": 11})


def zipped(members: dict[str, bytes], sums: dict[str, str] | None = None) -> bytes:
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()} if sums is None else sums
    return write_zip({**members, MANIFEST: dump_json(listed)})


def refusal(data: bytes) -> DlvizError:
    with pytest.raises(DlvizError) as caught:
        project_from_bytes(data)
    message = str(caught.value)
    assert "Expected" in message
    assert "\n" not in message
    assert len(message) < 400
    return caught.value


@pytest.mark.parametrize("name", ["a.dlviz", "a.json"])
def test_a_project_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    write_project(tmp_path / name, running(), stand())
    again = read_project(tmp_path / name)
    assert same(again) == same(Project(running(), stand()))
    assert again.state is not None
    for name, array in stand().theta.items():
        assert np.array_equal(again.state.theta[name], array)
        assert not again.state.theta[name].flags.writeable
    assert np.array_equal(again.state.optimizer["h.W.m"], stand().optimizer["h.W.m"])
    assert (again.state.step, again.state.epoch, again.state.batch, again.state.segments) == (11, 3, 2, 2)
    assert again.state.extra == {"clock": [1], "updates": 11}


@pytest.mark.parametrize("as_json", [False, True])
def test_the_same_project_gives_the_same_bytes(as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project_to_bytes(running(), stand(), as_json)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert project_to_bytes(running(), stand(), as_json) == first
    again = project_from_bytes(first)
    assert project_to_bytes(again.document, again.state, as_json) == first


def test_a_file_of_version_one_opens_for_ever() -> None:
    """Written once by version 1 and never again: a later reader must give these numbers."""
    project = read_project(GOLDEN / "project_version_1.dlviz")
    assert project.document.title == "Two inputs, two hidden, two outputs"
    assert project.document.parameters["o.W"].array.tolist() == [[0.40, 0.45], [0.50, 0.55]]
    assert project.document.training.optimizer.kind == "adam"
    assert project.state is not None
    assert (project.state.step, project.state.epoch, project.state.batch) == (11, 3, 2)
    assert project.state.theta["h.b"].tolist() == [-0.45264929211044586, -0.2155971630897659]


@pytest.mark.parametrize(("name", "start"), [("a.json", b"{"), ("a.JSON", b"{"), ("a.dlviz", b"PK"), ("a", b"PK")])
def test_the_name_decides_the_form_that_is_written(tmp_path: Path, name: str, start: bytes) -> None:
    write_project(tmp_path / name, first_document())
    assert (tmp_path / name).read_bytes().startswith(start)


def test_kind_of_file_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.dlviz").write_bytes(project_to_bytes(first_document(), as_json=True))
    (tmp_path / "b.json").write_bytes(project_to_bytes(first_document()))
    assert read_document(tmp_path / "a.dlviz") == read_document(tmp_path / "b.json")


def test_members_are_as_described() -> None:
    with zipfile.ZipFile(io.BytesIO(project_to_bytes(example_document()))) as archive:
        names = archive.namelist()
        header = archive.read("arrays/h.W.npy")[:8]
    arrays = ["data.inputs", "data.targets", "h.W", "h.b", "o.W", "o.b"]
    assert names == [DOCUMENT, *(f"arrays/{name}.npy" for name in arrays), MANIFEST]
    assert header == b"\x93NUMPY\x01\x00"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_single_precision_state_keeps_its_bits(as_json: bool) -> None:
    theta = {name: each.astype(np.float32) for name, each in stand().theta.items()}
    state = replace(stand(), dtype="float32", theta=theta)
    again = project_from_bytes(project_to_bytes(running(), state, as_json)).state
    assert again is not None
    assert all(again.theta[name].tobytes() == each.tobytes() for name, each in theta.items())


@pytest.mark.parametrize("as_json", [False, True])
def test_a_diverged_state_is_saved_and_says_so(as_json: bool) -> None:
    state = replace(stand(), theta={**stand().theta, "h.b": np.array([np.nan, 1.0])})
    data = project_to_bytes(running(), state, as_json)
    again = project_from_bytes(data).state
    assert again is not None
    assert np.array_equal(again.theta["h.b"], [np.nan, 1.0], equal_nan=True)
    assert b'"diverged_at": 11' in data


def without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: each for key, each in values.items() if key != name}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"theta": without(stand().theta, "h.W")}, "state.theta"),
        ({"theta": {**stand().theta, "q.W": np.ones(2)}}, "state.theta"),
        ({"theta": {**stand().theta, "h.W": np.ones((2, 3))}}, "state.theta.h.W"),
        ({"optimizer": without(stand().optimizer, "h.W.m")}, "state.optimizer"),
        ({"optimizer": {**stand().optimizer, "h.W.velocity": np.ones((2, 2))}}, "state.optimizer"),
        ({"optimizer": {**stand().optimizer, "h.W.m": np.ones(2)}}, "state.optimizer.h.W.m"),
        ({"batch": 3}, "state.batch"),
        ({"batch": -1}, "state.batch"),
        ({"step": 2**60}, "state.step"),
        ({"extra": {"updates": "many"}}, "state.updates"),
        ({"dtype": "float16"}, "state.dtype"),
    ],
)
def test_a_state_that_the_document_cannot_be_in_is_refused(changes: dict[str, Any], place: str) -> None:
    data = project_to_bytes(running(), replace(stand(), **changes))
    assert refusal(data).place == place


def test_a_document_for_another_use_is_saved_without_its_run(tmp_path: Path) -> None:
    write_project(tmp_path / "a.dlviz", running(), stand())
    write_project(tmp_path / "b.dlviz", read_document(tmp_path / "a.dlviz"))
    assert read_project(tmp_path / "b.dlviz").state is None


def test_starting_values_that_are_not_finite_are_refused() -> None:
    members = read_zip(project_to_bytes(example_document()))
    broken = members["arrays/h.b.npy"][:-8] + struct.pack("<d", float("nan"))
    del members[MANIFEST]
    error = refusal(zipped({**members, "arrays/h.b.npy": broken}))
    assert "finite" in str(error)


def test_unknown_keys_survive_a_save() -> None:
    data = document_to_json(example_document(), True) | {"future": {"deep": [1, {"er": None}]}}
    document = document_from_json(data)
    again = project_from_bytes(project_to_bytes(document)).document
    assert again.extra[""]["future"] == {"deep": [1, {"er": None}]}


def test_a_newer_document_that_may_be_read_is_never_saved(tmp_path: Path) -> None:
    path = tmp_path / "later.json"
    path.write_bytes(dump_json({"format": "dlviz", "version": 7, "minimum_reader": 1, "title": "Later"}))
    before = path.read_bytes()
    with pytest.raises(SaveError, match="version 7"):
        write_project(path, read_document(path))
    assert path.read_bytes() == before


def test_a_newer_document_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "later.dlviz"
    path.write_bytes(zipped({DOCUMENT: dump_json({"format": "dlviz", "version": 7})}))
    with pytest.raises(DocumentError, match="reads version 7"):
        read_document(path)


def test_a_damaged_part_is_named() -> None:
    data = bytearray(project_to_bytes(example_document()))
    at = data.index(struct.pack("<d", 0.15))
    data[at] ^= 1
    assert refusal(bytes(data)).place in ("", "arrays/h.W.npy")
    members = read_zip(project_to_bytes(example_document()))
    sums = {name: hashlib.sha256(each).hexdigest() for name, each in members.items() if name != MANIFEST}
    del members[MANIFEST]
    members["arrays/h.W.npy"] = members["arrays/o.W.npy"]
    assert refusal(zipped(members, sums)).place == "arrays/h.W.npy"


@pytest.mark.parametrize(
    "name",
    ["../evil.npy", "/etc/passwd", "arrays/../../x.npy", "arrays/a/b.npy", "arrays\\x.npy", "C:x.npy", "x.pkl",
     "arrays/.npy", "arrays/x.npz", "Document.json", "arrays/con.npy/", "document.json\0", "arrays/ü.npy"],
)  # fmt: skip
def test_an_unknown_member_is_refused(name: str) -> None:
    buffer = io.BytesIO(zipped({DOCUMENT: dump_json({"format": "dlviz", "version": 1})}))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("placeholder.txt")
        info.filename = name
        archive.writestr(info, b"x")
    refusal(buffer.getvalue())


def test_a_missing_part_or_checksum_is_refused() -> None:
    text = dump_json({"format": "dlviz", "version": 1})
    assert "manifest.json" in str(refusal(write_zip({DOCUMENT: text})))
    assert "document.json" in str(refusal(zipped({})))
    assert refusal(zipped({DOCUMENT: text}, {})).place == MANIFEST
    assert refusal(zipped({DOCUMENT: text}, {DOCUMENT: "0" * 64})).place == DOCUMENT
    assert refusal(zipped({DOCUMENT: text}, {DOCUMENT: 1})).place == DOCUMENT  # type: ignore[dict-item]


def deflated(name: str, data: bytes, claimed: int | None = None) -> bytes:
    """A zip with one deflated member whose directory may lie about its size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    whole = bytearray(buffer.getvalue())
    if claimed is not None:
        whole[22:26] = struct.pack("<L", claimed)
        at = whole.index(b"PK\x01\x02")
        whole[at + 24 : at + 28] = struct.pack("<L", claimed)
    return bytes(whole)


def test_a_bomb_is_refused_by_its_directory_alone() -> None:
    data = deflated(DOCUMENT, bytes(40 * MEBIBYTE))
    assert len(data) < MEBIBYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with at_once():
        assert "200 to 1" in str(refusal(data))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024


def test_a_bomb_that_lies_about_its_size_is_cut_at_what_it_claimed() -> None:
    data = deflated("arrays/a.npy", bytes(40 * MEBIBYTE), claimed=1000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024


def test_a_sum_over_the_cap_is_refused_without_being_read() -> None:
    refusal(deflated("arrays/a.npy", b"x", claimed=2**31))


@pytest.mark.parametrize(("extra", "is_fine"), [(0, True), (1, False)])
def test_the_number_of_parts_is_capped(extra: int, is_fine: bool) -> None:
    data = write_zip({f"arrays/a{i}.npy": b"" for i in range(ZIP_ENTRIES + extra)})
    if is_fine:
        assert len(read_zip(data)) == ZIP_ENTRIES
    else:
        with pytest.raises(DocumentError, match="4096"):
            read_zip(data)


def test_a_directory_of_three_hundred_thousand_is_refused_at_once() -> None:
    entry = project_to_bytes(first_document())
    at = entry.index(b"PK\x01\x02")
    end = entry.index(b"PK\x05\x06")
    directory = entry[at:end] * 150_000
    tail = _END.pack(b"PK\x05\x06", 0, 0, 100, 100, len(directory), at, 0)
    with at_once():
        refusal(entry[:at] + directory + tail)


_END = struct.Struct("<4s4H2LH")


def split_zip(data: bytes) -> tuple[bytes, bytes]:
    """Cut a zip into its members and its directory."""
    end = _END.unpack(data[-_END.size :])
    return data[: end[6]], data[end[6] : -_END.size]


def test_overlapping_parts_are_refused() -> None:
    """One part lies inside another, each well-formed by itself: how a small file claims much."""
    inner, entry = split_zip(write_zip({"arrays/b.npy": b"x" * 10}))
    outer, directory = split_zip(write_zip({"arrays/a.npy": inner}))
    entry = entry[:42] + struct.pack("<L", outer.index(inner)) + entry[46:]
    both = directory + entry
    data = outer + both + _END.pack(b"PK\x05\x06", 0, 0, 2, 2, len(both), len(outer), 0)
    with pytest.raises(DocumentError, match="one after the other"):
        read_zip(data)


def test_a_long_text_part_is_refused_before_it_is_kept() -> None:
    with pytest.raises(DocumentError, match="at most 33554432 bytes"):
        read_zip(write_zip({DOCUMENT: bytes(33 * MEBIBYTE)}))


def test_a_part_twice_is_refused() -> None:
    buffer = io.BytesIO(project_to_bytes(first_document()))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(DOCUMENT, b"{}")
    assert "twice" in str(refusal(buffer.getvalue()))


@pytest.mark.parametrize(("at", "bits"), [(8, 0x1), (10, 14)])
def test_encrypted_or_oddly_packed_parts_are_refused(at: int, bits: int) -> None:
    data = bytearray(project_to_bytes(first_document()))
    data[data.index(b"PK\x01\x02") + at] = bits
    assert "packed" in str(refusal(bytes(data))) or "packing" in str(refusal(bytes(data)))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x89PNG", bytes(1000), b"{"])
def test_other_bytes_are_refused(data: bytes) -> None:
    refusal(data)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    sentinel = tmp_path / "SENTINEL"
    payload = f"cos\nsystem\n(S'touch {sentinel}'\ntR.".encode()
    refusal(payload)
    document = dump_json(
        {"format": "dlviz", "version": 1, "network": {"layers": [{"id": "h", "units": 1}]},
         "parameters": {"h.W": {"array": "a"}}}
    )  # fmt: skip
    refusal(zipped({DOCUMENT: document, "arrays/a.npy": payload}))
    assert not sentinel.exists()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_pipe_or_a_folder_is_refused_without_waiting(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "a.dlviz")
    with at_once(), pytest.raises(DocumentError, match="Expected"):
        read_document(tmp_path / "a.dlviz")


def test_a_file_over_the_cap_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "big.dlviz"
    path.touch()
    os.truncate(path, 2**31)
    with pytest.raises(DocumentError, match="1 GiB"):
        read_document(path)


def test_more_parts_than_the_directory_admits_are_refused() -> None:
    data = write_zip({f"arrays/a{i}.npy": b"" for i in range(ZIP_ENTRIES + 1)})
    lying = data[:-14] + struct.pack("<2H", 5, 5) + data[-10:]
    with pytest.raises(DocumentError, match="4096"):
        read_zip(lying)


@pytest.mark.parametrize("path", ["absent.dlviz", "a\0b", "/dev/zero", "x" * 300])
def test_what_cannot_be_read_is_one_sentence(path: str) -> None:
    with pytest.raises(DocumentError, match="Expected"):
        read_document(path)


@pytest.mark.parametrize("as_json", [False, True])
def test_reading_opens_nothing_else_and_runs_nothing(tmp_path: Path, as_json: bool) -> None:
    data = {"kind": "file", "path": "secret.csv", "format": "csv"}
    document = document_from_json({"format": "dlviz", "version": 1, "data": data})
    path = tmp_path / "a.dlviz"
    path.write_bytes(project_to_bytes(document, as_json=as_json))
    read_document(path)
    with audited() as events:
        assert read_document(path).data.dataset is None
    assert events == [("open", str(path))]


def test_names_of_files_that_are_no_text_do_not_make_a_document_unreadable() -> None:
    document = Document("caf\udce9.csv", data=DataSpec("file", {"path": "caf\udce9.csv"}))
    for as_json in (False, True):
        again = project_from_bytes(project_to_bytes(document, as_json=as_json)).document
        assert again.title == "caf?.csv"
        assert again.data.settings["path"] == "caf\udce9.csv"


def test_too_much_inline_says_to_use_the_other_form() -> None:
    document = Document(view={"picture": "x" * (33 * MEBIBYTE)})
    with pytest.raises(SaveError, match="dlviz"):
        project_to_bytes(document, as_json=True)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1}])
def test_a_view_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(SaveError, match="JSON can hold"):
        project_to_bytes(Document(view={"zoom": value}))


def test_a_large_array_of_zeros_is_saved_and_read() -> None:
    document = document_from_json(
        {
            "format": "dlviz",
            "version": 1,
            "network": {"layers": [{"id": "h", "units": 2000}, {"id": "o", "units": 1000}]},
        }
    )
    large = replace(document, parameters={"o.W": handle(np.zeros((1000, 2000)))})
    again = project_from_bytes(project_to_bytes(large)).document
    assert again.parameters == large.parameters


def test_a_save_sweeps_away_what_a_killed_one_left(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".a.dlviz.{dead.pid}.0.tmp").touch()
    write_project(tmp_path / "a.dlviz", first_document())
    assert os.listdir(tmp_path) == ["a.dlviz"]


def test_handles_know_their_contents() -> None:
    assert handle([1.0, 2.0]) == handle([1, 2])
    assert handle([1.0, 2.0]) != handle([[1.0, 2.0]])


def mutants(data: bytes, n: int) -> list[bytes]:
    """Cuts, flipped bits, zeroed blocks, deleted and inserted bytes, from one seed."""
    rng = np.random.default_rng(20)
    changed = []
    for i in range(n):
        at, size = int(rng.integers(len(data))), int(rng.integers(1, 64))
        flipped = bytes([data[at] ^ (1 << int(rng.integers(8)))])
        changed.append(
            [
                data[:at],
                data[:at] + flipped + data[at + 1 :],
                data[:at] + bytes(min(size, len(data) - at)) + data[at + size :],
                data[:at] + data[at + size :],
                data[:at] + rng.bytes(size) + data[at:],
                data[: at // 512 * 512] + bytes(min(512, len(data) - at // 512 * 512)) + data[at // 512 * 512 + 512 :],
            ][i % 6]
        )
    return changed


def test_a_damaged_file_is_refused_or_loads_as_it_was() -> None:
    original = project_to_bytes(running(), stand())
    expected = same(Project(running(), stand()))
    refused = 0
    for data in mutants(original, 10_000):
        try:
            loaded = project_from_bytes(data)
        except DlvizError:
            refused += 1
        else:
            assert same(loaded) == expected
    assert refused > 8_000


def test_a_damaged_json_never_does_more_than_refuse() -> None:
    original = project_to_bytes(running(), stand(), as_json=True)
    for data in mutants(original, 600):
        try:
            project_from_bytes(data)
        except DlvizError as error:
            assert "\n" not in str(error)
