"""An intake in a few lines, for the eyes of an instructor."""

from __future__ import annotations

from collections.abc import Sequence

from grader.intake.collect import Intake
from grader.model.safe_text import inert

SHOWN = 5


def describe(intake: Intake) -> list[str]:
    """Return lines to print before grading: how many, in what form, what is left out, who misses.

    Names in them are inert. The first line says it all; the others, if any, are details.
    """
    count = len(intake)
    facts = [f"{count} submission{'s' * (count != 1)} ({intake.form})"]
    if intake.skipped:
        facts.append(f"{len(intake.skipped)} skipped")
    if intake.listed is not None:
        facts.append(f"{len(intake.missing)} of {intake.listed} missing")
    lines = [", ".join(facts)]
    skipped = [f"skipped {inert(one.name)}: {inert(one.reason)}" for one in intake.skipped]
    lines += _first(skipped, "skipped")
    lines += _first([f"missing {inert(student.name)}" for student in intake.missing], "missing")
    return [line.replace("\n", "\\n") for line in lines]


def _first(lines: Sequence[str], what: str) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"… and {more} more {what}"] if more > 0 else list(lines)
