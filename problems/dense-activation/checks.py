"""Checks of the problem `dense-activation`.

Forward passes and gradients are checked on weights that the judge sets itself. What belongs to the
affine part is looked at in a linear layer; what an activation adds is compared with what the
student's own linear layer gives. So each mistake costs the points of its own group.

There is no optimizer to look into: the gradients of W and b are seen by how far these move with a
learning rate of 1, in units of what the student's layer moves by as a rule (`pace`). Where they
are means over the batch, they are slopes of the mean loss: of `sum(output * G / rows)`.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest

from grader.judge import (
    Seen,
    StudentError,
    aspect,
    check,
    draws,
    expect,
    expect_array,
    expect_close,
    expect_unchanged,
    fail,
    gradients,
    is_close,
    seeds,
)
from grader.judge.affine import (
    ACTIVATIONS,
    AffineCase,
    Draw,
    activated,
    each_activated_case,
    each_case,
    looks,
    looks_at_start,
    some_cases,
)
from grader.judge.seen import Raised
from grader.judge.slopes import agrees, expect_gradient, expect_slope

lasting = pytest.fixture(scope="module")  # the same for every submission
CURVED = ("relu", "sigmoid")
RATE = 1.0
"""Of most passes: the step is then the gradient itself."""


# -- what the student's layer does, seen once and shared -----------------------------------


def activation_of(case):
    """The name that the statement has for a case's activation."""
    name = getattr(case, "activation", "linear")
    return None if name == "linear" else name


def make_layer(module, case):
    """Return a layer with the weights and the activation of a case, of a student or the reference.

    Activations are given, by position: what the argument is called, and what it is by default, is
    another check's matter.
    """
    layer = module.DenseLayer(case.n_inputs, case.n_units, activation_of(case))
    put_weights(layer, case)
    return layer


def put_weights(layer, case):
    """Set W and b to those of the case."""
    layer.W = case.W
    layer.b = case.b


@dataclass(frozen=True)
class Passes:
    """One forward and one backward pass, and W and b afterwards; each may be a promise."""

    output: object
    input_gradient: object
    W: object
    b: object


def run_layer(layer, case, G=None):
    """Return the passes of a layer on a case; for a program block, if it is a student's."""
    output = layer.forward(case.X)
    gradient = layer.backward(case.G if G is None else G, RATE)
    return Passes(output, gradient, layer.W, layer.b)


@lasting
def observe(student, once, drawn):
    """Return a function: the passes of a fresh layer of the student's on a case."""

    def run(case):
        with student.program():
            return run_layer(make_layer(student, case), case)

    return once.each("observe", drawn("case"), run)


@lasting
def right(reference):
    """Return a function: the passes of the reference on a case."""
    return lambda case: _right(reference, case)


@lru_cache(maxsize=4096)
def _right(reference, case):
    return run_layer(make_layer(reference, case), case)


# -- gradients of the parameters, by how far these move ------------------------------------


def down_by(start, after, what):
    """Return by how far a parameter has gone down; what is no array of its shape fails."""
    return start - expect_array(after.value, what, start.shape)


PACED = (AffineCase(2, 3, 2), AffineCase(5, 2, 3))


@lasting
def pace(student, once, right):
    """Return a function: what the student's layer multiplies both gradients by in every step.

    It is 1 unless both parameters are moved by the same wrong number, -1 for instance, whatever the
    shapes are. That is one mistake, in the step, and no mistake in the gradients.
    """

    def find():
        with student.program():
            passes = [run_layer(make_layer(student, case), case) for case in PACED]
        found = [_ratio(case, seen, right(case)) for case, seen in zip(PACED, passes, strict=True)]
        return found[0] if found[0] and is_close(*map(np.float64, found)) else 1.0

    return lambda: once.fact("pace", find)


def _ratio(case, seen, wanted):
    """By what the steps of W and b are larger than the right ones; 0 if by different numbers."""
    if seen.W.error or seen.b.error:
        return 0.0
    pairs = ((case.W, seen.W.value, wanted.W), (case.b, seen.b.value, wanted.b))
    if any(np.shape(yours) != start.shape for start, yours, _ in pairs):
        return 0.0
    yours = np.concatenate([(start - np.asarray(after)).ravel() for start, after, _ in pairs])
    steps = np.concatenate([(start - after).ravel() for start, _, after in pairs])
    ratio = float(np.vdot(steps, yours) / np.vdot(steps, steps))
    return ratio if is_close(yours, ratio * steps) else 0.0


SHOWN = {
    "W": "the gradient of W, that is (W before - W after) / lr",
    "b": "the gradient of b, that is (b before - b after) / lr",
}


@lasting
def gradient_of(observe, right, pace):
    """Return a function: the gradient of W or b, as the step of a case shows it."""

    def find(case, name):
        seen = observe(case)
        after = getattr(seen, name)
        seen.input_gradient.value  # if backward raised, that is the reason
        step = down_by(getattr(case, name), after, f"layer.{name} after backward")
        expect(
            np.any(step) or not np.any(right_gradient(right, case, name)),
            f"backward leaves {name} as it was, so its gradient cannot be seen.",
            what=f"layer.{name} after backward",
            yours=after.value,
        )
        return step / (RATE * pace())

    return find


def right_gradient(right, case, name):
    """The reference's gradient of W or b, from its step."""
    return (getattr(case, name) - getattr(right(case), name)) / RATE


# -- numerical gradients -------------------------------------------------------------------


@lasting
def numerical(student, once):
    """Return a function: central differences of the student's own forward pass."""

    def run(case, step):
        with student.untraced(), student.program():
            layer = make_layer(student, case)
            forward = layer.forward
            stacks = {name: gradients.perturbed(getattr(case, name), step) for name in "XWb"}
            swept = {"X": forward.sweep(stacks["X"])}
            swept["W"] = forward.sweep(stacks["W"], attribute="W", x=case.X)
            layer.W = case.W
            swept["b"] = forward.sweep(stacks["b"], attribute="b", x=case.X)
        mean = case.G / case.batch
        return {
            name: gradients.from_sweep(
                pending, case.G if name == "X" else mean, step, getattr(case, name).shape
            )
            for name, pending in swept.items()
        }

    return lambda case, step: once(("numerical", case, step), lambda: run(case, step))


@lasting
def measured(reference):
    """Return a function: central differences of the reference's forward pass."""
    return lambda case: _measured(reference, case)


@lru_cache(maxsize=4096)
def _measured(reference, case):
    layer = make_layer(reference, case)
    mean = case.G / case.batch

    def forward():
        return layer.forward(case.X)

    return {
        "X": gradients.measured(layer.forward, case.X, case.G, case.step),
        "W": gradients.measured_at(layer, "W", forward, mean, case.step),
        "b": gradients.measured_at(layer, "b", forward, mean, case.step),
    }


# -- start ---------------------------------------------------------------------------------


@lasting
def started(student, once):
    """Return a function: (W, b) of a fresh layer of some sizes, as promises."""

    def run(sizes):
        with student.program():
            layer = student.DenseLayer(*sizes)
            return layer.W, layer.b

    return once.each("started", SIZES, run)


SIZES = [(1, 1), (2, 3), (3, 2), (4, 1)]


@check("start", "W has one row per input and one column per output", weight=2)
def test_weight_shape(started):
    """W has the shape (input_size, output_size)."""
    for sizes in SIZES:
        expect_array(started(sizes)[0].value, "layer.W", sizes)


@check("start", "b starts as zeros, in one row", weight=2)
def test_bias_starts_at_zero(student, started):
    """b is zeros of the shape (1, output_size)."""
    for sizes in SIZES:
        zeros = np.zeros((1, sizes[1]))
        expect_close(started(sizes)[1].value, zeros, what="layer.b")


@check("start", "W has the standard deviation 0.01", weight=2)
def test_weight_scale(student):
    """Whatever the number of inputs is."""
    for sizes in ((300, 100), (40, 60)):
        W = expect_array(student.DenseLayer(*sizes).W, "layer.W", sizes)
        draws.expect_deviation(W, 0.01, "0.01·1", what="layer.W")


@check("start", "W is normally distributed", weight=2)
def test_weights_are_normal(student):
    """Whatever the scale: a wrong factor is the previous check's matter."""
    W = expect_array(student.DenseLayer(300, 100).W, "layer.W", (300, 100))
    draws.expect_normal(W, what="layer.W")


@check("start", "The arguments have the names and the order of the statement")
def test_arguments(student):
    """By name and by position, both make a layer that gives the same."""
    case, seed = activated(AffineCase(2, 3, 2), "relu"), seeds.number(5)
    with student.program():
        by_place = student.DenseLayer(3, 2, "relu", seed)
        by_name = student.DenseLayer(input_size=3, output_size=2, activation="relu", seed=seed)
        weights = by_name.W
        for layer in (by_place, by_name):
            put_weights(layer, case)
        outputs = by_place.forward(case.X), by_name.forward(case.X)
    weights.value  # if the constructor raised, that is what a student has to read
    usual, yours = (output.value for output in outputs)
    if isinstance(usual, np.ndarray):
        message = "Arguments given by name and by position should make the same layer."
        expect_close(yours, usual, what="layer.forward(X)", message=message)


@lasting
def by_default(student, once):
    """Return a function: the output of a layer that is given no activation, or one of ours."""

    def run(*activation):
        with student.program():
            layer = student.DenseLayer(2, 2, *activation)
            put_weights(layer, DEFAULT)
            return layer.forward(DEFAULT.X)

    return lambda *activation: once(("default", *activation), lambda: run(*activation))


DEFAULT = activated(AffineCase(2, 2, 2), "linear")


@check("start", "By default there is no activation")
def test_no_activation(by_default):
    """The activation can be left out."""
    usual, yours = by_default(None).value, by_default().value
    if isinstance(usual, np.ndarray):
        message = "DenseLayer(2, 2) should be the same as DenseLayer(2, 2, None): a linear layer."
        expect_close(yours, usual, what="layer.forward(X)", message=message)


@check("start", "A layer that was just made can take a step")
def test_first_step(student):
    """As from the same W and b, when the judge sets them."""
    case = AffineCase(3, 2, 2)
    with student.program():
        fresh = student.DenseLayer(2, 2)
        start = {name: getattr(fresh, name) for name in "Wb"}
        first = run_layer(fresh, case)
    start = {name: pending.value for name, pending in start.items()}
    if not all(isinstance(value, np.ndarray) for value in start.values()):
        return
    with student.untraced(), student.program():
        layer = student.DenseLayer(2, 2)
        layer.W, layer.b = (value.astype(float) for value in start.values())
        again = run_layer(layer, case)
    if any(getattr(again, name).error for name in AFTER):
        return  # not a matter of how the layer starts
    for name, what in AFTER.items():
        yours, wanted = getattr(first, name).value, getattr(again, name).value
        if isinstance(wanted, np.ndarray):
            message = "From the W and b that a layer starts with, the first step goes wrong."
            expect_close(yours, wanted, what=what, message=message)


# -- seeded --------------------------------------------------------------------------------

BEFORE = seeds.number(1234)
"""What the global generator is seeded with, before a layer is made that has a seed of its own."""


def expect_drawn(W, wanted, message):
    """Fail unless W comes from the random numbers of `wanted`, whatever its scale is."""
    array = expect_array(W, "layer.W", wanted.shape)
    if not draws.same_draw(array, wanted):
        expect_close(W, wanted, what="layer.W", message=message, atol=1e-12, rtol=1e-12)


@check("seeded", "The same seed gives the same W, as np.random.seed and np.random.randn do")
def test_seeded(student, expected):
    """Seeds of expected.json, 0 aside; whatever the global generator has done before."""
    for wanted in expected["seeded"]:
        expect_seeded(student, wanted)


@check("seeded", "0 is a seed")
def test_seed_zero(student, expected):
    """As any other number."""
    expect_seeded(student, expected["seed 0"])


def expect_seeded(student, wanted):
    """Fail unless W is what the seed makes of it."""
    student.begin()
    student.seed(BEFORE)
    seed, sizes = wanted["seed"], (wanted["input_size"], wanted["output_size"])
    message = f"This is not what 0.01 * np.random.randn{sizes} gives after np.random.seed({seed})."
    expect_drawn(student.DenseLayer(*sizes, seed=seed).W, np.array(wanted["W"]), message)


@check("seeded", "Without a seed, W comes from the global generator as it is")
def test_unseeded(student, expected):
    """Seeded from outside it gives the same again; a second layer gets other numbers."""
    wanted = expected["seeded"][0]
    sizes = (wanted["input_size"], wanted["output_size"])
    student.seed(wanted["seed"])
    with student.program():
        first, second = student.DenseLayer(*sizes).W, student.DenseLayer(*sizes).W
    expect_array(first.value, "layer.W", sizes)
    if not draws.same_draw(first.value, np.array(wanted["W"])):
        fail(
            f"After np.random.seed({wanted['seed']}), DenseLayer{sizes} does not get the numbers "
            "that the global generator has next. Without a seed, nothing is to be seeded.",
            what="layer.W",
        )
    message = "Two layers that are made without a seed, one after the other, have the same W."
    expect(not is_close(first.value, second.value), message, what="layer.W", yours=second.value)


def expected_values(reference):
    """Make the contents of expected.json from the reference solution."""

    def seeded(seed, *sizes):
        W = reference.DenseLayer(*sizes, seed=seed).W
        return {"seed": seed, "input_size": sizes[0], "output_size": sizes[1], "W": W.tolist()}

    layer = reference.DenseLayer(2, 3, activation="relu", seed=42)
    example = {"X": [[1.0, 2.0], [-1.0, 0.5]], "W": layer.W.tolist(), "b": layer.b.tolist()}
    example |= {"d_out": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "lr": 0.1}
    example["output"] = layer.forward(np.array(example["X"])).tolist()
    gradient = layer.backward(np.array(example["d_out"]), example["lr"])
    example |= {"gradient": gradient.tolist(), "W_after": layer.W.tolist()}
    example["b_after"] = layer.b.tolist()
    return {
        "example": example,
        "seeded": [seeded(42, 2, 3), seeded(7, 3, 2), seeded(2024, 5, 4)],
        "seed 0": seeded(0, 3, 3),
    }


# -- unknown activations -------------------------------------------------------------------

NOT_THERE = ("tanh", "softmax", "relu6")


@check("unknown", "Any other activation raises a ValueError in the constructor")
def test_unknown_activation(student):
    """Names that are known elsewhere, and one that only begins like one of ours."""
    for name in CURVED:
        error = refusal(student, name)
        if error is not None:
            raise error
    for name in NOT_THERE:
        call = f"DenseLayer(2, 3, {name!r})"
        error = refusal(student, name)
        if error is None:
            fail(f"{call} should raise a ValueError: there is no {name} here.", what=call)
        if not is_value_error(student, error):
            fail(f"{call} raises a {error.type_name}; it should be a ValueError.", what=call)
        if name not in error.message:
            student.note(f"The error of {call} does not say which name was wrong.")


def refusal(student, name):
    """What the constructor raises for an activation, if it does."""
    try:
        student.DenseLayer(2, 3, name).W
    except StudentError as error:
        return error if error.step is not None and error.step.kind == "make" else None
    return None


def is_value_error(student, error):
    """Whether an exception is a ValueError, or is derived from it in the student's file."""
    if error.type_name == "ValueError":
        return True
    try:
        with student.untraced():
            return "ValueError" in getattr(getattr(student, error.type_name), "bases", ())
    except StudentError:
        return False


# -- forward -------------------------------------------------------------------------------


@check("forward", "Without an activation the output is X·W + b", weight=5)
@each_case(20)
def test_forward(case, observe, right):
    """Generated shapes and values, non-zero biases."""
    expect_close(observe(case).output.value, right(case).output, what="layer.forward(X)")


LAYOUTS = ("fortran", "strided", "int64", "float32")
LAID_OUT = AffineCase(4, 3, 2)
WEIGHTS = AffineCase(4, 3, 2, integers=False)
"""Of the layer: in single precision they would be others."""


def laid_out(student, kind):
    """The whole numbers of LAID_OUT in a memory layout, or of a type."""
    if kind in ("int64", "float32"):
        return LAID_OUT.X.astype(kind)
    return student.array(LAID_OUT.X, kind)


@check("forward", "Inputs of other memory layouts and types")
@pytest.mark.parametrize("kind", LAYOUTS)
def test_forward_layouts(student, kind):
    """Fortran-ordered, non-contiguous, integer and single-precision inputs."""
    output = make_layer(student, WEIGHTS).forward(laid_out(student, kind))
    expect_close(output, LAID_OUT.X @ WEIGHTS.W + WEIGHTS.b, what="layer.forward(X)")


@check("forward", "Many rows at once")
def test_forward_many_rows(observe, right):
    """A batch far larger than the layer."""
    case = AffineCase(300, 4, 3, integers=False)
    expect_close(observe(case).output.value, right(case).output, what="layer.forward(X)")


# -- activation ----------------------------------------------------------------------------


@lasting
def plain(student, once, drawn):
    """Return a function: the output of the student's linear layer, with the weights of a case."""

    def run(case):
        with student.program():
            return make_layer(student, activated(case, "linear")).forward(case.X)

    cases = [case for case in drawn("case") if activation_of(case)]
    return once.each("plain", cases, run)


@lasting
def z_of(plain):
    """Return a function: Z, as the student's linear layer has it; the right Z if it has none."""

    def find(case):
        pending, Z = plain(case), case.X @ case.W + case.b
        own = None if pending.error else pending.value
        fits = isinstance(own, np.ndarray) and own.shape == Z.shape and own.dtype.kind in "fiu"
        return own.astype(float) if fits and not is_close(own, Z) else Z

    return find


@check("activation", "ReLU and sigmoid are applied to what a linear layer gives", weight=5)
@each_activated_case(CURVED, 15)
def test_activation(case, observe, right, z_of):
    """Compared with the activation of the student's own linear output."""
    expect_activated(case, observe, right, z_of)


def expect_activated(case, observe, right, z_of):
    """Fail unless an output is right, or made of the student's own Z."""
    yours = observe(case).output.value
    if not is_close(yours, right(case).output):
        wanted = ACTIVATIONS[case.activation].function(z_of(case))
        expect_close(yours, wanted, what="layer.forward(X)")


@check("activation", "The example of the statement, with ReLU")
def test_example(student, expected, observe, right, z_of):
    """On weights that the judge sets; not for who knows no other answer."""
    example = expected["example"]
    with student.program():
        outputs = []
        for name in (None, "relu"):
            layer = student.DenseLayer(2, 3, name)
            layer.W, layer.b = np.array(example["W"]), np.array(example["b"])
            outputs.append(layer.forward(np.array(example["X"])))
    own, yours = outputs
    if not is_close(yours.value, np.array(example["output"])):
        wanted = example["output"]
        if own.error is None and isinstance(own.value, np.ndarray):
            wanted = np.maximum(own.value, 0)
        expect_close(yours.value, wanted, what="layer.forward(X)")
    expect_activated(activated(AffineCase(2, 2, 3), "relu"), observe, right, z_of)


LARGE = np.array([[-3000.0], [-1000.0], [-0.5], [0.5], [1000.0], [3000.0]])
LARGE *= 1 + seeds.generator(1).integers(0, 5, LARGE.shape) / 8  # exact in single precision


@check("activation", "ReLU lets large numbers through")
def test_large_numbers(student):
    """Only the sigmoid clips."""
    layer = student.DenseLayer(1, 1, "relu")
    layer.W, layer.b = np.ones((1, 1)), np.zeros((1, 1))
    expect_close(layer.forward(LARGE), np.maximum(LARGE, 0), what="layer.forward(X)")


# -- overflow ------------------------------------------------------------------------------

FAR = np.array([[-3000.0], [-1000.0], [-501.0], [-500.0], [-499.0], [-400.0], [-100.0], [-30.0]])
NEAR = np.array([[-2.0], [-0.5], [0.0], [1.0]])
FAR -= seeds.generator(2).uniform(0, 0.5, FAR.shape)  # on the same side of -500
NEAR += seeds.generator(3).uniform(0, 0.25, NEAR.shape)


def sigmoid(z):
    """As the statement has it."""
    return ACTIVATIONS["sigmoid"].function(z)


@lasting
def far(student, once):
    """Return a function: what a sigmoid layer of W = 1 and b = 0 makes of FAR, -FAR and NEAR."""

    def run():
        found = []
        with student.program():
            for z in (FAR, -FAR, NEAR):
                layer = student.DenseLayer(1, 1, "sigmoid")
                layer.W, layer.b = np.ones((1, 1)), np.zeros((1, 1))
                found.append(layer.forward(z))
        return found

    return lambda: once("far", run)


@check("overflow", "The sigmoid clips z to [-500, 500], and nothing else is cut off")
def test_clipping(far):
    """Compared by their logarithms: the smallest of these numbers has 217 zeros."""
    low, high, near = (pending.value for pending in far())
    if not is_close(near, sigmoid(NEAR)):
        near_is_wrong((low, high))
        return
    values = {"-": expect_array(low, "layer.forward(X)", FAR.shape)}
    values["+"] = expect_array(high, "layer.forward(X)", FAR.shape)
    with np.errstate(all="ignore"):
        logs = np.log(values["-"])
    for z, yours, log, wanted in zip(FAR, values["-"], logs, sigmoid(FAR), strict=True):
        expect(
            is_close(log, np.log(wanted)),
            f"The sigmoid of {z[0]:g} should be {wanted[0]:.6g} and is {yours[0]:.6g}. Clip z to "
            "[-500, 500], and compute 1 / (1 + exp(-z)) of that.",
            what="layer.forward(X)",
            yours=values["-"],
        )
    expect_close(values["+"], sigmoid(-FAR), what="layer.forward(X)")


def near_is_wrong(values):
    """Another function than the sigmoid is another check's matter; it has to be finite."""
    for value in values:
        if isinstance(value, np.ndarray):
            message = "For large numbers the output is no finite number."
            expect(np.isfinite(value).all(), message, what="layer.forward(X)", yours=value)


# -- input gradient ------------------------------------------------------------------------


@check("input-gradient", "backward returns D·Wᵀ, with W as it was before the step", weight=2)
@each_case(20)
def test_input_gradient(case, observe, right, numerical):
    """Compared with the reference; the step really moves W in between."""
    expect_gradient(
        observe(case).input_gradient.value,
        right(case).input_gradient,
        what="layer.backward(d_out)",
        own=(numerical(case, step)["X"] for step in case.steps),
    )


@check("input-gradient", "It is the slope of the loss, measured numerically")
@each_case(8)
def test_input_gradient_numerically(case, observe, numerical, measured):
    """The sum of the samples' losses: each row's gradient is that of its own sample."""
    expect_slope(
        observe(case).input_gradient.value,
        measured(case)["X"],
        what="layer.backward(d_out)",
        own=(numerical(case, step)["X"] for step in case.steps),
        exact=case.exact,
    )


# -- weight and bias gradient --------------------------------------------------------------


@check("weight-gradient", "W moves by lr times Xᵀ·D / rows", weight=2)
@each_case(20)
def test_weight_gradient(case, gradient_of, right, numerical):
    """Compared with the reference."""
    expect_gradient(
        gradient_of(case, "W"),
        right_gradient(right, case, "W"),
        what=SHOWN["W"],
        own=(numerical(case, step)["W"] for step in case.steps),
    )


@check("weight-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8)
def test_weight_gradient_numerically(case, gradient_of, numerical, measured):
    """Exact central differences for integers, up to the division by the rows."""
    expect_slope(
        gradient_of(case, "W"),
        measured(case)["W"],
        what=SHOWN["W"],
        own=(numerical(case, step)["W"] for step in case.steps),
        exact=case.exact,
    )


@check("bias-gradient", "b moves by lr times the column means of D", weight=2)
@each_case(20)
def test_bias_gradient(case, gradient_of, right, numerical):
    """Compared with the reference."""
    expect_gradient(
        gradient_of(case, "b"),
        right_gradient(right, case, "b"),
        what=SHOWN["b"],
        own=(numerical(case, step)["b"] for step in case.steps),
    )


@check("bias-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8)
def test_bias_gradient_numerically(case, gradient_of, numerical, measured):
    """Exact central differences for integers, up to the division by the rows."""
    expect_slope(
        gradient_of(case, "b"),
        measured(case)["b"],
        what=SHOWN["b"],
        own=(numerical(case, step)["b"] for step in case.steps),
        exact=case.exact,
    )


# -- derivative ----------------------------------------------------------------------------


@lasting
def through_linear(student, once):
    """Return a function: the passes of the student's linear layer on a case, given D for d_out."""

    def run(case, D):
        with student.untraced(), student.program():
            return run_layer(make_layer(student, activated(case, "linear")), case, D)

    return lambda case, D: once(("linear", case, D.tobytes()), lambda: run(case, D))


LARGER = AffineCase(4, 3, 3, integers=False, seed=1)


@lasting
def own_slopes(student, once, observe, right, z_of):
    """Return a function: what f'(Z) may be for the student, and whether it was measured.

    It is the right one; that at the student's Z; and, where the output is another one, the slope of
    that: each output moves with the bias of its unit as with its own z.
    """

    def measure(case):
        stack = gradients.perturbed(case.b, gradients.STEP)
        with student.untraced(), student.program():
            layer = make_layer(student, case)
            swept = layer.forward.sweep(stack, attribute="b", x=case.X)
        outputs = None if swept.error else swept.value
        wanted = (2 * case.n_units, *case.G.shape)
        if not isinstance(outputs, np.ndarray) or outputs.shape != wanted:
            return np.zeros_like(case.G)
        up, down = np.split(outputs, 2)
        units = np.arange(case.n_units)
        return (up - down)[units, :, units].T / (2 * gradients.STEP)

    def find(case):
        derivative = ACTIVATIONS[case.activation].derivative
        yield derivative(case.X @ case.W + case.b), False
        yield derivative(z_of(case)), False
        output = observe(case).output
        if not output.error and not is_close(output.value, right(case).output):
            larger = activated(LARGER, case.activation)
            own, elsewhere = (once(("slopes", c), lambda c=c: measure(c)) for c in (case, larger))
            if np.any(elsewhere):  # else nothing depends on Z at all
                yield own, True

    return find


def same_passes(yours, other, near):
    """Whether two layers have returned the same gradient, and moved W and b alike."""
    tolerance = (1e-5, 1e-6) if near else ()
    pairs = [(getattr(yours, name), getattr(other, name)) for name in ("input_gradient", "W", "b")]
    return all(
        not mine.error and not theirs.error and is_close(mine.value, theirs.value, *tolerance)
        for mine, theirs in pairs
    )


@lasting
def expect_derivative(observe, through_linear, own_slopes):
    """Return a function: fail unless backward is that of a linear layer, given D for d_out."""

    def fails(case):
        yours, first = observe(case), None
        for slopes, near in own_slopes(case):
            linear = through_linear(case, case.G * slopes)
            first = first or linear
            if same_passes(yours, linear, near):
                return
        for name, what in AFTER.items():
            mine, theirs = getattr(yours, name).value, getattr(first, name).value
            if isinstance(theirs, np.ndarray):
                message = (
                    f"With {case.activation!r}, backward should do what it does in a linear layer "
                    "that is given D, which is d_out times the derivative at Z."
                )
                expect_close(mine, theirs, what=what, message=message)

    return fails


AFTER = {
    "input_gradient": "layer.backward(d_out)",
    "W": "layer.W after backward",
    "b": "layer.b after backward",
}


def as_reference(seen, wanted):
    """Whether the student's passes end as the reference's do."""
    return not seen.input_gradient.error and all(
        is_close(getattr(seen, name).value, getattr(wanted, name)) for name in AFTER
    )


@check("derivative", "backward multiplies by the derivative of the activation at Z", weight=4)
@each_activated_case(CURVED, 15)
def test_derivative(case, observe, right, expect_derivative):
    """As the reference does; else as the student's own linear layer does, given D."""
    if not as_reference(observe(case), right(case)):
        expect_derivative(case)


@check("derivative", "The gradients are slopes of the loss, measured numerically", weight=2)
@each_activated_case(CURVED, 8)
def test_derivative_numerically(case, observe, pace, measured, expect_derivative):
    """Central differences through the activation, away from the kink of ReLU."""
    slopes, seen = measured(case), observe(case)
    shown = {"X": seen.input_gradient.value}
    for name in "Wb":
        start, after = getattr(case, name), getattr(seen, name).value
        fits = isinstance(after, np.ndarray) and after.shape == start.shape
        shown[name] = (start - after) / (RATE * pace()) if fits else None
    if not all(agrees(shown[name], slopes[name], exact=case.exact) for name in "XWb"):
        expect_derivative(case)


KINK = {"W": np.ones((1, 1)), "b": np.zeros((1, 1)), "G": AffineCase(3, 1, 1).G}


@lasting
def at_kink(student, once):
    """Return a function: what backward returns where z is 0, and where it is -1."""

    def run():
        found = []
        with student.program():
            for z in (0.0, -1.0):
                layer = student.DenseLayer(1, 1, "relu")
                layer.W, layer.b = KINK["W"], KINK["b"]
                layer.forward(np.full((3, 1), z))
                found.append(layer.backward(KINK["G"], 0.0))
        return found

    return lambda: once("kink", run)


@check("derivative", "The slope of ReLU at exactly 0 is 0")
def test_kink(at_kink):
    """As on the left of 0."""
    zero, left = (gradient.value for gradient in at_kink())
    if isinstance(left, np.ndarray) and not np.any(left):  # else it is no slope of ReLU at all
        message = "At z = 0 the slope of ReLU is taken to be 0, as for negative z."
        expect_close(zero, left, what="layer.backward(d_out)", message=message)


# -- step ----------------------------------------------------------------------------------

FEW = (AffineCase(1, 2, 2), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))
"""Enough for what does not depend on shapes."""
RATES = (0.5, 2.0, 0.0, None)
"""None: the default, which is 0.01."""


@lasting
def stepped(student, once):
    """Return a function: W and b after a pass of a linear layer with a learning rate."""

    def run(key):
        case, rate = key
        with student.program():
            layer = make_layer(student, case)
            layer.forward(case.X)
            done = layer.backward(case.G, **({} if rate is None else {"lr": rate}))
            return {"done": done, "W": layer.W, "b": layer.b}

    return once.each("stepped", [(case, rate) for case in FEW for rate in RATES], run)


@check("step", "W and b go down by lr times their gradients", weight=2)
@some_cases(FEW)
def test_direction(case, observe, pace):
    """Down and not up, once and not twice."""
    seen = observe(case)
    seen.input_gradient.value
    for name in "Wb":
        start, after = getattr(case, name), getattr(seen, name).value
        still = isinstance(after, np.ndarray) and after.shape == start.shape
        expect(
            not (still and (after == start).all()),
            f"backward leaves {name} as it was.",
            what=f"layer.{name} after backward",
            yours=after,
        )
    times = pace()
    expect(
        times == 1,
        f"With lr=1, W and b should go down by their gradients; they go down by {times:g} times "
        "their gradients.",
        what="layer.W after backward",
        yours=seen.W.value,
    )


@check("step", "The step is proportional to lr, which is 0.01 if it is not given", weight=2)
@some_cases(FEW)
def test_learning_rate(case, observe, stepped):
    """Compared with the student's own step at lr = 1."""
    seen = observe(case)
    seen.input_gradient.value
    for rate in RATES:
        after = stepped((case, rate))
        after["done"].value  # if this lr is refused, that is what a student has to read
        call = "backward(d_out)" if rate is None else f"backward(d_out, lr={rate:g})"
        for name in "Wb":
            start, usual, yours = getattr(case, name), getattr(seen, name).value, after[name].value
            if not isinstance(usual, np.ndarray):
                continue
            with np.errstate(all="ignore"):
                wanted = start - (0.01 if rate is None else rate) * (start - usual)
            message = f"After {call}, {name} is not where a step by this lr leads."
            expect_close(yours, wanted, what=f"layer.{name}", message=message)


# -- state ---------------------------------------------------------------------------------


def expect_as_fresh(yours, fresh, situation):
    """Fail unless a pass gave what a fresh layer gives for the case."""
    for name, what in {"output": "layer.forward(X)", **AFTER}.items():
        wanted = getattr(fresh, name).value  # if a fresh layer fails, it is not a matter of state
        if isinstance(wanted, np.ndarray):
            message = f"{situation}, it is not what a fresh layer gives."
            expect_close(getattr(yours, name).value, wanted, what=what, message=message)


ROUNDS = [AffineCase(rows, 3, 2, seed=seed) for seed, rows in enumerate((2, 4, 1, 3, 3))]
BETWEEN = AffineCase(5, 3, 2, seed=9)


def rounds_with(name):
    """The cases of several passes on one layer with an activation."""
    return [activated(case, name) for case in ROUNDS]


@lasting
def rounds(student, once):
    """Return a function: several passes on one layer, with forward passes of others between."""

    def run(name):
        with student.program():
            layer = make_layer(student, rounds_with(name)[0])
            found = []
            for case in rounds_with(name):
                put_weights(layer, case)
                layer.forward(BETWEEN.X)
                found.append(run_layer(layer, case))
        return found

    return once.each("rounds", ("linear", *CURVED), run)


@check("state", "Passes do not remember the ones before, whatever the batch size", weight=2)
def test_repeated_passes(rounds, observe):
    """Forward and backward again and again on one layer, with each activation."""
    for name in ("linear", *CURVED):
        fresh = [observe(case) for case in rounds_with(name)]
        for number, (seen, alone) in enumerate(zip(rounds(name), fresh, strict=True), 1):
            expect_as_fresh(seen, alone, f"In pass {number} on the same layer")


TWO = [activated(AffineCase(2, 2, 3, seed=1), "sigmoid"), activated(AffineCase(3, 3, 2), "relu")]


@lasting
def two_layers(student, once):
    """Return a function: W and b of two layers when both are made, and their passes."""

    def run():
        with student.program():
            layers = [student.DenseLayer(c.n_inputs, c.n_units, c.activation) for c in TWO]
            made = [(layer.W, layer.b) for layer in layers]
            pairs = list(zip(layers, TWO, strict=True))
            for layer, case in pairs:
                put_weights(layer, case)
            outputs = [layer.forward(case.X) for layer, case in pairs]
            returned = [layer.backward(case.G, RATE) for layer, case in pairs]
            after = [(layer.W, layer.b) for layer in layers]
        passes = zip(outputs, returned, after, strict=True)
        return made, [Passes(*each, *end) for *each, end in passes]

    return lambda: once("two layers", run)


@check("state", "Two layers do not disturb each other")
def test_interleaved_layers(two_layers, started, observe):
    """Make both, forward both, then backward both."""
    fresh = [observe(case) for case in TWO]
    made, passes = two_layers()
    for case, found, number in zip(TWO, made, ("first", "second"), strict=True):
        for name, mine, alone in zip(
            "Wb", found, started((case.n_inputs, case.n_units)), strict=True
        ):
            message = (
                f"Two layers are made, and then {name} of the {number} has not the shape that it "
                "has without the other. What belongs to a layer is kept on self."
            )
            same = np.shape(mine.value) == np.shape(alone.value)
            expect(same, message, what=f"layer.{name} of the {number} layer", yours=mine.value)
    for seen, alone in zip(passes, fresh, strict=True):
        expect_as_fresh(seen, alone, "With a second layer in use")


# -- purity --------------------------------------------------------------------------------

PURE = tuple(activated(AffineCase(3, 2, 2), name) for name in ("linear", *CURVED))


@lasting
def arguments_after(student, once):
    """Return a function: the caller's arrays, read back after each pass."""

    def run(case):
        with student.program():
            X, G = student.array(case.X), student.array(case.G)
            layer = make_layer(student, case)
            done = layer.forward(X)
            read = [("X", "forward", done, case.X, student.read(X))]
            done = layer.backward(G, RATE)
            read += [("X", "backward", done, case.X, student.read(X))]
            read += [("d_out", "backward", done, case.G, student.read(G))]
        return read

    return once.each("arguments", PURE, run)


@check("purity", "X and d_out are left as they were")
@some_cases(PURE)
def test_arguments_unchanged(case, arguments_after):
    """Read back after both passes, for each activation."""
    expect_unchanged(arguments_after(case))


# -- style: a note, no marks ---------------------------------------------------------------


@check("forward", "Rows are computed together", weight=0)
def test_vectorised(student):
    """Lines executed must not grow with the batch. Counted, not timed; only a note."""
    counts = []
    for batch in (2, 32):
        case = AffineCase(batch, 3, 2)
        layer = make_layer(student, case)
        try:
            counts.append(
                layer.forward.count_lines(case.X) + layer.backward.count_lines(case.G, RATE)
            )
        except StudentError:
            return
    if counts[1] > counts[0]:
        student.note(
            "The work is done row by row in Python (a loop over the batch). That is allowed; "
            "NumPy's matrix product does all rows at once, and much faster."
        )


# -- ways to look at what failed, for diagnoses.py -----------------------------------------

MORE = tuple(AffineCase(*shape, integers=False, seed=99) for shape in [(5, 4, 3), (3, 3, 3)])
MORE_CURVED = tuple(activated(case, name) for case in MORE for name in CURVED)


def linear_only(look):
    """Let an aspect see the cases without an activation."""
    return lambda case: None if activation_of(case) else look(case)


@aspect("output", groups=["forward"], noun="The output", more=MORE)
def see_output(observe, right):
    """What forward(X) returns without an activation."""
    return linear_only(
        lambda case: Seen(observe(case).output, right(case).output, **looks(case, mean=True))
    )


@aspect("layouts", groups=["forward"], noun="The output for such an input", cases=LAYOUTS)
def see_layouts(student):
    """What forward gives for inputs of other memory layouts and types."""

    def look(kind):
        student.begin()
        output = make_layer(student, WEIGHTS).forward(laid_out(student, kind))
        X, W, b = LAID_OUT.X, WEIGHTS.W, WEIGHTS.b
        return Seen(output, X @ W + b, kind=kind, X=X, W=W, b=b)

    return look


@aspect("activated", groups=["activation"], noun="The output", more=MORE_CURVED)
def see_activated(observe, z_of):
    """What forward(X) returns with an activation, beside what the linear layer gives as Z."""

    def look(case):
        if not activation_of(case):
            return None
        activation, Z = ACTIVATIONS[case.activation], z_of(case)
        given = looks(case, mean=True, activation=activation) | {"Z": Z, "name": case.activation}
        return Seen(observe(case).output, activation.function(Z), **given)

    return look


@aspect("large", groups=["activation"], noun="The output of ReLU", cases=["large"])
def see_large(student):
    """What ReLU makes of large numbers."""

    def look(_):
        student.begin()
        with student.program():
            layer = student.DenseLayer(1, 1, "relu")
            layer.W, layer.b = np.ones((1, 1)), np.zeros((1, 1))
            output = layer.forward(LARGE)
        return Seen(output, np.maximum(LARGE, 0), z=LARGE)

    return look


@aspect("clipping", groups=["overflow"], noun="The sigmoid", cases=["far"])
def see_clipping(far):
    """The logarithms of the sigmoid on the left of 0, and the sigmoid on the right."""

    def look(_):
        low, high, near = far()
        if near.error or not is_close(near.value, sigmoid(NEAR)):
            return None
        with np.errstate(all="ignore"):
            wanted = (np.log(sigmoid(FAR)), sigmoid(-FAR))
            if low.error:
                return Seen((Raised(low.error.type_name), None), wanted, z=FAR)
            return Seen((np.log(low.value), high.error or high.value), wanted, z=FAR)

    return look


@aspect("input-gradient", groups=["input-gradient"], noun="The returned gradient", more=MORE)
def see_input_gradient(observe, right):
    """What backward(d_out) returns in a linear layer; the weights have moved meanwhile."""

    def look(case):
        seen = observe(case)
        given = {"output": seen.output, "new_W": seen.W, "new_b": seen.b}
        return Seen(
            seen.input_gradient, right(case).input_gradient, **looks(case, mean=True), **given
        )

    return linear_only(look)


def shown_by_step(observe, right, pace, name):
    """Return how to look at the gradient of W or b; where nothing moves there is nothing to see."""

    def look(case):
        seen = observe(case)
        after = getattr(seen, name).value if not seen.input_gradient.error else None
        if not isinstance(after, np.ndarray) or after.dtype.kind not in "iuf":
            return None
        start = getattr(case, name)
        with np.errstate(all="ignore"):
            try:
                gradient = (start - after) / (RATE * pace())
            except ValueError:  # of shapes that do not fit
                gradient = None
        if gradient is not None and not np.any(gradient):
            return None
        wanted = right_gradient(right, case, name)
        return Seen(gradient, wanted, output=seen.output, **looks(case, mean=True))

    return linear_only(look)


@aspect("weight-gradient", groups=["weight-gradient"], noun="The weight gradient", more=MORE)
def see_weight_gradient(observe, right, pace):
    """By how far W moves in a linear layer."""
    return shown_by_step(observe, right, pace, "W")


@aspect("bias-gradient", groups=["bias-gradient"], noun="The bias gradient", more=MORE)
def see_bias_gradient(observe, right, pace):
    """By how far b moves in a linear layer.

    A column that is subtracted from the row b is found as many times as there are units; for one
    row it cannot be told from a number.
    """
    shown = shown_by_step(observe, right, pace, "b")

    def look(case):
        seen = shown(case)
        if seen is None or case.n_units == 1 or np.ndim(seen.yours) != 2:
            return seen
        if np.any(np.ptp(seen.yours, axis=1) > 1e-9):
            return seen
        if case.batch == 1:
            return None
        if len(seen.yours) == 1:
            return seen
        return Seen(seen.yours[:, :1], seen.right, **vars(seen.given))

    return look


CHAINED = tuple((name, seed) for name in CURVED for seed in range(8))


@aspect("chain", groups=["derivative"], noun="The gradient at Z", cases=CHAINED)
def see_chain(student, once):
    """The gradient at Z, as it reaches X, W and b: a layer of one row, two inputs and two outputs.

    W exchanges the two, transposed or not, so that what is returned is the gradient at Z, exchanged
    (with lr = 0). For one row the step of W is the outer product of X and the gradient at Z.
    """

    def run(key):
        name, seed = key
        X, b, G = chained(seed)
        with student.program():
            found = []
            for rate in (0.0, RATE):
                layer = student.DenseLayer(2, 2, name)
                layer.W, layer.b = EXCHANGE, b
                layer.forward(X)
                returned = layer.backward(G, rate)
                found.append((returned, layer.W, layer.b))
        return found

    def look(key):
        name, seed = key
        (returned, _, _), (_, W, after) = once(("chain", key), lambda: run(key))
        X, b, G = chained(seed)
        if any(pending.error for pending in (returned, W, after)):
            return None
        if np.shape(W.value) != (2, 2) or np.shape(after.value) != (1, 2):
            return None
        if not isinstance(returned.value, np.ndarray) or returned.value.shape != (1, 2):
            return None
        by_weights = X @ (EXCHANGE - W.value) / np.vdot(X, X)
        yours = (returned.value @ EXCHANGE, by_weights, b - after.value)
        Z, activation = X @ EXCHANGE + b, ACTIVATIONS[name]
        D = G * activation.derivative(Z)
        given = {"Z": Z, "G": G, "XW": X @ EXCHANGE, "D": D, "name": name, "batch": 1}
        given |= {"act": activation.function, "derivative": activation.derivative}
        return Seen(yours, (D, D, D), **given)

    return look


EXCHANGE = np.array([[0.0, 1.0], [1.0, 0.0]])


def chained(seed):
    """X, b and G of one row; Z is not near 0, and for some seeds b decides its sign."""
    generator = seeds.generator(seed)
    X, G = generator.choice([-2.0, -1.0, 1.0, 2.0], (2, 1, 2))
    return X, np.array([[1.5, -1.25]]), G + 0.5


@aspect("kink", groups=["derivative"], noun="The gradient at the kink", cases=["kink"])
def see_kink(at_kink):
    """What backward returns where z is exactly 0, if it is 0 on the left of that."""

    def look(_):
        zero, left = at_kink()
        if left.error or np.any(left.value):
            return None
        return Seen(zero, np.zeros((3, 1)), G=KINK["G"])

    return look


@aspect("step", groups=["step"], noun="The step", cases=["rates"])
def see_step(observe, stepped, right):
    """By how many times their gradients W and b go down, for lr of 1 and of RATES.

    One row, so that the mean is the sum; a gradient that is wrong nevertheless is taken as it is.
    """

    def look(_):
        case = FEW[0]
        seen = observe(case)
        after = {1.0: {"done": seen.input_gradient, "W": seen.W, "b": seen.b}}
        after |= {rate: stepped((case, rate)) for rate in RATES}
        if seen.input_gradient.error:
            return None
        found = {name: [] for name in "Wb"}
        for name, times in found.items():
            start, first = getattr(case, name), after[1.0][name]
            if not _same_shape(first, start):
                return None
            wanted, usual = start - getattr(right(case), name), start - first.value
            unit = wanted if _times(usual, wanted) is not None else usual
            for each in after.values():
                if each["done"].error:
                    times.append(Raised(each["done"].error.type_name))
                elif not _same_shape(each[name], start):
                    return None
                else:
                    times.append(_times(start - each[name].value, unit))
        right_times = [1.0, *(0.01 if rate is None else rate for rate in RATES)]
        yours = tuple(_plain(times) for times in found.values())
        return Seen(yours, (np.array(right_times),) * 2, rates=np.array(right_times))

    return look


def _same_shape(pending, start):
    return pending.error is None and np.shape(pending.value) == start.shape


def _times(step, unit):
    """How many times `unit` a step is, or None if it goes another way."""
    times = np.vdot(unit, step) / np.vdot(unit, unit) if np.any(unit) else np.float64(0)
    return times if is_close(step, times * unit) else None


def _plain(times):
    """Numbers as an array, to be compared with a tolerance; if there is something else, as is."""
    return np.array(times) if all(isinstance(each, float) for each in times) else times


@aspect("seed", groups=["seeded"], noun="W after a seed", cases=["kinds"])
def see_seed(student):
    """What comes of the seeds 11, 12 and 0, and of none, in a word each.

    `right`; `global`: the numbers that the global generator has next; `anew`: others every time;
    `same`: the same ones every time; `other`: those of another seed.
    """

    def drawn(seed, before):
        student.seed(before)
        try:
            W = student.DenseLayer(2, 3, **({} if seed is None else {"seed": seed})).W
        except StudentError:
            return None
        return W if isinstance(W, np.ndarray) and W.shape == (2, 3) else None

    def kind(seed):
        student.begin()
        found = [drawn(seed, before) for before in (BEFORE, BEFORE, BEFORE + 1)]
        if any(W is None or not np.ptp(W) for W in found):
            return "nothing drawn"
        again, other = (is_close(found[0], W) for W in found[1:])
        if not again:
            return "anew"
        if seed is None:
            return "same" if other else "global"
        if not other:
            return "global"
        wanted = DRAW(np.random.RandomState(seed), 2, 3)
        return "right" if draws.same_draw(found[0], wanted) else "other"

    wanted = {11: "right", 12: "right", 0: "right", None: "global"}
    return lambda _: Seen(tuple(kind(seed) for seed in wanted), tuple(wanted.values()))


DRAW = Draw("normal", lambda n_inputs, n_units: 0.01, "0.01")
SEEDED = tuple(
    (shape, seeds.number(label))
    for shape in [(2, 3), (3, 2), (4, 4), (1, 5), (9, 6)]
    for label in (1, 8)
)


@lasting
def drawn_layers(student, once):
    """Return a function: W and b of a layer with a seed; the global generator has it as well."""

    def run(sizes, seed, number):
        student.seed(seed)
        with student.program():
            layer = student.DenseLayer(*sizes, seed=seed)
            return layer.W, layer.b

    def make(sizes, seed, number=1):
        return once(("drawn", sizes, seed, number), lambda: run(sizes, seed, number))

    return make


@aspect("draw", groups=["start", "seeded"], noun="W", cases=SEEDED)
def see_draw(drawn_layers):
    """W of a layer with a seed; how it is after the same seed once more, and after another."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["W"], given["again"], given["other"] = (
            drawn_layers(*numbered)[0] for numbered in ((*key,), (*key, 2), (key[0], seed + 1))
        )
        return Seen(given["W"], DRAW(np.random.RandomState(seed), n_inputs, n_units), **given)

    return look


@aspect("first-bias", groups=["start"], noun="b", cases=SEEDED)
def see_first_bias(drawn_layers):
    """b of a layer with a seed."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["b"], given["other_b"] = (
            pending.error or pending.value
            for pending in (drawn_layers(*key)[1], drawn_layers(key[0], seed + 1)[1])
        )
        return Seen(given["b"], np.zeros((1, n_units)), **given)

    return look


@aspect("default", groups=["start"], noun="A layer without an activation", cases=["default"])
def see_default(by_default):
    """The output where the activation is left out."""

    def look(_):
        usual = by_default(None)
        if usual.error or not isinstance(usual.value, np.ndarray):
            return None
        return Seen(by_default(), usual.value, Z=usual.value)

    return look


@aspect("first-step", groups=["start"], noun="The first step", cases=["first"])
def see_first_step(student):
    """What the first step of a fresh layer raises, and what b is made of."""

    def look(_):
        student.begin()
        with student.program():
            layer = student.DenseLayer(2, 2, seed=seeds.number(3))
            b = layer.b
            returned = run_layer(layer, AffineCase(3, 2, 2)).input_gradient
        kind = getattr(getattr(b.error or b.value, "dtype", None), "kind", None)
        raised = returned.error.type_name if returned.error else None
        return Seen((kind, raised), ("f", None))

    return look


@aspect("unknown", groups=["unknown"], noun="An unknown activation", cases=NOT_THERE)
def see_unknown(student):
    """What the constructor raises, and what forward does if that raises nothing."""

    def look(name):
        student.begin()
        error = refusal(student, name)
        if error is not None:
            kind = "ValueError" if is_value_error(student, error) else error.type_name
            return Seen((kind, None), ("ValueError", None), name=name)
        case = AffineCase(2, 2, 3)
        student.begin()
        with student.program():
            layer = student.DenseLayer(2, 3, name)
            put_weights(layer, case)
            output = layer.forward(case.X)
        then = output.error.type_name if output.error else output.value
        given = looks(case)
        return Seen(("nothing", then), ("ValueError", None), name=name, **given)

    return look


@aspect("passes", groups=["state"], noun="What a layer gives in later passes", cases=["linear"])
def see_passes(rounds, observe):
    """The steps of W in the rounds on one layer, if they are right in fresh layers."""

    def step(case, passes):
        after = passes.W.error or passes.W.value
        fits = isinstance(after, np.ndarray) and after.shape == case.W.shape
        return case.W - after if fits else after

    def look(name):
        cases = rounds_with(name)
        wanted = [case.X.T @ case.G / case.batch for case in cases]
        if not all(is_close(step(c, observe(c)), w) for c, w in zip(cases, wanted, strict=True)):
            return None
        yours = [step(case, passes) for case, passes in zip(cases, rounds(name), strict=True)]
        return Seen(yours, wanted, rounds=cases, between=BETWEEN)

    return look


@aspect("layers", groups=["state"], noun="What two layers give side by side", cases=["two"])
def see_layers(two_layers, started, observe):
    """What of two layers is as if each were alone: the shapes of W and b, then what passes give."""

    def look(_):
        made, passes = two_layers()
        found = []
        for case, start, seen in zip(TWO, made, passes, strict=True):
            usual, alone = started((case.n_inputs, case.n_units)), observe(case)
            shapes = [_same_shape_as(a, b) for a, b in zip(start, usual, strict=True)]
            names = ("output", "input_gradient", "W", "b")
            found.append(
                shapes + [_same_value(getattr(seen, name), getattr(alone, name)) for name in names]
            )
        return Seen(found, [[True] * 6] * 2)

    return look


def _same_shape_as(pending, other):
    return not pending.error and not other.error and pending.value.shape == other.value.shape


def _same_value(pending, other):
    if pending.error or other.error:
        return False
    return is_close(pending.value, other.value)


@aspect("arguments", groups=["purity"], noun="The caller's arrays", cases=PURE)
def see_arguments(arguments_after):
    """Which of the caller's arrays are not what they were, and after which method."""

    def look(case):
        changed = [
            f"{name} by {method}"
            for name, method, done, before, after in arguments_after(case)
            if not done.error and not after.error and not is_close(after.value, before, 0.0, 0.0)
        ]
        return Seen(tuple(changed), (), name=activation_of(case))

    return look
