"""What grading on a Dask cluster costs, against the judges of one machine, in one run.

    python benchmarks/cluster.py [--rounds N] [--size N]

In every round a class of distinct submissions is graded by ``grader grade`` with one judge, with
two, and on a cluster of two Dask workers of this machine with a thread each, one after the other,
each from its start to its end. Needs two processors. Also told is what the coordinator and Dask's
scheduler have used of a processor for each submission, which is what limits larger clusters.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.copies import write_class
from grader.problem import Library

ROOT = Path(__file__).resolve().parents[1]


def grade(folder: Path, *options: str) -> tuple[float, float]:
    """Grade a class; return the seconds that it took, and those of a processor that it used."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "grader", "grade", "dense", str(folder / "class")]
    subprocess.run(
        [*command, "-o", str(folder / "out"), "--quiet", *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    from distributed import LocalCluster

    parser = argparse.ArgumentParser(description="Measure grading on a cluster.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=200, help="submissions in a class")
    options = parser.parse_args()
    problem = Library.find().load("dense")
    took: defaultdict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=name
        ) as cluster,
    ):
        ways = {
            "one judge": ("-j", "1"),
            "two judges": ("-j", "2"),
            "two Dask workers": ("--cluster", cluster.scheduler_address),
        }
        for number in range(options.rounds):
            for place, (way, arguments) in enumerate(ways.items()):
                folder = Path(name, f"{number}-{place}")
                write_class(folder / "class", problem, options.size, 1 / 3, seed=3 * number + place)
                own = time.process_time()
                seconds, used = grade(folder, *arguments)
                took[way].append(seconds / options.size)
                if "--cluster" in arguments:
                    took["coordinator"].append(used / options.size)
                    took["scheduler"].append((time.process_time() - own) / options.size)
    means = {way: statistics.fmean(values) for way, values in took.items()}
    print(f"{'':20}{'ms each':>10}{'a second':>10}")
    for way in ways:
        print(f"{way:20}{1000 * means[way]:10.1f}{1 / means[way]:10.1f}")
    for process in ("coordinator", "scheduler"):
        print(f"{process:20}{1000 * means[process]:10.2f}   of a processor")
    print(f"two judges : one judge        {means['one judge'] / means['two judges']:.2f}")
    print(f"Dask workers : two judges     {means['two judges'] / means['two Dask workers']:.2f}")


if __name__ == "__main__":
    main()
