"""Where a report goes: to standard output, or into a file whose name may choose the format."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import write_text
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model.report import Report
    from grader.model.submission import Submission
    from grader.reporters import Page

ENDINGS = {
    ".csv": "csv",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".txt": "terminal",
    ".xml": "junit",
}
"""The format of a file with this ending, where no other is asked for."""


def format_of(output: Path | None, asked: str | None) -> str:
    """The format that was asked for, else the one that the output's name has.

    Raises:
        UsageError: Its ending means no format.
    """
    ending = output.suffix.lower() if output is not None else ""
    if asked is not None or not ending:
        return asked or "terminal"
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise UsageError(f"{output}: no format ends with {ending} ({known}); or name a --format")
    return ENDINGS[ending]


def show(report: Report, format_: str, output: Path | None, page: Page) -> None:
    """Write the report where it was asked for; if into a file, say the score and where it is."""
    from grader.platforms.workflow_log import command
    from grader.reporters import reporter

    if output is not None:
        from grader.reporters.terminal import render_score

        write_text(output, reporter(format_).render(report, replace(page, color=False)))
        text = f"{render_score(report, page)}wrote {output}\n"
    else:
        text = reporter(format_).render(report, page)
    write(text, command if format_ == "github" and output is None else sys.stdout.write)


def write(text: str, put: Callable[[str], object] = sys.stdout.write) -> None:
    """Write to standard output; to a reader who has gone, nothing."""
    with contextlib.suppress(BrokenPipeError):  # the exit code still tells the verdict
        put(text)
        sys.stdout.flush()


def write_scripts(report: Report, folder: Path, submission: Submission, file: Path | None) -> None:
    """Write a script for each failure that can be shown with NumPy and the file alone.

    Args:
        file: Where the submission is, if that is a file of Python.
    """
    if file is None or submission.python_name != submission.name:  # scripts load no notebook
        file = folder / submission.python_name
        write_text(file, submission.text)
    written = 0
    for result in report.checks:
        if result.reproduce is None:
            continue
        name = "".join(c if c.isalnum() else "_" for c in result.id.removeprefix("test_"))
        write_text(folder / f"{name.strip('_')}.py", result.reproduce)
        written += 1
    if written:
        click.echo(f"{written} scripts written; try: python {folder}/NAME.py {file}", err=True)
    else:
        click.echo("There is no failure to reproduce.", err=True)
