"""How fast the grader is, as ratios of things measured side by side in one run.

    python benchmarks/run.py [--rounds N] [--quick] [--json]

In every round each thing is measured once, one after the other, so that a slow moment of the
machine meets all of them; a figure is the median over the rounds, and only ratios of such figures
are compared with targets. Everything measured is a process of its own with the same environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.model.problem import Library

HERE = Path(__file__).resolve().parent
SLUG = "dense"
WARM_RUNS = 4
"""Checks of a file in a row, of which the first, after a pause, is not counted."""
FLOOR_RUNS = 10
BETWEEN = 4
"""Wrong files between two right ones in the pass over the wrong ones."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        figure: Seconds, the median.
        against: Seconds, the median of what it is compared with; None for a plain figure.
        target: What the ratio should not exceed; None where there is no target.
    """

    name: str
    figure: float
    against: float | None = None
    target: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How often the one goes into the other."""
        return self.figure / self.against if self.against else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, if there is one."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio <= self.target


class Server:
    """A child process that answers each line on its standard input with a line of JSON."""

    def __init__(self, *arguments: object) -> None:
        self._process = subprocess.Popen(
            _python(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
        )

    def ask(self, line: object) -> Any:
        """Return the answer to a line."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):  # then there is no answer either
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"no answer: {self._process.args!r} exited with {self.close()}")
        return json.loads(answer)

    def close(self) -> int:
        """End the process; return its exit code."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        return self._process.wait()


def _python(*arguments: object) -> list[str]:
    return [sys.executable, *map(str, arguments)]


def _environment() -> dict[str, str]:
    """The caller's, without what would change pytest, compiled modules or the threads of BLAS."""
    unwanted = ("PYTEST_", "HYPOTHESIS_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    root = [str(HERE.parent), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, **dict.fromkeys(threads, "1"), "PYTHONPATH": os.pathsep.join(root)}


def timed(*arguments: object, codes: Sequence[int] = (0,)) -> float:
    """Return the seconds that a Python process takes, from its start to its end."""
    started = time.perf_counter()
    done = subprocess.run(
        _python(*arguments), env=_environment(), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in codes:
        raise RuntimeError(f"{arguments!r} exited with {done.returncode}\n{done.stderr}")
    return seconds


def modules_of_help() -> set[str]:
    """Return what ``grader --help`` imports, packages' names only."""
    command = _python("-X", "importtime", "-m", "grader", "--help")
    told = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    return {found[1] for found in re.finditer(r"\|\s+(\w+)[\w.]*$", told.stderr, re.MULTILINE)}


def first_checks(path: Path) -> float:
    """Return how long the checks of a file take in a new process that checks nothing else."""
    command = _python("-m", "grader", "check", SLUG, path, "--format", "json")
    told = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    return float(json.loads(told.stdout)["duration"])


class Bench:
    """Measures in rounds, and remembers every figure by name."""

    def __init__(self) -> None:
        problem = Library.find().load(SLUG)
        self.reference = problem.reference_path
        self.wrong = problem.samples("rejected")
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.of_wrong: defaultdict[Path, list[float]] = defaultdict(list)
        self.judge = Server(HERE / "warm.py")
        library = HERE / "library"
        self.parts = Server(HERE / "warm.py", "--problem", "parts", "--library", library)
        self.parts_file = library / "reference" / "parts.py"
        forks = hasattr(os, "fork")
        self.floor = Server(HERE / "floor.py", self.reference, "--serve") if forks else None

    def close(self) -> None:
        """End the servers."""
        for server in (self.judge, self.parts, self.floor):
            if server is not None:
                server.close()

    def add(self, name: str, *seconds: float) -> None:
        """Remember figures."""
        self.seconds[name] += seconds

    def median(self, name: str) -> float:
        """Return the median of what has been remembered."""
        return statistics.median(self.seconds[name])

    def round(self, number: int) -> None:
        """Measure everything once."""
        runs = [self.judge.ask(self.reference) for _ in range(WARM_RUNS)][1:]
        if any(run["status"] != "passed" for run in runs):
            raise RuntimeError("the reference has not passed")
        self.add("warm", *(run["checking"] for run in runs))
        self.add("warm total", *(run["total"] for run in runs))
        self.add("plain", timed(HERE / "plain.py", self.reference))
        if self.floor:
            self.add("floor", *self.floor.ask(FLOOR_RUNS))
        self.add("cold", timed("-m", "grader", "check", SLUG, self.reference))
        self.add("first", first_checks(self.reference))
        self.add("imports", timed("-c", "import numpy, hypothesis, pytest, click"))
        self.add("help", timed("-m", "grader", "--help"))
        self.add("pass", timed("-c", "pass"))
        self._parts()
        wrong = self.wrong[number * 7 % len(self.wrong)]
        runs = [self.judge.ask(wrong) for _ in range(WARM_RUNS)][1:]
        self.add("some wrong", *(run["total"] for run in runs))
        for name, options in (("plain wrong", []), ("plain wrong, no explain", ["--no-explain"])):
            self.add(name, timed(HERE / "plain.py", wrong, *options, codes=(1,)))

    def _parts(self) -> None:
        told = self.parts.ask(self.parts_file)
        self.add("item", *(t for name, t in told["checks"].items() if "nothing" in name))
        for note in told["notes"]:
            name, _, seconds = note.partition(" ")
            self.add(name, float(seconds))

    def wrong_ones(self) -> None:
        """Measure every wrong file, with right ones in between."""
        self.judge.ask(self.reference)
        for number, path in enumerate(self.wrong):
            if number % BETWEEN == 0:
                self.add("right among wrong", self.judge.ask(self.reference)["total"])
            self.of_wrong[path].append(self.judge.ask(path)["total"])

    def table(self) -> list[Row]:
        """Return the rows."""
        of_wrong = {path: statistics.median(times) for path, times in self.of_wrong.items()}
        worst = max(of_wrong, key=lambda path: of_wrong[path])
        median = self.median
        right = median("right among wrong")
        plain_wrong = median("plain wrong")
        unexplained = median("plain wrong, no explain")
        numpy = "numpy" in modules_of_help()
        rows = [
            Row("a  warm check : plain pytest", median("warm"), median("plain"), 0.15),
            Row("a' the same, with its report", median("warm total"), median("plain"), 0.15),
            Row("b  wrong files, warm : plain", median("some wrong"), plain_wrong, 0.15),
            Row("b' plain, wrong : without explain", plain_wrong, unexplained),
            Row("c  median wrong file : right", statistics.median(of_wrong.values()), right, 2.0),
            Row("c' worst wrong file : right", of_wrong[worst], right, 2.0, worst.name),
            Row(
                "d  cold, but for its checks : imports",
                median("cold") - median("first"),
                median("imports"),
                1.5,
            ),
            Row(
                "d' cold, but for a warm check : imports",
                median("cold") - median("warm"),
                median("imports"),
            ),
            Row(
                "e  --help : python -c pass",
                median("help"),
                median("pass"),
                note="imports numpy: target missed" if numpy else "no numpy: target met",
            ),
        ]
        if self.floor:
            rows.append(Row("f  warm check : floor", median("warm"), median("floor"), 4.0))
        shown = {
            "round_trip": "g  a call and its answer",
            "spawn_and_load": "g  a worker, loaded",
            "item": "g  a pytest item, no body",
        }
        rows += [Row(name, median(key), median("warm")) for key, name in shown.items()]
        return rows


def print_table(rows: Sequence[Row]) -> None:
    """Print the rows for people."""
    words = {True: "met", False: "MISSED", None: ""}
    print(f"{'':40}{'ms':>9}{'against':>9}{'ratio':>9}{'target':>8}")
    for row in rows:
        against = f"{1000 * row.against:.1f}" if row.against else ""
        ratio = f"{row.ratio:.3g}" if row.ratio is not None else ""
        target = f"{row.target:g}" if row.target is not None else ""
        line = f"{row.name:40}{1000 * row.figure:9.2f}{against:>9}{ratio:>9}{target:>8}"
        print(f"{line}  {words[row.met]:6} {row.note}".rstrip())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the grader against what it replaces.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="three rounds; wrong files once")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds, passes = (3, 1) if options.quick else (options.rounds, 3)
    bench = Bench()
    try:
        bench.round(0)  # fills caches, compiles; not counted
        bench.seconds.clear()
        for number in range(rounds):
            bench.round(number)
            if number * passes // rounds > (number - 1) * passes // rounds:
                bench.wrong_ones()
        rows = bench.table()
    finally:
        bench.close()
    if options.json:
        told = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
        print(json.dumps({"rounds": rounds, "rows": told}, indent=2))
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
