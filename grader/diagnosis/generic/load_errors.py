"""Files in which there is nothing to call: why, in plain words, for whichever problem."""

from __future__ import annotations

import re

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic import missing_names, runtime_errors
from grader.diagnosis.generic.absent_modules import absent_there, asks_or_ends
from grader.diagnosis.generic.entry_lookup import without_entry
from grader.diagnosis.generic.pasted_text import pasted
from grader.diagnosis.generic.python_versions import of_another_version
from grader.diagnosis.generic.unavailable_modules import unavailable_there
from grader.remote.steps import StudentError

SYNTAX = ("SyntaxError", "IndentationError", "TabError")


def unloadable(facts: Facts) -> Told | None:
    """Say why a file has not the class that the problem asks for."""
    error = facts.load_error
    if error is None:
        return None if facts.has_entry else without_entry(facts)
    if error.type_name in SYNTAX:
        return _syntax(facts, error)
    for rule in (unavailable_there, absent_there, asks_or_ends):
        if told := rule(facts, error):
            return told
    if error.type_name == "AssertionError":
        return Told(
            "assertion-at-import",
            Text(
                f"The assert in line {error.line} fails while the file is loaded.",
                "What stands below it is never reached, and nothing of the file can be used.",
                "Print what the line compares: which of the two is right?",
                "Put your own tests under: if __name__ == '__main__':",
            ),
        )
    return next(
        (
            told
            for rule in (*missing_names.RULES, *runtime_errors.RULES)
            if (told := rule(facts, error))
        ),
        None,
    )


# -- files that are not Python -------------------------------------------------------------


def _syntax(facts: Facts, error: StudentError) -> Told | None:
    line, reason = error.detail.get("line"), str(error.detail.get("reason"))
    if text_left := pasted(facts.source, error):
        return text_left.told
    if told := of_another_version(facts.source, error):
        return told
    where = f"line {line}" if type(line) is int else "the file"
    if error.type_name == "TabError":
        text = Text(
            f"Tabs and spaces are mixed: {where} is indented otherwise than the lines around it.",
            "Python cannot tell how far a line is indented if a tab may be as wide as it likes.",
            "Let your editor show tabs and spaces.",
            "Indent with spaces only; editors can convert tabs.",
        )
        return Told("tabs-and-spaces", text)
    if facts.source.cut_off(line, reason, error.detail.get("column")):
        text = Text(
            f"The file ends in the middle of something that begins in {where}.",
            "The end of the file is missing; nothing of it can be used.",
            "Was all of it copied, up to the last line?",
            "Some forms cut what is pasted into them after so many characters.",
        )
        return Told("cut-off", text)
    if error.type_name == "IndentationError":
        text = Text(
            f"{where[0].upper()}{where[1:]} is indented too little or too much ({reason}).",
            "The indentation tells Python what belongs to a class, a method, an if or a loop.",
            f"Compare the beginning of {where} with the lines around it.",
            "Lines that belong together begin at the same column; indent with spaces only.",
        )
        return Told("indentation", text)
    if reason == "expected ':'":
        text = Text(
            f"A colon is missing in {where}.",
            "Lines that begin a class, a method, an if or a loop end with a colon.",
            f"Compare {where} with another line of its kind.",
            "Put : at the end of the line.",
        )
        return Told("colon-missing", text)
    if found := re.match(r"'(.)' was never closed", reason):
        text = Text(
            f"A bracket {found[1]} is opened in {where} and never closed.",
            "Python reads on to the end of the file in search of the other one.",
            f"Count the brackets of {where}.",
            "Most editors show which bracket belongs to which.",
        )
        return Told("bracket-open", text)
    text = Text(
        f"{where[0].upper()}{where[1:]} is not Python ({reason}).",
        "Nothing of a file can be used before all of it can be read.",
        f"What stands in {where}, and at the end of the line before it?",
        "A missing bracket or quote shows only in the line after it.",
    )
    return Told("not-python", text)
