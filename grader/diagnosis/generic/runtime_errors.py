"""What exceptions mean whose cause a problem may know better, such as shapes that do not fit.

They are told where nothing else is, in plain words, for whichever problem.
"""

from __future__ import annotations

import re

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic.signatures import Rule
from grader.diagnosis.value_kinds import kind_named
from grader.remote.steps import StudentError

MOST_SAID = 80
"""Characters of what an exception says that stand in a sentence."""


def _unset(facts: Facts, error: StudentError) -> Told | None:
    found = re.search(r"local variable '(\w+)'", error.message)
    if error.type_name != "UnboundLocalError" or found is None:
        return None
    name = found[1]
    return Told(
        "variable-unset",
        Text(
            f"{name} is used in line {error.line} before it has a value.",
            "A variable that is only set in some cases does not exist in the others.",
            f"Follow the code to line {error.line}: on which way does {name} get no value?",
            f"Set {name} before the if, or in every branch.",
        ),
    )


def _refused(facts: Facts, error: StudentError) -> Told | None:
    if not re.match(r"(raise|assert)\b", facts.source.line(error.line)):
        return None
    said = f": {_said(error)}" if error.message else ""
    return Told(
        "refused-by-own-check",
        Text(
            f"Line {error.line} refuses what it is given{said}.",
            "What the statement allows has to be worked with.",
            "Does the statement allow what your line forbids?",
            "Delete the line, or let more through.",
        ),
    )


def _truth(facts: Facts, error: StudentError) -> Told | None:
    if "truth value of an array" not in error.message or not error.frames:
        return None
    return Told(
        "truth-of-array",
        Text(
            f"Line {error.line} asks whether a whole array is true.",
            "Some elements may be and others not, so there is no answer.",
            f"What do if, and, or, not decide on in line {error.line}?",
            "Ask for one thing: is it None, how large is it, are all elements so?",
        ),
    )


_SHAPES = re.compile(r"\((?:\d+,|\d+(?:,\s?\d+)+,?)?\)")


def _shapes(facts: Facts, error: StudentError) -> Told | None:
    said = ("not aligned", "broadcast", "core dimension", "enough dimensions", "inhomogeneous")
    if error.type_name != "ValueError" or not any(words in error.message for words in said):
        return None
    if not error.frames:
        return None
    shapes = _SHAPES.findall(error.message.replace(", ", ","))[:2]
    shown = f": {' and '.join(shapes)}" if len(shapes) == 2 else ""
    return Told(
        "shapes-do-not-fit",
        Text(
            f"The shapes in line {error.line} do not fit each other{shown}.",
            "In a matrix product the inner sizes must be equal; sums and differences need equal"
            " shapes, or sizes of 1.",
            f"Print the shapes of what line {error.line} puts together, one line before.",
            "Write down the shapes of the formula in the statement, and compare.",
        ),
    )


_CALCULABLE = ("a number", "a whole number", "an array", "True or False")


_MISFITS = (
    r"unsupported operand .*: '([\w.]+)' and '([\w.]+)'",
    r"bad operand type for .*: '([\w.]+)'",
    r"loop of ufunc does not support argument \d+ of type ([\w.]+)",
    r"'([\w.]+)' object cannot be interpreted as an integer",
    r"'([\w.]+)' object is not (?:subscriptable|iterable)",
    r"can only concatenate ([\w.]+) \(not \"([\w.]+)\"\) to",
    r"can't multiply sequence by non-int of type '([\w.]+)'",
    r"float\(\) argument must be .*, not '([\w.]+)'",
    r"\w+\.\w+: unsupported operand .*: '([\w.]+)' and '([\w.]+)'",
)


def _operands(facts: Facts, error: StudentError) -> Told | None:
    found = next((f for kind in _MISFITS if (f := re.match(kind, error.message))), None)
    if found is None or not error.frames:
        return None
    kinds = [kind_named(name) for name in found.groups()]
    odd = next((kind for kind in kinds if kind not in _CALCULABLE), kinds[0])
    return Told(
        "value-of-another-kind",
        Text(
            f"Line {error.line} works with {odd}, and cannot do with it what it should.",
            "What a value can be used for depends on what kind of value it is.",
            "Print what you have there, and its type, one line before.",
            "Follow the value back to the line that made it.",
        ),
    )


def _not_callable(facts: Facts, error: StudentError) -> Told | None:
    found = re.match(r"'([\w.]+)' object is not callable", error.message)
    if found is None or not error.frames:
        return None
    return Told(
        "not-callable",
        Text(
            f"Line {error.line} calls {kind_named(found[1])} as if it were a function.",
            "Parentheses behind a name call it; only functions, methods and classes can be called.",
            f"What stands in front of the parentheses in line {error.line}?",
            "Name the method that is meant, or replace the parentheses by what is meant.",
        ),
    )


def _not_there(facts: Facts, error: StudentError) -> Told | None:
    if error.type_name not in ("IndexError", "KeyError") or not error.frames:
        return None
    return Told(
        "element-not-there",
        Text(
            f"Line {error.line} asks for an element that is not there ({_said(error)}).",
            "Counting begins at 0: the first of n elements is [0], and the last is [n - 1].",
            f"Print what stands before the bracket in line {error.line}: how long is it?",
            "A tuple such as (3,) has one element, [0].",
        ),
    )


def _said(error: StudentError) -> str:
    """The first line of what an exception says, or the beginning of it."""
    first, *_ = error.message.splitlines() or [""]
    return first if len(first) <= MOST_SAID else f"{first[: MOST_SAID - 1]}…"


def _anything(facts: Facts, error: StudentError) -> Told | None:
    if not error.frames or error.type_name == "NotImplementedError":
        return None
    function = error.frames[-1][1].replace("<module>", "The file")
    said = _said(error)
    shown = f"{error.type_name}: {said}" if said else error.type_name
    return Told(
        "raises",
        Text(
            f"{function} ends with an exception in line {error.line} ({shown}).",
            "Nothing comes of the call, and what needs it cannot be looked at.",
            f"What does line {error.line} work with, and what does it expect?",
            f"Print what goes into line {error.line}, one line before.",
        ),
    )


RULES: tuple[Rule, ...] = (
    _unset,
    _refused,
    _truth,
    _shapes,
    _operands,
    _not_callable,
    _not_there,
    _anything,
)
"""In order: the first that has something to say is taken."""
