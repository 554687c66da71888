"""Python in coloured pieces: keywords, texts, comments, numbers, names that are defined.

Pygments finds them by patterns; it never parses the text as a whole, and Rich brings it along. Some
patterns take the square of a line's length in time, so that long lines are left without colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

MAX_LINE, MAX_TEXT = 200, 10_000
MAX_PIECES = 1000
"""Each is an element on the page; a usual function has 150."""

Piece = tuple[str, str]
"""A class of ``page.css``, empty for none, and some of a line."""

_CLASSES = {
    Comment: "c",
    Keyword: "k",
    Operator.Word: "k",
    String: "s",
    Number: "m",
    Name.Function: "d",
    Name.Class: "d",
    Name.Decorator: "d",
}


def pieces(lines: Sequence[str]) -> list[list[Piece]]:
    """Return the pieces of each of some lines that follow each other; none holds a line break."""
    text = "\n".join(lines)
    plain: list[list[Piece]] = [[("", line)] for line in lines]
    if len(text) > MAX_TEXT or max(map(len, lines), default=0) > MAX_LINE:
        return plain
    found: list[list[Piece]] = [[]]
    for _, kind, value in _lexer().get_tokens_unprocessed(text):
        name = next((_CLASSES[k] for k in reversed(kind.split()) if k in _CLASSES), "")
        for number, part in enumerate(value.split("\n")):
            if number:
                found.append([])
            if not part:
                continue
            row = found[-1]
            if row and (row[-1][0] == name or part.isspace()):
                row[-1] = row[-1][0], row[-1][1] + part
            else:
                row.append((name, part))
    return found if sum(map(len, found)) <= MAX_PIECES else plain


@cache
def _lexer() -> Lexer:
    return PythonLexer(stripnl=False, ensurenl=False)
