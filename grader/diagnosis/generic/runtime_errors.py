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
    number, line = error.line, facts.source.line(error.line)
    decides, compares = _DECIDES.match(line), _COMPARES.search(line)
    title = f"Line {number} asks whether a whole array is true."
    hint = f"What do if, and, or, not decide on in line {number}?"
    stronger = "Ask for one thing: is it None, how large is it, are all elements so?"
    if decides and not compares:
        title = f"The {decides[1]} in line {number} has to decide about a whole array at once."
        hint = f"For an array with several elements, what should {decides[1]} in line {number} do?"
        stronger = "np.where chooses for each element; .all() and .any() make one answer of many."
    elif compares and not decides:
        title = f"Python's {compares[1]} in line {number} is given a whole array to compare."
        hint = f"Does {compares[1]} in line {number} look at each element, or at whole arrays?"
        stronger = "NumPy has functions that compare element by element: np.maximum, np.minimum."
    why = (
        "The answer may be yes for some elements and no for others, so Python refuses to give one."
    )
    return Told("truth-of-array", Text(title, why, hint, stronger))


_DECIDES = re.compile(r"(if|elif|while|assert)\b")
_COMPARES = re.compile(r"(?<![.\w])(max|min|sorted)\(")


def _shape_argument(facts: Facts, error: StudentError) -> Told | None:
    """A shape that is no tuple where NumPy takes one, or is one where it takes numbers."""
    number, line = error.line, facts.source.line(error.line)
    apart = re.fullmatch(r"Cannot interpret '(\d+)' as a data type", error.message)
    makes = re.search(r"\b(zeros|ones|empty)\(", line)
    if error.type_name == "TypeError" and apart and makes:
        name = f"np.{makes[1]}"
        return Told(
            "shape-not-a-tuple",
            Text(
                f"{name} in line {number} is given the shape as separate numbers, not as a tuple.",
                f"{name} takes the whole shape as its first argument. It takes the second, "
                f"{apart[1]}, for a data type, and raises TypeError.",
                f"How many pairs of parentheses does line {number} need?",
                f"{name}((rows, columns)): a tuple in the parentheses of the call.",
            ),
        )
    draws = re.search(r"\b(randn?)\(\s*\(", line)
    if error.message == "'tuple' object cannot be interpreted as an integer" and draws:
        return Told(
            "shape-is-a-tuple",
            Text(
                f"{draws[1]} in line {number} is given a tuple; it takes separate numbers.",
                f"Unlike np.zeros, np.random.{draws[1]} takes each size as an argument of its own.",
                f"How many pairs of parentheses does line {number} need?",
                f"np.random.{draws[1]}(rows, columns)",
            ),
        )
    return None


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
    kinds = [facts.kind_named(name) for name in found.groups()]
    odd = next((kind for kind in kinds if kind not in _CALCULABLE), kinds[0])
    return Told(
        "value-of-another-kind",
        Text(
            f"Line {error.line} calculates with {odd}, which Python cannot do.",
            "What a value can be used for depends on what kind of value it is.",
            "Print what you have there, and its type, one line before.",
            "Follow the value back to the line that made it.",
        ),
    )


def _not_callable(facts: Facts, error: StudentError) -> Told | None:
    found = re.match(r"'([\w.]+)' object is not callable", error.message)
    if found is None or not error.frames:
        return None
    if (exposed := facts.exposed.get(found[1])) is not None and exposed.methods:
        name, method = exposed.variable, exposed.methods[0]
        return Told(
            "not-callable",
            Text(
                f"Line {error.line} calls the {name} itself instead of its method {method}.",
                f"The {name} is an object and no function: what it can do is in its methods.",
                f"Which method of the {name} does the statement name?",
                f"Write .{method}( in line {error.line}, where the parenthesis of the call is.",
            ),
        )
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
    number, said = error.line, _said(error)
    if error.type_name == "KeyError" and error.frames:
        return Told(
            "element-not-there",
            Text(
                f"Line {number} looks for the key {said} in a dictionary that does not have it.",
                "A dictionary has only the keys that it was made with or that were put in later.",
                f"Which keys does the dictionary in line {number} have? Print them before it.",
                f"Is {said} spelled alike everywhere, and is it put in before line {number}?",
            ),
        )
    many = re.match(r"too many indices .*array is (\d+)-dimensional, but (\d+)", error.message)
    if error.type_name == "IndexError" and error.frames and many:
        return Told(
            "element-not-there",
            Text(
                f"Line {number} gives {many[2]} indices for an array with {_axes(many[1])}.",
                "An array takes at most one index for each of its dimensions.",
                f"What is the shape of the array in line {number}? Print it one line before.",
                "Follow the array back to the line that made it: where is a dimension lost?",
            ),
        )
    if error.type_name != "IndexError" or not re.search("out of (range|bounds)", said):
        return None
    if not error.frames:
        return None
    return Told(
        "element-not-there",
        Text(
            f"Line {number} asks for an element that is not there ({said}).",
            "Counting begins at 0: the first of n elements is [0], and the last is [n - 1].",
            f"Print what stands before the bracket in line {number}: how long is it?",
            "A tuple such as (3,) has one element, [0].",
        ),
    )


def _axes(count: str) -> str:
    return "1 dimension" if count == "1" else f"{count} dimensions"


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
            f"{function} raises an exception in line {error.line} ({shown}).",
            "The call ends there and returns nothing, so what needs it cannot be checked.",
            f"What does line {error.line} work with, and what does it expect?",
            f"Print what goes into line {error.line}, one line before.",
        ),
    )


RULES: tuple[Rule, ...] = (
    _unset,
    _refused,
    _truth,
    _shape_argument,
    _shapes,
    _operands,
    _not_callable,
    _not_there,
    _anything,
)
"""In order: the first that has something to say is taken."""
