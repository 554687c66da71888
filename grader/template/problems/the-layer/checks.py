"""Checks of the problem `the-layer`.

An ordinary pytest file. `student` behaves like the student's module; every call of it runs in
another process, where nothing of this file is.
"""

# REPLACE, from top to bottom: the cases, what is right for one, the checks, the aspects.

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.judge import Seen, aspect, check, expect_close, gradients, seeds

lasting = pytest.fixture(scope="module")  # the same for every submission


# -- cases: what the layer is tried on -----------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Sizes, and the numbers that the session's seed and its own make of them.

    Small, so that a reader can follow.
    """

    rows: int
    columns: int
    seed: int = 0

    @property
    def size(self):
        """What small means: checks fail with the smallest case that fails."""
        return self.rows * self.columns + self.seed / 256

    def smaller(self):
        """Cases to try in place of one that fails."""
        for rows, columns in ((1, self.columns), (self.rows, 1), (self.rows - 1, self.columns)):
            if rows >= 1 and (rows, columns) != (self.rows, self.columns):
                yield Case(rows, columns, self.seed)

    @cached_property
    def values(self):
        """X, G and a. Whole and half numbers: their products and sums are exact."""
        generator = seeds.generator(self.seed, self.rows, self.columns)
        X, G = generator.integers(1, 5, (2, self.rows, self.columns)) * 1.0
        signs = generator.choice([-1.0, 1.0], X.shape)
        return X * signs, G, float(generator.integers(2, 6)) + 0.5

    def __str__(self):
        return f"{self.rows} x {self.columns}"


CASES = st.builds(Case, st.integers(1, 6), st.integers(1, 4), st.integers(0, 255))


def each_case(test):
    """Run a check on a few corners and on cases that hypothesis draws."""
    test = settings(max_examples=10)(given(case=CASES)(test))
    for corner in (Case(1, 1), Case(1, 2), Case(2, 1), Case(3, 2)):
        test = example(case=corner)(test)
    return test


# -- what the student's layer does, seen once and shared by the checks ---------------------


@lasting
def observe(student, once, drawn):
    """Return a function that runs a fresh layer on a case: (output, input gradient, grad_a).

    Each is a promise; `.value` gives what came, or raises what the student's code raised.
    """

    def run(case):
        X, G, a = case.values
        with student.program():
            layer = student.TheLayer(a=a)
            return layer.forward(X), layer.backward(G), layer.grad_a

    return once.each("observe", drawn("case"), run)


@lasting
def right(reference):
    """Return a function that gives the same for the reference solution."""

    def run(case):
        X, G, a = case.values
        layer = reference.TheLayer(a=a)
        return layer.forward(X), layer.backward(G), layer.grad_a

    return run


# -- checks: each belongs to a group of problem.toml, and its title is read by students ----


@check("forward", "The output is a·X", weight=3)
@each_case
def test_forward(case, observe, right):
    expect_close(observe(case)[0].value, right(case)[0], what="layer.forward(X)")


@check("forward", "Without an argument, a is 1")
def test_default(student):
    X, _, _ = Case(1, 2).values
    expect_close(student.TheLayer().forward(X), X, what="TheLayer().forward(X)")


@check("forward", "The worked example of the statement")
def test_example(student, expected, observe, right):
    """Not for who knows no other answer than what everybody can read: another case as well."""
    layer = student.TheLayer(a=expected["a"])
    output = layer.forward(np.array(expected["X"]))
    expect_close(output, expected["output"], what="layer.forward(X)")
    case = Case(1, 2)
    expect_close(observe(case)[0].value, right(case)[0], what="layer.forward(X)")


@check("input-gradient", "backward returns a·G, the slope of the loss")
@each_case
def test_input_gradient(case, observe, reference):
    """Against central differences of the right forward pass; exact for these numbers."""
    X, G, a = case.values
    outputs = reference.TheLayer(a=a).forward(gradients.perturbed(X, 1.0))
    slope = gradients.from_outputs(outputs, G, 1.0, X.shape)
    expect_close(observe(case)[1].value, slope, what="layer.backward(G)")


@check("parameter-gradient", "grad_a is the sum of X·G")
@each_case
def test_parameter_gradient(case, observe, right):
    _, input_gradient, grad_a = observe(case)
    input_gradient.value  # if backward raised, that is what the student should see
    expect_close(number(grad_a.value), right(case)[2], what="layer.grad_a after backward")


def number(value):
    """A number, in whichever way it is stored: what the statement leaves open costs nothing."""
    if isinstance(value, np.ndarray) and value.size == 1:
        return value.reshape(())
    return np.float64(value) if isinstance(value, int | float) else value


@check("state", "Two layers do not disturb each other")
def test_two_layers(student, right):
    """Forward both, then backward both; their numbers a differ."""
    cases = [Case(2, 3, seed=1), Case(3, 2, seed=3)]
    with student.program():
        layers = [student.TheLayer(a=case.values[2]) for case in cases]
        for layer, case in zip(layers, cases, strict=True):
            layer.forward(case.values[0])
        pairs = list(zip(layers, cases, strict=True))
        gradients_of_X = [layer.backward(case.values[1]) for layer, case in pairs]
        found = list(zip(gradients_of_X, [layer.grad_a for layer in layers], strict=True))
    for (gradient, grad_a), case in zip(found, cases, strict=True):
        message = "With a second layer in use, it is not what a layer gives alone."
        alone = run_alone(student, case)
        expect_close(gradient.value, alone[0], what="layer.backward(G)", message=message)
        expect_close(number(grad_a.value), number(alone[1]), what="layer.grad_a", message=message)


def run_alone(student, case):
    """What the student's own layer gives without another: what is wrong there is lost elsewhere."""
    X, G, a = case.values
    student.begin()
    layer = student.TheLayer(a=a)
    layer.forward(X)
    return layer.backward(G), layer.grad_a


@check("purity", "X and G are left as they were")
def test_arguments_unchanged(student):
    X, G, a = Case(2, 3).values
    with student.program():
        given_X, given_G = student.array(X), student.array(G)
        layer = student.TheLayer(a=a)
        done = layer.forward(given_X)
        after_forward = student.read(given_X)
        layer.backward(given_G)
        after_backward = student.read(given_G)
    done.value
    message = "The caller's array was changed."
    expect_close(after_forward.value, X, what="X after forward", message=message)
    expect_close(after_backward.value, G, what="G after backward", message=message)


# -- expected.json: written by `grader verify the-layer --write-expected` -------------------


def expected_values(reference):
    """The worked example, from the reference solution."""
    X = [[1.0, -2.0]]
    return {"a": 3.0, "X": X, "output": reference.TheLayer(a=3.0).forward(np.array(X)).tolist()}


# -- aspects: ways to look at what failed, for diagnoses.py ---------------------------------


def shows(case):
    """What a known mistake may use to predict a value."""
    X, G, a = case.values
    return {"X": X, "G": G, "a": a, "rows": case.rows}


@aspect("parameter-gradient", groups=["parameter-gradient"], noun="The gradient of a")
def see_parameter_gradient(observe, right):
    def look(case):
        grad_a = observe(case)[2]
        yours = grad_a.error or number(grad_a.value)
        return Seen(yours, np.asarray(right(case)[2]), **shows(case))

    return look
