"""Problems, by name or by folder."""

from __future__ import annotations

import os
from pathlib import Path

from grader.errors import UsageError
from grader.model.problem import Library, Problem

__all__ = ["Problem", "load_problem"]


def load_problem(problem: str | os.PathLike[str]) -> Problem:
    """Return a problem.

    Args:
        problem: The name of a problem that comes with the grader, such as ``"dense"``, or the
            folder of another one, such as ``"my-library/problems/leaky-relu"``.

    Raises:
        UsageError: There is no such problem.
        ProblemError: It is broken.
    """
    name = os.fspath(problem)
    if isinstance(problem, str) and not {"/", os.sep} & set(name):
        return Library.find().load(name)
    folder = Path(name).resolve()
    if not folder.is_dir():
        raise UsageError(f"{name}: no such folder")
    if folder.parent.name != "problems":
        raise UsageError(f"{name}: not the folder of a problem, which is LIBRARY/problems/NAME")
    return Library.find(folder.parents[1]).load(folder.name)
