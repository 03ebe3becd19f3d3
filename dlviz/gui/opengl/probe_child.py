"""A trial of OpenGL in a process of its own, which a bad driver may end: prints its name and the time of a picture."""

import json
import sys
from time import perf_counter

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage

from dlviz.gui.opengl.renderer import MeshRenderer, OpenGLError, is_clear

SIDE, TRIALS = 191, 5  # as large as the mesh that will be drawn
SIZE = QSize(640, 360)


def main() -> int:
    """Draw a mesh several times; the exit status is 1 where that fails."""
    app = QGuiApplication(sys.argv[:1])
    try:
        renderer = MeshRenderer()
        renderer.take(*_waves())
        seconds, image = min((_timed(renderer) for _ in range(TRIALS)), key=lambda each: each[0])
        if is_clear(image):
            raise OpenGLError("Nothing was drawn.")
    except OpenGLError as error:
        _say(problem=str(error))
        return 1
    _say(renderer=renderer.name, milliseconds=1000 * seconds)
    renderer.close()
    del app
    return 0


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts))


def _timed(renderer: MeshRenderer) -> tuple[float, QImage]:
    began = perf_counter()
    image = renderer.picture(np.eye(4), SIZE)
    return perf_counter() - began, image


def _waves() -> tuple[np.ndarray, np.ndarray]:
    ends = np.linspace(-1, 1, SIDE + 1)
    x, y = np.meshgrid(ends, ends)
    corners = np.stack([x, y, np.sin(9 * x) * np.cos(7 * y) / 2], axis=2)
    quads = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2).reshape(-1, 4, 3)
    return quads, np.full((len(quads), 3), 128)


if __name__ == "__main__":
    sys.exit(main())
