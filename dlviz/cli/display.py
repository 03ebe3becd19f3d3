"""Whether there is a display to open a window on."""

import ctypes
import socket
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr

X_SOCKETS = "/tmp/.X11-unix/X"  # fixed by the X protocol
X_FIRST_PORT = 6000
PROBE_SECONDS = 2.0
# What Qt loads for a window under X and misses only while it ends the process, with Debian's packages.
X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def is_there(environment: Mapping[str, str]) -> bool:
    """Tell whether a window can be opened; Qt ends the process where it cannot.

    An explicit QT_QPA_PLATFORM is taken at its word. A DISPLAY that nobody answers does not count.
    """
    if environment.get("QT_QPA_PLATFORM") or sys.platform in ("win32", "darwin"):
        return True
    return _wayland_answers(environment) or _x_answers(environment.get("DISPLAY", ""))


def require_libraries(environment: Mapping[str, str]) -> None:
    """Raise DlvizError, naming the packages, where a window under X lacks a library that Qt needs."""
    if environment.get("QT_QPA_PLATFORM") or sys.platform != "linux" or _wayland_answers(environment):
        return
    missing = missing_libraries(X_LIBRARIES)
    if missing:
        packages = " ".join(X_LIBRARIES[name] for name in missing)
        raise DlvizError(
            tr("Expected the libraries that Qt needs for a window. Received: none named {names}", names=missing[0]),
            tr("On Debian type: apt-get install {packages}", packages=packages),
        )


def missing_libraries(names: Iterable[str]) -> list[str]:
    """Return those shared libraries that cannot be loaded."""
    return [name for name in names if not _loads(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name, folder = environment.get("WAYLAND_DISPLAY", ""), environment.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _connects(socket.AF_UNIX, str(Path(folder, name)))


def _x_answers(display: str) -> bool:
    """Try the server of a DISPLAY such as ":0", "host:10.0" or "unix:1"."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdecimal():
        return False
    if host in ("", "unix"):
        path = X_SOCKETS + number
        return _connects(socket.AF_UNIX, path) or (sys.platform == "linux" and _connects(socket.AF_UNIX, "\0" + path))
    return _connects(socket.AF_INET, (host, X_FIRST_PORT + int(number)))


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(address)
        except (OSError, OverflowError):
            return False
    return True
