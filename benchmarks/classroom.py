"""How fast a class is graded, as ratios of things measured side by side in one run.

    python benchmarks/classroom.py [--rounds N] [--size N] [--json]

Makes a class of distinct submissions (:mod:`copies`) for every round, and measures one thing after
the other, all but the rows with two cores on one processor: ``grader grade``, isolated, from its
start to its end; the same checks by plain pytest in a fresh process per submission; by
gradescope-utils and by check50, where they are installed (extra ``bench``); and the floor, the raw
calls in a fork. Only the first is isolated. A figure is the median over the rounds, in seconds per
submission.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.copies import write_class
from grader.model.problem import Library

HERE = Path(__file__).resolve().parent
SLUG = "dense"
FRESH = 4
"""Submissions that are graded in a fresh process each, per round and framework."""
FLOOR_RUNS = 20


@dataclass(frozen=True)
class Row:
    """How many times as fast one thing is as another, and how fast it should be."""

    name: str
    seconds: float
    against: float
    target: float | None = None
    at_most: bool = False

    @property
    def ratio(self) -> float:
        """``against`` over ``seconds``; the other way round for a target that is a most."""
        return self.seconds / self.against if self.at_most else self.against / self.seconds

    @property
    def met(self) -> bool | None:
        """Whether the target is met, if there is one."""
        if self.target is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


@contextlib.contextmanager
def processors(count: int) -> Iterator[None]:
    """Keep to so many processors what is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def seconds_of(*arguments: object, codes: Sequence[int] = (0,)) -> float:
    """Return how long a Python process takes."""
    kept = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}
    started = time.perf_counter()
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"{command} exited with {done.returncode}\n{done.stderr}")
    return time.perf_counter() - started


class Bench:
    """Measures in rounds, and remembers every figure by name."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.problem = Library.find().load(SLUG)
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        others = {"gradescope": "gradescope_utils", "check50": "check50"}
        self.others = [name for name, module in others.items() if importlib.util.find_spec(module)]
        self.cores = len(os.sched_getaffinity(0))

    def round(self, number: int) -> None:
        """Measure everything once."""
        for kind, right in (("right", 1.0), ("wrong", 0.0), ("mixed", 1 / 3)):
            place = self.folder / f"{kind}{number}"
            paths = write_class(place / "class", self.problem, self.size, right, seed=number)
            with processors(1):
                took = self.grade(place, 1)
                self.note(f"{kind} 1", took / self.size)
                if kind == "mixed":
                    self.note("again", self.grade(place, 1) / took)
                if kind != "wrong":
                    self.fresh(kind, paths[:: max(1, self.size // FRESH)])
            if kind == "mixed" and self.cores > 1:
                twice = self.folder / f"both{number}"
                write_class(twice / "class", self.problem, 2 * self.size, right, seed=-1 - number)
                self.note("mixed 2", self.grade(twice, 2) / (2 * self.size))
        with processors(1):
            self.floor()

    def grade(self, place: Path, jobs: int) -> float:
        """Grade a class with the command line."""
        options = ["-o", place / "out", "-j", jobs, "--quiet"]
        return seconds_of("-m", "grader", "grade", SLUG, place / "class", *options)

    def fresh(self, kind: str, paths: Sequence[Path]) -> None:
        """Grade some of a class in a process each; a right one has to pass."""
        codes = (0,) if kind == "right" else (0, 1)
        for path in paths:
            self.note(f"{kind} plain", seconds_of(HERE / "plain.py", path, codes=codes))
            if kind == "mixed":
                took = seconds_of(HERE / "plain.py", path, "--no-explain", codes=(0, 1))
                self.note("mixed no explain", took)
                for other in self.others:
                    took = seconds_of(HERE / "others.py", other, path, codes=(0, 1))
                    self.note(f"mixed {other}", took)

    def floor(self) -> None:
        """Make the raw calls of the reference, each time in a fork."""
        command = [HERE / "floor.py", self.problem.reference_path, "--serve"]
        process = subprocess.run(
            [sys.executable, *map(str, command)],
            input=f"{FLOOR_RUNS}\n",
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])},
        )
        self.note("floor", statistics.median(json.loads(process.stdout)))

    def note(self, name: str, seconds: float) -> None:
        """Remember a figure."""
        self.seconds[name].append(seconds)

    def mean(self, name: str) -> float:
        """Return a figure per submission: of fresh processes the mean, as a class takes the sum."""
        return statistics.fmean(self.seconds[name])

    def table(self) -> list[Row]:
        """Return the rows."""
        right, mixed = self.mean("right 1"), self.mean("mixed 1")
        rows = [
            Row("right: this : plain pytest", right, self.mean("right plain"), 8),
            Row("mixed: this : plain pytest", mixed, self.mean("mixed plain"), 15),
            Row("mixed: this : without explain", mixed, self.mean("mixed no explain"), 8),
        ]
        targets = {"gradescope": 12.0}
        for other in self.others:
            figure = self.mean(f"mixed {other}")
            rows.append(Row(f"mixed: this : {other}", mixed, figure, targets.get(other)))
        rows += [
            Row("right: this : floor", right, self.mean("floor"), 4, at_most=True),
            Row("wrong : right", self.mean("wrong 1"), right, 2, at_most=True),
        ]
        if self.cores > 1:
            rows.append(Row("mixed: two cores : one", self.mean("mixed 2"), mixed, 1.8))
        rows.append(Row("a second run : the first", self.mean("again"), 1.0, 0.02, at_most=True))
        return rows


def print_table(rows: Sequence[Row]) -> None:
    """Print the rows for people."""
    words = {True: "met", False: "MISSED", None: ""}
    print(f"{'seconds per submission':36}{'this':>9}{'against':>9}{'ratio':>9}{'target':>9}")
    for row in rows:
        target = "" if row.target is None else f"{'≤' if row.at_most else '≥'} {row.target:g}"
        line = f"{row.name:36}{row.seconds:9.4f}{row.against:9.4f}{row.ratio:9.3g}{target:>9}"
        print(f"{line}  {words[row.met]}".rstrip())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the grading of a class.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=60, help="submissions in a class")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.size)
        for number in range(options.rounds):
            bench.round(number)
        rows = bench.table()
    if options.json:
        told: list[dict[str, Any]] = [
            {**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows
        ]
        print(json.dumps({"rounds": options.rounds, "size": options.size, "rows": told}, indent=2))
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
