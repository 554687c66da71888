"""What several commands share: which problem, from which library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from grader.model.problem import Library


EXIT_CODES = """\b
Exit codes:
  0  full marks            3  the problem package is broken
  1  below full marks      4  the grader or the machine failed
  2  wrong usage"""


def _library(context: click.Context, parameter: click.Parameter, value: Path | None) -> Library:
    from grader.model.problem import Library

    return Library.find(value)


def complete_problem(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Suggest problems to a shell."""
    from grader.model.problem import Library

    return [slug for slug in Library.find().slugs() if slug.startswith(incomplete)]


def complete_problem_or_file(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Suggest problems and files to a shell: a file alone says which problem it is for."""
    from click.shell_completion import CompletionItem

    given = context.params.get("words")
    problems = [] if given else complete_problem(context, parameter, incomplete)
    # The file first: bash forgets what stands before such an item.
    return [CompletionItem(incomplete, type="file"), *map(CompletionItem, problems)]


library_option = click.option(
    "--library",
    type=click.Path(path_type=Path),
    callback=_library,
    metavar="DIR",
    help="A folder with problems/, reference/ and submissions/ (default: the one that came along).",
)
problem_argument = click.argument("problem", shell_complete=complete_problem)


class _Seed(click.IntRange):
    """A seed, or ``random``."""

    name = "seed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a number, or ``random`` as it is."""
        try:
            return value if value == "random" else super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is neither a number below 2**32 nor 'random'", param, ctx)


SEED = _Seed(0, 2**32 - 1)


def write_text(path: Path, text: str) -> None:
    """Write a file, and make its folder.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
