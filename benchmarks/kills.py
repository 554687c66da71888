"""Whether a run that is killed at random moments ends as one that is left alone.

    python benchmarks/kills.py [--kills N] [--count N] [--seed N]

Grades a made class once in peace, and once with SIGKILL to the coordinator at random moments, then
compares the gradebooks byte for byte, and every report, durations aside. Exits with 1 if they
differ, or if a process of a killed run is left.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.copies import write_class
from grader.authoring.reproducibility import timeless
from grader.model.problem import Library
from grader.model.report_json import as_data
from grader.results.store import Store

HERE = Path(__file__).resolve().parent


def start(folder: Path, out: str) -> subprocess.Popen[bytes]:
    """Begin or go on to grade the class."""
    arguments = ["grade", "dense", "class", "-o", out, "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])},
        stdout=subprocess.DEVNULL,
    )


def descendants(pid: int) -> list[int]:
    """Processes below ``pid``."""
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    except FileNotFoundError:
        pass  # it has just ended
    return found


def has_ended(pid: int) -> bool:
    """Wait a while for a process that is not a child to end."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 30)[0])
    finally:
        os.close(descriptor)


def reports(out: Path) -> dict[str, dict[str, Any]]:
    """All reports, durations aside."""
    found = {}
    with Store(out) as store:
        round_ = store.last_round()
        assert round_ is not None
        for row in store.rows(round_):
            assert row.result is not None
            found[row.student] = timeless(as_data(store.report(row.result)))
    return found


def main() -> int:
    """Grade, kill, compare."""
    parser = argparse.ArgumentParser(description="Kill a run at random moments.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dice, left, killed = random.Random(options.seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_class(folder / "class", Library.find().load("dense"), options.count, 1 / 3)
        peace = start(folder, "peace")
        if peace.wait() != 0:
            return 1
        while killed < options.kills:
            run = start(folder, "killed")
            try:
                run.wait(dice.uniform(0.3, 4.0))
            except subprocess.TimeoutExpired:
                below = descendants(run.pid)
                run.send_signal(signal.SIGKILL)
                run.wait()
                killed += 1
                left += sum(not has_ended(pid) for pid in below)
            else:
                print(f"complete after {killed} kills; use more submissions", file=sys.stderr)
                return 1
        if start(folder, "killed").wait() != 0:
            return 1
        books = [(folder / out / "gradebook.csv").read_bytes() for out in ("peace", "killed")]
        same = books[0] == books[1] and reports(folder / "peace") == reports(folder / "killed")
    verdict = "the same gradebook and reports" if same else "DIFFERENT gradebooks or reports"
    print(f"{killed} kills, {options.count} submissions: {verdict}; {left} processes left behind")
    return 0 if same and not left else 1


if __name__ == "__main__":
    sys.exit(main())
