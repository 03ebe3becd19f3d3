"""Meshes drawn by OpenGL into a picture, without a window of its own: whoever paints puts it where it belongs.

A QOpenGLWidget would have the whole window made anew when it is added, and could not be painted over.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QMatrix4x4, QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLShader,
    QOpenGLShaderProgram,
)

from dlviz.i18n import tr

VERTEX = """
attribute highp vec3 place;
attribute lowp vec3 colour;
uniform highp mat4 view;
varying lowp vec3 seen;
void main() { seen = colour; gl_Position = view * vec4(place, 1.0); }
"""
FRAGMENT = """
varying lowp vec3 seen;
void main() { gl_FragColor = vec4(seen, 1.0); }
"""
GL_RENDERER, GL_FLOAT, GL_TRIANGLES, GL_DEPTH_TEST = 0x1F01, 0x1406, 0x0004, 0x0B71
GL_COLOR_AND_DEPTH = 0x4000 | 0x0100
SAMPLES = 4  # of every pixel, for smooth edges
BYTES = 4  # of a number
NUMBERS = 6  # of a corner: place and colour
TRIANGLES = (0, 1, 2, 0, 2, 3)  # corners of a quad, as two triangles
FloatArray = NDArray[np.floating]


class OpenGLError(Exception):
    """OpenGL is not there, or does not do what it should."""


class MeshRenderer:
    """Keeps a context and the mesh shown last on the graphics card. Raises: OpenGLError where there is none."""

    def __init__(self) -> None:
        self._surface, self._context = QOffscreenSurface(), QOpenGLContext()
        form = QSurfaceFormat()
        form.setDepthBufferSize(24)
        self._context.setFormat(form)
        self._surface.setFormat(form)
        self._surface.create()
        if not self._context.create() or not self._surface.isValid():
            raise OpenGLError(tr("There is no OpenGL here."))
        self._begin()
        self.name = str(self._context.functions().glGetString(GL_RENDERER))
        self._program, self._corners, self._count = self._compiled(), QOpenGLBuffer(), 0
        self._corners.create()

    def _begin(self) -> None:
        if not self._context.makeCurrent(self._surface):
            raise OpenGLError(tr("OpenGL has stopped working."))

    def _compiled(self) -> QOpenGLShaderProgram:
        program, kinds = QOpenGLShaderProgram(), QOpenGLShader.ShaderTypeBit
        for kind, text in ((kinds.Vertex, VERTEX), (kinds.Fragment, FRAGMENT)):
            if not program.addShaderFromSourceCode(kind, text):
                raise OpenGLError(program.log())
        program.bindAttributeLocation("place", 0)
        program.bindAttributeLocation("colour", 1)
        if not program.link():
            raise OpenGLError(program.log())
        return program

    def take(self, quads: FloatArray, colours: NDArray[np.integer]) -> None:
        """Put a mesh on the graphics card: corners (n, 4, 3), colours (n, 3) from 0 to 255. Raises: OpenGLError."""
        self._begin()
        painted = np.broadcast_to(colours[:, None] / 255, (len(quads), 4, 3))
        corners = np.concatenate([quads, painted], axis=2)[:, TRIANGLES].reshape(-1, NUMBERS)
        data = np.ascontiguousarray(corners, dtype=np.float32).tobytes()
        self._corners.bind()
        self._corners.allocate(data, len(data))
        self._corners.release()
        self._count = len(corners)

    def picture(self, view: FloatArray, size: QSize) -> QImage:
        """Return the mesh on a clear ground. view: (4, 4), from its places to −1 … 1. Raises: OpenGLError."""
        self._begin()
        form = QOpenGLFramebufferObjectFormat()
        form.setAttachment(QOpenGLFramebufferObject.Attachment.CombinedDepthStencil)
        form.setSamples(SAMPLES)
        target, gl = QOpenGLFramebufferObject(size, form), self._context.functions()
        if not target.isValid() or not target.bind():
            raise OpenGLError(tr("OpenGL has no room for the picture."))
        gl.glViewport(0, 0, size.width(), size.height())
        gl.glClearColor(0.0, 0.0, 0.0, 0.0)
        gl.glClear(GL_COLOR_AND_DEPTH)
        gl.glEnable(GL_DEPTH_TEST)
        self._draw(view)
        target.release()
        return target.toImage()

    def _draw(self, view: FloatArray) -> None:
        program = self._program
        if not program.bind():
            raise OpenGLError(program.log())
        program.setUniformValue(
            program.uniformLocation("view"), QMatrix4x4(*np.asarray(view, dtype=np.float64).ravel().tolist())
        )
        self._corners.bind()
        for place in (0, 1):
            program.enableAttributeArray(place)
            program.setAttributeBuffer(place, GL_FLOAT, 3 * BYTES * place, 3, NUMBERS * BYTES)
        self._context.functions().glDrawArrays(GL_TRIANGLES, 0, self._count)
        self._corners.release()
        program.release()

    def close(self) -> None:
        """Give everything back while the application lives."""
        if self._context.makeCurrent(self._surface):
            self._corners.destroy()
            self._program.removeAllShaders()
            self._context.doneCurrent()
        self._surface.destroy()


def is_clear(image: QImage) -> bool:
    """Say whether nothing was drawn."""
    small = image.scaled(32, 32, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return not any(small.pixelColor(x, y).alpha() for x in range(32) for y in range(32))
