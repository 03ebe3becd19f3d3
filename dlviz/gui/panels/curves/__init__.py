"""The curves panel: loss and metrics against steps."""
