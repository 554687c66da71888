"""The command line for who begins a problem. Parses, calls, says what comes next."""

from __future__ import annotations

import shlex
from pathlib import Path

import click


def _show_guide(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from grader.authoring.scaffold import guide
        from grader.reporters import Page
        from grader.views.statement import render_statement

        click.echo(render_statement(guide(), Page.of_stdout()), nl=False)
        context.exit()


@click.command()
@click.argument("slug")
@click.option(
    "--class", "entry", metavar="NAME", help="The class that students write (default: from SLUG)."
)
@click.option(
    "--function",
    "signature",
    metavar="SIGNATURE",
    help="The function that students write, and the shapes of what it is given.",
)
@click.option(
    "--guide",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_guide,
    help="Show the guide to writing problems.",
)
@click.option(
    "--library",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where problems/, reference/ and submissions/ are, or are to be made (default: here).",
)
def new(slug: str, entry: str | None, signature: str | None, library: Path) -> None:
    """Begin a problem of your own: SLUG is its name, e.g. leaky-relu.

    Writes a small problem that is complete, for a class or for a function: statement, starter,
    reference, checks, and a sample that is wrong. What is marked REPLACE is yours to replace.
    Nothing is overwritten.

    \b
      grader new leaky-relu
      grader new max-pool --class MaxPool2D --library my-problems
      grader new softmax --function "softmax(scores: (n, k))"
      grader new --guide
    """
    from grader.authoring.scaffold import begin_problem, read_signature

    if entry is not None and signature is not None:
        raise click.UsageError("--class and --function exclude each other.")
    function = None if signature is None else read_signature(signature)
    written = begin_problem(library, slug, entry, function)
    for path in written:
        click.echo(f"wrote {path}")
    where = shlex.quote(str(library))
    sample = next(path for path in written if path.parent.name == "rejected")
    click.echo(
        "\nIt is a whole problem. Look how it works, then replace it bit by bit:"
        f"\n  grader verify {slug} --library {where}"
        f"\n  grader new --guide"
        f"\n  grader check {slug} {shlex.quote(str(sample))} --library {where}"
    )
