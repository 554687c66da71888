"""What belongs to an object and is kept on its class, where all objects share it.

Told by the lines alone. What is set on such an object from outside has no effect, so that nothing
that is read of its values shows another mistake.
"""

from __future__ import annotations

import re

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts


def kept_on_the_class(facts: Facts) -> Told | None:
    """Say which attribute is assigned to the class, of those that a failed check has used."""
    owner = rf"(?:\b{facts.entry}|\bcls|type\(self\)|self\.__class__)"
    assigned = re.compile(rf"\s+{owner}\.(\w+)\s*(?:[-+*/@]?=(?!=)|\[[^\]]*\]\s*[-+*/]?=(?!=))")
    lines = facts.source.lines
    for number, line in enumerate(lines, 1):
        found = assigned.match(line)
        if found and found[1] in facts.attributes and found[1] not in facts.source.kept:
            read = re.compile(rf"(?<=[^\s]).*{owner}\.{found[1]}\b")
            return _told(found[1], number, facts.entry, ignored=any(map(read.search, lines)))
    return None


def _told(name: str, line: int, entry: str, *, ignored: bool) -> Told:
    """What is said of an attribute.

    Args:
        ignored: Whether it is read from the class, so that one of the object's own does nothing.
    """
    effect = "the last one holds for all of them."
    if ignored:
        effect = f"setting {name} on one of them has no effect."
    return Told(
        "kept-on-the-class",
        Text(
            f"{name} is kept on the class in line {line}: all objects share it, and {effect}",
            f"With two objects the second one replaces the {name} of the first.",
            f"Make two objects; after changing {name} of one, what is {name} of the other?",
            f"Write self.{name} in place of {entry}.{name}, wherever it stands.",
        ),
    )
