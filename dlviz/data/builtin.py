"""All built-in data sets in one registry."""

from dlviz.data import generators, shipped, tables
from dlviz.data.kind import DatasetKind, datasets

__all__ = ["DatasetKind", "datasets", "generators", "shipped", "tables"]
