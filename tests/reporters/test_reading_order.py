"""Which failed check is shown below a named mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from grader.model.evidence import Evidence
from grader.model.report import CheckResult, Diagnosis, Report
from grader.reporters.parts.reading_order import arrange


def failed(name: str, group: str, **evidence: Unpack[Evidence]) -> CheckResult:
    """A check that failed, with what it is about."""
    return CheckResult(name, name, group, 0.0, 1.0, "failed", f"{name} failed", evidence)


def shown(checks: Sequence[CheckResult], *titles: str) -> list[str | None]:
    """The names of the checks that stand below mistakes of the group ``make``."""
    diagnoses = tuple(
        Diagnosis(f"id{number}", "make", title, "h", 1.0) for number, title in enumerate(titles)
    )
    report = Report("p", "", "p.py", "", "failed", 0.0, 2.0, tuple(checks), diagnoses=diagnoses)
    return [mistake.example.id if mistake.example else None for mistake in arrange(report).mistakes]


BIAS = failed("bias", "make", what="cell.b")
WEIGHTS = failed("weights", "make", what="cell.w after start")
RAISED = failed(
    "raised", "make", kind="raised", traceback=[{"line": 7, "function": "start", "source": ""}]
)
ELSEWHERE = failed("elsewhere", "draw", what="cell.w")


def test_a_check_about_the_same_attribute_is_shown() -> None:
    """Whatever stands first in the group."""
    titles = ("w is drawn from [0, 1).", "b starts as ones.")
    assert shown([BIAS, WEIGHTS], *titles) == ["weights", "bias"]


def test_a_check_that_raised_in_the_line_is_shown() -> None:
    """Where the title names the line."""
    titles = ("size is None in line 7.", "w is made too early.")
    assert shown([WEIGHTS, RAISED], *titles) == ["raised", "weights"]


def test_nothing_is_better_than_a_check_about_something_else() -> None:
    """Unless a group in which nothing is named has one about the same."""
    assert shown([BIAS], "w is drawn from [0, 1).", "b starts as ones.") == [None, "bias"]
    assert shown([BIAS, ELSEWHERE], "w is drawn from [0, 1).", "b starts as ones.") == [
        *("elsewhere", "bias"),
    ]


def test_a_title_about_no_attribute_takes_the_first() -> None:
    """As when neither says what it is about."""
    assert shown([failed("any", "make")], "The output is transposed.") == ["any"]
    assert shown([RAISED], "The output is transposed.") == ["raised"]
