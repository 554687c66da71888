"""Known mistakes of the problem `dense-minimal`.

Those of the affine part are shared by all dense layers. What is wrong only here comes before them:
what the notebook does that the exercise comes from.
"""

from grader.checks.closeness import is_close
from grader.checks.misconceptions import Rules, Unknown
from grader.layers import Draw, Names, mistakes

rules = Rules()

NAMES = Names(
    forward="forward",
    backward="backward",
    X="a",
    W="w",
    b="b",
    G="dz",
    upstream="dz",
    n_units="n_neurons",
    draw=Draw("normal", lambda n_inputs, n_units: 0.1, "0.1"),
)

# -- the notebook's own version; before the others, since it says more ----------------------

_TWO_LAYOUTS = (
    "The notebook that the exercise comes from mixes two layouts: rows as samples, and weights"
    " stored by neuron."
)


@rules.mistake(
    "weight-gradient",
    "dw is the notebook's dz @ a.T, which does not fit to rows as samples.",
    why=_TWO_LAYOUTS + " Here dz has a column for each neuron, and a.T one for each sample.",
    hint="What shape must dw have? Write the shapes of dz and a below each other.",
    stronger="The transpose belongs to a, and in front: the sizes that meet are the samples.",
)
def notebook_weight_gradient(s):
    return s.G @ s.X.T


@rules.mistake(
    "input-gradient",
    "backward follows the notebook: dw = dz @ a.T, and dz @ w without a transpose.",
    why=_TWO_LAYOUTS + " With w as this exercise stores it, both products need a transpose.",
    hint="Try a layer with two inputs, three neurons and five rows; which products are defined?",
    stronger="Let the shapes decide: dw has that of w, and what is returned has that of a.",
)
def notebook_backward(s):
    made = s.G @ s.X.T  # comes first, and raises unless there are as many neurons as inputs
    if not is_close(s.dw, made):
        raise Unknown
    return s.G @ s.W


@rules.mistake(
    "output",
    "The output is a·wᵀ + b: the weights are stored by neuron, as in one place of the notebook.",
    why="That is another layout, with a row of w for each neuron; here each neuron has a column.",
    hint="Write the shapes of a and w below each other; which sizes must meet?",
    stronger="w has one row for each input, so a and w meet without a transpose.",
)
def stored_by_neuron(s):
    return s.X @ s.W.T + s.b


mistakes.add(
    rules,
    NAMES,
    *("output", "input-gradient", "weight-gradient", "bias-gradient", "draw", "first-bias"),
    without={
        "weights-transposed-in-forward",  # above, with more to say
        "init-default-rng",  # the layer is not told the seed
        "init-variance",  # the same as a factor of 0.01
    },
)

# -- memory --------------------------------------------------------------------------------


@rules.mistake(
    "passes",
    "{which} over the passes: a gradient is that of one pass.",
    why="Each step then repeats all the steps before it.",
    hint="Call backward twice on the same data; is the second dw the same?",
    stronger="Give self.dw and self.db a new value in each backward: = in place of +=.",
    each=[
        {"which": "dw and db add up", "weights": True, "biases": True},
        {"which": "dw adds up", "weights": True, "biases": False},
        {"which": "db adds up", "weights": False, "biases": True},
    ],
)
def gradient_accumulates(s, which, weights, biases):
    dw, db = zip(*s.wanted, strict=True)
    return [
        [sum(dw[: n + 1]) if weights else dw[n], sum(db[: n + 1]) if biases else db[n]]
        for n in range(len(s.wanted))
    ]


# -- what is kept --------------------------------------------------------------------------


@rules.mistake(
    "kept",
    "dz keeps the argument of backward, not what it returns.",
    why="The layer below is given dz as its own argument; this one knows its argument already.",
    hint="What shape should layer.dz have: that of z, or that of a?",
    stronger="Assign what you return to self.dz.",
)
def dz_keeps_the_argument(s):
    return "given"
