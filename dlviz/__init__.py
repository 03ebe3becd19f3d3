"""dlviz: see a neural network think, one operation at a time."""

__version__ = "0.1.0"
