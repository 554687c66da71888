"""Where statements begin in Python source: line by line, and without parsing it.

What a stranger wrote may take a parser down, and what is no Python stops the tokenizer of the
standard library.
"""

from __future__ import annotations

import re

_PIECES = re.compile(
    r"""
      \#.*
    | (?P<triple>\"\"\"|''')
    | "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'?
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<continued>\\$)
    """,
    re.VERBOSE,
)
_ENDS = {quote: re.compile(rf"(?:\\.|(?!{quote})[^\\])*{quote}") for quote in ('"""', "'''")}


class Place:
    """Whether the next line begins a statement: it does not in brackets and in long strings.

    Reads strings, brackets and comments only, each character once.
    """

    def __init__(self) -> None:
        self._string = ""
        self._depth = 0
        self._continued = False

    @property
    def begins_statement(self) -> bool:
        """Whether what is read next begins a statement."""
        return not (self._string or self._depth or self._continued)

    def move(self, line: str) -> None:
        """Read one line."""
        position = 0
        self._continued = False
        while position < len(line):
            if self._string:
                end = _ENDS[self._string].match(line, position)
                if end is None:
                    return
                position = end.end()
                self._string = ""
                continue
            piece = _PIECES.search(line, position)
            if piece is None:
                return
            position = piece.end()
            self._string = piece["triple"] or ""
            self._continued = piece["continued"] is not None
            if piece["open"]:
                self._depth += 1
            elif piece["close"]:
                self._depth = max(0, self._depth - 1)
