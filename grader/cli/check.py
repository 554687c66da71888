"""The command line for one submission. Parses, calls, picks a reporter, sets exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.cli.options import (
    EXIT_CODES,
    SEED,
    complete_problem_or_file,
    library_option,
)
from grader.errors import ExitCode, UsageError
from grader.reporters import FORMATS

if TYPE_CHECKING:
    from grader.cli.given import Given
    from grader.cli.history import Attempt
    from grader.model.problem import Library, Problem
    from grader.model.report import Report
    from grader.model.submission import Submission
    from grader.reporters import Page
    from grader.results.changes import CheckMoved


NEXT = 0
"""The value of --hint that means one step further than the last time."""


class _Check(click.Command):
    """A command whose option --hint may stand without a number, also before a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        following = [*args[1:], ""][: len(args)]
        pairs = zip(args, following, strict=True)
        bare = [this == "--hint" and not after.isdecimal() for this, after in pairs]
        named = [f"--hint={NEXT}" if alone else arg for arg, alone in zip(args, bare, strict=True)]
        return super().parse_args(ctx, named)


@click.command(cls=_Check, epilog=EXIT_CODES)
@click.argument(
    "words", metavar="[PROBLEM] [FILE]", nargs=-1, shell_complete=complete_problem_or_file
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="By default as OUTPUT ends (.html, .json, .md, .xml, ...), else for a terminal.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option("--seed", type=SEED, metavar="N|random", help="Draw other examples.")
@click.option("--only", metavar="GROUP", help="Check one group only, e.g. bias-gradient.")
@click.option(
    "--hints",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="2: hints about a named mistake that lead further.",
)
@click.option(
    "--hint",
    type=click.IntRange(0, 4),
    metavar="[1-4]",
    help="Hints for the first mistake, instead of the report: up to this one, or one more.",
)
@click.option(
    "--all", "whole", is_flag=True, help="Show every failure, not only what fits on a screen."
)
@click.option(
    "--reproduce",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a script for each failure that shows it with NumPy and FILE alone.",
)
@click.option(
    "--example", is_flag=True, help="Run the statement's example only: expected and yours."
)
@click.option("--watch", is_flag=True, help="Check again whenever FILE is saved; Ctrl-C leaves.")
@library_option
def check(
    words: tuple[str, ...],
    format_: str | None,
    output: Path | None,
    seed: int | Literal["random"] | None,
    only: str | None,
    hints: int,
    hint: int | None,
    whole: bool,
    reproduce: Path | None,
    example: bool,
    watch: bool,
    library: Library,
) -> int:
    """Check FILE against PROBLEM and report.

    Without PROBLEM, it is the one that FILE fits by its class, its methods or its name; without
    FILE, it is the one in this folder that 'grader start' wrote. The FILE - is standard input.

    \b
      grader check
      grader check dense.py
      grader check dense dense.py
      grader check dense dense.py --example
      grader check dense dense.py --only forward
      grader check dense dense.py --hint
      grader check dense dense.py --hints 2
      grader check dense dense.py --all
      grader check dense dense.py -o report.html
      grader check dense dense.py --reproduce failures/
      grader check dense dense.py --watch
      grader check dense dense.py --seed random
    """
    import gc

    from grader.cli import history
    from grader.cli.given import given
    from grader.cli.output import format_of, show, write_scripts
    from grader.reporters import Page

    gc.disable()  # what start-up makes is there to stay; the judge turns it on again
    asked, format_ = format_, format_of(output, format_)
    chosen = given(library, words)
    command = chosen.command
    if seed == "random":
        from grader.grading.secret_seeds import drawn

        seed = drawn()
        click.echo(f"The same examples again: {command} --seed {seed}", err=True)
    page = Page.of_stdout(command if seed is None else f"{command} --seed {seed}", hints)
    page = replace(page, whole=whole)
    if hint is not None and (output or watch or asked):
        raise UsageError("--hint is for the terminal; leave out --format, -o and --watch")
    if example:
        if hint is not None or output or reproduce or watch or only or asked:
            raise UsageError("--example runs no checks and makes no report: it goes alone")
        right = _show_example(chosen, page)
        if right is not None:
            return ExitCode.FULL_MARKS if right else ExitCode.BELOW_FULL_MARKS
    last: list[Report] = []

    def tell(submission: Submission, report: Report) -> None:
        about = _about(page, submission, chosen.file)
        if report.status == "passed":
            about = replace(about, next_problem=library.after(chosen.problem.slug))
        attempt = history.attempt(chosen.problem.slug, chosen.file, report, whole=only is None)
        if hint is not None:
            attempt = _show_hints(report, about, chosen.problem, attempt, hint)
        else:
            show(report, format_, output, about)
        if reproduce is not None:
            write_scripts(report, reproduce, submission, chosen.file)
        if report.status != "fault":
            history.remember(attempt)
        last[:] = [report]

    if watch:
        if chosen.file is None:
            raise UsageError("standard input cannot be watched; name a file")
        _watch(chosen.problem, chosen.file, tell, seed, only)
    else:
        from grader.cli.waiting import waiting
        from grader.grading.in_process import grade
        from grader.model.safe_text import inert

        with waiting(f"Checking {inert(chosen.submission.name[:30])}"):
            report = grade(chosen.problem, chosen.submission, seed=seed, only=only)
        tell(chosen.submission, report)
    return _exit_code(last[0]) if last else ExitCode.INTERRUPTED


def _show_hints(
    report: Report, page: Page, problem: Problem, attempt: Attempt, asked: int
) -> Attempt:
    """Show the hints up to a step, or where no step is named up to the next one."""
    import msgspec

    from grader.cli.output import show, write
    from grader.views.hints import hints_for, render_hints

    hints = hints_for(report, page, problem.statement)
    if hints is None:
        show(report, "terminal", None, page)
        return attempt
    step = min(asked or attempt.step + 1, len(hints.steps))
    write(render_hints(report, page, hints, step))
    return msgspec.structs.replace(attempt, step=step)


def _show_example(chosen: Given, page: Page) -> bool | None:
    """Show what the statement's example gives; None if the file has nothing to run it with."""
    from grader.sandbox.launch import start_workers

    workers = start_workers(chosen.problem.private_paths)
    try:
        from grader.cli.output import write
        from grader.judge.worked_example import run_example
        from grader.views.worked_example import render_example

        run = run_example(chosen.problem, chosen.submission, workers)
    finally:
        workers.close()
    if run is None:
        return None
    write(render_example(run, page))
    return run.right


def _about(page: Page, submission: Submission, file: Path | None) -> Page:
    from grader.reporters.parts.source_location import below_here

    name = below_here(file) if file is not None else submission.name
    return replace(page, source=submission.text, file=name)


def _exit_code(report: Report) -> ExitCode:
    if report.status == "fault":
        return ExitCode.FAULT
    return ExitCode.FULL_MARKS if report.status == "passed" else ExitCode.BELOW_FULL_MARKS


def _watch(
    problem: Problem,
    file: Path,
    tell: Callable[[Submission, Report], None],
    seed: int | None,
    only: str | None,
) -> None:
    """Tell of every version of a file, and what is new in it, until Ctrl-C."""
    from grader.cli import history
    from grader.grading.watch import watch
    from grader.results.changes import moved_checks

    def show(submission: Submission, report: Report, before: Report | None) -> None:
        if sys.stdout.isatty():
            click.clear()
        earlier = history.last(problem.slug, file)
        tell(submission, report)
        right = history.groups_right(report)
        if before is not None:
            for line in _news(before, report, moved_checks(before, report)):
                click.echo(line)
            _tell_of_groups(history.groups_right(before), right)
        elif earlier is not None and earlier.of == right[1]:
            click.echo("\nSince the last try:")
            _tell_of_groups((earlier.right, earlier.of), right)
        click.echo(f"Watching {file}; Ctrl-C leaves.", err=True)

    def gone(what: str) -> None:
        click.echo(f"{what}; waiting for it", err=True)

    try:
        watch(problem, file, show, gone=gone, seed=seed, only=only)
    except KeyboardInterrupt:
        click.echo(err=True)


def _tell_of_groups(before: tuple[int, int], after: tuple[int, int]) -> None:
    groups = [f"{right} of {of}" for right, of in (before, after)]
    change = " → ".join(groups) if before != after else f"still {groups[0]}"
    click.echo(f"  {change} groups right")


def _news(before: Report, after: Report, moved: Sequence[CheckMoved]) -> list[str]:
    """What a version changes, a line each."""
    from grader.model.safe_text import number

    score = f"{number(before.score)} → {number(after.score)}"
    lines = [
        "",
        f"Since the last version: {score}" if moved else "Since the last version: no change",
    ]
    for check in moved:
        states = f"{check.before or 'not there'} → {check.after or 'not there'}"
        lines.append(f"  {states}: {check.title}")
    return lines
