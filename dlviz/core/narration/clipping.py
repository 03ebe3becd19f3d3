"""Clipping told: the norm of the gradient, and what it becomes."""

import math

import numpy as np

from dlviz.core.clipping import GLOBAL_NORM, resolve
from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import coloured, cut, exact, number, written
from dlviz.core.narration.view import FloatArray, Narration, View
from dlviz.i18n import tr


def gradient_norm(view: View) -> Narration:
    """Tell the norm of the gradient of one parameter, or of all."""
    e = Entry(view)
    name = GLOBAL_NORM if GLOBAL_NORM in view.step.writes else f"{e.gradient_name}.norm"
    entries = e.whole("grad") if name == GLOBAL_NORM else view.read(e.gradient_name).ravel()
    terms = cut(np.square(entries), lambda k: f"({coloured('backward', e.plain(entries[k]))})^2", digits=view.digits)
    value = float(view.wrote(name))
    sentence = tr("How long is the gradient, as an arrow?")
    symbols = r"\|g\| = \sqrt{\sum g^2}"
    return Narration(symbols, rf"\sqrt{{{written(terms)}}}", number(value, view.digits), sentence, (value,))


def clip_norm(view: View) -> Narration:
    """Tell the gradient shortened to the largest norm, or left alone."""
    e = Entry(view)
    limit = _limit(view)
    name = GLOBAL_NORM if GLOBAL_NORM in view.step.reads else f"{e.gradient_name}.norm"
    norm = float(view.read(name))
    is_long = norm > limit
    share = rf"\frac{{{exact(limit)}}}{{{e.plain(norm)}}}" if is_long else "1"
    symbols = rf"{e.gradient_letter} \leftarrow {e.gradient_letter} \cdot \min\left(1, \frac{{c}}{{\|g\|}}\right)"
    longer, short = tr("The arrow is too long: it is shortened, its direction stays."), tr("It is short enough.")
    return _told(e, symbols, rf"{share} \cdot {e.shown_gradient}", longer if is_long else short)


def clip_value(view: View) -> Narration:
    """Tell an entry of the gradient moved to the limit, or left alone."""
    e = Entry(view)
    limit = _limit(view)
    is_large = abs(e.gradient) > limit
    shown = exact(math.copysign(limit, e.gradient)) if is_large else e.shown_gradient
    symbols = rf"{e.gradient_letter} \leftarrow \max(-c, \min(c, {e.gradient_letter}))"
    sentence = tr("The entry is too large: the limit takes its place.") if is_large else tr("It is small enough.")
    return _told(e, symbols, shown, sentence)


def _told(e: Entry, symbols: str, numbers: str, sentence: str) -> Narration:
    array: FloatArray = e.view.wrote(e.gradient_name)
    value = float(array[e.place])
    return Narration(symbols, numbers, number(value, e.view.digits), sentence, (value,))


def _limit(view: View) -> float:
    assert view.plan.clip is not None
    return float(next(iter(resolve(view.plan.clip)[1].values())))
