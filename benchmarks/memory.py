"""Whether memory stays flat, however many submissions are graded.

    python benchmarks/memory.py [--count N] [--jobs N]

Grades distinct submissions that are made while they are asked for, and prints the resident memory
of the coordinator and of its largest judge at every tenth part. Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.copies import copies
from grader.grading.pool import grade_stream
from grader.model.problem import Library, Problem
from grader.model.submission import Submission, submission_from


def resident(pid: int) -> float:
    """Resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def submissions(problem: Problem, count: int) -> Iterator[tuple[int, Submission]]:
    """Yield distinct submissions, a third of them right."""
    for number, (_, source) in enumerate(itertools.islice(copies(problem, 1 / 3), count)):
        yield number, submission_from("dense.py", source)


def main() -> None:
    """Grade and watch."""
    parser = argparse.ArgumentParser(description="Watch memory while a large class is graded.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    problem = Library.find().load("dense")
    stream = grade_stream(problem, submissions(problem, options.count), jobs=options.jobs)
    started = time.perf_counter()
    print(f"{'graded':>8}{'coordinator MiB':>18}{'judge MiB':>12}{'per second':>12}")
    for done, (_, report) in enumerate(stream, 1):
        if report.status == "fault":
            raise RuntimeError(report.message)
        if done % max(1, options.count // 10) == 0:
            own = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            judge = max(resident(int(pid)) for pid in own)
            rate = done / (time.perf_counter() - started)
            print(f"{done:8}{resident(os.getpid()):18.1f}{judge:12.1f}{rate:12.1f}", flush=True)


if __name__ == "__main__":
    main()
