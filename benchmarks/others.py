"""The same checks under other autograders' runners, one submission per process, not isolated.

    python benchmarks/others.py gradescope|check50 FILE [--problem SLUG]

Each check of the problem becomes a test method with gradescope-utils' ``@weight``, run by its
``JSONTestRunner``; or a check50 check, run by its ``CheckRunner`` (which gives each check a process
of its own). The checks ask as in :mod:`plain`, hypothesis works as it ships. Exits with
1 if a check fails. The frameworks come with the extra ``bench``.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import importlib.util
import inspect
import io
import itertools
import json
import os
import sys
import types
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import plain
from grader.checks import CheckFailed, StudentError, seeds
from grader.judge.fixtures import Desk
from grader.judge.loading import problem_modules
from grader.model.problem import Library, Problem
from grader.model.submission import read_submission

Body = Callable[[], None]


_SESSION = contextlib.ExitStack()
atexit.register(_SESSION.close)


class Fixtures:
    """Supplies what checks ask for by the names of their arguments, as pytest would."""

    def __init__(self, problem: Problem, path: Path) -> None:
        _SESSION.enter_context(problem_modules(problem))
        _SESSION.enter_context(seeds.session(problem.settings.seed))
        desk = Desk(problem, plain.HereWorkers(), problem.settings.seed)
        self.student = desk.student
        self.known: dict[str, Any] = {
            "student": desk.student,
            "reference": desk.reference,
            "expected": problem.expected,
            "seed": desk.seed,
            "once": desk.once,
            "drawn": desk.drawn,
            "waived": lambda to: contextlib.suppress(CheckFailed, StudentError),
        }
        self.checks = _load_checks(problem)
        plain.load(desk, read_submission(path), self.checks)

    def value(self, name: str) -> Any:
        """Return a fixture's value, made once."""
        if name not in self.known:
            made = vars(self.checks)[name]._get_wrapped_function()
            self.known[name] = made(
                **{n: self.value(n) for n in inspect.signature(made).parameters}
            )
        return self.known[name]


def _load_checks(problem: Problem) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("dense_checks", problem.checks_path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dense_checks"] = module
    spec.loader.exec_module(module)
    return module


def cases(problem: Problem, path: Path) -> Iterator[tuple[str, Body]]:
    """Yield a name and a function for each check, parametrized ones once for each case."""
    plain.use_hypothesis(explain=True)
    fixtures = Fixtures(problem, path)
    for name, function in vars(fixtures.checks).items():
        if not name.startswith("test_"):
            continue
        marks = [m for m in getattr(function, "pytestmark", []) if m.name == "parametrize"]
        if hypothesis.is_hypothesis_test(function):
            hypothesis.seed(problem.settings.seed)(function)
            test: Any = function
            test.hypothesis.inner_test = _beginning(fixtures, test.hypothesis.inner_test)
        for number, given in enumerate(itertools.product(*map(_given, marks))):
            arguments = {key: value for pairs in given for key, value in pairs.items()}
            yield f"{name}_{number}", _body(fixtures, function, arguments)


def _beginning(fixtures: Fixtures, body: Callable[..., None]) -> Callable[..., None]:
    def begin_and_run(*args: Any, **kwargs: Any) -> None:
        fixtures.student.begin()
        body(*args, **kwargs)

    return begin_and_run


def _given(mark: pytest.Mark) -> list[dict[str, Any]]:
    names, values = mark.args[0], mark.args[1]
    split = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    rows = [getattr(value, "values", value) for value in values]  # pytest.param has values
    return [
        dict(zip(split, row if len(split) > 1 or hasattr(value, "values") else [row], strict=True))
        for value, row in zip(values, rows, strict=True)
    ]


def _body(fixtures: Fixtures, function: Callable[..., None], given: dict[str, Any]) -> Body:
    def run() -> None:
        fixtures.student.begin()
        names = [n for n in inspect.signature(function).parameters if n not in given]
        function(**given, **{name: fixtures.value(name) for name in names})

    return run


def gradescope(problem: Problem, path: Path) -> bool:
    """Run the checks as Gradescope's Python autograders do; whether all pass."""
    from gradescope_utils.autograder_utils.decorators import weight
    from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

    def method(body: Body) -> Callable[[unittest.TestCase], None]:
        return weight(1)(lambda self: body())  # type: ignore[no-any-return]

    methods = {name: method(body) for name, body in cases(problem, path)}
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(
        type("Checks", (unittest.TestCase,), methods)
    )
    out = io.StringIO()
    JSONTestRunner(visibility="visible", stream=out).run(suite)
    tests = json.loads(out.getvalue())["tests"]
    if len(tests) != len(methods):
        raise RuntimeError("not every check has been run")
    return all(test["status"] == "passed" for test in tests)


def check50(problem: Problem, path: Path) -> bool:
    """Run the checks as check50 does; whether all pass."""
    from check50.runner import CheckRunner

    os.environ["OTHERS_FILE"], os.environ["OTHERS_PROBLEM"] = str(path), problem.slug
    with CheckRunner(Path(__file__).resolve(), [path.name]) as runner:
        results = runner.run()
    return all(result.passed for result in results)


def _define_checks() -> None:
    """Make check50 checks in this module, as which it is imported by check50 itself."""
    import check50

    def checked(name: str, body: Body) -> Any:
        def run() -> None:
            try:
                body()
            except Exception as error:
                raise check50.Failure(str(error)) from None

        run.__name__ = run.__doc__ = name
        return check50.check()(run)

    problem = Library.find().load(os.environ["OTHERS_PROBLEM"])
    for name, body in cases(problem, Path(os.environ["OTHERS_FILE"])):
        globals()[name] = checked(name, body)


def main() -> int:
    """Grade a file."""
    parser = argparse.ArgumentParser(description="Run the checks under another autograder.")
    parser.add_argument("framework", choices=["gradescope", "check50"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--problem", default="dense")
    options = parser.parse_args()
    problem, path = Library.find().load(options.problem), options.file.resolve()
    os.chdir(path.parent)
    run = {"gradescope": gradescope, "check50": check50}[options.framework]
    return 0 if run(problem, path) else 1


if __name__ == "checks":
    _define_checks()
elif __name__ == "__main__":
    sys.exit(main())
