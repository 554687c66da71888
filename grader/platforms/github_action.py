"""The step of a workflow of GitHub Actions: summary, annotations, outputs.

https://docs.github.com/actions/reference/workflows-and-actions. The log of a step obeys lines that
begin with ``::``, so nothing goes there but annotations, whose texts are escaped.
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.errors import Fault
from grader.grading.in_process import grade
from grader.grading.secret_seeds import on_site
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.safe_text import number
from grader.model.submission import Submission, read_submission, unusable
from grader.platforms.on_site import or_fault
from grader.platforms.workflow_log import command
from grader.reporters import Page, reporter
from grader.reporters.parts.source_location import below

KEPT = ("json", "junit", "sarif", "markdown")
"""Formats that are left as files, for steps that upload them."""


def grade_in_workflow(
    library: Library, slug: str, file: Path, *, root: Path, allow_unisolated: bool = False
) -> Report:
    """Grade one file and tell the workflow.

    Args:
        library: Where the problem is.
        slug: What the problem is called.
        file: From the root of the repository on.
        root: The root of the repository.
        allow_unisolated: Grade even where something is open to the submission.

    Raises:
        GraderError: It could not be graded; the workflow has been told.
    """
    source = ""

    def make() -> Report:
        nonlocal source
        problem, submission = library.load(slug), _read(root, file)
        source = submission.text
        seed = on_site(submission.source)
        return grade(problem, submission, seed=seed, isolated=not allow_unisolated)

    report, error = or_fault(make, slug)
    page = Page(source=source, file=below(root, file))
    command(reporter("github").render(report, page))
    _append("GITHUB_STEP_SUMMARY", reporter("markdown").render(report, page))
    outputs = _outputs(report, page)
    if "RUNNER_TEMP" in os.environ:
        outputs["reports"] = _keep(report, page, Path(os.environ["RUNNER_TEMP"]))
    _append("GITHUB_OUTPUT", "".join(f"{key}={value}\n" for key, value in outputs.items()))
    if error is not None:
        raise error
    return report


def _read(root: Path, file: Path) -> Submission:
    """Read a file of the repository, which a link that leads out of it is not.

    It could lead to the reference solution, which is on this machine as well.
    """
    path = Path(os.path.realpath(root / file))  # unlike resolve(), it puts up with loops of links
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        return unusable(file.name, f"there is no file {file.as_posix()} in the repository")
    return read_submission(root / file)


def _outputs(report: Report, page: Page) -> dict[str, str]:
    """Outputs of the step, each in one line; a fault has no score."""
    result = reporter("autograding").render(report, page)
    graded = report.status != "fault"
    return {
        "score": number(report.score) if graded else "",
        "max-score": number(report.max_score) if graded else "",
        "status": report.status,
        "result": base64.b64encode(result.encode()).decode("ascii"),
    }


def _keep(report: Report, page: Page, temporary: Path) -> str:
    """Write the reports into a folder that nobody else has been in."""
    folder = temporary
    try:
        folder = Path(tempfile.mkdtemp(prefix="dense-grader-reports-", dir=temporary))
        for form in KEPT:
            made = reporter(form)
            (folder / f"report{made.SUFFIX}").write_text(made.render(report, page), "utf-8")
    except OSError as error:
        raise Fault(f"{folder}: cannot be written ({error.strerror})") from None
    return folder.as_posix()


def _append(variable: str, text: str, environment: Mapping[str, str] = os.environ) -> None:
    """Append to the file that the runner names; outside of a workflow there is none."""
    path = environment.get(variable)
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Fault(f"{path}: cannot be written ({error.strerror})") from None
