"""Names, arguments, shapes of the bias and empty methods cost their own points, in every problem.

The files are the reference solutions with one thing changed, so that nothing else can cost marks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Library, Problem
from grader.model.report import Report
from grader.model.submission import submission_from

ROOT = Path(__file__).resolve().parents[2]
PROBLEMS = {
    name: Library.find(ROOT).load(name)
    for name in (
        "dense",
        "dense-activation",
        "dense-minimal",
        "dense-gradients",
        "dense-caches",
        "relu",
    )
}


def changed(problem: Problem, *changes: tuple[str, str]) -> str:
    """The reference solution with texts replaced, each of which has to be there."""
    text = problem.reference_path.read_text("utf-8")
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    return text


def headline(report: Report) -> str:
    """What is read first."""
    return report.diagnoses[0].title


RENAMED: dict[str, list[list[tuple[str, str]]]] = {
    "dense": [
        [(r"self\.W\b", "self.theta"), (r"self\.w0\b", "self.shift")],
        [
            (r"self\.W\b", "self.omega"),
            (r"(\n +)(self\.W_opt =)", r"\1self.last_step = np.zeros_like(self.omega)\1\2"),
        ],
    ],
    "dense-activation": [[(r"self\.W\b", "self.theta"), (r"self\.b\b", "self.shift")]],
    "dense-minimal": [
        [(r"self\.w\b", "self.theta"), (r"self\.b\b", "self.shift")],
        [(r"self\.dw\b", "self.slope"), (r"self\.db\b", "self.shift_slope")],
    ],
    "dense-gradients": [[(r"\.weights\b", ".theta"), (r"\.biases\b", ".shift")]],
    "dense-caches": [
        [(r'p\["W"\]', 'p["theta"]'), (r'p\["b"\]', 'p["shift"]')],
        [(r'g\["dW"\]', 'g["slope"]')],
    ],
}


NEEDED: dict[str, list[tuple[str, str]]] = {
    "dense": [
        (r"accum_grad\):", "accum_grad, rate):"),
        (r"input_shape=None", "input_shape"),
        (r"output_shape\(self\)", "output_shape(self, verbose)"),
    ],
    "dense-activation": [(r"lr=0\.01", "lr"), (r"forward\(self, X\)", "forward(self, X, train)")],
    "dense-minimal": [
        (r"n_neurons\):", "n_neurons, activation):"),
        (r"backward\(self, dz\)", "backward(self, dz, rate)"),
    ],
    "dense-gradients": [(r"forward\(self, X\)", "forward(self, X, training)")],
    "dense-caches": [
        (r"forward\(self, A\)", "forward(self, A, training)"),
        (r"units=1, activate=sigmoid", "units, activate"),
    ],
    "relu": [
        (r"backward\(self, G\)", "backward(self, G, rate)"),
        (
            r"( +)def forward(.*\n.*)",
            r"\1def __init__(self, width):\n\1\1self.width = width\n\n"
            r"\1def forward\2\n\1\1assert X.shape[-1] == self.width",
        ),
    ],
}


FLAT: dict[str, tuple[str, str]] = {
    "dense": (r"np\.zeros\(\(1, self\.n_units\)\)", "np.zeros(self.n_units)"),
    "dense-activation": (r"np\.zeros\(\(1, output_size\)\)", "np.zeros(output_size)"),
    "dense-minimal": (r"np\.zeros\(\(1, n_neurons\)\)", "np.zeros(n_neurons)"),
    "dense-caches": (r'np\.zeros\(self\.fs\["b"\]\)', 'np.zeros(self.d["u"])'),
}


BODIES = ["pass", "raise NotImplementedError('later')", "identity", "'later'"]
"""What may stand where nothing has been written yet."""


def unwritten(problem: Problem, body: str) -> str:
    """The reference solution with the same body in each of its functions."""
    tree = ast.parse(problem.reference_path.read_text("utf-8"))
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        names = [argument.arg for argument in function.args.args]
        same = f"return {names[1]}" if len(names) > 1 and function.name != "__init__" else "pass"
        (holder,) = ast.parse(f"def f():\n    {same if body == 'identity' else body}").body
        assert isinstance(holder, ast.FunctionDef)
        function.body = holder.body
    return ast.unparse(tree)


def flattened(problem: Problem) -> str:
    """The reference solution with a flat bias, and an output that is made row by row."""
    by_rows = (r"(\w+) @ (self\.\w+(?:\[\"W\"\])?) \+", r"np.array([row @ \2 for row in \1]) +")
    return changed(problem, FLAT[problem.slug], by_rows).replace(", keepdims=True", "")


Reports = Callable[[str, str], list[Report]]


@pytest.fixture(scope="module")
def reports() -> Reports:
    """What the files of a problem get, by what is done to them; one judge for each problem."""

    @cache
    def of(name: str) -> dict[str, list[Report]]:
        problem = PROBLEMS[name]
        starter = problem.starter_path.read_text("utf-8")
        files = {
            "renamed": [changed(problem, *each) for each in RENAMED.get(name, [])],
            "needed": [changed(problem, each) for each in NEEDED[name]],
            "flat": [flattened(problem)] if name in FLAT else [],
            "starter": [starter],
            **{body: [unwritten(problem, body)] for body in BODIES},
        }
        found: list[Report] = []
        sources = (source for several in files.values() for source in several)
        handed_in = (submission_from("handed_in.py", source.encode()) for source in sources)
        grade_all(problem, handed_in, found.append)
        taken = iter(found)
        return {what: list(islice(taken, len(several))) for what, several in files.items()}

    return lambda name, what: of(name)[what]


@pytest.mark.parametrize("name", RENAMED)
def test_other_names_cost_what_checks_names(name: str, reports: Reports) -> None:
    """At most ten points, and the first line says which name is meant."""
    for report in reports(name, "renamed"):
        assert 90 <= report.score < 100
        assert re.search("theta|omega|slope|shift", headline(report))
        assert headline(report).startswith("What the statement calls")


@pytest.mark.parametrize("name", NEEDED)
def test_an_argument_too_many_is_told_once(name: str, reports: Reports) -> None:
    """Then it is given, so that everything else is looked at."""
    for report in reports(name, "needed"):
        assert 90 <= report.score < 100
        assert "no default value" in headline(report)


@pytest.mark.parametrize("name", FLAT)
def test_a_flat_bias_is_free_and_stays_flat(name: str, reports: Reports) -> None:
    """Code that works row by row depends on its shape; a note mentions it."""
    (report,) = reports(name, "flat")
    assert report.score == 100
    assert any("shape (" in note for note in report.notes)


@pytest.mark.parametrize("body", [*BODIES, "starter"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_what_nothing_is_written_for_earns_nothing(name: str, body: str, reports: Reports) -> None:
    """Whatever it is that stands where the code should be."""
    (report,) = reports(name, body)
    assert report.score <= 10
    assert any(each.id == "not-written" for each in report.diagnoses)
