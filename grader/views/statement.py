"""A problem's statement in a terminal: Markdown laid out, LaTeX maths as Unicode."""

from __future__ import annotations

import re

from rich.markdown import Markdown

from grader.reporters import Page
from grader.reporters.parts.rich_text import laid_out

_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.S)
_INLINE = re.compile(r"\$([^$\n]+(?:\n[^$\n]+)?)\$")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.S)


def render_statement(markdown: str, page: Page) -> str:
    """Return the statement as text; maths stays LaTeX unless the extra ``math`` is installed."""
    return laid_out([Markdown(maths_as_unicode(markdown), hyperlinks=False)], page)


def maths_as_unicode(markdown: str) -> str:
    """Replace ``$...$`` and ``$$...$$`` outside of code by Unicode text."""
    try:
        from pylatexenc.latex2text import LatexNodes2Text
    except ImportError:
        return markdown
    convert = LatexNodes2Text(math_mode="text").latex_to_text

    def plain(latex: str) -> str:
        # A command swallows the space behind it, which here should stay.
        text = re.sub(r"(\\(?:cdot|leftarrow|sim|le|in)) ", r"\1{} ", latex)
        text = re.sub(r"\^\\top", "ᵀ", text)
        return " ".join(convert(text).split()).replace("*", "\\*").replace("_", "\\_")

    def outside_code(text: str) -> str:
        text = _DISPLAY.sub(lambda match: f"\n> {plain(match[1])}\n", text)
        return _INLINE.sub(lambda match: plain(match[1]), text)

    pieces = _CODE.split(markdown)
    return "".join(p if i % 2 else outside_code(p) for i, p in enumerate(pieces))
