"""Expected values, made from the reference solution by the problem's own recipe."""

from __future__ import annotations

import math
import sys
import types
from typing import Any

from grader.checks.example_replay import profile
from grader.errors import ProblemError
from grader.judge.loading import line_in, load_reference, problem_modules
from grader.model.problem import Problem

RTOL = 1e-12
"""Sums of products differ in the last bits between linear algebra libraries."""


def compute_expected(problem: Problem) -> Any:
    """Return what ``expected_values(reference)`` of ``checks.py`` gives; None without one.

    Raises:
        ProblemError: ``checks.py`` or the reference cannot be run.
    """
    path = problem.checks_path
    module = types.ModuleType(f"checks of {problem.slug}")
    module.__file__ = str(path)
    reference = load_reference(problem)
    with profile(), problem_modules(problem):
        sys.modules[module.__name__] = module  # where dataclasses look up their annotations
        try:
            exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
            recipe = getattr(module, "expected_values", None)
            return None if recipe is None else recipe(reference)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise ProblemError(path, line_in(error, path), what) from error
        finally:
            del sys.modules[module.__name__]


def same_values(computed: Any, stored: Any) -> bool:
    """Whether two JSON values are equal, numbers up to :data:`RTOL`."""
    if isinstance(computed, dict) and isinstance(stored, dict):
        return computed.keys() == stored.keys() and all(
            same_values(value, stored[key]) for key, value in computed.items()
        )
    if isinstance(computed, list) and isinstance(stored, list):
        return len(computed) == len(stored) and all(map(same_values, computed, stored))
    if isinstance(computed, float) and isinstance(stored, int | float):
        return math.isclose(computed, stored, rel_tol=RTOL, abs_tol=RTOL)
    return type(computed) is type(stored) and bool(computed == stored)
