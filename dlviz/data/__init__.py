"""Data sets, their formats, splits and scaling."""
