"""Checks of the problem `relu`.

One run of a layer on a case (`observe`) serves all the checks that look at it. What is checked
about dimensions, dtypes and state is compared with what the student's layer gives for the same
numbers as a table of doubles: each mistake costs the points of its own group.
"""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.checks import (
    Opaque,
    Seen,
    aspect,
    check,
    each_alone,
    expect,
    expect_arguments_left_alone,
    expect_array,
    expect_close,
    expect_nothing_left,
    expect_type,
    expect_unchanged,
    gradients,
    is_close,
    seeds,
)
from grader.remote.liberties import Liberties, Listed

lasting = pytest.fixture(scope="module")  # the same for every submission


# -- cases ---------------------------------------------------------------------------------


def find_liberties(student):
    """There are no parameters to be found; arguments too many are made up for."""
    return Liberties(arrays=frozenset(["forward", "backward"]))


@dataclass(frozen=True)
class Case:
    """A shape, and the numbers that two seeds make of it; none of them is near the kink.

    One is the session's, the other tells cases of one shape apart and decides the signs of the
    first input (negative if odd) and of its gradient, so that there are both among the smallest.
    The second input of a row is positive and that of a column negative: no output is symmetric.
    The last one of several is positive: who loses the last column loses something.
    The second gradient is of another sign than the first.
    "Integers" are whole inputs and halved gradients, so that none can be taken for another. All
    numbers are multiplied by the scale.
    """

    shape: tuple
    integers: bool = True
    seed: int = 0
    scale: float = 1.0

    @property
    def size(self):
        """What small means, for finding the smallest failing case."""
        return prod(self.shape) + 0.5 * (not self.integers) + (self.scale != 1.0)

    @property
    def unit(self):
        """The size of an ordinary number, at most 1: what is tiny is compared with care."""
        return min(1.0, self.scale)

    def smaller(self):
        """Cases with one side reduced: to 1, to half, by 1; then with simpler numbers."""
        for axis, side in enumerate(self.shape):
            for less in dict.fromkeys((1, side // 2, side - 1)):
                if 1 <= less < side:
                    yield replace(self, shape=(*self.shape[:axis], less, *self.shape[axis + 1 :]))
        if not self.integers:
            yield replace(self, integers=True)
        if self.seed:
            yield replace(self, seed=0)
        if self.scale != 1.0:
            yield replace(self, scale=1.0)

    @cached_property
    def _values(self):
        generator = seeds.generator(self.seed, *self.shape)
        signs = generator.choice([-1.0, 1.0], (2, *self.shape))
        signs[0].flat[1:2], signs[0].flat[self.shape[-1] : self.shape[-1] + 1] = 1.0, -1.0
        if signs[0].size > 5:
            signs[0].flat[-1] = 1.0
        for sign, bit in zip(signs, (self.seed & 1, self.seed & 2), strict=True):
            sign.flat[0] = -1.0 if bit else 1.0
        signs[1].flat[1:2] = -signs[1].flat[:1]
        if self.integers:
            X = signs[0] * generator.choice([2.0, 3.0, 5.0, 8.0], self.shape)
            G = signs[1] * (generator.integers(1, 5, self.shape) + 0.5)
        else:
            X = signs[0] * (0.1 + 3 * np.abs(generator.standard_normal(self.shape)))
            G = generator.standard_normal(self.shape)
        return X * self.scale, G * self.scale

    @property
    def X(self):
        """Input, float64."""
        return self._values[0]

    @property
    def G(self):
        """Upstream gradient, float64, of the same shape."""
        return self._values[1]

    def __str__(self):
        shape = " x ".join(map(str, self.shape))
        return shape if self.scale == 1.0 else f"{shape}, numbers of about {self.scale:.0e}"


CASES = st.builds(
    Case, st.tuples(st.integers(1, 20), st.integers(1, 5)), st.booleans(), st.integers(0, 255)
)
CORNERS = [
    *(Case((1, 1), seed=seed) for seed in range(4)),  # both signs of X and of G
    *(Case((1, 2), seed=seed) for seed in range(4)),
    *(Case((2, 1), seed=seed) for seed in range(4)),
    Case((2, 2)),
    Case((2, 3)),
    Case((4, 3), seed=1),
    Case((2, 3), integers=False),
    Case((3, 3), seed=2),
    Case((20, 4), integers=False),
]
FAR = [Case((130, 2)), Case((2, 130)), Case((2, 3), scale=2.0**20), Case((3, 2), scale=2.0**-27)]
"""Sizes and numbers far from the small ones: what is right for these may be wrong there."""


def each_case(examples, far=True):
    """Run a check on all corners, on those far away if these are wanted, and on generated cases."""

    def decorate(test):
        test = settings(max_examples=examples)(given(case=CASES)(test))
        for corner in [*CORNERS, *(FAR if far else ())]:
            test = example(case=corner)(test)
        return test

    return decorate


# -- what the student's layer does, seen once and shared -----------------------------------


def passes(student, X, G):
    """One forward and one backward pass of a fresh layer, as promises; for a program block."""
    layer = student.ReLU()
    return layer.forward(X), layer.backward(G)


def watched_passes(student, X, G):
    """The same, and what the two calls have left behind."""
    student.watch()
    return *passes(student, X, G), student.left()


@lasting
def observe(student, once, drawn):
    """Return a function: (output, gradient, what is left) of a fresh layer for a case."""

    def run(case):
        with student.program():
            return watched_passes(student, case.X, case.G)

    return once.each("observe", drawn("case"), run)


@lasting
def right(reference):
    """Return a function: (output, gradient) of the reference for a case."""

    def run(case):
        layer = reference.ReLU()
        return layer.forward(case.X), layer.backward(case.G)

    return run


@lasting
def slope(student, once):
    """Return a function: central differences of the student's own forward pass, or None.

    With a step in proportion to the numbers, or with the usual one: tiny ones near a kink need
    the first, and curves that are not rounded to nothing the second.
    """

    def run(case, step):
        stack = gradients.perturbed(case.X, step)
        with student.untraced(), student.program():
            swept = student.ReLU().forward.sweep(stack)
        outputs = None if swept.error else swept.value
        if not isinstance(outputs, np.ndarray) or outputs.shape != stack.shape:
            return None
        return gradients.from_outputs(outputs, case.G, step, case.shape)

    def look(case):
        steps = dict.fromkeys((gradients.STEP * case.scale, gradients.STEP))
        return [once(("slope", case, step), lambda step=step: run(case, step)) for step in steps]

    return look


LARGER = Case((4, 3), integers=False, seed=1)


def agrees(yours, numerical, unit=1.0):
    """Whether a gradient is a numerical one, up to what finite steps in a curve make of it."""
    return numerical is not None and is_close(yours, numerical, rtol=1e-5, atol=1e-6, unit=unit)


def expect_gradient(yours, case, expected, slope, waived, message=""):
    """Fail unless `yours` is right: for the rectifier, or for the student's own forward pass.

    A backward pass that fits a wrong forward pass has earned its points. One that fits a forward
    pass on which nothing depends has not.
    """
    what = "layer.backward(G)"
    array = expect_array(yours, what, case.shape)
    unit = case.unit
    if is_close(array, expected, unit=unit):
        return
    own, (elsewhere,) = slope(case), slope(LARGER)
    depends = elsewhere is not None and np.any(elsewhere)
    fits = any(agrees(array, each, unit) for each in own) and not agrees(expected, own[0], unit)
    with waived(to="forward") if depends and fits else nullcontext():
        expect_close(yours, expected, what=what, message=message, unit=unit)


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is max(x, 0) for each number", weight=5)
@each_case(15)
def test_forward(case, observe, right):
    """Generated shapes and numbers, none of them near 0."""
    yours, expected = observe(case)[0].value, right(case)[0]
    expect_close(yours, expected, what="layer.forward(X)", unit=case.unit)


@check("forward", "The example of the statement", variant_of="test_forward")
def test_example(student, expected, observe, right):
    """The numbers that a student can compare with; not for who knows no other answer."""
    with student.as_written():
        layer = student.ReLU()
    student.ask_as_stated(layer)
    output = layer.forward(np.array(expected["X"]))
    expect_close(output, expected["output"], what="layer.forward(X)")
    expect_close(observe(SMALL)[0].value, right(SMALL)[0], what="layer.forward(X)")


LAYOUTS = {"fortran": "Fortran order", "strided": "an array that is not contiguous"}
LAID_OUT = [(Case(shape), layout) for shape in ((3, 4), (1, 3)) for layout in LAYOUTS]


@lasting
def laid_out(student, once):
    """Return a function: (output, gradient, what is left) in another memory layout."""

    def run(key):
        case, layout = key
        with student.program():
            return watched_passes(
                student, student.array(case.X, layout), student.array(case.G, layout)
            )

    return once.each("laid out", LAID_OUT, run)


@check("forward", "Arrays in other memory layouts", variant_of="test_forward")
def test_layouts(laid_out, right):
    """As a transpose is stored, and as every second column of a table is."""
    for case, layout in LAID_OUT:
        what = f"layer.forward(X) for {LAYOUTS[layout]}"
        expect_close(laid_out((case, layout))[0].value, right(case)[0], what=what)


# -- gradient ------------------------------------------------------------------------------


@check("gradient", "backward lets G through where the input was positive", weight=2)
@each_case(15)
def test_gradient(case, observe, right, slope, waived):
    """By the formula."""
    expect_gradient(observe(case)[1].value, case, right(case)[1], slope, waived)


@check("gradient", "Upstream gradients in other memory layouts", variant_of="test_gradient")
def test_gradient_layouts(laid_out, right, waived):
    """As a transpose is stored, and as every second column of a table is."""
    for case, layout in LAID_OUT:
        with waived(to=("forward", "gradient")):
            yours, what = laid_out((case, layout))[1].value, "layer.backward(G)"
            expect_close(yours, right(case)[1], what=f"{what} for {LAYOUTS[layout]}")


@check("gradient", "It is the slope of the loss, measured numerically")
@each_case(8, far=False)
def test_gradient_numerically(case, observe, reference, slope, waived):
    """Central differences of the right forward pass; exact for whole inputs, two from the kink."""
    step = 0.5 if case.integers else gradients.STEP
    outputs = reference.ReLU().forward(gradients.perturbed(case.X, step))
    measured = gradients.from_outputs(outputs, case.G, step, case.shape)
    yours = observe(case)[1].value
    message = "The gradient is not the slope of the loss, as central differences measure it."
    if not agrees(yours, measured):
        expect_gradient(yours, case, measured, slope, waived, message)


# -- kink ----------------------------------------------------------------------------------

ZEROS = np.array([[0.0, -0.0, 0.0], [0.0, 0.0, -0.0]])
AT_ZEROS = Case((2, 3), seed=6).G
SHIFT = 1e-6


@lasting
def at_zero(student, once):
    """Return a function: (output, gradient, both sides' slopes) where the input is 0."""

    def run():
        with student.program():
            output, gradient = passes(student, ZEROS, AT_ZEROS)
        with student.untraced(), student.program():
            layer = student.ReLU()
            shifted = [layer.forward(ZEROS + shift) for shift in (-SHIFT, 0.0, SHIFT)]
        values = [None if pending.error else pending.value for pending in shifted]
        if not all(isinstance(v, np.ndarray) and v.shape == ZEROS.shape for v in values):
            return output, gradient, []
        with np.errstate(all="ignore"):
            slopes = [(b - a) / SHIFT for a, b in pairwise(values)]
            return output, gradient, [each * AT_ZEROS for each in (*slopes, sum(slopes) / 2)]

    return lambda: once("at zero", run)


@check("kink", "Where the input is 0, the slope is 0")
def test_kink(at_zero, waived):
    """The convention of the statement; for another function, any slope that it has there."""
    _, gradient, slopes = at_zero()
    yours = gradient.value
    nothing = np.zeros(ZEROS.shape)
    if is_close(yours, nothing):
        return
    rectifies = bool(slopes) and agrees(slopes[0], nothing) and agrees(slopes[1], AT_ZEROS)
    fits = not rectifies and any(np.any(own) and agrees(yours, own) for own in slopes)
    message = "All inputs are 0, where the statement takes the slope to be 0."
    with waived(to="forward") if fits else nullcontext():
        expect_close(yours, nothing, what="layer.backward(G)", message=message)


# -- dimensions and dtypes: compared with the same numbers as a table of doubles -----------


@lasting
def as_table(student, once, right):
    """Return a function: whether (output, gradient) are right for a case's numbers as a table.

    What is wrong there already is not a matter of dimensions, dtypes or state.
    """

    def run(case):
        table = (case.shape[0], prod(case.shape[1:]))
        with student.program():
            return passes(student, case.X.reshape(table), case.G.reshape(table))

    found = once.each("table", [*ARRANGED, *WHOLE], run)

    def look(case):
        for pending in found(case):
            pending.value  # if it raises here as well, it is the same failure, shown once
        return [
            is_close(pending.value, wanted.reshape(case.shape[0], -1))
            for pending, wanted in zip(found(case), right(case), strict=True)
        ]

    return look


NAMES = ("layer.forward(X)", "layer.backward(G)")
WHOSE = ("forward", ("gradient", "forward"))
"""Whose matter it is that an output or a gradient is wrong for a table."""
SHAPES = {
    "one": [(4,), (130,)],
    "three": [(2, 3, 2), (2, 2, 2), (2, 3, 130)],
    "four": [(2, 2, 1, 3), (2, 2, 2, 2), (1, 3, 40, 2), (2, 1, 2, 130), (2, 3, 2, 1)],
}
ARRANGED = [Case(shape, seed=1) for shapes in SHAPES.values() for shape in shapes]


@lasting
def in_dimensions(student, once):
    """Return a function: (output, gradient, what is left) for another number of dimensions."""

    def run(case):
        with student.program():
            return watched_passes(student, case.X, case.G)

    return once.each("dimensions", ARRANGED, run)


@check("dimensions", "Arrays of other than two dimensions")
@pytest.mark.parametrize("count", list(SHAPES))
def test_dimensions(count, in_dimensions, as_table, right, waived):
    """The numbers of a table, arranged in another way."""
    for shape in SHAPES[count]:
        case = Case(shape, seed=1)
        found = zip(NAMES, WHOSE, in_dimensions(case), right(case), as_table(case), strict=False)
        for what, whose, pending, wanted, is_right in found:
            with nullcontext() if is_right else waived(to=whose):
                message = f"For a table of the same numbers it is right, for shape {shape} not."
                expect_close(pending.value, wanted, what=what, message=message)


SMALL = Case((2, 3))
WHOLE = [SMALL, Case((1, 3))]
FLOATS = [(SMALL, *types) for types in (("f4", "f4"), ("f4", "f8"), ("f8", "f4"))]
INTEGERS = [(case, "i8", "f8") for case in WHOLE]
WHOLE_GRADIENT = (SMALL, "f8", "i8")


@lasting
def typed(student, once):
    """Return a function: (output, gradient, what is left) for X and G of other types.

    The key is a case and the two types. A G of integers is twice that of the case: whole.
    """

    def run(key):
        case, *types = key
        G = 2 * case.G if types[1] == "i8" else case.G
        with student.program():
            return watched_passes(student, case.X.astype(types[0]), G.astype(types[1]))

    return once.each("typed", [*FLOATS, *INTEGERS, WHOLE_GRADIENT], run)


@check("dtype", "Single precision stays single, and double stays double", weight=2)
def test_single_precision(typed, as_table, right, waived):
    """The output is of the type of X, the gradient of that of G; numbers are whole or halves.

    That there are arrays at all is looked at here, too.
    """
    for key in FLOATS:
        found = zip(NAMES, WHOSE, typed(key), right(SMALL), as_table(SMALL), key[1:], strict=False)
        for what, whose, pending, wanted, is_right, dtype in found:
            types = [str(np.dtype(each)) for each in key[1:]]
            message = f"X is {types[0]} and G {types[1]}, and {what} is {{}}.".format
            if not pending.error:
                kind = getattr(pending.value, "dtype", "no array")
                expect_type(pending.value, dtype, what=what, message=message(kind))
            only_here = is_right and key is FLOATS[0]  # single precision always is lost elsewhere
            with nullcontext() if only_here else waived(to=whose):
                array = expect_array(pending.value, what, SMALL.shape)
                same = array.dtype == np.dtype(dtype)
                expect(same, message(array.dtype), what=what, yours=pending.value)
                expect_close(array, wanted, what=what)


@check("dtype", "Whole numbers as input")
def test_integers(typed, as_table, right, waived):
    """The gradient is as precise as G, although X is of integers; for one row and for two."""
    message = "For an X of integers it is wrong, for the same numbers as floats right."
    for key in INTEGERS:
        found = zip(NAMES, WHOSE, typed(key), right(key[0]), as_table(key[0]), strict=False)
        for what, whose, pending, wanted, is_right in found:
            with nullcontext() if is_right else waived(to=whose):
                expect_close(pending.value, wanted, what=what, message=message)


@check("dtype", "Whole numbers as upstream gradient")
def test_integer_gradients(typed, as_table, right, waived):
    """The values of the gradient; its type is looked at for single precision."""
    gradient = typed(WHOLE_GRADIENT)[1]
    with nullcontext() if as_table(SMALL)[1] else waived(to=WHOSE[1]):
        message = "For a G of integers it is wrong, for floats right."
        wanted = 2 * right(SMALL)[1]
        expect_close(gradient.value, wanted, what=NAMES[1], message=message)


# -- state ---------------------------------------------------------------------------------

ROUNDS = [
    Case(shape, seed=seed) for seed, shape in enumerate([(2, 3), (4, 2), (2, 3), (1, 3), (4, 2)])
]
BETWEEN = Case((2, 3), seed=9)


def expect_as_alone(found, alone, situation):
    """Fail unless passes gave what a fresh layer gives."""
    for what, mine, fresh in zip((*NAMES, NAMES[1]), found, alone, strict=False):
        wanted = fresh.value  # if a fresh layer fails as well, it is not a matter of state
        yours = mine.value
        if isinstance(wanted, np.ndarray):
            message = f"{situation}, it is not what a fresh layer gives."
            expect_close(yours, wanted, what=what, message=message)


@lasting
def repeated(student, once):
    """Return a function: what a used layer and a fresh one give in each round, and what is left."""

    def run():
        with student.untraced(), student.program():
            alone = [
                (*passes(student, case.X, case.G), passes(student, case.X, -case.G)[1])
                for case in ROUNDS
            ]
        with student.program():
            layer = student.ReLU()
            student.watch()
            found = []
            for case in ROUNDS:
                layer.forward(BETWEEN.X)
                output = layer.forward(case.X)
                found.append((output, layer.backward(case.G), layer.backward(-case.G)))
            left = student.left()
        return list(zip(found, alone, strict=True)), left

    return lambda: once("repeated", run)


@check("state", "A layer does not remember earlier passes, and backward can be called again")
def test_repeated_passes(repeated):
    """Arrays of other shapes one after the other; two backward passes after each."""
    for number, (found, alone) in enumerate(repeated()[0], 1):
        expect_as_alone(found, alone, f"In round {number} on the same layer")


@lasting
def all_left(student, drawn, observe, laid_out, in_dimensions, typed, repeated):
    """Return a function: (place, what was left behind) wherever passes are looked at."""

    def find():
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case)[2]
        for key in LAID_OUT:
            yield f"With {LAYOUTS[key[1]]}: ", lambda key=key: laid_out(key)[2]
        for case in ARRANGED:
            yield f"With {case}: ", lambda case=case: in_dimensions(case)[2]
        for key in (*FLOATS, *INTEGERS, WHOLE_GRADIENT):
            yield f"With X of type {key[1]} and G of {key[2]}: ", lambda key=key: typed(key)[2]
        yield "In several rounds on one layer: ", lambda: repeated()[1]

    return lambda: each_alone(student, find())


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(all_left):
    """Arrays that were returned earlier; NumPy's global generator and its error handling."""
    for place, left in all_left():
        expect_nothing_left(left, place)


TWO = [Case((2, 3), seed=4), Case((2, 3), seed=5)]


@lasting
def side_by_side(student, once):
    """Return a function: what two layers give, forward both, then backward both; and alone."""

    def run():
        with student.untraced(), student.program():
            alone = [passes(student, case.X, case.G) for case in TWO]
        with student.program():
            layers = [student.ReLU() for _ in TWO]
            pairs = list(zip(layers, TWO, strict=True))
            outputs = [layer.forward(case.X) for layer, case in pairs]
            found = [layer.backward(case.G) for layer, case in pairs]
        return list(zip(zip(outputs, found, strict=True), alone, strict=True))

    return lambda: once("side by side", run)


@check("state", "Two layers do not disturb each other")
def test_two_layers(side_by_side):
    """Forward both, then backward both."""
    for found, alone in side_by_side():
        expect_as_alone(found, alone, "With a second layer in use")


# -- purity --------------------------------------------------------------------------------


@lasting
def arguments_after(student, once):
    """Return a function: what the passes gave, and X and G as they are afterwards."""

    def run():
        with student.program():
            X, G = student.array(SMALL.X), student.array(SMALL.G)
            layer = student.ReLU()
            output = layer.forward(X)
            read = [("X", "forward", output, SMALL.X, student.read(X))]
            gradient = layer.backward(G)
            read.append(("X", "backward", gradient, SMALL.X, student.read(X)))
            read.append(("G", "backward", gradient, SMALL.G, student.read(G)))
        return read

    return lambda: once("arguments", run)


@check("purity", "X and G are left as they were", weight=3)
def test_arguments_unchanged(arguments_after):
    """Read back after both passes."""
    expect_unchanged(arguments_after())


@check(
    "purity",
    "So they are after every other pass that is looked at",
    variant_of="test_arguments_unchanged",
)
def test_arguments_left_alone(all_left, waived):
    """What shows in an ordinary pass is said by the other check."""
    for place, left in all_left():
        with waived(to="purity"):
            expect_arguments_left_alone(left, place)


# -- expected.json -------------------------------------------------------------------------


def expected_values(reference):
    """The worked example of the statement."""
    X = [[2.0, -1.0, 0.0], [-3.0, 0.5, 3.0]]
    return {"X": X, "output": reference.ReLU().forward(np.array(X)).tolist()}


# -- ways to look at what failed, for diagnoses.py -----------------------------------------


@aspect("output", groups=["forward"], noun="The output")
def see_output(observe, right):
    """What forward returns."""
    return lambda case: Seen(
        observe(case)[0], right(case)[0], X=case.X, output=observe(case)[0], batch=case.shape[0]
    )


@aspect("gradient", groups=["gradient"], noun="The returned gradient")
def see_gradient(observe, right):
    """What backward returns, away from the kink."""
    return lambda case: Seen(
        observe(case)[1], right(case)[1], X=case.X, G=case.G, batch=case.shape[0]
    )


@aspect("kink", groups=["kink"], noun="The gradient where the input is 0", cases=["zeros"])
def see_kink(at_zero):
    """What backward returns where all inputs are 0; None is no matter of the kink."""

    def look(_):
        gradient = at_zero()[1]
        if gradient.error is None and gradient.value is None:
            return None
        return Seen(gradient, np.zeros(ZEROS.shape), G=AT_ZEROS)

    return look


@aspect(
    "arrangement",
    groups=["dimensions"],
    noun="The output for another number of dimensions",
    cases=ARRANGED,
)
def see_arrangement(in_dimensions, right):
    """The shape of what forward returns."""

    def look(case):
        output = in_dimensions(case)[0]
        if output.error:
            return None
        return Seen(np.shape(_array(output.value)), case.shape, shape=case.shape)

    return look


def _array(value):
    return np.zeros(0) if value is None or isinstance(value, Opaque) else value


@aspect("types", groups=["dtype"], noun="The types of what comes back", cases=["types"])
def see_types(typed, right):
    """(dtype of the output, of the gradient) for single precision; whether integers cut G off.

    Then both for double precision, where the other array is single.
    """

    def look(_):
        output, gradient, _ = typed(FLOATS[0])
        double, whole = (typed(FLOATS[2])[0], typed(FLOATS[1])[1]), typed(INTEGERS[0])[1]
        if any(pending.error for pending in (output, gradient, *double, whole)):
            return None
        single, doubles = (
            tuple(_kind(pending.value) for pending in each) for each in ((output, gradient), double)
        )
        cut = is_close(_array(whole.value), np.trunc(right(SMALL)[1]))
        yours = (*single, "cut" if cut else "whole", *doubles)
        return Seen(yours, ("float32", "float32", "whole", "float64", "float64"))

    return look


def _kind(value):
    return "list" if isinstance(value, Listed) else str(getattr(value, "dtype", None))


@aspect("rounds", groups=["state"], noun="What a layer gives in later passes", cases=["rounds"])
def see_rounds(repeated):
    """The gradients of all rounds, two in each; what raised is seen as such."""

    def look(_):
        rounds = repeated()[0]
        yours = [Seen(each, None).yours for found, _ in rounds for each in found[1:]]
        wanted = [Seen(each, None).yours for _, alone in rounds for each in alone[1:]]
        return Seen(yours, wanted, rounds=ROUNDS, between=BETWEEN)

    return look


@aspect("layers", groups=["state"], noun="What two layers give side by side", cases=["two"])
def see_layers(side_by_side):
    """The gradients of two layers: forward both, then backward both."""

    def look(_):
        yours = [found[1].error or found[1].value for found, _ in side_by_side()]
        wanted = [alone[1].error or alone[1].value for _, alone in side_by_side()]
        return Seen(yours, wanted, two=TWO)

    return look


@aspect("arguments", groups=["purity"], noun="The caller's arrays", cases=["arguments"])
def see_arguments(arguments_after):
    """Which of the caller's arrays were changed, by which method."""

    def look(_):
        changed = tuple(
            f"{name} by {method}"
            for name, method, _, before, after in arguments_after()
            if after.error is None and not np.array_equal(after.value, before)
        )
        return Seen(changed, ())

    return look
