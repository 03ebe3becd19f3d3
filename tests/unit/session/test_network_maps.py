"""What the networks of a race answer over two inputs: that of a few lines of NumPy, at the step in question."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.example import written_table
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import first_document
from dlviz.session.race import RaceQuestion, RaceView
from dlviz.session.race.maps import SIDE, RaceMaps
from dlviz.session.race.racer import Racer


def document_of(**race: object) -> Document:
    return edits.set_race(edits.race_on(first_document(), "network"), **{"steps": 30, **race})


def looked(racer: Racer, document: Document, place: int) -> tuple[RaceView, RaceMaps]:
    question = RaceQuestion(0, place=place, wants_maps=True)
    view = racer.look(document, question)
    while view is None or racer.is_unfinished:
        view = racer.look(document, question)
    assert view.maps is not None
    return view, view.maps


def answers(theta: np.ndarray, document: Document, points: np.ndarray) -> np.ndarray:
    """Pass points through the tanh layers of the network by hand, (n,)."""
    values, at = points, 0
    for layer in document.network.layers:
        units, fan_in = layer.settings["units"], values.shape[1]
        w = theta[at : at + units * fan_in].reshape(units, fan_in)
        b = theta[at + units * fan_in : at + units * (fan_in + 1)]
        values, at = np.tanh(values @ w.T + b), at + units * (fan_in + 1)
    return values[:, 0]


@pytest.mark.parametrize("place", [0, 17, 30])
def test_maps_are_those_of_the_step_for_every_optimizer(place: int) -> None:
    document = document_of()
    view, maps = looked(Racer(), document, place)
    assert maps.step == place and len(maps.outputs) == len(document.race.optimizers)
    x0, x1, y0, y1 = maps.extent
    inputs = prepared_for(document).dataset.inputs
    assert x0 < inputs[:, 0].min() and y1 > inputs[:, 1].max()
    across, up = (
        np.linspace(0.5 / SIDE, 1 - 0.5 / SIDE, SIDE) * (high - low) + low for low, high in ((x0, x1), (y0, y1))
    )
    points = np.array([[x, y] for y in up for x in across])
    assert view.race.network is not None
    for thetas, found in zip(view.race.network.ground.thetas, maps.outputs, strict=True):
        assert found.shape == (1, SIDE, SIDE)
        assert found[0].ravel() == pytest.approx(answers(thetas[place], document, points), abs=1e-5)


def test_all_begin_with_the_same_map() -> None:
    maps = looked(Racer(), document_of(), 0)[1]
    assert all(np.array_equal(each, maps.outputs[0]) for each in maps.outputs)
    assert not np.array_equal(*looked(Racer(), document_of(), 30)[1].outputs[:2])


def test_nothing_is_made_that_nobody_asks_for() -> None:
    racer, document = Racer(), document_of()
    looked(racer, document, 3)
    view = racer.look(document, RaceQuestion(0, place=9))
    while racer.is_unfinished:
        view = racer.look(document, RaceQuestion(0, place=9))
    assert view is not None and view.maps is None


def test_many_inputs_have_no_plane_and_a_surface_no_maps() -> None:
    inputs = np.random.default_rng(0).normal(size=(20, 13))
    network = NetworkSpec((dense("o", 1),), (InputSpec("x", (13,)),))
    wide = replace(
        document_of(plane="weights"), data=written_table(inputs, inputs[:, :1]), network=network, parameters={}
    )
    for document in (wide, Document()):
        racer, question = Racer(), RaceQuestion(0, wants_maps=True)
        view = racer.look(document, question)
        while view is None or racer.is_unfinished:
            view = racer.look(document, question)
        assert view.maps is None


def test_where_a_path_broke_its_map_is_blank() -> None:
    document = document_of(optimizers=(chosen("sgd", lr=1e6), chosen("adam", lr=0.02)), plane="weights")
    maps = looked(Racer(), document, 30)[1]
    assert np.isfinite(maps.outputs[1]).all()
