"""Whether the baseline is a fair one: plain pytest and the grader must fail the same checks.

    python benchmarks/agree.py [--problem SLUG] [--every N]

Goes through the problem's samples, accepted and rejected, or every Nth of them. Exits with 1 if
they differ on any.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import read_submission

PLAIN = Path(__file__).with_name("plain.py")
_SUMMARY_LINE = re.compile(r"(?:FAILED|ERROR) .*?::(.+?)(?: - .*)?")


def failed_in_plain_pytest(path: Path, slug: str) -> set[str]:
    """Return the names of the checks that the baseline fails, from pytest's summary."""
    command = [sys.executable, str(PLAIN), str(path), "--problem", slug]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{path.name}: pytest exited with {done.returncode}\n{done.stdout}")
    _, _, summary = done.stdout.rpartition("short test summary info")
    found = [_SUMMARY_LINE.fullmatch(line) for line in summary.splitlines()]
    names = {match[1] for match in found if match}
    if bool(names) is not bool(done.returncode):
        raise RuntimeError(f"{path.name}: cannot read pytest's summary\n{done.stdout}")
    return names


def main() -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(description="Compare the baseline's verdicts with ours.")
    parser.add_argument("--problem", default="dense")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    options = parser.parse_args()
    problem = Library.find().load(options.problem)
    paths = [*problem.samples("accepted"), *problem.samples("rejected")][:: options.every]
    reports: list[Report] = []
    grade_all(problem, map(read_submission, paths), reports.append)
    differing = 0
    for path, report in zip(paths, reports, strict=True):
        ours = {check.id for check in report.checks if check.status != "passed"}
        theirs = failed_in_plain_pytest(path, options.problem)
        if ours != theirs and report.status != "unloadable":
            differing += 1
            print(
                f"{path.name}: only the grader fails {sorted(ours - theirs) or 'none'}, "
                f"only plain pytest {sorted(theirs - ours) or 'none'}"
            )
    print(f"{len(paths)} files compared, {differing} judged differently")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
