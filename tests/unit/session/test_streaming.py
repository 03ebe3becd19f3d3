"""Sets larger than the memory meant for them stay on disk, and train to the same bits as in memory."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.array import to_host
from dlviz.core.errors import DataError
from dlviz.data import input_columns, kept_sets, limits, scaling
from dlviz.data.mapped import is_mapped
from dlviz.data.prepare import Prepared, prepare
from dlviz.data.reader import read_table
from dlviz.data.row_store import cache_folder
from dlviz.data.streamed import StreamedInputs
from dlviz.data.table_dataset import to_dataset
from dlviz.session import tables
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.headless import gradcheck, load, train
from dlviz.session.orders import MIXED, NEIGHBOURS, Orders, shuffled_in_blocks
from dlviz.session.rule_trainer import RuleTrainer
from dlviz.session.run import Run
from dlviz.session.tables import StreamedTargets, target_rows
from dlviz.session.targets import targets_for
from dlviz.session.trainer import Trainer
from tests.strict_arrays import StrictModule

N = 700
SOFTMAX = {"units": 3, "activation": "softmax"}

Opener = Callable[..., Document]


@pytest.fixture(autouse=True)
def small_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every loop over a set run in many parts, in memory too, and keep the cache in the test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(input_columns, "CHUNK_NUMBERS", 100)
    monkeypatch.setattr(scaling, "NUMBERS_AT_ONCE", 100)
    monkeypatch.setattr(tables, "NUMBERS_AT_ONCE", 100)


@pytest.fixture
def in_memory(tmp_path: Path) -> Opener:
    """Return a function that opens a document on a table with gaps, words and 700 rows."""
    dice = np.random.default_rng(3)
    x, words = dice.normal(size=(N, 2)), dice.choice(["red", "green", "blue"], N)
    y = 3 * x[:, 0] - x[:, 1] + (words == "red")
    rows = [f"{a:.6g},{'' if i % 50 == 7 else format(b, '.6g')},{word},{value:.6g},{'yes' if value > 0 else 'no'}"
            for i, (a, b, word, value) in enumerate(zip(*x.T, words, y, strict=True))]  # fmt: skip
    (tmp_path / "t.csv").write_text("\n".join(["a,b,colour,y,label", *rows]), encoding="utf-8")

    def open_document(
        data: dict[str, Any] | None = None, output: dict[str, Any] | None = None, **whole: Any
    ) -> Document:
        training = {"optimizer": "adam", "batch_size": 32, "shuffle": False, **whole.pop("training", {})}
        written = {
            "format": "dlviz", "version": 1, "seed": 4,
            "data": {"kind": "file", "path": "t.csv", "target": "label", "inputs": ["a", "b", "colour"],
                     "scaling": "standard", "split": {"test": 0.2, "validation": 0.1}, **(data or {})},
            "network": {"layers": [{"id": "h", "units": 5, "activation": "tanh"},
                                   {"id": "o", "units": 1, "activation": "sigmoid", **(output or {})}]},
            "training": {"loss": "binary_cross_entropy", **training}, **whole,
        }  # fmt: skip
        (tmp_path / "net.json").write_text(json.dumps(written), encoding="utf-8")
        return load(tmp_path / "net.json")

    return open_document


@pytest.fixture
def streamed(in_memory: Opener, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Return a function that opens the same document, whose table is now larger than the memory meant for it."""

    def open_document(*arguments: Any, **whole: Any) -> Document:
        with monkeypatch.context() as patched:
            patched.setattr(limits, "IN_MEMORY_BYTES", 1000)
            return in_memory(*arguments, **whole)

    return open_document


def trained(document: Document, steps: int = 40) -> tuple[bytes, bytes]:
    trainer = Trainer(document, prepare(document.data))
    losses = np.zeros(steps)
    trainer.run(7, losses)
    trainer.run(steps - 7, losses[7:])
    return trainer.memory.kept.tobytes(), losses.tobytes()


def parquet_of(folder: Path) -> None:
    import duckdb

    duckdb.sql(f"COPY (FROM read_csv('{folder / 't.csv'}')) TO '{folder / 't.parquet'}'")


@pytest.mark.parametrize(
    ("dtype", "scaling_kind", "missing"),
    [("float64", "standard", "drop"), ("float32", "standard", "mean"), ("float32", "none", "drop"),
     ("float64", "minmax", "mean")],
)  # fmt: skip
def test_streamed_rows_train_to_the_bits_of_rows_in_memory(
    in_memory: Opener, streamed: Opener, dtype: str, scaling_kind: str, missing: str
) -> None:
    data = {"scaling": scaling_kind, "missing": missing}
    usual, large = in_memory(data, dtype=dtype), streamed(data, dtype=dtype)
    assert usual.data.dataset is not None
    assert large.data.dataset is not None
    assert large.data.dataset.is_streamed
    assert not usual.data.dataset.is_streamed
    np.testing.assert_array_equal(large.data.dataset.inputs, usual.data.dataset.inputs)
    assert trained(large) == trained(usual)


def test_parquet_is_streamed_too(in_memory: Opener, streamed: Opener, tmp_path: Path) -> None:
    in_memory()
    parquet_of(tmp_path)
    assert trained(streamed({"path": "t.parquet"})) == trained(in_memory({"path": "t.parquet"}))


@pytest.mark.parametrize(
    ("data", "output", "loss"),
    [
        ({"target": "y"}, {"activation": "linear"}, "squared_error"),
        ({"target": "colour", "inputs": ["a", "b"]}, SOFTMAX, "categorical_cross_entropy"),
        ({"target": "colour", "inputs": ["a"]}, SOFTMAX, "sparse_categorical_cross_entropy"),
        ({}, {"activation": "tanh"}, "hinge"),
    ],
    ids=["values", "one-hot", "index", "plus and minus one"],
)
def test_targets_are_encoded_as_in_memory(
    in_memory: Opener, streamed: Opener, data: dict[str, Any], output: dict[str, Any], loss: str
) -> None:
    training = {"loss": loss}
    usual, large = in_memory(data, output, training=training), streamed(data, output, training=training)
    assert trained(large) == trained(usual)


def test_values_read_as_labels_are_encoded_row_by_row(streamed: Opener) -> None:
    document = streamed({"target": "label"}, training={"loss": {"kind": "hinge", "labels": "zero_one"}})
    rows = document.data.dataset
    assert rows is not None
    values = replace(
        rows, task="regression", targets=np.asarray(rows.targets, dtype=np.float64)[:, None], class_names=()
    )
    some = np.array([5, 2, 9])
    encoded = StreamedTargets(document, values)[some]
    np.testing.assert_array_equal(encoded, targets_for(document, values)[some])
    assert set(encoded.ravel()) <= {-1.0, 1.0}


def test_a_wrong_target_is_refused_wherever_it_stands(streamed: Opener) -> None:
    document = streamed({"target": "y"}, {"activation": "linear"}, training={"loss": "squared_error"})
    other = replace(document, training=replace(document.training, loss=streamed().training.loss))
    assert other.data.dataset is not None
    with pytest.raises(DataError, match="Expected targets between 0 and 1"):
        target_rows(other, other.data.dataset)


def test_an_array_module_of_its_own_is_given_whole_batches(streamed: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    document = streamed(dtype="float32", training={"shuffle": True})
    monkeypatch.setenv("DLVIZ_BACKEND", "numpy")
    usual = Trainer(document, prepare(document.data))
    monkeypatch.setitem(sys.modules, "cupy", StrictModule())
    monkeypatch.setenv("DLVIZ_BACKEND", "cupy")
    other = Trainer(document, prepare(document.data))
    for trainer in (usual, other):
        trainer.run(20, np.zeros(20))
        trainer.record_rows([3, 600])
    np.testing.assert_allclose(to_host(other.memory.kept), usual.memory.kept, rtol=1e-6)


def test_gradients_are_checked_on_the_rows_of_a_batch(streamed: Opener) -> None:
    assert gradcheck(streamed(dtype="float64")).passed


def test_a_learning_rule_wants_its_rows_in_memory(streamed: Opener) -> None:
    written = {**document_to_json(streamed(), True), "rule": "perceptron"}
    del written["network"], written["training"], written["parameters"]
    document = replace(document_from_json(written), data=streamed().data)
    with pytest.raises(DataError, match="rows that fit in memory"):
        RuleTrainer(document, prepare(document.data))


def test_notes_say_that_the_set_is_streamed(streamed: Opener) -> None:
    notes = prepare(streamed().data).notes
    assert notes[0] == "0.0274 MB of inputs are streamed from disk; pictures show up to 20000 evenly spaced rows."
    assert notes[1].startswith("The table is large: its ")


def test_scores_are_those_of_memory(in_memory: Opener, streamed: Opener) -> None:
    usual, large = train(in_memory(), 2), train(streamed(), 2)
    assert (usual.train, usual.validation, usual.test) == (large.train, large.validation, large.test)


def test_scores_of_more_rows_than_fit_are_of_evenly_spaced_ones(
    streamed: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = streamed()
    monkeypatch.setattr(limits, "IN_MEMORY_BYTES", 8 * 2 * 20)
    exact, sampled = train(document, 1).train, train(document, 1).train
    assert exact == sampled
    assert exact is not None
    assert 0 < exact.loss < 1


def test_rewinding_is_exact_across_shuffled_epochs(streamed: Opener) -> None:
    run = Run(streamed(training={"shuffle": True}))
    for _ in range(50):
        run.advance(1)
    there = run.trainer.state()
    run.seek(11)
    earlier = run.trainer.state().kept.tobytes()
    run.seek(50)
    run.back("batch")
    run.forward("batch")
    run.seek(50)
    assert run.trainer.state().kept.tobytes() == there.kept.tobytes()
    run.seek(11)
    assert run.trainer.state().kept.tobytes() == earlier
    assert earlier != there.kept.tobytes()


def test_a_recorded_step_is_the_trained_one(streamed: Opener) -> None:
    document = streamed(training={"shuffle": True})
    walked, run = (Trainer(document, prepare(document.data)) for _ in range(2))
    trace = walked.record()
    run.run(1, np.zeros(1))
    assert walked.memory.kept.tobytes() == run.memory.kept.tobytes()
    order = Orders(4, prepare(document.data).train, "shuffled in blocks").of_epoch(0)
    assert trace.rows.tolist() == order[:32].tolist()


def test_shuffled_training_learns_as_in_memory(in_memory: Opener, streamed: Opener) -> None:
    training = {"shuffle": True, "optimizer": {"kind": "adam", "lr": 0.02}}
    reports = [train(opened(training=training), 15) for opened in (in_memory, streamed)]
    scores = [report.test.metrics["accuracy"] for report in reports if report.test is not None]
    assert min(scores) > 0.9
    assert reports[0].document.parameters["o.W"] != reports[1].document.parameters["o.W"]


@pytest.mark.parametrize("n", [1, 1000, NEIGHBOURS * MIXED + 5, 200_000])
def test_shuffling_in_blocks_visits_every_row_once(n: int) -> None:
    first, second = (shuffled_in_blocks(0, n, epoch) for epoch in (0, 1))
    np.testing.assert_array_equal(np.sort(first), np.arange(n))
    np.testing.assert_array_equal(first, shuffled_in_blocks(0, n, 0))
    if n > 1:
        assert first.tolist() != second.tolist()
        assert first.tolist() != shuffled_in_blocks(1, n, 0).tolist()


def test_rows_of_a_stretch_come_from_a_few_blocks_all_over_the_set() -> None:
    n = 2_000_000
    stretch = shuffled_in_blocks(0, n, 3)[: NEIGHBOURS * MIXED]
    assert len(np.unique(stretch // NEIGHBOURS)) <= MIXED + 1
    batches = stretch.reshape(-1, 256)
    assert abs((batches < n // 2).mean() - 0.5) < 0.2  # a sorted set: both halves are in the stretch,
    assert (batches < n // 2).mean(axis=1).std() < 0.05  # and in every batch alike


def test_the_sample_is_every_so_manieth_row(streamed: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlviz.data.dataset.SAMPLE_ROWS", 100)
    whole = prepare(streamed().data)
    sample = whole.sample
    assert isinstance(whole.inputs, StreamedInputs)
    assert sample.dataset.n == -(-whole.dataset.n // 7)
    np.testing.assert_array_equal(sample.inputs[3], whole.inputs[np.array([21])][0])
    np.testing.assert_array_equal(sample.dataset.targets, whole.dataset.targets[::7])
    assert {int(row) * 7 for row in sample.train} <= set(whole.train.tolist())
    assert len(sample.train) + len(sample.validation) + len(sample.test) == sample.dataset.n


def test_rows_in_memory_are_their_own_sample(in_memory: Opener) -> None:
    prepared: Prepared = prepare(in_memory().data)
    assert prepared.sample is prepared


def test_saved_documents_keep_path_and_hash_not_rows(streamed: Opener) -> None:
    document = streamed({"sha256": None})
    written = document_to_json(document, inline_arrays=True)
    assert written["data"]["path"] == "t.csv"
    assert "rows" not in written["data"]
    assert document_from_json(json.loads(json.dumps(written))).data.dataset is None


def test_ids_are_checked_before_training(streamed: Opener) -> None:
    document = streamed()
    layers = [{"id": "e", "kind": "embedding", "vocabulary": 9, "dim": 2}, {"id": "f", "kind": "flatten"},
              {"id": "o", "units": 1, "activation": "sigmoid"}]  # fmt: skip
    other = document_from_json({**document_to_json(document, True), "network": {
        "inputs": [{"id": "x", "shape": [5]}], "layers": layers}, "parameters": {}})  # fmt: skip
    with pytest.raises(DataError, match="whole numbers"):
        Trainer(other, prepare(document.data))


def test_cancelled_reading_leaves_nothing(streamed: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streamed()
    for kept in cache_folder().iterdir():
        kept.unlink()
    monkeypatch.setattr(limits, "IN_MEMORY_BYTES", 1000)
    table = read_table(tmp_path / "t.csv")
    asked = iter([False] * 5 + [True])
    with pytest.raises(DataError, match="Reading was cancelled"):
        to_dataset(table, "label", cancelled=lambda: next(asked))
    assert list(cache_folder().iterdir()) == []


def test_columns_of_a_large_table_go_with_it(streamed: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streamed()
    monkeypatch.setattr(limits, "IN_MEMORY_BYTES", 1000)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    table = read_table(tmp_path / "t.csv")
    assert all(is_mapped(array) for array in table.arrays.values())
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del table
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.fixture
def large(streamed: Opener, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Return a function that opens the document on the large set, whose file counts as large too."""
    monkeypatch.setattr(kept_sets, "LEAST_BYTES", 0)
    return streamed


def must_not_read(*_: object) -> None:
    raise AssertionError


@pytest.mark.parametrize("target", ["label", "y", "colour"])
def test_a_large_set_is_read_once(large: Opener, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = large({"target": target, "inputs": ["a", "b"]}).data.dataset
    monkeypatch.setattr("dlviz.session.files.data_file.read_table", must_not_read)
    again = large({"target": target, "inputs": ["a", "b"]}).data.dataset
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(again.inputs, first.inputs)
    np.testing.assert_array_equal(again.targets, first.targets)
    assert again.targets.dtype == first.targets.dtype
    assert replace(again, inputs=first.inputs, targets=first.targets) == first


def test_another_reading_or_file_is_another_set(large: Opener, tmp_path: Path) -> None:
    first = large({"missing": "drop"}).data.dataset
    other = large({"missing": "mean"}).data.dataset
    with (tmp_path / "t.csv").open("a") as file:
        file.write("\n1,1,red,1,yes")
    longer = large({"missing": "drop"}).data.dataset
    assert first is not None and other is not None and longer is not None
    assert (other.n, longer.n) == (N, first.n + 1)


@pytest.mark.parametrize("damage", ["{", "[]", '{"n": 3}', "rows gone", "rows cut"])
def test_what_is_kept_no_more_is_read_again(large: Opener, damage: str) -> None:
    assert large().data.dataset is not None
    for path in cache_folder().iterdir():
        if path.suffix == ".set" and not damage.startswith("rows"):
            path.write_text(damage)
        elif path.suffix == ".rows" and damage == "rows gone":
            path.unlink()
        elif path.suffix == ".rows" and damage == "rows cut":
            path.write_bytes(b"12345678")
    again = large().data.dataset
    assert again is not None
    assert again.is_streamed


def test_a_kept_set_of_another_content_than_the_documents_is_refused(large: Opener) -> None:
    large()
    with pytest.raises(DataError, match="another content"):
        large({"sha256": "0" * 64})


TRAINS = """
import resource, sys
import numpy as np
from dlviz.core.array import Workspace
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.data.row_store import store_rows
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.format.document import document_from_json
from dlviz.session.trainer import Trainer
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
n, d, name = 1_000_000, 100, tuple(f"x{i}" for i in range(100))
rows = store_rows("a", (n, d), (np.full((5000, d), i % 7.0) for i in range(n // 5000)))
dataset = Dataset("t", "regression", rows, np.ones((n, 1)), name, ("y",))
document = document_from_json({"format": "dlviz", "version": 1, "data": {"kind": "table", "inputs": [[0.0] * d],
    "targets": [[0.0]]}, "network": {"layers": [{"id": "o", "units": 1}]}, "training": {"batch_size": 500}})
before = peak()
prepared = prepare(DataSpec("table", {}, SplitSpec(), "standard", dataset))
trainer = Trainer(document, prepared)
trainer.run(1000, np.zeros(1000))
print(peak() - before, rows.nbytes >> 20)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is measured as Linux counts it")
def test_a_set_of_800_mb_trains_within_350_mb_of_memory() -> None:
    # Most of it are pages of the file that the system may take back at any time.
    done = subprocess.run([sys.executable, "-c", TRAINS], capture_output=True, text=True, check=True)
    grown, size = map(int, done.stdout.split())
    assert size == 762
    assert grown < 350
