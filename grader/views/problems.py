"""The problems of a library: how hard they are, what they build on, which ones are solved."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.model.problem import Problem
from grader.reporters import Page
from grader.reporters.parts.rich_text import laid_out

WIDE = 70
"""Columns from which on a title stands beside its name."""


def render_problems(problems: Sequence[Problem], solved: Collection[str], page: Page) -> str:
    """Return a list of the problems, in their order, and the one to go on with."""
    table = Table.grid(padding=(0, 2, 0, 0))
    parts: list[RenderableType] = [table] if page.width >= WIDE else []
    for problem in problems:
        mark = Text("✓" if problem.slug in solved else " ", style="green")
        name, level = Text(problem.slug, style="bold"), Text(problem.settings.difficulty)
        about: list[RenderableType] = [Text(problem.settings.title)]
        if problem.settings.builds_on:
            needed = ", ".join(problem.settings.builds_on)
            about.append(Text(f"builds on {needed}", style="dim"))
        if page.width >= WIDE:
            table.add_row(mark, name, level, Group(*about))
        else:
            head = Text.assemble(mark, " ", name, f"  ({level})")
            parts += [head, Padding(Group(*about), (0, 0, 0, 4))]
    done = sum(problem.slug in solved for problem in problems)
    if done:
        parts += ["", Text(f"✓ solved: {done} of {len(problems)}", style="green")]
    following = next((p.slug for p in problems if p.slug not in solved), None)
    if following is not None:
        parts += ["", Text(f"{'Go on' if done else 'Begin'} with: grader start {following}")]
    return laid_out(parts, page)
