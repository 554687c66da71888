"""Known mistakes of the problem `dense-minimal`.

Those of the affine part are shared by all dense layers. What is wrong only here follows: what the
notebook does that the exercise comes from, and the numbers that w is drawn from.
"""

import numpy as np

from grader.judge.affine import Draw, Names, mistakes
from grader.judge.diagnosis import Rules, Unknown
from grader.judge.evidence import is_close

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
    *("output", "input-gradient", "weight-gradient", "bias-gradient", "first-bias"),
    without={"weights-transposed-in-forward"},
)

# -- how w is drawn ------------------------------------------------------------------------

_DRAW = {
    "why": "Weights that are too large or too small make a network learn slowly, or not at all.",
    "hint": "Compare the line that makes w with the statement: which distribution, which scale?",
}


def _draw(name, title, stronger, make):
    def predict(s):
        return make(s.random(), (s.n_inputs, s.n_units))

    predict.__name__ = name
    rules.mistake("draw", title, stronger=stronger, **_DRAW)(predict)


for _scale in (1.0, 0.01, 0.001, 0.5):
    _draw(
        f"drawn_with_{str(_scale).replace('.', '_')}",
        f"w is drawn with the standard deviation {_scale:g}; the statement asks for 0.1.",
        "np.random.randn has the standard deviation 1; what is it multiplied by?",
        lambda random, shape, scale=_scale: scale * random.randn(*shape),
    )
_draw(
    "drawn_with_he",
    "w is drawn with the standard deviation √(2/n_inputs) (He); the statement asks for 0.1.",
    "Here the scale does not depend on the sizes.",
    lambda random, shape: np.sqrt(2 / shape[0]) * random.randn(*shape),
)
_draw(
    "drawn_with_xavier",
    "w is drawn with the standard deviation √(1/n_inputs) (Xavier); the statement asks for 0.1.",
    "Here the scale does not depend on the sizes.",
    lambda random, shape: np.sqrt(1 / shape[0]) * random.randn(*shape),
)
_draw(
    "drawn_uniformly",
    "w is drawn by np.random.rand, uniformly from 0 to 0.1.",
    "rand is uniform, randn is normal; can your weights be negative?",
    lambda random, shape: 0.10 * random.rand(*shape),
)
_draw(
    "drawn_uniformly_around_zero",
    "w is drawn uniformly from -0.1 to 0.1; the statement asks for a normal distribution.",
    "np.random.randn draws from a normal distribution.",
    lambda random, shape: random.uniform(-0.1, 0.1, shape),
)
_draw(
    "drawn_transposed",
    "w has a row for each neuron; it should have one for each input.",
    "The shape is (n_inputs, n_neurons).",
    lambda random, shape: 0.10 * random.randn(*shape[::-1]),
)
_draw(
    "drawn_transposed_and_back",
    "w is drawn with a row for each neuron, and then transposed: the numbers change places.",
    "Draw it in the shape that it has.",
    lambda random, shape: 0.10 * random.randn(*shape[::-1]).T,
)
_draw(
    "zeros_drawn",
    "w starts as zeros.",
    "Neurons that start alike stay alike.",
    lambda random, shape: np.zeros(shape),
)


@rules.mistake(
    "draw",
    "The generator is seeded by the layer itself: every layer starts with the same weights.",
    why="Two layers of one size should differ, and so should two runs.",
    hint="Make two layers of the same size and compare their weights.",
    stronger="Remove np.random.seed; whoever uses the layer seeds, if anybody.",
)
def seeded_by_the_layer(s):
    known = [np.random.RandomState(seed).randn(s.n_inputs, s.n_units) for seed in (0, 1, 42)]
    yours = s.w
    found = [w for w in known if isinstance(yours, np.ndarray) and np.allclose(yours, 0.10 * w)]
    return 0.10 * found[0] if found else None


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
