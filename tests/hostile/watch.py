"""What a process does while data are opened: everything that would run, connect, or open another file is noted."""

import os
import sys
import threading
from pathlib import Path

FORBIDDEN = (
    "pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "socket.connect", "socket.getaddrinfo",
    "ctypes.dlopen", "ctypes.dlsym", "shutil.copyfile", "os.link", "os.chmod", "webbrowser.open", "urllib.Request",
)  # fmt: skip
SYSTEM = ("/usr/lib", "/usr/share", "/proc", "/sys", "/etc/localtime", "/dev/null", "/dev/urandom")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class Watch:
    """An audit hook that can be told when to look. It stays for the life of the process, as all hooks do.

    roots: where programs and their libraries lie. places: files and folders that may be read; ours: those that may
    be written. runs: what a new process has to begin with.
    """

    def __init__(self, runs: tuple[str, ...] = ()) -> None:
        self.is_on = False
        self._own = threading.local()  # what is looked up while an event is judged is no event
        self.seen: list[str] = []
        self.places: tuple[str, ...] = ()
        self.ours: tuple[str, ...] = ()
        self._runs = runs
        roots = {*sys.path, sys.prefix, sys.base_prefix, str(Path(__file__).parents[2]), *SYSTEM}
        self._roots = tuple(os.path.realpath(root) for root in roots if root)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on or getattr(self._own, "is_judging", False):
            return
        self._own.is_judging = True
        try:
            word = self._judge(event, arguments)
        finally:
            self._own.is_judging = False
        if word:
            self.seen.append(word)

    def _judge(self, event: str, arguments: tuple[object, ...]) -> str:
        if event in FORBIDDEN:
            return f"{event} {arguments[:1]}"
        if event == "subprocess.Popen":
            command = list(map(str, arguments[1])) if isinstance(arguments[1], list | tuple) else [str(arguments[1])]
            return "" if tuple(command[: len(self._runs)]) == self._runs else f"process {command[:4]}"
        if event in ("exec", "compile"):
            code = arguments[0] if event == "exec" else arguments[1]
            name = getattr(code, "co_filename", code)
            # ast.parse and what looks up signatures compile a text of no name; nothing is run by that.
            is_tree = event == "compile" and name == "<unknown>"
            return "" if is_tree or self._is_program(str(name)) else f"{event} {name!s:.80}"
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            return self._judge_open(os.fsdecode(arguments[0]), arguments)
        return ""

    def _judge_open(self, path: str, arguments: tuple[object, ...]) -> str:
        mode, flags = arguments[1], arguments[2]
        is_writing = (isinstance(mode, str) and any(sign in mode for sign in "wxa+")) or (
            mode is None and isinstance(flags, int) and bool(flags & WRITING)
        )
        real = os.path.realpath(path)
        if self._is_in(real, self.ours):
            return ""
        if is_writing and real != "/dev/null":
            return f"write {path}"
        return "" if self._is_in(real, (*self._roots, *self.places)) else f"read {real}"

    def _is_program(self, name: str) -> bool:
        return name.startswith("<frozen") or self._is_in(os.path.realpath(name), self._roots) or name == "<string>"

    @staticmethod
    def _is_in(path: str, places: tuple[str, ...]) -> bool:
        return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)
