"""What a table of recorded answers earns with a seed for which it was not recorded.

    python benchmarks/recorded.py               # the five problems about a dense layer
    python benchmarks/recorded.py dense-minimal

For each problem the inputs of every pass are recorded that the published seed asks for. The file
that is graded then answers as the reference does where it has the inputs, and with zeros elsewhere:
a table could do no better. With the published seed it has full marks; with any other it must have
no more than one without a table, and the points of the groups whose numbers everybody can read.
The exit code is 1 if it has.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from grader.grading.in_process import grade
from grader.model.problem import Library, Problem
from grader.model.submission import submission_from

ROOT = Path(__file__).parents[1]
PROBLEMS = ("dense", "dense-activation", "dense-caches", "dense-gradients", "dense-minimal")
PUBLISHED = ("seeded", "generator")
"""Groups about numbers of the statement and of what everybody can have recorded."""

_TABLE = """

import hashlib as _hashlib

import numpy as _np


def _parts(value):
    if isinstance(value, _np.ndarray):
        return [str((value.dtype, value.shape)).encode(), value.tobytes()]
    if isinstance(value, dict):
        return [part for name in sorted(value, key=str) for part in _parts((name, value[name]))]
    if isinstance(value, (tuple, list)):
        return [part for each in value for part in _parts(each)]
    return [repr(value).encode()] if isinstance(value, (int, float, str)) else []


def _zeros(value):
    if isinstance(value, dict):
        return {name: _zeros(each) for name, each in value.items()}
    return _np.zeros(value.shape) if isinstance(value, _np.ndarray) else value


def _looked_up(name, compute):
    def method(self, *args, **kwargs):
        parts = _parts((name, vars(self), args, kwargs))
        key = _hashlib.blake2b(b"|".join(parts), digest_size=8).hexdigest()
        if _KEYS is None:
            print("input", key)
        elif key not in _KEYS:
            named = {word: _zeros(value) for word, value in kwargs.items()}
            return _zeros(compute(self, *map(_zeros, args), **named))
        return compute(self, *args, **kwargs)

    return method


for _name in ("forward", "forward_pass", "backward", "backward_pass", "compute_gradients"):
    if _name in vars(_ENTRY):
        setattr(_ENTRY, _name, _looked_up(_name, vars(_ENTRY)[_name]))
"""


def table(problem: Problem, keys: set[str] | None) -> bytes:
    """Return a file that answers only what is in a table; without one, it records the inputs."""
    shown = "None" if keys is None else f"set({' '.join(sorted(keys))!r}.split())"
    entry = f"\n_ENTRY, _KEYS = {problem.settings.entry}, {shown}"
    return problem.reference_path.read_bytes() + entry.encode() + _TABLE.encode()


def recorded(problem: Problem) -> set[str]:
    """Return keys of all inputs of the passes that the published seed asks for."""
    report = grade(problem, submission_from("layer.py", table(problem, None)))
    printed = " ".join(check.output for check in report.checks)
    return set(re.findall(r"input ([0-9a-f]{16})", printed))


def earned(problem: Problem, keys: set[str], seed: int | None) -> dict[str, float]:
    """Return the points of each group that a table earns with a seed."""
    report = grade(problem, submission_from("layer.py", table(problem, keys)), seed=seed)
    points = dict.fromkeys((check.group for check in report.checks), 0.0)
    for check in report.checks:
        points[check.group] += check.points
    return points


def gained(problem: Problem, keys: set[str], seed: int) -> dict[str, float]:
    """Return what a table earns with a seed, and nothing else does, in groups that nobody knows."""
    bare = earned(problem, set(), seed)
    found = earned(problem, keys, seed)
    return {
        group: points - bare[group]
        for group, points in found.items()
        if points > bare[group] and group not in PUBLISHED
    }


def main() -> int:
    """Record, grade, and say what the tables earned."""
    library, won = Library(ROOT), 0
    for slug in sys.argv[1:] or PROBLEMS:
        problem = library.load(slug)
        keys = recorded(problem)
        known, bare = earned(problem, keys, None), earned(problem, set(), None)
        print(f"{slug}: {len(keys)} inputs; with the published seed {sum(known.values()):g} points")
        print(f"  without a table {sum(bare.values()):g}")
        for seed in (1, 2654435761, 4000000000):
            found = sum(earned(problem, keys, seed).values())
            more = gained(problem, keys, seed)
            won += len(more)
            print(f"  with the seed {seed}: {found:g} points, {more or 'nothing'} by the table")
    return 1 if won else 0


if __name__ == "__main__":
    sys.exit(main())
