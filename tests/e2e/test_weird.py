"""Layers that do nothing sensible: they lose marks, and the problem's checks stay whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Problem
from grader.model.report import Report
from grader.model.submission import Submission, submission_from

METHODS = {
    "__init__": "self, n_units, input_shape=None",
    "initialize": "self, optimizer",
    "parameters": "self",
    "forward_pass": "self, X, training=True",
    "backward_pass": "self, accum_grad",
    "output_shape": "self",
}
RIGHT = {
    "__init__": (
        "self.n_units, self.input_shape, self.trainable = n_units, input_shape, True; "
        "self.W = self.w0 = None"
    ),
    "initialize": (
        "l = self.input_shape[0] ** -0.5; "
        "self.W = np.random.uniform(-l, l, (self.input_shape[0], self.n_units)); "
        "self.w0 = np.zeros((1, self.n_units)); "
        "self.a, self.b = copy.copy(optimizer), copy.copy(optimizer)"
    ),
    "parameters": "return self.W.size + self.w0.size",
    "forward_pass": "self.X = X; return X @ self.W + self.w0",
    "backward_pass": (
        "W, w0, t = self.W, self.w0, self.trainable; "
        "self.W = self.a.update(W, self.X.T @ accum_grad) if t else W; "
        "self.w0 = self.b.update(w0, accum_grad.sum(0, keepdims=True)) if t else w0; "
        "return accum_grad @ W.T"
    ),
    "output_shape": "return (self.n_units,)",
}
WEIRD = [
    "pass",
    "return 3",
    "return 'text'",
    "return [[1.0, 2.0]]",
    "return object()",
    "return np.float64('nan')",
    "return np.array([[1, None]])",
    "return np.zeros((0, 3))",
    "return np.full((2, 2, 2), np.inf)",
    "return np.array(['a'])",
    "return (i for i in range(3))",
    "return 10 ** 10_000",
    "return True",
    "return 1j",
    "return {'a': np.ones(3)}",
    "raise KeyError('x')",
    "raise SystemExit",
    "return self",
]
STATES = [
    "self.W = None",
    "self.W = 'text'",
    "self.W = [[1.0]]",
    "del self.trainable",
    "self.w0 = object()",
    "self.W = np.matrix(self.W)",
    "self.W = self.W.astype(object)",
    "self.forward_pass = None",
    "self.parameters = 3",
    "self.W = self.W.T",
    "self.a = self.b = None",
    "self.a.update(None, None)",
    "self.a.update(self.W, 'x')",
    "self.a.learning_rate = 3",
    "self.__dict__.clear()",
    "self.W = np.ma.masked_array(self.W, True)",
]


def source(bodies: dict[str, str]) -> bytes:
    """A file with a Dense of these methods."""
    lines = ["class Dense(Layer):", "    pass"]
    for name, body in bodies.items():
        lines += [f"    def {name}({METHODS[name]}):", f"        {body}"]
    return "\n".join(lines).encode()


def files() -> Iterator[Submission]:
    """Each method missing or weird, each odd state, and a few pairs of them."""
    for name in METHODS:
        rest = {other: body for other, body in RIGHT.items() if other != name}
        yield submission_from(f"without {name}", source(rest))
        for body in WEIRD if name.endswith("_pass") else WEIRD[::4]:
            yield submission_from(f"{name}: {body}", source({**RIGHT, name: body}))
    for method, state in itertools.product(("initialize", "backward_pass"), STATES):
        body = RIGHT[method]
        head, _, tail = body.rpartition("; ")
        parts = [body, state] if method == "initialize" else [head, state, tail]
        changed = "; ".join(parts)
        yield submission_from(f"{method} then {state}", source({**RIGHT, method: changed}))
    yield submission_from("nothing at all", b"class Dense:\n    pass\n")
    yield submission_from("slots", b"class Dense:\n    __slots__ = ()\n")
    yield submission_from("not a class", b"Dense = 3\n")
    yield submission_from("an alias", b"Dense = dict\n")
    yield submission_from(
        "a metaclass",
        b"class M(type):\n  def __call__(s, *a, **k): return 3\nclass Dense(metaclass=M): pass\n",
    )


@pytest.fixture(scope="module")
def reports(request: pytest.FixtureRequest) -> dict[str, Report]:
    """A report for each of the files, from one judge."""
    dense: Problem = request.getfixturevalue("dense")
    given = list(files())
    found: list[Report] = []
    grade_all(dense, given, found.append)
    return dict(zip((submission.name for submission in given), found, strict=True))


def test_the_right_parts_make_a_right_layer(dense: Problem) -> None:
    """What the weird files are made of is correct by itself."""
    found: list[Report] = []
    grade_all(dense, [submission_from("right", source(RIGHT))], found.append)
    assert found[0].score == 100.0


def test_weird_files_are_graded_and_lose_marks(reports: dict[str, Report]) -> None:
    """No check breaks on them, and none of them is taken for a solution."""
    harmless = {
        # W may be any array with the right numbers; parameters and output shape are judged alone.
        "initialize then self.W = np.matrix(self.W)",
        "initialize then self.a.learning_rate = 3",
        "backward_pass then self.a.learning_rate = 3",
        "backward_pass then self.parameters = 3",
        "backward_pass then self.forward_pass = None",
        "backward_pass then del self.trainable",
        "backward_pass then self.a = self.b = None",
        "backward_pass then self.W = np.matrix(self.W)",
        "backward_pass then self.W = np.ma.masked_array(self.W, True)",
        "__init__: pass",
    }
    assert all(report.status in ("failed", "unloadable", "passed") for report in reports.values())
    full = {name for name, report in reports.items() if report.score == 100.0}
    assert full <= harmless
