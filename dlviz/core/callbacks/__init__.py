"""Callbacks: stop rules, early stopping, checkpoints and logs, as data; importing this registers them all."""

from dlviz.core.callbacks import duties, rules  # noqa: F401  (registration)
from dlviz.core.callbacks.kind import MONITORS, Callback, Seen, callbacks, check_callbacks, resolve

__all__ = ["MONITORS", "Callback", "Seen", "callbacks", "check_callbacks", "resolve"]
