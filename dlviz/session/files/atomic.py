"""The one way to write a file: whole or not at all, whatever fails in between."""

import contextlib
import errno
import itertools
import os
import re
import stat
from collections.abc import Iterator

from dlviz.core.errors import SaveError
from dlviz.i18n import tr

NEW_FILE_MODE = 0o666  # before the umask, as for any file a program makes
_TEMPORARY = re.compile(rb"\..*\.(\d{1,10})\.\d+\.tmp", re.DOTALL)
_NAME_BYTES = 200  # of the target's name in that of the temporary file: 255 is the most a name may have
_serials = itertools.count()


class FileSystem:
    """The calls that a save makes, so that tests can let each of them fail."""

    def open_new(self, path: str, mode: int) -> int:
        """Create a file that must not exist yet and return its descriptor."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_BINARY", 0), mode)

    def set_mode(self, path: str, mode: int) -> None:
        """Give a file the permissions of the one it replaces."""
        os.chmod(path, mode)

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write some of data and return how many bytes."""
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        """Return once the bytes are on the disk."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a descriptor."""
        os.close(descriptor)

    def replace(self, source: str, target: str) -> None:
        """Put source in target's place at once."""
        os.replace(source, target)

    def remove(self, path: str) -> None:
        """Delete a file."""
        os.remove(path)

    def fsync_folder(self, path: str) -> None:
        """Return once the folder's entries are on the disk; systems that cannot are passed over."""
        if os.name == "nt":
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        finally:
            os.close(descriptor)


real_fs = FileSystem()


def atomic_write(path: str | os.PathLike[str], data: bytes, fs: FileSystem = real_fs) -> None:
    """Write data to path: afterwards the file is the new one, or after an error still the old one.

    A symbolic link is followed and stays a link. Raises: SaveError, in plain words.
    """
    target = _target(path)
    temporary = _temporary_name(target)
    try:
        _write_new(temporary, data, fs)
        _take_mode(temporary, target, fs)
        fs.replace(temporary, target)
    except OSError as error:
        _remove(temporary, fs)
        raise save_error(error, target, len(data)) from error
    except BaseException:
        _remove(temporary, fs)
        raise
    try:
        fs.fsync_folder(os.path.dirname(target))
    except OSError as error:
        message = tr(
            "Expected {name} to be safe on the disk. Received: {reason}.", name=printable(target), reason=_reason(error)
        )
        raise SaveError(message, tr("It is in place, but a power cut could lose it: save again.")) from error


def sweep(folder: str | os.PathLike[str]) -> int:
    """Remove temporary files that a killed process left in a folder; return how many."""
    n = 0
    with contextlib.suppress(OSError):
        for path in _stale(os.fsencode(folder)):
            with contextlib.suppress(OSError):
                os.remove(path)
                n += 1
    return n


def save_error(error: OSError, path: str, size: int) -> SaveError:
    """Say in plain words why a file could not be written."""
    name = printable(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        needed = f"{max(1, round(size / 1000)):,} kB".replace(",", " ")
        message = tr(
            "Expected {needed} of free space for {name}. Received: the disk is full.", needed=needed, name=name
        )
        return SaveError(message, tr("The old file is whole. Free some space, or save elsewhere."))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        message = tr("Expected permission to write {name}. Received: {reason}.", name=name, reason=_reason(error))
        return SaveError(message, tr("Save under another name or in another folder."))
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        message = tr("Expected the folder of {name} to exist. Received: {reason}.", name=name, reason=_reason(error))
        return SaveError(message, tr("Save in another folder."))
    return SaveError(
        tr("Expected to write {name}. Received: {reason}.", name=name, reason=_reason(error)),
        tr("Try again, or save elsewhere."),
    )


def printable(path: str | os.PathLike[str]) -> str:
    """Return a path's name as text that every log and screen can hold."""
    name = os.path.basename(os.fspath(path)) or os.fspath(path)
    readable = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in readable)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _target(path: str | os.PathLike[str]) -> str:
    """Return the file to write, links resolved. Raises: SaveError for what is not a writable file."""
    try:
        target = os.path.realpath(os.path.abspath(path))
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return target
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else OSError(errno.EINVAL, str(error))
        raise save_error(reason, os.fspath(path), 0) from error
    if not stat.S_ISREG(mode):
        raise SaveError(
            tr("Expected {name} to be a file. Received: something else of that name.", name=printable(target)),
            tr("Save under another name."),
        )
    if not os.access(target, os.W_OK):
        raise save_error(OSError(errno.EACCES, os.strerror(errno.EACCES)), target, 0)
    return target


def _temporary_name(target: str) -> str:
    folder, name = os.path.split(target)
    short = os.fsdecode(os.fsencode(name)[:_NAME_BYTES])
    return os.path.join(folder, f".{short}.{os.getpid()}.{next(_serials)}.tmp")


def _write_new(path: str, data: bytes, fs: FileSystem) -> None:
    descriptor = fs.open_new(path, NEW_FILE_MODE)
    try:
        _write_all(descriptor, data, fs)
        # A failed fsync has thrown the dirty pages away; asking again would wrongly say yes.
        fs.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            fs.close(descriptor)
        raise
    fs.close(descriptor)


def _write_all(descriptor: int, data: bytes, fs: FileSystem) -> None:
    rest = memoryview(data)
    while rest:
        try:
            written = fs.write(descriptor, rest)
        except InterruptedError:
            continue
        if written <= 0:
            raise OSError(errno.EIO, "no bytes were taken")
        rest = rest[written:]


def _take_mode(temporary: str, target: str, fs: FileSystem) -> None:
    try:
        mode = stat.S_IMODE(os.stat(target).st_mode)
    except FileNotFoundError:
        return
    fs.set_mode(temporary, mode)


def _remove(path: str, fs: FileSystem) -> None:
    with contextlib.suppress(OSError):
        fs.remove(path)


def _stale(folder: bytes) -> Iterator[bytes]:
    with os.scandir(folder) as entries:
        for entry in entries:
            match = _TEMPORARY.fullmatch(entry.name)
            if match and entry.is_file(follow_symlinks=False) and not _is_running(int(match[1])):
                yield entry.path


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # no harmless question there; leave the file
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
