"""Descent: optimizers walk on functions of a few numbers, by the same micro-steps that train networks."""

from dlviz.core.descent.path import Path
from dlviz.core.descent.races import Course, descend, race, record, record_step, walk, walk_in_parts
from dlviz.core.descent.walkers import POINT, Descent, name_of

__all__ = [
    "POINT", "Course", "Descent", "Path", "descend", "name_of", "race", "record", "record_step", "walk",
    "walk_in_parts",
]  # fmt: skip
