"""The command line for platforms: packing the grader for them, and grading on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import library_option, problem_argument
from grader.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from grader.model.problem import Library

PACKED = ("gradescope", "prairielearn")
NEXT = {
    "gradescope": "Upload it under Configure Autograder, then use Test Autograder.",
    "prairielearn": "Unpack it, build the image (docker build), and name it in info.json.",
}


@click.command()
@problem_argument
@click.option("--for", "platform", type=click.Choice(PACKED), required=True, help="Who gets it.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="ZIP"
)
@click.option(
    "--allow-unisolated", is_flag=True, help="Grade there even if submissions are not isolated."
)
@library_option
def package(
    problem: str, platform: str, output: Path, allow_unisolated: bool, library: Library
) -> None:
    """Pack this grader and PROBLEM for a platform that grades by itself.

    The zip file holds the grader as it is installed here, the versions that it runs with, and the
    library without its sample submissions. And a secret of its own: each file that is handed in is
    graded with a seed that is made of both, so that answers to earlier questions are worth nothing.

    \b
      grader package dense --for gradescope -o autograder.zip
    """
    from grader.grading.secret_seeds import new_secret
    from grader.platforms.bundle import parcel

    content = parcel(
        library.load(problem), platform, secret=new_secret(), allow_unisolated=allow_unisolated
    )
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror})") from None
    click.echo(f"wrote {output} ({len(content) / 1000:.0f} kB). {NEXT[platform]}")


@click.command()
@problem_argument
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--for", "platform", type=click.Choice([*PACKED, "github"]), required=True)
@click.option("--root", type=click.Path(path_type=Path), help="Where the platform's folders are.")
@click.option("--allow-unisolated", is_flag=True, help="Grade even if 'grader doctor' objects.")
@library_option
def onsite(
    problem: str,
    file: Path | None,
    platform: str,
    root: Path | None,
    allow_unisolated: bool,
    library: Library,
) -> int:
    """Grade on a platform: what it has put in place, results where it looks for them.

    Scripts of 'grader package' and the GitHub action use this. FILE is for github only, from
    the root of the repository on; the others have a folder with what was handed in.

    \b
    Exit codes:
      0  graded; for github: full marks      3  the problem package is broken
      1  for github: below full marks        4  the grader or the machine failed
    """
    if (file is not None) != (platform == "github"):
        raise UsageError("FILE is needed for github, and only there")
    if file is not None:
        from grader.platforms.github_action import grade_in_workflow

        root = root or Path.cwd()
        report = grade_in_workflow(
            library, problem, file, root=root, allow_unisolated=allow_unisolated
        )
        full = report.status == "passed"
        return ExitCode.FULL_MARKS if full else ExitCode.BELOW_FULL_MARKS
    from dataclasses import replace

    from grader.platforms.on_site import SITES, grade_on_site

    site = SITES[platform]
    site = replace(site, root=root) if root is not None else site
    report = grade_on_site(
        lambda: library.load(problem), problem, site, allow_unisolated=allow_unisolated
    )
    click.echo(f"{report.problem}: {report.status}, {report.score:g} of {report.max_score:g}")
    if opened := [name for name, refused in report.isolation.items() if not refused]:
        click.echo(f"not isolated here: {', '.join(opened)} open to the submission", err=True)
    return ExitCode.FULL_MARKS
