"""What rejected samples declare against what is named, as a table for an author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from grader.authoring.claims import Trial
from grader.authoring.diagnosis_claims import NONE, Row, confusion


def section(trials: Sequence[Trial]) -> Iterator[str]:
    """Return the part of a page: a row for each diagnosis that is declared or named."""
    rejected = [trial for trial in trials if trial.kind == "rejected"]
    rows = confusion(rejected)
    if not rows:
        return
    right = sum(len(row.right) for row in rows)
    missed, wrong = (sum(len(getattr(row, part)) for row in rows) for part in ("missed", "wrong"))
    yield '<h2 id="confusion">What is taken for what</h2>'
    yield (
        f"<p>The diagnoses that {len(rejected)} rejected samples declare, against those that are"
        f" named: {right} right, {missed} missed, {wrong} wrong. One that is missed shows what"
        " is named in its place.</p>"
    )
    yield '<table class="confusion"><thead><tr>'
    yield "".join(f"<th>{head}</th>" for head in ("declared", "right", "missed", "wrong", "for"))
    yield "</tr></thead><tbody>"
    yield from map(_row, rows)
    yield "</tbody></table>"


def _row(row: Row) -> str:
    counts = "".join(
        f'<td class="{"" if part == "right" or not count else "bad"}">{count or ""}</td>'
        for part in ("right", "missed", "wrong")
        for count in [len(getattr(row, part))]
    )
    samples = [escape(name) for name in row.right]
    for name, others in row.missed.items():
        samples.append(f"<b>{escape(name)}: {escape(', '.join(others) or NONE)} in its place</b>")
    samples += [f"<b>{escape(name)} does not declare it</b>" for name in row.wrong]
    return f"<tr><th>{escape(row.id)}</th>{counts}<td>{', '.join(samples)}</td></tr>"
