"""What a student reads first, for wrong solutions made of the reference: it is true of the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.grading.in_process import grade_all
from grader.model.problem import Library
from grader.model.report import Report
from grader.model.submission import submission_from

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Library.find(ROOT)


class Change(NamedTuple):
    """A reference solution with a part of it replaced wherever it stands, and what comes of that.

    Attributes:
        titles: Patterns, each of which a title of its own has.
        points: The least and the most that is fair.
    """

    problem: str
    old: str
    new: str
    titles: tuple[str, ...]
    points: tuple[float, float] = (0, 99.9)


SUMS = "self.W_opt.update(self.W, self.layer_input.T @ accum_grad)"
OUTPUT = "return X @ self.W + self.w0"
BACK = "return input_gradient"
CHANGES = {
    "bias forgotten for one unit": Change(
        "dense-minimal",
        "a @ self.w + self.b",
        "a @ self.w + self.b * (self.b.size > 1)",
        (r"bias is not added .* but only for one unit",),
    ),
    "mean in large batches": Change(
        "dense",
        SUMS,
        "self.W_opt.update(self.W, self.layer_input.T @ accum_grad / "
        "(len(accum_grad) if len(accum_grad) > 8 else 1))",
        (r"mean over the batch, but only for more than 8 rows; the statement",),
    ),
    "a flat output for one unit": Change(
        "dense",
        OUTPUT,
        "return (X @ self.W + self.w0)[:, 0 if self.n_units == 1 else slice(None)]",
        (r"flattened.*, but only for one unit",),
    ),
    "odd batches lose their last row": Change(
        "dense",
        OUTPUT,
        "return (X @ self.W + self.w0) * (np.arange(len(X)) < max(1, len(X) // 2 * 2))[:, None]",
        (r"last row only, and only for an odd number of rows",),
    ),
    "one row passes unchanged": Change(
        "relu",
        "np.where(self.active, X, 0)",
        "X.copy() if len(X) == 1 else np.where(self.active, X, 0)",
        (r"is the input, unchanged, but only for a batch of one row:",),
    ),
    "an activation and two biases": Change(
        "dense",
        OUTPUT,
        "return np.tanh(X @ self.W + 2 * self.w0)",
        (r"bias is added twice", r"activation \(tanh\)"),
    ),
    "negative, and through the new weights": Change(
        "dense",
        BACK,
        "return -accum_grad @ self.W.T",
        (r"already updated W", r"wrong sign"),
    ),
    "summed, past the activation": Change(
        "dense-gradients",
        "D.mean(axis=0)",
        "G.sum(axis=0)",
        (r"sum over the batch", r"derivative of the activation is missing"),
    ),
    "uphill by another default": Change(
        "dense-activation",
        "lr=0.01):",
        "lr=0.001):\n        lr = -lr",
        (r"default of lr is 0\.001", r"uphill"),
    ),
    "a ReLU, divided by the rows": Change(
        "dense-minimal",
        "dz @ self.w.T",
        "(dz * (self.z > 0)) @ self.w.T / len(dz)",
        (r"derivative of an activation \(ReLU\)", r"divided by \(number of rows\)"),
    ),
    "the limit of all sizes": Change(
        "dense",
        "1 / np.sqrt(n_inputs)",
        "1 / np.sqrt(n_inputs + self.n_units)",
        (r"The limit of W .* is 1/√\(number of inputs \+ number of units\)",),
    ),
    "a uniform draw": Change(
        "dense-minimal",
        "0.10 * np.random.randn(n_inputs, n_neurons)",
        "np.random.uniform(-0.3, 0.3, (n_inputs, n_neurons))",
        (r"uniform distribution, not from a normal one",),
    ),
    "draws for every larger batch": Change(
        "dense-gradients",
        "if not self.weights_initialized:",
        "last = X if self.last_input is None else self.last_input\n"
        "        if not self.weights_initialized or len(X) != len(last):",
        (r"another number of rows draws new weights",),
    ),
    "weights of the class": Change(
        "dense", "self.W", "Dense.W", (r"W is kept on the class in line \d+: all objects share it",)
    ),
    "steps in halves of the batch": Change(
        "dense",
        "self.W = " + SUMS,
        "half = len(accum_grad) // 2\n"
        "            for rows in (slice(half), slice(half, None)):\n"
        "                part = self.layer_input[rows].T @ accum_grad[rows]\n"
        "                self.W = self.W_opt.update(self.W, part)",
        (r"several times in one pass|twice",),
    ),
    "a step without the optimizer": Change(
        "dense",
        "self.W = " + SUMS,
        "self.W = self.W - 0.02 * self.layer_input.T @ accum_grad\n"
        "            self.w0 = self.w0 - 0.02 * accum_grad.sum(axis=0, keepdims=True)\n"
        "            return input_gradient",
        (r"optimizer is not used",),
        (74, 92),
    ),
    "a mean step without the optimizer": Change(
        "dense",
        "self.W = " + SUMS,
        "self.W = self.W - 0.02 * self.layer_input.T @ accum_grad / len(accum_grad)\n"
        "            self.w0 = self.w0 - 0.02 * accum_grad.sum(axis=0, keepdims=True)\n"
        "            return input_gradient",
        (r"optimizer is not used",),
        (60, 80),
    ),
    "single precision": Change(
        "dense-activation",
        "self.X = X",
        "X = self.X = X.astype(np.float32)",
        (r"full precision|single precision",),
        (82, 98),
    ),
    "a step method of its own": Change(
        "dense-caches",
        '        self.g["db"] = self.bc["dZ"].sum(axis=0)',
        '        self.g["db"] = self.bc["dZ"].sum(axis=0)\n\n'
        "    def update_parameters(self, rate):\n"
        '        self.p["W"] -= 0.5 * rate * self.g["dW"]',
        (r"update_parameters of its own",),
    ),
    "the transpose is written": Change(
        "dense-gradients",
        "self.weights.tolist()",
        "self.weights.T.tolist()",
        (r"writes the weights transposed",),
    ),
    "a gradient that is not begun anew": Change(
        "dense-minimal",
        "self.dw = self.a.T @ dz",
        'self.dw = getattr(self, "dw", 0) + self.a.T @ dz',
        (r"dw adds up over the passes",),
        (95, 99.9),
    ),
    "masked where they are": Change(
        "relu",
        "return np.where(self.active, ",
        "return masked(self.active, ",
        (r"forward writes into X, and backward into G",),
        (90, 99.9),
    ),
    "a name in capitals": Change(
        "dense-activation",
        "self.function, self.derivative = ACTIVATIONS[activation]",
        "self.function, self.derivative = ACTIVATIONS[activation]\n"
        '        self.is_linear = activation not in ("ReLU", "sigmoid")\n'
        "        self.function = ACTIVATIONS[None][0] if self.is_linear else self.function",
        (r"Line \d+ looks for the name 'ReLU'; in the statement it is 'relu'",),
    ),
    "the shape for its only item": Change(
        "dense",
        "self.input_shape[0]",
        "self.input_shape",
        (r"input_shape is a tuple, and is used as a number in line \d+",),
        (80, 90),
    ),
    "the first pass is another": Change(
        "dense",
        "self.layer_input = X\n        " + OUTPUT,
        "first, self.layer_input = self.layer_input is None, X\n"
        "        return X @ self.W + self.w0 * first",
        (),
    ),
}


MASKED = """

def masked(keep, array, _):
    array[~keep] = 0
    return array
"""


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """The report on each change, by its name; one judge for each problem."""
    found: dict[str, Report] = {}
    for slug in dict.fromkeys(change.problem for change in CHANGES.values()):
        problem = LIBRARY.load(slug)
        source = problem.reference_path.read_text(encoding="utf-8")
        names, submissions, mine = [], [], list[Report]()
        for name, change in CHANGES.items():
            if change.problem == slug:
                assert change.old in source, name
                text = source.replace(change.old, change.new) + MASKED
                names.append(name)
                submissions.append(submission_from(f"{slug}.py", text.encode()))
        grade_all(problem, submissions, mine.append)
        found |= dict(zip(names, mine, strict=True))
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_read_first_is_true(name: str, reports: dict[str, Report]) -> None:
    """Each mistake is named in the first titles, and costs the points of one."""
    change, report = CHANGES[name], reports[name]
    low, high = change.points
    assert low <= report.score <= high
    for number, pattern in enumerate(change.titles):
        assert re.search(pattern, report.diagnoses[number].title), report.diagnoses


def test_a_later_pass_is_no_matter_of_training(reports: dict[str, Report]) -> None:
    """What only the first pass does is told as such, not by the argument of the later ones."""
    failed = [c for c in reports["the first pass is another"].checks if c.status == "failed"]
    assert {check.group for check in failed} == {"state"}


KERAS = """
import numpy as np


class Dense(Layer):
    def __init__(self, units, input_shape=None):
        self.units, self.input_shape = units, input_shape

    def build(self, input_shape):
        self.kernel = np.random.uniform(-0.05, 0.05, (input_shape[-1], self.units))
        self.bias = np.zeros(self.units)

    def call(self, inputs):
        return inputs @ self.kernel + self.bias
"""


def test_a_layer_of_a_library_is_told_so() -> None:
    """Names of its methods are not told one by one."""
    found: list[Report] = []
    grade_all(LIBRARY.load("dense"), [submission_from("dense.py", KERAS.encode())], found.append)
    (diagnosis,) = found[0].diagnoses
    assert re.search(r"methods of Keras \(build and call\)", diagnosis.title)


LOOPS = """
class ReLU:
    def forward(self, X):
        self.X = X
        return np.array([[x if x > 0 else 0.0 for x in row] for row in X])

    def backward(self, G):
        return G * (self.X > 0)
"""


def test_what_an_exception_gives_away_is_shown_with_it() -> None:
    """So that no failure without a name comes before it."""
    found: list[Report] = []
    grade_all(LIBRARY.load("relu"), [submission_from("relu.py", LOOPS.encode())], found.append)
    (told,) = [each for each in found[0].diagnoses if each.id == "two-dimensions-only"]
    raised = [check.id for check in found[0].checks if "traceback" in check.evidence]
    assert told.checks and set(told.checks) <= set(raised)
