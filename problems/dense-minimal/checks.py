"""Checks of the problem `dense-minimal`.

Forward and gradients are checked on weights that the judge sets itself, so that each mistake costs
the points of its own group. One run of a layer on a case (`observe`) serves all checks that look
at it.
"""

import inspect
import json
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from grader.checks import (
    Seen,
    aspect,
    check,
    expect,
    expect_array,
    expect_close,
    expect_later_as_before,
    expect_unchanged,
    expect_untouched_numpy,
    gradients,
    is_close,
    seeds,
)
from grader.layers import (
    CORNERS,
    FAR,
    AffineCase,
    Draw,
    as_row,
    each_case,
    looks,
    looks_at_start,
    some_cases,
)
from grader.layers.distributions import expect_deviation, expect_normal, same_draw, single_precision
from grader.layers.gradient_checks import expect_gradient, expect_slope
from grader.layers.parameters import (
    BIASES,
    N_INPUTS,
    N_UNITS,
    ROWS,
    WEIGHTS,
    as_drawn,
    as_kept,
    expect_kept_shape,
    find_parameters,
    seen_as_kept,
)
from grader.layers.sequences import numbered
from grader.layers.typed_cases import FLOATS, TYPES, TypedCase, typed_cases
from grader.remote.liberties import as_array

lasting = pytest.fixture(scope="module")  # the same for every submission
DEVIATION = 0.1
DRAW = Draw("normal", lambda n_inputs, n_units: DEVIATION, "0.1")
PASSES = ("forward", "input-gradient", "weight-gradient", "bias-gradient")
"""The groups about one pass of a layer."""


# -- what the student's layer does, seen once and shared -----------------------------------


def find_liberties(student):
    """What the submission calls w, b and their gradients, and whether b is (n_neurons,)."""

    def run(layer):
        output, _ = (
            layer.forward(np.ones((ROWS, N_INPUTS))),
            layer.backward(np.ones((ROWS, N_UNITS))),
        )
        return output

    return find_parameters(
        student,
        lambda: student.LayerDense(N_INPUTS, N_UNITS),
        {"w": WEIGHTS, "b": BIASES},
        run,
        gradients={"dw": WEIGHTS, "db": BIASES},
        flat="b has shape (n_neurons,); the statement says (1, n_neurons).",
        arrays="a w b z dw db dz forward backward".split(),
        turned_costs="constructor seeded".split(),
    )


@lasting
def shaped(student):
    """Return a function that lays biases (1, n_units) as this submission keeps them."""
    return lambda b: b.reshape(-1) if "b" in student.liberties.flat else b


@lasting
def new_layer(student):
    """Return a function that makes a layer with the weights of a case."""

    def make(case):
        layer = student.LayerDense(case.n_inputs, case.n_units)
        layer.w, layer.b = case.W, case.b
        return layer

    return make


@dataclass(frozen=True)
class Passes:
    """One forward and one backward pass; each attribute is a promise (`.value`)."""

    output: object
    input_gradient: object
    a: object
    z: object
    dw: object
    db: object
    dz: object


PARTS = {
    "output": ("layer.forward(a)", "a·w + b", ["forward"]),
    "z": ("layer.z", "a·w + b", ["kept", "forward"]),
    "a": ("layer.a", "the argument of forward", ["kept"]),
    "input_gradient": ("layer.backward(dz)", "dz·wᵀ", ["input-gradient"]),
    "dw": ("layer.dw", "aᵀ·dz", ["weight-gradient"]),
    "db": ("layer.db", "the column sums of dz", ["bias-gradient"]),
    "dz": ("layer.dz", "what backward returns", ["kept", "input-gradient"]),
}
"""What each of them is called, what it is, and where it costs points if it is always wrong."""


def both_passes(layer, a, dz):
    """Run a layer forward and backward, and look at what it keeps."""
    done = layer.forward(a), layer.backward(dz)
    return Passes(*done, layer.a, layer.z, layer.dw, layer.db, layer.dz)


@lasting
def observe(student, once, drawn, new_layer):
    """Return a function that runs a fresh layer on a case."""

    def run(case):
        with student.program():
            return both_passes(new_layer(case), case.X, case.G)

    return once.each("observe", [*drawn("case"), *(c for cases in ROUNDS for c in cases)], run)


ODD = AffineCase(5, 3, 2, integers=False)
THIRDS = 1 / 3
"""Of weights: what comes of them is neither whole nor exact in single precision."""
LAID_OUT = [
    *typed_cases(
        AffineCase(1, 3, 2, scales=(1.0, THIRDS, 1.0)),
        AffineCase(4, 3, 2, scales=(1.0, THIRDS, 1.0)),
        AffineCase(4, 3, 2, scales=(0.25, THIRDS, 1.0)),
    ),
    *(TypedCase(AffineCase(4, 3, 2), W=kind) for kind in FLOATS),
    *(TypedCase(ODD, X=kind, G=kind) for kind in ("fortran", "strided")),
]
"""Besides whole numbers, whose sums may be equal by chance, some that are no whole ones."""


@lasting
def observe_typed(student, once, new_layer):
    """Return a function that runs a fresh layer on a, dz or w of another layout or type."""

    def run(typed):
        with student.program():
            layer = new_layer(typed.case)
            layer.w = typed.weights(student, "w")
            return both_passes(layer, *typed.arrays(student))

    return once.each("typed", LAID_OUT, run)


def told(typed):
    """A typed case in the words of the statement."""
    return str(typed).replace("X", "a").replace("G", "dz").replace("W", "w")


@lasting
def right(reference):
    """Return a function that gives the reference's layer, after both passes of a case."""
    return lambda case: _right(reference.LayerDense, case)


@lru_cache(maxsize=4096)
def _right(kind, case):
    layer = _reference_layer(kind, case)
    layer.forward(case.X)
    layer.backward(case.G)
    return layer


def _reference_layer(kind, case):
    layer = kind(case.n_inputs, case.n_units)
    layer.w, layer.b = case.W, case.b
    return layer


def right_parts(layer):
    """What is right for each of PARTS, from the reference's layer after its passes."""
    found = {name: getattr(layer, name, None) for name in ("z", "a", "dw", "db", "dz")}
    return found | {"output": layer.z, "input_gradient": layer.dz}


def flat(b):
    """The other shape that biases (1, n_units) may have."""
    return [(b.size,)]


def part_of(observation, name):
    """An attribute that backward makes; what backward raised, if it did."""
    promise = getattr(observation, name)
    if promise.error and observation.input_gradient.error:
        observation.input_gradient.value
    return promise.value


# -- numerical gradients -------------------------------------------------------------------


@lasting
def own_slopes(student, once, new_layer):
    """Return a function: central differences of the student's own forward pass, by parameter."""

    def run(case, step):
        b = case.b
        with student.untraced(), student.program():
            layer = new_layer(case)
            sweep = layer.forward.sweep
            swept = {"X": (case.X, sweep(gradients.perturbed(case.X, step)))}
            moved = gradients.perturbed(case.W, step)
            swept["W"] = (case.W, sweep(moved, attribute="w", x=case.X))
            layer.w = case.W
            swept["b"] = (case.b, sweep(gradients.perturbed(b, step), attribute="b", x=case.X))
        return {
            name: gradients.from_sweep(promise, case.G, step, at.shape)
            for name, (at, promise) in swept.items()
        }

    return lambda case, step: once(("slopes", case, step), lambda: run(case, step))


@lru_cache(maxsize=4096)
def reference_slope(kind, case, name):
    """Central differences of the reference's forward pass."""

    def forward(value):
        layer = _reference_layer(kind, case)
        if name == "X":
            return layer.forward(value)
        setattr(layer, name.lower(), value)
        return layer.forward(case.X)

    return gradients.measured(forward, getattr(case, name), case.G, case.step)


NEAR = AffineCase(2, 3, 2, integers=False)
"""Where a curved forward pass is not flat, as it may be far away."""


@lasting
def hold(right, reference, own_slopes, waived):
    """Return a function that holds a gradient to the right one, and to central differences.

    Not to these where each of many elements, or tiny ones, would have to be moved.
    """

    def compare(case, yours, name, what):
        part, unit = {"X": ("dz", "input"), "W": ("dw", "weights"), "b": ("db", "bias")}[name]
        kept = {"what": what, "or_shapes": flat(case.b) if name == "b" else []}

        def own():
            slopes = lambda at: (own_slopes(at, step)[name] for step in at.steps)  # noqa: E731
            excuse = waived(to="forward")
            return {"own": slopes(case), "elsewhere": slopes(NEAR), "waived": excuse}

        expected = getattr(right(case), part)
        expect_gradient(yours, expected, unit=case.units[unit], **own(), **kept)
        if case not in FAR:
            measured = reference_slope(reference.LayerDense, case, name)
            expect_slope(yours, measured, exact=case.exact, **own(), **kept)

    return compare


@lasting
def hold_typed(student, right, observe_typed, waived):
    """Return a function: fail unless a part is right for arrays of other layouts and types.

    What is wrong for usual ones too has to cost points there.
    """

    def compare(part):
        name, _, groups = PARTS[part]
        for typed in LAID_OUT:
            student.begin()
            expected = right_parts(right(typed.case))[part]
            or_shapes = flat(expected) if part == "db" else []
            with waived(to=("forward", "input-gradient", *groups)):
                yours = part_of(observe_typed(typed), part)
                expect_close(
                    yours, expected, what=f"{name} with {told(typed)}", or_shapes=or_shapes
                )

    return compare


# -- constructor and initialization --------------------------------------------------------


SHAPES = [(1, 1), (2, 3), (3, 2), (4, 4), (1, 3), (3, 1), (130, 20), (20, 130)]


@lasting
def fresh(student, once):
    """Return a function: (w, b) of a new layer, as promises."""

    def run(sizes):
        with student.program():
            layer = student.LayerDense(*sizes)
            with student.as_written():
                return layer.w, layer.b

    return once.each("fresh", SHAPES, run)


@check("constructor", "w has one row per input and one column per neuron", weight=2)
def test_weight_shape(student, fresh):
    for sizes in SHAPES:
        expect_kept_shape(student, "w", fresh(sizes)[0].value, "layer.w", sizes)


@check("constructor", "b starts as zeros, one for each neuron", weight=2)
def test_bias_starts_at_zero(fresh):
    for n_inputs, n_neurons in SHAPES:
        b = fresh((n_inputs, n_neurons))[1].value
        expect_close(b, np.zeros((1, n_neurons)), what="layer.b", or_shapes=[(n_neurons,)])


NAMED = AffineCase(2, 2, 3)


@check("constructor", "The arguments can be given by name, those of the methods too")
def test_arguments_by_name(student, observe, waived):
    usual = observe(NAMED)
    student.begin()
    with student.program():
        with student.as_written():
            layer = student.LayerDense(n_inputs=2, n_neurons=3)
        b = layer.b
        layer.w, layer.b = NAMED.W, NAMED.b
        named = layer.forward(a=NAMED.X), layer.backward(dz=NAMED.G)
        with student.as_written():
            gradients = layer.dw, layer.db
    message = "LayerDense(n_inputs=2, n_neurons=3) should have three biases."
    expect(np.size(b.value) == 3, message, what="layer.b", yours=b.value)
    for promise, other in zip(named, (usual.output, usual.input_gradient), strict=True):
        with waived(to=PASSES) if other.error else nullcontext():
            promise.value
    for promise, other in zip(gradients, (usual.dw, usual.db), strict=True):
        if not other.error:
            promise.value  # else it is missing under any name
    student.ask_as_stated(layer)


LARGE = [(151, 211), (1, 997), (997, 1)]
"""No squares and no hundreds, whose roots are easily right; 30,000 numbers tell a normal
distribution from a uniform one."""
LARGE_SEED = seeds.number(3)


@lasting
def large_weights(student, once):
    """Return a function: w of layers of LARGE, made one after the other, each with its sizes."""

    def run():
        student.seed(LARGE_SEED)
        with student.program():
            return [student.LayerDense(*sizes).w for sizes in LARGE]

    def look():
        return [
            expect_array(w.value, "layer.w", sizes)
            for w, sizes in zip(once("large", run), LARGE, strict=True)
        ]

    return look


@lru_cache(maxsize=1)
def usual_weights(seed):
    """The same, as the global generator gives them after a seed."""
    random = np.random.RandomState(seed)
    return [DRAW(random, *sizes) for sizes in LARGE]


@check("initialization", "w has the mean 0 and the standard deviation 0.1", weight=5)
def test_weight_scale(large_weights):
    for w, usual in zip(large_weights(), usual_weights(LARGE_SEED), strict=True):
        if not is_close(w, usual):  # else there is nothing to measure
            expect_deviation(w, DEVIATION, "0.1", what="layer.w")


@check("initialization", "w is normally distributed", weight=4)
def test_weights_are_normal(large_weights):
    w = large_weights()[0]
    if not is_close(w, usual_weights(LARGE_SEED)[0]):
        expect_normal(w, what="layer.w")


@check("initialization", "Two layers start differently")
def test_weights_are_fresh(student):
    with student.program():
        first = student.LayerDense(3, 2).w
        second = student.LayerDense(3, 2).w
    message = "Two layers have the same weights: each should draw its own, without seeding."
    different = not np.array_equal(first.value, second.value)
    expect(different, message, what="layer2.w", yours=second.value)


SEEDS = [
    *[((2, 3), 0), ((3, 3), 42), ((5, 2), 7), ((1, 4), 2024), ((4, 1), 3)],
    *[((1, 5), seeds.number(4)), ((6, 1), 2**32 - 1 - seeds.number(5) % 2**16)],
    *[((130, 3), 2**16 + seeds.number(6) % 2**16), ((3, 130), seeds.number(7) % 2**10)],
]
"""Those of expected.json and others, small and large, that nobody can know."""


@lasting
def seeded(student, once):
    """Return a function: w of a layer after a seed, and the next random numbers, as promises."""

    def run(key):
        sizes, seed = key
        student.seed(seed)
        with student.program():
            return student.LayerDense(*sizes).w, student.draw(3)

    return once.each("seeded", SEEDS, run)


@check("seeded", "The numbers of the worked example, and of other seeds and sizes", weight=6)
def test_seeded(student, expected, seeded, large_weights, waived):
    """A wrong scale is another check's matter."""
    frozen = {wanted["seed"]: np.array(wanted["w"]) for wanted in expected["draws"]}
    for sizes, seed in SEEDS:
        student.begin()
        w, _ = seeded((sizes, seed))
        wanted = frozen.get(seed)
        yours = as_drawn(student, "w", w.value)
        expect_drawn(yours, DRAW(np.random.RandomState(seed), *sizes), seed, waived)
        if wanted is not None:
            expect_drawn(yours, wanted, seed, waived)
    large = as_drawn(student, "w", large_weights()[0])
    expect_drawn(large, usual_weights(LARGE_SEED)[0], LARGE_SEED, waived)


def expect_drawn(w, wanted, seed, waived):
    """Fail unless w is made of the right random numbers; its scale has to cost points elsewhere."""
    array = expect_array(w, "layer.w", wanted.shape)
    message = (
        f"These are not the numbers that np.random.randn draws after np.random.seed({seed})."
        " Draw w in one call, and do not seed it yourself."
    )
    compared = {"what": "layer.w", "message": message, "unit": DEVIATION}
    elsewhere = same_draw(array, wanted) or single_precision(array, wanted)
    with waived(to=("initialization", "forward")) if elsewhere else nullcontext():
        expect_close(w, wanted, **compared)


@check("seeded", "A new layer draws w, and nothing else")
def test_nothing_else_is_drawn(student, seeded, waived):
    """So that the numbers after it are the next ones."""
    for sizes, seed in SEEDS:
        student.begin()
        w, drawn = seeded((sizes, seed))
        w.value
        random = np.random.RandomState(seed)
        DRAW(random, *sizes)
        message = (
            f"After np.random.seed({seed}) and LayerDense{sizes}, np.random does not give the"
            " numbers that come after those of w: draw w in one call, and nothing else."
        )
        with waived(to="constructor"):  # as where b is drawn as well
            wanted = random.random_sample(3)
            expect_close(drawn.value, wanted, what="the next random numbers", message=message)


EXAMPLE = {"a": [[1.0, 2.0], [3.0, -1.0]], "dz": [[0.1, 0.2, 0.3], [-0.1, 0.0, 0.2]]}


@check("seeded", "The worked example prints what the statement says")
def test_example(student, expected, waived):
    """From the seed to db; what is wrong with other numbers too has to cost points there."""
    student.seed(0)
    with student.program():
        layer = student.LayerDense(2, 3)
        seen = both_passes(layer, *(np.array(EXAMPLE[name]) for name in ("a", "dz")))
    for name, wanted in expected["example"].items():
        with waived(to=(*PASSES, "constructor", "initialization")):
            right = np.array(wanted)
            yours, or_shapes = part_of(seen, name), flat(right) if name == "db" else []
            what = f"{PARTS[name][0]}, in the worked example"
            expect_close(yours, right, what=what, or_shapes=or_shapes, unit=DEVIATION)


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is a·w + b", weight=12)
@each_case(13)
def test_forward(case, observe, right):
    yours, expected = observe(case).output.value, right(case).z
    expect_close(yours, expected, what="layer.forward(a)", unit=case.units["output"])


@check("forward", "a and w of other memory layouts and types", weight=4, variant_of="test_forward")
def test_layouts(hold_typed):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    hold_typed("output")


# -- gradients -----------------------------------------------------------------------------


@check("input-gradient", "backward returns dz·wᵀ, the slope of the loss", weight=7)
@each_case(13)
def test_input_gradient(case, observe, hold):
    hold(case, observe(case).input_gradient.value, "X", "layer.backward(dz)")


@check(
    "input-gradient",
    "What backward returns, for other memory layouts and types",
    variant_of="test_input_gradient",
)
def test_input_gradient_layouts(hold_typed):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    hold_typed("input_gradient")


@check("weight-gradient", "dw is aᵀ·dz, the slope of the loss", weight=7)
@each_case(13)
def test_weight_gradient(case, observe, hold):
    hold(case, part_of(observe(case), "dw"), "W", "layer.dw after backward")


@check(
    "weight-gradient", "dw for other memory layouts and types", variant_of="test_weight_gradient"
)
def test_weight_gradient_layouts(hold_typed):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    hold_typed("dw")


@check("bias-gradient", "db holds the column sums of dz, the slope of the loss", weight=7)
@each_case(13)
def test_bias_gradient(case, observe, hold):
    hold(case, part_of(observe(case), "db"), "b", "layer.db after backward")


@check("bias-gradient", "db for other memory layouts and types", variant_of="test_bias_gradient")
def test_bias_gradient_layouts(hold_typed):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    hold_typed("db")


# -- what is kept --------------------------------------------------------------------------


FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))


@check("kept", "a and z are kept by forward")
@some_cases([*CORNERS, *FAR])
def test_forward_keeps(case, observe, right, waived):
    seen, returned = observe(case), observe(case).output.value
    unit = min(1.0, case.scales[0])
    kept = seen.a.value
    short = isinstance(kept, np.ndarray) and single_precision(kept, case.X)
    with waived(to="forward") if short else nullcontext():
        expect_close(kept, case.X, what="layer.a after forward", unit=unit)
    told = ("z", "forward", case.units["output"], waived(to="forward"))
    expect_kept(seen.z.value, returned, right(case).z, *told)


def expect_kept(yours, returned, right, name, method, unit, waived):
    """Fail unless an attribute is what a method returned, or should have."""
    if is_close(yours, right, unit=unit):
        return
    what = f"layer.{name} after {method}"
    if isinstance(returned, np.ndarray):
        message = f"layer.{name} should be what {method} returns."
        expect_close(yours, returned, what=what, message=message, unit=unit)
    with waived:
        expect_close(yours, right, what=what, unit=unit)


@check("kept", "dz is kept by backward: what it returns")
@some_cases([*CORNERS, *FAR])
def test_backward_keeps(case, observe, right, waived):
    seen = observe(case)
    returned = seen.input_gradient.value
    told = ("dz", "backward", case.units["input"], waived(to="input-gradient"))
    expect_kept(seen.dz.value, returned, right(case).dz, *told)


@check("kept", "a, z and dz are kept for other memory layouts and types too")
def test_kept_layouts(hold_typed):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    for part in ("a", "z", "dz"):
        hold_typed(part)


# -- training ------------------------------------------------------------------------------


STEPS, RATE, HIDDEN = 20, 2.0, 3


@lru_cache(maxsize=1)
def irises():
    """Four measurements, standardized, shape (50, 4), and the species, shape (50, 1)."""
    rows = np.array(json.loads(Path(__file__).with_name("iris.json").read_text("utf-8"))["rows"])
    X, species = rows[:, :4], rows[:, 4:]
    return (X - X.mean(axis=0)) / X.std(axis=0), species


def train(make, X, species, steps, rate, turned, *parameters):
    """Train a network of two layers with sigmoids; return the loss before each step.

    The loss is the mean cross-entropy. This is sent to where the student's layers are, and so
    complete in itself. A gradient that does not fit moves nothing: that is another check's matter.

    Args:
        make: Makes a layer of given sizes.
        turned: Whether the layers keep weights with a row for each neuron.
        parameters: Weights and biases to start with, of the first layer and then of the second.

    Returns:
        Shape (steps,); under the name "lists" if arrays came as such. If an output does not fit:
        a list that ends with it, of as many as there are layers by then.
    """

    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    listed = []

    def plain(value):
        listed.append(isinstance(value, list))
        return np.asarray(value) if isinstance(value, np.ndarray | list) else value

    def fits(value, shape):
        return isinstance(value, np.ndarray) and value.shape == shape

    def laid(weights):
        return weights.T if turned and isinstance(weights, np.ndarray) else weights

    def stepped(parameter, gradient):
        fitting = isinstance(gradient, np.ndarray) and gradient.size == parameter.size
        return parameter - rate * gradient.reshape(parameter.shape) if fitting else parameter

    weights, biases = parameters[::2], parameters[1::2]
    layers = [make(*w.shape) for w in weights]
    losses = []
    for _ in range(steps):
        passed = [X]
        for layer, w, b in zip(layers, weights, biases, strict=True):
            layer.w, layer.b = laid(w), b
            z = plain(layer.forward(passed[-1].copy()))
            if not fits(z, (len(X), w.shape[1])):
                return [*passed[1:], z]
            passed.append(sigmoid(z))
        _, hidden, output = passed
        chance = np.clip(output, 1e-12, 1 - 1e-12)
        logs = species * np.log(chance) + (1 - species) * np.log(1 - chance)
        losses.append(-logs.mean())
        dz = plain(layers[1].backward((output - species) / len(X)))
        layers[0].backward((dz if fits(dz, hidden.shape) else 0) * hidden * (1 - hidden))
        slopes = [laid(plain(layer.dw)) for layer in layers]
        weights = [stepped(w, slope) for w, slope in zip(weights, slopes, strict=True)]
        biases = [stepped(b, plain(layer.db)) for b, layer in zip(biases, layers, strict=True)]
    return {"lists": losses} if any(listed) else np.array(losses)


IN_THEIR_PLACE = """
def run(*arguments):
    return train(student.LayerDense, *arguments)
"""


def arguments_of_training(shaped, turned=False):
    """What train is told but for the layers; `shaped` lays biases as these keep them.

    The weights are near fixed ones: whether wrong layers learn must not hang on the seed.
    """
    X, species = irises()
    fixed, near = np.random.default_rng(1), seeds.generator(1)
    parameters = []
    for size in ((X.shape[1], HIDDEN), (HIDDEN, 1)):
        w = fixed.standard_normal(size) / 2 + near.standard_normal(size) / 100
        parameters += [w, shaped(np.zeros((1, size[1])))]
    return X, species, STEPS, RATE, turned, *parameters


@lru_cache(maxsize=4)
def reference_losses(kind, session):
    """The losses with two layers of the reference; others in another session."""
    return train(kind, *arguments_of_training(lambda b: b))


@check("training", "Two layers with sigmoids learn to tell two irises apart")
def test_training(student, reference, shaped, waived):
    """The loss falls by a fiftieth, at the least, of what it falls by with right layers.

    That it does not fall as it does with right ones has to cost points in another group.
    """
    there = student.define(inspect.getsource(train) + IN_THEIR_PLACE)
    turned = "w" in student.liberties.turned
    found = there.run(*arguments_of_training(shaped, turned))
    if isinstance(found, list) and found:
        what = ("layer.forward(a)", "layer2.forward(hidden)")[len(found) > 1]
        expect_array(found[-1], what, (len(irises()[0]), (HIDDEN, 1)[len(found) > 1]))
    if isinstance(found, dict):
        found = as_array(found.get("lists"))
    wanted = reference_losses(reference.LayerDense, seeds.current())
    what = "the loss before each step"
    found = expect_array(found, what, wanted.shape)
    expect(found.dtype.kind == "f", "The losses in training are no real numbers.", what=what)
    message = (
        f"In {STEPS} steps the loss goes from {found[0]:.4f} to {found[-1]:.4f}. With a right layer"
        f" it falls to {wanted[-1]:.4f}."
    )
    learns = found[0] - found[-1] >= (wanted[0] - wanted[-1]) / 50
    with waived(to=(*PASSES, "state", "purity")) if learns else nullcontext():
        expect_close(found, wanted, what=what, message=message, rtol=1e-6)


# -- several passes on one layer -----------------------------------------------------------


CALLS = [
    *[(3, "both"), (3, "both"), (1, "both"), (5, "forward"), (2, "both"), (2, "backward")],
    *[(40, "both"), (3, "both"), (2, "forward"), (3, "both"), (3, "backward")],
]
"""Rows, and what is called; backward alone is the second one after one forward."""
SIZES = {"as drawn": (3, 2), "set anew": (1, 3), "nobody looks": (2, 1)}
"""Inputs and units, for each way that w and b come about: they are those that were drawn; others
are set between the passes, as new arrays and in place by turns; or they are set once, and nothing
is read until the end."""
SEQUENCES = {
    way: [
        (AffineCase(rows, *sizes, integers=False, seed=seed), calls)
        for seed, (rows, calls) in enumerate(CALLS)
    ]
    for way, sizes in SIZES.items()
}
LEFT_BEHIND = seeds.number(2)


@dataclass(frozen=True)
class Stretch:
    """What came of a sequence of calls on one layer, in promises.

    Attributes:
        passes: Of each pass, what was looked at of PARTS.
        arguments: Of each call: name, method, what it returned, the array before, and at the end.
        later: Of each call: its source, what it returned, and what that is at the end.
        start, end: (w, b) before the first pass and after the last.
        numpy: What expect_untouched_numpy looks at.
    """

    passes: list
    arguments: list
    later: list
    start: tuple
    end: tuple
    numpy: tuple


@lasting
def stretch(student, once):
    """Return a function: one of SEQUENCES on one layer."""

    def run(way):
        passes, arguments, later = [], [], []
        first, _ = SEQUENCES[way][0]
        with student.program():
            geterr, copyto = student.usual_errors(), student.given("numpy", "copyto")
            errors = geterr()
            layer = student.LayerDense(*SIZES[way])
            if way == "nobody looks":
                layer.w, layer.b = first.W, first.b
            start = (layer.w, layer.b) if way == "as drawn" else (first.W, first.b)
            student.seed(LEFT_BEHIND)
            for number, (case, calls) in enumerate(SEQUENCES[way], 1):
                if way == "set anew" and number % 2 == 0:
                    w, b = layer.w, layer.b
                    copyto(w, as_kept(student, "w", case.W))
                    copyto(b, case.b)
                    layer.w, layer.b = w, b
                elif way == "set anew":
                    layer.w, layer.b = case.W, case.b
                done = {}
                if calls != "backward":
                    a = student.array(case.X)
                    done["output"] = layer.forward(a)
                    arguments.append(("a", "forward", done["output"], case.X, a))
                if calls != "forward":
                    dz = student.array(case.G)
                    done["input_gradient"] = layer.backward(dz)
                    arguments.append(("dz", "backward", done["input_gradient"], case.G, dz))
                later += [(PARTS[name][0], promise) for name, promise in done.items()]
                last = number == len(CALLS)
                if way != "nobody looks" or last:
                    names = ("dw", "db", "dz") if "input_gradient" in done else ()
                    done |= {name: getattr(layer, name) for name in ("a", "z", *names)}
                passes.append(done)
            numpy = student.draw(3), errors, geterr()
            later = [(what, promise, student.again(promise)) for what, promise in later]
            arguments = [(*told, student.read(array)) for *told, array in arguments]
            return Stretch(passes, arguments, later, start, (layer.w, layer.b), numpy)

    return once.each("stretch", list(SEQUENCES), run)


@lasting
def right_passes(reference):
    """Return a function: what is right for each pass of a sequence, from w and b of before it."""

    def find(way, w, b):
        layer = reference.LayerDense(*SIZES[way])
        for case, calls in SEQUENCES[way]:
            layer.w, layer.b = (case.W, case.b) if way == "set anew" else (w, b)
            if calls != "backward":
                layer.forward(case.X)
            if calls != "forward":
                layer.backward(case.G)
            yield right_parts(layer)

    return find


@check("state", "Each pass is right, whatever came before it", weight=2)
def test_each_pass(student, stretch, right_passes, waived):
    """With w and b as they were drawn, with others between the passes, and if nobody looks."""
    for way in SEQUENCES:
        student.begin()
        seen, right = stretch(way), ()
        with waived(to="constructor"):
            right = right_passes(way, *start_of(way, seen))
        for (place, done), wanted in zip(numbered(seen.passes), right, strict=False):
            expect_pass(place, done, wanted, waived)


def start_of(way, seen):
    """w (n_inputs, n_units) and b (1, n_units) before the first pass."""
    n_inputs, n_units = SIZES[way]
    w, b = (getattr(each, "value", each) for each in seen.start)
    expect_array(w, "layer.w", (n_inputs, n_units))
    expect_array(b, "layer.b", (1, n_units), or_shapes=[(n_units,)])
    return w, b.reshape(1, n_units)


def expect_pass(place, done, right, waived):
    """Fail unless a pass is right; what is wrong in every pass is left to the groups for it."""
    for part, promise in done.items():
        name, formula, groups = PARTS[part]
        message = f"{place}, {name} is not {formula} of this pass."
        or_shapes = flat(right["db"]) if part == "db" else []
        with waived(to=("forward", "input-gradient", "purity", *groups)):
            yours = promise.value
            expect_close(yours, right[part], what=name, message=message, or_shapes=or_shapes)


@check("state", "What was returned stays as it is, and NumPy as it was")
def test_nothing_left_behind(student, stretch):
    """Arrays that were returned earlier; NumPy's global generator and its error handling."""
    for way in SEQUENCES:
        student.begin()
        seen = stretch(way)
        expect_later_as_before(seen.later)
        expect_untouched_numpy(*seen.numpy, seed=LEFT_BEHIND, calls="forward and backward")


ROUNDS = [
    [AffineCase(2, 3, 2, seed=1), AffineCase(2, 3, 2, seed=2), AffineCase(3, 2, 4, seed=3)],
    [AffineCase(4, 3, 2, seed=1), AffineCase(4, 3, 2, seed=2), AffineCase(1, 2, 4, seed=3)],
]
"""For three layers, two of one size, that pass by turns."""


@check("state", "Layers do not disturb each other")
def test_layers(student, new_layer, observe, waived):
    """Forward all, then backward all, twice; what a layer gives alone is what is expected."""
    alone = {case: observe(case) for cases in ROUNDS for case in cases}
    expect_own_parameters(student)
    student.begin()
    found, later = {}, []
    with student.program():
        layers = [new_layer(case) for case in ROUNDS[0]]
        for cases in ROUNDS:
            pairs = list(zip(layers, cases, strict=True))
            for layer, case in pairs:
                layer.w, layer.b = case.W, case.b
                found[case] = {"output": layer.forward(case.X)}
            for layer, case in pairs:
                found[case]["z"] = layer.z
            for layer, case in pairs:
                found[case]["input_gradient"] = layer.backward(case.G)
            for layer, case in pairs:
                found[case] |= {name: getattr(layer, name) for name in ("dw", "db", "dz", "a")}
        for done in found.values():
            for part in ("output", "input_gradient"):
                later.append((PARTS[part][0], done[part], student.again(done[part])))
    for case, done in found.items():
        for part, yours in done.items():
            usual = getattr(alone[case], part)
            if usual.error is None and isinstance(usual.value, np.ndarray):
                message = "It is not what a layer gives that is alone and new."
                expect_close(yours.value, usual.value, what=PARTS[part][0], message=message)
    expect_later_as_before(later)


def expect_own_parameters(student):
    """Fail if a second layer changes w and b of the first, or has its own changed with them."""
    student.begin()
    with student.program():
        copyto = student.given("numpy", "copyto")
        first = student.LayerDense(2, 3)
        before = (first.w, first.b)
        student.LayerDense(4, 5)
        after = (first.w, first.b)
        second = student.LayerDense(2, 3)
        untouched = (second.w, second.b)
        copyto(first.w, 7)
        copyto(first.b, 7)
        touched = (second.w, second.b)
    for name, alone, now in zip(("w", "b"), before, after, strict=True):
        message = f"Making a second layer changes {name} of the first: keep it on self."
        same = np.shape(alone.value) == np.shape(now.value)
        expect(same, message, what=f"layer.{name}", yours=now.value)
    for name, alone, now in zip(("w", "b"), untouched, touched, strict=True):
        message = f"Two layers have one array for {name}: what is written into one changes both."
        if isinstance(alone.value, np.ndarray):
            what = f"layer2.{name}"
            expect_close(now.value, alone.value, what=what, message=message, rtol=0.0, atol=0.0)


# -- purity --------------------------------------------------------------------------------


OTHERS = [(AffineCase(3, 2, 2), kind) for kind in TYPES]
"""Of other layouts and types."""


@lasting
def afterwards(student, once, new_layer):
    """Return a function: the arrays of a case, and w and b, after forward and backward."""

    def run(key):
        case, kind = key
        with student.program():
            a, dz = (of_kind(student, array, kind) for array in (case.X, case.G))
            layer = new_layer(case)
            done = layer.forward(a)
            arguments = [("a", "forward", done, case.X, student.read(a))]
            done = layer.backward(dz)
            arguments.append(("a", "backward", done, case.X, student.read(a)))
            arguments.append(("dz", "backward", done, case.G, student.read(dz)))
            parameters = [("w", "backward", done, case.W, layer.w)]
            parameters.append(("b", "backward", done, case.b, layer.b))
        return arguments, parameters

    return once.each("afterwards", [*((case, "c") for case in (*FEW, *FAR)), *OTHERS], run)


def of_kind(student, array, kind):
    """An array in the student's process, of another layout or type."""
    if kind in ("int64", "float32"):
        return student.array(array.astype(kind))
    return student.array(array, kind)


@check("purity", "a, dz, w and b are left as they were")
@some_cases([*FEW, *FAR])
def test_nothing_is_changed(case, afterwards):
    arguments, parameters = afterwards((case, "c"))
    expect_unchanged(arguments)
    expect_unchanged(parameters, whose="the layer's")


@check(
    "purity",
    "a, dz, w and b are left alone by later passes, and of other types",
    variant_of="test_nothing_is_changed",
)
def test_nothing_is_changed_later(student, afterwards, stretch, waived):
    """Of other layouts and types; and at the end of a sequence of passes."""
    for key in OTHERS:
        student.begin()
        with waived(to=PASSES):
            arguments, parameters = afterwards(key)
            expect_unchanged(arguments)
            expect_unchanged(parameters, whose="the layer's")
    for way in SEQUENCES:
        student.begin()
        with waived(to=(*PASSES, "constructor")):
            seen = stretch(way)
            expect_unchanged(seen.arguments)
            if way != "set anew":
                starts = (getattr(start, "value", start) for start in seen.start)
                done = seen.arguments[-1][2]
                pairs = zip(("w", "b"), starts, seen.end, strict=True)
                kept = [(name, "a later backward", done, *pair) for name, *pair in pairs]
                expect_unchanged(kept, whose="the layer's")


# -- expected.json: written by `grader verify dense-minimal --write-expected` ---------------


def expected_values(reference):
    """Weights after a given seed, and the numbers of the worked example."""
    draws = []
    for sizes, seed in SEEDS[:5]:
        np.random.seed(seed)
        w = reference.LayerDense(*sizes).w
        draws.append({"seed": seed, "sizes": list(sizes), "w": w.tolist()})
    np.random.seed(0)
    seen = both_passes(reference.LayerDense(2, 3), *map(np.array, EXAMPLE.values()))
    printed = ("output", "input_gradient", "dw", "db")
    example = {name: getattr(seen, name).tolist() for name in printed}
    return {"draws": draws, "example": example}


# -- ways to look at what failed, for diagnoses.py ------------------------------------------

MORE = tuple(AffineCase(*shape, integers=False, seed=99) for shape in [(5, 4, 3), (3, 3, 3)])


@aspect("output", groups=["forward"], noun="The output", more=MORE)
def see_output(observe, right):
    return lambda case: Seen(observe(case).output, right(case).z, **looks(case))


@aspect("input-gradient", groups=["input-gradient"], noun="The returned gradient", more=MORE)
def see_input_gradient(observe, right):
    def look(case):
        seen = observe(case)
        made = {"output": seen.output, "dw": seen.dw}
        return Seen(seen.input_gradient, right(case).dz, **made, **looks(case))

    return look


@aspect("weight-gradient", groups=["weight-gradient"], noun="dw", more=MORE)
def see_weight_gradient(observe, right):
    def look(case):
        seen = observe(case)
        yours = seen.input_gradient if seen.dw.error and seen.input_gradient.error else seen.dw
        return Seen(yours, right(case).dw, output=seen.output, **looks(case))

    return look


@aspect("bias-gradient", groups=["bias-gradient"], noun="db", more=MORE)
def see_bias_gradient(observe, right):
    def look(case):
        seen = observe(case)
        if seen.db.error:
            yours = seen.input_gradient if seen.input_gradient.error else seen.db
        else:
            yours = as_row(seen.db.value, case.n_units)
        return Seen(yours, right(case).db, **looks(case))

    return look


PASSES_IN_A_ROW = tuple(AffineCase(rows, 3, 2, False, seed) for seed, rows in enumerate((2, 4, 1)))


@aspect("passes", groups=["state"], noun="What later passes give", cases=["rounds"])
def see_passes(student, new_layer, observe, right):
    """(dw, db) of passes on one layer, if each is right in a fresh one."""

    def run():
        found = []
        with student.program():
            layer = new_layer(PASSES_IN_A_ROW[0])
            for case in PASSES_IN_A_ROW:
                layer.w, layer.b = case.W, case.b
                layer.forward(case.X)
                layer.backward(case.G)
                found.append((layer.dw, layer.db))
        return found

    def of(parts, case):
        dw, db = (part.error or part.value for part in parts)
        return [dw, as_row(db, case.n_units)]

    def look(_):
        wanted = [[right(case).dw, right(case).db] for case in PASSES_IN_A_ROW]
        alone = [of((observe(case).dw, observe(case).db), case) for case in PASSES_IN_A_ROW]
        if not Seen(alone, wanted).is_right:
            return None
        student.begin()
        yours = [of(parts, case) for parts, case in zip(run(), PASSES_IN_A_ROW, strict=True)]
        return Seen(yours, wanted, wanted=wanted)

    return look


STARTS = tuple(
    (sizes, seeds.number(label)) for sizes in [(2, 3), (3, 2), (4, 4), (9, 6)] for label in (1, 8)
)


@lasting
def started(student, once):
    """Return a function: w and b of a new layer, the generator seeded just before.

    They are looked at a second time where `time` is another.
    """

    def run(sizes, seed):
        student.seed(seed)
        with student.program():
            layer = student.LayerDense(*sizes)
            return layer.w, layer.b

    return lambda sizes, seed, time=1: once(
        ("started", sizes, seed, time), lambda: run(sizes, seed)
    )


@aspect("draw", groups=["constructor", "initialization", "seeded"], noun="w", cases=STARTS)
def see_draw(student, started):
    """w of a new layer; how it is after the same seed once more, and after another."""

    def look(key):
        sizes, seed = key
        given = looks_at_start(DRAW, seed, *sizes)
        given["W"], given["again"], given["other"] = (
            seen_as_kept(student, "w", started(*numbered)[0])
            for numbered in (key, (*key, 2), (sizes, seed + 1))
        )
        return Seen(given["W"], DRAW(np.random.RandomState(seed), *sizes), **given)

    return look


@aspect("first-bias", groups=["constructor"], noun="b", cases=STARTS)
def see_first_bias(started):
    """b of a new layer, and after another seed."""

    def look(key):
        (n_inputs, n_units), seed = key
        given = looks_at_start(DRAW, seed, n_inputs, n_units)
        given["b"], given["other_b"] = (
            as_row(pending.error or pending.value, n_units)
            for pending in (started(*key)[1], started(key[0], seed + 1)[1])
        )
        return Seen(given["b"], np.zeros((1, n_units)), **given)

    return look


@aspect("kept", groups=["kept"], noun="What the layer keeps", cases=FEW)
def see_kept(observe, right):
    """What dz holds: what backward returns, its argument, or something else."""

    def look(case):
        seen = observe(case)
        if seen.input_gradient.error or seen.dz.error:
            return None
        dz = seen.dz.value
        if is_close(dz, right(case).dz) or np.array_equal(dz, seen.input_gradient.value):
            return Seen("returned", "returned")
        return Seen("given" if np.array_equal(dz, case.G) else dz, "returned")

    return look
