"""Measure every workload and print a table: `python -m tests.bench [--strict] [--quick] [WORKLOAD …]`."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.bench import (
    classifiers,
    descents,
    drawing,
    formulas,
    frames,
    maps,
    ours,
    planes,
    scrub,
    stepping,
    tiny_networks,
    torch_peer,
    window,
)
from tests.bench.timing import Effort
from tests.bench.workload import Benchmark, Row

BENCHMARKS: dict[str, Benchmark] = {
    "w1": tiny_networks.w1,
    "w2": tiny_networks.w2,
    "w3": classifiers.w3,
    "w4": classifiers.w4,
    "w5": tiny_networks.w5,
    "w6": descents.w6,
    "w7": planes.w7,
    "w8": maps.w8,
    "w9": classifiers.w9,
    "frames": frames.frames,
    "scrub": scrub.scrub,
    "formulas": formulas.formulas,
    "window": window.window,
    "panels": window.panels,
    "panning": window.panning,
    "drawing": drawing.drawing,
    "stepping": stepping.stepping,
}
QUICK = Effort(rounds=3, seconds=0.05)
HEADINGS = ("", "contender", "figure", "unit", "dlviz is", "must reach", "")


def main(words: Sequence[str] | None = None) -> int:
    """Run the chosen workloads; exit status 1 only with --strict and a figure that was not reached."""
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(BENCHMARKS) + "; all by default")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a figure is not reached")
    parser.add_argument("--quick", action="store_true", help="one second a workload, for a first look")
    chosen = parser.parse_args(words)
    names = chosen.workloads or list(BENCHMARKS)
    if unknown := set(names) - BENCHMARKS.keys():
        parser.error(f"expected workloads among {', '.join(BENCHMARKS)}. Received: {', '.join(unknown)}")
    effort = QUICK if chosen.quick else Effort()
    print_row(HEADINGS)
    rows = [row for name in names for row in show(in_own_process(BENCHMARKS[name], effort))]
    if not torch_peer.is_installed():
        print("PyTorch is not installed: its rows are left out.")
    if not ours.has_numba():
        print("Numba is not installed: the rows of compiled kernels are left out.")
    missed = [row for row in rows if row.passed is False]
    print(f"{len(missed)} of {sum(row.must is not None for row in rows)} figures were not reached.")
    return 1 if missed and chosen.strict else 0


def in_own_process(benchmark: Benchmark, effort: Effort) -> list[Row]:
    """Run one benchmark where no other has warmed caches or grown the heap."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(benchmark, effort).result()


def show(rows: list[Row]) -> list[Row]:
    """Print rows as they come."""
    for row in rows:
        print_row(cells(row))
    return rows


def cells(row: Row) -> tuple[str, ...]:
    """Write one row's figures."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
    sign = "<=" if row.is_limit else ">="
    must = "" if row.must is None else f"{sign} {row.must:g}{'' if row.ratio is None else ' x'}"
    verdict = {True: "ok", False: "MISSED", None: ""}[row.passed]
    return row.workload, row.contender, f"{row.figure:,.5g}", row.unit, ratio, must, verdict


def print_row(texts: Sequence[str]) -> None:
    """Print cells in columns."""
    widths = (16, 28, 10, 9, 10, 10, 7)
    print(
        " ".join(
            f"{text:>{width}}" if 1 < place < 6 else f"{text:<{width}}"
            for place, (text, width) in enumerate(zip(texts, widths, strict=True))
        ).rstrip(),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
