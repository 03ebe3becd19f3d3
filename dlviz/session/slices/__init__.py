"""The loss around where a run stands: a slice through two weights, and where training from other starts ends."""

from dlviz.session.slices.result import Restart, RestartQuestion, RestartView, Slice, SliceQuestion

__all__ = ["Restart", "RestartQuestion", "RestartView", "Slice", "SliceQuestion"]
