"""The worked example of a statement: its code run below a submission, and what it prints.

It is the first block of Python in a section whose title has "example", and the block of text behind
that. No check is run for it and no mark is made of it.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import msgspec

from grader.errors import UsageError
from grader.model.problem import Problem
from grader.model.submission import Submission
from grader.remote.loadable import Loadable
from grader.remote.steps import StudentError
from grader.remote.student import Student
from grader.sandbox.allowance import Allowance
from grader.sandbox.failures import WorkerFailure
from grader.sandbox.launch import Workers
from grader.sandbox.process import Limits

_PARTS = re.compile(r"^```(?P<kind>\w*)\n(?P<block>.*?)^```|^#+ (?P<heading>[^\n]*)", re.M | re.S)
_TOKEN = re.compile(r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?|[^\W\d]\w*|\S", re.I)
_BELOW = "globals().update(vars(student))\n"
"""What makes source that is run beside a submission see all that the submission defines."""


class Row(msgspec.Struct, frozen=True):
    """A line that was expected and the one that came for it; None where there is none.

    Attributes:
        right: Whether they are the same. A line that nobody expected is nothing wrong.
    """

    expected: str | None
    yours: str | None
    right: bool


class ExampleRun(msgspec.Struct, frozen=True):
    """What came of an example.

    Attributes:
        error: Why it did not come to its end, if so, in a sentence.
    """

    code: str
    rows: tuple[Row, ...]
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether it printed what it should."""
        return not self.error and all(row.right for row in self.rows)


def run_example(problem: Problem, submission: Submission, workers: Workers) -> ExampleRun | None:
    """Run the statement's example below a submission; None where there is nothing to run it with.

    Raises:
        UsageError: The statement has no example.
        Fault: The grader or the machine failed.
    """
    found = _example_in(problem.statement)
    if found is None:
        what = "no section 'Worked example' with a block of python and one of text"
        raise UsageError(f"the statement of {problem.slug} has {what}")
    code, expected = found
    if submission.problem_with_file:
        return None
    settings = problem.settings.limits
    limits = Limits(**{name: getattr(settings, name) for name in Limits.__struct_fields__})
    student = Student(workers, Loadable("submission", b""), limits)
    student.present(
        Loadable(
            "submission",
            submission.utf8,
            problem.provided_sources,
            problem.provided_names,
            problem.file_name,
        ),
        Allowance(settings.submission_seconds),
    )
    error = ""
    try:
        try:
            student.load()
        except (StudentError, WorkerFailure):
            return None
        if problem.settings.entry not in {*student.classes, *student.functions}:
            return None
        student.take_output()
        try:
            student.define(_BELOW + code)
            student.sync()
        except (StudentError, WorkerFailure) as raised:
            error = _told(raised, submission)
        printed = student.take_output()
    finally:
        student.close()
    rows = tuple(_aligned(expected.splitlines(), printed.splitlines()))
    return ExampleRun(code, rows, error)


def _told(error: StudentError | WorkerFailure, submission: Submission) -> str:
    if isinstance(error, WorkerFailure):
        return f"It {error.reason}."
    if error.line is None:
        return f"The example raised {error}."
    place = submission.place(error.line)
    where = f"cell {place[0]}, line {place[1]}," if place else f"line {error.line}"
    return f"Your {where} raised {error}."


def _example_in(statement: str) -> tuple[str, str] | None:
    """The code of the example, and what it prints."""
    wanted, code = False, ""
    for part in _PARTS.finditer(statement):
        if part["heading"] is not None:
            wanted, code = "example" in part["heading"].lower(), ""
        elif wanted and part["kind"] == "python" and not code:
            code = part["block"]
        elif wanted and code and part["kind"] == "text":
            return code, part["block"]
    return None


def _aligned(expected: list[str], yours: list[str]) -> list[Row]:
    """The lines of two outputs beside each other."""
    rows = []
    matcher = SequenceMatcher(None, [*map(_essence, expected)], [*map(_essence, yours)], False)
    for kind, first, last, start, end in matcher.get_opcodes():
        for number in range(max(last - first, end - start)):
            one = expected[first + number] if number < last - first else None
            other = yours[start + number] if number < end - start else None
            rows.append(Row(one, other, right=kind == "equal" or one is None))
    return rows


def _essence(line: str) -> tuple[str, ...]:
    """What of a line counts: numbers by six digits, and no spaces."""
    return tuple(_number(token) for token in _TOKEN.findall(line))


def _number(token: str) -> str:
    try:
        value = float(token)
    except ValueError:
        return token
    return f"{value:.6g}" if abs(value) > 1e-12 else "0"
