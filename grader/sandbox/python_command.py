"""How Python is started for code of ours: from a place, and with a path, that no student fills.

A folder of submissions may hold a file ``logging.py``, and a variable ``PYTHONPATH`` may name it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import grader

ISOLATED = ("-I",)
"""No folder of the script, no working folder, no packages of the user, no variables ``PYTHON*``."""
SEEDED = ("-s", "-P")
"""The same, but for the variables: for an environment without them, with a hash seed of ours."""
NEUTRAL_FOLDER = Path(sys.executable).anchor
"""To start in: a folder in which nobody puts submissions."""


def command(statement: str, *arguments: str, flags: Sequence[str] = ISOLATED) -> list[str]:
    """Return the command line that runs ``statement`` with this very grader and its packages.

    What this process found its packages by is handed on, so that a grader that was found by
    ``PYTHONPATH`` finds them again; the working folder is not, nor is that of the running script.
    """
    root = str(Path(grader.__file__).resolve().parents[1])
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    theirs = [os.curdir, *([os.path.dirname(script)] if script else [])]  # noqa: PTH120 ("" as well)
    paths = [path for path in sys.path if Path(path).is_absolute() and not _is_one(path, theirs)]
    if root not in paths:
        paths.insert(0, root)
    code = f"import sys; sys.path[:] = {paths!r}; {statement}"
    return [sys.executable, *flags, "-c", code, *arguments]


def this_package() -> str:
    """Return statements after which ``grader`` is this very package, whatever else is installed.

    What is beside its folder cannot be imported by them, and its ``__init__`` is not run.
    """
    ours = str(Path(grader.__file__).resolve().parent)
    return (
        "sys.modules['grader'] = type(sys)('grader')\n"
        f"sys.modules['grader'].__path__ = [{ours!r}]\n"
    )


def _is_one(path: str, folders: Sequence[str]) -> bool:
    """Whether a path is that of one of some folders."""
    for folder in folders:
        with contextlib.suppress(OSError):  # one of the two is gone
            if Path(path).samefile(folder):
                return True
    return False


def plain_environment() -> dict[str, str]:
    """Return this process's environment without what Python obeys."""
    return {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
