"""The worker's state machine: every state and event, in one table."""

from typing import Literal

from dlviz.session.messages import State

Event = Literal["play", "pause", "fail", "close"]

TRANSITIONS: dict[tuple[State, Event], State] = {
    ("idle", "play"): "running",
    ("idle", "pause"): "paused",
    ("idle", "fail"): "failed",
    ("idle", "close"): "closing",
    ("running", "play"): "running",
    ("running", "pause"): "paused",
    ("running", "fail"): "failed",
    ("running", "close"): "closing",
    ("paused", "play"): "running",
    ("paused", "pause"): "paused",
    ("paused", "fail"): "failed",
    ("paused", "close"): "closing",
    ("failed", "play"): "running",
    ("failed", "pause"): "paused",
    ("failed", "fail"): "failed",
    ("failed", "close"): "closing",
    ("closing", "play"): "closing",
    ("closing", "pause"): "closing",
    ("closing", "fail"): "closing",
    ("closing", "close"): "closing",
}


def next_state(state: State, event: Event) -> State:
    """Return the state after an event. Raises: KeyError for what is not in the table."""
    return TRANSITIONS[state, event]
