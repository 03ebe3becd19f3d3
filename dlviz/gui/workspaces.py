"""Workspaces: arrangements of panels over one and the same document."""

from dataclasses import dataclass

from dlviz.core.registry import Registry
from dlviz.i18n import tr


@dataclass(frozen=True)
class Workspace:
    """One arrangement: its key, title, shortcut, and the words shown at the right of the status bar."""

    key: str
    title: str
    keys: str
    hint: str


OPTIMIZERS = "optimizers"

workspaces: Registry[Workspace] = Registry("workspace")
workspaces.add(Workspace("network", tr("Network"), "Ctrl+1", tr("Space plays and pauses · PgDn next · PgUp back")))
workspaces.add(Workspace("step", tr("Step"), "Ctrl+2", tr("PgDn next · PgUp back · H hides the result")))
workspaces.add(
    Workspace(OPTIMIZERS, tr("Optimizers"), "Ctrl+3", tr("Click the surface to start there · PgDn next · PgUp back"))
)
