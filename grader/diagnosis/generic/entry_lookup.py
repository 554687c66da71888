"""The class or function that a problem asks for: missing, elsewhere, misnamed, or there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.likeness import class_like, nearest
from grader.diagnosis.source_scan import Enclosed, Source

CLASS_TWICE = "class-twice"

HALF = 0.5
"""Share of the names that are asked for that a class of another name has to have."""

_BY_NAME = "Whoever uses the {} imports it by the name of the statement."


def without_entry(facts: Facts) -> Told:
    """Say why a file that could be loaded has not the class, or the function."""
    return next(told for rule in _RULES if (told := rule(facts)))


def _inside(facts: Facts) -> Told | None:
    kind = facts.entry_kind
    found = facts.source.enclosed(facts.entry, kind)
    if found is None:
        return None
    by_name = _BY_NAME.format(kind)
    return Told(
        f"{kind}-inside",
        Text(
            f"The {kind} {facts.entry} (line {found.line}) stands {place_of(found)}.",
            f"{by_name} What is inside of something else cannot be found by its name.",
            f"How far is line {found.line} indented, and how far should it be?",
            f"Move the whole {kind} to the left margin, out of what begins in line {found.opened}.",
        ),
    )


def place_of(found: Enclosed) -> str:
    """Inside of what a class stands, in words."""
    head = re.match(r"(?:async\s+)?(def|class)\s+(\w+)", found.within)
    if head:
        kind = "function" if head[1] == "def" else "class"
        return f"inside of the {kind} {head[2]} (line {found.opened})"
    if "__name__" in found.within:
        return f"under the main guard (if __name__ == '__main__', line {found.opened})"
    word = re.match(r"\w+", found.within)
    return f"inside of the {word[0] if word else 'block'} that begins in line {found.opened}"


def _not_code(facts: Facts) -> Told | None:
    """What is in the file, but commented out or between quotes."""
    kind = facts.entry_kind
    word = "def" if kind == "function" else "class"
    heading = re.compile(rf"\s*{word}\s+{re.escape(facts.entry)}\s*[(:]")
    statements = {n for n, _ in facts.source.statements}
    for number, line in enumerate(facts.source.lines, 1):
        bare = line.lstrip().removeprefix("#")
        commented = heading.match(bare) and "#" in line.partition(word)[0]
        quoted = heading.match(line) and number not in statements
        if commented or quoted:
            how = "commented out" if commented else "inside of a text in quotes"
            return Told(
                f"{kind}-not-code",
                Text(
                    f"The {kind} {facts.entry} in line {number} is {how}.",
                    f"Comments and texts are not run; no {kind} comes of them.",
                    f"Where does what line {number} belongs to begin, and where does it end?",
                    "Take away the signs that make a comment of it."
                    if commented
                    else "Take away the quotes around it.",
                ),
            )
    return None


def _misnamed(facts: Facts) -> Told | None:
    meant = function_meant(facts) if facts.entry_kind == "function" else class_meant(facts)
    return None if meant is None else _called(facts, meant, facts.entry)


def _called(facts: Facts, meant: str, name: str) -> Told:
    kind = facts.entry_kind
    text = Text(
        f"The {kind} is called {meant}; the statement calls it {name}.",
        _BY_NAME.format(kind),
        f"Compare the name of your {kind} with the statement, capitals included.",
        f"Rename {meant} to {name}.",
    )
    return Told(f"{kind}-misnamed", text)


def absent_function(facts: Facts, name: str) -> Told | None:
    """Say where a function is that the file should have, if it has none of that name."""
    if name in facts.functions or name not in facts.wanted:
        return None
    meant = function_meant(facts, name)
    return missing(facts, name) if meant is None else _called(facts, meant, name)


def function_meant(facts: Facts, name: str = "") -> str | None:
    """The function that is meant to be the one of a name, the entry's by default."""
    return nearest(name or facts.entry, sorted(facts.functions - facts.wanted))


def class_meant(facts: Facts) -> str | None:
    """The class that is meant, if one has what is asked for, or is at least spelled alike.

    Methods and attributes say more than a name: there may be a helper of a similar one.
    """
    bases = {base for told in facts.classes.values() for base in told.get("bases", ())}
    candidates = {
        name: told
        for name, told in facts.classes.items()
        if name not in bases | facts.provided and "BaseException" not in told.get("bases", ())
    }
    alike = class_like(facts.entry, candidates)

    def has(name: str) -> tuple[float, bool]:
        told = candidates[name]
        kept = facts.source.kept_by(name)
        methods = _share(facts.wanted, frozenset(told["methods"]))
        return methods + _share(facts.asked, kept.union(told.get("arguments", ()))), name == alike

    fitting = [
        name
        for name, told in candidates.items()
        if _share(facts.wanted, frozenset(told["methods"])) >= HALF
    ]
    return max(fitting, key=has, default=alike)


def _share(asked: frozenset[str], there: frozenset[str]) -> float:
    return len(asked & there) / len(asked) if asked else 0.0


def _of_the_other_kind(facts: Facts) -> Told | None:
    if facts.entry_kind == "function":
        if facts.entry not in facts.classes:
            return None
        text = Text(
            f"{facts.entry} is a class; the statement asks for a function.",
            "What the statement calls gives its result at once, and a class gives an instance.",
            "How does the example in the statement use it?",
            f"def {facts.entry}(...): at the left margin, with a return",
        )
        return Told("function-is-class", text)
    if facts.entry not in facts.functions:
        return None
    text = Text(
        f"{facts.entry} is a function; the statement asks for a class.",
        "A class keeps what its methods need between calls; a function forgets.",
        "How does the example in the statement use it?",
        f"class {facts.entry}: with the methods of the statement in it",
    )
    return Told("class-is-function", text)


def _missing(facts: Facts) -> Told:
    return missing(facts, facts.entry)


def missing(facts: Facts, name: str) -> Told:
    """Say that the file has no class, or no function, of a name, and which it has."""
    kind = facts.entry_kind
    there = sorted(facts.functions if kind == "function" else facts.classes)[:4]
    many = "functions" if kind == "function" else "classes"
    others = f"; its {many} are called {' and '.join(there)}" if len(there) > 1 else ""
    others = others or (f"; its {kind} is called {there[0]}" if there else "")
    to_do = f"class {name}: with the methods of the statement in it"
    text = Text(
        f"The file has no {kind} {name}{others}.",
        _BY_NAME.format(kind),
        "Is this the file that you meant to hand in, and is it complete?",
        f"def {name}(...): with the arguments of the statement" if kind == "function" else to_do,
    )
    return Told(f"{kind}-missing", text)


_RULES = (_inside, _of_the_other_kind, _misnamed, _not_code, _missing)


# -- two classes of one name ---------------------------------------------------------------


def replaced(facts: Facts) -> Told | None:
    """Say that a later class of the same name has replaced one that had more in it."""
    entry, source = facts.entry, facts.source
    *before, last = _standing(source, entry) or [0]
    left = source.written(last) if last else frozenset()
    fuller = [n for n in before if (source.written(n) - left) & (facts.wanted | {"__init__"})]
    if not fuller:
        return None
    lost = sorted(source.written(fuller[-1]) - left)
    return Told(
        CLASS_TWICE,
        Text(
            f"The class {entry} is defined twice, in line {fuller[-1]} and again in line {last},"
            " and the later one counts.",
            f"It has replaced the earlier one, and has no {_listed(lost)} of its own.",
            "Which of the two did you mean to hand in?",
            f"Delete the class that begins in line {last}, or give it another name.",
        ),
    )


def note_on_two(source: Source, entry: str) -> Iterator[str]:
    """A note on a class that is defined more than once."""
    *before, last = _standing(source, entry) or [0]
    if before:
        lines = " and ".join(str(n) for n in [*before[-3:], last])
        yield f"the class {entry} is defined more than once (lines {lines}); the last one counts"


def _standing(source: Source, entry: str) -> list[int]:
    """The lines in which the class is defined, without those that only add to it."""
    adds = re.compile(rf"class\s+{re.escape(entry)}\s*\(.*\b{re.escape(entry)}\b")
    return [n for n in source.definitions(entry) if not adds.match(source.line(n))]


def _listed(names: list[str]) -> str:
    shown = names[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(shown)}{more}"
