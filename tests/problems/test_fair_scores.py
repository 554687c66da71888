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
            "habits": [changed(problem, *each) for each in HABITS[name].values()],
            "starter": [starter],
            **{body: [unwritten(problem, body)] for body in BODIES},
        }
        if name == "dense-minimal":
            _, *habits = HABITS[name].values()  # a list has no mean
            beside = [changed(problem, WITH_A_MISTAKE, *habit) for habit in ([], *habits)]
            files |= {"once": [changed(problem, each) for each in ONCE], "with a mistake": beside}
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


def listed(*returns: str) -> list[tuple[str, str]]:
    """Changes that have what some expressions give returned as lists."""
    return [(re.escape(each), f"({each}).tolist()") for each in returns]


def in_single(*values: str) -> list[tuple[str, str]]:
    """Changes that cut what some expressions give to float32."""
    return [(re.escape(each), f"({each}).astype(np.float32)") for each in values]


HABITS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "dense": {
        "Lists": [
            (r"return X @ (.*)", r"return (X @ \1).tolist()"),
            (r"return input_gradient", "return input_gradient.tolist()"),
        ],
        "Single precision": in_single(
            "X @ self.W + self.w0", "accum_grad @ self.W.T", "self.layer_input.T @ accum_grad"
        ),
        "Weights with a row": [
            (r"\(n_inputs, self\.n_units\)", "(self.n_units, n_inputs)"),
            (r"X @ self\.W", "X @ self.W.T"),
            (r"accum_grad @ self\.W\.T", "accum_grad @ self.W"),
            (r"self\.layer_input\.T @ accum_grad", "accum_grad.T @ self.layer_input"),
        ],
        "only if input_shape": [(r"self\.input_shape\[0\]", "self.input_shape")],
    },
    "dense-activation": {
        "Lists": [
            (r"return self\.function\(self\.z\)", "return self.function(self.z).tolist()"),
            (r"return dX", "return dX.tolist()"),
        ],
        "Single precision": in_single(
            "X @ self.W + self.b", "d @ self.W.T", "d.mean(axis=0, keepdims=True)"
        ),
        "Weights with a row": [
            (r"randn\(input_size, output_size\)", "randn(output_size, input_size)"),
            (r"X @ self\.W", "X @ self.W.T"),
            (r"d @ self\.W\.T", "d @ self.W"),
            (r"self\.X\.T @ d", "d.T @ self.X"),
        ],
    },
    "dense-minimal": {
        "Lists": listed(
            "a @ self.w + self.b",
            "self.a.T @ dz",
            "dz.sum(axis=0, keepdims=True)",
            "dz @ self.w.T",
        ),
        "Single precision": in_single("a @ self.w + self.b", "self.a.T @ dz", "dz @ self.w.T"),
        "Weights with a row": [
            (r"randn\(n_inputs, n_neurons\)", "randn(n_neurons, n_inputs)"),
            (r"a @ self\.w", "a @ self.w.T"),
            (r"dz @ self\.w\.T", "dz @ self.w"),
            (r"self\.a\.T @ dz", "dz.T @ self.a"),
        ],
    },
    "dense-gradients": {
        "Lists": [
            (
                r"return self\.activation_function\.function\(self\.last_z\)",
                "return self.activation_function.function(self.last_z).tolist()",
            ),
            *listed("D @ self.weights.T", "self.last_input.T @ D / len(D)", "D.mean(axis=0)"),
        ],
        "Single precision": in_single(
            "X @ self.weights + self.biases", "D @ self.weights.T", "self.last_input.T @ D / len(D)"
        ),
        "Weights with a row": [
            (
                r"randn\(self\.input_size, self\.output_size",
                "randn(self.output_size, self.input_size",
            ),
            (r"X @ self\.weights", "X @ self.weights.T"),
            (r"D @ self\.weights\.T", "D @ self.weights"),
            (r"self\.last_input\.T @ D", "D.T @ self.last_input"),
        ],
    },
    "dense-caches": {
        "Lists": [
            (r'return self\.fc\["A"\]', 'return self.fc["A"].tolist()'),
            (r'return self\.bc\["dX"\]', 'return self.bc["dX"].tolist()'),
            *listed('self.fc["X"].T @ self.bc["dZ"]', 'self.bc["dZ"].sum(axis=0)'),
        ],
        "Single precision": in_single(
            'A @ self.p["W"] + self.p["b"]', 'self.bc["dZ"] @ self.p["W"].T'
        ),
        "Weights with a row": [
            (r'\(self\.d\["n"\], self\.d\["u"\]\)', '(self.d["u"], self.d["n"])'),
            (r'A @ self\.p\["W"\]', 'A @ self.p["W"].T'),
            (r'self\.bc\["dZ"\] @ self\.p\["W"\]\.T', 'self.bc["dZ"] @ self.p["W"]'),
            (r'self\.fc\["X"\]\.T @ self\.bc\["dZ"\]', 'self.bc["dZ"].T @ self.fc["X"]'),
        ],
    },
    "relu": {
        "Lists": listed("np.where(self.active, X, 0)", "np.where(self.active, G, 0)"),
        "Single precision": in_single("np.where(self.active, X, 0)", "np.where(self.active, G, 0)"),
    },
}


WITH_A_MISTAKE = (r"dz\.sum\(axis=0, keepdims=True\)", "dz.mean(axis=0, keepdims=True)")
ONCE = [
    (r"return self\.z", "return self.z.tolist() if len(a) > 100 else self.z"),
    (r"return self\.dz", "return self.dz.astype('f4') if len(dz) > 100 else self.dz"),
    (r"return self\.z", "return self.z * (1 + 1e-8 * (self.z.size > 300))"),
]
"""Changes of dense-minimal: a mistake beside habits, and what shows in one check only."""


@pytest.mark.parametrize("name", HABITS)
def test_one_habit_costs_what_looks_at_it(name: str, reports: Reports) -> None:
    """At most 15 points, however many checks meet it, and a note says that it costs no more.

    Weights the other way round cost the groups about their start: their shape, their numbers.
    """
    for habit, report in zip(HABITS[name], reports(name, "habits"), strict=True):
        assert (75 if habit == "Weights with a row" else 85) <= report.score < 100, habit
        assert any(habit in note and "and no more" in note for note in report.notes)


def test_a_habit_hides_no_mistake(reports: Reports) -> None:
    """What is wrong besides costs its own points, as it does without the habit."""
    alone, *both = reports("dense-minimal", "with a mistake")
    for report in (alone, *both):
        lost = [check for check in report.checks if check.status != "passed"]
        assert sum(check.group == "bias-gradient" for check in lost) >= 1
    assert all(report.score < alone.score for report in both)


def test_what_shows_in_one_check_only_costs_that(reports: Reports) -> None:
    """Nothing is forgiven that has cost no points elsewhere."""
    assert all(report.score < 100 for report in reports("dense-minimal", "once"))
