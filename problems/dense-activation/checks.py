"""Checks of the problem `dense-activation`.

Forward passes and gradients are checked on weights that the judge sets itself. What belongs to the
affine part is looked at in a linear layer; what an activation adds is compared with what the
student's own linear layer gives. So each mistake costs the points of its own group.

There is no optimizer to look into: the gradients of W and b are seen by how far these move, divided
by the learning rate. What the student's layer does to every step is the step's matter (`pace`).
Where they are means over the batch, they are slopes of the mean loss: of `sum(output * G / rows)`.
"""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2

import numpy as np
import pytest

from grader.checks import (
    Seen,
    StudentError,
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
    ACTIVATIONS,
    ActivatedCase,
    AffineCase,
    Draw,
    activated,
    distributions,
    each_activated_case,
    each_case,
    far_cases,
    looks,
    looks_at_start,
    some_cases,
)
from grader.layers.gradient_checks import agrees, expect_gradient, expect_slope
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
from grader.layers.sequences import numbered, sequence
from grader.layers.typed_cases import typed_cases

lasting = pytest.fixture(scope="module")  # the same for every submission
CURVED = ("relu", "sigmoid")
KINDS = ("linear", *CURVED)
RATE = float(seeds.generator(4).integers(3, 8)) / 8
"""The learning rate of most passes; 1 would not show whether it is there."""
PASSES = (
    *("start", "forward", "activation", "overflow"),
    *("input-gradient", "weight-gradient", "bias-gradient", "derivative", "step"),
)
"""The groups about one pass of a fresh layer."""


def besides(group):
    """Those but one: what a check of that one may leave to others."""
    return tuple(each for each in PASSES if each != group)


# -- what the student's layer does, seen once and shared -----------------------------------


def find_liberties(student):
    """What the submission calls W and b, and whether it keeps b as (output_size,)."""
    return find_parameters(
        student,
        lambda: student.DenseLayer(N_INPUTS, N_UNITS),
        {"W": WEIGHTS, "b": BIASES},
        lambda layer: layer.forward(np.ones((ROWS, N_INPUTS))),
        flat="b has shape (output_size,); the statement says (1, output_size).",
        arrays="W b forward backward".split(),
        turned_costs="start seeded".split(),
    )


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


def rate_of(case):
    """The learning rate for a case: far from 1 where its numbers are, so that steps show.

    A step is then about as large as W, and as large as b or larger. By a power of two, with which
    exact numbers stay exact.
    """
    x, w, g = case.scales
    return RATE * 2.0 ** round(log2(w / g * max(x, 1 / x)))


def units_of(case):
    """The size of an ordinary element of what `run_layer` gives, at most 1."""
    after = min(1.0, case.scales[1])
    return {"input_gradient": case.units["input"], "W": after, "b": after}


def put_weights(layer, case):
    """Set W and b to those of the case."""
    layer.W = case.W
    layer.b = case.b


@dataclass(frozen=True)
class Passes:
    """One forward and one backward pass, and W and b afterwards; each may be a promise.

    Attributes:
        left: What making the layer and the two calls have left behind, where that is watched.
    """

    output: object
    input_gradient: object
    W: object
    b: object
    left: object = None


def run_layer(layer, case, X=None, G=None, rate=None):
    """Return the passes of a layer on a case; for a program block, if it is a student's."""
    output = layer.forward(case.X if X is None else X)
    rate = rate_of(case) if rate is None else rate
    gradient = layer.backward(case.G if G is None else G, rate)
    return Passes(output, gradient, layer.W, layer.b)


@lasting
def observe(student, once, drawn):
    """Return a function: the passes of a fresh layer of the student's on a case."""

    def run(case):
        with student.program():
            student.watch()
            passes = run_layer(make_layer(student, case), case)
            return replace(passes, left=student.left())

    return once.each("observe", [*drawn("case"), *(c for each in ROUNDS for c in each)], run)


@lasting
def observe_typed(student, once):
    """Return a function: the passes of a fresh layer on X and G of another layout or type."""

    def run(typed):
        with student.program():
            X, G = typed.arrays(student)
            student.watch()
            passes = run_layer(make_layer(student, typed.case), typed.case, X, G)
            return replace(passes, left=student.left())

    return once.each("typed", [*TYPED, *CURVED_TYPED], run)


THIRDS = 1 / 3
"""Of weights: in single precision they would be others."""
TYPED = typed_cases(
    AffineCase(1, 3, 2, scales=(1.0, THIRDS, 1.0)),
    AffineCase(4, 3, 2, scales=(1.0, THIRDS, 1.0)),
    AffineCase(4, 3, 2, scales=(0.25, THIRDS, 1.0)),
)
WHOLE = (4.0, THIRDS / 4, 1.0)
"""Of quarters in X it makes whole numbers."""
CURVED_TYPED = typed_cases(
    ActivatedCase(1, 3, 9, scales=WHOLE, activation="relu"),
    ActivatedCase(4, 3, 2, scales=WHOLE, activation="sigmoid"),
    ActivatedCase(4, 3, 2, activation="sigmoid"),
)


@lasting
def right(reference):
    """Return a function: the passes of the reference on a case."""
    return lambda case: _right(reference, case)


@lru_cache(maxsize=4096)
def _right(reference, case):
    return run_layer(make_layer(reference, case), case)


# -- gradients of the parameters, by how far these move ------------------------------------


PACED = (AffineCase(2, 3, 2), AffineCase(5, 2, 3))


@lasting
def at_one(student, once):
    """Return a function: the passes of a fresh layer with the learning rate 1."""

    def run(case):
        with student.untraced(), student.program():
            return run_layer(make_layer(student, case), case, rate=1.0)

    return lambda case: once(("at one", case), lambda: run(case))


@lasting
def pace(once, at_one, right):
    """Return a function: what the student's layer multiplies both gradients by in every step.

    It is 1 unless both parameters are moved by the same wrong number, -1 for instance, whatever the
    shapes are. That is one mistake, in the step, and no mistake in the gradients. Seen with a
    learning rate of 1: what is wrong about that is another.
    """

    def find():
        found = [_ratio(case, at_one(case), right(case)) for case in PACED]
        return found[0] if found[0] and is_close(*map(np.float64, found)) else 1.0

    return lambda: once.fact("pace", find)


def _ratio(case, seen, wanted):
    """By what the steps of W and b are larger than the right gradients; 0 if differently."""
    if not all(_same_shape(getattr(seen, name), getattr(case, name)) for name in "Wb"):
        return 0.0
    steps = [_step(case, seen, name).ravel() for name in "Wb"]
    gradients = [_step(case, wanted, name).ravel() / rate_of(case) for name in "Wb"]
    yours, steps = np.concatenate(steps), np.concatenate(gradients)
    ratio = float(np.vdot(steps, yours) / np.vdot(steps, steps))
    return ratio if is_close(yours, ratio * steps) else 0.0


def _step(case, passes, name):
    """By how far a parameter has gone down; of the student's, if it has its shape."""
    after = getattr(passes, name)
    return getattr(case, name) - getattr(after, "value", after)


def _same_shape(pending, start):
    return pending.error is None and np.shape(pending.value) == start.shape


@lasting
def in_proportion(once, observe, at_one):
    """Return a function: whether the steps of the student's layer are proportional to lr."""

    def find():
        case = PACED[0]
        usual, one = observe(case), at_one(case)
        for name in "Wb":
            if not all(
                _same_shape(getattr(seen, name), getattr(case, name)) for seen in (usual, one)
            ):
                return True
            if not is_close(_step(case, usual, name), RATE * _step(case, one, name)):
                return False
        return True

    return lambda: once.fact("in proportion", find)


SHOWN = {
    "W": "the gradient of W, that is (W before - W after) / lr",
    "b": "the gradient of b, that is (b before - b after) / lr",
}


@lasting
def gradient_of(observe, at_one, right, pace, in_proportion, waived):
    """Return a function: the gradient of W or b, as the step of a case shows it.

    What a layer does to every step is the step's matter, and has to cost points there: if the
    steps are not proportional to lr, those with 1 are looked at, and for numbers that are far from
    1 (where these do not show) nothing is.
    """

    def find(case, name):
        seen = observe(case)
        after, start = getattr(seen, name), getattr(case, name)
        seen.input_gradient.value  # if backward raised, that is the reason
        step = start - expect_array(after.value, f"layer.{name} after backward", start.shape)
        wanted, unit = right_gradient(right, case, name), units_of_gradient(case, name)
        shown = step / rate_of(case)
        if is_close(shown, wanted, unit=unit):
            return shown
        usual = in_proportion()
        if not usual or pace() != 1:
            with waived(to="step"):
                expect_close(shown, wanted, what=SHOWN[name], unit=unit)
        if not usual and case.scales != PLAIN:
            return wanted
        expect(
            np.any(step) or not np.any(wanted),
            f"backward leaves {name} as it was, so its gradient cannot be seen.",
            what=f"layer.{name} after backward",
            yours=after.value,
        )
        if usual:
            return shown / pace()
        one = getattr(at_one(case), name).value
        return (start - expect_array(one, f"layer.{name} after backward", start.shape)) / pace()

    return find


PLAIN = (1.0, 1.0, 1.0)


@lru_cache(maxsize=4096)
def right_gradient(right, case, name):
    """The reference's gradient of W or b, from its step."""
    return _step(case, right(case), name) / rate_of(case)


def units_of_gradient(case, name):
    """The size of an ordinary element of the gradient of W or b, at most 1."""
    return case.units["weights" if name == "W" else "bias"]


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
            with student.as_written():
                return layer.W, layer.b

    return once.each("started", SIZES, run)


SIZES = [(1, 1), (2, 3), (3, 2), (4, 1), (130, 20), (20, 130)]
LARGE = [(301, 100), (12_007, 1), (1, 10_007)]
"""No squares and no powers of two, whose roots are easily right."""
UNSEEDED = [*LARGE, (2, 3)]
LARGE_SEED = seeds.number(6)


@lasting
def large_layers(student, once):
    """Return a function: W and b of layers of UNSEEDED, one after the other, and what is left."""

    def run():
        student.seed(LARGE_SEED)
        with student.program():
            made = []
            student.watch()
            for sizes in UNSEEDED:
                layer = student.DenseLayer(*sizes)
                made.append((layer.W, layer.b))
            return made, student.left()

    return lambda: once("large", run)


@lru_cache(maxsize=1)
def large_weights(seed):
    """W of UNSEEDED, as the global generator gives it after a seed."""
    random = np.random.RandomState(seed)
    return [DRAW(random, *sizes) for sizes in UNSEEDED]


@check("start", "W has one row per input and one column per output", weight=2)
def test_weight_shape(student, started):
    """W has the shape (input_size, output_size)."""
    for sizes in SIZES:
        expect_kept_shape(student, "W", started(sizes)[0].value, "layer.W", sizes)


@check("start", "b starts as zeros, in one row", weight=2)
def test_bias_starts_at_zero(started, large_layers):
    """b is zeros of the shape (1, output_size)."""
    made = [(sizes, started(sizes)) for sizes in SIZES]
    for (_, n_units), (_, b) in [*made, *zip(UNSEEDED, large_layers()[0], strict=True)]:
        expect_close(b.value, np.zeros((1, n_units)), what="layer.b")


@check("start", "W has the standard deviation 0.01", weight=2)
def test_weight_scale(large_layers, seeded):
    """Whatever the number of inputs is, and the seed."""
    made, usual = large_layers()[0], large_weights(LARGE_SEED)
    for sizes, (W, _), right in zip(LARGE, made, usual, strict=False):  # the last one is small
        array = expect_array(W.value, "layer.W", sizes)
        if not is_close(array, right):  # else there is nothing to measure
            distributions.expect_deviation(array, 0.01, "0.01·1", what="layer.W")
    for key in OTHER_SEEDS:
        W, right = seeded(key), other_weights(*key)
        if not _same_shape(W, right) or distributions.single_precision(W.value, right):
            continue
        if distributions.same_draw(np.asarray(W.value), right):
            message = f"With seed={key[1]} it has another scale."
            expect_close(W.value, right, what="layer.W", message=message, unit=0.01)


@check("start", "W is normally distributed", weight=2)
def test_weights_are_normal(large_layers):
    """Whatever the scale: a wrong factor is the previous check's matter."""
    W = expect_array(large_layers()[0][0][0].value, "layer.W", LARGE[0])
    if not is_close(W, large_weights(LARGE_SEED)[0]):
        distributions.expect_normal(W, what="layer.W")


@check("start", "The arguments have the names and the order of the statement")
def test_arguments(student, observe, right, waived):
    """By name and by position, both make a layer that gives the same; those of its methods too."""
    case, seed = activated(AffineCase(2, 3, 2), "relu"), seeds.number(5)
    with student.program():
        with student.as_written():
            by_place = student.DenseLayer(3, 2, "relu", seed)
            by_name = student.DenseLayer(input_size=3, output_size=2, activation="relu", seed=seed)
        weights = by_name.W
        for layer in (by_place, by_name):
            put_weights(layer, case)
        outputs = by_place.forward(case.X), by_name.forward(X=case.X)
        done = by_name.backward(d_out=case.G)
    weights.value  # if the constructor raised, that is what a student has to read
    usual, yours = (output.value for output in outputs)
    with waived(to=("forward", "activation")):
        expect_close(usual, right(case).output, what="layer.forward(X)")
    if isinstance(usual, np.ndarray):
        message = "Arguments given by name and by position should make the same layer."
        expect_close(yours, usual, what="layer.forward(X)", message=message)
    if observe(case).input_gradient.error is None:
        done.value
    student.ask_as_stated(by_place)


@lasting
def by_default(student, once):
    """Return a function: the output of a layer that is given no activation, or one of ours."""

    def run(*activation):
        with student.program():
            with student.as_written():
                layer = student.DenseLayer(2, 2, *activation)
            put_weights(layer, DEFAULT)
            return layer.forward(DEFAULT.X)

    return lambda *activation: once(("default", *activation), lambda: run(*activation))


DEFAULT = activated(AffineCase(2, 2, 2), "linear")


@check("start", "By default there is no activation")
def test_no_activation(by_default, right, waived):
    """The activation can be left out."""
    usual, yours = by_default(None).value, by_default().value
    with waived(to="forward"):
        expect_close(usual, right(DEFAULT).output, what="layer.forward(X)")
    if isinstance(usual, np.ndarray):
        message = "DenseLayer(2, 2) should be the same as DenseLayer(2, 2, None): a linear layer."
        expect_close(yours, usual, what="layer.forward(X)", message=message)


@check("start", "A layer that was just made can take a step")
def test_first_step(student, right_from, waived):
    """As from the same W and b, when the judge sets them."""
    case = AffineCase(3, 2, 2)
    with student.program():
        fresh = student.DenseLayer(2, 2, None)
        start = [getattr(fresh, name) for name in "Wb"]
        first = run_layer(fresh, case)
    wanted = None
    with waived(to="start"):
        W, b = (pending.value for pending in start)
        wanted = right_from(case, W, b)
    if wanted is None or as_reference(first, wanted):
        return
    with student.untraced(), student.program():
        layer = student.DenseLayer(2, 2, None)
        layer.W, layer.b = W.astype(float), b.astype(float)
        again = run_layer(layer, case)
    for name in AFTER:
        expect_first(getattr(first, name), getattr(again, name), wanted, name, waived)


def expect_first(first, again, wanted, name, waived):
    """Fail unless something of a first step is right, or as wrong as from W and b that were set."""
    with waived(to=PASSES[1:]):
        expect_close(again.value, getattr(wanted, name), what=AFTER[name])
    if again.error is None and isinstance(again.value, np.ndarray):
        message = "From the W and b that a layer starts with, the first step goes wrong."
        expect_close(first.value, again.value, what=AFTER[name], message=message)


@lasting
def right_from(reference):
    """Return a function: the passes of the reference on a case, from W and b of the student's.

    They have to be arrays of the right shapes.
    """

    def find(case, W, b, rate=RATE):
        layer = make_layer(reference, case)
        layer.W = expect_array(W, "layer.W", case.W.shape)
        layer.b = expect_array(b, "layer.b", case.b.shape)
        return run_layer(layer, case, rate=rate)

    return find


# -- seeded --------------------------------------------------------------------------------

BEFORE = seeds.number(1234)
"""What the global generator is seeded with, before a layer is made that has a seed of its own."""


def expect_drawn(student, W, wanted, message, waived):
    """Fail unless W comes from the random numbers of `wanted`; its scale is another check's."""
    W = as_drawn(student, "W", W)
    array = expect_array(W, "layer.W", wanted.shape)
    compared = {"what": "layer.W", "message": message, "unit": 0.01}
    short = distributions.single_precision(array, wanted)
    elsewhere = ("start", "forward") if short else ("start",)
    excused = short or distributions.same_draw(array, wanted)
    with waived(to=elsewhere) if excused else nullcontext():
        expect_close(W, wanted, **compared)


@check("seeded", "The same seed gives the same W, as np.random.seed and np.random.randn do")
def test_seeded(student, seeded, expected, waived):
    """Seeds of expected.json, 0 aside; whatever the global generator has done before."""
    for wanted in expected["seeded"]:
        key = seeded_key(wanted)
        expect_seeded(student, seeded(key), *key, np.array(wanted["W"]), waived)


OTHER_SEEDS = [
    ((2, 3), 1),
    ((1, 4), seeds.number(7)),
    ((4, 1), 2**32 - 1 - seeds.number(8) % 2**16),
    ((130, 2), 2**16 + seeds.number(9) % 2**16),
    ((2, 130), seeds.number(10) % 2**10 + 43),
]


@check("seeded", "So do other seeds, small and large, for other sizes", variant_of="test_seeded")
def test_other_seeds(student, seeded, waived):
    """Up to 2**32 - 1; one row or column of weights, and many."""
    for key in OTHER_SEEDS:
        expect_seeded(student, seeded(key), *key, other_weights(*key), waived)


@lru_cache(maxsize=64)
def other_weights(sizes, seed):
    """W of a layer with a seed."""
    return DRAW(np.random.RandomState(seed), *sizes)


@check("seeded", "0 is a seed")
def test_seed_zero(student, seeded, expected, waived):
    """As any other number."""
    wanted = expected["seed 0"]
    key = seeded_key(wanted)
    expect_seeded(student, seeded(key), *key, np.array(wanted["W"]), waived)


def expect_seeded(student, W, sizes, seed, wanted, waived):
    """Fail unless W is what the seed makes of it."""
    message = f"This is not what 0.01 * np.random.randn{sizes} gives after np.random.seed({seed})."
    expect_drawn(student, W.value, wanted, message, waived)


@lasting
def seeding(student, once, expected):
    """Return a function: W of a layer of some sizes that is given a seed, and what is left."""

    def run(key):
        sizes, seed = key
        student.seed(BEFORE)
        with student.program():
            student.watch()
            return student.DenseLayer(*sizes, seed=seed).W, student.left()

    frozen = [seeded_key(each) for each in (*expected["seeded"], expected["seed 0"])]
    return once.each("seeded", [*frozen, *OTHER_SEEDS], run)


@lasting
def seeded(seeding):
    """Return a function: W of a layer of some sizes that is given a seed."""
    return lambda key: seeding(key)[0]


def seeded_key(wanted):
    """The sizes and the seed of an entry of expected.json."""
    return (wanted["input_size"], wanted["output_size"]), wanted["seed"]


@check("seeded", "Without a seed, W comes from the global generator as it is")
def test_unseeded(student, large_layers, waived):
    """Seeded from outside it gives the same again; the next layer gets the next numbers."""
    made = zip(UNSEEDED, large_layers()[0], large_weights(LARGE_SEED), strict=True)
    for number, (sizes, (W, _), wanted) in enumerate(made):
        before = f", and {number} other layer{'s' * (number > 1)}" if number else ""
        message = (
            f"After np.random.seed({LARGE_SEED}){before}, DenseLayer{sizes} does not get the "
            "numbers that the global generator has next. Without a seed, nothing is to be seeded, "
            "and nothing else to be drawn."
        )
        with waived(to="start") if number else nullcontext():  # as where b is drawn as well
            expect_drawn(student, W.value, wanted, message, waived)


@check("seeded", "The example of the statement prints what it says")
def test_seeded_example(student, expected, waived):
    """From the seed to W and b after the step."""
    example = expected["example"]
    with student.program():
        layer = student.DenseLayer(2, 3, activation="relu", seed=42)
        output = layer.forward(np.array(example["X"]))
        gradient = layer.backward(np.array(example["d_out"]), lr=example["lr"])
        printed = {"output": output, "gradient": gradient, "W_after": layer.W, "b_after": layer.b}
    names = {"output": "layer.forward(X)", "gradient": AFTER["input_gradient"]}
    names |= {f"{name}_after": AFTER[name] for name in "Wb"}
    groups = (*PASSES, "start") if student.liberties.turned else PASSES
    for name, what in names.items():
        with waived(to=groups):
            expect_close(printed[name].value, np.array(example[name]), what=what, unit=0.01)


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

FAR_NAMES = ("tanh", "softmax", "relu6")
NEAR_NAMES = ("linear", "identity", "none", "", "ReLU", "RELU", "Sigmoid", "SIGMOID")
NEAR_NAMES += (" relu", "sigmoid ", "rel", "sig", "relu_", "rectifier", "logistic")


@check("unknown", "Any other activation raises a ValueError in the constructor", weight=2)
def test_unknown_activation(student, refusal):
    """Names that are known elsewhere, and one that only begins like one of ours."""
    for name in CURVED:
        error = refusal(name)
        if error is not None:
            raise error
    for name in FAR_NAMES:
        expect_refused(student, name, refusal(name))


@check("unknown", "Names that are nearly right are other names")
def test_near_names(student, refusal):
    """In capitals, with blanks, shorter or longer, empty, or what the same is called elsewhere."""
    for name in NEAR_NAMES:
        expect_refused(student, name, refusal(name))


def expect_refused(student, name, error):
    """Fail unless an activation was refused by a ValueError."""
    call = f"DenseLayer(2, 3, {name!r})"
    if error is None:
        message = f"{call} should raise a ValueError: there is no activation {name!r} here."
        fail(message, what=call)
    if not is_value_error(student, error):
        fail(f"{call} raises a {error.type_name}; it should be a ValueError.", what=call)
    if name not in error.message:
        student.note(f"The error of {call} does not say which name was wrong.")


@lasting
def refusal(student, once):
    """Return a function: what the constructor raises for an activation, if it does."""

    def run(name):
        with student.program():
            return student.DenseLayer(2, 3, name).W

    tried = once.each("refusal", (*CURVED, *FAR_NAMES, *NEAR_NAMES), run)

    def find(name):
        try:
            tried(name).value
        except StudentError as error:
            return error if error.step is not None and error.step.function == "__init__" else None
        return None

    return find


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


@check("forward", "Without an activation the output is X·W + b", weight=6)
@each_case(10)
def test_forward(case, observe, right):
    """Generated shapes and values, non-zero biases."""
    yours, wanted = observe(case).output.value, right(case).output
    expect_close(yours, wanted, what="layer.forward(X)", unit=case.units["output"])


@check("forward", "Inputs of other memory layouts and types", weight=4, variant_of="test_forward")
def test_forward_layouts(observe_typed, right):
    """Fortran-ordered, non-contiguous, integer and single-precision inputs; one row and more."""
    for typed in TYPED:
        output, wanted = observe_typed(typed).output.value, right(typed.case).output
        expect_close(output, wanted, what=f"layer.forward(X), {typed}")


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
@each_activated_case(CURVED, 6)
def test_activation(case, observe, right, z_of, waived):
    """Compared with the activation of the student's own linear output."""
    expect_activated(case, observe(case).output.value, right, z_of, waived)


def expect_activated(case, yours, right, z_of, waived):
    """Fail unless an output is right, or made of the student's own Z."""
    wanted, unit = right(case).output, case.units["output"]
    if is_close(yours, wanted, unit=unit):
        return
    own = ACTIVATIONS[case.activation].function(z_of(case))
    if not is_close(own, wanted, unit=unit):
        with waived(to="forward"):
            expect_close(yours, wanted, what="layer.forward(X)", unit=unit)
    expect_close(yours, own, what="layer.forward(X)", unit=unit)


@check("activation", "Inputs of other memory layouts and types", variant_of="test_activation")
def test_activation_layouts(observe_typed, right, waived):
    """Where a linear layer takes them."""
    for typed in CURVED_TYPED:
        output, wanted = observe_typed(typed).output, right(typed.case).output
        with waived(to="forward"):
            expect_close(output.value, wanted, what=f"layer.forward(X), {typed}")


@check("activation", "The example of the statement, with ReLU", variant_of="test_activation")
def test_example(student, expected, observe, right, z_of, waived):
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
        wanted = np.array(example["output"])
        with waived(to="forward"):
            expect_close(yours.value, wanted, what="layer.forward(X)")
        if own.error is None and isinstance(own.value, np.ndarray):
            wanted = np.maximum(own.value, 0)
        expect_close(yours.value, wanted, what="layer.forward(X)")
    case = activated(AffineCase(2, 2, 3), "relu")
    expect_activated(case, observe(case).output.value, right, z_of, waived)


# -- overflow ------------------------------------------------------------------------------

FAR_Z = np.array([[-3000.0], [-1000.0], [-501.0], [-500.0], [-499.0], [-400.0], [-100.0], [-30.0]])
NEAR_Z = np.array([[-2.0], [-0.5], [0.0], [1.0]])
FAR_Z -= seeds.generator(2).uniform(0, 0.5, FAR_Z.shape)  # on the same side of -500
NEAR_Z += seeds.generator(3).uniform(0, 0.25, NEAR_Z.shape)


def layer_of_z(student, name):
    """Return a layer of one input and one unit, and a function from its Z to its X."""
    layer = student.DenseLayer(1, 1, name)
    layer.W, layer.b = np.array([[2.0]]), np.array([[1.0]])
    return layer, lambda z: (z - 1) / 2


def sigmoid(z):
    """As the statement has it."""
    return ACTIVATIONS["sigmoid"].function(z)


@lasting
def far(student, once):
    """Return a function: what a sigmoid layer makes of FAR_Z, -FAR_Z and NEAR_Z; and its gradients.

    The gradients are with respect to X, for an upstream gradient of ones.
    """

    def run():
        found = []
        with student.program():
            for z in (FAR_Z, -FAR_Z, NEAR_Z):
                layer, x_of = layer_of_z(student, "sigmoid")
                output = layer.forward(x_of(z))
                found.append((output, layer.backward(np.ones_like(z), 0.0)))
        return tuple(zip(*found, strict=True))

    return lambda: once("far", run)


@check("overflow", "The sigmoid clips z to [-500, 500], and nothing else is cut off")
def test_clipping(far, waived):
    """Compared by their logarithms: the smallest of these numbers has 217 zeros."""
    low, high, near = (pending.value for pending in far()[0])
    if not is_close(near, sigmoid(NEAR_Z)):
        with waived(to=("activation", "forward")):
            expect_close(near, sigmoid(NEAR_Z), what="layer.forward(X)")
        near_is_wrong((low, high))
        return
    values = {"-": expect_array(low, "layer.forward(X)", FAR_Z.shape)}
    values["+"] = expect_array(high, "layer.forward(X)", FAR_Z.shape)
    with np.errstate(all="ignore"):
        logs = np.log(values["-"])
    for z, yours, log, wanted in zip(FAR_Z, values["-"], logs, sigmoid(FAR_Z), strict=True):
        expect(
            is_close(log, np.log(wanted)),
            f"The sigmoid of {z[0]:g} should be {wanted[0]:.6g} and is {yours[0]:.6g}. Clip z to "
            "[-500, 500], and compute 1 / (1 + exp(-z)) of that.",
            what="layer.forward(X)",
            yours=values["-"],
        )
    expect_close(values["+"], sigmoid(-FAR_Z), what="layer.forward(X)")


def near_is_wrong(values):
    """Another function than the sigmoid is another check's matter; it has to be finite."""
    for value in values:
        if isinstance(value, np.ndarray):
            message = "For large numbers the output is no finite number."
            expect(np.isfinite(value).all(), message, what="layer.forward(X)", yours=value)


# -- input gradient ------------------------------------------------------------------------

NEAR = AffineCase(2, 3, 2, integers=False)
"""Where a curved forward pass is not flat, as it may be far away."""


@lasting
def own_slopes_of(numerical):
    """Return a function: what a gradient of X, W or b may fit instead of the right one."""

    def find(case, name):
        return {
            "own": (numerical(case, step)[name] for step in case.steps),
            "elsewhere": (numerical(NEAR, step)[name] for step in NEAR.steps),
        }

    return find


@check("input-gradient", "backward returns D·Wᵀ, with W as it was before the step", weight=2)
@each_case(10)
def test_input_gradient(case, observe, right, own_slopes_of, waived):
    """Compared with the reference; the step really moves W in between."""
    expect_gradient(
        observe(case).input_gradient.value,
        right(case).input_gradient,
        what="layer.backward(d_out)",
        **own_slopes_of(case, "X"),
        waived=waived(to="forward"),
        unit=case.units["input"],
    )


@check(
    "input-gradient",
    "X and d_out of other memory layouts and types",
    variant_of="test_input_gradient",
)
def test_input_gradient_layouts(observe_typed, right, waived):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    for typed in accepted(observe_typed, waived):
        with waived(to="forward"):
            yours, wanted = observe_typed(typed).input_gradient, right(typed.case).input_gradient
            expect_close(yours.value, wanted, what=f"layer.backward(d_out), {typed}")


def accepted(observe_typed, waived):
    """Yield the kinds of arrays with which passes work.

    Writing into whole numbers may be refused by NumPy: whoever does so loses points for that.
    """
    for typed in TYPED:
        seen = observe_typed(typed)
        with waived(to=("forward", "purity")):
            if seen.output.error or typed.kind == "int64":
                seen.input_gradient.value
            yield typed


@check("input-gradient", "It is the slope of the loss, measured numerically")
@each_case(6, far=False)
def test_input_gradient_numerically(case, observe, own_slopes_of, measured, waived):
    """The sum of the samples' losses: each row's gradient is that of its own sample."""
    expect_slope(
        observe(case).input_gradient.value,
        measured(case)["X"],
        what="layer.backward(d_out)",
        **own_slopes_of(case, "X"),
        waived=waived(to="forward"),
        exact=case.exact,
    )


# -- weight and bias gradient --------------------------------------------------------------


@lasting
def expect_right_gradient(gradient_of, right, own_slopes_of, waived):
    """Return a function: fail unless the gradient of W or b is that of a case."""

    def fails(case, name):
        expect_gradient(
            gradient_of(case, name),
            right_gradient(right, case, name),
            what=SHOWN[name],
            **own_slopes_of(case, name),
            waived=waived(to="forward"),
            unit=units_of_gradient(case, name),
        )

    return fails


@lasting
def expect_slope_of(gradient_of, measured, own_slopes_of, waived):
    """Return a function: fail unless the gradient of W or b is as it was measured."""

    def fails(case, name):
        expect_slope(
            gradient_of(case, name),
            measured(case)[name],
            what=SHOWN[name],
            **own_slopes_of(case, name),
            waived=waived(to="forward"),
            exact=case.exact,
        )

    return fails


@lasting
def expect_typed_step(observe_typed, right, waived):
    """Return a function: fail unless W or b is right after passes on other kinds of arrays."""

    def fails(name):
        for typed in accepted(observe_typed, waived):
            with waived(to=("forward", "step")):
                seen = observe_typed(typed)
                seen.input_gradient.value
                yours, wanted = getattr(seen, name), getattr(right(typed.case), name)
                expect_close(yours.value, wanted, what=f"{AFTER[name]}, {typed}")

    return fails


@check("weight-gradient", "W moves by lr times Xᵀ·D / rows", weight=2)
@each_case(10)
def test_weight_gradient(case, expect_right_gradient):
    """Compared with the reference."""
    expect_right_gradient(case, "W")


@check(
    "weight-gradient",
    "X and d_out of other memory layouts and types",
    variant_of="test_weight_gradient",
)
def test_weight_gradient_layouts(expect_typed_step):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    expect_typed_step("W")


@check("weight-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(6, far=False)
def test_weight_gradient_numerically(case, expect_slope_of):
    """Exact central differences for integers, up to the division by the rows."""
    expect_slope_of(case, "W")


@check("bias-gradient", "b moves by lr times the column means of D", weight=2)
@each_case(10)
def test_bias_gradient(case, expect_right_gradient):
    """Compared with the reference."""
    expect_right_gradient(case, "b")


@check(
    "bias-gradient",
    "X and d_out of other memory layouts and types",
    variant_of="test_bias_gradient",
)
def test_bias_gradient_layouts(expect_typed_step):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    expect_typed_step("b")


@check("bias-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(6, far=False)
def test_bias_gradient_numerically(case, expect_slope_of):
    """Exact central differences for integers, up to the division by the rows."""
    expect_slope_of(case, "b")


# -- derivative ----------------------------------------------------------------------------


@lasting
def through_linear(student, once):
    """Return a function: the passes of the student's linear layer on a case, given D for d_out."""

    def run(case, D):
        with student.untraced(), student.program():
            return run_layer(make_layer(student, activated(case, "linear")), case, G=D)

    return lambda case, D: once(("linear", case, D.tobytes()), lambda: run(case, D))


LARGER = AffineCase(4, 3, 3, integers=False, seed=1)


@lasting
def own_slopes(student, once, observe, right, z_of):
    """Return a function: what f'(Z) may be for the student, and whether it was measured.

    It is the right one; that at the student's Z; and, where the output is another one, the slope of
    that: each output moves with the bias of its unit as with its own z.
    """

    def measure(case, step=gradients.STEP):
        stack = gradients.perturbed(case.b, step)
        with student.untraced(), student.program():
            layer = make_layer(student, case)
            swept = layer.forward.sweep(stack, attribute="b", x=case.X)
        outputs = None if swept.error else swept.value
        wanted = (2 * case.n_units, *case.G.shape)
        if not isinstance(outputs, np.ndarray) or outputs.shape != wanted:
            return np.zeros_like(case.G)
        up, down = np.split(outputs, 2)
        units = np.arange(case.n_units)
        return (up - down)[units, :, units].T / (2 * step)

    def find(case):
        derivative, unit = ACTIVATIONS[case.activation].derivative, case.units["output"]
        yield derivative(case.X @ case.W + case.b), False
        yield derivative(z_of(case)), False
        output = observe(case).output
        if not output.error and not is_close(output.value, right(case).output, unit=unit):
            larger = activated(LARGER, case.activation)
            if np.any(once(("slopes", larger), lambda: measure(larger))):  # else nothing does
                for step in dict.fromkeys((gradients.STEP, gradients.STEP * np.abs(case.b).max())):
                    yield once(("slopes", case, step), lambda step=step: measure(case, step)), True

    return find


def same_passes(yours, other, near, units):
    """Whether two layers have returned the same gradient, and moved W and b alike."""
    tolerance = (1e-5, 1e-6) if near else ()
    for name, unit in units.items():
        mine, theirs = getattr(yours, name), getattr(other, name)
        same = not mine.error and not theirs.error
        if not same or not is_close(mine.value, theirs.value, *tolerance, unit=unit):
            return False
    return True


@lasting
def expect_derivative(observe, right, through_linear, own_slopes, waived):
    """Return a function: fail unless backward is that of a linear layer, given D for d_out.

    What is wrong nevertheless is wrong in the linear layer, or in the forward pass.
    """

    def fails(case):
        yours, units = observe(case), units_of(case)
        if not as_linear(case, yours):
            first = through_linear(case, case.G * next(own_slopes(case))[0])
            for name, what in AFTER.items():
                mine, theirs = getattr(yours, name).value, getattr(first, name).value
                if isinstance(theirs, np.ndarray):
                    message = (
                        f"With {case.activation!r}, backward should do what it does in a linear "
                        "layer that is given D, which is d_out times the derivative at Z."
                    )
                    expect_close(mine, theirs, what=what, message=message, unit=units[name])
        for name, what in AFTER.items():
            with waived(to=besides("derivative")):
                wanted = getattr(right(case), name)
                expect_close(getattr(yours, name).value, wanted, what=what, unit=units[name])

    def as_linear(case, yours):
        return any(
            same_passes(yours, through_linear(case, case.G * slopes), near, units_of(case))
            for slopes, near in own_slopes(case)
        )

    return fails


AFTER = {
    "input_gradient": "layer.backward(d_out)",
    "W": "layer.W after backward",
    "b": "layer.b after backward",
}


def as_reference(seen, wanted, units=None):
    """Whether the student's passes end as the reference's do."""
    return all(
        not getattr(seen, name).error
        and is_close(
            getattr(seen, name).value, getattr(wanted, name), unit=units[name] if units else 1.0
        )
        for name in AFTER
    )


@check("derivative", "backward multiplies by the derivative of the activation at Z", weight=4)
@each_activated_case(CURVED, 6)
def test_derivative(case, observe, right, expect_derivative):
    """As the reference does; else as the student's own linear layer does, given D."""
    if not as_reference(observe(case), right(case), units_of(case)):
        expect_derivative(case)


@check("derivative", "X and d_out of other memory layouts and types", variant_of="test_derivative")
def test_derivative_layouts(observe_typed, right, waived):
    """Where a linear layer takes them; single precision may be kept here."""
    for typed in CURVED_TYPED:
        seen, wanted = observe_typed(typed), right(typed.case)
        if typed.kind == "int64" and seen.input_gradient.error:
            continue  # fractions that are written into whole numbers: NumPy says so, and loudly
        near = {"rtol": 1e-5, "atol": 1e-6} if typed.kind == "float32" else {}
        for name, what in AFTER.items():
            with waived(to=besides("derivative")):
                yours = getattr(seen, name).value
                expect_close(yours, getattr(wanted, name), what=f"{what}, {typed}", **near)


@check("derivative", "The gradients are slopes of the loss, measured numerically", weight=2)
@each_activated_case(CURVED, 4, far=False)
def test_derivative_numerically(case, observe, measured, expect_derivative):
    """Central differences through the activation, away from the kink of ReLU."""
    slopes, seen = measured(case), observe(case)
    shown = {"X": seen.input_gradient.value}
    for name in "Wb":
        fits = _same_shape(getattr(seen, name), getattr(case, name))
        shown[name] = _step(case, seen, name) / rate_of(case) if fits else None
    if not all(agrees(shown[name], slopes[name], exact=case.exact) for name in "XWb"):
        expect_derivative(case)


@check("derivative", "It is right far from zero, where the sigmoid is flat")
def test_far_derivative(far, waived):
    """All but 0, and no overflow."""
    for z, gradient in zip((FAR_Z, -FAR_Z, NEAR_Z), far()[1], strict=True):
        wanted = 2 * ACTIVATIONS["sigmoid"].derivative(z)
        with waived(to=besides("derivative")):
            expect_close(gradient.value, wanted, what="layer.backward(d_out)")


KINK_G = AffineCase(3, 1, 1).G


@lasting
def at_kink(student, once):
    """Return a function: the passes of a layer where z is 0, and where it is -1."""

    def run():
        found = []
        with student.program():
            for z in (0.0, -1.0):
                layer, x_of = layer_of_z(student, "relu")
                output = layer.forward(np.full((3, 1), x_of(z)))
                returned = layer.backward(KINK_G, RATE)
                found.append(Passes(output, returned, layer.W, layer.b))
        return found

    return lambda: once("kink", run)


AT_KINK = {"input_gradient": np.zeros((3, 1)), "W": np.array([[2.0]]), "b": np.array([[1.0]])}
"""What is right on the left of it as well."""


@check("derivative", "The slope of ReLU at exactly 0 is 0")
def test_kink(at_kink, waived):
    """As on the left of 0."""
    zero, left = at_kink()
    message = "At z = 0 the slope of ReLU is taken to be 0, as for negative z."
    for name, wanted in AT_KINK.items():
        yours, beside = getattr(zero, name).value, getattr(left, name)
        flat = beside.error is None and is_close(beside.value, wanted)
        with nullcontext() if flat else waived(to=PASSES):
            expect_close(yours, wanted, what=AFTER[name], message=message)


# -- step ----------------------------------------------------------------------------------

FEW = (AffineCase(1, 2, 2), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))
"""Enough for what does not depend on shapes."""
RATES = (0.3, 2.0, 0.0, -0.75, None)
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
def test_direction(case, observe, right, pace, waived):
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
    if as_reference(seen, right(case)):
        return
    times = pace()
    expect(
        times == 1,
        "W and b should go down by lr times their gradients; they go down by "
        f"{times:g} times that.",
        what="layer.W after backward",
        yours=seen.W.value,
    )
    for name in "Wb":
        with waived(to=besides("step")):
            wanted = getattr(right(case), name)
            expect_close(getattr(seen, name).value, wanted, what=AFTER[name])


@check("step", "The step is proportional to lr, which is 0.01 if it is not given", weight=2)
@some_cases(FEW)
def test_learning_rate(case, observe, stepped):
    """Compared with the student's own step at another lr."""
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
                wanted = start - (0.01 if rate is None else rate) / RATE * (start - usual)
            message = f"After {call}, {name} is not where a step by this lr leads."
            expect_close(yours, wanted, what=f"layer.{name}", message=message)


@check("step", "Each step is by the lr that it is given")
def test_each_step(trained, right_now, waived):
    """Several in a row, with others each time, and with none."""
    for name in KINDS:
        for place, step in numbered(trained(name)):
            wanted = None
            with waived(to=(*besides("step"), "state")):
                wanted = right_now(step)
                step.input_gradient.value
            for parameter, after in zip("Wb", step.after, strict=True) if wanted else ():
                message = f"{place}, {parameter} is not where a step by its lr leads."
                with waived(to=(*besides("step"), "state")):
                    right = getattr(wanted, parameter)
                    expect_close(after.value, right, what=AFTER[parameter], message=message)


# -- state ---------------------------------------------------------------------------------


def expect_as_fresh(yours, fresh, situation, units=None):
    """Fail unless a pass gave what a fresh layer gives for the case."""
    for name, what in {"output": "layer.forward(X)", **AFTER}.items():
        wanted = getattr(fresh, name).value  # if a fresh layer fails, it is not a matter of state
        if isinstance(wanted, np.ndarray):
            message = f"{situation}, it is not what a fresh layer gives."
            compared = {"what": what, "message": message, "unit": units[name] if units else 1.0}
            expect_close(getattr(yours, name).value, wanted, **compared)


def rounds_with(name):
    """The cases of several passes on one layer with an activation."""
    small = [AffineCase(rows, 3, 2, seed=seed) for seed, rows in enumerate((2, 1, 3, 3))]
    return tuple(activated(case, name) for case in small)


FURTHER = (
    *far_cases(KINDS),
    *(activated(AffineCase(*sizes), "relu") for sizes in ((1, 1, 1), (2, 2, 2))),
)
ROUNDS = [
    *map(rounds_with, KINDS),
    *(tuple(replace(case, seed=seed) for seed in (1, 2)) for case in FURTHER),
]
"""Also with sizes and values far from these."""


def between(case):
    """The case of a forward pass before each round."""
    return AffineCase(5, case.n_inputs, case.n_units, seed=9)


@lasting
def rounds(student, once):
    """Return a function: several passes on one layer, with forward passes of others between.

    And what they have left behind.
    """

    def run(cases):
        found = []
        with student.program():
            layer = make_layer(student, cases[0])
            student.watch()
            for case in cases:
                put_weights(layer, case)
                layer.forward(between(case).X)
                found.append(run_layer(layer, case))
            return found, student.left()

    return once.each("rounds", ROUNDS, run)


@check("state", "Passes do not remember the ones before, whatever the batch size", weight=2)
def test_repeated_passes(rounds, observe):
    """Forward and backward again and again on one layer, with each activation."""
    for cases in ROUNDS:
        fresh = [observe(case) for case in cases]
        for number, (seen, alone) in enumerate(zip(rounds(cases)[0], fresh, strict=True), 1):
            units = {"output": cases[0].units["output"], **units_of(cases[0])}
            expect_as_fresh(seen, alone, f"In pass {number} on the same layer", units)


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
            returned = [layer.backward(case.G, rate_of(case)) for layer, case in pairs]
            after = [(layer.W, layer.b) for layer in layers]
        passes = zip(outputs, returned, after, strict=True)
        return made, [Passes(*each, *end) for *each, end in passes]

    return lambda: once("two layers", run)


@check("state", "Two layers do not disturb each other")
def test_interleaved_layers(two_layers, siblings, started, observe, waived):
    """Make both, forward both, then backward both; of different sizes, and of the same."""
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
    for number, (start, seen) in enumerate(siblings((0, 1))):
        ((usual, alone),) = siblings((number,))
        if not works(alone, waived):
            continue
        with waived(to="seeded"):
            for name, mine, theirs in zip("Wb", start, usual, strict=True):
                message = f"With a second layer of the same size, {name} is another after the seed."
                expect_close(mine.value, theirs.value, what=f"layer.{name}", message=message)
            expect_as_fresh(seen, alone, "With a second layer of the same size in use")


def works(passes, waived):
    """Whether no pass has raised; where one has, it is left to other groups."""
    with waived(to=PASSES):
        for name in ("output", *AFTER):
            getattr(passes, name).value
        return True
    return False


SIBLINGS = [AffineCase(3, 3, 2, integers=False, seed=seed) for seed in (1, 2)]


@lasting
def siblings(student, once):
    """Return a function: layers of one size, made after seeds of their own and used side by side.

    For each of SIBLINGS that is asked for: W and b when all are made, and its passes.
    """

    def run(which):
        with student.program():
            layers = []
            for number in which:
                student.seed(seeds.number(11, number))
                layers.append(student.DenseLayer(3, 2, "sigmoid", seeds.number(11, number)))
            pairs = list(zip(layers, [SIBLINGS[number] for number in which], strict=True))
            starts = [(layer.W, layer.b) for layer in layers]
            outputs = [layer.forward(case.X) for layer, case in pairs]
            returned = [layer.backward(case.G, RATE) for layer, case in pairs]
            after = [(layer.W, layer.b) for layer in layers]
        passes = zip(outputs, returned, after, strict=True)
        return list(zip(starts, [Passes(*each, *end) for *each, end in passes], strict=True))

    return once.each("siblings", [(0, 1), (0,), (1,)], run)


# -- several passes on one layer -----------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A pass in the middle of others; what comes from the student's layer, in promises.

    Attributes:
        rate: The learning rate; None: it is not given.
        before, after: (W, b).
        output, input_gradient: What forward and backward returned.
    """

    case: AffineCase
    rate: float | None
    before: tuple
    output: object
    input_gradient: object
    after: tuple


TRAINING = sequence(
    *[(rows, "learn") for rows in (3, 3, 1)],
    (4, "evaluate"),
    *[(rows, "learn") for rows in (5, 2, 3, 3)],
)
"""Of several sizes, some of which were there before; and a forward pass that is no part of it."""
TRAINING_RATES = (RATE, RATE / 8, None, None, 0.0, RATE / 2, RATE / 4, RATE)


def new_layer(student, name):
    """Return a layer for training, as it is after a seed."""
    student.seed(seeds.number(12))
    name = None if name == "linear" else name
    return student.DenseLayer(3, 2, name, seeds.number(12))


def backward(layer, G, rate):
    """Go backward with a learning rate, or with none."""
    return layer.backward(G) if rate is None else layer.backward(G, rate)


def train(layers):
    """Yield the passes of training of some layers by name, and their cases and rates.

    (name, case, rate, output, input gradient); for a program block, if they are a student's.
    """
    for each, rate in zip(TRAINING, TRAINING_RATES, strict=True):
        for name, layer in layers.items():
            case = activated(each.case, name)
            output = layer.forward(case.X)
            if each.kind == "learn":
                yield name, case, rate, output, backward(layer, case.G, rate)


@lasting
def training(student, once):
    """Return a function: the steps of training of a layer with an activation, and what is left.

    Nobody sets W and b, from when the layer is made; they are only read.
    """

    def run(name):
        steps = []
        with student.program():
            layer = new_layer(student, name)
            before = layer.W, layer.b
            student.watch()
            for _, case, rate, *passed in train({name: layer}):
                after = layer.W, layer.b
                steps.append(Step(case, rate, before, *passed, after))
                before = after
            return steps, student.left()

    return once.each("trained", KINDS, run)


@lasting
def trained(training):
    """Return a function: the steps of training of a layer with an activation."""
    return lambda name: training(name)[0]


@lasting
def unwatched(student, once):
    """Return a function: (output, input gradient) of the same steps of layers side by side.

    By the activation, and what is left; nobody looks at these layers before the end.
    """

    def run():
        found = {name: [] for name in KINDS}
        with student.program():
            layers = {name: new_layer(student, name) for name in KINDS}
            student.watch()
            for name, _, _, *passed in train(layers):
                found[name].append(passed)
            return found, student.left()

    return lambda: once("unwatched", run)


@lasting
def right_now(once, right_from):
    """Return a function: what is right in a step, for W and b as they are before it."""

    def find(step):
        W, b = (pending.value for pending in step.before)
        return right_from(step.case, W, b, 0.01 if step.rate is None else step.rate)

    return lambda step: once(("right now", step.case), lambda: find(step))


@check("state", "Each pass is right, whatever came before it", weight=2)
def test_each_pass(trained, right_now, waived):
    """In a layer that learns: for the W and b that it has by then."""
    for name in KINDS:
        for place, step in numbered(trained(name)):
            wanted = None
            with waived(to=PASSES):
                step.input_gradient.value
                wanted = right_now(step)
            if wanted is not None:
                expect_pass(place, step, wanted, waived)


def expect_pass(place, step, wanted, waived):
    """Fail unless a pass is right; what is wrong in every pass is left to the groups for it."""
    for name, what in {"output": "layer.forward(X)", **AFTER}.items():
        yours = step.after["Wb".index(name)] if name in "Wb" else getattr(step, name)
        message = f"{place}, it is not what is right for the W and b of that moment."
        with waived(to=PASSES if name in "Wb" else besides("step")):
            expect_close(yours.value, getattr(wanted, name), what=what, message=message)


@check("state", "Training goes on as it does when nobody looks at W and b")
def test_unwatched_training(trained, unwatched, waived):
    """The same passes without reading W and b between them, and with other layers beside."""
    message = "it is not what it is for a layer alone whose W and b are read between the passes."
    for name in KINDS:
        pairs = zip(numbered(unwatched()[0][name]), trained(name), strict=True)
        with waived(to="seeded"):
            for (place, mine), watched in pairs:
                usual = (watched.output, watched.input_gradient)
                whats = ("layer.forward(X)", "layer.backward(d_out)")
                for what, now, then in zip(whats, mine, usual, strict=True):
                    if then.error is None and isinstance(then.value, np.ndarray):
                        expect_close(
                            now.value, then.value, what=what, message=f"{place}, {message}"
                        )


@lasting
def all_left(
    student, drawn, observe, observe_typed, rounds, training, unwatched, seeding, large_layers
):
    """Return a function: (place, what was left behind) wherever layers and passes are looked at."""

    def find():
        for key in OTHER_SEEDS:
            yield "", lambda key=key: seeding(key)[1]
        yield "", lambda: large_layers()[1]
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case).left
        for typed in (*TYPED, *CURVED_TYPED):
            yield f"With {typed}: ", lambda typed=typed: observe_typed(typed).left
        for cases in ROUNDS:
            yield "In several passes on one layer: ", lambda cases=cases: rounds(cases)[1]
        for name in KINDS:
            yield "In several steps of training: ", lambda name=name: training(name)[1]
        yield "With several layers in use: ", lambda: unwatched()[1]

    return lambda: each_alone(student, find())


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(all_left):
    """Arrays that were returned earlier; NumPy's global generator and its error handling."""
    for place, left in all_left():
        expect_nothing_left(left, place, may_draw={"DenseLayer"})


# -- purity --------------------------------------------------------------------------------

PURE = [activated(AffineCase(3, 2, 2), name) for name in KINDS]


@lasting
def arguments_after(student, once):
    """Return a function: the caller's arrays, read back after each pass."""

    def run(case):
        with student.program():
            X, G = student.array(case.X), student.array(case.G)
            layer = make_layer(student, case)
            done = layer.forward(X)
            read = [("X", "forward", done, case.X, student.read(X))]
            done = layer.backward(G, rate_of(case))
            read += [("X", "backward", done, case.X, student.read(X))]
            read += [("d_out", "backward", done, case.G, student.read(G))]
        return read

    return once.each("arguments", PURE, run)


@check("purity", "X and d_out are left as they were", weight=2)
@some_cases(PURE)
def test_arguments_unchanged(case, arguments_after):
    """Read back after both passes, with each activation."""
    expect_unchanged(arguments_after(case))


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


@aspect("layouts", groups=["forward"], noun="The output for such an input", cases=TYPED)
def see_layouts(observe_typed, right):
    """What forward gives for inputs of other memory layouts and types."""

    def look(typed):
        given = {"kind": typed.X, **looks(typed.case, mean=True)}
        return Seen(observe_typed(typed).output, right(typed.case).output, **given)

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


@aspect("clipping", groups=["overflow"], noun="The sigmoid", cases=["far"])
def see_clipping(far):
    """The logarithms of the sigmoid on the left of 0, and the sigmoid on the right."""

    def look(_):
        low, high, near = far()[0]
        if near.error or not is_close(near.value, sigmoid(NEAR_Z)):
            return None
        with np.errstate(all="ignore"):
            wanted = (np.log(sigmoid(FAR_Z)), sigmoid(-FAR_Z))
            if low.error:
                return Seen((Raised(low.error.type_name), None), wanted, z=FAR_Z)
            return Seen((np.log(low.value), high.error or high.value), wanted, z=FAR_Z)

    return look


@aspect("input-gradient", groups=["input-gradient"], noun="The returned gradient", more=MORE)
def see_input_gradient(observe, right):
    """What backward(d_out) returns in a linear layer; the weights have moved meanwhile."""

    def look(case):
        seen = observe(case)
        given = {"output": seen.output, "new_W": seen.W, "new_b": seen.b, "rate": rate_of(case)}
        return Seen(
            seen.input_gradient, right(case).input_gradient, **looks(case, mean=True), **given
        )

    return linear_only(look)


def shown_by_step(observe, right, gradient_of, name):
    """Return how to look at the gradient of W or b; where nothing moves there is nothing to see."""

    def look(case):
        seen = observe(case)
        after = getattr(seen, name)
        if seen.input_gradient.error or after.error or not isinstance(after.value, np.ndarray):
            return None
        if _same_shape(after, getattr(case, name)):
            if not np.any(_step(case, seen, name)):
                return None
            gradient = gradient_of(case, name)
        else:
            with np.errstate(all="ignore"):
                try:
                    gradient = _step(case, seen, name) / rate_of(case)
                except (TypeError, ValueError):  # of shapes that do not fit
                    gradient = None
        wanted = right_gradient(right, case, name)
        return Seen(gradient, wanted, output=seen.output, **looks(case, mean=True))

    return linear_only(look)


@aspect("weight-gradient", groups=["weight-gradient"], noun="The weight gradient", more=MORE)
def see_weight_gradient(observe, right, gradient_of):
    """By how far W moves in a linear layer."""
    return shown_by_step(observe, right, gradient_of, "W")


@aspect("bias-gradient", groups=["bias-gradient"], noun="The bias gradient", more=MORE)
def see_bias_gradient(observe, right, gradient_of):
    """By how far b moves in a linear layer.

    A column that is subtracted from the row b is found as many times as there are units; for one
    row it cannot be told from a number.
    """
    shown = shown_by_step(observe, right, gradient_of, "b")

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
        yours = (returned.value @ EXCHANGE, by_weights / RATE, (b - after.value) / RATE)
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
        zero, left = (passes.input_gradient for passes in at_kink())
        if left.error or np.any(left.value):
            return None
        return Seen(zero, np.zeros((3, 1)), G=2 * KINK_G)

    return look


@aspect("step", groups=["step"], noun="The step", cases=["rates"])
def see_step(observe, stepped, right):
    """By how many times their gradients W and b go down, for RATE and RATES.

    One row, so that the mean is the sum; a gradient that is wrong nevertheless is taken as it is.
    """

    def look(_):
        case = FEW[0]
        seen = observe(case)
        passes = [{"done": seen.input_gradient, "W": seen.W, "b": seen.b}]
        passes += [stepped((case, rate)) for rate in RATES]
        if seen.input_gradient.error:
            return None
        found = {name: [] for name in "Wb"}
        for name, times in found.items():
            start, first = getattr(case, name), getattr(seen, name)
            if not _same_shape(first, start):
                return None
            wanted, usual = _step(case, right(case), name) / RATE, (start - first.value) / RATE
            unit = wanted if _times(usual, wanted) is not None else usual
            for each in passes:
                if each["done"].error:
                    times.append(Raised(each["done"].error.type_name))
                elif not _same_shape(each[name], start):
                    return None
                else:
                    times.append(_times(start - each[name].value, unit))
        right_times = [RATE, *(0.01 if rate is None else rate for rate in RATES)]
        yours = tuple(_plain(times) for times in found.values())
        return Seen(yours, (np.array(right_times),) * 2, rates=np.array(right_times))

    return look


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
        return "right" if distributions.same_draw(found[0], wanted) else "other"

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
def see_draw(student, drawn_layers):
    """W of a layer with a seed; how it is after the same seed once more, and after another."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["W"], given["again"], given["other"] = (
            seen_as_kept(student, "W", drawn_layers(*numbered)[0])
            for numbered in ((*key,), (*key, 2), (key[0], seed + 1))
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


@aspect("unknown", groups=["unknown"], noun="An unknown activation", cases=FAR_NAMES)
def see_unknown(student, refusal):
    """What the constructor raises, and what forward does if that raises nothing."""
    return look_at_names(student, refusal)


@aspect("near-names", groups=["unknown"], noun="Another name", cases=NEAR_NAMES)
def see_near_names(student, refusal):
    """The same for names that are nearly right."""
    return look_at_names(student, refusal)


def look_at_names(student, refusal):
    """Return how to look at a name that there is not."""

    def look(name):
        error = refusal(name)
        if error is not None:
            kind = "ValueError" if is_value_error(student, error) else error.type_name
            return Seen((kind, None), ("ValueError", None), name=name)
        case = AffineCase(2, 2, 3)
        student.begin()
        with student.program():
            outputs = []
            for activation in (name, None):
                layer = student.DenseLayer(2, 3, activation)
                put_weights(layer, case)
                outputs.append(layer.forward(case.X))
        output, usual = outputs
        then = output.error.type_name if output.error else output.value
        if output.error and usual.error:
            then = "raises in any case"
        given = looks(case)
        return Seen(("nothing", then), ("ValueError", None), name=name, **given)

    return look


@aspect("passes", groups=["state"], noun="What a layer gives in later passes", cases=["linear"])
def see_passes(rounds, observe):
    """The steps of W in the rounds on one layer, if they are right in fresh layers."""

    def step(case, passes):
        after = passes.W.error or passes.W.value
        fits = isinstance(after, np.ndarray) and after.shape == case.W.shape
        return (case.W - after) / RATE if fits else after

    def look(name):
        cases = rounds_with(name)
        wanted = [case.X.T @ case.G / case.batch for case in cases]
        if not all(is_close(step(c, observe(c)), w) for c, w in zip(cases, wanted, strict=True)):
            return None
        passed, _ = rounds(cases)
        yours = [step(case, passes) for case, passes in zip(cases, passed, strict=True)]
        return Seen(yours, wanted, rounds=cases, between=between(cases[0]))

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


@aspect("arguments", groups=["purity"], noun="The caller's arrays", cases=tuple(PURE))
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
