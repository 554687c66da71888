"""The problem's own Python code in the judge: reference, provided modules, checks."""

from __future__ import annotations

import contextlib
import sys
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.checks.misconceptions import Rules
from grader.diagnosis.other_problem import RESERVED
from grader.errors import ProblemError
from grader.model.problem import Problem


@contextlib.contextmanager
def problem_modules(problem: Problem) -> Iterator[None]:
    """Let the problem's checks import what it provides to students, and forget it afterwards."""
    folder = str(problem.provided_folder)
    sys.path.insert(0, folder)
    before = {name: sys.modules.pop(name, None) for name in problem.provided_sources}
    try:
        yield
    finally:
        sys.path.remove(folder)
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


@contextlib.contextmanager
def fresh_checks(problem: Problem) -> Iterator[None]:
    """Forget the module that pytest makes of ``checks.py``: every problem has one of that name."""
    try:
        yield
    finally:
        checks = str(problem.checks_path)
        for name, module in list(sys.modules.items()):
            if getattr(module, "__file__", None) == checks:
                del sys.modules[name]


def load_reference(problem: Problem) -> types.ModuleType:
    """Run the reference solution in this process and return its module.

    Raises:
        ProblemError: It cannot be loaded.
    """
    return load_module(problem, problem.reference_path, "reference")


def load_module(problem: Problem, path: Path, called: str = "sample") -> types.ModuleType:
    """Run a solution in this process, with what the problem provides, and return its module.

    Raises:
        ProblemError: It cannot be loaded.
    """
    module = types.ModuleType(called)
    with problem_modules(problem):
        for name, origin, attribute in problem.provided_names:
            __import__(origin)
            found = sys.modules[origin]
            setattr(module, name, getattr(found, attribute) if attribute else found)
        _run(path, module)
    return module


def load_rules(problem: Problem) -> Rules:
    """Run the problem's ``diagnoses.py`` and return the mistakes that it knows.

    Raises:
        ProblemError: It cannot be loaded, or defines no ``rules``, or two of one name.
    """
    path = problem.diagnoses_path
    if not path.is_file():
        return Rules()
    module = types.ModuleType("diagnoses")
    with problem_modules(problem):
        _run(path, module)
    rules = getattr(module, "rules", None)
    if not isinstance(rules, Rules):
        raise ProblemError(path, None, "defines no rules; begin it with 'rules = Rules()'")
    for name in set(rules.ids) & set(RESERVED):
        raise ProblemError(path, None, f"a mistake cannot be called {name!r}: the grader uses it")
    twice = [name for name, count in Counter(rules.ids).items() if count > 1]
    if twice:
        raise ProblemError(path, None, f"two mistakes are called {twice[0]!r}")
    return rules


def _run(path: Path, module: types.ModuleType) -> None:
    module.__file__ = str(path)
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    except Exception as error:
        where = line_in(error, path)
        raise ProblemError(path, where, f"{type(error).__name__}: {error}") from error


def line_in(error: BaseException, path: Path) -> int | None:
    """The last line of ``path`` that ``error`` passed through, if any."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    line, walker = None, error.__traceback__
    while walker is not None:
        if walker.tb_frame.f_code.co_filename == str(path):
            line = walker.tb_lineno
        walker = walker.tb_next
    return line
