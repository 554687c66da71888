"""What Python has and cannot be had where submissions run: modules and encodings, in plain words.

There an import may find its file closed, or what a module needs: a screen, a network, a library of
the system. Python then says that there is no such module, and a right file's author that there is.
"""

from __future__ import annotations

import encodings
import encodings.aliases
import os
import re
import sys
from pathlib import Path

import numpy as np

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.remote.steps import StudentError

_IMPORT = re.compile(r"(from|import)[ \t]+([\w., \t]+)")
_IMPORTING = ("ImportError", "ModuleNotFoundError")
_OPENING = ("OSError", "PermissionError", "FileNotFoundError")
_LIBRARIES = (Path(os.__file__).parent, Path(np.__file__).parents[1])
_LONGEST = 200


def unavailable(error: StudentError, line: str) -> tuple[str, str] | None:
    """Return what cannot be had there, as ``("module", "tkinter")``; None if it is not that.

    Args:
        error: What the code raised.
        line: The text of the line that raised it.
    """
    name = re.match(r"unknown encoding: (\S+)$", error.message)
    if error.type_name == "LookupError" and name:
        known = {*encodings.aliases.aliases, *encodings.aliases.aliases.values()}
        there = encodings.normalize_encoding(name[1]).lower() in known
        return ("encoding", name[1]) if there else None
    asked = _asked(line)
    if error.type_name in _OPENING:
        named, candidates = "", asked[:1]
    elif error.type_name in _IMPORTING and not error.message.startswith("cannot import name"):
        # A module that needs another names that one, often one that nobody has heard of: _tkinter.
        named = str(error.detail.get("module") or "")
        public = named.lstrip("_")
        candidates = [
            *({named, public} & {*asked}),
            *(asked if len(asked) == 1 else [public, named]),
        ]
    else:
        return None
    if named and not exists(named):
        return None
    return next((("module", module) for module in candidates if exists(module)), None)


def _asked(line: str) -> list[str]:
    """The modules that a line imports, if it does nothing else."""
    found = _IMPORT.match(line.strip())
    if found is None or ";" in line:
        return []
    parts = found[2].split(",") if found[1] == "import" else [found[2]]
    return [part.split()[0] for part in parts if part.split()]


def exists(module: str) -> bool:
    """Whether Python or NumPy has a module of this name, here or on other systems."""
    top, *below = module.split(".")
    if len(module) > _LONGEST or not re.fullmatch(r"\w+(\.\w+)*", module):
        return False
    if top in sys.stdlib_module_names and not below:
        return True
    places = [library.joinpath(top, *below) for library in _LIBRARIES]
    ours = top == "numpy" or top in sys.stdlib_module_names
    return ours and any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def unavailable_there(facts: Facts, error: StudentError) -> Told | None:
    """The same as a rule for mistakes that are named."""
    found = unavailable(error, facts.source.line(error.line))
    if found is None:
        return None
    kind, name = found
    used = error.detail.get("used")
    text = Text(
        f"The {kind} {name} cannot be used where submissions run.",
        "They run shut off from the machine's files, screen and network, and not everything that"
        " Python brings along can be loaded there.",
        f"Line {error.line} uses {used}; what else could it use?"
        if type(used) is str
        else "Which of your lines need it? Editors add imports by themselves."
        if kind == "module"
        else f"What does line {error.line} need another encoding than UTF-8 for?",
        f"Delete the import of {name}, or do without it." if kind == "module" else "Use UTF-8.",
    )
    return Told(f"{kind}-not-available", text)
