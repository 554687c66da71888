"""The report as a page of its own: what is to be fixed, each thing with its example, the marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.evidence import Evidence
from grader.model.report import CheckResult, Diagnosis, Report
from grader.reporters import Page
from grader.reporters.parts.arrays import cell_text, is_exact
from grader.reporters.parts.excerpts import Excerpt, excerpts
from grader.reporters.parts.heat_maps import Gauge, HeatMap, gauge, heat_maps
from grader.reporters.parts.python_colours import Piece, pieces
from grader.reporters.parts.reading_order import Arranged, Failure, Mistake, arrange, counted_words
from grader.reporters.parts.templates import render_page
from grader.reporters.parts.value_lines import MADE, with_value_line

SUFFIX = ".html"
MAX_OUTPUT_LINES, MAX_OUTPUT = 200, 20_000
MAX_CALL, MAX_CALLS = 400, 20_000
MAX_DRAWN = 15
"""Things to fix that are shown with an example; nobody reads on, and a page has to end."""
MAX_MESSAGE = 2000

STATES = {
    "passed": "Full marks",
    "failed": "Not full marks yet",
    "unloadable": "Could not be graded",
    "fault": "Not graded, through no fault of the submission",
}
GUILTY = {"failed": "← here", "called": "← by way of this line", MADE: "← it comes from here"}
"""What is said behind a line with such a mark."""
_NO_STATEMENT = re.compile(r"\s*($|#|@|def\b|class\b|async def\b|(else|try|finally)\s*:)")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the submission, coloured.

    Attributes:
        mark: As in an excerpt; ``idle`` for a statement that is known not to have run.
        pieces: Its text; the third of each is whether it is what raised.
    """

    number: int
    mark: str
    pieces: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """An excerpt of the submission, coloured.

    Attributes:
        line: The number of the line that is to be looked at; 0 where none is known.
    """

    excerpt: Excerpt
    rows: tuple[Row, ...]
    line: int

    @property
    def idle(self) -> bool:
        """Whether a statement of it is known not to have run."""
        return any(row.mark == "idle" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Example:
    """A failing check, drawn.

    Attributes:
        intro: What the calls are.
        maps: What was expected and came; of small arrays these two only, and without colours.
        tail: A sentence on how many values differ.
        code: Functions of the submission: with the line that raised, or those that ran when a
            wrong value came of it.
    """

    check: CheckResult
    message: str
    intro: str
    calls: tuple[tuple[Piece, ...], ...]
    maps: tuple[HeatMap, ...]
    gauge: Gauge | None
    tail: str
    code: tuple[Code, ...]
    output: str
    script: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to fix.

    Attributes:
        anchor: A name for links on the page.
        diagnosis: The named mistake, if it is one.
        loss: The group and what it lost.
        consequence: How many other checks fail or are impossible because of it, in a sentence.
        others: These checks.
    """

    anchor: str
    title: str
    diagnosis: Diagnosis | None
    loss: tuple[str, float] | None
    example: Example | None
    consequence: str
    others: tuple[CheckResult, ...]


def render(report: Report, page: Page) -> str:
    """Return a page of HTML that needs nothing else: no network, and no scripts to be read."""
    told = arrange(report)
    things, unexplained = _things(report, told, page)
    return render_page(
        "report.html",
        report=report,
        told=told,
        things=things,
        unexplained=unexplained,
        state=STATES[report.status],
        verdict=_verdict(report, told, len(things)),
        message=_cut(report.message, MAX_MESSAGE),
        code=_code(page.source, report.evidence, report.cells),
        output=_printed(report.output),
        command=page.command,
        next_problem=page.next_problem,
        guilty=GUILTY,
    )


def _verdict(report: Report, told: Arranged, things: int) -> str:
    """How many groups are right, and how many things there are to do, in a sentence."""
    if not told.groups:
        return ""
    if report.status == "passed":
        of = f"All {len(told.groups)} groups are" if len(told.groups) > 1 else "Everything is"
        return f"{of} right. Well done!"
    right = sum(group.state == "passed" for group in told.groups)
    text = f"{right} of {len(told.groups)} groups {'is' if right == 1 else 'are'} right"
    return f"{text}, {counted_words(things, 'thing')} to fix." if things else f"{text}."


def _things(
    report: Report, told: Arranged, page: Page
) -> tuple[list[Thing], dict[str, list[CheckResult]]]:
    """What there is to fix with what follows from it; and what was impossible for other reasons."""
    owners: dict[str, int] = {}
    others: list[list[CheckResult]] = []
    shown: list[Mistake | Failure] = list(told.to_do)
    for number, thing in enumerate(shown):
        owners |= dict.fromkeys(_shown_by(thing), number)
        others.append([])
    for failure in told.repeated:
        as_ = failure.same_as.id if failure.same_as is not None else failure.check.id
        if as_ not in owners:
            owners[as_] = len(shown)
            shown.append(failure)
            others.append([])
            continue
        owners.setdefault(failure.check.id, owners[as_])
        if _example_of(shown[owners[as_]]) != failure.check:
            others[owners[as_]].append(failure.check)
    unexplained: dict[str, list[CheckResult]] = {}
    for why, checks in told.blocked.items():
        for check in checks:
            owner = owners.get(check.evidence.get("by", ""))
            if owner is None:
                unexplained.setdefault(why, []).append(check)
            else:
                others[owner].append(check)
    things = [
        _thing(thing, number, tuple(rest), report, page)
        for number, (thing, rest) in enumerate(zip(shown, others, strict=True), 1)
    ]
    return things, unexplained


def _shown_by(thing: Mistake | Failure) -> list[str]:
    example = _example_of(thing)
    named = thing.diagnosis.checks if isinstance(thing, Mistake) else ()
    return [*named, *([example.id] if example is not None else [])]


def _example_of(thing: Mistake | Failure) -> CheckResult | None:
    return thing.example if isinstance(thing, Mistake) else thing.check


def _thing(
    thing: Mistake | Failure,
    number: int,
    others: tuple[CheckResult, ...],
    report: Report,
    page: Page,
) -> Thing:
    anchor, check = f"fix-{number}", _example_of(thing)
    example = None
    if check is not None:
        example = _example(check, page, report.cells) if number <= MAX_DRAWN else _in_short(check)
    consequence = _consequence(others)
    if isinstance(thing, Failure):
        loss = thing.check.group, thing.check.max_points
        title = f"Not yet: {thing.check.title}"
        return Thing(anchor, title, None, loss, example, consequence, others)
    told = thing.diagnosis
    named = (told.group, thing.lost) if told.group else None
    return Thing(anchor, told.title, told, named, example, consequence, others)


def _consequence(others: Sequence[CheckResult]) -> str:
    blocked = sum(check.status == "blocked" for check in others)
    parts = []
    if failed := len(others) - blocked:
        fail = "fails" if failed == 1 else "fail"
        parts.append(f"{counted_words(failed, 'more check')} {fail} for the same reason")
    if blocked:
        need = "needs" if blocked == 1 else "need"
        parts.append(f"{counted_words(blocked, 'check')} {need} it and could not be tried")
    text = ", and ".join(parts)
    return text[:1].upper() + text[1:]


def _example(check: CheckResult, page: Page, cells: tuple[tuple[int, int], ...]) -> Example:
    evidence = check.evidence
    case = ", ".join(map(str, (evidence.get("example") or {}).values()))
    calls = "\n".join(_cut(str(call), MAX_CALL) for call in evidence.get("calls") or ())
    maps = heat_maps(evidence)
    return Example(
        check,
        _cut(check.message, MAX_MESSAGE),
        f"The smallest failing example: {case}" if case else "What was done",
        _coloured(_cut(calls, MAX_CALLS)),
        tuple(maps if any(each.large for each in maps) else maps[:2]),
        gauge(evidence),
        _how_many(evidence),
        _code(page.source, evidence, cells),
        _printed(check.output),
        _coloured(check.reproduce or ""),
    )


def _in_short(check: CheckResult) -> Example:
    left_out = "What was done, and what came of it, is left out here: fix what is above first."
    return Example(check, _cut(check.message, MAX_MESSAGE), "", (), (), None, left_out, (), "", ())


def _coloured(text: str) -> tuple[tuple[Piece, ...], ...]:
    return tuple(map(tuple, pieces(text.split("\n")))) if text else ()


# -- the submission's lines ----------------------------------------------------------------


def _code(source: str, evidence: Evidence, cells: tuple[tuple[int, int], ...]) -> tuple[Code, ...]:
    """The functions that an exception passed through, or those that ran."""
    found = excerpts(source, evidence, cells)
    frames = evidence.get("traceback") or []
    if not frames:
        return tuple(_code_of(excerpt, None, "") for excerpt in with_value_line(found, evidence))
    last = str(frames[-1].get("source", ""))
    marked = evidence.get("marked")
    if "column" in frames[-1]:
        marked = [frames[-1]["column"] - 1, frames[-1]["column"]]
    return tuple(_code_of(excerpt, marked, last) for excerpt in found)


def _code_of(excerpt: Excerpt, marked: Sequence[int] | None, source: str) -> Code:
    rows, depth = [], 0
    for line, parts in zip(excerpt.lines, pieces([e.text for e in excerpt.lines]), strict=True):
        mark = line.mark
        if excerpt.followed and not mark and not depth and not _NO_STATEMENT.match(line.text):
            first = next((kind for kind, text in parts if text.strip()), "")
            mark = "" if first == "s" else "idle"  # a docstring, or the inside of a long text
        for kind, text in parts:
            if not kind:
                depth = max(0, depth + sum(map(text.count, "([{")) - sum(map(text.count, ")]}")))
        split = tuple((kind, text, False) for kind, text in parts)
        if (
            line.mark == "failed"
            and marked
            and line.text.strip().startswith(source.strip() or "\n")
        ):
            indent = len(line.text) - len(line.text.lstrip())
            split = _split(parts, indent + marked[0], indent + marked[1])
        rows.append(Row(line.number, mark, split))
    at = next((row.number for row in rows if row.mark in ("failed", MADE)), 0)
    return Code(excerpt, tuple(rows), at or next((r.number for r in rows if r.mark == "called"), 0))


def _split(parts: Sequence[Piece], start: int, end: int) -> tuple[tuple[str, str, bool], ...]:
    """The pieces of a line, with those characters in pieces of their own."""
    found, at = [], 0
    for kind, text in parts:
        cuts = [0, *(min(max(cut - at, 0), len(text)) for cut in (start, end)), len(text)]
        for place, inside in enumerate((False, True, False)):
            if part := text[cuts[place] : cuts[place + 1]]:
                found.append((kind, part, inside))
        at += len(text)
    return tuple(found)


# -- what was printed, and how far off values are --------------------------------------------


def _how_many(evidence: Evidence) -> str:
    wrong, of = evidence.get("wrong", 0), evidence.get("of", 0)
    if of < 2:
        return ""
    text = f"{wrong} of {of} values differ"
    if is_exact(evidence):
        return (
            f"{text}, by at most {cell_text(evidence['largest_error'])}; whole numbers are exact."
        )
    return f"{text}."


def _printed(output: str) -> str:
    """The beginning of what was printed, and how much more there is."""
    lines = output.rstrip()[:MAX_OUTPUT].splitlines()[:MAX_OUTPUT_LINES]
    text = "\n".join(lines)
    missing = len(output.rstrip()) - len(text)
    return f"{text}\n[{missing} more characters]" if missing > 0 else text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… [{len(text) - longest} more]"
