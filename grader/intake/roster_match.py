"""Who of the roster handed what in."""

from __future__ import annotations

from grader.intake.roster import Listed, Roster
from grader.intake.student_files import Handed


def match(handed: list[Handed], roster: Roster) -> tuple[Listed, ...]:
    """Add what the roster knows to what was handed in; return who is missing.

    Ids decide before names do, so a name that two students share is never given to the wrong one.
    Where it is not known who somebody is, nothing is guessed: a note says so.
    """
    owners: dict[int, Handed] = {}  # by line of the roster
    unknown = [one for one in handed if not _settle(one, roster.by_ids(one), owners)]
    claimed = set(owners)
    for one in unknown:
        free = [listed for listed in roster.by_name(one) if listed.line not in claimed]
        if not _settle(one, free, owners):
            several = " and ".join(f"line {listed.line}" for listed in free)
            why = f"the roster has several of this name ({several})" if several else ""
            one.notes.append(why or "not in the roster")
    return tuple(listed for listed in roster.students if listed.line not in owners)


def _settle(one: Handed, found: list[Listed], owners: dict[int, Handed]) -> bool:
    if len(found) != 1:
        return False
    (listed,) = found
    first = owners.setdefault(listed.line, one)
    if first is not one:
        one.notes.append(f"the roster's {listed.name} has also handed in as {first.student}")
        first.notes.append(f"the roster's {listed.name} has also handed in as {one.student}")
    one.ids = {**one.ids, **listed.ids}
    return True
