"""The trusted side. What a problem's ``checks.py`` uses is importable from here."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from grader.checks.closeness import closeness, is_close
from grader.checks.expect import (
    CheckFailed,
    expect,
    expect_array,
    expect_close,
    expect_names,
    expect_type,
    fail,
)
from grader.checks.memo import each_alone
from grader.checks.misconceptions import aspect
from grader.checks.observation import Seen
from grader.checks.side_effects import (
    expect_arguments_left_alone,
    expect_later_as_before,
    expect_nothing_drawn,
    expect_nothing_left,
    expect_unchanged,
    expect_untouched_numpy,
)
from grader.remote.exposures import Exposure
from grader.remote.steps import StudentError
from grader.remote.student import Student
from grader.sandbox.codec import Opaque
from grader.sandbox.failures import WorkerFailure

if TYPE_CHECKING:
    from grader.checks.scenarios import (
        Case,
        booleans,
        floats,
        gradient,
        integers,
        one_of,
        scenario,
        sizes,
        vary,
    )

__all__ = [
    "Case",
    "CheckFailed",
    "Exposure",
    "Opaque",
    "Seen",
    "Student",
    "StudentError",
    "WorkerFailure",
    "aspect",
    "booleans",
    "check",
    "closeness",
    "each_alone",
    "expect",
    "expect_arguments_left_alone",
    "expect_array",
    "expect_close",
    "expect_later_as_before",
    "expect_names",
    "expect_nothing_drawn",
    "expect_nothing_left",
    "expect_type",
    "expect_unchanged",
    "expect_untouched_numpy",
    "fail",
    "floats",
    "gradient",
    "integers",
    "is_close",
    "one_of",
    "scenario",
    "sizes",
    "vary",
]


_OF_SCENARIOS = frozenset(
    "Case booleans floats gradient integers one_of scenario sizes vary".split()
)


def __getattr__(name: str) -> Any:
    """What scenarios need, imported where a problem has some."""
    if name in _OF_SCENARIOS:
        return getattr(importlib.import_module("grader.checks.scenarios"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check(group: str, title: str, *, weight: float = 1.0, variant_of: str = "") -> Any:
    """Mark a test function as a check.

    Args:
        group: One of the problem's groups; the group's points are shared out by weight.
        title: What is checked, in plain words, as the report shows it.
        weight: This check's share, relative to the others of its group; for a parametrized
            function each case has it.
        variant_of: Name of a check that looks at the same under ordinary circumstances. If both
            fail, the report shows that one's example for both.
    """
    return pytest.mark.check(group=group, title=title, weight=weight, variant_of=variant_of)
