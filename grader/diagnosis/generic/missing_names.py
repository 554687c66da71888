"""Exceptions that name the mistake: names, attributes and values that are not there.

In plain words, for whichever problem. What other exceptions mean, whose cause a problem may know
better, is the matter of :mod:`grader.diagnosis.generic.runtime_errors`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic.absent_modules import absent_there, asks_or_ends
from grader.diagnosis.generic.pasted_text import left_in_line
from grader.diagnosis.generic.python_versions import name_of_python_2
from grader.diagnosis.generic.signatures import Rule
from grader.diagnosis.generic.unavailable_modules import unavailable_there
from grader.diagnosis.likeness import close_to, nearest
from grader.remote.liberties import as_item
from grader.remote.steps import GetAttribute, StudentError

_IMPORTS = {
    "numpy": "import numpy",
    "np": "import numpy as np",
    "math": "import math",
    "copy": "import copy",
    "deepcopy": "from copy import deepcopy",
    "random": "import random",
    "sqrt": "from math import sqrt",
    "dataclass": "from dataclasses import dataclass",
}


def _undefined(facts: Facts, error: StudentError) -> Told | None:
    found = re.search(r"name '(\w+)' is not defined", error.message)
    if error.type_name != "NameError" or found is None:
        return None
    name, line, source = found[1], error.line, facts.source
    if line and (left := left_in_line(name, line, source.line(line))):
        return left.told
    if told := name_of_python_2(name, line):
        return told
    if name in source.kept or name in facts.own:
        return Told(
            "self-forgotten",
            Text(
                f"{name} is used in line {line} without self.",
                "In a method a plain name is a variable of that method; what belongs to the object"
                " is reached through self.",
                f"How do the other lines reach {name}?",
                f"Write self.{name}.",
            ),
        )
    if name in _IMPORTS:
        short = "np" in facts.provided or "np" in source.defined
        instead = " Write np." if name == "numpy" and short else ""
        return Told(
            "import-missing",
            Text(
                f"{name} is used in line {line}, and is not imported under that name.{instead}",
                "A file knows only the modules that it imports, by the names that it gives them.",
                "Which names do the import lines of your file make?",
                f"{_IMPORTS[name]}, at the top of the file",
            ),
        )
    known = sorted((source.defined | facts.provided) - {name})
    near = close_to(name, known, 0.75)
    meant = f"; is {near[0]} meant?" if near else ", and nothing defines it."
    return Told(
        "name-undefined",
        Text(
            f"The name {name} is used in line {line}{meant}",
            "Python knows a name only after something has given it a value.",
            f"Where should {name} come from: an argument, an earlier line, an import?",
            f"Compare the spelling of {name} with the line that should define it.",
        ),
    )


def _not_kept(facts: Facts, error: StudentError) -> Told | None:
    found = re.fullmatch(r"'(\w+)' object has no attribute '(\w+)'.*", error.message)
    if found is None or not error.frames or found[1] not in facts.classes:
        return None
    name, line, source = found[2], error.line, facts.source
    why = "An object has only the attributes that a line before has given it."
    if name in source.kept:
        return Told(
            "attribute-too-early",
            Text(
                f"self.{name} is read in line {line} before line {source.kept[name]} has set it.",
                why,
                f"In which method is self.{name} set, and is that always called before?",
                "Set it in the constructor, or before it is read.",
            ),
        )
    if name in source.local:
        return _without_self(name, source.local[name], f"line {line} finds no self.{name}")
    names = sorted({*source.kept, *facts.own} - {name})
    same = [kept for kept in names if kept.lower() == name.lower()]
    near = same or close_to(name, names, 0.8)
    meant = f"; is self.{near[0]} meant?" if near else ", and no line sets it."
    return Told(
        "attribute-unknown",
        Text(
            f"self.{name} is read in line {line}{meant}",
            why,
            f"Which line gives self.{name} its value?",
            "Compare the spelling, capitals included, with the line that sets it.",
        ),
    )


def _without_self(name: str, line: int, so_that: str) -> Told:
    return Told(
        "self-forgotten",
        Text(
            f"Line {line} keeps {name} without self, so that {so_that}.",
            "A plain name is a variable of its method, and is gone when the method ends.",
            "How do the other lines keep what another method needs?",
            f"Write self.{name} = ... there.",
        ),
    )


def renamed(facts: Facts, names: Sequence[str]) -> Told:
    """Say under which names attributes are kept; ``names`` are those of the statement."""
    stated = " and ".join(map(as_item, names))
    own = " and ".join(as_item(facts.renamed[name]) for name in names)
    is_called = "is called" if len(names) == 1 else "are called"
    return Told(
        "attribute-misnamed",
        Text(
            f"What the statement calls {stated} {is_called} {own} here.",
            "Whoever uses the class reads and sets its attributes by the names of the statement.",
            "Use the attribute names that the statement gives.",
            f"Rename {own} to {stated}, wherever it stands.",
        ),
    )


def _asked_for(facts: Facts, error: StudentError) -> Told | None:
    """An attribute that the problem reads, and the object does not have."""
    step = error.step
    if error.type_name != "AttributeError" or not isinstance(step, GetAttribute) or error.frames:
        return None
    name, kept = step.name, facts.source.kept
    if name in facts.renamed:
        return renamed(facts, [name])
    why = "Whoever uses the class reads its attributes by the names of the statement."
    other = nearest(name, kept.keys() - facts.attributes)
    if other is not None and name not in kept:
        return Told(
            "attribute-misnamed",
            Text(
                f"The attribute is called {other}; the statement calls it {name}.",
                why,
                "Use the attribute names that the statement gives.",
                f"Rename self.{other} to self.{name}.",
            ),
        )
    late = f": line {kept[name]} sets it too late" if name in kept else ", and no line sets it"
    return Told(
        "attribute-missing",
        Text(
            f"There is no attribute {name}{late}.",
            why,
            "Which attributes does the statement list, and which does your constructor set?",
            f"Set self.{name} in the constructor.",
        ),
    )


def _none_used(facts: Facts, error: StudentError) -> Told | None:
    line = facts.source.line(error.line)
    if found := re.match(r"'NoneType' object has no attribute '(\w+)'", error.message):
        holder = re.search(rf"((?:\w+\.)*\w+)\.{found[1]}\b", line)
        asked = f"where its {found[1]} is asked for"
    elif re.match(r"'NoneType' object (is not subscriptable|does not support item)", error.message):
        holder, asked = re.search(r"((?:\w+\.)*\w+)\[", line), "where an element of it is asked for"
    else:
        return None
    name = holder[1] if holder else "A value"
    given = facts.source.given(name.removeprefix("self.")) if name.startswith("self.") else 0
    plain = name.removeprefix("self.")
    if given is None and plain in facts.source.local:
        return _without_self(
            plain, facts.source.local[plain], f"{name} is None in line {error.line}"
        )
    stronger = f"No line of the file gives {name} another value than None."
    if given is not None:
        stronger = f"Find out which line should have given {name} its value, and whether it ran."
        if given:
            stronger = f"Line {given} gives {name} a value; has that line been run before?"
    return Told(
        "none-used",
        Text(
            f"{name} is None in line {error.line}, {asked}.",
            "None stands for nothing; it has no shape, no transpose and no elements.",
            f"Which line should have given {name} its value?",
            stronger,
        ),
    )


def _lacking(facts: Facts, error: StudentError) -> Told | None:
    found = re.match(r"'([\w.]+)' object has no attribute '(\w+)'", error.message)
    if found is None or not error.frames:
        return None
    name, kind = found[2], facts.kind_named(found[1])
    return Told(
        "value-of-another-kind",
        Text(
            f"In line {error.line} {kind} is asked for .{name}, which it does not have.",
            "What a value can do depends on what kind of value it is.",
            "Print what you have there, and its type, one line before.",
            f"Follow the value back to the line that made it: what should have .{name}?",
        ),
    )


def _endless(facts: Facts, error: StudentError) -> Told | None:
    if error.type_name != "RecursionError" or not error.frames:
        return None
    function = error.frames[-1][1]
    return Told(
        "calls-itself",
        Text(
            f"{function} calls itself again and again (line {error.line}).",
            "Python gives up after a thousand calls that are not finished.",
            f"Which line of {function} leads back into {function}?",
            "A property that reads or sets an attribute of its own name does so, too.",
        ),
    )


def _helper_misused(facts: Facts, error: StudentError) -> Told | None:
    """An object of the problem's, such as an optimizer, that is made anew or called wrongly."""
    if found := re.match(r"(\w+) cannot be made anew", error.message):
        return Told(
            "made-anew",
            Text(
                f"Line {error.line} makes a new {found[1]}; the given one should be copied.",
                "A new one has its own settings, not those that were chosen.",
                "Which learning rate would the new one have, and which should it have?",
                "Copy it with the module copy.",
            ),
        )
    if "from before" in error.message and error.type_name == "ValueError" and error.frames:
        return Told(
            "object-of-another-layer",
            Text(
                f"Line {error.line} uses an object that was given to an earlier layer.",
                "What one layer is given is its own; what it remembers disturbs the others.",
                "Where is it kept: on self, on the class, or in a global variable?",
                "Keep it on self, and replace it whenever initialize is called.",
            ),
        )
    found = re.match(r"\w+\.(\w+): (?:\w+\.)?\w+\(\) (missing|takes) .*", error.message)
    if error.type_name != "ValueError" or found is None or not error.frames:
        return None
    count = "too few" if found[2] == "missing" else "too many"
    return Told(
        "helper-called-wrongly",
        Text(
            f"{found[1]} is called in line {error.line} with {count} arguments.",
            "What a method needs to work with has to be handed to it.",
            f"Which arguments does the statement give {found[1]}?",
            f"Compare the call in line {error.line} with the signature in the statement.",
        ),
    )


RULES: tuple[Rule, ...] = (
    unavailable_there,
    absent_there,
    asks_or_ends,
    _undefined,
    _not_kept,
    _asked_for,
    _none_used,
    _lacking,
    _endless,
    _helper_misused,
)
"""In order: the first that has something to say is taken."""
