"""Races on the loss of a network: the same weights and batches, one plane, paths that lie where they are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.session import edits
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import written_table
from dlviz.session.presets import first_document
from dlviz.session.race import RaceQuestion, RaceSpec
from dlviz.session.race.network_scan import scan_network
from dlviz.session.race.networks import race_network
from dlviz.session.race.racer import Racer
from dlviz.session.race.result import Race

X, Y = np.array([0.5, -1.0, 2.0, 1.5]), np.array([1.0, 0.2, 2.5, 1.0])
RUNNERS = (chosen("sgd", lr=0.05), chosen("momentum", lr=0.02), chosen("adam", lr=0.1))


def line_document(**race: object) -> Document:
    """Return one linear unit with a bias, two parameters in all."""
    network = NetworkSpec((dense("o", 1),), (InputSpec("x", (1,)),))
    values = {"o.W": handle([[-1.0]]), "o.b": handle([0.5])}
    training = TrainingSpec(chosen("squared_error"), batch_size=2, shuffle=False)
    spec = RaceSpec(optimizers=RUNNERS, steps=30, on="network", **race)
    return Document(
        data=written_table(X[:, None], Y[:, None]), network=network, parameters=values, training=training, race=spec,
        dtype="float64",
    )  # fmt: skip


def walked(document: Document) -> Race:
    work = race_network(document.race, document)
    while True:
        try:
            next(work)
        except StopIteration as done:
            race: Race = done.value
            return race


def loss(w: float, b: float) -> float:
    return float(np.mean((w * X + b - Y) ** 2))


def test_two_parameters_are_a_plane_and_heights_are_the_losses() -> None:
    race = walked(line_document(plane="weights"))
    assert race.network is not None and race.network.parameters == 2
    for path, residual in zip(race.paths, race.network.residuals, strict=True):
        assert path.points[0] == pytest.approx([-1.0, 0.5])
        assert residual == pytest.approx(np.zeros(31), abs=1e-12)
        assert path.values == pytest.approx([loss(w, b) for w, b in path.points.tolist()], abs=1e-9)
    x0, x1, y0, y1 = race.extent
    expected = [[loss(w, b) for w in np.linspace(x0, x1, 49)] for b in np.linspace(y0, y1, 49)]
    assert race.heights == pytest.approx(np.array(expected), abs=1e-9)


def test_plain_descent_is_that_of_a_script() -> None:
    race, w, b = walked(line_document(plane="weights")), -1.0, 0.5
    for step, place in enumerate(race.paths[0].points[1:].tolist()):
        rows = slice(2, 4) if step % 2 else slice(0, 2)
        error = w * X[rows] + b - Y[rows]
        w, b = w - 0.05 * 2 * float(np.mean(error * X[rows])), b - 0.05 * 2 * float(np.mean(error))
        assert place == pytest.approx([w, b], rel=1e-10)


@pytest.mark.parametrize("plane", ["pca", "random", "weights"])
def test_a_plane_is_the_same_for_all_and_says_how_far_off_each_point_lies(plane: str) -> None:
    document = edits.set_race(edits.race_on(first_document(), "network"), plane=plane, steps=60)
    race = walked(document)
    part = race.network
    assert part is not None and part.parameters == 31
    starts = np.array([path.points[0] for path in race.paths])
    assert starts == pytest.approx(np.tile(starts[0], (4, 1)), abs=1e-9)
    assert len({float(path.values[0]) for path in race.paths}) == 1
    assert all((each >= 0).all() and each.shape == (61,) for each in part.residuals)
    assert all(np.diff(each).min() >= 0 for each in part.lengths)
    x0, x1, y0, y1 = race.extent
    for path in race.paths:
        assert (path.points[:, 0] >= x0).all() and (path.points[:, 1] <= y1).all()
        assert (path.points[:, 0] <= x1).all() and (path.points[:, 1] >= y0).all()
    assert np.isfinite(race.heights).all() and race.heights.shape == (49, 49)


def test_the_principal_plane_lies_nearer_than_any_two_weights() -> None:
    base = edits.set_race(edits.race_on(first_document(), "network"), steps=80)
    off = {}
    for plane in ("pca", "weights"):
        part = walked(edits.set_race(base, plane=plane)).network
        assert part is not None
        off[plane] = np.mean([np.mean(each**2) for each in part.residuals])
    assert off["pca"] < 0.5 * off["weights"]


def end_at(rate: float, steps: int) -> float:
    """Return the loss after plain descent on the line, as a script would write it."""
    w, b = -1.0, 0.5
    for step in range(steps):
        rows = slice(2, 4) if step % 2 else slice(0, 2)
        error = w * X[rows] + b - Y[rows]
        w, b = w - rate * 2 * float(np.mean(error * X[rows])), b - rate * 2 * float(np.mean(error))
    return loss(w, b)


def test_rates_are_scanned_by_training_at_each() -> None:
    work = scan_network(line_document(), 0)
    while True:
        try:
            next(work)
        except StopIteration as done:
            scan = done.value
            break
    expected = np.array([end_at(rate, 30) for rate in scan.rates.tolist()])
    assert scan.ends == pytest.approx(expected, rel=1e-9)
    assert len(scan.rates) == 13 and scan.best == scan.rates[np.argmin(expected)]


def test_all_begin_with_the_same_weights_bit_for_bit() -> None:
    race = walked(edits.set_race(edits.race_on(first_document(), "network"), steps=5))
    assert race.network is not None
    first, *others = [each[0] for each in race.network.ground.thetas]
    assert all(np.array_equal(first, each) for each in others)


@pytest.mark.parametrize("plane", ["pca", "random", "weights"])
def test_a_path_that_runs_away_does_not_decide_what_is_seen(plane: str) -> None:
    base = edits.set_race(edits.race_on(first_document(), "network"), plane=plane, steps=60)
    calm, wild = walked(base), walked(edits.set_race(base, optimizers=(*base.race.optimizers, chosen("sgd", lr=1e6))))
    moved = np.linalg.norm(wild.network.ground.thetas[-1] - wild.network.ground.thetas[-1][0], axis=1)  # type: ignore[union-attr]
    assert moved.max() > 1e4
    wide, seen = (np.array(race.extent)[1::2] - np.array(race.extent)[::2] for race in (calm, wild))
    assert (seen < 20 * wide).all()
    assert all(np.isfinite(path.points).all() for path in wild.paths[:4])


def test_chosen_weights_are_the_axes() -> None:
    base = edits.set_race(edits.race_on(first_document(), "network"), plane="weights", steps=20)
    race = walked(edits.set_race(base, weights="h1.W[2,1]; h1.b[3]"))
    other = walked(base)
    assert race.paths[0].points[5].tolist() != other.paths[0].points[5].tolist()
    assert race.paths[0].values == pytest.approx(other.paths[0].values, rel=1e-12)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"weights": "h9.W[1,1]; h1.W[1,2]", "plane": "weights"}, "such as h.W"),
        ({"weights": "h1.W[9,1]; h1.W[1,2]", "plane": "weights"}, "such as h.W"),
        ({"weights": "h1.W[1,1]; h1.W[1,1]", "plane": "weights"}, "two weights"),
    ],
)
def test_what_is_no_plane_is_said_in_a_sentence(parts: dict[str, str], words: str) -> None:
    with pytest.raises(DlvizError, match=words):
        walked(edits.set_race(edits.race_on(first_document(), "network"), steps=5, **parts))


def test_more_than_can_be_kept_is_refused() -> None:
    wide = edits.set_units(edits.race_on(first_document(), "network"), "h1", 800)
    with pytest.raises(DlvizError, match="at most"):
        walked(edits.set_race(edits.set_units(wide, "h2", 800), steps=20_000))


def test_a_network_that_cannot_train_leaves_the_race_before_and_says_why() -> None:
    racer, fine = Racer(), line_document()
    while racer.look(fine, RaceQuestion()) is None or racer.is_unfinished:
        pass
    before = racer.look(fine, RaceQuestion())
    broken = replace(fine, race=replace(fine.race, plane="weights", weights="nothing"))
    view = racer.look(broken, RaceQuestion())
    while racer.is_unfinished:
        view = racer.look(broken, RaceQuestion())
    assert before is not None and view is not None
    assert view.race is before.race and "such as h.W" in view.problem


def test_optimizers_of_the_plan_do_not_start_the_race_again_but_data_do() -> None:
    racer, document = Racer(), line_document()
    while racer.look(document, RaceQuestion()) is None or racer.is_unfinished:
        pass
    first = racer.look(document, RaceQuestion())
    same = racer.look(edits.set_optimizer(document, "adam"), RaceQuestion())
    assert first is not None and same is not None and same.race is first.race and not racer.is_unfinished
    again = racer.look(edits.set_seed(document, 5), RaceQuestion())
    while racer.is_unfinished:
        again = racer.look(edits.set_seed(document, 5), RaceQuestion())
    assert again is not None and again.race is not first.race
