"""Charts of what was seen of the networks themselves: their first activations, and the curves that they fitted."""

from collections.abc import Iterator

import numpy as np

from dlviz.gui.panels.runs.vary.chart import PALE, Chart, Curve
from dlviz.gui.panels.runs.vary.charts import with_log_axis
from dlviz.gui.panels.runs.vary.words import Told, combination_words
from dlviz.i18n import tr
from dlviz.session.prepared import known_prepared
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.summary import by_config


def layers_chart(view: ExperimentView, told: Told) -> Chart:
    """Draw how large activations are at the first weights, layer by layer, beside what theory expects."""
    curves, names = list[Curve](), tuple[str, ...]()
    for config, trials in by_config(view).items():
        firsts = [each.ended.first for each in trials if each.ended is not None and each.ended.first is not None]
        if not firsts:
            continue
        names = max(names, firsts[0].layers, key=len)
        places = np.arange(1.0, len(firsts[0].layers) + 1)
        name = combination_words(told, trials[0].values)
        seen = np.median([each.measured for each in firsts], axis=0)
        rows = tuple(trials[0].number for _ in places)
        curves.append(Curve(name, places, seen, config, has_points=True, rows=rows))
        words_of_theory = tr("{name}, in theory", name=name) if name else tr("in theory")
        if np.isfinite(firsts[0].theory).any():
            curves.append(Curve(words_of_theory, places, firsts[0].theory, PALE))
    caption = tr("activations at the first weights, layer by layer; grey: in theory")
    ticks = tuple((float(place), layer) for place, layer in enumerate(names, 1))
    return with_log_axis(Chart(caption, tr("layer"), tr("root mean square"), tuple(curves), ticks=ticks))


def fits_chart(view: ExperimentView, told: Told) -> Chart:
    """Draw the fitted curve of every training, in the colour of its last setting, over the rows of the document."""
    curves, last = [*_rows_trained_on(view)], dict[str, int]()
    for trial in view.trials:
        ended = trial.ended
        if ended is None or ended.fit is None or trial.status == "diverged":
            continue
        name = combination_words(told, trial.values[-1:], first=len(trial.values) - 1)
        is_named = name not in last
        colour, x, y = last.setdefault(name, len(last)), *ended.fit
        curves.append(Curve(name, x, y, colour, is_thin=not is_named, rows=(trial.number,)))
    caption = tr("fitted curves; grey: the rows of this document")
    return Chart(caption, tr("input"), tr("output"), tuple(curves))


def _rows_trained_on(view: ExperimentView) -> Iterator[Curve]:
    """Give the rows of the base document, where they are known: the window never reads data itself."""
    prepared = known_prepared(view.experiment.document)
    if prepared is not None:
        x = prepared.dataset.inputs[prepared.train, 0]
        y = np.asarray(prepared.dataset.targets, dtype=np.float64)[prepared.train, 0]
        yield Curve(tr("rows"), x, y, PALE, has_points=True, has_line=False)
