"""Failures as workflow commands of GitHub Actions, which become annotations of the file.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. GitHub shows ten
errors of one step, so named mistakes come first and no more than ten lines are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model.report import Report
from grader.model.safe_text import cut, inert, number
from grader.reporters import Page
from grader.reporters.parts.reading_order import arrange, in_words
from grader.reporters.parts.source_location import file_of, line_of_check, line_of_loading
from grader.reporters.terminal import explain

SUFFIX = ".txt"
MAX_ANNOTATIONS = 10
MAX_TEXT = 3_000


def render(report: Report, page: Page) -> str:
    """Return a line for each annotation, and nothing but these lines."""
    file = file_of(report, page)
    found = [command(file, *one) for one in _annotations(report, page)]
    if len(found) > MAX_ANNOTATIONS:
        left = len(found) - MAX_ANNOTATIONS + 1
        more = command(file, None, "More failures", f"{left} more are in the job summary.")
        found = [*found[: MAX_ANNOTATIONS - 1], more]
    return "".join(f"{line}\n" for line in found)


def command(file: str, line: int | None, title: str, message: str) -> str:
    """Return one ``::error``; nothing in the texts can end it or begin another.

    Args:
        file: Path from the root of the repository.
        line: Counted from 1, or None for the file as a whole.
        title: In a few words.
        message: May have several lines.
    """
    place = {"file": file, **({"line": str(line)} if line else {}), "title": title}
    properties = ",".join(f"{key}={_property(value)}" for key, value in place.items())
    return f"::error {properties}::{_data(cut(message, MAX_TEXT))}"


def _annotations(report: Report, page: Page) -> Iterator[tuple[int | None, str, str]]:
    if not report.checks and report.status != "passed":
        title = "The file cannot be loaded" if report.status == "unloadable" else "Not graded"
        named = [in_words(diagnosis, page.hints) for diagnosis in report.diagnoses]
        yield line_of_loading(report), title, "\n\n".join([report.message, *named])
        return
    told = arrange(report)
    for mistake in told.mistakes:
        example = mistake.example
        text = in_words(mistake.diagnosis, page.hints)
        text += f"\n\n{explain(example)}" if example else ""
        line = line_of_check(example, report, page) if example else None
        yield line, f"{mistake.diagnosis.group} (−{number(mistake.lost)})", text
    for failure in told.failures:
        if failure.same_as is None:
            check = failure.check
            title = f"{check.title} ({check.group}, −{number(check.max_points)})"
            yield line_of_check(check, report, page), title, explain(check)


def _data(text: str) -> str:
    text = inert(text).rstrip().replace("##[", "## [")  # the older way to begin a command
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
