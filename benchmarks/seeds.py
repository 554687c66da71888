"""Whether any seed is as good as any other: right files keep full marks, wrong ones are found.

    python benchmarks/seeds.py                      # all problems; half an hour
    python benchmarks/seeds.py dense --seeds 200    # one problem, more thoroughly

Right files (the reference and the accepted samples) get full marks with every seed. Wrong ones lose
points in the groups that they declare, and keep the points that they declare. What a seed does
otherwise is printed; the exit code is 1 if there is anything.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.authoring.sample_headers import (
    faults_of_diagnoses,
    faults_of_reference,
    faults_of_rejected,
)
from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.sample_header import read_declaration
from grader.model.submission import read_submission

ROOT = Path(__file__).parents[1]


def seeds(count: int) -> Iterator[int]:
    """Numbers from everywhere below 2**32, the same in every run."""
    return ((7 + number * 2654435761) % 2**32 for number in range(count))


def graded(problem: Problem, paths: Iterable[Path], seed: int) -> Iterator[tuple[Path, Report]]:
    """Grade files with a seed, in one session."""
    files = list(paths)
    reports: list[Report] = []
    grade_all(problem, map(read_submission, files), reports.append, seed=seed)
    return zip(files, reports, strict=True)


def faults_of_right_files(problem: Problem, seed: int) -> Iterator[str]:
    """What keeps right files from full marks, with a seed."""
    right = [problem.reference_path, *problem.samples("accepted")]
    for path, report in graded(problem, right, seed):
        yield from (f"{path.name}: {fault}" for fault in faults_of_reference(report))


def faults_of_wrong_files(problem: Problem, seed: int, *, named: bool) -> Iterator[str]:
    """Which wrong files have another outcome than they declare, with a seed.

    Args:
        named: Whether to look at the diagnoses as well.
    """
    for path, report in graded(problem, problem.samples("rejected"), seed):
        if report.status == "passed":
            yield f"{path.name}: full marks"
        yield from (f"{path.name}: {fault}" for fault in faults_of_rejected(path, report))
        if named and read_declaration(path).diagnoses is not None:
            yield from (f"{path.name}: {fault}" for fault in faults_of_diagnoses(path, report))


def main() -> int:
    """Try the seeds, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("problems", nargs="*", help="all by default")
    parser.add_argument("--seeds", type=int, default=50, help="for right files (50)")
    parser.add_argument("--wrong", type=int, default=10, help="for wrong files (10)")
    parser.add_argument("--diagnoses", action="store_true", help="look at the diagnoses as well")
    chosen = parser.parse_args()
    library, found = Library(ROOT), 0
    for slug in chosen.problems or library.slugs():
        problem = library.load(slug)
        for number, seed in enumerate(seeds(max(chosen.seeds, chosen.wrong))):
            faults: list[str] = []
            if number < chosen.seeds:
                faults += faults_of_right_files(problem, seed)
            if number < chosen.wrong:
                faults += faults_of_wrong_files(problem, seed, named=chosen.diagnoses)
            found += len(faults)
            for fault in faults:
                print(f"{slug}, seed {seed}: {fault}", flush=True)
        print(f"{slug}: {chosen.seeds} seeds for right files, {chosen.wrong} for wrong ones")
    print(f"{found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
