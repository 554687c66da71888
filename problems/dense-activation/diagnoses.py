"""Known mistakes of the problem `dense-activation`: what each of them gives for the same inputs.

Those of the affine part, of the draw and of the output of activations are shared by all dense
layers. There is no optimizer: what is known of the gradients of W and b is by how far these move.
What follows is wrong only here; see the functions named see_... in checks.py for what is given.
Where several fit, the first one is named.
"""

import re

import numpy as np
from msgspec.structs import replace

from grader.checks.misconceptions import Rules
from grader.checks.observation import Raised
from grader.layers import LINEAR, RELU, SIGMOID, Draw, Names, mistakes

rules = Rules()

NAMES = Names(
    forward="forward",
    backward="backward",
    G="D",
    upstream="d_out",
    at_z="the gradient at Z",
    n_inputs="input_size",
    n_units="output_size",
    mean=True,
    activation=True,
    updates=True,
    draw=Draw("normal", lambda n_inputs, n_units: 0.01, "0.01"),
)

OF_ACTIVATIONS = {
    "activation-missing",
    "activation-twice",
    "always-relu",
    "always-sigmoid",
    "always-tanh",
}
OF_DERIVATIVES = {
    f"{part}-{mistake}"
    for part in ("input", "weight", "bias")
    for mistake in ("without-derivative", "derivative-at-output", "derivative-at-upstream")
}
UP = {
    "hint": "Does the loss go down when you step?",
    "stronger": "Is the gradient subtracted, and is each of its signs right?",
}

mistakes.add(
    rules,
    NAMES,
    *("output", "input-gradient", "weight-gradient", "bias-gradient", "draw", "first-bias"),
    without={
        *OF_ACTIVATIONS,
        *OF_DERIVATIVES,
        "returns-gradient-at-z",  # the same as the incoming one, where there is no activation
        "weight-zero",  # a layer that does not move is the step's matter
        "bias-zero",
    },
    texts={
        "init-reseeded": {
            "title": "W is the same after every seed.",
            "hint": "Do two layers with different seeds have different weights?",
            "stronger": "np.random.seed(seed), with the argument.",
        },
        "weight-negated": {
            "title": "W goes up with its gradient, where b goes down.",
            "why": "Half of the layer climbs the loss.",
            **UP,
        },
        "bias-negated": {
            "title": "b goes up with its gradient, where W goes down.",
            "why": "Half of the layer climbs the loss.",
            **UP,
        },
    },
)

# What activations make of Z is looked at apart, beside what the student's linear layer gives.
_outputs = Rules()
mistakes.add(_outputs, NAMES, "output")
rules.mistakes += [
    replace(mistake, aspect="activated")
    for mistake in _outputs.mistakes
    if mistake.id in OF_ACTIVATIONS
]


# -- the output for inputs in other layouts ------------------------------------------------


@rules.mistake(
    "layouts",
    "The numbers of X are read as they lie in memory, which is not always row by row.",
    why="A transposed array keeps its memory and only counts it in another order.",
    hint="Try X = np.asfortranarray(X), which is equal to X.",
    stronger="ravel and reshape with order='K' or 'A' follow the memory; leave the order out.",
)
def memory_order(s):
    X = s.X.T.ravel().reshape(s.X.shape) if s.kind == "fortran" else s.X
    return X @ s.W + s.b


@rules.mistake(
    "layouts",
    "The output has the type of the input: whole numbers are cut off, single precision is kept.",
    why="The weights are in double precision, and no whole numbers.",
    hint="Which dtype has the array that you write the output into?",
    stronger="dtype=X.dtype, or np.zeros_like(X), makes an array of the type of X; leave it out.",
)
def output_in_type_of_input(s):
    output = s.X @ s.W + s.b
    if s.kind == "int64":
        return np.trunc(output)
    return output.astype(np.float32) if s.kind == "float32" else output


# -- the output with an activation ---------------------------------------------------------


def _only(name, function, of=None):
    """A prediction in which one activation is another function, and the others are right."""

    def predict(s):
        return function(s.Z) if s.name == name else s.act(s.Z)

    return predict


def _activated(name, title, predict, *, why, hint, stronger):
    predict.__name__ = name
    rules.mistake("activated", title, why=why, hint=hint, stronger=stronger)(predict)


OTHER = "The layers behind this one get other numbers than they should."

_activated(
    "activations_exchanged",
    "ReLU and sigmoid are exchanged.",
    lambda s: (SIGMOID if s.name == "relu" else RELU).function(s.Z),
    why="Whoever makes the layer chooses its activation.",
    hint="Make a layer with 'relu' and look at its output: can it be larger than 1?",
    stronger="Which branch belongs to which name?",
)
_activated(
    "sigmoid_sign",
    "The sigmoid has the wrong sign in the power: 1 / (1 + exp(z)).",
    _only("sigmoid", lambda z: 1 / (1 + np.exp(z))),
    why="It falls where it should rise.",
    hint="Is the sigmoid of 10 near 0 or near 1?",
    stronger="The statement has exp(-z).",
)
_activated(
    "tanh_for_sigmoid",
    "With 'sigmoid' the output is tanh(z).",
    _only("sigmoid", np.tanh),
    why="A sigmoid lies between 0 and 1, tanh between -1 and 1.",
    hint="What is the sigmoid of 0?",
    stronger="The statement's formula has no negative values.",
)
_activated(
    "softmax_for_sigmoid",
    "With 'sigmoid' the rows are divided by their sums: that is softmax.",
    _only("sigmoid", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
    why="Each output of a sigmoid depends on its own z alone.",
    hint="With one output, what comes out?",
    stronger="Nothing is summed in the formula of the sigmoid.",
)
_activated(
    "leaky",
    "ReLU lets a hundredth of negative numbers through (leaky ReLU).",
    _only("relu", lambda z: np.where(z > 0, z, 0.01 * z)),
    why="That is another activation.",
    hint="What is the ReLU of -100?",
    stronger="Negative numbers become 0, and not small.",
)
_activated(
    "step_function",
    "With 'relu' the output is 1 or 0: the slope of ReLU in place of its value.",
    _only("relu", lambda z: (z > 0).astype(float)),
    why="How large z is gets lost.",
    hint="What is the ReLU of 3?",
    stronger="z > 0 is where z passes; what passes is z.",
)
_activated(
    "relu_of_all",
    "ReLU compares with the largest element of z, not each with 0.",
    _only("relu", lambda z: np.full_like(z, max(z.max(), 0.0))),
    why="Each number has an output of its own.",
    hint="Which of max, np.max and np.maximum compares arrays element by element?",
    stronger="np.max takes the maximum of all elements; np.maximum compares two arrays.",
)
_activated(
    "activation_before_bias",
    "The activation is applied to X·W, and the bias is added afterwards.",
    lambda s: s.act(s.X @ s.W) + s.b,
    why="The statement's layer is act(X·W + b).",
    hint="In which order are the bias and the activation done?",
    stronger="First compute X·W + b, then hand that to the activation.",
)
_activated(
    "activated_not_returned",
    "forward returns nothing when there is an activation.",
    lambda s: None,
    why="The next layer needs the value.",
    hint="Follow forward with 'relu': does every way end in a return?",
    stronger="A method without a return statement returns None.",
)


_activated(
    "relu_clipped",
    "ReLU is cut off at 500.",
    _only("relu", lambda z: np.clip(z, 0, 500)),
    why="Only the sigmoid needs the clipping, since only it computes a power.",
    hint="What is the ReLU of 1000?",
    stronger="Clip inside of the sigmoid, and not before the activation is chosen.",
)


# -- the sigmoid far from 0 ----------------------------------------------------------------


def _log_sigmoid(z, limit):
    clipped = np.clip(z, -limit, limit)
    return np.log(1 / (1 + np.exp(-clipped)))


@rules.mistake(
    "clipping",
    "The sigmoid does not clip z.",
    why="For z = -1000 the power is too large for a number: NumPy warns, and goes on with inf.",
    hint="What is np.exp(1000)?",
    stronger="np.clip(z, -500, 500) before the power.",
)
def sigmoid_not_clipped(s):
    return (_log_sigmoid(s.z, np.inf), SIGMOID.function(-s.z))


@rules.mistake(
    "clipping",
    "The sigmoid raises an exception where the power is too large for a number.",
    why="math.exp stops with an OverflowError where np.exp goes on with inf.",
    hint="What is math.exp(1000)?",
    stronger="Clip z to [-500, 500] before the power.",
)
def sigmoid_overflows(s):
    return (Raised("OverflowError"), None)


@rules.mistake(
    "clipping",
    "The sigmoid clips z to [-{limit}, {limit}]; the statement has 500.",
    why="What is cut off earlier loses small numbers that there is room for.",
    hint="Compare the limits with those of the statement.",
    stronger="np.clip(z, -500, 500)",
    each=[{"limit": limit} for limit in (20, 30, 50, 100, 200, 250, 700, 709)],
)
def sigmoid_clipped_elsewhere(s, limit):
    return (_log_sigmoid(s.z, limit), SIGMOID.function(np.clip(-s.z, -limit, limit)))


@rules.mistake(
    "clipping",
    "The output of the sigmoid is kept {tiny:g} away from 0 and 1.",
    why="It is z that has to be clipped; its sigmoid may be much smaller than that.",
    hint="What is clipped in the statement: z, or its sigmoid?",
    stronger="np.clip(z, -500, 500), and nothing afterwards.",
    each=[{"tiny": tiny} for tiny in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7)],
)
def sigmoid_output_cut(s, tiny):
    low = np.clip(1 / (1 + np.exp(-s.z)), tiny, 1 - tiny)
    return (np.log(low), np.clip(SIGMOID.function(-s.z), tiny, 1 - tiny))


# -- the returned gradient -----------------------------------------------------------------


@rules.mistake(
    "input-gradient",
    "The returned gradient is multiplied by lr.",
    why="The layer below steps by lr itself; it would use it twice.",
    hint="What does the returned gradient have to do with how fast this layer learns?",
    stronger="return D @ W.T; lr belongs into the steps of W and b alone.",
)
def input_gradient_times_rate(s):
    return s.rate * s.D @ s.W.T


# -- the derivatives -----------------------------------------------------------------------

LEAD = "By the chain rule what comes from above goes through the activation first."


def _chain(name, title, predict, *, why=LEAD, hint, stronger):
    predict.__name__ = name
    rules.mistake("chain", title, why=why, hint=hint, stronger=stronger)(predict)


def _everywhere(at_z):
    """A prediction in which X, W and b are all reached by the same."""
    return lambda s: (at_z(s),) * 3


def _for(name, derivative):
    """A prediction in which one activation has another derivative."""
    return _everywhere(lambda s: s.G * derivative(s) if s.name == name else s.D)


SLOPE = "What lies between the output and X·W + b, and what is its slope?"
MULTIPLY = "Multiply d_out by the derivative at X·W + b, and go on with that in all three places."

_chain(
    "derivative_missing",
    "backward does not multiply by the derivative of the activation.",
    _everywhere(lambda s: s.G),
    hint=SLOPE,
    stronger=MULTIPLY,
)
_chain(
    "derivative_missing_for_input",
    "The returned gradient does not go through the derivative of the activation.",
    lambda s: (s.G, s.D, s.D),
    hint=SLOPE,
    stronger="The returned gradient needs D as the other two do, not d_out.",
)
_chain(
    "derivative_missing_for_weights",
    "The gradient of W does not go through the derivative of the activation.",
    lambda s: (s.D, s.G, s.D),
    hint=SLOPE,
    stronger="The gradient of W needs D as the other two do, not d_out.",
)
_chain(
    "derivative_missing_for_bias",
    "The gradient of b does not go through the derivative of the activation.",
    lambda s: (s.D, s.D, s.G),
    hint=SLOPE,
    stronger="The gradient of b needs D as the other two do, not d_out.",
)
_chain(
    "derivative_missing_for_parameters",
    "The gradients of W and b do not go through the derivative of the activation.",
    lambda s: (s.D, s.G, s.G),
    hint=SLOPE,
    stronger="These gradients need D as the returned one does, not d_out.",
)
_chain(
    "derivative_twice",
    "The derivative is multiplied twice.",
    _everywhere(lambda s: s.D * s.derivative(s.Z)),
    why="One activation has one slope.",
    hint="How often does d_out go through the activation on its way down?",
    stronger="Look for two places that multiply by the derivative.",
)


@rules.mistake(
    "chain",
    "The derivative of the activation is taken at X·W, without the bias.",
    why="Where the output was made, b had been added.",
    hint="What goes into the activation in forward?",
    stronger="Keep X·W + b in forward, and hand that to the derivative.",
    each=[{"of": ("relu", "sigmoid")}, {"of": ("relu",)}, {"of": ("sigmoid",)}],
)
def derivative_without_bias(s, of):
    return (s.G * s.derivative(s.XW) if s.name in of else s.D,) * 3


_chain(
    "derivative_of_relu_missing",
    "With 'relu' backward does not multiply by the derivative of the activation.",
    _for("relu", lambda s: 1.0),
    hint="Which units pass a gradient on after ReLU?",
    stronger="d_out times 1 where z > 0, and times 0 elsewhere.",
)
_chain(
    "derivative_of_sigmoid_missing",
    "With 'sigmoid' backward does not multiply by the derivative of the activation.",
    _for("sigmoid", lambda s: 1.0),
    hint="What is the slope of the sigmoid?",
    stronger="d_out times σ(z) (1 - σ(z)).",
)
_chain(
    "sigmoid_derivative_of_z",
    "The derivative of the sigmoid is computed as z·(1 - z).",
    _for("sigmoid", lambda s: s.Z * (1 - s.Z)),
    why="a·(1 - a) is right for the output a = σ(z), and not for z.",
    hint="In a·(1 - a), is a what goes into the sigmoid or what comes out?",
    stronger="Put the sigmoid of z into the formula, not z.",
)
_chain(
    "sigmoid_derivative_at_output",
    "The derivative of the sigmoid is taken at the output: the sigmoid is applied once more.",
    _for("sigmoid", lambda s: s.derivative(s.act(s.Z))),
    why="The output has been through the sigmoid already; the slope there is another one.",
    hint="What does your derivative expect: what goes into the sigmoid, or what comes out?",
    stronger="Either hand it z, or use a·(1 - a) with the output a as it is.",
)
_chain(
    "tanh_derivative_for_sigmoid",
    "The derivative of the sigmoid is computed as 1 - a², which belongs to tanh.",
    _for("sigmoid", lambda s: 1 - s.act(s.Z) ** 2),
    hint="What is the slope of the sigmoid at 0?",
    stronger="σ(z) (1 - σ(z)).",
)
_chain(
    "sigmoid_derivative_negated",
    "The derivative of the sigmoid has the wrong sign.",
    _for("sigmoid", lambda s: -s.derivative(s.Z)),
    why="The sigmoid rises everywhere: its slope is positive.",
    hint="Can the slope of a function that rises be negative?",
    stronger="a·(1 - a), and not a·(a - 1).",
)
_chain(
    "relu_mask_from_gradient",
    "ReLU's mask is taken from the sign of d_out.",
    _for("relu", lambda s: s.G > 0),
    why="Whether a unit passes a gradient on depends on what went through it.",
    hint="Which array decides where the gradient passes?",
    stronger="Keep X·W + b in forward, and ask where that is positive.",
)
_chain(
    "relu_mask_inverted",
    "ReLU's mask is the wrong way round: the gradient passes where z is negative.",
    _for("relu", lambda s: s.Z < 0),
    hint="Where does ReLU let numbers through?",
    stronger="The slope is 1 where z > 0.",
)
_chain(
    "relu_times_z",
    "With 'relu' backward multiplies by the output, not by the slope.",
    _for("relu", lambda s: s.act(s.Z)),
    hint="What is the slope of ReLU at 3?",
    stronger="1 where z > 0, and 0 elsewhere.",
)


@rules.mistake(
    "kink",
    "The slope of ReLU at 0 is taken to be 1.",
    why="Any number from 0 to 1 could be defended; the statement settles on 0.",
    hint="Re-read what the statement says about 0.",
    stronger="z > 0, and not z >= 0.",
)
def kink_slope_one(s):
    return s.G


@rules.mistake(
    "kink",
    "The slope of ReLU at 0 is taken to be 1/2.",
    why="Any number from 0 to 1 could be defended; the statement settles on 0.",
    hint="Re-read what the statement says about 0.",
    stronger="np.sign and np.heaviside have a value of their own at 0; z > 0 has not.",
)
def kink_slope_half(s):
    return s.G / 2


# -- the step ------------------------------------------------------------------------------


def _step(name, title, weights, biases, *, why, hint, stronger):
    """A mistake in the step: from the right factors to those of W and b."""

    def predict(s):
        return (weights(s.rates), biases(s.rates))

    predict.__name__ = name
    rules.mistake("step", title, why=why, hint=hint, stronger=stronger)(predict)


def _right(rates):
    return rates


def _both(name, title, change, **texts):
    _step(name, title, change, change, **texts)


UNSEEN = "A gradient shows only in the step: of one that moves nothing, nothing can be said."

_both(
    "nothing_updated",
    "backward moves neither W nor b.",
    np.zeros_like,
    why=UNSEEN,
    hint="Print W before and after backward.",
    stronger="Assign the new values to self.W and self.b; under another name they are lost.",
)
_step(
    "weights_not_updated",
    "backward moves b, but not W.",
    np.zeros_like,
    _right,
    why=UNSEEN,
    hint="Print W before and after backward.",
    stronger="Assign the new value to self.W.",
)
_step(
    "bias_not_updated",
    "backward moves W, but not b.",
    _right,
    np.zeros_like,
    why=UNSEEN,
    hint="Print b before and after backward.",
    stronger="Assign the new value to self.b.",
)
_both(
    "step_upwards",
    "The gradients are added where they should be subtracted: both parameters go uphill.",
    lambda rates: -rates,
    why="The loss grows with every step.",
    hint="Does the loss go down when you step?",
    stronger="W - lr * dW, with a minus; and no minus in the gradients.",
)
_both(
    "step_doubled",
    "Both parameters are moved by twice their gradients.",
    lambda rates: 2 * rates,
    why="With the same lr the layer takes larger steps than it was told to.",
    hint="Is the step done twice, or is there a 2 in the gradients?",
    stronger="The derivative of a squared error brings a 2 with it; d_out has it already.",
)
_both(
    "rate_squared",
    "lr is multiplied twice.",
    lambda rates: rates**2,
    why="Small steps become tiny ones.",
    hint="Where does lr stand in your code?",
    stronger="Either in the gradient or in the step, and not in both.",
)


@rules.mistake(
    "step",
    "lr is not used: the step is always {rate:g} times the gradient.",
    why="Whoever trains the layer chooses how fast it learns.",
    hint="Call backward with two different lr; what changes?",
    stronger="Multiply by the argument lr.",
    each=[{"rate": rate} for rate in (1.0, 0.1, 0.01, 0.001)],
)
def rate_ignored(s, rate):
    return (np.full_like(s.rates, rate),) * 2


_both(
    "rate_zero_ignored",
    "lr=0 is taken for no lr at all.",
    lambda rates: np.where(rates == 0, 0.01, rates),
    why="0 is a number: with it nothing moves.",
    hint="What is the truth value of 0?",
    stronger="`lr or 0.01` gives 0.01 for 0; the default belongs into the signature.",
)


@rules.mistake(
    "step",
    "The default of lr is {default:g}; the statement has 0.01.",
    why="Whoever leaves it out counts on the default.",
    hint="Compare the signature with the statement.",
    stronger="def backward(self, d_out, lr=0.01)",
    each=[{"default": rate} for rate in (0.1, 0.001, 1.0, 0.05, 0.5)],
)
def default_rate(s, default):
    return (np.where(s.rates == 0.01, default, s.rates),) * 2


_step(
    "rate_only_for_weights",
    "lr is used for W, but not for b.",
    _right,
    np.ones_like,
    why="The bias takes steps of its own size.",
    hint="Call backward with two different lr; what changes in b?",
    stronger="Both parameters take a step of lr times their gradient.",
)


# -- seeds ---------------------------------------------------------------------------------

# What comes of the seeds 11, 12 and 0, and of none; see see_seed in checks.py.


def _seed(name, title, *kinds, why, hint, stronger):
    def predict(s):
        return kinds

    predict.__name__ = name
    rules.mistake("seed", title, why=why, hint=hint, stronger=stronger)(predict)


_seed(
    "seed_zero_ignored",
    "The seed 0 is taken for no seed at all.",
    *("right", "right", "global", "global"),
    why="0 is a seed like any other, and a frequent one.",
    hint="What is the truth value of 0?",
    stronger="Ask whether the seed is None.",
)
_seed(
    "seed_ignored",
    "The seed has no effect on W.",
    *("global",) * 4,
    why="Whoever gives a seed wants the same numbers again.",
    hint="Make two layers with the same seed, and compare their W.",
    stronger="np.random.seed(seed), if the seed is not None, before W is drawn.",
)
_seed(
    "seeded_always",
    "Without a seed the generator is seeded anew, by chance.",
    *("right", "right", "right", "anew"),
    why="np.random.seed(None) throws away what the caller has seeded.",
    hint="Seed the generator yourself, and make a layer without a seed, twice.",
    stronger="Ask whether the seed is None, and do nothing then.",
)
_seed(
    "seed_zero_by_chance",
    "The seed 0 is taken for no seed at all, and without a seed the numbers come by chance.",
    *("right", "right", "anew", "anew"),
    why="0 is a seed; and without one, the caller's own seed decides.",
    hint="What is the truth value of 0?",
    stronger="Ask whether the seed is None, and leave the generator alone then.",
)
_seed(
    "seed_fixed_without",
    "Without a seed the generator gets one that stands in the code.",
    *("right", "right", "right", "same"),
    why="All layers that are made without a seed have the same weights.",
    hint="Make two layers without a seed, and compare their W.",
    stronger="If the seed is None, do nothing.",
)

# -- the start -----------------------------------------------------------------------------


@rules.mistake(
    "default",
    "By default the layer has an activation: {name}.",
    why="The statement's default is None, a linear layer.",
    hint="Compare the signature of the constructor with the statement.",
    stronger="activation=None",
    each=[{"name": "ReLU", "known": RELU}, {"name": "the sigmoid", "known": SIGMOID}],
)
def default_activation(s, name, known):
    return known.function(s.Z)


@rules.mistake(
    "first-step",
    "b is made of whole numbers, and a step cannot be written into it.",
    why="-= keeps the type of the array that it changes.",
    hint="Print b.dtype.",
    stronger="np.zeros makes floats by itself; leave dtype=int out.",
)
def bias_of_integers(s):
    return ("i", "UFuncTypeError")


# -- unknown activations -------------------------------------------------------------------


NAMES_MATTER = "A misspelt name gives a network that learns badly, and nobody is told."
RAISE = "Raise a ValueError in the constructor if the name is none of those you know."


def _unknown(name, title, *predicted, why=NAMES_MATTER, hint, stronger=RAISE):
    """A mistake with unknown names: what the constructor raises, and what forward gives then."""

    def predict(s):
        return tuple(each(s.Z) if callable(each) else each for each in predicted)

    predict.__name__ = name
    rules.mistake("unknown", title, why=why, hint=hint, stronger=stronger)(predict)


OTHER_ERRORS = (
    "Exception",
    "NotImplementedError",
    "AssertionError",
    "AttributeError",
    "NameError",
    "UnboundLocalError",
)
NONE_FITS = "What does your code do if none of its names fits?"
_unknown(
    "unknown_is_linear",
    "An unknown activation is not noticed: the layer is linear then.",
    *("nothing", lambda Z: Z),
    hint=NONE_FITS,
)
_unknown(
    "unknown_is_sigmoid",
    "An unknown activation is taken for the sigmoid.",
    *("nothing", SIGMOID.function),
    hint="What is left for your last else, besides the sigmoid?",
)
_unknown(
    "unknown_not_refused",
    "The constructor takes any name for that of an activation.",
    *("nothing", "raises in any case"),
    hint="What does your code do with the name when the layer is made?",
)
_unknown(
    "unknown_gives_nothing",
    "With an unknown activation the layer is made, and forward returns nothing.",
    *("nothing", None),
    hint=NONE_FITS,
)


@rules.mistake(
    "unknown",
    "An unknown activation is noticed only in forward, which raises {error}.",
    why="The mistake was made where the layer was made, which may be far away.",
    hint="When is the name known?",
    stronger="Look at the name in the constructor, and raise the ValueError there.",
    each=[{"error": name} for name in ("ValueError", "KeyError", *OTHER_ERRORS)],
)
def unknown_noticed_late(s, error):
    return ("nothing", error)


@rules.mistake(
    "unknown",
    "An unknown activation raises {error}; the statement asks for a ValueError.",
    why="Whoever wants to catch it must know its type.",
    hint="Which exception says that an argument has a wrong value?",
    stronger="Raise ValueError, with the name in its message.",
    each=[{"error": name} for name in ("KeyError", "TypeError", *OTHER_ERRORS)],
)
def unknown_raises_another(s, error):
    return (error, None)


def _near(name, title, accepts, *, hint, stronger=RAISE):
    """A mistake with names that are nearly right: which activation a name is taken for."""

    def predict(s):
        taken = accepts(s.name)
        return ("ValueError", None) if taken is None else ("nothing", taken.function(s.Z))

    predict.__name__ = name
    rules.mistake("near-names", title, why=NAMES_MATTER, hint=hint, stronger=stronger)(predict)


_near(
    "linear_accepted",
    "'linear' is taken for the name of an activation.",
    lambda name: LINEAR if name == "linear" else None,
    hint="How is a layer without an activation asked for in the statement?",
    stronger="The statement's layer is linear for None, and there is no other name for that.",
)
_near(
    "case_of_name_ignored",
    "Capital and small letters in the name of an activation are not told apart.",
    lambda name: {"relu": RELU, "sigmoid": SIGMOID}.get(name.lower()),
    hint="What does your layer do with 'ReLU'?",
    stronger="Compare the name as it is, without lower().",
)


_COMPARED = re.compile(r"""(?:[!=]=|\bin\b|case)[^#'"]*['"](\w+)['"]|['"](\w+)['"]\s*:""")


@rules.telltale(
    "activation",
    "Line {line} looks for the name '{found}'; in the statement it is '{name}'.",
    why="Names are compared letter by letter: with another one that line is never reached.",
    hint="With which name is the layer made, and with which is it compared?",
    stronger="Write '{name}' in line {line}.",
)
def name_misspelt(facts):
    for number, line in enumerate(facts.source.lines, 1):
        for match in _COMPARED.finditer(line):
            found = match[1] or match[2]
            name = found.lower().strip("_").replace("_", "")
            if name in ("relu", "sigmoid") and found != name:
                return {"line": str(number), "found": found, "name": name}
    return False


# -- memory --------------------------------------------------------------------------------


@rules.mistake(
    "passes",
    "The gradient of W adds up over the passes.",
    why="Each step then repeats all the steps before it.",
    hint="Call backward twice on the same data; is the second step as large as the first?",
    stronger="Start each backward with a gradient of its own.",
)
def gradient_accumulates(s):
    each = [case.X.T @ case.G / case.batch for case in s.rounds]
    return [sum(each[: number + 1]) for number in range(len(each))]


@rules.mistake(
    "passes",
    "The step has a memory: a part of the one before is added (momentum).",
    why="The statement's step is lr times the gradient of this batch alone.",
    hint="Call backward twice on the same data; is the second step as large as the first?",
    stronger="Nothing of the last backward may be left in the next one.",
)
def step_with_momentum(s):
    velocity, found = 0.0, []
    for case in s.rounds:
        velocity = 0.9 * velocity + case.X.T @ case.G / case.batch
        found.append(velocity)
    return found


@rules.mistake(
    "passes",
    "The means are over the rows of the first batch, however many there are now.",
    why="A batch can have any number of rows.",
    hint="Train with a batch of four, then with one of two.",
    stronger="Take the number of rows in backward, every time.",
)
def first_batch_size_kept(s):
    rows = s.between.batch
    return [case.X.T @ case.G / rows for case in s.rounds]


@rules.mistake(
    "layers",
    "Two layers share what they remember of the forward pass.",
    why="In a network every layer needs its own input.",
    hint="Where is X kept: in the object, in the class, or outside?",
    stronger="Assign it to self; names on the class or the module are shared by all.",
)
def layers_share_memory(s):
    # The second one was the last to remember something; the first one's gradients cannot be right.
    return [[True, True, True, False, False, False], [True] * 6]


@rules.mistake(
    "layers",
    "Two layers share their activation: the last one that is made decides.",
    why="In a network every layer has an activation of its own.",
    hint="Make a layer with 'sigmoid', then one with 'relu', and use the first.",
    stronger="Assign it to self; names on the class or the module are shared by all.",
)
def layers_share_activation(s):
    return [[True, True, False, False, False, False], [True] * 6]


@rules.mistake(
    "layers",
    "Two layers share {which}: the last one that is made decides.",
    why="In a network every layer has parameters of its own.",
    hint="Make two layers of different sizes, and look at the first again.",
    stronger="Assign it to self; names on the class or the module are shared by all.",
    each=[
        {"which": "W and b", "alone": (False, False)},
        {"which": "W", "alone": (False, True)},
        {"which": "b", "alone": (True, False)},
    ],
)
def layers_share_parameters(s, which, alone):
    return [[*alone, True, True, True, True], [True] * 6]


# -- purity --------------------------------------------------------------------------------


@rules.mistake(
    "arguments",
    "backward writes into d_out.",
    why="The caller may hand the same array to another layer.",
    hint="Print d_out before and after backward, with an activation.",
    stronger="*= and d_out[...] = 0 change the caller's array.",
)
def upstream_overwritten(s):
    return ("d_out by backward",) if s.name else ()


@rules.mistake(
    "arguments",
    "With 'relu' backward writes into d_out.",
    why="The caller may hand the same array to another layer.",
    hint="Print d_out before and after backward, with 'relu'.",
    stronger="d_out[Z <= 0] = 0 changes the caller's array; multiply by a mask, or take a copy.",
)
def upstream_masked_in_place(s):
    return ("d_out by backward",) if s.name == "relu" else ()


@rules.mistake(
    "arguments",
    "backward divides d_out in place.",
    why="The caller may hand the same array to another layer.",
    hint="Print d_out before and after backward.",
    stronger="/= changes the caller's array.",
)
def upstream_always_overwritten(s):
    return ("d_out by backward",)


@rules.mistake(
    "arguments",
    "forward writes into X.",
    why="X is the output of the layer below, or the data: both are needed again.",
    hint="Print X before and after forward.",
    stronger="+=, -= and /= change the caller's array.",
)
def input_overwritten(s):
    return ("X by forward", "X by backward")
