"""What is claimed about the distortions of a reference, and whether it is so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from grader.authoring.claims import Finding
from grader.authoring.distortion import ALWAYS, Distortion, sentence
from grader.authoring.distortion.trying import Distorted, State, Tried, vouches_for
from grader.model.problem import Problem

CLAIM = "distorted references lose points where they should"

WHY: dict[State, str] = {
    "elsewhere": "costs no points in a group where it would if it was always so, only in",
    "unnoticed": "the checks meet it, and none fails",
    "unchanged": "makes no difference in what the checks try",
    "unmet": "no check does that",
}


def judge_distortions(problem: Problem, distorted: Distorted) -> Iterator[Finding]:
    """Yield what became of the distortions, and of what the author says of them.

    Which cases scenarios are tried with is not the author's choice: that a condition never holds
    in them is a figure, and no fault. They look at numbers, and not at types or at what is kept.
    """
    gaps = [each for each in distorted.tried if each.is_gap and not _passed_over(problem, each)]
    tried = [each for each in distorted.tried if each.state != "harmless"]
    tried = [each for each in tried if not _passed_over(problem, each)]
    found = sum(each.state == "found" for each in tried)
    figure = f"{found} of {len(tried)}"
    if not distorted.thorough:
        figure += f", chosen of {len(distorted.everything)}"
    yield Finding(CLAIM, figure, _gaps(problem, distorted, gaps))
    entries = problem.vouched.harmless
    stale = _stale(problem, distorted)
    figure = f"{len(distorted.vouched)} by {len(entries)} reasons"
    yield Finding("distortions listed as harmless are just that", figure, stale)


def _passed_over(problem: Problem, tried: Tried) -> bool:
    """Whether it is nothing that scenarios could find."""
    of_types = tried.distortion.change.key.startswith("cast ")
    unseen = tried.state == "unmet" or of_types or tried.distortion.change.key == "inside"
    return problem.has_scenarios and tried.is_gap and unseen


def _gaps(problem: Problem, distorted: Distorted, gaps: list[Tried]) -> list[str]:
    """What the checks miss, and what to do, as lines."""
    if not gaps:
        return []
    lines = _what_to_do(problem, gaps[0].distortion)
    in_all = Counter((d.member, d.condition.key) for d in distorted.everything)
    unmet: dict[tuple[str, str], Tried] = {}
    for each in gaps:
        distortion = each.distortion
        if each.state == "unmet" and distortion.condition.key != ALWAYS:
            unmet[distortion.member, distortion.condition.key] = each
            continue
        groups = f" {', '.join(sorted(each.groups))}" if each.groups else ""
        lines += [f"{distortion.id}: {WHY[each.state]}{groups}", f"    {sentence(distortion)}"]
    for (member, key), each in unmet.items():
        when = each.distortion.condition.phrase
        lines.append(f"{member}: {key}: {WHY['unmet']}: {in_all[member, key]} distortions {when}")
    return lines


def _what_to_do(problem: Problem, first: Distortion) -> list[str]:
    return [
        "Add a case or a check that fails for it; or, if it is right by the statement, write into",
        f"{problem.shown(problem.vouched_path)} what is right and why (* stands for anything):",
        "    [[harmless]]",
        f'    member = "{first.member}"',
        f'    place = "{first.place}"',
        f'    condition = "{first.condition.key}"',
        f'    change = "{first.change.key}"',
        '    reason = "why no check may fail for it"',
        f"See one: grader verify {problem.slug} --show-distortion '{first.id}'",
        "",
    ]


def _stale(problem: Problem, distorted: Distorted) -> list[str]:
    """Entries of vouched.toml that no longer fit."""
    lines = []
    for entry in problem.vouched.harmless:
        shown = f"{entry.member} {entry.place}: {entry.condition}: {entry.change}"
        where = f"{problem.shown(problem.vouched_path)}: {shown}"
        tried = [each for each in distorted.excused if vouches_for(entry, each.distortion)]
        if not any(vouches_for(entry, distortion) for distortion in distorted.vouched):
            lines.append(f"{where}: there is no such distortion any more; delete the entry")
        elif tried and all(each.state == "found" for each in tried):
            lines.append(f"{where}: all of them are found; delete the entry")
    return lines


STATES = ("all", "found", "elsewhere", "unnoticed", "unchanged", "unmet", "harmless", "vouched")


def by_member(distorted: Distorted) -> dict[str, Counter[str]]:
    """How many distortions of each method there are, and what became of them: :data:`STATES`."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for distortion in distorted.everything:
        counts[distortion.member]["all"] += 1
    for distortion in distorted.vouched:
        counts[distortion.member]["vouched"] += 1
    for each in distorted.tried:
        counts[each.distortion.member][each.state] += 1
    return dict(counts)
