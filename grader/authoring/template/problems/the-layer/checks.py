"""Checks of the problem `the-layer`.

An ordinary pytest file. `student` behaves like the student's module; every call of it runs in
another process, where nothing of this file is.
"""

# REPLACE, from top to bottom: the cases, what is right for one, the checks, the aspects.

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.checks import (
    Seen,
    aspect,
    check,
    each_alone,
    expect_arguments_left_alone,
    expect_close,
    expect_nothing_left,
    gradients,
    seeds,
)

lasting = pytest.fixture(scope="module")  # the same for every submission


# -- cases: what the layer is tried on -----------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Sizes, and the numbers that the session's seed and its own make of them.

    Small, so that a reader can follow, or FAR from that: all numbers are multiplied by the scale.
    How X and G are stored is `kind`: a type or a layout; none is doubles, row by row.
    """

    rows: int
    columns: int
    seed: int = 0
    scale: float = 1.0
    kind: str = ""

    @property
    def size(self):
        """What small means: checks fail with the smallest case that fails."""
        return self.rows * self.columns + self.seed / 256 + (self.scale != 1.0) + bool(self.kind)

    @property
    def unit(self):
        """The size of an ordinary product, at most 1: what is tiny is compared with care."""
        return min(1.0, self.scale**2)

    def smaller(self):
        """Cases to try in place of one that fails."""
        rows, columns = self.rows, self.columns
        less = [{"rows": 1}, {"columns": 1}, {"rows": rows // 2}, {"columns": columns // 2}]
        for change in (*less, {"rows": rows - 1}, {"scale": 1.0}, {"kind": ""}):
            case = replace(self, **change)
            if case.rows and case.columns and case != self:
                yield case

    @cached_property
    def values(self):
        """X, G and a. Whole and half numbers: their products and sums are exact."""
        generator = seeds.generator(self.seed, self.rows, self.columns)
        X, G = generator.integers(1, 5, (2, self.rows, self.columns)) * 1.0
        signs = generator.choice([-1.0, 1.0], X.shape)
        a = float(generator.integers(2, 6)) + 0.5
        return X * signs * self.scale, G * self.scale, a * self.scale

    def __str__(self):
        return f"{self.rows} x {self.columns}"


CASES = st.builds(Case, st.integers(1, 6), st.integers(1, 4), st.integers(0, 255))
SMALL = [Case(1, 1), Case(1, 2), Case(2, 1), Case(1, 3), Case(3, 2)]
FAR = [Case(130, 2), Case(2, 130), Case(2, 3, scale=2.0**27), Case(3, 2, scale=2.0**-27)]
STORED = [Case(2, 3, kind=kind) for kind in ("float32", "fortran", "strided")]
ROUNDS = [Case(2, 2), Case(2, 2, seed=1), Case(4, 2), Case(2, 3), Case(3, 1)]  # on one layer


def each_case(test):
    """Run a check on these cases, and on some that hypothesis draws."""
    test = settings(max_examples=10)(given(case=CASES)(test))
    for corner in (*SMALL, *FAR, *STORED):
        test = example(case=corner)(test)
    return test


# -- what the student's layer does, seen once and shared by the checks ---------------------


def passes(student, layer, case):
    """(output, input gradient, grad_a), as promises: for a program block.

    `.value` gives what came, or raises what the student's code raised.
    """
    X, G, _ = case.values
    if case.kind == "float32":
        X, G = X.astype(case.kind), G.astype(case.kind)
    elif case.kind:
        X, G = student.array(X, case.kind), student.array(G, case.kind)
    return layer.forward(X), layer.backward(G), layer.grad_a


@lasting
def observe(student, once, drawn):
    """Return a function that runs a fresh layer on a case: its passes, and what they left behind.

    What calls leave behind is watched beside the student's code: arguments and earlier answers
    that change, NumPy's generator and error handling. `all_left` collects it.
    """

    def run(case):
        with student.program():
            student.watch()
            layer = student.TheLayer(a=case.values[2])
            return *passes(student, layer, case), student.left()

    return once.each("observe", drawn("case"), run)


@lasting
def in_turns(student, once):
    """Return a function: what two layers give in turns, round by round, what fresh ones do, left.

    What is wrong for a fresh layer as well is lost elsewhere.
    """

    def run():
        numbers = [ROUNDS[0].values[2], ROUNDS[0].values[2] + 1]
        rounds = [(case, replace(case, seed=case.seed + 2)) for case in ROUNDS]
        with student.untraced(), student.program():
            fresh = [
                passes(student, student.TheLayer(a=a), case)
                for pair in rounds
                for a, case in zip(numbers, pair, strict=True)
            ]
        with student.program():
            student.watch()
            layers, used = [student.TheLayer(a=a) for a in numbers], []
            for pair in rounds:
                both = list(zip(layers, pair, strict=True))
                outputs = [layer.forward(case.values[0]) for layer, case in both]
                slopes = [layer.backward(case.values[1]) for layer, case in both]
                used += zip(outputs, slopes, [layer.grad_a for layer in layers], strict=True)
            left = student.left()
        return used, fresh, left

    return lambda: once("in turns", run)


@lasting
def all_left(student, drawn, observe, in_turns):
    """Return a function: (place, what was left behind) wherever passes are looked at."""

    def find():
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case)[3]
        yield "With two layers in turns: ", lambda: in_turns()[2]

    return lambda: each_alone(student, find())


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
    yours, expected = observe(case)[0].value, right(case)[0]
    expect_close(yours, expected, what="layer.forward(X)", unit=case.unit)


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
    expect_close(observe(case)[1].value, slope, what="layer.backward(G)", unit=case.unit)


@check("parameter-gradient", "grad_a is the sum of X·G")
@each_case
def test_parameter_gradient(case, observe, right):
    _, input_gradient, grad_a, _ = observe(case)
    input_gradient.value  # if backward raised, that is what the student should see
    yours, what = number(grad_a.value), "layer.grad_a after backward"
    expect_close(yours, right(case)[2], what=what, unit=case.unit)


def number(value):
    """A number, in whichever way it is stored: what the statement leaves open costs nothing."""
    if isinstance(value, np.ndarray) and value.size == 1:
        return value.reshape(())
    return np.float64(value) if isinstance(value, int | float) else value


@check("state", "A layer does not remember earlier passes, nor what another layer does")
def test_in_turns(in_turns, waived):
    """Several rounds; in each forward both, then backward both; their numbers a differ.

    A fresh layer's None is left to the group that is about it, if that has lost points for it.
    """
    used, fresh, _ = in_turns()
    message = "With earlier passes, and a second layer in use, it is not what a fresh layer gives."
    for mine, alone in zip(used, fresh, strict=True):
        for (what, group), yours, wanted in zip(WHOSE.items(), mine, alone, strict=True):
            value = number(wanted.value)
            is_number = isinstance(value, np.ndarray | np.number)
            with nullcontext() if is_number else waived(to=group):
                expect_close(number(yours.value), value, what=what, message=message)


WHOSE = {
    "layer.forward(X)": "forward",
    "layer.backward(G)": "input-gradient",
    "layer.grad_a": "parameter-gradient",
}


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(all_left):
    for place, left in all_left():
        expect_nothing_left(left, place)


@check("purity", "X and G are left as they were")
def test_arguments_left_alone(all_left):
    for place, left in all_left():
        expect_arguments_left_alone(left, place)


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
