"""Distortions: a reference that is right except under a condition, in as many ways as there are.

Mutants change the source; what goes wrong over time, with sizes and values, or at the interface is
in no line of it. A distortion is a member of the class, a place, a condition and a change: the
value *returned* by ``forward``, *beyond 32 rows*, is *transposed*. It is graded as any submission:
the reference's source, and a wrapper behind it (:mod:`grader.authoring.distortion.render`).

What there is to distort is found out by listening to the reference while it is graded
(:mod:`grader.authoring.distortion.facts`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from grader.authoring.distortion.render import distorted

Kind = Literal["value", "handed", "effect", "interface", "base"]

ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Condition:
    """When it is wrong.

    Attributes:
        key: Its name, in vouched.toml and everywhere.
        phrase: To be read behind "is wrong".
        call: Python that makes it.
        about: What family it is of; decides which changes make sense with it.
    """

    key: str
    phrase: str
    call: str
    about: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is wrong.

    Attributes:
        key: Its name, in vouched.toml and everywhere.
        phrase: A sentence of which the place, if there is one, is the subject: "is transposed".
        call: Python that makes it.
        kind: How it is put around the method.
        family: Those of one family need not be told apart.
    """

    key: str
    phrase: str
    call: str
    kind: Kind
    family: str


@dataclass(frozen=True, slots=True)
class Distortion:
    """The reference, wrong under a condition.

    Attributes:
        place: What is changed: ``result``, ``self.W``, ``W_opt.update.1``; "" for effects.
    """

    entry: str
    member: str
    place: str
    condition: Condition
    change: Change

    @property
    def id(self) -> str:
        """Its name."""
        what = f"{self.member} {self.place}".strip()
        return f"{what}: {self.condition.key}: {self.change.key}"

    @property
    def unconditional(self) -> tuple[str, str, str]:
        """What it has in common with the one that is always so."""
        return (self.member, self.place, self.change.key)

    def source(self, reference: str) -> str:
        """The distorted reference."""
        condition, change = self.condition.call, self.change.call
        member, place = self.member, self.place
        last = {
            "value": f"value_changed({member!r}, {place!r}, {condition}, {change})",
            "handed": f"handed_changed({member!r}, {place!r}, {condition}, {change})",
            "effect": f"done_after({member!r}, {condition}, {change})",
            "interface": change,
            "base": change,
        }[self.change.kind]
        if self.change.kind != "base":
            last = f"surrounded(entry, {last})"
        names = {node.id for node in ast.walk(ast.parse(last)) if isinstance(node, ast.Name)}
        return distorted(reference, self.entry, names, last, sentence(self))


def sentence(distortion: Distortion) -> str:
    """What is wrong, for people: "The value that forward returns is transposed beyond 8 rows"."""
    subject = _subject(distortion)
    when = distortion.condition.phrase
    text = f"{subject} {distortion.change.phrase}" if subject else distortion.change.phrase
    return f"{text} {when}.".replace(" .", ".")


def _subject(distortion: Distortion) -> str:
    member, place = distortion.member, distortion.place
    if not place:
        return ""
    if place == "result":
        return f"What {member}() returns"
    if place.startswith("result."):
        return f"{place[7:]!r} in what {member}() returns"
    if place.startswith("self."):
        return f"{place[5:]} after {member}()"
    if distortion.change.kind == "handed":
        attribute, name, number = place.split(".")
        return f"Argument {int(number) + 1} of {attribute}.{name}() in {member}()"
    return f"The argument {place} of {member}()"


def place_in_words(place: str) -> str:
    """``self.W`` as "W"."""
    return place.removeprefix("self.") if place != "result" else "the result"


def size_in_words(size: str) -> str:
    """``X.0`` as "the number of rows of X"."""
    place, _, axis = size.rpartition(".")
    if not place or not axis.isdigit():
        return place_in_words(size)
    what = {"0": "the number of rows", "1": "the number of columns"}.get(axis, f"axis {axis}")
    return f"{what} of {place_in_words(place)}"
