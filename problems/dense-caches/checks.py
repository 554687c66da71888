"""Checks of the problem `dense-caches`.

One run of a layer on a case (`observe`) serves all the checks that look at it, on weights that the
judge sets. What a later step takes from an earlier one (X and Z from fc, dZ from bc) is taken as
the student's layer has it: each mistake costs the points of its own group.
"""

import json
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from grader.checks import (
    Seen,
    aspect,
    check,
    each_alone,
    expect,
    expect_arguments_left_alone,
    expect_array,
    expect_close,
    expect_names,
    expect_nothing_drawn,
    expect_nothing_left,
    expect_unchanged,
    fail,
    gradients,
    is_close,
    seeds,
)
from grader.layers import (
    FAR,
    ActivatedCase,
    Activation,
    AffineCase,
    as_row,
    each_case,
    far_cases,
    looks,
    some_cases,
)
from grader.layers.cases import LARGE, TINY
from grader.layers.distributions import expect_deviation, same_draw, single_precision
from grader.layers.gradient_checks import agrees, expect_gradient, expect_slope
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
)
from grader.layers.sequences import numbered
from grader.layers.typed_cases import TYPES, TypedCase, typed_cases

lasting = pytest.fixture(scope="module")  # the same for every submission

# Values of the real EpyNN, see its `origin`. Students' code cannot read it.
RECORDED = json.loads(Path(__file__).with_name("epynn.json").read_text("utf-8"))
BY_NAME = {case["name"]: case for case in RECORDED["cases"]}


# -- cases ---------------------------------------------------------------------------------

KINKED = ("relu", "lrelu", "elu")
ELEMENTWISE = ("sigmoid", "tanh", "softplus", *KINKED)


@dataclass(frozen=True)
class UnitCase(ActivatedCase):
    """A case whose weights are the unit matrix: what is handed down is the gradient at Z."""

    @property
    def W(self):
        """The unit matrix, of shape (n_units, n_units)."""
        return np.eye(self.n_units)

    def smaller(self):
        """Cases with one row or one unit less."""
        for case in super().smaller():
            square = replace(case, n_inputs=case.n_units)
            if square != self:
                yield square


def _active(kind, activation, *shapes):
    """One case for each shape; small integers where there is a kink to keep away from."""
    integers = activation in KINKED
    return [
        kind(*shape, integers=integers, seed=seed, activation=activation)
        for seed, shape in enumerate(shapes)
    ]


ACTIVE = [
    case
    for activation in ELEMENTWISE
    for case in _active(ActivatedCase, activation, (1, 1, 1), (2, 2, 2), (3, 2, 3))
]
WITH_SOFTMAX = [*ACTIVE, *_active(ActivatedCase, "softmax", (1, 1, 2), (3, 2, 3))]
FAR_ACTIVE = far_cases(("tanh", "elu", "relu"))
THROUGH = [
    case
    for activation in ELEMENTWISE
    for case in _active(UnitCase, activation, (1, 1, 1), (1, 2, 2), (4, 3, 3))
]
FAR_THROUGH = [
    UnitCase(130, 3, 3, False, activation="tanh"),
    UnitCase(2, 130, 130, False, activation="softplus"),
    UnitCase(3, 2, 2, scales=(LARGE, 1.0, LARGE), activation="relu"),
    UnitCase(3, 2, 2, scales=(LARGE, 1.0, 1.0), activation="lrelu"),
    UnitCase(2, 3, 3, scales=(TINY, 1.0, TINY), activation="elu"),
]
SOFTMAX = _active(UnitCase, "softmax", (1, 2, 2), (2, 2, 2), (3, 3, 3), (2, 4, 4), (5, 3, 3))
FAR_SOFTMAX = [
    UnitCase(130, 3, 3, False, activation="softmax"),
    UnitCase(2, 130, 130, False, activation="softmax"),
    UnitCase(3, 2, 2, scales=(1.0, 1.0, LARGE), activation="softmax"),
    UnitCase(2, 3, 3, scales=(TINY, 1.0, TINY), activation="softmax"),
]
FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))


def activation_of(case):
    """The name of a case's activation; affine cases have none."""
    return getattr(case, "activation", "identity")


# -- what the student's layer does, seen once and shared -----------------------------------


@dataclass(frozen=True)
class Observation:
    """Forward, backward and gradients of one layer; each attribute is a promise (`.value`).

    Attributes:
        left: What the three calls have left behind, where they are watched by themselves.
    """

    output: object
    fc: object
    input_gradient: object
    bc: object
    computed: object
    g: object
    p: object
    left: object = None

    def part(self, cache, name):
        """An entry of fc, bc or g, or None; what the method that fills it raised, if it did."""
        made_by = {"fc": self.output, "bc": self.input_gradient, "g": self.computed}[cache]
        found = getattr(self, cache)
        value = None if found.error else found.value
        value = value.get(name) if isinstance(value, dict) else None
        if value is None and made_by.error:
            made_by.value
        return value

    def peek(self, cache, name):
        """An entry of a cache, or None, whatever was raised."""
        found = getattr(self, cache)
        known = found.error is None and isinstance(found.value, dict)
        return found.value.get(name) if known else None

    def array(self, cache, name, shape):
        """An entry of a cache if it is an array of numbers of that shape; or None."""
        value = self.peek(cache, name)
        fits = isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind in "fiu"
        return value if fits else None


START_SEED = seeds.number(3)  # of a layer's own generator, where it does not matter
GLOBAL_SEED = seeds.number(8)  # of NumPy's: a draw from the wrong one is known by its numbers


def find_liberties(student):
    """What the submission calls the entries of p and g, and whether it keeps p['b'] as (u,)."""

    def make():
        layer = student.Dense(N_UNITS)
        layer.compute_shapes(np.ones((ROWS, N_INPUTS)))
        layer.initialize_parameters()
        return layer

    def run(layer):
        output = layer.forward(np.ones((ROWS, N_INPUTS)))
        layer.backward(np.ones((ROWS, N_UNITS)))
        layer.compute_gradients()
        return output

    return find_parameters(
        student,
        make,
        {"p.W": WEIGHTS, "p.b": BIASES},
        run,
        gradients={"g.dW": WEIGHTS, "g.db": BIASES},
        flat="p['b'] has shape (u,); the statement says (1, u).",
        arrays="p fc bc g forward backward".split(),
        turned_costs="initialization generator".split(),
    )


def seeded_layer(student, units, activation, se_hPars=None):
    """Make a layer in a program block; its p is going to be replaced."""
    activate = student.given("maths", activation)
    layer = student.Dense(units=units, activate=activate, se_hPars=se_hPars)
    with student.untraced():  # only who keeps the first p shows it
        layer.np_rng = student.given("numpy.random", "default_rng")(START_SEED)
    return layer


@lasting
def new_layer(student):
    """Return a function: a layer with the weights of a case, ready for its forward pass."""

    def make(case, se_hPars=None):
        layer = seeded_layer(student, case.n_units, activation_of(case), se_hPars)
        layer.compute_shapes(case.X)
        layer.initialize_parameters()
        layer.p = {"W": case.W, "b": case.b}
        return layer

    return make


def observed(student, layer, X, G):
    """Forward, backward and gradients of a layer, watched; in a program block."""
    student.watch()
    output, fc = layer.forward(X), layer.fc
    input_gradient, bc = layer.backward(G), layer.bc
    computed, g = layer.compute_gradients(), layer.g
    left = student.left()
    return Observation(output, fc, input_gradient, bc, computed, g, layer.p, left)


@lasting
def observe(student, once, drawn, new_layer):
    """Return a function that runs a fresh layer on a case."""

    def run(case):
        with student.program():
            layer = new_layer(case)
            return observed(student, layer, case.X, case.G)

    return once.each("observe", drawn("case"), run)


@lasting
def left_to_others(student, observe, waived):
    """Return a function: whether it is the matter of another check that a pass failed.

    If it gives something for one sample, one input and one unit, it is there, and raises, or gives
    another shape, by a mistake that has to cost its points where that pass is looked at.
    """

    def ask(pending, name, shape=None):
        failed = pending.error is not None or (shape and np.shape(as_array(pending)) != shape)
        if not failed:
            return False
        with student.untraced():
            usual = getattr(observe(SIMPLE), name)
        if as_array(usual) is None:
            return False
        groups, what = {"output": (("forward",), OUTPUT), "input_gradient": (PASSES, RETURNED)}[
            name
        ]
        with waived(to=groups):
            expect_array(pending.value, what, shape or ())
        return True

    return ask


OUTPUT, RETURNED = "layer.forward(X)", "layer.backward(dX)"
FORWARD = ("forward", "forward-cache")
THROUGH_GROUPS = (*FORWARD, "activation-gradient", "softmax", "backward-cache")
PASSES = (*THROUGH_GROUPS, "input-gradient")
"""Groups that a gradient depends on."""
SIMPLE = AffineCase(1, 1, 1)


def as_array(pending):
    """The array that a call gave; None if it gave something else, or raised."""
    value = None if pending.error else pending.value
    return value if isinstance(value, np.ndarray) else None


@dataclass(frozen=True)
class Right:
    """The reference's answers for a case."""

    Z: np.ndarray
    output: np.ndarray
    at_z: np.ndarray
    input_gradient: np.ndarray
    weight_gradient: np.ndarray
    bias_gradient: np.ndarray


@lasting
def right(reference):
    """Return a function that gives what is right for a case, from the reference solution."""
    return lambda case: _right(reference, case)


def _reference_layer(reference, case, se_hPars=None):
    layer = reference.Dense(case.n_units, getattr(reference, activation_of(case)))
    layer.se_hPars = se_hPars
    layer.compute_shapes(case.X)
    layer.p = {"W": case.W, "b": case.b}
    return layer


@lru_cache(maxsize=4096)
def _right(reference, case):
    return _answers(_reference_layer(reference, case), case)


def _answers(layer, case):
    """What a layer of the reference gives."""
    output, input_gradient = layer.forward(case.X), layer.backward(case.G)
    layer.compute_gradients()
    db = layer.g["db"].reshape(1, -1)
    return Right(layer.fc["Z"], output, layer.bc["dZ"], input_gradient, layer.g["dW"], db)


# -- numerical gradients -------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _measured(reference, case, part):
    """Central differences of the reference's forward pass: of X, W or b."""
    layer = _reference_layer(reference, case)

    def forward(value):
        if part == "X":
            return layer.forward(value)
        layer.p = {"W": case.W, "b": case.b, part: value}
        return layer.forward(case.X)

    return gradients.measured(forward, getattr(case, part), case.G, case.step)


@lasting
def own_slope(student, once, new_layer):
    """Return a function: yields central differences of the student's forward pass, of X, W or b."""

    def run(case, part):
        start, step = getattr(case, part), step_for(case, part)
        stack = gradients.perturbed(start, step)
        with student.untraced(), student.program():
            layer = new_layer(case)
            if part == "X":
                swept = layer.forward.sweep(stack)
            else:
                swept = []
                for moved in stack:
                    layer.p = {"W": case.W, "b": case.b, part: moved}
                    swept.append(layer.forward(case.X))
        if part == "X":
            return gradients.from_sweep(swept, case.G, step, start.shape)
        outputs = [None if each.error else each.value for each in swept]
        if not all(isinstance(y, np.ndarray) and y.shape == case.G.shape for y in outputs):
            return None
        return gradients.from_outputs(np.stack(outputs), case.G, step, start.shape)

    def own(case, part):
        yield once(("slope", case, part), lambda: run(case, part))

    return own


def step_for(case, part):
    """Of differences of a forward pass that may be wrong: tiny inputs are near its kinks."""
    x, w, _ = case.scales
    return gradients.STEP * (max(x, w) if min(x, w) >= 1 else {"X": x, "W": w, "b": x * w}[part])


def slopes_for(case, part, own_slope, waived):
    """For expect_gradient and expect_slope: the student's own slopes, left to forward."""
    elsewhere = own_slope(NEAR, part)
    return {"own": own_slope(case, part), "elsewhere": elsewhere, "waived": waived(to="forward")}


NEAR = AffineCase(2, 3, 2, integers=False)
"""Where what curves is not flat, as it may be far from 0."""


# -- constructor ---------------------------------------------------------------------------

SETTINGS = {"LRELU_alpha": 0.25, "ELU_alpha": 2.0, "softmax_temperature": 1.0}


@check("constructor", "The arguments are kept", weight=2)
def test_constructor(student):
    """By name and by position; what is kept is found where the statement says."""
    for units, by_position in ((4, False), (1, False), (20011, True)):
        student.begin()
        with student.program(), usual_settings(student):
            tanh, orthogonal = (student.given("maths", name) for name in ("tanh", "orthogonal"))
            with student.as_written():
                if by_position:
                    layer = student.Dense(units, tanh, orthogonal, SETTINGS)
                else:
                    layer = student.Dense(
                        units=units, activate=tanh, initialization=orthogonal, se_hPars=SETTINGS
                    )
            d, activation, se_hPars = layer.d, layer.activation, layer.se_hPars
        kept = d.value.get("u") if isinstance(d.value, dict) else None
        message = f"For {units} units, d['u'] should be {units}."
        expect(kept == units, message, what="layer.d['u']", yours=kept)
        name = activation.value.get("activate") if isinstance(activation.value, dict) else None
        message = "activation['activate'] should be the name of the activation function."
        expect(name == "tanh", message, what="layer.activation['activate']", yours=name)
        message = "se_hPars should be kept as it was given."
        expect(se_hPars.value == SETTINGS, message, what="layer.se_hPars", yours=se_hPars.value)
        student.ask_as_stated(layer)


@check("constructor", "Without arguments: one unit, sigmoid, xavier")
def test_defaults(student, reference, waived):
    """`Dense()` does what `Dense(1, sigmoid, xavier)` does; whether that is right is not asked."""
    case = AffineCase(3, 2, 1, integers=False)

    def run(layer):
        layer.np_rng = student.given("numpy.random", "default_rng")(START_SEED)
        layer.compute_shapes(case.X)
        layer.initialize_parameters()
        p = layer.p
        layer.p = {"W": case.W, "b": case.b}
        return p, layer.forward(case.X)

    student.seed(GLOBAL_SEED)
    with student.program():
        sigmoid, xavier = (student.given("maths", name) for name in ("sigmoid", "xavier"))
        with student.as_written():
            usual, other = student.Dense(), student.Dense()
        p, output = run(usual)
        d = other.d
    units = d.value.get("u") if isinstance(d.value, dict) else None
    message = "After Dense(), d['u'] should be 1: a layer of one unit."
    expect(units == 1, message, what="Dense().d['u']", yours=units)
    student.seed(GLOBAL_SEED)
    with student.untraced(), student.program():
        named = run(student.Dense(1, sigmoid, xavier, None))
    wanted = reference.sigmoid(case.X @ case.W + case.b)
    drawn = reference.xavier(case.W.shape, rng=np.random.default_rng(START_SEED))
    with waived(to=("constructor", "forward")):
        expect_close(named[1].value, wanted, what=OUTPUT)
    with waived(to=("constructor", "shapes", "initialization", "generator")):
        expect_close(entry(named[0], "W"), drawn, what="layer.p['W']")
    pairs = (
        ("layer.forward(X) after Dense()", output, named[1], "sigmoid is the usual activation."),
        ("layer.p['W'] after Dense()", p, named[0], "xavier is the usual way to draw the weights."),
    )
    for what, yours, usual, message in pairs:
        if usual.error:
            continue
        value, like = yours.value, usual.value
        if isinstance(like, dict):
            value, like = value.get("W"), like.get("W")
        if isinstance(like, np.ndarray):
            expect_close(value, like, what=what, message=message)


def entry(pending, name):
    """An entry of a dictionary that was promised; what was raised instead of it is raised."""
    return pending.value.get(name) if isinstance(pending.value, dict) else None


# -- shapes --------------------------------------------------------------------------------

SIZES = ((1, 1, 1), (3, 3, 2), (5, 4, 3), (2, 3, 6), (140, 3, 4), (3, 140, 2), (2, 3, 140))
TWISTED = {"LRELU_alpha": 0.25, "ELU_alpha": 2.0, "softmax_temperature": 0.5}
"""None of them as usual."""
IN_TURN = ((3, 2, 5), (3, 4, 5), (6, 4, 5), (3, 4, 5), (150, 130, 5))
"""Of arrays that one layer is given one after the other."""
KINDS = (("c", 1.0), ("fortran", 1e6), ("strided", 1e-8), ("int64", 3), ("float32", 1.0))
"""Memory layout or type, and value, of each of them: neither matters."""


@lasting
def shaped(student, once):
    """Return a function: (d, fs, done) after compute_shapes for each of the sizes; what is left."""

    def run():
        found = []
        with student.program():
            student.watch()
            for batch, n_inputs, n_units in SIZES:
                layer = student.Dense(units=n_units, se_hPars=TWISTED)
                done = layer.compute_shapes(np.ones((batch + 1, n_inputs)))
                done = layer.compute_shapes(np.ones((batch, n_inputs)))
                found.append((layer.d, layer.fs, done))
            layer = student.Dense(units=IN_TURN[0][2], se_hPars=TWISTED)
            for (*shape, _), (kind, value) in zip(IN_TURN, KINDS, strict=True):
                done = layer.compute_shapes(A=typed(student, np.full(shape, value), kind))
                found.append((layer.d, layer.fs, done))
            left = student.left()
        return found, left

    return lambda: once("shaped", run)


def typed(student, array, kind):
    """The array in another memory layout, or of another type."""
    return student.array(array, kind) if kind in ("c", "fortran", "strided") else array.astype(kind)


def entries(pending, done, what):
    """What a dictionary of the student's holds; what the method that fills it raised, if so."""
    done.value
    value = pending.value
    expect(isinstance(value, dict), f"{what} should be a dictionary.", what=what, yours=value)
    return value


@check("shapes", "compute_shapes fills d with the numbers of samples, inputs and units")
def test_dimensions(shaped, restarted):
    """For the array that it was last given; also when the layer has been in use."""
    found = [*shaped()[0], *restarted().shapes]
    for sizes, (d, _, done) in zip(SIZES + IN_TURN + ANEW, found, strict=True):
        found = entries(d, done, "layer.d")
        for name, meaning, size in zip("mn", ("samples", "inputs"), sizes, strict=False):
            yours = found.get(name)
            message = f"For an A of {sizes[0]} rows and {sizes[1]} columns, d['{name}'], the "
            message += f"number of {meaning}, should be {size}."
            expect(_is_number(yours, size), message, what=f"layer.d['{name}']", yours=yours)


def _is_number(yours, size):
    whole = isinstance(yours, int | np.integer) and not isinstance(yours, bool)
    return whole and yours == size


@check("shapes", "compute_shapes fills fs with the shapes of X, W and b")
def test_shapes(shaped, restarted):
    """Tuples; a list of the same numbers costs nothing."""
    looked = [*shaped()[0], *restarted().shapes]
    for (batch, n_inputs, n_units), (_, fs, done) in zip(
        SIZES + IN_TURN + ANEW, looked, strict=True
    ):
        found = entries(fs, done, "layer.fs")
        wanted = {"X": (batch, n_inputs), "W": (n_inputs, n_units), "b": (1, n_units)}
        for name, shape in wanted.items():
            yours = found.get(name)
            plain = isinstance(yours, tuple | list) and len(yours) == 2
            same = plain and all(map(_is_number, yours, shape))
            message = f"For an A of {batch} rows and {n_inputs} columns, and {n_units} units, "
            message += f"fs['{name}'] should be {shape}."
            expect(same, message, what=f"layer.fs['{name}']", yours=yours)


# -- initialization and generator ----------------------------------------------------------


@lasting
def started(student, once):
    """Return a function: p after initialize_parameters, its generator seeded before."""

    def run(key):
        shape, seed, initialization = key
        student.seed(GLOBAL_SEED)  # a draw from the wrong generator is known by its numbers
        with student.program():
            drawing = student.given("maths", initialization)
            layer = student.Dense(units=shape[1], initialization=drawing)
            layer.np_rng = student.given("numpy.random", "default_rng")(seed)
            layer.compute_shapes(np.ones((3, shape[0])))
            done, p = layer.initialize_parameters(), layer.p
            return done, p

    return once.each("started", [*STARTS, *DRAWN, *XAVIER_KEYS], run)


def parameter(started, key, name):
    """A parameter after initialize_parameters."""
    done, p = started(key)
    done.value
    value = p.value
    if isinstance(value, dict) and name not in value:
        fail(f"After initialize_parameters, layer.p has no entry {name!r}.", what="layer.p")
    return value.get(name) if isinstance(value, dict) else None


STARTS = [
    ((1, 1), seeds.number(1), "xavier"),
    ((3, 2), seeds.number(2), "xavier"),
    ((2, 3), seeds.number(3), "orthogonal"),
    ((130, 40), seeds.number(7), "xavier"),
    ((40, 130), seeds.number(9), "xavier"),
]
DRAWN = [
    *((shape, seeds.number(4), "orthogonal") for shape in ((6, 3), (3, 6))),
    *((shape, seeds.number(5), "xavier") for shape in ((100, 60), (30, 200), (3000, 1), (1, 3000))),
]
ANEW = ((1, 3, 5), (130, 3, 5), (3, 130, 5), (40, 1, 5), (3, 5, 5))
"""Rows, inputs and units for which one layer is initialized, one after the other."""


@dataclass(frozen=True)
class Restarted:
    """What came of a layer that was initialized again and again, after passes and steps.

    Attributes:
        shapes: (d, fs, done) after each compute_shapes.
        starts: (done, p) after each initialize_parameters.
        left: What all calls have left behind.
        unknown: (done, p) of layers whose initialization nobody knows, for each of SCALES.
    """

    shapes: list
    starts: list
    left: object
    unknown: list


SCALES = (1.0, LARGE, TINY)


@lasting
def restarted(student, once):
    """Return a function: what came of a layer that is initialized again and again."""

    def run():
        student.seed(GLOBAL_SEED)
        with student.program(), usual_settings(student):
            rng = student.given("numpy.random", "default_rng")(START_SEED)
            update, shapes, starts, unknown = updating(student), [], [], []
            student.watch()
            layer = student.Dense(units=5, se_hPars=TWISTED)
            layer.np_rng = rng
            for sizes in ANEW:
                case = AffineCase(*sizes)
                done = layer.compute_shapes(case.X)
                shapes.append((layer.d, layer.fs, done))
                starts.append((layer.initialize_parameters(), layer.p))
                passes(layer, case)
                update(layer, 0.1)
            left = student.left()
            for scale in SCALES:
                counting = student.define(FUNCTIONS).counting(scale)
                layer = student.Dense(units=4, initialization=counting)
                layer.compute_shapes(np.ones((2, 3)))
                unknown.append((layer.initialize_parameters(), layer.p))
        return Restarted(shapes, starts, left, unknown)

    return lambda: once("restarted", run)


@check("initialization", "W has a row for each input and a column for each unit")
def test_weight_shape(student, started, restarted, waived):
    """Shape (n, u); also when the layer is initialized again, for another number of inputs."""
    expect_names(student, "p.W", "g.dW")
    for key in STARTS:
        W = parameter(started, key, "W")
        expect_kept_shape(student, "p.W", W, "layer.p['W']", key[0])
    for (_, *shape), (done, p) in zip(ANEW, restarted().starts, strict=True):
        done.value
        with waived(to=("initialization", "shapes")):
            what = "layer.p['W'], initialized again"
            expect_kept_shape(student, "p.W", entry(p, "W"), what, tuple(shape))


@check("initialization", "b starts as zeros, one for each unit, in a row")
def test_bias_starts_at_zero(student, started, restarted):
    """Zeros of shape (1, u); also when the layer is initialized again."""
    expect_names(student, "p.b", "g.db")
    for key in STARTS:
        zeros = np.zeros((1, key[0][1]))
        expect_close(parameter(started, key, "b"), zeros, what="layer.p['b']")
    for (_, _, n_units), (done, p) in zip(ANEW, restarted().starts, strict=True):
        done.value
        zeros = np.zeros((1, n_units))
        expect_close(entry(p, "b"), zeros, what="layer.p['b'], initialized again")


def drawn_weights(started, key, waived):
    """W after initialize_parameters; turned round, if its shape is what is wrong with it."""
    W, shape = parameter(started, key, "W"), key[0]
    turned = isinstance(W, np.ndarray) and W.shape == shape[::-1]
    if turned:
        with waived(to="initialization"):
            expect_array(W, "layer.p['W']", shape)
    return expect_array(W.T if turned else W, "layer.p['W']", shape)


@check("initialization", "W comes from the function that the constructor was given", weight=2)
def test_initialization_is_used(started, restarted, reference, waived):
    """Orthogonal weights are, and xavier's have their deviation; which numbers is not looked at."""
    rng = np.random.default_rng(START_SEED)
    for (_, *shape), (done, p) in zip(ANEW, restarted().starts, strict=True):
        done.value
        W, wanted = entry(p, "W"), reference.xavier(tuple(shape), rng=rng)
        if isinstance(W, np.ndarray) and W.shape == wanted.shape and same_draw(W, wanted):
            expect_close(W, wanted, what="layer.p['W'], initialized again")
    for key in DRAWN[:2]:
        shape, W = key[0], drawn_weights(started, key, waived)
        product, told = (W.T @ W, "Wᵀ·W") if shape[0] > shape[1] else (W @ W.T, "W·Wᵀ")
        message = f"With initialization=orthogonal, weights of shape {shape} should be orthonormal."
        expect_close(product, np.eye(3), what=f"{told} of layer.p['W']", message=message)
    for key in DRAWN[2:]:
        (n, u), W = key[0], drawn_weights(started, key, waived)
        expect_deviation(W, np.sqrt(2 / (n + u)), f"√(2/({n} + {u}))", what="layer.p['W']")
    for scale, (done, p) in zip(SCALES, restarted().unknown, strict=True):
        done.value
        W = entry(p, "W")
        flat = np.sort(W, axis=None) if isinstance(W, np.ndarray) else W
        wanted, message = np.arange(-4.0, 8.0) * scale, "With another function as initialization, "
        message += "W should be what this function returns."
        what, unit = "the numbers in layer.p['W']", min(scale, 1.0)
        expect_close(flat, wanted, what=what, message=message, unit=unit)


FUNCTIONS = """
def counting(scale):
    def initialization(shape, rng=None):
        return scale * (7 - np.arange(float(np.prod(shape)))).reshape(shape)
    return initialization

def cubic():
    def activation(Z, deriv=False):
        return Z**2 if deriv else Z**3 / 3
    return activation

def gathering():
    def activation(Z, deriv=False):
        ones = np.ones((Z.shape[1], Z.shape[1]))
        if deriv:
            return ones + Z[:, :, None] * np.eye(Z.shape[1])
        return Z.sum(axis=1, keepdims=True) + Z**2 / 2
    return activation
"""
"""Functions of the given form that nobody knows: an initialization, two activations."""


XAVIER = {
    (tuple(case["fs"]["W"]), int(case["name"].partition("seed")[2]), "xavier"): case
    for case in (BY_NAME["sigmoid_u3_n4_m5_seed1"], BY_NAME["relu_u4_n3_m1_seed5"])
}
XAVIER_KEYS = [*XAVIER, ((3, 4), seeds.number(6), "xavier")]


@check("generator", "W is drawn from np_rng, and nothing else is")
def test_generator(student, started, reference, waived):
    """The numbers that EpyNN draws after the same seeds; their scale is another group's matter.

    After a seed that nobody knows, those of the reference.
    """
    for key in XAVIER_KEYS + STARTS:
        shape, seed, initialization = key
        wanted = getattr(reference, initialization)(shape, rng=np.random.default_rng(seed))
        if key in XAVIER:
            wanted = np.array(XAVIER[key]["arrays"]["W"])
        with nullcontext() if initialization == "xavier" else waived(to="initialization"):
            W = as_drawn(student, "p.W", parameter(started, key, "W"))
            expect_draw(W, wanted, seed, waived)


def expect_draw(W, wanted, seed, waived):
    """Fail unless W comes from the same numbers; its shape and scale have to cost elsewhere."""
    shape = wanted.shape
    message = (
        f"These are not the numbers that np_rng gives, np.random.default_rng({seed}) here: "
        "hand it to the initialization, as rng."
    )
    if isinstance(W, np.ndarray) and W.size == wanted.size and W.dtype.kind == "f":
        orders = (W.reshape(shape), W.reshape(shape[::-1]).T)  # a shape is no draw
        if any(same_draw(each, wanted) or single_precision(each, wanted) for each in orders):
            with waived(to=("initialization", "shapes", "forward")):
                expect_close(W, wanted, what="layer.p['W']", message=message)
            return
    expect_close(W, wanted, what="layer.p['W']", message=message)


@check("generator", "Nothing else is drawn, from np_rng or np.random")
def test_nothing_else_is_drawn(restarted, reference, all_left, waived):
    """Initialized again, after passes in between, a layer goes on with the next numbers."""
    found = restarted().starts
    rng = np.random.default_rng(START_SEED)
    for number, ((_, *shape), (done, p)) in enumerate(zip(ANEW, found, strict=True), 1):
        wanted = reference.xavier(tuple(shape), rng=rng)
        done.value
        message = f"W number {number} of one layer is not made of the next numbers of np_rng, "
        message += "which nothing else should be drawn from."
        with waived(to=("initialization", "shapes")):
            expect_close(entry(p, "W"), wanted, what="layer.p['W']", message=message)
    for place, left in all_left():
        expect_nothing_drawn(left, place)


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is X·W + b, for the identity", weight=6)
@each_case(6)
def test_forward(case, observe, right):
    """Generated shapes and values, non-zero biases."""
    yours, expected = observe(case).output.value, right(case).output
    expect_close(yours, expected, what=OUTPUT, unit=case.units["output"])


@check("forward", "The output is activate(X·W + b)", weight=4, variant_of="test_forward")
@some_cases([*WITH_SOFTMAX, *FAR_ACTIVE, *FAR_SOFTMAX])
def test_activation(case, observe, right):
    """For each activation function."""
    yours, expected = observe(case).output.value, right(case).output
    expect_close(yours, expected, what=OUTPUT, unit=case.units["output"])


def replayed(student, case, se_hPars=None):
    """A recorded case on the student's layer: (output, input gradient), as promises."""
    arrays = {name: np.array(values) for name, values in case["arrays"].items()}
    name = case["activation"]["activate"]
    layer = seeded_layer(student, arrays["W"].shape[1], name, se_hPars)
    layer.compute_shapes(arrays["X"])
    layer.initialize_parameters()
    layer.p = {"W": arrays["W"], "b": arrays["b"]}
    return layer.forward(arrays["X"]), layer.backward(arrays["dA"])


@check("forward", "EpyNN's own outputs", variant_of="test_forward")
def test_recorded_outputs(student, observe, right):
    """Recorded cases, on the weights that were recorded as well; not for who has recorded them."""
    names = ("tanh_u3_n5_m4_seed9_orthogonal", "softmax_u3_n4_m5_seed1")
    with student.program():
        found = [replayed(student, BY_NAME[name]) for name in names]
    for name, (output, _) in zip(names, found, strict=True):
        expect_close(output.value, np.array(BY_NAME[name]["arrays"]["A"]), what=OUTPUT)
    expect_computed(observe, right)


def expect_computed(observe, right):
    """Fail unless the layer gives an output that can be read nowhere."""
    expect_close(observe(FEW[1]).output.value, right(FEW[1]).output, what=OUTPUT)


TYPED = typed_cases(
    AffineCase(1, 3, 2),
    AffineCase(4, 3, 2, scales=(1.0, 1.0, 0.3)),
    AffineCase(4, 3, 2, scales=(0.3, 1.0, 1.0)),
)
THROUGH_TYPED = [
    TypedCase(UnitCase(3, 2, 2, activation=activation), G=kind)
    for activation in ("tanh", "softmax")
    for kind in TYPES
]


@lasting
def observe_typed(student, once, new_layer):
    """Return a function that runs a fresh layer on X and dX of another layout or type."""

    def run(case):
        with student.program():
            layer = new_layer(case.case)
            return observed(student, layer, *case.arrays(student))

    return once.each("typed", TYPED + THROUGH_TYPED, run)


@check("forward", "Inputs of other memory layouts and types", weight=2, variant_of="test_forward")
def test_forward_layouts(observe_typed, right):
    """Fortran-ordered, non-contiguous, integer and single-precision inputs; one row and more."""
    for case in TYPED:
        output, expected = observe_typed(case).output.value, right(case.case).output
        expect_close(output, expected, what=f"{OUTPUT}, {case}")


def accepted(observe_typed, waived, cases):
    """Yield the cases with which the forward pass works."""
    for case in cases:
        with waived(to="forward"):
            observe_typed(case).output.value
            yield case


UNKNOWN = {
    "cubic": (lambda Z: Z**3 / 3, lambda Z, dA: dA * Z**2),
    "gathering": (
        lambda Z: Z.sum(axis=1, keepdims=True) + Z**2 / 2,
        lambda Z, dA: dA.sum(axis=1, keepdims=True) + dA * Z,
    ),
}
"""What the activations of FUNCTIONS give, and the gradients at Z."""


@lasting
def with_unknown(student, once):
    """Return a function: (output, dZ) with an activation that nobody knows, for unit weights."""

    def run(name):
        with student.program():
            activation = getattr(student.define(FUNCTIONS), name)()
            layer = student.Dense(units=UNKNOWN_CASE.n_units, activate=activation)
            layer.compute_shapes(UNKNOWN_CASE.X)
            layer.initialize_parameters()
            layer.p = {"W": UNKNOWN_CASE.W, "b": UNKNOWN_CASE.b}
            return layer.forward(A=UNKNOWN_CASE.X), layer.backward(dX=UNKNOWN_CASE.G)

    return once.each("unknown", tuple(UNKNOWN), run)


UNKNOWN_CASE = UnitCase(3, 2, 2, integers=False)


@check("forward", "With any function of the given form; the argument is called A")
def test_unknown_activation(with_unknown):
    """Functions that are not in maths; A handed over by its name."""
    Z = UNKNOWN_CASE.X + UNKNOWN_CASE.b
    for name, (function, _) in UNKNOWN.items():
        message = "With an activation that is not in maths, the output should be what it returns."
        output, _ = with_unknown(name)
        expect_close(output.value, function(Z), what="layer.forward(A=X)", message=message)


def expect_unknown_gradient(name, with_unknown, waived):
    """Fail unless backward goes through an activation that nobody knows."""
    output, input_gradient = with_unknown(name)
    Z = UNKNOWN_CASE.X + UNKNOWN_CASE.b
    with waived(to=FORWARD):
        output.value
        message = "With an activation that is not in maths, dZ should be dA times its derivative, "
        message += "where deriv=True asks for it; the weights are the unit matrix."
        with waived(to=(*FORWARD, "input-gradient")):
            wanted = UNKNOWN[name][1](Z, UNKNOWN_CASE.G)
            expect_close(
                input_gradient.value, wanted, what="layer.backward(dX=dA)", message=message
            )


# -- what the forward pass leaves ----------------------------------------------------------

CACHED = [*FEW, *ACTIVE[1::3], *FAR]


@check("forward-cache", "fc['X'] is the input, and fc['A'] the output")
@some_cases(CACHED)
def test_cached_input_and_output(case, observe, right, left_to_others, waived):
    """The output as the student's layer returns it, or should."""
    seen = observe(case)
    if left_to_others(seen.output, "output", case.G.shape):
        return
    expect_close(seen.part("fc", "X"), case.X, what="layer.fc['X'] after forward(X)")
    expect_returned(
        seen.part("fc", "A"),
        seen.output,
        right(case).output,
        what="layer.fc['A'] after forward(X)",
        message="fc['A'] should be what forward returns.",
        waived=waived(to="forward"),
        unit=case.units["output"],
    )


def expect_returned(kept, returned, wanted, *, what, message, waived, unit):
    """Fail unless what is kept is what was returned, or should have been."""
    if is_close(kept, wanted, unit=unit):
        return
    value = returned.value
    like = value if isinstance(value, np.ndarray) else wanted
    expect_close(kept, like, what=what, message=message, unit=unit)
    with waived:
        expect_close(kept, wanted, what=what, unit=unit)


@check("forward-cache", "fc['Z'] is X·W + b, before the activation")
@some_cases(CACHED)
def test_cached_Z(case, observe, right, reference, left_to_others, waived):
    """Or whatever the student's layer applies the activation to."""
    seen, unit = observe(case), case.units["output"]
    if left_to_others(seen.output, "output", case.G.shape):
        return
    Z, what = seen.part("fc", "Z"), "layer.fc['Z'] after forward(X)"
    if is_close(Z, right(case).Z, unit=unit):
        return
    returned = seen.output.value
    message = "fc['Z'] should be the weighted sum, to which the activation is applied."
    fits = isinstance(Z, np.ndarray) and Z.shape == case.G.shape and Z.dtype.kind in "fiu"
    reference.activation_tune(None)
    own = fits and is_close(returned, getattr(reference, activation_of(case))(Z), unit=unit)
    with waived(to="forward") if own else nullcontext():
        expect_close(Z, right(case).Z, what=what, message=message, unit=unit)


# -- through the activation ----------------------------------------------------------------


def gradient_at_Z(seen, case):
    """(dZ, what it is) of a case with unit weights: from bc, or returned, if that is right."""
    cached = seen.array("bc", "dZ", case.G.shape)
    returned = None if seen.input_gradient.error else seen.input_gradient.value
    if cached is None and isinstance(returned, np.ndarray):
        return returned, "layer.backward(dX), where W is the unit matrix"
    if cached is None:
        return seen.part("bc", "dZ"), "layer.bc['dZ'] after backward(dX)"
    return cached, "layer.bc['dZ'] after backward(dX)"


def through(reference, case, Z):
    """The gradient at Z, for any Z."""
    reference.activation_tune(None)
    slope = getattr(reference, activation_of(case))(Z, deriv=True)
    return case.G * slope if slope.ndim == 2 else np.einsum("ij,ijk->ik", case.G, slope)


@lasting
def chained(observe, reference, right, left_to_others, waived):
    """Return a function: (dZ, what it is) of a case, or None where there is nothing to look at.

    That is where forward raised, and where dZ fits the Z that is kept, right or not.
    """

    def look(case, seen=None):
        seen = seen or observe(case)
        if left_to_others(seen.output, "output", case.G.shape):
            return None
        yours, what = gradient_at_Z(seen, case)
        Z, unit = seen.array("fc", "Z", case.G.shape), case.units["bias"]
        if Z is not None and is_close(yours, through(reference, case, Z), unit=unit):
            with waived(to=FORWARD):
                expect_close(yours, right(case).at_z, what=what, unit=unit)
            return None
        return yours, what

    return look


def expect_dZ(case, observe, right, chained, own_slope, waived):
    """Fail unless the gradient at Z is right: as it is cached, or as it is returned."""
    expect_dZ_of(observe(case), case, right, chained, own_slope, waived)


def expect_dZ_of(seen, case, right, chained, own_slope, waived, which=""):
    """The same of a pass that was observed."""
    returned, wanted, found = seen.input_gradient, right(case).at_z, chained(case, seen)
    if found is None:
        return
    yours, what = found
    unit = case.units["bias"]
    sound = returned.error is None and is_close(returned.value, wanted, unit=unit)
    with waived(to="backward-cache") if sound else nullcontext():
        slopes = slopes_for(case, "X", own_slope, waived)
        expect_gradient(yours, wanted, what=what + which, **slopes, unit=unit)


def expect_typed_dZ(activation, observe_typed, right, chained, own_slope, waived):
    """Fail unless the gradient at Z is right for a dX of every layout and type."""
    cases = [case for case in THROUGH_TYPED if case.case.activation == activation]
    for case in accepted(observe_typed, waived, cases):
        seen, which = observe_typed(case), f", {case}"
        with waived(to="purity"):
            expect_dZ_of(seen, case.case, right, chained, own_slope, waived, which)


@check("activation-gradient", "dZ is dA times the slope of the activation at Z", weight=3)
@some_cases(THROUGH + FAR_THROUGH)
def test_activation_gradient(case, observe, right, chained, own_slope, waived):
    """For functions that work number by number; the weights are the unit matrix."""
    expect_dZ(case, observe, right, chained, own_slope, waived)


@check("activation-gradient", "It is the slope of the loss, measured numerically")
@some_cases(THROUGH)
def test_activation_gradient_numerically(case, observe, reference, chained, own_slope, waived):
    """Central differences; away from kinks."""
    expect_measured_dZ(case, observe, reference, chained, own_slope, waived)


def expect_measured_dZ(case, observe, reference, chained, own_slope, waived):
    """Fail unless the gradient at Z agrees with central differences."""
    returned, found = observe(case).input_gradient, chained(case)
    if found is None:
        return
    yours, what = found
    measured = _measured(reference, case, "X")
    sound = returned.error is None and agrees(returned.value, measured, exact=False)
    with waived(to="backward-cache") if sound else nullcontext():
        slopes = slopes_for(case, "X", own_slope, waived)
        expect_slope(yours, measured, what=what, **slopes, exact=False)


@check("activation-gradient", "With any function of the given form; dX of any number type")
def test_typed_activation_gradient(observe_typed, with_unknown, right, chained, own_slope, waived):
    """Integers, single precision, other memory layouts; a function that is not in maths."""
    expect_typed_dZ("tanh", observe_typed, right, chained, own_slope, waived)
    expect_unknown_gradient("cubic", with_unknown, waived)


@lasting
def never_derives(chained, waived):
    """Return a function: whether dA is handed on as it is, for softmax as for sigmoid.

    Then softmax is not what went wrong, and sigmoid has to have cost points.
    """
    sigmoid = THROUGH[2]

    def ask(case):
        found = [chained(each) for each in (case, sigmoid)]
        pairs = zip(found, (case, sigmoid), strict=True)
        if not all(each is not None and is_close(each[0], of.G) for each, of in pairs):
            return False
        with waived(to=("activation-gradient", "backward-cache")):
            fail("dZ is dA, for softmax as for sigmoid.")
        return True

    return ask


@check("softmax", "dZ is dA times the Jacobian of softmax, row by row", weight=2)
@some_cases(SOFTMAX + FAR_SOFTMAX)
def test_softmax_gradient(case, observe, right, chained, own_slope, never_derives, waived):
    """Every output depends on every number of its row; the weights are the unit matrix."""
    if not never_derives(case):
        expect_dZ(case, observe, right, chained, own_slope, waived)


@check("softmax", "It is the slope of the loss, measured numerically")
@some_cases(SOFTMAX)
def test_softmax_gradient_numerically(
    case, observe, reference, chained, own_slope, never_derives, waived
):
    """Central differences, at the usual temperature."""
    if not never_derives(case):
        expect_measured_dZ(case, observe, reference, chained, own_slope, waived)


@check("softmax", "With any function that has Jacobians; dX of any number type")
def test_typed_softmax_gradient(
    observe_typed, with_unknown, right, chained, own_slope, never_derives, waived
):
    """Integers, single precision, other memory layouts; a function that is not in maths."""
    if not never_derives(SOFTMAX[1]):
        expect_typed_dZ("softmax", observe_typed, right, chained, own_slope, waived)
        expect_unknown_gradient("gathering", with_unknown, waived)


# -- input gradient ------------------------------------------------------------------------


def follows(yours, made_of, unit=1.0):
    """Whether a gradient is what the formula makes of what the student's own caches hold."""
    return made_of is not None and is_close(yours, made_of, unit=unit)


def own_dZ(seen, case, observe):
    """The student's dZ; None if it is missing, or 0 everywhere, which earns nothing."""
    dZ = seen.array("bc", "dZ", case.G.shape)
    if dZ is None or np.any(dZ):
        return dZ
    elsewhere = (observe(case).array("bc", "dZ", case.G.shape) for case in (NEAR, SIMPLE))
    return dZ if any(each is not None and np.any(each) for each in elsewhere) else None


def own_input_gradient(seen, case, observe):
    """dZ·Wᵀ, for the student's dZ."""
    dZ = own_dZ(seen, case, observe)
    return None if dZ is None else dZ @ case.W.T


@check("input-gradient", "backward returns dZ·Wᵀ", weight=4)
@each_case(6)
def test_input_gradient(case, observe, right, own_slope, left_to_others, waived):
    """For the identity, where dZ is dA."""
    expect_input_gradient(case, observe, right, own_slope, left_to_others, waived)


def expect_input_gradient(case, observe, right, own_slope, left_to_others, waived):
    """Fail unless what is returned fits the right dZ, the student's dZ, or the student's output."""
    seen, wanted = observe(case), right(case).input_gradient
    if left_to_others(seen.output, "output", case.G.shape):
        return
    yours, unit = seen.input_gradient.value, case.units["input"]
    made = follows(yours, own_input_gradient(seen, case, observe), unit)
    with waived(to=THROUGH_GROUPS) if made else nullcontext():
        slopes = slopes_for(case, "X", own_slope, waived)
        expect_gradient(yours, wanted, what=RETURNED, **slopes, unit=unit)


@check("input-gradient", "It is the slope of the loss, measured numerically")
@each_case(6, far=False)
def test_input_gradient_numerically(case, observe, reference, own_slope, left_to_others, waived):
    """Exact central differences for integers, in double precision for floats."""
    seen, measured = observe(case), _measured(reference, case, "X")
    if left_to_others(seen.output, "output", case.G.shape):
        return
    yours = seen.input_gradient.value
    made = follows(yours, own_input_gradient(seen, case, observe))
    with waived(to=THROUGH_GROUPS) if made else nullcontext():
        slopes = slopes_for(case, "X", own_slope, waived)
        expect_slope(yours, measured, what=RETURNED, **slopes, exact=case.exact)


@check(
    "input-gradient",
    "It comes from dZ, not from dA, where there is an activation",
    weight=2,
    variant_of="test_input_gradient",
)
@some_cases(ACTIVE + FAR_ACTIVE)
def test_input_gradient_through_activation(case, observe, right, own_slope, left_to_others, waived):
    """For each activation function; wrong last digits have to cost points for the identity."""
    returned, wanted = as_array(observe(case).input_gradient), right(case).input_gradient
    if agrees(returned, wanted, exact=False, unit=case.units["input"]):
        with waived(to=PASSES):
            expect_close(returned, wanted, what=RETURNED, unit=case.units["input"])
        return
    expect_input_gradient(case, observe, right, own_slope, left_to_others, waived)


@check(
    "input-gradient",
    "Gradients dX of other memory layouts and types",
    variant_of="test_input_gradient",
)
def test_input_gradient_layouts(observe_typed, right, waived):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    for case in accepted(observe_typed, waived, TYPED + THROUGH_TYPED):
        with waived(to=(*PASSES, "purity")):
            yours, expected = observe_typed(case).input_gradient, right(case.case).input_gradient
            expect_close(yours.value, expected, what=f"{RETURNED}, {case}")


# -- what the backward pass leaves ---------------------------------------------------------


@check("backward-cache", "bc['dA'] is what comes in, and bc['dX'] what is returned")
@some_cases(CACHED)
def test_cached_ends(case, observe, right, left_to_others, waived):
    """What is returned as the student's layer returns it, or should."""
    seen = observe(case)
    if left_to_others(seen.input_gradient, "input_gradient"):
        return
    unit = case.units["bias"]
    expect_close(seen.part("bc", "dA"), case.G, what="layer.bc['dA'] after backward(dX)", unit=unit)
    expect_returned(
        seen.part("bc", "dX"),
        seen.input_gradient,
        right(case).input_gradient,
        what="layer.bc['dX'] after backward(dX)",
        message="bc['dX'] should be what backward returns.",
        waived=waived(to=PASSES),
        unit=case.units["input"],
    )


@check("backward-cache", "bc['dZ'] is the gradient that dX was made of")
@some_cases(CACHED)
def test_cached_dZ(case, observe, right, left_to_others, waived):
    """Whether it is right is looked at elsewhere."""
    seen = observe(case)
    if left_to_others(seen.input_gradient, "input_gradient"):
        return
    dZ, what = seen.part("bc", "dZ"), "layer.bc['dZ'] after backward(dX)"
    wanted, returned = right(case), seen.input_gradient.value
    sound = is_close(returned, wanted.input_gradient, unit=case.units["input"])
    if not sound:
        expect_array(dZ, what, case.G.shape)
    message = "What backward returns was not made of this: dX is dZ·Wᵀ."
    with nullcontext() if sound else waived(to=PASSES):
        expect_close(dZ, wanted.at_z, what=what, message=message, unit=case.units["bias"])


# -- weight and bias gradient --------------------------------------------------------------


def own_weight_gradient(seen, case, observe):
    """Xᵀ·dZ, for the student's own caches."""
    dZ, X = own_dZ(seen, case, observe), seen.peek("fc", "X")
    if not isinstance(X, np.ndarray) or X.ndim != 2 or len(X) != case.batch:
        X = case.X
    return None if dZ is None else X.T @ dZ


def own_bias_gradient(seen, case, observe):
    """The column sums of the student's dZ."""
    dZ = own_dZ(seen, case, observe)
    return None if dZ is None else dZ.sum(axis=0, keepdims=True)


MADE_OF = {"W": own_weight_gradient, "b": own_bias_gradient}
GROUP = {"W": "weight-gradient", "b": "bias-gradient"}


def unit_of(part, case):
    """Of the gradient of W or b, as for expect_close."""
    return case.units["weights" if part == "W" else "bias"]


def shapes_of(part, case):
    """Shapes of a parameter's gradient that are accepted as well."""
    return [] if part == "W" else [(case.n_units,)]


def right_gradient(part, right):
    """What g should hold, of what is right for a case."""
    return right.weight_gradient if part == "W" else right.bias_gradient


def expect_parameter_gradient(part, case, observe, right, own_slope, left_to_others, waived):
    """Fail unless g holds the gradient of W or b."""
    seen = observe(case)
    if left_to_others(seen.output, "output", case.G.shape):
        return
    yours, what = seen.part("g", f"d{part}"), f"layer.g['d{part}'] after compute_gradients()"
    wanted, unit, flat = (
        right_gradient(part, right(case)),
        unit_of(part, case),
        shapes_of(part, case),
    )
    made = follows(_laid_out(yours, part, case), MADE_OF[part](seen, case, observe), unit)
    with waived(to=THROUGH_GROUPS) if made else nullcontext():
        slopes = slopes_for(case, part, own_slope, waived)
        expect_gradient(yours, wanted, what=what, **slopes, or_shapes=flat, unit=unit)


def _laid_out(yours, part, case):
    return as_row(yours, case.n_units) if part == "b" else yours


def expect_measured_gradient(part, case, observe, reference, own_slope, left_to_others, waived):
    """Fail unless g agrees with central differences of either forward pass."""
    seen = observe(case)
    if left_to_others(seen.output, "output", case.G.shape):
        return
    made = follows(
        _laid_out(seen.part("g", f"d{part}"), part, case), MADE_OF[part](seen, case, observe)
    )
    with waived(to=THROUGH_GROUPS) if made else nullcontext():
        expect_slope(
            seen.part("g", f"d{part}"),
            _measured(reference, case, part),
            what=f"layer.g['d{part}'] after compute_gradients()",
            **slopes_for(case, part, own_slope, waived),
            exact=case.exact,
            or_shapes=shapes_of(part, case),
        )


def expect_gradient_through(part, case, observe, right, own_slope, left_to_others, waived):
    """Fail unless the gradient of W or b comes from dZ; its last digits may cost points before."""
    kept, wanted = observe(case).peek("g", f"d{part}"), right_gradient(part, right(case))
    kept, unit = _laid_out(kept, part, case), unit_of(part, case)
    if agrees(kept, wanted, exact=False, unit=unit):
        with waived(to=(*THROUGH_GROUPS, GROUP[part])):
            what = f"layer.g['d{part}'] after compute_gradients()"
            expect_close(kept, wanted, what=what, or_shapes=shapes_of(part, case), unit=unit)
        return
    expect_parameter_gradient(part, case, observe, right, own_slope, left_to_others, waived)


def expect_typed_gradient(part, observe_typed, right, waived):
    """Fail unless g holds the gradient of W or b for arrays of every layout and type."""
    for case in accepted(observe_typed, waived, TYPED + THROUGH_TYPED):
        with waived(to=(*THROUGH_GROUPS, GROUP[part], "purity")):
            yours = observe_typed(case).part("g", f"d{part}")
            wanted, flat = right_gradient(part, right(case.case)), shapes_of(part, case.case)
            expect_close(yours, wanted, what=f"layer.g['d{part}'], {case}", or_shapes=flat)


@check("weight-gradient", "g['dW'] is Xᵀ·dZ, summed over the batch", weight=3)
@each_case(6)
def test_weight_gradient(case, observe, right, own_slope, left_to_others, waived):
    """For the identity, where dZ is dA."""
    expect_parameter_gradient("W", case, observe, right, own_slope, left_to_others, waived)


@check("weight-gradient", "It is the slope of the loss, measured numerically")
@each_case(6, far=False)
def test_weight_gradient_numerically(case, observe, reference, own_slope, left_to_others, waived):
    """Exact central differences for integers, in double precision for floats."""
    expect_measured_gradient("W", case, observe, reference, own_slope, left_to_others, waived)


@check(
    "weight-gradient",
    "It comes from dZ, not from dA, where there is an activation",
    variant_of="test_weight_gradient",
)
@some_cases(ACTIVE + FAR_ACTIVE)
def test_weight_gradient_through_activation(
    case, observe, right, own_slope, left_to_others, waived
):
    """For each activation function; wrong last digits have to cost points for the identity."""
    expect_gradient_through("W", case, observe, right, own_slope, left_to_others, waived)


@check(
    "weight-gradient", "Arrays of other memory layouts and types", variant_of="test_weight_gradient"
)
def test_weight_gradient_layouts(observe_typed, right, waived):
    """X and dX: Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    expect_typed_gradient("W", observe_typed, right, waived)


@check("bias-gradient", "g['db'] is the sum of dZ over the batch", weight=3)
@each_case(6)
def test_bias_gradient(case, observe, right, own_slope, left_to_others, waived):
    """For the identity, where dZ is dA."""
    expect_parameter_gradient("b", case, observe, right, own_slope, left_to_others, waived)


@check("bias-gradient", "It is the slope of the loss, measured numerically")
@each_case(6, far=False)
def test_bias_gradient_numerically(case, observe, reference, own_slope, left_to_others, waived):
    """Exact central differences for integers, in double precision for floats."""
    expect_measured_gradient("b", case, observe, reference, own_slope, left_to_others, waived)


@check(
    "bias-gradient",
    "It comes from dZ, not from dA, where there is an activation",
    variant_of="test_bias_gradient",
)
@some_cases(ACTIVE + FAR_ACTIVE)
def test_bias_gradient_through_activation(case, observe, right, own_slope, left_to_others, waived):
    """For each activation function; wrong last digits have to cost points for the identity."""
    expect_gradient_through("b", case, observe, right, own_slope, left_to_others, waived)


@check(
    "bias-gradient", "Gradients of other memory layouts and types", variant_of="test_bias_gradient"
)
def test_bias_gradient_layouts(observe_typed, right, waived):
    """Fortran-ordered, non-contiguous, integer and single-precision; one row and more."""
    expect_typed_gradient("b", observe_typed, right, waived)


# -- settings of the activation function ---------------------------------------------------

TUNED = [
    (ActivatedCase(2, 2, 2, seed=11, activation="lrelu"), ({"LRELU_alpha": 0.25}, None)),
    (ActivatedCase(2, 2, 2, seed=12, activation="lrelu"), ({"LRELU_alpha": 0.5}, SETTINGS)),
    (ActivatedCase(4, 2, 3, seed=13, activation="elu"), (None, {"ELU_alpha": 2.0})),
]


@contextmanager
def usual_settings(student):
    """In a program block: what a layer may leave in the settings does not outlast the block."""
    student.given("maths", "activation_tune")(None)
    yield
    student.given("maths", "activation_tune")(None)


@lasting
def tuned(student, once, new_layer):
    """Return a function: passes of two layers with settings, first forward both, then backward."""

    def run(key):
        case, settings = TUNED[key]
        with student.program(), usual_settings(student):
            layers = [new_layer(case, se_hPars) for se_hPars in settings]
            outputs = [layer.forward(case.X) for layer in layers]
            return list(zip(outputs, [layer.backward(case.G) for layer in layers], strict=True))

    return once.each("tuned", range(len(TUNED)), run)


def right_when_tuned(reference, case, se_hPars):
    """(output, input gradient) of the reference with these settings."""
    layer = _reference_layer(reference, case, se_hPars)
    return layer.forward(case.X), layer.backward(case.G)


@check("hyperparameters", "Each layer's settings hold in both of its passes")
def test_settings(student, tuned, observe, right, reference, left_to_others, waived):
    """Two layers with other settings, used in turn. What is wrong anyway is not looked at here."""
    for key, (case, settings) in enumerate(TUNED):
        student.begin()
        with student.untraced():
            usual, wanted = observe(case), right(case)
            if left_to_others(usual.input_gradient, "input_gradient"):
                continue
            sound = (
                sound_or_waived(usual.output, wanted.output, OUTPUT, waived),
                sound_or_waived(usual.input_gradient, wanted.input_gradient, RETURNED, waived),
            )
        for found, se_hPars, which in zip(tuned(key), settings, ("first", "second"), strict=True):
            correct = right_when_tuned(reference, case, se_hPars)
            for yours, is_right, value, name in zip(
                found, sound, correct, (OUTPUT, RETURNED), strict=True
            ):
                if is_right:
                    message = f"Two layers with {case.activation} are in use; this one, the "
                    message += f"{which}, has se_hPars={se_hPars}."
                    expect_close(yours.value, value, what=name, message=message)


def sound_or_waived(pending, wanted, what, waived):
    """Whether a promise was kept; if not, that has to cost points where it belongs."""
    sound = is_sound(pending, wanted)
    if not sound:
        with waived(to=PASSES):
            expect_close(pending.value, wanted, what=what)
    return sound


def is_sound(pending, wanted):
    """Whether a promise was kept; what was raised is raised: the same failure, shown once."""
    return is_close(pending.value, wanted)


@dataclass(frozen=True)
class Unbiased(ActivatedCase):
    """A case without biases, as those are that were recorded."""

    @property
    def b(self):
        """Zeros, of shape (1, n_units)."""
        return np.zeros((1, self.n_units))


HOT = Unbiased(3, 2, 3, integers=False, seed=14, activation="softmax")


@lasting
def heated(student, once, new_layer):
    """Return a function: (output, dX) of EpyNN's case with temperature 2, and with 1; of HOT."""
    names = ("softmax_u4_n6_m2_seed3_T2", "softmax_u3_n4_m5_seed1")

    def run():
        with student.program(), usual_settings(student):
            recorded = [
                (BY_NAME[name], replayed(student, BY_NAME[name], {"softmax_temperature": T}))
                for name, T in zip(names, (2.0, 1.0), strict=True)
            ]
            layer = new_layer(HOT, {"softmax_temperature": 2.0})
            return *recorded, (layer.forward(HOT.X), layer.backward(HOT.G))

    return lambda: once("heated", run)


@check("hyperparameters", "softmax with a temperature of 2, as EpyNN has it")
def test_temperature(heated, observe, right, reference, left_to_others, waived):
    """Recorded; not the true gradient, see the statement. Nothing is measured numerically here.

    A case that nobody has recorded has to come out as well.
    """
    (hot, found), (usual, usually), own = heated()
    if left_to_others(usually[1], "input_gradient"):
        return
    computed = right_when_tuned(reference, HOT, {"softmax_temperature": 2.0})
    alike = observe(HOT).output, observe(HOT).input_gradient
    fitting = right(HOT).output, right(HOT).input_gradient
    for number, (name, key) in enumerate(zip((OUTPUT, RETURNED), ("A", "dX"), strict=True)):
        if sound_or_waived(usually[number], np.array(usual["arrays"][key]), name, waived):
            message = "This is EpyNN's own case with softmax_temperature=2: the layer uses what "
            message += "softmax returns as it is."
            recorded = np.array(hot["arrays"][key])
            expect_close(found[number].value, recorded, what=name, message=message)
        if sound_or_waived(alike[number], fitting[number], name, waived):
            message = "softmax_temperature is 2: the layer uses what softmax returns as it is."
            expect_close(own[number].value, computed[number], what=name, message=message)


# -- state ---------------------------------------------------------------------------------

ROUNDS = [AffineCase(2, 3, 2), AffineCase(4, 3, 2), AffineCase(1, 3, 2), AffineCase(3, 3, 2)]
BETWEEN = AffineCase(5, 3, 2, seed=9)


def passes(layer, case):
    """Forward, backward and gradients of a layer: what they return and leave, as promises."""
    output = layer.forward(case.X)
    input_gradient = layer.backward(case.G)
    layer.compute_gradients()
    return output, input_gradient, layer.g


def expect_as_alone(found, alone, right, situation, left_to_others, waived):
    """Fail unless a layer gave what a fresh layer gives, which has to be right, or cost points."""
    mine, fresh = _flat(found), _flat(alone)
    if left_to_others(alone[1], "input_gradient"):
        return
    wanted = (right.output, right.input_gradient, right.weight_gradient, right.bias_gradient)
    for (what, value), correct in zip(mine.items(), wanted, strict=True):
        usual, shapes = fresh[what](), [(correct.size,)] if what.endswith("['db']") else []
        with waived(to=(*PASSES, *GROUP.values())):
            expect_close(usual, correct, what=what, or_shapes=shapes)
        if isinstance(usual, np.ndarray):
            message = f"{situation}, it is not what a fresh layer gives."
            expect_close(value(), usual, what=what, message=message)


def _flat(run):
    output, input_gradient, g = run

    def gradient(name):
        return lambda: entry(g, name)

    return {
        OUTPUT: lambda: output.value,
        RETURNED: lambda: input_gradient.value,
        "layer.g['dW']": gradient("dW"),
        "layer.g['db']": gradient("db"),
    }


@lasting
def repeated(student, once, new_layer):
    """Return a function: what a used layer and a fresh one give in each round; what is left."""

    def run():
        with student.untraced(), student.program():
            alone = [passes(new_layer(case), case) for case in ROUNDS]
        with student.program():
            layer, found = new_layer(ROUNDS[0]), []
            student.watch()
            for case in ROUNDS:
                layer.p = {"W": case.W, "b": case.b}
                layer.forward(BETWEEN.X)
                layer.backward(BETWEEN.G)
                found.append(passes(layer, case))
            left = student.left()
        return list(zip(found, alone, strict=True)), left

    return lambda: once("repeated", run)


@check("state", "Passes do not remember the ones before, whatever the batch size")
def test_repeated_passes(repeated, right, left_to_others, waived):
    """compute_shapes is not called again; passes of another batch stand between."""
    for (place, (found, alone)), case in zip(numbered(repeated()[0]), ROUNDS, strict=True):
        expect_as_alone(found, alone, right(case), place, left_to_others, waived)


TWO = (AffineCase(2, 2, 3, seed=1), AffineCase(3, 4, 2, seed=2))
EQUAL = (AffineCase(2, 3, 3, False, seed=1), AffineCase(2, 3, 3, False, seed=2))


@lasting
def side_by_side(student, once, new_layer):
    """Return a function: what two layers give, forward both, then backward both; and alone."""

    def run(cases):
        with student.untraced(), student.program():
            alone = [passes(new_layer(case), case) for case in cases]
        with student.program():
            layers = [seeded_layer(student, case.n_units, "identity") for case in cases]
            pairs = list(zip(layers, cases, strict=True))
            for layer, case in pairs:
                layer.compute_shapes(case.X)
            for layer, _ in pairs:
                layer.initialize_parameters()
            starts = [layer.p for layer in layers]
            for layer, case in pairs:
                layer.p = {"W": case.W, "b": case.b}
            outputs = [layer.forward(case.X) for layer, case in pairs]
            found = [layer.backward(case.G) for layer, case in pairs]
            for layer in layers:
                layer.compute_gradients()
            runs = list(zip(outputs, found, [layer.g for layer in layers], strict=True))
        return list(zip(runs, alone, strict=True)), starts

    return once.each("side by side", (TWO, EQUAL), run)


@check("state", "Two layers do not disturb each other")
def test_two_layers(side_by_side, right, left_to_others, waived):
    """Every step is done for both before the next one; of one shape, and of two."""
    for cases in (TWO, EQUAL):
        runs, starts = side_by_side(cases)
        for (found, alone), start, case in zip(runs, starts, cases, strict=True):
            what = "With a second layer in use"
            expect_as_alone(found, alone, right(case), what, left_to_others, waived)
            with waived(to=("initialization", "shapes")):
                what = "layer.p['W'], where two layers are set up side by side"
                expect_array(entry(start, "W"), what, case.W.shape)


@dataclass(frozen=True)
class Pair:
    """A case for two layers in turn, which both do it twice, with other values each time.

    Attributes:
        kind: Memory layout or type of the arrays.
    """

    case: AffineCase
    kind: str = "c"

    def __str__(self):
        kind = "" if self.kind == "c" else f", arrays {self.kind}"
        return f"In passes of two layers with {self.case}{kind}"


PAIRS = [
    *map(Pair, [AffineCase(1, 2, 3), *FAR]),
    *(Pair(AffineCase(3, 3, 2), kind) for kind in TYPES),
]


@lasting
def interleaved(student, once, new_layer):
    """Return a function: the steps of two layers in turn, and what is left."""

    def run(pair):
        cases, steps = [replace(pair.case, seed=seed) for seed in (0, 1)], []
        with student.program(), usual_settings(student):
            layers = [new_layer(case, TWISTED) for case in cases]
            student.watch()
            for order in (cases, cases[::-1]):
                turn = list(zip(layers, order, strict=True))
                for layer, case in turn:
                    layer.p = {"W": case.W, "b": case.b}
                outputs = [layer.forward(typed(student, c.X, pair.kind)) for layer, c in turn]
                returned = [layer.backward(typed(student, c.G, pair.kind)) for layer, c in turn]
                computed = [layer.compute_gradients() for layer in layers]
                for number, (layer, case) in enumerate(turn):
                    held = layer.fc, layer.bc, layer.g
                    seen = Observation(
                        *(outputs[number], held[0], returned[number], held[1]),
                        *(computed[number], held[2], None),
                    )
                    steps.append(Step(case, None, seen))
            left = student.left()
        return steps, left

    return once.each("interleaved", PAIRS, run)


@check("state", "Nor in wide layers, with large and tiny numbers, with other types and layouts")
def test_pairs(interleaved, right, waived):
    """Two passes of each of two layers in turn; a first pass that is wrong costs elsewhere.

    They have settings, which make no difference without an activation.
    """
    for pair in PAIRS:
        for step in interleaved(pair)[0]:
            expect_step(str(pair), step, right(step.case), waived, TWISTED)


# -- several steps in a row ------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Training:
    """Steps of one layer, whose parameters nobody sets in between.

    Attributes:
        passes: Of each the case, and what is done with it: LEARN and so on.
        settings: Of the layer; others are in force before each of its passes.
        rates: Of the steps, from one to the next.
    """

    passes: tuple
    settings: object = None
    rates: tuple = (0.05, 0.02, 0.1)

    def rate(self, number):
        """The learning rate of a step."""
        return self.rates[number % len(self.rates)]


def steps_of(activation, *passes, settings=None):
    """A training of passes of (rows, kind)."""
    cases = (
        (ActivatedCase(rows, 3, 2, False, seed, activation=activation), kind)
        for seed, (rows, kind) in enumerate(passes)
    )
    return Training(tuple(cases), settings)


LEARN, EVALUATE, AGAIN, TWICE = "learn", "evaluate", "again", "twice"
"""A step; only a forward pass; a step after another initialization; one that goes back twice."""
STEPS = steps_of("tanh", *[(rows, LEARN) for rows in (3, 3, 1, 5, 2, 3)])
TRAININGS = (
    STEPS,
    steps_of("softmax", (2, LEARN), (4, EVALUATE), (2, LEARN), (3, AGAIN), (4, TWICE), (2, LEARN)),
    steps_of("lrelu", *[(rows, LEARN) for rows in (2, 3, 2, 4)], settings=TWISTED),
)
OTHER_SETTINGS = {"LRELU_alpha": 0.75, "ELU_alpha": 3.0, "softmax_temperature": 4.0}


@dataclass(frozen=True)
class Step:
    """A step in the midst of others; what comes from the student's layer, in promises.

    Attributes:
        before: p before it; ``seen.p`` is p before update_parameters.
    """

    case: ActivatedCase
    before: object
    seen: Observation


UPDATE = """
def update_parameters(layer, learning_rate):
    for name, gradient in layer.g.items():
        layer.p[name[1:]] -= learning_rate * gradient
"""


def updating(student):
    """Return a function: take a step; as Layer does, where the student's class has another base."""
    if "update_parameters" in student.Dense.methods:
        return lambda layer, rate: layer.update_parameters(rate)
    return student.define(UPDATE).update_parameters


def ready_to_train(student, new_layer, training):
    """For a program block: the layer, a way to make steps, and one to set what others leave."""
    (first, _), *_ = training.passes
    layer = new_layer(first, training.settings)
    tune = student.given("maths", "activation_tune")
    return layer, updating(student), lambda: tune(training.settings and OTHER_SETTINGS)


@lasting
def trained(student, once, new_layer):
    """Return a function: the steps of a training, each looked at before the next; what is left."""

    def run(training):
        steps = []
        with student.program(), usual_settings(student):
            layer, update, disturb = ready_to_train(student, new_layer, training)
            student.watch()
            for number, (case, kind) in enumerate(training.passes):
                if kind == AGAIN:
                    layer.compute_shapes(case.X)
                    layer.initialize_parameters()
                before = layer.p
                disturb()
                output, fc = layer.forward(case.X), layer.fc
                if kind == EVALUATE:
                    continue
                disturb()
                if kind == TWICE:
                    layer.backward(-2 * case.G)
                    layer.compute_gradients()
                input_gradient, bc = layer.backward(case.G), layer.bc
                computed, g, p = layer.compute_gradients(), layer.g, layer.p
                seen = Observation(output, fc, input_gradient, bc, computed, g, p)
                steps.append(Step(case, before, seen))
                update(layer, training.rate(number))
            left = student.left()
        return steps, left

    return once.each("trained", TRAININGS, run)


def right_now(reference, step, settings):
    """What is right in a step, for the parameters that there are before it."""
    p = {name: entry(step.before, name) for name in "Wb"}
    for name, like in (("W", step.case.W), ("b", step.case.b)):
        expect_array(p[name], f"layer.p['{name}']", like.shape)
    layer = _reference_layer(reference, step.case, settings)
    layer.p = p
    return _answers(layer, step.case)


@check("state", "Each pass of a layer that learns is right, whatever came before it", weight=2)
def test_each_step(trained, reference, waived):
    """For the parameters that it has by then; what is wrong in every pass costs elsewhere."""
    for training in TRAININGS:
        for place, step in numbered(trained(training)[0]):
            right = None
            with waived(to=("initialization", "shapes", "bias-gradient", "weight-gradient")):
                right = right_now(reference, step, training.settings)
            if right is not None:
                expect_step(place, step, right, waived, training.settings)


def expect_step(place, step, right, waived, settings):
    """Fail unless what a step returns and leaves is right."""
    seen, others = step.seen, ("hyperparameters", "constructor") if settings else ()
    others = (*others, "purity")  # what is written into may be of a type that it does not fit
    returned = {
        OUTPUT: (seen.output, right.output),
        RETURNED: (seen.input_gradient, right.input_gradient),
    }
    for (what, (yours, wanted)), groups in zip(returned.items(), (FORWARD, PASSES), strict=True):
        message = f"{place}, this is not right for the parameters of that moment."
        unit = step.case.units["output" if what == OUTPUT else "input"]
        with waived(to=(*groups, *others)):
            expect_close(yours.value, wanted, what=what, message=message, unit=unit)
    kept = {
        "fc": {"X": step.case.X, "Z": right.Z, "A": right.output},
        "bc": {"dA": step.case.G, "dZ": right.at_z, "dX": right.input_gradient},
        "g": {"dW": right.weight_gradient, "db": right.bias_gradient},
    }
    for cache, arrays in kept.items():
        for name, wanted in arrays.items():
            what, shapes = f"layer.{cache}['{name}']", [(wanted.size,)] if name == "db" else []
            message = f"{place}, this is not what belongs to that pass."
            own = {"fc": FORWARD, "dW": (*PASSES, GROUP["W"]), "db": (*PASSES, GROUP["b"])}
            own = own.get(name, own.get(cache, PASSES))
            with waived(to=(*own, *others)):
                yours = seen.part(cache, name)
                unit = step.case.units[UNITS.get(name, "bias")]
                expect_close(yours, wanted, what=what, message=message, or_shapes=shapes, unit=unit)


UNITS = {"X": "output", "Z": "output", "A": "output", "dX": "input", "dW": "weights"}


@lasting
def all_left(
    student, drawn, observe, observe_typed, shaped, restarted, repeated, interleaved, trained
):
    """Return a function: (place, what was left behind) wherever passes are looked at."""

    def find():
        for case in drawn("case"):
            yield f"With {case}: ", lambda case=case: observe(case).left
        for typed in TYPED + THROUGH_TYPED:
            yield f"With {typed}: ", lambda typed=typed: observe_typed(typed).left
        yield "On a layer that is initialized again: ", lambda: restarted().left
        yield "With arrays of several sizes: ", lambda: shaped()[1]
        yield "In several passes on one layer: ", lambda: repeated()[1]
        for pair in PAIRS:
            yield f"{pair}: ", lambda pair=pair: interleaved(pair)[1]
        for training in TRAININGS:
            yield "In several steps: ", lambda training=training: trained(training)[1]

    return lambda: each_alone(student, find())


METHODS = (
    *("Dense", "compute_shapes", "initialize_parameters", "forward", "backward"),
    *("compute_gradients", "update_parameters"),
)


@check("state", "What was returned stays as it is, and NumPy's error handling as it was")
def test_nothing_left_behind(all_left):
    """Also in later calls; what is drawn is looked at elsewhere."""
    for place, left in all_left():
        expect_nothing_left(left, place, may_draw=METHODS)


RUN = RECORDED["end_to_end"]
TRAINING = (
    np.array([[float(bit) for bit in row] for row in RUN["data"]["X"]])[:33],
    np.array([[float(bit)] for bit in RUN["data"]["Y"]])[:33],
)
RATES = (0.1, 0.2, 0.05, 0.125, 0.3)
WIDTHS = (4, 1)
INITIAL = [np.array(RUN[f"W{number}_init"]) for number in (1, 2)]
INITIAL = [W + seeds.generator(9, W.size).normal(0, 0.1, W.shape) for W in INITIAL]
"""Near to EpyNN's, so that the end is near to what it had recorded, and written nowhere."""


def network(student):
    """EpyNN's two layers with starting weights, and mse; for a program block."""
    names = ("relu", "sigmoid")
    layers = [seeded_layer(student, units, name) for units, name in zip(WIDTHS, names, strict=True)]
    A = TRAINING[0]
    for layer, units, W in zip(layers, WIDTHS, INITIAL, strict=True):
        layer.compute_shapes(A)
        layer.initialize_parameters()
        layer.p = {"W": W, "b": np.zeros((1, units))}
        A = layer.forward(A)
    return layers, student.given("maths", "mse")


def right_network(reference):
    """The same of the reference's layers."""
    layers = [reference.Dense(4, reference.relu), reference.Dense(1, reference.sigmoid)]
    A = TRAINING[0]
    for layer, units, W in zip(layers, WIDTHS, INITIAL, strict=True):
        layer.compute_shapes(A)
        layer.p = {"W": W.copy(), "b": np.zeros((1, units))}
        A = layer.forward(A)
    return layers


def epoch(layers, mse):
    """Forward, backward and gradients of a network, without the step."""
    X, Y = TRAINING
    dX = mse(Y, layers[1].forward(layers[0].forward(X)), deriv=True)
    for layer in reversed(layers):
        dX = layer.backward(dX)
        layer.compute_gradients()
    return [layer.g for layer in layers]


def first_epochs(student, reference):
    """Return whether fresh layers of the student's give the right gradients in every epoch.

    If they do not, what is wrong is not a matter of going on.
    """
    mine = right_network(reference)
    for rate in RATES:
        with student.untraced(), student.program():
            layers, mse = network(student)
            for layer, like in zip(layers, mine, strict=True):
                layer.p = {name: value.copy() for name, value in like.p.items()}
            found = epoch(layers, mse)
        epoch(mine, _mse)
        for pending, layer in zip(found, mine, strict=True):
            g = None if pending.error else pending.value
            if not isinstance(g, dict) or not is_close(g.get("dW"), layer.g["dW"]):
                return False
            if not is_close(as_row(g.get("db"), layer.g["db"].size), layer.g["db"][None, :]):
                return False
        for layer in mine:
            layer.update_parameters(rate)
    return True


def _mse(Y, A, deriv):
    return 2 * (A - Y)


@check("state", "EpyNN's own network, trained for five epochs")
def test_network(student, reference, observe, waived):
    """Two layers, handed the same samples again and again; the parameters are changed in place."""
    if "update_parameters" not in student.Dense.methods:
        student.note("Dense is not derived from Layer, so it lacks update_parameters.")
    with student.program():
        update = updating(student)
        layers, mse = network(student)
        for rate in RATES:
            epoch(layers, mse)
            for layer in layers:
                update(layer, rate)
        found = [layer.p for layer in layers]
    right = right_network(reference)
    for rate in RATES:
        epoch(right, _mse)
        for layer in right:
            layer.update_parameters(rate)
    wrong = []
    for number, (pending, layer) in enumerate(zip(found, right, strict=True), 1):
        for name in "Wb":
            yours = entry(pending, name)
            if not is_close(yours, layer.p[name]):
                wrong.append((f"p['{name}'] of layer {number}", yours, layer.p[name]))
    if not wrong:
        return
    with student.untraced():
        seen = observe(SIMPLE)
        passed = as_array(seen.output) is not None or as_array(seen.input_gradient) is not None
        elsewhere = passed and not first_epochs(student, reference)
    what, yours, wanted = wrong[0]
    message = "Five epochs of EpyNN's own network end with other parameters"
    message += ", although the gradients of each epoch alone are right." if passed else "."
    with waived(to=(*PASSES, *GROUP.values())) if elsewhere else nullcontext():
        expect_close(yours, wanted, what=what, message=message)


# -- purity --------------------------------------------------------------------------------


PURE = [FEW[1], ACTIVE[1], ACTIVE[10]]


@lasting
def arguments_after(student, once, new_layer):
    """Return a function: the caller's arrays and the parameters, read back after each pass."""

    def run(case):
        with student.program():
            A, dX = student.array(case.X), student.array(case.G)
            layer = new_layer(case)
            done = layer.forward(A)
            read = [("A", "forward", done, case.X, student.read(A))]
            done = layer.backward(dX)
            read.append(("A", "backward", done, case.X, student.read(A)))
            read.append(("dX", "backward", done, case.G, student.read(dX)))
            done = layer.compute_gradients()
            read.append(("A", "compute_gradients", done, case.X, student.read(A)))
            read.append(("dX", "compute_gradients", done, case.G, student.read(dX)))
        return read

    return once.each("arguments", PURE, run)


@check("purity", "The arrays A and dX of the caller")
def test_arguments_unchanged(arguments_after, observe, left_to_others):
    """Read back after each of the methods."""
    for case in PURE:
        if not left_to_others(observe(case).input_gradient, "input_gradient"):
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


@check("purity", "The parameters")
def test_parameters_unchanged(observe, trained, left_to_others, waived):
    """Forward, backward and compute_gradients take no step, neither first nor later."""
    for case in PURE:
        seen = observe(case)
        if not left_to_others(seen.input_gradient, "input_gradient"):
            seen.computed.value
            p = entries(seen.p, seen.computed, "layer.p")
            for name, before in (("W", case.W), ("b", case.b)):
                expect_no_step(name, before, p.get(name))
    for place, step in (pair for each in TRAININGS for pair in numbered(trained(each)[0])):
        for name in "Wb":
            with waived(to=("initialization", "shapes")):
                before = entry(step.before, name)
                expect_array(before, f"layer.p['{name}']", getattr(step.case, name).shape)
                expect_no_step(name, before, entry(step.seen.p, name), f"{place}, ")


def expect_no_step(name, before, after, place=""):
    """Fail unless a parameter is what it was."""
    message = f"{place}p['{name}'] was changed, and update_parameters was not called."
    expect_close(after, before, what=f"layer.p['{name}']", message=message, rtol=0.0, atol=0.0)


# -- expected.json -------------------------------------------------------------------------


def expected_values(reference):
    """The worked example of the statement."""
    X, dA = np.array([[1.0, 2.0]]), np.array([[0.1, 0.2, 0.3]])
    layer = reference.Dense(units=3, activate=reference.tanh)
    layer.np_rng = np.random.default_rng(42)
    layer.compute_shapes(X)
    layer.initialize_parameters()
    layer.forward(X)
    layer.backward(dA)
    layer.compute_gradients()
    found = {"W": layer.p["W"]} | layer.fc | layer.bc | layer.g
    return {name: value.tolist() for name, value in found.items()}


@check("forward", "The example of the statement", variant_of="test_forward")
def test_example(student, expected, observe, right, waived):
    """Its output, on its weights; not for who knows no other answer.

    What is printed has to come out for full marks; what does not may have cost points elsewhere.
    """
    X, dA = np.array(expected["X"]), np.array(expected["dA"])
    with student.program():
        layers = [seeded_layer(student, 3, "tanh") for _ in range(2)]
        layers[1].np_rng = student.given("numpy.random", "default_rng")(42)
        for layer in layers:
            layer.compute_shapes(X)
            layer.initialize_parameters()
        layers[0].p = {"W": np.array(expected["W"]), "b": np.zeros((1, 3))}
        output, printed = (layer.forward(X) for layer in layers)
        input_gradient = layers[1].backward(dA)
        layers[1].compute_gradients()
        g = layers[1].g
    expect_close(output.value, np.array(expected["A"]), what=OUTPUT)
    expect_computed(observe, right)
    with waived(to=("shapes", "initialization", "generator")):
        expect_close(printed.value, np.array(expected["A"]), what=OUTPUT)
        with waived(to=PASSES):
            expect_close(input_gradient.value, np.array(expected["dX"]), what=RETURNED)
        for name in ("dW", "db"):
            wanted = np.array(expected[name])
            with waived(to=(*PASSES, *GROUP.values())):
                what, row = f"layer.g['{name}']", [(1, 3)] if name == "db" else []
                expect_close(entry(g, name), wanted, what=what, or_shapes=row)


# -- ways to look at what failed, for diagnoses.py -----------------------------------------

MORE = tuple(AffineCase(*shape, integers=False, seed=99) for shape in [(5, 4, 3), (3, 3, 3)])


def slopes_of(function):
    """The slope of an activation, as a function of Z; of softmax, how each output moves itself."""

    def slopes(Z):
        found = function(Z, deriv=True)
        return found if found.ndim == 2 else np.einsum("ijj->ij", found)

    return slopes


@lasting
def given_for(reference, observe, right):
    """Return a function: what predictions about a pass may use.

    The gradient at Z is the student's own, where there is one: what is made of it is looked at.
    """

    def gather(case):
        reference.activation_tune(None)
        function = getattr(reference, activation_of(case))
        own = observe(case).array("bc", "dZ", case.G.shape)
        found = looks(case, activation=Activation(function, slopes_of(function)))
        found["D"] = right(case).at_z if own is None else own
        drawn = reference.xavier(case.W.shape, rng=np.random.default_rng(START_SEED))
        return found | {"function": function, "first_W": drawn}

    return gather


@aspect("output", groups=["forward"], noun="The output", more=MORE)
def see_output(observe, right, given_for):
    """What forward returns."""
    return lambda case: Seen(observe(case).output, right(case).output, **given_for(case))


@aspect("kept", groups=["forward-cache"], noun="What is kept in fc", cases=[ACTIVE[1], ACTIVE[5]])
def see_kept(observe, right):
    """Which of X, Z and A each of the entries X, Z and A is; None if it is missing."""

    def look(case):
        seen, wanted = observe(case), right(case)
        known = {"X": case.X, "Z": wanted.Z, "A": wanted.output}
        if not is_sound(seen.output, wanted.output):
            return None
        yours = []
        for name in "XZA":
            value = seen.peek("fc", name)
            fits = (other for other in (name, *known) if is_close(value, known[other]))
            yours.append(None if value is None else next(fits, "other"))
        return Seen(tuple(yours), ("X", "Z", "A"), case=case)

    return look


@aspect("dz", groups=["activation-gradient"], noun="The gradient at Z", cases=THROUGH)
def see_dz(observe, right, given_for):
    """The gradient at Z, through functions that work number by number; W is the unit matrix."""

    def look(case):
        seen = observe(case)
        yours = seen.input_gradient.error or gradient_at_Z(seen, case)[0]
        return Seen(yours, right(case).at_z, A=right(case).output, **given_for(case))

    return look


@aspect("softmax", groups=["softmax"], noun="The gradient at Z", cases=SOFTMAX)
def see_softmax(observe, right, reference):
    """The gradient at Z, through softmax; J is the Jacobian, W is the unit matrix."""

    def look(case):
        seen = observe(case)
        yours = seen.input_gradient.error or seen.peek("bc", "dZ")
        if yours is None:
            yours = seen.input_gradient
        reference.activation_tune(None)
        J = reference.softmax(right(case).Z, deriv=True)
        return Seen(yours, right(case).at_z, J=J, A=right(case).output, G=case.G, batch=case.batch)

    return look


@aspect("input-gradient", groups=["input-gradient"], noun="The returned gradient", more=MORE)
def see_input_gradient(observe, right, given_for):
    """What backward returns."""

    def look(case):
        seen, given = observe(case), given_for(case)
        wanted = given["D"] @ case.W.T
        return Seen(seen.input_gradient, wanted, output=seen.output, **given)

    return look


def gradient_of(name, seen):
    """An entry of g; what compute_gradients raised, if it did."""
    return seen.peek("g", name) if seen.computed.error is None else seen.computed.error


@aspect("weight-gradient", groups=["weight-gradient"], noun="The weight gradient", more=MORE)
def see_weight_gradient(observe, right, given_for):
    """What compute_gradients leaves as dW."""

    def look(case):
        seen, given = observe(case), given_for(case)
        wanted = case.X.T @ given["D"]
        return Seen(gradient_of("dW", seen), wanted, output=seen.output, **given)

    return look


@aspect("bias-gradient", groups=["bias-gradient"], noun="The bias gradient", more=MORE)
def see_bias_gradient(observe, right, given_for):
    """What compute_gradients leaves as db, laid out as a row."""

    def look(case):
        seen, given = observe(case), given_for(case)
        wanted = given["D"].sum(axis=0, keepdims=True)
        return Seen(as_row(gradient_of("db", seen), case.n_units), wanted, **given)

    return look


@aspect("ends", groups=["backward-cache"], noun="What is kept in bc", cases=[ACTIVE[1], ACTIVE[5]])
def see_ends(observe, right):
    """Which of dA, dZ and dX each of these entries is; None if it is missing."""

    def look(case):
        seen, wanted = observe(case), right(case)
        known = {"dA": case.G, "dZ": wanted.at_z, "dX": wanted.input_gradient}
        if not is_sound(seen.input_gradient, wanted.input_gradient):
            return None
        yours = []
        for name in known:
            value = seen.peek("bc", name)
            fits = (other for other in (name, *known) if is_close(value, known[other]))
            yours.append(None if value is None else next(fits, "other"))
        return Seen(tuple(yours), ("dA", "dZ", "dX"), case=case)

    return look


@aspect("sizes", groups=["shapes"], noun="What compute_shapes says", cases=range(len(SIZES)))
def see_sizes(shaped):
    """(m, n, X, W, b), lists as tuples; an exception stands for them all."""

    def look(number):
        batch, n_inputs, n_units = SIZES[number]
        d, fs, done = shaped()[0][number]
        sizes = {"batch": batch, "n_inputs": n_inputs, "n_units": n_units}
        wanted = (batch, n_inputs, (batch, n_inputs), (n_inputs, n_units), (1, n_units))
        if done.error:
            return Seen(done, wanted, **sizes)
        found = [_entry(d, name) for name in "mn"] + [_entry(fs, name) for name in "XWb"]
        plain = tuple(tuple(each) if isinstance(each, list) else each for each in found)
        return Seen(plain, wanted, **sizes)

    return look


def _entry(pending, name):
    known = pending.error is None and isinstance(pending.value, dict)
    return pending.value.get(name) if known else None


@aspect(
    "start",
    groups=["initialization", "generator"],
    noun="p['W']",
    cases=STARTS[:3] + XAVIER_KEYS + STARTS[3:],
)
def see_start(student, started, reference):
    """W after initialize_parameters."""

    def look(key):
        shape, seed, initialization = key
        done, p = started(key)
        if p.error is None and isinstance(p.value, dict) and "W" not in p.value:
            return None  # where else it is, numbers do not tell
        function = getattr(reference, initialization)
        right = function(shape, rng=np.random.default_rng(seed))
        yours = done.error or as_kept(student, "p.W", _entry(p, "W"))
        given = {"xavier": reference.xavier, "orthogonal": reference.orthogonal}
        return Seen(
            yours,
            right,
            shape=shape,
            seed=seed,
            initialization=function,
            other=GLOBAL_SEED,
            **given,
        )

    return look


@aspect("first-bias", groups=["initialization"], noun="p['b']", cases=STARTS)
def see_first_bias(started):
    """b after initialize_parameters."""

    def look(key):
        (n_inputs, n_units), seed, initialization = key
        done, p = started(key)
        other = _entry(started(((n_inputs, n_units), seed + 1, initialization))[1], "b")
        b = done.error or _entry(p, "b")
        zeros = np.zeros((1, n_units))
        return Seen(b, zeros, n_inputs=n_inputs, n_units=n_units, b=b, other_b=other)

    return look


@aspect(
    "settings",
    groups=["hyperparameters"],
    noun="The settings that are used",
    cases=range(len(TUNED)),
)
def see_settings(tuned, observe, right, reference):
    """Of two layers with settings of their own: both outputs, then both input gradients."""

    def look(key):
        case, settings = TUNED[key]
        usual = observe(case)
        sound = is_sound(usual.output, right(case).output)
        if not sound or not is_sound(usual.input_gradient, right(case).input_gradient):
            return None

        def made(forward, backward):
            """What comes with these settings in the passes of the first and the second layer."""
            outputs = [right_when_tuned(reference, case, one)[0] for one in forward]
            return outputs + [right_when_tuned(reference, case, one)[1] for one in backward]

        found = tuned(key)
        yours = [each.error or each.value for passed in zip(*found, strict=True) for each in passed]
        return Seen(yours, made(settings, settings), made=made, first=settings[0], last=settings[1])

    return look


@aspect("hot", groups=["hyperparameters"], noun="The gradient at temperature 2", cases=["hot"])
def see_hot(heated):
    """The input gradient of EpyNN's case with temperature 2, if the usual one is right."""

    def look(_):
        (hot, found), (usual, usually), _ = heated()
        if not is_sound(usually[1], np.array(usual["arrays"]["dX"])):
            return None
        recorded = np.array(hot["arrays"]["dX"])
        return Seen(found[1], recorded, recorded=recorded, temperature=2.0)

    return look


@aspect("rounds", groups=["state"], noun="What a layer gives in later passes", cases=["rounds"])
def see_rounds(repeated):
    """The outputs, input gradients, dW and db of all rounds on one layer."""

    def look(_):
        runs, _ = repeated()
        alone = _plain(fresh for _, fresh in runs)
        return Seen(_plain(found for found, _ in runs), alone, alone=alone)

    return look


@aspect("layers", groups=["state"], noun="What two layers give side by side", cases=["two"])
def see_layers(side_by_side):
    """The same of two layers: forward both, backward both, then the gradients of both."""

    def look(_):
        runs, _ = side_by_side(TWO)
        alone = _plain(fresh for _, fresh in runs)
        return Seen(_plain(found for found, _ in runs), alone, alone=alone)

    return look


def _plain(runs):
    """[output, input gradient, dW, db] of each run; what raised is seen as such."""
    found = []
    for output, input_gradient, g in runs:
        values = [output, input_gradient, *(_entry(g, name) for name in ("dW", "db"))]
        found.append([Seen(value, None).yours for value in values])
    return found


@aspect("arguments", groups=["purity"], noun="What belongs to the caller", cases=PURE[1:])
def see_arguments(arguments_after, observe):
    """What was changed, by which method; and the parameters that were."""

    def look(case):
        changed = {}
        for name, method, _, before, after in arguments_after(case):
            if after.error is None and not np.array_equal(after.value, before):
                changed.setdefault(name, method)  # the first method that did it
        seen = observe(case)
        moved = [
            name
            for name, before in (("W", case.W), ("b", case.b))
            if isinstance(value := _entry(seen.p, name), np.ndarray)
            and not np.array_equal(value, before)
        ]
        told = tuple(f"{name} by {method}" for name, method in changed.items())
        return Seen((*told, *(f"parameter {name}" for name in moved)), ())

    return look
