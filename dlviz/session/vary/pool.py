"""Pool: the processes in which trainings run by default, and how they are ended at once."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, get_context, parent_process

# Read by NumPy's libraries when they load: trainings side by side have one core each.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Executors:
    """Where trainings run: make returns an executor, of which workers trainings run at once. Called when one is needed.

    Any executor of this machine will do; what is sent to it can be pickled.
    """

    make: Callable[[], Executor]
    workers: int = 1


def processes(workers: int | None = None) -> Executors:
    """Return executors of this program's own processes: by default one less than there are cores, at least one."""
    count = workers or max((os.cpu_count() or 2) - 1, 1)
    return Executors(partial(_pool, count), count)


def _pool(workers: int) -> ProcessPoolExecutor:
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin)


def _begin() -> None:
    """Begin a process: Ctrl+C is for the program, without which the process ends as well, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, name="dlviz-parent", daemon=True).start()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def end(executor: Executor) -> None:
    """End an executor without waiting for what it runs: processes are killed."""
    running = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in running:
        process.kill()
    for process in running:
        process.join(1.0)
