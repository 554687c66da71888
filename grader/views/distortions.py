"""Which distortion of the reference is found by which groups, as a table for an author."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from grader.authoring.distortion import sentence
from grader.authoring.distortion.judged import WHY
from grader.authoring.distortion.trying import Distorted, Tried

SIGNS = {"found": "●", "elsewhere": "◐", "unnoticed": "✗", "unchanged": "✗", "unmet": "✗"}


def section(distorted: Distorted) -> Iterator[str]:
    """Return the part of a page: for each method a row for a condition, a column for a change."""
    tried = [each for each in distorted.tried if each.state != "harmless"]
    if not tried:
        return
    found = sum(each.state == "found" for each in tried)
    chosen = "all" if distorted.thorough else f"chosen of {len(distorted.everything)}"
    yield '<h2 id="distortions">Which distorted reference is found</h2>'
    yield (
        f"<p>{found} of {len(tried)} ({chosen}). ● found by a check of the right group, ◐ only by"
        " others, ✗ by none. Point at a sign to see what it stands for, and which groups find it."
        "</p>"
    )
    by_member: dict[str, list[Tried]] = defaultdict(list)
    for each in tried:
        by_member[each.distortion.member].append(each)
    for member, those in by_member.items():
        yield from _table(member, those)


def _table(member: str, tried: Sequence[Tried]) -> Iterator[str]:
    changes = list(dict.fromkeys(each.distortion.change.key for each in tried))
    cells: dict[str, dict[str, list[Tried]]] = defaultdict(lambda: defaultdict(list))
    for each in tried:
        cells[each.distortion.condition.key][each.distortion.change.key].append(each)
    heads = "".join(f'<th class="check"><div>{escape(change)}</div></th>' for change in changes)
    yield f"<h3>{escape(member)}</h3><table><thead><tr><th></th>{heads}</tr></thead><tbody>"
    for condition, row in cells.items():
        shown = "".join(_cell(row[change]) for change in changes)
        yield f"<tr><th>{escape(condition)}</th>{shown}</tr>"
    yield "</tbody></table>"


def _cell(those: Sequence[Tried]) -> str:
    if not those:
        return "<td></td>"
    signs = "".join(dict.fromkeys(SIGNS[each.state] for each in those))
    hint = "\n".join(_hint(each) for each in those)
    kind = ' class="alone"' if any(each.is_gap for each in those) else ""
    return f'<td{kind} title="{escape(hint, quote=True)}">{signs}</td>'


def _hint(each: Tried) -> str:
    groups = ", ".join(sorted(each.groups))
    what = groups if each.state == "found" else f"{WHY[each.state]} {groups}".strip()
    return f"{sentence(each.distortion)} {what}"
