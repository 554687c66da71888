"""The line of the student's function from which a wrong value came, as far as its text tells.

What was returned, kept in an attribute or passed along with it is followed back to the line that
made it. Only lines that ran are looked at, as text; the source is never parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.model.evidence import Evidence
from grader.reporters.parts.excerpts import Excerpt, Line

MADE = "made"
"""The mark of the line that made the value in question."""
_MOST_STEPS = 5
_CALLED = re.compile(r"(?:\w+\.)?(\w+)\(")
_STORED = re.compile(r"\w+\.(\w+)(?:\[['\"](\w+)['\"]\])?")
_PASSED = re.compile(r"[a-z ]+ of (\w+)(?:,|$)")


def with_value_line(found: Sequence[Excerpt], evidence: Evidence) -> list[Excerpt]:
    """Mark the line that made what differs, in the excerpts of a check that failed by a value."""
    what = str(evidence.get("what") or "")
    called = _CALLED.match(what)
    for position, excerpt in enumerate(found):
        ran = [line for line in excerpt.lines if line.mark == "ran"]
        if called and excerpt.function == called[1]:
            line = _returned(ran)
        elif called:
            continue
        else:
            line = _stored(ran, what)
        if line is not None:
            lines = [replace(each, mark=MADE) if each is line else each for each in excerpt.lines]
            marked = replace(excerpt, lines=tuple(lines))
            return [*found[:position], marked, *found[position + 1 :]]
    return list(found)


def _returned(ran: Sequence[Line]) -> Line | None:
    """Where the last ``return`` that ran has its value from."""
    line = next((each for each in reversed(ran) if re.match(r"\s*return\b", each.text)), None)
    return _origin(line, line.text.strip()[len("return") :], ran) if line is not None else None


def _stored(ran: Sequence[Line], what: str) -> Line | None:
    """Where an attribute was set, or what was passed along with it was made."""
    stored, passed = _STORED.match(what), _PASSED.match(what)
    if stored and " of " not in what:  # not "layer.W of the first layer"
        key = rf"\[['\"]{stored[2]}['\"]\]" if stored[2] else ""
        given = rf"\s*self\.{stored[1]}{key}(?:\[[^\]]*\])?\s*[-+*/@]{{0,2}}=(?!=)(.*)"
    elif passed:
        given = rf".*\(\s*self\.{passed[1]}\s*,(.*)\)"
    else:
        return None
    for line in reversed(ran):
        if found := re.match(given, line.text):
            return _origin(line, found[1], ran)
    return None


def _origin(line: Line, expression: str, ran: Sequence[Line]) -> Line:
    """The line that gave an expression its value: this one, or that of the one name in it."""
    for _ in range(_MOST_STEPS):
        name = expression.strip()
        if not name.isidentifier():
            break
        before = [each for each in ran if each.number < line.number]
        given = next(((e, m) for e in reversed(before) if (m := _gives(e.text, name))), None)
        if given is None:
            break
        line, expression = given[0], given[1][1]
    return line


def _gives(text: str, name: str) -> re.Match[str] | None:
    """The assignment of a local name in a line, if there is one."""
    return re.match(rf"\s*{re.escape(name)}\b[^=(]*=(?!=)(.*)", text)
