"""The command line for authors of problems. Parses, calls, prints, sets the exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import complete_problem, library_option
from grader.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from grader.model.problem import Library

EXIT_CODES = """\b
Exit codes:
  0  sound                 3  not sound; what to do is said
  2  wrong usage           4  the grader or the machine failed"""


@click.command(epilog=EXIT_CODES)
@click.argument("problem", required=False, shell_complete=complete_problem)
@click.option(
    "--matrix",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write a page that shows which check finds which mistake.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Judges side by side (one per core).")
@click.option(
    "--write-expected",
    is_flag=True,
    help="First write expected.json anew from the reference solution.",
)
@click.option(
    "--write-points",
    is_flag=True,
    help="Write the points into the header of each sample that fails where it says.",
)
@click.option(
    "--thorough",
    is_flag=True,
    help="Try all distortions of the reference, which takes minutes, and not a selection.",
)
@click.option(
    "--show-distortion",
    metavar="ID",
    help="Print a distorted reference, and verify nothing.",
)
@library_option
def verify(
    problem: str | None,
    matrix: Path | None,
    jobs: int | None,
    write_expected: bool,
    write_points: bool,
    thorough: bool,
    show_distortion: str | None,
    library: Library,
) -> int:
    """Prove that a problem package is sound (all of them by default).

    The reference gets full marks, and the same report with other hash seeds, threads and orders
    of the checks; the starter gets few. Every sample submission gets what its header declares.
    Every mutant of the reference is found by a check or listed as right in vouched.toml, and
    every check finds something that no other of its group does. References that are wrong only
    under a condition (from the second call on, beyond 32 rows) lose points where they should.
    Exits with 3 otherwise.

    \b
      grader verify dense
      grader verify dense --matrix dense.html
      grader verify dense --thorough
      grader verify --library my-problems
    """
    from grader.authoring.verify import verify_problem, write_expected_values
    from grader.grading.pool import processors
    from grader.reporters import Page
    from grader.views import verification

    slugs = [problem] if problem else [each.slug for each in library.in_order()]
    if matrix is not None and len(slugs) != 1:
        raise UsageError("--matrix is for one problem: name it")
    if show_distortion is not None:
        from grader.authoring.distortion.trying import find_distortion

        if problem is None:
            raise UsageError("--show-distortion is for one problem: name it")
        click.echo(find_distortion(library.load(problem), show_distortion), nl=False)
        return ExitCode.FULL_MARKS
    sound = True
    for slug in slugs:
        chosen = library.load(slug)
        if write_expected:
            click.echo(f"wrote {write_expected_values(chosen)}")
            chosen = library.load(slug)
        with _progress(f"verifying {slug}") as progress:
            found = verify_problem(
                chosen,
                jobs=jobs or processors(),
                progress=progress,
                points=write_points,
                thorough=thorough,
            )
        click.echo(verification.render(found, Page.of_stdout()), nl=False)
        sound = sound and found.sound
        if matrix is not None:
            from grader.views import kill_matrix as page

            try:
                matrix.write_text(page.render(found), "utf-8")
            except OSError as error:
                raise UsageError(f"{matrix}: cannot be written ({error.strerror})") from None
            click.echo(f"wrote {matrix}")
    return ExitCode.FULL_MARKS if sound else ExitCode.BROKEN_PROBLEM


@contextlib.contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal; what is yielded moves it."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
