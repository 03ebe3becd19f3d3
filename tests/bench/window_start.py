"""Start as `dlviz` does, then print at what clock times the window was painted and answered. Started by window.py."""

import json
import time

from PySide6.QtCore import QEventLoop

from dlviz.gui import application


def start() -> dict[str, float]:
    """Open the window as application.run does, up to the first frame that its panels show."""
    running = application.open_window()
    running.app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    painted, spent = time.time(), time.process_time()
    application.begin(running, None, "network")
    while running.window.bridge.latest is None:
        running.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
    running.app.processEvents()
    usable = time.time()
    running.window.quit_without_questions()
    return {"painted": painted, "painted_cpu": spent, "usable": usable}


if __name__ == "__main__":
    print(json.dumps(start()))
