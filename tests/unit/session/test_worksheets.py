"""Numbers of a class: read from files, judged by the worker beside the run."""

from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.session.files.class_file import read_class
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for, step_document
from dlviz.session.run import Run
from dlviz.session.worksheets import Judgement, Worksheet, outcome

ANNA = Worksheet("Anna", (("h.a[1]", "0.5498"), ("h.a[2]", "0.7109"), ("o.z", "0.0910"), ("o.da", "-0.9545")))


def frame_of(run: Run, interest: Interest, is_running: bool = False) -> Frame:
    maker = FrameMaker()
    maker.interest = interest
    return maker.make(run, is_running)


def judged(*worksheets: Worksheet, run: Run | None = None) -> tuple[Judgement, ...]:
    """Judge in as many frames as it takes: a slow machine has no time for all of a class in one."""
    maker, run = FrameMaker(), run or Run(step_document())
    maker.interest = Interest(frozenset({"judgements"}), worksheets=worksheets)
    found: tuple[Judgement, ...] = ()
    for _ in range(2 * len(worksheets)):  # each frame judges one at least
        found = maker.make(run, False).judgements
        if len(found) == len(worksheets):
            break
    return found


def test_the_first_wrong_number_is_named_before_the_pass_was_walked() -> None:
    (judgement,) = judged(ANNA)
    assert [line.kind for line in judgement.lines] == ["right", "right", "right", "wrong"]
    assert judgement.first is not None
    assert (judgement.first.place, judgement.first.cause) == ("o.da", "missing_half")
    assert outcome(judgement) == "3 of 4 right. The first slip is at o.da[1]."


def test_judging_leaves_the_run_where_it_stands() -> None:
    run = Run(step_document())
    run.walk_to(5)
    assert run.walk is not None
    trace = run.walk.trace
    assert judged(ANNA, run=run) == judged(ANNA)
    assert run.walk.trace is trace and run.walk.cursor == 5


def test_entries_that_cannot_be_read_say_why() -> None:
    (judgement,) = judged(Worksheet("", (("q.z[9]", "1"), ("loss", "abc"), ("o.a", "0.5227"))))
    assert [line.kind for line in judgement.lines] == ["right", "unreadable", "unreadable"]
    assert "Expected a number of this pass" in judgement.lines[1].sentence
    assert "Expected a number. Received: 'abc'" in judgement.lines[2].sentence


def test_the_board_comes_with_the_frame() -> None:
    frame = frame_of(Run(step_document()), Interest(frozenset({"board"}), decimals=4))
    assert frame.board is not None
    value = frame.board.value("o.z", 3)
    assert value is not None
    assert float(value[0, 0]) == pytest.approx(0.09101, abs=1e-12)


def test_nothing_is_worked_out_while_training_runs_on() -> None:
    interest = Interest(frozenset({"board", "judgements"}), worksheets=(ANNA,))
    frame = frame_of(Run(document_for("xor")), interest, is_running=True)
    assert frame.board is None and not frame.judgements


def test_another_batch_is_judged_anew() -> None:
    run, maker = Run(document_for("circles")), FrameMaker()
    for _ in range(2):
        run.forward("batch")
        run.forward("operation")
        assert run.walk is not None
        loss = run.walk.trace.value("loss", run.walk.length)
        worksheet = Worksheet("", (("loss", f"{float(np.asarray(loss)):.6f}"),))
        maker.interest = Interest(frozenset({"judgements"}), worksheets=(worksheet,))
        assert maker.make(run, False).judgements[0].n_accepted == 1


def test_a_large_class_is_judged_over_several_frames() -> None:
    run, maker = Run(step_document()), FrameMaker()
    worksheets = tuple(Worksheet(f"student {k}", (("o.da", f"-0.9{k:03d}"), ("loss", "0.2"))) for k in range(60))
    maker.interest = Interest(frozenset({"judgements"}), worksheets=worksheets)
    counts = [len(maker.make(run, False).judgements)]
    while maker.is_unfinished:
        counts.append(len(maker.make(run, False).judgements))
    assert counts == sorted(counts) and counts[-1] == 60 and len(counts) > 2


CLASS = "name,h.a[1],o.dW[1,2],loss\nAnna,0.5498,-0.0847,0.1139\nBo,,-0.0847,0.1193\n"


@pytest.mark.parametrize(
    "text",
    [
        CLASS, "\ufeff" + CLASS, CLASS.replace(",", "\t").replace("[1\t2]", "[1,2]"),
        CLASS.replace(",", ";").replace("[1;2]", "[1,2]").replace(".", ",").replace("h,a", "h.a").replace("o,d", "o.d"),
        CLASS.replace("o.dW[1,2]", '"o.dW[1,2]"'), CLASS.replace("\n", "\r\n"),
    ],
)  # fmt: skip
def test_a_class_is_read_from_what_spreadsheets_write(tmp_path: Path, text: str) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode("utf-8"))
    anna, bo = read_class(path)
    assert (anna.name, len(anna.entries), len(bo.entries)) == ("Anna", 3, 2)
    found = judged(anna, bo)
    assert [each.n_accepted for each in found] == [3, 1]
    assert found[1].first is not None
    assert (found[1].first.place, found[1].first.cause) == ("loss", "swapped_digits")


def test_rows_without_names_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("loss,o.a\n0.1139,0.5227\n0.1139,0.5\n", encoding="utf-8")
    assert [each.name for each in read_class(path)] == ["row 1", "row 2"]


@pytest.mark.parametrize("text", ["", "loss\n", "a\n" * 2000])
def test_what_is_no_class_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="Expected"):
        read_class(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_class(tmp_path / "no.csv")
