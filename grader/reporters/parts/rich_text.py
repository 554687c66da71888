"""What rich lays out, as lines of text for a page."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType

from grader.reporters import Page


def laid_out(parts: Iterable[RenderableType], page: Page) -> str:
    """Return ``parts`` one below the other; text in them is taken as it is, without markup."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=page.width,
        force_terminal=page.color,
        force_jupyter=False,  # which would show it in the notebook, at once
        color_system="standard" if page.color else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
