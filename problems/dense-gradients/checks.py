"""Checks of the problem `dense-gradients`.

Output and gradients are checked on weights that the judge sets itself. What a check needs from
another part of the layer is taken as the student has it, or mended: each mistake costs the points
of its own group. One run of a layer on a case (`observe`) serves all the checks that look at it.
"""

import json
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import activations
import numpy as np
import pytest
from hypothesis import example

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
    expect_later_as_before,
    expect_nothing_left,
    expect_unchanged,
    fail,
    gradients,
    is_close,
    seeds,
)
from grader.layers import AffineCase, Draw, each_case, looks, looks_at_start, some_cases
from grader.layers.cases import LARGE, TINY
from grader.layers.distributions import (
    expect_deviation,
    expect_normal,
    same_draw,
    single_precision,
)
from grader.layers.gradient_checks import expect_gradient, expect_slope
from grader.layers.parameters import (
    N_INPUTS,
    N_UNITS,
    ROWS,
    WEIGHTS,
    as_drawn,
    expect_kept_shape,
    find_parameters,
    seen_as_kept,
)
from grader.layers.sequences import STEPS, numbered
from grader.layers.typed_cases import FLOATS, typed_cases
from grader.remote.liberties import Listed

lasting = pytest.fixture(scope="module")  # the same for every submission
PARTS = ("inputs", "weights", "biases")
FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))
"""Enough for what does not depend on shapes."""
SQUARE = AffineCase(5, 5, 5, integers=False)
"""All of whose arrays are square, and not small."""
NEAR = AffineCase(2, 3, 2, integers=False)
"""Where a curved forward pass is not flat, as it may be far away."""
GRADIENTS = ("input-gradient", "weight-gradient", "bias-gradient")
FIRST = ("forward", "cache", "result", "lazy")
"""What is wrong in every pass costs its points in one of these groups, or those of gradients."""


@dataclass
class Square:
    """z², which is no activation that anybody would guess, and has exact central differences."""

    name: str = "square"

    def function(self, z):
        """Return z²."""
        return z * z

    def derivative(self, z):
        """Return 2 z."""
        return 2.0 * z


@dataclass
class Sine:
    """The sine, for ordinary floats."""

    name: str = "sine"

    def function(self, z):
        """Return sin(z)."""
        return np.sin(z)

    def derivative(self, z):
        """Return cos(z)."""
        return np.cos(z)


def find_liberties(student):
    """What the submission calls its weights and biases, which are there from the first pass on."""

    def run(layer):
        return layer.forward(np.ones((ROWS, N_INPUTS)))

    def make():
        activation = student.expose(Square(), "function", "derivative", local=True)
        layer = student.DenseLayer(N_INPUTS, N_UNITS, activation)
        run(layer)
        return layer

    wanted = {"weights": WEIGHTS, "biases": [(N_UNITS,), (1, N_UNITS)]}
    arrays = [f"backward.{key}" for key in ("inputs", "weights", "biases")]
    arrays += "weights biases last_input last_z forward".split()
    turned = [f"{each}.weights" for each in ("backward", "to_dict", "from_dict", "kept")]
    costs = "initialization seeded".split()
    return find_parameters(
        student, make, wanted, run, arrays=arrays, with_them=turned, turned_costs=costs
    )


def activation_of(case):
    """What follows the affine part in a case."""
    return Square() if case.integers else Sine()


def units(case):
    """The size of an ordinary element of what a case gives, at most 1, to compare tiny ones by."""
    x, w, g = case.scales
    z = x * w
    d = g * z if case.integers else g
    sizes = {"z": z, "output": z * z if case.integers else 1.0, "last_input": x}
    sizes |= {"inputs": d * w, "weights": d * x, "biases": d}
    return {name: min(1.0, size) for name, size in sizes.items()}


@lasting
def exposed(student):
    """Return a function that gives the activation of a case, to be handed to the student's code."""
    return lambda case: student.expose(activation_of(case), "function", "derivative", local=True)


# -- what is right -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Drawn:
    """A case with the weights that a layer really had, where it drew others than it was given."""

    case: AffineCase
    W: np.ndarray
    b: np.ndarray
    exact: bool = False
    step: float = gradients.STEP

    def __getattr__(self, name):
        return getattr(self.case, name)


@dataclass(frozen=True)
class Right:
    """The reference's answers for a case."""

    output: np.ndarray
    z: np.ndarray
    gradients: dict


@lasting
def right(reference):
    """Return a function: what the reference gives for a case."""
    return lambda case: _right(reference.DenseLayer, case)


@lru_cache(maxsize=4096)
def _right(kind, case):
    layer = _reference_layer(kind, case)
    output = layer.forward(case.X)
    return Right(output, layer.last_z, layer.backward(case.G))


@lasting
def right_for(reference):
    """Return a function: what the reference gives for a case with another G, and other weights."""

    def get(case, G, W, b):
        layer = _reference_layer(reference.DenseLayer, case)
        layer.weights, layer.biases = W, b
        output = layer.forward(case.X)
        return Right(output, layer.last_z, layer.backward(G))

    return get


def _reference_layer(kind, case):
    layer = kind(case.n_inputs, case.n_units, activation_of(case))
    layer.weights, layer.biases, layer.weights_initialized = case.W, case.b.reshape(-1), True
    return layer


def upstream(case, part):
    """The gradient of the loss whose slope a part of the result is: a mean, for the parameters."""
    return case.G if part == "inputs" else case.G / case.batch


@lru_cache(maxsize=4096)
def _measured(kind, case, part):
    """Central differences of the reference's forward pass."""
    layer = _reference_layer(kind, case)

    def forward(value):
        if part != "inputs":
            setattr(layer, part, value)
        return layer.forward(value if part == "inputs" else case.X)

    start = {"inputs": case.X, "weights": case.W, "biases": case.b.reshape(-1)}[part]
    return gradients.measured(forward, start, upstream(case, part), case.step)


# -- what the student's layer does, seen once and shared -----------------------------------


def put_weights(layer, case):
    """Set weights and biases to those of the case."""
    layer.weights, layer.biases = case.W, case.b.reshape(-1)
    layer.weights_initialized = True


@lasting
def takes_weights(student, once):
    """Return a function: whether weights that are set before the first forward pass are used."""

    def look():
        case = FEW[1]
        with student.program():
            layer = student.DenseLayer(
                case.n_inputs,
                case.n_units,
                student.expose(Square(), "function", "derivative", local=True),
            )
            put_weights(layer, case)
            layer.forward(case.X)
            W = layer.weights
        return W.error is None and is_close(W.value, case.W)

    return lambda: once.fact("takes weights", look)


@lasting
def new_layer(student, takes_weights, waived):
    """Return a function that makes a layer with the weights of a case.

    Where weights that are set before the first forward pass are not used, which costs its points
    in another group, that pass is made first.
    """

    def make(case, activation, name=None):
        named = {} if name is None else {"name": name}
        layer = student.DenseLayer(case.n_inputs, case.n_units, activation, **named)
        if not takes_weights():
            layer.forward(case.X)
            with waived(to="lazy"):
                fail("Weights that are set before the first forward pass are not used.")
        put_weights(layer, case)
        return layer

    return make


@dataclass(frozen=True)
class Passes:
    """One forward and one backward pass; each attribute is a promise (`.value`).

    Attributes:
        left: What the two calls have left behind.
    """

    output: object
    last_input: object
    last_z: object
    weights: object
    biases: object
    result: object
    left: object


@lasting
def observe(student, once, drawn, new_layer, exposed):
    """Return a function that runs a fresh layer on a case."""

    def run(case):
        activation = exposed(case)
        with student.program():
            layer = new_layer(case, activation)
            student.watch()
            output = layer.forward(case.X)
            kept = layer.last_input, layer.last_z, layer.weights, layer.biases
            return Passes(output, *kept, layer.backward(case.G), student.left())

    return once.each("observe", drawn("case"), run)


@lasting
def actual(observe, waived):
    """Return a function: the case with the weights that the layer had when it made its output.

    A layer that draws anew in every pass loses its points for that alone.
    """
    made, as_given = {}, {}

    def find(case):
        seen = observe(case)
        if as_given.get(case) is seen:
            return case
        if seen.weights.error or seen.biases.error:
            return case
        W, b = seen.weights.value, seen.biases.value
        if is_close(W, case.W) and is_close(b, case.b.reshape(-1)):
            as_given[case] = seen
            return case
        with waived(to="lazy"):
            fail("Weights that were set are others after the forward pass.")
        shapes = [np.shape(value) for value in (W, b)] if numeric(W) and numeric(b) else []
        if shapes != [case.W.shape, (case.n_units,)]:
            return case
        key = case, W.tobytes(), b.tobytes()
        return made.setdefault(key, Drawn(case, W, b.reshape(1, -1)))

    return find


def as_wrong(*groups):
    """The groups that have lost points for what is wrong in every pass."""
    return (*FIRST, *groups)


def steady(case, actual):
    """Whether a layer keeps the weights that it is given: else passes cannot be compared."""
    return actual(case) is case


def numeric(value):
    """Whether something is an array of finite numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and np.isfinite(value).all()


# -- where the gradients are ---------------------------------------------------------------


@lasting
def places(student, once, new_layer):
    """Return a function: for each part, where it is in what backward returns.

    A tuple, or other keys, cost their points in the group "result" alone.
    """

    def find():
        case = AffineCase(5, 3, 2)
        activation = student.expose(Square(), "function", "derivative", local=True)
        with student.program():
            layer = new_layer(case, activation)
            layer.forward(case.X)
            result = layer.backward(case.G)
        items = entries(None if result.error else result.value)
        if set(PARTS) <= set(items):
            return {part: part for part in PARTS}
        found = {part: part for part in PARTS if part in items}
        shapes = {"inputs": [(5, 3)], "weights": [(3, 2)], "biases": [(2,), (1, 2)]}
        for fits in (lambda value, part: np.shape(value) in shapes[part], lambda value, part: True):
            for part in PARTS:
                free = [key for key in items if key not in found.values()]
                fitting = [key for key in free if numeric(items[key]) and fits(items[key], part)]
                if part not in found and fitting:
                    found[part] = fitting[0]
        return found

    return lambda: once.fact("places", find)


MISSING = Opaque("nothing", "no such part")


def entries(result):
    """What backward returns as a dictionary, if it has parts."""
    if isinstance(result, tuple | list):
        return dict(enumerate(result))
    if isinstance(result, np.ndarray):
        return {0: result}
    return result if isinstance(result, dict) else {}


@lasting
def mended(student, once, new_layer, exposed):
    """Return a function: what backward returns where the judge sets what forward should keep."""

    def run(case, z):
        activation = exposed(case)
        with student.program():
            layer = new_layer(case, activation)
            layer.forward(case.X)
            layer.last_input, layer.last_z = case.X, z
            return layer.backward(case.G)

    return lambda case, z: once(("mended", case), lambda: run(case, z))


@lasting
def pick(places, waived):
    """Return a function: a part of what backward returned, wherever it is in it."""

    def get(result, part):
        key = places().get(part, part)
        if key != part:
            with waived(to="result"):
                fail(f"The gradient of the {part} is not under the key {part!r}.")
        return entries(result).get(key, MISSING)

    return get


@lasting
def gradient(observe, actual, right, pick, mended, waived):
    """Return a function: one gradient of a case, as the student's backward pass gives it.

    Where forward keeps something else than it should, that costs its points in the group "cache";
    here it is set right.
    """
    as_it_is = {}

    def get(case, part):
        seen = observe(case)
        if as_it_is.get(case) is seen:
            return pick(seen.result.value, part)
        wanted, unit, result = right(actual(case)), units(case), seen.result
        kept = ((seen.last_input, case.X), (seen.last_z, wanted.z))
        if all(promise.error is None and is_close(promise.value, w) for promise, w in kept):
            as_it_is[case] = seen
        else:
            again = mended(case, wanted.z)
            right_part = wanted.gradients[part]
            if again.error is None and is_close(
                pick(again.value, part), right_part, unit=unit[part]
            ):
                result = again
                with waived(to=("cache", "forward")):
                    fail("last_input or last_z is not what it should be.")
        return pick(result.value, part)

    return get


@lasting
def numerical(student, once, new_layer, exposed):
    """Return a function: central differences of the student's own forward pass."""

    def run(case, step):
        activation, b = exposed(case), case.b.reshape(-1)
        x, w, _ = case.scales
        moved = {"inputs": (case.X, x), "weights": (case.W, w), "biases": (b, x * w)}
        swept = {}
        with student.untraced(), student.program():
            for part, (start, scale) in moved.items():
                layer = new_layer(case, activation)
                stack = gradients.perturbed(start, step * scale)
                named = {} if part == "inputs" else {"attribute": part, "x": case.X}
                swept[part] = layer.forward.sweep(stack, **named)
        return {
            part: gradients.from_sweep(swept[part], upstream(case, part), step * scale, start.shape)
            for part, (start, scale) in moved.items()
        }

    return lambda case, step: once(("numerical", case, step), lambda: run(case, step))


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is f(X·W + b)", weight=5)
@example(case=SQUARE)
@each_case(10)
def test_forward(case, observe, actual, right):
    """Generated shapes and values, with activations that are in no table."""
    yours, wanted = observe(case).output.value, right(actual(case)).output
    expect_close(yours, wanted, what="layer.forward(X)", unit=units(case)["output"])


TABLE = """
def table(name):
    from activations import ACTIVATIONS
    return ACTIVATIONS[name]
"""


@check("forward", "The example of the statement", variant_of="test_forward")
def test_example(student, expected, observe, actual, right, takes_weights, waived):
    """The statement's numbers, on weights set by the judge; not for who knows no other answer."""
    example = expected["example"]
    student.seed(42)  # as in the statement: whose weights are drawn has the same ones
    with student.program():
        layer = student.DenseLayer(2, 3, student.define(TABLE).table("relu"), name="first")
        layer.weights, layer.biases = np.array(example["weights"]), np.zeros(3)
        layer.weights_initialized = True
        output = layer.forward(X=np.array(example["X"]))
    wanted = np.array(example["output"])
    with nullcontext() if takes_weights() else waived(to="lazy"):
        expect_close(output.value, wanted, what="layer.forward(X=X)")
    other = right(actual(FEW[1])).output
    expect_close(observe(FEW[1]).output.value, other, what="layer.forward(X)")


TYPED = typed_cases(
    *(AffineCase(rows, 3, 2, scales=(0.25, 1.0, 0.125)) for rows in (1, 4, 8)),
    types=FLOATS,
    weights=True,
)


@lasting
def observe_typed(student, once, new_layer, exposed):
    """Return a function: (output, result, what is left) for arrays of another layout or type."""

    def run(typed):
        case, activation = typed.case, exposed(typed.case)
        with student.program():
            layer = new_layer(case, activation)
            layer.weights = typed.weights(student, "weights")
            X, G = typed.arrays(student)
            student.watch()
            return layer.forward(X), layer.backward(G), student.left()

    return once.each("typed", TYPED, run)


@check("forward", "Arrays of other memory layouts and types", variant_of="test_forward")
def test_forward_layouts(student, observe_typed, right, actual, waived):
    """X or weights in Fortran order, not contiguous, in single precision; one row and more."""
    gone = nullcontext if steady(FEW[1], actual) else lambda: waived(to="lazy")
    for typed in TYPED:
        student.begin()
        with gone():
            output, wanted = observe_typed(typed)[0].value, right(typed.case).output
            expect_close(output, wanted, what=f"layer.forward(X), {typed}")


# -- cache ---------------------------------------------------------------------------------


@check("cache", "last_input is the X of the last forward pass")
@each_case(8)
def test_last_input(case, observe):
    """By reference or as a copy."""
    seen = observe(case)
    if seen.last_input.error:
        seen.output.value  # if forward raised, that is the reason
    yours, unit = seen.last_input.value, units(case)["last_input"]
    expect_close(yours, case.X, what="layer.last_input", unit=unit)


@check("cache", "last_z is X·W + b, before the activation", weight=2)
@each_case(8)
def test_last_z(case, observe, actual, right, waived):
    """Or what the student's own, wrong output has been made of."""
    seen, wanted, unit = observe(case), right(actual(case)), units(case)
    output, z = seen.output, seen.last_z.value
    made = numeric(z) and output.error is None
    made = made and is_close(activation_of(case).function(z), output.value, unit=unit["output"])
    with waived(to="forward") if made else nullcontext():
        expect_close(z, wanted.z, what="layer.last_z", unit=unit["z"])


# -- gradients -----------------------------------------------------------------------------


def there(yours, part):
    """A part of the result, if it has that part."""
    if yours is MISSING:
        fail(f"There is no gradient of the {part} in what backward returns.")
    return yours


@lasting
def compared(gradient, actual, numerical, waived):
    """Return a function: what a part of the result is, and what may excuse it, by argument."""

    def get(case, part):
        now = actual(case)
        slopes = lambda at: (numerical(at, step)[part] for step in at.steps)  # noqa: E731
        return now, {
            "yours": there(gradient(case, part), part),
            "what": f'layer.backward(G)["{part}"]',
            "own": slopes(case) if now is case else (),
            "elsewhere": slopes(NEAR) if now is case else (),
            "waived": waived(to="forward"),
        }

    return get


@lasting
def expect_part(compared, right):
    """Return a function: fail unless a part is the gradient of the right forward pass, or theirs.

    What it is compared with comes from the reference.
    """

    def look(case, part):
        now, found = compared(case, part)
        expect_gradient(expected=right(now).gradients[part], unit=units(case)[part], **found)

    return look


@lasting
def expect_part_numerically(compared, reference):
    """Return a function: the same, by central differences of either forward pass."""

    def look(case, part):
        now, found = compared(case, part)
        measured = _measured(reference.DenseLayer, now, part)
        expect_slope(measured=measured, exact=now.exact, **found)

    return look


@lasting
def expect_typed(student, observe_typed, pick, right, waived):
    """Return a function: fail unless a part is right for arrays of other layouts and types."""

    def look(part):
        for typed in TYPED:
            student.begin()
            with waived(to=FIRST):
                yours = there(pick(observe_typed(typed)[1].value, part), part)
                what = f'layer.backward(G)["{part}"], {typed}'
                expect_close(yours, right(typed.case).gradients[part], what=what)

    return look


@check("input-gradient", "inputs is D·Wᵀ with D = G ⊙ f'(Z), not divided", weight=2)
@example(case=SQUARE)
@each_case(10)
def test_input_gradient(case, expect_part):
    """Compared with the reference."""
    expect_part(case, "inputs")


@check("input-gradient", "It is the slope of each row's loss, measured numerically")
@each_case(8, far=False)
def test_input_gradient_numerically(case, expect_part_numerically):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "inputs")


@check(
    "input-gradient", "Arrays of other memory layouts and types", variant_of="test_input_gradient"
)
def test_input_gradient_layouts(expect_typed):
    """Fortran-ordered, not contiguous, in single precision; one row and more."""
    expect_typed("inputs")


@check("weight-gradient", "weights is Xᵀ·D divided by the number of rows", weight=2)
@example(case=SQUARE)
@each_case(10)
def test_weight_gradient(case, expect_part):
    """Compared with the reference."""
    expect_part(case, "weights")


@check("weight-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8, far=False)
def test_weight_gradient_numerically(case, expect_part_numerically):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "weights")


@check(
    "weight-gradient", "Arrays of other memory layouts and types", variant_of="test_weight_gradient"
)
def test_weight_gradient_layouts(expect_typed):
    """Fortran-ordered, not contiguous, in single precision; one row and more."""
    expect_typed("weights")


@check("bias-gradient", "biases is the mean of the rows of D", weight=2)
@example(case=SQUARE)
@each_case(10)
def test_bias_gradient(case, expect_part):
    """Compared with the reference."""
    expect_part(case, "biases")


@check("bias-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8, far=False)
def test_bias_gradient_numerically(case, expect_part_numerically):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "biases")


@check("bias-gradient", "Arrays of other memory layouts and types", variant_of="test_bias_gradient")
def test_bias_gradient_layouts(expect_typed):
    """Fortran-ordered, not contiguous, in single precision; one row and more."""
    expect_typed("biases")


# -- result --------------------------------------------------------------------------------


@check("result", "backward returns a dictionary with the keys inputs, weights and biases", weight=3)
@some_cases(FEW)
def test_result(case, observe):
    """What is in it is looked at elsewhere."""
    result = observe(case).result.value
    what = "layer.backward(G)"
    if not isinstance(result, dict):
        fail(f"{what} should be a dictionary.", what=what, yours=result)
    missing = [part for part in PARTS if part not in result]
    found = ", ".join(map(repr, result)) or "none"
    message = f"{what} has no {' and no '.join(map(repr, missing))}; its keys: {found}."
    expect(not missing, message, what=what, yours=result)


@check("result", "backward takes G by its name, and returns a new dictionary each time")
def test_keyword(student, new_layer, exposed, places):
    """As in the statement: backward(self, G)."""
    case = FEW[1]
    activation = exposed(case)
    with student.program():
        layer = new_layer(case, activation)
        results = []
        for G in (case.G, other(case)):
            layer.forward(case.X)
            results.append(layer.backward(G=G))
        later = [student.again(result) for result in results]
    for result, now in zip(results, later, strict=True):
        expect_later_as_before([("layer.backward(G)", result, now)])
        result.value  # what is in it is looked at elsewhere


# -- unchanged -----------------------------------------------------------------------------

KEPT = ("weights", "biases", "last_input", "last_z", "weights_initialized")
GIVEN = ("name", "type", "input_size", "output_size")


@lasting
def again(student, once, new_layer, exposed):
    """Return a function: attributes around a backward pass, and a second one with another G.

    Gives (backward(G), attributes before, attributes after, backward(other), the same of a fresh
    layer).
    """

    def run(case):
        activation = exposed(case)
        with student.program():
            fresh = new_layer(case, activation)
            fresh.forward(case.X)
            alone = fresh.backward(other(case))
            layer = new_layer(case, activation)
            layer.forward(case.X)
            before = {name: getattr(layer, name) for name in KEPT + GIVEN}
            first = layer.backward(case.G)
            after = {name: getattr(layer, name) for name in KEPT + GIVEN}
            return first, before, after, layer.backward(other(case)), alone

    return once.each("again", FEW, run)


def other(case):
    """Another upstream gradient for a case."""
    return case.G[:, ::-1] - 2.0


@check("unchanged", "backward changes no attribute of the layer", weight=2)
def test_attributes_unchanged(again, followed, waived):
    """Neither parameters nor what forward has kept, in later passes neither."""
    for case in FEW:
        first, before, after, *_ = again(case)
        first.value
        expect_same("", before, after, waived)
    for place, step in numbered(followed()[0]):
        if step.output.error is None and step.result.error is None:
            expect_same(f"{place}, ", step.between, step.after, waived)


def expect_same(place, before, after, waived):
    """Fail unless attributes, promised by a program, are what they were."""
    for name, promise in before.items():
        if name in GIVEN:
            with waived(to="attributes"):
                promise.value
            if promise.error:
                continue
        was, now = promise.value, after[name].value
        message = f"{place}backward changed layer.{name}."
        if isinstance(was, np.ndarray):
            expect_close(now, was, what=f"layer.{name}", message=message, rtol=0.0, atol=0.0)
        else:
            same = type(now) is type(was) and now == was
            expect(same, message, what=f"layer.{name}", yours=now)


@check("unchanged", "backward can be called again, with another G", weight=2)
@some_cases(FEW)
def test_second_backward(case, again, right_for, waived):
    """It gives what a fresh layer gives for that G, and that is right."""
    *_, second, alone = again(case)
    wanted, found = entries(alone.value), entries(second.value)
    with waived(to="lazy"):
        for key in wanted:
            if numeric(wanted[key]):
                message = "The second backward pass does not give what the first would have given."
                what = f"layer.backward(G)[{key!r}]"
                expect_close(found.get(key), wanted[key], what=what, message=message)
    for part, group in zip(PARTS, GRADIENTS, strict=True):
        with waived(to=(*FIRST, group)):
            right = right_for(case, other(case), case.W, case.b.reshape(-1)).gradients[part]
            expect_close(found.get(part), right, what=f'layer.backward(G)["{part}"], called again')


# -- abstract ------------------------------------------------------------------------------

FORWARD = "def forward(self, X):\n        return X"
BACKWARD = "def backward(self, G):\n        return {}"
TO_DICT = "def to_dict(self):\n        return {}"
FROM_DICT = "@classmethod\n    def from_dict(cls, data):\n        return cls()"
METHODS = {"forward": FORWARD, "backward": BACKWARD, "to_dict": TO_DICT, "from_dict": FROM_DICT}


def subclass(name, base, *methods):
    """Source of a class with some of the methods."""
    return f"class {name}({base}):\n    " + "\n\n    ".join(methods or ["pass"]) + "\n\n\n"


WHOLE = subclass("Whole", "student.Layer", *METHODS.values())
COMPLETE = subclass("Half", "student.Layer", FORWARD, BACKWARD)
COMPLETE += subclass("Whole", "Half", TO_DICT, FROM_DICT)

OWN_START = "def __init__(self):\n        pass"  # so that no constructor of theirs can help
INCOMPLETE = {"Layer": "made = student.Layer\n"} | {
    left: subclass(
        "Base", "student.Layer", OWN_START, *[m for name, m in METHODS.items() if name != left]
    )
    + "made = Base\n"
    for left in METHODS
}
"""Sources that define ``made``, by what is left out."""
INCOMPLETE_TOO = {
    "any of its methods": subclass("Base", "student.Layer", OWN_START) + "made = Base\n",
    "from_dict, in two steps": subclass("Half", "student.Layer", OWN_START, FORWARD, BACKWARD)
    + subclass("Base", "Half", TO_DICT)
    + "made = Base\n",
}


@lasting
def attempt(student, once):
    """Return a function: the promise of an instance of an incomplete class."""

    def run(left):
        with student.program():
            return student.define((INCOMPLETE | INCOMPLETE_TOO)[left]).made()

    return once.each("attempt", (*INCOMPLETE, *INCOMPLETE_TOO), run)


def refused(made):
    """Whether making an instance has raised TypeError."""
    return made.error is not None and made.error.is_a(TypeError)


@check("abstract", "An instance of an incomplete class cannot be made", weight=2)
def test_incomplete_classes(attempt):
    """Layer itself, and subclasses that leave one method out, or several."""
    for left in (*INCOMPLETE, *INCOMPLETE_TOO):
        made = attempt(left)
        if made.error is not None and not refused(made):
            made.value  # another exception, perhaps where the class is defined
        shown = "Layer itself" if left == "Layer" else f"a subclass of Layer without {left}"
        message = f"An instance of {shown} can be made; that should raise TypeError."
        expect(refused(made), message)


@check("abstract", "An instance of a complete subclass can be made")
def test_complete_class(student):
    """Completed in two steps: the class in between is defined without an error."""
    with student.program():
        layer = student.define(COMPLETE).Whole(name="whole")
        name, output = layer.name, layer.forward(3)
    message = "A subclass of Layer that has all four methods should work."
    expect(
        output.value == 3 and name.value == "whole", message, what="layer.name", yours=name.value
    )


MARK = "def mark(number):\n    student.Layer.mark_of_the_base = number"


@check("abstract", "DenseLayer is derived from Layer")
def test_dense_layer_is_a_layer(student, exposed):
    """It has what Layer is given later."""
    number = seeds.number(3)
    activation = exposed(FEW[0])
    with student.program():
        layer = student.DenseLayer(3, 2, activation)
        student.define(MARK).mark(number)
        found = layer.mark_of_the_base
    message = "DenseLayer should be a subclass of Layer: class DenseLayer(Layer)."
    expect(found.error is None and found.value == number, message)


# -- attributes ----------------------------------------------------------------------------


def expect_attributes(layer, wanted, made):
    """Fail unless attributes, promised by a program, have the wanted values."""
    for name, expected in wanted.items():
        yours = layer[name].value
        same = type(yours) is type(expected) and yours == expected
        message = f"After {made}, layer.{name} should be {expected!r}."
        expect(same, message, what=f"layer.{name}", yours=yours)


OWN_ACTIVATION = """
class Own:
    name = "own"

    def function(self, z):
        return z

    def derivative(self, z):
        return z * 0.0 + 1.0


def rename(layer, name):
    layer.activation_function.name = name
"""
NOTHING = dict.fromkeys(("weights", "biases", "last_input", "last_z"))
NOTHING["weights_initialized"] = False
"""What every new layer has, apart from its name and type."""


@check("attributes", "A new DenseLayer has what every layer has, and its arguments", weight=2)
def test_attributes(student):
    """Names and values; the activation is kept as it is."""
    wanted = NOTHING | {"input_size": 3, "output_size": 2}
    renamed, wide = f"f{seeds.number(4)}", ((20_000, 2), (3, 20_000))
    with student.program():
        ours = student.define(OWN_ACTIVATION)
        activation = ours.Own()
        layer = student.DenseLayer(3, 2, activation)
        with student.as_written():
            found = {name: getattr(layer, name) for name in wanted}
        done = ours.rename(layer, renamed)
        kept = activation.name
        layers = [student.DenseLayer(*size, activation) for size in wide]
        sizes = [{"input_size": x.input_size, "output_size": x.output_size} for x in layers]
    expect_attributes(found, wanted, "DenseLayer(3, 2, f)")
    for (n_inputs, n_units), found in zip(wide, sizes, strict=True):
        wanted = {"input_size": n_inputs, "output_size": n_units}
        expect_attributes(found, wanted, f"DenseLayer({n_inputs}, {n_units}, f)")
    message = "After DenseLayer(3, 2, f), layer.activation_function should be f itself."
    same = done.error is None and kept.value == renamed
    expect(same, message, what="layer.activation_function")


@check("attributes", "name and type")
def test_name_and_type(student, exposed):
    """The name is that of the class unless another one is given; arguments by name as well."""
    activation = exposed(FEW[0])
    name = f"layer {seeds.number(5)}"
    with student.as_written(), student.program():
        layers = {
            "DenseLayer(3, 2, f)": student.DenseLayer(3, 2, activation),
            f"DenseLayer(3, 2, f, name={name!r})": student.DenseLayer(3, 2, activation, name=name),
            f"DenseLayer(3, 2, f, {name!r})": student.DenseLayer(3, 2, activation, name),
            f"DenseLayer with all arguments by name, and name={name!r}": student.DenseLayer(
                input_size=3, output_size=2, activation_function=activation, name=name
            ),
        }
        found = {made: {"name": x.name, "type": x.type} for made, x in layers.items()}
    for made, layer in found.items():
        wanted = {"name": name if name in made else "DenseLayer", "type": "DenseLayer"}
        expect_attributes(layer, wanted, made)
    student.ask_as_stated(layers["DenseLayer(3, 2, f)"])


@check("attributes", "Layer.__init__ sets what every layer has")
def test_base_class(student, waived):
    """Looked at on another subclass of Layer, by whatever way it is given its name."""
    name = f"whole {seeds.number(6)}"
    with student.program():
        Whole = student.define(WHOLE).Whole
        layers = {"Whole()": Whole(), "Whole(None)": Whole(None)}
        layers |= {f"Whole({name!r})": Whole(name), f"Whole(name={name!r})": Whole(name=name)}
        with student.as_written():
            found = {
                made: {key: getattr(layer, key) for key in ("type", "name", *NOTHING)}
                for made, layer in layers.items()
            }
    for made, layer in found.items():
        with waived(to="abstract") if not_made(layer) else nullcontext():
            wanted = {"type": "Whole", "name": name if name in made else "Whole"} | NOTHING
            expect_attributes(layer, wanted, f"{made}, where Whole is a subclass of Layer")


def not_made(layer):
    """Whether there is no object of which attributes could be looked at."""
    errors = [promise.error for promise in layer.values()]
    return all(error is not None and error.type_name == "Missing" for error in errors)


# -- lazy ----------------------------------------------------------------------------------


SEED = seeds.number(5)


@lasting
def first_passes(student, once, exposed):
    """Return a function: a new layer, what it has, and what two forward passes give it.

    Gives (state when new, random numbers that come next, states after the first and second pass,
    output of the first); a state is (weights, biases, weights_initialized).
    """

    def state(layer):
        return layer.weights, layer.biases, layer.weights_initialized

    def run():
        case, activation = AffineCase(2, 3, 2), exposed(AffineCase(2, 3, 2))
        student.seed(SEED)
        with student.program():
            layer = student.DenseLayer(3, 2, activation)
            new, numbers = state(layer), student.draw(4)
            output = layer.forward(case.X)
            first = state(layer)
            layer.forward(case.X[:1])
            return new, numbers, first, state(layer), output

    return lambda: once("first passes", run)


@check("lazy", "A new layer has no weights, and has drawn no random numbers")
def test_nothing_drawn(first_passes):
    """NumPy's global generator goes on as if there were no layer."""
    (weights, biases, initialized), numbers, *_ = first_passes()
    for name, promise in (("weights", weights), ("biases", biases)):
        message = f"Before the first forward pass, layer.{name} should be None."
        expect(promise.value is None, message, what=f"layer.{name}", yours=promise.value)
    message = "Before the first forward pass, layer.weights_initialized should be False."
    yours = initialized.value
    expect(yours is False, message, what="layer.weights_initialized", yours=yours)
    message = "Making a layer uses up random numbers; only the first forward pass should."
    wanted = np.random.RandomState(SEED).random_sample(4)
    expect(is_close(numbers.value, wanted), message)


@check("lazy", "The first forward pass draws the weights, and later ones do not")
def test_drawn_once(first_passes):
    """The flag tells, and the weights stay."""
    *_, first, second, output = first_passes()
    if output.error and not numeric(first[0].error or first[0].value):
        output.value
    yours = first[2].value
    message = "After the first forward pass, layer.weights_initialized should be True."
    expect(yours is True, message, what="layer.weights_initialized", yours=yours)
    yours = first[0].value
    message = "After the first forward pass, layer.weights is no array."
    expect(numeric(yours), message, what="layer.weights", yours=yours)
    for name, before, after in (("weights", first[0], second[0]), ("biases", first[1], second[1])):
        if numeric(before.value):
            message = f"A second forward pass changed layer.{name}."
            now, was = after.value, before.value
            expect_close(now, was, what=f"layer.{name}", message=message, rtol=0.0, atol=0.0)


@check("lazy", "Later passes go on with the weights that there are")
def test_weights_stay(followed, waived):
    """Those that were drawn, and those that are set later on."""
    for place, step in numbered(followed()[0]):
        with waived(to=("forward", "initialization")):
            step.output.value
        if step.output.error:
            continue
        for name in ("weights", "biases"):
            was, now = step.before[name].value, step.between[name].value
            if numeric(was):
                message = f"{place}, forward changed layer.{name}."
                wanted, what = step.given.get(name, was), f"layer.{name}"
                expect_close(now, wanted, what=what, message=message, rtol=0.0, atol=0.0)
        yours = step.between["weights_initialized"].value
        message = f"{place}, layer.weights_initialized should be True after forward."
        expect(yours is True, message, what="layer.weights_initialized", yours=yours)


@check("lazy", "Weights that are set before the first forward pass are used")
def test_weights_set_first(student, exposed):
    """Set together with weights_initialized = True."""
    case = AffineCase(2, 3, 2)
    activation = exposed(case)
    with student.program():
        layer = student.DenseLayer(3, 2, activation)
        put_weights(layer, case)
        output = layer.forward(case.X)
        found = {"weights": layer.weights, "biases": layer.biases}
    if output.error and not is_close(found["weights"].value, case.W):
        output.value
    for name, wanted in (("weights", case.W), ("biases", case.b.reshape(-1))):
        message = f"layer.{name} was set, with weights_initialized = True; forward replaced it."
        expect_close(found[name].value, wanted, what=f"layer.{name}", message=message)


# -- initialization ------------------------------------------------------------------------

DRAW = Draw("normal", lambda n_inputs, n_units: np.sqrt(2 / n_inputs), "√(2/input_size)")


@lasting
def initialized(student, once, exposed):
    """Return a function: weights and biases after the first forward pass of a layer."""

    def run(n_inputs, n_units, seed):
        activation = exposed(FEW[0])
        if seed is not None:
            student.seed(seed)
        with student.program():
            layer = student.DenseLayer(n_inputs, n_units, activation)
            output = layer.forward(np.full((1 + n_inputs % 2, n_inputs), 0.5))
            weights, biases = layer.weights, layer.biases
        if weights.error is None and weights.value is None:
            output.value  # if forward raised before it drew anything, that is the reason
        return weights, biases

    return lambda n_inputs, n_units, seed=None, time=1: once(
        ("initialized", n_inputs, n_units, seed, time), lambda: run(n_inputs, n_units, seed)
    )


SIZES = [(1, 1), (2, 3), (3, 2), (4, 3), (130, 2), (3, 130)]
AFTER = "after the first forward pass"


@check("initialization", "weights has one row per input and one column per unit", weight=2)
def test_weight_shape(student, initialized):
    """Shape (input_size, output_size)."""
    for n_inputs, n_units in SIZES:
        weights, _ = initialized(n_inputs, n_units)
        what = f"layer.weights {AFTER}"
        expect_kept_shape(student, "weights", weights.value, what, (n_inputs, n_units))


@check("initialization", "biases starts as zeros, one for each unit", weight=2)
def test_biases_start_at_zero(initialized):
    """Shape (output_size,)."""
    for n_inputs, n_units in SIZES:
        _, biases = initialized(n_inputs, n_units)
        expect_close(biases.value, np.zeros(n_units), what=f"layer.biases {AFTER}")


MANY = [(7, 4600), (390, 83)]
"""Enough numbers to tell a normal distribution from a uniform one, and a deviation to 3 %.

No squares and no powers of two, whose roots are easily right.
"""


@lasting
def large_layers(initialized, waived):
    """Return a function: (input_size, weights) of layers that are large enough for statistics."""

    def get(size):  # in whatever shape, which is another check's matter
        weights, _ = initialized(*size)
        shapes, what = [size[::-1], (size[0] * size[1],)], f"layer.weights {AFTER}"
        found = expect_array(weights.value, what, size, or_shapes=shapes)
        with waived(to="initialization"):
            expect_array(found, what, size)
        return found.reshape(size)

    return lambda: [(size[0], get(size)) for size in MANY]


@check("initialization", "The standard deviation of the weights is √(2/input_size)", weight=2)
def test_deviation(large_layers):
    """Far or few inputs; a right draw fails with a probability below 1e-12."""
    for n_inputs, weights in large_layers():
        deviation, formula = np.sqrt(2 / n_inputs), f"√(2/{n_inputs})"
        expect_deviation(weights, deviation, formula, what="layer.weights")


@check("initialization", "The weights are normally distributed", weight=2)
def test_distribution(large_layers):
    """Whatever their scale is, which is the check before."""
    for _, weights in large_layers():
        expect_normal(weights, what="layer.weights")


# -- seeded --------------------------------------------------------------------------------


@check("seeded", "The weights that np.random.randn gives after a seed")
def test_seeded(student, initialized, two_in_a_row, expected, waived):
    """Several shapes, large seeds among them; another scale is another check's matter."""
    drawn = [(each["seed"], np.array(each["weights"])) for each in expected["drawn"]]
    for n_inputs, n_units in ((3, 5), (6, 2)):
        seed = seeds.number(n_inputs)
        drawn.append((seed, DRAW(np.random.RandomState(seed), n_inputs, n_units)))
    for seed, W in drawn:
        weights, _ = initialized(*W.shape, seed)
        drawn_so = as_drawn(student, "weights", weights.value)
        yours = expect_array(drawn_so, f"layer.weights {AFTER}", W.shape)
        message = (
            f"These are not the numbers that np.random.randn draws after np.random.seed({seed}). "
            "Draw the weights in one call from NumPy's global generator, nothing before them, and "
            "do not seed it yourself."
        )
        elsewhere = same_draw(yours, W) or single_precision(yours, W)
        with waived(to=("initialization", "forward")) if elsewhere else nullcontext():
            expect_close(yours, W, what="layer.weights", message=message)
    first, second = (it.value for it in two_in_a_row())
    message = "Two layers that are made one after the other draw the same numbers."
    expect(not is_close(second, first), message, what="layer.weights of the second", yours=second)


@lasting
def two_in_a_row(student, once, exposed):
    """Return a function: the weights of two layers of the same size, after one seed."""

    def run():
        activation = exposed(FEW[0])
        student.seed(SEED)
        with student.program():
            layers = [student.DenseLayer(3, 2, activation) for _ in range(2)]
            for layer in layers:
                layer.forward(FEW[1].X)
            return [layer.weights for layer in layers]

    return lambda: once("two in a row", run)


@check("seeded", "The example of the statement, after np.random.seed(42)")
def test_seeded_example(student, expected, waived):
    """The printed numbers."""
    example = expected["example"]
    student.seed(42)
    with student.program():
        layer = student.DenseLayer(2, 3, student.define(TABLE).table("relu"), name="first")
        output = layer.forward(np.array(example["X"]))
        result = layer.backward(np.array(example["G"]))
    with waived(to=as_wrong("initialization")):
        expect_close(output.value, np.array(example["output"]), what="layer.forward(X)")
    for part, group in zip(PARTS, GRADIENTS, strict=True):
        with waived(to=as_wrong("initialization", group)):
            yours, wanted = entries(result.value).get(part), np.array(example["gradients"][part])
            expect_close(yours, wanted, what=f'layer.backward(G)["{part}"]')


def expected_values(reference):
    """Make the contents of expected.json from the reference solution."""
    drawn = []
    for seed, n_inputs, n_units in [
        (42, 2, 3),
        (0, 3, 3),
        (7, 5, 4),
        (123, 1, 6),
        (2024, 4, 1),
        (70000, 3, 2),
    ]:
        np.random.seed(seed)
        layer = reference.DenseLayer(n_inputs, n_units, activations.relu)
        layer.forward(np.ones((1, n_inputs)))
        drawn.append({"seed": seed, "weights": layer.weights.tolist()})
    X, G = [[1.0, 2.0], [3.0, -1.0]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    np.random.seed(42)
    layer = reference.DenseLayer(2, 3, activations.relu, name="first")
    output = layer.forward(np.array(X))
    example = {"X": X, "G": G, "weights": layer.weights.tolist(), "output": output.tolist()}
    example["gradients"] = {key: it.tolist() for key, it in layer.backward(np.array(G)).items()}
    return {"drawn": drawn, "example": example}


# -- to-dict -------------------------------------------------------------------------------

WRITTEN = AffineCase(1, 3, 2, integers=False, seed=4)
MANY_ROWS = AffineCase(130, 3, 2, integers=False)
TO_KEEP = (
    *(AffineCase(1, *sizes, integers=False) for sizes in ((1, 1), (1, 3), (3, 1), (3, 3))),
    *(AffineCase(1, *sizes, integers=False) for sizes in ((130, 2), (2, 130))),
    AffineCase(1, 4, 3, integers=False, scales=(1.0, TINY, 1.0)),
    AffineCase(1, 4, 3, integers=False, scales=(1.0, LARGE, 1.0)),
)
"""Weights that are to be the same to the last digit when they have been saved and loaded."""
WIDE = "class Wide(student.DenseLayer):\n    def told(self, x):\n        return x + self.input_size"


@lasting
def written(student, once, new_layer, exposed):
    """Return a function: what to_dict gives in many situations, each with what it should be.

    Gives these (situation, promise, wanted, groups that it may be left to), a layer with weights
    and a new one first, and what is left behind.
    """

    def run():
        activation = exposed(WRITTEN)
        with student.program():
            layer = new_layer(WRITTEN, activation, "first")
            student.watch()
            new = student.DenseLayer(3, 2, activation, name="new")
            first, found = layer.to_dict(), []
            empty = as_dict(WRITTEN, "sine", name="new", empty=True)
            found.append(("with weights", first, as_dict(WRITTEN, "sine"), ()))
            found.append(("without weights", new.to_dict(), empty, ()))
            for number, case in enumerate(TO_KEEP):
                name = f"layer {number}"
                promise = new_layer(case, activation, name).to_dict()
                found.append((f"of {case}", promise, as_dict(case, "sine", name), ()))
            found.append(("called again", layer.to_dict(), as_dict(WRITTEN, "sine"), ()))
            for case in (WRITTEN, MANY_ROWS):
                layer.forward(case.X)
                layer.backward(case.G)
                later = {"weights": layer.weights, "biases": layer.biases}
                after = f"after a pass of {case.batch} rows"
                later = as_dict(WRITTEN, "sine") | later
                found.append((after, layer.to_dict(), later, ("lazy", "unchanged")))
            layer.weights, layer.biases, layer.name = WRITTEN.W * 3.0, WRITTEN.W[0] / 7.0, "other"
            other = {"weights": WRITTEN.W * 3.0, "biases": WRITTEN.W[0] / 7.0, "name": "other"}
            found.append(
                ("after others were set", layer.to_dict(), as_dict(WRITTEN, "sine") | other, ())
            )
            new.forward(WRITTEN.X)
            drawn = empty | {"weights": new.weights, "biases": new.biases}
            found.append(
                ("with weights that were drawn", new.to_dict(), drawn, as_wrong("initialization"))
            )
            wide = student.define(WIDE).Wide(3, 2, activation, name="wide")
            wanted = as_dict(WRITTEN, "sine", name="wide", empty=True) | {"type": "Wide"}
            found.append(("of a subclass Wide", wide.to_dict(), wanted, ("attributes", "abstract")))
            found.append(("read again later", student.again(first), as_dict(WRITTEN, "sine"), ()))
            return found, student.left()

    return lambda: once("written", run)


def as_dict(case, activation, name="first", empty=False):
    """What to_dict should give for a layer with the weights of a case."""
    return {
        "type": "DenseLayer",
        "name": name,
        "input_size": case.n_inputs,
        "output_size": case.n_units,
        "activation": activation,
        "weights": None if empty else case.W.tolist(),
        "biases": None if empty else case.b.reshape(-1).tolist(),
    }


def expect_dict(data, wanted, what="layer.to_dict()"):
    """Fail unless a dictionary has the wanted items; types of numbers are looked at elsewhere."""
    expect(isinstance(data, dict), f"{what} should be a dictionary.", what=what, yours=data)
    for key, value in wanted.items():
        expect(key in data, f"{what} has no key {key!r}.", what=what, yours=data)
        yours, shown = data[key], f'{what}["{key}"]'
        if key in ("weights", "biases") and value is not None:
            if hasattr(value, "value"):  # promised: what the layer has by then
                value = expect_array(value.value, f"layer.{key}", np.shape(value.value))
            as_array = plain_array(yours)
            expect(as_array is not None, f"{shown} should hold numbers.", what=shown, yours=yours)
            expect_close(as_array, np.array(value), what=shown, rtol=0.0, atol=0.0)
        else:
            expect(yours == value, f"{shown} should be {value!r}.", what=shown, yours=yours)


def plain_array(value):
    """Numbers in lists, or in whatever else, as an array; None if they are none."""
    if isinstance(value, np.ndarray):
        return value
    try:
        found = np.array(value)
    except ValueError:  # rows of different lengths
        return None
    return found if found.dtype.kind in "iuf" else None


@check("to-dict", "What a layer is, in a dictionary", weight=2)
def test_to_dict(written):
    """Names, sizes, the activation's name, numbers; whatever the numbers are kept in."""
    _, data, wanted, _ = written()[0][0]
    expect_dict(data.value, wanted)


@check("to-dict", "A layer without weights")
def test_to_dict_of_new(written):
    """None in place of the lists."""
    _, data, wanted, _ = written()[0][1]
    expect_dict(data.value, wanted)


@check(
    "to-dict",
    "Whatever its weights are, and whatever has been done with it",
    variant_of="test_to_dict",
)
def test_to_dict_again(written, waived):
    """To the last digit; of other sizes, after passes, of a subclass, and looked at later."""
    for situation, data, wanted, groups in written()[0][2:]:
        with waived(to=("to-dict", "state", *groups)):
            expect_dict(data.value, wanted, f"layer.to_dict(), {situation},")


JSON = (str, int, float, bool, type(None))


def not_json(value, where):
    """Where something is that JSON does not know, and what it is; None if there is nothing."""
    if type(value) is dict:
        items = [(f"{where}[{key!r}]", item) for key, item in value.items()]
        for key in value:
            if type(key) is not str:
                return f"a key of {where}", key
    elif type(value) is list:
        items = [(f"{where}[{number}]", item) for number, item in enumerate(value)]
    else:
        return None if type(value) in JSON else (where, value)
    return next((found for name, item in items if (found := not_json(item, name))), None)


@check("to-dict", "It holds what JSON knows, and nothing else", weight=3)
def test_only_json(written):
    """No arrays, no NumPy numbers, no tuples, no objects."""
    for situation, promise, *_ in written()[0]:
        if situation not in ("with weights", "without weights") and promise.error:
            continue
        data = promise.value
        found = not_json(data, "layer.to_dict()")
        if found:
            where, value = found
            kind = value.type_name if isinstance(value, Opaque) else type(value).__name__
            if isinstance(value, np.ndarray | np.generic):
                kind = f"NumPy {kind}"
            message = f"{where} is of the type {kind}, which JSON does not know."
            fail(message, what=where, yours=value)
        expect(json.loads(json.dumps(data)) == data, "JSON and back gives something else.")


def wrong_items(data, wanted):
    """For each key that is not right, of what kind its value is, or what else is known of it."""
    if not isinstance(data, dict):
        return f"a {type(data).__name__}"
    found = {}
    for key, value in wanted.items():
        if key not in data:
            found[key] = "missing"
        elif not_json(data[key], key) or data[key] != value:
            rows = data[key] if key == "weights" and isinstance(data[key], list) else None
            turned = rows and value and rows == np.transpose(value).tolist()
            found[key] = "transposed" if turned else kind_of(data[key])
    return found


def kind_of(value):
    """The type of a value, and that of what is in a list."""
    if isinstance(value, Opaque):
        return "object"
    inside = sorted({kind_of(item) for item in value}) if isinstance(value, list) else []
    return type(value).__name__ + (f" of {' and '.join(inside)}" if inside else "")


# -- from-dict -----------------------------------------------------------------------------

READ = AffineCase(3, 2, 4, integers=False, seed=6)
NAMES = tuple(activations.ACTIVATIONS)


READ_ATTRIBUTES = {"name": "read", "type": "DenseLayer", "input_size": 2, "output_size": 4}


@lasting
def read_back(student, once, new_layer):
    """Return a function: for an activation of the table, a layer from a dictionary, and one made.

    Gives (attributes of the first, (output, result) of each).
    """

    def run(name):
        data = as_dict(READ, name, name="read")
        with student.program():
            usual = new_layer(READ, student.define(TABLE).table(name), "read")
            layer = student.DenseLayer.from_dict.make(data)
            attributes = *READ_ATTRIBUTES, "weights_initialized", "weights", "biases"
            found = {key: getattr(layer, key) for key in attributes}
            passes = [(each.forward(READ.X), each.backward(READ.G)) for each in (layer, usual)]
        return found, *passes

    return once.each("read back", NAMES, run)


@check("from-dict", "A layer from a dictionary is as it was", weight=3)
def test_from_dict(read_back, actual, waived):
    """Attributes, and what it gives, for each activation of the table."""
    for name in NAMES:
        found, mine, usual = read_back(name)
        expect_read(found)
        with nullcontext() if steady(READ, actual) else waived(to="lazy"):
            expect_as_usual(mine, usual, waived)


@lasting
def kept(student, once):
    """Return a function: the arrays and sizes of layers that are read, and what is left.

    Gives these for each case, the dictionary that it was made of, and that in the end; all layers
    are made before one is looked at.
    """

    def run():
        with student.program():
            student.watch()
            ours, made = student.define("def kept(data):\n    return data"), []
            for case in (replace(case, seed=seed) for seed in (0, 1) for case in TO_KEEP):
                data = as_dict(case, "tanh", name="read")
                handed = ours.kept(data)
                made.append((case, data, handed, student.DenseLayer.from_dict.make(handed)))
            found = [
                (case, read_attributes(layer), data, student.again(handed))
                for case, data, handed, layer in made
            ]
            return found, student.left()

    return lambda: once("kept", run)


def read_attributes(layer):
    """Promises of the arrays and sizes of a layer."""
    return [layer.weights, layer.biases, layer.input_size, layer.output_size]


@check("from-dict", "Weights are read to the last digit, whatever they are")
def test_from_dict_exactly(kept):
    """Of other sizes, large ones and tiny ones."""
    for case, (W, b, *sizes), *_ in kept()[0]:
        for name, yours, right in (("weights", W, case.W), ("biases", b, case.b.reshape(-1))):
            what = f"layer.{name} after from_dict, {case}"
            expect_close(yours.value, right, what=what, rtol=0.0, atol=0.0)
        for name, size, right in zip(
            ("input_size", "output_size"), sizes, case.W.shape, strict=True
        ):
            message = f"After from_dict, layer.{name} should be {right}."
            expect(size.value == right, message, what=f"layer.{name}", yours=size.value)


def expect_read(found):
    """Fail unless a layer has the attributes that its dictionary says."""
    for key, expected in (READ_ATTRIBUTES | {"weights_initialized": True}).items():
        message = f"After DenseLayer.from_dict(data), layer.{key} should be {expected!r}."
        yours = found[key].value
        expect(yours == expected, message, what=f"layer.{key}", yours=yours)
    for key, expected in (("weights", READ.W), ("biases", READ.b.reshape(-1))):
        expect_close(found[key].value, expected, what=f"layer.{key}")


def expect_as_usual(mine, usual, waived):
    """Fail unless a layer gives the output and gradients of one with the same weights."""
    message = "It is not what a layer with the same weights and activation gives."
    if is_usual(usual[0], numeric, waived):
        output = mine[0].value
        expect_close(output, usual[0].value, what="layer.forward(X)", message=message)
    if is_usual(usual[1], lambda value: any(map(numeric, entries(value).values())), waived):
        expect_parts(mine[1].value, usual[1].value, message)


def is_usual(promise, fits, waived):
    """Whether there is something to compare with; if not, that has cost points elsewhere."""
    with waived(to=as_wrong(*GRADIENTS)):
        expect(fits(promise.value), "What a layer gives are no numbers.", yours=promise.value)
    return promise.error is None and fits(promise.value)


def expect_parts(yours, theirs, message):
    """Fail unless the arrays that backward returned are those that it returns elsewhere."""
    yours, theirs = entries(yours), entries(theirs)
    for key in theirs:
        if numeric(theirs[key]):
            what = f"layer.backward(G)[{key!r}]"
            expect_close(yours.get(key), theirs[key], what=what, message=message)


@check("from-dict", "A layer that had no weights draws them when it needs them")
def test_from_dict_without_weights(student):
    """None as weights and biases."""
    data = as_dict(READ, "tanh", empty=True)
    with student.program():
        layer = student.DenseLayer.from_dict.make(data=data)
        before = layer.weights_initialized
        layer.forward(READ.X)
        weights = layer.weights
    message = "Without weights in the dictionary, weights_initialized should be False."
    expect(before.value is False, message, what="layer.weights_initialized", yours=before.value)
    expect_array(weights.value, f"layer.weights {AFTER}", READ.W.shape)


COPY_OVER = "def over(layer, X):\n    layer.weights[...] = X"


@check("from-dict", "from_dict makes a new instance of the class that it is called on")
def test_from_dict_of_subclass(student, waived):
    """Of a subclass of DenseLayer as well, and another one for each call."""
    data, number = as_dict(READ, "tanh", name="read"), float(seeds.number(7))
    with student.program():
        Wide = student.define(WIDE).Wide
        layers = [Wide.from_dict.make(data) for _ in range(2)]
        told, kind = layers[1].told(number), layers[1].type
        layers[0].name = "another"
        names = [layer.name for layer in layers]
        before = layers[1].forward(READ.X)
        done = student.define(COPY_OVER).over(layers[0], READ.W * 2.0)
        after = layers[1].forward(READ.X)
    message = "from_dict of a subclass Wide of DenseLayer should give a Wide."
    right = told.error is None and told.value == number + READ.n_inputs
    expect(right, message, what="what it gives", yours=kind.error or kind.value)
    with waived(to=("attributes", "abstract")):
        expect(kind.value == "Wide", message, what="layer.type", yours=kind.value)
    same = names[1].error is None and names[1].value == "read"
    message = "Two calls of from_dict give one and the same layer."
    with nullcontext() if names[1].value == "another" else waived(to="from-dict"):
        expect(same, message)
    if done.error is None and is_usual(before, numeric, waived):
        message = "Two layers that are made of the same dictionary share their weights."
        with waived(to="lazy"):
            expect_close(after.value, before.value, what="layer.forward(X)", message=message)


TRIP = (
    TABLE
    + """

def trip(layer):
    import json
    return student.DenseLayer.from_dict(json.loads(json.dumps(layer.to_dict())))
"""
)


@check("from-dict", "Through JSON and back", weight=2)
def test_round_trip(student, new_layer, actual, written, waived):
    """What to_dict gives, as text and read again."""
    _, data, right, _ = written()[0][0]
    wrong = data.error or wrong_items(data.value, right)
    with student.program():
        layer = new_layer(READ, student.define(TABLE).table("sigmoid"), "kept")
        before, told = layer.forward(READ.X), layer.to_dict()
    with waived(to="to-dict") if wrong else nullcontext():
        text = as_json(told.value)
        with student.program():
            again = student.DenseLayer.from_dict.make(json.loads(text))
            after, name = again.forward(READ.X), again.name
        message = "The name is lost on the way."
        expect(name.value == "kept", message, what="layer.name", yours=name.value)
        output = after.value
        if is_usual(before, numeric, waived):
            with nullcontext() if steady(READ, actual) else waived(to="lazy"):
                message = "The layer that came back gives another output."
                expect_close(output, before.value, what="layer.forward(X)", message=message)


def as_json(data):
    """The JSON text of what to_dict gave, if it can be written."""
    try:
        return json.dumps(data)
    except (TypeError, ValueError) as error:
        fail(f"json.dumps(layer.to_dict()) raises {type(error).__name__}: {error}", yours=data)


# -- lookup --------------------------------------------------------------------------------

STRANGER = "parcel"
WATCH = f"""
import sys


class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {STRANGER!r}:
            np.random.random_sample()
            raise ImportError(name)


def watch():
    sys.meta_path.insert(0, Watch())


def unwatch():
    sys.meta_path[:] = [each for each in sys.meta_path if type(each) is not Watch]
"""
LOOKED_UP = seeds.number(8)
FOREIGN = (
    "softplus",
    "",
    *("RELU", "Relu", "ReLU", "Linear", "TANH", " relu", "relu ", "relu\n", "rel", "relus", "t"),
    *("identity", "logistic", "lin", "sig", "none", "None", "linear()", "'relu'", "0", "sinh"),
    f"f{seeds.number(9)}",
    "RELU6",
    f"{STRANGER}.relu",
    f"{STRANGER}:relu",
    f"__import__('{STRANGER}')",
    "np.random.seed(0) or ACTIVATIONS['relu']",
    "activations.relu",
    "activations:relu",
    "ACTIVATIONS['relu']",
    "ACTIVATIONS",
    "DenseLayer",
    "np.tanh",
    "np",
    "math",
    "abs",
    "__doc__",
    "Activation",
)
"""Names that are not in the table: near and far ones, paths, expressions, and other things."""


@lasting
def handed_over(student, once):
    """Return a function: for a name of the table and each foreign one, what from_dict does.

    Gives (promise of what it returns, promise of the number that NumPy draws next, that number as
    it should be): importing and evaluating what the data says draws one, or seeds anew.
    """

    def run():
        stream = np.random.RandomState(LOOKED_UP)
        found = {}
        with student.program():
            ours = student.define(WATCH)
            ours.watch()
            student.seed(LOOKED_UP)
            for name in ("relu", *FOREIGN):
                came = student.DenseLayer.from_dict(as_dict(READ, name))
                found[name] = came, student.draw(1), stream.random_sample(1)
            ours.unwatch()
        return found.pop("relu"), found

    return lambda: once("handed over", run)


def imported(found, before):
    """Whether the data was imported or evaluated, for each name: the first that does shows it."""
    gone_on = [is_close(drawn.value, right) for _, drawn, right in (before, *found.values())]
    return dict(zip(found, (was and not now for was, now in pairwise(gone_on)), strict=True))


@check("lookup", "What is not in the table is neither used, imported nor evaluated", weight=2)
def test_never_looked_up_elsewhere(handed_over, waived):
    """Near names, paths, expressions, and names that mean something in the file or in NumPy."""
    control, found = handed_over()
    with waived(to=("lazy", "from-dict")):
        expect(is_close(control[1].value, control[2]), "from_dict draws random numbers.")
    drew = imported(found, control)
    for name, (came, *_) in found.items():
        message = f"from_dict imported or evaluated what the activation {name!r} says."
        expect(not drew[name], message)
        message = f"from_dict made a layer with the activation {name!r}, which is not in the table."
        expect(came.error, message)


def names(error, name):
    """Whether the message of an exception contains a name, as it is or as source."""
    return name in error.message or repr(name) in error.message


@check("lookup", "An unknown activation is a ValueError that names it", weight=2)
def test_unknown_activation(handed_over):
    """Where from_dict works otherwise."""
    (usual, *_), found = handed_over()
    usual.value
    for name, (came, *_) in found.items():
        error = came.error
        if error is None:
            continue  # accepted: that is the check before
        message = f"For {name!r}, from_dict raises {error.type_name}; it should be ValueError."
        said = f"{error.type_name}: {error.message}"
        expect(error.is_a(ValueError), message, what="the exception", yours=said)
        message = f"The message of the ValueError does not contain the name {name!r}."
        expect(names(error, name), message, what="its message", yours=error.message)


# -- logging -------------------------------------------------------------------------------

LISTEN = """
import logging

told = []
usual = {}


def start():
    factory, root = logging.getLogRecordFactory(), logging.getLogger()
    usual.update(factory=factory, level=root.level, send=logging.Logger.callHandlers)

    def make_record(*args, **kwargs):
        record = factory(*args, **kwargs)
        told.append([record.levelname, record.getMessage()])
        return record

    logging.setLogRecordFactory(make_record)
    logging.Logger.callHandlers = lambda self, record: None
    root.setLevel(logging.DEBUG)


def stop():
    logging.setLogRecordFactory(usual["factory"])
    logging.Logger.callHandlers = usual["send"]
    logging.getLogger().setLevel(usual["level"])
    return told
"""
CALLED = tuple(f"layer-{seeds.number(10, number)}" for number in range(3))
"""Names of layers that are heard."""


@lasting
def heard(student, once):
    """Return a function: what the methods print, the log messages meanwhile, and the first output.

    A message is [level, text]; what is printed is what has come out of the process.
    """

    def run():
        first, second, third = CALLED
        start = len(student.printed)
        with student.program():
            ours = student.define(TABLE + LISTEN)
            activation = ours.table("tanh")
            ours.start()
            layer = student.DenseLayer(2, 4, activation, name=first)
            output = layer.forward(READ.X)
            for _ in range(2):
                layer.backward(READ.G)
                layer.to_dict()
                layer.forward(READ.X[:1])
                layer.forward(READ.X)
            student.DenseLayer(2, 4, activation, name=second).forward(READ.X)
            data = as_dict(READ, "tanh", name=third, empty=True)
            student.DenseLayer.from_dict.make(data).forward(READ.X)
            student.DenseLayer.from_dict.make(as_dict(READ, "relu")).forward(READ.X)
            told = ours.stop()
        return student.printed[start:], told, output

    return lambda: once("heard", run)


@check("logging", "Nothing is printed")
def test_nothing_printed(heard):
    """By any of the methods."""
    printed, *_ = heard()
    expect(not printed, "The methods print something.", what="what is printed", yours=printed)


@check("logging", "Drawing weights is logged, with level INFO and the layer's name")
def test_logged(heard, waived):
    """Through whichever logger, by each layer that draws."""
    _, told, output = heard()
    for name in CALLED:
        message = f"The first forward pass of a layer called {name!r} logs no message of level INFO"
        fitting = [text for level, text in told.value if level == "INFO" and name in text]
        if not fitting and output.error:  # if forward raises, that is the reason
            output.value
        with waived(to=("logging", "from-dict")) if name == CALLED[-1] else nullcontext():
            what = {"what": "what is logged", "yours": told.value}
            expect(fitting, f"{message} that contains this name.", **what)


# -- state ---------------------------------------------------------------------------------

ROUNDS = tuple(AffineCase(batch, 3, 2) for batch in (2, 4, 1, 5, 3))
BETWEEN = AffineCase(5, 3, 2, seed=9)
SIDE_BY_SIDE = (
    AffineCase(2, 2, 3, seed=1),
    AffineCase(2, 2, 3, integers=False, seed=3),
    AffineCase(3, 4, 2, integers=False, seed=2),
)


def expect_as_fresh(output, result, fresh, situation, waived):
    """Fail unless a pass gave what a fresh layer gives for the case."""
    fresh.output.value, fresh.result.value  # if that fails as well, it is not a matter of state
    message = f"{situation}, it is not what a fresh layer gives."
    if is_usual(fresh.output, numeric, waived):
        expect_close(output.value, fresh.output.value, what="layer.forward(X)", message=message)
    expect_parts(result.value, fresh.result.value, message)


@lasting
def rounds(student, once, new_layer, exposed):
    """Return a function: passes on one layer with batches of other sizes between and after."""

    def run():
        activation = exposed(ROUNDS[0])
        with student.program():
            layer = new_layer(ROUNDS[0], activation)
            found = []
            for case in ROUNDS:
                put_weights(layer, case)
                layer.forward(BETWEEN.X)
                found.append((layer.forward(case.X), layer.backward(case.G)))
        return found

    return lambda: once("rounds", run)


@check("state", "Passes do not remember the ones before, whatever the batch size")
def test_repeated_passes(rounds, observe, actual, waived):
    """New weights and another batch each time."""
    fresh = [observe(case) for case in ROUNDS]
    for number, (case, found, alone) in enumerate(zip(ROUNDS, rounds(), fresh, strict=True), 1):
        with nullcontext() if steady(case, actual) else waived(to="lazy"):
            expect_as_fresh(*found, alone, f"In pass {number} on the same layer", waived)


@lasting
def side_by_side(student, once, new_layer, exposed):
    """Return a function: passes of two layers, forward both and then backward both."""

    def run():
        activations = [exposed(case) for case in SIDE_BY_SIDE]
        with student.program():
            layers = [new_layer(case, f) for case, f in zip(SIDE_BY_SIDE, activations, strict=True)]
            pairs = list(zip(layers, SIDE_BY_SIDE, strict=True))
            outputs = [layer.forward(case.X) for layer, case in pairs]
            results = [layer.backward(case.G) for layer, case in pairs]
            sizes = [(layer.input_size, layer.output_size) for layer in layers]
        return list(zip(outputs, results, strict=True)), sizes

    return lambda: once("side by side", run)


@check("state", "Two layers do not disturb each other")
def test_two_layers(side_by_side, observe, actual, waived):
    """Of other sizes and of the same, with other weights and another activation."""
    fresh = [observe(case) for case in SIDE_BY_SIDE]
    passes, sizes = side_by_side()
    for case, found, alone in zip(SIDE_BY_SIDE, passes, fresh, strict=True):
        with nullcontext() if steady(case, actual) else waived(to="lazy"):
            expect_as_fresh(*found, alone, "With other layers in use", waived)
    first = sizes[0]
    if all(size.error is None for pair in sizes for size in pair):
        same = all(size.value == wanted for size, wanted in zip(first, (2, 3), strict=True))
        expect(same, "Making a second layer changed the sizes of the first.", yours=first[0].value)


# -- several passes on one layer -----------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A pass in the middle of others; what comes from the student's layer, in promises.

    Attributes:
        given: The weights or biases that are set just before it.
        before, between, after: Attributes before forward, before backward and after it.
        second: What backward returns for another G.
    """

    case: AffineCase
    given: dict
    before: dict
    output: object
    between: dict
    result: object
    after: dict
    second: object


SEVERAL = tuple(step.case for step in STEPS)
"""Batches of several sizes, some of which were there before."""


@lasting
def followed(student, once, exposed):
    """Return a function: passes of one layer, which draws its weights itself, and what is left.

    Later on others are set, first the weights and then the biases.
    """
    set_later = {3: "weights", 4: "biases"}

    def state(layer):
        return {name: getattr(layer, name) for name in KEPT}

    def run():
        activation, steps = exposed(SEVERAL[0]), []
        student.seed(seeds.number(11))
        with student.program():
            student.watch()
            layer = student.DenseLayer(3, 2, activation)
            for number, case in enumerate(SEVERAL):
                given = {set_later[number]: None} if number in set_later else {}
                for name in given:
                    given[name] = {"weights": case.W, "biases": case.b.reshape(-1)}[name]
                    setattr(layer, name, given[name])
                if number == 2:
                    layer.forward(BETWEEN.X)  # a pass that no backward pass follows
                before = state(layer)
                output, between = layer.forward(case.X), state(layer)
                result, after = layer.backward(case.G), state(layer)
                second = layer.backward(other(case))
                steps.append(Step(case, given, before, output, between, result, after, second))
            return steps, student.left()

    return lambda: once("followed", run)


@check("state", "Each pass is right, whatever came before it", weight=2)
def test_each_step(followed, right_for, waived):
    """For the weights and biases that the layer has by then."""
    for place, step in numbered(followed()[0]):
        with waived(to=as_wrong("initialization")):
            W, b = (step.between[name].value for name in ("weights", "biases"))
            expect_array(W, "layer.weights", step.case.W.shape)
            expect_array(b, "layer.biases", (step.case.n_units,))
            for G, result in ((step.case.G, step.result), (other(step.case), step.second)):
                right = right_for(step.case, G, W, b)
                expect_pass(place, step.output, result, right, waived)
            with waived(to=("cache", "forward")):
                for name, wanted in (("last_input", step.case.X), ("last_z", right.z)):
                    message = f"{place}, layer.{name} is not that of this pass."
                    yours = step.between[name].value
                    expect_close(yours, wanted, what=f"layer.{name}", message=message)


def expect_pass(place, output, result, right, waived):
    """Fail unless a pass is right; what is wrong in every pass is left to the groups for it."""
    message = f"{place}, the output is not f(X·W + b) with the weights of that moment."
    with waived(to=("forward", "lazy", "unchanged")):
        expect_close(output.value, right.output, what="layer.forward(X)", message=message)
    for part, group in zip(PARTS, GRADIENTS, strict=True):
        with waived(to=as_wrong(group, "unchanged")):
            yours, what = entries(result.value).get(part), f'layer.backward(G)["{part}"]'
            message = f"{place}, the gradient of the {part} is not that of this pass."
            expect_close(yours, right.gradients[part], what=what, message=message)


ALONE = SEVERAL + tuple(
    AffineCase(rows, 3, 2, integers=False, seed=seed) for seed, rows in enumerate((130, 130, 2, 3))
)


@lasting
def unwatched(student, once, new_layer, exposed):
    """Return a function: (output, result) of passes that nobody looks at, and what is left."""

    def run():
        activation = exposed(SEVERAL[0])
        with student.program():
            layer = new_layer(SEVERAL[0], activation)
            student.watch()
            passes = [(layer.forward(case.X), layer.backward(case.G)) for case in ALONE]
            return passes, student.left()

    return lambda: once("unwatched", run)


@check("state", "So it is when nobody looks at the layer in between")
def test_unwatched(unwatched, right_for, waived):
    """Several passes with the weights that were set before the first."""
    W, b = SEVERAL[0].W, SEVERAL[0].b.reshape(-1)
    passes = zip(ALONE, unwatched()[0], strict=True)
    for place, (case, found) in numbered(list(passes)):
        expect_pass(place, *found, right_for(case, case.G, W, b), waived)


@lasting
def all_left(student, drawn, observe, observe_typed, followed, unwatched, written, kept):
    """Return a function: (place, what was left behind) wherever calls are looked at."""

    def find():
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case).left
        for typed in TYPED:
            yield f"With {typed}: ", lambda typed=typed: observe_typed(typed)[-1]
        for look in (followed, unwatched, written, kept):
            yield "In several calls: ", lambda look=look: look()[-1]

    return lambda: each_alone(student, find())


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(all_left, takes_weights, waived):
    """Arrays that were returned earlier; NumPy's global generator and its error handling.

    Whether only the first forward pass draws is looked at in the group "lazy".
    """
    for place, left in all_left():
        may_draw = () if place.startswith("With") else {"forward"}
        with nullcontext() if takes_weights() else waived(to="lazy"):
            expect_nothing_left(left, place, may_draw=may_draw)


# -- purity --------------------------------------------------------------------------------


@lasting
def arguments_after(student, once, new_layer, exposed):
    """Return a function: the caller's arrays, read back after each pass."""

    def run(case):
        activation = exposed(case)
        with student.program():
            X, G = student.array(case.X), student.array(case.G)
            layer = new_layer(case, activation)
            done = layer.forward(X)
            read = [("X", "forward", done, case.X, student.read(X))]
            done = layer.backward(G)
            read += [
                ("X", "backward", done, case.X, student.read(X)),
                ("G", "backward", done, case.G, student.read(G)),
            ]
        return read

    return once.each("arguments", FEW, run)


@check("purity", "X and G are left as they were", weight=2)
@some_cases(FEW)
def test_arrays_unchanged(case, arguments_after):
    """Read back after both passes."""
    expect_unchanged(arguments_after(case))


@check(
    "purity",
    "So they are after every other pass that is looked at",
    variant_of="test_arrays_unchanged",
)
def test_arguments_left_alone(all_left, waived):
    """What shows in an ordinary pass is said by the other check."""
    for place, left in all_left():
        with waived(to="purity"):
            expect_arguments_left_alone(left, place)


@check("purity", "data is left as it was")
def test_data_unchanged(student, kept):
    """By from_dict, and by what is done with the layers that come of it."""
    data = as_dict(READ, "tanh")
    with student.program():
        handed = student.define("def kept(data):\n    return data").kept(data)
        layers = [student.DenseLayer.from_dict.make(handed) for _ in range(2)]
        made = layers[0].name
        for layer in layers:
            layer.forward(READ.X)
            layer.backward(READ.G)
        after = student.again(handed)
    if after.value == data:
        made.value  # a layer that could not be made has changed nothing
    message = "from_dict, or a layer that it made, changed the dictionary that it was given."
    expect(after.value == data, message, what="data after from_dict(data)", yours=after.value)
    for _, _, data, after in kept()[0]:
        expect(after.value == data, message, what="data after from_dict(data)", yours=after.value)


# -- ways to look at what failed, for diagnoses.py -----------------------------------------

MORE = tuple(AffineCase(*shape, integers=False, seed=99) for shape in [(5, 4, 3), (3, 3, 3)])


def given(case):
    """What predictions about a pass may use."""
    return looks(case, mean=True, activation=activation_of(case))


@aspect("output", groups=["forward"], noun="The output", more=MORE)
def see_output(observe, actual, right):
    """What forward(X) returns."""

    def look(case):
        now = actual(case)
        return Seen(observe(case).output, right(now).output, **given(now))

    return look


@aspect("z", groups=["cache"], noun="last_z", more=MORE)
def see_z(observe, actual, right):
    """What forward keeps as last_z."""

    def look(case):
        now, seen = actual(case), observe(case)
        return None if seen.output.error else Seen(seen.last_z, right(now).z, **given(now))

    return look


@aspect("input", groups=["cache"], noun="last_input", more=MORE)
def see_input(observe):
    """What forward keeps as last_input."""

    def look(case):
        seen = observe(case)
        return None if seen.output.error else Seen(seen.last_input, case.X, **given(case))

    return look


def looker(part, gradient, actual, right, observe):
    """A way to look at a part of the result; biases as a row, as predictions have them."""

    def look(case):
        now = actual(case)
        wanted = right(now).gradients[part]
        result = observe(case).result
        yours = result if result.error else gradient(case, part)
        if yours is MISSING:
            return None
        if part == "biases":
            wanted, yours = wanted.reshape(1, -1), biases_as_row(yours, case)
            if yours is None:
                return None
        return Seen(yours, wanted, output=observe(case).output, **given(now))

    return look


def biases_as_row(yours, case):
    """Biases (n_units,) as a row; what is a row already is marked as such."""
    if not isinstance(yours, np.ndarray):
        return yours
    if yours.shape == (case.n_units,):
        return yours.reshape(1, -1)
    if yours.shape == (1, case.n_units):
        return ("row", yours) if case.batch > 1 else None  # one row may be one of many
    return yours


@aspect("input-gradient", groups=["input-gradient"], noun="The gradient of the inputs", more=MORE)
def see_input_gradient(gradient, actual, right, observe):
    """What backward(G) returns as inputs."""
    return looker("inputs", gradient, actual, right, observe)


@aspect(
    "weight-gradient", groups=["weight-gradient"], noun="The gradient of the weights", more=MORE
)
def see_weight_gradient(gradient, actual, right, observe):
    """What backward(G) returns as weights."""
    return looker("weights", gradient, actual, right, observe)


@aspect("bias-gradient", groups=["bias-gradient"], noun="The gradient of the biases", more=MORE)
def see_bias_gradient(gradient, actual, right, observe):
    """What backward(G) returns as biases."""
    return looker("biases", gradient, actual, right, observe)


SEEDED = tuple(
    (shape, seeds.number(label))
    for shape in [(2, 3), (3, 2), (4, 4), (1, 5), (9, 6)]
    for label in (1, 8)
)


@aspect("draw", groups=["initialization", "seeded"], noun="weights", cases=SEEDED)
def see_draw(student, initialized):
    """weights after the first forward pass."""

    def look(key):
        sizes, seed = key
        told = looks_at_start(DRAW, seed, *sizes)
        told["W"], told["again"], told["other"] = (
            seen_as_kept(student, "weights", initialized(*sizes, *drawn)[0])
            for drawn in ((seed,), (seed, 2), (seed + 1,))
        )
        return Seen(told["W"], DRAW(np.random.RandomState(seed), *sizes), **told)

    return look


@aspect("first-bias", groups=["initialization"], noun="biases", cases=SEEDED)
def see_first_bias(initialized):
    """biases after the first forward pass."""

    def look(key):
        (n_inputs, n_units), seed = key
        _, biases = initialized(n_inputs, n_units, seed)
        yours = biases.error or biases.value
        marked = biases_as_row(yours, AffineCase(2, n_inputs, n_units))
        told = looks_at_start(DRAW, seed, n_inputs, n_units)
        return Seen(marked, np.zeros((1, n_units)), first_bias=marked, **told)

    return look


@aspect("result", groups=["result"], noun="What backward returns", cases=FEW)
def see_result(observe):
    """Its type, and its keys."""

    def look(case):
        result = observe(case).result
        if result.error:
            return None
        found = result.value
        kind = "nothing" if found is None else type(found).__name__
        keys = sorted(map(str, found)) if isinstance(found, dict) else []
        wanted = sorted(PARTS)
        right = isinstance(found, dict) and set(wanted) <= set(keys)
        return Seen("right" if right else (kind, keys), "right", keys=keys)

    return look


@aspect("incomplete", groups=["abstract"], noun="Which classes can be made", cases=["all"])
def see_incomplete(attempt):
    """The incomplete classes of which an instance can be made."""

    def look(_):
        return Seen([left for left in INCOMPLETE if attempt(left).error is None], [])

    return look


@aspect("changed", groups=["unchanged"], noun="What backward changes", cases=FEW)
def see_changed(again):
    """Names of what differs after a backward pass, and whether a second one raises."""

    def look(case):
        first, before, after, second, _ = again(case)
        if first.error:
            return None
        changed = []
        for name in KEPT:
            was, now = before[name].value, after[name].value
            same = is_close(now, was) if isinstance(was, np.ndarray) else now is was
            changed += [] if same else [name]
        raised = second.error.type_name if second.error else ""
        return Seen((changed, raised), ([], ""), raised=raised)

    return look


@aspect("written", groups=["to-dict"], noun="What to_dict gives", cases=["both"])
def see_written(written):
    """For a layer with weights and a new one: what is wrong with it, in a word for each key."""

    def look(_):
        wanted = (
            as_dict(WRITTEN, "sine"),
            as_dict(WRITTEN, "sine", name="new", empty=True),
        )
        yours = [
            promise.error.type_name if promise.error else wrong_items(promise.value, right)
            for (_, promise, *_), right in zip(written()[0], wanted, strict=False)
        ]
        return Seen(tuple(yours), ({}, {}))

    return look


@aspect("found", groups=["lookup"], noun="What becomes of unknown names", cases=["all"])
def see_found(handed_over):
    """For each foreign name, whether it was imported, and what was raised."""

    def look(_):
        control, found = handed_over()
        if control[0].error:
            return None
        drew = imported(found, control)
        errors = {name: came.error for name, (came, *_) in found.items()}
        came = {name: (drew[name], kind_of_error(error)) for name, error in errors.items()}
        named = all(error and names(error, name) for name, error in errors.items())
        kinds = set(came.values())
        seen = ("each", *kinds, named) if len(kinds) == 1 else ("mixed", sorted(kinds), named)
        return Seen(seen, ("each", (False, "ValueError"), True), came=came, seen=seen)

    return look


def kind_of_error(error):
    """The name of what was raised; ValueError for what is derived from it."""
    if error is None:
        return ""
    return "ValueError" if error.is_a(ValueError) else error.type_name


@aspect("heard", groups=["logging"], noun="What is printed and logged", cases=["all"])
def see_heard(heard):
    """(whether something is printed, the levels of the messages with the name, of the others)."""

    def look(_):
        printed, told, output = heard()
        if output.error:
            return None
        levels = [
            sorted({level for level, text in told.value if any(map(text.count, CALLED)) is named})
            for named in (True, False)
        ]
        right = not printed and "INFO" in levels[0]
        return Seen("right" if right else (bool(printed), *levels), "right")

    return look


@aspect("passes", groups=["state"], noun="What a layer gives in later passes", cases=["rounds"])
def see_passes(rounds, places):
    """The gradient of the weights in later passes on one layer."""

    def look(_):
        key = places().get("weights", "weights")
        yours = [entries(result.error or result.value).get(key) for _, result in rounds()]
        rounds_given = [given(case) | {"between": BETWEEN.X} for case in ROUNDS]
        right = [each["X"].T @ each["D"] / each["batch"] for each in rounds_given]
        return Seen(yours, right, rounds=rounds_given)

    return look


@aspect("layers", groups=["state"], noun="What two layers give side by side", cases=["two"])
def see_layers(student, new_layer, exposed, places):
    """The gradients of the weights of two layers of the same size."""

    def look(_):
        cases = [AffineCase(2, 3, 3, seed=1), AffineCase(2, 3, 3, seed=2)]
        key = places().get("weights", "weights")
        activation = exposed(cases[0])
        student.begin()
        with student.program():
            layers = [new_layer(case, activation) for case in cases]
            for layer, case in zip(layers, cases, strict=True):
                layer.forward(case.X)
            results = [layer.backward(case.G) for layer, case in zip(layers, cases, strict=True)]
        yours = [entries(result.error or result.value).get(key) for result in results]
        told = [given(case) for case in cases]
        return Seen(yours, [each["X"].T @ each["D"] / 2 for each in told], layers=told)

    return look


@aspect("new", groups=["attributes"], noun="What a new layer has", cases=["all"])
def see_new(student, exposed):
    """(name, type) of a DenseLayer, of one with a name, and of a subclass of Layer."""

    def look(_):
        activation = exposed(FEW[0])
        student.begin()
        with student.program():
            layers = (
                student.DenseLayer(3, 2, activation),
                student.DenseLayer(3, 2, activation, name="first"),
                student.define(WHOLE).Whole(),
            )
            found = [(layer.name, layer.type) for layer in layers]
        if any(promise.error for pair in found for promise in pair):
            return None
        yours = [tuple(promise.value for promise in pair) for pair in found]
        right = [("DenseLayer",) * 2, ("first", "DenseLayer"), ("Whole",) * 2]
        return Seen(yours, right)

    return look


@aspect("lazy", groups=["lazy"], noun="When weights are drawn", cases=["all"])
def see_lazy(first_passes, student, exposed):
    """What there is when a layer is new, after one pass, and whether a second one draws anew.

    The second one has fewer rows; if it draws, it is tried with the same rows as well.
    """

    def drawn_for_the_same():
        case = AffineCase(2, 3, 2)
        student.begin()
        activation = exposed(case)
        with student.program():
            layer = student.DenseLayer(3, 2, activation)
            layer.forward(case.X)
            first = layer.weights
            layer.forward(case.X)
            second = layer.weights
        return not is_close(second.value, first.value)

    def look(_):
        new, _, first, second, output = first_passes()
        if output.error or any(
            promise.error for state in (new, first, second) for promise in state
        ):
            return None
        redrawn = numeric(first[0].value) and not is_close(second[0].value, first[0].value)
        if redrawn and not drawn_for_the_same():
            redrawn = "for other rows"
        yours = (new[0].value is not None, new[2].value, first[2].value, redrawn)
        return Seen(yours, (False, False, True, False))

    return look


@aspect("arguments", groups=["purity"], noun="What is done to the caller's arrays", cases=FEW)
def see_arguments(arguments_after):
    """Which array is changed by which method."""

    def look(case):
        changed = []
        for name, method, done, before, after in arguments_after(case):
            if done.error:
                return None
            changed += [] if is_close(after.value, before) else [f"{name} by {method}"]
        return Seen(changed, [])

    return look


@aspect("read", groups=["from-dict"], noun="A layer from a dictionary", cases=["tanh"])
def see_read(read_back, actual):
    """(wrong attributes with their values, whether the weights are right, and the output)."""

    def look(name):
        found, mine, usual = read_back(name)
        if usual[0].error or not steady(READ, actual):
            return None
        wrong = {}
        for key, right in (READ_ATTRIBUTES | {"weights_initialized": True}).items():
            if found[key].error:
                return None
            if found[key].value != right:
                wrong[key] = found[key].value
        output = mine[0].error or is_close(mine[0].value, usual[0].value)
        weights = found["weights"].error or found["weights"].value
        taken = "list" if isinstance(weights, Listed) else is_close(weights, READ.W)
        return Seen((wrong, taken, output), ({}, True, True))

    return look
