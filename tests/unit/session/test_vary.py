"""Experiments: every training is that of its document, in processes and threads, whatever happens beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_optimizer_setting, set_training
from dlviz.session.example import written_table
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import first_document
from dlviz.session.run import Run
from dlviz.session.session import Session
from dlviz.session.vary import Experiment, ExperimentView, Varied
from dlviz.session.vary.experimenter import Experimenter
from dlviz.session.vary.plan import check_experiment, configs_of, document_of, trials_of
from dlviz.session.vary.pool import Executors, end, processes
from dlviz.session.vary.train import Result, Task, marks, train
from tests.guards import at_once

PATIENCE_SECONDS = 60.0
LR = "training.optimizer.lr"
ROOT = Path(__file__).parents[3]


def threads(workers: int = 2) -> Executors:
    return Executors(partial(ThreadPoolExecutor, workers), workers)


@pytest.fixture(params=["processes", "threads"])
def executors(request: pytest.FixtureRequest) -> Executors:
    return processes(2) if request.param == "processes" else threads()


def finished(experimenter: Experimenter, until: Callable[[ExperimentView], bool] | None = None) -> ExperimentView:
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        experimenter.work()
        view = experimenter.view
        assert view is not None
        if view.is_over or (until is not None and until(view)):
            return view
        time.sleep(0.005)
    raise AssertionError("it never ended")


def carried_out(experiment: Experiment, executors: Executors) -> ExperimentView:
    experimenter = Experimenter(executors)
    try:
        experimenter.begin(experiment)
        return finished(experimenter)
    finally:
        experimenter.close()


def trained(document: Document, steps: int) -> Run:
    run = Run(document)
    while run.step < steps:
        run.advance(steps - run.step)
    return run


X = np.array([[0.0, 1.0], [1.0, 0.5], [-1.0, 0.25], [0.5, -1.0]])
Y = np.array([[0.5], [1.0], [-0.5], [0.25]])


def line_document() -> Document:
    """A linear unit by full-batch descent, whose training is three lines of NumPy."""
    return Document(
        dtype="float64", data=written_table(X, Y),
        network=NetworkSpec((dense("o", 1, "linear"),), (InputSpec("x", (2,)),)),
        parameters={"o.W": handle([[0.3, -0.2]]), "o.b": handle([0.1])},
        training=TrainingSpec(chosen("squared_error"), chosen("sgd", lr=0.1), batch_size=4, shuffle=False),
    )  # fmt: skip


def line_loss(lr: float, epochs: int) -> float:
    w, b = np.array([0.3, -0.2]), 0.1
    for _ in range(epochs):
        slope = 2 * (X @ w + b - Y[:, 0]) / len(X)
        w, b = w - lr * slope @ X, b - lr * slope.sum()
    return float(np.mean((X @ w + b - Y[:, 0]) ** 2))


def test_losses_of_a_varied_rate_equal_three_lines_of_numpy(executors: Executors) -> None:
    rates = (0.01, 0.1, 0.3)
    view = carried_out(Experiment(line_document(), (Varied(LR, rates),), length=30), executors)
    losses = [trial.ended.train.loss for trial in view.trials if trial.ended and trial.ended.train]
    assert losses == pytest.approx([line_loss(lr, 30) for lr in rates], abs=1e-14)


def test_processes_and_threads_and_the_session_give_identical_bits() -> None:
    experiment = Experiment(first_document(), (Varied(LR, (0.01, 0.05)),), seeds=(1, 9), length=100, unit="step")
    views = [carried_out(experiment, each) for each in (processes(1), processes(2), threads(3))]
    for number, trial in enumerate(views[0].trials):
        kept = [view.trials[number].ended.kept for view in views]  # type: ignore[union-attr]
        run = trained(document_of(experiment, trial), 100)
        for each in kept:
            assert each is not None
            assert np.array_equal(each.state.kept, run.state().kept)
            assert np.array_equal(each.losses, kept[0].losses)  # type: ignore[union-attr]
            assert np.array_equal(each.measured, kept[0].measured, equal_nan=True)  # type: ignore[union-attr]


def test_same_seeds_twice_are_identical_and_other_seeds_differ() -> None:
    experiment = Experiment(first_document(), seeds=(1, 2), length=2)
    one, two = (carried_out(experiment, threads()) for _ in range(2))
    losses = [[trial.ended.train.loss for trial in view.trials] for view in (one, two)]  # type: ignore[union-attr]
    assert losses[0] == losses[1]
    assert losses[0][0] != losses[0][1]


def test_seed_of_the_document_keeps_typed_weights_and_others_draw_them() -> None:
    document = line_document()
    trials = trials_of(Experiment(document, seeds=(0, 5)))
    made = [document_of(Experiment(document, seeds=(0, 5)), trial) for trial in trials]
    assert made[0].parameters == document.parameters
    assert made[1].parameters == {} and made[1].seed == 5


def test_grid_has_every_combination_and_the_first_setting_runs_fastest() -> None:
    varied = (Varied(LR, (0.1, 0.2, 0.3)), Varied("network.h1.units", (2, 4)))
    assert configs_of(Experiment(first_document(), varied)) == (
        (0.1, 2), (0.2, 2), (0.3, 2), (0.1, 4), (0.2, 4), (0.3, 4)
    )  # fmt: skip


def test_random_places_lie_within_limits_even_in_the_logarithm_and_follow_the_seed() -> None:
    varied = (Varied(LR, low=1e-4, high=1.0, scale="log"), Varied("network.*.units", low=2, high=9))
    experiment = Experiment(first_document(), varied, draws=400, draw_seed=3)
    rates, units = zip(*configs_of(experiment), strict=True)
    assert configs_of(experiment) == configs_of(replace(experiment))
    assert min(rates) >= 1e-4 and max(rates) <= 1.0
    assert np.mean(np.log10(rates)) == pytest.approx(-2.0, abs=0.2)
    assert {int(each) for each in units} == set(range(2, 10))
    assert all(isinstance(each, int) for each in units)


def test_settings_of_all_hidden_layers_are_set_together() -> None:
    experiment = Experiment(first_document(), (Varied("network.*.units", (7,)),))
    layers = document_of(experiment, trials_of(experiment)[0]).network.layers
    assert [layer.settings["units"] for layer in layers] == [7, 7, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"varied": (Varied("training.optimizer.lr", ()),)}, "1 to 1000 trainings"),
        ({"varied": (Varied("training.optimizer.lr", tuple(range(2000))),)}, "1 to 1000 trainings"),
        ({"varied": (Varied("training.optimizer.momentum", (0.9,)),)}, "settings among"),
        ({"varied": (Varied("training.optimizer.lr", (-1.0,)),)}, "lr to be a number at least 0"),
        ({"varied": (Varied("no.such.place", (1,)),)}, "a setting of this document"),
        ({"varied": (Varied("network.h9.units", (1,)),)}, "a layer among"),
        ({"varied": (Varied("network.h1.units.more", (1,)),)}, "a setting of this document"),
        ({"varied": (Varied(LR, (0.1,)), Varied(LR, (0.1,)))}, "two different settings"),
        ({"varied": (Varied(LR, low=0.0, high=1.0, scale="log"),), "draws": 3}, "above 0"),
        ({"varied": (Varied("training.optimizer"),), "draws": 3}, "values to draw from"),
        ({"varied": (Varied("seed", (1, 2)),)}, "seeds beside the varied settings"),
        ({"seeds": (-1,)}, "seed"),
        ({"length": 0}, "length of 1"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_one_sentence(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DlvizError, match=message):
        check_experiment(replace(Experiment(first_document()), **change))


def test_configuration_that_does_not_fit_fails_alone() -> None:
    """Two values that fit one by one may not fit together."""
    document = first_document()
    typed = {"h1.W": handle(np.zeros((4, 2)))}
    experiment = Experiment(replace(document, parameters=typed), (Varied("network.h1.units", (4,)),), length=1)
    broken = replace(experiment, varied=(Varied("network.h1.units", (4, 6)),))
    view = carried_out(broken, threads(1))
    assert view.trials[0].status == "done"
    assert {each.status for each in view.trials} <= {"done", "failed"}


def test_divergence_is_a_result_and_keeps_the_last_finite_weights() -> None:
    view = carried_out(Experiment(line_document(), (Varied(LR, (0.1, 1e5)),), length=200), threads())
    good, bad = view.trials
    assert (good.status, bad.status) == ("done", "diverged")
    assert bad.ended is not None and bad.ended.kept is not None
    assert bad.ended.diverged_at == bad.ended.steps < 200
    assert np.isfinite(bad.ended.kept.state.kept).all()
    assert bad.ended.gradient_evaluations == bad.ended.steps + 1
    assert bad.ended.kept.measured[:, 0].max() <= bad.ended.steps
    assert np.isfinite(bad.ended.curves.train_loss).all()


def test_stop_rule_of_the_document_stops_its_training() -> None:
    document = set_training(first_document(), callbacks=[{"kind": "loss_below", "value": 0.5}])
    trial = carried_out(Experiment(document, length=50), threads()).trials[0]
    assert trial.status == "stopped"
    assert trial.ended is not None and trial.ended.steps < 50 * trial.ended.batches
    assert "loss" in trial.message


def test_what_goes_forward_only_fails_with_its_reason() -> None:
    document = first_document()
    view = carried_out(
        Experiment(document, (Varied("network.h1.activation", ("tanh", "stochastic")),), length=1), threads()
    )
    assert [each.status for each in view.trials] == ["done", "failed"]
    assert view.trials[1].message


@pytest.mark.parametrize(("steps", "batches", "n"), [(1, 1, 1), (7, 3, 20), (360, 18, 175), (100_000, 600, 60_000)])
def test_marks_rise_to_the_last_step_and_are_few(steps: int, batches: int, n: int) -> None:
    found = marks(steps, batches, n)
    assert list(found) == sorted(set(found))
    assert found[0] >= 1 and found[-1] == steps
    assert len(found) <= 64 + 20


def test_cancel_ends_running_trainings_within_a_second_and_keeps_finished_ones(executors: Executors) -> None:
    experimenter = Experimenter(executors)
    rates = (0.01, 0.02, 0.03, 0.04)
    experiment = Experiment(first_document(), (Varied("training.epochs", (1,)), Varied(LR, rates)), length=2)
    experimenter.begin(replace(experiment, seeds=(1, 2)))
    finished(experimenter)
    experimenter.begin(replace(experiment, length=20_000))
    finished(experimenter, lambda view: any(each.status == "running" for each in view.trials))
    with at_once():
        experimenter.cancel()
        view = finished(experimenter)
    assert view.stage == "cancelled"
    assert {each.status for each in view.trials} == {"cancelled"}
    experimenter.close()


def test_cancel_keeps_what_is_over() -> None:
    experimenter = Experimenter(threads(1))
    lengths = Experiment(first_document(), (Varied("network.h1.units", (2, 3, 4, 5, 6, 7)),), length=60)
    experimenter.begin(lengths)
    finished(experimenter, lambda view: any(each.status == "done" for each in view.trials))
    experimenter.cancel()
    view = finished(experimenter)
    over = [each for each in view.trials if each.ended is not None]
    assert over and all(each.status == "done" for each in over)
    assert view.trials[0] in over
    experimenter.close()


class Deaf(Executor):
    """An executor whose trainings never look at the board."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        return future


def test_trainings_that_do_not_listen_are_given_up_within_a_second() -> None:
    experimenter = Experimenter(Executors(Deaf, 2))
    experimenter.begin(Experiment(first_document(), (Varied(LR, (0.1, 0.2, 0.3)),)))
    experimenter.work()
    with at_once():
        experimenter.cancel()
        view = finished(experimenter)
    assert {each.status for each in view.trials} == {"cancelled"}
    experimenter.close()


def test_process_that_dies_takes_nothing_with_it() -> None:
    pools: list[Any] = []

    def make() -> Executor:
        pools.append(processes(2).make())
        return pools[-1]

    experimenter = Experimenter(Executors(make, 2))
    experimenter.begin(Experiment(first_document(), (Varied(LR, (0.01, 0.02, 0.03)),), length=800))
    finished(experimenter, lambda view: any(0 < each.progress < 1 for each in view.trials))
    for process in list(pools[0]._processes.values()):
        os.kill(process.pid, signal.SIGKILL)
    view = finished(experimenter)
    assert [each.status for each in view.trials] == ["done"] * 3
    assert "A process ended" in view.message
    experimenter.close()


class Killing(Executor):
    """An executor in which one training ends its process whenever it runs."""

    def __init__(self, culprit: int) -> None:
        self._culprit, self._pool = culprit, processes(2).make()
        self._processes = None

    def submit(self, function: Any, /, *args: Any, **_: Any) -> Future[Any]:
        task = args[0]
        if task.place != self._culprit:
            return self._pool.submit(function, task)
        self._processes = self._pool._processes  # type: ignore[attr-defined]
        board = "__import__('dlviz.session.vary.board').session.vary.board"
        begun = f"{board}.Place({task.board!r}, {task.place}).tell(0.1)"
        script = f"({begun}, __import__('os')._exit(3))"
        return self._pool.submit(eval, script)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


def test_training_that_ends_its_process_is_given_up_and_the_others_go_on() -> None:
    experimenter = Experimenter(Executors(partial(Killing, 1), 2))
    experimenter.begin(Experiment(first_document(), (Varied(LR, (0.01, 0.02, 0.03, 0.04)),), length=3))
    view = finished(experimenter)
    assert [each.status for each in view.trials] == ["done", "failed", "done", "done"]
    assert "process" in view.trials[1].message
    experimenter.close()


class Raising(Executor):
    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(MemoryError("full"))
        return future


class Refusing(Executor):
    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        raise OSError("no more processes")


@pytest.mark.parametrize(("make", "words"), [(Raising, "full"), (Refusing, "no more processes")])
def test_executor_that_fails_is_one_sentence_a_training(make: Callable[[], Executor], words: str) -> None:
    view = carried_out(Experiment(first_document(), (Varied(LR, (0.1, 0.2)),)), Executors(make, 1))
    assert [each.status for each in view.trials] == ["failed", "failed"]
    assert all(words in each.message for each in view.trials)


def test_processes_import_no_qt_and_have_one_blas_thread(tmp_path: Path) -> None:
    pool = processes(1).make()
    task = Task(first_document(), 1, "epoch", str(tmp_path / "gone"), 0, 0)
    result: Result = pool.submit(train, task).result()
    assert result.status == "cancelled"  # its board is gone
    loaded = pool.submit(eval, "list(__import__('sys').modules)").result()
    assert "dlviz.session.vary.train" in loaded
    assert not [each for each in loaded if each.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph", "cupy")]
    assert pool.submit(eval, "__import__('os').environ['OPENBLAS_NUM_THREADS']").result() == "1"
    end(pool)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(first_document(), threads())
    yield made
    assert made.close()


def frame_when(session: Session, holds: Callable[[Frame], bool]) -> Frame:
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        frame = session.poll()
        if frame is not None and holds(frame):
            return frame
        time.sleep(0.002)
    raise AssertionError("no such frame came")


def is_over(frame: Frame) -> bool:
    return frame.experiment is not None and frame.experiment.is_over


def test_opened_run_equals_a_training_of_its_document_from_the_start(session: Session) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.01, 0.05)),), seeds=(1, 4), length=7))
    frame_when(session, is_over)
    session.open_trial(3)
    frame = frame_when(session, lambda f: len(f.runs) == 2)
    run = trained(set_optimizer_setting(replace(first_document(), seed=4), "lr", 0.05), frame.step)
    assert frame.step == frame.last_step == 7 * frame.batches_per_epoch
    row = next(row for row in frame.runs if row.is_current)
    assert (row.origin.parent, row.origin.is_beside) == (1, True)
    assert "rate 0.02 → 0.05" in row.origin.change
    assert frame.parameters is None
    answer = session._ask()
    assert np.array_equal(answer.state.kept, run.state().kept)
    assert answer.state.updates == run.state().updates
    mean, low, high = (run.history.losses.columns()[i] for i in (1, 2, 3))
    saved = next(each for each in answer.runs.runs if each.uid == row.uid)
    assert np.array_equal(saved.losses[:, 2], low) and np.array_equal(saved.losses[:, 3], high)
    assert saved.losses[:, 1] / saved.losses[:, 0] == pytest.approx(mean, abs=1e-15)


def test_opened_run_goes_back_and_on_bit_for_bit(session: Session) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05,)),), length=7))
    frame_when(session, is_over)
    session.open_trial(0)
    frame = frame_when(session, lambda f: len(f.runs) == 2)
    end_state = session._ask().state
    session.seek(11)
    frame_when(session, lambda f: f.step == 11)
    document = session.document
    assert np.array_equal(session._ask().state.kept, trained(document, 11).state().kept)
    session.seek(frame.last_step)
    frame_when(session, lambda f: f.step == frame.last_step)
    assert np.array_equal(session._ask().state.kept, end_state.kept)
    session.step("batch")
    frame_when(session, lambda f: f.step == frame.last_step + 1)
    assert np.array_equal(session._ask().state.kept, trained(document, frame.last_step + 1).state().kept)


def test_opening_twice_shows_the_same_run_and_undo_comes_back(session: Session) -> None:
    base = session.document
    session.start_experiment(Experiment(base, (Varied(LR, (0.05, 0.5)),), length=2))
    frame_when(session, is_over)
    session.open_trial(1)
    frame_when(session, lambda f: f.experiment is not None and f.experiment.trials[1].run == 2)
    session.undo()
    frame_when(session, lambda f: f.document is base)
    session.open_trial(1)
    frame = frame_when(session, lambda f: f.document is not base)
    assert [row.uid for row in frame.runs if row.is_current] == [2]
    assert frame.document.training.optimizer.settings["lr"] == 0.5


def test_training_that_kept_nothing_is_trained_to_where_it_ended(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlviz.session.vary.experimenter.KEPT_BYTES", 0)
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05,)),), length=3))
    frame_when(session, is_over)
    session.open_trial(0)
    frame = frame_when(session, lambda f: len(f.runs) == 2 and f.state == "paused" and f.step > 0)
    assert frame.step == 3 * frame.batches_per_epoch
    assert np.array_equal(session._ask().state.kept, trained(session.document, frame.step).state().kept)


def test_opened_run_is_saved_and_goes_on_bit_for_bit_in_a_new_process(session: Session, tmp_path: Path) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05,)),), length=3))
    frame_when(session, is_over)
    session.open_trial(0)
    frame = frame_when(session, lambda f: len(f.runs) == 2)
    session.save(tmp_path / "opened.dlviz")
    pool = processes(1).make()
    script = (
        "(lambda o: (o.seek(0), o.end(), o.step('batch'), o._ask().state.kept, o.close()))"
        "((lambda s: (s.open(PATH), s)[1])"
        "(__import__('dlviz.session.session').session.session.Session("
        "__import__('dlviz.session.presets').session.presets.empty_document())))[3]"
    ).replace("PATH", repr(str(tmp_path / "opened.dlviz")))
    kept = pool.submit(eval, script).result()
    end(pool)
    assert np.array_equal(kept, trained(session.document, frame.step + 1).state().kept)


def test_live_training_goes_on_beside_an_experiment(session: Session) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05, 0.1)),), length=400))
    session.play()
    first = frame_when(session, lambda f: f.experiment is not None and f.experiment.progress > 0.01)
    later = frame_when(session, lambda f: f.step > first.step + 200)
    assert later.state == "running"
    frame_when(session, is_over)


def test_another_experiment_takes_the_place_of_the_first(session: Session) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05, 0.1)),), length=20_000))
    frame_when(session, lambda f: f.experiment is not None and f.experiment.progress > 0)
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.2,)),), length=1))
    view = frame_when(session, lambda f: is_over(f) and f.experiment.serial == 2).experiment  # type: ignore[union-attr]
    assert view is not None and [each.status for each in view.trials] == ["done"]


def test_another_document_forgets_the_experiment(session: Session) -> None:
    session.start_experiment(Experiment(session.document, length=20_000))
    frame_when(session, lambda f: f.experiment is not None)
    session.new(first_document())
    frame_when(session, lambda f: f.experiment is None)


def test_what_came_to_nothing_is_not_opened(session: Session) -> None:
    with pytest.raises(SpecError, match="a training that is over"):
        session.open_trial(0)
    session.start_experiment(Experiment(session.document, length=20_000))
    frame_when(session, lambda f: f.experiment is not None and f.experiment.progress > 0)
    session.cancel_experiment()
    frame_when(session, is_over)
    with pytest.raises(SpecError, match="a training that is over"):
        session.open_trial(0)


def test_closing_while_processes_train_ends_them_at_once() -> None:
    pools: list[Any] = []

    def make() -> Executor:
        pools.append(processes(2).make())
        return pools[-1]

    session = Session(first_document(), Executors(make, 2))
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05, 0.1, 0.2)),), length=50_000))
    frame_when(session, lambda f: f.experiment is not None and f.experiment.progress > 0)
    children = list(pools[0]._processes.values())
    with at_once():
        assert session.close()
    assert children and not any(is_running(each.pid) for each in children)


def test_processes_end_with_the_program_however_it_ended() -> None:
    script = (
        "import time\n"
        "from dlviz.session.presets import first_document\n"
        "from dlviz.session.vary import Experiment\n"
        "from dlviz.session.vary.experimenter import Experimenter\n"
        "from dlviz.session.vary.pool import processes\n"
        "if __name__ == '__main__':\n"
        "    experimenter = Experimenter(processes(2))\n"
        "    experimenter.begin(Experiment(first_document(), seeds=(1, 2, 3), length=100_000))\n"
        "    while not any(trial.progress for trial in experimenter.view.trials):\n"
        "        experimenter.work()\n"
        "        time.sleep(0.01)\n"
        "    print(*experimenter._executor._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        children = [int(each) for each in program.stdout.readline().split()]
        program.kill()
    limit = time.monotonic() + PATIENCE_SECONDS
    while any(is_running(each) for each in children):
        assert time.monotonic() < limit, "a process outlives its program"
        time.sleep(0.02)
    assert len(children) == 2


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_folder_that_cannot_be_written_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        raise OSError("no space left")

    monkeypatch.setattr("tempfile.mkstemp", full)
    view = carried_out(Experiment(first_document()), threads())
    assert [each.status for each in view.trials] == ["failed"]
    assert "no space left" in view.trials[0].message


def test_experiment_moves_no_picture_of_a_run_that_stands(session: Session) -> None:
    session.watch(Interest(frozenset({"maps"})))
    before = frame_when(session, lambda f: f.maps is not None)
    session.start_experiment(Experiment(session.document, length=300))
    one = frame_when(session, lambda f: f.experiment is not None)
    two = frame_when(session, is_over)
    assert one.maps is two.maps
    assert before.step == two.step == 0


def test_processes_that_do_not_listen_are_killed() -> None:
    pool = processes(1).make()
    assert pool.submit(abs, -1).result() == 1
    children = list(pool._processes.values())  # type: ignore[attr-defined]
    pool.submit(time.sleep, 60)
    with at_once():
        end(pool)
    assert not any(is_running(each.pid) for each in children)


def test_opening_trains_nothing_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.start_experiment(Experiment(session.document, (Varied(LR, (0.05,)),), length=5))
    frame_when(session, is_over)

    def never(*_: Any) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr("dlviz.session.trainer.Trainer.run", never)
    session.open_trial(0)
    frame = frame_when(session, lambda f: len(f.runs) == 2)
    assert (frame.step, frame.state) == (5 * frame.batches_per_epoch, "paused")


def test_processes_with_nothing_to_do_are_let_go_and_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[Any] = []

    def make() -> Executor:
        pools.append(processes(1).make())
        return pools[-1]

    monkeypatch.setattr("dlviz.session.vary.experimenter.REST_SECONDS", 0.2)
    session = Session(first_document(), Executors(make, 1))
    session.start_experiment(Experiment(session.document, length=1))
    frame_when(session, is_over)
    children = [each.pid for each in pools[0]._processes.values()]
    limit = time.monotonic() + PATIENCE_SECONDS
    while any(is_running(each) for each in children) and time.monotonic() < limit:
        time.sleep(0.02)
    assert children and not any(is_running(each) for each in children)
    session.start_experiment(Experiment(session.document, length=2))
    view = frame_when(session, lambda f: is_over(f) and f.experiment.serial == 2).experiment  # type: ignore[union-attr]
    assert view is not None and view.trials[0].status == "done"
    assert session.close()
