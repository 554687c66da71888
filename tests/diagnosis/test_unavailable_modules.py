"""What cannot be had where submissions run is said to be unavailable there, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from grader.diagnosis.generic.unavailable_modules import unavailable
from grader.remote.steps import StudentError

NO = "No module named "
PERMITTED = "[Errno 1] Operation not permitted: 'curses/__init__.py'"
THERE = [
    ("ModuleNotFoundError", f"{NO}'tkinter'", "tkinter", "import tkinter as tk", "tkinter"),
    ("ModuleNotFoundError", f"{NO}'_tkinter'", "_tkinter", "import tkinter", "tkinter"),
    ("ModuleNotFoundError", f"{NO}'_tkinter'", "_tkinter", "import os, tkinter", "tkinter"),
    ("ModuleNotFoundError", f"{NO}'tkinter'", "tkinter", "  import turtle", "turtle"),
    ("ModuleNotFoundError", f"{NO}'tkinter'", "tkinter", "x = __import__(n)", "tkinter"),
    ("ModuleNotFoundError", f"{NO}'numpy.f2py'", "numpy.f2py", "import numpy.f2py", "numpy.f2py"),
    ("ModuleNotFoundError", f"{NO}'email.mime'", "email.mime", "import email.mime", "email.mime"),
    ("ImportError", "libtk8.6.so: cannot open", "_tkinter", "from tkinter import ttk", "tkinter"),
    ("ImportError", "no screen", None, "import turtle", "turtle"),
    ("PermissionError", PERMITTED, None, "import curses", "curses"),
    ("OSError", "no", None, "from multiprocessing import shared_memory", "multiprocessing"),
]
ELSEWHERE = [
    ("ModuleNotFoundError", f"{NO}'torch'", "torch", "import torch"),
    ("ModuleNotFoundError", f"{NO}'torch'", "torch", "import numpy, torch"),
    ("ModuleNotFoundError", f"{NO}'nunpy'", "nunpy", "import nunpy as np"),
    ("ModuleNotFoundError", f"{NO}'numpy.nothing'", "numpy.nothing", "import numpy.nothing"),
    ("ModuleNotFoundError", f"{NO}'json.nothing'", "json.nothing", "import json.nothing"),
    ("ModuleNotFoundError", f"{NO}'math/../x'", "math/../x", "f()"),
    ("ModuleNotFoundError", f"{NO}'{'json.' * 999}x'", "json." * 999 + "x", "f()"),
    ("ImportError", "cannot import name 'no' from 'math'", "math", "from math import no"),
    ("ImportError", "mine", None, "raise ImportError('mine')"),
    ("FileNotFoundError", "[Errno 2]", None, "import os; open('data.csv')"),
    ("FileNotFoundError", "[Errno 2]", None, "open('data.csv')"),
    ("LookupError", "unknown encoding: utf-9", None, "open(x, encoding='utf-9')"),
    ("LookupError", "of mine", None, "raise LookupError('of mine')"),
    ("ValueError", "no", None, "import tkinter"),
]


def error(kind: str, message: str, module: Any) -> StudentError:
    return StudentError(kind, message, [(1, "<module>")], {"module": module})


@pytest.mark.parametrize(("kind", "message", "module", "line", "told"), THERE)
def test_a_module_of_pythons_own_is_unavailable_there(
    kind: str, message: str, module: str | None, line: str, told: str
) -> None:
    """However its import fails; it is named as the file names it."""
    assert unavailable(error(kind, message, module), line) == ("module", told)


@pytest.mark.parametrize(("kind", "message", "module", "line"), ELSEWHERE)
def test_what_does_not_exist_is_not_said_to(
    kind: str, message: str, module: str | None, line: str
) -> None:
    """Modules that nobody has, other packages, exceptions of the file's own."""
    assert unavailable(error(kind, message, module), line) is None


@pytest.mark.parametrize("name", ["gbk", "cp932", "Shift_JIS", "KOI8-R", "mac-roman", "rot13"])
def test_an_encoding_is_unavailable_there(name: str) -> None:
    """Python says of one whose codec it cannot load that it does not know it."""
    line = f"text.encode({name!r})"
    message = f"unknown encoding: {name}"
    assert unavailable(error("LookupError", message, None), line) == ("encoding", name)
