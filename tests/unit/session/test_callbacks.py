"""Callbacks: every rule stops at the first batch after which it holds, exactly, and forgets nothing when rewound."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.__main__ import main
from dlviz.core.callbacks import callbacks
from dlviz.core.callbacks.progress import best
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.edits import set_training
from dlviz.session.files.project_file import read_document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.format.watched import watched_from_json, watched_to_json
from dlviz.session.measure import measure
from dlviz.session.messages import Frame
from dlviz.session.prepared import prepared_for
from dlviz.session.run import Run
from dlviz.session.session import Session
from dlviz.session.trainer import Trainer
from dlviz.session.watcher import Stop, Watched


def document(*rules: Any, lr: float = 0.3, epochs: int = 30, batch_size: int = 10, **changes: Any) -> Document:
    return document_from_json({
        "format": "dlviz", "version": 1, "seed": 4, "dtype": "float64",
        "data": {"kind": "moons", "samples": 60, "split": {"validation": 0.3}},
        "network": {"layers": [
            {"id": "h", "units": 4, "activation": "relu"}, {"id": "o", "units": 1, "activation": "sigmoid"}
        ]},
        "training": {
            "loss": "binary_cross_entropy", "optimizer": {"kind": "sgd", "lr": lr}, "batch_size": batch_size,
            "epochs": epochs, "callbacks": list(rules),
        },
        **changes,
    })  # fmt: skip


Walked = list[dict[str, float]]


def frame_when(session: Session, holds: Callable[[Frame], bool], seconds: float = 20.0) -> Frame:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame = session.poll()
        if frame is not None and holds(frame):
            return frame
        time.sleep(0.002)
    raise AssertionError("no such frame came")


def by_hand(plain: Document, batches: int) -> Walked:
    """Return after each batch what rules look at, measured one batch at a time by a plain trainer."""
    trainer = Trainer(plain, prepared_for(plain))
    evaluator = Evaluator(plain.network, plain.training.objective, "float64")
    found = []
    for _ in range(batches):
        losses = np.zeros(1)
        trainer.run(1, losses)
        evaluator.load(trainer.memory.read())
        line = {"loss": float(losses[0]), "gradient": float(np.linalg.norm(trainer.memory.vectors["grad"]))}
        for part, rows in (("train", trainer.prepared.train), ("validation", trainer.prepared.validation)):
            line[f"{part}_loss"], line[f"{part}_score"] = measure(evaluator, trainer, rows)
        active = evaluator.responses(trainer.prepared.inputs[trainer.prepared.train])["h"]
        line |= {"dead": float((active <= 0).all(axis=1).sum()), "is_end": float(trainer.batch == 0)}
        found.append(line)
    return found


def first(lines: Walked, holds: Callable[[dict[str, float]], bool]) -> int:
    return next(number for number, line in enumerate(lines, 1) if holds(line))


BATCHES = 60 * 5


@pytest.fixture(scope="module")
def lines() -> Walked:
    return by_hand(document(), BATCHES)


RULES: list[tuple[dict[str, Any], Callable[[dict[str, float]], bool]]] = [
    ({"kind": "loss_below", "value": 0.45}, lambda line: line["loss"] < 0.45),
    ({"kind": "loss_above", "value": 0.72}, lambda line: line["loss"] > 0.72),
    ({"kind": "score_above", "value": 0.8}, lambda line: line["train_score"] > 0.8),
    (
        {"kind": "score_above", "monitor": "validation_score", "value": 0.7, "every": "epoch"},
        lambda line: line["is_end"] == 1 and line["validation_score"] > 0.7,
    ),
    ({"kind": "gradient_above", "value": 0.4}, lambda line: line["gradient"] > 0.4),
    ({"kind": "stop_epoch", "epoch": 7}, lambda line: False),
]


def expected_step(rule: dict[str, Any], holds: Callable[[dict[str, float]], bool], lines: Walked) -> int:
    if rule["kind"] == "stop_epoch":
        return 7 * 5
    return first(lines, holds)


def played(run: Run, chunk: int = 4096, most: int = BATCHES) -> int:
    """Train on in chunks until a rule stops the run; return where."""
    while run.step < most:
        run.advance(chunk)
        if run.stopped:
            return run.step
    raise AssertionError("nothing stopped the run")


@pytest.mark.parametrize(("rule", "holds"), RULES, ids=[each[0]["kind"] for each in RULES])
@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_a_rule_pauses_at_the_first_batch_where_it_holds(
    rule: dict[str, Any], holds: Callable[[dict[str, float]], bool], lines: Walked, chunk: int
) -> None:
    run = Run(document(rule))
    assert played(run, chunk) == expected_step(rule, holds, lines)
    assert run.stopped is not None
    assert run.stopped.callback.kind == rule["kind"]


@pytest.mark.parametrize(("rule", "holds"), RULES, ids=[each[0]["kind"] for each in RULES])
def test_commands_and_walks_stop_at_the_same_batch(
    rule: dict[str, Any], holds: Callable[[dict[str, float]], bool], lines: Walked
) -> None:
    step = expected_step(rule, holds, lines)
    report = headless.train(document(rule, epochs=60))
    assert (report.stopped_by, report.steps) == (rule["kind"], step)
    run = Run(document(rule))
    while run.step < step - 1:
        run.advance(step - 1 - run.step)
        assert run.stopped is None
    run.forward("batch")
    assert run.stopped is not None
    assert run.stopped.step == step == run.step


def test_callbacks_change_no_number() -> None:
    rules = [each[0] for each in RULES] + ["early_stopping", "plateau", {"kind": "unit_dies", "layer": "h"}]
    watched, plain = Run(document(*rules)), Run(document())
    while watched.step < 200:
        watched.advance(200 - watched.step)
    plain.advance(200)
    for name, value in plain.parameters().items():
        np.testing.assert_array_equal(value, watched.parameters()[name])


def test_a_unit_that_dies_is_noticed_at_once() -> None:
    rule = {"kind": "unit_dies", "layer": "h"}
    lines = by_hand(document(lr=30.0), 60)
    step = first(lines, lambda line: line["dead"] > 0)
    run = Run(document(rule, lr=30.0))
    assert played(run) == step
    trainer = run.trainer
    evaluator = Evaluator(run.document.network, dtype="float64")
    evaluator.load(trainer.memory.read())
    active = evaluator.responses(trainer.prepared.inputs[trainer.prepared.train])["h"]
    unit = int((active <= 0).all(axis=1).argmax()) + 1
    assert played(Run(document({**rule, "unit": unit}, lr=30.0))) == step


def ends(lines: Walked, monitor: str) -> list[float]:
    return [line[monitor] for line in lines if line["is_end"]]


def stopping_epoch(values: list[float], patience: int, min_delta: float) -> tuple[int, int]:
    """Return the epoch that stops and the best one, by the textbook's loop."""
    found, since, at = float("inf"), 0, 0
    for epoch, value in enumerate(values, 1):
        if found - value > min_delta:
            found, since, at = value, 0, epoch
        else:
            since += 1
        if since >= patience:
            return epoch, at
    raise AssertionError("never stops")


EARLY = {"kind": "early_stopping", "patience": 3, "min_delta": 0.02}


def test_early_stopping_follows_the_textbook_and_goes_back(lines: Walked) -> None:
    stop, at = stopping_epoch(ends(lines, "validation_loss"), 3, 0.02)
    report = headless.train(document(EARLY, epochs=60))
    assert (report.stopped_by, report.epochs) == ("early_stopping", stop)
    assert report.validation is not None
    assert report.validation.loss == pytest.approx(ends(lines, "validation_loss")[at - 1], rel=1e-12)
    run = Run(document(EARLY))
    assert played(run) == 5 * stop
    assert run.stopped is not None
    assert run.stopped.best_step == 5 * at
    run.seek(run.stopped.best_step)
    for name, handle in report.document.parameters.items():
        np.testing.assert_array_equal(run.parameters()[name], handle.array)


def test_whoever_plays_on_from_the_best_epoch_is_let_through(lines: Walked) -> None:
    run = Run(document(EARLY))
    step = played(run)
    assert run.stopped is not None
    assert run.stopped.best_step is not None
    run.seek(run.stopped.best_step)
    while run.step < step + 10:
        run.advance(4096 if run.step + 4096 < step + 10 else step + 10 - run.step)
        assert run.stopped is None


@pytest.mark.parametrize(("rule", "holds"), RULES[:3])
def test_a_rewound_run_stops_there_again_and_then_goes_on(
    rule: dict[str, Any], holds: Callable[[dict[str, float]], bool], lines: Walked
) -> None:
    run = Run(document(rule))
    step = played(run)
    run.seek(step // 2)
    assert played(run) == step == first(lines, holds)
    run.advance(5)
    assert run.stopped is None
    assert run.step == step + 5


def test_patience_is_the_same_after_a_way_back(lines: Walked) -> None:
    straight, rewound = Run(document(EARLY)), Run(document(EARLY))
    step = played(straight)
    rewound.advance(5)
    rewound.advance(5)
    rewound.seek(3)
    assert played(rewound, chunk=2) == step


def test_an_edit_forgets_what_came_after_it() -> None:
    rule = {"kind": "stop_epoch", "epoch": 4}
    run = Run(document(rule))
    assert played(run) == 20
    run.seek(10)
    run.edit(set_training(run.document, callbacks=[rule, {"kind": "loss_below", "value": -1}]), "Rules")
    assert played(run) == 20


def test_two_rules_that_hold_at_once_stop_once() -> None:
    run = Run(document({"kind": "stop_epoch", "epoch": 2}, {"kind": "score_above", "value": -1, "every": "epoch"}))
    assert played(run) == 5
    assert played(run) == 10
    run.advance(40)
    assert run.stopped is None


def test_training_without_callbacks_has_no_watcher_and_long_chunks() -> None:
    run = Run(document())
    assert run._watcher is None
    assert run.advance(1000) == (1000, None)
    spent = Run(document({"kind": "stop_epoch", "epoch": 1}))
    played(spent)
    assert spent.advance(1000) == (1000, None)  # a rule that held looks no more


@pytest.mark.parametrize(
    ("values", "min_delta", "is_high_good", "place"),
    [
        ([3.0, 2.0, 2.5, 1.0, 1.0], 0.0, False, 3),
        ([3.0, 2.0, 1.95, 1.91], 0.1, False, 1),
        ([float("nan"), 5.0, float("nan"), 4.0], 0.0, False, 3),
        ([0.1, 0.3, 0.2], 0.0, True, 1),
    ],
)
def test_best_is_the_last_clear_improvement(
    values: list[float], min_delta: float, is_high_good: bool, place: int
) -> None:
    assert best(values, min_delta, is_high_good) == place


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (["stop_epochs"], "Did you mean 'stop_epoch'"),
        ([{"kind": "stop_epoch", "epoch": 0}], "at least 1"),
        ([{"kind": "unit_dies", "layer": "q"}], "layer among: h, o. Received: 'q'"),
        ([{"kind": "unit_dies", "layer": "h", "unit": 5}], "unit from 1 to 4"),
        ([{"kind": "early_stopping", "monitor": "loss"}], "validation_loss"),
        ("stop_epoch", "a list"),
    ],
)
def test_unusable_callbacks_are_refused(rules: Any, message: str) -> None:
    data = document_to_json(document(), inline_arrays=True)
    wrong = data | {"training": data["training"] | {"callbacks": rules}}
    with pytest.raises(DlvizError, match=message):
        document_from_json(wrong)


def test_monitored_rows_must_be_there() -> None:
    alone = document("early_stopping", data={"kind": "moons", "samples": 60})
    with pytest.raises(SpecError, match="Expected validation rows"):
        headless.train(alone)
    assert isinstance(Run(alone).problem, SpecError)


@pytest.mark.parametrize("entry", list(callbacks), ids=lambda each: each.key)
def test_every_callback_is_written_as_it_was_read(entry: Any) -> None:
    settings = {hyper.name: hyper.default for hyper in entry.settings}
    given = document(entry.key, {"kind": entry.key, **settings})
    written = document_to_json(given, inline_arrays=True)
    assert written["training"]["callbacks"] == [entry.key, {"kind": entry.key, **settings}]
    assert document_from_json(written).training.callbacks == (Choice(entry.key), Choice(entry.key, settings))
    assert entry.because.format(**settings) is not None


def test_callbacks_are_edited() -> None:
    edited = set_training(document(), callbacks=["log", chosen("stop_epoch", epoch=3)])
    assert edited.training.callbacks == (chosen("log"), chosen("stop_epoch", epoch=3))


def test_checkpoint_and_log_lie_beside_the_document(tmp_path: Path, lines: Walked) -> None:
    given = document({"kind": "model_checkpoint", "monitor": "validation_loss"}, "log", epochs=8)
    headless.train(given, path=tmp_path / "moons.dlviz")
    assert {each.name for each in tmp_path.iterdir()} == {"moons.checkpoint.dlviz", "moons.log.csv"}
    with (tmp_path / "moons.log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == [str(epoch) for epoch in range(1, 9)]
    for monitor in ("train_loss", "validation_score"):
        np.testing.assert_allclose([float(row[monitor]) for row in rows], ends(lines, monitor)[:8], rtol=1e-12)
    means = [np.mean([line["loss"] for line in lines[5 * e : 5 * e + 5]]) for e in range(8)]
    np.testing.assert_allclose([float(row["loss"]) for row in rows], means, rtol=1e-12)
    kept = read_document(tmp_path / "moons.checkpoint.dlviz")
    evaluator = Evaluator(kept.network, kept.training.objective, "float64")
    evaluator.load({name: each.array for name, each in kept.parameters.items()})
    trainer = Trainer(kept, prepared_for(kept))
    found, _ = measure(evaluator, trainer, trainer.prepared.validation)
    assert found == pytest.approx(min(ends(lines, "validation_loss")[:8]), rel=1e-12)


def test_log_of_batches_has_every_loss(tmp_path: Path, lines: Walked) -> None:
    headless.train(document({"kind": "log", "every": "batch"}, epochs=12), path=tmp_path / "m.json")
    with (tmp_path / "m.log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 61))
    np.testing.assert_allclose([float(row["loss"]) for row in rows], [line["loss"] for line in lines[:60]], rtol=1e-14)


def test_command_says_what_stopped_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "moons.json"
    path.write_text(json.dumps(document_to_json(document({"kind": "stop_epoch", "epoch": 2}), inline_arrays=True)))
    assert main(["train", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["stopped_by"], found["epochs"]) == ("stop_epoch", 2)
    assert main(["train", str(path)]) == 0
    assert "Stop after an epoch at batch 10: epoch 2 is done." in " ".join(capsys.readouterr().out.split())


def told_to_stop(session: Session) -> Frame:
    """Wait until a run that has begun stands and says why; before that it may say that kernels are made ready."""
    return frame_when(session, lambda frame: frame.step > 0 and frame.state == "paused" and bool(frame.message))


@pytest.mark.parametrize("play", [{}, {"by": "batch", "rate": 25.0}, {"by": "epoch", "rate": 50.0}])
def test_the_window_pauses_and_is_told_why(play: dict[str, Any]) -> None:
    session = Session(document({"kind": "stop_epoch", "epoch": 1}))
    try:
        session.play(**play)
        frame = told_to_stop(session)
        assert frame.message == "Stop after an epoch at batch 5: epoch 1 is done."
        assert (frame.step, frame.epoch) == (5, 1)
        session.play()
        assert frame_when(session, lambda frame: frame.step > 100).message == ""
    finally:
        assert session.close()


def test_the_window_goes_back_to_the_best_epoch(lines: Walked) -> None:
    stop, at = stopping_epoch(ends(lines, "validation_loss"), 3, 0.02)
    session = Session(document(EARLY))
    try:
        session.play()
        frame = told_to_stop(session)
        assert (frame.step, frame.last_step) == (5 * at, 5 * stop)
        assert f"The weights after batch {5 * at} are back." in frame.message
        session.play()
        frame_when(session, lambda frame: frame.step > 5 * stop + 20)
    finally:
        assert session.close()


def test_a_saved_run_remembers_what_was_seen(tmp_path: Path, lines: Walked) -> None:
    stop, at = stopping_epoch(ends(lines, "validation_loss"), 3, 0.02)
    session = Session(document({"kind": "stop_epoch", "epoch": stop - 2}, EARLY))
    session.play()
    told_to_stop(session)
    session.save(tmp_path / "run.dlviz")
    assert session.close()
    again = Session(document())
    try:
        again.open(tmp_path / "run.dlviz")
        assert frame_when(again, lambda frame: frame.step > 0).step == 5 * (stop - 2)
        again.play()
        frame = told_to_stop(again)
        assert (frame.step, frame.last_step) == (5 * at, 5 * stop)
    finally:
        assert again.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": {"3a": {}}}, {"values": {"3": {"train_loss": "low"}}}, {"stops": [{"callback": "log"}]},
        {"stops": [{"callback": "lag", "step": 3}]}, 7,
    ],
)  # fmt: skip
def test_unusable_memories_are_refused(wrong: Any) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        watched_from_json(wrong)


def test_memories_are_written_as_they_were_read() -> None:
    seen = Watched({5: {"train_loss": 0.5, "train_score": float("inf")}}, [Stop(chosen("log"), 5, 3)])
    written = watched_to_json(seen, 9)["watched"]
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    again = watched_from_json(written)
    assert again.stops == seen.stops
    assert again.values[5]["train_loss"] == 0.5
    assert watched_to_json(seen, 4) == {}
