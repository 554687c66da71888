"""One submission graded again where nothing that matters is different."""

from __future__ import annotations

import json
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from grader.authoring.sample_headers import named
from grader.errors import Fault
from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.report_json import as_data
from grader.model.submission import Submission
from grader.sandbox import python_command

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

SURROUNDINGS: dict[str, dict[str, str]] = {
    "PYTHONHASHSEED=1": {"PYTHONHASHSEED": "1"},
    "PYTHONHASHSEED=4711 and four threads": {
        "PYTHONHASHSEED": "4711",
        **dict.fromkeys(_THREADS, "4"),
    },
}
"""Names of surroundings, and what they set in the environment; judges have one thread else."""


def _shuffled(items: list[Any]) -> list[Any]:
    return random.Random(0).sample(items, len(items))  # noqa: S311  not for secrets


_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")

Order = Callable[[list[Any]], Iterable[Any]]

ORDERS: dict[str, Order] = {
    "checks from last to first": reversed,
    "checks shuffled": _shuffled,
}
"""Names of orders of the checks."""


def timeless(data: dict[str, Any]) -> dict[str, Any]:
    """A report as plain data, without what may differ between two runs: how long they took."""
    checks = [{**check, "duration": 0} for check in data["checks"]]
    return {**data, "checks": checks, "duration": 0}


def verdict(report: Report) -> Any:
    """What a report comes to, without the steps that led there.

    When the checks change places, what one has already found out for another is found out by the
    other; so the same object may be called ``layer2``, and what is printed appears elsewhere. A
    submission with a random generator of its own has other numbers then, and no other mistakes.
    """
    checks = [(c.id, c.status, _NUMBER.sub("#", c.message)) for c in report.checks]
    return (report.status, report.score, report.message, report.notes, checks, named(report))


def report_in(problem: Problem, submission: Submission, environment: dict[str, str]) -> Any:
    """The report as ``grader check`` writes it in a process with another environment, as data.

    Raises:
        Fault: It writes none.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        path = Path(folder) / submission.name
        path.write_bytes(submission.source)
        library = ["--library", str(problem.library)]
        ran = subprocess.run(
            python_command.command(
                "from grader.cli.main import main; main()",
                *("check", problem.slug, str(path), "--format", "json", *library),
                flags=python_command.SEEDED,
            ),
            env={**python_command.plain_environment(), **environment},
            cwd=python_command.NEUTRAL_FOLDER,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    try:
        return json.loads(ran.stdout)
    except json.JSONDecodeError:
        raise Fault(f"grader check wrote no report with {environment}: {ran.stderr}") from None


def reports_in_order(
    problem: Problem, submissions: Sequence[Submission], order: Order
) -> list[Report]:
    """The reports of submissions with the checks in another order, e.g. one of :data:`ORDERS`."""
    reports: list[Report] = []
    grade_all(problem, submissions, reports.append, order=order)
    return reports


def same(report: Report, data: Any) -> bool:
    """Whether a report is, durations aside, the one that was written elsewhere."""
    ours = json.loads(json.dumps(as_data(report)))
    return bool(timeless(ours) == timeless(data))
