"""What Python has refused, and what is found there instead of code."""

from __future__ import annotations

import re

import msgspec

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.source_scan import Source


class Mark(msgspec.Struct, frozen=True):
    """What Python has refused, and the file it stands in.

    Attributes:
        line: Where Python gave up; 0 if it does not say.
        reason: What it says.
    """

    source: Source
    line: int
    reason: str

    @property
    def text(self) -> str:
        """The line, without what surrounds it."""
        return self.source.line(self.line)

    def first(self, pattern: re.Pattern[str]) -> int:
        """The first line that looks so, where a statement begins; 0 if none does."""
        return next((n for n, line in self.source.statements if pattern.match(line)), 0)


class Found(msgspec.Struct, frozen=True):
    """What came along.

    Attributes:
        line: The line to look at.
        what: What is there, in a few words.
        told: The same as a diagnosis.
    """

    line: int
    what: str
    told: Told


def found_as(name: str, line: int, what: str, *text: str) -> Found:
    """What came along in a line, with the texts of its diagnosis."""
    return Found(line, what, Told(name, Text(*text)))
