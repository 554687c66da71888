"""Checks of the problem `dense`.

Forward and gradients are checked on weights that the judge sets itself, and what a check needs
from another part of the layer is taken as the student has it: each mistake costs the points of
its own group. One run of a layer on a case (`observe`) serves all the checks that look at it.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pytest
from optimizers import SGD, Momentum

from grader.checks import (
    Seen,
    aspect,
    check,
    each_alone,
    expect,
    expect_arguments_left_alone,
    expect_array,
    expect_close,
    expect_nothing_left,
    expect_unchanged,
    fail,
    gradients,
    is_close,
    seeds,
)
from grader.checks.observation import Raised
from grader.layers import (
    FAR,
    AffineCase,
    Draw,
    as_row,
    distributions,
    each_case,
    looks,
    looks_at_start,
    some_cases,
)
from grader.layers.gradient_checks import expect_gradient, expect_slope
from grader.layers.parameters import (
    BIASES,
    N_INPUTS,
    N_UNITS,
    ROWS,
    WEIGHTS,
    as_drawn,
    expect_kept_shape,
    find_parameters,
    seen_as_kept,
)
from grader.layers.sequences import ANEW, EVALUATED, FROZEN, STEPS, THAWED, numbered
from grader.layers.typed_cases import TYPED
from grader.layers.updates import Updates, Waiting, same_numbers, weights_turned
from grader.sandbox.allowance import bounded

lasting = pytest.fixture(scope="module")  # the same for every submission


@dataclass
class Optimizer:
    """Moves what it is given by four times the gradient, or by 4 if the gradient does not fit.

    With a rate of 1 nobody would see who puts the rate on the gradient as well; 4 is not a factor
    that people use. A whole number leaves parameters what they are, half an integer off, so that
    nothing is mistaken for them.
    """

    learning_rate: float = 4.0

    def update(self, w, grad):
        """Return w - learning_rate * grad."""
        return w - self.learning_rate * (grad if np.shape(grad) == np.shape(w) else 1.0)


RATE = Optimizer().learning_rate


@dataclass
class MomentumOptimizer:
    """Momentum that takes ones for a gradient that does not fit: that is another check's matter."""

    learning_rate: float = 0.01
    momentum: float = 0.9
    _velocity: Any = field(default=0.0, repr=False)

    def update(self, w, grad):
        """Return the new value of w; remember the velocity for the next call."""
        grad = grad if np.shape(grad) == np.shape(w) else np.ones_like(w)
        self._velocity = self.momentum * self._velocity + grad
        return w - self.learning_rate * self._velocity


# -- what the student's layer does, seen once and shared -----------------------------------


def find_liberties(student):
    """What the submission calls its parameters, and whether it keeps `w0` as (n_units,)."""

    def initialized(shape):
        layer = student.Dense(n_units=N_UNITS, input_shape=shape)
        return layer, layer.initialize(student.expose(Optimizer(), "update", local=True))

    def works(shape):
        with student.program():
            _, done = initialized(shape)
        return not done.error

    as_number = not works((N_INPUTS,)) and works(N_INPUTS)
    shape = N_INPUTS if as_number else (N_INPUTS,)
    if as_number:
        student.note(
            "That initialize works only if input_shape is a number, and not a tuple, costs the"
            " points of initialization and no more: all else was given the number."
        )
    paid = dict.fromkeys(["input_shape", "set_input_shape"], "initialization") if as_number else {}
    found = find_parameters(
        student,
        lambda: initialized(shape)[0],
        {"W": WEIGHTS, "w0": BIASES},
        lambda layer: layer.forward_pass(np.ones((ROWS, N_INPUTS))),
        flat="w0 has shape (n_units,); the statement says (1, n_units).",
        arrays="W w0 forward_pass backward_pass".split(),
        turned_costs="initialization seeded".split(),
    )
    return msgspec.structs.replace(found, numbers=paid)


@dataclass(frozen=True)
class Observation:
    """One forward and one backward pass; all but the last are promises (`.value`).

    Attributes:
        left: What the two calls have left behind.
    """

    output: object
    input_gradient: object
    W: object
    w0: object
    left: object
    updates: Updates


@lasting
def new_layer(student):
    """Return a function that makes an initialized layer with the weights of a case."""

    def make(case, optimizer):
        layer = student.Dense(n_units=case.n_units, input_shape=(case.n_inputs,))
        layer.initialize(optimizer)
        put_weights(layer, case)
        return layer

    return make


def updates_in(student, optimizer, starts=()):
    """Return the calls of an optimizer's update by parameter; `starts` are all that there were."""
    return Updates(optimizer.calls, starts, turned=weights_turned(student))


def put_weights(layer, case):
    """Set the layer's weights and biases to those of the case."""
    set_parameters(layer, case.W, case.b)


def set_parameters(layer, W, b):
    """Set the layer's weights (n_inputs, n_units) and biases (1, n_units)."""
    layer.W, layer.w0 = W, b


def parameters_of(layer):
    """Return what the layer's weights and biases are now."""
    return layer.W, layer.w0


@lasting
def observe(student, once, drawn, new_layer):
    """Return a function that runs a fresh layer on a case: forward, backward, new weights."""

    def run(case):
        optimizer = student.expose(Optimizer(), "update", local=True)
        with student.program():
            layer = new_layer(case, optimizer)
            student.watch()
            output = layer.forward_pass(case.X)
            input_gradient = layer.backward_pass(case.G)
            left = student.left()
            W, w0 = parameters_of(layer)
        updates = updates_in(student, optimizer, (case.W, case.b))
        return Observation(output, input_gradient, W, w0, left, updates)

    return once.each("observe", [*drawn("case"), WHILE_TRAINING, *ROUNDS, *TWO], run)


@lasting
def right(reference):
    """Return a function that gives what is right for a case, from the reference solution."""
    return lambda case: _right(reference.Dense, case)


@dataclass(frozen=True)
class Right:
    """The reference's answers for a case."""

    output: np.ndarray
    input_gradient: np.ndarray
    weight_gradient: np.ndarray
    bias_gradient: np.ndarray


class _Keep:
    """An optimizer that changes nothing and keeps the gradient."""

    def update(self, w, grad):
        self.grad = grad
        return w


@lru_cache(maxsize=4096)
def _right(kind, case):
    layer = _reference_layer(kind, case)
    output = layer.forward_pass(case.X)
    input_gradient = layer.backward_pass(case.G)
    return Right(output, input_gradient, layer.W_opt.grad, layer.w0_opt.grad)


def _reference_layer(kind, case):
    layer = kind(n_units=case.n_units, input_shape=(case.n_inputs,))
    layer.initialize(_Keep())
    layer.W, layer.w0 = case.W, case.b
    return layer


# -- numerical gradients -------------------------------------------------------------------


@lasting
def numerical(student, once, new_layer):
    """Return a function: central differences of the student's own forward pass.

    For integer cases the first of the case's steps is 1 and the result exact, if the forward pass
    is affine. Whether it is, is not known of a wrong one.
    """

    def run(case, step):
        b = case.b
        with student.untraced(), student.program():
            layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
            forward = layer.forward_pass
            swept = {"input": (case.X, forward.sweep(gradients.perturbed(case.X, step)))}
            stack = gradients.perturbed(case.W, step)
            sweep = forward.sweep(stack, attribute="W", x=case.X)
            swept["weight"] = (case.W, sweep)
            put_weights(layer, case)
            stack = gradients.perturbed(b, step)
            swept["bias"] = (b, forward.sweep(stack, attribute="w0", x=case.X))
        return {
            name: gradients.from_sweep(pending, case.G, step, moved.shape)
            for name, (moved, pending) in swept.items()
        }

    return lambda case, step: once(("numerical", case, step), lambda: run(case, step))


LARGER = AffineCase(3, 3, 3, integers=False, seed=1)


@lasting
def own(numerical):
    """Return a function: the slopes of a part of the student's own forward pass, and elsewhere."""

    def slopes(case, part):
        return (numerical(case, step)[part] for step in case.steps)

    return lambda case, part: {"own": slopes(case, part), "elsewhere": slopes(LARGER, part)}


@lasting
def measured(reference):
    """Return a function: central differences of the reference's forward pass."""
    return lambda case: _measured(reference.Dense, case)


@lru_cache(maxsize=4096)
def _measured(kind, case):
    layer = _reference_layer(kind, case)

    def forward():
        return layer.forward_pass(case.X)

    return {
        "input": gradients.measured(layer.forward_pass, case.X, case.G, case.step),
        "weight": gradients.measured_at(layer, "W", forward, case.G, case.step),
        "bias": gradients.measured_at(layer, "w0", forward, case.G, case.step),
    }


# -- constructor ---------------------------------------------------------------------------


@check("constructor", "The arguments are kept, and nothing is made yet", weight=3)
def test_constructor(student):
    """What __init__ stores under the names of the statement."""
    wanted = {"n_units": 4, "input_shape": (3,), "trainable": True, "W": None, "w0": None}
    with student.as_written():
        layer = student.Dense(n_units=4, input_shape=(3,))
        with student.program():
            found = {name: getattr(layer, name) for name in wanted}
    for name, expected in wanted.items():
        yours = found[name].value
        same = type(yours) is type(expected) and yours == expected
        if name == "input_shape":
            same = _is_shape(yours, expected)
        expect(
            same,
            f"After Dense(n_units=4, input_shape=(3,)), layer.{name} should be {expected!r}.",
            what=f"layer.{name}",
            yours=yours,
        )
    units = student.Dense(4, input_shape=(3,)).n_units
    message = "After Dense(4, input_shape=(3,)), layer.n_units should be 4: n_units comes first."
    expect(units == 4, message, what="layer.n_units", yours=units)
    student.ask_as_stated(layer)


def _is_shape(yours, expected):
    """Whether a tuple or list of whole numbers is equal to `expected`."""
    sequence = isinstance(yours, tuple | list)
    plain = sequence and all(isinstance(size, int | np.integer) for size in yours)
    return plain and tuple(yours) == expected


@check("constructor", "The input shape can be set later")
def test_late_input_shape(student):
    """set_input_shape supplies what the constructor was not given."""
    with student.as_written():
        layer = student.Dense(n_units=4)
    before = layer.input_shape
    message = "After Dense(n_units=4), layer.input_shape should be None."
    expect(before is None, message, what="layer.input_shape", yours=before)
    with student.as_written():
        set_input_shape(student, layer, (3,))
    with student.program():
        shape, name = layer.input_shape, None
        if "Layer" in student.Dense.bases and "layer_name" in student.Dense.methods:
            name = layer.layer_name()
    yours = shape.value
    expect(
        _is_shape(yours, (3,)),
        "After set_input_shape((3,)), layer.input_shape should be (3,).",
        what="layer.input_shape",
        yours=yours,
    )
    if name is not None:
        message = "layer_name() should give the name of the class; leave the base class as it is."
        expect(name.value == "Dense", message, what="layer.layer_name()", yours=name.value)


def set_input_shape(student, layer, shape):
    """Set the input shape by the base class's method; where no base class has it, directly."""
    if "set_input_shape" in student.Dense.methods:
        layer.set_input_shape(shape)
    else:
        student.note("Dense has no set_input_shape, which Layer gives.")
        layer.input_shape = shape


# -- initialization ------------------------------------------------------------------------


START = seeds.number(3)
DRAW = Draw("uniform", lambda n_inputs, n_units: 1 / np.sqrt(n_inputs), "1/√n_inputs")


@lasting
def initialized(student, once):
    """Return a function: (W, w0) of a fresh layer after initialize."""

    def run(key):
        n_inputs, n_units, late = key
        student.seed(START)
        stated = student.as_written() if student.liberties.numbers else nullcontext()
        with student.program():
            with stated:
                if late:
                    layer = student.Dense(n_units=n_units)
                    set_input_shape(student, layer, (n_inputs,))
                else:
                    layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
            done = layer.initialize(student.expose(SGD(), "update", local=True))
            W, w0 = layer.W, layer.w0
        return done, W, w0

    found = once.each("initialized", [*SHAPES, *((*shape, False) for shape in LARGE)], run)

    def make(n_inputs, n_units, late=False):
        done, W, w0 = found((n_inputs, n_units, late))
        done.value  # if initialize raised, that is what the student should see
        return W, w0

    return make


SHAPES = [(1, 1, False), (2, 3, False), (3, 2, False), (4, 3, True)]


@check("initialization", "W has one row per input and one column per unit", weight=2)
def test_weight_shape(student, initialized):
    """W has shape (n_inputs, n_units), also if the input shape came late."""
    for n_inputs, n_units, late in SHAPES:
        W, _ = initialized(n_inputs, n_units, late)
        what = "layer.W after initialize"
        expect_kept_shape(student, "W", W.value, what, (n_inputs, n_units))


@check("initialization", "w0 starts as zeros, one for each unit", weight=2)
def test_bias_starts_at_zero(initialized):
    """w0 is zeros of shape (1, n_units)."""
    for n_inputs, n_units, late in SHAPES:
        _, w0 = initialized(n_inputs, n_units, late)
        zeros = np.zeros((1, n_units))
        expect_close(w0.value, zeros, what="layer.w0 after initialize", or_shapes=[(n_units,)])


LARGE = [(7, 600), (90, 90), (411, 20)]
"""No squares and no powers of two, whose roots are easily right."""


@lasting
def large_layers(initialized):
    """Return a function: (n_inputs, n_units, W) of layers that are large enough for statistics."""
    return lambda: [
        (*shape, expect_array(initialized(*shape)[0].value, "layer.W after initialize", shape))
        for shape in LARGE
    ]


@check("initialization", "W lies within the limit 1/√(number of inputs)", weight=4)
def test_weight_limits(large_layers):
    """The draws fill [-limit, limit] and do not leave it."""
    for n_inputs, _, W in large_layers():
        limit = 1 / np.sqrt(n_inputs)
        distributions.expect_limit(W, limit, f"1/√{n_inputs}", what="layer.W")


@check("initialization", "W is spread evenly over its range", weight=4)
def test_weights_are_uniform(large_layers):
    """Whatever the range: a wrong limit is the previous check's matter."""
    for _, _, W in large_layers():
        distributions.expect_uniform(W, what="layer.W")


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is X·W + w0", weight=8)
@each_case(13)
def test_forward(case, observe, right):
    """Generated shapes and values, non-zero biases."""
    yours, expected = observe(case).output.value, right(case).output
    expect_close(yours, expected, what="layer.forward_pass(X)", unit=case.units["output"])


@check("forward", "The published example", weight=1, variant_of="test_forward")
def test_published_output(student, published, observe, right):
    """The statement's example, on weights set by the judge; not by who knows no other answer."""
    with student.program():
        layer = student.Dense(n_units=3, input_shape=(2,))
        layer.initialize(student.expose(Optimizer(), "update", local=True))
        set_parameters(layer, np.array(published["W"]), np.array(published["w0"]))
        output = layer.forward_pass(np.array(published["X"]))
    expect_close(output.value, published["output"], what="layer.forward_pass(X)")
    expect_close(observe(FEW[1]).output.value, right(FEW[1]).output, what="layer.forward_pass(X)")


@lasting
def observe_typed(student, once, new_layer):
    """Return a function that runs a fresh layer on X and G of another layout or type."""

    def run(typed):
        case = typed.case
        optimizer = student.expose(Optimizer(), "update", local=True)
        with student.program():
            layer = new_layer(case, optimizer)
            X, G = typed.arrays(student)
            student.watch()
            output = layer.forward_pass(X)
            input_gradient = layer.backward_pass(G)
            left = student.left()
            W, w0 = parameters_of(layer)
        updates = updates_in(student, optimizer, (case.W, case.b))
        return Observation(output, input_gradient, W, w0, left, updates)

    return once.each("typed", TYPED, run)


@check("forward", "Inputs of other memory layouts and types", weight=3, variant_of="test_forward")
def test_forward_layouts(observe_typed, right):
    """Fortran-ordered, non-contiguous, integer and single-precision inputs; one row and more."""
    for typed in TYPED:
        output, expected = observe_typed(typed).output.value, right(typed.case).output
        expect_close(output, expected, what=f"layer.forward_pass(X), {typed}")


@lasting
def works(observe):
    """Return a function that raises what the smallest passes raise, if both of them do.

    What is left to other groups in a check would otherwise be all of it.
    """

    def look():
        seen = observe(FEW[0])
        if seen.input_gradient.error:
            seen.output.value

    return look


def accepted(observe_typed, waived):
    """Yield the kinds of arrays with which the forward pass works."""
    for typed in TYPED:
        with waived(to="forward"):
            observe_typed(typed).output.value
            yield typed


WHILE_TRAINING = AffineCase(3, 2, 2)


@check("forward", "forward_pass takes the argument training", weight=2)
def test_training_argument(student, new_layer, observe, waived):
    """training=True and training=False, by name and by position, give the same output."""
    case = WHILE_TRAINING
    usual = observe(case).output.value
    with waived(to="forward"):
        expect_array(usual, "layer.forward_pass(X)", case.G.shape)
    with student.program():
        layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
        outputs = {
            "layer.forward_pass(X, training=True)": layer.forward_pass(case.X, training=True),
            "layer.forward_pass(X, training=False)": layer.forward_pass(case.X, training=False),
            "layer.forward_pass(X, False)": layer.forward_pass(case.X, False),
        }
        again = new_layer(case, student.expose(Optimizer(), "update", local=True))
        repeated = [again.forward_pass(case.X) for _ in outputs]
    for (what, output), plain in zip(outputs.items(), repeated, strict=True):
        message = "The argument training must not change the output."
        later = isinstance(plain.value, np.ndarray) and not is_close(plain.value, usual)
        if isinstance(usual, np.ndarray):
            with waived(to="state") if later else nullcontext():  # a later pass, whatever is given
                expect_close(output.value, usual, what=what, message=message)
        else:
            output.value  # the call itself must work; what it returns is checked elsewhere


# -- input gradient ------------------------------------------------------------------------


@check("input-gradient", "backward_pass returns G·Wᵀ, with W as it was before the update", weight=2)
@each_case(13)
def test_input_gradient(case, observe, right, own, waived):
    """Compared with the reference; the optimizer really moves W in between."""
    expect_gradient(
        observe(case).input_gradient.value,
        right(case).input_gradient,
        what="layer.backward_pass(G)",
        **own(case, "input"),
        waived=waived(to="forward"),
        unit=case.units["input"],
    )


@check(
    "input-gradient",
    "Upstream gradients of other memory layouts and types",
    variant_of="test_input_gradient",
)
def test_input_gradient_layouts(observe_typed, right, waived, works):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    works()
    for typed in accepted(observe_typed, waived):
        with waived(to="forward"):
            yours, expected = observe_typed(typed).input_gradient, right(typed.case).input_gradient
            expect_close(yours.value, expected, what=f"layer.backward_pass(G), {typed}")


@check("input-gradient", "It is the slope of the loss, measured numerically")
@each_case(8, far=False)
def test_input_gradient_numerically(case, observe, own, measured, waived):
    """Exact central differences for integers, in double precision for floats."""
    expect_slope(
        observe(case).input_gradient.value,
        measured(case)["input"],
        what="layer.backward_pass(G)",
        **own(case, "input"),
        waived=waived(to="forward"),
        exact=case.exact,
    )


# -- weight and bias gradient --------------------------------------------------------------


@lasting
def gradient_for(observe, right):
    """Return a function: the gradient handed to the optimizer for W or w0.

    Where no optimizer is asked at all, which is another check's matter, it is what the parameter
    went down by, but for a rate: the same in all cases, as it is where one row makes means and
    sums equal.
    """

    def stepped(observation, case, name):
        start, after = (case.W, observation.W) if name == "W" else (case.b, observation.w0)
        if after.error or np.size(after.value) != start.size or np.shape(after.value) == ():
            return None
        return start - as_row(after.value, case.n_units)

    def wanted(case, name):
        return right(case).weight_gradient if name == "W" else right(case).bias_gradient

    def own(observation, case, name):
        one = FEW[0]
        first, step = stepped(observe(one), one, name), stepped(observation, case, name)
        if first is None or step is None or observation.updates.calls or not np.all(first):
            return None
        rate = float((first / wanted(one, name)).flat[0])
        start = case.W if name == "W" else case.b
        if np.spacing(np.abs(start).max()) > 1e-12 * abs(rate) * min(case.units.values()):
            return wanted(case, name)  # the step is lost in the digits of the parameter
        gradient = step / rate
        exact = np.rint(gradient * 1024) / 1024
        return exact if case.exact and np.allclose(gradient, exact, atol=1e-9) else gradient

    def find(observation, case, name):
        found = observation.updates.of(case.W if name == "W" else case.b)
        if found:
            return found[0][1]
        observation.input_gradient.value  # if backward_pass raised, that is the reason
        gradient = own(observation, case, name)
        if gradient is None:
            fail(
                f"backward_pass never called update with {name}, so there is no gradient to look"
                " at.",
                what=f"the calls of optimizer.update for {name}",
            )
        return gradient

    return find


def gradient_of(observation, name):
    """What a gradient is, for messages: handed to the optimizer, or seen in a step without it."""
    if observation.updates.calls:
        return f"the gradient given to the optimizer of {name}"
    return f"the gradient that {name} goes down by, times a rate,"


@check("weight-gradient", "The optimizer is given Xᵀ·G for W", weight=2)
@each_case(13)
def test_weight_gradient(case, observe, right, own, waived, gradient_for):
    """Compared with the reference."""
    expect_gradient(
        gradient_for(observe(case), case, "W"),
        right(case).weight_gradient,
        what=gradient_of(observe(case), "W"),
        **own(case, "weight"),
        waived=waived(to="forward"),
        unit=case.units["weights"],
    )


@check(
    "weight-gradient",
    "X and upstream gradients of other memory layouts and types",
    variant_of="test_weight_gradient",
)
def test_weight_gradient_layouts(observe_typed, right, waived, works, gradient_for):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    works()
    for typed in accepted(observe_typed, waived):
        with waived(to="forward"):
            yours = gradient_for(observe_typed(typed), typed.case, "W")
            what = f"{gradient_of(observe_typed(typed), 'W')}, {typed}"
            expect_close(yours, right(typed.case).weight_gradient, what=what)


@check("weight-gradient", "It is the slope of the loss, measured numerically")
@each_case(8, far=False)
def test_weight_gradient_numerically(case, observe, own, measured, waived, gradient_for):
    """Exact central differences for integers, in double precision for floats."""
    expect_slope(
        gradient_for(observe(case), case, "W"),
        measured(case)["weight"],
        what=gradient_of(observe(case), "W"),
        **own(case, "weight"),
        waived=waived(to="forward"),
        exact=case.exact,
    )


@check("bias-gradient", "The optimizer is given the column sums of G for w0", weight=2)
@each_case(13)
def test_bias_gradient(case, observe, right, own, waived, gradient_for):
    """Compared with the reference."""
    expect_gradient(
        gradient_for(observe(case), case, "w0"),
        right(case).bias_gradient,
        what=gradient_of(observe(case), "w0"),
        **own(case, "bias"),
        waived=waived(to="forward"),
        or_shapes=[(case.n_units,)],
        unit=case.units["bias"],
    )


@check(
    "bias-gradient",
    "Upstream gradients of other memory layouts and types",
    variant_of="test_bias_gradient",
)
def test_bias_gradient_layouts(observe_typed, right, waived, works, gradient_for):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    works()
    for typed in accepted(observe_typed, waived):
        with waived(to="forward"):
            yours = gradient_for(observe_typed(typed), typed.case, "w0")
            what = f"{gradient_of(observe_typed(typed), 'w0')}, {typed}"
            or_shapes = [(typed.case.n_units,)]
            expect_close(yours, right(typed.case).bias_gradient, what=what, or_shapes=or_shapes)


@check("bias-gradient", "It is the slope of the loss, measured numerically")
@each_case(8, far=False)
def test_bias_gradient_numerically(case, observe, own, measured, waived, gradient_for):
    """Exact central differences for integers, in double precision for floats."""
    expect_slope(
        gradient_for(observe(case), case, "w0"),
        measured(case)["bias"],
        what=gradient_of(observe(case), "w0"),
        **own(case, "bias"),
        waived=waived(to="forward"),
        exact=case.exact,
        or_shapes=[(case.n_units,)],
    )


# -- update --------------------------------------------------------------------------------


@check(
    "update",
    "update is called once per parameter and pass, as update(parameter, gradient)",
    weight=3,
)
@each_case(8)
def test_one_update_per_pass(case, observe):
    """Neither none nor two, and the arguments the right way round."""
    observation = observe(case)
    for start, name in ((case.W, "W"), (case.b, "w0")):
        found = observation.updates.of(start)
        if not found:
            observation.input_gradient.value
        count = len(found)
        expect(count > 0, f"backward_pass does not call the optimizer's update for {name}.")
        expect(count < 2, f"One backward_pass calls update {count} times for {name}, not once.")
        expect(
            not found[0][2],
            f"update is called as update(gradient, {name}); it should be update({name}, gradient).",
        )


@check("update", "What update returns becomes the new parameter", weight=3)
@each_case(8)
def test_update_is_kept(case, observe):
    """W and w0 hold exactly what the optimizer returned last."""
    observation = observe(case)
    parameters = (("W", case.W, observation.W), ("w0", case.b, observation.w0))
    for name, start, after in parameters:
        found = observation.updates.of(start)
        if not found:
            observation.input_gradient.value
            fail(f"update was not called for {name}, so {name} cannot have been updated.")
        result = found[-1][0].result
        if not isinstance(result, np.ndarray):
            fail(f"update was given something else than arrays for {name}.")
        yours = after.value
        what = f"layer.{name} after backward_pass"
        if (
            isinstance(yours, np.ndarray)
            and same_numbers(yours, start)
            and not same_numbers(result, start)
        ):
            fail(
                f"backward_pass left {name} as it was: what update returns has to be assigned.",
                what=what,
                yours=yours,
                expected=result,
            )
        message = f"{name} is not what update returned."
        or_shapes = [start.shape, start.reshape(-1).shape]
        expect_close(yours, result, what=what, message=message, or_shapes=or_shapes)


FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))
"""Enough for what does not depend on shapes."""


@lasting
def first_step(student, once):
    """Return a function: the parameters that initialize made, and those after the first step."""

    def run(case):
        optimizer = student.expose(Optimizer(), "update", local=True)
        student.seed(seeds.number(1))
        with student.program():
            layer = student.Dense(n_units=case.n_units, input_shape=(case.n_inputs,))
            layer.initialize(optimizer)
            before = parameters_of(layer)
            layer.forward_pass(case.X)
            done = layer.backward_pass(case.G)
            after = parameters_of(layer)
        return before, done, after, updates_in(student, optimizer)

    return once.each("first step", FEW[1:], run)


def starting_shapes(case):
    """What shapes W and w0 may have after initialize."""
    W = (case.n_inputs, case.n_units)
    return [W, (1, case.n_units)], [W, (case.n_units,)]


@check(
    "update",
    "What the very first update returns is kept as well",
    weight=2,
    variant_of="test_update_is_kept",
)
@some_cases(FEW[1:])
def test_first_update_is_kept(case, first_step, waived):
    """From the arrays that initialize made, of whatever type; their shapes are not this matter."""
    before, done, after, updates = first_step(case)
    if [np.shape(start.value) for start in before] not in starting_shapes(case):
        with waived(to="initialization"):
            fail("W and w0 have not the right shapes after initialize.")
        return
    for name, start, end in zip(("W", "w0"), before, after, strict=True):
        found = updates.of(start.value)
        if not found:
            done.value
            fail(f"The first backward_pass after initialize does not call update for {name}.")
        result = found[-1][0].result
        if not isinstance(result, np.ndarray):
            fail(f"update was given something else than arrays for {name}.")
        message = f"The first backward_pass after initialize does not keep the new {name}."
        what = f"layer.{name} after the first backward_pass"
        or_shapes = [(1, result.size), (result.size,)]
        expect_close(end.value, result, what=what, message=message, or_shapes=or_shapes)


@check(
    "update",
    "So it is with arrays of other memory layouts and types",
    variant_of="test_update_is_kept",
)
def test_typed_update_is_kept(observe_typed, waived, works):
    """What is wrong in every pass is left to the other checks of the group."""
    works()
    for typed in accepted(observe_typed, waived):
        seen = observe_typed(typed)
        starts = (("W", typed.case.W, seen.W), ("w0", typed.case.b, seen.w0))
        for name, start, after in starts:
            found = seen.updates.of(start)
            with waived(to=("forward", "update")):
                expect(found, f"With {typed}, update is not called for {name}.")
            result = found[-1][0].result if found else None
            if isinstance(result, np.ndarray):
                message = f"With {typed}, {name} is not what update returned."
                what, or_shapes = f"layer.{name}", [(1, result.size), (result.size,)]
                with waived(to="update"):
                    expect_close(
                        after.value, result, what=what, message=message, or_shapes=or_shapes
                    )


# -- optimizers ----------------------------------------------------------------------------


@lasting
def three_steps(student, once, new_layer):
    """Return a function: the log of three training steps with an optimizer that has momentum."""

    def run(case):
        optimizer = student.expose(MomentumOptimizer(learning_rate=0.5), "update", local=True)
        # Floats, so that the parameters of the three steps can be told apart in the log.
        cases = [replace(case, integers=False, seed=case.seed + step) for step in range(3)]
        with student.program():
            layer = new_layer(case, optimizer)
            results = []
            for step in cases:
                put_weights(layer, step)
                layer.forward_pass(step.X)
                results.append(layer.backward_pass(step.G))
        return optimizer, cases, results

    ran = once.each("three steps", FEW, run)

    def steps(case):
        optimizer, cases, results = ran(case)
        starts = [start for step in cases for start in (step.W, step.b)]
        updates = updates_in(student, optimizer, starts)
        found = [{"W": updates.of(step.W), "w0": updates.of(step.b)} for step in cases]
        used = [call for step in found for calls in step.values() for call, _, _ in calls]
        if not used or any(call.result is None for call in used):
            for result in results:
                result.value  # if backward_pass raised, that is the reason
            fail("backward_pass does not hand the optimizer what it could work with.")
        return optimizer, found

    return steps


@check("optimizers", "W and w0 each have an optimizer of their own", weight=2)
@some_cases(FEW)
def test_separate_optimizers(case, three_steps):
    """Two copies of the optimizer that initialize is given, and not that optimizer itself."""
    optimizer, steps = three_steps(case)
    used = {name: {u[0].number for step in steps for u in step[name]} for name in ("W", "w0")}
    expect(
        not used["W"] & used["w0"],
        "W and w0 are updated by the same optimizer. One that remembers past gradients "
        "(momentum) would mix them up: give each parameter a copy of its own.",
    )
    for name, numbers in used.items():
        expect(
            optimizer.number not in numbers,
            f"{name} uses the very optimizer that initialize was given, not a copy of it: "
            "a second layer that is given the same optimizer would share its memory.",
        )


@check("optimizers", "An optimizer keeps its memory from step to step")
@some_cases(FEW)
def test_momentum_over_steps(case, three_steps):
    """Three steps with momentum give what one optimizer per parameter gives for the gradients."""
    _, steps = three_steps(case)
    for name in ("W", "w0"):
        own = MomentumOptimizer(learning_rate=0.5)
        for number, step in enumerate(steps, 1):
            for call, gradient, swapped in step[name]:
                w = call.values[1 if swapped else 0]
                with np.errstate(all="ignore"):
                    given = (gradient, w) if swapped else (w, gradient)
                    wanted = bounded(own.update, *given)
                expect_close(
                    call.result,
                    wanted,
                    what=f"the new {name} after step {number}",
                    message=f"The optimizer of {name} has not kept its own memory (momentum): "
                    "is it shared, or copied anew?",
                )


@check("optimizers", "Two layers that are given the same optimizer do not share it")
def test_layers_do_not_share_optimizers(student, new_layer):
    """Each layer's copies serve that layer only."""
    one, other = (AffineCase(2, 2, 2, integers=False, seed=seed) for seed in (1, 2))
    optimizer = student.expose(MomentumOptimizer(learning_rate=0.5), "update", local=True)
    with student.program():
        layers = [new_layer(case, optimizer) for case in (one, other)]
        for layer, case in zip(layers, (one, other), strict=True):
            layer.forward_pass(case.X)
            result = layer.backward_pass(case.G)
    if not optimizer.calls:
        result.value
        fail("backward_pass never called the optimizer's update, so its use cannot be looked at.")
    used, updates = [], updates_in(student, optimizer)
    for case in (one, other):
        calls = [*updates.of(case.W), *updates.of(case.b)]
        used.append({call.number for call, _, _ in calls})
    expect(
        not used[0] & used[1],
        "Two layers use the same optimizer object. Make the copies in initialize, and keep them "
        "on the instance (self), not on the class.",
    )


# -- trainable -----------------------------------------------------------------------------


WHEN = ("before the forward pass", "after the forward pass")


@lasting
def frozen_pass(student, once, new_layer):
    """Return a function: gradient, parameters and calls of a pass with trainable = False."""

    def run(key):
        case, when = key
        optimizer = student.expose(Optimizer(), "update", local=True)
        with student.program():
            layer = new_layer(case, optimizer)
            if when.startswith("before"):
                layer.trainable = False
            layer.forward_pass(case.X)
            layer.trainable = False
            if when.startswith("before"):
                # A layer that changes trainable by itself must be seen doing it.
                layer = new_layer(case, optimizer)
                layer.trainable = False
                layer.forward_pass(case.X)
            gradient = layer.backward_pass(case.G)
            after = dict(zip(("W", "w0"), parameters_of(layer), strict=True))
        return gradient, after, updates_in(student, optimizer)

    return once.each("frozen", [(case, when) for when in WHEN for case in FEW], run)


@lasting
def unmoved(student, once, new_layer):
    """Return a function: the gradient of a trainable layer whose optimizer changes nothing.

    That is what a frozen layer has to hand on, also where it is wrong for another reason.
    """

    def run(case):
        with student.program():
            layer = new_layer(case, student.expose(Optimizer(0.0), "update", local=True))
            layer.forward_pass(case.X)
            return layer.backward_pass(case.G)

    return lambda case: once(("unmoved", case), lambda: run(case))


@check("trainable", "A frozen layer keeps its parameters and still returns the gradient")
@pytest.mark.parametrize("when", WHEN)
@some_cases(FEW)
def test_frozen(case, when, frozen_pass, observe, unmoved, right, waived):
    """trainable = False, set before and after the forward pass."""
    gradient, after, updates = frozen_pass((case, when))
    usual = observe(case).input_gradient
    if usual.error and gradient.error and usual.error.line == gradient.error.line:
        usual.value  # not a matter of being frozen
    frozen = gradient.value
    for name, start in (("W", case.W), ("w0", case.b)):
        message = f"trainable is False (set {when}), and backward_pass still changed {name}."
        yours = after[name].value
        expect_close(yours, start, what=f"layer.{name}", message=message, or_shapes=[case.b.shape])
    expect(
        not updates.calls,
        f"trainable is False (set {when}), and backward_pass still called update.",
    )
    expected, what = right(case).input_gradient, "layer.backward_pass(G) of a frozen layer"
    if is_close(frozen, expected):
        return
    with waived(to=("input-gradient", "forward")):
        expect_close(frozen, expected, what=what)
    usual = unmoved(case)
    if usual.error is None and isinstance(usual.value, np.ndarray):
        expect_close(
            frozen,
            usual.value,
            what=what,
            message="A frozen layer must hand the same gradient on as a trainable one.",
        )


# -- parameters and output shape -----------------------------------------------------------


@check("parameters", "parameters() counts weights and biases")
def test_parameter_count(student, waived):
    """n_inputs * n_units + n_units, as any kind of number; or what there is, if that is wrong."""
    for n_inputs, n_units in ((1, 1), (2, 3), (5, 4), (130, 140)):
        student.begin()
        arrays, count = parameter_count(student, n_inputs, n_units)
        there = count == size_of_wrong_arrays(arrays)
        with waived(to="initialization") if there else nullcontext():
            expect_count(student, count, n_inputs, n_units)


def parameter_count(student, n_inputs, n_units):
    """Return the parameters of a fresh layer, as promises, and what parameters() gives."""
    with student.program():
        layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
        layer.initialize(student.expose(SGD(), "update", local=True))
        counted = layer.parameters()
        arrays = parameters_of(layer)
    return arrays, counted.value


def expect_count(student, count, n_inputs, n_units):
    """Fail unless a count is right for a layer of these sizes."""
    expected = n_inputs * n_units + n_units
    numeric = isinstance(count, int | float | np.number) and not isinstance(count, bool)
    if isinstance(count, np.ndarray) and count.ndim == 0:
        numeric = True
    if not numeric or count != expected:
        fail(
            f"With n_inputs={n_inputs} and n_units={n_units}, parameters() should be {expected}:"
            " n_inputs·n_units weights and n_units biases.",
            what="layer.parameters()",
            yours=count,
            expected=expected,
        )
    if isinstance(count, float):
        student.note("parameters() returns a float; a count is better an int.")


def size_of_wrong_arrays(arrays):
    """The size of W and w0 together, where both are arrays: their shapes are another check's."""
    wrong = all(array.error is None and isinstance(array.value, np.ndarray) for array in arrays)
    return sum(array.value.size for array in arrays) if wrong else None


@check("output-shape", "output_shape() is the tuple (n_units,)")
def test_output_shape(student):
    """The shape of one row, before and without any batch."""
    for n_inputs, n_units in ((1, 1), (2, 3), (5, 5), (130, 140)):
        student.begin()
        expect_output_shape(output_shape(student, n_inputs, n_units), n_units)


def output_shape(student, n_inputs, n_units):
    """Return what output_shape() of a fresh layer gives."""
    with student.program():
        layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
        layer.initialize(student.expose(SGD(), "update", local=True))
        answer = layer.output_shape()
    return answer.value


def expect_output_shape(shape, n_units):
    """Fail unless output_shape() gave (n_units,)."""
    if type(shape) is not tuple or shape != (n_units,):
        fail(
            f"With n_units={n_units}, output_shape() should be the tuple ({n_units},).",
            what="layer.output_shape()",
            yours=shape,
            expected=(n_units,),
        )


# -- state ---------------------------------------------------------------------------------


def expect_as_fresh(run, case, fresh, updates, situation):
    """Fail unless a pass gave what a fresh layer gives for the case."""
    output, input_gradient = run
    pairs = (
        ("layer.forward_pass(X)", output, fresh.output),
        ("layer.backward_pass(G)", input_gradient, fresh.input_gradient),
    )
    for what, yours, wanted in pairs:
        wanted.value  # if a fresh layer fails as well, it is not a matter of state
        value = yours.value
        if isinstance(wanted.value, np.ndarray):
            message = f"{situation}, it is not what a fresh layer gives."
            expect_close(value, wanted.value, what=what, message=message)
    for name, start in (("W", case.W), ("w0", case.b)):
        mine, theirs = updates.of(start), fresh.updates.of(start)
        expect(
            mine or not theirs,
            f"{situation}, {name} is not updated, which it is in a fresh layer.",
            what=f"the calls of optimizer.update for {name}",
        )
        if mine and theirs and isinstance(theirs[0][1], np.ndarray):
            message = f"{situation}, the gradient of {name} is not what a fresh layer gives."
            what = f"the gradient given to the optimizer of {name}"
            expect_close(mine[0][1], theirs[0][1], what=what, message=message)


ROUNDS = [AffineCase(rows, 3, 2, integers=False) for rows in (2, 4, 1, 3)]
"""Floats, so that the log of updates tells the parameters of the rounds apart."""
BETWEEN = AffineCase(5, 3, 2, seed=9)


@check("state", "Passes do not remember the ones before, whatever the batch size")
def test_repeated_passes(student, new_layer, observe):
    """Forward and backward again and again on one layer, with forward passes of others between.

    What those give is not looked at: a layer that cannot be told `training` loses that elsewhere.
    """
    fresh = [observe(case) for case in ROUNDS]
    student.begin()
    optimizer = student.expose(Optimizer(), "update", local=True)
    with student.program():
        layer = new_layer(ROUNDS[0], optimizer)
        runs = []
        for case in ROUNDS:
            put_weights(layer, case)
            layer.forward_pass(BETWEEN.X)
            layer.forward_pass(BETWEEN.X, training=False)
            runs.append((layer.forward_pass(case.X), layer.backward_pass(case.G)))
    updates = updates_in(student, optimizer)
    for number, (run, case, alone) in enumerate(zip(runs, ROUNDS, fresh, strict=True), 1):
        situation = f"In pass {number} on the same layer"
        expect_as_fresh(run, case, alone, updates, situation)


@lasting
def started(student, once):
    """Return a function: W and w0 after initialize, the generator seeded just before.

    Where initialize raises, that is what is in their place.
    """

    def run(key):
        (n_inputs, n_units), seed, _ = key
        student.seed(seed)
        with student.program():
            layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
            done = layer.initialize(student.expose(SGD(), "update", local=True))
            W, w0 = parameters_of(layer)
        return (done, done) if done.error else (W, w0)

    return lambda shape, seed, time=1: once(
        ("started", shape, seed, time), lambda: run((shape, seed, time))
    )


TWO = [AffineCase(2, 2, 3, False, seed=1), AffineCase(3, 4, 2, False, seed=2)]


@check("state", "Two layers do not disturb each other")
def test_interleaved_layers(student, started, observe, waived):
    """Two layers: make both, initialize both, forward both, then backward both."""
    cases = TWO
    fresh = [observe(case) for case in cases]
    alone = [started((case.n_inputs, case.n_units), seeds.number(1))[0].value for case in cases]
    student.begin()
    optimizer = student.expose(Optimizer(), "update", local=True)
    with student.program():
        layers = [student.Dense(n_units=c.n_units, input_shape=(c.n_inputs,)) for c in cases]
        for layer in layers:
            layer.initialize(optimizer)
        drawn = [parameters_of(layer)[0] for layer in layers]
        third = student.Dense(n_units=cases[0].n_units, input_shape=(cases[0].n_inputs,))
        third.initialize(optimizer)
        others = [parameters_of(layer)[0] for layer in (layers[0], third)]
        pairs = list(zip(layers, cases, strict=True))
        for layer, case in pairs:
            put_weights(layer, case)
        outputs = [layer.forward_pass(case.X) for layer, case in pairs]
        results = [layer.backward_pass(case.G) for layer, case in pairs]
    for W, usual, number in zip(drawn, alone, ("first", "second"), strict=True):
        message = (
            f"Two layers are made, then both are initialized: W of the {number} has not the shape"
            " that it has without the other. What belongs to a layer is kept on self."
        )
        same = np.shape(W.value) == np.shape(usual)
        expect(same, message, what=f"layer.W of the {number} layer", yours=W.value)
    if drawn[0].error is None and isinstance(drawn[0].value, np.ndarray):
        message = "W of a layer is another one after another layer of its size is initialized."
        expect_close(others[0].value, drawn[0].value, what="layer.W", message=message)
        message = "Two layers are initialized, one after the other, and have the same W."
        with waived(to=("seeded", "initialization")):
            expect(not same_numbers(others[1].value, drawn[0].value), message, what="layer.W")
    updates = updates_in(student, optimizer)
    for run, case, unshared in zip(zip(outputs, results, strict=True), cases, fresh, strict=True):
        expect_as_fresh(run, case, unshared, updates, "With a second layer in use")


# -- several passes on one layer -----------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A pass in the middle of others; what comes from the student's layer, in promises.

    Attributes:
        kind: As in :class:`grader.layers.sequences.Pass`.
        before, after: (W, w0).
        output, input_gradient: What forward_pass and backward_pass returned.
        calls: The calls of update with W and with w0 that were made for it; None for each without.
    """

    case: AffineCase
    kind: str
    before: tuple
    output: object
    input_gradient: object
    after: tuple
    calls: tuple = (None, None)


@dataclass(frozen=True)
class Training:
    """What came of a sequence of passes on one layer.

    Attributes:
        passed: The steps, without the calls of update.
        calls: All calls of update, in order.
        parameters, output_shape: What these two methods give in the end, as promises.
        left: What the calls have left behind, as a promise.
        turned: Whether the weights are kept with a row for each unit.
    """

    passed: list
    calls: list
    parameters: object
    output_shape: object
    left: object
    turned: bool

    @cached_property
    def sorted_calls(self):
        """For each step the calls that belong to it, and those that belong to none."""
        waiting, found = Waiting(self.calls, turned=self.turned), []
        for number, step in enumerate(self.passed):
            own = (None, None)
            if step.kind != "frozen":
                later = [each.before for each in self.passed[number:] if each.kind != "frozen"]
                own = tuple(
                    waiting.take(*(pending.error or pending.value for pending in starts))
                    for starts in zip(*later, strict=True)
                )
            found.append(own)
        return found, waiting.spare

    @cached_property
    def steps(self):
        """The steps, with the calls of update that belong to them."""
        pairs = zip(self.passed, self.sorted_calls[0], strict=True)
        return [replace(step, calls=calls) for step, calls in pairs]

    @property
    def spare(self):
        """Calls of update that belong to no step."""
        return self.sorted_calls[1]


@lasting
def trained(student, once, new_layer):
    """Return a function: the training of a layer by a sequence of passes.

    Nobody sets its parameters in between; they are only read.
    """

    def run(sequence):
        optimizer = student.expose(MomentumOptimizer(learning_rate=1 / 64), "update", local=True)
        steps = []
        with student.program():
            layer = new_layer(sequence[0].case, optimizer)
            before, learns = parameters_of(layer), True
            student.watch()
            for each in sequence:
                if each.kind == "again":
                    student.seed(seeds.number(len(steps)))
                    layer.initialize(optimizer)
                    before = parameters_of(layer)
                if each.kind == "evaluate":
                    layer.forward_pass(each.case.X, training=False)
                    continue
                if learns != (each.kind != "frozen"):
                    learns = layer.trainable = not learns
                passed = layer.forward_pass(each.case.X), layer.backward_pass(each.case.G)
                after = parameters_of(layer)
                steps.append(Step(each.case, each.kind, before, *passed, after))
                before = after
            for _ in range(2):
                sizes = layer.parameters(), layer.output_shape()
            left = student.left()
        return Training(steps, optimizer.calls, *sizes, left, weights_turned(student))

    return once.each("trained", SEQUENCES, run)


SEQUENCES = (STEPS, FROZEN, EVALUATED, ANEW, THAWED)


@lasting
def unwatched(student, once, new_layer):
    """Return a function: (output, input gradient) of each step of training that nobody looks at."""

    def run():
        optimizer = student.expose(MomentumOptimizer(learning_rate=1 / 64), "update", local=True)
        with student.program():
            layer = new_layer(STEPS[0].case, optimizer)
            return [
                (layer.forward_pass(each.case.X), layer.backward_pass(each.case.G))
                for each in STEPS
            ]

    return lambda: once("unwatched", run)


@lasting
def right_now(reference):
    """Return a function: what is right in a step, for the parameters that there are before it."""

    def find(step):
        W, w0 = (pending.value for pending in step.before)
        expect_array(W, "layer.W", step.case.W.shape)
        expect_array(w0, "layer.w0", step.case.b.shape, or_shapes=[(step.case.n_units,)])
        layer = _reference_layer(reference.Dense, step.case)
        layer.W, layer.w0 = W, w0.reshape(step.case.b.shape)
        output = layer.forward_pass(step.case.X)
        input_gradient = layer.backward_pass(step.case.G)
        return Right(output, input_gradient, layer.W_opt.grad, layer.w0_opt.grad)

    return find


@check("state", "Each pass is right, whatever came before it", weight=2)
def test_each_step(trained, right_now, waived, works):
    """In a layer that learns: for the parameters that it has by then."""
    works()
    for sequence in SEQUENCES:
        for place, step in numbered(trained(sequence).steps):
            right = None
            with waived(to=("update", "initialization", "optimizers")):
                right = right_now(step)
            if right is not None:
                expect_step(place, step, right, waived)
    for place, step in numbered(trained(EVALUATED).steps):
        with waived(to="update"):
            expect_updated(f"{place}, after one with training=False", step)


def expect_step(place, step, right, waived):
    """Fail unless a step is right; what is wrong in every pass is left to the groups for it."""
    passes = ("forward", "input-gradient", "trainable")[: 3 if step.kind == "frozen" else 2]
    what = "layer.forward_pass(X)"
    message = f"{place}, the output is not X·W + w0 with the W and w0 of that moment."
    with waived(to="forward"):
        expect_close(step.output.value, right.output, what=what, message=message)
    what = "layer.backward_pass(G)"
    message = f"{place}, the gradient is not G·Wᵀ with the W that made the output."
    with waived(to=passes):
        expect_close(step.input_gradient.value, right.input_gradient, what=what, message=message)
    pairs = (("W", "weight", right.weight_gradient), ("w0", "bias", right.bias_gradient))
    for (name, kind, expected), call in zip(pairs, step.calls, strict=True):
        if call is None:
            continue  # which is the matter of the update
        what = f"the gradient given to the optimizer of {name}"
        message = f"{place}, the gradient of {name} is not that of this pass."
        with waived(to=("forward", f"{kind}-gradient", "update")):
            or_shapes = [(step.case.n_units,)] if name == "w0" else []
            expect_close(call.values[1], expected, what=what, message=message, or_shapes=or_shapes)


@check(
    "update",
    "Every step updates both parameters, once, and keeps the result",
    variant_of="test_update_is_kept",
)
def test_update_of_each_step(trained, waived, works):
    """For several steps in a row, also after initialize is called again.

    What is wrong in every single pass is left to the other checks of the group.
    """
    works()
    for sequence in (STEPS, ANEW):
        training = trained(sequence)
        for place, step in numbered(training.steps):
            with waived(to="state"):
                step.input_gradient.value
            with waived(to="update"):
                expect_updated(place, step)
        message = "In training, update is called more often than once per parameter and pass."
        with waived(to="update"):
            expect(not training.spare, message)


def expect_updated(place, step):
    """Fail unless both parameters are what update returned for them."""
    if step.input_gradient.error:
        return
    for name, call, after in zip(("W", "w0"), step.calls, step.after, strict=True):
        if call is None:
            fail(f"{place}, update is not called with {name}.")
        if not isinstance(call.result, np.ndarray):
            fail(f"{place}, update is given something else than arrays for {name}.")
        message = f"{place}, {name} is not what update returned."
        what = f"layer.{name} after backward_pass"
        or_shapes = [(1, call.result.size), (call.result.size,)]
        expect_close(after.value, call.result, what=what, message=message, or_shapes=or_shapes)


@check("optimizers", "Each optimizer goes on as it began", weight=0.5)
def test_optimizers_of_each_step(trained, waived, works):
    """With the settings and the memory of the one that initialize is given, and new at each.

    What shows in three steps with weights that are set is said by the other checks of the group.
    """
    works()
    for sequence in (STEPS, ANEW):
        training = trained(sequence)
        unusual = training.spare or any(None in step.calls for step in training.steps)
        with waived(to=("optimizers", *(("update", "state") if unusual else ()))):
            expect_own_optimizers(training.steps)


def expect_own_optimizers(steps):
    """Fail unless the calls of update gave what an optimizer for each parameter gives."""
    own = {}
    for place, step in numbered(steps):
        if step.kind == "again":
            own.clear()
        for name, call in zip(("W", "w0"), step.calls, strict=True):
            if call is None:
                continue
            with np.errstate(all="ignore"):
                mine = own.setdefault(name, MomentumOptimizer(learning_rate=1 / 64))
                wanted = bounded(mine.update, *call.values)
            message = (
                f"{place}, the optimizer of {name} does not give what a copy of the one that"
                " initialize was given gives: it has to keep its settings and its memory."
            )
            expect_close(call.result, wanted, what=f"the new {name}", message=message)


@check("trainable", "A layer can be frozen and set free again")
def test_frozen_in_between(trained, waived):
    """In the midst of training: it stays as it is, and learns on when it is set free."""
    training = trained(FROZEN)
    for place, step in numbered(training.steps):
        with waived(to="state"):
            step.input_gradient.value
        if step.kind != "frozen":
            with waived(to="update"):
                expect_updated(place, step)
            continue
        for name, before, after in zip(("W", "w0"), step.before, step.after, strict=True):
            message = f"{place}, trainable is False, and backward_pass still changes {name}."
            what = f"layer.{name} after backward_pass"
            if before.error is None and isinstance(before.value, np.ndarray):
                expect_close(after.value, before.value, what=what, message=message)
    with waived(to="update"):
        expect(not training.spare, "A layer that is frozen in between calls update too often.")


@check("state", "Training goes on as it does when nobody looks at the parameters")
def test_unwatched_training(trained, unwatched, works):
    """The same passes with and without reading W and w0 between them."""
    works()
    for (place, alone), watched in zip(numbered(unwatched()), trained(STEPS).steps, strict=True):
        usual = watched.output, watched.input_gradient
        whats = ("layer.forward_pass(X)", "layer.backward_pass(G)")
        for what, now, then in zip(whats, alone, usual, strict=True):
            if then.error is None and isinstance(then.value, np.ndarray):
                message = f"{place}, what it returns depends on whether W and w0 are read before."
                expect_close(now.value, then.value, what=what, message=message)


@lasting
def all_left(student, drawn, observe, observe_typed, trained):
    """Return a function: (place, what was left behind) wherever passes are looked at."""

    def find():
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case).left
        for typed in TYPED:
            yield f"With {typed}: ", lambda typed=typed: observe_typed(typed).left
        for passes in SEQUENCES:
            yield "In several passes on one layer: ", lambda passes=passes: trained(passes).left

    return lambda: each_alone(student, find())


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(all_left, works):
    """Arrays that were returned earlier; NumPy's global generator and its error handling."""
    works()
    for place, left in all_left():
        expect_nothing_left(left, place, may_draw={"initialize"})


@check("initialization", "initialize can be called again")
def test_initialized_again(trained, initialized, waived):
    """After some steps of training: W is drawn anew, and w0 is zero."""
    initialized(*SHAPES[1])  # raises what initialize raises at first
    told = [list(enumerate(numbered(trained(sequence).steps))) for sequence in (ANEW, THAWED)]
    for number, (place, step) in chain(*told):
        if step.kind != "again":
            continue
        case, (W, w0) = step.case, step.before
        message = f"{place}, after initialize, the parameters are not those of a fresh layer."
        with waived(to=("constructor", "initialization", "seeded")):
            drawn = DRAW(np.random.RandomState(seeds.number(number)), case.n_inputs, case.n_units)
            expect_close(W.value, drawn, what="layer.W", message=message)
        with waived(to=("constructor", "initialization")):
            zeros, flat = np.zeros((1, case.n_units)), (case.n_units,)
            expect_close(w0.value, zeros, what="layer.w0", message=message, or_shapes=[flat])


@check("parameters", "So it is after training", variant_of="test_parameter_count")
def test_parameter_count_after_training(student, trained, waived):
    """Also after frozen passes, and after those that were not for training."""
    parameter_count(student, 2, 3)  # raises what it raises at first
    for sequence in SEQUENCES:
        with waived(to=("parameters", "update", "optimizers", "initialization")):
            expect_count(student, trained(sequence).parameters.value, 3, 2)


@check("output-shape", "So it is after training", variant_of="test_output_shape")
def test_output_shape_after_training(student, trained, waived):
    """Also after frozen passes, and after those that were not for training."""
    output_shape(student, 3, 2)  # raises what it raises at first
    for sequence in SEQUENCES:
        with waived(to="output-shape"):
            expect_output_shape(trained(sequence).output_shape.value, 2)


# -- purity --------------------------------------------------------------------------------


@lasting
def arguments_after(student, once, new_layer):
    """Return a function: the caller's arrays, read back after each pass."""

    def run(case):
        with student.program():
            X, G = student.array(case.X), student.array(case.G)
            layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
            done = layer.forward_pass(X)
            read = [("X", "forward_pass", done, case.X, student.read(X))]
            done = layer.backward_pass(G)
            read += [
                ("X", "backward_pass", done, case.X, student.read(X)),
                ("accum_grad", "backward_pass", done, case.G, student.read(G)),
            ]
        return read

    return once.each("arguments", FEW, run)


@check("purity", "X and accum_grad are left as they were", weight=3)
@some_cases(FEW)
def test_arguments_unchanged(case, arguments_after):
    """Read back after both passes."""
    expect_unchanged(arguments_after(case))


@check(
    "purity",
    "So they are after every other pass that is looked at",
    variant_of="test_arguments_unchanged",
)
def test_arguments_left_alone(all_left, waived, works):
    """What shows in an ordinary pass is said by the other check."""
    works()
    for place, left in all_left():
        with waived(to="purity"):
            expect_arguments_left_alone(left, place)


# -- seeded --------------------------------------------------------------------------------


@lasting
def published(expected):
    """The statement's example."""
    return expected[0]


@lasting
def seeded_pass(student, once, expected):
    """Return a function: what a seeded layer does, for the number of an entry of expected.json."""

    def run(number):
        wanted = expected[number]
        student.seed(wanted["seed"])
        shape = tuple(wanted["input_shape"])
        with student.program():
            layer = student.Dense(n_units=wanted["n_units"], input_shape=shape)
            optimizer = student.expose(SGD(wanted["learning_rate"]), "update", local=True)
            done = layer.initialize(optimizer)
            W, w0 = parameters_of(layer)
            output = layer.forward_pass(np.array(wanted["X"]))
            gradient = layer.backward_pass(np.array(wanted["accum_grad"]))
        return done, W, w0, output, gradient

    return once.each("seeded", range(len(expected)), run)


@check("seeded", "The example of the statement, after np.random.seed(42)", weight=2)
def test_seeded_example(student, published, seeded_pass, waived):
    """The published numbers."""
    expect_seeded(student, published, seeded_pass(0), waived)


@check("seeded", "Other shapes, batches and seeds")
def test_seeded_numbers(student, expected, seeded_pass, waived):
    """The other entries of expected.json."""
    for number in range(1, len(expected)):
        student.begin()
        expect_seeded(student, expected[number], seeded_pass(number), waived)


@check("seeded", "Layers of every size draw from the same numbers")
def test_seeded_sizes(student, initialized, waived):
    """After a seed of the check's own; the range that they are drawn from is another matter."""
    message = "These are not the weights that np.random.uniform draws, in one call."
    for n_inputs, n_units, *late in (*SHAPES, *LARGE):
        W, _ = initialized(n_inputs, n_units, *late)
        with waived(to=("constructor", "initialization", "seeded")):
            wanted = DRAW(np.random.RandomState(START), n_inputs, n_units)
            yours = as_drawn(student, "W", W.value)
            expect_close(yours, wanted, what="layer.W after initialize", message=message)


def expect_seeded(student, wanted, seen, waived):
    """Fail unless a seeded layer gave the expected output and input gradient.

    This group is about the draw. Numbers that are wrong for another reason, which costs its
    points where it belongs, do not cost them here as well: then it is enough that the weights
    are drawn from the expected stream, whatever limits they are scaled to; or in single
    precision, where that shows in other groups.
    """
    done, W, _, output, gradient = seen
    done.value
    right = [
        pending.error is None and is_close(pending.value, np.array(wanted[key]))
        for pending, key in ((output, "output"), (gradient, "input_gradient"))
    ]
    if all(right):
        return
    yours = as_drawn(student, "W", W.value)
    drawn = expect_array(yours, "layer.W after initialize", np.shape(wanted["W"]))
    right_draw = np.array(wanted["W"])
    if not distributions.same_draw(drawn, right_draw):
        short = distributions.single_precision(drawn, right_draw)
        others = ("initialization", "forward", "input-gradient", "weight-gradient")
        with waived(to=others) if short else nullcontext():
            expect_close(
                yours,
                right_draw,
                what="layer.W after initialize",
                message="These are not the weights that np.random.uniform draws after "
                f"np.random.seed({wanted['seed']}). Draw W in one call from NumPy's global "
                "generator, and do not seed it yourself.",
            )
    with waived(to=("initialization", "forward")):
        expect_close(output.value, np.array(wanted["output"]), what="layer.forward_pass(X)")
    elsewhere = ("initialization", "forward", "input-gradient", "weight-gradient", "bias-gradient")
    with waived(to=elsewhere):
        expected = np.array(wanted["input_gradient"])
        expect_close(gradient.value, expected, what="layer.backward_pass(G)")


def expected_values(reference):
    """Make the contents of expected.json from the reference solution."""
    shapes = [
        (42, 1, 2, 3),
        (42, 4, 3, 2),
        (0, 3, 3, 3),
        (7, 20, 5, 4),
        (123, 2, 4, 6),
        (2024, 8, 7, 2),
        (43, 2, 2, 3),  # the shape of the published example, and other numbers
        (5, 2, 1, 3),
        (6, 3, 2, 1),
    ]
    cases = []
    for seed, batch, n_inputs, n_units in shapes:
        generator = np.random.default_rng(seed)
        if (seed, batch) == (42, 1):
            X, G = np.array([[1.0, 2.0]]), np.array([[0.1, 0.2, 0.3]])
        else:
            X = generator.standard_normal((batch, n_inputs)).round(3)
            G = generator.standard_normal((batch, n_units)).round(3)
        np.random.seed(seed)
        layer = reference.Dense(n_units=n_units, input_shape=(n_inputs,))
        layer.initialize(SGD(0.01))
        W, w0 = layer.W, layer.w0
        values = {"X": X, "accum_grad": G, "W": W, "w0": w0}
        values["output"] = layer.forward_pass(X)
        values["input_gradient"] = layer.backward_pass(G)
        values["W_after"], values["w0_after"] = layer.W, layer.w0
        case = {"seed": seed, "n_units": n_units, "input_shape": [n_inputs], "learning_rate": 0.01}
        cases.append(case | {name: value.tolist() for name, value in values.items()})
    return cases


# -- style: a note, no marks ---------------------------------------------------------------


@check("forward", "Rows are computed together", weight=0)
def test_vectorised(student, new_layer):
    """Lines executed must not grow with the batch. Counted, not timed; only a note."""
    counts = []
    for batch in (2, 32):
        case = AffineCase(batch, 3, 2)
        with student.program():
            layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
            lines = layer.forward_pass.count_lines(case.X), layer.backward_pass.count_lines(case.G)
        if any(count.error is not None for count in lines):
            return
        counts.append(sum(count.value for count in lines))
    if counts[1] > counts[0]:
        student.note(
            "The work is done row by row in Python (a loop over the batch). That is allowed; "
            "NumPy's matrix product does all rows at once, and much faster."
        )


# -- ways to look at what failed, for diagnoses.py -----------------------------------------

MORE = tuple(AffineCase(*shape, integers=False, seed=99) for shape in [(5, 4, 3), (3, 3, 3)])
KEPT = {
    "layer.n_units after the constructor": ("n_units", "", 4),
    "layer.input_shape after the constructor": ("input_shape", "", (3,)),
    "layer.input_shape without the argument": ("input_shape", "never given", None),
    "layer.input_shape after set_input_shape": ("input_shape", "set", (3,)),
    "layer.trainable after the constructor": ("trainable", "", True),
    "layer.W after the constructor": ("W", "", None),
    "layer.w0 after the constructor": ("w0", "", None),
}
"""What the constructor is asked to keep: the attribute, what of the input shape is late, and what
is right."""


@aspect("kept", groups=["constructor"], noun="{case}", cases=KEPT, apart=True)
def see_kept(student):
    """What the constructor keeps, attribute by attribute."""

    def look(case):
        name, late, right = KEPT[case]
        student.begin()
        with student.program():
            layer = student.Dense(n_units=4, **({} if late else {"input_shape": (3,)}))
            if late == "set":
                set_input_shape(student, layer, (3,))
            yours = getattr(layer, name)
        value = yours.error or yours.value
        if isinstance(value, list):
            value = tuple(value)  # as good
        return Seen(value, right, attribute=name, late=late, value=value)

    return look


@aspect(
    "unmoved",
    groups=["forward", "weight-gradient", "bias-gradient", "update", "trainable", "state"],
    noun="layer.{case} after forward_pass",
    cases=["W", "w0"],
    apart=True,
)
def see_unmoved(student, new_layer):
    """Whether forward_pass leaves the parameters alone."""

    def look(name):
        changed = []
        for case in FEW:
            student.begin()
            with student.program():
                layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
                output = layer.forward_pass(case.X)
                after = dict(zip(("W", "w0"), parameters_of(layer), strict=True))
            if output.error or after[name].error:
                return None
            start = case.W if name == "W" else case.b
            changed.append(not same_numbers(after[name].value, start))
        yours = "changed" if any(changed) else "as it was"
        return Seen(yours, "as it was", name=name)

    return look


@aspect("output", groups=["forward"], noun="The output", more=MORE)
def see_output(observe, right):
    """What forward_pass(X) returns."""
    return lambda case: Seen(observe(case).output, right(case).output, **looks(case))


@aspect("training", groups=["forward"], noun="The output with training=False", cases=FEW)
def see_training(student, new_layer, observe):
    """What forward_pass(X, training=False) returns, compared with the usual output."""

    def look(case):
        usual = observe(case).output
        if usual.error or not isinstance(usual.value, np.ndarray):
            return None
        student.begin()
        with student.program():
            layer = new_layer(case, student.expose(Optimizer(), "update", local=True))
            output = layer.forward_pass(case.X, training=False)
        return Seen(output, usual.value, **looks(case))

    return look


@aspect("layouts", groups=["forward"], noun="The output for such an input", cases=TYPED)
def see_layouts(observe_typed, right):
    """What forward_pass gives for inputs of other memory layouts and types."""

    def look(typed):
        seen, case = observe_typed(typed), typed.case
        return Seen(seen.output, right(case).output, kind=typed.X, **looks(case))

    return look


@aspect("input-gradient", groups=["input-gradient"], noun="The returned gradient", more=MORE)
def see_input_gradient(observe, right):
    """What backward_pass(G) returns; the weights have moved meanwhile."""

    def look(case):
        seen = observe(case)
        new = {"output": seen.output, "new_W": seen.W, "new_b": seen.w0, "rate": RATE}
        new["results"] = [call.result for call, *_ in seen.updates.of(case.W)]
        return Seen(seen.input_gradient, right(case).input_gradient, **looks(case), **new)

    return look


def handed(observe, case, start, right, **more):
    """Look at the gradient given to update for a parameter; at what backward_pass raised, if so.

    Where update is not called, there is no gradient to say anything about. Where it is called
    several times, with parts that add up to the right one, what is seen is ``in parts``.
    """
    seen = observe(case)
    found = seen.updates.of(start)
    if not found and not seen.input_gradient.error:
        return None
    gradients = [as_row(gradient, case.n_units) for _, gradient, _ in found]
    yours = gradients[0] if found else seen.input_gradient
    if len(found) > 1 and all(np.shape(each) == np.shape(start) for each in gradients):
        yours = "in parts" if is_close(sum(gradients), right) else yours
    return Seen(yours, right, rate=RATE, calls=len(found), **looks(case), **more)


@aspect("weight-gradient", groups=["weight-gradient"], noun="The weight gradient", more=MORE)
def see_weight_gradient(observe, right):
    """What update is given for W."""

    def look(case):
        more = {"output": observe(case).output, "new_b": observe(case).w0}
        return handed(observe, case, case.W, right(case).weight_gradient, **more)

    return look


@aspect("bias-gradient", groups=["bias-gradient"], noun="The bias gradient", more=MORE)
def see_bias_gradient(observe, right):
    """What update is given for w0; a row may be stored flat."""
    return lambda case: handed(observe, case, case.b, right(case).bias_gradient)


@aspect(
    "step",
    groups=["update", "weight-gradient", "bias-gradient"],
    noun="The update",
)
def see_step(observe, frozen_pass):
    """How update was called, and where its result went: ((calls, swapped, new value) of W, of w0).

    The new value is named: `kept` is what update returned last, `old` what it was before,
    `lost` an old value although update was called; else it is the array itself.
    """

    def one(seen, start, after):
        found = seen.updates.of(start)
        last = found[-1][0].result if found else None
        yours = after.error or after.value
        if (
            isinstance(last, np.ndarray)
            and isinstance(yours, np.ndarray)
            and same_numbers(yours, last)
        ):
            return (len(found), found[0][2], "kept")
        if isinstance(yours, np.ndarray) and same_numbers(yours, start):
            return (len(found), bool(found) and found[0][2], "lost" if found else "old")
        return (len(found), bool(found) and found[0][2], yours)

    def look(case):
        seen = observe(case)
        if seen.input_gradient.error or case in FAR:
            return None  # where steps are tiny beside the parameters, nothing moves
        yours = (one(seen, case.W, seen.W), one(seen, case.b, seen.w0))
        wanted = (1, False, "kept")
        given = {"new_W": seen.W, "new_b": seen.w0, "steps": yours, "calls": seen.updates.calls}
        for name, start in (("W", case.W), ("b", case.b)):
            found = seen.updates.of(start)
            given[f"result_{name}"] = found[-1][0].result if found else None
        _, _, frozen = frozen_pass((FEW[1], WHEN[1]))
        given["frozen_learns"] = bool(frozen.calls)
        return Seen(yours, (wanted, wanted), **given, **looks(case))

    return look


@aspect(
    "first-step",
    groups=["update"],
    noun="layer.{case} after the first step",
    cases=["W", "w0"],
    apart=True,
)
def see_first_step(first_step):
    """What becomes of what the very first update returns."""

    def look(name):
        before, _, after, updates = first_step(FEW[2])
        start, end = (values[name == "w0"] for values in (before, after))
        found = (
            updates.of(start.value) if isinstance(start.error or start.value, np.ndarray) else []
        )
        if end.error or not found:
            return None
        right = found[-1][0].result
        if name == "w0" and np.size(right) == np.size(end.value):
            right = np.reshape(right, np.shape(end.value))  # flat, where the layer keeps it flat
        return Seen(end, right, name=name, start=start, result=right)

    return look


@aspect("optimizers", groups=["optimizers"], noun="The use of the optimizers", cases=["use"])
def see_optimizers(student, three_steps, new_layer):
    """Which copies are used: one per parameter, shared, the original, new ones in every step."""

    def look(_):
        optimizer, steps = three_steps(FEW[1])
        used = {
            name: [step[name][0][0].number for step in steps if step[name]] for name in ("W", "w0")
        }
        kinds = []
        if set(used["W"]) & set(used["w0"]):
            kinds.append("shared")
        for name, numbers in used.items():
            if optimizer.number in numbers:
                kinds.append(f"original for {name}")
            if len(set(numbers)) > 1:
                kinds.append(f"new for {name}")
        return Seen(tuple(kinds) or two_layers(), "own")

    def two_layers():
        student.begin()
        cases = [AffineCase(2, 2, 2, integers=False, seed=seed) for seed in (1, 2)]
        optimizer = student.expose(Momentum(learning_rate=0.5), "update", local=True)
        with student.program():
            layers = [new_layer(case, optimizer) for case in cases]
            for layer, case in zip(layers, cases, strict=True):
                layer.forward_pass(case.X)
                layer.backward_pass(case.G)
        updates = updates_in(student, optimizer)
        one, other = (
            {call.number for start in (case.W, case.b) for call, _, _ in updates.of(start)}
            for case in cases
        )
        return ("shared by layers",) if one & other else "own"

    return look


@aspect(
    "frozen",
    groups=["trainable"],
    noun="What a frozen layer does",
    cases=[(case, when) for when in WHEN for case in FEW],
)
def see_frozen(frozen_pass, observe, unmoved):
    """What a frozen layer returns, and what of it learns: (gradient, "W", "w0", both or nothing).

    A parameter learns if it changes, or if update is called with it, whatever becomes of that.
    """

    def learning(case, after, updates):
        names = []
        for name, start in (("W", case.W), ("w0", case.b)):
            value = after[name].error or after[name].value
            changed = not (isinstance(value, np.ndarray) and same_numbers(value, start))
            if changed or updates.of(case.W if name == "W" else case.b):
                names.append(name)
        return " and ".join(names) or ("something" if updates.calls else "nothing")

    def look(key):
        case, when = key
        gradient, after, updates = frozen_pass(key)
        usual = observe(case)
        if usual.input_gradient.error:
            return None
        returned = Seen(gradient, unmoved(case).value)
        yours = (
            "the same" if returned.is_right else returned.yours,
            learning(case, after, updates),
        )
        learns = learning(case, {"W": usual.W, "w0": usual.w0}, usual.updates)
        return Seen(yours, ("the same", "nothing"), when=when, usual=learns, **looks(case))

    return look


COUNTED = ((1, 1), (2, 3), (5, 4), (3, 3), (7, 1))


@aspect("count", groups=["parameters"], noun="The number of parameters", cases=COUNTED)
def see_count(student):
    """What parameters() returns; nothing can be said where it is the size of wrong arrays."""

    def look(sizes):
        n_inputs, n_units = sizes
        student.begin()
        with student.program():
            layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
            done = layer.initialize(student.expose(SGD(), "update", local=True))
            arrays = parameters_of(layer)
            count = layer.parameters()
        yours = done.error or count.error or count.value
        if isinstance(yours, np.ndarray | np.generic) and yours.ndim == 0:
            yours = yours.item()
        right = n_inputs * n_units + n_units
        if isinstance(yours, float) and yours == right:
            yours = right
        there = [np.size(a.value) for a in arrays if a.error is None and a.value is not None]
        if yours != right and len(there) == len(arrays) and yours == sum(there):
            return None
        return Seen(yours, right, n_inputs=n_inputs, n_units=n_units)

    return look


@aspect("shape", groups=["output-shape"], noun="The output shape", cases=COUNTED)
def see_shape(student):
    """What output_shape() returns."""

    def look(sizes):
        n_inputs, n_units = sizes
        student.begin()
        with student.program():
            layer = student.Dense(n_units=n_units, input_shape=(n_inputs,))
            layer.initialize(student.expose(SGD(), "update", local=True))
            shape = layer.output_shape()
        return Seen(shape, (n_units,), n_inputs=n_inputs, n_units=n_units)

    return look


SEEDED = tuple(
    (shape, seeds.number(label))
    for shape in [(2, 3), (3, 2), (4, 4), (1, 5), (9, 6)]
    for label in (1, 8)
)


@aspect("draw", groups=["initialization", "seeded"], noun="W after initialize", cases=SEEDED)
def see_draw(student, started):
    """W after initialize; how it is after the same seed once more, and after another."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["W"], given["again"], given["other"] = (
            seen_as_kept(student, "W", started(*numbered)[0])
            for numbered in ((*key,), (*key, 2), (key[0], seed + 1))
        )
        return Seen(given["W"], DRAW(np.random.RandomState(seed), n_inputs, n_units), **given)

    return look


@aspect("late", groups=["initialization"], noun="The shape of W", cases=[(4, 3), (2, 2), (3, 5)])
def see_late(initialized):
    """The shape of W where the input shape comes late, if it is right where it comes early."""

    def look(sizes):
        early, late = (initialized(*sizes, late=late)[0] for late in (False, True))
        if early.error or np.shape(early.value) != sizes:
            return None
        yours = late.error or np.shape(late.value)
        return Seen(yours, sizes, W_late=yours, n_inputs=sizes[0], n_units=sizes[1])

    return look


@aspect("first-bias", groups=["initialization"], noun="w0 after initialize", cases=SEEDED)
def see_first_bias(started):
    """w0 after initialize."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["b"], given["other_b"] = (
            as_row(pending.error or pending.value, n_units)
            for pending in (started(*key)[1], started(key[0], seed + 1)[1])
        )
        return Seen(given["b"], np.zeros((1, n_units)), **given)

    return look


def whole_pass(output, input_gradient, updates, case):
    """What a pass gave: (output, input gradient, gradients of W and w0), or what it raised."""
    error = output.error or input_gradient.error
    if error:
        return Raised(error.type_name)
    handed = [updates.of(case.W), updates.of(case.b)]
    return (output.value, input_gradient.value, *(f[0][1] if f else None for f in handed))


def fresh_passes(observe, cases):
    """What fresh layers give for the cases; None if one of them raises."""
    seen = [(observe(case), case) for case in cases]
    found = [whole_pass(s.output, s.input_gradient, s.updates, case) for s, case in seen]
    return None if any(isinstance(each, Raised) for each in found) else found


PASSES = tuple(AffineCase(rows, 3, 2, False, seed) for seed, rows in enumerate((2, 2, 4, 1)))
BETWEEN_PASSES = ({}, {"training": True}, {"training": False})
"""What happens between two passes: nothing, a forward pass, one without training."""


@aspect("passes", groups=["state"], noun="What a layer gives in later passes", cases=["rounds"])
def see_passes(student, new_layer, observe):
    """What passes on one layer give, with and without other forward passes between them.

    Of these ways the first one that gives something else than fresh layers do is looked at.
    """

    def run(between, fresh):
        student.begin()
        optimizer = student.expose(Optimizer(), "update", local=True)
        inputs, runs = [], []
        with student.program():
            layer = new_layer(PASSES[0], optimizer)
            for case in PASSES:
                put_weights(layer, case)
                if between:
                    other = replace(case, seed=9).X
                    layer.forward_pass(other, **between)
                    inputs.append(other)
                runs.append((layer.forward_pass(case.X), layer.backward_pass(case.G)))
                inputs.append(case.X)
        updates = updates_in(student, optimizer)
        passes = [whole_pass(*run, updates, case) for run, case in zip(runs, PASSES, strict=True)]
        given = {"fresh": fresh, "rounds": PASSES, "inputs": inputs}
        return Seen(passes, fresh, training=between.get("training"), **given)

    def look(_):
        fresh = fresh_passes(observe, PASSES)
        looked = (run(between, fresh) for between in BETWEEN_PASSES if fresh)
        return next((found for found in looked if not found.is_right), None)

    return look


EQUAL = (AffineCase(2, 3, 3, False, seed=1), AffineCase(2, 3, 3, False, seed=2))
UNEQUAL = (AffineCase(2, 2, 3, seed=1), AffineCase(3, 4, 2, seed=2))


@aspect("layers", groups=["state"], noun="What two layers give side by side", cases=["two"])
def see_layers(student, new_layer, observe):
    """Outputs and gradients of two layers of one size; then the shapes of W of other sizes.

    The first of these that is not what the layers give alone is looked at.
    """

    def outputs_and_gradients():
        fresh = fresh_passes(observe, EQUAL)
        student.begin()
        optimizer = student.expose(Optimizer(), "update", local=True)
        with student.program():
            pairs = [(new_layer(case, optimizer), case) for case in EQUAL]
            outputs = [layer.forward_pass(case.X) for layer, case in pairs]
            results = [layer.backward_pass(case.G) for layer, case in pairs]
        updates = updates_in(student, optimizer)
        runs = zip(outputs, results, EQUAL, strict=True)
        passes = [whole_pass(*run, updates, case) for *run, case in runs]
        if fresh is None or any(isinstance(found, Raised) for found in passes):
            return
        for part, what in ((0, "outputs"), (2, "gradients")):
            yours, right = ([found[part] for found in each] for each in (passes, fresh))
            yield Seen(yours, right, what=what, layers=EQUAL)

    def shapes():
        student.begin()
        optimizer = student.expose(Optimizer(), "update", local=True)
        with student.program():
            layers = [student.Dense(n_units=c.n_units, input_shape=(c.n_inputs,)) for c in UNEQUAL]
            for layer in layers:
                layer.initialize(optimizer)
            drawn = [parameters_of(layer)[0] for layer in layers]
        if not any(W.error for W in drawn):
            yours = [np.shape(W.value) for W in drawn]
            right = [(case.n_inputs, case.n_units) for case in UNEQUAL]
            yield Seen(yours, right, what="shapes", layers=UNEQUAL)

    def look(_):
        looked = chain(outputs_and_gradients(), shapes())
        return next((found for found in looked if not found.is_right), None)

    return look


@aspect(
    "arguments",
    groups=["purity"],
    noun="The caller's array",
    cases=[("X", "forward_pass"), ("X", "backward_pass"), ("accum_grad", "backward_pass")],
    apart=True,
)
def see_arguments(arguments_after):
    """Whether a method changes an array of the caller's, which another has left alone."""

    def look(key):
        changed = []
        for case in FEW:
            found = {(name, method): rest for name, method, *rest in arguments_after(case)}
            done, before, after = found[key]
            if done.error:
                return None
            if key == ("X", "backward_pass"):
                before = found["X", "forward_pass"][2].value
            changed.append(not is_close(after.value, before, 0.0, 0.0))
        name, method = key
        yours = "changed" if any(changed) else "as it was"
        return Seen(yours, "as it was", name=name, method=method)

    return look
