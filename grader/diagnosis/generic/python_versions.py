"""Syntax of another Python than the one that grades: newer than it, or of Python 2."""

from __future__ import annotations

import re
import sys

import msgspec

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.source_scan import Source
from grader.remote.steps import StudentError

GRADING = sys.version_info[:2]
"""The Python that grades: judge and worker are the same."""


class _Syntax(msgspec.Struct, frozen=True):
    """Something that not every Python can read.

    Attributes:
        what: In plain words.
        line: What a line with it looks like; looked for in the line that is refused.
        since: The first Python that reads it; that of the future for what only Python 2 did.
        instead: What every Python reads.
        reason: What Python says of it, where that is needed to be sure.
    """

    what: str
    line: str
    since: tuple[int, int]
    instead: str
    reason: str = ""


_NEVER = (99, 0)

# An f-string in whose braces the quote of its own stands twice, a backslash, or a comment.
_QUOTED_AGAIN = r"""\b[rR]?[fF][rR]?(["'])(?:(?!\1).)*\{[^{}]*\1[^{}]*\1[^{}]*\}"""
_BACKSLASH = r"""\b[rR]?[fF][rR]?(["'])(?:(?!\1).)*\{[^{}]*\\[^{}]*\}"""

_NEWER = (
    _Syntax(
        "the statement type", r"type\s+\w+\s*(\[.*\]\s*)?=", (3, 12), "Leave out the word type."
    ),
    _Syntax(
        "type parameters in brackets behind a name",
        r"(?:async\s+)?(?:def|class)\s+\w+\s*\[",
        (3, 12),
        "Leave the brackets out; TypeVar from typing makes type parameters.",
    ),
    _Syntax(
        "the same quotes inside of an f-string",
        rf".*{_QUOTED_AGAIN}",
        (3, 12),
        "Use the other kind of quotes inside of the braces.",
        r"f-string|unterminated string",
    ),
    _Syntax(
        "a backslash inside of an f-string's braces",
        rf".*{_BACKSLASH}",
        (3, 12),
        "Put the value into a variable one line above.",
        "f-string.*backslash",
    ),
    _Syntax(
        "an f-string's braces over several lines",
        r""".*\b[rR]?[fF][rR]?(["'])(?:(?!\1).)*\{[^{}"']*$""",
        (3, 12),
        "Write what is in the braces in one line, or put it into a variable above.",
        "unterminated string|f-string",
    ),
    _Syntax(
        "an except with several exceptions and no parentheses",
        r"except\s+[A-Z]\w*(?:\s*,\s*[A-Z]\w*)+\s*:",
        (3, 14),
        "Put the exceptions into parentheses.",
    ),
    _Syntax(
        "a template string", r""".*(?<![\w"'])[rR]?[tT][rR]?["']""", (3, 14), "Use an f-string."
    ),
    _Syntax("a lazy import", r"lazy\s+(?:import|from)\s", (3, 15), "Leave out lazy."),
)

_OLDER = (
    _Syntax("print without parentheses", r"print\b", _NEVER, "print(...)", "in call to 'print'"),
    _Syntax("exec without parentheses", r"exec\b", _NEVER, "exec(...)", "in call to 'exec'"),
    _Syntax(
        "except with a comma before the name",
        r"except\s+[\w.]+\s*,\s*[a-z_]\w*\s*:",
        _NEVER,
        "except ValueError as error:",
    ),
    _Syntax(
        "except with a comma before the name",
        r"except\s*\(.*\)\s*,\s*\w+\s*:",
        _NEVER,
        "except (A, B) as error:",
    ),
    _Syntax(
        "raise with a comma before the message",
        r"raise\s+[\w.]+\s*,",
        _NEVER,
        'raise ValueError("message")',
    ),
    _Syntax("backticks", r".*`[\w.()\[\] ]+`", _NEVER, "repr(...) or str(...)", "invalid syntax"),
    _Syntax("the sign <>", r".*[\w)\]]\s*<>\s*[\w(\[\"'-]", _NEVER, "!="),
    _Syntax(
        "a number with L at its end", r".*\b\d+[lL]\b", _NEVER, "the number alone", "invalid deci"
    ),
    _Syntax("a number with a leading 0", r".*\b0\d", _NEVER, "0o755, or no zero", "leading zeros"),
    _Syntax("a text marked ur", r""".*\b[uU][rR]["']""", _NEVER, "r in front of the quotes"),
    _Syntax(
        "parentheses around a parameter",
        r".*(?:def|lambda)\b.*\(",
        _NEVER,
        "one name for the parameter, taken apart in the first line of the function",
        "parameters cannot be parenthesized",
    ),
)


def of_another_version(source: Source, error: StudentError) -> Told | None:
    """Say that a line needs another Python than this one, if it is syntax that another has."""
    line, reason = error.detail.get("line"), str(error.detail.get("reason"))
    if type(line) is not int:
        return None
    # Python names the line behind one that it could still have gone on with.
    for number in (line, line - 1):
        text = source.line(number)
        for syntax in (*_NEWER, *_OLDER):
            refused = syntax.since > GRADING and re.search(syntax.reason, reason)
            if refused and re.match(syntax.line, text):
                return _told(syntax, number)
        if "unterminated" not in reason and "f-string" not in reason:
            break
    return None


def _told(syntax: _Syntax, line: int) -> Told:
    grading = ".".join(map(str, GRADING))
    if syntax.since == _NEVER:
        return Told(
            "python-2",
            Text(
                f"Line {line} is written for Python 2 ({syntax.what}); Python {grading} grades.",
                "Python 3 does not read all that Python 2 did, and Python 2 ended in 2020.",
                f"How does Python 3 write what is in line {line}?",
                f"Write instead: {syntax.instead}",
            ),
        )
    since = ".".join(map(str, syntax.since))
    return Told(
        "python-too-new",
        Text(
            f"Line {line} needs Python {since} or newer ({syntax.what}); Python {grading} grades.",
            "A Python reads the syntax of its own version and of those before, not of later ones.",
            f"How would line {line} be written for Python {grading}?",
            syntax.instead,
        ),
    )


_NAMES = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
    "reduce": "functools.reduce",
}


def name_of_python_2(name: str, line: int | None) -> Told | None:
    """Say that a name that is not defined is one that Python 2 had, if it is."""
    if name not in _NAMES:
        return None
    return Told(
        "python-2",
        Text(
            f"{name} in line {line} is of Python 2; Python {'.'.join(map(str, GRADING))} grades.",
            "Python 3 has other names for some of what Python 2 had.",
            f"What is {name} called in Python 3?",
            f"Write {_NAMES[name]}.",
        ),
    )
