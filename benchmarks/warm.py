"""A warm judge that is asked from outside: it grades a file for each line of standard input.

    python benchmarks/warm.py [--problem SLUG] [--library DIR]

Each line is a path; the answer is one line of JSON: ``checking``, the report's own duration;
``total``, with reading the file and making the report; ``status``; ``notes``; and ``checks``,
the duration of each. All in seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import Submission, read_submission


class Clock:
    """Takes submissions from standard input and answers with how long they took."""

    def __init__(self) -> None:
        self.started = 0.0

    def submissions(self) -> Iterator[Submission]:
        """Yield a submission for each line."""
        for line in sys.stdin:
            self.started = time.perf_counter()
            yield read_submission(Path(line.rstrip("\n")))

    def answer(self, report: Report) -> None:
        """Write down what a submission took."""
        times = {
            "checking": report.duration,
            "total": time.perf_counter() - self.started,
            "status": report.status,
            "notes": report.notes,
            "checks": {check.id: check.duration for check in report.checks},
        }
        print(json.dumps(times), flush=True)


def main() -> None:
    """Grade until standard input ends."""
    parser = argparse.ArgumentParser(description="Grade files named on standard input; time it.")
    parser.add_argument("--problem", default="dense")
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    clock = Clock()
    problem = Library.find(options.library).load(options.problem)
    grade_all(problem, clock.submissions(), clock.answer)


if __name__ == "__main__":
    main()
