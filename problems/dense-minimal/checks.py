"""Checks of the problem `dense-minimal`.

Forward and gradients are checked on weights that the judge sets itself, so that each mistake costs
the points of its own group. One run of a layer on a case (`observe`) serves all checks that look
at it.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from grader.judge import (
    Seen,
    aspect,
    check,
    expect,
    expect_array,
    expect_close,
    gradients,
    is_close,
    seeds,
)
from grader.judge.affine import (
    AffineCase,
    Draw,
    as_row,
    each_case,
    looks,
    looks_at_start,
    some_cases,
)
from grader.judge.draws import expect_deviation, expect_normal, same_draw
from grader.judge.slopes import expect_gradient, expect_slope

lasting = pytest.fixture(scope="module")  # the same for every submission
DEVIATION = 0.1
DRAW = Draw("normal", lambda n_inputs, n_units: DEVIATION, "0.1")


# -- what the student's layer does, seen once and shared -----------------------------------


@lasting
def shaped(student, once):
    """Return a function that lays biases (1, n_units) as this submission keeps them."""

    def find():
        b = student.LayerDense(2, 3).b
        flat = isinstance(b, np.ndarray) and b.shape == (3,)
        if flat:
            student.note("b has shape (n_neurons,); the statement says (1, n_neurons).")
        return flat

    return lambda b: b.reshape(-1) if once.fact("flat biases", find) else b


@lasting
def new_layer(student, shaped):
    """Return a function that makes a layer with the weights of a case."""

    def make(case):
        layer = student.LayerDense(case.n_inputs, case.n_units)
        layer.w, layer.b = case.W, shaped(case.b)
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


@lasting
def observe(student, once, drawn, new_layer):
    """Return a function that runs a fresh layer on a case."""

    def run(case):
        with student.program():
            layer = new_layer(case)
            done = (layer.forward(case.X), layer.backward(case.G))
            return Passes(*done, layer.a, layer.z, layer.dw, layer.db, layer.dz)

    return once.each("observe", drawn("case"), run)


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


def part_of(observation, name):
    """An attribute that backward makes; what backward raised, if it did."""
    promise = getattr(observation, name)
    if promise.error and observation.input_gradient.error:
        observation.input_gradient.value
    return promise.value


# -- numerical gradients -------------------------------------------------------------------


@lasting
def own_slopes(student, once, new_layer, shaped):
    """Return a function: central differences of the student's own forward pass, by parameter."""

    def run(case, step):
        b = shaped(case.b)
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


@lasting
def hold(right, reference, own_slopes):
    """Return a function that holds a gradient to the right one, and to central differences."""

    def compare(case, yours, name, expected, what):
        shapes = [(case.n_units,)] if name == "b" else []
        slopes = [(own_slopes(case, step)[name] for step in case.steps) for _ in range(2)]
        expect_gradient(yours, expected, what=what, own=slopes[0], or_shapes=shapes)
        measured = reference_slope(reference.LayerDense, case, name)
        kept = {"own": slopes[1], "exact": case.exact, "or_shapes": shapes}
        expect_slope(yours, measured, what=what, **kept)

    return compare


# -- constructor and initialization --------------------------------------------------------


SHAPES = [(1, 1), (2, 3), (3, 2), (4, 4)]


@lasting
def fresh(student, once):
    """Return a function: (w, b) of a new layer, as promises."""

    def run(sizes):
        with student.program():
            layer = student.LayerDense(*sizes)
            return layer.w, layer.b

    return once.each("fresh", SHAPES, run)


@check("constructor", "w has one row per input and one column per neuron", weight=2)
def test_weight_shape(fresh):
    for sizes in SHAPES:
        expect_array(fresh(sizes)[0].value, "layer.w", sizes)


@check("constructor", "b starts as zeros, one for each neuron", weight=2)
def test_bias_starts_at_zero(fresh):
    for n_inputs, n_neurons in SHAPES:
        b = fresh((n_inputs, n_neurons))[1].value
        expect_close(b, np.zeros((1, n_neurons)), what="layer.b", or_shapes=[(n_neurons,)])


@check("constructor", "The arguments can be given by name")
def test_arguments_by_name(student):
    layer = student.LayerDense(n_inputs=2, n_neurons=3)
    b = layer.b
    message = "LayerDense(n_inputs=2, n_neurons=3) should have three biases."
    expect(np.size(b) == 3, message, what="layer.b", yours=b)


LARGE = (150, 200)  # 30,000 numbers tell a normal distribution from a uniform one


@lasting
def large_weights(student, once):
    """Return a function: w of a layer that is large enough for statistics."""

    def run():
        layer = student.LayerDense(*LARGE)
        return layer.w

    return lambda: expect_array(once("large", run), "layer.w", LARGE)


@check("initialization", "w has the mean 0 and the standard deviation 0.1", weight=5)
def test_weight_scale(large_weights):
    expect_deviation(large_weights(), DEVIATION, "0.1", what="layer.w")


@check("initialization", "w is normally distributed", weight=4)
def test_weights_are_normal(large_weights):
    expect_normal(large_weights(), what="layer.w")


@check("initialization", "Two layers start differently")
def test_weights_are_fresh(student):
    with student.program():
        first = student.LayerDense(3, 2).w
        second = student.LayerDense(3, 2).w
    message = "Two layers have the same weights: each should draw its own, without seeding."
    different = not np.array_equal(first.value, second.value)
    expect(different, message, what="layer2.w", yours=second.value)


@check("seeded", "The numbers of the worked example, and of other seeds and sizes")
def test_seeded(student, expected):
    """A wrong scale is another check's matter."""
    for wanted in expected:
        student.begin()
        student.seed(wanted["seed"])
        w, W = student.LayerDense(*wanted["sizes"]).w, np.array(wanted["w"])
        array = expect_array(w, "layer.w", W.shape)
        if not same_draw(array, W):
            message = (
                f"These are not the numbers that np.random.randn draws after np.random.seed("
                f"{wanted['seed']}). Draw w in one call, and do not seed it yourself."
            )
            expect_close(array, W, what="layer.w", message=message)


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is a·w + b", weight=12)
@each_case(20)
def test_forward(case, observe, right):
    expect_close(observe(case).output.value, right(case).z, what="layer.forward(a)")


@check("forward", "Inputs of other memory layouts and types", weight=4)
def test_layouts(student, new_layer, observe):
    """The output is that for an ordinary array."""
    case = AffineCase(4, 3, 2)
    usual = observe(case).output.value
    for kind in ("fortran", "strided", "int64", "float32"):
        student.begin()
        layer = new_layer(case)
        a = case.X.astype(kind) if kind in ("int64", "float32") else student.array(case.X, kind)
        output = layer.forward(a)
        if isinstance(usual, np.ndarray):
            message = f"It is another one if the input is {kind}."
            expect_close(output, usual, what="layer.forward(a)", message=message)


# -- gradients -----------------------------------------------------------------------------


@check("input-gradient", "backward returns dz·wᵀ, the slope of the loss")
@each_case(20)
def test_input_gradient(case, observe, right, hold):
    yours = observe(case).input_gradient.value
    hold(case, yours, "X", right(case).dz, "layer.backward(dz)")


@check("weight-gradient", "dw is aᵀ·dz, the slope of the loss")
@each_case(20)
def test_weight_gradient(case, observe, right, hold):
    yours = part_of(observe(case), "dw")
    hold(case, yours, "W", right(case).dw, "layer.dw after backward")


@check("bias-gradient", "db holds the column sums of dz, the slope of the loss")
@each_case(20)
def test_bias_gradient(case, observe, right, hold):
    yours = part_of(observe(case), "db")
    hold(case, yours, "b", right(case).db, "layer.db after backward")


# -- what is kept --------------------------------------------------------------------------


FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))


@check("kept", "a and z are kept by forward")
@some_cases(FEW)
def test_forward_keeps(case, observe, right):
    seen = observe(case)
    seen.output.value
    expect_close(seen.a.value, case.X, what="layer.a after forward")
    expect_kept(seen.z.value, seen.output.value, right(case).z, "z", "forward")


def expect_kept(yours, returned, right, name, method):
    """Fail unless an attribute is what a method returned, or should have."""
    if not is_close(yours, right) and isinstance(returned, np.ndarray):
        message = f"layer.{name} should be what {method} returns."
        expect_close(yours, returned, what=f"layer.{name} after {method}", message=message)


@check("kept", "dz is kept by backward: what it returns")
@some_cases(FEW)
def test_backward_keeps(case, observe, right):
    seen = observe(case)
    returned = seen.input_gradient.value
    expect_kept(seen.dz.value, returned, right(case).dz, "dz", "backward")


# -- training ------------------------------------------------------------------------------


STEPS, RATE, HIDDEN = 20, 2.0, 3


@lru_cache(maxsize=1)
def irises():
    """Four measurements, standardized, shape (50, 4), and the species, shape (50, 1)."""
    rows = np.array(json.loads(Path(__file__).with_name("iris.json").read_text("utf-8"))["rows"])
    X, species = rows[:, :4], rows[:, 4:]
    return (X - X.mean(axis=0)) / X.std(axis=0), species


def sigmoid(z):
    """1 / (1 + exp(-z)), without overflow."""
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def stepped(parameter, gradient):
    """A parameter after a step; as it was where the gradient does not fit, which others check."""
    fits = isinstance(gradient, np.ndarray) and gradient.size == parameter.size
    return parameter - RATE * gradient.reshape(parameter.shape) if fits else parameter


def losses(make, both, shaped):
    """Train a network of two layers; return the loss (mean cross-entropy) before each step.

    Args:
        make: Makes a layer of given sizes.
        both: From a layer and dz to (what backward returns, dw, db).
        shaped: Lays biases as the layer keeps them.
    """
    X, species = irises()
    usual, generator = np.random.default_rng(1), seeds.generator(1)
    sizes = ((X.shape[1], HIDDEN), (HIDDEN, 1))
    layers = [make(*size) for size in sizes]
    # Never far from weights with which wrong layers learn as well, if they learn at all.
    weights = [usual.standard_normal(n) / 2 + generator.normal(0, 0.02, n) for n in sizes]
    biases = [shaped(np.zeros((1, n_units))) for _, n_units in sizes]
    found = []
    for _ in range(STEPS):
        for layer, w, b in zip(layers, weights, biases, strict=True):
            layer.w, layer.b = w, b
        hidden = sigmoid(expect_array(layers[0].forward(X), "layer.forward(a)", (len(X), HIDDEN)))
        z = expect_array(layers[1].forward(hidden), "layer2.forward(hidden)", species.shape)
        chance = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)
        logs = species * np.log(chance) + (1 - species) * np.log(1 - chance)
        found.append(-float(logs.mean()))
        upstream = (chance - species) / len(X)
        passed, *of_second = both(layers[1], upstream)
        fits = isinstance(passed, np.ndarray) and passed.shape == hidden.shape
        upstream = passed * hidden * (1 - hidden) if fits else np.zeros_like(hidden)
        _, *of_first = both(layers[0], upstream)
        for number, (dw, db) in enumerate((of_first, of_second)):
            weights[number] = stepped(weights[number], dw)
            biases[number] = stepped(biases[number], db)
    return found


@check("training", "Two layers with sigmoids learn to tell two irises apart")
def test_training(student, reference, shaped):
    """The loss falls by a fiftieth, at the least, of what it falls by with right layers."""

    def both(layer, dz):
        with student.program():
            returned = layer.backward(dz)
            dw, db = layer.dw, layer.db
        return returned.value, dw.value, db.value

    found = losses(student.LayerDense, both, shaped)
    wanted = reference_losses(reference.LayerDense)
    expect(
        found[0] - found[-1] >= (wanted[0] - wanted[-1]) / 50,
        f"In {STEPS} steps the loss goes from {found[0]:.4f} to {found[-1]:.4f}. With a right layer"
        f" it falls to {wanted[-1]:.4f}.",
        what="the loss after training",
        yours=found[-1],
    )


@lru_cache(maxsize=1)
def reference_losses(kind):
    """The losses with two layers of the reference."""

    def both(layer, dz):
        return layer.backward(dz), layer.dw, layer.db

    return losses(kind, both, lambda b: b)


# -- state and purity ----------------------------------------------------------------------


@check("state", "Two layers, and passes one after the other, do not disturb each other")
def test_two_layers(student, new_layer, observe, shaped):
    """Forward both, then backward both, twice; what a layer gives alone is what is expected."""
    rounds = [
        [AffineCase(2, 3, 2, seed=1), AffineCase(3, 2, 4, seed=2)],
        [AffineCase(4, 3, 2, seed=1), AffineCase(1, 2, 4, seed=2)],
    ]
    alone = {case: observe(case) for cases in rounds for case in cases}
    expect_own_parameters(student)
    student.begin()
    found = {}
    with student.program():
        layers = [new_layer(case) for case in rounds[0]]
        for cases in rounds:
            pairs = list(zip(layers, cases, strict=True))
            for layer, case in pairs:
                layer.w, layer.b = case.W, shaped(case.b)
                found[case] = [layer.forward(case.X)]
            for layer, case in pairs:
                found[case].append(layer.z)
            for layer, case in pairs:
                found[case].append(layer.backward(case.G))
            for layer, case in pairs:
                found[case] += [layer.dw, layer.db, layer.dz]
    names = ("forward(a)", "z", "backward(dz)", "dw", "db", "dz")
    for case, values in found.items():
        usual = alone[case]
        wanted = (usual.output, usual.z, usual.input_gradient, usual.dw, usual.db, usual.dz)
        for name, yours, other in zip(names, values, wanted, strict=True):
            if other.error is None and isinstance(other.value, np.ndarray):
                message = "It is not what a layer gives that is alone and new."
                expect_close(yours.value, other.value, what=f"layer.{name}", message=message)


def expect_own_parameters(student):
    """Fail if a second layer changes the sizes of the first one's w and b."""
    student.begin()
    with student.program():
        first = student.LayerDense(2, 3)
        before = (first.w, first.b)
        student.LayerDense(4, 5)
        after = (first.w, first.b)
    for name, alone, now in zip(("w", "b"), before, after, strict=True):
        message = f"Making a second layer changes {name} of the first: keep it on self."
        same = np.shape(alone.value) == np.shape(now.value)
        expect(same, message, what=f"layer.{name}", yours=now.value)


@check("purity", "a, dz, w and b are left as they were")
@some_cases(FEW)
def test_nothing_is_changed(case, student, new_layer, shaped):
    with student.program():
        a, dz = student.array(case.X), student.array(case.G)
        layer = new_layer(case)
        done = [layer.forward(a)]
        after = [("a after forward", case.X, student.read(a))]
        done.append(layer.backward(dz))
        after += [
            ("a after backward", case.X, student.read(a)),
            ("dz after backward", case.G, student.read(dz)),
            ("layer.w after backward", case.W, layer.w),
            ("layer.b after backward", shaped(case.b), layer.b),
        ]
    for promise in done:
        promise.value
    for what, before, now in after:
        expect_close(now.value, before, what=what, message=f"{what} is not what it was before.")


# -- expected.json: written by `grader verify dense-minimal --write-expected` ---------------


def expected_values(reference):
    """Weights after a given seed."""
    found = []
    for seed, sizes in [(0, (2, 3)), (42, (3, 3)), (7, (5, 2)), (2024, (1, 4)), (3, (4, 1))]:
        np.random.seed(seed)
        w = reference.LayerDense(*sizes).w
        found.append({"seed": seed, "sizes": list(sizes), "w": w.tolist()})
    return found


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
def see_draw(started):
    """w of a new layer; how it is after the same seed once more, and after another."""

    def look(key):
        sizes, seed = key
        given = looks_at_start(DRAW, seed, *sizes)
        given["W"], given["again"], given["other"] = (
            started(*numbered)[0] for numbered in (key, (*key, 2), (sizes, seed + 1))
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
