"""The command line for a first look: a right file, a wrong one, and what to type next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from grader.cli.options import complete_problem, library_option
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.model.problem import Library
    from grader.model.report import Report

NEXT = """\
What to type next:

  grader start {slug} my-folder
  grader check {slug} my-folder/{file}
  grader problems
"""


@click.command()
@click.argument("problem", required=False, shell_complete=complete_problem)
@library_option
def demo(problem: str | None, library: Library) -> None:
    """Grade a right and a wrong sample of PROBLEM, to show what a report is.

    Ends with 0: the second file is meant to be wrong.
    """
    from grader.grading.in_process import grade_all
    from grader.model.submission import read_submission
    from grader.reporters import Page, reporter

    candidates = map(library.load, [problem] if problem else library.slugs())
    chosen = next((one for one in candidates if one.demo_samples()), None)
    if chosen is None:
        where = problem or "this library"
        raise UsageError(f"{where} has no demo; [demo] in problem.toml names the samples for it")
    samples = list(map(read_submission, chosen.demo_samples()))
    shown = zip(("A right file:", "A wrong one:"), samples, strict=True)

    def show(report: Report) -> None:
        title, submission = next(shown)
        command = f"grader check {chosen.slug} {submission.name}"
        page = replace(Page.of_stdout(command), source=submission.text)
        click.echo(f"{click.style(title, bold=True)}\n\n$ {command}")
        click.echo(reporter("terminal").render(report, page))

    grade_all(chosen, samples, show)
    click.echo(NEXT.format(slug=chosen.slug, file=chosen.file_name), nl=False)
