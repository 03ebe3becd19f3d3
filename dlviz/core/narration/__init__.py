"""A step of a trace told for one scalar: the equation, the same with numbers, the result, a sentence."""

from dlviz.core.narration.narrate import OPERATIONS, narrate, spelled
from dlviz.core.narration.view import Focus, Narration, Plan

__all__ = ["OPERATIONS", "Focus", "Narration", "Plan", "narrate", "spelled"]
