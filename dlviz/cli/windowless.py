"""What `dlviz` does where there is no display: train where it can be read, and say how to get a window."""

from pathlib import Path

from dlviz.cli.messages import say
from dlviz.cli.train import print_outcome, train_with_progress
from dlviz.i18n import tr
from dlviz.session import headless
from dlviz.session.presets import first_document

PICTURE = Path("dlviz-window.png")


def train_instead(file: Path | None) -> int:
    """Train the document on the command line and return how many steps it took."""
    document = first_document() if file is None else headless.load(file)
    say(tr("There is no display for a window, so “{title}” is trained here.", title=document.title))
    report = train_with_progress(document)
    print_outcome(report)
    return report.steps


def explain() -> None:
    """Say where the picture is and how to get a window."""
    say(tr("The window was drawn into {path}.", path=PICTURE.resolve()))
    say(
        tr(
            "For a live window, start dlviz on a graphical desktop (X or Wayland) or log in with “ssh -X”. "
            "With the package xvfb, “xvfb-run make run” runs it on a display in memory."
        )
    )
