"""Whether a judge that has graded ten thousand submissions is as small as after its first.

One judge grades right, wrong and hostile files in turn. Every so often it is looked at: its memory
and its zygote's, live objects, open descriptors, processes that descend from it, files in its
temporary and working folders. Exits with 1 if anything has grown. Linux only.

    nice python benchmarks/soak.py [COUNT] [--json]
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import msgspec

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import Submission, read_submission
from grader.sandbox.launch import Zygote

ROOT = Path(__file__).resolve().parents[1]
SLOW = frozenset("04 05 07 11 14 17 36 37 38 45 47 69 70 71 72 82".split())
"""Attacks that run into limits of time: one of them in 200 submissions."""
SAMPLES = 100
MOST_GROWTH = 1.02
"""Of memory, from the second tenth of the run to the last: what an allocator may scatter."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a judge holds: memory in kB, everything else counted."""

    graded: int
    judge_kb: int
    zygote_kb: int
    objects: int
    judge_descriptors: int
    zygote_descriptors: int
    processes: int
    files: int


def submissions(count: int) -> Iterator[Submission]:
    """Right, wrong and hostile files in turn, ``count`` of them."""
    samples = ROOT / "submissions" / "dense"
    attacks = sorted((ROOT / "tests" / "attacks").glob("*.py"))
    slow = cycle([path for path in attacks if path.name[:2] in SLOW])
    kinds = [
        cycle([ROOT / "reference" / "dense.py", *sorted((samples / "accepted").glob("*.py"))]),
        cycle(sorted((samples / "rejected").glob("*.py"))),
        cycle([path for path in attacks if path.name[:2] not in SLOW]),
    ]
    for number, kind in enumerate(islice(cycle(kinds), count)):
        yield read_submission(next(slow if number % 200 == 199 else kind))


def memory_kb(pid: int) -> int:
    """Resident memory of a process that belongs to it alone."""
    _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    return (int(resident) - int(shared)) * (os.sysconf("SC_PAGE_SIZE") >> 10)


def descendants(pid: int) -> int:
    """How many processes descend from this one, zombies included."""
    found = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = [int(child) for child in (task / "children").read_text().split()]
        found += len(children) + sum(map(descendants, children))
    return found


def own_descriptors() -> int:
    """How many files this process has open; its folder in /proc may be closed to itself."""
    count = 0
    for number in range(1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        count += 1
    return count


def descriptors(pid: int) -> int:
    """How many files another process has open, as far as this one may know."""
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except PermissionError:
        return 0


def soak(count: int, folder: Path) -> list[Look]:
    """Grade ``count`` submissions with one judge whose folders are in ``folder``."""
    problem = Library.find(ROOT).load("dense")
    limits = msgspec.structs.replace(
        problem.settings.limits, call_seconds=1.0, submission_seconds=6.0, cpu_seconds=10
    )
    settings = msgspec.structs.replace(problem.settings, limits=limits)
    object.__setattr__(problem, "settings", settings)
    workers = Zygote(problem.private_paths)
    looks: list[Look] = []
    graded = 0
    every = max(1, count // SAMPLES)

    def look(_: Report) -> None:
        nonlocal graded
        graded += 1
        if graded % every:
            return
        gc.collect()
        zygote = workers._process.pid
        looks.append(
            Look(
                graded,
                memory_kb(os.getpid()),
                memory_kb(zygote),
                len(gc.get_objects()),
                own_descriptors(),
                descriptors(zygote),
                descendants(os.getpid()),
                sum(1 for _ in folder.rglob("*")),
            )
        )
        print(".", end="", file=sys.stderr, flush=True)

    grade_all(problem, submissions(count), look, workers=workers)
    return looks


def report(looks: list[Look]) -> dict[str, float]:
    """The ratio of each figure at the end of a run to that near its beginning."""
    tenth = max(1, len(looks) // 10)
    early, late = looks[tenth : 2 * tenth] or looks[:1], looks[-tenth:]

    def ratio(name: str) -> float:
        before = float(statistics.median(getattr(item, name) for item in early))
        after = float(statistics.median(getattr(item, name) for item in late))
        return after / before if before else 1.0 + after

    return {name: ratio(name) for name in asdict(looks[0]) if name != "graded"}


def main() -> int:
    """Soak, print the figures."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--json"]
    count = int(arguments[0]) if arguments else 10_000
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.chdir(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        started = time.perf_counter()
        looks = soak(count, Path(folder))
        seconds = time.perf_counter() - started
        os.chdir(ROOT)
    if "--json" in sys.argv:
        print(json.dumps([asdict(item) for item in looks]))
        return 0
    print(f"\n{count:,} submissions in {seconds:,.0f} s")
    print(f"{'':20}{'first':>10}{'last':>10}   last tenth / second tenth")
    ratios = report(looks)
    for name, ratio in ratios.items():
        print(f"{name:20}{getattr(looks[0], name):10}{getattr(looks[-1], name):10}   {ratio:.4f}")
    exact = ("descriptors", "processes", "files")
    grown = [n for n, r in ratios.items() if r > (1 if n.endswith(exact) else MOST_GROWTH)]
    print(f"grown: {', '.join(grown) or 'nothing'}")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
