"""Which distortions are tried where there is no time for all: each condition and each change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from grader.authoring.distortion import ALWAYS, Distortion
from grader.authoring.distortion.catalogue import makes_sense

MOST_PAIRS = 100
"""With what is always wrong some 150 are graded, which takes two processors less than 15 s."""


def chosen_always(distortions: Iterable[Distortion]) -> list[Distortion]:
    """Of what is always wrong: each change once, spread over the methods, and two of each method.

    The two are what conditions can be tried on; see :func:`chosen_pairs`.
    """
    always = [d for d in distortions if d.condition.key == ALWAYS]
    by_change: dict[str, list[Distortion]] = defaultdict(list)
    for distortion in always:
        by_change[distortion.change.key].append(distortion)
    used: Counter[str] = Counter()
    chosen: list[Distortion] = []

    def choose(distortion: Distortion) -> None:
        if distortion not in chosen:
            chosen.append(distortion)
            used[distortion.member] += 1

    for found in by_change.values():
        choose(min(found, key=lambda distortion: used[distortion.member]))
    for member in dict.fromkeys(distortion.member for distortion in always):
        values = [d for d in always if d.member == member and d.change.family == "value"]
        for distortion in values[:1] + values[-1:]:
            choose(distortion)
    return chosen


def chosen_pairs(
    distortions: Sequence[Distortion], found: Iterable[Distortion]
) -> list[Distortion]:
    """Each condition once, and then of each method, up to a limit; with changes in turn.

    Args:
        found: What a check finds if it is always so; conditions are put on these alone.
    """
    by_member: dict[str, list[Distortion]] = defaultdict(list)
    for distortion in found:
        by_member[distortion.member].append(distortion)
    there = {(d.unconditional, d.condition.key): d for d in distortions}
    conditions: dict[tuple[str, str], Distortion] = {}
    for distortion in distortions:
        if distortion.condition.key != ALWAYS:
            conditions.setdefault((distortion.member, distortion.condition.key), distortion)
    used: Counter[tuple[str, str, str]] = Counter()
    chosen = []
    first = {key: where for where in reversed(conditions) for key in where[1:]}
    in_turn = sorted(conditions, key=lambda where: first[where[1]] != where)
    for member, key in in_turn[:MOST_PAIRS]:
        example = conditions[member, key]
        fitting = [
            d
            for d in by_member[member]
            if makes_sense(example.condition, d.change) and (d.unconditional, key) in there
        ]
        if fitting:
            best = min(fitting, key=lambda d: used[d.unconditional])
            used[best.unconditional] += 1
            chosen.append(there[best.unconditional, key])
    return chosen
