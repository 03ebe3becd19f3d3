"""Answers: the numbers of a hand calculation, compared with the recorded pass, and the slips in them named."""

from dlviz.core.answers.changes import Rounding
from dlviz.core.answers.check import Checker, Kind, Verdict
from dlviz.core.answers.mistakes import Cause
from dlviz.core.answers.places import LOSS_AFTER, Place, Places
from dlviz.core.answers.replay import Exercise, Replay, board
from dlviz.core.answers.typed import Answer, parse_answer

__all__ = [
    "LOSS_AFTER", "Answer", "Cause", "Checker", "Exercise", "Kind", "Place", "Places", "Replay", "Rounding", "Verdict",
    "board", "parse_answer",
]  # fmt: skip
