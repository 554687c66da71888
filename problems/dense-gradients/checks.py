"""Checks of the problem `dense-gradients`.

Output and gradients are checked on weights that the judge sets itself. What a check needs from
another part of the layer is taken as the student has it, or mended: each mistake costs the points
of its own group. One run of a layer on a case (`observe`) serves all the checks that look at it.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import activations
import numpy as np
import pytest

from grader.judge import (
    Opaque,
    Seen,
    aspect,
    check,
    expect,
    expect_array,
    expect_close,
    expect_unchanged,
    fail,
    gradients,
    is_close,
    seeds,
)
from grader.judge.affine import AffineCase, Draw, each_case, looks, looks_at_start, some_cases
from grader.judge.draws import expect_deviation, expect_normal, same_draw
from grader.judge.slopes import expect_gradient, expect_slope

lasting = pytest.fixture(scope="module")  # the same for every submission
PARTS = ("inputs", "weights", "biases")
FEW = (AffineCase(1, 1, 1), AffineCase(2, 3, 2), AffineCase(17, 2, 3, integers=False))
"""Enough for what does not depend on shapes."""


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


def activation_of(case):
    """What follows the affine part in a case."""
    return Square() if case.integers else Sine()


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
def new_layer(student, once):
    """Return a function that makes a layer with the weights of a case.

    Where weights that are set before the first forward pass are not used, which costs its points
    in another group, that pass is made first.
    """

    def takes_weights():
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

    def make(case, activation, name=None):
        named = {} if name is None else {"name": name}
        layer = student.DenseLayer(case.n_inputs, case.n_units, activation, **named)
        if not once.fact("takes weights", takes_weights):
            layer.forward(case.X)
        put_weights(layer, case)
        return layer

    return make


@dataclass(frozen=True)
class Passes:
    """One forward and one backward pass; each attribute is a promise (`.value`)."""

    output: object
    last_input: object
    last_z: object
    weights: object
    biases: object
    result: object


@lasting
def observe(student, once, drawn, new_layer, exposed):
    """Return a function that runs a fresh layer on a case."""

    def run(case):
        activation = exposed(case)
        with student.program():
            layer = new_layer(case, activation)
            output = layer.forward(case.X)
            kept = layer.last_input, layer.last_z, layer.weights, layer.biases
            return Passes(output, *kept, layer.backward(case.G))

    return once.each("observe", drawn("case"), run)


@lasting
def actual(observe):
    """Return a function: the case with the weights that the layer had when it made its output.

    A layer that draws anew in every pass loses its points for that alone.
    """
    made = {}

    def find(case):
        seen = observe(case)
        if seen.weights.error or seen.biases.error:
            return case
        W, b = seen.weights.value, seen.biases.value
        if is_close(W, case.W) and is_close(b, case.b.reshape(-1)):
            return case
        shapes = [np.shape(value) for value in (W, b)] if numeric(W) and numeric(b) else []
        if shapes != [case.W.shape, (case.n_units,)]:
            return case
        key = case, W.tobytes(), b.tobytes()
        return made.setdefault(key, Drawn(case, W, b.reshape(1, -1)))

    return find


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
def gradient(observe, actual, right, places, mended):
    """Return a function: one gradient of a case, as the student's backward pass gives it.

    Where forward keeps something else than it should, that costs its points in the group "cache";
    here it is set right.
    """

    def get(case, part):
        seen, wanted = observe(case), right(actual(case))
        result = seen.result
        kept = ((seen.last_input, case.X), (seen.last_z, wanted.z))
        if not all(promise.error is None and is_close(promise.value, w) for promise, w in kept):
            again = mended(case, wanted.z)
            if again.error is None and is_close(pick(again.value, part), wanted.gradients[part]):
                result = again
        return pick(result.value, part)

    def pick(result, part):
        return entries(result).get(places().get(part, part), MISSING)

    return get


@lasting
def numerical(student, once, new_layer, exposed):
    """Return a function: central differences of the student's own forward pass."""

    def run(case, step):
        activation, b = exposed(case), case.b.reshape(-1)
        with student.untraced(), student.program():
            forward = new_layer(case, activation).forward
            swept = {"inputs": (forward.sweep(gradients.perturbed(case.X, step)), case.X)}
            for part, start in (("weights", case.W), ("biases", b)):
                layer = new_layer(case, activation)
                stack = gradients.perturbed(start, step)
                swept[part] = layer.forward.sweep(stack, attribute=part, x=case.X), start
        return {
            part: gradients.from_sweep(promise, upstream(case, part), step, start.shape)
            for part, (promise, start) in swept.items()
        }

    return lambda case, step: once(("numerical", case, step), lambda: run(case, step))


# -- forward -------------------------------------------------------------------------------


@check("forward", "The output is f(X·W + b)", weight=5)
@each_case(20)
def test_forward(case, observe, actual, right):
    """Generated shapes and values, with activations that are in no table."""
    expect_close(observe(case).output.value, right(actual(case)).output, what="layer.forward(X)")


TABLE = """
def table(name):
    from activations import ACTIVATIONS
    return ACTIVATIONS[name]
"""


@check("forward", "The example of the statement")
def test_example(student, expected):
    """On weights set by the judge; another input as well, for who knows the statement's answer."""
    example, other = expected["example"], AffineCase(3, 2, 3).X
    weights = np.array(example["weights"])
    known = np.array(example["X"]), np.array(example["output"])
    for X, wanted in (known, (other, np.maximum(other @ weights, 0))):
        student.seed(42)  # as in the statement: whose weights are drawn has the same ones
        with student.program():
            layer = student.DenseLayer(2, 3, student.define(TABLE).table("relu"), name="first")
            layer.weights, layer.biases = weights, np.zeros(3)
            layer.weights_initialized = True
            output = layer.forward(X)
        expect_close(output.value, wanted, what="layer.forward(X)")


# -- cache ---------------------------------------------------------------------------------


@check("cache", "last_input is the X of the last forward pass")
@each_case(8)
def test_last_input(case, observe):
    """By reference or as a copy."""
    seen = observe(case)
    if seen.last_input.error:
        seen.output.value  # if forward raised, that is the reason
    expect_close(seen.last_input.value, case.X, what="layer.last_input")


@check("cache", "last_z is X·W + b, before the activation", weight=2)
@each_case(8)
def test_last_z(case, observe, actual, right):
    """Or what the student's own, wrong output has been made of."""
    seen, wanted = observe(case), right(actual(case))
    output, z = seen.output, seen.last_z.value
    wrong = output.error is None and not is_close(output.value, wanted.output)
    if wrong and numeric(z) and is_close(activation_of(case).function(z), output.value):
        return
    expect_close(z, wanted.z, what="layer.last_z")


# -- gradients -----------------------------------------------------------------------------


def there(gradient, case, part):
    """A part of the result, if it has that part."""
    yours = gradient(case, part)
    if yours is MISSING:
        fail(f"There is no gradient of the {part} in what backward returns.")
    return yours


def expect_part(case, part, gradient, actual, right, numerical):
    """Fail unless a part of the result is the gradient of the right forward pass, or their own."""
    now = actual(case)
    expect_gradient(
        there(gradient, case, part),
        right(now).gradients[part],
        what=f'layer.backward(G)["{part}"]',
        own=(numerical(case, step)[part] for step in case.steps if now is case),
    )


def expect_part_numerically(case, part, gradient, actual, numerical, reference):
    """Fail unless a part of the result agrees with central differences of either forward pass."""
    now = actual(case)
    expect_slope(
        there(gradient, case, part),
        _measured(reference.DenseLayer, now, part),
        what=f'layer.backward(G)["{part}"]',
        own=(numerical(case, step)[part] for step in case.steps if now is case),
        exact=now.exact,
    )


@check("input-gradient", "inputs is D·Wᵀ with D = G ⊙ f'(Z), not divided", weight=2)
@each_case(20)
def test_input_gradient(case, gradient, actual, right, numerical):
    """Compared with the reference."""
    expect_part(case, "inputs", gradient, actual, right, numerical)


@check("input-gradient", "It is the slope of each row's loss, measured numerically")
@each_case(8)
def test_input_gradient_numerically(case, gradient, actual, numerical, reference):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "inputs", gradient, actual, numerical, reference)


@check("weight-gradient", "weights is Xᵀ·D divided by the number of rows", weight=2)
@each_case(20)
def test_weight_gradient(case, gradient, actual, right, numerical):
    """Compared with the reference."""
    expect_part(case, "weights", gradient, actual, right, numerical)


@check("weight-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8)
def test_weight_gradient_numerically(case, gradient, actual, numerical, reference):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "weights", gradient, actual, numerical, reference)


@check("bias-gradient", "biases is the mean of the rows of D", weight=2)
@each_case(20)
def test_bias_gradient(case, gradient, actual, right, numerical):
    """Compared with the reference."""
    expect_part(case, "biases", gradient, actual, right, numerical)


@check("bias-gradient", "It is the slope of the mean loss, measured numerically")
@each_case(8)
def test_bias_gradient_numerically(case, gradient, actual, numerical, reference):
    """Exact central differences for squares of integers, in double precision for sines."""
    expect_part_numerically(case, "biases", gradient, actual, numerical, reference)


# -- result --------------------------------------------------------------------------------


@check("result", "backward returns a dictionary with the keys inputs, weights and biases")
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


# -- unchanged -----------------------------------------------------------------------------

KEPT = ("weights", "biases", "last_input", "last_z", "weights_initialized")


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
            before = {name: getattr(layer, name) for name in KEPT}
            first = layer.backward(case.G)
            after = {name: getattr(layer, name) for name in KEPT}
            return first, before, after, layer.backward(other(case)), alone

    return once.each("again", FEW, run)


def other(case):
    """Another upstream gradient for a case."""
    return case.G[:, ::-1] - 2.0


@check("unchanged", "backward changes no attribute of the layer")
@some_cases(FEW)
def test_attributes_unchanged(case, again):
    """Neither parameters nor what forward has kept, as they were just before."""
    first, before, after, *_ = again(case)
    first.value
    for name in KEPT:
        was, now = before[name].value, after[name].value
        message = f"backward changed layer.{name}."
        if isinstance(was, np.ndarray):
            expect_close(now, was, what=f"layer.{name}", message=message, rtol=0.0, atol=0.0)
        else:
            same = type(now) is type(was) and now == was
            expect(same, message, what=f"layer.{name}", yours=now)


@check("unchanged", "backward can be called again, with another G")
@some_cases(FEW)
def test_second_backward(case, again, actual):
    """It gives what a fresh layer gives for that G."""
    *_, second, alone = again(case)
    if not steady(case, actual):
        return
    wanted = entries(alone.value)
    found = entries(second.value)
    for key in wanted:
        if numeric(wanted[key]):
            message = "The second backward pass does not give what the first one would have given."
            what = f"layer.backward(G)[{key!r}]"
            expect_close(found.get(key), wanted[key], what=what, message=message)


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
INCOMPLETE = {"Layer": "Base = student.Layer\n\n\n"} | {
    left: subclass(
        "Base", "student.Layer", OWN_START, *[m for name, m in METHODS.items() if name != left]
    )
    for left in METHODS
}
ATTEMPT = """\
def attempt():
    try:
        Base()
    except TypeError:
        return "refused"
    return "made"
"""


@lasting
def attempt(student, once):
    """Return a function: what comes of making an instance of an incomplete class."""

    def run(left):
        with student.program():
            return student.define(INCOMPLETE[left] + ATTEMPT).attempt()

    return once.each("attempt", tuple(INCOMPLETE), run)


@check("abstract", "An instance of an incomplete class cannot be made", weight=2)
def test_incomplete_classes(attempt):
    """Layer itself, and subclasses that leave one method out."""
    for left in INCOMPLETE:
        shown = "Layer itself" if left == "Layer" else f"a subclass of Layer without {left}"
        message = f"An instance of {shown} can be made; that should raise TypeError."
        expect(attempt(left).value == "refused", message)


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


@check("abstract", "DenseLayer is derived from Layer")
def test_dense_layer_is_a_layer(student):
    """By issubclass."""
    source = "def derived():\n    return issubclass(student.DenseLayer, student.Layer)"
    message = "DenseLayer should be a subclass of Layer: class DenseLayer(Layer)."
    expect(student.define(source).derived() is True, message)


# -- attributes ----------------------------------------------------------------------------


def expect_attributes(layer, wanted, made):
    """Fail unless attributes, promised by a program, have the wanted values."""
    for name, expected in wanted.items():
        yours = layer[name].value
        same = type(yours) is type(expected) and yours == expected
        message = f"After {made}, layer.{name} should be {expected!r}."
        expect(same, message, what=f"layer.{name}", yours=yours)


KEPT_AS_IT_IS = """

def kept(layer, activation):
    return layer.activation_function is activation
"""


@check("attributes", "A new DenseLayer has what every layer has, and its arguments", weight=2)
def test_attributes(student):
    """Names and values; the activation is kept as it is."""
    nothing = dict.fromkeys(("weights", "biases", "last_input", "last_z"))
    wanted = nothing | {"weights_initialized": False, "input_size": 3, "output_size": 2}
    with student.program():
        ours = student.define(TABLE + KEPT_AS_IT_IS)
        activation = ours.table("tanh")
        layer = student.DenseLayer(3, 2, activation)
        found = {name: getattr(layer, name) for name in wanted}
        kept = ours.kept(layer, activation)
    expect_attributes(found, wanted, "DenseLayer(3, 2, f)")
    message = "After DenseLayer(3, 2, f), layer.activation_function should be f itself."
    expect(kept.value is True, message, what="layer.activation_function")


@check("attributes", "name and type")
def test_name_and_type(student, exposed):
    """The name is that of the class unless another one is given."""
    activation = exposed(FEW[0])
    with student.program():
        layers = {
            "DenseLayer(3, 2, f)": student.DenseLayer(3, 2, activation),
            'DenseLayer(3, 2, f, name="first")': student.DenseLayer(3, 2, activation, name="first"),
            'DenseLayer(3, 2, f, "first")': student.DenseLayer(3, 2, activation, "first"),
            "Whole()": (ours := student.define(WHOLE)).Whole(),
        }
        other = ours.Whole(name="other").name
        found = {made: {"name": x.name, "type": x.type} for made, x in layers.items()}
    for made, layer in found.items():
        kind = made.partition("(")[0]
        if kind == "Whole" and other.error:
            continue  # it cannot be made, which is the matter of the group "abstract"
        wanted = {"name": "first" if "first" in made else kind, "type": kind}
        shown = made if kind != "Whole" else "Whole(), where Whole is a subclass of Layer"
        expect_attributes(layer, wanted, shown)


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
            output = layer.forward(np.ones((1, n_inputs)))
            weights, biases = layer.weights, layer.biases
        if weights.error is None and weights.value is None:
            output.value  # if forward raised before it drew anything, that is the reason
        return weights, biases

    return lambda n_inputs, n_units, seed=None, time=1: once(
        ("initialized", n_inputs, n_units, seed, time), lambda: run(n_inputs, n_units, seed)
    )


SIZES = [(1, 1), (2, 3), (3, 2), (4, 3)]
AFTER = "after the first forward pass"


@check("initialization", "weights has one row per input and one column per unit", weight=2)
def test_weight_shape(initialized):
    """Shape (input_size, output_size)."""
    for n_inputs, n_units in SIZES:
        weights, _ = initialized(n_inputs, n_units)
        expect_array(weights.value, f"layer.weights {AFTER}", (n_inputs, n_units))


@check("initialization", "biases starts as zeros, one for each unit", weight=2)
def test_biases_start_at_zero(initialized):
    """Shape (output_size,)."""
    for n_inputs, n_units in SIZES:
        _, biases = initialized(n_inputs, n_units)
        expect_close(biases.value, np.zeros(n_units), what=f"layer.biases {AFTER}")


LARGE = [(8, 4000), (400, 80)]
"""Enough numbers to tell a normal distribution from a uniform one, and a deviation to 3 %."""


@lasting
def large_layers(initialized):
    """Return a function: (input_size, weights) of layers that are large enough for statistics."""

    def get(size):  # in whatever shape, which is another check's matter
        weights, _ = initialized(*size)
        shapes = [size[::-1], (size[0] * size[1],)]
        found = expect_array(weights.value, f"layer.weights {AFTER}", size, or_shapes=shapes)
        return found.reshape(size)

    return lambda: [(size[0], get(size)) for size in LARGE]


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
def test_seeded(initialized, expected):
    """Several shapes; another scale is another check's matter."""
    for wanted in expected["drawn"]:
        W = np.array(wanted["weights"])
        weights, _ = initialized(*W.shape, wanted["seed"])
        yours = expect_array(weights.value, f"layer.weights {AFTER}", W.shape)
        if not same_draw(yours, W):
            message = (
                f"These are not the numbers that np.random.randn draws after np.random.seed"
                f"({wanted['seed']}). Draw the weights in one call from NumPy's global generator, "
                "nothing before them, and do not seed it yourself."
            )
            expect_close(yours, W, what="layer.weights", message=message)


def expected_values(reference):
    """Make the contents of expected.json from the reference solution."""
    drawn = []
    for seed, n_inputs, n_units in [(42, 2, 3), (0, 3, 3), (7, 5, 4), (123, 1, 6), (2024, 4, 1)]:
        np.random.seed(seed)
        layer = reference.DenseLayer(n_inputs, n_units, activations.relu)
        layer.forward(np.ones((1, n_inputs)))
        drawn.append({"seed": seed, "weights": layer.weights.tolist()})
    X = [[1.0, 2.0], [3.0, -1.0]]
    np.random.seed(42)
    layer = reference.DenseLayer(2, 3, activations.relu, name="first")
    output = layer.forward(np.array(X))
    example = {"X": X, "weights": layer.weights.tolist(), "output": output.tolist()}
    return {"drawn": drawn, "example": example}


# -- to-dict -------------------------------------------------------------------------------

WRITTEN = AffineCase(1, 3, 2, integers=False, seed=4)


@lasting
def written(student, once, new_layer, exposed):
    """Return a function: to_dict of a layer with weights, and of a new one."""

    def run():
        activation = exposed(WRITTEN)
        with student.program():
            layer = new_layer(WRITTEN, activation, "first")
            new = student.DenseLayer(3, 2, activation, name="new")
            return layer.to_dict(), new.to_dict()

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


def expect_dict(data, wanted):
    """Fail unless a dictionary has the wanted items; types of numbers are looked at elsewhere."""
    what = "layer.to_dict()"
    expect(isinstance(data, dict), f"{what} should be a dictionary.", what=what, yours=data)
    for key, value in wanted.items():
        expect(key in data, f"{what} has no key {key!r}.", what=what, yours=data)
        yours, shown = data[key], f'{what}["{key}"]'
        if key in ("weights", "biases") and value is not None:
            as_array = plain_array(yours)
            expect(as_array is not None, f"{shown} should hold numbers.", what=shown, yours=yours)
            expect_close(as_array, np.array(value), what=shown)
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
    data, _ = written()
    expect_dict(data.value, as_dict(WRITTEN, "sine"))


@check("to-dict", "A layer without weights")
def test_to_dict_of_new(written):
    """None in place of the lists."""
    _, data = written()
    expect_dict(data.value, as_dict(WRITTEN, "sine", name="new", empty=True))


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
    for promise in written():
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
    """For each key that is not right, of what kind its value is, or that it is missing."""
    if not isinstance(data, dict):
        return f"a {type(data).__name__}"
    found = {}
    for key, value in wanted.items():
        if key not in data:
            found[key] = "missing"
        elif not_json(data[key], key) or data[key] != value:
            found[key] = kind_of(data[key])
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
def test_from_dict(read_back, actual):
    """Attributes, and what it gives, for each activation of the table."""
    for name in NAMES:
        found, mine, usual = read_back(name)
        expect_read(found)
        if steady(READ, actual):
            expect_as_usual(mine, usual)


def expect_read(found):
    """Fail unless a layer has the attributes that its dictionary says."""
    for key, expected in (READ_ATTRIBUTES | {"weights_initialized": True}).items():
        message = f"After DenseLayer.from_dict(data), layer.{key} should be {expected!r}."
        yours = found[key].value
        expect(yours == expected, message, what=f"layer.{key}", yours=yours)
    for key, expected in (("weights", READ.W), ("biases", READ.b.reshape(-1))):
        expect_close(found[key].value, expected, what=f"layer.{key}")


def expect_as_usual(mine, usual):
    """Fail unless a layer gives the output and gradients of one with the same weights."""
    message = "It is not what a layer with the same weights and activation gives."
    if numeric(usual[0].error or usual[0].value):
        output = mine[0].value
        expect_close(output, usual[0].value, what="layer.forward(X)", message=message)
    theirs = entries(None if usual[1].error else usual[1].value)
    for key in theirs:
        if numeric(theirs[key]):
            yours = entries(mine[1].value).get(key)
            what = f"layer.backward(G)[{key!r}]"
            expect_close(yours, theirs[key], what=what, message=message)


@check("from-dict", "A layer that had no weights draws them when it needs them")
def test_from_dict_without_weights(student):
    """None as weights and biases."""
    data = as_dict(READ, "tanh", empty=True)
    with student.program():
        layer = student.DenseLayer.from_dict.make(data)
        before = layer.weights_initialized
        layer.forward(READ.X)
        weights = layer.weights
    message = "Without weights in the dictionary, weights_initialized should be False."
    expect(before.value is False, message, what="layer.weights_initialized", yours=before.value)
    expect_array(weights.value, f"layer.weights {AFTER}", READ.W.shape)


@check("from-dict", "from_dict makes an instance of the class that it is called on")
def test_from_dict_of_subclass(student):
    """Of a subclass of DenseLayer as well; a new one for each call."""
    source = """
        class Wide(student.DenseLayer):
            pass

        def kinds(data):
            made = [kind.from_dict(dict(data)) for kind in (student.DenseLayer, Wide, Wide)]
            return [type(layer).__name__ for layer in made], made[1] is made[2]
        """
    kinds, same = student.define(source).kinds(as_dict(READ, "tanh"))
    message = "DenseLayer.from_dict should give a DenseLayer, and that of a subclass Wide a Wide."
    expect(kinds == ["DenseLayer", "Wide", "Wide"], message, what="the types", yours=kinds)
    expect(not same, "Two calls of from_dict give one and the same layer.")


TRIP = (
    TABLE
    + """

def trip(layer):
    import json
    return student.DenseLayer.from_dict(json.loads(json.dumps(layer.to_dict())))
"""
)


@check("from-dict", "Through JSON and back", weight=2)
def test_round_trip(student, new_layer, actual, written):
    """What to_dict gives, as text and read again, if it is right."""
    data, _ = written()
    if data.error or wrong_items(data.value, as_dict(WRITTEN, "sine")):
        return
    with student.program():
        ours = student.define(TRIP)
        layer = new_layer(READ, ours.table("sigmoid"), "kept")
        before = layer.forward(READ.X)
        again = ours.trip.make(layer)
        after, name = again.forward(READ.X), again.name
    expect(
        name.value == "kept", "The name is lost on the way.", what="layer.name", yours=name.value
    )
    output = after.value
    if numeric(before.error or before.value) and steady(READ, actual):
        message = "The layer that came back gives another output."
        expect_close(output, before.value, what="layer.forward(X)", message=message)


# -- lookup --------------------------------------------------------------------------------

STRANGER = "parcel"
HAND_OVER = f"""
import sys


class Watch:
    def __init__(self):
        self.asked = False

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == {STRANGER!r}:
            self.asked = True
            raise ImportError(name)


def hand_over(data):
    watch = Watch()
    sys.meta_path.insert(0, watch)
    try:
        student.DenseLayer.from_dict(data)
    except ValueError as error:
        came = "ValueError", str(error)
    except BaseException as error:
        came = type(error).__name__, str(error)
    else:
        came = "", ""
    finally:
        sys.meta_path.remove(watch)
    return watch.asked, *came
"""
FOREIGN = (
    "softplus",
    "",
    "RELU6",
    f"{STRANGER}.relu",
    f"{STRANGER}:relu",
    f"__import__('{STRANGER}')",
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
"""Names that are not in the table: unknown ones, paths, expressions, and names of other things."""


@lasting
def handed_over(student, once):
    """Return a function: for each foreign name, (whether it was imported, exception, its text)."""

    def run():
        with student.program():
            ours = student.define(HAND_OVER)
            control = ours.hand_over(as_dict(READ, "relu"))
            found = {name: ours.hand_over(as_dict(READ, name)) for name in FOREIGN}
        return control, found

    return lambda: once("handed over", run)


@check("lookup", "What is not in the table is neither used, imported nor evaluated", weight=2)
def test_never_looked_up_elsewhere(handed_over):
    """Paths, expressions, and names that mean something in the file or in NumPy."""
    _, found = handed_over()
    for name, promise in found.items():
        imported, kind, _ = promise.value
        message = f"from_dict imported what the activation {name!r} says."
        expect(not imported, message)
        message = f"from_dict made a layer with the activation {name!r}, which is not in the table."
        expect(kind, message)


@check("lookup", "An unknown activation is a ValueError that names it", weight=2)
def test_unknown_activation(handed_over):
    """Where from_dict works otherwise."""
    (_, usual, text), found = handed_over()[0].value, handed_over()[1]
    expect(not usual, f"from_dict raised {usual}: {text}, for an activation of the table.")
    for name, promise in found.items():
        _, kind, said = promise.value
        if not kind:
            continue  # accepted: that is the check before
        message = f"For the activation {name!r}, from_dict raises {kind}; it should be ValueError."
        expect(kind == "ValueError", message, what="the exception", yours=f"{kind}: {said}")
        message = f"The message of the ValueError does not contain the name {name!r}."
        expect(name in said, message, what="its message", yours=said)


# -- logging -------------------------------------------------------------------------------

LISTEN = """
import contextlib
import io
import logging


def listen(data, X, G):
    printed, told, done = io.StringIO(), [], False
    usual, root = logging.getLogRecordFactory(), logging.getLogger()
    level, handlers = root.level, root.handlers[:]

    def make_record(*args, **kwargs):
        record = usual(*args, **kwargs)
        told.append([record.levelname, record.getMessage()])
        return record

    logging.setLogRecordFactory(make_record)
    root.handlers[:] = [logging.NullHandler()]
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(printed), contextlib.suppress(Exception):
            layer = student.DenseLayer.from_dict(data)
            layer.to_dict()
        with contextlib.redirect_stdout(printed), contextlib.suppress(Exception):
            layer = student.DenseLayer(2, 4, table("tanh"), name=data["name"])
            layer.forward(X)
            done = True
            layer.backward(G)
            layer.to_dict()
    finally:
        logging.setLogRecordFactory(usual)
        root.handlers[:] = handlers
        root.setLevel(level)
    return printed.getvalue(), told, done
"""


@lasting
def heard(student, once):
    """Return a function: what the methods print, the log messages meanwhile, and whether forward

    came to its end. A message is [level, text].
    """

    def run():
        data = as_dict(READ, "tanh", name="layer-17", empty=True)
        return student.define(TABLE + LISTEN).listen(data, READ.X, READ.G)

    return lambda: once("heard", run)


@check("logging", "Nothing is printed")
def test_nothing_printed(heard):
    """By any of the methods."""
    printed, *_ = heard()
    expect(not printed, "The methods print something.", what="what is printed", yours=printed)


@check("logging", "Drawing weights is logged, with level INFO and the layer's name")
def test_logged(heard, student, exposed):
    """Through whichever logger."""
    _, told, done = heard()
    message = "The first forward pass of a layer called 'layer-17' logs no message of level INFO"
    fitting = [text for level, text in told if level == "INFO" and "layer-17" in text]
    if not fitting and not done:  # if forward raises, that is the reason
        student.DenseLayer(2, 4, exposed(READ)).forward(READ.X)
    expect(fitting, f"{message} that contains this name.", what="what is logged", yours=told)


# -- state ---------------------------------------------------------------------------------

ROUNDS = tuple(AffineCase(batch, 3, 2) for batch in (2, 4, 1, 5, 3))
BETWEEN = AffineCase(5, 3, 2, seed=9)
SIDE_BY_SIDE = (AffineCase(2, 2, 3, seed=1), AffineCase(3, 4, 2, integers=False, seed=2))


def expect_as_fresh(output, result, fresh, situation):
    """Fail unless a pass gave what a fresh layer gives for the case."""
    wanted = fresh.output.value  # if a fresh layer fails as well, it is not a matter of state
    yours = output.value
    message = f"{situation}, it is not what a fresh layer gives."
    if numeric(wanted):
        expect_close(yours, wanted, what="layer.forward(X)", message=message)
    theirs, mine = entries(fresh.result.value), entries(result.value)
    for key in theirs:
        if numeric(theirs[key]):
            what = f"layer.backward(G)[{key!r}]"
            expect_close(mine.get(key), theirs[key], what=what, message=message)


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
def test_repeated_passes(rounds, observe, actual):
    """New weights and another batch each time."""
    fresh = [observe(case) for case in ROUNDS]
    for number, (case, found, alone) in enumerate(zip(ROUNDS, rounds(), fresh, strict=True), 1):
        if steady(case, actual):
            expect_as_fresh(*found, alone, f"In pass {number} on the same layer")


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
def test_two_layers(side_by_side, observe, actual):
    """Of other sizes, with other weights and another activation."""
    fresh = [observe(case) for case in SIDE_BY_SIDE]
    passes, sizes = side_by_side()
    for case, found, alone in zip(SIDE_BY_SIDE, passes, fresh, strict=True):
        if steady(case, actual):
            expect_as_fresh(*found, alone, "With a second layer in use")
    first = sizes[0]
    if all(size.error is None for pair in sizes for size in pair):
        same = all(size.value == wanted for size, wanted in zip(first, (2, 3), strict=True))
        expect(same, "Making a second layer changed the sizes of the first.", yours=first[0].value)


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


@check("purity", "data is left as it was")
def test_data_unchanged(student):
    """By from_dict."""
    source = """
        def left(data):
            student.DenseLayer.from_dict(data)
            return data
        """
    data = as_dict(READ, "tanh")
    after = student.define(source).left(data)
    message = "from_dict changed the dictionary that it was given."
    expect(after == data, message, what="data after from_dict(data)", yours=after)


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
def see_draw(initialized):
    """weights after the first forward pass."""

    def look(key):
        sizes, seed = key
        told = looks_at_start(DRAW, seed, *sizes)
        told["W"], told["again"], told["other"] = (
            initialized(*sizes, *drawn)[0] for drawn in ((seed,), (seed, 2), (seed + 1,))
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
        return Seen([left for left in INCOMPLETE if attempt(left).value == "made"], [])

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
            for promise, right in zip(written(), wanted, strict=True)
        ]
        return Seen(tuple(yours), ({}, {}))

    return look


@aspect("found", groups=["lookup"], noun="What becomes of unknown names", cases=["all"])
def see_found(handed_over):
    """For each foreign name, whether it was imported, and what was raised."""

    def look(_):
        control, found = handed_over()
        if control.error or control.value[1]:
            return None
        came = {name: promise.value[:2] for name, promise in found.items()}
        named = all(name in promise.value[2] for name, promise in found.items())
        kinds = set(came.values())
        seen = ("each", *kinds, named) if len(kinds) == 1 else ("mixed", sorted(kinds), named)
        return Seen(seen, ("each", (False, "ValueError"), True), came=came, seen=seen)

    return look


@aspect("heard", groups=["logging"], noun="What is printed and logged", cases=["all"])
def see_heard(heard):
    """(whether something is printed, the levels of the messages with the name, of the others)."""

    def look(_):
        printed, told, done = heard()
        if not done:
            return None
        levels = [
            sorted({level for level, text in told if ("layer-17" in text) is named})
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
def see_lazy(first_passes):
    """What there is when a layer is new, after one pass, and whether a second one draws anew."""

    def look(_):
        new, _, first, second, output = first_passes()
        if output.error or any(
            promise.error for state in (new, first, second) for promise in state
        ):
            return None
        redrawn = numeric(first[0].value) and not is_close(second[0].value, first[0].value)
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
        taken = "list" if isinstance(weights, list) else is_close(weights, READ.W)
        return Seen((wrong, taken, output), ({}, True, True))

    return look
