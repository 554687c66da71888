"""The report as GitHub-flavoured Markdown, for comments and job summaries.

Text of a submission stands in fenced blocks, whose fences are longer than any run of backticks in
it, or in code spans: nowhere else are mentions, links, references and markup left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.model.report import CheckResult, Report
from grader.model.safe_text import cut, inert, number
from grader.reporters import Page
from grader.reporters.parts.reading_order import Arranged, Mistake, arrange, hint_of
from grader.reporters.terminal import explain, explain_loading

SUFFIX = ".md"
MAX_LENGTH = 60_000
"""A comment on GitHub has 65,536 characters at most."""
MAX_TEXT = 6_000
_SIGNS = {"passed": "✓", "failed": "✗", "blocked": "–"}
_NOT_WORDS = re.compile(r"[@#]\w|www\.|://|\w@\w")


def render(report: Report, page: Page) -> str:
    """Return the report, cut between two failures where it is too long for a comment."""
    blocks = list(_blocks(report, page))
    text, left = "", len(blocks)
    for block in blocks:
        if len(text) + len(block) > MAX_LENGTH:
            text += f"{left} more parts are left out here: the report is too long for a comment.\n"
            break
        text, left = f"{text}{block}\n", left - 1
    return text.rstrip("\n") + "\n"


def fenced(text: str) -> str:
    """Return a block in which ``text`` is shown as it is."""
    text = inert(text).rstrip("\n")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def span(text: str) -> str:
    """Return ``text`` in one line, as it is."""
    text = " ".join(inert(text).split()) or " "
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if longest else f"{ticks}{text}{ticks}"


def words(text: str) -> str:
    """Return the words of a problem's author so that they are read as words."""
    if _NOT_WORDS.search(text):
        return span(text)
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", " ".join(inert(text).split()))


def _blocks(report: Report, page: Page) -> Iterator[str]:
    score = f"{number(report.score)} / {number(report.max_score)}"
    score = {"unloadable": f"not gradable, {score}", "fault": "not graded"}.get(
        report.status, score
    )
    name = f"{span(report.submission_name)}, seed {report.seed}"
    yield f"### {words(report.problem)}: {score}\n\n{name}\n"
    told = arrange(report)
    for mistake in told.mistakes:
        yield _mistake(mistake, page)
    if not report.checks:
        yield fenced(cut(explain_loading(report), MAX_TEXT))
        return
    yield _groups(told)
    for failure in told.failures:
        if failure.same_as is None:
            yield f"{_heading(failure.check)}\n\n{_example(failure.check)}"
        else:
            yield f"{_heading(failure.check)}\n\nThe same example shows it.\n"
    for reason, checks in told.blocked.items():
        listed = "\n".join(f"- {words(check.title)}" for check in checks)
        yield f"{words(reason)}\n\n{listed}\n"
    if report.output.strip():
        yield f"Printed while the file was loaded:\n\n{fenced(cut(report.output, MAX_TEXT))}"
    if report.notes:
        listed = "\n".join(f"- {span(note)}" for note in report.notes)
        yield f"Notes (no marks lost):\n\n{listed}\n"


def _mistake(mistake: Mistake, page: Page) -> str:
    named = mistake.diagnosis
    hint = hint_of(named, page.hints)
    where = f" ({words(named.group)}, −{number(mistake.lost)})" if named.group else ""
    parts = [f"#### ✗ {words(named.title)}{where}", words(named.why), f"**Hint:** {words(hint)}"]
    parts += [_example(mistake.example)] if mistake.example else []
    return "\n\n".join(filter(None, parts)).rstrip("\n") + "\n"


def _groups(told: Arranged) -> str:
    rows = [
        f"| {_SIGNS[group.state]} | {words(group.name)} |"
        f" {number(group.points)} / {number(group.max_points)} | {group.counted} |"
        for group in told.groups
    ]
    return "\n".join(["| | group | points | |", "|---|---|---:|---|", *rows]) + "\n"


def _heading(check: CheckResult) -> str:
    return f"#### ✗ {words(check.title)} ({words(check.group)}, −{number(check.max_points)})"


def _example(check: CheckResult) -> str:
    return fenced(cut(explain(check), MAX_TEXT))
