"""The output panel on a real session: what is drawn under a point is what the network says of that row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.gui.panel import Context
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.panels.output.words import value_at
from dlviz.session.edits import set_scaling
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for
from dlviz.session.session import Session


@pytest.fixture(params=["moons", "blobs"])
def session(request: Any) -> Iterator[Session]:
    stretched = set_scaling(document_for(request.param), "standard")  # raw and scaled units differ
    session = Session(stretched)
    yield session
    session.close()


def _latest(qtbot: Any, session: Session, needs: Interest) -> Frame:
    """Train a little, pause, and return a frame that carries maps and predictions."""
    seen: list[Frame] = []

    def arrived() -> bool:
        frame = session.poll()
        if frame is not None and frame.maps is not None and frame.predictions is not None:
            seen.append(frame)
        return bool(seen) and seen[-1].step >= 200

    session.watch(needs)
    session.play()
    qtbot.waitUntil(arrived, timeout=10_000)
    session.pause()
    qtbot.waitUntil(lambda: arrived() and seen[-1].state == "paused", timeout=10_000)
    return seen[-1]


def test_the_map_agrees_with_the_predictions_of_the_rows(qtbot: Any, session: Session) -> None:
    panel = OutputPanel(Context(session, lambda message, action=None: None))
    qtbot.addWidget(panel)
    wanted = panel.interest(Interest())
    frame = _latest(qtbot, session, replace(wanted, needs=wanted.needs | {"predictions"}))
    panel.show_frame(frame)
    outputs = frame.predictions.outputs
    drawn = np.array([value_at(panel.map.values, panel.map.plane.extent, x, y) for x, y in session.dataset.inputs])
    assert np.median(np.abs(drawn - outputs)) < 0.02
    assert np.corrcoef(drawn[:, 0], outputs[:, 0])[0, 1] > 0.99
