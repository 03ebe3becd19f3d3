"""The formula panel: milliseconds to paint a step whose formula is known with the digits of another pass.

Wall-clock figures: run it on a machine that does nothing else.
"""

import os
import statistics
import time
from collections.abc import Iterator

from dlviz.core.narration import Focus, Narration, Plan, narrate
from dlviz.session.presets import example_document
from dlviz.session.run import Run
from tests.bench.timing import Effort
from tests.bench.workload import Row

MOST_MS = 2.0
SIZE = (900, 260)  # pixels of the panel in a window of 1280×720
FOCUSES = (Focus(), Focus(1, 1, 0, "h.W"), Focus(0, 1, 0, "o.b"))


def formulas(effort: Effort) -> list[Row]:
    """Paint every step of the 2-2-2 network by turns with the numbers of two passes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    from dlviz.gui.typeset.view import FormulaView

    application = QApplication.instance() or QApplication([])
    view, image = FormulaView(), QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    view.resize(*SIZE)
    slowest = []
    for before, after in zip(*(list(told(passes)) for passes in (1, 2)), strict=True):
        times = []
        view.show_narration(before, "backward")
        view.finish()
        for turn in range(4 * effort.rounds):
            start = time.perf_counter()
            view.show_narration(before if turn % 2 else after, "backward")
            view.render(image)
            times.append(1000 * (time.perf_counter() - start))
        slowest.append(statistics.median(times))
    view.deleteLater()
    application.processEvents()
    return [
        Row("formulas", "new digits, median", statistics.median(slowest), "ms"),
        Row("formulas", "new digits, longest", max(slowest), "ms", must=MOST_MS, is_limit=True),
    ]


def told(passes: int) -> Iterator[Narration]:
    """Tell every step of so many passes' last one, for several places."""
    document = example_document()
    run, training = Run(document), document.explicit.training
    run.advance(passes - 1)
    run.walk_to(1)
    assert run.walk is not None
    plan = Plan(document.network, training.objective, training.optimizer, training.frozen)
    for step in run.walk.trace.steps:
        for focus in FOCUSES:
            yield narrate(step, run.walk.trace, plan, focus)
