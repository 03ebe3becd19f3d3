"""The matrix view of a step: its formula with matrices in it, as numbers or as heat maps."""
