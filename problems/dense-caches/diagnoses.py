"""Known mistakes of the problem `dense-caches`: what each of them gives for the same inputs.

Those of the affine part are shared by all dense layers. A prediction gets what its aspect shows
(see the functions named see_... in checks.py); D is the gradient at Z, the student's own where
there is one. Where several fit, the first one is named.
"""

import re
from itertools import combinations

import numpy as np

from grader.checks.misconceptions import Rules
from grader.checks.observation import Raised
from grader.layers import Names, mistakes

rules = Rules()

NAMES = Names(
    forward="forward",
    backward="backward",
    start="initialize_parameters",
    G="dZ",
    upstream="dA",
    at_z="dZ",
    n_inputs="n",
    n_units="u",
    stepper="update_parameters",
    activation=True,
)


def _missing(*names):
    """Every choice of entries that can be missing, with the verb that goes with it."""
    chosen = [c for count in (1, 2, 3) for c in combinations(names, count)]
    return [{"missing": " and ".join(c), "verb": "are" if len(c) > 1 else "is"} for c in chosen]


# -- the output ----------------------------------------------------------------------------


@rules.mistake(
    "output",
    "forward returns the derivative of the activation, not its value.",
    why="The derivative belongs into the backward pass.",
    hint="What does deriv=True ask for?",
    stronger="In forward, call the activation function with Z alone.",
)
def derivative_as_output(s):
    return s.function(s.Z, deriv=True)


@rules.mistake(
    "output",
    "forward goes on with the W that initialize_parameters made, although p has been replaced.",
    why="After a step, or with weights that were loaded, the layer would give old outputs.",
    hint="Set p['W'] to zeros by hand. Does the output change?",
    stronger="Take the weights from p whenever they are needed.",
    each=[{"bias_as_well": False}, {"bias_as_well": True}],
)
def first_weights_kept(s, bias_as_well):
    return s.act(s.X @ s.first_W + (0 if bias_as_well else s.b))


# -- what is kept in fc --------------------------------------------------------------------


@rules.mistake(
    "kept",
    "fc['Z'] holds the output, after the activation.",
    why="The backward pass needs the slope at Z; the output has lost where it came from.",
    hint="Which two arrays are there between the input and the output?",
    stronger="Store X·W + b before you apply the activation.",
)
def output_kept_as_z(s):
    return ("X", "A", "A")


@rules.mistake(
    "kept",
    "fc['A'] holds Z, before the activation.",
    why="A is what the next layer is given.",
    hint="Compare fc['A'] with what forward returns.",
    stronger="Store the array that forward returns.",
)
def z_kept_as_output(s):
    return ("X", "Z", "Z")


@rules.mistake(
    "kept",
    "fc['X'] holds the output: the name A is used for the input and for the output.",
    why="The gradient of the weights is made of the input.",
    hint="Print fc['X'] after forward. When is it filled?",
    stronger="Store the input in the first line of forward.",
)
def output_kept_as_input(s):
    return ("A", "Z", "A")


@rules.mistake(
    "kept",
    "fc is not filled as it should be: {missing} {verb} missing.",
    why="The caches are what this exercise is about: others read what a step has computed.",
    hint="Print fc after forward. Which of X, Z and A are in it?",
    stronger="forward fills fc['X'], fc['Z'] and fc['A'].",
    each=_missing("X", "Z", "A"),
)
def not_kept_in_fc(s, missing, verb):
    return tuple(None if name in missing.split() else name for name in ("X", "Z", "A"))


# -- through the activation ----------------------------------------------------------------


@rules.mistake(
    "dz",
    "dZ is dA: the derivative of the activation is missing.",
    why="Where the activation is flat, a change of Z does not reach the output.",
    hint="How much does sigmoid(z) change if z = 10 grows by 1?",
    stronger="Multiply dA by activate(Z, deriv=True).",
)
def derivative_missing(s):
    return s.G


@rules.mistake(
    "dz",
    "The derivative of the activation is taken at A, the output; it should be at Z.",
    why="The slope of a function is taken where the function was: at its argument.",
    hint="For sigmoid and Z = 0 the slope is 1/4. What does your layer say?",
    stronger="deriv=True wants the same argument that the activation itself was given.",
)
def derivative_at_output(s):
    return s.G * s.derivative(s.A)


@rules.mistake(
    "dz",
    "The derivative of the activation is taken at dA, the incoming gradient.",
    why="The slope depends on where the forward pass was, and not on the gradient.",
    hint="What does the slope of sigmoid depend on?",
    stronger="deriv=True wants the same argument that the activation itself was given.",
)
def derivative_at_gradient(s):
    return s.G * s.derivative(s.G)


@rules.mistake(
    "dz",
    "dZ is the slope alone, without dA.",
    why="The chain rule multiplies the slope of this layer by what comes from those behind it.",
    hint="Does dZ change when you hand backward something else?",
    stronger="Multiply the slope by dA.",
)
def slope_without_gradient(s):
    return s.derivative(s.Z)


@rules.mistake(
    "dz",
    "dA is multiplied by the activation itself, not by its derivative.",
    why="The chain rule asks for the slope.",
    hint="What does activate(Z) return, and what activate(Z, deriv=True)?",
    stronger="deriv=True is missing in the backward pass.",
)
def activation_for_derivative(s):
    return s.G * s.act(s.Z)


@rules.mistake(
    "dz",
    "The slope is always that of {function}, whatever the activation is.",
    why="Each function has a slope of its own.",
    hint="Make layers with relu and with sigmoid. What should their slopes be at Z = 3?",
    stronger="Ask the activation function itself, with deriv=True.",
    each=[{"function": name} for name in ("sigmoid", "tanh", "relu")],
)
def always_one_slope(s, function):
    """By the usual formulas, of which those of sigmoid and tanh are made of the output."""
    formulas = {"sigmoid": s.A * (1 - s.A), "tanh": 1 - s.A**2, "relu": s.Z > 0}
    return s.G * formulas[function]


@rules.mistake(
    "dz",
    "The slope is always that of {function} at Z, whatever the activation is.",
    why="Each function has a slope of its own.",
    hint="Make layers with relu and with sigmoid. What should their slopes be at Z = 3?",
    stronger="Ask the activation function itself, with deriv=True.",
    each=[{"function": name} for name in ("sigmoid", "tanh")],
)
def always_one_slope_at_z(s, function):
    y = np.tanh(s.Z) if function == "tanh" else 1 / (1 + np.exp(-s.Z))
    return s.G * (1 - y**2 if function == "tanh" else y * (1 - y))


@rules.mistake(
    "dz",
    "dZ is multiplied by the slope twice.",
    why="Each function on the way counts once.",
    hint="How many activations are there between Z and A?",
    stronger="Look for two places that use deriv=True on the same gradient.",
)
def derivative_twice(s):
    return s.G * s.derivative(s.Z) ** 2


@rules.mistake(
    "dz",
    "dZ is divided by the number of samples.",
    why="Every sample has a gradient of its own; averaging is the loss's job.",
    hint="Is there a division in the formula for dZ?",
    stronger="Look for a mean, or for a division by d['m'] or len(dA).",
)
def dz_mean(s):
    return s.G * s.derivative(s.Z) / s.batch


# -- softmax -------------------------------------------------------------------------------


@rules.mistake(
    "softmax",
    "For softmax dZ is dA·A·(1 - A): only the diagonals of the Jacobians are used.",
    why="If one number of a row grows, all the other outputs of the row become smaller.",
    hint="What should the sum of each row of dZ be? What is it?",
    stronger="Sum dA_j · J_jk over all outputs j, not only over j = k.",
)
def jacobian_diagonal(s):
    return s.G * s.A * (1 - s.A)


@rules.mistake(
    "softmax",
    "For softmax dZ is dA: its derivative is skipped.",
    why="That fits only where a loss has already taken it into account; this layer is given dA.",
    hint="Does dZ depend on what softmax gave?",
    stronger="softmax(Z, deriv=True) has three axes; it needs the sum of the statement.",
)
def jacobian_skipped(s):
    return s.G


@rules.mistake(
    "softmax",
    "The Jacobians of softmax are multiplied by dA as if they were a table of slopes.",
    why="softmax(Z, deriv=True) has a matrix for each row, three axes in all.",
    hint="Print the shapes of dA and of softmax(Z, deriv=True). What does `*` do with them?",
    stronger="Sum dA_ij · J_ijk over j: np.einsum('ij,ijk->ik', ...), or row by row.",
)
def jacobian_as_table(s):
    return s.G * s.J


@rules.mistake(
    "softmax",
    "The matrix product puts every row of dA together with every Jacobian.",
    why="Row i of dA belongs to Jacobian i; dZ has two axes, as dA does.",
    hint="Print the shapes of dA, of softmax(Z, deriv=True) and of their product.",
    stronger="np.einsum('ij,ijk->ik', ...), or a product row by row.",
)
def jacobian_matrix_product(s):
    return s.G @ s.J


@rules.mistake(
    "softmax",
    "dA and the Jacobians are multiplied, and the sum over the outputs is missing.",
    why="dZ has one number for each unit, as Z does.",
    hint="What shape should dZ have, and which has yours?",
    stronger="Sum over the axis that counts the outputs, j in the statement.",
)
def jacobian_not_summed(s):
    return s.G[:, :, None] * s.J


@rules.mistake(
    "softmax",
    "The Jacobians of softmax are summed by themselves, which always gives 0.",
    why="The outputs of a row always add up to 1, so their changes add up to 0.",
    hint="In which order are the product with dA and the sum done?",
    stronger="Multiply by dA along j first, and sum over j then.",
)
def jacobian_summed_alone(s):
    return np.zeros_like(s.G)


@rules.mistake(
    "softmax",
    "All samples are given the Jacobian of the first one.",
    why="Each sample has a slope of its own.",
    hint="Try a batch of two different rows.",
    stronger="Row i of dA belongs to Jacobian i.",
)
def first_jacobian_for_all(s):
    return s.G @ s.J[0]


@rules.mistake(
    "softmax",
    "For softmax dZ is divided by the number of samples.",
    why="Every sample has a gradient of its own; averaging is the loss's job.",
    hint="Is there a division in the formula for dZ?",
    stronger="Look for a mean, or for a division by d['m'] or len(dA).",
)
def softmax_dz_mean(s):
    return np.einsum("ij,ijk->ik", s.G, s.J) / s.batch


# -- the gradients of input, weights and biases --------------------------------------------


@rules.mistake(
    "input-gradient",
    "backward goes on with the W that initialize_parameters made, although p has been replaced.",
    why="The gradient has to go through the weights that made the output.",
    hint="Set p['W'] to zeros by hand. Is dX zero then?",
    stronger="Take the weights from p whenever they are needed.",
)
def first_weights_in_backward(s):
    return s.D @ s.first_W.T


@rules.mistake(
    "weight-gradient",
    "compute_gradients does not fill g['dW'].",
    why="update_parameters takes the gradients from there.",
    hint="Print g after compute_gradients.",
    stronger="Assign to self.g['dW']; a returned value or another name reaches nobody.",
)
def weight_gradient_not_kept(s):
    return None


@rules.mistake(
    "bias-gradient",
    "compute_gradients does not fill g['db'].",
    why="update_parameters takes the gradients from there.",
    hint="Print g after compute_gradients.",
    stronger="Assign to self.g['db']; a returned value or another name reaches nobody.",
)
def bias_gradient_not_kept(s):
    return None


def _of_da(made, stronger):
    return {
        "title": f"{made} is made of dA, the incoming gradient, and not of dZ.",
        "why": "Between Z and the output there is the activation; its slope belongs to the chain.",
        "hint": f"Which gradient stands in the formula for {made}?",
        "stronger": stronger,
    }


mistakes.add(
    rules,
    NAMES,
    *("output", "input-gradient", "weight-gradient", "bias-gradient"),
    without={  # dZ shows where the slope was taken, and is looked at by itself
        f"{part}-derivative-at-{place}"
        for part in ("input", "weight", "bias")
        for place in ("output", "upstream")
    },
    texts={
        "returns-weight-gradient": {
            "stronger": "dW and db are for compute_gradients; backward hands dX down."
        },
        "input-without-derivative": _of_da("dX", "Multiply dZ by Wᵀ."),
        "weight-without-derivative": _of_da("dW", "Take bc['dZ']."),
        "bias-without-derivative": _of_da("db", "Take bc['dZ']."),
    },
)


# -- what is kept in bc --------------------------------------------------------------------


@rules.mistake(
    "ends",
    "bc['dZ'] holds dA, the incoming gradient, although dX was made of something else.",
    why="compute_gradients, and whoever looks into the layer, needs the gradient at Z.",
    hint="Which of your arrays is dX made of?",
    stronger="Store the gradient after it has gone through the activation.",
)
def incoming_kept_as_dz(s):
    return ("dA", "dA", "dX")


@rules.mistake(
    "ends",
    "bc['dA'] holds dX: the name dX is used for what comes in and for what goes out.",
    why="dA is what comes in.",
    hint="Print bc['dA'] after backward, and compare it with what you handed in.",
    stronger="Store the argument in the first line of backward.",
)
def outgoing_kept_as_da(s):
    return ("dX", "dZ", "dX")


@rules.mistake(
    "ends",
    "bc['dA'] holds dZ: the incoming gradient is overwritten before it is kept.",
    why="dA is what comes in, before the activation's slope.",
    hint="Print bc['dA'] after backward, and compare it with what you handed in.",
    stronger="Store the argument in the first line of backward.",
)
def dz_kept_as_da(s):
    return ("dZ", "dZ", "dX")


@rules.mistake(
    "ends",
    "bc['dX'] holds the incoming gradient, not the one that backward returns.",
    why="The argument of backward is called dX because the next layer returned it as such.",
    hint="Which dX is the one of this layer: what comes in or what goes out?",
    stronger="What comes in is bc['dA'] here; bc['dX'] is what you return.",
)
def incoming_kept_as_dx(s):
    return ("dA", "dZ", "dA")


@rules.mistake(
    "ends",
    "bc is not filled as it should be: {missing} {verb} missing.",
    why="The caches are what this exercise is about: others read what a step has computed.",
    hint="Print bc after backward. Which of dA, dZ and dX are in it?",
    stronger="backward fills bc['dA'], bc['dZ'] and bc['dX'].",
    each=_missing("dA", "dZ", "dX"),
)
def not_kept_in_bc(s, missing, verb):
    return tuple(None if name in missing.split() else name for name in ("dA", "dZ", "dX"))


# -- shapes --------------------------------------------------------------------------------


def _sizes(s, **other):
    m, n, u = s.batch, s.n_inputs, s.n_units
    usual = {"m": m, "n": n, "X": (m, n), "W": (n, u), "b": (1, u)}
    return tuple((usual | other).values())


@rules.mistake(
    "sizes",
    "d['m'] and d['n'] are exchanged: samples are rows, inputs are columns.",
    why="The weights have one row for each input, however many samples there are.",
    hint="What are A.shape[0] and A.shape[1] for four samples of two inputs?",
    stronger="The first number of A.shape counts the samples.",
)
def dimensions_exchanged(s):
    m, n, u = s.batch, s.n_inputs, s.n_units
    return _sizes(s, m=n, n=m, W=(m, u))


@rules.mistake(
    "sizes",
    "The shape of W is turned round: it should be (n, u).",
    why="X·W needs a row of weights for each input.",
    hint="Write the shapes of X and W below each other; which sizes must meet?",
    stronger="(d['n'], d['u']), in this order.",
)
def shape_of_w_transposed(s):
    return _sizes(s, W=(s.n_units, s.n_inputs))


@rules.mistake(
    "sizes",
    "The shape of b has one axis; it should be (1, u).",
    why="b is a row, which is added to every sample.",
    hint="Compare fs['b'] with the table of the statement.",
    stronger="(1, d['u']) is a tuple of two numbers.",
)
def shape_of_b_flat(s):
    return _sizes(s, b=(s.n_units,))


@rules.mistake(
    "sizes",
    "The shape of b is that of a column; it should be (1, u).",
    why="A column cannot be added to every row of X·W.",
    hint="Which axis of X·W counts the units?",
    stronger="(1, d['u']), in this order.",
)
def shape_of_b_column(s):
    return _sizes(s, b=(s.n_units, 1))


@rules.mistake(
    "sizes",
    "The shape of b has a row for each sample; it should be (1, u).",
    why="All samples share one bias; the next batch may have other rows.",
    hint="How many biases does a layer of three units have?",
    stronger="(1, d['u']) does not contain d['m'].",
)
def shape_of_b_for_samples(s):
    return _sizes(s, b=(s.batch, s.n_units))


@rules.mistake(
    "sizes",
    "d['m'] and d['n'] are not filled.",
    why="Whoever looks into the layer finds its sizes there.",
    hint="Print d after compute_shapes.",
    stronger="compute_shapes fills d as well as fs.",
)
def dimensions_not_kept(s):
    return _sizes(s, m=None, n=None)


@rules.mistake(
    "sizes",
    "fs['X'] is not filled.",
    why="Whoever looks into the layer finds its shapes there.",
    hint="Print fs after compute_shapes.",
    stronger="fs['X'] is the shape of the array that compute_shapes is given.",
)
def shape_of_x_not_kept(s):
    return _sizes(s, X=None)


@rules.mistake(
    "sizes",
    "compute_shapes goes by the first array that it was given; a later one changes nothing.",
    why="The shapes are those of the array that it is given now.",
    hint="Call compute_shapes twice, with batches of different sizes.",
    stronger="Look for setdefault, or for a condition on what is there already.",
)
def first_shapes_kept(s):
    return _sizes(s, m=s.batch + 1, X=(s.batch + 1, s.n_inputs))


# -- the parameters at the beginning -------------------------------------------------------


def _random(s):
    return np.random.default_rng(s.seed)


@rules.mistake(
    "start",
    "W is always drawn by xavier, whatever initialization the constructor is given.",
    why="Whoever makes the layer chooses how it starts.",
    hint="Make a layer with initialization=orthogonal. Is WᵀW the unit matrix?",
    stronger="Call the function that __init__ was given.",
)
def always_xavier(s):
    return s.xavier(s.shape, rng=_random(s))


@rules.mistake(
    "start",
    "W is drawn from np.random, not from the layer's np_rng.",
    why="A network that is seeded layer by layer could not be made a second time.",
    hint="What is the second argument of xavier, and what is it if you leave it out?",
    stronger="Hand it on: rng=self.np_rng.",
)
def generator_not_used(s):
    return s.initialization(s.shape, rng=np.random.RandomState(s.other))


@rules.mistake(
    "start",
    "W is drawn from {generator}, which the layer seeds with {number} itself.",
    why="All layers get the same numbers, and nobody can choose others.",
    hint="Who should decide which numbers are drawn?",
    stronger="Take self.np_rng as it is.",
    each=[
        {"number": number, "generator": generator}
        for number in (0, 1, 42, 123, 1234)
        for generator in ("a new generator", "np.random")
    ],
)
def generator_seeded_by_layer(s, number, generator):
    new = generator.startswith("a new")
    rng = np.random.default_rng(number) if new else np.random.RandomState(number)
    return s.initialization(s.shape, rng=rng)


@rules.mistake(
    "start",
    "W has the shape (u, n): one row for each unit.",
    why="X·W needs a row of weights for each input.",
    hint="Compare the shape of p['W'] with fs['W'] of the statement.",
    stronger="(d['n'], d['u']), in this order.",
)
def weights_transposed(s):
    return s.initialization(s.shape[::-1], rng=_random(s))


@rules.mistake(
    "start",
    "W is drawn with rows and columns exchanged, and transposed afterwards.",
    why="The same seed gives other weights than it should.",
    hint="In which order do the random numbers fill W?",
    stronger="Hand the initialization fs['W'] as it is.",
)
def weights_drawn_transposed(s):
    return s.initialization(s.shape[::-1], rng=_random(s)).T


@rules.mistake(
    "start",
    "Something else is drawn from np_rng before W.",
    why="The same seed gives other weights than it should.",
    hint="How does the bias start?",
    stronger="b is zeros; nothing has to be drawn for it. And draw W once.",
    each=[{"what": "a bias"}, {"what": "another W"}],
)
def drawn_before_weights(s, what):
    random = _random(s)
    s.initialization((1, s.shape[1]) if what == "a bias" else s.shape, rng=random)
    return s.initialization(s.shape, rng=random)


@rules.mistake(
    "start",
    "W is drawn by a formula of the layer's own: {formula}.",
    why="Whoever makes the layer chooses how it starts.",
    hint="What is the argument initialization of the constructor for?",
    stronger="Call the function that __init__ was given.",
    each=[
        {"formula": f} for f in ("normal numbers", "0.01·normal numbers", "√(2/n)·normal numbers")
    ],
)
def formula_of_its_own(s, formula):
    scale = {"n": 1.0, "0": 0.01, "√": np.sqrt(2 / s.shape[0])}[formula[0]]
    return _random(s).standard_normal(s.shape) * scale


mistakes.add(rules, NAMES, "first-bias")


# -- settings ------------------------------------------------------------------------------


@rules.mistake(
    "settings",
    "The layer's settings have no effect: the usual ones hold in both passes.",
    why="The functions cannot know which layer calls them; the layer has to tell them.",
    hint="Make a layer with lrelu and se_hPars={'LRELU_alpha': 0.5}. What becomes of -1?",
    stronger="Call activation_tune(self.se_hPars) before you use the activation function.",
)
def settings_never_set(s):
    return s.made((None, None), (None, None))


@rules.mistake(
    "settings",
    "The settings are set only once, when a layer is made: the layer made last decides for all.",
    why="activation_tune sets them for all layers, until it is called the next time.",
    hint="Make two layers with other settings. Which settings does the first one work with?",
    stronger="Call activation_tune in forward and in backward.",
)
def settings_set_once(s):
    return s.made((s.last, s.last), (s.last, s.last))


@rules.mistake(
    "settings",
    "The settings are set in the forward pass only.",
    why="Between a layer's forward and backward pass other layers set their own.",
    hint="Two layers: both forward, then both backward. Whose settings hold then?",
    stronger="Call activation_tune in backward as well.",
)
def settings_in_forward_only(s):
    return s.made((s.first, s.last), (s.last, s.last))


@rules.mistake(
    "settings",
    "The settings are set in the backward pass only.",
    why="The output depends on them as well.",
    hint="Make a layer with lrelu and se_hPars={'LRELU_alpha': 0.5}. What becomes of -1?",
    stronger="Call activation_tune in forward as well.",
)
def settings_in_backward_only(s):
    return s.made((None, None), (s.first, s.last))


@rules.mistake(
    "settings",
    "A layer without settings of its own leaves those of the layer before in force.",
    why="None stands for the usual settings, whatever other layers have.",
    hint="Use a layer with se_hPars, and behind it one without. What does the second one do?",
    stronger="activation_tune(None) sets the usual ones; do not skip it.",
)
def settings_not_reset(s):
    before, found = None, []
    for settings in (s.first, s.last, s.first, s.last):
        before = before if settings is None else settings
        found.append(before)
    return s.made(found[:2], found[2:])


@rules.mistake(
    "hot",
    "dZ is divided by the temperature; the statement follows EpyNN, which does not.",
    why="It would be the true gradient; here the layer takes what softmax returns as it is.",
    hint="Read what the statement says about a temperature other than 1.",
    stronger="Remove the division by softmax_temperature.",
)
def divided_by_temperature(s):
    return s.recorded / s.temperature


# -- state ---------------------------------------------------------------------------------


@rules.mistake(
    "rounds",
    "The gradients of all passes are added up.",
    why="g is to hold the gradient of the last pass; the step would be taken several times.",
    hint="Call forward, backward and compute_gradients twice. What is in g then?",
    stronger="Assign in compute_gradients; += adds to what was there.",
)
def gradients_accumulate(s):
    total, found = [0, 0], []
    for output, input_gradient, dW, db in s.alone:
        total = [total[0] + dW, total[1] + db]
        found.append([output, input_gradient, *total])
    return found


@rules.mistake(
    "layers",
    "Two layers share their dictionaries.",
    why="In a network each layer needs what it has computed itself.",
    hint="Make two layers and print `one.fc is other.fc`.",
    stronger="What belongs to a layer is made in __init__, for self; not in the class, and not "
    "outside of it.",
)
def dictionaries_shared(s):
    (output, *_), last = s.alone  # the first layer goes back through the second one's Z
    return [[output, Raised("ValueError"), *last[2:]], last]


# -- what belongs to the caller ------------------------------------------------------------


@rules.mistake(
    "arguments",
    "forward writes into A, the caller's array.",
    why="It may be the cache of another layer, which still needs it.",
    hint="Print A before and after calling forward.",
    stronger="Operators such as += and assignments such as A[...] = change the caller's array.",
)
def input_overwritten(s):
    return ("A by forward",)


@rules.mistake(
    "arguments",
    "backward writes into dX, the caller's array.",
    why="It is the cache of the next layer, which may still need it.",
    hint="Print the array before and after calling backward.",
    stronger="Operators such as *= and assignments such as dX[...] = change the caller's array.",
)
def gradient_overwritten(s):
    return ("dX by backward",)


@rules.mistake(
    "arguments",
    "The layer changes its parameters itself.",
    why="When a step is taken, and how large it is, is for the caller to decide.",
    hint="Print p before and after backward and compute_gradients.",
    stronger="Only update_parameters takes a step; this layer does not call it.",
)
def step_taken(s):
    return ("parameter W", "parameter b")


# -- what names and exceptions show --------------------------------------------------------


@rules.telltale(
    "constructor",
    "The constructor of Layer is not called, so that the dictionaries are missing.",
    why="Layer makes d, fs, p, fc, bc and g in its own __init__, which yours replaces.",
    hint="Which line of your file makes the dictionary d?",
    stronger="Begin __init__ with super().__init__(se_hPars).",
)
def layer_not_initialized(facts):
    names = ("d", "fs", "p", "fc", "bc", "g", "activation", "np_rng")
    missing = {f"object has no attribute '{name}'" for name in names}
    called = any("__init__(" in line and "def " not in line for line in facts.lines)
    return not called and any(
        error.type_name == "AttributeError" and any(words in error.message for words in missing)
        for _, error in facts.errors
    )


@rules.telltale(
    "initialization",
    "W is kept as self.W (line {line}), not as p['W'].",
    why="Whoever uses the layer reads and replaces its parameters in the dictionary p.",
    hint="Which dictionary does the statement keep the parameters in?",
    stronger="Write self.p['W'] in place of self.W, and likewise for b, wherever they stand.",
)
def parameters_as_attributes(facts):
    in_p = any(re.search(r"\bp\s*\[|self\.p\s*=|self\.p\.update", line) for line in facts.lines)
    line = facts.source.kept.get("W")
    return {"line": str(line)} if line and not in_p else False


@rules.telltale(
    "state",
    "The class has a method update_parameters of its own, which replaces that of Layer.",
    why="Whoever trains the network calls it with a learning rate, and counts on Layer's step.",
    hint="What does Layer's update_parameters do with its argument, and what does yours?",
    stronger="Delete update_parameters from the class: Layer has it already.",
)
def update_parameters_rewritten(facts):
    return "update_parameters" in facts.own


@rules.telltale(
    "activation-gradient",
    "The activation functions are given an argument that they do not know: {argument}.",
    why="deriv=True is how they are asked for the derivative.",
    hint="What are the arguments of sigmoid in maths?",
    stronger="activate(Z, deriv=True)",
)
def unknown_argument_of_activation(facts):
    functions = "identity|relu|lrelu|elu|sigmoid|tanh|softplus|softmax"
    wrong = re.compile(rf"^(?:{functions})\(\) got an unexpected keyword argument '(\w+)'")
    found = (wrong.match(error.message) for _, error in facts.errors)
    return next(({"argument": match[1]} for match in found if match), False)
