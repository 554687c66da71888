"""What grading on a Dask cluster costs, against the judges of one machine, in one run.

    python benchmarks/cluster.py [--rounds N] [--size N] [--carried N]

In every round a class of distinct submissions is graded by ``grader grade`` with one judge, with
two, and on a cluster of two Dask workers of this machine with a thread each, one after the other,
each from its start to its end. Needs two processors. Then so many submissions are *carried*: to
workers that answer at once with a report that they have, and back into a store. How fast that goes
is the limit of a cluster, however large; coordinator and scheduler share a processor for it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from distributed import LocalCluster

from benchmarks.copies import write_class
from grader.grading import cluster, in_process
from grader.grading.cluster import worker_plugin
from grader.grading.cluster.worker_plugin import Bench
from grader.model.problem import Library, Problem
from grader.model.report_json import as_data
from grader.model.submission import Submission, read_submission
from grader.results.store import Store

ROOT = Path(__file__).resolve().parents[1]


def grade(folder: Path, *options: str) -> float:
    """Grade a class; return the seconds that it took."""
    command = [sys.executable, "-m", "grader", "grade", "dense", str(folder / "class")]
    started = time.perf_counter()
    subprocess.run(
        [*command, "-o", str(folder / "out"), "--quiet", *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def print_rates(problem: Problem, address: str, folder: Path, rounds: int, size: int) -> None:
    """Grade classes of distinct submissions, and compare."""
    ways = {
        "one judge": ("-j", "1"),
        "two judges": ("-j", "2"),
        "two Dask workers": ("--cluster", address),
    }
    took: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        for place, (way, options) in enumerate(ways.items()):
            graded = folder / f"{number}-{place}"
            write_class(graded / "class", problem, size, 1 / 3, seed=3 * number + place)
            took[way].append(grade(graded, *options) / size)
    means = {way: statistics.fmean(took[way]) for way in ways}
    print(f"{'':20}{'ms each':>10}{'a second':>10}")
    for way, mean in means.items():
        print(f"{way:20}{1000 * mean:10.1f}{1 / mean:10.1f}")
    print(f"two judges : one judge        {means['one judge'] / means['two judges']:.2f}")
    print(f"Dask workers : two judges     {means['two judges'] / means['two Dask workers']:.2f}")


def print_carried(problem: Problem, address: str, folder: Path, count: int) -> None:
    """Do everything but grade."""
    sample = read_submission(problem.samples("rejected")[0])
    report = in_process.grade(problem, sample)
    text = json.dumps(as_data(report))

    class Parrot(Bench):
        """Answers with the same report for every submission."""

        def grade(self, batch: bytes) -> bytes:
            return f'{{"reports": [{", ".join([text] * len(json.loads(batch)))}]}}'.encode()

    items = ((str(number), Submission("dense.py", b"%d" % number)) for number in range(count))
    with mock.patch.object(worker_plugin, "Bench", Parrot), Store(folder, create=True) as store:
        round_ = store.begin(problem.slug, problem.digest, 0, "", regrade=False)
        started, used = time.perf_counter(), time.process_time()
        for key, found in cluster.grade_stream(problem, items, address=address):
            store.add(round_, str(key), sample.source, found)
        took, used = time.perf_counter() - started, time.process_time() - used
    print(
        f"carried without grading       {count / took:.0f} a second, {len(text) / 1000:.1f} kB each"
    )
    print(f"of a processor for each       {1000 * used / count:.2f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure grading on a cluster.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=200, help="submissions in a class")
    parser.add_argument("--carried", type=int, default=10_000)
    options = parser.parse_args()
    problem = Library.find().load("dense")
    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=name
        ) as started,
    ):
        folder, address = Path(name), started.scheduler_address
        if options.rounds:
            print_rates(problem, address, folder, options.rounds, options.size)
        print_carried(problem, address, folder / "carried", options.carried)


if __name__ == "__main__":
    main()
