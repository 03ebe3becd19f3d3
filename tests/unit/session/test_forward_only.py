"""Networks whose units draw their values: their forward pass is walked, and going back repeats every draw."""

from collections.abc import Iterator

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.data.prepare import prepare
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.edits import set_activation, set_data_setting, set_units
from dlviz.session.edits.cures import offers
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.presets import first_document
from dlviz.session.run import Run
from dlviz.session.session import Session
from dlviz.session.trainer import Trainer
from tests.unit.session.test_session import frame_when

SENTENCE = "Back-propagation is not defined through sampling"


@pytest.fixture
def document() -> Document:
    """The first document, shuffled, with drawn values in its first hidden layer."""
    found = first_document()
    return set_activation(found, found.network.layers[0].id, Choice("stochastic", {"temperature": 0.5}))


def drawn(run: Run) -> list[bytes]:
    assert run.walk is not None
    last = run.walk.trace
    return [np.asarray(last.value(name, len(last.steps))).tobytes() for name in _names(run)]


def _names(run: Run) -> list[str]:
    layer = run.document.network.layers[0].id
    return [f"{layer}.p", f"{layer}.u", f"{layer}.a", "loss"]


def test_going_back_repeats_every_draw_bit_for_bit(document: Document) -> None:
    run = Run(document)
    seen = []
    for _ in range(30):  # past the end of an epoch
        run.forward("batch")
        seen.append(drawn(run))
    assert len({tuple(each) for each in seen}) == 30, "every batch draws anew"
    for expected in reversed(seen):
        run.back("operation")
        assert drawn(run) == expected
        run.back("batch")
    run.seek(17)
    run.forward("operation")
    assert drawn(run) == seen[17]


def test_looking_and_pausing_leave_the_draws_alone(document: Document) -> None:
    plain, watched = Run(document), Run(document)
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"maps", "peek", "trace", "health", "predictions", "distributions"}))
    for _ in range(5):
        plain.forward("batch")
        for _ in range(3):
            maker.make(watched, is_running=False)
            watched.forward("operation")
        watched.forward("batch")
        assert drawn(plain) == drawn(watched)


@pytest.mark.parametrize(("samples", "units"), [(250, 4), (5000, 40)])
def test_the_fast_walk_draws_what_the_recorder_draws(document: Document, samples: int, units: int) -> None:
    """Small sets stand whole in the order of their epoch, larger ones are gathered batch by batch."""
    document = set_data_setting(document, "samples", samples)
    document = set_units(document, document.network.layers[0].id, units)
    fast, slow = (Trainer(document, prepare(document.data, document.seed)) for _ in range(2))
    losses = np.zeros(9)
    fast.run(9, losses)
    recorded = [slow.record() for _ in range(9)]
    assert losses.tolist() == [float(each.value("loss", len(each.steps)).item()) for each in recorded]  # type: ignore[union-attr]


def test_nothing_is_learnt_and_the_walk_ends_with_the_loss(document: Document) -> None:
    run = Run(document)
    before = run.parameters()
    run.forward("epoch")
    assert run.walk is None or run.walk.is_done
    run.forward("operation")
    assert run.walk is not None
    assert run.walk.trace.steps[-1].phase == "loss"
    assert run.walk.trace.no_way_back.startswith(SENTENCE)
    assert all(np.array_equal(before[name], value) for name, value in run.parameters().items())


def test_health_says_it_and_its_cure_trains(document: Document) -> None:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"health"}))
    (finding,) = maker.make(Run(document), is_running=False).health or ()
    (offer,) = offers(document, finding)
    assert headless.train(offer.document, epochs=1).steps > 0


def test_training_is_refused_in_one_sentence(document: Document) -> None:
    with pytest.raises(SpecError, match=SENTENCE):
        headless.train(document)


@pytest.fixture
def session(document: Document) -> Iterator[Session]:
    made = Session(document)
    yield made
    assert made.close()


@pytest.mark.parametrize("by", ["batch", "epoch"])
def test_playing_batches_says_why_it_does_not_train(session: Session, by: str) -> None:
    session.play(by)  # type: ignore[arg-type]
    frame = frame_when(session, lambda f: SENTENCE in f.message)
    assert (frame.state, frame.step) == ("paused", 0)
    session.step("operation", 1)
    assert frame_when(session, lambda f: f.cursor == 1).message == ""


def test_a_run_that_goes_on_stops_where_values_begin_to_be_drawn() -> None:
    made = Session(first_document())
    made.play()
    frame_when(made, lambda f: f.step > 20)
    made.edit(set_activation(made.document, made.document.network.layers[0].id, "stochastic"), "draw")
    frame = frame_when(made, lambda f: SENTENCE in f.message)
    assert frame.state == "paused"
    assert made.close()


def test_playing_operations_walks_on(session: Session) -> None:
    session.play("operation")
    frame_when(session, lambda f: f.step > 3)
